from __future__ import annotations

from datetime import datetime, timedelta

from bot.core import axial
from bot.core.frames import Frame
from bot.model import Axis, ChartKind, Series, Stacking
from bot.model import VisualizationType as Type

BEGIN = datetime(2026, 1, 1)  # noqa: DTZ001 -- the axis is naive


def _over_time(days: int, *columns: float, label: str = "Orders") -> Frame:
    times = tuple(BEGIN + timedelta(days=day) for day in range(days))
    return Frame(
        tuple(f"{time:%Y-%m-%d}" for time in times),
        tuple(Series(f"s{i}", (value,) * days) for i, value in enumerate(columns)),
        times=times,
        y_label=label,
    )


def _names(*columns: tuple[float | None, ...]) -> Frame:
    series = tuple(Series(f"s{i}", values) for i, values in enumerate(columns))
    return Frame(tuple(f"n{i}x" for i in range(len(columns[0]))), series)


STACK = axial.stacked(ChartKind.COLUMN, Stacking.STACKED, Type.STACKED_COLUMN_CHART)
SHARES = axial.stacked(ChartKind.BAR, Stacking.FULL, Type.STACKED_100_BAR_CHART)


def test_too_many_dates_for_bars_become_columns_or_a_line() -> None:
    """Nothing of a time axis is cut off."""
    columns = axial.bar(_over_time(30, 1.0))
    assert (columns.type, len(columns.frame.categories)) == (Type.COLUMN_CHART, 30)
    assert columns.frame.notes == (
        "There are too many dates for horizontal bars, so here is a column chart.",
    )
    line = axial.bar(_over_time(90, 1.0))
    assert (line.type, len(line.frame.categories)) == (Type.LINE_CHART, 90)
    assert line.frame.notes == ("There are too many dates for horizontal bars, so here is a line chart.",)


def test_many_series_leave_room_for_fewer_places() -> None:
    """Hundreds of thin columns would be read by nobody."""
    made = _names(*(tuple(map(float, range(50))) for _ in range(10)))
    assert len(axial.column(made).frame.categories) == 15
    assert len(axial.bar(made).frame.categories) == 10


def test_groups_are_of_several() -> None:
    """A single series is no group, and a line in their stead keeps its name."""
    draw = axial.grouped(axial.column, Type.GROUPED_COLUMN_CHART)
    assert draw(_names((1, 2), (3, 4))).type is Type.GROUPED_COLUMN_CHART
    assert draw(_names((1, 2))).type is Type.COLUMN_CHART
    assert draw(_over_time(90, 1.0, 2.0)).type is Type.LINE_CHART


def test_parts_stand_upon_each_other() -> None:
    """As amounts, or as shares of each whole."""
    assert (STACK(_names((1, 2), (3, None))).stacking, STACK(_names((1, 2), (3, 4))).type) == (
        Stacking.STACKED,
        Type.STACKED_COLUMN_CHART,
    )
    shares = SHARES(_names((1, 2), (3, 4)))
    assert (shares.kind, shares.stacking) == (ChartKind.BAR, Stacking.FULL)


def test_what_cannot_be_stacked_stands_side_by_side() -> None:
    """Negative values, and averages."""
    negative = SHARES(_names((1, -2), (3, 4)))
    assert (negative.type, negative.stacking) == (Type.BAR_CHART, Stacking.NONE)
    assert negative.frame.notes == ("Negative values cannot be stacked, so here they stand side by side.",)
    averages = STACK(_over_time(3, 1.0, 2.0, label="Average age"))
    assert averages.frame.notes == ("Averages and rates do not add up, so here they stand side by side.",)


def test_one_series_is_no_stack() -> None:
    """A stack of one is a column, and a hundred per cent of one says nothing."""
    assert (STACK(_names((1, 2))).type, STACK(_names((1, 2))).frame.notes) == (Type.COLUMN_CHART, ())
    assert SHARES(_names((1, 2))).frame.notes == (
        "A 100% chart needs several series, so here is a bar chart.",
    )


