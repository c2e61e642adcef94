"""What is looked up again and again."""

from __future__ import annotations

import asyncio
import gc

import pytest

from bot.errors import SlackUnreachable
from bot.slack.lookup import Lookup
from tests.fakes import Clock


class Directory:
    """Tells the age of people, when a test says so; counts how often it is asked."""

    def __init__(self) -> None:
        self.age = 1
        self.asked: list[str] = []
        self.arrived = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()
        self.broken = False

    async def ask(self, key: str) -> int:
        self.asked.append(key)
        age = self.age
        self.arrived.set()
        await self.go.wait()
        if self.broken:
            raise SlackUnreachable("users.info")
        return age


def lookup(directory: Directory, clock: Clock | None = None) -> Lookup[int]:
    return Lookup(directory.ask, fresh=60, clock=clock or Clock())


async def test_a_value_is_good_for_a_while() -> None:
    """It is asked for once, by its id, and again when its time is over."""
    directory, clock = Directory(), Clock()
    ages = lookup(directory, clock)
    assert [await ages.get("a"), await ages.get("a"), await ages.get("b")] == [1, 1, 1]
    directory.age = 2
    clock.now += 59.9
    assert await ages.get("a") == 1
    clock.now += 0.1
    assert await ages.get("a") == 2
    assert directory.asked == ["a", "b", "a"]


async def test_those_who_need_it_at_the_same_time_share_one_look() -> None:
    """A busy channel does not use up what Slack allows; another id does not wait."""
    directory = Directory()
    directory.go.clear()
    ages = lookup(directory)
    together = [asyncio.create_task(ages.get("a")) for _ in range(20)]
    other = asyncio.create_task(ages.get("b"))
    while len(directory.asked) < 2:
        directory.arrived.clear()
        await directory.arrived.wait()
    directory.go.set()
    assert await asyncio.gather(*together, other) == [1] * 21
    assert directory.asked == ["a", "b"]


async def test_a_failure_is_not_kept() -> None:
    """The next one looks again."""
    directory = Directory()
    directory.broken = True
    ages = lookup(directory)
    with pytest.raises(SlackUnreachable):
        await ages.get("a")
    directory.broken = False
    assert await ages.get("a") == 1


async def test_what_is_forgotten_is_looked_up_again() -> None:
    """Something has changed; nothing else is forgotten, and what is not known need not be."""
    directory = Directory()
    ages = lookup(directory)
    await asyncio.gather(ages.get("a"), ages.get("b"))
    directory.age = 2
    ages.forget("a")
    ages.forget("c")
    assert [await ages.get("a"), await ages.get("b")] == [2, 1]


async def test_a_look_that_is_on_its_way_may_be_of_before_the_change() -> None:
    """What it finds serves those who wait for it, and nobody after them."""
    directory = Directory()
    directory.go.clear()
    ages = lookup(directory)
    first = asyncio.create_task(ages.get("a"))
    await directory.arrived.wait()
    directory.age = 2
    ages.forget("a")
    directory.go.set()
    assert await first == 1
    assert await ages.get("a") == 2
    assert await ages.get("a") == 2
    assert directory.asked == ["a", "a"]


async def test_nothing_old_is_left() -> None:
    """A process that runs for months does not keep a value and a lock for everybody it ever met."""
    directory, clock = Directory(), Clock()
    ages = lookup(directory, clock)
    for number in range(6_000):
        clock.now += 1
        await ages.get(f"u{number}")
    gc.collect()
    assert len(ages._held) <= 2_000
    assert len(ages._locks) == 0
