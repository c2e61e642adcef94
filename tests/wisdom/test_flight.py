from __future__ import annotations

import asyncio

import pytest

from bot.errors import TenantUnreachable
from bot.wisdom.flight import SingleFlight


class Errand:
    """Something to be fetched, which waits until it is let go."""

    def __init__(self, *outcomes: str | Exception) -> None:
        self.outcomes = list(outcomes)
        self.held: str | None = None
        self.tries = 0
        self.go = asyncio.Event()

    async def make(self) -> str:
        """One attempt."""
        self.tries += 1
        await self.go.wait()
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        self.held = outcome
        return outcome

    async def run(self, flight: SingleFlight[str]) -> str:
        """What a caller does."""
        return await flight.run(lambda: self.held, self.make)


async def test_callers_share_one_attempt() -> None:
    """Ten callers, one attempt, one result."""
    flight, errand = SingleFlight[str](), Errand("x")
    callers = [asyncio.create_task(errand.run(flight)) for _ in range(10)]
    await asyncio.wait(callers, timeout=0)
    errand.go.set()
    assert await asyncio.gather(*callers) == ["x"] * 10
    assert errand.tries == 1
    assert flight.idle


async def test_callers_share_its_failure() -> None:
    """Who waited while an attempt failed does not try again; who comes later does."""
    flight, errand = SingleFlight[str](), Errand(TenantUnreachable("away"), "x")
    callers = [asyncio.create_task(errand.run(flight)) for _ in range(3)]
    await asyncio.wait(callers, timeout=0)
    errand.go.set()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(result) for result in results] == [TenantUnreachable] * 3
    assert await errand.run(flight) == "x"
    assert errand.tries == 2


async def test_a_cancelled_caller_hands_on() -> None:
    """When the one who tries is cancelled, the next one tries."""
    flight, errand = SingleFlight[str](), Errand("x")
    first = asyncio.create_task(errand.run(flight))
    second = asyncio.create_task(errand.run(flight))
    await asyncio.wait({first}, timeout=0)
    first.cancel()
    errand.go.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == "x"
