"""Indigo.ai in a terminal: exports with their progress, transcripts, members, reports.

What people read goes to ``out``, what they are told meanwhile to ``err``. No control character that Indigo
sends reaches the terminal.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal, TextIO

from bot.charts.pool import ChartPool
from bot.core import exports, values
from bot.core.indigo import charts, dialogue, rows
from bot.core.indigo.figures import DayFigures, Report, Tally, ending_yesterday
from bot.core.indigo.model import Chat, Member
from bot.core.indigo.rows import Style
from bot.core.indigo.schedules import Kind
from bot.core.render import indigo as drawn
from bot.core.screen import CLEAR_LINE, safe
from bot.errors import (
    ConfigurationError,
    IndigoError,
    IndigoFailed,
    IndigoLimited,
    IndigoMisbehaved,
    IndigoRefused,
    IndigoUnreachable,
)
from bot.indigo import checkpoint
from bot.indigo.client import Indigo
from bot.indigo.export import Progress, Wanted, recent
from bot.indigo.export import export as write

Shown = Literal["text", "csv", "jsonl"]

_BAR = 24
#: Seconds from one line of progress to the next where nothing can be drawn over, and where it can.
_SLOW, _FAST = 5.0, 0.1
_MEMBER_COLUMNS = ("user", "email", "role")
_DAY_COLUMNS = ("day", "chats", "messages", "user", "assistant", "good", "bad", "unknown")
#: Chats that are read at the same time for a report; the client lets fewer requests through.
_AT_ONCE = 32

_SENTENCES: tuple[tuple[type[IndigoError], str], ...] = (
    (
        IndigoRefused,
        "Indigo does not take the token for this project. Check INDIGO_TOKEN and INDIGO_PROJECT.",
    ),
    (IndigoLimited, "Indigo wants fewer requests. Try again later, or with a smaller INDIGO_CONCURRENCY."),
    (IndigoUnreachable, "Indigo cannot be reached. Check INDIGO_URL and the network."),
    (IndigoFailed, "Indigo answered with an error."),
    (IndigoMisbehaved, "What Indigo sent cannot be understood."),
)


class Bar:
    """Progress on one line that is drawn over, or on a line now and then where ``err`` is no terminal.

    Args:
        clock: seconds.
    """

    def __init__(self, err: TextIO, *, clock: Callable[[], float]) -> None:
        self._err = err
        self._clock = clock
        self._tty = err.isatty()
        self._next = float("-inf")

    def show(self, done: int, total: int | None, text: str) -> None:
        """Draws how far it is, if it is time to."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + (_FAST if self._tty else _SLOW)
        line = f"{_drawn(done, total)}{text}"
        self._err.write(f"{CLEAR_LINE}{line}" if self._tty else f"{line}\n")
        self._err.flush()

    def end(self) -> None:
        """Leaves the line empty."""
        if self._tty:
            self._err.write(CLEAR_LINE)
            self._err.flush()


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported.

    Attributes:
        since: the first day, in UTC; None: all.
        until: the last day, likewise.
        resume: go on where another run of the same command was cut off.
    """

    path: Path
    style: Style
    since: date | None = None
    until: date | None = None
    resume: bool = False


async def export(client: Indigo, wanted: Export, *, err: TextIO, clock: Callable[[], float]) -> int:
    """Writes all messages into a file; returns the exit code. Raises ConfigurationError."""
    kept = checkpoint.beside(wanted.path)
    asked = Wanted(
        paths={wanted.style: wanted.path},
        source=client.source,
        since=_start(wanted.since),
        until=_start(wanted.until, days=1),
        checkpoint=kept,
    )
    done = await asyncio.to_thread(_resumed, wanted, asked, kept)
    if isinstance(done, str):
        err.write(f"{done}\n")
        return 0
    bar = Bar(err, clock=clock)
    try:
        await asyncio.to_thread(checkpoint.save, kept, done)
        end = await write(client, asked, lambda now: bar.show(now.chats, now.total, _counted(now)), done=done)
    except OSError as error:
        raise ConfigurationError(f"{wanted.path} cannot be written: {error.strerror}.") from error
    except IndigoError as error:
        bar.end()
        err.write(f"{sentence(error)}\nWhat was read is in {wanted.path}; go on with --resume.\n")
        return 1
    bar.end()
    err.write(f"{_counted(end)}: {wanted.path}\n{_skipped(end)}")
    return 1 if end.skipped else 0


def _resumed(wanted: Export, asked: Wanted, kept: Path) -> checkpoint.Checkpoint | str:
    """Where to begin, or a sentence where there is nothing to do. Raises ConfigurationError."""
    done = checkpoint.load(kept)
    if not wanted.resume:
        if wanted.path.exists() or done is not None:
            raise ConfigurationError(f"{wanted.path} is there already: remove it, or go on with --resume.")
        return asked.begin()
    if done is None:
        if wanted.path.exists():
            return f"{wanted.path} is whole; there is nothing to go on with."
        return asked.begin()
    if not done.fits(asked.begin()):
        raise ConfigurationError(
            f"{wanted.path} was begun with other settings or another --since, --until or --format."
        )
    if any(done.lengths.values()) and not wanted.path.exists():
        raise ConfigurationError(f"{wanted.path} is gone; remove {kept} to begin anew.")
    return done


async def transcript(client: Indigo, chat: str, style: Shown, *, out: TextIO, err: TextIO) -> int:
    """Writes what was said in a chat, oldest first, as text without what was hidden; gives the exit code."""
    try:
        messages = [message async for page in client.messages(chat) for message in page.items]
    except IndigoError as error:
        return _failed(error, err)
    if not messages:
        err.write(
            "There is no such chat, or nothing was said in it. Indigo deletes chats after some weeks.\n"
        )
        return 1
    if style == "text":
        out.write(safe(dialogue.text(dialogue.tell(messages))))
        return 0
    lines = (rows.row(style, message) for message in dialogue.ordered(messages))
    out.write("".join([rows.head(style).lstrip("\N{ZERO WIDTH NO-BREAK SPACE}"), *lines]))
    return 0


async def users(client: Indigo, style: Shown, *, out: TextIO, err: TextIO) -> int:
    """Writes who works in the workspace, by role; returns the exit code."""
    try:
        found = [member async for page in client.user_roles() for member in page.items]
    except IndigoError as error:
        return _failed(error, err)
    members = sorted(found, key=lambda each: (each.role.lower(), each.email.lower(), each.user))
    if style != "text":
        _write(
            style, _MEMBER_COLUMNS, ({"user": m.user, "email": m.email, "role": m.role} for m in members), out
        )
        return 0
    sizes = Counter(member.role for member in members)
    out.write("".join(_role(role, sizes[role], members) for role in dict.fromkeys(m.role for m in members)))
    return 0


def _role(role: str, size: int, members: Iterable[Member]) -> str:
    lines = (f"  {safe(m.email) or '(no address)'}  {safe(m.user)}\n" for m in members if m.role == role)
    return f"{safe(role) or '(no role)'} ({size})\n{''.join(lines)}"


@dataclass(frozen=True, slots=True)
class Reporting:
    """Which report, and how.

    Attributes:
        charts: a folder for pictures; None: none are drawn.
        now: the present, in UTC; the report ends with the day before.
    """

    kind: Kind
    style: Shown
    charts: Path | None
    now: datetime


async def report(
    client: Indigo, wanted: Reporting, *, out: TextIO, err: TextIO, clock: Callable[[], float]
) -> int:
    """Counts the last full days at Indigo, and writes them; returns the exit code. Nothing is kept."""
    bar = Bar(err, clock=clock)
    period = ending_yesterday(wanted.kind.days, wanted.now)
    since = datetime.combine(period.before.first, time(), UTC)
    tally = Tally()
    try:
        await _count(client, since, tally, bar)
        made = tally.report(period, known_since=period.before.first)
        bar.end()
        _told(made, wanted, out)
        if wanted.charts is not None:
            await _draw(made, wanted.charts, err)
    except IndigoError as error:
        bar.end()
        return _failed(error, err)
    return 0


async def _count(client: Indigo, since: datetime, tally: Tally, bar: Bar) -> None:
    free, done = asyncio.Semaphore(_AT_ONCE), 0

    async def count(chat: Chat, total: int | None) -> None:
        nonlocal done
        async with free:
            tally.add(chat.id, await recent(client, chat.id, since))
        done += 1
        bar.show(done, total, f"{_number(done, 'chat')} counted")

    async for page in client.conversations(order=""):
        try:
            async with asyncio.TaskGroup() as group:
                for chat in page.items:
                    _ = group.create_task(count(chat, page.total))
        except* IndigoError as errors:
            raise errors.exceptions[0] from None  # one says enough


def _told(made: Report, wanted: Reporting, out: TextIO) -> None:
    if wanted.style == "text":
        text = drawn.report(made, (), zone="UTC", at=wanted.now.timestamp()).text
        out.write(f"{text.replace('*', '')}\n")
        return
    _write(wanted.style, _DAY_COLUMNS, map(_day, made.now.days), out)


def _day(day: DayFigures) -> Mapping[str, object]:
    counts = day.counts
    return {
        "day": day.day.isoformat(),
        "chats": day.chats,
        "messages": counts.messages,
        "user": counts.user,
        "assistant": counts.assistant,
        "good": counts.good,
        "bad": counts.bad,
        "unknown": counts.unknown,
    }


async def _draw(made: Report, folder: Path, err: TextIO) -> None:
    """Pictures of the charts, one after the other."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    pool = ChartPool()
    await pool.start()
    try:
        for number, spec in enumerate(charts.of(made.now, "UTC"), start=1):
            path = folder / f"{number}-{values.file_stem(spec.title)}.png"
            await asyncio.to_thread(path.write_bytes, await pool.render(spec))
            err.write(f"{path}\n")
    finally:
        await pool.close()


