"""The embedded store."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, StoreInUse
from bot.store import reading
from bot.store.sqlite import SqliteStore
from tests.fakes import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store.sqlite"


@pytest.fixture
async def store(path: Path, clock: Clock) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(path, clock=clock)
    yield store
    await store.close()


async def test_values_survive_a_restart(path: Path) -> None:
    """What was put is there when the file is opened again."""
    first = await SqliteStore.open(path)
    await first.put("threads", "T1:C1:1.0", {"conversation": "c-1", "emoji": "😀"})
    await first.close()
    second = await SqliteStore.open(path)
    assert await second.get("threads", "T1:C1:1.0") == {"conversation": "c-1", "emoji": "😀"}
    await second.close()


async def test_a_value_expires(store: SqliteStore, clock: Clock) -> None:
    """A value reads as absent when its time is over, and may be claimed again."""
    await store.put("seen", "k", value=True, ttl=10)
    assert await store.put_if_absent("seen", "k", value=True, ttl=10) is False
    clock.now += 10
    assert await store.get("seen", "k") is None
    assert await store.scan("seen") == []
    assert await store.put_if_absent("seen", "k", value=True, ttl=10) is True


async def test_rows_leave_out_what_is_over(store: SqliteStore, clock: Clock) -> None:
    """A page of nothing but expired values is not the end."""
    await asyncio.gather(*(store.put("t", f"a{number:04}", number, ttl=10) for number in range(700)))
    await store.put("t", "b", "stays", ttl=100)
    clock.now += 10
    assert [row async for row in store.rows("t")] == [("b", "stays")]
    assert await store.scan("t") == [("b", "stays")]


async def test_a_prefix_is_found_by_the_index_of_the_keys(store: SqliteStore, path: Path) -> None:
    """Neither a scan nor a page of rows looks at keys outside of its range."""
    await store.put("t", "k", 1)
    with closing(sqlite3.connect(path)) as connection:
        for statement, values in (reading.of_prefix("t", "k"), reading.of_page("t", "k", None)):
            (step,) = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            assert "USING INDEX" in step[3]
            assert "key>? AND key<?" in step[3]


async def test_expired_values_leave_the_file(path: Path, clock: Clock) -> None:
    """Opening the store clears what is over, so the file does not grow for ever."""
    first = await SqliteStore.open(path, clock=clock)
    await first.put("seen", "old", value=True, ttl=1)
    await first.close()
    clock.now += 5
    second = await SqliteStore.open(path, clock=clock)
    await second.put("seen", "new", value=True)
    await second.close()
    connection = sqlite3.connect(path)
    assert [row[0] for row in connection.execute("SELECT key FROM seen")] == ["new"]
    connection.close()


def stored(path: Path, table: str) -> list[str]:
    """The keys in the file, whatever their time."""
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute(f"SELECT key FROM {table} ORDER BY key")]  # noqa: S608 - ours


async def test_expired_values_leave_the_file_while_it_is_open(path: Path, clock: Clock) -> None:
    """A process that runs for months does not hold what is over, and keeps all that is not."""
    store = await SqliteStore.open(path, clock=clock, every=0.01)
    await store.put("results", "old", {"until": 1, "text": '"until": 1}'}, ttl=1)
    await store.put("results", "new", "x", ttl=1_000)
    await store.put("results", "ever", '"until": 1}')
    clock.now += 5
    async with asyncio.timeout(20):
        while "old" in stored(path, "results"):
            assert await store.get("results", "old") is None  # each look is a trip to the store's thread
    assert stored(path, "results") == ["ever", "new"]
    assert await store.get("results", "new") == "x"
    await store.close()


async def test_more_than_one_step_of_values_expires(path: Path, clock: Clock) -> None:
    """However many are over, all of them leave the file, and nothing else does."""
    store = await SqliteStore.open(path, clock=clock)
    await asyncio.gather(*(store.put("seen", f"{number:04}", number, ttl=1) for number in range(450)))
    await store.put("seen", "new", 1, ttl=100)
    await store.close()
    clock.now += 5
    await (await SqliteStore.open(path, clock=clock)).close()
    assert stored(path, "seen") == ["new"]


async def test_what_is_removed_is_nowhere_on_the_disk(path: Path, clock: Clock) -> None:
    """Neither the file nor the log beside it still holds an expired or a deleted value."""
    store = await SqliteStore.open(path, clock=clock)
    await store.put("results", "expired", "revenue-of-acme" * 1_000, ttl=1)
    await store.put("results", "deleted", "margin-of-acme" * 1_000)
    await store.delete("results", "deleted")
    await store.close()
    clock.now += 5
    store = await SqliteStore.open(path, clock=clock)
    on_disk = b"".join(
        each.read_bytes() for each in path.parent.iterdir() if each.name != f"{path.name}.lock"
    )
    assert b"of-acme" not in on_disk
    await store.close()


async def test_values_that_are_written_meanwhile_stay(path: Path, clock: Clock) -> None:
    """Removing what is over never takes what was put in its place."""
    store = await SqliteStore.open(path, clock=clock, every=0)
    for number in range(50):
        await store.put("seen", "k", number, ttl=1)
        clock.now += 5
        await store.put("seen", "k", number, ttl=1_000)
        assert await store.get("seen", "k") == number
    await store.close()


async def test_a_lease_is_kept_by_its_owner(store: SqliteStore, clock: Clock) -> None:
    """The owner renews its lease, and may take it again after it ran out."""
    assert await store.lease("sweep", 5) is True
    assert await store.lease("sweep", 5) is True
    clock.now += 60
    assert await store.lease("sweep", 5) is True


async def test_a_lease_ends_with_its_process(path: Path, clock: Clock) -> None:
    """What an earlier process held is free at once, and no lease is written to the disk."""
    first = await SqliteStore.open(path, clock=clock)
    assert await first.lease("turn:1", 60) is True
    await first.close()
    second = await SqliteStore.open(path, clock=clock)
    assert await second.lease("turn:1", 60) is True
    await second.release("turn:1")
    await second.close()
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("lines",)]


async def test_a_line_survives_a_restart(path: Path) -> None:
    """Who stood in a line when the process ended still does; a line that is empty leaves nothing behind."""
    first = await SqliteStore.open(path)
    await first.join(["open", "thread"], "a")
    await first.join(["open"], "b")
    await first.leave(["thread"], "a")
    await first.close()
    assert stored(path, "lines") == ["open"]
    second = await SqliteStore.open(path)
    assert await second.line("open") == ["a", "b"]
    await second.close()


async def test_a_second_owner_is_refused(store: SqliteStore, path: Path) -> None:
    """A second process gets a sentence instead of a damaged file."""
    with pytest.raises(StoreInUse, match="Another process uses the store"):
        await SqliteStore.open(path)
    assert await store.get("t", "k") is None


async def test_a_damaged_file_is_refused_and_kept(path: Path) -> None:
    """A file that is no database is never overwritten."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database, but somebody's file" * 40)
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        await SqliteStore.open(path)
    assert path.read_bytes().startswith(b"not a database")


