"""Who may edit when: the budget of ``chat.update`` in one workspace, and a bucket for posting.

Slack counts ``chat.update`` per method, app and workspace (tier 3, about 50 a minute in all threads,
docs.slack.dev/apis/web-api/rate-limits). ``Pacer`` spends a little less, under the strictest reading: never
more than ``per_minute`` calls in *any* window of 60 seconds. A call is counted from the moment it goes out
until 60 seconds after its answer, because nobody here knows when in between Slack counted it.

Nothing in this module knows the time; ``now`` is any clock in seconds that does not run backwards.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

WINDOW = 60.0
PER_MINUTE = 45

#: The first edits of an answer come quickly, so that it feels live; then Slack's advice of one in 3 s holds.
QUICK_EDITS = 5
QUICK_INTERVAL = 1.0
INTERVAL = 3.0

Id = TypeVar("Id", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Send(Generic[Id]):
    """Send the newest draft of this message now."""

    id: Id


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may go out before ``until``; ask again then, or when something was received."""

    until: float


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing to do until something is wanted or received."""


@dataclass(slots=True)
class _Message:
    """What the pacer remembers about an open message.

    Attributes:
        last_edit: when the newest edit went out; at first, when the message was opened.
        wanted: an edit waits.
        final_since: since when the final edit is wanted; None while the answer runs.
        rest_until: not before this, because the last call failed.
    """

    last_edit: float
    edits: int = 0
    wanted: bool = False
    final_since: float | None = None
    rest_until: float = 0.0


class Pacer(Generic[Id]):
    """The edit budget of one workspace.

    ``open``, ``want``, ``receive_*`` and ``close`` tell it what happens; ``decide`` says what to do next.
    Final edits go first, in the order in which they were wanted; then the message whose last edit is oldest.
    Edits of running answers leave room in the window for the final edit of every open message.

    Args:
        per_minute: calls in any window of 60 seconds, at least 1.
    """

    def __init__(self, *, per_minute: int = PER_MINUTE) -> None:
        if per_minute < 1:
            raise ValueError("per_minute must be at least 1")
        self._per_minute = per_minute
        self._messages: dict[Id, _Message] = {}
        self._in_flight: set[Id] = set()
        self._answered: deque[float] = deque()
        self._blocked_until = 0.0

    def allow(self, per_minute: int) -> None:
        """From now on so many calls, at least 1, in any window: others share the budget, or no longer do."""
        self._per_minute = max(1, per_minute)

    # -- what happens ------------------------------------------------------------------------------------

    def open(self, id: Id, now: float) -> None:  # noqa: A002  # it is the id of the message
        """A message was posted and will be edited."""
        self._messages[id] = _Message(last_edit=now)

    def want(self, id: Id, now: float, *, final: bool = False) -> None:  # noqa: A002  # as above
        """There is a new draft for the message; ``final`` stays until the message is closed."""
        message = self._messages[id]
        message.wanted = True
        if final and message.final_since is None:
            message.final_since = now

    def skip(self, id: Id) -> None:  # noqa: A002  # as above
        """The draft turned out to be what is shown already: nothing goes out, nothing is counted."""
        self._messages[id].wanted = False

    def receive_sent(self, id: Id, now: float) -> None:  # noqa: A002  # as above
        """The call went out; another one for the same message has to wait for its answer."""
        message = self._messages[id]
        message.wanted = False
        message.last_edit = now
        message.edits += 1
        self._in_flight.add(id)

    def receive_answer(self, id: Id, now: float) -> None:  # noqa: A002  # as above
        """The call ended, in whatever way (also when the message was closed meanwhile)."""
        self._in_flight.remove(id)
        self._answered.append(now)

    def receive_failure(self, id: Id, now: float, rest: float) -> None:  # noqa: A002  # as above
        """The call ended without effect: leave this message alone for ``rest`` seconds."""
        self._messages[id].rest_until = now + rest

    def receive_limited(self, retry_after: float, now: float) -> None:
        """Slack answered 429: no edit at all for ``retry_after`` seconds."""
        self._blocked_until = max(self._blocked_until, now + retry_after)

    def close(self, id: Id) -> None:  # noqa: A002  # as above
        """The message needs no more edits; a call in flight stays counted."""
        self._messages.pop(id, None)

    # -- what to do --------------------------------------------------------------------------------------

    def decide(self, now: float) -> Send[Id] | Wait | Idle:
        """What to do at ``now``. Changes nothing that the caller could see; ask as often as you like."""
        while self._answered and self._answered[0] + WINDOW <= now:
            self._answered.popleft()
        ready: list[tuple[float, float, Id]] = []
        waits: list[float] = []
        for id_, message in self._messages.items():
            if not message.wanted or id_ in self._in_flight:
                continue
            at = self._earliest(message, now)
            if at is None:
                continue
            if at > now:
                waits.append(at)
            elif message.final_since is not None:
                ready.append((0.0, message.final_since, id_))
            else:
                ready.append((1.0, message.last_edit, id_))
        if ready:
            return Send(min(ready, key=lambda entry: entry[:2])[2])
        return Wait(min(waits)) if waits else Idle()

    def _earliest(self, message: _Message, now: float) -> float | None:
        """When this message may be edited; None where that depends on the answer to a call in flight."""
        final = message.final_since is not None
        room_at = self._room_at(self._per_minute - (0 if final else self._reserve()), now)
        if room_at is None:
            return None
        due = now if final else message.last_edit + self._interval(message)
        return max(room_at, due, message.rest_until, self._blocked_until)

    def _room_at(self, limit: int, now: float) -> float | None:
        """When fewer than ``limit`` calls will be in the window, or None if only an answer can bring that."""
        surplus = len(self._answered) + len(self._in_flight) - limit
        if surplus < 0:
            return now
        return self._answered[surplus] + WINDOW if surplus < len(self._answered) else None

    def _reserve(self) -> int:
        """Room for the final edit of every open message; at most two thirds, so that progress never dies."""
        return min(len(self._messages), self._per_minute * 2 // 3)

    def _interval(self, message: _Message) -> float:
        """Seconds between two edits of a running message; slower the more messages are open.

        The first edit comes soon however many wait, so that everybody sees that something happens.
        """
        share = WINDOW * len(self._messages) / (self._per_minute - self._reserve())
        if message.edits == 0 or (message.edits < QUICK_EDITS and share < INTERVAL):
            return QUICK_INTERVAL
        return max(INTERVAL, share)


class Bucket:
    """A token bucket: ``burst`` at once, then ``per_second``. For ``chat.postMessage``, one in each channel.

    Slack allows about one message a second in a channel, with a generous but unpublished burst.
    """

    def __init__(self, now: float, *, per_second: float = 1.0, burst: int = 5) -> None:
        self._interval = 1.0 / per_second
        self._burst = burst
        self._next = now - self._interval * burst

    def take(self, now: float) -> float:
        """Take the next place in line; returns how many seconds to wait for it."""
        self._next = max(self._next, now - self._interval * self._burst) + self._interval
        return max(0.0, self._next - now)

    def full(self, now: float) -> bool:
        """Whether a new bucket would do as well."""
        return self._next <= now - self._interval * self._burst
