"""The embedded store on a disk that is full, locked, damaged, broken or slow."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, StoreFailed, StoreInUse
from bot.store.sqlite import SqliteStore

#: Seconds that a call may wait for somebody else's lock, and as many again for a machine that is busy.
IN_TIME = 5.0
BIG = "x" * 100_000
Call = Callable[[SqliteStore], Awaitable[object]]
WRITES: dict[str, Call] = {
    "put": lambda store: store.put("t", "k", BIG),
    "claim": lambda store: store.put_if_absent("t", "new", BIG),
    "join": lambda store: store.join(["a", "b"], BIG),
    "leave": lambda store: store.leave(["full"], "x"),
    "delete": lambda store: store.delete("t", "0001"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "the store?.sqlite"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    """A store with a thousand values, whose pages are in the file alone, and a line."""
    first = await SqliteStore.open(path)
    await asyncio.gather(*(first.put("t", f"{number:04}", "y" * 200) for number in range(1_000)))
    await first.join(["full"], "x")
    await first.close()
    store = await SqliteStore.open(path)
    yield store
    await store.close()


async def fails(store: SqliteStore, names: tuple[str, ...] = tuple(WRITES), match: str | None = None) -> None:
    for name in names:
        with pytest.raises(StoreFailed, match=match):
            await WRITES[name](store)


async def works(store: SqliteStore) -> None:
    """As if nothing had been; the failed calls left nothing."""
    assert await store.get("t", "new") is None
    assert [await store.line(name) for name in ("a", "b", "full")] == [[], [], ["x"]]
    for call in WRITES.values():
        await call(store)
    assert await store.get("t", "k") == await store.get("t", "new") == BIG
    assert await store.get("t", "0001") is None
    assert [await store.line(name) for name in ("a", "b", "full")] == [[BIG], [BIG], []]


async def in_file(path: Path, key: str) -> bool:
    """A process that starts now would find it."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT 1 FROM t WHERE key = ?", (key,)).fetchone() is not None


# -- full ------------------------------------------------------------------------------------------------


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system refuses to make any file of this process longer (EFBIG, where a full disk gives ENOSPC)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_that_takes_no_more_fails_writes(store: SqliteStore, path: Path) -> None:
    """Nothing is acknowledged that is not in the file, reads go on, and with room all works again."""
    with files_of_at_most(40_000):
        await fails(store, ("put", "claim", "join"))
        assert not await in_file(path, "new")
        assert await store.get("t", "0500") == "y" * 200
        assert await store.line("full") == ["x"]
    await works(store)


async def test_what_was_acknowledged_before_the_disk_was_full_is_there(path: Path) -> None:
    """Each put either raises or is found by the next process, while the disk fills up."""
    store = await SqliteStore.open(path)
    done, failed = set(), set()
    with files_of_at_most(1_000_000):
        for number in range(20):
            try:
                await store.put("t", f"{number:02}", BIG)
            except StoreFailed:
                failed.add(f"{number:02}")
            else:
                done.add(f"{number:02}")
        await store.close()
    assert done
    assert failed
    again = await SqliteStore.open(path)
    assert {key for key, _ in await again.scan("t")} == done
    await again.close()


async def test_a_full_file_is_said_in_sqlite_s_words(store: SqliteStore) -> None:
    """The reason is in the error, for the log."""
    await store._run(lambda: store._file.found("PRAGMA max_page_count=1"))
    with pytest.raises(StoreFailed, match="database or disk is full"):
        await store.put("t", "k", BIG)
    await works(store)


# -- locked ----------------------------------------------------------------------------------------------


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else, a tool or a hand, writes to the file and does not end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def test_a_locked_file_fails_all_writes_in_time(store: SqliteStore, path: Path) -> None:
    """However many wait, none waits longer than the first; reads go on; afterwards all works."""
    with locked(path):
        async with asyncio.timeout(IN_TIME):
            waiting = [fails(store, (name,), "locked") for name in WRITES for _ in range(10)]
            await asyncio.gather(*waiting)
        assert await store.get("t", "0500") == "y" * 200
    await works(store)


