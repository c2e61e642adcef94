"""Looking at a thread: whether a question still stands there, and which files of ours do.

Slack keeps a deleted root that has replies as a message of subtype ``tombstone``
(docs.slack.dev/reference/methods/conversations.replies).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, SlackRefused
from bot.slack.calls import Calls, Sleep, repeating
from bot.slack.marks import Marks

_log = logging.getLogger("bot.slack")

_TOMBSTONE = "tombstone"
#: For longer nobody waits to learn whether a question still stands; apps that are not in Slack's Marketplace
#: may have one such call a minute.
_PATIENCE = 30.0
_NOT_THERE = frozenset({"message_not_found", "thread_not_found"})


class Threads:
    """Reads threads.

    Args:
        client: the app's Web API client, with the bot token.
    """

    def __init__(self, client: AsyncWebClient, *, sleep: Sleep = asyncio.sleep) -> None:
        self._calls = Calls(client)
        self._marks = Marks(client, sleep=sleep)
        self._sleep = sleep

    async def files(self, channel: str, thread_ts: str) -> frozenset[str]:
        """Names of the files that we shared in the thread; none where Slack does not tell."""
        try:
            return await self._marks.files(channel, thread_ts)
        except SlackError as error:
            _log.warning("It is not known which files stand in a thread: %s", error)
            return frozenset()

    async def stands(self, channel: str, thread_ts: str, ts: str) -> bool | None:
        """Whether the message ``ts`` of a thread still stands; None where Slack does not tell."""
        wanted = {"channel": channel, "ts": thread_ts, "oldest": ts, "latest": ts, "inclusive": "true"}
        arguments = {**wanted, "limit": 2}  # the root always comes first, whatever the bounds
        try:
            answer = await repeating(
                lambda: self._calls.read("conversations.replies", arguments),
                self._sleep,
                patience=_PATIENCE,
            )
        except SlackError as error:
            if isinstance(error, SlackRefused) and error.code in _NOT_THERE:
                return False
            _log.info("It is not known whether a question still stands: %s", error)
            return None
        messages = answer.get("messages")
        if not isinstance(messages, list):
            return None
        return any(
            isinstance(message, Mapping) and message.get("ts") == ts and message.get("subtype") != _TOMBSTONE
            for message in messages
        )
