"""Reading the SQLite store: the statements, and a reader beside the running app.

The reader has a connection of its own that cannot write (``mode=ro``), and takes no part in the ownership of
the file: with a write-ahead log neither waits for the other (sqlite.org/wal.html).
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.errors import ConfigurationError, StoreFailed
from bot.store.base import Json

_T = TypeVar("_T")

#: Rows that are read at once.
_PAGE = 500
#: Behind every key: SQLite compares texts by their code points.
_BEHIND_ALL = "\U0010ffff"

Statement = tuple[str, tuple[str, ...]]
Row = tuple[str, Json]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a table.

    Attributes:
        rows: keys and values, without what is over.
        last: where the next page begins; None at the end.
    """

    rows: list[Row]
    last: str | None


def quoted(table: str) -> str:
    """The name of a table as it stands in a statement."""
    return '"' + table.replace('"', '""') + '"'


def of_prefix(table: str, prefix: str) -> Statement:
    """Finds the keys that start with ``prefix`` by their index, in their order."""
    return _ordered(table, "key >= ? AND key < ?"), (prefix, prefix + _BEHIND_ALL)


def of_page(table: str, after: str, before: str | None) -> Statement:
    """Finds the first keys between the two, without these."""
    return f"{_ordered(table, 'key > ? AND key < ?')} LIMIT {_PAGE}", (after, before or _BEHIND_ALL)


def _ordered(table: str, which: str) -> str:
    return f"SELECT key, value FROM {quoted(table)} WHERE {which} ORDER BY key"  # noqa: S608 - names of ours


def opened(path: Path, mode: str, *, timeout: float = 5.0) -> sqlite3.Connection:
    """A connection (``mode`` ro or rw) to a file that is there: SQLite would make one that is not."""
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)


def entry(raw: str) -> Mapping[str, Json]:
    """A stored entry ``{"value": …, "until": …}``; StoreFailed where it is none."""
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not {"value", "until"} <= found.keys():
        raise StoreFailed("a stored value is damaged")
    return found


def current(entry: Mapping[str, Json], now: float) -> Json:
    """The value of a stored entry, or None where it is over."""
    until = entry["until"]
    return None if isinstance(until, int | float) and until <= now else entry["value"]


def decoded(found: Iterable[tuple[str, str]], now: float) -> list[Row]:
    """What a statement found, without what is over."""
    rows = ((key, current(entry(raw), now)) for key, raw in found)
    return [(key, value) for key, value in rows if value is not None]


def page(found: list[tuple[str, str]], now: float) -> Page:
    """What ``of_page`` found."""
    return Page(decoded(found, now), found[-1][0] if len(found) == _PAGE else None)


async def paged(read: Callable[[str], Awaitable[Page]], after: str) -> AsyncGenerator[Row, None]:
    """The rows of all pages; ``read`` gets the key that a page begins behind."""
    last: str | None = after
    while last is not None:
        each = await read(last)
        for row in each.rows:
            yield row
        last = each.last


class SqliteReader:
    """A store's file for reading alone, whether its owner runs or not; open it with ``await open(path)``."""

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._clock = clock

    @classmethod
    async def open(cls, path: Path, *, clock: Callable[[], float] = time.time) -> SqliteReader:
        """Opens the file; ConfigurationError if there is none, or it cannot be read."""
        return cls(await asyncio.to_thread(_connected, path), clock)

    async def get(self, table: str, key: str) -> Json:
        """The value under ``key``, or None."""
        rows = await self._run(lambda: decoded(self._found(table, _of_key(table, key)), self._clock()))
        return rows[0][1] if rows else None

    async def scan(self, table: str, prefix: str = "") -> list[Row]:
        """All keys that start with ``prefix``, with their values, in the order of the keys."""
        return await self._run(lambda: decoded(self._found(table, of_prefix(table, prefix)), self._clock()))

    def rows(self, table: str, *, after: str = "", before: str | None = None) -> AsyncGenerator[Row, None]:
        """Keys between the two, without these, with their values, in the order of the keys; page by page."""

        async def read(last: str) -> Page:
            return await self._run(
                lambda: page(self._found(table, of_page(table, last, before)), self._clock())
            )

        return paged(read, after)

    async def close(self) -> None:
        """Lets go of the file."""
        await asyncio.to_thread(self._connection.close)

    async def _run(self, call: Callable[[], _T]) -> _T:
        try:
            return await asyncio.to_thread(call)
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error

    def _found(self, table: str, statement: Statement) -> list[tuple[str, str]]:
        """A table is made with its first value; before, nothing is found."""
        known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        if self._connection.execute(known, (table,)).fetchone() is None:
            return []
        return self._connection.execute(*statement).fetchall()


def _of_key(table: str, key: str) -> Statement:
    return _ordered(table, "key = ?"), (key,)


def _connected(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise ConfigurationError(f"There is no store at {path}; is STORE_URL the one that the app runs with?")
    connection = None
    try:
        connection = opened(path, "ro")
        connection.execute("SELECT name FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        sentence = f"The store {path} cannot be read by this user of the system ({error})"
        raise ConfigurationError(sentence) from error
    return connection
