"""``python -m bot indigo run``: what is checked, sent and told."""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import SecretStr

import bot.indigo
from bot import indigo_running
from bot.errors import ConfigurationError
from bot.indigo.client import Indigo, IndigoOptions
from bot.indigo_running import Options
from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.server import IndigoServer

ARTICLE = """mutation Change($projectId: Int_ID!, $articleId: Int_ID!, $title: String) {
  sandboxUpdateArticle(projectId: $projectId, articleId: $articleId, title: $title) { id title }
}"""


@dataclass(frozen=True, slots=True)
class Desk:
    """An operator's desk: a platform, a document, three rows."""

    server: IndigoServer
    client: Indigo
    options: Options

    async def run(self, *, grace: float = 60.0, **changed: object) -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        out, err = io.StringIO(), io.StringIO()
        options = replace(self.options, **changed)  # type: ignore[arg-type]  # names of its fields
        code = await indigo_running.run(self.client, options, out=out, err=err, grace=grace)
        return code, out.getvalue(), err.getvalue()

    def write(self, *rows: object) -> None:
        self.options.rows.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Everything is in order."""
    server = IndigoServer()
    await server.start()
    client = Indigo(IndigoOptions(server.url, SecretStr(server.token), server.project))
    desk = Desk(server, client, Options(tmp_path / "change.graphql", tmp_path / "rows.jsonl"))
    desk.options.document.write_text(ARTICLE)
    desk.write(*({"projectId": server.project, "articleId": each, "title": "Neu ü"} for each in (1, 2, 3)))
    yield desk
    await client.close()
    await server.close()


async def test_a_run_tells_that_all_is_done(desk: Desk) -> None:
    """Each row was sent, and the file beside them says so."""
    code, out, err = await desk.run()
    results = desk.options.rows.with_name("rows.jsonl.results.jsonl")
    assert (code, err, len(desk.server.updates)) == (0, "", 3)
    assert "3 rows of 3 done." in out
    assert str(results) in out
    assert results.read_text().count('"outcome": "done"') == 3


async def test_a_dry_run_sends_nothing(desk: Desk) -> None:
    """The document and each row are printed, no request is made, and no file is left."""
    schema = desk.options.rows.with_name("schema.graphql")
    schema.write_text(desk.server.sdl)
    code, out, err = await desk.run(dry=True, schema=schema)
    *_, last = out.splitlines()
    assert out.startswith(ARTICLE)
    assert json.loads(last)["variables"] == {
        "projectId": desk.server.project,
        "articleId": 3,
        "title": "Neu ü",
    }
    assert (code, err) == (0, "3 rows would be sent. Nothing was sent.\n")
    assert desk.client.requests == 0
    assert not desk.options.kept.exists()


async def test_one_wrong_row_stops_all(desk: Desk) -> None:
    """Before anything is sent each wrong row is named."""
    project = desk.server.project
    desk.write(
        {"projectId": project, "articleId": 1},
        {"projectId": project},
        {"projectId": 1, "articleId": 2, "x": 1},
    )
    with pytest.raises(ConfigurationError) as told:
        await desk.run()
    first, second, last = str(told.value).splitlines()
    assert "line 2: $articleId" in first
    assert "line 3: $x" in second
    assert last == "Nothing was sent."
    assert desk.client.requests == 0
    assert not desk.options.kept.exists()


async def test_doubt_and_failure_are_told_by_line(desk: Desk) -> None:
    """Which rows failed and why, and which may have been done; the exit code is no success."""
    desk.server.faults.switch(Fault.LOST)
    desk.server.faults.switch(Fault.GRAPHQL_ERROR, after=1)
    code, out, _ = await desk.run()
    assert code == 1
    assert "1 row of 3 done." in out
    assert "1 failed:\n  line 2: " in out
    assert "1 in doubt, which may have been carried out: line 1." in out


async def test_going_on_does_what_is_left(desk: Desk) -> None:
    """Resumed, a run sends the rows that are not done, and succeeds when all of them are."""
    desk.server.faults.switch(Fault.GRAPHQL_ERROR, after=2)
    first, _, _ = await desk.run()
    second, out, _ = await desk.run(resume=True)
    assert (first, second, len(desk.server.updates)) == (1, 0, 3)
    assert "3 rows of 3 done." in out


async def test_going_on_with_changed_rows_is_refused(desk: Desk) -> None:
    """Another row in the place of one that was sent: no row at all is sent."""
    await desk.run()
    desk.write(*({"projectId": desk.server.project, "articleId": each} for each in (9, 1, 2, 3)))
    with pytest.raises(ConfigurationError, match="Line 1 is not what it was"):
        await desk.run(resume=True)
    assert len(desk.server.updates) == 3


async def test_results_are_not_written_over(desk: Desk) -> None:
    """A second run without --resume is refused, and sends nothing."""
    await desk.run()
    with pytest.raises(ConfigurationError, match="--resume"):
        await desk.run()
    assert len(desk.server.updates) == 3


async def test_a_run_that_ends_early_says_why(desk: Desk) -> None:
    """A refused token ends it, and the rows that were not carried out are told."""
    desk.server.faults.switch(Fault.UNAUTHORIZED, times=None)
    code, out, _ = await desk.run()
    assert code == 1
    assert "3 not carried out: lines 1-3." in out
    assert "INDIGO_TOKEN" in out
    assert desk.server.token not in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_run_that_is_ended_tells_what_is_in_doubt(desk: Desk, number: signal.Signals) -> None:
    """What has no answer is in doubt, on the screen and in the file; no more rows are sent."""
    desk.server.faults.switch(Fault.HANG, after=1)
    running = asyncio.create_task(desk.run(grace=0))
    await desk.server.faults.hung()
    os.kill(os.getpid(), number)
    code, out, _ = await running
    assert code == 1
    assert "1 row of 3 done." in out
    assert "1 in doubt, which may have been carried out: line 2." in out
    assert "1 not carried out: line 3." in out
    assert "ended from outside" in out
    *_, last = map(json.loads, desk.options.kept.read_text().splitlines())
    assert (last["row"], last["outcome"]) == (2, "in doubt")
    assert len(desk.server.updates) == 2


async def test_a_run_that_is_ended_waits_for_what_is_under_way(desk: Desk) -> None:
    """The answer that comes in time counts; the rest can be gone on with."""
    desk.server.faults.switch(Fault.HANG)
    running = asyncio.create_task(desk.run())
    await desk.server.faults.hung()
    os.kill(os.getpid(), signal.SIGTERM)
    desk.server.faults.release()
    _, out, _ = await running
    code, later, _ = await desk.run(resume=True)
    assert "1 row of 3 done." in out
    assert "2 not carried out: lines 2-3." in out
    assert (code, "3 rows of 3 done." in later, len(desk.server.updates)) == (0, True, 3)


async def test_a_dry_run_that_goes_on_shows_what_is_left(desk: Desk) -> None:
    """Rows that are done would not be sent, so they are not shown; nothing is noted."""
    desk.server.faults.switch(Fault.GRAPHQL_ERROR, after=1)
    await desk.run()
    before = desk.options.kept.read_bytes()
    _, out, err = await desk.run(resume=True, dry=True)
    shown = [json.loads(line)["row"] for line in out.splitlines() if line.startswith('{"row"')]
    assert (shown, err) == ([2], "1 row would be sent. Nothing was sent.\n")
    assert desk.options.kept.read_bytes() == before


async def test_every_row_in_doubt_is_told(desk: Desk) -> None:
    """Also where they are many: neighbours stand together, none is left out."""
    desk.write(*({"projectId": desk.server.project, "articleId": each} for each in range(1, 101)))
    for place in (*range(1, 100, 3), 50):
        desk.server.faults.switch(Fault.LOST, after=place)
    _, out, _ = await desk.run()
    (told,) = (line for line in out.splitlines() if "in doubt" in line)
    numbers = told.partition(": lines ")[2].partition(".")[0].split(", ")
    ranges = (list(map(int, each.split("-"))) for each in numbers)
    doubt = [row for each in ranges for row in range(each[0], each[-1] + 1)]
    done = {
        row["row"]
        for row in map(json.loads, desk.options.kept.read_text().splitlines())
        if row.get("outcome") == "done"
    }
    assert len(doubt) > 20
    assert sorted({*doubt, *done}) == list(range(1, 101))
    assert not done.intersection(doubt)


async def test_without_its_extra_it_says_how_to_install_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """graphql-core is missing: a sentence, and nothing is sent."""
    monkeypatch.setitem(sys.modules, "graphql", None)
    monkeypatch.delitem(sys.modules, "bot.indigo.checking", raising=False)
    monkeypatch.delattr(bot.indigo, "checking", raising=False)
    with pytest.raises(ConfigurationError, match=r"graphql is missing.*'\.\[indigo\]'"):
        await desk.run()
    assert desk.client.requests == 0


async def test_a_query_gives_its_data(desk: Desk) -> None:
    """A document that only reads: what it found stands in the results."""
    desk.options.document.write_text(
        "query Count($project: Int_ID!) { conversations(projectId: $project, first: 1) { totalCount } }"
    )
    desk.write({"project": desk.server.project})
    code, _, _ = await desk.run()
    *_, last = desk.options.kept.read_text().splitlines()
    assert code == 0
    assert json.loads(last)["data"] == {"conversations": {"totalCount": 1200}}


async def test_control_characters_do_not_reach_the_terminal(desk: Desk) -> None:
    """A misspelt name with an escape sequence in it is told without it."""
    desk.write({"projectId": 1, "articleId": 1, "\x1b[2J": 1})
    with pytest.raises(ConfigurationError) as told:
        await desk.run()
    assert "\x1b" not in str(told.value)


async def test_files_that_are_missing_are_named(desk: Desk) -> None:
    """The document, the schema and the rows, each by its own name; empty rows are none."""
    gone = desk.options.rows.with_name("gone")
    for name in ("document", "rows", "schema"):
        with pytest.raises(ConfigurationError, match="gone cannot be read"):
            await desk.run(**{name: gone})  # type: ignore[arg-type]  # names of its fields
    desk.write()
    with pytest.raises(ConfigurationError, match="has no rows"):
        await desk.run()


def test_what_was_typed_becomes_options() -> None:
    """Each argument has its place; without them a run is careful."""
    parser = argparse.ArgumentParser()
    indigo_running.add_arguments(parser)
    few = indigo_running.options(parser.parse_args(["a.graphql", "--variables", "r.jsonl"]))
    many = ["--operation", "X", "--schema", "s", "--results", "o", "--concurrency", "3"]
    flags = ["--dry-run", "--resume", "--retry-doubtful"]
    all_of_it = indigo_running.options(
        parser.parse_args(["a.graphql", "--variables", "r.jsonl", *many, *flags])
    )
    assert few == Options(Path("a.graphql"), Path("r.jsonl"))
    assert all_of_it == Options(
        Path("a.graphql"), Path("r.jsonl"), "X", Path("s"), Path("o"), 3, doubtful=True, dry=True, resume=True
    )  # fmt: skip
    with pytest.raises(SystemExit):
        parser.parse_args(["a.graphql", "--variables", "r.jsonl", "--concurrency", "0"])
