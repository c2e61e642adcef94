"""Reading the SQLite store beside its owner."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, StoreFailed
from bot.store.reading import SqliteReader
from bot.store.sqlite import SqliteStore
from tests.fakes import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "the store?.sqlite"


@pytest.fixture
async def store(path: Path, clock: Clock) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(path, clock=clock)
    yield store
    await store.close()


@pytest.fixture
async def reader(store: SqliteStore, path: Path, clock: Clock) -> AsyncIterator[SqliteReader]:
    del store  # it has the file open
    reader = await SqliteReader.open(path, clock=clock)
    yield reader
    await reader.close()


async def test_it_reads_while_the_owner_writes(store: SqliteStore, reader: SqliteReader) -> None:
    """Each value is seen as soon as it was acknowledged, by every way of reading."""
    for number in range(20):
        await store.put("t", f"k{number:02}", {"n": number})
        assert await reader.get("t", f"k{number:02}") == {"n": number}
    assert await reader.scan("t", "k1") == await store.scan("t", "k1")
    assert [row async for row in reader.rows("t", after="k05")] == (await store.scan("t"))[6:]
    assert await reader.get("t", "other") is None


async def test_the_owner_is_not_held_up(store: SqliteStore, reader: SqliteReader) -> None:
    """In the middle of reading the owner writes and deletes."""
    for number in range(600):
        await store.put("t", f"{number:04}", number)
    rows = reader.rows("t")
    assert await anext(rows) == ("0000", 0)
    await store.put("t", "9999", "new")
    await store.delete("t", "0550")
    found = [key async for key, _ in rows]
    assert "9999" in found
    assert "0550" not in found


async def test_what_is_over_is_left_out(store: SqliteStore, reader: SqliteReader, clock: Clock) -> None:
    """A value that has expired reads as absent, whether it was removed yet or not."""
    await store.put("t", "k", 1, ttl=10)
    clock.now += 10
    assert await reader.get("t", "k") is None
    assert await reader.scan("t") == []
    assert [row async for row in reader.rows("t")] == []


async def test_a_table_that_was_never_written_is_empty(reader: SqliteReader) -> None:
    """Nothing is made for it, and nothing raised."""
    assert await reader.get("audit", "k") is None
    assert await reader.scan("audit") == []
    assert [row async for row in reader.rows("audit")] == []


async def test_nothing_can_be_written(reader: SqliteReader) -> None:
    """The connection itself refuses."""
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("CREATE TABLE t (key)")


async def test_it_reads_what_a_stopped_app_left(path: Path) -> None:
    """It needs no owner, and the owner can take the file again, also while it reads."""
    store = await SqliteStore.open(path)
    await store.put("t", "k", 1)
    await store.close()
    reader = await SqliteReader.open(path)
    again = await SqliteStore.open(path)
    await again.put("t", "k", 2)
    assert await reader.get("t", "k") == 2
    await again.close()
    assert await reader.get("t", "k") == 2
    await reader.close()


async def test_a_file_that_is_not_there_is_said_and_not_made(path: Path) -> None:
    """A wrong path is a sentence that names it and the setting."""
    with pytest.raises(ConfigurationError, match=r"There is no store at .*STORE_URL"):
        await SqliteReader.open(path)
    assert not path.exists()


async def test_a_file_that_is_no_store_is_said(path: Path) -> None:
    """Another file is a sentence, too."""
    path.write_bytes(b"not a database, but somebody's file" * 40)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        await SqliteReader.open(path)


async def test_a_table_of_another_shape_is_one_kind_of_error(path: Path) -> None:
    """What SQLite says to a query comes as StoreFailed."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    reader = await SqliteReader.open(path)
    with pytest.raises(StoreFailed, match="no such column"):
        await reader.scan("t")
    await reader.close()


async def test_another_process_may_read(store: SqliteStore, path: Path) -> None:
    """The lock that keeps a second owner out does not keep readers out."""
    await store.put("t", "k", "seen")
    script = (
        "import asyncio, pathlib, sys\n"
        "from bot.store.reading import SqliteReader\n"
        "async def main():\n"
        "    reader = await SqliteReader.open(pathlib.Path(sys.argv[1]), clock=lambda: 0.0)\n"
        "    print(await reader.get('t', 'k'))\n"
        "    await reader.close()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, path, stdout=PIPE)
    said, _ = await process.communicate()
    assert said == b"seen\n"
