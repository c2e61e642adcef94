"""Slack's events, commands and actions, and nothing else: ``register`` is the routing table of the app."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot.core.render import controls
from bot.core.render.indigo import CHATS_ACTION, POST_ACTION, STOP_ACTION
from bot.core.render.settings_view import SETTINGS_VIEW
from bot.core.render.views import FEEDBACK_VIEW
from bot.memory import Memory
from bot.tasks import Tasks
from handlers.actions import Actions
from handlers.channels import Channels
from handlers.commands import Commands
from handlers.deleting import Deleting
from handlers.exhibits import ExhibitControls
from handlers.feedback import Feedback
from handlers.indigo import IndigoCommands
from handlers.mentions import Mentions
from handlers.messages import Messages
from handlers.owned import Listener, owned
from handlers.replays import Replays
from handlers.settings import ChannelSettings
from handlers.sharing import Sharing


@dataclass(frozen=True, slots=True)
class Listeners:
    """Everybody who listens to something."""

    mentions: Mentions
    messages: Messages
    commands: Commands
    actions: Actions
    exhibits: ExhibitControls
    feedback: Feedback
    deleting: Deleting
    sharing: Sharing
    settings: ChannelSettings
    channels: Channels
    indigo: IndigoCommands


def register(app: AsyncApp, listeners: Listeners, memory: Memory, tasks: Tasks) -> None:
    """Says who listens to what. Listeners are bound methods, so each brings what it works with."""

    def ours(listener: Listener) -> Callable[..., Awaitable[None]]:
        return owned(listener, tasks)

    app.use(Replays(memory).refuse)
    app.event("app_mention")(ours(listeners.mentions.on_mention))
    app.event("message")(ours(listeners.messages.on_message))
    app.event("channel_id_changed")(ours(listeners.channels.on_id_changed))
    app.event("channel_shared")(ours(listeners.channels.on_shared))
    app.event("channel_unshared")(ours(listeners.channels.on_shared))
    app.command("/wisdom")(ours(listeners.commands.on_wisdom))
    app.action(controls.STOP_ACTION)(ours(listeners.actions.on_stop))
    app.action(controls.RETRY_ACTION)(ours(listeners.actions.on_retry))
    app.action(_numbered(controls.ASK_ACTION))(ours(listeners.actions.on_ask))
    app.action(controls.AGAIN_ACTION)(ours(listeners.actions.on_again))
    app.action(_numbered(controls.DOMAIN_ACTION))(ours(listeners.actions.on_domain))
    app.action(controls.SHARE_ACTION)(ours(listeners.sharing.on_share))
    app.action(controls.DATA_ACTION)(ours(listeners.exhibits.on_data))
    app.action(_numbered(controls.PAGE_ACTION))(ours(listeners.exhibits.on_page))
    app.action(controls.SQL_ACTION)(ours(listeners.exhibits.on_sql))
    app.action(controls.CSV_ACTION)(ours(listeners.exhibits.on_csv))
    app.action(controls.CHART_ACTION)(ours(listeners.exhibits.on_chart))
    app.action(controls.FEEDBACK_ACTION)(ours(listeners.feedback.on_feedback))
    app.view(FEEDBACK_VIEW)(ours(listeners.feedback.on_reason))
    app.action(controls.DELETE_ACTION)(ours(listeners.deleting.on_delete))
    app.view(SETTINGS_VIEW)(ours(listeners.settings.on_kept))
    app.command("/indigo")(ours(listeners.indigo.on_indigo))
    app.action(_numbered(CHATS_ACTION))(ours(listeners.indigo.on_chats))
    app.action(POST_ACTION)(ours(listeners.indigo.on_post))
    app.action(STOP_ACTION)(ours(listeners.indigo.on_stop))


def _numbered(action: str) -> re.Pattern[str]:
    """The buttons of a block must differ, so some are numbered."""
    return re.compile(rf"^{action}:(?:\d+|menu)$")
