"""How much may be asked: of one person, in one channel, at once. A state machine over the time it is told."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from bot.errors import Limit, LimitReached

_MINUTE = 60.0
#: From so many people and channels on, those who have not asked for a minute are forgotten.
_MANY = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most there may be.

    Attributes:
        characters: of one question.
        person_a_minute: questions of one person in any 60 seconds.
        channel_a_minute: questions in one channel in any 60 seconds.
        person_at_once: questions of one person that run or wait.
        workspace_at_once: questions of everybody that run or wait.
    """

    characters: int = 4_000
    person_a_minute: int = 10
    channel_a_minute: int = 30
    person_at_once: int = 5
    workspace_at_once: int = 50


class Limiter:
    """Counts questions; times are seconds of any monotonic clock."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._people: dict[str, deque[float]] = {}
        self._channels: dict[str, deque[float]] = {}

    def take(  # noqa: PLR0913 # keywords only; one question, and what there is already
        self, *, user: str, channel: str, characters: int, own: int, all_in_all: int, now: float
    ) -> None:
        """Counts one more question, or raises LimitReached and counts nothing.

        Args:
            user: who asks.
            channel: where.
            characters: how long the question is.
            own: how many questions of this person run or wait.
            all_in_all: how many of anybody do.
            now: the time.
        """
        limits = self._limits
        self._forget(now)
        fixed = (
            (Limit.CHARACTERS, characters, limits.characters),
            (Limit.PERSON_AT_ONCE, own + 1, limits.person_at_once),
            (Limit.WORKSPACE_AT_ONCE, all_in_all + 1, limits.workspace_at_once),
        )
        for limit, value, most in fixed:
            if value > most:
                raise LimitReached(limit, most)
        person, place = _within(self._people, user, now), _within(self._channels, channel, now)
        paced = (
            (Limit.PERSON_A_MINUTE, person, limits.person_a_minute),
            (Limit.CHANNEL_A_MINUTE, place, limits.channel_a_minute),
        )
        for limit, times, most in paced:
            if len(times) >= most:
                raise LimitReached(limit, most, times[0] + _MINUTE - now)
        person.append(now)
        place.append(now)

    def _forget(self, now: float) -> None:
        for held in (self._people, self._channels):
            if len(held) > _MANY:
                idle = [key for key, times in held.items() if not times or times[-1] <= now - _MINUTE]
                for key in idle:
                    del held[key]


def _within(held: dict[str, deque[float]], key: str, now: float) -> deque[float]:
    """The times of the last minute."""
    times = held.setdefault(key, deque())
    while times and times[0] <= now - _MINUTE:
        times.popleft()
    return times
