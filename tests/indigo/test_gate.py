from __future__ import annotations

import asyncio

import pytest

from bot.errors import IndigoLimited
from bot.indigo.gate import Gate
from tests.indigo.stand import Time


def gate(time: Time, *, at_once: int = 2, patience: float = 60.0) -> Gate:
    return Gate(at_once, patience=patience, clock=time.clock, sleep=time.sleep)


async def test_no_more_go_through_than_may_at_once() -> None:
    """The others wait until one is done."""
    through, inside, release = gate(Time()), 0, asyncio.Event()
    entered: asyncio.Queue[int] = asyncio.Queue()

    async def go() -> None:
        nonlocal inside
        async with through.through():
            inside += 1
            entered.put_nowait(inside)
            await release.wait()
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(go())
        assert [await entered.get(), await entered.get()] == [1, 2]
        release.set()
    assert max([entered.get_nowait() for _ in range(3)]) <= 2


async def test_a_pause_holds_everybody() -> None:
    """Also those that came before it was over."""
    time = Time()
    through = gate(time)
    through.hold(30)
    async with through.through():
        assert time.now == 1030.0


async def test_the_longest_pause_counts() -> None:
    """A shorter one that is asked for later ends nothing."""
    time = Time()
    through = gate(time)
    through.hold(30)
    through.hold(1)
    async with through.through():
        assert time.slept == [30.0]


async def test_a_pause_that_grows_is_waited_for() -> None:
    """Whoever waits looks again when they wake."""
    time = Time()
    through: Gate

    async def sleep(seconds: float) -> None:
        if not time.slept:
            through.hold(50)
        await time.sleep(seconds)

    through = Gate(1, patience=60, clock=time.clock, sleep=sleep)
    through.hold(10)
    async with through.through():
        assert time.now == 1050.0


async def test_nobody_waits_for_ever() -> None:
    """A pause beyond all patience is told at once, and the slot is free again."""
    time = Time()
    through = gate(time, at_once=1)
    through.hold(3600)
    for _ in range(2):
        with pytest.raises(IndigoLimited) as caught:
            async with through.through():
                pass
        assert caught.value.retry_after == 3600
    assert time.slept == []
    time.now += 3600
    async with through.through():
        assert time.slept == []


async def test_who_gives_up_leaves_no_slot_taken() -> None:
    """A request that is cancelled while it waits for the end of a pause is out of the way."""
    waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    time = Time()
    through = Gate(1, patience=60, clock=time.clock, sleep=sleep)
    through.hold(10)

    async def go() -> None:
        async with through.through():
            raise AssertionError("it is closed")

    task = asyncio.create_task(go())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    time.now += 10
    async with through.through():
        pass
