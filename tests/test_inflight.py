"""The running turns."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.inflight import Inflight, Running, Stop
from bot.journal import HOLD_SECONDS
from tests.fakes import Clock
from tests.fleet import Process, clock, process, turn

__all__ = ["clock", "process"]

New = Callable[[str], Process]


@pytest.fixture
def one(process: New) -> Process:
    """The only process."""
    return process("one")


async def test_questions_of_a_thread_are_asked_in_order(one: Process) -> None:
    """The second question of a thread is placed at once, and asked when the first is done."""
    names = [await one.begin(ts) for ts in ("1.1", "1.2", "1.3")]
    assert one.happened == [
        f"{names[0]} begins behind 0",
        f"{names[0]} asks",
        f"{names[1]} begins behind 1",
        f"{names[2]} begins behind 2",
    ]
    for name in names:
        one.finish(name)
        await one.reaches(f"{name} is done")
    assert [line for line in one.happened if "asks" in line] == [f"{name} asks" for name in names]


async def test_threads_do_not_wait_for_each_other(one: Process) -> None:
    """Two threads are answered side by side."""
    for ts in ("1.1", "2.1"):
        name = await one.begin(ts, thread_ts=ts)
        await one.reaches(f"{name} asks")


async def test_only_the_asker_stops(one: Process) -> None:
    """Somebody else's press changes nothing; the asker's ends the turn; after that it is over."""
    name = await one.begin()
    await one.reaches(f"{name} asks")
    assert await one.inflight.stop(name, "U2") is Stop.NOT_YOURS
    assert await one.inflight.stop(name, "U1") is Stop.STOPPED
    await one.reaches(f"{name} is stopped")
    await one.inflight.drain(5)
    assert await one.inflight.stop(name, "U1") is Stop.OVER
    assert await one.inflight.stop("never heard of", "U1") is Stop.OVER


async def test_a_turn_that_waits_is_stopped_as_well(one: Process) -> None:
    """Nobody has to wait for their go to give it up."""
    first, second = await one.begin("1.1"), await one.begin("1.2")
    assert await one.inflight.stop(second, "U1") is Stop.STOPPED
    one.finish(first)
    await one.reaches(f"{second} is stopped")


async def test_it_is_known_what_runs_here(one: Process) -> None:
    """Until it is over."""
    name = await one.begin()
    assert one.inflight.has(name)
    one.finish(name)
    await one.inflight.drain(5)
    assert not one.inflight.has(name)


async def test_a_mistake_ends_one_turn(one: Process, caplog: pytest.LogCaptureFixture) -> None:
    """A turn that breaks is logged with its reference and over; the next one of the thread is asked."""
    seen: list[str] = []

    async def answer(running: Running) -> None:
        await running.reached()
        if not seen:
            seen.append("bad")
            raise ZeroDivisionError
        seen.append(running.record.id)
        await one.journal.end(running.record)

    inflight = Inflight(answer, one.journal)
    bad, good = await one.take("1.1"), await one.take("1.2")
    assert bad is not None
    assert good is not None
    await inflight.start(bad)
    await inflight.start(good)
    with caplog.at_level(logging.ERROR):
        await inflight.drain(5)
    assert seen == ["bad", good.id]
    assert f"Turn {bad.id}" in caplog.text
    assert await one.journal.under_way() == []


# -- at the end ------------------------------------------------------------------------------------------


async def test_draining_waits(one: Process) -> None:
    """What can be finished is finished."""
    name = await one.begin()
    draining = asyncio.create_task(one.inflight.drain(20))
    await asyncio.sleep(0)
    assert not one.inflight.open
    one.finish(name)
    await draining
    assert one.happened[-1] == f"{name} is done"
    assert await one.journal.under_way() == []


async def test_draining_leaves_what_takes_longer(one: Process, process: New) -> None:
    """At the deadline a turn that still runs is free for another process, at once."""
    name = await one.begin()
    await one.inflight.drain(0)
    assert one.happened[-1] == f"{name} is left"
    other = process("other")
    await other.beat()
    assert other.happened == [f"{name} goes on behind 0", f"{name} asks"]


async def test_draining_ends_what_does_not_listen(one: Process) -> None:
    """A turn that swallows the first call to leave is cancelled again after the grace time."""
    begun = asyncio.Event()

    async def deaf(_: Running) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    inflight = Inflight(deaf, one.journal)
    taken = await one.take()
    assert taken is not None
    await inflight.start(taken)
    await begun.wait()
    async with asyncio.timeout(5):
        await inflight.drain(0, grace=0)
    assert not inflight.has(taken.id)
    assert await one.journal.under_way() == [taken.id]


# -- several processes -----------------------------------------------------------------------------------


async def test_the_order_of_a_thread_holds_over_processes(one: Process, process: New) -> None:
    """A question waits for the one before it, wherever that is answered."""
    other = process("other")
    first, second = await one.begin("1.1"), await other.begin("1.2")
    await other.inflight.look()
    assert other.happened == [f"{second} begins behind 1"]
    one.finish(first)
    await one.inflight.drain(5)
    await other.inflight.look()
    await other.reaches(f"{second} asks")


async def test_a_process_that_died_does_not_block_its_threads(
    one: Process, process: New, clock: Clock
) -> None:
    """Its turn is gone on with by another process, and is the first of the thread still."""
    other = process("other")
    first, second = await one.begin("1.1"), await other.begin("1.2")
    await one.die()
    clock.now += HOLD_SECONDS
    await other.beat()
    await other.reaches(f"{first} asks")
    assert f"{first} goes on behind 0" in other.happened
    assert f"{second} asks" not in other.happened
    other.finish(first)
    await other.reaches(f"{second} asks")


async def test_stop_is_heard_by_the_process_that_runs_the_turn(one: Process, process: New) -> None:
    """Whichever process is told that it was pressed; it knows the asker, too."""
    other = process("other")
    name = await one.begin()
    assert await other.inflight.stop(name, "U2") is Stop.NOT_YOURS
    await one.inflight.look()
    assert one.happened[-1] == f"{name} asks"
    assert await other.inflight.stop(name, "U1") is Stop.STOPPED
    await one.inflight.look()
    await one.reaches(f"{name} is stopped")
    await one.inflight.drain(5)
    assert await other.inflight.stop(name, "U1") is Stop.OVER


async def test_a_turn_that_is_lost_ends_without_a_word(one: Process) -> None:
    """It is not handed over either: who has it goes on with it."""
    name, before = await one.begin(), dict(one.store.common.leases)
    one.inflight.lose(name)
    await one.reaches(f"{name} is lost")
    await one.inflight.drain(5)
    assert one.store.common.leases == before
    assert await one.journal.under_way() == [name]


# -- the store is away -----------------------------------------------------------------------------------


async def test_without_the_store_a_process_keeps_its_own_order(one: Process) -> None:
    """What was taken before it went away is answered, in the order in which it came here."""
    first, second = await one.begin("1.1"), await one.take("1.2")
    assert second is not None
    one.store.away = True
    assert await one.inflight.start(second) == 1
    one.finish(first)
    await one.reaches(f"{second.id} asks")
    assert one.happened.index(f"{first} is done") < one.happened.index(f"{second.id} asks")


async def test_an_end_that_could_not_be_noted_blocks_nobody(one: Process, process: New) -> None:
    """When the store is back it is noted, and the next question of the thread is asked."""
    other = process("other")
    first, second = await one.begin("1.1"), await other.begin("1.2")
    one.store.away = True
    one.finish(first)
    await one.reaches(f"{first} is done")
    await other.beat()
    assert f"{second} asks" not in other.happened
    one.store.away = False
    await one.beat()
    await other.beat()
    await other.reaches(f"{second} asks")


async def test_a_turn_keeps_the_line_in_which_it_stands(one: Process) -> None:
    """Taken over with its answer in another place, it does not stand in two lines."""
    moved = replace(turn(), id="t1", line="T1:C1:9.9")
    await one.inflight.start(moved)
    assert await one.journal.line("T1:C1:9.9") == ["t1"]
    assert await one.journal.line(str(moved.question.thread)) == []
