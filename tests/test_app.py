"""The composition root: what is built, what is refused, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from aiohttp import ClientSession
from pydantic import SecretStr

from bot import app, wiring
from bot.audit import Audit, What, entries
from bot.errors import ConfigurationError, StoreFailed, StoreInUse
from bot.model import AnswerDiff, ThreadKey
from bot.sandbox.demo import World, world
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.server import TenantServer
from bot.store.sqlite import SqliteStore
from tests.test_web import signed


@pytest.fixture
async def here() -> AsyncIterator[World]:
    """A workspace and a tenant."""
    async with world(SlackServer(), TenantServer(analyst=Analyst(datetime.now(UTC).date()))) as built:
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


async def test_a_damaged_store_ends_the_start(configuration: app.Configuration, tmp_path: Path) -> None:
    """An admin reads which file it is; it is kept as it is, and nothing holds it any more."""
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"somebody's file, and no database" * 200)
    with pytest.raises(ConfigurationError, match=r"store\.sqlite cannot be opened: file is not a database"):
        await start(configuration)
    assert path.read_bytes() == b"somebody's file, and no database" * 200
    path.unlink()
    await start(configuration)


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


# -- whose tokens, and whose rights ----------------------------------------------------------------------


def manifest_without(folder: Path, *scopes: str) -> Path:
    """The app's manifest without some of its scopes."""
    manifest = yaml.safe_load((Path(__file__).parent.parent / "manifest.yml").read_text())
    granted = manifest["oauth_config"]["scopes"]
    granted["bot"] = [scope for scope in granted["bot"] if scope not in scopes]
    path = folder / "manifest.yml"
    path.write_text(yaml.safe_dump(manifest))
    return path


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (("users:read.email",), "users:read.email"),
        (("groups:read", "channels:read", "files:read"), "channels:read, groups:read"),
        (("users:read", "users:read.email"), "users:read, users:read.email"),
    ],
)
async def test_a_bot_token_without_a_scope_that_is_needed_is_refused(
    tmp_path: Path, missing: tuple[str, ...], named: str
) -> None:
    """An admin reads which are missing, and what to do; whom to let in could not be known without them."""
    slack = SlackServer(manifest_path=manifest_without(tmp_path, *missing))
    async with world(slack, TenantServer()) as here:
        with pytest.raises(ConfigurationError) as caught:
            await start(here.configuration(tmp_path / "store.sqlite"))
    assert str(caught.value).startswith(f"SLACK_BOT_TOKEN: lacks the scopes {named}; take over manifest.yml")


async def test_addresses_are_needed_only_where_people_ask_as_themselves(tmp_path: Path) -> None:
    """With the rights of one account nobody's address is looked at; other scopes stop no start either."""
    slack = SlackServer(manifest_path=manifest_without(tmp_path, "users:read.email", "files:read"))
    async with world(slack, TenantServer()) as here:
        configuration = here.configuration(tmp_path / "store.sqlite")
        await start(with_wisdom(configuration, identity="service"))


async def test_an_app_token_of_another_app_is_refused(here: World, configuration: app.Configuration) -> None:
    """The events of one app would be answered as another; the sentence names both, and no token."""
    workspace = here.slack.workspace
    other = with_slack(configuration, app_token=SecretStr(workspace.other_app_token))
    with pytest.raises(ConfigurationError) as caught:
        await start(other)
    said = str(caught.value)
    assert said.startswith(f"SLACK_APP_TOKEN: is of the app {workspace.other_app_id}")
    assert f"SLACK_BOT_TOKEN of the app {workspace.app_id}" in said
    assert "xapp" not in said
    assert here.slack.sockets.connections == 0


async def test_over_http_the_app_token_does_not_matter(here: World, configuration: app.Configuration) -> None:
    """Nothing connects with it then."""
    other = SecretStr(here.slack.workspace.other_app_token)
    await start(with_slack(configuration, app_token=other), http=True)


