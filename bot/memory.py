"""What the app remembers, as named things over the store: threads, turns, channels, questions seen."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from bot.core.context import Asked
from bot.core.record import TurnRecord, record_from, record_to
from bot.core.stored import Reader
from bot.errors import StoreFailed
from bot.model import Identity, Native, ThreadKey
from bot.store.base import Json, Store

_log = logging.getLogger("bot.memory")

#: Slack repeats a delivery for up to an hour, or for a day where delayed events are on.
_SEEN_SECONDS = 24 * 3600.0
#: Twice the five minutes in which Slack's signatures are good.
_REQUEST_SECONDS = 600.0
#: Buttons on an answer (Retry) work for this long.
_TURN_SECONDS = 30 * 24 * 3600.0

#: What readers said about answers.
_FEEDBACK_SECONDS = 365 * 24 * 3600.0
#: Slack hands out its newer blocks workspace by workspace, so a refusal is not for ever.
_REFUSED_SECONDS = 7 * 24 * 3600.0

_THREADS, _CONVERSATIONS, _TURNS, _SEEN = "threads", "conversations", "turns", "seen"
_RESULTS, _FEEDBACK, _REFUSED = "results", "feedback", "refused"
_REQUESTS = "requests"
_ASKED, _DOMAINS, _PRIVATE, _ORIGINS = "asked", "domains", "private", "origins"
#: Of a thread, the last questions are remembered, for as long as somebody may join it.
_MOST_ASKED = 30
_ASKED_SECONDS = 30 * 24 * 3600.0
#: Tables whose keys begin with team and channel, and how long their values are kept.
_BY_CHANNEL: Mapping[str, float | None] = {
    _THREADS: None,
    _CONVERSATIONS: None,
    _ASKED: _ASKED_SECONDS,
    _DOMAINS: None,
    _PRIVATE: None,
}

NativeKind = Literal["charts", "tables"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one reader says about one answer.

    Attributes:
        turn: the turn of the answer.
        user: Slack user id of the reader.
        at: when, in seconds since 1970.
        good: thumbs up, else down.
        reason: what was wrong, one of a few words; empty until it is given.
        text: the reader's own words, untrusted.
        conversation_id: WisdomAI's name for the conversation, where it is known.
        message_id: WisdomAI's name for the answer, likewise.
    """

    turn: str
    user: str
    at: float
    good: bool
    reason: str = ""
    text: str = ""
    conversation_id: str = ""
    message_id: str = ""


