"""From a visualization as sent to a typed, rectangular table.

A column is read as a whole: its kind follows from the tenant's display format and from what most of its cells
are, and all its cells are shown alike. What the tenant has already formatted is shown as sent, and its number
is understood for the charts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from bot.core import values
from bot.core.values import Value
from bot.model import (
    Cell,
    Column,
    ColumnKind,
    DisplayFormat,
    RawCell,
    Table,
    TableColumn,
    Visualization,
)

_ABSENT = Cell(None, values.ABSENT)
_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN
_NUMERIC = ("NUMBER_", "DURATION_")

#: Whole numbers under such a name are names themselves, and are read without separators: 2026, not 2,026.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*|\w+\.\w+")
_NAMELIKE = re.compile(
    r"(?:^|[_\W])(?:id|ids|key|year|yr|zip|postcode|code|no|nr|number|phone)s?$", re.IGNORECASE
)

#: Dates that all fall on the first of a month are months, if there are at least so many different ones.
_MONTHS_AT_LEAST = 3

#: Percentages that add up to 100, within so many per cent of rounding, are parts of a whole.
_PARTS_AT_LEAST = 3
_ROUNDING = Decimal("0.6")
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class _Read:
    """A cell while its column is being read: what was sent, and the scalar in it."""

    sent: str
    value: Value
    hyperlink: str | None


def build(visualization: Visualization) -> Table:
    """Type the cells of a visualization.

    Columns stand in the tenant's ``columnOrder``, then those that it does not name. Rows are padded and cut
    to the columns; a table without columns gets as many as its longest row. Nulls and empty texts read "–".
    Ten thousand rows take about half a second: call it off the event loop where a table may be long.
    """
    columns = visualization.columns or _unnamed(visualization.rows)
    order = _order(columns, visualization.column_order)
    dimensions = _places(columns, order, visualization.dimensions)
    groups = visualization.measure_groups
    measured = visualization.measures or tuple(ref for group in groups for ref in group.measures)
    measures = tuple(index for index in _places(columns, order, measured) if index not in dimensions)
    formats = {index: group.format for group in groups for index in _matches(columns, group.measures)}
    typed = [
        _column(
            _with_format(columns[source], formats.get(source, _UNKNOWN)),
            [row[source] if source < len(row) else None for row in visualization.rows],
            namelike=place in dimensions,
        )
        for place, source in enumerate(order)
    ]
    return Table(
        title=visualization.title,
        columns=tuple(column for column, _ in typed),
        rows=tuple(zip(*(cells for _, cells in typed), strict=True)) if typed else (),
        dimensions=dimensions,
        measures=measures,
        has_more=visualization.has_more,
        total_rows=visualization.total_rows,
    )


# -- which columns, in which order -----------------------------------------------------------------------


def _unnamed(rows: Sequence[Sequence[RawCell]]) -> tuple[Column, ...]:
    width = max(map(len, rows), default=0)
    return tuple(Column(name=f"Column {index}") for index in range(1, width + 1))


def _matches(columns: Sequence[Column], refs: Iterable[str]) -> list[int]:
    """Indexes of the columns that ``refs`` name: by unique_ref, then alias, then name; each once."""
    found: dict[int, None] = {}
    for ref in refs:
        for names in (
            [column.unique_ref for column in columns],
            [column.alias for column in columns],
            [column.name for column in columns],
        ):
            if ref and ref in names:
                found[names.index(ref)] = None
                break
    return list(found)


def _order(columns: Sequence[Column], column_order: Sequence[str]) -> list[int]:
    named = _matches(columns, column_order)
    return named + [index for index in range(len(columns)) if index not in named]


def _places(columns: Sequence[Column], order: Sequence[int], refs: Sequence[str]) -> tuple[int, ...]:
    return tuple(order.index(index) for index in _matches(columns, refs))


def _with_format(column: Column, form: DisplayFormat) -> Column:
    return replace(column, format=form) if column.format is _UNKNOWN else column


# -- one column ------------------------------------------------------------------------------------------


def _column(
    column: Column, raw: Sequence[RawCell | None], *, namelike: bool
) -> tuple[TableColumn, tuple[Cell, ...]]:
    reads = [_read(cell) for cell in raw]
    present = [read for read in reads if read is not None]
    kind, typed = _kind(column.format, present)
    form = _dressing(column.format, present) if kind is ColumnKind.NUMBER else column.format
    name = _heading(column)
    texts = _texts(kind, form, present, typed, namelike=namelike or bool(_NAMELIKE.search(name)))
    made = iter(
        Cell(value, text, read.hyperlink) for read, value, text in zip(present, typed, texts, strict=True)
    )
    cells = tuple(_ABSENT if read is None else next(made) for read in reads)
    ref = column.unique_ref or column.alias or column.name
    return TableColumn(ref, name, kind, form), cells


def _heading(column: Column) -> str:
    """What the column is called in front of people: ``expected_revenue`` reads "Expected revenue".

    Whether name or alias is meant for people is not documented; one that is no identifier surely is.
    """
    names = [name.strip() for name in (column.alias, column.name, column.unique_ref) if name.strip()]
    spoken = [name for name in names if not _IDENTIFIER.fullmatch(name)]
    if spoken:
        return spoken[0]
    return " ".join(names[0].split("_")).strip().capitalize() if names else "Column"


def _read(raw: RawCell | None) -> _Read | None:
    if raw is None or raw.value is None:
        return None
    value = values.scalar(raw.value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return _Read(raw.value, value, raw.hyperlink)


def _kind(form: DisplayFormat, reads: Sequence[_Read]) -> tuple[ColumnKind, list[Value]]:
    """The kind of a column and its values; a cell of another kind than its column keeps its text."""
    numeric = form.startswith(_NUMERIC)
    dated = form.startswith("DATE_")
    moments = [_moment(read, form) for read in reads]
    numbers = [_number(read, numeric=numeric) for read in reads]
    truths = [read.value if isinstance(read.value, bool) else None for read in reads]
    if (_most(moments) if dated else _all(moments)) or (dated and not reads):
        return ColumnKind.TIME, _or_text(moments, reads)
    if (_most(numbers) and not dated) or (numeric and not reads):
        return ColumnKind.NUMBER, _or_text(numbers, reads)
    if _most(truths):
        return ColumnKind.BOOLEAN, _or_text(truths, reads)
    return ColumnKind.TEXT, [_as_text(read) for read in reads]


def _moment(read: _Read, form: DisplayFormat) -> date | datetime | None:
    if isinstance(read.value, str):
        return values.moment(read.value)
    is_year = form is DisplayFormat.DATE_YEAR and type(read.value) is int and 1 <= read.value <= date.max.year
    return date(int(str(read.value)), 1, 1) if is_year else None


def _number(read: _Read, *, numeric: bool) -> int | float | Decimal | None:
    if isinstance(read.value, str):
        return values.undress(read.value, numeric=numeric)
    return read.value if isinstance(read.value, int | Decimal) and values.is_number(read.value) else None


def _most(found: Sequence[object]) -> bool:
    return sum(item is not None for item in found) * 2 > len(found)


def _all(found: Sequence[object]) -> bool:
    return bool(found) and all(item is not None for item in found)


def _or_text(found: Sequence[Value], reads: Sequence[_Read]) -> list[Value]:
    return [_as_text(read) if value is None else value for value, read in zip(found, reads, strict=True)]


def _as_text(read: _Read) -> str:
    return read.value if isinstance(read.value, str) else read.sent.strip()


def _dressing(form: DisplayFormat, reads: Sequence[_Read]) -> DisplayFormat:
    """The format that the tenant's own formatting shows, where the column does not name one."""
    texts = [read.value for read in reads if isinstance(read.value, str)]
    if form is not _UNKNOWN or len(texts) * 2 <= len(reads):
        return form
    if all("%" in text for text in texts):
        return DisplayFormat.NUMBER_PERCENTAGE
    return DisplayFormat.NUMBER_CURRENCY_USD if all("$" in text for text in texts) else form


