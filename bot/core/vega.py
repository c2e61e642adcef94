"""Vega-Lite specifications read as data: a small subset, drawn from the table that came with it.

Read are ``mark`` (bar, line, area, point, circle, square, arc, rect), ``encoding`` x, y, color and theta with
fields that are columns of the table, and ``stack``. Data inside the specification are not looked at; one with
transforms, layers or facets is beyond the subset. Source: the Vega-Lite documentation, "Single View".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core import loose
from bot.model import ColumnKind, Table
from bot.model import VisualizationType as Type

_BEYOND = frozenset(
    {"layer", "concat", "hconcat", "vconcat", "facet", "repeat", "spec", "transform", "marks", "signals"}
)
_BEYOND_CHANNELS = frozenset({"row", "column", "facet", "latitude", "longitude", "x2", "y2", "geo"})
_POINTS = frozenset({"point", "circle", "square"})
_PLAIN = {"line": Type.LINE_CHART, "area": Type.AREA_CHART}
_BARS = {False: Type.COLUMN_CHART, True: Type.BAR_CHART}
_STACKED = {
    Type.COLUMN_CHART: (Type.STACKED_COLUMN_CHART, Type.STACKED_100_COLUMN_CHART),
    Type.BAR_CHART: (Type.STACKED_BAR_CHART, Type.STACKED_100_BAR_CHART),
    Type.AREA_CHART: (Type.STACKED_AREA_CHART, Type.STACKED_AREA_CHART),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """The chart that is meant: its type, and the columns of the table along and in it."""

    type: Type
    dimensions: tuple[int, ...]
    measures: tuple[int, ...]


def read(spec: Mapping[str, object], table: Table) -> Wish | None:
    """What the specification shows of the table, or None where it goes beyond the subset; never raises."""
    named = spec.get("mark")
    mark = named.get("type") if isinstance(named, Mapping) else named
    encoding = loose.mapping(spec.get("encoding"))
    if not isinstance(mark, str) or spec.keys() & _BEYOND or encoding.keys() & _BEYOND_CHANNELS:
        return None
    columns = {name: _column(channel, table) for name, channel in encoding.items() if _has_field(channel)}
    if None in columns.values():
        return None
    x, y, color = columns.get("x"), columns.get("y"), columns.get("color")
    special: Mapping[str, tuple[Type, list[int | None], list[int | None]]] = {
        "arc": (Type.PIE_CHART, [color], [columns.get("theta")]),
        "rect": (Type.HEATMAP_CHART, [x, y], [color]),
        **dict.fromkeys(_POINTS, (Type.SCATTER_CHART, [color], [x, y])),
    }
    if mark in special:
        return _wish(*special[mark], table)
    lying = _number(x, table) and not _number(y, table)
    kind = _BARS[lying] if mark == "bar" else _PLAIN.get(mark)
    if kind is None:
        return None
    along, measured = (y, x) if lying and mark == "bar" else (x, y)
    kind = _stacked(kind, encoding, "x" if lying else "y", parts=color not in {None, along})
    return _wish(kind, [along, color], [measured], table)


def _stacked(kind: Type, encoding: Mapping[str, object], channel: str, *, parts: bool) -> Type:
    """Bars and areas of several parts stand upon each other, unless they are told not to."""
    told = loose.mapping(encoding.get(channel)).get("stack", "zero")
    beside = told is None or told is False or "xOffset" in encoding or "yOffset" in encoding
    if beside or not parts or kind not in _STACKED:
        return kind
    return _STACKED[kind][told == "normalize"]


def _wish(
    kind: Type, along: Sequence[int | None], measured: Sequence[int | None], table: Table
) -> Wish | None:
    measures = [index for index in measured if index is not None and _number(index, table)]
    dimensions = [index for index in dict.fromkeys(along) if index is not None and index not in measures]
    if len(measures) < len(measured) or (not dimensions and kind is not Type.SCATTER_CHART):
        return None
    return Wish(kind, tuple(dimensions), tuple(measures))


def _number(index: int | None, table: Table) -> bool:
    return index is not None and table.columns[index].kind is ColumnKind.NUMBER


def _has_field(channel: object) -> bool:
    return isinstance(channel, Mapping) and channel.get("field") is not None


def _column(channel: object, table: Table) -> int | None:
    """The table's column that a channel draws: by reference, by the end of one, or by name."""
    field = loose.mapping(channel).get("field")
    if not isinstance(field, str):
        return None
    wanted = _simple(field)
    for names in (
        [_simple(column.ref) for column in table.columns],
        [_simple(column.ref.rpartition(".")[2]) for column in table.columns],
        [_simple(column.name) for column in table.columns],
    ):
        if wanted in names:
            return names.index(wanted)
    return None


def _simple(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())
