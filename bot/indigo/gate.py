"""Lets requests through: so many at once, and none while Indigo has asked for a pause."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.errors import IndigoLimited


class Gate:
    """One for all requests of a client.

    Args:
        at_once: requests at the same time.
        patience: nobody waits for longer, in seconds.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        at_once: int,
        *,
        patience: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._opens = clock()

    def hold(self, seconds: float) -> None:
        """Nobody goes through for so long. A longer pause that was asked for before stays."""
        self._opens = max(self._opens, self._clock() + seconds)

    @asynccontextmanager
    async def through(self) -> AsyncIterator[None]:
        """Waits for a slot and for the end of a pause; raises IndigoLimited where that is too far away."""
        async with self._slots:
            while (left := self._opens - self._clock()) > 0:
                if left > self._patience:
                    raise IndigoLimited(left)
                await self._sleep(left)
            yield
