from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.indigo import checkpoint
from bot.indigo.checkpoint import Checkpoint

ONE = Checkpoint("here", "2026-11-01", "", {"jsonl": 120}, "cursor", ("1", "2"), 2, 20, ("7",))


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    """Also over an older one; nobody else may read it, and no draft stays."""
    path = checkpoint.beside(tmp_path / "chats.jsonl")
    checkpoint.save(path, Checkpoint("here", "", "", {"csv": 0}))
    checkpoint.save(path, ONE)
    assert checkpoint.load(path) == ONE
    assert [each.name for each in tmp_path.iterdir()] == ["chats.jsonl.checkpoint"]
    assert path.stat().st_mode & 0o077 == 0


def test_there_may_be_none(tmp_path: Path) -> None:
    """Nothing was begun."""
    assert checkpoint.load(tmp_path / "none") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"source": "here"}', '{"recent": 1, "skipped": 2, "lengths": 3}']
)
def test_one_that_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    """Nothing is guessed: the sentence says what to remove."""
    path = tmp_path / "chats.checkpoint"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match="remove it"):
        checkpoint.load(path)


def test_another_export_does_not_fit() -> None:
    """Other days, another workspace, or another style."""
    assert ONE.fits(Checkpoint("here", "2026-11-01", "", {"jsonl": 0}))
    for other in (
        Checkpoint("there", "2026-11-01", "", {"jsonl": 0}),
        Checkpoint("here", "", "", {"jsonl": 0}),
        Checkpoint("here", "2026-11-01", "2026-11-02", {"jsonl": 0}),
        Checkpoint("here", "2026-11-01", "", {"csv": 0}),
    ):
        assert not ONE.fits(other)


def test_only_recent_chats_are_remembered() -> None:
    """A checkpoint stays small, however many chats there are."""
    state = ONE
    for number in range(2_000):
        page = f"page {number // 50}"
        recent = checkpoint.remembered(state, page, str(number))
        state = replace(state, cursor=page, recent=recent)
    assert 500 <= len(state.recent) <= 550
    assert state.recent[-1] == "1999"


def test_all_chats_of_the_page_are_remembered() -> None:
    """Whoever goes on asks for that page again, however large it is."""
    state = ONE
    for number in range(2_000):
        state = replace(state, cursor="one", recent=checkpoint.remembered(state, "one", str(number)))
    assert set(map(str, range(2_000))) <= set(state.recent)
