"""Opening and changing windows (modals). Source: docs.slack.dev/surfaces/modals."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackRefused
from bot.model import Block
from bot.slack.calls import Calls, Sleep, obeying, repeating

#: A trigger is good for three seconds and for one window.
_OVER = frozenset({
    "exchanged_trigger_id",
    "expired_trigger_id",
    "invalid_trigger_id",
    "trigger_exchanged",
    "trigger_expired",
})  # fmt: skip


class TriggerOver(SlackRefused):
    """The press was too long ago to open a window for it; pressing again helps."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A window that stands open; ``hash`` keeps an update from overwriting a newer one."""

    id: str
    hash: str


class Views:
    """Opens windows.

    Args:
        client: the app's Web API client, with the bot token.
    """

    def __init__(self, client: AsyncWebClient, *, sleep: Sleep = asyncio.sleep) -> None:
        self._calls = Calls(client)
        self._sleep = sleep

    async def open(self, trigger_id: str, view: Block) -> Opened:
        """Open a window for the person whose press brought the trigger.

        Raises:
            TriggerOver: it was too long ago.
            SlackError: as every call.
        """
        arguments = {"trigger_id": trigger_id, "view": dict(view)}
        try:
            answer = await obeying(lambda: self._calls.write("views.open", arguments), self._sleep)
        except SlackRefused as error:
            if error.code in _OVER:
                raise TriggerOver(error.method, error.code, error.details) from error
            raise
        shown = answer.get("view")
        opened = shown if isinstance(shown, Mapping) else {}
        return Opened(str(opened.get("id") or ""), str(opened.get("hash") or ""))

    async def update(self, opened: Opened, view: Block) -> None:
        """Change what stands in a window; one that was closed or changed since is left alone."""
        arguments = {"view_id": opened.id, "hash": opened.hash, "view": dict(view)}
        try:
            await repeating(lambda: self._calls.write("views.update", arguments), self._sleep)
        except SlackRefused as error:
            if error.code not in {"not_found", "hash_conflict"}:
                raise