async def test_a_short_lock_is_waited_for(store: SqliteStore, path: Path) -> None:
    """A copy that is made while the app runs costs nobody an answer."""
    with locked(path):
        put = asyncio.create_task(store.put("t", "k", 1))
        await turns_of_the_loop(100)
        assert not put.done()
    await put
    assert await in_file(path, "k")


# -- slow ------------------------------------------------------------------------------------------------


async def turns_of_the_loop(turns: int) -> float:
    """The longest of so many turns, in seconds."""
    loop = asyncio.get_running_loop()
    longest, before = 0.0, loop.time()
    for _ in range(turns):
        await asyncio.sleep(0)
        longest, before = max(longest, loop.time() - before), loop.time()
    return longest


async def test_a_slow_call_does_not_hold_up_the_loop(store: SqliteStore, path: Path) -> None:
    """While a call waits for seconds, everything else goes on."""
    with locked(path):
        put = asyncio.create_task(store.put("t", "k", 1))
        longest = 0.0
        while not put.done():
            longest = max(longest, await turns_of_the_loop(1_000))
        assert longest < 1
        with pytest.raises(StoreFailed):
            await put


async def test_a_disk_that_does_not_answer_fails_calls(path: Path) -> None:
    """A call ends without the disk, what waited behind it is not done later, and then all works again."""
    store = await SqliteStore.open(path, silent=0.2)
    with locked(path):
        first = asyncio.create_task(store.put("t", "first", 1))
        second = asyncio.create_task(store.put("t", "second", 1))
        for each in (first, second):
            with pytest.raises(StoreFailed, match="has not answered"):
                await each
    # The first one was under way; nobody can say before the next call is through what became of it.
    await eventually(lambda: store.put("t", "third", 1))
    assert await store.get("t", "second") is None
    await store.close()


async def eventually(call: Callable[[], Awaitable[None]]) -> None:
    """Repeats the call until it does not fail."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await call()
            except StoreFailed:
                continue


async def test_a_closed_store_fails_calls(path: Path) -> None:
    """What still runs when the app ends hears one kind of error."""
    store = await SqliteStore.open(path)
    await store.close()
    with pytest.raises(StoreFailed, match="closed"):
        await store.get("t", "k")


# -- damaged while it runs -------------------------------------------------------------------------------


@contextmanager
def damaged(path: Path, start: int, end: int | None = None) -> Iterator[None]:
    """Part of the file holds something else."""
    whole = path.read_bytes()
    end = len(whole) if end is None else end
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * (end - start))
    yield
    with path.open("r+b") as file:
        file.seek(start)
        file.write(whole[start:end])


async def test_pages_that_went_bad_fail_reads_in_time(store: SqliteStore, path: Path) -> None:
    """Every way of reading raises and none waits for ever, and when the pages are back all works again."""
    with damaged(path, 4096 * 8):
        async with asyncio.timeout(IN_TIME):
            for read in (store.scan("t"), anext(store.rows("t")), store.get("t", "0700")):
                with pytest.raises(StoreFailed, match="malformed"):
                    await read
    assert len(await store.scan("t")) == 1_000
    await works(store)


async def test_a_head_that_went_bad_fails_calls(store: SqliteStore, path: Path) -> None:
    """What is no database any more is not made one."""
    with damaged(path, 0, 4096):
        await store._run(store._file.close)
        await fails(store)
        with pytest.raises(StoreFailed, match="not a database"):
            await store.get("t", "0500")
    await works(store)


async def test_a_value_that_went_bad_fails_its_reads_only(store: SqliteStore, path: Path) -> None:
    """What is no JSON any more cannot be read; all other values can, and it can be removed."""
    for raw in ("{not json", "[1]", '{"value": 1}'):
        with closing(sqlite3.connect(path)) as other:
            other.execute("UPDATE t SET value = ? WHERE key = '0500'", (raw,))
            other.commit()
        with pytest.raises(StoreFailed, match="damaged"):
            await store.get("t", "0500")
        with pytest.raises(StoreFailed, match="damaged"):
            await store.scan("t")
    await store.delete("t", "0500")
    assert await store.get("t", "0500") is None
    assert len(await store.scan("t")) == 999
    await works(store)


async def test_a_line_that_went_bad_changes_no_other(store: SqliteStore, path: Path) -> None:
    """Either all lines of a step are changed or none, and the next step is not disturbed."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO lines VALUES ('bad', '{not json')")
        other.commit()
    for step in (store.join, store.leave):
        with pytest.raises(StoreFailed, match="damaged"):
            await step(["a", "full", "bad"], "x" if step == store.leave else "new")
    await works(store)


