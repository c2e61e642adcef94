from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import indigo_terminal
from bot.core.indigo.schedules import Kind
from bot.errors import (
    ConfigurationError,
    IndigoError,
    IndigoFailed,
    IndigoLimited,
    IndigoMisbehaved,
    IndigoNotAsked,
    IndigoRefused,
    IndigoUnreachable,
)
from bot.indigo.client import Indigo, IndigoOptions
from bot.indigo_terminal import Bar, Export, Reporting
from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.options import IndigoOptions as PlatformOptions
from bot.sandbox.indigo.server import IndigoServer


@pytest.fixture
async def server() -> AsyncIterator[IndigoServer]:
    server = IndigoServer(options=PlatformOptions(chats=60, messages=6))
    await server.start()
    yield server
    await server.close()


@asynccontextmanager
async def connected(server: IndigoServer, *, token: str = "") -> AsyncIterator[Indigo]:
    made = Indigo(IndigoOptions(server.url, SecretStr(token or server.token), server.project))
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def client(server: IndigoServer) -> AsyncIterator[Indigo]:
    async with connected(server) as made:
        yield made


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def first_chat(server: IndigoServer) -> str:
    chats = server.chats()
    return str(chats.id(chats.numbers(datetime.now(UTC).replace(tzinfo=None))[-1]))


async def written(client: Indigo, wanted: Export) -> tuple[int, str]:
    err, clock = io.StringIO(), count()
    code = await indigo_terminal.export(client, wanted, err=err, clock=lambda: float(next(clock)))
    return code, err.getvalue()


# -- export --------------------------------------------------------------------------------------------------


async def test_an_export_says_how_far_it_is_and_what_it_wrote(client: Indigo, tmp_path: Path) -> None:
    """Lines of progress where nothing can be drawn over; at the end the sums and the file."""
    path = tmp_path / "chats.jsonl"
    code, told = await written(client, Export(path, "jsonl"))
    lines = path.read_text().splitlines()
    assert code == 0
    assert "]   2%  1 chat, " in told
    assert told.endswith(f"60 chats, {len(lines)} messages: {path}\n")
    assert [each.name for each in tmp_path.iterdir()] == ["chats.jsonl"]


async def test_nothing_is_overwritten(client: Indigo, tmp_path: Path) -> None:
    """A file that is there is a mistake, or has to be gone on with."""
    path = tmp_path / "chats.csv"
    path.write_text("mine")
    with pytest.raises(ConfigurationError, match="is there already"):
        await written(client, Export(path, "csv"))
    assert path.read_text() == "mine"


async def test_a_cut_off_export_is_gone_on_with(server: IndigoServer, client: Indigo, tmp_path: Path) -> None:
    """The sentence says how; the second run brings the rest, and a third finds nothing to do."""
    path = tmp_path / "chats.jsonl"
    server.faults.switch(Fault.FORBIDDEN, times=None, after=20)
    code, told = await written(client, Export(path, "jsonl"))
    assert code == 1
    assert "INDIGO_TOKEN" in told
    assert "--resume" in told
    server.faults.clear()
    assert (await written(client, Export(path, "jsonl", resume=True)))[0] == 0
    ids = [json.loads(line)["id"] for line in path.read_text().splitlines()]
    assert len(ids) == len(set(ids)) > 60
    code, told = await written(client, Export(path, "jsonl", resume=True))
    assert (code, told) == (0, f"{path} is whole; there is nothing to go on with.\n")


async def test_another_export_is_not_gone_on_with(
    server: IndigoServer, client: Indigo, tmp_path: Path
) -> None:
    """Other days would leave a file that is neither the one nor the other."""
    path = tmp_path / "chats.jsonl"
    server.faults.switch(Fault.FORBIDDEN, times=None, after=20)
    await written(client, Export(path, "jsonl"))
    with pytest.raises(ConfigurationError, match="other settings"):
        await written(client, Export(path, "jsonl", since=date(2026, 1, 1), resume=True))
    path.unlink()
    with pytest.raises(ConfigurationError, match="is gone"):
        await written(client, Export(path, "jsonl", resume=True))


