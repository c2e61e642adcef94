"""The embedded store: sqlitedict, used so that nothing acknowledged is lost.

sqlitedict's defaults are not safe for this: it pickles (whoever can write the file runs code here), commits
only when asked, and sets ``synchronous=OFF``. So: a JSON codec, autocommit, ``synchronous`` raised after
opening, WAL, one owner per file, and all calls on one thread of its own, never on the event loop.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlitedict import SqliteDict

from bot.errors import ConfigurationError, StoreFailed, StoreInUse
from bot.store.base import Json

_T = TypeVar("_T")

_LEASES = "leases"


class SqliteStore:
    """A store in one SQLite file; open it with ``await SqliteStore.open(path)``."""

    def __init__(self, path: Path, lock: sqlite3.Connection, *, clock: Callable[[], float]) -> None:
        self._path = path
        self._lock = lock
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._tables: dict[str, SqliteDict] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    @classmethod
    async def open(cls, path: Path, *, clock: Callable[[], float] = time.time) -> SqliteStore:
        """Opens or makes the file; StoreInUse if a process has it, ConfigurationError if it is damaged."""
        await asyncio.to_thread(_prepare, path)
        lock = await asyncio.to_thread(_own, path)
        return cls(path, lock, clock=clock)

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

        def rows() -> list[tuple[str, Json]]:
            keys = sorted(key for key in self._table(table) if key.startswith(prefix))
            return [(key, value) for key in keys if (value := self._read(table, key)) is not None]

        return await self._run(rows)

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
            self._tables[name] = table
            self._drop_expired(table)
        return self._tables[name]

    def _drop_expired(self, table: SqliteDict) -> None:
        now = self._clock()
        for key in [key for key, entry in table.items() if _over(entry, now)]:
            del table[key]

    def _read(self, table: str, key: str) -> Json:
        entry = self._table(table).get(key)
        if entry is None or _over(entry, self._clock()):
            return None
        value: Json = entry["value"]
        return value

    def _write(self, table: str, key: str, value: Json, ttl: float | None) -> None:
        until = None if ttl is None else self._clock() + ttl
        self._table(table)[key] = {"value": value, "until": until}


def _over(entry: dict[str, float | None], now: float) -> bool:
    until = entry["until"]
    return until is not None and until <= now


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
