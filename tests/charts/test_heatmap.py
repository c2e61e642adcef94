from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from bot.charts.png import figure
from bot.model import ChartKind, Series
from tests.charts.drawings import spec
from tests.charts.reading import texts, x_labels, y_labels


def _cells(made: Figure) -> QuadMesh:
    (mesh,) = [item for item in made.axes[0].collections if isinstance(item, QuadMesh)]
    return mesh


def test_series_are_rows_and_categories_columns() -> None:
    """The first series on top; cells tell their values, so that no bar is needed to read the colours."""
    made = figure(spec(ChartKind.HEATMAP, count=4, series=3))
    assert y_labels(made) == ["Series 0", "Series 1", "Series 2"]
    assert x_labels(made)[0] == "Category 0"
    bottom, top = made.axes[0].get_ylim()
    assert bottom > top
    assert len(texts(made.axes[0])) == 12
    assert len(made.axes) == 1


def test_cells_without_room_have_a_bar_of_colours() -> None:
    """What the colours mean stands at the right, in the format of the values."""
    made = figure(spec(ChartKind.HEATMAP, count=30, series=12))
    assert texts(made.axes[0]) == []
    bar = [label.get_text() for label in made.axes[1].get_yticklabels()]
    assert "$200K" in bar


def test_zero_is_in_the_middle_where_there_are_both_signs() -> None:
    """Equal distances from zero are equally strong."""
    chart = spec(ChartKind.HEATMAP, count=2)
    mesh = _cells(figure(replace(chart, series=(Series("s", (-2.0, 10.0)),))))
    assert mesh.get_clim() == (-10, 10)
    assert _cells(figure(replace(chart, series=(Series("s", (2.0, 10.0)),)))).get_clim() == (2, 10)


def test_a_cell_without_a_value_is_empty() -> None:
    """It has no colour of a value, and says so."""
    chart = replace(spec(ChartKind.HEATMAP, count=3), series=(Series("s", (1.0, None, 3.0)),))
    made = figure(chart)
    assert texts(made.axes[0]) == ["$1", "–", "$3"]
    assert np.ma.getmaskarray(np.ma.asarray(_cells(made).get_array())).sum() == 1