async def test_over_http_a_request_is_taken_once(here: World, configuration: app.Configuration) -> None:
    """Whoever has read a signed request can do nothing with it."""
    workspace = here.slack.workspace
    event = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.1", "text": "hello"}
    body = json.dumps({"type": "event_callback", "team_id": workspace.team_id, "event": event})
    headers = signed(body, secret=workspace.signing_secret)
    async with app.running(configuration, http=True) as running, ClientSession() as session:
        place = f"http://127.0.0.1:{running.port}/slack/events"
        answers = [await session.post(place, data=body, headers=headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 401]


async def test_an_app_that_slack_does_not_tell_is_taken(
    here: World, configuration: app.Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    """The check is a help for admins, and nothing that a start depends on."""
    caplog.set_level(logging.INFO, "bot.app")
    here.slack.workspace.faults.fail_next("bots.info", "bot_not_found")
    await start(configuration)
    assert "not known which app the bot token is of" in caplog.text


@pytest.mark.parametrize(("identity", "level"), [("service", logging.WARNING), ("impersonate", logging.INFO)])
async def test_a_start_says_whose_rights_questions_have(
    configuration: app.Configuration, caplog: pytest.LogCaptureFixture, identity: str, level: int
) -> None:
    """That all have the same is worth a warning."""
    caplog.set_level(logging.INFO, "bot.app")
    await start(with_wisdom(configuration, identity=identity))
    (said,) = [each for each in caplog.records if each.getMessage().startswith("WISDOM_IDENTITY=")]
    assert (said.levelno, said.getMessage().partition(":")[0]) == (level, f"WISDOM_IDENTITY={identity}")


def with_wisdom(configuration: app.Configuration, **changes: object) -> app.Configuration:
    """The same with other settings for WisdomAI."""
    return replace(configuration, wisdom=configuration.wisdom.model_copy(update=changes))


# -- from the terminal -----------------------------------------------------------------------------------


async def asked(configuration: app.Configuration, question: str, *, email: str = "") -> str:
    """What the terminal prints."""
    out = io.StringIO()
    asking = app.Asking(question, email=email)
    assert await app.ask(configuration.wisdom, configuration.descope, asking, out=out) == 0
    return out.getvalue()


async def test_a_question_from_the_terminal(here: World, configuration: app.Configuration) -> None:
    """It is asked in the configured domain, as the owner of the key."""
    assert "deals" in await asked(configuration, "How many open deals?")
    (question,) = here.tenant.questions
    assert question.domain_id == configuration.wisdom.domain_id
    assert question.user.email == "service@example.com"


async def test_a_question_from_the_terminal_as_somebody(
    here: World, configuration: app.Configuration
) -> None:
    """An admin sees what this person would see in Slack."""
    everything = await asked(configuration, "Total expected revenue")
    own = await asked(configuration, "Total expected revenue", email="grace@example.com")
    assert [question.user.email for question in here.tenant.questions] == [
        "service@example.com",
        "grace@example.com",
    ]
    assert everything != own


async def test_attributes_are_filled_in_as_in_slack(here: World, configuration: app.Configuration) -> None:
    """Row rules get the person's address, not the place where it goes."""
    pairs = (("region", "APAC"), ("mail", "of {email}"))
    await asked(with_wisdom(configuration, attributes=pairs), "How many open deals?", email="ada@example.com")
    (question,) = here.tenant.questions
    assert {(each.key, each.value) for each in question.user.attributes} == {
        ("region", "APAC"),
        ("mail", "of ada@example.com"),
    }


async def test_what_a_terminal_cannot_fill_in_is_refused(
    here: World, configuration: app.Configuration
) -> None:
    """A question without its row rule would show more than it should."""
    pairs = (("slack", "{slack_user}"),)
    with pytest.raises(ConfigurationError, match=r"^WISDOM_ATTRIBUTES: needs \{slack_user\}"):
        await asked(with_wisdom(configuration, attributes=pairs), "How many?", email="ada@example.com")
    assert here.tenant.questions == ()
    await asked(with_wisdom(configuration, attributes=pairs), "How many open deals?")


# -- reading the store -----------------------------------------------------------------------------------


async def test_the_store_is_read_while_an_app_runs_on_it(
    configuration: app.Configuration, tmp_path: Path
) -> None:
    """Also where somebody writes at that moment; nobody waits for the other."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    async with app.running(configuration, http=True), app.reading(url) as store:
        assert [entry async for entry in entries(store, None, None)] == []


async def test_what_is_read_was_written_before(tmp_path: Path) -> None:
    """By the app that owns the store."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    owned = await app.open_store(url)
    audit = Audit(owned, 1, clock=lambda: 1_795_824_000.0, new_id=lambda: "1")
    await audit.note(What.ASKED, place=ThreadKey("T1", "C1", ""), user="U1", question="Revenue?")
    async with app.reading(url) as store:
        found = [entry async for entry in entries(store, date(2026, 11, 28), None)]
    await owned.close()
    assert [entry.question for entry in found] == ["Revenue?"]


@pytest.mark.parametrize(
    "url", ["sqlite:///nowhere.sqlite", "redis://127.0.0.1:1", "postgres:///x", "sqlite://"]
)
async def test_a_store_that_is_not_there_is_not_read(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor made."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError):
        async with app.reading(url):
            pass
    assert list(tmp_path.iterdir()) == []


async def test_a_store_that_breaks_while_it_is_read_is_told(tmp_path: Path) -> None:
    """With the setting that names it."""
    path = tmp_path / "store.sqlite"
    await (await SqliteStore.open(path)).close()
    with pytest.raises(ConfigurationError, match=r"^STORE_URL: the store cannot be read \(disk"):
        async with app.reading(f"sqlite:///{path}"):
            raise StoreFailed("disk I/O error")


# -- what is assumed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "read"), [("utf16", "😀!b"), ("codepoint", "😀a!")])
async def test_what_is_assumed_of_the_tenant_reaches_the_turn(
    configuration: app.Configuration, unit: str, read: str
) -> None:
    """An operator who knows what the tenant counts overrules what would be found out."""
    wisdom = configuration.wisdom.model_copy(update={"length_unit": unit, "diffs": "increments"})
    turn = wiring.new_turn(wisdom)
    turn.receive_diff(AnswerDiff("c", "m", ({"insert": "😀ab"},), 0, in_progress=True))
    replaced = ({"retain": 2}, {"insert": "!"}, {"delete": 1})
    turn.receive_diff(AnswerDiff("c", "m", replaced, 1, in_progress=False))
    (prose,) = turn.answer().parts
    assert getattr(prose, "text", "") == read
