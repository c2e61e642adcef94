"""The audit trail and the feedback as files."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import exporting
from bot.audit import Audit, What
from bot.errors import ConfigurationError
from bot.exporting import Style
from bot.memory import Feedback, Memory
from bot.model import Identity, ThreadKey
from bot.store.base import Store
from bot.store.reading import SqliteReader
from bot.store.sqlite import SqliteStore
from tests.fakes import Clock, DictStore

PLACE = ThreadKey("T1", "C1", "10.1")
NIGHT = datetime(2026, 11, 28, 0, 44, 12, 123_456, tzinfo=UTC).timestamp()
DAY = 24 * 3600.0


@pytest.fixture
async def store() -> DictStore:
    """Four entries on three days."""
    store, clock = DictStore(), Clock(NIGHT)
    ids = iter("abcd")
    audit = Audit(store, 30, clock=clock, new_id=lambda: next(ids))
    await audit.note(
        What.ASKED,
        place=PLACE,
        user="U1",
        identity=Identity("p", "ada@example.com"),
        question='Say "hi", ü\n',
    )
    await audit.note(What.ANSWERED, place=PLACE, user="U1", turn="t1", details={"seconds": 6.2, "rows": 3})
    clock.now += DAY
    await audit.note(
        What.REFUSED, place=PLACE, user="U2", outcome="guest", question="=cmd|' /C calc'!A0\ud83d"
    )
    clock.now += DAY
    await audit.note(What.DELETED, place=PLACE, user="U3")
    return store


async def exported(store: Store, style: Style, since: date | None = None, until: date | None = None) -> str:
    out = io.StringIO(newline="")
    count = await exporting.audit(store, since=since, until=until, style=style, out=out)
    assert count == len(_rows(out.getvalue(), style))
    return out.getvalue()


def _rows(text: str, style: Style) -> list[dict[str, object]]:
    if style == "csv":
        return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""), strict=True)]
    return [json.loads(line) for line in text.split("\n")[:-1]]


async def test_the_trail_is_a_table(store: DictStore) -> None:
    """CSV has a header, one row an entry, line ends and quotes as the standard says, and times in UTC."""
    text = await exported(store, "csv")
    header, first, *_ = text.split("\r\n")
    assert header == "at,what,team,channel,thread,user,identity,turn,domain,question,outcome,details"
    assert first == (
        '"2026-11-28T00:44:12.123456Z",asked,T1,C1,"10.1",U1,ada@example.com,,,"Say ""hi"", ü\n",,'
    )
    answered = _rows(text, "csv")[1]
    assert (answered["identity"], answered["turn"]) == ("", "t1")
    assert answered["details"] == '{"seconds": 6.2, "rows": 3}'


async def test_the_trail_is_lines_of_json(store: DictStore) -> None:
    """JSON has one object a line, with details as an object and questions as they were typed."""
    first, second, third, _ = _rows(await exported(store, "jsonl"), "jsonl")
    assert first["at"] == "2026-11-28T00:44:12.123456Z"
    assert first["question"] == 'Say "hi", ü\n'
    assert second["details"] == {"seconds": 6.2, "rows": 3}
    assert str(third["question"]).startswith("=cmd")


async def test_nothing_typed_becomes_a_formula(store: DictStore) -> None:
    """A question that a spreadsheet would run has an apostrophe before it."""
    refused = _rows(await exported(store, "csv"), "csv")[2]
    assert str(refused["question"]).startswith("'=cmd|")


@pytest.mark.parametrize("style", ["csv", "jsonl"])
async def test_halves_of_characters_can_be_written(store: DictStore, style: Style) -> None:
    """A lone surrogate becomes the sign for what cannot be read, so that every encoder takes the text."""
    assert "A0\N{REPLACEMENT CHARACTER}" in (await exported(store, style)).encode().decode()


async def test_days_are_chosen(store: DictStore) -> None:
    """Only entries of these days come, the first and the last day included."""
    day = date(2026, 11, 29)
    assert [row["user"] for row in _rows(await exported(store, "jsonl", day, day), "jsonl")] == ["U2"]
    assert len(_rows(await exported(store, "jsonl", since=day), "jsonl")) == 2
    assert len(_rows(await exported(store, "csv", until=day), "csv")) == 3
    assert await exported(store, "jsonl", since=date(2027, 1, 1)) == ""


async def test_an_empty_trail_is_a_header() -> None:
    """A store without entries makes a file without rows."""
    assert (await exported(DictStore(), "csv")).count("\r\n") == 1
    assert await exported(DictStore(), "jsonl") == ""


@pytest.fixture
async def opinions() -> DictStore:
    """Three opinions of two days."""
    store = DictStore()
    memory = Memory(store)
    await memory.keep_feedback(
        "T1", Feedback("t1", "U1", NIGHT, good=True, conversation_id="c-1", message_id="m-1")
    )
    await memory.keep_feedback(
        "T1", Feedback("t1", "U2", NIGHT, good=False, reason="numbers", text="+1 off; =2")
    )
    await memory.keep_feedback("T2", Feedback("t2", "U1", NIGHT + DAY, good=False))
    return store


async def test_feedback_is_a_table(opinions: DictStore) -> None:
    """Each opinion is a row with its workspace; what the reader typed is no formula."""
    out = io.StringIO(newline="")
    assert await exporting.feedback(opinions, since=None, until=None, style="csv", out=out) == 3
    first, second, third = _rows(out.getvalue(), "csv")
    assert first == {
        "at": "2026-11-28T00:44:12.123456Z",
        "team": "T1",
        "turn": "t1",
        "user": "U1",
        "good": "true",
        "reason": "",
        "text": "",
        "conversation_id": "c-1",
        "message_id": "m-1",
    }
    assert (second["good"], second["reason"], second["text"]) == ("false", "numbers", "'+1 off;' =2")
    assert third["team"] == "T2"


async def test_feedback_has_all_that_is_kept(opinions: DictStore) -> None:
    """Every part of an opinion is exported, with days chosen as for the trail."""
    out = io.StringIO(newline="")
    day = date(2026, 11, 29)
    assert await exporting.feedback(opinions, since=day, until=day, style="jsonl", out=out) == 1
    (row,) = _rows(out.getvalue(), "jsonl")
    assert set(row) == {"team", *asdict(Feedback("t", "u", 0.0, good=True))}
    assert (row["turn"], row["good"]) == ("t2", False)


# -- a large trail ---------------------------------------------------------------------------------------


@pytest.fixture
async def large(tmp_path: Path) -> AsyncIterator[SqliteReader]:
    """A reader of 100,000 entries of one day, written behind the store's back: it syncs each of its own."""
    path = tmp_path / "store.sqlite"
    owner = await SqliteStore.open(path)
    audit = Audit(owner, 30, clock=Clock(NIGHT), new_id=lambda: "0")
    await audit.note(What.ASKED, place=PLACE, user="U1", question="Revenue by region? " * 10)
    await owner.close()
    with closing(sqlite3.connect(path)) as connection:
        ((value,),) = connection.execute("SELECT value FROM audit").fetchall()
        value = re.sub(r'"until": .*\}', '"until": null}', value)
        rows = ((f"2026-11-28T01:00:00.{number:06}Z:0", value) for number in range(99_999))
        connection.executemany("INSERT INTO audit VALUES (?, ?)", rows)
        connection.commit()
    reader = await SqliteReader.open(path, clock=lambda: NIGHT)
    yield reader
    await reader.close()


