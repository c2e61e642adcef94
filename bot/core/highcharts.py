"""Highcharts options read as data: a declared subset is drawn, of anything else there is no chart.

Read are: ``chart.type`` ``inverted`` ``polar``; ``title.text``; ``xAxis`` categories, datetime or numbers,
and its title; titles and ``labels.format`` of ``yAxis``, also of a second one; ``plotOptions.*.stacking``;
``series`` with name, type, yAxis, stacking, pointStart, pointInterval and data as numbers, pairs, triples or
objects. Types are line, spline, area, areaspline, column, bar, pie, scatter, bubble, funnel, heatmap and
sankey. Nothing is evaluated: a text that holds a function is a text.
Source: the options reference of Highcharts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.core import flows, frames, loose, shapes, values
from bot.core.frames import Frame, Shape
from bot.model import Axis, ChartKind, DisplayFormat, Series
from bot.model import VisualizationType as Type

#: Of a longer series or axis, or of more series, the rest is not read.
_MOST_POINTS = 20_000
_MOST_SERIES = 50
_FIRST_MONTH, _LAST_MONTH = 12 * 1, 12 * 9999
_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN

_TYPES: Mapping[str, Type] = {
    "line": Type.LINE_CHART,
    "spline": Type.LINE_CHART,
    "area": Type.AREA_CHART,
    "areaspline": Type.AREA_CHART,
    "column": Type.COLUMN_CHART,
    "bar": Type.BAR_CHART,
    "pie": Type.PIE_CHART,
    "funnel": Type.FUNNEL_CHART,
    "scatter": Type.SCATTER_CHART,
    "bubble": Type.SCATTER_CHART,
    "heatmap": Type.HEATMAP_CHART,
    "sankey": Type.SANKEY_CHART,
}
_STACKED: Mapping[tuple[Type, str], Type] = {
    (Type.COLUMN_CHART, "normal"): Type.STACKED_COLUMN_CHART,
    (Type.COLUMN_CHART, "percent"): Type.STACKED_100_COLUMN_CHART,
    (Type.BAR_CHART, "normal"): Type.STACKED_BAR_CHART,
    (Type.BAR_CHART, "percent"): Type.STACKED_100_BAR_CHART,
    (Type.AREA_CHART, "normal"): Type.STACKED_AREA_CHART,
}
_ROUND = {
    Type.COLUMN_CHART: Type.POLAR_CHART,
    Type.LINE_CHART: Type.SPIDER_CHART,
    Type.AREA_CHART: Type.SPIDER_CHART,
}


@dataclass(frozen=True, slots=True)
class _Point:
    """A point as sent: its name, where it is along the axis, and its value."""

    name: str
    x: float | None
    y: float | None


@dataclass(frozen=True, slots=True)
class _Line:
    """A series as sent."""

    name: str
    type: Type
    points: tuple[_Point, ...]
    second: bool


def read(options: Mapping[str, object]) -> Shape | None:
    """The chart that the options describe, or None where they go beyond the subset; never raises."""
    wires = [
        item for item in loose.sequence(options.get("series"))[:_MOST_SERIES] if isinstance(item, Mapping)
    ]
    types = {_type(options, wire) for wire in wires}
    kind = types.pop() if types else None
    if kind is None:
        return None
    if types:  # columns beneath a line are drawn where the line has an axis of its own
        kind = Type.COLUMN_CHART if {kind, *types} == {Type.COLUMN_CHART, Type.LINE_CHART} else None
        beside = [wire for wire in wires if _type(options, wire) is Type.LINE_CHART]
        if kind is None or not all(_on_second(wire) for wire in beside):
            return None
    reader = _READERS.get(kind, _along)
    shape = reader(options, wires, kind)
    title = values.line(loose.words(loose.mapping(options.get("title")).get("text")), loose.LONGEST)
    return replace(shape, title=title) if shape else None


def _type(options: Mapping[str, object], wire: Mapping[str, object]) -> Type | None:
    named = wire.get("type") or loose.mapping(options.get("chart")).get("type") or "line"
    return _TYPES.get(named) if isinstance(named, str) else None


def _drawn_as(options: Mapping[str, object], wires: Sequence[Mapping[str, object]], kind: Type) -> Type:
    """The type with what the chart's own options make of it: turned, around a circle, stacked."""
    chart = loose.mapping(options.get("chart"))
    if chart.get("polar") is True:
        return _ROUND.get(kind, kind)
    if chart.get("inverted") is True and kind is Type.COLUMN_CHART:
        kind = Type.BAR_CHART
    plots = [loose.mapping(each) for each in loose.mapping(options.get("plotOptions")).values()]
    named = next((each["stacking"] for each in (*wires, *plots) if each.get("stacking")), "")
    return _STACKED.get((kind, named), kind) if isinstance(named, str) else kind