class Memory:
    """The typed face of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._late: dict[str, Callable[[], Awaitable[None]]] = {}

    async def surely(self, what: str, write: Callable[[], Awaitable[None]]) -> None:
        """Writes now, or when the store takes it; of the same thing only the newest is written later."""
        self._late.pop(what, None)
        try:
            await write()
        except StoreFailed as error:
            self._late[what] = write
            _log.warning("What is new of %s is written later: %s", what, error)

    async def catch_up(self) -> None:
        """Writes what the store did not take before; raises StoreFailed where it does not take it now."""
        for what, write in tuple(self._late.items()):
            if self._late.get(what) is not write:
                continue  # something newer was written meanwhile
            await write()
            if self._late.get(what) is write:
                del self._late[what]
                _log.info("What was new of %s is written", what)

    def give_up(self, what: str) -> None:
        """What was not written yet is not to be: it is somebody else's now."""
        self._late.pop(what, None)

    async def first_time(self, team: str, channel: str, ts: str) -> bool:
        """True once for each (team, channel, ts), however often Slack delivers it."""
        return await self._store.put_if_absent(_SEEN, f"{team}:{channel}:{ts}", value=True, ttl=_SEEN_SECONDS)

    async def first_request(self, signature: str) -> bool:
        """True once for each signature of a request, for as long as it is good, and longer."""
        return await self._store.put_if_absent(_REQUESTS, signature, value=True, ttl=_REQUEST_SECONDS)

    async def join_thread(self, thread: ThreadKey) -> None:
        """From now on replies in this thread are questions."""
        await self._store.put_if_absent(_THREADS, str(thread), value=True)

    async def in_thread(self, thread: ThreadKey) -> bool:
        """The bot answers in this thread."""
        return await self._store.get(_THREADS, str(thread)) is not None

    async def conversation(self, thread: ThreadKey, identity: Identity, domain: str) -> str | None:
        """The WisdomAI conversation that this identity has in this thread about this domain."""
        value = await self._store.get(_CONVERSATIONS, f"{thread}:{identity.name}:{domain}")
        return value if isinstance(value, str) else None

    async def keep_conversation(
        self, thread: ThreadKey, identity: Identity, domain: str, conversation: str
    ) -> None:
        """Maps the thread to a conversation, for follow-ups now and after a restart."""
        await self._store.put(_CONVERSATIONS, f"{thread}:{identity.name}:{domain}", conversation)

    async def asked(self, thread: ThreadKey) -> tuple[Asked, ...]:
        """The last questions of the thread, oldest first."""
        value = await self._store.get(_ASKED, str(thread))
        return tuple(_asked_from(each) for each in Reader({"all": value}).inners("all"))

    async def keep_asked(self, thread: ThreadKey, asked: Asked) -> None:
        """Notes one more question of the thread, once for each turn."""
        before = [each for each in await self.asked(thread) if each.turn != asked.turn]
        kept: list[Json] = [asdict(each) for each in (*before, asked)[-_MOST_ASKED:]]
        await self._store.put(_ASKED, str(thread), kept, ttl=_ASKED_SECONDS)

    async def thread_domain(self, thread: ThreadKey) -> str:
        """Id of the domain that somebody chose for this thread, or empty."""
        value = await self._store.get(_DOMAINS, str(thread))
        return value if isinstance(value, str) else ""

    async def choose_thread_domain(self, thread: ThreadKey, domain: str) -> None:
        """This thread asks that domain from now on."""
        await self._store.put(_DOMAINS, str(thread), domain)

    async def private_thread(self, origin: ThreadKey, user: str) -> ThreadKey | None:
        """Where a person's private answers to a thread's questions stand, if there are any."""
        return _thread_from(origin.team, await self._store.get(_PRIVATE, f"{origin}:{user}"))

    async def origin(self, thread: ThreadKey) -> ThreadKey | None:
        """Where the first question of a private thread was asked; None for any other thread."""
        return _thread_from(thread.team, await self._store.get(_ORIGINS, str(thread)))

    async def keep_private_thread(self, origin: ThreadKey, user: str, thread: ThreadKey) -> None:
        """What is asked there follows the rules of where it began.

        A person's further private answers to a thread's questions stand there, too; a command has no thread.
        """
        await self._store.put(_ORIGINS, str(thread), _thread_to_json(origin))
        if origin.thread_ts:
            await self._store.put(_PRIVATE, f"{origin}:{user}", _thread_to_json(thread))

    async def move_channel(self, team: str, channel: str, to: str) -> list[str]:
        """Slack gave the channel another id; gives the turns that stand there."""
        for table, ttl in _BY_CHANNEL.items():
            before = f"{team}:{channel}:"
            for key, value in await self._store.scan(table, before):
                await self._store.put(table, f"{team}:{to}:{key.removeprefix(before)}", value, ttl=ttl)
                await self._store.delete(table, key)
        for key, value in await self._store.scan(_ORIGINS, f"{team}:"):
            origin = _thread_from(team, value)
            if origin is not None and origin.channel == channel:
                await self._store.put(_ORIGINS, key, _thread_to_json(replace(origin, channel=to)))
        turns = (record_from(key, value) for key, value in await self._store.scan(_TURNS))
        here = [
            turn for turn in turns if turn is not None and turn.question.moved(channel, to) != turn.question
        ]
        for turn in here:
            await self.keep_turn(replace(turn, question=turn.question.moved(channel, to)))
        return [turn.id for turn in here]

    async def keep_turn(self, turn: TurnRecord) -> None:
        """Journals the turn as it stands."""
        await self._store.put(_TURNS, turn.id, record_to(turn), ttl=_TURN_SECONDS)

    async def first_turn(self, turn: TurnRecord) -> bool:
        """Journals a turn that was taken; False where there is one of this name, which stays as it is."""
        return await self._store.put_if_absent(_TURNS, turn.id, record_to(turn), ttl=_TURN_SECONDS)

    async def turn(self, turn_id: str) -> TurnRecord | None:
        """The turn of a button, or None where it is too old."""
        return record_from(turn_id, await self._store.get(_TURNS, turn_id))

    async def keep_result(self, turn_id: str, result: Json, *, seconds: float) -> None:
        """Stores a turn's finished answer for its controls."""
        await self._store.put(_RESULTS, turn_id, result, ttl=seconds)

    async def result(self, turn_id: str) -> Json:
        """The stored answer, or None."""
        return await self._store.get(_RESULTS, turn_id)

    async def forget_result(self, turn_id: str) -> None:
        """Removes the stored answer, if there is one, and the copies of it for others (``<turn>~<name>``)."""
        await self._store.delete(_RESULTS, turn_id)
        for key, _ in await self._store.scan(_RESULTS, f"{turn_id}~"):
            await self._store.delete(_RESULTS, key)

    async def keep_feedback(self, team: str, feedback: Feedback) -> None:
        """Notes what a reader says, in place of what the same reader said about this answer before."""
        key = f"{team}:{feedback.turn}:{feedback.user}"
        await self._store.put(_FEEDBACK, key, asdict(feedback), ttl=_FEEDBACK_SECONDS)

    async def feedback(self, team: str) -> list[Feedback]:
        """What the readers of a workspace said in the last year, oldest first."""
        found = [_feedback_from_json(value) for _, value in await self._store.scan(_FEEDBACK, f"{team}:")]
        return sorted(found, key=lambda each: each.at)

    async def native(self, team: str) -> Native:
        """Which of Slack's own data blocks the workspace takes, as far as it is known."""
        return Native(
            charts=await self._store.get(_REFUSED, f"{team}:charts") is None,
            tables=await self._store.get(_REFUSED, f"{team}:tables") is None,
        )

    async def refuse_native(self, team: str, kind: NativeKind) -> None:
        """The workspace refused such a block; it is not asked again for a week."""
        await self._store.put(_REFUSED, f"{team}:{kind}", value=True, ttl=_REFUSED_SECONDS)


def _thread_to_json(thread: ThreadKey) -> Json:
    return {"channel": thread.channel, "thread_ts": thread.thread_ts}


def _thread_from(team: str, value: Json) -> ThreadKey | None:
    read = Reader(value)
    channel = read.text("channel")
    return ThreadKey(team, channel, read.text("thread_ts")) if channel else None


def _asked_from(read: Reader) -> Asked:
    return Asked(read.text("turn"), read.text("identity"), read.text("domain"), read.text("text"))


def _feedback_from_json(value: Json) -> Feedback:
    read = Reader(value)
    return Feedback(
        turn=read.text("turn"),
        user=read.text("user"),
        at=read.number("at") or 0.0,
        good=read.flag("good"),
        reason=read.text("reason"),
        text=read.text("text"),
        conversation_id=read.text("conversation_id"),
        message_id=read.text("message_id"),
    )
