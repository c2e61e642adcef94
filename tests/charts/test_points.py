from __future__ import annotations

from dataclasses import replace

import numpy as np

from bot.charts.png import figure
from bot.model import Series
from tests.charts.drawings import points
from tests.charts.reading import legend, texts, x_labels


def test_points_are_placed_and_named() -> None:
    """A few points carry their names, many do not; groups have a legend."""
    made = figure(points(count=10))
    assert len(np.asarray(made.axes[0].collections[0].get_offsets())) == 10
    assert "P9" in texts(made.axes[0])
    assert made.axes[0].get_xlabel() == "X"
    assert texts(figure(points(count=40)).axes[0]) == []
    assert legend(figure(points(count=40, series=2))) == ["S0", "S1"]


def test_names_that_would_collide_are_left_out() -> None:
    """Points on one spot share a place; the first ones keep their names."""
    chart = replace(points(count=9), x_values=(1.0,) * 9, series=(Series("s", (1.0,) * 9),))
    assert 1 <= len(texts(figure(chart).axes[0])) <= 4


def test_years_are_written_as_years() -> None:
    """2,026 is a year where all of the axis is."""
    chart = replace(points(count=9), x_values=tuple(float(2018 + i) for i in range(9)))
    assert "2020" in x_labels(figure(chart))
    assert "2.02K" not in x_labels(figure(chart))


def test_points_at_the_edge_are_whole() -> None:
    """A point on the axis is not cut in half."""
    chart = replace(points(count=3), series=(Series("s", (0.0, 5.0, 10.0)),))
    assert figure(chart).axes[0].collections[0].get_clip_on() is False
