"""The journal: a question that was accepted is under way until its end was noted, whatever dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.record import Stage, TurnRecord, name_of
from bot.errors import StoreFailed
from bot.journal import HOLD_SECONDS, Journal
from bot.memory import Memory
from tests.fakes import Clock, DictStore, Shared, question
from tests.fleet import Process, clock, process, turn

__all__ = ["clock", "process"]

New = Callable[[str], Process]
NAME = name_of("T1:C1:10.1")


async def adopted(by: Process) -> list[TurnRecord]:
    """What a process takes over: turns with something to go on with."""
    found = []
    for name in await by.journal.under_way():
        if await by.journal.take_over(name):
            record = await by.journal.record(name)
            if record is None or record.ended:
                await by.journal.hand_over(name)
            else:
                found.append(record)
    return found


# -- taking ----------------------------------------------------------------------------------------------


async def test_what_is_taken_is_under_way(process: New) -> None:
    """Under the name that its delivery gives, journaled, and held by who took it."""
    one = process("one")
    taken = await one.take()
    assert taken == replace(turn(), id=NAME)
    assert await one.journal.record(NAME) == taken
    assert await one.journal.under_way() == [NAME]
    assert one.journal.held == {NAME}
    assert await one.journal.count("U1") == (1, 1)
    assert await one.journal.count("U2") == (0, 1)


@pytest.mark.parametrize("replicas", [1, 2])
@pytest.mark.parametrize("steps", range(8))
async def test_a_delivery_that_comes_twice_is_taken_once(process: New, replicas: int, steps: int) -> None:
    """By one process or by two, however far the first has come when the second begins."""
    one = process("one")
    other = one if replicas == 1 else process("other")
    first = asyncio.create_task(one.take())
    for _ in range(steps):
        await asyncio.sleep(0)
    second = asyncio.create_task(other.take())
    taken = [each for each in await asyncio.gather(first, second) if each is not None]
    assert [each.id for each in taken] == [NAME]
    assert await one.journal.under_way() == [NAME]


async def test_a_delivery_that_comes_late_leaves_nothing_behind(process: New) -> None:
    """Slack may repeat it when its answer is there already, to whichever process."""
    one = process("one")
    taken = await one.take()
    assert taken is not None
    await one.journal.end(taken)
    for each in (one, process("other")):
        assert await each.take() is None
        assert await each.journal.under_way() == []
        assert await each.journal.count("U1") == (0, 0)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cut", range(1, 4))
async def test_dying_while_it_takes_loses_nothing_and_takes_nothing_twice(
    process: New, clock: Clock, cut: int, *, late: bool
) -> None:
    """Whichever call was the last one: what Slack repeats then is taken or adopted by another, once."""
    dying, other = process("dying"), process("other")
    dying.store.cut, dying.store.late = cut, late
    with pytest.raises(StoreFailed):
        await dying.take()
    dying.store.away = True
    begun = [await other.take()]
    clock.now += HOLD_SECONDS
    begun += await adopted(other)
    assert [each.id for each in begun if each is not None] == [NAME]
    assert await other.journal.under_way() == [NAME]
    assert await adopted(other) == []


async def test_to_take_a_turn_are_three_calls(process: New) -> None:
    """So the test above has cut it everywhere."""
    one = process("one")
    await one.take()
    assert one.store.calls == 3


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cut", range(1, 4))
async def test_who_could_not_take_it_takes_it_when_it_comes_again(
    process: New, cut: int, *, late: bool
) -> None:
    """The same process, that lives on: a repetition is taken, or the turn is adopted, once."""
    one = process("one")
    one.store.cut, one.store.late = cut, late
    with pytest.raises(StoreFailed):
        await one.take()
    begun = [await one.take(), *await adopted(one)]
    assert [each.id for each in begun if each is not None] == [NAME]
    assert await one.journal.count("U1") == (1, 1)


@pytest.mark.parametrize("first", ["the delivery", "the beat"])
async def test_what_is_being_taken_is_not_taken_over_by_the_same_process(process: New, first: str) -> None:
    """The lease tells only processes apart; whoever comes first has it."""
    one = process("one")
    taking = asyncio.create_task(one.take())
    if first == "the delivery":
        await asyncio.sleep(0)
    tries = []
    while not taking.done():
        tries.append(await one.journal.take_over(NAME))
        await asyncio.sleep(0)
    assert tries.count(True) == (first == "the beat")
    assert (taking.result() is None) is (first == "the beat")
    assert await one.journal.record(NAME) is not None


async def test_a_name_that_is_being_looked_at_is_journaled_all_the_same(process: New) -> None:
    """A crash left its name; repeated at the moment of the look, it is gone on with after that."""
    one = process("one")
    await one.store.join(["open"], NAME)
    assert await one.journal.take_over(NAME)
    assert await one.take() is None
    await one.journal.hand_over(NAME)
    assert [each.id for each in await adopted(one)] == [NAME]


# -- names -----------------------------------------------------------------------------------------------


def alike(source: str, salt: int) -> str:
    """The first name is the same for all."""
    return f"{source}-{salt}" if salt else "same"


def journal(common: DictStore, owner: str, clock: Clock) -> Journal:
    """A journal in which names collide."""
    store = Shared(common, owner, clock)
    return Journal(store, Memory(store), name_of=alike)


@pytest.mark.parametrize("replicas", [1, 2])
@pytest.mark.parametrize("users", [("U1", "U1"), ("U1", "U2")], ids=["one asker", "two askers"])
async def test_a_name_that_is_taken_gives_way_to_another(
    clock: Clock, replicas: int, users: tuple[str, str]
) -> None:
    """Both turns are under way, each under its own name, and a repetition is known by it."""
    common = DictStore()
    journals = [journal(common, str(number), clock) for number in range(replicas)]
    names = []
    for number, user in enumerate(users):
        taken = await journals[number % replicas].take(turn(f"{number}.1", user=user))
        names.append(taken.id if taken else "")
    assert names == ["same", "T1:C1:1.1-1"]
    again = journal(common, "again", clock)
    for number, user in enumerate(users):
        assert await again.take(turn(f"{number}.1", user=user)) is None
    assert await again.under_way() == names
    for user in users:
        assert await again.count(user) == (users.count(user), 2)


async def test_a_name_of_a_turn_that_is_over_is_not_under_way(clock: Clock) -> None:
    """Only the newer turn is, under its other name."""
    one = journal(DictStore(), "one", clock)
    first = await one.take(turn("0.1"))
    assert first is not None
    await one.end(first)
    assert await one.take(turn("1.1")) is not None
    assert await one.under_way() == ["T1:C1:1.1-1"]
    assert await one.count("U1") == (1, 1)


# -- holding ---------------------------------------------------------------------------------------------


async def test_what_is_held_is_nobody_elses(process: New, clock: Clock) -> None:
    """For as long as its process says so, and some seconds more; then one other has it."""
    one, others = process("one"), [process("b"), process("c")]
    await one.take()
    for _ in range(3):
        clock.now += HOLD_SECONDS - 0.1
        assert [await each.journal.take_over(NAME) for each in others] == [False, False]
        assert await one.journal.keep(NAME)
    clock.now += HOLD_SECONDS
    assert [await each.journal.take_over(NAME) for each in others] == [True, False]
    assert not await one.journal.keep(NAME)
    assert [each.journal.held for each in (one, *others)] == [set(), {NAME}, set()]


async def test_whether_a_turn_is_still_ones_own(process: New, clock: Clock) -> None:
    """As far as the store tells: who cannot ask it goes on with what it has."""
    one, other = process("one"), process("other")
    assert not await one.journal.keeps(NAME)
    await one.take()
    assert await one.journal.keeps(NAME)
    one.store.away = True
    assert await one.journal.keeps(NAME)
    clock.now += HOLD_SECONDS
    assert await other.journal.take_over(NAME)
    assert await one.journal.keeps(NAME)
    one.store.away = False
    assert not await one.journal.keeps(NAME)
    assert one.journal.held == set()
    assert await other.journal.keeps(NAME)


async def test_what_is_handed_over_is_free_at_once(process: New) -> None:
    """Nobody waits until a lease has run out."""
    one, other = process("one"), process("other")
    await one.take()
    await one.journal.hand_over(NAME)
    assert one.journal.held == set()
    assert await other.journal.take_over(NAME)
    await one.journal.hand_over(NAME)
    assert not await one.journal.take_over(NAME)


@pytest.mark.parametrize("steps", range(12))
async def test_what_ends_while_it_is_kept_is_held_no_more(process: New, steps: int) -> None:
    """However far the end has come when the beat asks for the lease."""
    one = process("one")
    taken = await one.take()
    assert taken is not None
    ending = asyncio.create_task(one.journal.end(taken))
    for _ in range(steps):
        await asyncio.sleep(0)
    assert await one.journal.keep(NAME)
    await ending
    assert (one.journal.held, one.store.common.leases) == (set(), {})


async def test_what_cannot_be_handed_over_is_free_in_time(process: New, clock: Clock) -> None:
    """A store that is away at the end of a process makes nothing fail."""
    one, other = process("one"), process("other")
    await one.take()
    one.store.away = True
    await one.journal.hand_over(NAME)
    assert not await other.journal.take_over(NAME)
    clock.now += HOLD_SECONDS
    assert await other.journal.take_over(NAME)


async def test_names_that_stand_for_nothing_count_for_nobody(process: New) -> None:
    """A crash between two steps leaves one; it must not use up what somebody may ask at once."""
    one = process("one")
    one.store.cut = 2
    with pytest.raises(StoreFailed):
        await one.take()
    await one.journal.drop(NAME)
    assert await one.journal.under_way() == []
    assert await one.journal.count("U1") == (0, 0)


async def test_a_name_is_not_dropped_where_a_turn_comes_at_that_moment(
    process: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes it stood still for a minute after it had joined the line."""
    one, other = process("one"), process("other")
    await other.store.join(["open"], NAME)
    assert await one.journal.take_over(NAME)
    look = one.memory.turn

    async def meanwhile(name: str) -> TurnRecord | None:
        assert await other.memory.first_turn(replace(turn(), id=name))
        return await look(name)

    monkeypatch.setattr(one.memory, "turn", meanwhile)
    await one.journal.drop(NAME)
    assert [each.id for each in await adopted(other)] == [NAME]


