"""Running documents."""

from __future__ import annotations

import pytest

from bot.sandbox.tenant.options import TenantOptions
from tests.sandbox.tenant.stand import ScriptedAnalyst, post, running

PROBE = '{ __type(name: "Subscription") { fields { name args { name } } } }'


async def test_introspection_over_http() -> None:
    """A client can ask which subscriptions there are, even before it has a token."""
    async with running() as server:
        shown = (await post(server, PROBE, token="")).json()
    field, other = shown["data"]["__type"]["fields"]
    assert (field["name"], other["name"]) == ("chat", "subscribeConversation")
    assert {"auth", "query", "skipCompose", "toolSelection"} <= {each["name"] for each in field["args"]}


async def test_introspection_off() -> None:
    """The request for the schema is refused; ``__typename`` is not one."""
    async with running(TenantOptions(introspection=False)) as server:
        refused = (await post(server, PROBE)).json()
        allowed = (await post(server, "{ __typename }")).json()
    assert "introspection has been disabled" in refused["errors"][0]["message"]
    assert allowed == {"data": {"__typename": "Query"}}


async def test_a_resolver_that_breaks_tells_no_details(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The client reads "Internal server error" with the path, the log has the cause."""
    analyst = ScriptedAnalyst()
    async with running(analyst=analyst) as server:
        monkeypatch.setattr(analyst, "domains", [None])
        answer = (await post(server, "{ zSheets { nodes { id } } }")).json()
    assert [(error["message"], error["path"]) for error in answer["errors"]] == [
        ("Internal server error", ["zSheets"])
    ]
    assert "a resolver failed" in caplog.text
