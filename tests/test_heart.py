"""The beat: what a process holds it keeps, and what nobody holds is taken over, by one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.record import Stage
from bot.errors import StoreFailed
from bot.journal import HOLD_SECONDS
from tests.fakes import Clock
from tests.fleet import PER_MINUTE, Process, clock, process

__all__ = ["clock", "process"]

New = Callable[[str], Process]


@pytest.fixture
def one(process: New) -> Process:
    """The process that begins."""
    return process("one")


@pytest.fixture
def other(process: New) -> Process:
    """Another one."""
    return process("other")


# -- taking over -----------------------------------------------------------------------------------------


async def test_a_turn_of_a_process_that_died_is_gone_on_with_by_one_other(
    one: Process, other: Process, process: New, clock: Clock
) -> None:
    """Within seconds, and not before it is sure that the process says nothing any more."""
    third, name = process("third"), await one.begin()
    await one.die()
    clock.now += HOLD_SECONDS - 0.1
    await asyncio.gather(other.beat(), third.beat())
    assert other.happened == third.happened == []
    clock.now += 0.1
    await asyncio.gather(other.beat(), third.beat())
    assert sorted([*other.happened, *third.happened]) == [f"{name} asks", f"{name} goes on behind 0"]
    await asyncio.gather(other.beat(), third.beat())
    assert len([*other.happened, *third.happened]) == 2


async def test_a_turn_of_a_process_that_beats_is_its_own(one: Process, other: Process, clock: Clock) -> None:
    """For as long as it takes."""
    name = await one.begin()
    for _ in range(10):
        clock.now += HOLD_SECONDS - 1
        await one.beat()
        await other.beat()
    assert other.happened == []
    assert one.happened == [f"{name} begins behind 0", f"{name} asks"]


async def test_a_process_that_comes_back_loses_its_turn(one: Process, other: Process, clock: Clock) -> None:
    """It says nothing more, writes nothing more, and does not take the turn back."""
    name = await one.begin()
    clock.now += HOLD_SECONDS
    await other.beat()
    assert f"{name} goes on behind 0" in other.happened
    journaled = await other.journal.record(name)
    await one.beat()
    await one.reaches(f"{name} is lost")
    for _ in range(2):
        await one.beat()
        await other.beat()
    assert one.happened[-1] == f"{name} is lost"
    assert await other.journal.record(name) == journaled
    other.finish(name)
    await other.reaches(f"{name} is done")
    assert await one.journal.under_way() == []


async def test_a_turn_is_lost_although_another_could_not_be_kept(
    one: Process, other: Process, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store failed for one of them: of the other it is known whose it is."""
    names = [await one.begin(ts, thread_ts=ts) for ts in ("1.1", "2.1", "3.1")]
    clock.now += HOLD_SECONDS
    await other.beat()
    lease = one.store.lease

    async def failing(name: str, ttl: float) -> bool:
        if name == f"turn:{names[1]}":
            raise StoreFailed("no answer")
        return await lease(name, ttl)

    monkeypatch.setattr(one.store, "lease", failing)
    await one.beat()
    for name in (names[0], names[2]):
        await one.reaches(f"{name} is lost")
    assert f"{names[1]} is lost" not in one.happened


async def test_a_turn_that_was_handed_over_is_gone_on_with_at_once(one: Process, other: Process) -> None:
    """A process that ends in peace keeps nobody waiting."""
    name = await one.begin()
    await one.inflight.drain(0)
    await other.beat()
    assert other.happened == [f"{name} goes on behind 0", f"{name} asks"]


async def test_a_turn_that_was_taken_and_never_begun_is_gone_on_with(
    one: Process, other: Process, clock: Clock
) -> None:
    """Its process died right after Slack was told that the question had arrived."""
    taken = await one.take()
    assert taken is not None
    await one.die()
    clock.now += HOLD_SECONDS
    await other.beat()
    assert other.happened[0] == f"{taken.id} goes on behind 0"
    adopted = await other.journal.record(taken.id)
    assert adopted is not None
    assert adopted.adopted == 1


async def test_a_turn_that_cannot_be_gone_on_with_is_tried_again(
    one: Process, other: Process, caplog: pytest.LogCaptureFixture
) -> None:
    """With the next beat, by whomever; what it was stands in the log."""
    name = await one.begin()
    await one.inflight.drain(0)
    for trouble in (StoreFailed("disk full"), ZeroDivisionError()):
        other.trouble = trouble
        await other.beat()
        assert other.journal.held == set()
    assert "disk full" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    other.trouble = None
    await other.beat()
    assert f"{name} goes on behind 0" in other.happened


@pytest.mark.parametrize("cut", range(1, 8))
async def test_a_store_that_fails_while_it_takes_over_makes_it_wait(
    one: Process, other: Process, clock: Clock, cut: int
) -> None:
    """Whichever call was cut: the turn is gone on with after that, once."""
    name = await one.begin()
    await one.inflight.drain(0)
    other.store.cut = cut
    for _ in range(4):
        await other.beat()
        clock.now += HOLD_SECONDS / 2
    assert [line for line in other.happened if "behind" in line] == [f"{name} goes on behind 0"]


async def test_what_has_ended_is_only_forgotten(one: Process, other: Process, clock: Clock) -> None:
    """A process died between the note of the end and leaving the lines."""
    taken = await one.take()
    assert taken is not None
    await one.memory.keep_turn(replace(taken, stage=Stage.ENDED))
    clock.now += HOLD_SECONDS
    await other.beat()
    assert (other.happened, await other.journal.under_way(), other.journal.held) == ([], [], set())


