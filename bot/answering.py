"""One turn, from a question to its finished message: the only room that knows WisdomAI and Slack.

The reader of the tenant's diffs never waits for Slack: it folds each diff and leaves the newest state with
the thread's messages. However a turn ends, ``bot.delivery`` brings what there is into the thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from bot.core.finished import Delivered, Finished, Reached
from bot.core.render import blocks, notices
from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.core.turn import Turn
from bot.delivery import Delivery
from bot.domains import Domains
from bot.errors import AnswerFailed, BotError, SlackError, StoreFailed, TenantError
from bot.inflight import Running
from bot.memory import Memory, TurnRecord
from bot.model import Answer, AnswerDiff, Domain, Draft, Footer, Identity, Notice, Prose, ProseKind
from bot.results import Results
from bot.slack.messages import AnswerMessages
from bot.slack.poster import Poster

_log = logging.getLogger("bot.answering")


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
    """What a turn works with.

    Attributes:
        messages: the messages of a new answer, by channel and thread_ts.
        link: an answer's address in WisdomAI's own web application, by conversation and message; or empty.
    """

    tenant: Asks
    poster: Poster
    messages: Callable[[str, str], AnswerMessages]
    delivery: Delivery
    results: Results
    link: Callable[[str, str], str]
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
        finally:
            await messages.close()
        await _end(tools.memory, record)


class _QuestionGone(Exception):
    """Question and answer were deleted: nobody waits any more."""


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
        self._looked = False
        self._started = tools.clock()

    async def run(self) -> None:
        """Placeholder, answer, final edit; whatever goes wrong, the asker is told."""
        try:
            await self._open()
            ending, notice = await self._answered()
            await self._finish(ending, notice)
        except _QuestionGone:
            _log.info("Turn %s ends: its question was deleted, and so was the answer", self._record.id)
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
        """The message says what happened, under what it said so far; without a message, the asker is told."""
        notice = notices.for_error(error, ref=self._record.id)
        if self._messages.ts:
            await self._tools.delivery.deliver(self._messages, self._finished(Ending.FAILED, notice))
        else:
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

    async def _unless_told(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
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
                await self._stay_wanted()
        self._turn.receive_end()
        if self._turn.answer().doubt:
            await self._settle()

    async def _stay_wanted(self) -> None:
        """An answer whose message was deleted is posted anew, unless the question was deleted, too."""
        if self._messages.gone and not self._looked:
            self._looked = True
            if not await self._tools.delivery.wanted(self._question):
                raise _QuestionGone

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

    def _so_far(self) -> Callable[[], Sequence[Draft]]:
        return self._rendering(self._turn.answer())

    def _nearly_done(self) -> Callable[[], Sequence[Draft]]:
        return self._rendering(replace(self._turn.answer(), status=notices.DRAWING))

    def _rendering(self, answer: Answer) -> Callable[[], Sequence[Draft]]:
        """Renders the state of this moment; to be called off the event loop."""
        return partial(blocks.running, answer, turn=self._record.id, seconds=self._seconds())

    def _seconds(self) -> float:
        return self._tools.clock() - self._started

    def _ending_of(self, reading: asyncio.Task[None]) -> tuple[Ending, Notice | None]:
        """How the answer ended: the tenant's errors become one sentence here, and one line in the log."""
        ref = self._record.id
        try:
            reading.result()
        except _QuestionGone:
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
        finished = self._finished(ending, notice)
        told = self._running.interrupted.is_set()
        if finished.answer.parts and not told:
            self._messages.show(self._nearly_done)
        # Who pressed Stop before the end still gets the charts of what has arrived.
        stopped = ending is Ending.STOPPED and not told
        hurry = None if stopped else self._running.until_told
        async with self._tools.results.changing(self._record.id):  # a control that is pressed at once waits
            result = await self._kept(finished)
            finished = replace(finished, kept=result is not None)
            delivered = await self._tools.delivery.deliver(self._messages, finished, hurry=hurry)
            if result is not None:
                await self._keep_as_shown(result, delivered)
        _log.info(
            "Turn %s: %s in %.1f s, %s",
            self._record.id,
            delivered.ending,
            self._seconds(),
            self._turn.findings(),
        )

    def _finished(self, ending: Ending, notice: Notice | None) -> Finished:
        answer = self._turn.answer()
        footer = Footer(
            domain=self._domain.name if self._domain else "",
            seconds=self._seconds(),
            data_refreshed_at=answer.data_refreshed_at,
            link=self._tools.link(answer.conversation_id, answer.message_id),
        )
        return Finished(self._record.id, self._question, answer, ending, footer, notice)

    async def _kept(self, finished: Finished) -> StoredResult | None:
        """The result, stored before its controls are shown; None where it has none or no place."""
        result = StoredResult(
            turn=finished.turn,
            question=finished.question,
            answer=finished.answer,
            footer=finished.footer,
            ending=finished.ending,
            messages=self._messages.ts,
        )
        controls = bool(result.visualizations) and finished.ending is not Ending.FAILED
        wanted = controls and self._tools.results.enabled
        return result if wanted and await self._keep(result) else None

    async def _keep_as_shown(self, result: StoredResult, delivered: Delivered) -> None:
        """The result with what stands in Slack; where no message shows it, nothing of it is kept."""
        if delivered.reached in {Reached.SHOWN, Reached.SIMPLER}:
            await self._keep(_after(result, delivered))
            return
        try:
            await self._tools.results.forget(result.turn)
        except StoreFailed as error:
            _log.warning("The result of turn %s could not be removed: %s", result.turn, error)

    async def _keep(self, result: StoredResult) -> bool:
        try:
            await self._tools.results.keep(result)
        except StoreFailed as error:
            _log.warning("The result of turn %s could not be kept: %s", result.turn, error)
        except Exception:  # noqa: BLE001 - a mistake of ours costs the controls, not the answer
            _log.exception("The result of turn %s could not be kept by a mistake of ours", result.turn)
        else:
            return True
        return False

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
        answer = self._turn.answer()
        return replace(
            self._record,
            messages=self._messages.ts,
            conversation_id=answer.conversation_id,
            message_id=answer.message_id,
        )


def _after(result: StoredResult, delivered: Delivered) -> StoredResult:
    """The result with what stands in Slack now."""
    return replace(result.delivered(delivered.messages, delivered.exhibits), ending=delivered.ending)


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
