"""What is drawn in the benchmark."""

from __future__ import annotations

from benchmarks.charts import specs
from bot.charts.png import draw


def test_the_charts_can_be_drawn() -> None:
    """Both charts that are timed are real ones."""
    assert all(draw(spec).startswith(b"\x89PNG") for spec in specs())