async def test_values_are_json_in_the_file(store: SqliteStore, path: Path) -> None:
    """Nothing in the file is a pickle: whoever can write it cannot run code in the bot."""
    await store.put("t", "k", {"a": [1, None, "x"]})
    connection = sqlite3.connect(path)
    (raw,) = connection.execute("SELECT value FROM t").fetchone()
    connection.close()
    assert raw == '{"value": {"a": [1, null, "x"]}, "until": null}'


async def test_what_was_acknowledged_survives_a_kill(path: Path) -> None:
    """A process that is killed loses nothing that put() or join() had returned for."""
    script = (
        "import asyncio, sys, pathlib\n"
        "from bot.store.sqlite import SqliteStore\n"
        "async def main():\n"
        "    store = await SqliteStore.open(pathlib.Path(sys.argv[1]))\n"
        "    n = 0\n"
        "    while True:\n"
        "        await store.put('t', f'{n:06}', n); await store.join(['open', f'{n % 7}'], f'{n}')\n"
        "        print(n, flush=True); n += 1\n"
        "asyncio.run(main())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)  # noqa: S603, ASYNC220 - ours
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(50)][-1]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    store = await SqliteStore.open(path)
    assert await store.get("t", f"{acknowledged:06}") == acknowledged
    assert (await store.line("open"))[: acknowledged + 1] == [str(n) for n in range(acknowledged + 1)]
    await store.close()
