"""Looking at a thread: whether a question that is to be answered still stands there.

Slack keeps a deleted root that has replies as a message of subtype ``tombstone``
(docs.slack.dev/reference/methods/conversations.replies).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, SlackRefused
from bot.slack.calls import Calls

_log = logging.getLogger("bot.slack")

_TOMBSTONE = "tombstone"
_NOT_THERE = frozenset({"message_not_found", "thread_not_found"})


class Threads:
    """Reads threads.

    Args:
        client: the app's Web API client, with the bot token.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._calls = Calls(client)

    async def stands(self, channel: str, thread_ts: str, ts: str) -> bool | None:
        """Whether the message ``ts`` of a thread still stands; None where Slack does not tell.

        It is asked once: apps that are not in Slack's Marketplace may have one such call a minute.
        """
        wanted = {"channel": channel, "ts": thread_ts, "oldest": ts, "latest": ts, "inclusive": "true"}
        try:
            # The root always comes first, whatever the bounds.
            answer = await self._calls.read("conversations.replies", {**wanted, "limit": 2})
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
