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

from bot import endings, logs
from bot.audit import Audit, Detail, What
from bot.core.finished import Delivered, Finished
from bot.core.record import Asking, Stage, TurnRecord
from bot.core.render import blocks, notices
from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.delivery import Delivery
from bot.domains import Domains
from bot.endings import CutOff, ForTheAsker, QuestionGone
from bot.errors import AccessDenied, BotError, SlackError
from bot.gate import Admission
from bot.inflight import Running
from bot.inquiry import Inquirer, Inquiry, Wanted
from bot.journal import Journal
from bot.model import (
    Answer,
    Deed,
    Domain,
    Draft,
    Footer,
    Identity,
    Notice,
    Prose,
    Question,
)
from bot.results import Results
from bot.slack.messages import AnswerMessages
from bot.standing import Ground, Misplaced, Standing

_log = logging.getLogger("bot.answering")

#: So long a turn that is left may take to say so.
_LEAVE_SECONDS = 3.0


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
    journal: Journal
    domains: Domains
    audit: Audit
    clock: Callable[[], float]
    wall: Callable[[], float]


class Answering:
    """Answers turns; ``run`` is what ``bot.inflight`` starts."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def run(self, running: Running) -> None:
        """Answers one turn: it ends in the thread. Cancelled, it leaves it to whoever goes on with it."""
        question, thread = running.record.question, running.record.question.thread
        with logs.bound(
            turn=running.record.id,
            team=thread.team,
            channel=thread.channel,
            thread=thread.thread_ts,
            user=question.user,
        ):
            await _OneTurn(self._tools, running).run()


class _OneTurn:
    """The state of one turn while it runs."""

    def __init__(self, tools: Tools, running: Running) -> None:
        self._tools = tools
        self._running = running
        self._record = running.record
        self._standing = Standing(
            tools.ground,
            self._record.question,
            turn=self._record.id,
            noted=self._posted,
            resumed=running.resumed,
        )
        self._inquiry: Inquiry | None = None
        self._identity: Identity | None = None
        self._domain: Domain | None = None
        self._looked = False
        self._delivering = self._delivered = False
        self._started = tools.clock() - (self._record.age(tools.wall()) if running.resumed else 0.0)

    @property
    def _question(self) -> Question:
        return self._standing.question

    @property
    def _messages(self) -> AnswerMessages:
        return self._standing.messages

    async def run(self) -> None:
        """Placeholder, answer, final edit; whatever goes wrong, the asker is told."""
        try:
            await self._end_in_the_thread()
        except asyncio.CancelledError:
            if not self._delivered:
                await self._leave()
                raise
        finally:
            await self._messages.close()
        await self._tools.journal.end(self._journaled())

    async def _end_in_the_thread(self) -> None:
        try:
            await asyncio.gather(self._open(), self._sign_in())
            ending, notice = await self._answered()
            await self._finish(ending, notice)
        except QuestionGone:
            _log.info("Turn %s ends: its question was deleted, and so was the answer", self._record.id)
        except ForTheAsker as aside:
            await self._withdraw(aside)
        except BotError as error:
            _log.warning("Turn %s could not be shown: %s: %s", self._record.id, type(error).__name__, error)
            await self._give_up(error)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not leave a message with Stop
            _log.exception("Turn %s could not be shown by a mistake of ours", self._record.id)
            await self._give_up(error)

    async def _leave(self) -> None:
        """Another process ends the turn; the message says so, unless it shows more than that already."""
        if self._running.lost:
            return
        _log.info("Turn %s is left to whoever goes on with it", self._record.id)
        if self._messages.ts and not self._delivering:
            render = self._rendering(replace(self._answer(), status=notices.GOES_ON))
            with suppress(SlackError, TimeoutError):
                async with asyncio.timeout(_LEAVE_SECONDS):
                    await self._messages.finish(await asyncio.to_thread(render))
        await self._tools.journal.note(self._journaled())

    async def _give_up(self, error: Exception) -> None:
        """The message says what happened, under what it said so far; without a message, the asker is told."""
        notice = notices.for_error(error, ref=self._record.id)
        if self._messages.ts:
            await self._tools.delivery.deliver(self._messages, self._finished(Ending.FAILED, notice))
        else:
            await self._standing.tell(blocks.told(notice, turn=self._record.id))

    async def _withdraw(self, aside: ForTheAsker) -> None:
        _log.info("Turn %s is told to its asker alone: %s", self._record.id, aside.why)
        await self._standing.withdraw(aside.draft)
        await self._note(What.REFUSED, outcome=aside.why)

    # -- the first second --

    async def _open(self) -> None:
        first = blocks.waiting(turn=self._record.id, ahead=self._running.ahead)
        await self._standing.open(first, existing=self._record.messages)

    async def _posted(self, _: tuple[str, ...]) -> None:
        await self._tools.journal.note(self._journaled())

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
        """Reads the answer to its end, or until its asker stops it."""
        reading = await self._unless_stopped(self._read())
        if not reading.cancelled():
            return endings.of(reading.exception(), self._answer(), ref=self._record.id)
        if self._running.lost:
            raise asyncio.CancelledError
        return Ending.STOPPED, None

    async def _unless_stopped(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """The work when it is done, or cancelled because the asker pressed Stop."""
        task = asyncio.create_task(work, name=f"turn-{self._record.id}-work")
        stopped = asyncio.create_task(self._running.stopped.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._tools.inquirer.tenant.leave_running(self._record.key)
            raise
        finally:
            for each in (task, stopped):
                each.cancel()
            await asyncio.gather(task, stopped, return_exceptions=True)
        return task

    async def _read(self) -> None:
        await self._running.reached()
        self._messages.show(self._so_far)
        admission = await self._standing.allowed()
        await self._keep_place()
        identity = self._identity = self._tools.ground.gate.identity(admission.person)
        asked = self._record.asking
        domain = self._domain = await self._domain_of(asked, admission, identity)
        if asked is None:
            await self._note(What.ASKED, asked=self._question.text)
        wanted = Wanted(
            thread=self._question.thread,
            turn=self._record.id,
            key=self._record.key,
            text=self._question.text,
            identity=identity,
            domain=domain,
            asked=asked,
            noted=self._asked,
        )
        self._inquiry = Inquiry(self._tools.inquirer, wanted)
        await self._inquiry.run(self._seen)

    async def _asked(self, asking: Asking) -> None:
        """Right before the question goes out: who has lost the turn meanwhile must not ask it."""
        if not await self._tools.journal.keeps(self._record.id):
            self._running.lost = True
            raise asyncio.CancelledError
        self._record = replace(self._record, stage=Stage.ASKED, asking=asking)
        await self._posted(self._messages.ts)

    async def _domain_of(self, asked: Asking | None, admission: Admission, identity: Identity) -> Domain:
        if asked is None:
            return await self._choose_domain(admission, identity)
        if asked.identity != identity.name:
            raise CutOff
        return (await self._tools.domains.named((asked.domain,), identity))[0]

    async def _choose_domain(self, admission: Admission, identity: Identity) -> Domain:
        choices = await self._tools.domains.choices(self._question, admission.policy, identity)
        if len(choices) > 1:
            raise ForTheAsker(blocks.which_domain(choices, turn=self._record.id), "no_domain")
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
            await self._tools.journal.note(self._record)
            self._messages.show(self._so_far)

    async def _stay_wanted(self) -> None:
        """An answer whose message was deleted is posted anew, unless the question was deleted, too."""
        if self._messages.gone and not self._looked:
            self._looked = True
            if not await self._tools.delivery.wanted(self._question):
                raise QuestionGone

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

    # -- the end --

    async def _finish(self, ending: Ending, notice: Notice | None) -> None:
        if self._inquiry is not None:
            self._inquiry.end()
        try:
            await self._standing.still_allowed()
            await self._keep_place()
        except (AccessDenied, Misplaced) as error:
            raise endings.aside(error, ref=self._record.id) from error
        finished = self._finished(ending, notice)
        if finished.answer.parts:
            self._messages.show(self._nearly_done)
        self._delivering = True
        # Who pressed Stop before the end still gets the charts of what has arrived.
        hurry = None if ending is Ending.STOPPED else self._running.stopped.wait
        async with self._tools.results.changing(self._record.id):  # a control that is pressed at once waits
            result = await self._kept(finished)
            finished = replace(finished, kept=result is not None, share=finished.share and result is not None)
            delivered = await self._tools.delivery.deliver(
                self._messages, finished, hurry=hurry, resumed=self._running.resumed
            )
            self._delivered = True
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
