"""What a chart draws: a frame of series along one axis, taken from a typed table and kept small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import values
from bot.model import ColumnKind, DisplayFormat, Series, Table, TableColumn

MOST_SERIES = 12
MOST_CATEGORIES = 50
#: Horizontal bars need a line each; more of them make a picture that a phone cannot show.
MOST_BARS = 20
MOST_POINTS = 2_000
_LONGEST_LABEL = 120
_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN

#: Measures of one format share an axis if the largest is not more than so many times the smallest.
_WIDEST_SCALE = 200


@dataclass(frozen=True, slots=True)
class Roles:
    """Indexes of the columns that span the axis, and of those that are drawn."""

    dimensions: tuple[int, ...]
    measures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Series along one axis.

    Attributes:
        times: for a time axis the moments of the categories, ascending; else empty.
        x_values: for a scatter chart the x of each point, else empty.
        ordered: the categories are times or numbers, so that a line between them means something.
        partial: something is missing, so that a total would be wrong.
        length: how many places the axis had before it was thinned out; 0 if it was not.
        notes: what was left out, in sentences.
    """

    categories: tuple[str, ...]
    series: tuple[Series, ...]
    times: tuple[datetime, ...] = ()
    x_values: tuple[float, ...] = ()
    x_label: str = ""
    y_label: str = ""
    format: DisplayFormat = _UNKNOWN
    ordered: bool = False
    partial: bool = False
    length: int = 0
    notes: tuple[str, ...] = ()

    def numbers(self) -> list[float]:
        """All values that are drawn."""
        return [value for series in self.series for value in series.values if value is not None]


# -- choosing columns ------------------------------------------------------------------------------------


def roles(table: Table) -> Roles:
    """Who is drawn along whom: as the tenant says, else by the kinds of the columns."""
    numeric = [i for i, column in enumerate(table.columns) if column.kind is ColumnKind.NUMBER]
    measures = [i for i in table.measures if i in numeric] or [
        i for i in numeric if i not in table.dimensions
    ]
    dimensions = [i for i in table.dimensions if i not in measures] or [
        i for i in range(len(table.columns)) if i not in numeric
    ]
    if not dimensions and not table.measures and len(measures) > 1:
        dimensions, measures = measures[:1], measures[1:]
    return Roles(tuple(dimensions), tuple(measures))