# -- the order in a thread -------------------------------------------------------------------------------


async def test_a_line_is_one_for_all_processes(process: New) -> None:
    """In the order in which they came; who is over leaves it."""
    one, other = process("one"), process("other")
    first, second = await one.take("1.1"), await other.take("2.1")
    assert first is not None
    assert second is not None
    await one.journal.line_up(first.lined_up())
    assert await other.journal.line_up(second.lined_up()) == [first.id, second.id]
    assert await one.journal.line_up(first.lined_up()) == [first.id, second.id]
    await one.journal.end(first.lined_up())
    assert await other.journal.line(second.lined_up().line) == [second.id]


async def test_a_turn_leaves_the_line_in_which_it_stood(process: New) -> None:
    """Also where its answer went elsewhere meanwhile."""
    one = process("one")
    taken = await one.take()
    assert taken is not None
    lined_up = taken.lined_up()
    await one.journal.line_up(lined_up)
    private = replace(lined_up, question=question(thread_ts="77.7"))
    await one.journal.end(private)
    assert await one.journal.line(lined_up.line) == []


# -- stopping --------------------------------------------------------------------------------------------


async def test_a_stop_is_heard_everywhere(process: New) -> None:
    """By its turn alone."""
    one, other = process("one"), process("other")
    assert not await one.journal.to_be_stopped(NAME)
    await other.journal.ask_to_stop(NAME)
    assert await one.journal.to_be_stopped(NAME)
    assert not await one.journal.to_be_stopped("another")


