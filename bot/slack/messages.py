"""The messages of one answer: usually one, more where the text is long.

``show`` never waits: one pump task renders the newest state a few times a second at most, posts the messages
that are missing, and hands each draft to its editor slot.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.core.render.ladder import Loss, loss
from bot.errors import MessageGone, SlackError, SlackRefused, SlackUnreachable
from bot.model import Draft, Mark
from bot.slack.editor import Delivered, Editor, Slot
from bot.slack.poster import Poster

_log = logging.getLogger("bot.slack")

#: Seconds between two renderings: nobody reads faster, and a long answer takes a while to render.
_REST = 0.25
#: Seconds without news after which the message is shown again, with the time that has passed.
_TICK = 10.0


#: Called on the event loop, for the state of this moment; what it returns renders that, in a thread.
Snapshot = Callable[[], Callable[[], Sequence[Draft]]]
#: Called after each post with the ts of all messages so far, first to last.
Noted = Callable[[tuple[str, ...]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the final messages went out.

    Attributes:
        files_refused: Slack would not attach the files to the message; they must be shared another way.
        degraded: what the forms lack in which Slack took the messages.
    """

    files_refused: bool = False
    degraded: Loss = Loss.NOTHING


@dataclass(eq=False, slots=True)
class _Standing:
    """A message that stands in the thread.

    Attributes:
        asked: the draft that it was posted for.
        posted: the form in which Slack took that.
        final: it shows its last state.
    """

    ts: str
    slot: Slot
    asked: Draft | None = None
    posted: Draft | None = None
    final: bool = False

    async def finish(self, draft: Draft, *, strict: bool = False) -> Delivered:
        """Shows the message's last state."""
        delivered = await self._finish(draft, strict=strict)
        self.final = True
        return delivered

    async def _finish(self, draft: Draft, *, strict: bool) -> Delivered:
        """What Slack has refused of the same draft when it was posted is not tried again."""
        if self.posted is None or draft != self.asked or self.posted.blocks == draft.blocks:
            return await self.slot.finish(draft, strict=strict)
        delivered = await self.slot.finish(replace(self.posted, file_ids=draft.file_ids), strict=strict)
        return replace(delivered, degraded=max(delivered.degraded, loss(draft, self.posted)))


