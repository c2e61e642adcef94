"""``python -m bot indigo run``: an operator's own GraphQL document, once for each row of variables.

Everything is looked at before anything is sent: the document, and every row. ``--dry-run`` ends there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot import signals
from bot.core.screen import CLEAR_LINE
from bot.errors import (
    ConfigurationError,
    IndigoError,
    IndigoLimited,
    IndigoMisbehaved,
    IndigoNotAsked,
    IndigoRefused,
    IndigoUnreachable,
)
from bot.indigo import bulk
from bot.indigo.bulk import Row, Run, Tally, Task
from bot.indigo.client import Indigo
from bot.indigo.results import Results

if TYPE_CHECKING:
    from bot.indigo.checking import Order

_MOST_PROBLEMS = 20
_MOST_ROWS = 20
_MOST_AT_ONCE = 64
_QUERIES_AT_ONCE = 4
_GRACE = 5.0
_SENTENCES: tuple[tuple[type[IndigoError], str], ...] = (
    (IndigoRefused, "Indigo does not take the token for this. Check INDIGO_TOKEN, and the row's project."),
    (IndigoLimited, "Indigo wants fewer requests. Go on later."),
    (IndigoNotAsked, "Indigo cannot be reached. Check INDIGO_URL and the network."),
    (
        IndigoUnreachable,
        "Answers of Indigo got lost, one after the other. Look there what became of these rows.",
    ),
    (IndigoMisbehaved, "What Indigo sent cannot be understood, time after time."),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSEEN = re.compile(r"[\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Options:
    """What is run, and how.

    Attributes:
        document: a file with GraphQL.
        rows: a file with the variables, one JSON object a line.
        schema: a file with the customer's schema; None: the document is read only.
        results: where it is noted what came of each row; None: beside the rows.
        at_once: rows at the same time; None: one for a mutation, some for a query.
        doubtful: what got lost is sent again, also where it may have been carried out.
    """

    document: Path
    rows: Path
    operation: str = ""
    schema: Path | None = None
    results: Path | None = None
    at_once: int | None = None
    doubtful: bool = False
    dry: bool = False
    resume: bool = False

    @property
    def kept(self) -> Path:
        """Where it is noted what came of each row."""
        return self.results or self.rows.with_name(f"{self.rows.name}.results.jsonl")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after ``run``."""
    parser.add_argument("document", type=Path, help="a file with GraphQL")
    parser.add_argument(
        "--variables",
        dest="rows",
        type=Path,
        metavar="FILE",
        required=True,
        help="one JSON object with the document's variables a line",
    )
    parser.add_argument("--operation", default="", metavar="NAME", help="where the document has several")
    parser.add_argument("--schema", type=Path, metavar="FILE", help="your schema, to check the document with")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help="what came of each row (default: beside the variables, .results.jsonl)",
    )
    parser.add_argument(
        "--concurrency",
        type=_at_once,
        metavar="N",
        help="rows at the same time (default: 1 for a mutation)",
    )
    parser.add_argument("--dry-run", action="store_true", help="check everything, print it, send nothing")
    parser.add_argument("--resume", action="store_true", help="go on with rows that are not done yet")
    parser.add_argument(
        "--retry-doubtful",
        action="store_true",
        help="send again what may have been carried out; only if doing it twice does no harm",
    )


def options(arguments: argparse.Namespace) -> Options:
    """What was typed."""
    return Options(
        document=arguments.document,
        rows=arguments.rows,
        operation=arguments.operation,
        schema=arguments.schema,
        results=arguments.results,
        at_once=arguments.concurrency,
        doubtful=arguments.retry_doubtful,
        dry=arguments.dry_run,
        resume=arguments.resume,
    )


async def run(client: Indigo, options: Options, *, out: TextIO, err: TextIO, grace: float = _GRACE) -> int:
    """Runs the document, and tells what came of it.

    SIGINT or SIGTERM end it with the same report: no more rows are sent, those under way are waited for
    ``grace`` seconds, and what has no answer then is in doubt.

    Returns: the exit code, 0 only if every row is done. Raises ConfigurationError.
    """
    order = await asyncio.to_thread(_order, options)
    rows = await asyncio.to_thread(_rows, order, options)
    # What only reads does no harm when it is done twice.
    again = options.doubtful or not order.changes
    at_once = options.at_once or (1 if order.changes else _QUERIES_AT_ONCE)
    task = Task(order.document, order.operation, order.changes, again, at_once)
    results, tally = Results(options.kept, task.name(client.source)), Tally()
    try:
        notes = await asyncio.to_thread(results.resume) if options.resume else {}
        todo = list(bulk.left(rows, notes, tally, again=again))
        if options.dry:
            await asyncio.to_thread(_show, order, todo, out)
            err.write(f"{_number(len(todo), 'row')} would be sent. Nothing was sent.\n")
            return 0
        if not options.resume:
            await asyncio.to_thread(results.begin)
        screen = _Screen(err, len(rows))
        async with signals.stop_asked() as stop:
            await Run(client, task, results, tally, screen.show, stop, grace).all(iter(todo))
            stopped = stop.is_set()
        screen.end()
    finally:
        await asyncio.to_thread(results.close)
    out.write(_told(tally, options, stopped=stopped))
    return 0 if tally.whole else 1


