from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.errors import (
    ConfigurationError,
    IndigoError,
    IndigoFailed,
    IndigoLimited,
    IndigoMisbehaved,
    IndigoNotAsked,
    IndigoRefused,
    IndigoUnreachable,
)
from bot.indigo import http
from bot.indigo.http import Http, Result
from tests.indigo.stand import NOW, TOKEN, Answer, scripted

FOREIGN = [
    error
    for _, error in inspect.getmembers(httpx, inspect.isclass)
    if issubclass(error, Exception) and not issubclass(error, Warning | httpx.CookieConflict)
]
NOBODY = "http://127.0.0.1:9/graphql"


def made(url: str, *, timeout: float = 20.0) -> Http:
    return Http(url, SecretStr(TOKEN), timeout=timeout, now=lambda: NOW)


async def ask(answer: Answer, variables: Mapping[str, object] | None = None) -> Result:
    """One request to a server that gives this answer."""
    async with scripted(lambda _: answer) as server:
        client = made(server.url)
        try:
            return await client.post("query { x }", variables or {})
        finally:
            await client.close()


def text(body: str | bytes, status: int = 200, **headers: str) -> web.Response:
    told = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(body=told, status=status, headers=named, content_type="application/json")


async def test_a_request_is_graphql_over_http() -> None:
    """A POST of JSON with the token as bearer; the operation is named where there is a name."""
    async with scripted(lambda _: {"data": {"x": 1}}) as server:
        client = made(server.url)
        assert (await client.post("query { x }", {"a": "\ud83d"})).whole() == {"x": 1}
        assert (await client.post("query A { x }", {}, "A")).whole() == {"x": 1}
        await client.close()
    assert server.seen == [
        {"query": "query { x }", "variables": {"a": "\ud83d"}},
        {"query": "query A { x }", "variables": {}, "operationName": "A"},
    ]
    headers = server.headers[0]
    assert (headers["Authorization"], headers["Content-Type"]) == (f"Bearer {TOKEN}", "application/json")
    assert client.requests == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (text("", 401), IndigoRefused),
        (text("<html>", 403), IndigoRefused),
        (text('{"errors": [{"message": "sorry"}]}', 403), IndigoRefused),
        (text('{"errors": [{"message": "Unauthorized"}]}'), IndigoRefused),
        (text('{"data": null, "errors": [{"message": "The token is unauthenticated"}]}'), IndigoRefused),
        (text('{"errors": [{"message": "forbidden article"}]}'), IndigoFailed),
        (text('{"errors": [{"message": "unknown field"}]}', 400), IndigoFailed),
        (text('{"errors": "what"}'), IndigoFailed),
        (text('{"errors": [null, 3]}'), IndigoFailed),
        (text("", 429), IndigoLimited),
        (text('{"retry', 429), IndigoLimited),
        (text("", 503, Retry_After="3"), IndigoLimited),
        (text("", 503), IndigoUnreachable),
        (text('{"errors": [{"message": "crashed"}]}', 500), IndigoUnreachable),
        (text('{"data": {"x": '), IndigoUnreachable),
        (text(b"junk", Content_Encoding="gzip"), IndigoUnreachable),
        (text("<html>"), IndigoMisbehaved),
        (text(""), IndigoMisbehaved),
        (text("[]"), IndigoMisbehaved),
        (text('{"data": null}'), IndigoMisbehaved),
        (text('{"data": [1]}'), IndigoMisbehaved),
        (text("", 404), IndigoMisbehaved),
        (text("", 302, Location="/login"), IndigoMisbehaved),
        (text('{"data": {"x": ' + "[" * 20_000 + "]" * 20_000 + "}}"), IndigoMisbehaved),
    ],
)
async def test_each_way_to_fail_has_its_kind(answer: web.Response, kind: type[IndigoError]) -> None:
    """By status, by the errors at HTTP 200, by what cannot be read."""
    with pytest.raises(IndigoError) as caught:
        await ask(answer)
    assert type(caught.value) is kind


async def test_errors_beside_data_are_kept() -> None:
    """Whoever can do with holes takes the data, who cannot is told."""
    result = await ask({"data": {"x": {"y": None}}, "errors": [{"message": "broken"}]})
    assert (result.there(), result.reasons) == ({"x": {"y": None}}, ("broken",))
    with pytest.raises(IndigoFailed, match="broken"):
        result.whole()