async def test_a_chat_that_is_missing_is_named(server: IndigoServer, client: Indigo, tmp_path: Path) -> None:
    """The exit code tells, too."""
    server.faults.switch(Fault.GRAPHQL_ERROR, on="messages", after=3)
    code, told = await written(client, Export(tmp_path / "chats.jsonl", "jsonl"))
    assert code == 1
    assert "1 chat could not be read: 1753" in told


async def test_a_folder_that_is_not_there_is_said(client: Indigo, tmp_path: Path) -> None:
    """As a sentence, before anything is asked."""
    with pytest.raises(ConfigurationError, match="cannot be written"):
        await written(client, Export(tmp_path / "none" / "chats.jsonl", "jsonl"))


# -- transcripts and members ---------------------------------------------------------------------------------


async def test_a_transcript_reads_from_its_beginning(server: IndigoServer, client: Indigo) -> None:
    """Who, when and what, without the message that begins a chat and that nobody sees."""
    out, err = io.StringIO(), io.StringIO()
    code = await indigo_terminal.transcript(client, first_chat(server), "text", out=out, err=err)
    heads = [line for line in out.getvalue().splitlines() if " UTC " in line]
    assert (code, err.getvalue()) == (0, "")
    times = [head[:19] for head in heads]
    assert times == sorted(times)
    assert "Assistant" in heads[0]
    assert "init" not in out.getvalue()


@pytest.mark.parametrize("style", ["csv", "jsonl"])
async def test_a_transcript_can_be_a_file(
    server: IndigoServer, client: Indigo, style: indigo_terminal.Shown
) -> None:
    """With what was hidden, because nothing may be missing there."""
    out = io.StringIO()
    assert (
        await indigo_terminal.transcript(client, first_chat(server), style, out=out, err=io.StringIO()) == 0
    )
    assert "true" in out.getvalue()


async def test_a_chat_that_is_not_there_is_said(client: Indigo) -> None:
    """It may have been deleted."""
    out, err = io.StringIO(), io.StringIO()
    assert await indigo_terminal.transcript(client, "1", "text", out=out, err=err) == 1
    assert "no such chat" in err.getvalue()


async def test_members_stand_under_their_roles(client: Indigo) -> None:
    """With how many there are of each."""
    out = io.StringIO()
    assert await indigo_terminal.users(client, "text", out=out, err=io.StringIO()) == 0
    lines = out.getvalue().splitlines()
    assert "Owner (1)" in lines
    assert lines[lines.index("Owner (1)") + 1].startswith("  giulia.rossi@example.com")


async def test_members_can_be_a_table(client: Indigo) -> None:
    """One row for each."""
    out = io.StringIO()
    assert await indigo_terminal.users(client, "csv", out=out, err=io.StringIO()) == 0
    lines = out.getvalue().splitlines()
    assert lines[0] == "user,email,role"
    assert len(lines) == 1 + 23


# -- reports -------------------------------------------------------------------------------------------------


async def test_a_report_has_its_numbers_and_charts(client: Indigo, tmp_path: Path) -> None:
    """The last seven full days against the seven before, in UTC."""
    wanted = Reporting(Kind.WEEKLY, "text", tmp_path / "charts", datetime.now(UTC))
    out, err, clock = io.StringIO(), Screen(), count()
    code = await indigo_terminal.report(client, wanted, out=out, err=err, clock=lambda: float(next(clock)))
    assert code == 0
    assert "messages per chat" in out.getvalue()
    assert "*" not in out.getvalue()
    pictures = sorted((tmp_path / "charts").iterdir())
    assert len(pictures) == 3
    assert all(each.read_bytes().startswith(b"\x89PNG") for each in pictures)


