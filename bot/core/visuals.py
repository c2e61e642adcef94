"""The wire's ``Visualization`` object, read leniently.

The tenant's schema exists in several versions, and a visualization arrives inside a free-form embed. So
nothing is taken for granted here: whatever is missing or has the wrong shape becomes the default of its
field, and ``read`` never raises. Cells stay as sent; ``bot.core.tables`` types them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from bot.core import plain
from bot.core.values import clean
from bot.model import (
    Code,
    Column,
    DisplayFormat,
    MeasureGroup,
    RawCell,
    Subtotal,
    Visualization,
    VisualizationType,
)

#: Rows beyond this are not read: no message and no chart shows them, and an answer is read many times.
MOST_ROWS = 10_000
#: The same for cells, so that very wide tables are no longer than a person waits.
MOST_CELLS = 250_000

_LARGEST_INTEGER = 10**300

#: As JavaScript writes them.
_NO_NUMBERS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def read(raw: Mapping[str, object]) -> Visualization:
    """Read the wire's object (camelCase, GraphQL type ``Visualization``).

    ``data`` may hold rows (lists of cells) or, as older tenants send it, one flat list of cells, which is cut
    into rows of as many cells as there are columns. A cell may be an object with ``value`` and ``hyperlink``,
    null, or a bare scalar. A total smaller than the rows that are there is none.
    """
    columns = _columns(raw)
    rows, sent = _rows(raw.get("data"), len(columns))
    total = max(_count(raw.get("totalRows")), sent if sent > len(rows) else 0)
    return Visualization(
        id=_text(raw.get("id")),
        title=_text(raw.get("title")).strip(),
        type=_type(raw.get("type")),
        columns=columns,
        rows=rows,
        dimensions=_texts(raw.get("dimensions")),
        measures=_texts(raw.get("measures")),
        measure_groups=_measure_groups(raw.get("measureGroups")),
        column_order=_texts(raw.get("columnOrder")),
        code=_code(raw.get("code")),
        has_more=raw.get("hasMore") is True or total > len(rows),
        total_rows=total if total and total >= len(rows) else None,
        original_type=_type(raw.get("originalType")),
        subtotals=_subtotals(raw.get("subtotals"), columns),
        highcharts=plain.mapping(raw.get("highchartsOptions")),
        chart_spec=plain.mapping(raw.get("llmVizSpec")),
    )


def _type(raw: object) -> VisualizationType:
    try:
        return VisualizationType(_text(raw).upper())
    except ValueError:
        return VisualizationType.UNKNOWN_VISUALIZATION


def _format(raw: object) -> DisplayFormat:
    try:
        return DisplayFormat(_text(raw).upper())
    except ValueError:
        return DisplayFormat.DISPLAY_FORMAT_UNKNOWN


def _columns(raw: Mapping[str, object]) -> tuple[Column, ...]:
    formats = [_format(item) for item in _list(raw.get("columnDisplayFormats"))]
    columns = []
    for index, item in enumerate(_list(raw.get("columns"))):
        wire = _mapping(item) or {"name": item}
        own = _format(_mapping(wire.get("properties")).get("displayFormat"))
        beside = formats[index] if index < len(formats) else DisplayFormat.DISPLAY_FORMAT_UNKNOWN
        columns.append(
            Column(
                name=_text(wire.get("name")),
                alias=_text(wire.get("alias")),
                unique_ref=_text(wire.get("uniqueRef")),
                description=_text(wire.get("description")),
                format=beside if own is DisplayFormat.DISPLAY_FORMAT_UNKNOWN else own,
            )
        )
    return tuple(columns)


def _rows(raw: object, width: int) -> tuple[tuple[tuple[RawCell, ...], ...], int]:
    """The rows that are kept, and how many were sent."""
    sent = _sent_rows(raw, width)
    widest = max(map(len, sent), default=0) or 1
    kept = sent[: max(1, min(MOST_ROWS, MOST_CELLS // widest))]
    return tuple(tuple(map(_cell, row)) for row in kept), len(sent)


def _sent_rows(raw: object, width: int) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = []
    flat: list[object] = []
    for item in _list(raw):
        if isinstance(item, Sequence) and not isinstance(item, str | bytes):
            rows.append(item)
        elif _is_cell(item):
            flat.append(item)
    # Both shapes in one list would be a broken row among good ones: the good ones stand.
    if rows or not flat:
        return rows
    width = width or len(flat)
    return [flat[start : start + width] for start in range(0, len(flat), width)]


def _is_cell(raw: object) -> bool:
    return raw is None or "value" in _mapping(raw) or isinstance(raw, str | bool | int | float)


def _cell(raw: object) -> RawCell:
    if not isinstance(raw, Mapping):
        return RawCell(_scalar(raw))
    low, high = _range(raw.get("forecastRange"))
    return RawCell(_scalar(raw.get("value")), _text(raw.get("hyperlink")).strip() or None, low, high)


def _range(raw: object) -> tuple[float, float] | tuple[None, None]:
    """Both bounds of a forecast, in order; half a range, or one that is upside down, says nothing."""
    if raw is None:
        return None, None
    wire = _mapping(raw)
    low, high = _bound(wire.get("lowerBound")), _bound(wire.get("upperBound"))
    return (None, None) if low is None or high is None or low > high else (low, high)


def _bound(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    return float(raw) if abs(raw) < _LARGEST_INTEGER else None


def _scalar(raw: object) -> str | None:
    """The text that a string cell would have held for the same value."""
    if isinstance(raw, str):
        return clean(raw)
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        return repr(raw) if math.isfinite(raw) else _NO_NUMBERS[str(raw)]
    # An integer of thousands of digits is refused by str(), and is no value of any table.
    return str(raw) if isinstance(raw, int) and abs(raw) < _LARGEST_INTEGER else None


def _subtotals(raw: object, columns: Sequence[Column]) -> tuple[Subtotal, ...]:
    known = {name for column in columns for name in _names(column)}
    found = []
    for wire in map(_mapping, _list(raw)):
        named = [_names(column) for column in _columns({"columns": wire.get("columns")})]
        refs = tuple(next((name for name in names if name in known), "") for names in named)
        rows, _ = _rows(wire.get("data"), len(refs) or len(columns))
        if rows:
            found.append(Subtotal(refs, rows))
    return tuple(found)


def _names(column: Column) -> list[str]:
    return [name for name in (column.unique_ref, column.alias, column.name) if name]


def _measure_groups(raw: object) -> tuple[MeasureGroup, ...]:
    return tuple(
        MeasureGroup(_text(group.get("label")), _texts(group.get("measures")), _format(group.get("format")))
        for group in map(_mapping, _list(raw))
        if group
    )


def _code(raw: object) -> Code | None:
    code = _mapping(raw)
    text = _text(code.get("codeStr"))
    return Code(text, _text(code.get("dialect"))) if text.strip() else None


def _count(raw: object) -> int:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0 else 0


def _text(raw: object) -> str:
    return clean(raw) if isinstance(raw, str) else ""


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(clean(item) for item in _list(raw) if isinstance(item, str))


def _mapping(raw: object) -> Mapping[str, object]:
    return raw if isinstance(raw, Mapping) else {}


def _list(raw: object) -> Sequence[object]:
    """A list as sent, or as JSON text, the way older tenants send some of them."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return ()
    return raw if isinstance(raw, Sequence) and not isinstance(raw, str | bytes) else ()
