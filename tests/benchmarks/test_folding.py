"""What is folded in the benchmark."""

from __future__ import annotations

import pytest

from benchmarks import folding
from bot.core.turn import Turn
from bot.model import Visualization


def test_every_tenth_diff_embeds_a_visualization() -> None:
    """The answer that is timed has the shape that it is said to have, and nothing of it is in doubt."""
    turn = Turn()
    for diff in folding.diffs(100):
        turn.receive_diff(diff)
    answer = turn.answer()
    assert sum(isinstance(part, Visualization) for part in answer.parts) == 10
    assert not answer.doubt


def test_a_row_tells_size_cost_and_growth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the three ways is timed at each size; growth stands from the second size on."""
    monkeypatch.setattr("benchmarks.folding.SIZES", (100, 200))
    header, *table = folding.rows()
    assert header == folding.HEADER
    assert [row[:2] for row in table[:2]] == [("Document", "100"), ("Document", "200")]
    assert [row[4].startswith("x") for row in table] == [False, True] * 3
