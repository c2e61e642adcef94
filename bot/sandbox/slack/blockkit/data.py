"""Tables and native charts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.slack import wire

from .checks import (
    Check,
    array,
    boolean,
    both,
    integer,
    number,
    one_of,
    shape,
    string,
    typed,
    unique,
)
from .elements import BUTTONS, RICH_TEXT
from .report import Report

TABLE_CHARACTERS = 10_000
DATA_TABLE_CHARACTERS = 20_000
CHARTS = 2

_ID = {"block_id": string(255)}
_RAW_TEXT = shape({"text": string(TABLE_CHARACTERS, 1)})
_RAW_NUMBER = shape({"value": number}, {"text": string(TABLE_CHARACTERS, 1)})
_CELL = typed({"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": RICH_TEXT})
_DATA_CELL = typed(
    {
        "raw_text": _RAW_TEXT,
        "raw_number": _RAW_NUMBER,
        "rich_text": RICH_TEXT,
        "action_cell": shape({"element": typed(BUTTONS)}, {"fallback": string(2000)}),
    }
)
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _column(value: object, pointer: str, report: Report) -> None:
    """Settings of a column; null skips one."""
    if value is not None:
        _COLUMN(value, pointer, report)


def _rectangular(value: object, pointer: str, report: Report) -> None:
    """Every row as long as the first."""
    rows = [row for row in value if wire.is_array(row)] if wire.is_array(value) else []
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            report.add(f"{pointer}/{index}", "all rows must have the same number of cells")


def characters(value: object) -> int:
    """Characters that the cells of a table show."""
    if wire.is_object(value):
        shown = value.get("text")
        own = len(shown) if isinstance(shown, str) else 0
        return own + sum(characters(item) for key, item in value.items() if key not in {"text", "type"})
    if wire.is_array(value):
        return sum(characters(item) for item in value)
    return 0


def _count_table(value: object, pointer: str, report: Report) -> None:
    report.table_characters += characters(wire.mapping({"block": value}, "block").get("rows"))
    if report.table_characters > TABLE_CHARACTERS:
        report.add(f"{pointer}/rows", f"tables must have no more than {TABLE_CHARACTERS} characters in all")


def _count_data_table(value: object, pointer: str, report: Report) -> None:
    report.data_table_characters += characters(wire.mapping({"block": value}, "block").get("rows"))
    if report.data_table_characters > DATA_TABLE_CHARACTERS:
        message = f"data tables must have no more than {DATA_TABLE_CHARACTERS} characters in all"
        report.add(f"{pointer}/rows", message)


def _plain_header(value: object, pointer: str, report: Report) -> None:
    """The first row of a data table holds no rich text."""
    rows = value if wire.is_array(value) else ()
    header = rows[0] if rows and wire.is_array(rows[0]) else ()
    for index, cell in enumerate(header):
        if wire.is_object(cell) and cell.get("type") not in {"raw_text", "raw_number"}:
            report.add(f"{pointer}/0/{index}", "header cells must be raw_text or raw_number")


TABLE = both(
    shape(
        {"rows": both(array(array(_CELL, 1, 20), 1, 100), _rectangular)},
        {**_ID, "column_settings": array(_column, 0, 20)},
    ),
    _count_table,
)


def _row_header(value: object, pointer: str, report: Report) -> None:
    """The column that names the rows is one of the table's."""
    table = wire.mapping({"block": value}, "block")
    index = table.get("row_header_column_index", 0)
    rows = [row for row in wire.array(table, "rows") if wire.is_array(row)]
    if rows and isinstance(index, int) and index >= len(rows[0]):
        report.add(f"{pointer}/row_header_column_index", "must be the index of a column")


_DATA_ROWS = both(both(array(array(_DATA_CELL, 1, 20), 2, 201), _rectangular), _plain_header)
DATA_TABLE = both(
    both(
        shape(
            {"caption": string(1000, 1), "rows": _DATA_ROWS},
            {**_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
        ),
        _row_header,
    ),
    _count_data_table,
)

# -- charts ----------------------------------------------------------------------------------------------


def _positive(value: object, pointer: str, report: Report) -> None:
    number(value, pointer, report)
    if isinstance(value, int | float) and value <= 0:
        report.add(pointer, "must be more than 0")


_SEGMENT = shape({"label": string(20, 1), "value": _positive})
_POINT = shape({"label": string(20, 1), "value": number})
_SERIES = shape({"name": string(20, 1), "data": array(_POINT, 1, 20)})


def _no_twins(value: object, pointer: str, report: Report) -> None:
    """No category twice."""
    names = _strings(value) if wire.is_array(value) else []
    if len(set(names)) < len(names):
        report.add(pointer, "categories must be unique")


_CATEGORIES = both(array(string(20, 1), 1, 20), _no_twins)
_AXES = shape({"categories": _CATEGORIES}, {"x_label": string(50), "y_label": string(50)})


def _points_fit(value: object, pointer: str, report: Report) -> None:
    """Every series has exactly one point for every category."""
    chart = wire.mapping({"chart": value}, "chart")
    categories = sorted(_strings(wire.array(wire.mapping(chart, "axis_config"), "categories")))
    for index, series in enumerate(wire.objects(chart, "series")):
        labels = sorted(wire.text(point, "label") for point in wire.objects(series, "data"))
        if labels != categories:
            where = f"{pointer}/series/{index}/data"
            report.add(where, "must contain exactly one data point for every category")


def _strings(values: Sequence[object]) -> list[str]:
    return [item for item in values if isinstance(item, str)]


_AXIS_CHART: Check = both(
    shape(
        {
            "series": both(array(_SERIES, 1, 12), unique("name", "series names must be unique")),
            "axis_config": _AXES,
        }
    ),
    _points_fit,
)
_CHART = typed(
    {
        "pie": shape({"segments": array(_SEGMENT, 1, 12)}),
        "bar": _AXIS_CHART,
        "area": _AXIS_CHART,
        "line": _AXIS_CHART,
    }
)


def _count_chart(_value: object, pointer: str, report: Report) -> None:
    report.charts += 1
    if report.charts > CHARTS:
        report.add(pointer, f"no more than {CHARTS} data_visualization blocks allowed")


DATA_VISUALIZATION = both(shape({"title": string(50, 1), "chart": _CHART}, _ID), _count_chart)
