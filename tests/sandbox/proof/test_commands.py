"""The proofs as commands."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import pytest

from tests.processes import run, started


async def test_faults_print_a_table_and_end_with_zero(tmp_path: Path) -> None:
    """One fault by one way: head, one line, total."""
    arguments = ("faults", "--only", "disorder", "--flow", "chat", "--subprotocol", "graphql-ws")
    ended = await run("-m", "bot.sandbox", *arguments, folder=tmp_path)
    lines = ended.out.splitlines()
    assert (ended.code, ended.err, len(lines)) == (0, "", 4)
    assert lines[2].startswith("| WisdomAI: disorder | chat | graphql-ws | 2 | 3 | 3 | 0 | 0 | 0 |")
    assert lines[3].startswith("| Total of 1 |")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("chaos", "--kills", "100"), ("soak",), ("faults",)])
async def test_an_interrupted_proof_leaves_nothing_behind(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """On Ctrl-C its bots are gone with it, and so is everything that it wrote."""
    place = {"TMPDIR": str(tmp_path)}
    async with started("-m", "bot.sandbox", *arguments, folder=tmp_path, settings=place) as proof:
        await proof.line()
        assert (arguments[0] == "faults") != bool(_working_in(tmp_path) - {proof._process.pid})
        ended = await proof.end(signal.SIGINT)
    assert ended.code == 130
    assert not ended.alarms
    assert _working_in(tmp_path) == set()
    assert list(tmp_path.iterdir()) == []


def _working_in(folder: Path) -> set[int]:
    """The processes that run in a folder, where this system tells."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if str(each.readlink()).startswith(str(folder)):
                found.add(int(each.parent.name))
    return found


async def test_several_replicas_without_redis_are_a_sentence(tmp_path: Path) -> None:
    """And another exit code than that of a lost question."""
    command = ("-m", "bot.sandbox", "chaos", "--replicas", "3")
    ended = await run(*command, folder=tmp_path, settings={"PATH": str(tmp_path)})
    assert ended.code == 2
    assert "redis-server is not installed" in ended.out
    assert not ended.alarms


@pytest.mark.parametrize("arguments", [("chaos", "--mode", "smoke"), ("faults", "--flow", "tidal")])
async def test_what_there_is_not_is_explained(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """By argparse, with the usage."""
    ended = await run("-m", "bot.sandbox", *arguments, folder=tmp_path)
    assert ended.code == 2
    assert "usage: python -m bot.sandbox" in ended.err
