"""Posting messages: paced in each channel, never twice, and in simpler form rather than not at all.

Slack takes about one message a second in a channel (docs.slack.dev/apis/web-api/rate-limits); there is no
idempotency key, so a post is repeated only when the request surely never went out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.pacing import Bucket
from bot.core.render.ladder import rungs
from bot.errors import MessageGone, NotInChannel, SlackError, SlackRefused, TokenRefused
from bot.model import Draft
from bot.slack.calls import Calls, NotConnected, Sleep, obeying

_log = logging.getLogger("bot.slack")

_PAUSES = (0.5, 1.0, 2.0)
_MANY_CHANNELS = 1000


class DraftRefused(SlackRefused):
    """Slack does not take this draft, and a simpler one may do.

    Attributes:
        draft: what was refused.
    """

    def __init__(self, method: str, code: str, details: tuple[str, ...], draft: Draft) -> None:
        super().__init__(method, code, details)
        self.draft = draft

    @classmethod
    def of(cls, error: SlackRefused, draft: Draft) -> Self:
        """The refusal of this draft."""
        return cls(error.method, error.code, error.details, draft)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that stands in Slack.

    Attributes:
        shown: the form in which Slack took it, without files.
        channel: where it stands; of a message to a person the direct messages with them.
    """

    ts: str
    shown: Draft
    channel: str = ""


def for_its_content(error: SlackRefused) -> bool:
    """Whether a simpler message may do; the other kinds of refusal are of the channel or of the app."""
    return not isinstance(error, (TokenRefused, NotInChannel, MessageGone))


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
        return (await self.send(channel, draft, thread_ts=thread_ts)).ts

    async def send(
        self, channel: str, draft: Draft, *, thread_ts: str | None = None, strict: bool = False
    ) -> Posted:
        """Post a message as ``post`` does; ``strict``: as it is or not at all, then DraftRefused is raised.

        ``channel`` may be the id of a person: the message goes into the app's direct messages with them.
        """
        target: dict[str, object] = {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        if thread_ts:
            target["thread_ts"] = thread_ts
        answer, shown = await self._say("chat.postMessage", target, draft, strict=strict)
        return Posted(
            ts=str(answer.get("ts", "")),
            shown=replace(shown, file_ids=()),
            channel=str(answer.get("channel") or channel),
        )

    async def post_ephemeral(
        self, channel: str, user: str, draft: Draft, *, thread_ts: str | None = None, strict: bool = False
    ) -> None:
        """Show a message to one person only; ``strict`` and what is raised are as with ``send``."""
        target: dict[str, object] = {"channel": channel, "user": user}
        if thread_ts:
            target["thread_ts"] = thread_ts
        await self._say("chat.postEphemeral", target, draft, strict=strict)

    async def whisper(self, channel: str, user: str, draft: Draft, *, thread_ts: str | None = None) -> None:
        """Tell one person alone: in the thread, and where that cannot be, as a direct message.

        Raises SlackError where neither arrives.
        """
        try:
            await self.post_ephemeral(channel, user, draft, thread_ts=thread_ts)
        except SlackError as error:
            _log.warning("Nothing could be whispered: %s", error)
            await self.post(user, draft)

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message, or empty where Slack does not tell."""
        try:
            answer = await self._calls.read("chat.getPermalink", {"channel": channel, "message_ts": ts})
        except SlackError as error:
            _log.info("A message has no address: %s", error)
            return ""
        return str(answer.get("permalink") or "")

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of ours; raises MessageGone where somebody did that before."""
        await obeying(lambda: self._calls.write("chat.delete", {"channel": channel, "ts": ts}), self._sleep)

    async def _say(
        self, method: str, target: Mapping[str, object], draft: Draft, *, strict: bool = False
    ) -> tuple[Mapping[str, object], Draft]:
        """Go down the ladder until Slack takes the message; its answer, and what it took."""
        steps = (draft,) if strict else (draft, *rungs(draft))
        for step in steps:
            try:
                return await self._paced(method, {**target, **content(step)}), step
            except SlackRefused as error:
                _log.warning("Slack refused a message: %s", error)
                if not for_its_content(error):
                    raise
                if step is steps[-1]:
                    raise DraftRefused.of(error, step) from error
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
