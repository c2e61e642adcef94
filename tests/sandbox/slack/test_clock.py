from __future__ import annotations

import asyncio

import pytest

from bot.sandbox.slack.clock import ManualClock, SystemClock


async def test_a_manual_clock_stands_until_it_is_moved() -> None:
    """Who waits for a later moment waits on; who waits for one that has come is woken."""
    clock = ManualClock(100)
    early, late = (asyncio.ensure_future(clock.sleep_until(when)) for when in (105, 110))
    await clock.sleep_until(100)
    clock.advance(5)
    await early
    assert (clock.now(), late.done()) == (105, False)
    clock.advance(5)
    await late


async def test_somebody_who_gave_up_is_not_woken() -> None:
    """A wait that was cancelled does no harm when its time comes."""
    clock = ManualClock(100)
    waiting = asyncio.ensure_future(clock.sleep_until(105))
    await clock.sleep_until(0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(waiting, 0)
    clock.advance(5)


async def test_the_machines_clock_does_not_wait_for_the_past() -> None:
    """A moment that is over is over at once."""
    clock = SystemClock()
    await clock.sleep_until(clock.now() - 60)