def one_unit(table: Table, measures: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The measures that can share an axis with the first one, and the others."""
    first = measures[0]
    unit, largest = unit_of(table, first), _largest(table, first)
    kept = tuple(
        index
        for index in measures
        if unit_of(table, index) is unit
        and max(largest, _largest(table, index)) <= _WIDEST_SCALE * min(largest, _largest(table, index))
    )
    kept = kept if first in kept else (first,)
    return kept, tuple(index for index in measures if index not in kept)


def _largest(table: Table, index: int) -> float:
    return max((abs(value) for value in _drawn(table, index) if value is not None), default=0.0)


def unit_of(table: Table, index: int) -> DisplayFormat:
    """The unit in which a column is drawn: per cent only where the table shows it so."""
    form = table.columns[index].format
    if form is DisplayFormat.NUMBER_PERCENTAGE and not any(
        row[index].text.endswith("%") for row in table.rows
    ):
        return _UNKNOWN
    return form


def _drawn(table: Table, index: int) -> list[float | None]:
    """A column's values for drawing; what is shown as 12% is drawn as 12, however it was sent."""
    if unit_of(table, index) is not DisplayFormat.NUMBER_PERCENTAGE:
        return [values.as_float(row[index].value) for row in table.rows]
    shown = (values.undress(row[index].text, numeric=True) for row in table.rows)
    return [None if value is None else float(value) for value in shown]


def label(column: TableColumn) -> str:
    """A column's name as an axis label."""
    return values.line(column.name, _LONGEST_LABEL)


# -- making frames ---------------------------------------------------------------------------------------


def frame(table: Table, dimensions: Sequence[int], measures: Sequence[int]) -> Frame:
    """The measures along the dimensions.

    One dimension is the axis. Two with one measure become an axis and series, if every pair occurs once. More
    dimensions are joined to one label. Times ascend; everything else stays in the order in which it came.
    """
    pivoted = _pivot(table, dimensions, measures[0]) if len(dimensions) == 2 else None  # noqa: PLR2004 -- a pair
    if pivoted is not None:
        return pivoted
    columns = table.columns
    axis = columns[dimensions[0]] if len(dimensions) == 1 else None
    labels = [_category(" · ".join(row[i].text for i in dimensions)) for row in table.rows]
    if not dimensions:
        labels = [str(number) for number in range(1, len(table.rows) + 1)]
    drawn = [(label(columns[i]), _drawn(table, i)) for i in measures]
    made = Frame(
        categories=tuple(labels),
        series=tuple(Series(name, tuple(column)) for name, column in drawn),
        x_label=", ".join(label(columns[i]) for i in dimensions),
        y_label=drawn[0][0] if len(drawn) == 1 else "",
        format=unit_of(table, measures[0]),
        ordered=axis is not None and axis.kind is ColumnKind.NUMBER,
        partial=table.has_more,
    )
    if axis is None or axis.kind is not ColumnKind.TIME:
        return made
    return _timed(made, [values.as_datetime(row[dimensions[0]].value) for row in table.rows])


def _category(text: str) -> str:
    return values.line(text, _LONGEST_LABEL) or values.ABSENT


def _timed(made: Frame, moments: Sequence[datetime | None]) -> Frame:
    """The frame along a time axis; rows without a time have no place on it."""
    placed = sorted((moment, index) for index, moment in enumerate(moments) if moment is not None)
    lost = len(moments) - len(placed)
    notes = (f"{_rows(lost)} without a date {'is' if lost == 1 else 'are'} not drawn.",) if lost else ()
    return replace(
        pick(made, [index for _, index in placed]),
        times=tuple(moment for moment, _ in placed),
        ordered=True,
        partial=made.partial or lost > 0,
        notes=made.notes + notes,
    )


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _pivot(table: Table, dimensions: Sequence[int], measure: int) -> Frame | None:
    """One dimension along the axis, the other as series; None if a pair occurs twice."""
    axis, split = _axis_first(table, dimensions)
    found = {
        (row[axis].text, row[split].text): value
        for row, value in zip(table.rows, _drawn(table, measure), strict=True)
    }
    if len(found) < len(table.rows):
        return None
    along = {row[axis].text: row[axis].value for row in table.rows}
    names = dict.fromkeys(row[split].text for row in table.rows)
    made = Frame(
        categories=tuple(map(_category, along)),
        series=tuple(
            Series(_category(name), tuple(found.get((text, name)) for text in along)) for name in names
        ),
        x_label=label(table.columns[axis]),
        y_label=label(table.columns[measure]),
        format=unit_of(table, measure),
        ordered=table.columns[axis].kind is ColumnKind.NUMBER,
        partial=table.has_more,
    )
    if table.columns[axis].kind is not ColumnKind.TIME:
        return made
    return _timed(made, [values.as_datetime(value) for value in along.values()])


def _axis_first(table: Table, dimensions: Sequence[int]) -> tuple[int, int]:
    """Time lies along the axis; else the first dimension, unless the second would make too many series."""
    first, second = dimensions
    kinds = [table.columns[index].kind is ColumnKind.TIME for index in dimensions]
    counts = [len({row[index].text for row in table.rows}) for index in dimensions]
    swap = kinds == [False, True] or (not any(kinds) and counts[0] <= MOST_SERIES < counts[1])
    return (second, first) if swap else (first, second)


def scatter(table: Table, x: int, y: int, dimensions: Sequence[int]) -> Frame:
    """Points of two numbers; a dimension with few values colours them, else it names them."""
    pairs = zip(_drawn(table, x), _drawn(table, y), table.rows, strict=True)
    points = [(a, b, row) for a, b, row in pairs if a is not None and b is not None]
    step = -(-len(points) // MOST_POINTS) or 1
    total, points = len(points), points[::step]
    groups = [_category(row[dimensions[0]].text) if dimensions else "" for _, _, row in points]
    names = list(dict.fromkeys(groups))
    if not 1 < len(names) <= min(MOST_SERIES, len(points) // 2):
        names = [label(table.columns[y])]
    grouped = len(names) > 1
    series = tuple(
        Series(
            name,
            tuple(
                b if not grouped or group == name else None
                for (_, b, _), group in zip(points, groups, strict=True)
            ),
        )
        for name in names
    )
    x_unit = " (USD)" if unit_of(table, x) is DisplayFormat.NUMBER_CURRENCY_USD else ""
    notes = (f"The chart shows {len(points):,} of {total:,} points, evenly picked.",) if step > 1 else ()
    return Frame(
        categories=tuple(groups) if dimensions else (),
        series=series,
        x_values=tuple(a for a, _, _ in points),
        x_label=label(table.columns[x]) + x_unit,
        y_label=label(table.columns[y]),
        format=unit_of(table, y),
        partial=table.has_more,
        notes=notes,
    )


# -- keeping frames small --------------------------------------------------------------------------------


def pick(made: Frame, indexes: Sequence[int]) -> Frame:
    """The frame at some places of its axis only, in the order given."""
    return replace(
        made,
        categories=tuple(made.categories[i] for i in indexes),
        times=tuple(made.times[i] for i in indexes) if made.times else (),
        series=tuple(
            replace(series, values=tuple(series.values[i] for i in indexes)) for series in made.series
        ),
    )


def fewer_series(made: Frame) -> Frame:
    """At most twelve series: the largest, in their order."""
    if len(made.series) <= MOST_SERIES:
        return made
    weight = {i: sum(abs(v) for v in s.values if v is not None) for i, s in enumerate(made.series)}
    largest = sorted(sorted(weight, key=lambda i: -weight[i])[:MOST_SERIES])
    note = f"The chart shows the {MOST_SERIES} largest of {len(made.series):,} series."
    series = tuple(made.series[i] for i in largest)
    return replace(made, series=series, partial=True, notes=(*made.notes, note))


def fewer_categories(made: Frame, most: int = MOST_CATEGORIES) -> Frame:
    """At most so many categories: the first ones."""
    count = len(made.categories)
    if count <= most:
        return made
    note = f"The chart shows the first {most} of {count:,} values."
    first = pick(made, range(most))
    return replace(first, partial=True, notes=(*made.notes, note))


def fewer_points(made: Frame) -> Frame:
    """About two thousand places of the axis: the extremes of every stretch stay, so the shape does too."""
    count = len(made.categories)
    if count <= MOST_POINTS:
        return made
    stretches = max(1, MOST_POINTS // (2 * len(made.series)))
    kept = {0, count - 1}
    for stretch in range(stretches):
        places = range(stretch * count // stretches, (stretch + 1) * count // stretches)
        for series in made.series:
            drawn = [(value, i) for i in places if (value := series.values[i]) is not None]
            if drawn:
                kept |= {min(drawn)[1], max(drawn)[1]}
    return replace(pick(made, sorted(kept)), partial=True, length=count)
