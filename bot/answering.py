"""One turn, from a question to its finished message: the only room that knows WisdomAI and Slack.

The reader of the tenant's diffs never waits for Slack: it folds each diff and leaves the newest state with
the answer's messages. However a turn ends, ``bot.delivery`` brings what there is into the thread; what is
about the asker alone is told to nobody else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from bot import logs
from bot.audit import Audit, Detail, What
from bot.core.finished import Delivered, Finished
from bot.core.render import blocks, notices, refusals
from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.delivery import Delivery
from bot.domains import Domains
from bot.errors import AccessDenied, AnswerFailed, BotError
from bot.gate import Admission
from bot.inflight import Running
from bot.inquiry import Inquirer, Inquiry, Wanted
from bot.memory import Memory, TurnRecord
from bot.model import (
    Answer,
    Deed,
    Domain,
    Draft,
    Footer,
    Identity,
    Notice,
    Prose,
    ProseKind,
    Question,
)
from bot.results import Results
from bot.slack.messages import AnswerMessages
from bot.standing import Ground, Misplaced, Standing

_log = logging.getLogger("bot.answering")


@dataclass(frozen=True, slots=True)
class Tools:
    """What a turn works with.

    Attributes:
        link: an answer's address in WisdomAI's own web application, by conversation and message; or empty.
    """

    inquirer: Inquirer
    ground: Ground
    delivery: Delivery
    results: Results
    link: Callable[[str, str], str]
    memory: Memory
    domains: Domains
    audit: Audit
    clock: Callable[[], float]


class Answering:
    """Answers turns; ``run`` is what ``bot.inflight`` starts."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def run(self, running: Running) -> None:
        """Answers one turn; ends in the thread, whatever happens."""
        question, thread = running.record.question, running.record.question.thread
        with logs.bound(
            turn=running.record.id,
            team=thread.team,
            channel=thread.channel,
            thread=thread.thread_ts,
            user=question.user,
        ):
            await _OneTurn(self._tools, running).run()


class _QuestionGone(Exception):
    """Question and answer were deleted: nobody waits any more."""


class _ForTheAsker(Exception):
    """What there is to say concerns the asker alone, and no answer is to stand in the thread.

    Attributes:
        draft: what they are told.
        why: a word for the audit.
    """

    def __init__(self, draft: Draft, why: str) -> None:
        super().__init__(why)
        self.draft = draft
        self.why = why


