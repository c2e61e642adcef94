from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Wedge

from bot.charts import pie, style
from bot.charts.png import figure
from bot.model import ChartKind, Series
from tests.charts.drawings import spec
from tests.charts.legible import complaints
from tests.charts.reading import legend, texts


def _slices(axes: Axes) -> list[Wedge]:
    return [patch for patch in axes.patches if isinstance(patch, Wedge)]


def test_slices_are_named_with_amount_and_share() -> None:
    """Every slice has its own label, all of them their total; a pie needs no legend."""
    chart = replace(
        spec(ChartKind.PIE, count=3),
        categories=("Won", "Lost", "Other"),
        series=(Series("n", (50.0, 30.0, 20.0)),),
    )
    made = figure(chart)
    assert texts(made.axes[0]) == [
        "$100", "total", "Won\n$50 (50%)", "Lost\n$30 (30%)", "Other\n$20 (20%)",
    ]  # fmt: skip
    assert legend(made) == []
    slices = _slices(made.axes[0])
    assert [wedge.theta2 - wedge.theta1 for wedge in slices] == pytest.approx([180, 108, 72])
    assert to_hex(slices[-1].get_facecolor()) == style.REST.lower()


def test_many_slices_have_a_list() -> None:
    """Names, amounts and shares stand in columns, clockwise from the top; large slices carry their share."""
    amounts = (500.0, *(float(i) for i in range(11, 0, -1)))
    made = figure(replace(spec(ChartKind.PIE, count=12), series=(Series("n", amounts),)))
    said = texts(made.axes[0])
    assert said.count("88%") == 2
    assert [text for text in said if text.startswith("Category")] == [f"Category {i}" for i in range(12)]
    assert complaints(made) == []


def test_shares_do_not_round_something_to_nothing() -> None:
    """Less than one per cent is said to be that."""
    assert pie.shares([995.0, 4.0, 1.0, 0.0]) == ["100%", "<1%", "<1%", "0%"]
    assert pie.shares([0.0, 0.0]) == ["0%", "0%"]


def test_nothing_is_an_empty_ring() -> None:
    """All zero has no largest slice, and is grey."""
    made = figure(replace(spec(ChartKind.PIE, count=2), series=(Series("n", (0.0, None)),)))
    assert {to_hex(wedge.get_facecolor()) for wedge in _slices(made.axes[0])} == {style.GRID.lower()}