async def test_a_process_that_goes_down_takes_nothing_over(
    one: Process, other: Process, clock: Clock
) -> None:
    """It would only have to leave it; what it has it keeps until its end."""
    name = await one.begin()
    await one.inflight.drain(0)
    own = await other.begin("2.1", thread_ts="2.1")
    await other.reaches(f"{own} asks")
    await other.heart.rest()
    clock.now += HOLD_SECONDS - 1
    await other.beat()
    assert other.happened == [f"{own} begins behind 0", f"{own} asks"]
    assert await other.journal.under_way() == [name, own]
    clock.now += HOLD_SECONDS - 1
    assert not await one.journal.take_over(own)


# -- names that stand for nothing ------------------------------------------------------------------------


async def test_a_name_that_stays_empty_is_dropped(one: Process, other: Process, clock: Clock) -> None:
    """A crash left it; for a minute somebody may still be about to journal its turn."""
    one.store.cut = 2
    with pytest.raises(StoreFailed):
        await one.take()
    (name,) = await one.journal.under_way()
    for _ in range(7):
        await other.beat()
        clock.now += 10
        assert await one.journal.under_way() == [name]
    await other.beat()
    assert await one.journal.under_way() == []
    assert (other.happened, other.journal.held, other.store.common.leases) == ([], set(), {})


async def test_a_name_that_was_empty_may_get_its_turn(one: Process, other: Process, clock: Clock) -> None:
    """Slack delivers the message again."""
    one.store.cut = 2
    with pytest.raises(StoreFailed):
        await one.take()
    await other.beat()
    clock.now += 61
    name = await one.begin()
    await other.beat()
    assert (await one.journal.under_way(), other.happened) == ([name], [])


async def test_each_time_a_name_is_empty_it_has_its_minute(one: Process, clock: Clock) -> None:
    """What is known of a name goes when it is under way no more."""
    await one.store.join(["open"], "t1")
    await one.beat()
    await one.store.leave(["open"], "t1")
    await one.beat()
    clock.now += 61
    await one.store.join(["open"], "t1")
    await one.beat()
    assert await one.journal.under_way() == ["t1"]


# -- the store is away -----------------------------------------------------------------------------------


async def test_while_the_store_is_away_answers_go_on(
    one: Process, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """To their ends, which are noted when it is back; the log says both, once."""
    caplog.set_level(logging.INFO)
    name = await one.begin()
    one.store.away = True
    for _ in range(3):
        await one.beat()
        clock.now += 60
    one.finish(name)
    await one.reaches(f"{name} is done")
    one.store.away = False
    assert await one.journal.under_way() == [name]
    for _ in range(2):
        await one.beat()
    assert await one.journal.under_way() == []
    noted = await one.journal.record(name)
    assert noted is not None
    assert (noted.stage, noted.messages) == (Stage.ENDED, ("20.1",))
    assert caplog.text.count("The store cannot be reached") == 1
    assert caplog.text.count("can be reached again") == 1


async def test_when_the_store_is_back_everybody_gets_the_time_to_take_what_is_theirs(
    one: Process, other: Process, clock: Clock
) -> None:
    """All leases have run out; who beats first after that takes nothing over."""
    name = await one.begin()
    one.store.away = other.store.away = True
    for each in (one, other):
        await each.beat()
    clock.now += 60
    await other.beat()
    one.store.away = other.store.away = False
    await other.beat()
    clock.now += HOLD_SECONDS - 0.1
    await other.beat()
    assert other.happened == []
    await one.beat()
    clock.now += 1
    await other.beat()
    assert other.happened == []
    assert one.happened == [f"{name} begins behind 0", f"{name} asks"]


async def test_who_does_not_come_back_after_that_is_dead(one: Process, other: Process, clock: Clock) -> None:
    """Its turns are gone on with."""
    name = await one.begin()
    await one.die()
    other.store.away = True
    await other.beat()
    other.store.away = False
    clock.now += HOLD_SECONDS
    await other.beat()
    assert f"{name} goes on behind 0" in other.happened


# -- the beat itself -------------------------------------------------------------------------------------


async def test_a_mistake_stops_no_heart(
    one: Process, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and the next beat does what this one did not."""

    def broken(_: int) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(one.edits, "allow", broken)
        await one.beat()
    assert "A beat failed by a mistake of ours" in caplog.text
    await one.beat()
    assert one.edits.allowed == [PER_MINUTE]


async def test_it_beats_until_it_is_stopped(
    one: Process, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once at its start, and again and again."""
    name = await one.begin()
    clock.now += HOLD_SECONDS
    beaten = asyncio.Event()
    monkeypatch.setattr(one.edits, "allow", lambda _: beaten.set())
    beating = asyncio.create_task(one.heart.run())
    for _ in range(2):
        async with asyncio.timeout(5):
            await beaten.wait()
        beaten.clear()
    assert one.store.common.ends[f"turn:{name}"] > clock.now
    beating.cancel()
    await asyncio.wait([beating])
    assert beating.cancelled()


@pytest.mark.parametrize("away", [True, False])
async def test_at_the_end_everything_is_written(one: Process, other: Process, *, away: bool) -> None:
    """Where the store takes it; where it does not, the app ends all the same."""
    taken = await one.take()
    assert taken is not None
    await one.beat()
    one.store.away = True
    await one.journal.end(taken)
    one.store.away = away
    await one.heart.stop()
    assert (await other.journal.under_way() == []) is not away
    assert ("one" in await other.store.line("processes")) is away
