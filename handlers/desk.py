"""Where every entrance hands its question over: once each, from people who may ask, within the limits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import Audit, Detail, What
from bot.core.limits import Limiter
from bot.core.record import Stage, TurnRecord, message_source
from bot.core.render import blocks, notices, refusals
from bot.errors import AccessDenied, BotError, LimitReached, NotInChannel, SlackError, TenantError
from bot.gate import Admission, Gate
from bot.inflight import Inflight
from bot.journal import Journal
from bot.memory import Memory
from bot.model import Audience, Deed, Draft, Entrance, Identity, Notice, Question, ThreadKey
from bot.private import PrivateThreads
from bot.slack.poster import Poster
from bot.slack.views import TriggerOver
from handlers.placing import Placing, Tell
from handlers.press import Press

_log = logging.getLogger("handlers")


@dataclass(frozen=True, slots=True)
class Tools:
    """What the desk works with.

    Attributes:
        examples: questions for the help.
        service: everybody asks with the rights of one WisdomAI account.
        new_key: makes a UUID, the idempotency key at the tenant.
        new_ref: makes a reference that people see, of what is no turn.
        clock: monotonic seconds.
        wall: seconds since 1970.
    """

    inflight: Inflight
    journal: Journal
    memory: Memory
    poster: Poster
    gate: Gate
    private: PrivateThreads
    limiter: Limiter
    audit: Audit
    examples: tuple[str, ...]
    service: bool
    new_key: Callable[[], str]
    new_ref: Callable[[], str]
    clock: Callable[[], float]
    wall: Callable[[], float]


class Declined(BotError):
    """What a press asks for is not done; ``notice`` tells the person who pressed why."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.text)
        self.notice = notice


