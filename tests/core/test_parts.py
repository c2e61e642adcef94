from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core import parts
from bot.core.frames import Frame
from bot.model import Axis, ChartKind, DisplayFormat, Series
from bot.model import VisualizationType as Type


def _frame(*columns: tuple[float | None, ...], names: str = "") -> Frame:
    labels = tuple(names.split()) or tuple(f"n{i}x" for i in range(len(columns[0])))
    return Frame(labels, tuple(Series(f"s{i}", values) for i, values in enumerate(columns)))


def test_slices_stand_by_size_unless_their_names_have_an_order() -> None:
    """The largest begins; months stay months."""
    assert parts.pie(_frame((1, 3, 2))).frame.categories == ("n1x", "n2x", "n0x")
    assert parts.pie(_frame((1, 3, 2), names="Feb Jan Mar")).frame.categories == ("Jan", "Feb", "Mar")


def test_averages_are_no_slices() -> None:
    """Nor are shares of different wholes."""
    made = Frame(("a", "b"), (Series("v", (30.0, 40.0)),), format=DisplayFormat.NUMBER_PERCENTAGE)
    shape = parts.pie(made)
    assert (shape.kind, shape.frame.notes) == (
        ChartKind.BAR,
        ("Averages and rates are no parts of a whole, so here is a bar chart.",),
    )


def test_a_funnel_keeps_its_stages_in_their_order() -> None:
    """It may rise in between, as long as it falls somewhere."""
    shape = parts.funnel(_frame((100, 40, 50, 10)))
    assert (shape.type, shape.frame.categories) == (Type.FUNNEL_CHART, ("n0x", "n1x", "n2x", "n3x"))


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (_frame((1, 2, 3)), "The values do not fall from stage to stage"),
        (_frame((3, 2, 0)), "A funnel chart needs positive values"),
        (_frame((3, None, 1)), "A funnel chart needs one number for each of 2 to 12 stages"),
        (_frame((3, 2), (2, 1)), "A funnel chart needs one number for each of 2 to 12 stages"),
        (_frame(tuple(range(20, 0, -1))), "A funnel chart needs one number for each of 2 to 12 stages"),
    ],
)
def test_what_is_no_funnel_is_drawn_as_bars(made: Frame, why: str) -> None:
    """And why is said."""
    shape = parts.funnel(made)
    assert shape.type is Type.BAR_CHART
    assert shape.frame.notes[0] == f"{why}, so here is a bar chart."


def test_a_heat_map_has_a_row_for_each_series() -> None:
    """Days of the week and hours stand in their order."""
    made = Frame(("9am", "8am"), (Series("Tue", (1, 2)), Series("Mon", (3, None))))
    shape = parts.heatmap(made)
    assert shape.type is Type.HEATMAP_CHART
    assert shape.frame.categories == ("8am", "9am")
    assert [(series.name, series.values) for series in shape.frame.series] == [
        ("Mon", (None, 3)),
        ("Tue", (2, 1)),
    ]


def test_a_large_heat_map_keeps_the_largest_rows_and_columns() -> None:
    """At most twenty by thirty, and the rest is said."""
    made = _frame(*(tuple(float(i + j) for i in range(60)) for j in range(40)))
    shape = parts.heatmap(made)
    assert (len(shape.frame.series), len(shape.frame.categories)) == (20, 30)
    assert shape.frame.categories[-1] == "n59x"
    assert shape.frame.notes == (
        "The chart shows the 20 largest of 40 series.",
        "The chart shows the 30 largest of 60 values.",
    )


def test_a_tall_heat_map_is_laid_on_its_side() -> None:
    """Twenty-four hours fit across, not down."""
    shape = parts.heatmap(_frame(*((1.0, 2.0, 3.0) for _ in range(24))))
    assert (len(shape.frame.series), len(shape.frame.categories)) == (3, 24)


def test_one_row_is_no_heat_map() -> None:
    """Bars show it better."""
    assert parts.heatmap(_frame((1, 2, 3))).frame.notes == (
        "A heat map needs two dimensions, so here is a bar chart.",
    )


def test_directions_go_around_in_their_order() -> None:
    """A polar chart begins in the north."""
    shape = parts.polar(_frame((1, 2, 3, 4), names="E N W S"))
    assert (shape.type, shape.frame.categories) == (Type.POLAR_CHART, ("N", "E", "S", "W"))


@pytest.mark.parametrize("made", [_frame((1, 2)), _frame((1, -2, 3)), _frame((0, 0, 0)), _frame((1.0,) * 25)])
def test_what_goes_around_no_circle_is_drawn_as_columns(made: Frame) -> None:
    """Two values, negative ones, nothing but zeros, and too many."""
    for shape in (parts.polar(made), parts.spider(made)):
        assert shape.type is Type.COLUMN_CHART
        assert shape.frame.notes[0].endswith("values that are not negative, so here is a column chart.")


def test_a_web_has_no_holes_and_at_most_six_sides_by_side() -> None:
    """A missing value would be drawn as none."""
    assert parts.spider(_frame((1, 2, 3), (1, 2, 3))).type is Type.SPIDER_CHART
    assert parts.spider(_frame((1, 2, 3), (1, None, 3))).type is Type.COLUMN_CHART
    assert parts.spider(_frame(*((1, 2, 3) for _ in range(7)))).type is Type.COLUMN_CHART


def test_two_places_with_many_measures_are_webs_of_measures() -> None:
    """The measures become the spokes."""
    shape = parts.spider(_frame((1, 2), (3, 4), (5, 6)))
    assert shape.type is Type.SPIDER_CHART
    assert shape.frame.categories == ("s0", "s1", "s2")
    assert [series.name for series in shape.frame.series] == ["n0x", "n1x"]


def test_a_circle_without_a_number_of_its_own_is_no_circle() -> None:
    """All numbers stand on the second axis, which a circle does not have."""
    empty = _frame((None, None, None), (None, None, None), (None, None, None))
    made = replace(empty, series=(*empty.series, Series("t", (1.0, 2.0, 3.0), second=True)), second=Axis("t"))
    assert parts.spider(made).kind is ChartKind.COLUMN
    assert parts.polar(made).kind is ChartKind.COLUMN