# -- what a person reads ---------------------------------------------------------------------------------


def _texts(
    kind: ColumnKind, form: DisplayFormat, reads: Sequence[_Read], typed: Sequence[Value], *, namelike: bool
) -> list[str]:
    """The texts of a column, alike in decimals and grain; what is text already is shown as sent."""
    if kind is ColumnKind.TIME:
        grain = (
            form if form is not _UNKNOWN else _grain([value for value in typed if isinstance(value, date)])
        )
        return [_day(value, grain, read) for value, read in zip(typed, reads, strict=True)]
    if kind is ColumnKind.NUMBER:
        return _numbers(form, reads, namelike=namelike)
    shown = {True: "Yes", False: "No"} if kind is ColumnKind.BOOLEAN else {}
    return [shown.get(value, str(value)) if isinstance(value, bool) else str(value) for value in typed]


def _day(value: Value, grain: DisplayFormat, read: _Read) -> str:
    # When a fiscal year begins is the tenant's business, and a time of day is already the shortest text.
    as_sent = {DisplayFormat.DATE_FISCAL_QUARTER, DisplayFormat.DATE_FISCAL_YEAR, DisplayFormat.DATE_TIME}
    if not isinstance(value, date) or grain in as_sent:
        return _as_text(read)
    return values.day(value, grain)


def _grain(moments: Sequence[date]) -> DisplayFormat:
    if any(
        isinstance(moment, datetime) and (moment.hour, moment.minute, moment.second) != (0, 0, 0)
        for moment in moments
    ):
        return DisplayFormat.DATE_DATETIME
    firsts = {(moment.year, moment.month) for moment in moments if moment.day == 1}
    monthly = len(firsts) >= _MONTHS_AT_LEAST and all(moment.day == 1 for moment in moments)
    return DisplayFormat.DATE_MONTH if monthly else DisplayFormat.DATE_DATE


def _numbers(form: DisplayFormat, reads: Sequence[_Read], *, namelike: bool) -> list[str]:
    amounts = [_bare(read) for read in reads]
    bare = [amount for amount in amounts if amount is not None]
    if form is DisplayFormat.NUMBER_PERCENTAGE:
        factor = _percent_factor(bare)
        form = form if factor else _UNKNOWN
        if factor == _HUNDRED:
            amounts = [None if amount is None else amount * _HUNDRED for amount in amounts]
            bare = [amount for amount in amounts if amount is not None]
    decimals = values.places(bare, form)
    plain = namelike and form is _UNKNOWN and all(isinstance(amount, int) for amount in bare)
    return [
        _as_text(read) if amount is None or plain else values.number(amount, form, decimals)
        for amount, read in zip(amounts, reads, strict=True)
    ]


def _bare(read: _Read) -> int | Decimal | None:
    """A number that came as one; what the tenant has formatted came as text, and is shown as sent."""
    return read.value if isinstance(read.value, int | Decimal) and not isinstance(read.value, bool) else None


def _percent_factor(amounts: Sequence[int | Decimal]) -> int | None:
    """100 where the amounts are shares of one, 1 where they are per cent already, None where nobody can tell.

    Whether the tenant sends 0.12 or 12 is not documented. Parts that add up to a whole tell.
    """
    if len(amounts) < _PARTS_AT_LEAST or any(amount < 0 for amount in amounts):
        return None
    total = Decimal(sum(amounts))
    return next((factor for factor in (_HUNDRED, 1) if abs(total * factor - _HUNDRED) <= _ROUNDING), None)
