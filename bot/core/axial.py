"""Charts along an axis: bars, lines, areas and stacks; one that does not fit is replaced by one that does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.core import arranging, periods, thinning, totals
from bot.core.frames import Frame, Shape
from bot.core.thinning import MOST_BARS, MOST_CATEGORIES
from bot.model import ChartKind, Stacking
from bot.model import VisualizationType as Type

#: So many columns, or horizontal bars, of all series together can be told apart.
_MOST_COLUMNS_IN_ALL = 150
_MOST_BARS_IN_ALL = 100
_FEWEST_GROUPS = 6
#: Values at one place stand beside or upon each other only if there are so many.
_SEVERAL = 2


# -- bars ------------------------------------------------------------------------------------------------


def bar(made: Frame) -> Shape:
    """Horizontal bars, several series side by side."""
    made = periods.filled(thinning.fewer_series(without_second(made)))
    if made.times and len(made.categories) > MOST_BARS:
        few = len(made.categories) <= _most_columns(made)
        kind = "column" if few else "line"
        note = f"There are too many dates for horizontal bars, so here is a {kind} chart."
        return column(made.note(note)) if few else line(made.note(note))
    most = max(_FEWEST_GROUPS, min(MOST_BARS, _MOST_BARS_IN_ALL // len(made.series)))
    return Shape(ChartKind.BAR, Type.BAR_CHART, _bars(made, most))


def column(made: Frame) -> Shape:
    """Upright bars, several series side by side; series of a second axis are lines over them."""
    made = periods.filled(thinning.fewer_series(made))
    most = _most_columns(made)
    if made.times and len(made.categories) > most:
        return line(made.note("There are too many dates for single bars, so here is a line chart."))
    return Shape(ChartKind.COLUMN, Type.COLUMN_CHART, _bars(made, most))


def _most_columns(made: Frame) -> int:
    own = sum(not series.second for series in made.series)
    return max(_FEWEST_GROUPS, min(MOST_CATEGORIES, _MOST_COLUMNS_IN_ALL // own))


def _bars(made: Frame, most: int) -> Frame:
    made, ranked = arranging.for_bars(made)
    return thinning.fewer_categories(made, most, ranked=ranked)


def grouped(plain: Callable[[Frame], Shape], wanted: Type) -> Callable[[Frame], Shape]:
    """Bars under the name of their group, if there are several in one."""

    def drawn(made: Frame) -> Shape:
        shape = plain(made)
        kept = shape.type in {Type.BAR_CHART, Type.COLUMN_CHART} and len(shape.frame.series) >= _SEVERAL
        return replace(shape, type=wanted) if kept else shape

    return drawn


def without_second(made: Frame) -> Frame:
    """The frame without the series that are drawn against a second axis."""
    return replace(made, series=tuple(each for each in made.series if not each.second), second=None)


# -- stacks ----------------------------------------------------------------------------------------------


def stacked(kind: ChartKind, stacking: Stacking, wanted: Type) -> Callable[[Frame], Shape]:
    """Bars upon each other, where their values may be added up."""
    plain = bar if kind is ChartKind.BAR else column
    most = MOST_BARS if kind is ChartKind.BAR else MOST_CATEGORIES

    def drawn(made: Frame) -> Shape:
        made = without_second(made)
        if len(made.series) < _SEVERAL:
            name = "bar" if kind is ChartKind.BAR else "column"
            note = f"A 100% chart needs several series, so here is a {name} chart."
            return plain(made.note(note) if stacking is Stacking.FULL else made)
        if note := _unstackable(made):
            return plain(made.note(f"{note}, so here they stand side by side."))
        made = periods.filled(thinning.other_series(made))
        if made.times and len(made.categories) > most:
            note = "There are too many dates for single bars, so here is a stacked area chart."
            return replace(stacked_area(made.note(note)), stacking=stacking)
        return Shape(kind, wanted, _bars(made, most), stacking)

    return drawn


def _unstackable(made: Frame) -> str:
    """Why the series cannot stand upon each other; empty where they can."""
    if min(made.numbers(), default=0.0) < 0:
        return "Negative values cannot be stacked"
    return "" if totals.adds_up(made) else "Averages and rates do not add up"


def stacked_area(made: Frame) -> Shape:
    """Areas upon each other, along an axis that has an order."""
    made = without_second(made)
    if len(made.series) < _SEVERAL:
        return area(made)
    if note := _unstackable(made):
        return line(made.note(f"{note}, so here is a line chart."))
    if not arranging.ordered(made) or len(made.categories) < _SEVERAL:
        note = "An area chart needs a time axis, so here are stacked columns."
        return stacked(ChartKind.COLUMN, Stacking.STACKED, Type.STACKED_COLUMN_CHART)(made.note(note))
    shape = line(thinning.other_series(made))
    if shape.kind is not ChartKind.LINE:
        return shape
    return Shape(ChartKind.AREA, Type.STACKED_AREA_CHART, _without_holes(shape.frame), Stacking.STACKED)


def _without_holes(made: Frame) -> Frame:
    """A part that is missing where others are there is nothing thick; where all are missing is a gap."""
    held = [any(series.values[i] is not None for series in made.series) for i in range(len(made.categories))]
    series = tuple(
        replace(
            each,
            values=tuple(
                value or 0.0 if here else None for value, here in zip(each.values, held, strict=True)
            ),
        )
        for each in made.series
    )
    return replace(made, series=series)


# -- lines -----------------------------------------------------------------------------------------------


def line(made: Frame) -> Shape:
    """Lines along an axis that has an order, with gaps where periods are missing."""
    if len(made.categories) < _SEVERAL:
        return column(made)
    if not arranging.ordered(made):
        note = "A line chart needs an axis with an order, such as time, so here is a column chart."
        return column(made.note(note))
    made = arranging.in_order(periods.filled(thinning.fewer_series(made)))
    if made.times:
        made = thinning.fewer_points(made)
    elif len(made.categories) > MOST_CATEGORIES and made.x_values and made.second is None:
        return dots(made.note("There are too many values for one line, so here is a scatter chart."))
    return Shape(ChartKind.LINE, Type.LINE_CHART, thinning.fewer_categories(made, _places(made)))


def _places(made: Frame) -> int:
    return len(made.categories) if made.times else MOST_CATEGORIES


def area(made: Frame) -> Shape:
    """A line filled down to zero."""
    if not arranging.ordered(made) and len(made.categories) >= _SEVERAL:
        return column(made.note("An area chart needs a time axis, so here is a column chart."))
    shape = line(made)
    if shape.kind is not ChartKind.LINE:
        return shape
    return replace(shape, kind=ChartKind.AREA, type=Type.AREA_CHART)


def forecast(made: Frame) -> Shape:
    """A line whose last values have a range; without any range it is a line like others."""
    shape = line(made)
    if shape.kind is ChartKind.LINE and has_forecast(shape.frame):
        return replace(shape, type=Type.FORECAST_CHART)
    return shape


def has_forecast(made: Frame) -> bool:
    """Some of the values are a forecast with a range."""
    return any(bound is not None for series in made.series for bound in series.low)


def dots(made: Frame) -> Shape:
    """Points of two numbers."""
    return Shape(ChartKind.SCATTER, Type.SCATTER_CHART, thinning.fewer_dots(made))
