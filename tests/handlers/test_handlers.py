"""The routing table, through Bolt, against the manifest and against what the bot shows."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.core.render import blocks
from bot.core.render.blocks import Ending
from bot.model import Answer, Draft, Footer, Notice
from tests.handlers.conftest import message, press
from tests.slack.conftest import Answer as Reply
from tests.slack.conftest import WebApi

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text())


class Listeners:
    """Stands where the app's listeners stand, and says who was called."""

    def __init__(self) -> None:
        self.called: asyncio.Queue[str] = asyncio.Queue()

    async def on_mention(self) -> None:
        """A mention."""
        await self.called.put("mention")

    async def on_message(self) -> None:
        """A message."""
        await self.called.put("message")

    async def on_wisdom(self, ack: AsyncAck) -> None:
        """A command."""
        await ack()
        await self.called.put("command")

    async def on_stop(self, ack: AsyncAck) -> None:
        """Stop."""
        await ack()
        await self.called.put("stop")

    async def on_retry(self, ack: AsyncAck) -> None:
        """Retry."""
        await ack()
        await self.called.put("retry")

    async def on_ask(self, ack: AsyncAck) -> None:
        """A suggestion."""
        await ack()
        await self.called.put("ask")


@pytest.fixture
def listeners() -> Listeners:
    """Who is called."""
    return Listeners()


@pytest.fixture
def app(api: WebApi, listeners: Listeners) -> AsyncApp:
    """Bolt with the app's routing table."""
    who = Reply({"user_id": "UBOT", "bot_id": "BBOT", "team_id": "T1", "team": "Acme", "user": "wisdom"})
    api.expect("auth.test", who, who)
    client = AsyncWebClient(token="xoxb-test", base_url=api.client.base_url, session=api.client.session)
    built = AsyncApp(client=client, request_verification_enabled=False)
    anyone: Any = listeners
    handlers.register(built, mentions=anyone, messages=anyone, commands=anyone, actions=anyone)
    return built


async def status(app: AsyncApp, body: dict[str, object]) -> int:
    """What Bolt answers to a payload."""
    response = await app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), mode="socket_mode"))
    return response.status


def callback(event: dict[str, object]) -> dict[str, object]:
    """An event as Slack wraps it."""
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}


def action_ids(*drafts: Draft) -> list[str]:
    """Every button in these messages."""
    return [
        str(element["action_id"])
        for draft in drafts
        for block in draft.blocks
        for element in block.get("elements", [])  # type: ignore[attr-defined]  # JSON
        if "action_id" in element
    ]


@pytest.mark.parametrize("name", MANIFEST["settings"]["event_subscriptions"]["bot_events"])
async def test_every_event_that_is_asked_for_is_heard(name: str, app: AsyncApp, listeners: Listeners) -> None:
    """The manifest subscribes to nothing that nobody listens to."""
    kind, _, channel_type = name.partition(".")
    event = message("hello", type=kind, channel_type=channel_type or "channel")
    assert await status(app, callback(event)) == 200
    assert await listeners.called.get() == ("mention" if kind == "app_mention" else "message")


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
    assert await listeners.called.get() == "command"


async def test_every_button_that_is_shown_is_heard(app: AsyncApp, listeners: Listeners) -> None:
    """Whatever can be pressed in the bot's messages has somebody who listens."""
    answer = Answer(suggestions=("One?", "Two?", "Three?"), in_progress=False)
    shown = action_ids(
        blocks.waiting(turn="t1", ahead=0),
        *blocks.running(answer, turn="t1", seconds=1),
        blocks.told(Notice("Failed.", retry=True), turn="t1"),
        *blocks.finished(answer, turn="t1", ending=Ending.DONE, exhibits=[], footer=Footer()),
    )
    heard = []
    for action_id in shown:
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": "v", "action_ts": "1.0"}
        assert await status(app, press("v", actions=[action])) == 200
        heard.append(await listeners.called.get())
    assert heard == ["stop", "stop", "retry", "ask", "ask", "ask"]


async def test_other_apps_buttons_are_not_ours(app: AsyncApp) -> None:
    """An action id that only resembles ours reaches nobody."""
    for action_id in ("wisdom_ask", "wisdom_ask:x", "wisdom_stop_all"):
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": "v", "action_ts": "1.0"}
        assert await status(app, press("v", actions=[action])) == 404
