"""The embedded store: sqlitedict, used so that nothing acknowledged is lost.

sqlitedict's defaults are not safe for this: it pickles (whoever can write the file runs code here), commits
only when asked, and sets ``synchronous=OFF``. So: a JSON codec, a connection of ours (``bot.store.file``)
that commits each statement with ``synchronous=FULL`` and WAL, one owner per file, and all calls on one thread
of its own, never on the event loop.

A call ends, whatever happens to the disk: after ``_LOCKED`` seconds of somebody else's lock, and after
``_SILENT`` seconds in any case.

Expired values are removed when the store is opened and every now and then, by a connection and a thread of
their own; ``secure_delete`` overwrites what is removed, so that it really leaves the disk.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from bot.errors import ConfigurationError, StoreFailed
from bot.store import reading
from bot.store.base import Json
from bot.store.file import File, own, prepare

_T = TypeVar("_T")

_log = logging.getLogger("bot.store")

_LINES = "lines"
#: Seconds that a call waits while somebody else, a copy or a look by hand, has locked the file.
_LOCKED = 2.5
#: Seconds that a call waits for a disk that does not answer, and for the calls before it.
_SILENT = 20.0
#: Seconds that a removal waits for others, and may so hold up writers: less than a call waits.
_REMOVING = 1.0
#: Seconds between two removals of what has expired.
_EVERY = 3600.0
#: Expired values that are removed in one step, which ends with a wait for the disk.
_AT_ONCE = 200
#: A value is written as ``{"value": …, "until": 1790000000.5}``: the end tells when it expires.
_END_CHARS = 48
_UNTIL = re.compile(r'"until": ([\d.e+]+)\}\Z')


class SqliteStore:
    """A store in one SQLite file; open it with ``await SqliteStore.open(path)``."""

    def __init__(
        self,
        path: Path,
        lock: sqlite3.Connection,
        *,
        clock: Callable[[], float],
        every: float,
        silent: float,
    ) -> None:
        self._path = path
        self._lock = lock
        self._clock = clock
        self._silent = silent
        self._file = File(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._closing = asyncio.Event()
        self._removing = asyncio.create_task(self._remove_expired(every), name="store-expiry")

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        every: float = _EVERY,
        silent: float = _SILENT,
    ) -> SqliteStore:
        """Opens or makes the file.

        What has expired is removed before it returns, and then ``every`` so many seconds. A call fails after
        ``silent`` seconds without an answer of the disk.

        Raises:
            StoreInUse: a process has it.
            ConfigurationError: it is damaged, or cannot be read and written; it is left as it is.
        """
        await asyncio.to_thread(prepare, path)
        lock = await asyncio.to_thread(own, path)
        await asyncio.to_thread(_remove_expired, path, clock())
        store = cls(path, lock, clock=clock, every=every, silent=silent)
        try:
            await store._run(lambda: store._file.table(_LINES))
        except StoreFailed as error:
            await store.close()
            raise ConfigurationError(f"The store {path} cannot be used: {error}") from error
        return store

    async def get(self, table: str, key: str) -> Json:
        """The value under ``key``, or None."""
        return await self._run(lambda: self._read(table, key))

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        """Sets the value; on return it is written."""
        await self._run(lambda: self._write(table, key, value, ttl))

    async def put_if_absent(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> bool:
        """Sets the value if there is none, in one step; says whether it did."""

        def claim() -> bool:
            if self._read(table, key) is not None:
                return False
            self._write(table, key, value, ttl)
            return True

        return await self._run(claim)

    async def delete(self, table: str, key: str) -> None:
        """Removes the value, if there is one."""
        await self._run(lambda: self._remove(table, key))

    async def scan(self, table: str, prefix: str = "") -> list[tuple[str, Json]]:
        """All keys that start with ``prefix``, with their values, in the order of the keys."""

        def found() -> list[tuple[str, Json]]:
            return reading.decoded(self._found(table, reading.of_prefix(table, prefix)), self._clock())

        return await self._run(found)

    def rows(
        self, table: str, *, after: str = "", before: str | None = None
    ) -> AsyncGenerator[tuple[str, Json], None]:
        """Keys between the two, without these, with their values, in the order of the keys; page by page."""

        async def read(last: str) -> reading.Page:
            statement = reading.of_page(table, last, before)
            return await self._run(lambda: reading.page(self._found(table, statement), self._clock()))

        return reading.paged(read, after)

    async def join(self, lines: Sequence[str], item: str) -> list[list[str]]:
        """Puts the item at the end of each of the lines in which it does not stand yet, in one step."""
        return await self._change(lines, lambda line: line if item in line else [*line, item])

    async def leave(self, lines: Sequence[str], item: str) -> list[list[str]]:
        """Takes the item out of each of the lines, in one step, and gives them as they are now."""
        return await self._change(lines, lambda line: [each for each in line if each != item])

    async def line(self, name: str) -> list[str]:
        """Who stands in the line, first to last; nobody where there is none."""
        return await self._run(lambda: self._line(name))

    async def lease(self, name: str, ttl: float) -> bool:
        """True: nobody else has the file, and what an earlier process did has ended with it."""
        del name, ttl
        return True

    async def release(self, name: str) -> None:
        """Nobody else waits for it."""

    async def close(self) -> None:
        """Closes the file and gives up its ownership."""
        self._closing.set()
        await self._removing
        await asyncio.get_running_loop().run_in_executor(self._thread, self._file.close)
        self._thread.shutdown()
        self._lock.close()

    async def _run(self, call: Callable[[], _T]) -> _T:
        """Does it on the store's thread. What still waits for its turn when the time is over is not done."""
        if self._closing.is_set():
            raise StoreFailed("the store is closed")
        loop = asyncio.get_running_loop()
        locked = loop.time() + _LOCKED

        def run() -> _T:
            return self._file.run(call, patience=locked - loop.time())

        try:
            async with asyncio.timeout(self._silent):
                return await loop.run_in_executor(self._thread, run)
        except TimeoutError as error:
            raise StoreFailed(f"the disk has not answered for {self._silent:g} s") from error

    async def _change(
        self, names: Sequence[str], change: Callable[[list[str]], list[str]]
    ) -> list[list[str]]:
        """Changes all of the lines or none, and gives them as they are then."""

        def changed() -> list[list[str]]:
            with self._file.transaction():
                for name in names:
                    self._put_line(name, change(self._line(name)))
                return [self._line(name) for name in names]

        return await self._run(changed)

    def _line(self, name: str) -> list[str]:
        line = self._read(_LINES, name)
        return [str(item) for item in line] if isinstance(line, list) else []

    def _put_line(self, name: str, line: list[str]) -> None:
        if line == self._line(name):
            return
        if line:
            self._write(_LINES, name, line, None)
        else:
            self._remove(_LINES, name)

    async def _remove_expired(self, every: float) -> None:
        while not self._closing.is_set():
            try:
                async with asyncio.timeout(every):
                    await self._closing.wait()
            except TimeoutError:
                await asyncio.to_thread(_remove_expired, self._path, self._clock())

    def _read(self, table: str, key: str) -> Json:
        entry = self._file.table(table).get(key)
        return None if entry is None else reading.current(entry, self._clock())

    def _found(self, table: str, statement: reading.Statement) -> list[tuple[str, str]]:
        self._file.table(table)  # makes it where there is none
        return [(key, value) for key, value in self._file.found(*statement)]

    def _write(self, table: str, key: str, value: Json, ttl: float | None) -> None:
        until = None if ttl is None else self._clock() + ttl
        self._file.table(table)[key] = {"value": value, "until": until}

    def _remove(self, table: str, key: str) -> None:
        with suppress(KeyError):
            del self._file.table(table)[key]


