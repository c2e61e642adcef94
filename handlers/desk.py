"""Where every entrance hands its question over: once each, from people who may ask, within the limits."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from bot.audit import Audit, Detail, What
from bot.core.limits import Limiter
from bot.core.render import blocks, notices, refusals
from bot.errors import AccessDenied, BotError, LimitReached, NotInChannel, SlackError, TenantError
from bot.gate import Admission, Gate
from bot.inflight import Inflight
from bot.memory import Memory, TurnRecord
from bot.model import Audience, Deed, Draft, Entrance, Identity, Notice, Question, ThreadKey
from bot.private import PrivateThreads
from bot.slack.poster import Poster
from bot.slack.views import TriggerOver
from handlers.press import Press

_log = logging.getLogger("handlers")

#: Tells the asker alone.
Tell = Callable[[Notice], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ids:
    """Makes names for turns; random, so it is handed in.

    Attributes:
        turn: a short id, also the reference that people see.
        key: a UUID, the idempotency key at the tenant.
    """

    turn: Callable[[], str]
    key: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Tools:
    """What the desk works with.

    Attributes:
        examples: questions for the help.
        service: everybody asks with the rights of one WisdomAI account.
        clock: monotonic seconds.
    """

    inflight: Inflight
    memory: Memory
    poster: Poster
    gate: Gate
    private: PrivateThreads
    limiter: Limiter
    audit: Audit
    ids: Ids
    examples: tuple[str, ...]
    service: bool
    clock: Callable[[], float]


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

    async def take(self, question: Question, *, private: bool = False, tell: Tell | None = None) -> None:
        """Starts a turn for the question, unless Slack delivered it before; an empty one gets help.

        Args:
            question: with an empty ``ts`` where it stands in no message yet: it is posted first.
            private: its asker wants to be the only one who reads the answer.
            tell: tells the asker alone; by a message in the thread unless given.
        """
        tell = tell or partial(self.whisper, question)
        thread = question.thread
        memory = self._tools.memory
        try:
            if question.ts and not await memory.first_time(thread.team, thread.channel, question.ts):
                return
            if _is_direct(thread):
                question = replace(question, origin=await memory.origin(thread))
            admission = await self._let_in(question)
            if not question.text:
                await self.say(thread.channel, self.help(), thread_ts=thread.thread_ts)
                return
            question = await self._placed(
                question, private=private or admission.audience is Audience.ASKER, tell=tell
            )
            await memory.join_thread(question.thread)
        except Declined as declined:
            await tell(declined.notice)
        except (AccessDenied, LimitReached) as error:
            await self._refuse(question, error, tell)
        except NotInChannel as error:
            await tell(logged("A question", error, ref=self._tools.ids.turn()))
        except Exception:  # noqa: BLE001 - also a mistake of ours must not leave a question without a word
            _log.exception("A question could not be taken")
            await tell(notices.not_taken())
        else:
            await self._start(self._record(question), tell)

    async def again(self, record: TurnRecord, *, user: str) -> bool:
        """Asks a turn's question again, as the person who pressed, in the same message; True where it did.

        Raises AccessDenied, LimitReached, Declined, SlackError and StoreFailed.
        """
        question = replace(record.question, user=user)
        thread = question.thread
        await self._let_in(question)
        if not await self._tools.memory.first_time(thread.team, thread.channel, f"retry:{record.id}"):
            return False
        again = replace(self._record(question), messages=record.messages)
        await self._start(again, partial(self.whisper, question))
        return True

    async def _let_in(self, question: Question) -> Admission:
        """They may ask here, and there are not too many questions yet; this one is counted."""
        tools = self._tools
        admission = await tools.gate.admit(question.user, question.place, Deed.ASK)
        tools.gate.identity(admission.person)
        if question.text:
            self.count(question.user, question.place, characters=len(question.text))
        return admission

    def count(self, user: str, place: ThreadKey, *, characters: int = 0) -> None:
        """Counts one more question of this person.

        Raises LimitReached, and Declined while the app is closing: what began now would be cut off.
        """
        tools = self._tools
        if not tools.inflight.open:
            raise Declined(notices.draining())
        tools.limiter.take(
            user=user,
            channel=place.channel,
            characters=characters,
            own=tools.inflight.running(user),
            all_in_all=tools.inflight.running(),
            now=tools.clock(),
        )

    async def _placed(self, question: Question, *, private: bool, tell: Tell) -> Question:
        """The question where it is answered: in its thread, or in the direct messages of its asker."""
        thread = question.thread
        if private and not _is_direct(thread):
            return await self._in_private(question, tell)
        if question.ts:
            return question
        draft = blocks.asked(question.user, question.text)
        try:
            ts = await self._tools.poster.post(thread.channel, draft, thread_ts=thread.thread_ts or None)
        except NotInChannel:
            if question.entrance is not Entrance.COMMAND:
                raise
            return await self._in_private(question, tell, absent=True)
        return replace(question, ts=ts, thread=replace(thread, thread_ts=thread.thread_ts or ts))

    async def _in_private(self, question: Question, tell: Tell, *, absent: bool = False) -> Question:
        placed = await self._tools.private.open(question)
        link = await self._tools.private.link(placed)
        await tell(notices.answered_privately(link, absent=absent))
        return placed

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

    def _record(self, question: Question) -> TurnRecord:
        return TurnRecord(id=self._tools.ids.turn(), question=question, key=self._tools.ids.key())

    async def _start(self, record: TurnRecord, tell: Tell) -> None:
        """Hands a turn over to be answered; where the app began to close meanwhile, says so instead."""
        if self._tools.inflight.open:
            self._tools.inflight.start(record)
        else:
            await tell(notices.draining())

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
        return logged(f"A press of {press.user}", error, ref=self._tools.ids.turn())

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


def _is_direct(thread: ThreadKey) -> bool:
    return thread.channel.startswith("D")