class _OneTurn:
    """The state of one turn while it runs."""

    def __init__(self, tools: Tools, running: Running) -> None:
        self._tools = tools
        self._running = running
        self._record = running.record
        self._standing = Standing(tools.ground, running.record.question, turn=running.record.id)
        self._inquiry: Inquiry | None = None
        self._identity: Identity | None = None
        self._domain: Domain | None = None
        self._looked = False
        self._started = tools.clock()

    @property
    def _question(self) -> Question:
        return self._standing.question

    @property
    def _messages(self) -> AnswerMessages:
        return self._standing.messages

    async def run(self) -> None:
        """Placeholder, answer, final edit; whatever goes wrong, the asker is told."""
        try:
            await asyncio.gather(self._open(), self._sign_in())
            ending, notice = await self._answered()
            await self._finish(ending, notice)
        except _QuestionGone:
            _log.info("Turn %s ends: its question was deleted, and so was the answer", self._record.id)
        except _ForTheAsker as aside:
            await self._withdraw(aside)
        except BotError as error:
            _log.warning("Turn %s could not be shown: %s: %s", self._record.id, type(error).__name__, error)
            await self._give_up(error)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not leave a message with Stop
            _log.exception("Turn %s could not be shown by a mistake of ours", self._record.id)
            await self._give_up(error)
        finally:
            await self._messages.close()
        await self._tools.memory.surely_end_turn(self._journaled())

    async def _give_up(self, error: Exception) -> None:
        """The message says what happened, under what it said so far; without a message, the asker is told."""
        notice = notices.for_error(error, ref=self._record.id)
        if self._messages.ts:
            await self._tools.delivery.deliver(self._messages, self._finished(Ending.FAILED, notice))
        else:
            await self._standing.tell(blocks.told(notice, turn=self._record.id))

    async def _withdraw(self, aside: _ForTheAsker) -> None:
        _log.info("Turn %s is told to its asker alone: %s", self._record.id, aside.why)
        await self._standing.withdraw(aside.draft)
        await self._note(What.REFUSED, outcome=aside.why)

    # -- the first second --

    async def _open(self) -> None:
        first = blocks.waiting(turn=self._record.id, ahead=self._running.ahead)
        await self._tools.memory.keep_turn(self._record)
        await self._messages.open(first, existing=self._record.messages)
        await self._tools.memory.keep_turn(self._journaled())

    async def _sign_in(self) -> None:
        """While the placeholder is on its way, so that nobody waits for it; what fails here, fails again."""
        with suppress(BotError):
            gate = self._tools.ground.gate
            admission = await gate.admit(self._question.user, self._question.place, Deed.ASK)
            identity = gate.identity(admission.person)
            await self._tools.inquirer.tenant.rights(identity)
            await self._tools.domains.choices(self._question, admission.policy, identity)

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
        await self._running.reached()
        self._messages.show(self._so_far)
        admission = await self._standing.allowed()
        await self._keep_place()
        identity = self._identity = self._tools.ground.gate.identity(admission.person)
        domain = self._domain = await self._choose_domain(admission, identity)
        await self._note(What.ASKED, asked=self._question.text)
        wanted = Wanted(
            thread=self._question.thread,
            turn=self._record.id,
            key=self._record.key,
            text=self._question.text,
            identity=identity,
            domain=domain,
        )
        self._inquiry = Inquiry(self._tools.inquirer, wanted)
        await self._inquiry.run(self._seen)

    async def _choose_domain(self, admission: Admission, identity: Identity) -> Domain:
        choices = await self._tools.domains.choices(self._question, admission.policy, identity)
        if len(choices) > 1:
            raise _ForTheAsker(blocks.which_domain(choices, turn=self._record.id), "no_domain")
        return choices[0]

    async def _seen(self) -> None:
        """A diff has been folded."""
        self._messages.show(self._so_far)
        await self._stay_wanted()
        if self._standing.due:
            await self._standing.still_allowed()
            await self._keep_place()

    async def _keep_place(self) -> None:
        """Where the answer went is journaled, and shown there."""
        if self._question != self._record.question:
            self._record = self._journaled()
            await self._tools.memory.keep_turn(self._record)
            self._messages.show(self._so_far)

    async def _stay_wanted(self) -> None:
        """An answer whose message was deleted is posted anew, unless the question was deleted, too."""
        if self._messages.gone and not self._looked:
            self._looked = True
            if not await self._tools.delivery.wanted(self._question):
                raise _QuestionGone

    def _answer(self) -> Answer:
        return self._inquiry.answer() if self._inquiry is not None else Answer()

    def _so_far(self) -> Callable[[], Sequence[Draft]]:
        return self._rendering(self._answer())

    def _nearly_done(self) -> Callable[[], Sequence[Draft]]:
        return self._rendering(replace(self._answer(), status=notices.DRAWING))

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
        except (_QuestionGone, _ForTheAsker):
            raise
        except BotError as error:
            _log.warning("Turn %s failed: %s: %s", ref, type(error).__name__, error)
            if isinstance(error, Misplaced) or refusals.sentence(error) is not None:
                raise self._aside(error) from error
            return Ending.FAILED, notices.for_error(error, ref=ref)
        except Exception as error:  # noqa: BLE001 - the person gets a sentence, whatever it was
            _log.exception("Turn %s failed by a mistake of ours", ref)
            return Ending.FAILED, notices.for_error(error, ref=ref)
        answer = self._answer()
        if answer.cancelled:
            return Ending.STOPPED, None
        failure = _failure_in(answer)
        if failure is None:
            return Ending.DONE, None
        _log.warning("Turn %s failed: %s", ref, failure)
        return Ending.FAILED, notices.for_error(failure, ref=ref)

    def _aside(self, error: BotError) -> _ForTheAsker:
        notice = notices.for_error(error, ref=self._record.id)
        return _ForTheAsker(blocks.told(notice, turn=self._record.id), refusals.word(error))

    # -- the end --

    async def _finish(self, ending: Ending, notice: Notice | None) -> None:
        if self._inquiry is not None:
            self._inquiry.end()
        try:
            await self._standing.still_allowed()
            await self._keep_place()
        except (AccessDenied, Misplaced) as error:
            raise self._aside(error) from error
        finished = self._finished(ending, notice)
        told = self._running.interrupted.is_set()
        if finished.answer.parts and not told:
            self._messages.show(self._nearly_done)
        # Who pressed Stop before the end still gets the charts of what has arrived.
        stopped = ending is Ending.STOPPED and not told
        hurry = None if stopped else self._running.until_told
        async with self._tools.results.changing(self._record.id):  # a control that is pressed at once waits
            result = await self._kept(finished)
            finished = replace(finished, kept=result is not None, share=finished.share and result is not None)
            delivered = await self._tools.delivery.deliver(self._messages, finished, hurry=hurry)
            if result is not None:
                await self._tools.results.keep_as_shown(result, delivered)
        await self._tell_the_end(finished, delivered)

    async def _tell_the_end(self, finished: Finished, delivered: Delivered) -> None:
        findings = self._inquiry.findings() if self._inquiry is not None else None
        _log.info("Turn %s: %s in %.1f s, %s", self._record.id, delivered.ending, self._seconds(), findings)
        rows = [len(part.rows) for part in finished.answer.parts if not isinstance(part, Prose)]
        await self._note(
            What.ANSWERED,
            outcome=f"{delivered.ending}, {delivered.reached}",
            details={"results": len(rows), "rows": sum(rows), "seconds": round(self._seconds(), 1)},
        )

    def _finished(self, ending: Ending, notice: Notice | None) -> Finished:
        answer = self._answer()
        footer = Footer(
            domain=self._domain.name if self._domain else "",
            seconds=self._seconds(),
            data_refreshed_at=answer.data_refreshed_at,
            link=self._tools.link(answer.conversation_id, answer.message_id),
        )
        return Finished(
            turn=self._record.id,
            question=self._question,
            answer=answer,
            ending=ending,
            footer=footer,
            notice=notice,
            exports=self._standing.exports,
            share=self._question.origin is not None and ending is not Ending.FAILED,
        )

    async def _kept(self, finished: Finished) -> StoredResult | None:
        """The result, stored before its controls are shown; None where it has none or no place."""
        result = StoredResult(
            turn=finished.turn,
            question=finished.question,
            answer=finished.answer,
            footer=finished.footer,
            ending=finished.ending,
            messages=self._messages.ts,
            identity=self._identity.name if self._identity else "",
            domain=self._domain.id if self._domain else "",
        )
        controls = (bool(result.visualizations) or finished.share) and finished.ending is not Ending.FAILED
        return result if controls and await self._tools.results.surely_kept(result) else None

    async def _note(
        self,
        what: What,
        *,
        outcome: str = "",
        asked: str = "",
        details: Mapping[str, Detail] | None = None,
    ) -> None:
        await self._tools.audit.note(
            what,
            place=self._question.place,
            user=self._question.user,
            identity=self._identity,
            turn=self._record.id,
            domain=self._domain.id if self._domain else "",
            question=asked,
            outcome=outcome,
            details=details,
        )

    def _journaled(self) -> TurnRecord:
        answer = self._answer()
        return replace(
            self._record,
            question=self._question,
            messages=self._messages.ts,
            conversation_id=answer.conversation_id,
            message_id=answer.message_id,
        )


def _failure_in(answer: Answer) -> AnswerFailed | None:
    """An answer that ended with the tenant's errors and nothing else has failed."""
    said = [part for part in answer.parts if not (isinstance(part, Prose) and part.kind is ProseKind.ERROR)]
    errors = [part.text for part in answer.parts if isinstance(part, Prose) and part.kind is ProseKind.ERROR]
    if answer.errors or (errors and not said):
        return AnswerFailed(*answer.errors, *errors)
    return None
