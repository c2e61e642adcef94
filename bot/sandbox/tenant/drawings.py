"""A result as a drawing library wants it: Highcharts options, and a Vega-Lite specification; data, no code.

Sources: api.highcharts.com (series types and their points), vega.github.io/vega-lite/docs (encoding).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.model import VisualizationType as Chart
from bot.sandbox.tenant.query import Result, ResultColumn
from bot.sandbox.tenant.values import Value, formatted, plain

Options = dict[str, object]

#: Charts with a value axis: the series type, and how series share a category.
_AXES: Mapping[Chart, tuple[str, str | None]] = {
    Chart.AREA_CHART: ("area", None),
    Chart.BAR_CHART: ("bar", None),
    Chart.COLUMN_CHART: ("column", None),
    Chart.FORECAST_CHART: ("line", None),
    Chart.GROUPED_BAR_CHART: ("bar", None),
    Chart.GROUPED_COLUMN_CHART: ("column", None),
    Chart.LINE_CHART: ("line", None),
    Chart.LLM_GENERATED_CHART: ("column", None),
    Chart.POLAR_CHART: ("column", None),
    Chart.SPIDER_CHART: ("line", None),
    Chart.STACKED_100_BAR_CHART: ("bar", "percent"),
    Chart.STACKED_100_COLUMN_CHART: ("column", "percent"),
    Chart.STACKED_AREA_CHART: ("area", "normal"),
    Chart.STACKED_BAR_CHART: ("bar", "normal"),
    Chart.STACKED_COLUMN_CHART: ("column", "normal"),
}
_ROUND = frozenset({Chart.POLAR_CHART, Chart.SPIDER_CHART})


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn: a chart of a result."""

    type: Chart
    title: str
    result: Result

    @property
    def axes(self) -> list[int]:
        """The columns that say what a row is about."""
        return [at for at, column in enumerate(self.result.columns) if column.dimension]

    @property
    def measures(self) -> list[int]:
        """The columns that are numbers to show."""
        return [at for at, column in enumerate(self.result.columns) if not column.dimension]

    @property
    def timely(self) -> bool:
        """The first axis is time."""
        return bool(self.axes) and self.result.columns[self.axes[0]].grain is not None


def highcharts(drawing: Drawing) -> Options | None:
    """``highchartsOptions``, or None for what is no chart or has nothing to draw."""
    if not drawing.measures or not drawing.result.rows:
        return None
    if drawing.type is Chart.SCATTER_CHART:
        series = _scatter(drawing)
    elif not drawing.axes:
        return None
    elif drawing.type in _AXES:
        return _cartesian(drawing)
    else:
        made = _OTHERS.get(drawing.type)
        if made is None:
            return None
        series = made(drawing)
    return {"title": {"text": drawing.title}, **series}


def vega_lite(drawing: Drawing) -> Options:
    """A Vega-Lite specification of the same data, as a language model would write it."""
    columns = drawing.result.columns
    records = [
        {column.key: plain(value) for column, value in zip(columns, row, strict=True)}
        for row in drawing.result.rows
    ]
    encoding: Options = {}
    for channel, at in zip(("x", "color"), drawing.axes, strict=False):
        kind = "temporal" if columns[at].grain else "nominal"
        encoding[channel] = {"field": columns[at].key, "type": kind, "title": columns[at].label}
    for at in drawing.measures[:1]:
        encoding["y"] = {"field": columns[at].key, "type": "quantitative", "title": columns[at].label}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": drawing.title,
        "data": {"values": records},
        "mark": "line" if drawing.timely else "bar",
        "encoding": encoding,
    }


def _cartesian(drawing: Drawing) -> Options:
    kind, stacking = _AXES[drawing.type]
    if drawing.type is Chart.LLM_GENERATED_CHART and drawing.timely:
        kind = "line"
    labels, series = _series(drawing)
    columns = drawing.result.columns
    values = [columns[at] for at in drawing.measures]
    units = list(dict.fromkeys((column.format, column.unit) for column in values))
    for each, column in zip(series, values, strict=False):
        if len(drawing.axes) == 1 and len(units) > 1:
            each["yAxis"] = units.index((column.format, column.unit))
    options: Options = {
        "chart": {"type": kind, **({"polar": True} if drawing.type in _ROUND else {})},
        "title": {"text": drawing.title},
        "xAxis": _x_axis(drawing, labels),
        "yAxis": [
            {
                "title": {"text": next(each.label for each in values if (each.format, each.unit) == unit)},
                **({"opposite": True} if at else {}),
            }
            for at, unit in enumerate(units)
        ],
        "series": [*series, *_bands(drawing)],
    }
    if stacking:
        options["plotOptions"] = {"series": {"stacking": stacking}}
    return options


def _x_axis(drawing: Drawing, labels: Sequence[Value]) -> Options:
    if drawing.timely:
        return {"type": "datetime"}
    return {"categories": [_label(drawing.result.columns[drawing.axes[0]], each) for each in labels]}