class Scale(io.StringIO):
    """Takes lines, keeps none, and looks now and then how much the process holds."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = 0
        self.held: list[int] = []

    def write(self, text: str) -> int:
        self.lines += 1
        if self.lines % 5_000 == 0:
            self.held.append(sys.getallocatedblocks())
        return len(text)


async def test_a_large_trail_takes_no_more_memory(large: SqliteReader) -> None:
    """Of 100,000 entries a page or two are held; all of them would be more than three million objects."""
    scale = Scale()
    assert await exporting.audit(large, since=None, until=None, style="jsonl", out=scale) == 100_000
    assert len(scale.held) == 20
    assert max(scale.held) - min(scale.held) < 200_000


# -- where it goes ---------------------------------------------------------------------------------------


def test_a_file_has_its_name_when_it_is_whole(tmp_path: Path) -> None:
    """Until then the one before stands there; the new one is for its owner alone."""
    path = tmp_path / "audit.csv"
    path.write_text("old")
    with exporting.output(path, "csv") as out:
        out.write("ü\r\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == "\ufeffü\r\n".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["audit.csv"]


def test_json_has_no_byte_order_mark(tmp_path: Path) -> None:
    """The mark is for spreadsheets; programs that read JSON refuse it."""
    with exporting.output(tmp_path / "audit.jsonl", "jsonl") as out:
        out.write("{}\n")
    assert (tmp_path / "audit.jsonl").read_bytes() == b"{}\n"


def test_a_broken_export_leaves_nothing(tmp_path: Path) -> None:
    """Half a file has no name at all, and what was there before is untouched."""
    path = tmp_path / "audit.csv"
    path.write_text("old")

    def fail() -> None:
        with exporting.output(path, "csv") as out:
            out.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["audit.csv"]


def test_a_place_that_takes_no_file_is_said(tmp_path: Path) -> None:
    """A folder that is missing, a folder, or a device is a sentence, and stays what it is."""
    for path, match in [
        (tmp_path / "missing" / "a.csv", "cannot be written: No such file"),
        (tmp_path, "is not a file"),
        (Path(os.devnull), "is not a file"),
    ]:
        with pytest.raises(ConfigurationError, match=match), exporting.output(path, "csv"):
            pass


def test_standard_output_stays_open(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file the text goes to whoever called."""
    with exporting.output(None, "csv") as out:
        out.write("a\r\n")
    print("b")  # noqa: T201 - it can still be written to
    assert capsys.readouterr().out == "a\r\nb\n"


async def test_a_reader_that_has_enough_is_no_error() -> None:
    """``… | head`` ends the export without a traceback."""
    script = (
        "from bot import exporting\n"
        "with exporting.output(None, 'csv') as out:\n"
        "    while True: out.write('x' * 1000)\n"
    )
    ours, theirs = os.pipe()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=theirs, stderr=PIPE)
    os.close(theirs)
    assert await asyncio.to_thread(os.read, ours, 10)
    os.close(ours)
    _, said = await process.communicate()
    assert (process.returncode, said) == (0, b"")


def test_days_are_written_as_dates() -> None:
    """A day of the command line is ISO 8601; anything else is refused."""
    assert exporting.day("2026-11-28") == date(2026, 11, 28)
    with pytest.raises(ValueError, match="yesterday"):
        exporting.day("yesterday")