# -- before anything is sent -------------------------------------------------------------------------------


def _order(options: Options) -> Order:
    """Blocks. Raises ConfigurationError."""
    try:
        from bot.indigo import checking  # noqa: PLC0415 - an extra; exports and reports work without it
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"Running documents needs its extra ({error.name} is missing): pip install '.[indigo]'"
        ) from error
    schema = None if options.schema is None else _text(options.schema)
    return checking.read(_text(options.document), operation=options.operation, schema=schema)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} cannot be read: it is no UTF-8.") from error


def _rows(order: Order, options: Options) -> list[Row]:
    """The rows, all of which fit the operation. Blocks. Raises ConfigurationError."""
    rows, wrong = list[Row](), list[str]()
    for row in bulk.rows(options.rows):
        rows.append(row)
        wrong += [
            f"{options.rows}, line {row.number}: {_safe(each)}" for each in order.problems(row.variables)
        ]
        if len(wrong) >= _MOST_PROBLEMS:
            break
    if wrong:
        raise ConfigurationError("\n".join([*wrong[:_MOST_PROBLEMS], "Nothing was sent."]))
    if not rows:
        raise ConfigurationError(f"{options.rows} has no rows.")
    return rows


def _show(order: Order, rows: Iterable[Row], out: TextIO) -> None:
    """The document, then each row as it would be sent."""
    out.write("".join(f"{_safe(line)}\n" for line in order.document.rstrip().splitlines()) + "\n")
    for row in rows:
        told = {"row": row.number, "operation": order.operation, "variables": row.variables}
        out.write(_UNSEEN.sub(_escaped, json.dumps(told, ensure_ascii=False)) + "\n")


# -- afterwards --------------------------------------------------------------------------------------------


def _told(tally: Tally, options: Options, *, stopped: bool) -> str:
    lines = [f"{_number(tally.done, 'row')} of {tally.rows:,} done."]
    if tally.failed:
        lines.append(f"{len(tally.failed):,} failed:")
        for number, reasons in sorted(tally.failed.items())[:_MOST_ROWS]:
            lines.append(f"  line {number}: {_safe('; '.join(reasons)) or 'no reason given'}")
        if len(tally.failed) > _MOST_ROWS:
            lines.append(f"  … and {len(tally.failed) - _MOST_ROWS:,} more")
    if tally.doubt:
        lines.append(
            f"{len(tally.doubt):,} in doubt, which may have been carried out: {_lines(tally.doubt)}. Look at"
            " Indigo what became of them; --resume leaves them alone unless --retry-doubtful is given."
        )
    if tally.untried:
        lines.append(f"{len(tally.untried):,} not carried out: {_lines(tally.untried)}.")
    if tally.stopped is not None:
        lines.append(_sentence(tally.stopped))
    elif stopped and not tally.whole:
        lines.append("The run was ended from outside.")
    if tally.failed or tally.untried:
        lines.append("Rows that failed or were not carried out can be sent again with --resume.")
    lines.append(f"What came of each row: {options.kept}")
    return "\n".join(lines) + "\n"


def _sentence(error: IndigoError | OSError) -> str:
    if isinstance(error, OSError):
        return (
            f"It ended early: the results cannot be written ({error.strerror}). A row that is done may stand"
            " there as sent; --resume takes it for one in doubt."
        )
    text = next((text for kind, text in _SENTENCES if isinstance(error, kind)), "Indigo could not be asked.")
    return f"It ended early: {text} ({_safe(str(error))})"


def _lines(numbers: Sequence[int]) -> str:
    """``lines 1-3, 7``; every one of them."""
    runs = list[list[int]]()
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return f"line{'' if len(numbers) == 1 else 's'} {', '.join('-'.join(map(str, run)) for run in runs)}"


class _Screen:
    """How far it is, on a line that is drawn over; nothing where nobody looks."""

    def __init__(self, err: TextIO, count: int) -> None:
        self._err = err
        self._count = count
        self._live = err.isatty()

    def show(self, tally: Tally) -> None:
        """After each row."""
        if self._live:
            doubt = f", {len(tally.doubt):,} in doubt" if tally.doubt else ""
            failed = f", {len(tally.failed):,} failed" if tally.failed else ""
            self._err.write(f"{CLEAR_LINE}{tally.done:,} of {self._count:,} rows done{failed}{doubt}")
            self._err.flush()

    def end(self) -> None:
        """Leaves the line empty."""
        if self._live:
            self._err.write(CLEAR_LINE)
            self._err.flush()


def _at_once(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST_AT_ONCE:
        raise argparse.ArgumentTypeError(f"{number} is not between 1 and {_MOST_AT_ONCE}")
    return number


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _safe(text: str) -> str:
    return _CONTROL.sub(" ", text)
