from __future__ import annotations

import asyncio

import pytest

from bot.errors import TenantUnreachable
from bot.wisdom.kept import Kept
from tests.wisdom.clock import Clock


class Store:
    """Brings a new value for each key at every errand, good for ten seconds."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.errands: list[str] = []
        self.away = False
        self.go = asyncio.Event()
        self.go.set()

    async def bring(self, key: str) -> tuple[str, float]:
        """One errand."""
        self.errands.append(key)
        await self.go.wait()
        if self.away:
            raise TenantUnreachable
        return f"{key}{len(self.errands)}", self.clock.now + 10


def kept(most: int = 100) -> tuple[Kept[str, str], Store, Clock]:
    clock = Clock()
    return Kept(clock=clock, most=most), Store(clock), clock


async def test_a_value_is_kept_until_its_time() -> None:
    """It is brought once, and anew when its time is over."""
    values, store, clock = kept()
    assert await values.get("a", lambda: store.bring("a")) == "a1"
    clock.now += 9.9
    assert await values.get("a", lambda: store.bring("a")) == "a1"
    clock.now += 0.1
    assert await values.get("a", lambda: store.bring("a")) == "a2"


async def test_each_key_has_an_attempt_of_its_own() -> None:
    """Those who wait for one key share one errand; another key does not wait for it."""
    values, store, _ = kept()
    store.go.clear()
    waiting = [
        asyncio.create_task(values.get(key, lambda key=key: store.bring(key)))  # type: ignore[misc] # a default
        for key in "aabba"
    ]
    await asyncio.wait(waiting, timeout=0)
    assert sorted(store.errands) == ["a", "b"]
    store.go.set()
    assert len(set(await asyncio.gather(*waiting))) == 2
    assert values._flights == {}


async def test_those_who_wait_share_a_failure() -> None:
    """One errand fails for all of them, and nothing of it is kept."""
    values, store, _ = kept()
    store.away = True
    store.go.clear()
    waiting = [asyncio.create_task(values.get("a", lambda: store.bring("a"))) for _ in range(5)]
    await asyncio.wait(waiting, timeout=0)
    store.go.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [TenantUnreachable] * 5
    assert store.errands == ["a"]
    store.away = False
    assert await values.get("a", lambda: store.bring("a")) == "a2"


async def test_no_more_is_held_than_allowed() -> None:
    """The value that was unused for longest goes first."""
    values, store, _ = kept(most=2)
    for key in "abac":
        await values.get(key, lambda key=key: store.bring(key))  # type: ignore[misc] # a default
    assert len(values) == 2
    await values.get("a", lambda: store.bring("a"))
    assert store.errands == ["a", "b", "c"]


async def test_what_is_over_goes_when_something_new_comes() -> None:
    """Values whose time is over take no room, though nobody asks for them."""
    values, store, clock = kept()
    for key in "abc":
        await values.get(key, lambda key=key: store.bring(key))  # type: ignore[misc] # a default
    clock.now += 10
    await values.get("d", lambda: store.bring("d"))
    assert len(values) == 1


async def test_a_value_without_time_is_not_kept() -> None:
    """What is over as soon as it comes is given out once."""
    values, _, clock = kept()

    async def made() -> tuple[str, float]:
        return "now", clock.now

    assert await values.get("a", made) == "now"
    assert len(values) == 0


async def test_unwanted_values_are_dropped() -> None:
    """Only those that are meant go."""
    values, store, _ = kept()
    for key in "ab":
        await values.get(key, lambda key=key: store.bring(key))  # type: ignore[misc] # a default
    values.drop(lambda value: value.startswith("a"))
    assert len(values) == 1
    assert await values.get("b", lambda: store.bring("b")) == "b2"


async def test_a_caller_who_leaves_holds_nobody_up() -> None:
    """When the one who fetches is cancelled, the next one does it."""
    values, store, _ = kept()
    store.go.clear()
    first, second = (asyncio.create_task(values.get("a", lambda: store.bring("a"))) for _ in range(2))
    await asyncio.wait({first}, timeout=0)
    first.cancel()
    store.go.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == "a2"