# -- along an axis ---------------------------------------------------------------------------------------


def _along(options: Mapping[str, object], wires: Sequence[Mapping[str, object]], kind: Type) -> Shape | None:
    axis = loose.first(options.get("xAxis"))
    names = _names(options, "xAxis")
    dated = axis.get("type") == "datetime"
    lines = [_line(options, wire, number) for number, wire in enumerate(wires, 1)]
    drawn = [line for line in lines if line is not None and _once(line, names)]
    if len(drawn) < len(lines):
        return None
    keys = _keys(drawn, names, dated=dated)
    made = _on_axis(keys, names, dated=dated)
    if made is None or not 1 <= len(keys) <= _MOST_POINTS:
        return None
    series = tuple(_series(line, keys, names) for line in drawn)
    second = _second(options, [line.name for line in drawn if line.second])
    if second is None or all(line.second for line in drawn):
        series, second = tuple(replace(each, second=False) for each in series), None
    made = replace(
        made,
        series=series,
        second=second,
        x_label=_title(axis),
        y_label=_title(loose.first(options.get("yAxis"))),
        format=_format(loose.first(options.get("yAxis")), options),
        arranged=True,
    )
    return shapes.of(_drawn_as(options, wires, kind), frames.pick(made, _ascending(made)))


def _line(options: Mapping[str, object], wire: Mapping[str, object], number: int) -> _Line | None:
    kind = _type(options, wire)
    start, step = loose.number(wire.get("pointStart")), loose.number(wire.get("pointInterval"))
    unit = wire.get("pointIntervalUnit")
    points = [_point(item) for item in loose.sequence(wire.get("data"))[:_MOST_POINTS]]
    if kind is None or not points or any(point is None for point in points):
        return None
    placed = [point for point in points if point is not None]
    if start is not None or step is not None:
        placed = [
            point if point.x is not None else replace(point, x=_after(start or 0.0, step or 1.0, unit, index))
            for index, point in enumerate(placed)
        ]
    return _Line(loose.text(wire.get("name")) or f"Series {number}", kind, tuple(placed), _on_second(wire))


def _on_second(wire: Mapping[str, object]) -> bool:
    return loose.number(wire.get("yAxis")) == 1


