"""The embedded store: sqlitedict, used so that nothing acknowledged is lost.

sqlitedict's defaults are not safe for this: it pickles (whoever can write the file runs code here), commits
only when asked, and sets ``synchronous=OFF``. So: a JSON codec, autocommit, ``synchronous`` raised after
opening, WAL, one owner per file, and all calls on one thread of its own, never on the event loop.

Expired values are removed when the store is opened and every now and then, by a connection and a thread of
their own; ``secure_delete`` overwrites what is removed, so that it really leaves the disk.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sqlite3
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlitedict import SqliteDict

from bot.errors import ConfigurationError, StoreFailed, StoreInUse
from bot.store import reading
from bot.store.base import Json

_T = TypeVar("_T")

_log = logging.getLogger("bot.store")

_LEASES = "leases"
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
        self, path: Path, lock: sqlite3.Connection, *, clock: Callable[[], float], every: float
    ) -> None:
        self._path = path
        self._lock = lock
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._tables: dict[str, SqliteDict] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._closing = asyncio.Event()
        self._removing = asyncio.create_task(self._remove_expired(every), name="store-expiry")

    @classmethod
    async def open(
        cls, path: Path, *, clock: Callable[[], float] = time.time, every: float = _EVERY
    ) -> SqliteStore:
        """Opens or makes the file; StoreInUse if a process has it, ConfigurationError if it is damaged.

        What has expired is removed before it returns, and then ``every`` so many seconds.
        """
        await asyncio.to_thread(_prepare, path)
        lock = await asyncio.to_thread(_own, path)
        await asyncio.to_thread(_remove_expired, path, clock())
        return cls(path, lock, clock=clock, every=every)

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
        await self._run(lambda: self._table(table).pop(key, None))

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

    async def lease(self, name: str, ttl: float) -> bool:
        """Takes or keeps the right to do ``name`` for ``ttl`` seconds; False where somebody else has it."""

        def take() -> bool:
            if self._read(_LEASES, name) not in {None, self._owner}:
                return False
            self._write(_LEASES, name, self._owner, ttl)
            return True

        return await self._run(take)

    async def close(self) -> None:
        """Closes the file and gives up its ownership."""
        self._closing.set()
        await self._removing
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()
        self._lock.close()

    async def _run(self, call: Callable[[], _T]) -> _T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, call)
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error

    def _close(self) -> None:
        for table in self._tables.values():
            table.close()
        self._tables.clear()

    def _table(self, name: str) -> SqliteDict:
        if name not in self._tables:
            table = SqliteDict(
                str(self._path),
                tablename=name,
                autocommit=True,
                journal_mode="WAL",
                encode=json.dumps,
                decode=json.loads,
            )
            table.conn.execute("PRAGMA synchronous=FULL")
            table.conn.execute("PRAGMA secure_delete=ON")
            self._tables[name] = table
        return self._tables[name]

    async def _remove_expired(self, every: float) -> None:
        while not self._closing.is_set():
            try:
                async with asyncio.timeout(every):
                    await self._closing.wait()
            except TimeoutError:
                await asyncio.to_thread(_remove_expired, self._path, self._clock())

    def _read(self, table: str, key: str) -> Json:
        entry = self._table(table).get(key)
        return None if entry is None else reading.current(entry, self._clock())

    def _found(self, table: str, statement: reading.Statement) -> list[tuple[str, str]]:
        return list(self._table(table).conn.select(*statement))

    def _write(self, table: str, key: str, value: Json, ttl: float | None) -> None:
        until = None if ttl is None else self._clock() + ttl
        self._table(table)[key] = {"value": value, "until": until}


def _remove_expired(path: Path, now: float) -> None:
    """Removes what has expired from every table; where somebody is in the way, the next time does it."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
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


def _prepare(path: Path) -> None:
    """Looks at the file before sqlitedict does, whose thread would report damage only later."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        connection = sqlite3.connect(path)
        try:
            damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(f"The store {path} cannot be opened: {error}") from error
    if damage != "ok":
        raise ConfigurationError(f"The store {path} is damaged ({damage}); move it away or restore a copy.")


def _own(path: Path) -> sqlite3.Connection:
    """Holds an exclusive lock on a file beside the store; the system lets go of it when the process ends."""
    lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise StoreInUse(f"Another process uses the store {path}; only one may.") from error
    return lock
