"""What is drawn in the benchmark."""

from __future__ import annotations

from benchmarks.charts import by_kind, specs, spread
from bot.charts.png import draw
from bot.model import ChartKind


def test_the_charts_can_be_drawn() -> None:
    """Both charts that are timed are real ones."""
    assert all(draw(spec).startswith(b"\x89PNG") for spec in specs())


def test_every_kind_of_chart_is_timed() -> None:
    """The gallery has a chart of each kind that can be drawn."""
    found = by_kind()
    assert set(found) == set(ChartKind)
    assert all(
        spec.kind is kind and (spec.series or spec.flows) for kind, each in found.items() for spec in each
    )
    assert all(found.values())


def test_a_spread_has_median_tail_and_worst() -> None:
    """In milliseconds, the worst last."""
    assert spread([0.001] * 99 + [0.004]) == "1.00 / 3.97 / 4.00 ms"