def _after(start: float, step: float, unit: object, index: int) -> float:
    """The x of a point without one, in the unit of the axis; months and years differ in length."""
    moment = loose.moment(start)
    if not isinstance(unit, str) or unit not in {"day", "month", "year"} or moment is None:
        return start + step * index
    if unit == "day":
        return start + step * index * 86_400_000
    months = moment.year * 12 + moment.month - 1 + int(step * index) * (12 if unit == "year" else 1)
    if not _FIRST_MONTH <= months < _LAST_MONTH:
        return start + step * index
    later = datetime(months // 12, months % 12 + 1, min(moment.day, 28), tzinfo=UTC)
    return later.timestamp() * 1000


def _point(item: object) -> _Point | None:
    """A point of any of the forms; None for one that is none."""
    if item is None or loose.number(item) is not None:
        return _Point("", None, loose.number(item))
    if isinstance(item, Mapping):
        return _Point(loose.text(item.get("name")), loose.number(item.get("x")), loose.number(item.get("y")))
    cells = loose.sequence(item)
    if len(cells) < 2:  # noqa: PLR2004 -- a pair
        return None
    name = loose.text(cells[0]) if isinstance(cells[0], str) else ""
    return _Point(name, loose.number(cells[0]), loose.number(cells[1]))


def _once(line: _Line, names: Sequence[str]) -> bool:
    """No place of the axis occurs twice."""
    return len({_key(point, index, names) for index, point in enumerate(line.points)}) == len(line.points)


#: A place along the axis: its number, or its name.
_Key = float | str


def _keys(lines: Sequence[_Line], names: Sequence[str], *, dated: bool) -> list[_Key]:
    """The places that the series have, in the order of the axis."""
    found: dict[_Key, None] = {} if dated else dict.fromkeys(float(i) for i in range(len(names)))
    for line in lines:
        for index, point in enumerate(line.points):
            found[_key(point, index, names)] = None
    return list(found)


def _key(point: _Point, index: int, names: Sequence[str]) -> _Key:
    if point.x is not None:
        return point.x
    return point.name if point.name and not names else float(index)


def _on_axis(keys: Sequence[_Key], names: Sequence[str], *, dated: bool) -> Frame | None:
    """The axis with its labels; None where its places are of several kinds."""
    numbers = [key for key in keys if isinstance(key, float)]
    if not numbers:
        return Frame(tuple(frames.category(str(key)) for key in keys), ())
    if len(numbers) < len(keys):
        return None
    if dated:
        moments = [loose.moment(number) for number in numbers]
        times = tuple(moment for moment in moments if moment is not None)
        grain = _grain(times)
        labels = tuple(values.day(moment, grain) for moment in times)
        return Frame(labels, (), times=times) if len(times) == len(keys) else None
    if names:
        labels = tuple(
            frames.category(names[int(n)]) if n.is_integer() and 0 <= n < len(names) else f"{n:g}"
            for n in numbers
        )
        return Frame(labels, ())
    return Frame(tuple(f"{number:,.10g}" for number in numbers), (), x_values=tuple(numbers))


def _grain(times: Sequence[datetime]) -> DisplayFormat:
    if any((time.hour, time.minute, time.second) != (0, 0, 0) for time in times):
        return DisplayFormat.DATE_DATETIME
    if any(time.day != 1 for time in times):
        return DisplayFormat.DATE_DATE
    return DisplayFormat.DATE_YEAR if all(time.month == 1 for time in times) else DisplayFormat.DATE_MONTH


def _series(line: _Line, keys: Sequence[_Key], names: Sequence[str]) -> Series:
    at = {_key(point, index, names): point.y for index, point in enumerate(line.points)}
    return Series(line.name, tuple(at.get(key) for key in keys), second=line.second)


def _ascending(made: Frame) -> list[int]:
    places = made.times or made.x_values
    return (
        sorted(range(len(made.categories)), key=places.__getitem__)
        if places
        else list(range(len(made.categories)))
    )


def _second(options: Mapping[str, object], names: Sequence[str]) -> Axis | None:
    axes = [loose.mapping(each) for each in loose.sequence(options.get("yAxis"))]
    if not names or len(axes) < 2:  # noqa: PLR2004 -- a second one
        return None
    return Axis(_title(axes[1]) or values.line(", ".join(names), loose.LONGEST), _format(axes[1], {}))


# -- other forms -----------------------------------------------------------------------------------------


def _parts(options: Mapping[str, object], wires: Sequence[Mapping[str, object]], kind: Type) -> Shape | None:
    """A pie or a funnel: one series of named amounts."""
    line = _line(options, wires[0], 1) if len(wires) == 1 else None
    if line is None:
        return None
    names = [frames.category(point.name or str(number)) for number, point in enumerate(line.points, 1)]
    form = _format({}, options)
    amounts = Series(line.name, tuple(point.y for point in line.points))
    return shapes.of(kind, Frame(tuple(names), (amounts,), y_label=line.name, format=form, arranged=True))


def _dots(options: Mapping[str, object], wires: Sequence[Mapping[str, object]], _: Type) -> Shape | None:
    lines = [_line(options, wire, number) for number, wire in enumerate(wires[: frames.MOST_SERIES], 1)]
    drawn = [
        (number, point)
        for number, line in enumerate(lines)
        for point in (line.points if line else ())
        if point.x is not None and point.y is not None
    ]
    series = tuple(
        Series(line.name, tuple(point.y if at == number else None for at, point in drawn))
        for number, line in enumerate(lines)
        if line
    )
    if not drawn:
        return None
    y_axis = loose.first(options.get("yAxis"))
    made = Frame(
        categories=tuple(frames.category(p.name) for _, p in drawn) if any(p.name for _, p in drawn) else (),
        series=series,
        x_values=tuple(point.x or 0.0 for _, point in drawn),
        x_label=_title(loose.first(options.get("xAxis"))),
        y_label=_title(y_axis),
        format=_format(y_axis, options),
    )
    return shapes.of(Type.SCATTER_CHART, made)


def _grid(options: Mapping[str, object], wires: Sequence[Mapping[str, object]], _: Type) -> Shape | None:
    """A heat map: triples of column, row and value."""
    across, down = (_names(options, axis) for axis in ("xAxis", "yAxis"))
    found: dict[tuple[int, int], float | None] = {}
    for x, y, amount in _triples(wires[0]):
        column, row = loose.number(x), loose.number(y)
        if column is None or row is None or not (0 <= column < len(across) and 0 <= row < len(down)):
            return None
        found[int(column), int(row)] = loose.number(amount)
    if not found:
        return None
    rows = tuple(
        Series(name, tuple(found.get((column, row)) for column in range(len(across))))
        for row, name in enumerate(down[:_MOST_SERIES])
    )
    label = loose.text(wires[0].get("name"))
    return shapes.of(
        Type.HEATMAP_CHART, Frame(tuple(map(frames.category, across)), rows, y_label=label, split=True)
    )


def _names(options: Mapping[str, object], axis: str) -> list[str]:
    names = loose.sequence(loose.first(options.get(axis)).get("categories"))
    return [loose.text(item) for item in names[:_MOST_POINTS]]


def _links(_: Mapping[str, object], wires: Sequence[Mapping[str, object]], __: Type) -> Shape | None:
    links: dict[tuple[str, ...], float] = {}
    for source, target, weight in _triples(wires[0]):
        amount = loose.number(weight)
        if not isinstance(source, str) or not isinstance(target, str) or amount is None or amount < 0:
            return None
        ends = (frames.category(source), frames.category(target))
        links[ends] = links.get(ends, 0.0) + amount
    course = flows.between(
        {ends: amount for ends, amount in links.items() if amount}, ("from", "to"), chained=True
    )
    if course.problem:
        return None
    made = Frame((), (), y_label=loose.text(wires[0].get("name")), notes=course.notes)
    return Shape(ChartKind.SANKEY, Type.SANKEY_CHART, made, flows=course.flows)


def _triples(wire: Mapping[str, object]) -> list[tuple[object, object, object]]:
    found = []
    for item in loose.sequence(wire.get("data"))[:_MOST_POINTS]:
        each = loose.mapping(item)
        cells = loose.sequence(item)
        if len(cells) >= 3:  # noqa: PLR2004 -- a triple
            found.append((cells[0], cells[1], cells[2]))
        elif "from" in each:
            found.append((each.get("from"), each.get("to"), each.get("weight")))
        else:
            found.append((each.get("x"), each.get("y"), each.get("value")))
    return found


_READERS: Mapping[
    Type, Callable[[Mapping[str, object], Sequence[Mapping[str, object]], Type], Shape | None]
] = {
    Type.PIE_CHART: _parts,
    Type.FUNNEL_CHART: _parts,
    Type.SCATTER_CHART: _dots,
    Type.HEATMAP_CHART: _grid,
    Type.SANKEY_CHART: _links,
}


# -- single values ---------------------------------------------------------------------------------------


def _format(axis: Mapping[str, object], options: Mapping[str, object]) -> DisplayFormat:
    """The unit that an axis or the tooltip writes: ``${value}``, ``{value}%``."""
    tip = loose.mapping(options.get("tooltip"))
    shown = loose.text(loose.mapping(axis.get("labels")).get("format"))
    if shown.startswith("$") or loose.text(tip.get("valuePrefix")).startswith("$"):
        return DisplayFormat.NUMBER_CURRENCY_USD
    if shown.endswith("%") or loose.text(tip.get("valueSuffix")).strip() == "%":
        return DisplayFormat.NUMBER_PERCENTAGE
    return _UNKNOWN


def _title(axis: Mapping[str, object]) -> str:
    return values.line(loose.words(loose.mapping(axis.get("title")).get("text")), loose.LONGEST)
