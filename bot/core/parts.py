"""Charts of parts, cells and spokes: pies, funnels, heat maps, polar and radar charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.core import arranging, periods, thinning, totals
from bot.core.axial import bar, column, without_second
from bot.core.frames import Frame, Shape, pick
from bot.core.thinning import OTHER
from bot.model import ChartKind, Series
from bot.model import VisualizationType as Type

_MOST_STAGES = 12
_MOST_SLICES = 12
_MOST_ROWS, _MOST_CELLS_ACROSS = 20, 30
_MOST_SPOKES, _FEWEST_SPOKES = 24, 3
_MOST_POLAR = 48
_MOST_WEBS = 6
#: Slices, stages, rows: one of them alone compares nothing.
_SEVERAL = 2


# -- parts -----------------------------------------------------------------------------------------------


def pie(made: Frame) -> Shape:
    """Slices, the largest first and the smallest as one; of two dimensions one for every pair."""
    amounts = made.numbers()
    if min(amounts, default=0.0) < 0:
        return bar(made.note("A pie chart cannot show negative values, so here is a bar chart."))
    if not any(amounts):
        return bar(made)
    if not totals.is_whole(made):
        return bar(made.note("Averages and rates are no parts of a whole, so here is a bar chart."))
    made = _joined(made) if len(made.series) > 1 else made
    made = pick(made, [i for i, amount in enumerate(made.series[0].values) if amount])
    return Shape(ChartKind.PIE, Type.PIE_CHART, _slices(made))


def _joined(made: Frame) -> Frame:
    """Every pair of a category and a series as one category."""
    cells = [
        (f"{category} · {series.name}", series.values[i])
        for i, category in enumerate(made.categories)
        for series in made.series
    ]
    series = (Series(made.y_label or "Value", tuple(value for _, value in cells)),)
    return replace(made, categories=tuple(name for name, _ in cells), series=series, times=(), x_values=())


def _slices(made: Frame) -> Frame:
    """At most twelve slices; ordered names keep their order while there is room for all of them."""
    count = len(made.categories)
    natural = made.times or made.x_values or arranging.ranks(made.categories) is not None
    if natural and count <= _MOST_SLICES:
        return arranging.in_order(made)
    made = arranging.by_value(made)
    if count <= _MOST_SLICES:
        return made
    amounts = [amount or 0.0 for amount in made.series[0].values]
    rest = amounts[_MOST_SLICES - 1 :]
    largest = pick(made, range(_MOST_SLICES - 1))
    series = Series(made.series[0].name, (*largest.series[0].values, sum(rest)))
    joined = replace(
        largest, categories=(*largest.categories, OTHER), series=(series,), times=(), x_values=()
    )
    return joined.note(f"The {len(rest):,} smallest slices are drawn as “{OTHER}”.")


def funnel(made: Frame) -> Shape:
    """Stages in the order in which they came."""
    values = made.series[0].values
    amounts = [value for value in values if value is not None]
    if len(made.series) > 1 or not _SEVERAL <= len(values) <= _MOST_STAGES or len(amounts) < len(values):
        note = f"A funnel chart needs one number for each of 2 to {_MOST_STAGES} stages"
    elif min(amounts) <= 0:
        note = "A funnel chart needs positive values"
    elif not any(b < a for a, b in pairwise(amounts)):
        note = "The values do not fall from stage to stage"
    else:
        return Shape(ChartKind.FUNNEL, Type.FUNNEL_CHART, made)
    return bar(made.note(f"{note}, so here is a bar chart."))


# -- grids and circles -----------------------------------------------------------------------------------


def heatmap(made: Frame) -> Shape:
    """A row for each series and a column for each category; time and ordered names keep their order."""
    made = without_second(made)
    if len(made.series) < _SEVERAL or len(made.categories) < _SEVERAL:
        return bar(made.note("A heat map needs two dimensions, so here is a bar chart."))
    made = periods.filled(made)
    if not made.times and _better_turned(len(made.series), len(made.categories)):
        made = turned(made)
    made = _rows_in_order(arranging.in_order(made))
    made = thinning.fewer_series(made, _MOST_ROWS)
    made = (
        thinning.latest(made, _MOST_CELLS_ACROSS) if made.times else _largest_places(made, _MOST_CELLS_ACROSS)
    )
    return Shape(ChartKind.HEATMAP, Type.HEATMAP_CHART, made)


def _better_turned(rows: int, across: int) -> bool:
    fits = rows <= _MOST_ROWS and across <= _MOST_CELLS_ACROSS
    return not fits and across <= _MOST_ROWS


def turned(made: Frame) -> Frame:
    """The frame with its series as categories, and its categories as series."""
    columns = zip(*(series.values for series in made.series), strict=True)
    return replace(
        made,
        categories=tuple(series.name for series in made.series),
        series=tuple(Series(name, values) for name, values in zip(made.categories, columns, strict=True)),
        times=(),
        x_values=(),
        x_label="",
    )


def _rows_in_order(made: Frame) -> Frame:
    places = arranging.ranks([series.name for series in made.series])
    if places is None:
        return made
    order: Sequence[int] = sorted(range(len(places)), key=places.__getitem__)
    return replace(made, series=tuple(made.series[i] for i in order))


def _largest_places(made: Frame, most: int) -> Frame:
    count = len(made.categories)
    if count <= most:
        return made
    if arranging.ordered(made):
        return thinning.fewer_categories(made, most)
    sizes = [abs(size) for size in totals.by_place(made)]
    largest = sorted(sorted(range(count), key=lambda i: -sizes[i])[:most])
    note = f"The chart shows the {most} largest of {count:,} values."
    return replace(pick(made, largest), partial=True).note(note)


def polar(made: Frame) -> Shape:
    """Bars around a circle."""
    bars = thinning.drop_empty(without_second(made))
    count = len(bars.categories)
    fits = _FEWEST_SPOKES <= count <= _MOST_SPOKES and count * len(bars.series) <= _MOST_POLAR
    if not fits or not _outwards(bars):
        note = f"A polar chart needs {_FEWEST_SPOKES} to {_MOST_SPOKES} values that are not negative"
        return column(made.note(f"{note}, so here is a column chart."))
    return Shape(ChartKind.POLAR, Type.POLAR_CHART, arranging.in_order(bars))


def spider(made: Frame) -> Shape:
    """A web for each series, a spoke for each category."""
    web = thinning.drop_empty(without_second(made))
    few = len(web.categories) < _FEWEST_SPOKES <= len(web.series)
    web = turned(web) if few and not web.times else web
    fits = _FEWEST_SPOKES <= len(web.categories) <= _MOST_SPOKES and len(web.series) <= _MOST_WEBS
    whole = all(value is not None for series in web.series for value in series.values)
    if not fits or not whole or not _outwards(web):
        note = f"A radar chart needs {_FEWEST_SPOKES} to {_MOST_SPOKES} values that are not negative"
        return column(made.note(f"{note}, so here is a column chart."))
    return Shape(ChartKind.SPIDER, Type.SPIDER_CHART, arranging.in_order(web))


def _outwards(made: Frame) -> bool:
    """From the middle of a circle outwards there is no less than nothing, and somewhere there is more."""
    amounts = made.numbers()
    return any(amounts) and min(amounts) >= 0
