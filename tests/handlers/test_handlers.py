"""The routing table, through Bolt, against the manifest and against what the bot shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.core import tables
from bot.core.render import blocks, settings_view, views
from bot.core.render.blocks import Ending
from bot.memory import Memory
from bot.model import (
    Answer,
    Audience,
    Block,
    ChannelPolicy,
    Domain,
    Draft,
    Exhibit,
    Footer,
    Notice,
    Place,
    PlaceKind,
    Prose,
    VisualizationType,
)
from bot.tasks import Tasks
from tests.fakes import DictStore
from tests.handlers.conftest import Slack, message, press, result
from tests.slack.conftest import Answer as Reply

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text())


class Listeners:
    """Stands where each of the app's listeners stands, and says who was called."""

    def __init__(self) -> None:
        self.called: asyncio.Queue[str] = asyncio.Queue()

    def __getattr__(self, name: str) -> Callable[[AsyncAck], Awaitable[None]]:
        async def listen(ack: AsyncAck) -> None:
            await ack()
            await self.called.put(name.removeprefix("on_"))

        return listen


@pytest.fixture
def listeners() -> Listeners:
    """Who is called."""
    return Listeners()


@pytest.fixture
def app(api: Slack, listeners: Listeners) -> AsyncApp:
    """Bolt with the app's routing table."""
    who = Reply({"user_id": "UBOT", "bot_id": "BBOT", "team_id": "T1", "team": "Acme", "user": "wisdom"})
    api.expect("auth.test", who, who)
    client = AsyncWebClient(token="xoxb-test", base_url=api.client.base_url, session=api.client.session)
    built = AsyncApp(client=client, request_verification_enabled=False, process_before_response=True)
    anyone: Any = listeners
    everyone = handlers.Listeners(**dict.fromkeys(_listeners(), anyone))
    handlers.register(built, everyone, Memory(DictStore()), Tasks())
    return built


def _listeners() -> list[str]:
    return [field.name for field in fields(handlers.Listeners)]


async def status(app: AsyncApp, body: dict[str, object]) -> int:
    """What Bolt answers to a payload."""
    response = await app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), mode="socket_mode"))
    return response.status


def callback(event: dict[str, object]) -> dict[str, object]:
    """An event as Slack wraps it."""
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}


def action_ids(*blocks: Block) -> list[str]:
    """Everything in these blocks that can be pressed or chosen."""
    return [
        str(element["action_id"])
        for block in blocks
        for element in block.get("elements", [])  # type: ignore[attr-defined]  # JSON
        if "action_id" in element
    ]


#: Who hears of which kind of event.
HEARD = {
    "app_mention": "mention",
    "message": "message",
    "channel_id_changed": "id_changed",
    "channel_shared": "shared",
    "channel_unshared": "shared",
}


@pytest.mark.parametrize("name", MANIFEST["settings"]["event_subscriptions"]["bot_events"])
async def test_every_event_that_is_asked_for_is_heard(name: str, app: AsyncApp, listeners: Listeners) -> None:
    """The manifest subscribes to nothing that nobody listens to."""
    kind, _, channel_type = name.partition(".")
    event = message("hello", type=kind, channel_type=channel_type or "channel")
    assert await status(app, callback(event)) == 200
    assert await listeners.called.get() == HEARD[kind]


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
async def test_people_also_speak_with_a_subtype(subtype: str, app: AsyncApp, listeners: Listeners) -> None:
    """A message with a file, or sent to the channel from its thread, is heard like any other."""
    assert await status(app, callback(message("hello", subtype=subtype))) == 200
    assert await listeners.called.get() == "message"


@pytest.mark.parametrize("command", [each["command"] for each in MANIFEST["features"]["slash_commands"]])
async def test_every_command_is_heard(command: str, app: AsyncApp, listeners: Listeners) -> None:
    """The manifest offers no command that does nothing."""
    body: dict[str, object] = {
        "command": command, "text": "help", "team_id": "T1", "channel_id": "C1", "user_id": "U1"
    }  # fmt: skip
    assert await status(app, body) == 200
    assert await listeners.called.get() == command.removeprefix("/")


