"""Posting messages: paced in each channel, never twice, and in simpler form rather than not at all.

Slack takes about one message a second in a channel (docs.slack.dev/apis/web-api/rate-limits). There is no
idempotency key: a post that was not answered is looked for by its mark, and repeated only where it does not
stand; without a mark, only where the request surely never went out.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.pacing import Bucket
from bot.core.render.ladder import rungs
from bot.errors import (
    MessageGone,
    NotInChannel,
    SlackError,
    SlackLimited,
    SlackRefused,
    SlackUnreachable,
    TokenRefused,
)
from bot.model import Draft, Mark
from bot.slack.calls import Calls, NotCarriedOut, NotConnected, Sleep, obeying, repeating
from bot.slack.marks import Marks, Place, Wanted, metadata

_log = logging.getLogger("bot.slack")

_PAUSES = (0.5, 1.0, 2.0)
_MANY_CHANNELS = 1000
#: Seconds by which Slack's clock may be behind ours, and for which earlier messages of a turn are looked for.
_SKEW = 60.0
_DAY = 24 * 3600.0
#: Posted to, a person's id stands for the app's direct messages with them.
_PEOPLE = ("U", "W")


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
class _Post:
    """One post, however often it is tried.

    Attributes:
        id: made for it alone; it stands in its metadata.
        since: the time before its first try, as Slack writes it.
    """

    mark: Mark
    id: str
    since: str

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.mark.turn, self.mark.part, self.id)


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
        wall: seconds since 1970, about as Slack counts them.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        burst: int = 5,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._calls = Calls(client)
        self._marks = Marks(client, sleep=sleep)
        self._wall = wall
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[str, Bucket] = {}

    async def post(
        self, channel: str, draft: Draft, *, thread_ts: str | None = None, mark: Mark | None = None
    ) -> str:
        """Post a message and return its ts; ``file_ids`` are left to the first edit.

        Raises:
            NotInChannel: the app cannot post there.
            SlackUnreachable: no answer. Without a mark the message may or may not stand there; with one, that
                could not be found out either.
            SlackRefused: Slack does not take it even as plain text.
        """
        return (await self.send(channel, draft, thread_ts=thread_ts, mark=mark)).ts

    async def send(
        self,
        channel: str,
        draft: Draft,
        *,
        thread_ts: str | None = None,
        strict: bool = False,
        mark: Mark | None = None,
    ) -> Posted:
        """Post a message as ``post`` does; ``strict``: as it is or not at all, then DraftRefused is raised.

        ``channel`` may be the id of a person: the message goes into the app's direct messages with them.
        """
        target: dict[str, object] = {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        if thread_ts:
            target["thread_ts"] = thread_ts

        post = self._new_post(mark) if mark else None

        async def once(payload: Mapping[str, object]) -> Mapping[str, object]:
            return await self._once(payload, post)

        answer, shown = await self._say(once, target, draft, strict=strict)
        return Posted(
            ts=str(answer.get("ts", "")),
            shown=replace(shown, file_ids=()),
            channel=str(answer.get("channel") or channel),
        )

    async def find(
        self, channel: str, thread_ts: str | None, mark: Mark, *, oldest: str = ""
    ) -> tuple[str, ...]:
        """The messages that stand there with this mark, oldest first; raises SlackError.

        Where it is not said from which ts on, those of the last day are looked at.
        """
        since = oldest or f"{self._wall() - _DAY:.6f}"
        return await self._marks.find(channel, thread_ts, turn=mark.turn, part=mark.part, oldest=since)

    async def post_ephemeral(
        self, channel: str, user: str, draft: Draft, *, thread_ts: str | None = None, strict: bool = False
    ) -> None:
        """Show a message to one person only; ``strict`` and what is raised are as with ``send``."""
        target: dict[str, object] = {"channel": channel, "user": user}
        if thread_ts:
            target["thread_ts"] = thread_ts

        async def once(payload: Mapping[str, object]) -> Mapping[str, object]:
            return await self._paced("chat.postEphemeral", payload)

        await self._say(once, target, draft, strict=strict)

    async def whisper(
        self,
        channel: str,
        user: str,
        draft: Draft,
        *,
        thread_ts: str | None = None,
        mark: Mark | None = None,
    ) -> None:
        """Tell one person alone: in the thread, and where that is not sure to arrive, as a direct message.

        Nobody tells whether a whisper arrived, and it is gone soon: rather twice than never. Raises
        SlackError where neither arrives.
        """
        try:
            await self.post_ephemeral(channel, user, draft, thread_ts=thread_ts)
        except SlackError as error:
            _log.warning("Nothing could be whispered: %s", error)
            await self.post(user, draft, mark=mark)

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message, or empty where Slack does not tell."""
        wanted = {"channel": channel, "message_ts": ts}
        try:
            answer = await repeating(lambda: self._calls.read("chat.getPermalink", wanted), self._sleep)
        except SlackError as error:
            _log.info("A message has no address: %s", error)
            return ""
        return str(answer.get("permalink") or "")

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of ours; raises MessageGone where somebody did that before."""
        arguments = {"channel": channel, "ts": ts}
        tries = 0

        async def once() -> None:
            nonlocal tries
            tries += 1
            try:
                await self._calls.write("chat.delete", arguments)
            except SlackLimited:
                tries -= 1
                raise
            except MessageGone:
                if tries == 1:
                    raise  # else it was deleted by the try that was not answered

        await repeating(once, self._sleep)

    async def _say(
        self,
        once: Callable[[Mapping[str, object]], Awaitable[Mapping[str, object]]],
        target: Mapping[str, object],
        draft: Draft,
        *,
        strict: bool = False,
    ) -> tuple[Mapping[str, object], Draft]:
        """Go down the ladder until Slack takes the message; its answer, and what it took."""
        steps = (draft,) if strict else (draft, *rungs(draft))
        for step in steps:
            try:
                return await once({**target, **content(step)}), step
            except SlackRefused as error:
                _log.warning("Slack refused a message: %s", error)
                if not for_its_content(error):
                    raise
                if step is steps[-1]:
                    raise DraftRefused.of(error, step) from error
        raise AssertionError("the last step returns or raises")

    # -- posts in doubt ------------------------------------------------------------------------------------

    def _new_post(self, mark: Mark) -> _Post:
        return _Post(mark, str(uuid.uuid4()), f"{self._wall() - _SKEW:.6f}")

    async def _once(self, payload: Mapping[str, object], post: _Post | None) -> Mapping[str, object]:
        """Post it so that it stands there once: what Slack may have carried out is looked for first."""
        if post is None:
            return await self._paced("chat.postMessage", payload)
        marked = {**payload, "metadata": metadata(post.mark, post.id)}
        try:
            return await self._paced("chat.postMessage", marked)
        except SlackUnreachable as error:
            if isinstance(error, NotCarriedOut):
                raise
            _log.warning("A post of turn %s is in doubt: %s", post.mark.turn, error)
        if str(payload["channel"]).startswith(_PEOPLE):
            return await self._once_in_direct(marked, post)
        return await self._settled(marked, post) or await self._again(marked, post)

    async def _again(self, marked: Mapping[str, object], post: _Post) -> Mapping[str, object]:
        try:
            return await self._paced("chat.postMessage", marked)
        except SlackUnreachable as error:
            if not isinstance(error, NotCarriedOut) and (found := await self._settled(marked, post)):
                return found
            raise

    async def _settled(self, payload: Mapping[str, object], post: _Post) -> Mapping[str, object] | None:
        """Slack's answer to the post, as far as it is known afterwards; None where it was not carried out."""
        channel, thread_ts = str(payload["channel"]), payload.get("thread_ts")
        place = Place(channel, str(thread_ts) if thread_ts else None, post.since)
        found = await self._marks.settle(place, post.wanted)
        return {"ts": found[0], "channel": channel} if found else None

    async def _once_in_direct(self, marked: Mapping[str, object], post: _Post) -> Mapping[str, object]:
        """In direct messages whose id nobody knows yet: posting tells it, and what is too much is deleted."""
        answer = await self._paced("chat.postMessage", marked)
        channel = str(answer.get("channel") or "")
        try:
            found = await self._marks.find(
                channel, None, turn=post.mark.turn, part=post.mark.part, post=post.id, oldest=post.since
            )
            for ts in found[1:]:
                await self.delete(channel, ts)
        except SlackError as error:
            _log.warning("A message of turn %s may stand there twice: %s", post.mark.turn, error)
            return answer
        return {**answer, "ts": found[0]} if found else answer

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
