"""Many runs of one GraphQL operation: a row of variables each, and for each row it is told what came of it.

What changes something is sent once and no second time, unless it surely was not carried out. Where nobody
can know, the row is in doubt: it is neither done nor failed, and a later run leaves it alone unless told
otherwise.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, Protocol

from bot.errors import (
    ConfigurationError,
    IndigoError,
    IndigoFailed,
    IndigoMisbehaved,
    IndigoNotAsked,
    IndigoRefused,
    IndigoUnreachable,
)
from bot.indigo.results import Note, Outcome, Results

#: Rows in doubt, one directly after the other, after which there is no point in going on.
_MOST_DOUBT = 5
#: Seconds that rows under way get when the run shall end.
_GRACE = 5.0


class Upstream(Protocol):
    """What a bulk run asks of the client."""

    async def run(
        self,
        document: str,
        variables: Mapping[str, object],
        operation: str | None = None,
        *,
        retry_doubtful: bool = False,
    ) -> Mapping[str, object]:
        """Runs a document and gives its data; raises IndigoError."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file of variables.

    Attributes:
        number: of the line, from 1.
    """

    number: int
    variables: Mapping[str, object] = field(repr=False)

    @property
    def digest(self) -> str:
        """Tells a changed row from the one that was sent."""
        written = json.dumps(self.variables, sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Task:
    """What is run.

    Attributes:
        changes: it is a mutation: a row that got lost may have been carried out.
        again: what got lost is sent again all the same.
        at_once: rows that are under way at the same time.
    """

    document: str
    operation: str | None
    changes: bool
    again: bool
    at_once: int = 1

    def name(self, source: str) -> str:
        """Names the document and its operation at a workspace, for the file of results."""
        written = "\n".join((source, self.operation or "", self.document))
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(slots=True)
class Tally:
    """What came of the rows.

    Attributes:
        failed: Indigo's reasons by row, untrusted.
        doubt: rows of which nobody knows whether they were carried out.
        stopped: why the rows behind were not tried; None where all were, or where somebody ended the run.
    """

    done: int = 0
    failed: dict[int, tuple[str, ...]] = field(default_factory=dict)
    doubt: list[int] = field(default_factory=list)
    untried: list[int] = field(default_factory=list)
    stopped: IndigoError | OSError | None = None

    @property
    def rows(self) -> int:
        """All that were looked at."""
        return self.done + len(self.failed) + len(self.doubt) + len(self.untried)

    @property
    def whole(self) -> bool:
        """Every row is done."""
        return not (self.failed or self.doubt or self.untried)


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file, one JSON object a line; empty lines are none. Blocks. Raises ConfigurationError."""
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield Row(number, _variables(path, number, line))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {_why(error)}.") from error


def left(there: Iterable[Row], notes: Mapping[int, Note], tally: Tally, *, again: bool) -> Iterator[Row]:
    """The rows that are to be sent now; the others are counted.

    Raises ConfigurationError for one that is not what it was when it was sent.
    """
    for row in there:
        note = notes.get(row.number)
        if note is not None and note.digest != row.digest:
            raise ConfigurationError(
                f"Line {row.number} is not what it was when it was sent. Go on with the file as it was, or"
                " begin another with other results."
            )
        if note is not None and note.outcome is Outcome.DONE:
            tally.done += 1
        elif note is not None and note.outcome in {Outcome.SENT, Outcome.DOUBT} and not again:
            tally.doubt.append(row.number)
        else:
            yield row


