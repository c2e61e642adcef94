"""Values that are fetched for a key and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from bot.wisdom.flight import SingleFlight

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

#: Enough for everybody who asks within an hour; beyond that, the one unused for longest is fetched anew.
MOST = 2_000


class Kept(Generic[K, V]):
    """Values by key, each until a time of its own; one attempt at a time for each key.

    Args:
        clock: seconds.
        most: so many are held at the most.
    """

    def __init__(self, *, clock: Callable[[], float], most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._held: OrderedDict[K, tuple[V, float]] = OrderedDict()
        self._flights: dict[K, SingleFlight[V]] = {}

    def __len__(self) -> int:
        return len(self._held)

    async def get(self, key: K, make: Callable[[], Awaitable[tuple[V, float]]]) -> V:
        """What is held for the key; else what ``make`` brings, with the time until which it is good.

        Those who wait for the same key share one attempt, and its TenantError.
        """
        flight = self._flights.setdefault(key, SingleFlight())
        try:
            return await flight.run(lambda: self._current(key), lambda: self._made(key, make))
        finally:
            if flight.idle:
                self._flights.pop(key, None)

    def drop(self, unwanted: Callable[[V], bool]) -> None:
        """Forgets these values."""
        for key in [key for key, (value, _) in self._held.items() if unwanted(value)]:
            del self._held[key]

    def _current(self, key: K) -> V | None:
        value, until = self._held.get(key, (None, 0.0))
        if value is None or self._clock() >= until:
            return None
        self._held.move_to_end(key)
        return value

    async def _made(self, key: K, make: Callable[[], Awaitable[tuple[V, float]]]) -> V:
        value, until = await make()
        now = self._clock()
        for each in [each for each, (_, end) in self._held.items() if now >= end]:
            del self._held[each]
        if now < until:
            self._held[key] = value, until
            self._held.move_to_end(key)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return value
