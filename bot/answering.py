"""One turn, from a question to its finished message: the only room that knows WisdomAI and Slack.

The reader of the tenant's diffs never waits for Slack: it folds each diff and leaves the newest draft with
the thread's messages. The last edit always goes out, whatever came before it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from bot.core.render import blocks, notices
from bot.core.render.blocks import Ending
from bot.core.turn import Turn
from bot.domains import Domains
from bot.errors import AnswerFailed, BotError, MessageGone, SlackError, StoreFailed, TenantError
from bot.exhibits import Exhibits
from bot.inflight import Running
from bot.memory import Memory, TurnRecord
from bot.model import (
    Answer,
    AnswerDiff,
    Domain,
    Draft,
    Exhibit,
    Footer,
    Identity,
    Notice,
    Prose,
    ProseKind,
)
from bot.slack.messages import AnswerMessages
from bot.slack.poster import Poster

_log = logging.getLogger("bot.answering")
_T = TypeVar("_T")


class Asks(Protocol):
    """What answers questions: ``bot.wisdom.tenant.Tenant``."""

    def ask(
        self, text: str, *, identity: Identity, domain: str, conversation: str | None, key: str
    ) -> AsyncGenerator[AnswerDiff, None]:
        """Asks; yields the answer's diffs as they arrive; raises TenantError."""

    async def settled(self, *, identity: Identity, conversation: str, message: str) -> AnswerDiff | None:
        """An answer as the tenant keeps it; raises TenantError."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a turn works with."""

    tenant: Asks
    poster: Poster
    messages: Callable[[str, str], AnswerMessages]
    exhibits: Exhibits
    memory: Memory
    domains: Domains
    identity: Identity
    new_turn: Callable[[], Turn]
    clock: Callable[[], float]


