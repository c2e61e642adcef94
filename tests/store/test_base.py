"""What every store keeps to, whatever is behind it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.base import Store
from bot.store.redis import RedisStore
from bot.store.sqlite import SqliteStore
from tests.store.servers import redis_server


@pytest.fixture(params=["sqlite", "redis"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Each kind of store in turn, empty."""
    if request.param == "sqlite":
        opened: Store = await SqliteStore.open(tmp_path / "store.sqlite")
        yield opened
        await opened.close()
        return
    async with redis_server(tmp_path) as url:
        opened = await RedisStore.open(url)
        yield opened
        await opened.close()


async def test_tables_are_apart(store: Store) -> None:
    """The same key in two tables holds two values."""
    await store.put("a", "k", 1)
    await store.put("b", "k", {"emoji": "😀", "none": None})
    assert await store.get("a", "k") == 1
    assert await store.get("b", "k") == {"emoji": "😀", "none": None}


async def test_one_of_many_claims_wins(store: Store) -> None:
    """Of twenty claims at once exactly one is told that it was first."""
    won = await asyncio.gather(*(store.put_if_absent("seen", "k", value=True) for _ in range(20)))
    assert sum(won) == 1


async def test_scan_finds_a_prefix_in_order(store: Store) -> None:
    """Scan returns the keys with the prefix, sorted, and takes no character for a pattern."""
    for key in ("b:2", "a:2", "a:1", "a*", "a[1]"):
        await store.put("t", key, key)
    assert await store.scan("t", "a:") == [("a:1", "a:1"), ("a:2", "a:2")]
    assert await store.scan("t", "a*") == [("a*", "a*")]
    assert await store.scan("t", "a[") == [("a[1]", "a[1]")]
    assert await store.scan("other") == []


async def test_rows_come_in_order_between_two_keys(store: Store) -> None:
    """Rows lie between the keys, in order, however many pages they take, and without other tables' keys."""
    keys = [f"{number:04}" for number in range(1_200)]
    await asyncio.gather(*(store.put("t", key, {"n": key}) for key in reversed(keys)))
    await store.put("u", "0000", 1)
    assert [row async for row in store.rows("t")] == [(key, {"n": key}) for key in keys]
    found = [key async for key, _ in store.rows("t", after="0099", before="1101")]
    assert found == keys[100:1101]
    assert [key async for key, _ in store.rows("t", after="1199")] == []
    assert [key async for key, _ in store.rows("other")] == []


async def test_rows_go_on_while_others_write(store: Store) -> None:
    """What is written and deleted in the middle neither repeats nor loses what stays."""
    keys = [f"{number:04}" for number in range(1_100)]
    await asyncio.gather(*(store.put("t", key, key) for key in keys))
    found: list[str] = []
    async for key, _ in store.rows("t"):
        if not found:
            await store.delete("t", keys[1_050])
            await store.put("t", "0000a", 1)
        found.append(key)
    assert set(keys) - {keys[1_050]} <= set(found)
    assert found == sorted(set(found))


async def test_every_text_is_a_prefix(store: Store) -> None:
    """Characters beyond the usual ones, and ends of ranges, are found like any other."""
    keys = sorted(["😀:1", "😀:2", "😁", "z", "zz", "\ud7ff", "\ue000", "a%", "a_b", 'a"b', "a\\"])
    for key in keys:
        await store.put("t", key, key)
    for prefix in ["", *keys, "😀", "a"]:
        assert [key for key, _ in await store.scan("t", prefix)] == [
            key for key in keys if key.startswith(prefix)
        ]


async def test_delete_removes_and_forgives(store: Store) -> None:
    """A deleted key is absent; deleting an absent key is no error."""
    await store.put("t", "k", 1)
    await store.delete("t", "k")
    await store.delete("t", "k")
    assert await store.get("t", "k") is None


async def test_a_lease_is_kept_by_its_owner(store: Store) -> None:
    """The owner renews its lease as often as it likes."""
    assert await store.lease("sweep", 5) is True
    assert await store.lease("sweep", 5) is True


async def test_a_lease_that_was_given_back_is_free(store: Store) -> None:
    """Giving back is possible at any time, and what is free can be taken."""
    await store.release("sweep")
    assert await store.lease("sweep", 5) is True
    await store.release("sweep")
    await store.release("sweep")
    assert await store.lease("sweep", 5) is True


async def test_a_line_has_everybody_once_in_order(store: Store) -> None:
    """Who joins stands last, who joins again stays where they stand, and who leaves is gone."""
    assert await store.line("thread") == []
    assert await store.join(["thread"], "a") == [["a"]]
    assert await store.join(["thread"], "b") == [["a", "b"]]
    assert await store.join(["thread"], "a") == [["a", "b"]]
    assert await store.leave(["thread"], "a") == [["b"]]
    assert await store.join(["thread"], "a") == [["b", "a"]]
    assert await store.line("thread") == ["b", "a"]


async def test_many_lines_are_changed_in_one_step(store: Store) -> None:
    """Each line is given as it is, in the order in which they were named, whether it changed or not."""
    await store.join(["open"], "a")
    await store.join(["two"], "b")
    assert await store.join(["two", "open", "two"], "a") == [["b", "a"], ["a"], ["b", "a"]]
    assert await store.leave(["open", "nowhere", "two"], "a") == [[], [], ["b"]]
    assert await store.join([], "a") == []
    assert await store.leave([], "a") == []


async def test_lines_are_apart_from_values(store: Store) -> None:
    """A line and a value may have the same name; names and items may have any characters."""
    name, item = "T1:C1:10.1 😀*", 'i"t\\em\n'
    await store.put("t", name, 1)
    assert await store.join([name], item) == [[item]]
    assert await store.get("t", name) == 1
    assert await store.scan("t") == [(name, 1)]
    assert await store.leave([name], item) == [[]]


async def test_everybody_who_joins_at_once_stands_in_the_line(store: Store) -> None:
    """Of forty at once nobody is lost, nobody stands twice, and each saw a beginning of the same line."""
    seen = await asyncio.gather(*(store.join(["line"], str(number % 20)) for number in range(40)))
    line = await store.line("line")
    assert sorted(line, key=int) == [str(number) for number in range(20)]
    assert all(each == line[: len(each)] for (each,) in seen)


Step = tuple[bool, list[str], str]
NAMES = st.sampled_from("abc")
STEPS = st.lists(st.tuples(st.booleans(), st.lists(NAMES, max_size=3), st.sampled_from("xyz")), max_size=20)


def stepped(lines: dict[str, list[str]], step: Step) -> list[list[str]]:
    """The same with plain lists."""
    joins, names, item = step
    for name in names:
        line = lines.setdefault(name, [])
        if joins and item not in line:
            line.append(item)
        elif not joins and item in line:
            line.remove(item)
    return [list(lines[name]) for name in names]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
async def test_lines_are_what_lists_would_be(store: Store, steps: list[Step]) -> None:
    """Whatever joins and leaves, in whatever order, every answer is that of a list."""
    lines: dict[str, list[str]] = {}
    run = uuid.uuid4().hex  # the store outlives an example
    for step in steps:
        joins, names, item = step
        change = store.join if joins else store.leave
        assert await change([f"{run}:{name}" for name in names], item) == stepped(lines, step)
    for name, line in lines.items():
        assert await store.line(f"{run}:{name}") == line
