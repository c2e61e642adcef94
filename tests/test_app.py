"""The composition root: what is built, what is refused, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from bot import app
from bot.errors import ConfigurationError, StoreInUse
from bot.model import AnswerDiff
from bot.sandbox.demo import World, world
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.server import TenantServer
from bot.store.sqlite import SqliteStore


@pytest.fixture
async def here() -> AsyncIterator[World]:
    """A workspace and a tenant."""
    async with world(SlackServer(), TenantServer()) as built:
        yield built


@pytest.fixture
def configuration(here: World, tmp_path: Path) -> app.Configuration:
    """A bot for them."""
    return here.configuration(tmp_path / "store.sqlite")


def with_slack(configuration: app.Configuration, **changes: object) -> app.Configuration:
    """The same with other settings for Slack."""
    return replace(configuration, slack=configuration.slack.model_copy(update=changes))


async def start(configuration: app.Configuration, *, http: bool = False) -> None:
    """Runs the app for a moment."""
    async with app.running(configuration, http=http):
        pass


@pytest.mark.parametrize("http", [False, True])
async def test_nothing_is_left_behind(
    here: World, configuration: app.Configuration, tmp_path: Path, *, http: bool
) -> None:
    """When the block is left there is no task, no connection and no lock on the store any more."""
    async with app.running(configuration, http=http):
        assert here.slack.sockets.connections == (0 if http else 2)
    assert here.slack.sockets.connections == 0
    ours = ("/slack_sdk/", "/slack_bolt/", "/bot/")
    assert [task for task in asyncio.all_tasks() if any(place in repr(task) for place in ours)] == []
    await (await SqliteStore.open(tmp_path / "store.sqlite")).close()


async def test_two_apps_do_not_share_a_store(configuration: app.Configuration) -> None:
    """The second one is refused and takes everything down that it had begun; the first goes on."""
    async with app.running(configuration, http=False):
        with pytest.raises(StoreInUse):
            await start(configuration)


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1", "sqlite://", "sqlite:///", "store.sqlite", "postgres:///x", ""]
)
async def test_a_store_that_cannot_be_is_refused(configuration: app.Configuration, url: str) -> None:
    """An admin reads which setting is wrong, and what about it."""
    process = configuration.process.model_copy(update={"store_url": SecretStr(url)})
    with pytest.raises(ConfigurationError, match=r"^STORE_URL: "):
        await start(replace(configuration, process=process))


@pytest.mark.parametrize("absolute", [False, True])
async def test_the_store_lies_where_its_address_says(
    configuration: app.Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, absolute: bool
) -> None:
    """Three slashes and a relative path, or four and an absolute one; folders are made."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "var" / "here.sqlite" if absolute else Path("var/here.sqlite")
    process = configuration.process.model_copy(update={"store_url": SecretStr(f"sqlite:///{path}")})
    await start(replace(configuration, process=process))
    assert (tmp_path / "var" / "here.sqlite").is_file()


@pytest.mark.parametrize(
    ("name", "http"), [("app_token", False), ("signing_secret", True)], ids=["socket mode", "http"]
)
async def test_each_mode_needs_its_secret(configuration: app.Configuration, name: str, *, http: bool) -> None:
    """What is not needed for the other mode may be missing there."""
    without = with_slack(configuration, **{name: None})
    with pytest.raises(ConfigurationError, match=f"SLACK_{name.upper()}: is not set"):
        await start(without, http=http)
    await start(without, http=not http)


async def test_a_refused_bot_token_is_told(configuration: app.Configuration) -> None:
    """The sentence names the setting and Slack's reason, not the token."""
    wrong = with_slack(configuration, bot_token=SecretStr("xoxb-wrong"))
    with pytest.raises(ConfigurationError) as caught:
        await start(wrong)
    assert str(caught.value) == "SLACK_BOT_TOKEN: Slack refuses it (invalid_auth)"


async def test_a_tenant_that_is_away_does_not_stop_the_start(
    here: World, configuration: app.Configuration
) -> None:
    """The app starts, says that it is not ready and why, and would answer with a sentence."""
    await here.tenant.close()
    async with (
        app.running(configuration, http=False) as running,
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{running.port}/readyz") as response,
    ):
        found = await response.json()
    assert response.status == 503
    assert found["checks"] == {"slack": "ok", "slack_socket": "ok", "wisdom": "TenantUnreachable"}


async def test_a_question_from_the_terminal(here: World, configuration: app.Configuration) -> None:
    """It is asked in the configured domain, and its client is closed afterwards."""
    out = io.StringIO()
    code = await app.ask(
        configuration.wisdom, "How many open deals?", domain=None, out=out, json_events=False
    )
    assert code == 0
    assert "deals" in out.getvalue()
    assert here.tenant.questions[0].domain_id == configuration.wisdom.domain_id


@pytest.mark.parametrize(("unit", "read"), [("utf16", "😀!b"), ("codepoint", "😀a!")])
async def test_what_is_assumed_of_the_tenant_reaches_the_turn(
    configuration: app.Configuration, unit: str, read: str
) -> None:
    """An operator who knows what the tenant counts overrules what would be found out."""
    wisdom = configuration.wisdom.model_copy(update={"length_unit": unit, "diffs": "increments"})
    turn = app.new_turn(wisdom)
    turn.receive_diff(AnswerDiff("c", "m", ({"insert": "😀ab"},), 0, in_progress=True))
    replaced = ({"retain": 2}, {"insert": "!"}, {"delete": 1})
    turn.receive_diff(AnswerDiff("c", "m", replaced, 1, in_progress=False))
    (prose,) = turn.answer().parts
    assert getattr(prose, "text", "") == read
