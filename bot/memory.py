"""What the app remembers, as named things over the store: threads, turns, channels, questions seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.model import Entrance, Identity, Question, ThreadKey
from bot.store.base import Json, Store

#: Slack repeats a delivery for up to an hour, or for a day where delayed events are on.
_SEEN_SECONDS = 24 * 3600.0
#: Buttons on an answer (Retry) work for this long.
_TURN_SECONDS = 30 * 24 * 3600.0

_THREADS, _CONVERSATIONS, _TURNS, _CHANNELS, _SEEN = "threads", "conversations", "turns", "channels", "seen"


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn as journaled: enough to find its messages and to ask again.

    Attributes:
        id: names the turn in buttons and logs; people see it as the reference.
        key: the idempotency key at the tenant, the same for every attempt of this turn.
        messages: ts of the answer's messages, first to last.
        ended: the last edit has gone out.
    """

    id: str
    question: Question
    key: str
    messages: tuple[str, ...] = ()
    ended: bool = False


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


def _turn_to_json(turn: TurnRecord) -> Json:
    question, thread = turn.question, turn.question.thread
    return {
        "team": thread.team,
        "channel": thread.channel,
        "thread_ts": thread.thread_ts,
        "ts": question.ts,
        "user": question.user,
        "text": question.text,
        "entrance": question.entrance.value,
        "key": turn.key,
        "messages": list(turn.messages),
        "ended": turn.ended,
    }


def _turn_from_json(turn_id: str, value: Json) -> TurnRecord | None:
    if not isinstance(value, Mapping):
        return None
    messages = value["messages"]
    return TurnRecord(
        id=turn_id,
        question=Question(
            thread=ThreadKey(str(value["team"]), str(value["channel"]), str(value["thread_ts"])),
            ts=str(value["ts"]),
            user=str(value["user"]),
            text=str(value["text"]),
            entrance=Entrance(str(value["entrance"])),
        ),
        key=str(value["key"]),
        messages=tuple(str(ts) for ts in messages) if isinstance(messages, list) else (),
        ended=bool(value["ended"]),
    )