# -- writing ---------------------------------------------------------------------------------------------


async def test_a_note_is_written_later_where_the_store_is_away(process: New) -> None:
    """The newest of them."""
    one = process("one")
    taken = await one.take()
    assert taken is not None
    one.store.away = True
    await one.journal.note(replace(taken, stage=Stage.PLACED))
    await one.journal.note(replace(taken, stage=Stage.ASKED))
    one.store.away = False
    assert await one.journal.record(NAME) == taken
    await one.memory.catch_up()
    assert await one.journal.record(NAME) == replace(taken, stage=Stage.ASKED)


async def test_what_was_lost_is_not_written_later(process: New, clock: Clock) -> None:
    """Another process goes on with the turn; what this one knew of it is old."""
    one, other = process("one"), process("other")
    taken = await one.take()
    assert taken is not None
    one.store.away = True
    await one.journal.end(taken)
    one.store.away = False
    clock.now += HOLD_SECONDS
    assert await other.journal.take_over(NAME)
    newer = replace(taken, stage=Stage.ASKED, adopted=1)
    await other.journal.note(newer)
    assert not await one.journal.keep(NAME)
    await one.memory.catch_up()
    assert await other.journal.record(NAME) == newer
    assert await other.journal.under_way() == [NAME]


async def test_what_has_ended_is_in_no_line(process: New) -> None:
    """It is noted, nobody holds it, and there is room for the next."""
    one = process("one")
    taken = await one.take()
    assert taken is not None
    await one.journal.line_up(taken.lined_up())
    await one.journal.end(taken.lined_up())
    record = await one.journal.record(NAME)
    assert record is not None
    assert record.ended
    assert await one.journal.under_way() == await one.journal.line(taken.lined_up().line) == []
    assert (one.journal.held, one.store.common.leases) == (set(), {})


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cut", range(1, 5))
async def test_dying_while_it_ends_loses_nothing(process: New, clock: Clock, cut: int, *, late: bool) -> None:
    """What is not noted as ended is gone on with; what is, is not, and is under way no more."""
    dying, other = process("dying"), process("other")
    taken = await dying.take()
    assert taken is not None
    dying.store.cut, dying.store.late = dying.store.calls + cut, late
    await dying.journal.end(taken)
    dying.store.away = True
    clock.now += HOLD_SECONDS
    await other.beat()
    noted = cut > 1 or late
    assert other.happened == ([] if noted else [f"{NAME} goes on behind 0", f"{NAME} asks"])
    assert (await other.journal.under_way() == []) is noted


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cut", range(1, 4))
async def test_an_end_that_was_cut_is_noted_when_the_store_is_back(
    process: New, cut: int, *, late: bool
) -> None:
    """The process holds the turn until then, so that nobody goes on with what was answered."""
    one, other = process("one"), process("other")
    taken = await one.take()
    assert taken is not None
    one.store.cut, one.store.late = one.store.calls + cut, late
    await one.journal.end(taken)
    await other.beat()
    await one.beat()
    assert other.happened == []
    record = await one.journal.record(NAME)
    assert record is not None
    assert record.ended
    assert (await one.journal.under_way(), one.journal.held) == ([], set())


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cut", range(1, 3))
async def test_forgetting_that_was_cut_is_done_again(process: New, cut: int, *, late: bool) -> None:
    """Until it is through, whoever finds the turn forgets it."""
    one = process("one")
    taken = await one.take()
    assert taken is not None
    ended = replace(taken, stage=Stage.ENDED)
    await one.memory.keep_turn(ended)
    one.store.cut, one.store.late = one.store.calls + cut, late
    with pytest.raises(StoreFailed):
        await one.journal.forget(ended)
    await one.journal.forget(ended)
    assert await one.journal.under_way() == []
    assert one.store.common.leases == {}
