"""Maps without shapes: what a map would show, as bars by place, or as points by longitude and latitude."""

from __future__ import annotations

import re

from bot.core import arranging, frames, measures, shapes
from bot.core.frames import Frame, Shape
from bot.model import ColumnKind, Table
from bot.model import VisualizationType as Type

_BARS = "A map cannot be drawn in Slack, so here is a bar chart."
_POINTS = "A map cannot be drawn in Slack, so here are the places by longitude and latitude."
_WORD = re.compile(r"[a-z]+")
_LATITUDE = frozenset({"lat", "latitude"})
_LONGITUDE = frozenset({"lon", "lng", "long", "longitude"})


def bars(made: Frame) -> Shape:
    """Horizontal bars of the places, the largest first; ``made`` has the measures along the places."""
    ranked = made if made.times else arranging.by_value(made)
    return shapes.of(Type.BAR_CHART, ranked.note(_BARS))


def points(table: Table) -> Shape | None:
    """Places by their coordinates; None without two columns of such."""
    pair = coordinates(table)
    if pair is None:
        return None
    latitude, longitude = (measures.measure(table, index) for index in pair)
    named = [i for i, column in enumerate(table.columns) if column.kind is ColumnKind.TEXT]
    made = frames.scatter(table, longitude, latitude, named[:1])
    return shapes.of(Type.SCATTER_CHART, made.note(_POINTS)) if made.x_values else None


def places(table: Table) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Names and measures of places, without the coordinates that stand beside them.

    None where there are no coordinates, or nothing but them.
    """
    pair = coordinates(table)
    if pair is None:
        return None
    dimensions, measured = measures.roles(table)
    texts = [i for i, column in enumerate(table.columns) if column.kind is not ColumnKind.NUMBER]
    named = tuple(i for i in dimensions if i in texts) or tuple(texts[:1])
    others = [
        i for i, column in enumerate(table.columns) if column.kind is ColumnKind.NUMBER and i not in pair
    ]
    held = tuple(i for i in measured if i not in pair) or tuple(others)
    return (named, held) if named and held else None


def coordinates(table: Table) -> tuple[int, int] | None:
    """The columns of latitude and longitude."""
    found = []
    for words in (_LATITUDE, _LONGITUDE):
        found += [
            index
            for index, column in enumerate(table.columns)
            if column.kind is ColumnKind.NUMBER and words & set(_WORD.findall(column.name.lower()))
        ][:1]
    return (found[0], found[1]) if len(found) == 2 else None  # noqa: PLR2004 -- a pair
