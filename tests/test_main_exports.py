"""The audit trail and the feedback, exported from the command line beside a running bot."""

from __future__ import annotations

import asyncio
import csv
import json
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.processes import PATIENCE, Ended, run, started
from tests.scenarios.town import Town
from tests.scenarios.using import rate
from tests.test_main import here, settings

__all__ = ["here"]

QUESTION = "How many open deals?"
STORE = {"STORE_URL": "sqlite:///store.sqlite"}


@pytest.fixture
async def answered(tmp_path: Path, here: Town) -> AsyncIterator[None]:
    """A bot runs, Ada has asked it and likes the answer."""
    sales = here.workspace.channels["sales"]
    async with started("-m", "bot", "run", folder=tmp_path, settings=settings(here)) as bot:
        async with asyncio.timeout(PATIENCE):
            await here.slack.sockets.connected()
        ts = await here.person("ada").say(sales, f"@wisdom {QUESTION}")
        await rate(here.person("ada"), await here.answer(sales, ts), "positive_button")
        await here.whispered("ada", containing="Thanks")
        yield
        assert (await bot.end(signal.SIGTERM)).code == 0


async def export(folder: Path, what: str, *arguments: str) -> Ended:
    """Runs an export; it needs to know nothing but the store."""
    return await run("-m", "bot", what, "export", *arguments, folder=folder, settings=STORE)


@pytest.mark.usefixtures("answered")
async def test_the_audit_is_exported_as_a_table(tmp_path: Path, here: Town) -> None:
    """Who asked what, as whom, while the bot goes on."""
    ended = await export(tmp_path, "audit")
    assert (ended.code, ended.err) == (0, "")
    rows = list(csv.DictReader(ended.out.splitlines()))
    (asked,) = [row for row in rows if row["what"] == "asked"]
    assert (asked["user"], asked["identity"], asked["question"]) == (
        here.person("ada").id,
        "ada@example.com",
        QUESTION,
    )
    assert "rated" in {row["what"] for row in rows}


@pytest.mark.usefixtures("answered")
async def test_the_audit_is_exported_as_json_into_a_file(tmp_path: Path) -> None:
    """One object a line; the screen stays empty, and the file has no other beside it."""
    ended = await export(tmp_path, "audit", "--format", "jsonl", "--output", "trail.jsonl")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    entries = [json.loads(line) for line in (tmp_path / "trail.jsonl").read_text().splitlines()]
    assert QUESTION in {entry["question"] for entry in entries}
    assert [path.name for path in tmp_path.iterdir() if "trail" in path.name] == ["trail.jsonl"]


@pytest.mark.usefixtures("answered")
async def test_the_days_of_an_export_are_both_included(tmp_path: Path) -> None:
    """From a day, to a day, in UTC."""
    today = datetime.now(UTC).date()
    before, after = (today - timedelta(days=2)).isoformat(), (today + timedelta(days=2)).isoformat()
    found = [
        QUESTION in (await export(tmp_path, "audit", *days)).out
        for days in (("--since", before, "--until", after), ("--since", after), ("--until", before))
    ]
    assert found == [True, False, False]


@pytest.mark.usefixtures("answered")
async def test_feedback_is_exported(tmp_path: Path, here: Town) -> None:
    """Who said what of which answer."""
    ended = await export(tmp_path, "feedback")
    (row,) = csv.DictReader(ended.out.splitlines())
    assert (ended.code, row["user"], row["good"]) == (0, here.person("ada").id, "true")


@pytest.mark.parametrize("what", ["audit", "feedback"])
async def test_without_a_store_there_is_nothing_to_export(tmp_path: Path, what: str) -> None:
    """The sentence names the setting; no store is made, and no file either."""
    ended = await export(tmp_path, what, "--output", "trail.csv")
    assert (ended.code, ended.out, ended.alarms) == (2, "", [])
    assert "STORE_URL" in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--since", "yesterday"), "--since"),
        (("--format", "xml"), "--format"),
        (("--until", "1.12.26"), "--until"),
    ],
)
async def test_what_cannot_be_meant_is_explained(
    tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    """The usage names the argument; days are written like 2026-11-01."""
    ended = await export(tmp_path, "audit", *arguments)
    assert (ended.code, ended.out, ended.alarms) == (2, "", [])
    assert f"argument {named}" in ended.err


@pytest.mark.usefixtures("answered")
async def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With its name; nothing is left beside it."""
    (tmp_path / "trail").mkdir()
    for place in ("trail", "nowhere/trail.csv"):
        ended = await export(tmp_path, "audit", "--output", place)
        assert (ended.code, ended.out, ended.alarms) == (2, "", [])
        assert place in ended.err
    assert [path.name for path in tmp_path.iterdir() if "trail" in path.name] == ["trail"]