DOMAINS = [Domain(f"d-{number}", f"Domain {number}") for number in range(9)]
CHOICES = tuple(VisualizationType)[:3]
TABLE = tables.build(result().visualizations[0])
EXHIBIT = Exhibit("Deals", TABLE, types=CHOICES, type=CHOICES[0], has_sql=True, kept=True)


@pytest.mark.parametrize(
    ("drafts", "heard"),
    [
        ([blocks.waiting(turn="t1", ahead=0)], ["stop"]),
        (blocks.running(Answer(), turn="t1", seconds=1), ["stop"]),
        ([blocks.told(Notice("Failed.", retry=True), turn="t1")], ["retry"]),
        (
            blocks.finished(
                Answer((Prose("Five."), result().visualizations[0]), suggestions=("One?", "Two?")),
                turn="t1",
                asker="U1",
                question="How many?",
                ending=Ending.DONE,
                exhibits=[EXHIBIT],
                footer=Footer(),
            ),
            ["data", "sql", "csv", "chart", "ask", "ask", "ask", "feedback", "delete"],
        ),
        (
            blocks.finished(
                Answer((Prose("Five."),)),
                turn="t1",
                asker="U1",
                question="How many? " * 300,
                ending=Ending.DONE,
                exhibits=[],
                footer=Footer(),
            ),
            ["again", "feedback", "delete"],
        ),
        (
            blocks.finished(
                Answer((Prose("Five."),)),
                turn="t1",
                asker="U1",
                question="How many?",
                ending=Ending.STOPPED,
                exhibits=[],
                footer=Footer(),
                share=True,
            ),
            ["retry", "share"],
        ),
        ([views.data_page("t1:0", TABLE, 1, native=False)], ["page", "page"]),
        ([blocks.which_domain(DOMAINS[:2], turn="t1")], ["domain", "domain"]),
        ([blocks.which_domain(DOMAINS, turn="t1")], ["domain"]),
    ],
    ids=[
        "waiting",
        "running",
        "told",
        "finished",
        "a long question",
        "a private answer",
        "data",
        "a few domains",
        "many domains",
    ],
)
async def test_every_control_that_is_shown_is_heard(
    app: AsyncApp, listeners: Listeners, drafts: Sequence[Draft], heard: list[str]
) -> None:
    """Whatever can be pressed in the bot's messages has somebody who listens, and the right one."""
    called = []
    for action_id in action_ids(*(block for draft in drafts for block in draft.blocks)):
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": "v", "action_ts": "1.0"}
        assert await status(app, press("v", actions=[action])) == 200
        called.append(await listeners.called.get())
    assert called == heard


SETTINGS = settings_view.Shown(
    place=Place("C1", PlaceKind.PUBLIC),
    policy=ChannelPolicy(),
    known=(),
    default=None,
    audience=Audience.EVERYBODY,
    exports=True,
    consented=False,
    may_consent=True,
)


@pytest.mark.parametrize(
    ("window", "heard"),
    [
        (views.feedback_view({"turn": "t1"}), "reason"),
        (settings_view.settings_view(SETTINGS, team="T1"), "kept"),
    ],
    ids=["feedback", "settings"],
)
async def test_every_window_that_can_be_sent_is_heard(
    app: AsyncApp, listeners: Listeners, window: Block, heard: str
) -> None:
    """What is sent from it reaches the one who opened it."""
    view = {"type": "modal", "id": "V1", **window, "state": {"values": {}}}
    body: dict[str, object] = {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "view": view,
    }
    assert await status(app, body) == 200
    assert await listeners.called.get() == heard


async def test_a_signed_request_is_heard_once(app: AsyncApp, listeners: Listeners) -> None:
    """The guard against repetitions stands before all of them."""
    body = json.dumps(callback(message("hello")))
    headers = {"content-type": "application/json", "x-slack-signature": "v0=0123"}
    answers = [await app.async_dispatch(AsyncBoltRequest(body=body, headers={**headers})) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 401]
    assert await listeners.called.get() == "message"


async def test_other_apps_buttons_are_not_ours(app: AsyncApp) -> None:
    """An action id that only resembles ours reaches nobody."""
    for action_id in (
        "wisdom_ask",
        "wisdom_ask:x",
        "wisdom_stop_all",
        "wisdom_page",
        "wisdom_data:1",
        "wisdom_domain",
    ):
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": "v", "action_ts": "1.0"}
        assert await status(app, press("v", actions=[action])) == 404
