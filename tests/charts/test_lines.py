from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from bot.charts import style
from bot.charts.png import figure
from bot.model import ChartKind, Series
from tests.charts.drawings import forecast, over_time, spec, stacked, two_axes
from tests.charts.reading import legend, texts, x_labels


def _drawn(made: Figure, line: int) -> list[float]:
    """Values of a line; a gap is none."""
    return [float(value) for value in np.asarray(made.axes[0].lines[line].get_ydata()) if not np.isnan(value)]


def _band(made: Figure, index: int) -> list[float]:
    """Heights of the corners of a filled area."""
    (path,) = made.axes[0].collections[index].get_paths()
    return [float(y) for _, y in np.asarray(path.vertices)]


def test_lines_run_along_time() -> None:
    """A line for each series over real dates, with concise labels."""
    made = figure(over_time(count=60, series=2))
    assert len(made.axes[0].lines) == 2
    assert "Feb" in x_labels(made)


def test_a_gap_stays_a_gap() -> None:
    """A missing value breaks the line instead of reading as zero, and a point that stands alone is seen."""
    values = (*(1.0,) * 50, None, 3.0, None, *(2.0,) * 10)
    chart = replace(over_time(count=63), series=(Series("s", values),))
    (line,) = figure(chart).axes[0].lines
    assert np.isnan(np.asarray(line.get_ydata())[50])
    assert line.get_markevery() == [51]


def test_a_single_line_tells_its_last_value() -> None:
    """The newest figure stands at the end of the line, also if the axis goes on."""
    assert texts(figure(spec(ChartKind.LINE, count=5)).axes[0]) == ["$5K"]
    ended = replace(spec(ChartKind.LINE, count=3), series=(Series("s", (1.0, 2.0, None)),))
    (label,) = figure(ended).axes[0].texts
    assert isinstance(label, Annotation)
    assert label.xy == (1.0, 2.0)


def test_a_few_lines_are_named_at_their_ends() -> None:
    """Names stand beside the lines and are joined to them; a legend would have to be matched by colour."""
    chart = replace(over_time(series=2), series=(Series("_a", (1.0,) * 24), Series("", (2.0,) * 24)))
    made = figure(chart)
    assert texts(made.axes[0]) == ["_a", "–"]
    assert legend(made) == []


def test_many_lines_have_a_legend() -> None:
    """So have those that cannot be told apart by what fits beside them; further ones are dashed."""
    made = figure(over_time(series=12))
    assert len(legend(made)) == 12
    assert {made.axes[0].lines[0].get_linestyle(), made.axes[0].lines[11].get_linestyle()} == {"-", "--"}
    same = replace(over_time(series=2), series=(Series("n", (1.0,) * 24), Series("n", (2.0,) * 24)))
    assert legend(figure(same)) == ["n", "n"]


def test_a_forecast_goes_on_dashed_within_its_range() -> None:
    """From the last measured point, over a band from low to high, and a word says what it is."""
    made = figure(forecast())
    assert _drawn(made, 0) == [10, 12, 11, 14, 15, 16]
    assert _drawn(made, 1) == [16, 17, 18, 19]
    assert made.axes[0].lines[1].get_linestyle() == "--"
    assert (min(_band(made, 0)), max(_band(made, 0))) == (14, 24)
    assert texts(made.axes[0]) == ["19", "Forecast"]
    assert made.axes[0].get_ylim()[1] > 24


@pytest.mark.parametrize("open_side", ["low", "high"])
def test_a_forecast_may_lack_a_bound(open_side: str) -> None:
    """The range ends at the line there; with nothing measured all of it is forecast."""
    series = Series("s", (1.0, 2.0), low=(0.5, 0.5), high=(3.0, 4.0))
    half = Series("s", (1.0, 2.0), high=(3.0, 4.0)) if open_side == "low" else replace(series, high=())
    made = figure(replace(spec(ChartKind.LINE, count=2), series=(half,)))
    assert _drawn(made, 0) == []
    assert _drawn(made, 1) == [1.0, 2.0]


def test_areas_stand_on_zero() -> None:
    """What is filled must be filled from zero."""
    made = figure(over_time(ChartKind.AREA))
    assert made.axes[0].get_ylim()[0] == 0
    assert len(made.axes[0].collections) == 1


def test_stacked_areas_lie_on_each_other() -> None:
    """The uppermost edge is the total; shares fill the axis."""
    made = figure(stacked(ChartKind.AREA))
    assert [max(_band(made, i)) for i in range(3)] == [40, 120, 240]
    assert legend(made) == ["High", "Medium", "Low"]
    full = figure(stacked(ChartKind.AREA, full=True))
    assert full.axes[0].get_ylim() == (0, 100)
    assert max(_band(full, -1)) == pytest.approx(100)


def test_two_measures_have_two_axes() -> None:
    """Each line is read at its own side, and the legend says at which."""
    made = figure(two_axes(ChartKind.LINE))
    assert legend(made) == ["Revenue", "Margin (right)"]
    assert len(made.axes[0].lines) == 1
    assert to_hex(str(made.axes[1].lines[-1].get_color())) == style.colour(1).lower()