@pytest.mark.parametrize(("message", "kind"), [("broken", IndigoFailed), ("unauthorized", IndigoRefused)])
async def test_errors_beside_nothing_are_all_there_is(message: str, kind: type[IndigoError]) -> None:
    """Data of nothing but nulls is none."""
    result = await ask({"data": {"x": None}, "errors": [{"message": message}]})
    for take in (result.there, result.whole):
        with pytest.raises(kind):
            take()


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (text("", 429, Retry_After="7"), 7.0),
        (text('{"retry_after": 3}', 429, Retry_After="7"), 7.0),
        (text("", 429, Retry_After=format_datetime(NOW + timedelta(seconds=90), usegmt=True)), 90.0),
        (text("", 429, Retry_After=format_datetime(NOW - timedelta(seconds=90), usegmt=True)), 0.0),
        (text('{"retry_after": 2.5}', 429), 2.5),
        (text('{"retry_after": 2.5}', 429, Retry_After="soon"), 2.5),
        (text('{"retry_after": -1}', 429), 5.0),
        (text("", 429, Retry_After="9" * 400), 86_400.0),
        (text("", 429, Retry_After=format_datetime(NOW + timedelta(days=9), usegmt=True)), 86_400.0),
        (text('{"retry_after": ' + "9" * 400 + "}", 429), 86_400.0),
        (text('{"retry_after": true}', 429), 5.0),
        (text('{"retry_after": NaN}', 429), 5.0),
        (text("[" * 20_000, 429), 5.0),
        (text("<html>", 429), 5.0),
    ],
)
async def test_how_long_to_wait_is_told_in_three_ways(answer: web.Response, seconds: float) -> None:
    """In seconds, as a date, in the body; else it is a few seconds, and never more than a day."""
    with pytest.raises(IndigoLimited) as caught:
        await ask(answer)
    assert caught.value.retry_after == seconds


async def test_no_secret_is_in_an_error() -> None:
    """Not our token, no other, no address of a person; and the text is of a bearable length."""
    said = f"{TOKEN} pat-other-1 ada@example.com \ud800 {'x' * 5000}"
    with pytest.raises(IndigoFailed) as caught:
        await ask(text(json.dumps({"errors": [{"message": said}] * 9})))
    (reason, *others) = caught.value.reasons
    assert reason.startswith("(hidden) (hidden) (hidden) \N{REPLACEMENT CHARACTER} xxx")
    assert (len(reason), len(others)) == (300, 4)


@pytest.mark.parametrize("token", ["pat-…", "pat-1 ", "pat-1\n", "Bearer pat-1"])
def test_a_token_that_cannot_be_one_is_refused_at_once(token: str) -> None:
    """The sentence names the setting and not the token."""
    with pytest.raises(ConfigurationError, match=r"^INDIGO_TOKEN holds") as caught:
        Http(NOBODY, SecretStr(token), timeout=1.0, now=lambda: NOW)
    assert "pat" not in str(caught.value)


async def test_numbers_that_json_does_not_have_are_none() -> None:
    """What goes on into a file is JSON again."""
    result = await ask(text('{"data": {"x": [NaN, -Infinity, 1e999, 1.5, 12345678901234567890]}}'))
    assert result.whole() == {"x": [None, None, None, 1.5, 12345678901234567890]}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
async def test_variables_that_are_no_json_are_not_sent(value: object) -> None:
    """The row fails, and nothing else."""
    async with scripted(lambda _: {"data": {}}) as server:
        client = made(server.url)
        with pytest.raises(IndigoFailed, match="variables"):
            await client.post("query { x }", {"a": value})
        await client.close()
        assert server.seen == []


async def test_an_answer_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory holds no more than the limit."""
    monkeypatch.setattr(http, "_MAX_BODY", 1000)
    with pytest.raises(IndigoMisbehaved, match="longer than 1000 bytes"):
        await ask({"data": {"x": "x" * 1000}})


@pytest.mark.parametrize("url", [NOBODY, "ftp://indigo.example/graphql", "http://[/graphql", "graphql"])
async def test_what_was_surely_not_sent_is_told_apart(url: str) -> None:
    """Nobody listens, or the address is none: nothing was done."""
    client = made(url)
    with pytest.raises(IndigoNotAsked):
        await client.post("query { x }", {})
    await client.close()


async def test_what_may_have_been_sent_is_told_apart() -> None:
    """No answer in time: it may have been done."""
    release = asyncio.Event()

    async def handler(_: web.BaseRequest) -> web.Response:
        await release.wait()
        return web.Response()

    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = made(f"http://127.0.0.1:{runner.addresses[0][1]}", timeout=0.05)
    try:
        with pytest.raises(IndigoUnreachable) as caught:
            await client.post("query { x }", {})
        assert not isinstance(caught.value, IndigoNotAsked)
    finally:
        release.set()
        await client.close()
        await runner.cleanup()


async def test_a_closed_client_asks_nothing() -> None:
    """It says so in an error of ours."""
    client = made(NOBODY)
    await client.close()
    with pytest.raises(IndigoNotAsked, match="closed"):
        await client.post("query { x }", {})
    assert client.requests == 0


@pytest.mark.parametrize("foreign", FOREIGN)
def test_every_error_of_httpx_becomes_ours(foreign: type[Exception]) -> None:
    """None of them gets through, and none of their texts, which may hold the address."""
    error = foreign.__new__(foreign)
    Exception.__init__(error, "https://secret@indigo.example")
    with pytest.raises(IndigoError) as caught, http._own_errors():
        raise error
    assert caught.value.__cause__ is error
    assert "secret" not in str(caught.value)
