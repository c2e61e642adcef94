"""The file of the embedded store: looked at before it is used, owned by one process, used by one thread.

sqlitedict gives every table a connection on a thread of its own. That thread ends with an error that comes up
while rows are read or a transaction is committed, and whoever waits for its answer then waits for ever. Here
all tables share one connection without a thread: an error is raised by the statement that failed, and several
values can be changed in one transaction.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from sqlitedict import SqliteDict

from bot.errors import ConfigurationError, StoreFailed, StoreInUse
from bot.store import reading

_T = TypeVar("_T")

_Values = Sequence[str]
_Found = tuple[str, ...]


class File:
    """The store's file, for one thread. After an error its connection is made anew at the next call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._tables: dict[str, SqliteDict] = {}

    def run(self, call: Callable[[], _T], *, patience: float) -> _T:
        """Does something with the file; waits at most ``patience`` seconds while somebody else has locked it.

        Raises StoreFailed for whatever SQLite says. What a failed call had begun to write is taken back.
        """
        try:
            self._connect(patience)
            return call()
        except sqlite3.Error as error:
            self.close()
            raise StoreFailed(str(error)) from error

    def table(self, name: str) -> SqliteDict:
        """A table as a dictionary of JSON values; it is made where there is none."""
        if name not in self._tables:
            self._tables[name] = _Table(self._path, name, _Statements(self.found))
        return self._tables[name]

    def found(self, statement: str, values: _Values = ()) -> list[_Found]:
        """All that a statement finds; outside of a transaction, what it writes is on the disk on return."""
        if self._connection is None:
            raise sqlite3.InterfaceError("the store's file is not open")
        return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written in the block is written, or nothing is."""
        self.found("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.close()  # takes everything back
            raise
        self.found("COMMIT")

    def close(self) -> None:
        """Lets go of the file."""
        self._tables.clear()
        if self._connection is not None:
            with suppress(sqlite3.Error):  # it is given up because of an error, more often than not
                self._connection.close()
        self._connection = None

    def _connect(self, patience: float) -> None:
        """SQLite would go on writing to a file that was removed, and make a new one where there is none."""
        if self._connection is not None and self._identity != _identity(self._path):
            self.close()
        if self._connection is None:
            self._connection, self._identity = _connected(self._path, patience), _identity(self._path)
        self.found(f"PRAGMA busy_timeout={max(0, round(patience * 1000))}")


class _Statements:
    """What sqlitedict asks of its connection, without a thread; SQLite commits each statement by itself."""

    autocommit = False

    def __init__(self, found: Callable[[str, _Values], list[_Found]]) -> None:
        self._found = found

    def execute(self, statement: str, values: _Values = ()) -> None:
        self._found(statement, values)

    def select_one(self, statement: str, values: _Values = ()) -> _Found | None:
        rows = self._found(statement, values)
        return rows[0] if rows else None

    def commit(self, blocking: bool = True) -> None:  # noqa: FBT001, FBT002 - as sqlitedict calls it
        """A statement outside of a transaction is committed already."""

    def close(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - as sqlitedict calls it
        """The file is closed by its owner, not with a table."""


class _Table(SqliteDict):  # type: ignore[misc]  # sqlitedict has no types
    def __init__(self, path: Path, name: str, statements: _Statements) -> None:
        self._statements = statements
        super().__init__(str(path), tablename=name, encode=json.dumps, decode=reading.entry)

    def _new_conn(self) -> _Statements:
        return self._statements


def _connected(path: Path, patience: float) -> sqlite3.Connection:
    """A connection that has every commit on the disk before it returns, and overwrites what it removes."""
    connection = reading.opened(path, "rw", timeout=max(0.0, patience))
    try:
        connection.execute("PRAGMA journal_mode=WAL").fetchone()
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def prepare(path: Path) -> None:
    """Makes the file where there is none; ConfigurationError where there is one that is no sound store.

    Nothing is written to a file that was there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        damage = _damage(path)
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(f"The store {path} cannot be opened: {error}") from error
    if damage != "ok":
        raise ConfigurationError(f"The store {path} is damaged ({damage}); move it away or restore a copy.")


def _damage(path: Path) -> str:
    """The first fault of the file, or ``ok``.

    Whoever closes a file last moves the log beside it into it, unless it can only read. Where a process was
    killed before there was such a log, its ``-journal`` has to be taken back before anything can be read.
    """
    mode = "rw" if path.with_name(f"{path.name}-journal").exists() else "ro"
    with closing(reading.opened(path, mode)) as connection:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])


def own(path: Path) -> sqlite3.Connection:
    """Holds an exclusive lock on a file beside the store; the system lets go of it when the process ends.

    Raises:
        StoreInUse: another process holds it.
        ConfigurationError: the lock's file cannot be made.
    """
    lock = None
    try:
        lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if lock is not None:
            lock.close()
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            raise StoreInUse(f"Another process uses the store {path}; only one may.") from error
        raise ConfigurationError(f"The store {path} cannot be locked: {error}") from error
    return lock


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever its name; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - once for every call to the store
    except OSError:
        return None
    return found.st_dev, found.st_ino