async def test_a_report_as_a_table_has_a_row_a_day(client: Indigo) -> None:
    """Numbers are digits, so that a spreadsheet can add them up."""
    wanted = Reporting(Kind.WEEKLY, "csv", None, datetime.now(UTC))
    out = io.StringIO()
    assert await indigo_terminal.report(client, wanted, out=out, err=io.StringIO(), clock=lambda: 0.0) == 0
    head, *days = out.getvalue().splitlines()
    assert head == "day,chats,messages,user,assistant,good,bad,unknown"
    assert [day.split(",")[0].strip('"') for day in days] == [
        (datetime.now(UTC).date() - timedelta(days=n)).isoformat() for n in range(7, 0, -1)
    ]
    assert sum(int(day.split(",")[1]) for day in days) > 0


# -- failures ------------------------------------------------------------------------------------------------


async def test_a_token_that_is_no_good_is_said_by_each_command(server: IndigoServer) -> None:
    """As a sentence that names the setting, and never the token."""
    async with connected(server, token="pat-wrong") as client:
        errs = [io.StringIO() for _ in range(4)]
        wanted = Reporting(Kind.WEEKLY, "text", None, datetime.now(UTC))
        codes = [
            await indigo_terminal.check(client, out=io.StringIO(), err=errs[0]),
            await indigo_terminal.users(client, "text", out=io.StringIO(), err=errs[1]),
            await indigo_terminal.transcript(client, "1", "text", out=io.StringIO(), err=errs[2]),
            await indigo_terminal.report(client, wanted, out=io.StringIO(), err=errs[3], clock=lambda: 0.0),
        ]
    assert codes == [1, 1, 1, 1]
    assert all("Check INDIGO_TOKEN" in err.getvalue() for err in errs)
    assert all("pat-wrong" not in err.getvalue() for err in errs)


async def test_a_report_that_breaks_off_says_one_sentence(server: IndigoServer, client: Indigo) -> None:
    """Many chats are counted at once, and one of them fails."""
    server.faults.switch(Fault.FORBIDDEN, times=None, after=9)
    err = io.StringIO()
    wanted = Reporting(Kind.WEEKLY, "text", None, datetime.now(UTC))
    code = await indigo_terminal.report(client, wanted, out=io.StringIO(), err=err, clock=lambda: 0.0)
    assert code == 1
    assert err.getvalue().count("INDIGO_TOKEN") == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (IndigoRefused("HTTP 401"), "INDIGO_TOKEN"),
        (IndigoLimited(9), "fewer requests"),
        (IndigoNotAsked("HTTP: ConnectError"), "INDIGO_URL"),
        (IndigoUnreachable("HTTP 502"), "INDIGO_URL"),
        (IndigoFailed("a\x1b[2Jb"), "(a[2Jb)"),
        (IndigoMisbehaved("what"), "cannot be understood"),
        (IndigoError("what"), "could not be asked"),
    ],
)
def test_each_error_has_a_sentence(error: IndigoError, words: str) -> None:
    """With what Indigo said behind it, without its control characters."""
    told = indigo_terminal.sentence(error)
    assert words in told
    assert told.isprintable()


async def test_check_says_what_was_found_out(client: Indigo) -> None:
    """One small question."""
    out = io.StringIO()
    assert await indigo_terminal.check(client, out=out, err=io.StringIO()) == 0
    assert "60 chats; newest first by DESC" in out.getvalue()


# -- progress ------------------------------------------------------------------------------------------------


def test_a_bar_is_drawn_over() -> None:
    """On a terminal there is one line, and none at the end; not with each chat, which would flicker."""
    screen, times = Screen(), iter([0.0, 0.0, 0.05, 1.0, 1.0])
    bar = Bar(screen, clock=lambda: next(times))
    bar.show(1, 4, "one")
    bar.show(2, 4, "two")
    bar.show(4, 4, "four")
    bar.end()
    drawn = screen.getvalue().split("\r\x1b[2K")
    assert drawn == [
        "",
        "[######..................]  25%  one",
        "[########################] 100%  four",
        "",
    ]


def test_without_a_total_there_is_no_bar() -> None:
    """Indigo need not tell how many chats there are."""
    err = io.StringIO()
    Bar(err, clock=lambda: 0.0).show(3, None, "three")
    assert err.getvalue() == "three\n"