async def test_a_file_that_was_removed_fails_calls_until_it_is_back(store: SqliteStore, path: Path) -> None:
    """Nothing is acknowledged into a file that has no name any more, and none is made in its place."""
    away = path.with_suffix(".away")
    path.rename(away)
    await fails(store, match="unable to open")
    assert not path.exists()
    away.rename(path)
    await works(store)


# -- damaged at the start --------------------------------------------------------------------------------


def no_database(path: Path) -> None:
    path.write_bytes(b"not a database, but somebody's file" * 400)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[4096 * 8 : 4096 * 12] = b"\xff" * 4096 * 4
    path.write_bytes(raw)


@pytest.mark.parametrize("harm", [no_database, truncated, overwritten])
@pytest.mark.parametrize("log", [False, True])
async def test_a_damaged_file_ends_the_start_and_is_kept(
    path: Path, harm: Callable[[Path], None], *, log: bool
) -> None:
    """A sentence, and not one byte is changed, also where a log of an earlier process lies beside it."""
    store = await SqliteStore.open(path)
    await asyncio.gather(*(store.put("t", f"{number:04}", "y" * 200) for number in range(1_000)))
    await store._run(lambda: store._file.found("PRAGMA wal_checkpoint(TRUNCATE)"))
    raw = path.read_bytes()
    await store.put("t", "0500", "in the log")
    wal = path.with_name(f"{path.name}-wal").read_bytes()
    await store.close()
    path.write_bytes(raw)
    harm(path)
    if log:
        path.with_name(f"{path.name}-wal").write_bytes(wal)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match=r"^The store .* (damaged|cannot be opened)"):
        await SqliteStore.open(path)
    assert path.read_bytes() == before


async def test_a_folder_in_its_place_ends_the_start(path: Path) -> None:
    """A folder is no store, and stays as it is."""
    path.mkdir()
    (path / "of somebody").touch()
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        await SqliteStore.open(path)
    assert [each.name for each in path.iterdir()] == ["of somebody"]


async def test_a_file_where_the_folder_should_be_ends_the_start(path: Path) -> None:
    """The sentence names the store."""
    path.touch()
    with pytest.raises(ConfigurationError, match=r"the store\?.sqlite"):
        await SqliteStore.open(path / "store.sqlite")


async def test_a_lock_that_cannot_be_made_is_not_somebody_s(path: Path) -> None:
    """The sentence does not send anybody to look for a process that is not there."""
    path.with_name(f"{path.name}.lock").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be locked") as caught:
        await SqliteStore.open(path)
    assert not isinstance(caught.value, StoreInUse)


async def test_a_disk_that_is_full_at_the_start_is_said(path: Path) -> None:
    """A file in which nothing can be written ends the start, and lets go of it."""
    with files_of_at_most(0), pytest.raises(ConfigurationError, match="cannot be"):
        await SqliteStore.open(path)
    await (await SqliteStore.open(path)).close()


async def test_what_was_half_made_when_it_was_killed_is_taken_up(path: Path) -> None:
    """A journal from before the file had its log is taken back, and the start goes on."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (key TEXT PRIMARY KEY, value BLOB)")
        other.execute("PRAGMA cache_size=1")
        other.execute("BEGIN IMMEDIATE")
        other.executemany("INSERT INTO t VALUES (?, ?)", ((str(n), "z" * 4_000) for n in range(100)))
        journal = path.with_name(f"{path.name}-journal")
        half, log = path.read_bytes(), journal.read_bytes()
        other.execute("ROLLBACK")
    path.write_bytes(half)
    journal.write_bytes(log)
    store = await SqliteStore.open(path)
    assert await store.scan("t") == []
    await store.close()