def _remove_expired(path: Path, now: float) -> None:
    """Removes what has expired from every table; where somebody is in the way, the next time does it."""
    try:
        with closing(reading.opened(path, "rw", timeout=_REMOVING)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            connection.create_function("until", 1, _until, deterministic=True)
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            if sum(_remove_expired_from(connection, name, now) for (name,) in tables):
                # Until then the log beside the file still holds them.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        _log.warning("What has expired could not be removed from the store: %s", error)


def _remove_expired_from(connection: sqlite3.Connection, table: str, now: float) -> int:
    """Looks without holding up writers, then removes a few at a time what is still expired."""
    name = reading.quoted(table)
    over = f"until(substr(value, -{_END_CHARS})) <= ?"
    keys = connection.execute(f"SELECT key FROM {name} WHERE {over}", (now,)).fetchall()  # noqa: S608 - ours
    for start in range(0, len(keys), _AT_ONCE):
        some = ((key, now) for (key,) in keys[start : start + _AT_ONCE])
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"DELETE FROM {name} WHERE key = ? AND {over}", some)  # noqa: S608 - ours
        connection.execute("COMMIT")
    return len(keys)


def _until(end: str) -> float | None:
    """When the value with this end expires; None where it does not."""
    found = _UNTIL.search(end)
    return float(found.group(1)) if found else None
