"""Bringing a finished answer into its thread, in the best form that Slack takes.

Where there is an answer, something true reaches the thread. The rungs, each tried once: messages with Slack's
own charts and tables; with images and plain tables; with simpler blocks; text alone (``bot.slack`` goes down
these three); a file with the whole answer; one sentence; a sentence to the asker alone. If all of them fail,
a line in the log says so. What a form leaves out follows as a file.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from bot.core.finished import Delivered, Finished, Reached
from bot.core.render import blocks, faults, notices
from bot.core.render.blocks import Ending
from bot.core.render.ladder import NATIVE, Loss
from bot.errors import BotError, MessageGone, NotInChannel, SlackError, TokenRefused
from bot.exhibits import Exhibits
from bot.memory import Memory
from bot.model import Draft, Exhibit, Mark, Native, Notice, Question, ThreadKey
from bot.slack.files import Files
from bot.slack.messages import AnswerMessages, Outcome
from bot.slack.poster import DraftRefused, Poster
from bot.slack.threads import Threads

_log = logging.getLogger("bot.delivery")

#: Seconds for the file with the whole answer.
_FILE_SECONDS = 120.0
_FILE_TITLE = "answer.md"


@dataclass(frozen=True, slots=True)
class Means:
    """What a delivery works with.

    Attributes:
        charts: whether Slack's own data blocks are used always, never, or until a workspace refuses them.
    """

    exhibits: Exhibits
    poster: Poster
    files: Files
    threads: Threads
    memory: Memory
    charts: Literal["auto", "native", "png"] = "auto"


class Delivery:
    """Delivers finished answers."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def native(self, team: str) -> Native:
        """Which of Slack's own data blocks are to be tried in a workspace."""
        return await _allowed(self._means, team)

    async def wanted(self, question: Question) -> bool:
        """Whether a question still stands in its thread, as far as Slack tells."""
        return await _wanted(self._means, question)

    async def deliver(
        self,
        messages: AnswerMessages,
        finished: Finished,
        *,
        earlier: Sequence[Exhibit] = (),
        hurry: Callable[[], Awaitable[object]] | None = None,
        resumed: bool = False,
    ) -> Delivered:
        """Brings the answer into its thread; whatever fails, it returns and says what came of it.

        Args:
            messages: where the answer stands so far; theirs is also the closing.
            finished: the answer, and all that is said around it.
            earlier: the exhibits that stand there already, by number; what still fits is used again.
            hurry: returns when nobody will wait for charts any longer; then the answer goes without them.
            resumed: it may have been delivered in part before; files that stand there are not shared twice.
        """
        delivering = _Delivering(
            self._means, messages, finished, earlier=tuple(earlier), hurry=hurry, resumed=resumed
        )
        reached = await delivering.run()
        _log.info("Turn %s: its answer is %s", finished.turn, reached)
        return Delivered(
            messages=messages.ts,
            exhibits=delivering.exhibits,
            native=delivering.native,
            reached=reached,
            ending=delivering.finished.ending,
        )


