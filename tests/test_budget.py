"""The workspace's budget of edits, shared by several processes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.budget import SharedBudget, part
from bot.errors import StoreFailed
from tests.fakes import Clock, DictStore, Shared
from tests.fleet import PER_MINUTE, Edits

LOADS = st.lists(st.integers(0, 500), min_size=1, max_size=60)


def parts(per_minute: int, loads: list[int]) -> list[int]:
    """What each process takes, as it sees the others."""
    return [part(per_minute, own, loads[:at] + loads[at + 1 :]) for at, own in enumerate(loads)]


# -- how it is shared ------------------------------------------------------------------------------------


@given(LOADS, st.integers(1, 100))
def test_all_parts_together_are_not_more_than_the_whole(loads: list[int], per_minute: int) -> None:
    """Nobody has none, so of more processes than there are edits each has one."""
    taken = parts(per_minute, loads)
    assert min(taken) >= 1
    assert sum(taken) <= max(per_minute, len(loads))


@given(LOADS, st.integers(1, 100))
def test_who_edits_more_has_not_less(loads: list[int], per_minute: int) -> None:
    """The parts are in the order of what is done."""
    taken = parts(per_minute, loads)
    assert [each for _, each in sorted(zip(loads, taken, strict=True))] == sorted(taken)


@given(st.integers(0, 500), st.integers(1, 100))
def test_who_is_alone_has_all_of_it(load: int, per_minute: int) -> None:
    """However much it has to do."""
    assert part(per_minute, load, []) == per_minute


# -- how it is agreed on ---------------------------------------------------------------------------------


class Worker:
    """A process that edits."""

    def __init__(self, common: DictStore, name: str) -> None:
        self.store, self.edits = Shared(common, name, Clock()), Edits()
        self.budget = SharedBudget(self.store, self.edits, name=name, per_minute=PER_MINUTE)

    async def agree(self, load: int) -> int:
        """What it takes while it edits so many messages."""
        self.edits.load = load
        await self.budget.agree()
        return self.edits.allowed[-1]


@pytest.fixture
def common() -> DictStore:
    """The store of all processes."""
    return DictStore()


async def test_each_takes_its_part(common: DictStore) -> None:
    """By what it edits, as soon as it knows of the others."""
    one, other = Worker(common, "one"), Worker(common, "other")
    assert await one.agree(0) == PER_MINUTE
    assert await other.agree(0) == PER_MINUTE // 2
    assert await one.agree(0) == PER_MINUTE // 2
    busy = await one.agree(9)
    assert busy > PER_MINUTE // 2
    assert busy + await other.agree(0) <= PER_MINUTE


async def test_who_leaves_leaves_its_part(common: DictStore) -> None:
    """At once."""
    one, other = Worker(common, "one"), Worker(common, "other")
    await one.agree(3)
    await other.agree(3)
    await one.budget.leave()
    assert await other.agree(3) == PER_MINUTE
    assert list(common.tables["loads"]) == ["other"]


async def test_who_died_has_no_part(common: DictStore) -> None:
    """What it said last is over after some seconds, and its name goes then."""
    one, other = Worker(common, "one"), Worker(common, "other")
    await one.agree(3)
    await other.agree(3)
    await common.delete("loads", "one")
    assert await other.agree(3) == PER_MINUTE
    assert await common.line("processes") == ["other"]


async def test_what_is_said_holds_for_some_seconds(
    common: DictStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than a few beats take, and not much longer."""
    kept: list[float | None] = []

    async def put(table: str, key: str, value: object, *, ttl: float | None = None) -> None:
        assert (table, key, value) == ("loads", "one", 3)
        kept.append(ttl)

    monkeypatch.setattr(common, "put", put)
    monkeypatch.setattr(common, "join", _alone)
    await Worker(common, "one").agree(3)
    assert kept == [10.0]


async def _alone(*_: object) -> list[list[str]]:
    return [["one"]]


async def test_who_stood_still_comes_back(common: DictStore) -> None:
    """Its name was taken out meanwhile; it says it again."""
    one, other = Worker(common, "one"), Worker(common, "other")
    await one.agree(3)
    await common.delete("loads", "one")
    await other.agree(3)
    assert await one.agree(3) == await other.agree(3) == PER_MINUTE // 2


async def test_without_the_store_everybody_keeps_what_they_have(common: DictStore) -> None:
    """No edit waits for an agreement."""
    one, other = Worker(common, "one"), Worker(common, "other")
    await other.agree(0)
    await one.agree(0)
    one.store.away = True
    with pytest.raises(StoreFailed):
        await one.agree(50)
    assert one.edits.allowed == [PER_MINUTE // 2]
