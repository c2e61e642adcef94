from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
import pytest
from aiohttp import web

from bot.errors import (
    AnswerFailed,
    AnswerTooLarge,
    KeyRefused,
    PeerMisbehaved,
    TenantError,
    TenantUnreachable,
)
from bot.wisdom.faults import messages
from bot.wisdom.http import Http, own_errors
from tests.wisdom.scripted import Scripted, serving

FOREIGN = [
    error
    for _, error in inspect.getmembers(httpx, inspect.isclass)
    if issubclass(error, Exception) and not issubclass(error, Warning)
]


async def ask(
    response: web.Response | Mapping[str, object],
    *,
    max_body: int = 1000,
    token: str = "t",  # noqa: S107 - made up
) -> Mapping[str, object]:
    """Runs one query against a server that gives this response."""
    server = Scripted(posts={"Op": lambda _: response})
    async with serving(server):
        http = Http(f"{server.url}/graphql", max_body=max_body)
        try:
            return await http.run("query Op { x }", operation="Op", variables={"a": 1}, token=token)
        finally:
            await http.close()


async def test_a_result_is_returned() -> None:
    """The data of a result comes back as it is."""
    assert await ask({"data": {"x": 1}}) == {"x": 1}


async def test_the_request_carries_all_three_parts() -> None:
    """Query, variables and operation name go out, with the token as bearer or without any."""
    server = Scripted(posts={"Op": lambda _: {"data": {}}})
    async with serving(server):
        http = Http(f"{server.url}/graphql", max_body=1000)
        await http.run("query Op { x }", operation="Op", variables={"a": 1}, token="t")
        await http.run("query Op { x }", operation="Op", variables={}, token=None)
        await http.close()
    assert [(post.query, post.variables, post.authorization) for post in server.seen] == [
        ("query Op { x }", {"a": 1}, "Bearer t"),
        ("query Op { x }", {}, None),
    ]


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        ({"data": None, "errors": [{"message": "Unauthorized"}]}, KeyRefused),
        ({"data": {"x": 1}, "errors": [{"message": "broken"}]}, AnswerFailed),
        ({"data": None}, PeerMisbehaved),
        ({"errors": "no"}, PeerMisbehaved),
        (web.Response(status=401), KeyRefused),
        (web.Response(status=403, text="<html>"), KeyRefused),
        (web.json_response({"errors": [{"message": "User not found"}]}, status=401), KeyRefused),
        (web.json_response({"errors": [{"message": "Unauthorized"}]}, status=403), KeyRefused),
        (web.json_response({"errors": [{"message": "sorry"}]}, status=403), KeyRefused),
        (web.json_response({"errors": [{"message": "No permission to list"}]}, status=403), AnswerFailed),
        (web.Response(status=404, text="<html>"), PeerMisbehaved),
        (web.Response(status=302, headers={"Location": "/login"}), PeerMisbehaved),
        (web.Response(status=502, text="<html>"), TenantUnreachable),
        (web.json_response({"errors": [{"message": "Service Unavailable"}]}, status=503), TenantUnreachable),
        (web.json_response({"errors": [{"message": "Unauthorized"}]}, status=503), KeyRefused),
        (web.Response(text="<html>"), PeerMisbehaved),
        (web.Response(text="[" * 900), PeerMisbehaved),
        (web.Response(text="x" * 5000), AnswerTooLarge),
        (web.Response(body=b"junk", headers={"Content-Encoding": "gzip"}), PeerMisbehaved),
        (web.json_response({"errors": [{"message": "Cannot query field"}]}, status=400), AnswerFailed),
        (web.json_response({"errors": [{"message": "resolver failed"}]}, status=500), AnswerFailed),
    ],
)
async def test_each_way_to_fail_has_its_kind(response: web.Response, kind: type[TenantError]) -> None:
    """Errors at 200, refusals, broken gateways and nonsense are told apart."""
    with pytest.raises(kind):
        await ask(response)


async def test_a_body_that_is_too_long_says_how_long_it_may_be() -> None:
    """The limit is told in MiB."""
    with pytest.raises(AnswerTooLarge) as caught:
        await ask(web.Response(text="x" * 2**20), max_body=2**19)
    assert caught.value.mib == 0.5


async def test_an_error_does_not_repeat_the_token() -> None:
    """A tenant that quotes what it was sent gets no token into our errors."""
    with pytest.raises(AnswerFailed) as caught:
        await ask({"errors": [{"message": "Bearer the-token of ada@example.com"}, "?"]}, token="the-token")
    assert caught.value.reasons == ("Bearer (hidden) of (hidden)", "no reason given")


async def test_an_operation_may_read_its_errors_itself() -> None:
    """What the tenant's errors mean is up to the operation."""
    server = Scripted(posts={"Op": lambda _: {"errors": [{"message": "gone"}]}})
    async with serving(server):
        http = Http(f"{server.url}/graphql", max_body=1000)
        with pytest.raises(PeerMisbehaved, match="gone"):
            await http.run(
                "query Op { x }",
                operation="Op",
                variables={},
                token=None,
                fault=lambda errors: PeerMisbehaved(*messages(errors)),
            )
        await http.close()


async def test_a_slow_tenant_is_unreachable() -> None:
    """A timeout is an error of ours."""
    server = Scripted()
    async with serving(server):
        http = Http(f"{server.url}/graphql", max_body=1000, timeout=1e-9)
        with pytest.raises(TenantUnreachable):
            await http.run("query Op { x }", operation="Op", variables={}, token=None)
        await http.close()


async def test_after_the_end_nothing_is_asked() -> None:
    """A client that was closed is one without a tenant, and says so in our words."""
    async with serving(server := Scripted()):
        http = Http(f"{server.url}/graphql", max_body=1000)
        await http.close()
        with pytest.raises(TenantUnreachable, match="closed"):
            await http.run("query Op { x }", operation="Op", variables={}, token=None)
    assert server.seen == []


@pytest.mark.parametrize("error", FOREIGN, ids=lambda error: error.__name__)
def test_every_error_of_httpx_is_mapped(error: type[Exception]) -> None:
    """No class of httpx's errors gets through, and the original stays the cause."""
    original = error.__new__(error)
    with pytest.raises(TenantError) as caught, own_errors():
        raise original
    assert caught.value.__cause__ is original


@pytest.mark.parametrize(
    ("date", "served"),
    [
        ("Thu, 01 Jan 2026 12:00:00 GMT", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("noon", None),
    ],
)
async def test_the_time_of_the_tenant_is_known_by_its_last_answer(date: str, served: datetime | None) -> None:
    """As HTTP says it; nobody's clock has to agree with ours."""
    server = Scripted(posts={"Op": lambda _: web.json_response({"data": {}}, headers={"Date": date})})
    async with serving(server):
        http = Http(f"{server.url}/graphql", max_body=1000)
        assert http.served is None
        await http.run("query Op { x }", operation="Op", variables={}, token=None)
        await http.close()
    assert http.served == served
