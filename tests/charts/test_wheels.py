from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.patches import Polygon, Wedge

from bot.charts.png import figure
from bot.model import ChartKind, Series
from tests.charts.drawings import spec
from tests.charts.reading import legend, texts


def test_bars_around_a_circle_reach_as_far_as_their_values() -> None:
    """Clockwise from the top, each with its name and value."""
    chart = replace(spec(ChartKind.POLAR, count=4), series=(Series("s", (1.0, 2.0, None, 4.0)),))
    axes = figure(chart).axes[0]
    bars = [patch for patch in axes.patches if isinstance(patch, Wedge)]
    lengths = [bar.width or 0.0 for bar in bars]
    assert [length / lengths[0] for length in lengths] == pytest.approx([1, 2, 4])
    assert (bars[0].theta1 + bars[0].theta2) / 2 == pytest.approx(90)
    assert set(texts(axes)) == {"Category 0  $1", "Category 1  $2", "Category 2  –", "Category 3  $4"}


def test_many_bars_around_a_circle_have_rings_with_amounts() -> None:
    """Values at 24 names would be too much; several series share the slot and have a legend."""
    made = figure(spec(ChartKind.POLAR, count=24, series=2))
    assert legend(made) == ["Series 0", "Series 1"]
    assert "$50K" in texts(made.axes[0])
    assert len([patch for patch in made.axes[0].patches if isinstance(patch, Wedge)]) == 48


def test_a_spider_has_a_polygon_for_each_series() -> None:
    """Over a web with few amounts; a missing value has no corner."""
    chart = spec(ChartKind.SPIDER, count=5, series=2)
    holed = replace(chart.series[1], values=(1000.0, None, 3000.0, 4000.0, 5000.0))
    made = figure(replace(chart, series=(chart.series[0], holed)))
    axes = made.axes[0]
    filled = [patch for patch in axes.patches if isinstance(patch, Polygon) and patch.get_fill()]
    assert [len(patch.get_xy()) - 1 for patch in filled] == [5, 4]
    assert legend(made) == ["Series 0", "Series 1"]
    amounts = [text for text in texts(axes) if text.startswith("$")]
    assert 1 <= len(amounts) <= 3


def test_a_spider_of_nothing_is_an_empty_web() -> None:
    """No value, no polygon."""
    chart = replace(spec(ChartKind.SPIDER, count=3), series=(Series("s", (None,) * 3),))
    axes = figure(chart).axes[0]
    assert not [patch for patch in axes.patches if isinstance(patch, Polygon) and patch.get_fill()]