class Answering:
    """Answers turns; ``run`` is what ``bot.inflight`` starts."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def run(self, running: Running) -> None:
        """Answers one turn; ends in the thread, whatever happens."""
        await _OneTurn(self._tools, running).run()


async def recover(tools: Tools) -> None:
    """Turns that an earlier process left in the middle say so in their own message, with Retry."""
    for record in await tools.memory.unfinished_turns():
        notice = notices.interrupted_by_restart()
        draft = blocks.told(notice, turn=record.id)
        thread = record.question.thread
        messages = tools.messages(thread.channel, thread.thread_ts)
        try:
            await messages.open(draft, existing=record.messages[-1:])
            await messages.finish([draft])
        except SlackError as error:
            _log.warning("Turn %s of an earlier run could not be ended in its thread: %s", record.id, error)
        await _end(tools.memory, record)


class _OneTurn:
    """The state of one turn while it runs."""

    def __init__(self, tools: Tools, running: Running) -> None:
        self._tools = tools
        self._running = running
        self._record = running.record
        self._question = running.record.question
        self._messages = tools.messages(self._question.thread.channel, self._question.thread.thread_ts)
        self._turn = tools.new_turn()
        self._domain: Domain | None = None
        self._started = tools.clock()

    async def run(self) -> None:
        """Placeholder, answer, final edit; whatever goes wrong, the asker is told."""
        try:
            await self._open()
            ending, notice = await self._answered()
            await self._finish(ending, notice)
        except BotError as error:
            _log.warning("Turn %s could not be shown: %s: %s", self._record.id, type(error).__name__, error)
            await self._give_up(error)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not leave a message with Stop
            _log.exception("Turn %s could not be shown by a mistake of ours", self._record.id)
            await self._give_up(error)
        finally:
            await self._messages.close()
        await _end(self._tools.memory, self._journaled())

    async def _give_up(self, error: Exception) -> None:
        """The message says what happened, under what it said so far; if it cannot, the asker is told."""
        notice = notices.for_error(error, ref=self._record.id)
        if not self._messages.ts:
            await self._tell(notice)
            return
        try:
            drafts = self._final_drafts(self._turn.answer(), Ending.FAILED, (), notice)
        except Exception:  # noqa: BLE001 - the answer itself may be what cannot be shown
            drafts = (blocks.told(notice, turn=self._record.id),)
        try:
            await self._messages.finish(drafts)
        except SlackError:
            await self._tell(notice)

    # -- the first second --

    async def _open(self) -> None:
        first = blocks.waiting(turn=self._record.id, ahead=self._running.ahead)
        await self._tools.memory.keep_turn(self._record)
        await self._messages.open(first, existing=self._record.messages)
        await self._tools.memory.keep_turn(self._journaled())

    # -- while it runs --

    async def _answered(self) -> tuple[Ending, Notice | None]:
        """Reads the answer to its end, or until the turn is told to end before."""
        reading = await self._unless_told(self._read())
        if not reading.cancelled():
            return self._ending_of(reading)
        if self._running.stopped.is_set():
            return Ending.STOPPED, None
        return Ending.FAILED, notices.interrupted_by_restart()

    async def _unless_told(self, work: Coroutine[None, None, _T]) -> asyncio.Task[_T]:
        """The work when it is done, or cancelled because the turn is to end before."""
        task = asyncio.create_task(work, name=f"turn-{self._record.id}-work")
        told = asyncio.create_task(self._running.until_told())
        try:
            await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (task, told):
                each.cancel()
            await asyncio.gather(task, told, return_exceptions=True)
        return task

    async def _read(self) -> None:
        question, tools = self._question, self._tools
        await self._running.reached()
        self._messages.show(self._so_far)
        self._domain = await tools.domains.for_channel(question.thread.team, question.thread.channel)
        conversation = await tools.memory.conversation(question.thread, tools.identity, self._domain.id)
        diffs = tools.tenant.ask(
            question.text,
            identity=tools.identity,
            domain=self._domain.id,
            conversation=conversation,
            key=self._record.key,
        )
        async with aclosing(diffs):
            async for diff in diffs:
                self._turn.receive_diff(diff)
                self._messages.show(self._so_far)
                conversation = await self._keep_conversation(conversation, diff)
                if self._messages.gone:
                    raise MessageGone("chat.update", "message_not_found")
        self._turn.receive_end()
        if self._turn.answer().doubt:
            await self._settle()

    async def _settle(self) -> None:
        """A gap, or a diff that did not fit: what the tenant keeps is right, if it can be had."""
        answer = self._turn.answer()
        _log.warning("Turn %s: its stream left a doubt: %s", self._record.id, self._turn.findings())
        try:
            whole = await self._tools.tenant.settled(
                identity=self._tools.identity, conversation=answer.conversation_id, message=answer.message_id
            )
        except TenantError as error:
            _log.warning("Turn %s: the whole answer could not be had: %s", self._record.id, error)
            return
        if whole is not None and whole.ops:
            self._turn = self._tools.new_turn()
            self._turn.receive_diff(whole)

    async def _keep_conversation(self, known: str | None, diff: AnswerDiff) -> str | None:
        if not diff.conversation_id or diff.conversation_id == known or self._domain is None:
            return known
        await self._tools.memory.keep_conversation(
            self._question.thread, self._tools.identity, self._domain.id, diff.conversation_id
        )
        return diff.conversation_id

    def _so_far(self) -> tuple[Draft, ...]:
        return blocks.running(self._turn.answer(), turn=self._record.id, seconds=self._seconds())

    def _nearly_done(self) -> tuple[Draft, ...]:
        answer = replace(self._turn.answer(), status=notices.DRAWING)
        return blocks.running(answer, turn=self._record.id, seconds=self._seconds())

    def _seconds(self) -> float:
        return self._tools.clock() - self._started

    def _ending_of(self, reading: asyncio.Task[None]) -> tuple[Ending, Notice | None]:
        """How the answer ended: the tenant's errors become one sentence here, and one line in the log."""
        ref = self._record.id
        try:
            reading.result()
        except MessageGone:
            raise
        except BotError as error:
            _log.warning("Turn %s failed: %s: %s", ref, type(error).__name__, error)
            return Ending.FAILED, notices.for_error(error, ref=ref)
        except Exception as error:  # noqa: BLE001 - the person gets a sentence, whatever it was
            _log.exception("Turn %s failed by a mistake of ours", ref)
            return Ending.FAILED, notices.for_error(error, ref=ref)
        answer = self._turn.answer()
        if answer.cancelled:
            return Ending.STOPPED, None
        failure = _failure_in(answer)
        if failure is None:
            return Ending.DONE, None
        _log.warning("Turn %s failed: %s", ref, failure)
        return Ending.FAILED, notices.for_error(failure, ref=ref)

    # -- the end --

    async def _finish(self, ending: Ending, notice: Notice | None) -> None:
        self._turn.receive_end()  # however it ended, nothing more comes: what was held back is shown
        answer = self._turn.answer()
        exhibits: tuple[Exhibit, ...] = ()
        if answer.parts and not self._running.interrupted.is_set():
            self._messages.show(self._nearly_done)
            exhibits, ending = await self._exhibits(answer, ending)
        drafts = self._final_drafts(answer, ending, exhibits, notice)
        outcome = await self._messages.finish(drafts)
        if outcome.files_refused:
            await self._tools.exhibits.share_sql(answer, self._question.thread)
        _log.info(
            "Turn %s: %s in %.1f s, %s", self._record.id, ending, self._seconds(), self._turn.findings()
        )

    async def _exhibits(self, answer: Answer, ending: Ending) -> tuple[tuple[Exhibit, ...], Ending]:
        """Charts, tables and SQL; Stop while they are made leaves the tables."""
        if ending is Ending.STOPPED:
            return await self._tools.exhibits.of(answer), ending
        making = await self._unless_told(self._tools.exhibits.of(answer))
        if not making.cancelled():
            return making.result(), ending
        return await self._tools.exhibits.tables_of(answer), Ending.STOPPED

    def _final_drafts(
        self, answer: Answer, ending: Ending, exhibits: tuple[Exhibit, ...], notice: Notice | None
    ) -> tuple[Draft, ...]:
        footer = Footer(
            domain=self._domain.name if self._domain else "",
            seconds=self._seconds(),
            data_refreshed_at=answer.data_refreshed_at,
        )
        return blocks.finished(
            answer, turn=self._record.id, ending=ending, exhibits=exhibits, footer=footer, notice=notice
        )

    async def _tell(self, notice: Notice) -> None:
        """Tells the asker alone; the last resort where no message can be posted or edited."""
        question = self._question
        with suppress(SlackError):
            await self._tools.poster.post_ephemeral(
                question.thread.channel,
                question.user,
                blocks.told(notice, turn=self._record.id),
                thread_ts=question.thread.thread_ts,
            )

    def _journaled(self) -> TurnRecord:
        return replace(self._record, messages=self._messages.ts)


async def _end(memory: Memory, record: TurnRecord) -> None:
    """Notes that the turn is over; where the store cannot, the next start ends the turn once more."""
    try:
        await memory.end_turn(record)
    except StoreFailed as error:
        _log.warning("The end of turn %s could not be noted: %s", record.id, error)


def _failure_in(answer: Answer) -> AnswerFailed | None:
    """An answer that ended with the tenant's errors and nothing else has failed."""
    said = [part for part in answer.parts if not (isinstance(part, Prose) and part.kind is ProseKind.ERROR)]
    errors = [part.text for part in answer.parts if isinstance(part, Prose) and part.kind is ProseKind.ERROR]
    if answer.errors or (errors and not said):
        return AnswerFailed(*answer.errors, *errors)
    return None
