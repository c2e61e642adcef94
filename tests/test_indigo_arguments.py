"""``python -m bot indigo …`` as processes, against the sandbox's platform."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.server import IndigoServer
from tests.processes import PATIENCE, Ended, run, started

CHATS = 60


@pytest.fixture
async def server() -> AsyncIterator[IndigoServer]:
    """A platform with few chats."""
    server = IndigoServer(options=IndigoOptions(chats=CHATS))
    await server.start()
    yield server
    await server.close()


def environment(server: IndigoServer) -> Mapping[str, str]:
    """What a client is told."""
    return {"INDIGO_URL": server.url, "INDIGO_TOKEN": server.token, "INDIGO_PROJECT": server.project}


async def indigo(server: IndigoServer, folder: Path, *arguments: str) -> Ended:
    """Runs the command to its end."""
    ended = await run("-m", "bot", "indigo", *arguments, folder=folder, settings=environment(server))
    assert ended.alarms == []
    assert server.token not in ended.out + ended.err
    return ended


def ids(path: Path) -> list[str]:
    """Of the messages in a file, in their order."""
    return [json.loads(line)["id"] for line in path.read_text().splitlines()]


async def test_check_says_what_the_platform_is_like(server: IndigoServer, tmp_path: Path) -> None:
    """One line with what was found out."""
    ended = await indigo(server, tmp_path, "check")
    assert (ended.code, ended.err) == (0, "")
    assert f"{CHATS} chats" in ended.out


async def test_a_refused_token_is_a_sentence(server: IndigoServer, tmp_path: Path) -> None:
    """It names the settings to look at."""
    server.faults.switch(Fault.UNAUTHORIZED, times=None)
    ended = await indigo(server, tmp_path, "users")
    assert (ended.code, ended.out) == (1, "")
    assert "INDIGO_TOKEN" in ended.err


async def test_settings_that_are_missing_are_named(tmp_path: Path) -> None:
    """Without a token nothing is asked."""
    ended = await run("-m", "bot", "indigo", "check", folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert {"INDIGO_TOKEN", "INDIGO_PROJECT"} <= {line.partition(":")[0] for line in ended.err.splitlines()}


async def test_users_and_a_transcript_are_printed(server: IndigoServer, tmp_path: Path) -> None:
    """Members as a table for programs, and a chat as what was said in it."""
    users = await indigo(server, tmp_path, "users", "--format", "jsonl")
    assert [set(json.loads(line)) for line in users.out.splitlines()] == [{"user", "email", "role"}] * 23
    await indigo(server, tmp_path, "export", "--output", "all.jsonl")
    chat = json.loads((tmp_path / "all.jsonl").read_text().splitlines()[0])["chat"]
    transcript = await indigo(server, tmp_path, "transcript", chat)
    assert "  User\n" in transcript.out
    assert "  Assistant\n" in transcript.out


async def test_a_report_has_its_charts(server: IndigoServer, tmp_path: Path) -> None:
    """The numbers are printed, the pictures lie in the folder."""
    ended = await indigo(server, tmp_path, "report", "monthly", "--charts", "charts")
    pictures = sorted((tmp_path / "charts").iterdir())
    assert ended.code == 0
    assert "messages per chat" in ended.out
    assert pictures
    assert {path.read_bytes()[:4] for path in pictures} == {b"\x89PNG"}


async def test_an_export_that_was_killed_goes_on(server: IndigoServer, tmp_path: Path) -> None:
    """Killed in the middle and resumed, it has every message once, as one that ran through."""
    await indigo(server, tmp_path, "export", "--output", "whole.jsonl")
    server.faults.switch(Fault.HANG, after=20, on="messages")
    command = ("-m", "bot", "indigo", "export", "--output", "killed.jsonl")
    async with started(*command, folder=tmp_path, settings=environment(server)) as export:
        async with asyncio.timeout(PATIENCE):
            await server.faults.hung()
        await export.end(signal.SIGKILL)
    server.faults.clear()
    server.faults.release()
    again = await indigo(server, tmp_path, "export", "--output", "killed.jsonl", "--resume")
    assert again.code == 0
    assert ids(tmp_path / "killed.jsonl") == ids(tmp_path / "whole.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed.jsonl", "whole.jsonl"]


async def test_a_document_runs_for_each_row(server: IndigoServer, tmp_path: Path) -> None:
    """Each row changes its article, and what came of it is told."""
    (tmp_path / "change.graphql").write_text(
        "mutation Change($project: Int_ID!, $article: Int_ID!) {\n"
        '  sandboxUpdateArticle(projectId: $project, articleId: $article, title: "New") { id }\n}\n'
    )
    rows = [{"project": server.project, "article": each} for each in ("1", "2")]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    ended = await indigo(server, tmp_path, "run", "change.graphql", "--variables", "rows.jsonl")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("2 rows of 2 done.")
    assert len(server.updates) == 2


async def test_without_its_extra_only_documents_cannot_run(server: IndigoServer, tmp_path: Path) -> None:
    """An installation without graphql-core says what to install, and does the rest."""
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "sitecustomize.py").write_text("import sys\nsys.modules['graphql'] = None\n")
    (tmp_path / "a.graphql").write_text("{ there }")
    (tmp_path / "r.jsonl").write_text("{}\n")
    ends = []
    for arguments in (("check",), ("run", "a.graphql", "--variables", "r.jsonl")):
        command = ("-m", "bot", "indigo", *arguments)
        async with started(*command, folder=tmp_path, settings=environment(server), path=bare) as process:
            ends.append(await process.end())
    assert [end.code for end in ends] == [0, 2]
    assert "pip install '.[indigo]'" in ends[1].err


@pytest.mark.parametrize("arguments", [(), ("dance",), ("export",), ("transcript",), ("run", "one")])
async def test_a_mistyped_command_is_explained(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """What the command line does not know ends with its usage."""
    ended = await run("-m", "bot", "indigo", *arguments, folder=tmp_path)
    assert ended.code == 2
    assert "usage: python -m bot indigo" in ended.err
