"""Many rows for one operation, against the sandbox's platform."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import ConfigurationError, IndigoNotAsked, IndigoRefused, IndigoUnreachable
from bot.indigo import bulk
from bot.indigo.bulk import Run, Tally, Task
from bot.indigo.client import Indigo, IndigoOptions
from bot.indigo.results import Note, Outcome, Results
from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.server import IndigoServer

ARTICLE = """mutation Change($projectId: Int_ID!, $articleId: Int_ID!, $title: String) {
  sandboxUpdateArticle(projectId: $projectId, articleId: $articleId, title: $title) { id title }
}"""


@dataclass(frozen=True, slots=True)
class Bench:
    """A platform, its client, and files."""

    server: IndigoServer
    client: Indigo
    folder: Path

    def rows(self, articles: Sequence[object]) -> Path:
        path = self.folder / "rows.jsonl"
        lines = [{"projectId": self.server.project, "articleId": each, "title": "New"} for each in articles]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    async def run(
        self, rows: Path, *, changes: bool = True, again: bool = False, at_once: int = 1
    ) -> tuple[Tally, Mapping[int, Note]]:
        """A whole run, or one that goes on, and what its file knows afterwards."""
        task = Task(ARTICLE, "Change", changes, again, at_once)
        results, tally = Results(self.folder / "results.jsonl", task.name(self.client.source)), Tally()
        notes: Mapping[int, Note] = {}
        if (self.folder / "results.jsonl").exists():
            notes = results.resume()
        else:
            results.begin()
        todo = bulk.left(bulk.rows(rows), notes, tally, again=again)
        try:
            await Run(self.client, task, results, tally, lambda _: None).all(todo)
        finally:
            results.close()
        known = Results(self.folder / "results.jsonl", task.name(self.client.source))
        notes = known.resume()
        known.close()
        return tally, notes


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """All of it, with nothing done yet."""
    server = IndigoServer()
    await server.start()
    client = Indigo(IndigoOptions(server.url, SecretStr(server.token), server.project))
    yield Bench(server, client, tmp_path)
    await client.close()
    await server.close()


@pytest.mark.parametrize("at_once", [1, 4])
async def test_every_row_is_done_once(bench: Bench, at_once: int) -> None:
    """Each row changes its article, and no article is changed twice."""
    tally, notes = await bench.run(bench.rows(range(1, 9)), at_once=at_once)
    changed = sorted(int(str(update.arguments["articleId"])) for update in bench.server.updates)
    assert changed == list(range(1, 9))
    assert (tally.done, tally.whole) == (8, True)
    assert {note.outcome for note in notes.values()} == {Outcome.DONE}


async def test_rows_that_are_done_are_not_done_again(bench: Bench) -> None:
    """A run that goes on sends what is left only."""
    rows = bench.rows([1, 2, 3])
    await bench.run(rows)
    tally, _ = await bench.run(rows)
    assert (tally.done, len(bench.server.updates)) == (3, 3)


async def test_a_row_that_got_lost_is_in_doubt(bench: Bench) -> None:
    """The change was made and its answer broke off: it is not made again, now or by a run that goes on."""
    rows = bench.rows([1, 2, 3])
    bench.server.faults.switch(Fault.LOST, after=1)
    first, notes = await bench.run(rows)
    second, _ = await bench.run(rows)
    assert (first.done, first.doubt, first.whole, notes[2].outcome) == (2, [2], False, Outcome.DOUBT)
    assert (second.done, second.doubt) == (2, [2])
    assert len(bench.server.updates) == 3


async def test_a_row_in_doubt_is_sent_again_on_demand(bench: Bench) -> None:
    """Who says that twice does no harm gets every row done."""
    rows = bench.rows([1, 2, 3])
    bench.server.faults.switch(Fault.LOST, after=1)
    await bench.run(rows)
    tally, _ = await bench.run(rows, again=True)
    assert (tally.done, tally.whole, len(bench.server.updates)) == (3, True, 4)


async def test_a_row_that_was_only_sent_is_in_doubt(bench: Bench) -> None:
    """A run that was killed leaves a row of which nobody knows; it is left alone."""
    rows = bench.rows([1])
    (row,) = bulk.rows(rows)
    tally = Tally()
    todo = bulk.left(iter([row]), {1: Note(row.digest, Outcome.SENT)}, tally, again=False)
    assert (list(todo), tally.doubt) == ([], [1])


async def test_what_indigo_refuses_has_failed(bench: Bench) -> None:
    """Indigo's reason stands beside the row; the others go on, and a later run tries the failed one again."""
    rows = bench.rows([1, 2, 3])
    bench.server.faults.switch(Fault.GRAPHQL_ERROR, after=1)
    first, notes = await bench.run(rows)
    second, _ = await bench.run(rows)
    assert (first.done, list(first.failed), notes[2].outcome) == (2, [2], Outcome.FAILED)
    assert first.failed[2]
    assert (second.done, second.whole) == (3, True)


async def test_a_refused_token_ends_the_run(bench: Bench) -> None:
    """The rows behind are not tried, and that is told."""
    bench.server.faults.switch(Fault.UNAUTHORIZED, after=1, times=None)
    tally, _ = await bench.run(bench.rows([1, 2, 3, 4]))
    assert (tally.done, sorted(tally.untried), tally.rows) == (1, [2, 3, 4], 4)
    assert isinstance(tally.stopped, IndigoRefused)
    assert len(bench.server.updates) == 1


