"""The file that says what came of each row."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.indigo.results import Note, Outcome, Results


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file stands, with a row that is done and one that was only sent."""
    path = tmp_path / "results.jsonl"
    results = Results(path, "order")
    results.begin()
    results.add(1, "a", Outcome.SENT)
    results.add(1, "a", Outcome.DONE, data={"renamed": True})
    results.add(2, "b", Outcome.SENT)
    results.close()
    return path


def test_the_last_note_of_a_row_counts(path: Path) -> None:
    """A later run knows how far each row had come."""
    results = Results(path, "order")
    assert results.resume() == {1: Note("a", Outcome.DONE), 2: Note("b", Outcome.SENT)}
    results.add(2, "b", Outcome.FAILED, reasons=("no such article",))
    results.close()
    *_, last = path.read_text().splitlines()
    assert json.loads(last) == {"row": 2, "digest": "b", "outcome": "failed", "reasons": ["no such article"]}


@pytest.mark.parametrize("cut", [1, 20, 40])
def test_a_note_that_was_cut_off_is_none(path: Path, cut: int) -> None:
    """Whoever died while writing left a piece; it is taken away, and the next note stands on its own line."""
    path.write_bytes(path.read_bytes()[:-cut])
    results = Results(path, "order")
    assert results.resume() == {1: Note("a", Outcome.DONE)}
    results.add(2, "b", Outcome.DONE)
    results.close()
    assert [json.loads(line).get("outcome") for line in path.read_text().splitlines()] == [
        None,
        "sent",
        "done",
        "done",
    ]


def test_an_empty_file_is_begun_anew(path: Path) -> None:
    """A run that died before its first note left nothing, and another one goes on from there."""
    path.write_bytes(b"")
    first = Results(path, "order")
    assert first.resume() == {}
    first.add(1, "a", Outcome.SENT)
    first.close()
    second = Results(path, "order")
    assert second.resume() == {1: Note("a", Outcome.SENT)}
    second.close()


def test_a_file_of_another_order_is_refused(path: Path) -> None:
    """Rows that were done by another document are not done by this one."""
    with pytest.raises(ConfigurationError, match="another document"):
        Results(path, "other").resume()


def test_a_file_of_something_else_is_refused(path: Path) -> None:
    """What is no note is not passed over: something else stands in this file."""
    path.write_text(path.read_text() + '{"row": 3, "outcome": "eaten"}\n')
    with pytest.raises(ConfigurationError, match="no file of results"):
        Results(path, "order").resume()


def test_a_file_is_never_written_over(path: Path) -> None:
    """What an earlier run found out stays."""
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="--resume"):
        Results(path, "order").begin()
    assert path.read_bytes() == before


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    """Answers may hold what is nobody else's business."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_to_resume_is_said(tmp_path: Path) -> None:
    """Without a file there is nothing to go on with."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Results(tmp_path / "gone.jsonl", "order").resume()