@dataclass(slots=True)
class Run:
    """One run.

    Attributes:
        results: takes what came of each row.
        tally: counts the rows.
        heard: told of each.
        stop: set by whoever wants the run to end.
        grace: so long rows under way are waited for then, in seconds.
    """

    client: Upstream
    task: Task
    results: Results
    tally: Tally
    heard: Callable[[Tally], None]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    grace: float = _GRACE
    _under_way: dict[int, Row] = field(default_factory=dict, init=False)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _doubts: int = field(default=0, init=False)

    async def all(self, todo: Iterator[Row]) -> None:
        """Sends the rows; notes and counts each.

        It ends early where going on is of no use: Indigo refuses the token, cannot be reached, rows are in
        doubt one after the other, or notes cannot be written. Rows whose answer is given up are in doubt.
        """
        sending = asyncio.create_task(self._all(todo))
        stopping = asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait({sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({sending}, timeout=self.grace)
        finally:
            for each in (sending, stopping):
                each.cancel()
            await asyncio.gather(sending, stopping, return_exceptions=True)
        if not sending.cancelled():
            sending.result()
        await self._given_up()
        self.tally.untried += [row.number for row in todo]

    async def _given_up(self) -> None:
        """Of a change under way nobody knows; a query that was given up can simply be made again."""
        reasons = ("The run was ended before the answer came.",)
        doubtful = self.task.changes
        for row in self._under_way.values():
            (self.tally.doubt if doubtful else self.tally.untried).append(row.number)
            await self._note(row, Outcome.DOUBT if doubtful else Outcome.FAILED, reasons=reasons)

    async def _all(self, todo: Iterator[Row]) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(self.task.at_once):
                _ = group.create_task(self._work(todo))

    async def _work(self, todo: Iterator[Row]) -> None:
        """Takes one row after the other; several of these run at once."""
        while not self._ending() and (row := next(todo, None)) is not None:
            self._under_way[row.number] = row
            if not await self._note(row, Outcome.SENT):
                self._end(row)
                self.tally.untried.append(row.number)
                return
            await self._send(row)
            self.heard(self.tally)

    def _ending(self) -> bool:
        return self.stop.is_set() or self.tally.stopped is not None

    def _end(self, row: Row) -> None:
        """It is known what came of the row."""
        del self._under_way[row.number]

    async def _send(self, row: Row) -> None:
        task, tally = self.task, self.tally
        try:
            data = await self.client.run(
                task.document, row.variables, task.operation, retry_doubtful=task.again
            )
        except IndigoFailed as error:
            await self._failed(row, error.reasons)
        except (IndigoRefused, IndigoNotAsked) as error:
            self._end(row)
            tally.untried.append(row.number)
            tally.stopped = error
            await self._note(row, Outcome.FAILED, reasons=(_kind(error),))
        except (IndigoUnreachable, IndigoMisbehaved) as error:
            await self._lost(row, error)
        else:
            self._end(row)
            self._doubts = 0
            tally.done += 1
            await self._note(row, Outcome.DONE, data=data)

    async def _failed(self, row: Row, reasons: tuple[str, ...]) -> None:
        self._end(row)
        self._doubts = 0
        self.tally.failed[row.number] = reasons
        await self._note(row, Outcome.FAILED, reasons=reasons)

    async def _lost(self, row: Row, error: IndigoError) -> None:
        """Its answer did not come, or is none."""
        if not self.task.changes:
            await self._failed(row, (_kind(error),))
            return
        self._end(row)
        self._doubts += 1
        self.tally.doubt.append(row.number)
        if self._doubts >= _MOST_DOUBT:
            self.tally.stopped = error
        await self._note(row, Outcome.DOUBT, reasons=(_kind(error),))

    async def _note(
        self,
        row: Row,
        outcome: Outcome,
        *,
        reasons: tuple[str, ...] = (),
        data: Mapping[str, object] | None = None,
    ) -> bool:
        """Whether it was written; if not, that ends the run. Who is cancelled meanwhile waits for it."""

        async def write() -> bool:
            try:
                async with self._writing:
                    await asyncio.to_thread(
                        self.results.add, row.number, row.digest, outcome, reasons=reasons, data=data
                    )
            except OSError as error:
                self.tally.stopped = error
                return False
            return True

        writing = asyncio.create_task(write())
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait({writing})
            raise


def _variables(path: Path, number: int, line: str) -> Mapping[str, object]:
    """What is no JSON for others, too, is none: it could not be sent as it stands there."""
    try:
        read = json.loads(line, object_pairs_hook=_object, parse_constant=_refuse)
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise ConfigurationError(f"{path}, line {number}: is no JSON object of variables.")
    return read


def _object(members: list[tuple[str, object]]) -> dict[str, object]:
    """Of two members with one name nobody knows which is meant."""
    read = dict(members)
    if len(read) < len(members):
        raise ValueError("a name is there twice")
    return read


def _refuse(_: str) -> NoReturn:
    raise ValueError("is no number")


def _kind(error: IndigoError) -> str:
    return f"{type(error).__name__}: {error}"


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else "it is no UTF-8"