class AnswerMessages:
    """One answer's messages in a thread, posted and edited as the answer grows.

    Args:
        noted: told of each post, so that it can be journaled; what it raises is logged and ends nothing.

    Attributes:
        turn: id of the turn that what is posted is marked with, or empty.
        adopted: they were those of a finished answer.
    """

    def __init__(  # noqa: PLR0913  # keywords only; where they stand, and whose they are
        self,
        poster: Poster,
        editor: Editor,
        *,
        channel: str,
        thread_ts: str,
        turn: str = "",
        noted: Noted | None = None,
    ) -> None:
        self.turn = turn
        self._noted = noted
        self._poster = poster
        self._editor = editor
        self._channel = channel
        self._thread_ts = thread_ts
        self.adopted = False
        self._standing: list[_Standing] = []
        self._forsaken: list[str] = []
        self._snapshot: Snapshot | None = None
        self._changed = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    @property
    def ts(self) -> tuple[str, ...]:
        """The messages so far, first to last."""
        return tuple(each.ts for each in self._standing)

    @property
    def gone(self) -> bool:
        """One of the messages was deleted, or cannot be edited any more."""
        return any(each.slot.gone for each in self._standing)

    async def open(self, first: Draft, *, existing: Sequence[str] = ()) -> None:
        """Posts the first message, or takes over existing ones (all but the first are deleted).

        Raises SlackError.
        """
        if existing:
            await self._delete(existing[1:])
            self._hold(existing[0], Draft(""))
            self._standing[0].slot.put(first)
        else:
            await self._post(first)
        self._start()

    async def resume(self, first: Draft, known: Sequence[str], *, oldest: str) -> None:
        """Takes over what stands there of this turn after a crash; posts ``first`` where nothing does.

        A single message that nobody had noted yet shows ``first``, and any other what it showed, until there
        is news. Nothing is deleted; ``finish`` drops what is too much. Raises SlackError.
        """
        await self.recall(known, oldest=oldest)
        if not self._standing:
            await self._post(first)
        elif not known and len(self._standing) == 1:
            self._standing[0].slot.put(first)
        self._start()

    async def recall(self, known: Sequence[str], *, oldest: str) -> None:
        """Takes over the ``known`` messages, and those from the ts ``oldest`` on that have the turn's mark.

        A crash may have come between a post and its note. Raises SlackUnreachable where none is known, and it
        cannot be found out whether one stands there.
        """
        messages = sorted({*known, *await self._marked(known, oldest)}, key=float)
        for ts in messages:
            self._hold(ts, None)
        if set(messages) != set(known):
            await self._note()

    async def _marked(self, known: Sequence[str], oldest: str) -> tuple[str, ...]:
        if not self.turn:
            return ()
        mark = Mark(self.turn, "answer")
        try:
            return await self._poster.find(self._channel, self._thread_ts, mark, oldest=oldest)
        except SlackError as error:
            if not (known or isinstance(error, SlackRefused)):
                raise
            _log.warning("Turn %s: its messages could not be looked for: %s", self.turn, error)
            return ()

    def adopt(self, existing: Sequence[str]) -> None:
        """Takes the messages of a finished answer over, to ``finish`` them in another form."""
        self.adopted = True
        for ts in existing:
            self._hold(ts, None)

    def renew(self) -> None:
        """Gives the messages up, because they cannot be edited any more: ``finish`` posts all of them anew.

        Those that still stand are deleted after that.
        """
        self._forsaken += self.ts
        for each in self._standing:
            each.slot.close()
        self._standing = []

    def show(self, snapshot: Snapshot) -> None:
        """Shows what ``snapshot`` gives, as soon as Slack takes it; a newer call wins.

        It is called when there is time for it, not for every diff, and again now and then, because what it
        gives may tell how long the answer has been running.
        """
        self._snapshot = snapshot
        self._changed.set()

    async def finish(self, drafts: Sequence[Draft], *, strict: bool = False) -> Outcome:
        """Sends the last state of every message; what is not needed is deleted when all else stands.

        ``strict``: each as it is; a refusal because of what it says raises DraftRefused, and the messages can
        be finished in another form. They can be after any other error as well.

        Raises SlackError when Slack does not take one.
        """
        await self._stop()
        shown = list(zip(self._standing, drafts, strict=False))
        delivered = await _all(each.finish(draft, strict=strict) for each, draft in shown)
        # Only now what is missing: should Slack refuse it, the messages that stand there are whole.
        for draft in drafts[len(shown) :]:
            await self._post(draft, strict=strict)
        delivered += await _all(
            each.finish(draft, strict=strict)
            for each, draft in zip(self._standing[len(shown) :], drafts[len(shown) :], strict=False)
        )
        await self._drop_surplus(len(drafts))
        return Outcome(
            files_refused=any(each.files_refused for each in delivered),
            degraded=max((each.degraded for each in delivered), default=Loss.NOTHING),
        )

    @property
    def unfinished(self) -> bool:
        """One of the messages that stand there does not show its last state."""
        return any(not each.final for each in self._standing)

    async def conclude(self, draft: Draft) -> None:
        """Shows the draft in the place of whatever did not get its last state; raises SlackError."""
        await self._stop()
        unfinished = [each for each in self._standing if not each.final]
        if unfinished:
            await unfinished[0].finish(draft)
            await self._drop(unfinished[1:])

    async def cut_off(self, draft: Draft, known: Collection[str]) -> None:
        """Shows the draft in the last of the ``known`` messages, or posts it; the known ones before it stay.

        Whatever else stands there is deleted: nobody knows what it says. Raises SlackError.
        """
        await self._stop()
        noted = [each for each in self._standing if each.ts in known] or self._standing[:1]
        await self._drop([each for each in self._standing if each not in noted])
        if noted:
            await noted[-1].finish(draft)
        else:
            await self._post(draft)

    async def add(self, draft: Draft) -> None:
        """Posts a further message that stays as it is, after all others; raises SlackError."""
        await self._stop()
        await self._post(draft)
        self._standing[-1].final = True
        self._standing[-1].slot.close()

    async def withdraw(self, instead: Draft) -> None:
        """Deletes all of the messages; what cannot be deleted shows ``instead``.

        Raises SlackError where one of them still shows what it said, when all others are gone.
        """
        await self._stop()
        standing, self._standing = self._standing, []
        left: SlackError | None = None
        for each in standing:
            try:
                await self._withdraw(each, instead)
            except SlackError as error:
                left = error
            finally:
                each.slot.close()
        if left is not None:
            raise left

    async def _withdraw(self, standing: _Standing, instead: Draft) -> None:
        try:
            await self._poster.delete(self._channel, standing.ts)
        except MessageGone:
            return
        except SlackError as error:
            _log.warning("A message could not be withdrawn: %s", error)
            await standing.slot.finish(instead)

    async def close(self) -> None:
        """Ends the pump and gives the messages up; they stay as they are."""
        await self._stop()
        for each in self._standing:
            each.slot.close()

    def _start(self) -> None:
        self._pump = asyncio.create_task(self._run(), name="answer-messages")

    async def _stop(self) -> None:
        """The pump is not cancelled: a post on its way must come back with its ts, or it would come twice."""
        self._closing.set()
        self._changed.set()
        if self._pump is not None:
            await self._pump

    async def _run(self) -> None:
        while not self._closing.is_set():
            await _wait(self._changed, _TICK if self._snapshot else None)
            self._changed.clear()
            if self._snapshot is not None and not self._closing.is_set():
                await self._put_newest(self._snapshot)
            await _wait(self._closing, _REST)

    async def _put_newest(self, snapshot: Snapshot) -> None:
        try:
            await self._put(await asyncio.to_thread(snapshot()))
        except Exception:  # noqa: BLE001 - the final message is made anew, and its errors are told
            _log.exception("An answer could not be shown while it runs")

    async def _put(self, drafts: Sequence[Draft]) -> None:
        try:
            while len(self._standing) < len(drafts) and not self._closing.is_set():
                await self._post(drafts[len(self._standing)])
        except SlackError as error:
            _log.warning("A further message of an answer could not be posted yet: %s", error)
        for each, draft in zip(self._standing, drafts, strict=False):
            each.slot.put(draft)

    async def _post(self, draft: Draft, *, strict: bool = False) -> None:
        mark = Mark(self.turn, "answer") if self.turn else None
        posted = await self._poster.send(
            self._channel, draft, thread_ts=self._thread_ts, strict=strict, mark=mark
        )
        if posted.ts in self.ts:  # taken for the one in doubt, by a button that names the turn
            raise SlackUnreachable("it is not known whether a further message stands there")
        self._hold(posted.ts, posted.shown)
        self._standing[-1].asked, self._standing[-1].posted = draft, posted.shown
        await self._note()

    async def _note(self) -> None:
        if self._noted is None:
            return
        try:
            await self._noted(self.ts)
        except Exception:  # noqa: BLE001 - the answer goes on; the mark tells of the message, too
            _log.exception("A message of turn %s could not be noted", self.turn)

    def _hold(self, ts: str, shown: Draft | None) -> None:
        self._standing.append(_Standing(ts, self._editor.open(self._channel, ts, shown)))

    async def _drop_surplus(self, wanted: int) -> None:
        await self._drop(self._standing[wanted:])
        await self._delete(self._forsaken)
        self._forsaken = []

    async def _drop(self, surplus: Sequence[_Standing]) -> None:
        self._standing = [each for each in self._standing if each not in surplus]
        for each in surplus:
            each.slot.close()
        await self._delete([each.ts for each in surplus])

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
