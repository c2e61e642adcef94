"""What the store holds about people's deeds and opinions, as files: the audit trail and the feedback.

Rows go out as they are read, so a year takes no more memory than a day. CSV is RFC 4180 with a header, and no
spreadsheet runs what somebody typed into Slack; JSON has one object a line. Times are ISO 8601 in UTC.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, TextIO

from bot import audit as trail
from bot.core import exports, values
from bot.core.stored import Reader
from bot.errors import ConfigurationError
from bot.store.base import Reads

Style = Literal["csv", "jsonl"]
Row = Mapping[str, object]

_FEEDBACK = "feedback"
_AUDIT_COLUMNS = (
    "at", "what", "team", "channel", "thread", "user", "identity", "turn", "domain", "question", "outcome",
    "details",
)  # fmt: skip
_FEEDBACK_COLUMNS = (
    "at", "team", "turn", "user", "good", "reason", "text", "conversation_id", "message_id",
)  # fmt: skip


async def audit(store: Reads, *, since: date | None, until: date | None, style: Style, out: TextIO) -> int:
    """Writes the audit trail of these days, both included, oldest first; says how many entries it has.

    Args:
        store: where it stands; may raise StoreFailed.
        since: the first day, in UTC; None: the oldest that is kept.
        until: the last day, likewise.
        style: CSV, or JSON with one object a line.
        out: takes the text; its line ends must stay as they are (``newline=""``).
    """
    return await _write(_audit_rows(store, since, until), _AUDIT_COLUMNS, style, out)


async def feedback(store: Reads, *, since: date | None, until: date | None, style: Style, out: TextIO) -> int:
    """Writes what readers said in these days, both included, answer by answer; as ``audit`` does."""
    return await _write(_feedback_rows(store, since, until), _FEEDBACK_COLUMNS, style, out)


def day(text: str) -> date:
    """A day as written on the command line: ``2026-11-28``; raises ValueError."""
    return date.fromisoformat(text)


@contextmanager
def output(path: Path | None, style: Style) -> Iterator[TextIO]:
    """Where an export goes: standard output, or a file that only its owner may read.

    The file gets its name when all of it is written: until then, and after an error, the one before is there.
    As CSV it has a byte order mark, for spreadsheets. Raises ConfigurationError where it cannot be made.
    """
    if path is None:
        with _standard_output() as out:
            yield out
        return
    if path.exists() and not path.is_file():
        raise ConfigurationError(f"{path} is not a file.")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        encoding = "utf-8-sig" if style == "csv" else "utf-8"
        with os.fdopen(descriptor, "w", encoding=encoding, newline="") as out:
            yield out
            out.flush()
            os.fsync(descriptor)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    """Whoever reads may stop reading (docs.python.org/3/library/signal.html#note-on-sigpipe)."""
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# -- rows ------------------------------------------------------------------------------------------------


async def _audit_rows(store: Reads, since: date | None, until: date | None) -> AsyncIterator[Row]:
    async for entry in trail.entries(store, since, until):
        yield {**asdict(entry), "at": _moment(entry.at)}


async def _feedback_rows(store: Reads, since: date | None, until: date | None) -> AsyncIterator[Row]:
    """Keys are ``team:turn:user``, so the days are looked at one by one."""
    async for key, value in store.rows(_FEEDBACK):
        read = Reader(value)
        at = read.number("at") or 0.0
        day = datetime.fromtimestamp(at, UTC).date()
        if (since is None or since <= day) and (until is None or day <= until):
            texts = ("turn", "user", "reason", "text", "conversation_id", "message_id")
            yield {
                "at": _moment(at),
                "team": key.partition(":")[0],
                "good": read.flag("good"),
                **{name: read.text(name) for name in texts},
            }


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


# -- styles ----------------------------------------------------------------------------------------------


async def _write(rows: AsyncIterable[Row], columns: tuple[str, ...], style: Style, out: TextIO) -> int:
    write: Callable[[Row], str] = _json_line
    if style == "csv":
        out.write(exports.line(columns))
        write = _csv_line
    count = 0
    async for row in rows:
        out.write(write({name: row[name] for name in columns}))
        count += 1
    return count


def _csv_line(row: Row) -> str:
    return exports.line(exports.text(values.clean(_field(value))) for value in row.values())


def _field(value: object) -> str:
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False) if value else ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json_line(row: Row) -> str:
    return values.clean(json.dumps(row, ensure_ascii=False)) + "\n"