def test_stacks_of_many_dates_become_areas() -> None:
    """Shares stay shares."""
    made = axial.stacked(ChartKind.COLUMN, Stacking.FULL, Type.STACKED_100_COLUMN_CHART)(
        _over_time(90, 1.0, 2.0)
    )
    assert (made.kind, made.type, made.stacking) == (ChartKind.AREA, Type.STACKED_AREA_CHART, Stacking.FULL)


def test_parts_beyond_twelve_are_added_up() -> None:
    """A stack keeps its height."""
    made = STACK(_names(*((float(i), 1.0) for i in range(15))))
    assert len(made.frame.series) == 12
    assert sum(made.frame.numbers()) == sum(range(15)) + 15


def test_areas_upon_each_other_have_no_holes() -> None:
    """A part that is missing is nothing thick, a period without any is a gap."""
    made = _over_time(4, 1.0, 2.0)
    first = Series("a", (1.0, None, None, 2.0))
    shape = axial.stacked_area(
        Frame(made.categories, (first, Series("b", (1.0, 1.0, None, 1.0))), times=made.times)
    )
    assert (shape.type, shape.stacking) == (Type.STACKED_AREA_CHART, Stacking.STACKED)
    assert [series.values for series in shape.frame.series] == [(1.0, 0.0, None, 2.0), (1.0, 1.0, None, 1.0)]


def test_areas_need_an_order_and_positive_values() -> None:
    """Else columns stand upon each other, or lines run."""
    names = axial.stacked_area(_names((1, 2), (3, 4)))
    assert (names.type, names.frame.notes) == (
        Type.STACKED_COLUMN_CHART,
        ("An area chart needs a time axis, so here are stacked columns.",),
    )
    negative = axial.stacked_area(_over_time(5, 1.0, -1.0))
    assert (negative.type, negative.frame.notes) == (
        Type.LINE_CHART,
        ("Negative values cannot be stacked, so here is a line chart.",),
    )


def test_a_line_between_names_says_nothing() -> None:
    """Columns do; months and numbers have an order, and are put into it."""
    names = axial.line(_names((1, 2)))
    assert (names.type, names.frame.notes) == (
        Type.COLUMN_CHART,
        ("A line chart needs an axis with an order, such as time, so here is a column chart.",),
    )
    months = axial.line(Frame(("Mar", "Jan", "Feb"), (Series("v", (3, 1, 2)),)))
    assert (months.type, months.frame.categories) == (Type.LINE_CHART, ("Jan", "Feb", "Mar"))
    numbers = axial.line(Frame(("10", "2"), (Series("v", (3, 1)),), x_values=(10, 2)))
    assert numbers.frame.categories == ("2", "10")


def test_many_numbers_along_the_axis_are_points() -> None:
    """Labels of four hundred places would be cut off, points are not."""
    xs = tuple(map(float, range(400)))
    made = axial.line(Frame(tuple(map(str, xs)), (Series("v", xs),), x_values=xs))
    assert (made.type, len(made.frame.x_values)) == (Type.SCATTER_CHART, 400)


def test_lines_break_where_periods_are_missing() -> None:
    """There is a place without a value."""
    made = _over_time(5, 1.0)
    times = (*made.times[:2], *made.times[3:])
    labels = (*made.categories[:2], *made.categories[3:])
    shape = axial.line(Frame(labels, (Series("v", (1, 2, 4, 5)),), times=times))
    assert shape.frame.series[0].values == (1, 2, None, 4, 5)


def test_a_second_axis_is_dropped_where_there_is_none() -> None:
    """Horizontal bars and stacks have one axis."""
    made = Frame(("a", "b"), (Series("x", (1, 2)), Series("y", (9, 9), second=True)), second=Axis("Y"))
    assert axial.bar(made).frame.second is None
    assert [series.name for series in axial.without_second(made).series] == ["x"]
    assert axial.column(made).frame.second == Axis("Y")
