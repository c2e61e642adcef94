"""Slack's events, commands and actions, and nothing else: ``register`` is the routing table of the app."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp

from bot.core.render.blocks import ASK_ACTION, RETRY_ACTION, STOP_ACTION
from handlers.actions import Actions
from handlers.commands import Commands
from handlers.mentions import Mentions
from handlers.messages import Messages


def register(
    app: AsyncApp, *, mentions: Mentions, messages: Messages, commands: Commands, actions: Actions
) -> None:
    """Says who listens to what. Listeners are bound methods, so each brings what it works with."""
    app.event("app_mention")(mentions.on_mention)
    app.event("message")(messages.on_message)
    app.command("/wisdom")(commands.on_wisdom)
    app.action(STOP_ACTION)(actions.on_stop)
    app.action(RETRY_ACTION)(actions.on_retry)
    app.action(re.compile(rf"^{ASK_ACTION}:\d+$"))(actions.on_ask)
