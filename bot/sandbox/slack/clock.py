"""The workspace's clock: everything that waits or tells the time is handed one of these."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds since the epoch, and waiting until one of them."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    async def sleep_until(self, when: float) -> None:
        """Return once ``now() >= when``."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    async def sleep_until(self, when: float) -> None:
        """Return once ``now() >= when``."""
        await asyncio.sleep(max(0.0, when - self.now()))


class ManualClock:
    """A clock that stands still until somebody moves it; for tests.

    A wait names its end, not its length, so it does not matter whether it begins before or after ``advance``.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now

    async def sleep_until(self, when: float) -> None:
        """Return once ``advance`` has moved the clock to ``when``."""
        if when <= self._now:
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((when, woken))
        await woken

    def advance(self, seconds: float) -> None:
        """Move the clock forward and wake everybody whose time has come."""
        self._now += seconds
        due = [woken for when, woken in self._waiting if when <= self._now]
        self._waiting = [(when, woken) for when, woken in self._waiting if when > self._now]
        for woken in due:
            if not woken.done():
                woken.set_result(None)
