"""Posting messages: paced in each channel, never twice, and in simpler form rather than not at all.

Slack takes about one message a second in a channel (docs.slack.dev/apis/web-api/rate-limits); there is no
idempotency key, so a post is repeated only when the request surely never went out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.pacing import Bucket
from bot.core.render.ladder import rungs
from bot.errors import SlackRefused
from bot.model import Draft
from bot.slack.calls import Calls, NotConnected, Sleep, obeying

_log = logging.getLogger("bot.slack")

#: What Slack says of a message that it will take in a simpler form.
TOO_RICH = frozenset({
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "too_many_blocks",
    "block_mismatch",
    "markdown_text_conflict",
    "no_text",
    "invalid_arguments",
})  # fmt: skip

_PAUSES = (0.5, 1.0, 2.0)
_MANY_CHANNELS = 1000


class Poster:
    """Posts and deletes messages; safe to use from many tasks.

    Args:
        client: the app's Web API client, with the bot token.
        burst: how many messages a channel takes at once before the pace of one a second begins.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        burst: int = 5,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._calls = Calls(client)
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[str, Bucket] = {}

    async def post(self, channel: str, draft: Draft, *, thread_ts: str | None = None) -> str:
        """Post a message and return its ts; ``file_ids`` are left to the first edit.

        Raises:
            NotInChannel: the app cannot post there.
            SlackUnreachable: no answer; the message may or may not stand there.
            SlackRefused: Slack does not take it even as plain text.
        """
        target: dict[str, object] = {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        if thread_ts:
            target["thread_ts"] = thread_ts
        return str((await self._say("chat.postMessage", target, draft)).get("ts", ""))

    async def post_ephemeral(
        self, channel: str, user: str, draft: Draft, *, thread_ts: str | None = None
    ) -> None:
        """Show a message to one person only; raises as ``post`` does."""
        target: dict[str, object] = {"channel": channel, "user": user}
        if thread_ts:
            target["thread_ts"] = thread_ts
        await self._say("chat.postEphemeral", target, draft)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of ours; raises MessageGone where somebody did that before."""
        await obeying(lambda: self._calls.write("chat.delete", {"channel": channel, "ts": ts}), self._sleep)

    async def _say(self, method: str, target: Mapping[str, object], draft: Draft) -> Mapping[str, object]:
        """Go down the ladder until Slack takes the message."""
        steps = (draft, *rungs(draft))
        for step in steps:
            payload = {**target, **content(step)}
            try:
                return await self._paced(method, payload)
            except SlackRefused as error:
                if error.code not in TOO_RICH or step is steps[-1]:
                    raise
                _log.warning("Slack refused a message, a simpler one follows: %s", error)
        raise AssertionError("the last step returns or raises")

    async def _paced(self, method: str, payload: Mapping[str, object]) -> Mapping[str, object]:
        async def once() -> Mapping[str, object]:
            if wait := self._bucket(str(payload["channel"])).take(self._clock()):
                await self._sleep(wait)
            return await self._calls.write(method, payload)

        for pause in _PAUSES:
            try:
                return await obeying(once, self._sleep)
            except NotConnected:
                await self._sleep(pause)
        return await obeying(once, self._sleep)

    def _bucket(self, channel: str) -> Bucket:
        now = self._clock()
        if len(self._buckets) > _MANY_CHANNELS:
            self._buckets = {name: held for name, held in self._buckets.items() if not held.full(now)}
        return self._buckets.setdefault(channel, Bucket(now, burst=self._burst))


def content(draft: Draft) -> dict[str, object]:
    """Text and blocks, always together: in an edit, text without blocks wipes the blocks that stand there."""
    return {"text": draft.text.strip() or "…", "blocks": [dict(block) for block in draft.blocks]}