async def test_doubt_after_doubt_ends_the_run(bench: Bench) -> None:
    """Where nothing comes back any more, no more rows are put in doubt."""
    bench.server.faults.switch(Fault.LOST, times=None)
    tally, _ = await bench.run(bench.rows(range(1, 10)))
    assert (tally.doubt, sorted(tally.untried)) == ([1, 2, 3, 4, 5], [6, 7, 8, 9])
    assert isinstance(tally.stopped, IndigoUnreachable)


class Scripted:
    """A client that fails as it is told."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    async def run(
        self,
        document: str,
        variables: Mapping[str, object],
        operation: str | None = None,
        *,
        retry_doubtful: bool = False,
    ) -> Mapping[str, object]:
        """The next error, or data."""
        if self._errors:
            raise self._errors.pop(0)
        return {"ran": document, "with": dict(variables), "as": operation, "again": retry_doubtful}


@pytest.mark.parametrize(
    ("error", "changes", "told"),
    [
        (IndigoUnreachable("gone"), False, (1, [1], [], [])),
        (IndigoUnreachable("gone"), True, (1, [], [1], [])),
        (IndigoNotAsked("not there"), True, (0, [], [], [1, 2])),
    ],
)
async def test_only_a_change_can_be_in_doubt(
    tmp_path: Path, error: Exception, *, changes: bool, told: tuple[int, list[int], list[int], list[int]]
) -> None:
    """A query that got lost has failed; what surely was not sent is neither failed nor in doubt."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\n')
    results, tally = Results(tmp_path / "results.jsonl", "order"), Tally()
    results.begin()
    task = Task("{ a }", None, changes, again=False)
    await Run(Scripted(error), task, results, tally, lambda _: None).all(bulk.rows(path))
    results.close()
    assert (tally.done, list(tally.failed), tally.doubt, tally.untried) == told


class Full(Results):
    """A file on a disk that has room for so many notes."""

    room = 3

    def add(
        self,
        row: int,
        digest: str,
        outcome: Outcome,
        *,
        reasons: Sequence[str] = (),
        data: Mapping[str, object] | None = None,
    ) -> None:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= 1
        super().add(row, digest, outcome, reasons=reasons, data=data)


async def test_a_row_that_cannot_be_noted_is_not_sent(tmp_path: Path) -> None:
    """The disk is full: the run ends, and the row that was under way counts as it ended."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\n{"a": 3}\n')
    results, tally = Full(tmp_path / "results.jsonl", "order"), Tally()
    results.begin()
    await Run(Scripted(), Task("{ a }", None, True, again=False), results, tally, lambda _: None).all(
        bulk.rows(path)
    )
    results.close()
    assert (tally.done, tally.doubt, tally.untried) == (2, [], [3])
    assert isinstance(tally.stopped, OSError)
    again = Results(tmp_path / "results.jsonl", "order")
    assert [note.outcome for note in again.resume().values()] == [Outcome.DONE, Outcome.SENT]
    again.close()


@pytest.mark.parametrize(("changes", "told"), [(True, ([1], [2, 3])), (False, ([], [1, 2, 3]))])
async def test_what_is_under_way_at_the_end_is_in_doubt_if_it_changes_something(
    bench: Bench, *, changes: bool, told: tuple[list[int], list[int]]
) -> None:
    """A query whose answer is given up was not carried out as far as anybody minds."""
    bench.server.faults.switch(Fault.HANG)
    results, tally = Results(bench.folder / "results.jsonl", "order"), Tally()
    results.begin()
    run = Run(
        bench.client, Task(ARTICLE, None, changes, again=False), results, tally, lambda _: None, grace=0
    )
    running = asyncio.create_task(run.all(bulk.rows(bench.rows([1, 2, 3]))))
    await bench.server.faults.hung()
    run.stop.set()
    await running
    results.close()
    assert (tally.doubt, tally.untried) == told


async def test_a_run_that_is_cancelled_leaves_no_note_half_written(bench: Bench) -> None:
    """Whoever cancels it finds the row as sent, which the next run takes for one in doubt."""
    bench.server.faults.switch(Fault.HANG)
    rows = bench.rows([1, 2])
    running = asyncio.create_task(bench.run(rows))
    await bench.server.faults.hung()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    tally, _ = await bench.run(rows)
    assert (tally.done, tally.doubt, len(bench.server.updates)) == (1, [1], 2)


def test_a_changed_row_is_refused(tmp_path: Path) -> None:
    """Line numbers mean nothing any more where the file is another one."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n\n{"a": 2}\n')
    first, second = bulk.rows(path)
    assert (first.number, second.number) == (1, 3)
    notes = {1: Note(first.digest, Outcome.DONE), 3: Note(first.digest, Outcome.DONE)}
    with pytest.raises(ConfigurationError, match="Line 3 is not what it was"):
        list(bulk.left(iter([first, second]), notes, Tally(), again=False))


def test_a_row_written_in_another_order_is_the_same() -> None:
    """Who sorts the members of an object has changed nothing."""
    assert bulk.Row(1, {"a": 1, "b": 2}).digest == bulk.Row(1, {"b": 2, "a": 1}).digest


@pytest.mark.parametrize(
    "line",
    [
        "[1]",
        "no",
        '"a"',
        "null",
        "{",
        "[" * 100_000,
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": 1, "a": 2}',
        '{"a": "\\ud800"}',
    ],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    """The file and the line are told."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n' + line + "\n")
    with pytest.raises(ConfigurationError, match=r"rows\.jsonl, line 2"):
        list(bulk.rows(path))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """No file, or one that is no text."""
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\xff")
    for path in (tmp_path / "gone", binary):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            list(bulk.rows(path))
