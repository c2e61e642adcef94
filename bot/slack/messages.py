"""The messages of one answer: usually one, more where the text is long.

``show`` never waits: one pump task renders the newest state a few times a second at most, posts the messages
that are missing, and hands each draft to its editor slot.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import MessageGone, SlackError
from bot.model import Draft
from bot.slack.editor import Delivered, Editor, Slot
from bot.slack.poster import Poster

_log = logging.getLogger("bot.slack")

#: Seconds between two renderings: nobody reads faster, and a long answer takes a while to render.
_REST = 0.25
#: Seconds without news after which the message is shown again, with the time that has passed.
_TICK = 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the final messages went out.

    Attributes:
        files_refused: Slack would not attach the files to the message; they must be shared another way.
    """

    files_refused: bool = False


class AnswerMessages:
    """One answer's messages in a thread, posted and edited as the answer grows."""

    def __init__(self, poster: Poster, editor: Editor, *, channel: str, thread_ts: str) -> None:
        self._poster = poster
        self._editor = editor
        self._channel = channel
        self._thread_ts = thread_ts
        self._slots: list[Slot] = []
        self._ts: list[str] = []
        self._render: Callable[[], Sequence[Draft]] | None = None
        self._changed = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    @property
    def ts(self) -> tuple[str, ...]:
        """The messages so far, first to last."""
        return tuple(self._ts)

    @property
    def gone(self) -> bool:
        """Somebody deleted one of the messages."""
        return any(slot.gone for slot in self._slots)

    async def open(self, first: Draft, *, existing: Sequence[str] = ()) -> None:
        """Posts the first message, or takes over existing ones (all but the first are deleted).

        Raises SlackError.
        """
        if existing:
            await self._delete(existing[1:])
            self._hold(existing[0], Draft(""))
            self._slots[0].put(first)
        else:
            await self._post(first)
        self._pump = asyncio.create_task(self._run(), name="answer-messages")

    def show(self, render: Callable[[], Sequence[Draft]]) -> None:
        """Shows what ``render`` gives, as soon as Slack takes it; a newer call wins.

        It is called when there is time for it, not for every diff, and again now and then, because what it
        gives may tell how long the answer has been running.
        """
        self._render = render
        self._changed.set()

    async def finish(self, drafts: Sequence[Draft]) -> Outcome:
        """Sends the last state of every message; raises SlackError when Slack does not take one."""
        await self._stop()
        shown = list(zip(self._slots, drafts, strict=False))
        await self._drop_surplus(len(drafts))
        delivered = await _all(slot.finish(draft) for slot, draft in shown)
        # Only now what is missing: should Slack refuse it, the messages that stand there are whole.
        for draft in drafts[len(shown) :]:
            await self._post(draft)
        delivered += await _all(
            slot.finish(draft)
            for slot, draft in zip(self._slots[len(shown) :], drafts[len(shown) :], strict=True)
        )
        return Outcome(files_refused=any(each.files_refused for each in delivered))

    async def close(self) -> None:
        """Ends the pump and gives the messages up; they stay as they are."""
        await self._stop()
        for slot in self._slots:
            slot.close()

    async def _stop(self) -> None:
        """The pump is not cancelled: a post on its way must come back with its ts, or it would come twice."""
        self._closing.set()
        self._changed.set()
        if self._pump is not None:
            await self._pump

    async def _run(self) -> None:
        while not self._closing.is_set():
            await _wait(self._changed, _TICK if self._render else None)
            self._changed.clear()
            if self._render is not None and not self._closing.is_set():
                await self._put_newest(self._render)
            await _wait(self._closing, _REST)

    async def _put_newest(self, render: Callable[[], Sequence[Draft]]) -> None:
        try:
            drafts = render()
        except Exception:  # noqa: BLE001 - the final message is rendered anew, and its errors are told
            _log.exception("An answer could not be rendered while it runs")
        else:
            await self._put(drafts)

    async def _put(self, drafts: Sequence[Draft]) -> None:
        try:
            while len(self._slots) < len(drafts):
                await self._post(drafts[len(self._slots)])
        except SlackError as error:
            _log.warning("A further message of an answer could not be posted yet: %s", error)
        for slot, draft in zip(self._slots, drafts, strict=False):
            slot.put(draft)

    async def _post(self, draft: Draft) -> None:
        ts = await self._poster.post(self._channel, draft, thread_ts=self._thread_ts)
        self._hold(ts, draft)

    def _hold(self, ts: str, shown: Draft) -> None:
        self._ts.append(ts)
        self._slots.append(self._editor.open(self._channel, ts, shown))

    async def _drop_surplus(self, wanted: int) -> None:
        for slot in self._slots[wanted:]:
            slot.close()
        surplus, self._ts[wanted:], self._slots[wanted:] = self._ts[wanted:], [], []
        await self._delete(surplus)

    async def _delete(self, messages: Sequence[str]) -> None:
        for ts in messages:
            try:
                await self._poster.delete(self._channel, ts)
            except MessageGone:
                continue
            except SlackError as error:
                _log.warning("A message that is no longer needed could not be deleted: %s", error)


async def _all(finishing: Iterable[Coroutine[None, None, Delivered]]) -> list[Delivered]:
    """Waits for every final edit; raises the first error only when all have come to their end."""
    results = await asyncio.gather(*finishing, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


async def _wait(event: asyncio.Event, seconds: float | None) -> None:
    """Until the event, or as long as said."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
