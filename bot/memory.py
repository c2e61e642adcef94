"""What the app remembers, as named things over the store: threads, turns, channels, questions seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from bot.core.stored import Reader, question_from, question_to
from bot.model import Identity, Native, Question, ThreadKey
from bot.store.base import Json, Store

#: Slack repeats a delivery for up to an hour, or for a day where delayed events are on.
_SEEN_SECONDS = 24 * 3600.0
#: Buttons on an answer (Retry) work for this long.
_TURN_SECONDS = 30 * 24 * 3600.0

#: What readers said about answers.
_FEEDBACK_SECONDS = 365 * 24 * 3600.0
#: Slack hands out its newer blocks workspace by workspace, so a refusal is not for ever.
_REFUSED_SECONDS = 7 * 24 * 3600.0

_THREADS, _CONVERSATIONS, _TURNS, _CHANNELS, _SEEN = "threads", "conversations", "turns", "channels", "seen"
_RESULTS, _FEEDBACK, _REFUSED = "results", "feedback", "refused"

NativeKind = Literal["charts", "tables"]


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn as journaled: enough to find its messages and to ask again.

    Attributes:
        id: names the turn in buttons and logs; people see it as the reference.
        key: the idempotency key at the tenant, the same for every attempt of this turn.
        messages: ts of the answer's messages, first to last.
        ended: the last edit has gone out.
        conversation_id: WisdomAI's name for the conversation, where it is known.
        message_id: WisdomAI's name for the answer, likewise.
    """

    id: str
    question: Question
    key: str
    messages: tuple[str, ...] = ()
    ended: bool = False
    conversation_id: str = ""
    message_id: str = ""


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

    async def first_time(self, team: str, channel: str, ts: str) -> bool:
        """True once for each (team, channel, ts), however often Slack delivers it."""
        return await self._store.put_if_absent(_SEEN, f"{team}:{channel}:{ts}", value=True, ttl=_SEEN_SECONDS)

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

    async def channel_domain(self, team: str, channel: str) -> str | None:
        """Id of the domain that this channel asks, where one was chosen."""
        value = await self._store.get(_CHANNELS, f"{team}:{channel}")
        return str(value["domain"]) if isinstance(value, Mapping) else None

    async def choose_domain(self, team: str, channel: str, domain: str) -> None:
        """This channel asks that domain from now on."""
        await self._store.put(_CHANNELS, f"{team}:{channel}", {"domain": domain})

    async def keep_turn(self, turn: TurnRecord) -> None:
        """Journals the turn as it stands."""
        await self._store.put(_TURNS, turn.id, _turn_to_json(turn), ttl=_TURN_SECONDS)

    async def turn(self, turn_id: str) -> TurnRecord | None:
        """The turn of a button, or None where it is too old."""
        return _turn_from_json(turn_id, await self._store.get(_TURNS, turn_id))

    async def end_turn(self, turn: TurnRecord) -> None:
        """The turn's last edit has gone out."""
        await self.keep_turn(replace(turn, ended=True))

    async def unfinished_turns(self) -> list[TurnRecord]:
        """Turns whose last edit never went out, because the process ended in the middle of them."""
        turns = (_turn_from_json(key, value) for key, value in await self._store.scan(_TURNS))
        return [turn for turn in turns if turn is not None and not turn.ended]

    async def keep_result(self, turn_id: str, result: Json, *, seconds: float) -> None:
        """Stores a turn's finished answer for its controls."""
        await self._store.put(_RESULTS, turn_id, result, ttl=seconds)

    async def result(self, turn_id: str) -> Json:
        """The stored answer, or None."""
        return await self._store.get(_RESULTS, turn_id)

    async def forget_result(self, turn_id: str) -> None:
        """Removes the stored answer, if there is one."""
        await self._store.delete(_RESULTS, turn_id)

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


def _turn_to_json(turn: TurnRecord) -> Json:
    return {
        **question_to(turn.question),
        "key": turn.key,
        "messages": list(turn.messages),
        "ended": turn.ended,
        "conversation_id": turn.conversation_id,
        "message_id": turn.message_id,
    }


def _turn_from_json(turn_id: str, value: Json) -> TurnRecord | None:
    if not isinstance(value, Mapping):
        return None
    read = Reader(value)
    return TurnRecord(
        id=turn_id,
        question=question_from(read),
        key=read.text("key"),
        messages=read.texts("messages"),
        ended=read.flag("ended"),
        conversation_id=read.text("conversation_id"),
        message_id=read.text("message_id"),
    )


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