class Desk:
    """Takes questions, and answers to presses."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    # -- questions -----------------------------------------------------------------------------------------

    async def take(
        self,
        question: Question,
        *,
        ack: AsyncAck | None = None,
        source: str = "",
        private: bool = False,
        tell: Tell | None = None,
    ) -> None:
        """Starts a turn for the question, unless Slack delivered it before; an empty one gets help.

        Args:
            question: with an empty ``ts`` where it stands in no message yet: it is posted first.
            ack: called when the question is journaled, so that Slack does not deliver it again.
            source: tells one delivery from another; by default the message that asks does.
            private: its asker wants to be the only one who reads the answer.
            tell: tells the asker alone; by a message in the thread unless given.
        """
        tell = tell or partial(self.whisper, question)
        record = self._record(question, source or message_source(question.thread, question.ts))
        taken = await self._taken(replace(record, private=private), tell) if question.text else None
        if ack is not None:
            await ack()
        if taken is not None:
            await self._carry_on(taken, tell)
        elif not question.text:
            await self._help(question, tell)

    async def _taken(self, record: TurnRecord, tell: Tell) -> TurnRecord | None:
        """The turn, journaled; None where it was before, or cannot be."""
        try:
            return await self._tools.journal.take(record)
        except Exception:  # noqa: BLE001 - also a mistake of ours must not leave a question without a word
            _log.exception("A question could not be taken")
            await tell(notices.not_taken())
            return None

    async def answers_in(self, thread: ThreadKey) -> bool:
        """Replies in this thread are questions: one was let in there, or the one that begins it is under way.

        Raises StoreFailed.
        """
        tools = self._tools
        return await tools.memory.in_thread(thread) or await tools.journal.has_taken(
            message_source(thread, thread.thread_ts)
        )

    async def resume(self, record: TurnRecord) -> None:
        """Goes on with a turn that an earlier process took, from where it was left."""
        if record.stage is Stage.TAKEN:
            await self._carry_on(record, partial(self.whisper, record.question), resumed=True)
        else:
            await self._tools.inflight.start(record, resumed=True)

    async def again(self, record: TurnRecord, *, user: str) -> bool:
        """Asks a turn's question again, as the person who pressed, in the same message; True where it did.

        Raises AccessDenied, LimitReached, Declined, SlackError and StoreFailed.
        """
        question = replace(record.question, user=user)
        await self._let_in(question)
        again = self._record(question, f"retry:{record.id}")
        taken = await self._tools.journal.take(replace(again, messages=record.messages, stage=Stage.PLACED))
        if taken is not None:
            await self._start(taken, partial(self.whisper, question))
        return taken is not None

    async def _help(self, question: Question, tell: Tell) -> None:
        """How to ask, for somebody who may, once for each message."""
        thread = question.thread
        try:
            if not await self._tools.memory.first_time(thread.team, thread.channel, question.ts):
                return
            await self._let_in(await self._of_thread(question))
        except (AccessDenied, LimitReached) as error:
            await self._refuse(question, error, tell)
        except Exception:  # noqa: BLE001 - as for a question
            _log.exception("Somebody could not be helped")
            await tell(notices.not_taken())
        else:
            await self.say(thread.channel, self.help(), thread_ts=thread.thread_ts)

    async def _carry_on(self, record: TurnRecord, tell: Tell, *, resumed: bool = False) -> None:
        """Lets a question in, brings it to where it is answered, and starts its turn; or says why not."""
        try:
            placed = await self._let_in_and_place(record, tell, resumed=resumed)
        except asyncio.CancelledError:
            await self._tools.journal.hand_over(record.id)
            raise
        except Declined as declined:
            await tell(declined.notice)
        except (AccessDenied, LimitReached) as error:
            await self._refuse(record.question, error, tell)
        except NotInChannel as error:
            await tell(logged("A question", error, ref=record.id))
        except Exception:  # noqa: BLE001 - also a mistake of ours must not leave a question without a word
            _log.exception("A question could not be taken")
            await tell(notices.not_taken())
        else:
            await self._start(placed, tell, resumed=resumed)
            return
        await self._tools.journal.end(record)

    async def _let_in_and_place(self, record: TurnRecord, tell: Tell, *, resumed: bool) -> TurnRecord:
        question = await self._of_thread(record.question)
        admission = await self._let_in(question, joined=1, counted=resumed)
        private = record.private or admission.audience is Audience.ASKER
        placing = Placing(self._tools.poster, self._tools.private, turn=record.id, resumed=resumed, tell=tell)
        question = await placing.place(question, private=private)
        await self._tools.memory.join_thread(question.thread)
        placed = replace(record, question=question, stage=Stage.PLACED)
        await self._tools.journal.note(placed)
        return placed

    async def _of_thread(self, question: Question) -> Question:
        """A question in direct messages may go on with one that was asked elsewhere."""
        if not question.thread.is_direct:
            return question
        return replace(question, origin=await self._tools.memory.origin(question.thread))

    async def _let_in(self, question: Question, *, joined: int = 0, counted: bool = False) -> Admission:
        """They may ask here, and there are not too many questions yet; this one is counted, once."""
        tools = self._tools
        admission = await tools.gate.admit(question.user, question.place, Deed.ASK)
        tools.gate.identity(admission.person)
        if question.text and not counted:
            await self.count(question.user, question.place, characters=len(question.text), joined=joined)
        return admission

    async def count(self, user: str, place: ThreadKey, *, characters: int = 0, joined: int = 0) -> None:
        """Counts one more question of this person; ``joined`` of those under way are this one.

        Raises LimitReached, StoreFailed, and Declined while the app is closing: what began now would be cut
        off.
        """
        tools = self._tools
        if not tools.inflight.open and not joined:
            raise Declined(notices.draining())
        own, all_in_all = await tools.journal.count(user)
        tools.limiter.take(
            user=user,
            channel=place.channel,
            characters=characters,
            own=own - joined,
            all_in_all=all_in_all - joined,
            now=tools.clock(),
        )

    async def _refuse(self, question: Question, error: AccessDenied | LimitReached, tell: Tell) -> None:
        """Who talks in a thread without speaking to the bot reads a no once, not under every message.

        A limit is another matter: who may ask here waits for an answer.
        """
        thread, user = question.thread, question.user
        talk = question.entrance is Entrance.FOLLOW_UP and isinstance(error, AccessDenied)
        if talk and not await self._first_time(thread, f"refused:{thread.thread_ts}:{user}"):
            return
        _log.info("A question of %s was refused: %s", user, error)
        await tell(notices.for_error(error, ref=""))
        await self._tools.audit.note(
            What.REFUSED,
            place=question.place,
            user=user,
            question=question.text,
            outcome=refusals.word(error),
        )

    async def _first_time(self, thread: ThreadKey, what: str) -> bool:
        try:
            return await self._tools.memory.first_time(thread.team, thread.channel, what)
        except BotError:
            return True

    def _record(self, question: Question, source: str) -> TurnRecord:
        tools = self._tools
        return TurnRecord(id="", question=question, key=tools.new_key(), source=source, at=tools.wall())

    async def _start(self, record: TurnRecord, tell: Tell, *, resumed: bool = False) -> None:
        """Hands a turn over to be answered: here, or where the app is closing, by whoever comes next."""
        if record.id not in self._tools.journal.held:
            _log.info("Turn %s was taken over by another process before it began here", record.id)
            return
        if self._tools.inflight.open:
            await self._tools.inflight.start(record, resumed=resumed)
            return
        await self._tools.journal.hand_over(record.id)
        await tell(notices.goes_on_later())

    # -- presses -------------------------------------------------------------------------------------------

    async def admit(self, press: Press, deed: Deed, *, about: Question | None = None) -> Admission:
        """Who pressed may do this where the question was asked that the press is about.

        Raises:
            AccessDenied: they may not.
            Declined: the control belongs to another channel.
            SlackError: it is not known who they are, or who reads along.
            StoreFailed: it is not known what is set.
        """
        if about is not None and about.thread.channel != press.channel:
            raise Declined(notices.no_longer_kept())
        place = about.place if about else ThreadKey(press.team, press.channel, press.thread_ts)
        return await self._tools.gate.admit(press.user, place, deed)

    def identity(self, admission: Admission) -> Identity:
        """Whose rights the person's questions run with; raises AccessDenied."""
        return self._tools.gate.identity(admission.person)

    async def obey(self, press: Press, work: Awaitable[None], *, failed: Notice) -> None:
        """Does what a press asks for; where that does not work, the person who pressed is told alone."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - also a mistake of ours must not leave a press unanswered
            await self.tell_back(press, await self.explain(press, error, failed=failed))

    async def explain(self, press: Press, error: Exception, *, failed: Notice) -> Notice:
        """What who pressed reads about an error, which it logs; ``failed`` where it says nothing to them."""
        match error:
            case Declined(notice=notice):
                return notice
            case TriggerOver():
                _log.warning("A window came too late: %s", error)
                return notices.press_again()
            case AccessDenied() | LimitReached():
                await self.note(What.REFUSED, press, outcome=refusals.word(error))
            case NotInChannel() | TenantError():
                pass
            case _:
                _log.error("A press could not be obeyed", exc_info=error)
                return failed
        return logged(f"A press of {press.user}", error, ref=self._tools.new_ref())

    async def note(  # noqa: PLR0913 - all but two go by name
        self,
        what: What,
        press: Press,
        *,
        identity: Identity | None = None,
        turn: str = "",
        domain: str = "",
        outcome: str = "",
        details: Mapping[str, Detail] | None = None,
    ) -> None:
        """Writes into the audit what came of a press."""
        await self._tools.audit.note(
            what,
            place=ThreadKey(press.team, press.channel, press.thread_ts),
            user=press.user,
            identity=identity,
            turn=turn,
            domain=domain,
            outcome=outcome,
            details=details,
        )

    # -- words ---------------------------------------------------------------------------------------------

    def help(self) -> Draft:
        """How to ask, with examples."""
        return blocks.help_text(self._tools.examples, service=self._tools.service)

    async def say(self, channel: str, draft: Draft, *, thread_ts: str | None = None) -> str | None:
        """Posts; where Slack refuses, logs it and returns None."""
        try:
            return await self._tools.poster.post(channel, draft, thread_ts=thread_ts)
        except SlackError as error:
            _log.warning("Not posted: %s", error)
            return None

    async def tell_back(self, press: Press, notice: Notice) -> None:
        """Tells the person who pressed alone."""
        await self.tell(press.channel, press.user, notice, thread_ts=press.whisper_ts)

    async def whisper(self, question: Question, notice: Notice) -> None:
        """Tells the asker alone."""
        await self.tell(question.thread.channel, question.user, notice, thread_ts=question.whisper_ts)

    async def tell(self, channel: str, user: str, notice: Notice, *, thread_ts: str | None = None) -> None:
        """Tells one person alone: in a channel or thread, and where that cannot be, as a direct message."""
        draft = Draft(text=notice.text)
        try:
            await self._tools.poster.whisper(channel, user, draft, thread_ts=thread_ts)
        except SlackError as error:
            _log.warning("Nobody could be told: %s", error)


def logged(what: str, error: Exception, *, ref: str) -> Notice:
    """What a person reads about an error; the log has the same reference."""
    if isinstance(error, BotError):
        level = logging.INFO if isinstance(error, AccessDenied | LimitReached) else logging.WARNING
        _log.log(level, "%s failed, ref %s: %s: %s", what, ref, type(error).__name__, error)
    else:
        _log.error("%s failed by a mistake of ours, ref %s", what, ref, exc_info=error)
    return notices.for_error(error, ref=ref)
