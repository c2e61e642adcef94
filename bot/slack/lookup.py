"""What is looked up at Slack again and again, and kept for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

_T = TypeVar("_T")

#: From so many values on, those that are too old are forgotten.
_MANY = 2_000


class Lookup(Generic[_T]):
    """Values by id, each asked for once by those who need it at the same time.

    Args:
        ask: asks for a value; what it raises is not kept.
        fresh: seconds for which a value is good.
        clock: monotonic seconds.
    """

    def __init__(
        self, ask: Callable[[str], Awaitable[_T]], *, fresh: float, clock: Callable[[], float]
    ) -> None:
        self._ask = ask
        self._fresh = fresh
        self._clock = clock
        self._held: dict[str, tuple[float, _T]] = {}
        self._forgotten = 0
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(self, key: str) -> _T:
        """The value, looked up where none is held that is good."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        async with lock:
            held = self._held.get(key)
            if held is not None and self._clock() < held[0]:
                return held[1]
            forgotten = self._forgotten
            value = await self._ask(key)
            if forgotten == self._forgotten:  # else it may be what held before the change
                self._forget_old()
                self._held[key] = (self._clock() + self._fresh, value)
            return value

    def forget(self, key: str) -> None:
        """The next one looks again, also where a look is on its way."""
        self._forgotten += 1
        self._held.pop(key, None)

    def _forget_old(self) -> None:
        if len(self._held) >= _MANY:
            now = self._clock()
            self._held = {key: held for key, held in self._held.items() if now < held[0]}