def _series(drawing: Drawing) -> tuple[list[Value], list[Options]]:
    """The places along the axis, and a series for each measure, or for each value of the second axis."""
    rows, axes = drawing.result.rows, drawing.axes
    places = list(dict.fromkeys(row[axes[0]] for row in rows))
    parts: dict[str, dict[Value, Value]] = {}
    for row in rows:
        for at in drawing.measures if len(axes) == 1 else drawing.measures[:1]:
            column = drawing.result.columns[axes[1] if len(axes) > 1 else at]
            name = _label(column, row[axes[1]]) if len(axes) > 1 else column.label
            parts.setdefault(name, {})[row[axes[0]]] = row[at]
    return places, [
        {"name": name, "data": [_point(drawing, place, known.get(place)) for place in places]}
        for name, known in parts.items()
    ]


def _point(drawing: Drawing, place: Value, value: Value) -> object:
    return [_milliseconds(place), plain(value)] if drawing.timely else plain(value)


def _bands(drawing: Drawing) -> list[Options]:
    """The range of a forecast, as an area between two lines."""
    result = drawing.result
    if not result.ranges or not drawing.timely or len(drawing.axes) > 1:
        return []
    ahead = result.rows[-len(result.ranges) :]
    return [
        {
            "name": f"{result.columns[at].label} (80 % range)",
            "type": "arearange",
            "data": [
                [_milliseconds(row[0]), *bounds[number]]
                for row, bounds in zip(ahead, result.ranges, strict=True)
            ],
        }
        for number, at in enumerate(drawing.measures)
    ]


def _scatter(drawing: Drawing) -> Options:
    columns, rows = drawing.result.columns, drawing.result.rows
    x, y = (drawing.measures * 2)[:2]
    return {
        "chart": {"type": "scatter"},
        "xAxis": {"title": {"text": columns[x].label}},
        "yAxis": {"title": {"text": columns[y].label}},
        "series": [{"name": columns[y].label, "data": [[plain(row[x]), plain(row[y])] for row in rows]}],
    }


def _named(kind: str, value: str) -> Callable[[Drawing], Options]:
    """Points with a name and a value: slices, steps of a funnel, tiles, countries."""

    def made(drawing: Drawing) -> Options:
        result, measure = drawing.result, drawing.measures[0]
        data = [
            {
                "name": " · ".join(_label(result.columns[at], row[at]) for at in drawing.axes),
                value: plain(row[measure]),
            }
            for row in result.rows
        ]
        series: Options = {"type": kind, "name": result.columns[measure].label, "data": data}
        return {"chart": {"type": kind}, "series": [series]}

    return made


def _heat_map(drawing: Drawing) -> Options:
    result, measure = drawing.result, drawing.measures[0]
    axes = (drawing.axes * 2)[:2]
    names = [list(dict.fromkeys(_label(result.columns[at], row[at]) for row in result.rows)) for at in axes]
    data = [
        [
            *(names[n].index(_label(result.columns[at], row[at])) for n, at in enumerate(axes)),
            plain(row[measure]),
        ]
        for row in result.rows
    ]
    return {
        "chart": {"type": "heatmap"},
        "xAxis": {"categories": names[0]},
        "yAxis": {"categories": names[1]},
        "series": [{"name": result.columns[measure].label, "data": data}],
    }


def _sankey(drawing: Drawing) -> Options:
    result, axes, measure = drawing.result, (drawing.axes * 2)[:2], drawing.measures[0]
    data = [
        [*(_label(result.columns[at], row[at]) for at in axes), plain(row[measure])] for row in result.rows
    ]
    series = {"type": "sankey", "keys": ["from", "to", "weight"], "data": data}
    return {"chart": {"type": "sankey"}, "series": [{**series, "name": result.columns[measure].label}]}


def _points_on_a_map(drawing: Drawing) -> Options:
    result, measure = drawing.result, drawing.measures[0]
    place, latitude, longitude = (drawing.axes * 3)[:3]
    data = [
        {
            "name": _label(result.columns[place], row[place]),
            "lat": row[latitude],
            "lon": row[longitude],
            "z": plain(row[measure]),
        }
        for row in result.rows
    ]
    return {"chart": {"map": "custom/world"}, "series": [{"type": "mapbubble", "data": data}]}


#: Charts that are not drawn between two axes.
_OTHERS: Mapping[Chart, Callable[[Drawing], Options]] = {
    Chart.PIE_CHART: _named("pie", "y"),
    Chart.FUNNEL_CHART: _named("funnel", "y"),
    Chart.UNKNOWN_VISUALIZATION: _named("treemap", "value"),
    Chart.COUNTRY_MAP_CHART: _named("map", "value"),
    Chart.STATE_MAP_CHART: _named("map", "value"),
    Chart.HEATMAP_CHART: _heat_map,
    Chart.SANKEY_CHART: _sankey,
    Chart.MAP: _points_on_a_map,
}


def _label(column: ResultColumn, value: Value) -> str:
    return formatted(value, column.format)


def _milliseconds(day: Value) -> int:
    return round(datetime.fromisoformat(str(day)).replace(tzinfo=UTC).timestamp() * 1000)
