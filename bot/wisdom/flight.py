"""One attempt at a time, for everyone who needs its result."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from bot.errors import TenantError

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Those who come while an attempt is under way wait for it and share its result, or its failure.

    An attempt runs in the coroutine of the first who came; if that one is cancelled, the next one tries.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._ended = 0
        self._failure: TenantError | None = None
        self._callers = 0

    @property
    def idle(self) -> bool:
        """Nobody is in ``run``."""
        return self._callers == 0

    async def run(self, current: Callable[[], T | None], make: Callable[[], Awaitable[T]]) -> T:
        """What ``current`` holds, or else what ``make`` brings; raises the TenantError of the attempt."""
        ended = self._ended
        self._callers += 1
        try:
            async with self._lock:
                if (held := current()) is not None:
                    return held
                if self._ended != ended and self._failure is not None:
                    raise self._failure
                return await self._make(make)
        finally:
            self._callers -= 1

    async def _make(self, make: Callable[[], Awaitable[T]]) -> T:
        self._failure = None
        try:
            return await make()
        except TenantError as error:
            self._failure = error
            raise
        finally:
            self._ended += 1