@dataclass(eq=False, slots=True)
class _Delivering:
    """The state of one delivery.

    Attributes:
        exhibits: as they were made last.
        native: the data blocks that may still be used.
        blamed: kinds of blocks that Slack refused as such, it seems.
        error: why the last rung did not hold.
    """

    means: Means
    messages: AnswerMessages
    finished: Finished
    earlier: tuple[Exhibit, ...]
    hurry: Callable[[], Awaitable[object]] | None
    resumed: bool = False
    exhibits: tuple[Exhibit, ...] = ()
    native: Native = field(default_factory=Native)
    blamed: set[str] = field(default_factory=set)
    error: Exception | None = None

    @property
    def _thread(self) -> ThreadKey:
        return self.finished.question.thread

    async def run(self) -> Reached:
        """Down the rungs until one holds."""
        if (reached := await self._tried(self._as_messages)) is not None:
            return reached
        if self.messages.adopted:
            return Reached.UNCHANGED  # what stands there is an answer, and better than a sentence
        rungs = [self._as_file, self._as_sentence, self._in_private]
        if isinstance(self.error, (NotInChannel, TokenRefused)):
            rungs.insert(0, rungs.pop())  # hardly anything else will arrive in the thread either
        for rung in rungs:
            if (reached := await self._tried(rung)) is not None:
                return reached
        _log.error("Turn %s: its answer reached nobody: %s", self.finished.turn, self.error)
        return Reached.LOST

    async def _tried(self, rung: Callable[[], Awaitable[Reached | None]]) -> Reached | None:
        try:
            return await rung()
        except (BotError, TimeoutError) as error:
            _log.warning("Turn %s: %s: %s", self.finished.turn, type(error).__name__, error)
            self.error = error
        except Exception as error:  # noqa: BLE001 - a mistake of ours on one rung; the next ones are simpler
            _log.exception("Turn %s: its answer could not be shown by a mistake of ours", self.finished.turn)
            self.error = error
        return None

    # -- as messages -------------------------------------------------------------------------------------

    async def _as_messages(self) -> Reached:
        self.native = await _allowed(self.means, self._thread.team)
        await self._make_in_time()
        try:
            drafts, outcome = await self._down_to_text()
        except MessageGone:
            if self.messages.adopted:
                raise  # an answer that was deleted since does not come back for another chart
            if not await _wanted(self.means, self.finished.question):
                return Reached.UNWANTED  # the question was deleted, and so was the answer
            self.messages.renew()
            drafts, outcome = await self._down_to_text()
        await self._tried(partial(self._add_what_is_missing, drafts, outcome))
        return Reached.SIMPLER if outcome.degraded else Reached.SHOWN

    async def _down_to_text(self) -> tuple[tuple[Draft, ...], Outcome]:
        """The drafts, and how Slack took them; raises SlackError where it takes not even their text."""
        while True:
            drafts = await self._drafts()
            try:
                return drafts, await self.messages.finish(drafts, strict=_has_native(drafts))
            except DraftRefused as error:
                if not _has_native([error.draft]):
                    raise
                await self._without(error)

    async def _make_in_time(self) -> None:
        """The exhibits; only their tables, where nobody waits for more."""
        if self.hurry is None:
            self.exhibits = await self._make()
            return
        making = asyncio.ensure_future(self._make())
        hurried = asyncio.ensure_future(self.hurry())
        try:
            await asyncio.wait({making, hurried}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (making, hurried):
                each.cancel()
            await asyncio.gather(making, hurried, return_exceptions=True)
        if not making.cancelled():
            self.exhibits = making.result()
            return
        self.exhibits = await self.means.exhibits.tables_of(self.finished.answer, kept=self.finished.kept)
        if self.finished.ending is Ending.DONE:
            self.finished = replace(self.finished, ending=Ending.STOPPED)

    async def _make(self) -> tuple[Exhibit, ...]:
        finished = self.finished
        return await self.means.exhibits.of(
            finished.answer,
            native=self.native,
            chosen=finished.chosen,
            kept=finished.kept,
            earlier=self.exhibits or self.earlier,
        )

    async def _drafts(self) -> tuple[Draft, ...]:
        """Rendered off the event loop: an answer may be a megabyte."""
        finished = self.finished
        return await asyncio.to_thread(
            blocks.finished,
            finished.answer,
            turn=finished.turn,
            asker=finished.question.user,
            question=finished.question.text,
            ending=finished.ending,
            exhibits=self.exhibits,
            footer=finished.footer,
            notice=finished.notice,
            native=self.native,
            exports=finished.exports,
            share=finished.share,
        )

    async def _without(self, error: DraftRefused) -> None:
        """Goes on without the kinds of data blocks that the refusal may be of."""
        suspects = faults.suspects(error.draft, error)
        self.blamed |= {kind for kind in suspects if faults.unsupported(error.draft, error, kind)}
        self.native = Native(
            charts=self.native.charts and "data_visualization" not in suspects,
            tables=self.native.tables and "data_table" not in suspects,
        )
        if any(exhibit.spec is not None and exhibit.chart is None for exhibit in self.exhibits):
            await self._make_in_time()

    async def _add_what_is_missing(self, drafts: Sequence[Draft], outcome: Outcome) -> None:
        """What the messages could not hold follows in files; what was learnt of the workspace is noted."""
        if not outcome.degraded and self.means.charts == "auto":
            await self._remember()
        # An answer that stood there before has its files in the thread; another chart brings no new ones.
        again = self.messages.adopted
        overflows = not again and any(draft.overflows for draft in drafts)
        incomplete = overflows or outcome.degraded is Loss.CONTENT
        if incomplete and await self._tried(partial(self._share_whole, notices.REST_IN_FILE)) is None:
            told = Notice(self._linked(notices.REST_MISSING))
            await self._tried(partial(self.messages.add, blocks.told(told, turn=None)))
        if outcome.files_refused and not again:
            await self.means.exhibits.share_sql(
                self.finished.answer, self._thread, turn=self.finished.turn, there=await self._there()
            )

    async def _there(self) -> frozenset[str]:
        """Names of the files that may have been shared before."""
        if not self.resumed:
            return frozenset()
        return await self.means.threads.files(self._thread.channel, self._thread.thread_ts)

    async def _remember(self) -> None:
        """The same answer was taken without them: it was the kind of block, and not the data in it."""
        for kind in self.blamed:
            name: Literal["charts", "tables"] = "tables" if kind == "data_table" else "charts"
            _log.warning("The workspace %s takes no %s blocks; it gets others", self._thread.team, kind)
            await self._tried(partial(self.means.memory.refuse_native, self._thread.team, name))

    # -- what is left when Slack takes no message ----------------------------------------------------------

    async def _as_file(self) -> Reached | None:
        if not self.finished.answer.parts:
            return None
        reached = await self._share_whole(notices.WHOLE_IN_FILE)
        if self.messages.unfinished:
            told = Notice(self._linked(notices.WHOLE_IN_FILE))
            await self._tried(partial(self.messages.conclude, blocks.told(told, turn=None)))
        return reached

    async def _share_whole(self, comment: str) -> Reached:
        """The whole answer as a file in the thread; raises SlackError or TimeoutError."""
        name = f"answer-{self.finished.turn}.md"
        if name in await self._there():
            return Reached.FILE
        exhibits = await self.means.exhibits.tables_of(self.finished.answer)
        text = await asyncio.to_thread(blocks.whole, self.finished.answer, exhibits)
        async with asyncio.timeout(_FILE_SECONDS):
            await self.means.files.upload(
                name,
                text.encode(errors="replace") or b"\n",
                title=_FILE_TITLE,
                channel=self._thread.channel,
                thread_ts=self._thread.thread_ts,
                comment=comment,
            )
        return Reached.FILE

    async def _as_sentence(self) -> Reached | None:
        draft = blocks.told(self._notice(), turn=self.finished.turn)
        try:
            if self.messages.unfinished:
                await self.messages.conclude(draft)
                return Reached.TOLD
        except SlackError as error:
            _log.warning("Turn %s: its message: %s", self.finished.turn, error)
        await self.messages.add(draft)
        return Reached.TOLD

    async def _in_private(self) -> Reached | None:
        """To the asker alone: in the thread, and where that cannot be, as a direct message."""
        question = self.finished.question
        draft = blocks.told(notices.about(self._notice(), question.text), turn=self.finished.turn)
        await self.means.poster.whisper(
            question.thread.channel,
            question.user,
            draft,
            thread_ts=question.whisper_ts,
            mark=Mark(self.finished.turn, "notice"),
        )
        return Reached.PRIVATE

    def _notice(self) -> Notice:
        """What there is to say instead of the answer: that it failed, or that it could not be shown."""
        if self.finished.notice is not None and not self.finished.answer.parts:
            return self.finished.notice
        error = self.error or SlackError("no message was taken")
        notice = notices.for_error(error, ref=self.finished.turn)
        return replace(notice, text=self._linked(notice.text))

    def _linked(self, text: str) -> str:
        """The text, and where the answer can be read all the same."""
        return notices.linked(text, self.finished.footer.link)


def _has_native(drafts: Sequence[Draft]) -> bool:
    return any(block["type"] in NATIVE for draft in drafts for block in draft.blocks)


async def _wanted(means: Means, question: Question) -> bool:
    thread = question.thread
    return await means.threads.stands(thread.channel, thread.thread_ts, question.ts) is not False


async def _allowed(means: Means, team: str) -> Native:
    """The data blocks to begin with: as configured, or as the workspace took them before."""
    if means.charts != "auto":
        wanted = means.charts == "native"
        return Native(charts=wanted, tables=wanted)
    try:
        return await means.memory.native(team)
    except BotError as error:
        _log.warning("It is not known what blocks the workspace takes: %s", error)
        return Native()
