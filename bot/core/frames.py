"""What a chart draws: a frame of series along one axis, taken from a typed table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import measures, values
from bot.core.measures import Measure
from bot.model import (
    Axis,
    ChartKind,
    ColumnKind,
    DisplayFormat,
    Flow,
    Series,
    Stacking,
    Table,
    TableColumn,
    VisualizationType,
)

MOST_SERIES = 12
#: Cells of two crossed dimensions; more of them need a row for one in forty at least.
_MOST_CELLS, _THINNEST = 100_000, 40
#: Measures beyond this are not looked at: a table may have five hundred.
_MOST_MEASURES = 24
_LONGEST_LABEL = 120
_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN


@dataclass(frozen=True, slots=True)
class Frame:
    """Series along one axis.

    Attributes:
        times: for a time axis the moments of the categories, ascending; else empty.
        x_values: for an axis of numbers, or for points, the x of each place; else empty.
        y_label: what is measured, where all series measure the same.
        second: the axis of the series that are drawn against a second one.
        split: the series are the values of a dimension, hence parts of one measure.
        arranged: the tenant asked for the order in which the rows came.
        partial: something is missing, so that a total would be wrong.
        length: how many places the axis had before it was thinned out; 0 if it was not.
        notes: what was left out or replaced, in sentences.
    """

    categories: tuple[str, ...]
    series: tuple[Series, ...]
    times: tuple[datetime, ...] = ()
    x_values: tuple[float, ...] = ()
    x_label: str = ""
    y_label: str = ""
    format: DisplayFormat = _UNKNOWN
    second: Axis | None = None
    split: bool = False
    arranged: bool = False
    partial: bool = False
    length: int = 0
    notes: tuple[str, ...] = ()

    def numbers(self) -> list[float]:
        """All values that are drawn."""
        return [value for series in self.series for value in series.values if value is not None]

    def note(self, *sentences: str) -> Frame:
        """The frame with further notes."""
        return replace(self, notes=(*self.notes, *sentences))


@dataclass(frozen=True, slots=True)
class Shape:
    """What is drawn, and the type that it shows; it differs from the wanted one if that does not fit.

    ``title`` is the chart's own, where it has one that the visualization does not.
    """

    kind: ChartKind
    type: VisualizationType
    frame: Frame
    stacking: Stacking = Stacking.NONE
    flows: tuple[Flow, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """What of a table can be drawn, read once for every type of chart.

    Attributes:
        measures: all that are looked at, in the order in which the tenant names them.
        left: those that share an axis with the first one.
        right: those that can share a second axis.
        unread: names of further columns of numbers.
        axis: the frame's axis, without series; its places are the rows in ``order``.
        pivoted: one dimension along the axis and the others as series of the first measure, or None.
    """

    table: Table
    dimensions: tuple[int, ...]
    measures: tuple[Measure, ...]
    left: tuple[Measure, ...]
    right: tuple[Measure, ...]
    unread: tuple[str, ...]
    axis: Frame
    order: tuple[int, ...]
    pivoted: Frame | None


# -- choosing columns ------------------------------------------------------------------------------------


def read(
    table: Table,
    *,
    arranged: bool = False,
    columns: tuple[Sequence[int], Sequence[int]] | None = None,
) -> Data | None:
    """The table for drawing; None if it holds no number to draw.

    ``arranged`` says that the tenant asked for the order of the rows; ``columns`` are dimensions and measures
    other than those that the table names.
    """
    dimensions, measured = columns or measures.roles(table)
    found = [measures.measure(table, index) for index in measured[:_MOST_MEASURES]]
    held = [each for each in found if any(value is not None for value in each.series.values)]
    if not held:
        return None
    left = [each for each in held if each.shares(held[0])]
    others = [each for each in held if each not in left]
    right = [each for each in others if each.shares(others[0])]
    axis, order = _axis(table, dimensions)
    return Data(
        table=table,
        dimensions=tuple(dimensions),
        measures=tuple(held),
        left=tuple(left),
        right=tuple(right),
        unread=tuple(measures.label(table.columns[index]) for index in measured[_MOST_MEASURES:]),
        axis=replace(axis, arranged=arranged),
        order=order,
        pivoted=_pivot(table, dimensions, left[0], arranged=arranged) if len(dimensions) > 1 else None,
    )


# -- making frames ---------------------------------------------------------------------------------------


def along(data: Data, left: Sequence[Measure], right: Sequence[Measure] = ()) -> Frame:
    """Measures along the dimensions, joined to one label where there are several.

    Times ascend; everything else stays in the order in which it came. A single row without a dimension is
    laid along the axis: its measures are the categories.
    """
    if not data.dimensions and len(data.order) == 1 and len(left) > 1 and not right:
        numbers = tuple(each.series.values[0] for each in left)
        held = tuple(each.series.name for each in left)
        return Frame(held, (Series("Value", numbers),), format=left[0].unit, partial=data.axis.partial)
    drawn = [_taken(each.series, data.order) for each in left]
    against = [replace(_taken(each.series, data.order), second=True) for each in right]
    names = [each.name for each in against]
    return replace(
        data.axis,
        series=(*drawn, *against),
        y_label=drawn[0].name if len(drawn) == 1 else "",
        format=left[0].unit,
        second=Axis(values.line(", ".join(names), _LONGEST_LABEL), right[0].unit) if right else None,
    )


def _axis(table: Table, dimensions: Sequence[int]) -> tuple[Frame, tuple[int, ...]]:
    """The axis that the dimensions span, and the rows that have a place on it, in order."""
    columns, rows = table.columns, table.rows
    labels = [category(" · ".join(row[i].text for i in dimensions)) for row in rows]
    if not dimensions:
        labels = [str(number) for number in range(1, len(rows) + 1)]
    made = Frame(
        categories=tuple(labels),
        series=(),
        x_label=", ".join(measures.label(columns[i]) for i in dimensions[:3]),
        partial=table.has_more,
    )
    if len(dimensions) == 1:
        return _measured_axis(made, columns[dimensions[0]], [row[dimensions[0]].value for row in rows])
    return made, tuple(range(len(rows)))


def _measured_axis(
    made: Frame, column: TableColumn, places: Sequence[values.Value]
) -> tuple[Frame, tuple[int, ...]]:
    """The frame along an axis of times or numbers, if the column is one; its places in order."""
    if column.kind is ColumnKind.TIME:
        return _timed(made, [values.as_datetime(place) for place in places])
    numbers = [measures.finite(values.as_float(place)) for place in places]
    x_values = tuple(number for number in numbers if number is not None)
    if column.kind is ColumnKind.NUMBER and len(x_values) == len(places):
        made = replace(made, x_values=x_values)
    return made, tuple(range(len(places)))


def category(text: str) -> str:
    """A label along the axis."""
    return values.line(text, _LONGEST_LABEL) or values.ABSENT


def _timed(made: Frame, moments: Sequence[datetime | None]) -> tuple[Frame, tuple[int, ...]]:
    """The frame along a time axis; rows without a time have no place on it."""
    placed = sorted((moment, index) for index, moment in enumerate(moments) if moment is not None)
    lost = len(moments) - len(placed)
    order = tuple(index for _, index in placed)
    timed = replace(
        pick(made, order),
        times=tuple(moment for moment, _ in placed),
        partial=made.partial or lost > 0,
    )
    if lost:
        rows = f"{lost:,} row{'' if lost == 1 else 's'}"
        timed = timed.note(f"{rows} without a date {'is' if lost == 1 else 'are'} not drawn.")
    return timed, order


def _pivot(table: Table, dimensions: Sequence[int], drawn: Measure, *, arranged: bool) -> Frame | None:
    """One dimension along the axis, the others as series.

    None if a place occurs twice in a series, or if nearly all cells would be empty.
    """
    axis, split = _axis_first(table, dimensions)
    if axis is None:
        return None
    names = [" · ".join(row[i].text for i in split) for row in table.rows]
    found = {(row[axis].text, name): at for at, (row, name) in enumerate(zip(table.rows, names, strict=True))}
    if len(found) < len(table.rows):
        return None
    places = {row[axis].text: row[axis].value for row in table.rows}
    cells = len(places) * len(set(names))
    if cells > max(_MOST_CELLS, _THINNEST * len(table.rows)):
        return None
    made = Frame(
        categories=tuple(map(category, places)),
        series=tuple(
            replace(_taken(drawn.series, [found.get((text, name)) for text in places]), name=category(name))
            for name in dict.fromkeys(names)
        ),
        x_label=measures.label(table.columns[axis]),
        y_label=drawn.series.name,
        format=drawn.unit,
        split=True,
        arranged=arranged,
        partial=table.has_more,
    )
    return _measured_axis(made, table.columns[axis], list(places.values()))[0]


def _axis_first(table: Table, dimensions: Sequence[int]) -> tuple[int | None, tuple[int, ...]]:
    """Time lies along the axis; else the first of two, unless the second would make too many series."""
    times = [index for index in dimensions if table.columns[index].kind is ColumnKind.TIME]
    if times:
        return times[0], tuple(index for index in dimensions if index != times[0])
    if len(dimensions) != 2:  # noqa: PLR2004 -- of three names none is the axis
        return None, ()
    first, second = dimensions
    counts = [len({row[index].text for row in table.rows}) for index in dimensions]
    swap = counts[0] <= MOST_SERIES < counts[1]
    return (second, (first,)) if swap else (first, (second,))


def scatter(table: Table, x: Measure, y: Measure, dimensions: Sequence[int]) -> Frame:
    """Points of two numbers; a dimension with few values colours them, else it names them."""
    pairs = zip(x.series.values, y.series.values, table.rows, strict=True)
    points = [(a, b, row) for a, b, row in pairs if a is not None and b is not None]
    groups = [category(row[dimensions[0]].text) if dimensions else "" for _, _, row in points]
    names = list(dict.fromkeys(groups))
    if not 1 < len(names) <= min(MOST_SERIES, len(points) // 2):
        names = []
    ys = tuple(b for _, b, _ in points)
    grouped = tuple(
        Series(name, tuple(b if group == name else None for b, group in zip(ys, groups, strict=True)))
        for name in names
    )
    return Frame(
        categories=tuple(groups) if dimensions else (),
        series=grouped or (Series(y.series.name, ys),),
        x_values=tuple(a for a, _, _ in points),
        x_label=measures.with_unit(table.columns[x.index], x.unit),
        y_label=y.series.name,
        format=y.unit,
        partial=table.has_more,
    )


# -- changing frames -------------------------------------------------------------------------------------


def pick(made: Frame, indexes: Sequence[int]) -> Frame:
    """The frame at some places of its axis only, in the order given."""
    return replace(
        made,
        categories=tuple(made.categories[i] for i in indexes) if made.categories else (),
        times=tuple(made.times[i] for i in indexes) if made.times else (),
        x_values=tuple(made.x_values[i] for i in indexes) if made.x_values else (),
        series=tuple(_taken(series, indexes) for series in made.series),
    )


def _taken(series: Series, indexes: Iterable[int | None]) -> Series:
    """The series at such places, with nothing where there is none."""
    at = list(indexes)
    return replace(
        series,
        values=_at(series.values, at),
        low=_at(series.low, at),
        high=_at(series.high, at),
    )


def _at(column: Sequence[float | None], indexes: Sequence[int | None]) -> tuple[float | None, ...]:
    return tuple(None if i is None else column[i] for i in indexes) if column else ()


def spread(
    made: Frame, indexes: Sequence[int | None], categories: Sequence[str], times: Sequence[datetime]
) -> Frame:
    """The frame along a longer axis; None stands for a place that it did not have."""
    return replace(
        made,
        categories=tuple(categories),
        times=tuple(times),
        series=tuple(_taken(series, indexes) for series in made.series),
    )


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: ``A, B and C``; of many the first ones, and how many more there are."""
    most = 4
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1:,} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