async def check(client: Indigo, *, out: TextIO, err: TextIO) -> int:
    """Asks one small question: whether the settings are good, and what the server is like."""
    try:
        found = await client.probe()
    except IndigoError as error:
        return _failed(error, err)
    chats = "how many chats there are is not told" if found.chats is None else f"{found.chats:,} chats"
    order = f"newest first by {safe(found.order)}" if found.order else "no order is known to be newest first"
    pages = (
        "pages tell what is before them, too" if found.full_pages else "pages have the documented fields only"
    )
    out.write(f"Indigo answers in {found.seconds * 1000:.0f} ms: {chats}; {order}; {pages}.\n")
    return 0


# -- parts of all of them ----------------------------------------------------------------------------------


def sentence(error: IndigoError) -> str:
    """What went wrong, and what can be done; with Indigo's own words behind it."""
    text = next((text for kind, text in _SENTENCES if isinstance(error, kind)), "Indigo could not be asked.")
    return f"{text} ({safe(str(error))})"


def _failed(error: IndigoError, err: TextIO) -> int:
    err.write(f"{sentence(error)}\n")
    return 1


def _write(style: Style, columns: Sequence[str], told: Iterable[Mapping[str, object]], out: TextIO) -> None:
    if style == "csv":
        out.write(exports.line(columns))
        out.writelines(exports.line(_field(row[name]) for name in columns) for row in told)
        return
    out.writelines(values.clean(json.dumps(dict(row), ensure_ascii=False)) + "\n" for row in told)


def _field(value: object) -> str:
    return str(value) if isinstance(value, int) else exports.text(values.clean(str(value)))


def _drawn(done: int, total: int | None) -> str:
    if not total:
        return ""
    share = min(done / total, 1.0)
    full = round(share * _BAR)
    return f"[{'#' * full}{'.' * (_BAR - full)}] {share:4.0%}  "


def _counted(now: Progress) -> str:
    return f"{_number(now.chats, 'chat')}, {_number(now.messages, 'message')}"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _skipped(end: Progress) -> str:
    if not end.skipped:
        return ""
    return (
        f"{_number(len(end.skipped), 'chat')} could not be read: {', '.join(map(safe, end.skipped[:20]))}\n"
    )


def _start(day: date | None, *, days: int = 0) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC) + timedelta(days=days)
