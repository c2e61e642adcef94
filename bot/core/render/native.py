"""Slack's own data blocks: a chart (``data_visualization``) and a table that can be sorted (``data_table``).

Plain dictionaries, because the SDK has no models of them. A chart is drawn natively only where that loses
nothing: what says something is not shortened, left out or drawn twice to make it fit. Slack knows one kind of
bar, so upright ones are native and horizontal ones a picture: who chooses between them sees a difference.
Limits: docs.slack.dev/reference/block-kit/blocks/data-visualization-block and …/data-table-block.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.core import values
from bot.core.render import budget, cells
from bot.core.render.cells import Form, Grid
from bot.core.render.elements import inert
from bot.core.render.text import line, units
from bot.model import Block, Cell, ChartKind, ChartSpec, DisplayFormat, Series, Stacking, Table

_KINDS = {
    ChartKind.AREA: "area",
    ChartKind.COLUMN: "bar",
    ChartKind.LINE: "line",
    ChartKind.PIE: "pie",
}
_UNITS = {
    DisplayFormat.DURATION_DAYS: "days",
    DisplayFormat.DURATION_HOURS: "hours",
    DisplayFormat.DURATION_MINUTES: "minutes",
    DisplayFormat.DURATION_MONTHS: "months",
    DisplayFormat.DURATION_QUARTERS: "quarters",
    DisplayFormat.DURATION_SECONDS: "seconds",
    DisplayFormat.DURATION_WEEKS: "weeks",
    DisplayFormat.DURATION_YEARS: "years",
    DisplayFormat.NUMBER_CURRENCY_USD: "USD",
    DisplayFormat.NUMBER_PERCENTAGE: "%",
}
#: Digits of a value that are kept: enough for any reader, too few for 0.30000000000000004.
_DIGITS = 12
#: Beyond this a number does not keep its digits on the way through JavaScript.
_LARGEST = 2**53
#: Months and quarters differ in length by less than this; a longer step is a gap, which only a picture shows.
_STEADY = 1.2
#: More than any label of a chart may have, so that one that is too long is seen to be.
_LONG = 1_000

_ROWS = budget.TABLE_ROWS - 1
_PAGE = 10


# -- charts ----------------------------------------------------------------------------------------------


def fits(spec: ChartSpec) -> bool:
    """Whether Slack can draw the chart as it is."""
    return chart_block(spec) is not None


def chart_block(spec: ChartSpec) -> Block | None:
    """The chart as a ``data_visualization`` block; None where that could not show all of it as meant."""
    title = _words(spec.title)
    if not _drawable(spec) or not _within([title], budget.CHART_TITLE_CHARS):
        return None
    chart = _pie(spec) if spec.kind is ChartKind.PIE else _over_axis(spec)
    if chart is None:
        return None
    return {"type": "data_visualization", "title": title, "chart": chart}


def _drawable(spec: ChartSpec) -> bool:
    """Whether it is a kind that Slack knows, and nothing in it is beyond that."""
    beyond = spec.stacking is not Stacking.NONE or spec.second or spec.x_values or spec.flows
    return spec.kind in _KINDS and not beyond and all(map(_plain_series, spec.series)) and _steady(spec)


def _plain_series(series: Series) -> bool:
    measured = not any(bound is not None for bound in (*series.low, *series.high))
    return (
        measured
        and not series.second
        and all(value is not None and math.isfinite(value) for value in series.values)
    )


def _steady(spec: ChartSpec) -> bool:
    """Whether a line along time has no gaps: Slack sets every category at the same distance."""
    if spec.kind not in {ChartKind.LINE, ChartKind.AREA}:
        return True
    steps = [_seconds(then, now) for then, now in zip(spec.times, spec.times[1:], strict=False)]
    return not steps or 0 < max(steps) <= min(steps) * _STEADY


def _seconds(then: datetime, now: datetime) -> float:
    return (now - then).total_seconds()


def _pie(spec: ChartSpec) -> Block | None:
    labels = [_words(label) for label in spec.categories]
    amounts = [_amount(value) for series in spec.series for value in series.values]
    sized = len(spec.series) == 1 and 1 <= len(labels) == len(amounts) <= budget.CHART_SEGMENTS
    if not sized or not _distinct(labels) or min(amounts) <= 0:
        return None
    segments = [{"label": label, "value": value} for label, value in zip(labels, amounts, strict=True)]
    return {"type": _KINDS[spec.kind], "segments": segments}


def _over_axis(spec: ChartSpec) -> Block | None:
    labels = [_words(label) for label in spec.categories]
    names = _series_names(spec)
    sized = 1 <= len(labels) <= budget.CHART_CATEGORIES and 1 <= len(names) <= budget.CHART_SERIES
    level = all(len(series.values) == len(labels) for series in spec.series)
    axes = {"x_label": _words(spec.x_label), "y_label": _with_unit(_words(spec.y_label), spec.format)}
    named = {key: label for key, label in axes.items() if label}
    readable = _distinct(labels) and _distinct(names) and _within([*named.values()], budget.CHART_AXIS_CHARS)
    if not (sized and level and readable):
        return None
    series = [
        {"name": name, "data": _points(labels, each)} for name, each in zip(names, spec.series, strict=True)
    ]
    return {"type": _KINDS[spec.kind], "series": series, "axis_config": {"categories": labels, **named}}


def _series_names(spec: ChartSpec) -> list[str]:
    """The names of the series; of a single one the axis says the whole, so it may be cut."""
    names = [_words(series.name) for series in spec.series]
    return [line(names[0], budget.CHART_LABEL_CHARS)] if len(names) == 1 and spec.y_label else names


def _points(labels: Sequence[str], series: Series) -> list[Block]:
    pairs = zip(labels, series.values, strict=True)
    return [{"label": label, "value": _amount(value)} for label, value in pairs]


def _with_unit(label: str, form: DisplayFormat) -> str:
    """The label of an axis with its unit, since Slack formats no numbers; as it is where it says the unit."""
    unit = _UNITS.get(form, "")
    if not label or unit.lower() in label.lower().replace("(", " ").replace(")", " ").split():
        return label or unit
    return f"{label} ({unit})" if unit else label


def _amount(value: float | None) -> int | float:
    rounded = float(f"{value or 0:.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < _LARGEST else rounded


def _words(label: str) -> str:
    """A label without what nobody sees; not shortened to any limit of a chart."""
    return inert(values.line(label, _LONG), _LONG)


def _distinct(labels: Sequence[str]) -> bool:
    return len(set(labels)) == len(labels) and _within(labels, budget.CHART_LABEL_CHARS)


def _within(labels: Sequence[str], most: int) -> bool:
    return all(1 <= units(label) <= most for label in labels)


# -- tables ----------------------------------------------------------------------------------------------


def need(table: Table) -> budget.Need:
    """What the table takes of its message, in characters."""
    columns = cells.columns(table, budget.TABLE_COLUMNS)
    return cells.need(lambda form: _grid(table, columns, form))


def table_block(table: Table, *, room: int = budget.MESSAGE_CHARS) -> tuple[Block, str]:
    """The first rows in at most ``room`` characters, and in words what the block does not show.

    The table must have at least one column and one row. Subtotals are among the words: as rows they would be
    sorted in among the others. The header and one row are shown whatever the room.
    """
    columns = cells.columns(table, budget.TABLE_COLUMNS)
    grid = cells.fitted(lambda form: _grid(table, columns, form), room)
    said = (cells.left_out(table, len(grid) - 1, len(columns)), cells.leads(grid), *cells.totals(table))
    return _block(table, columns, grid, _PAGE), " · ".join(filter(None, said))


def page(table: Table, columns: Sequence[int], *, room: int) -> tuple[Block, str]:
    """All rows of a table, which are at most 99, on one page, and in words where its links lead.

    Cells are shortened where they must be.
    """
    grid = cells.whole(lambda form: _grid(table, columns, form), room)
    return _block(table, columns, grid, len(grid) - 1), cells.leads(grid)


def _block(table: Table, columns: Sequence[int], grid: Grid, page_size: int) -> Block:
    named = [place for place, index in enumerate(columns) if index in table.dimensions[:1]]
    return {
        "type": "data_table",
        "caption": inert(table.title, budget.CAPTION_CHARS) or "Result",
        "page_size": page_size,
        "row_header_column_index": named[0] if named else 0,
        "rows": grid,
    }


def _grid(table: Table, columns: Sequence[int], form: Form) -> Grid:
    rows = table.rows[:_ROWS]
    numeric = {index for index in columns if all(_sortable(row[index], form) for row in rows)}
    header = [cells.text(table.columns[index].name, form) for index in columns]
    host = cells.only_host(rows)
    return [
        header,
        *(
            [
                _number(row[at], form) if at in numeric else cells.written(row[at], form, host=host)
                for at in columns
            ]
            for row in rows
        ),
    ]


def _number(cell: Cell, form: Form) -> Block:
    value = cell.value
    if not isinstance(value, int | float | Decimal):
        raise TypeError("a column is sorted by number only where every cell is one")
    number = int(value) if value == int(value) else float(value)
    return {**cells.text(cell.text, form), "type": "raw_number", "value": number}


def _sortable(cell: Cell, form: Form) -> bool:
    """Whether the cell can be a number: Slack sorts a column by number only where every cell is one."""
    value = cell.value
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return False
    if isinstance(value, Decimal) and not value.is_finite():
        return False
    return -_LARGEST <= value <= _LARGEST and not (form.links and cells.address(cell))
