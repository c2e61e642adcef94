"""Columns as numbers for drawing: which ones are measured, in which unit, and which can share an axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core import values
from bot.model import Cell, ColumnKind, DisplayFormat, Series, Table, TableColumn

_LONGEST_LABEL = 120
_LARGEST = 1e100
_HUNDRED = 100.0
_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN

#: Measures of one format share an axis if the largest is not more than so many times the smallest.
_WIDEST_SCALE = 200

_UNITS: Mapping[DisplayFormat, str] = {
    DisplayFormat.NUMBER_CURRENCY_USD: " (USD)",
    DisplayFormat.NUMBER_PERCENTAGE: " (%)",
    DisplayFormat.DURATION_SECONDS: " (seconds)",
    DisplayFormat.DURATION_MINUTES: " (minutes)",
    DisplayFormat.DURATION_HOURS: " (hours)",
    DisplayFormat.DURATION_DAYS: " (days)",
    DisplayFormat.DURATION_WEEKS: " (weeks)",
    DisplayFormat.DURATION_MONTHS: " (months)",
    DisplayFormat.DURATION_QUARTERS: " (quarters)",
    DisplayFormat.DURATION_YEARS: " (years)",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A column as numbers, in the unit in which the table shows it.

    Attributes:
        group: which of the tenant's measure groups it is in; -1 for none.
        largest: the largest size of a value.
    """

    index: int
    series: Series
    unit: DisplayFormat
    group: int
    largest: float

    def shares(self, other: Measure) -> bool:
        """Both can be read off one axis."""
        small, large = sorted((self.largest, other.largest))
        return (self.unit, self.group) == (other.unit, other.group) and (
            not small or large <= _WIDEST_SCALE * small
        )


def roles(table: Table) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Who is drawn along whom: dimensions and measures as the tenant names them, else by kind of column."""
    numeric = [i for i, column in enumerate(table.columns) if column.kind is ColumnKind.NUMBER]
    measures = [i for i in table.measures if i in numeric] or [
        i for i in numeric if i not in table.dimensions
    ]
    dimensions = [i for i in table.dimensions if i not in measures] or [
        i for i in range(len(table.columns)) if i not in numeric
    ]
    if not dimensions and not table.measures and len(measures) > 1 and len(table.rows) > 1:
        dimensions, measures = measures[:1], measures[1:]
    return tuple(dimensions), tuple(measures)


def measure(table: Table, index: int) -> Measure:
    """A column of numbers for drawing; what is shown as 12% is drawn as 12, however it was sent."""
    cells = [row[index] for row in table.rows]
    unit = unit_of(table, index)
    drawn = _drawn(cells, unit)
    low, high = _ranges(cells, drawn)
    return Measure(
        index=index,
        series=Series(label(table.columns[index]), drawn, low, high),
        unit=unit,
        group=next((number for number, group in enumerate(table.groups) if index in group), -1),
        largest=max((abs(value) for value in drawn if value is not None), default=0.0),
    )


def unit_of(table: Table, index: int) -> DisplayFormat:
    """The unit in which a column is drawn: per cent only where the table shows it so."""
    form = table.columns[index].format
    if form is DisplayFormat.NUMBER_PERCENTAGE and not any(
        row[index].text.endswith("%") for row in table.rows
    ):
        return _UNKNOWN
    return form


def _drawn(cells: Sequence[Cell], unit: DisplayFormat) -> tuple[float | None, ...]:
    if unit is not DisplayFormat.NUMBER_PERCENTAGE:
        return tuple(finite(values.as_float(cell.value)) for cell in cells)
    return tuple(finite(values.as_float(values.undress(cell.text, numeric=True))) for cell in cells)


def finite(value: float | None) -> float | None:
    """The value, if it is one that can be drawn: finite, and so are sums and squares of such."""
    return value if value is not None and abs(value) < _LARGEST else None


def _ranges(
    cells: Sequence[Cell], drawn: Sequence[float | None]
) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """Lower and upper bounds of the forecast values, in the unit in which they are drawn; or nothing."""
    if all(cell.low is None or cell.high is None for cell in cells):
        return (), ()
    low: list[float | None] = []
    high: list[float | None] = []
    for cell, value in zip(cells, drawn, strict=True):
        known = values.as_float(cell.value)
        scale = _HUNDRED if known and value is not None and abs(value) > 10 * abs(known) else 1.0
        forecast = value is not None and cell.low is not None and cell.high is not None
        low.append(finite((cell.low or 0.0) * scale) if forecast else None)
        high.append(finite((cell.high or 0.0) * scale) if forecast else None)
    return tuple(low), tuple(high)


def label(column: TableColumn) -> str:
    """A column's name as an axis label."""
    return values.line(column.name, _LONGEST_LABEL)


def with_unit(column: TableColumn, unit: DisplayFormat) -> str:
    """A column's name with its unit, for an axis whose numbers are drawn bare."""
    return label(column) + _UNITS.get(unit, "")
