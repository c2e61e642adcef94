"""A workspace without a server, for tests of what stands around it."""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack import manifest
from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.workspace import Workspace


def workspace(**options: Any) -> Workspace:
    """A workspace with these options; its clock is a ``ManualClock``."""
    return Workspace(manifest=manifest.load(), options=SlackOptions(**options), clock=ManualClock())


def say(here: Workspace, text: str, *, who: str = "ada", channel: str = "sales", **more: Any) -> Message:
    """Posts as a person, or as the bot."""
    bot_id = here.bot.bot_id if who == "bot" else ""
    user = here.bot.id if who == "bot" else here.users[who].id
    place = here.channels.get(channel, channel)
    message = Message(place, here.ids.ts(), user, text, bot_id=bot_id, **more)
    here.post(message)
    return message
