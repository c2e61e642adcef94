"""Lines and areas, along time or categories, with forecasts and a second axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import matplotlib.dates as mdates
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from bot.charts import axes, feet, labels, scales, style
from bot.charts.axes import Frame
from bot.charts.feet import Foot
from bot.charts.labels import SMALL
from bot.charts.page import Page, stroke, swatch
from bot.charts.scales import Scale
from bot.core.values import compact
from bot.model import Axis, ChartKind, ChartSpec, DisplayFormat, Series, Stacking

_MARKED_POINTS, _MARKED_AHEAD = 40, 8
_SOLID = 7  # lines of one dash pattern; further ones are dashed
_THIN = 6  # more lines than these are drawn thinner
_NAMED_LINES = 8
_NAME = 1.35  # inches that a name beside a line may take
_LABEL = 9.0
_LEADER = 0.11  # inches from the frame to names beside it
_DASHES = (3.2, 1.8)
_FILL, _BAND = 0.25, 0.16


def draw(page: Page, spec: ChartSpec) -> None:
    """Draw a line or area chart."""
    stacked = spec.kind is ChartKind.AREA and spec.stacking is not Stacking.NONE
    along = _along(spec)
    ends = [] if stacked else _ends(page, spec)
    if len(spec.series) > 1 and not ends:
        page.legend(_entries(spec, stacked=stacked))
    both = _scales(spec, stacked=stacked)
    beside = max((page.measure(text, _LABEL) for _, text in ends), default=0.0)

    def foot(left: float, right: float) -> Foot:
        if spec.times:
            return feet.times(page, spec, along, left, right)
        return feet.categories(page, spec, left, right)

    beside = beside + (_LEADER * 2 if len(ends) > 1 else _LEADER) if ends else 0.0
    named = axes.in_shares(spec) if stacked else spec
    frame = axes.upright(page, named, both, foot, beside=beside)
    if stacked:
        _stack(frame.axes, spec, along)
    else:
        _run(frame.axes, spec, along, filled=spec.kind is ChartKind.AREA)
    if frame.twin is not None:
        over(frame.twin, spec)
    if len(ends) == 1:
        _say_last(frame, spec, along, ends[0][1])
    else:
        _name_ends(frame, spec, along, ends)
    _say_forecast(page, frame, spec, along)


def over(into: Axes, spec: ChartSpec) -> None:
    """Draw the series of the second axis as lines with points."""
    along = _along(spec)
    for index, series in enumerate(spec.series):
        if series.second:
            into.plot(along, _gapped(series.values), color="white", linewidth=4, zorder=3)
            into.plot(
                along, _gapped(series.values), color=style.colour(index), linewidth=2, zorder=3.1,
                marker="o", markersize=4.5, markeredgecolor="white", markeredgewidth=0.8,
                markevery=_marked(series.values),
            )  # fmt: skip


def _along(spec: ChartSpec) -> list[float]:
    if spec.times and spec.kind is not ChartKind.COLUMN:
        return [float(place) for place in mdates.date2num(spec.times)]  # type: ignore[no-untyped-call]
    return [float(i) for i in range(len(spec.categories))]


def _gapped(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in values]


def _entries(spec: ChartSpec, *, stacked: bool) -> list[tuple[Artist, str]]:
    return [
        (stroke(style.colour(i), marker="o"), f"{series.name} (right)")
        if series.second
        else (swatch(style.colour(i)), series.name)
        if stacked
        else (stroke(style.colour(i), line=_pattern(i)), series.name)
        for i, series in enumerate(spec.series)
    ]


def _pattern(index: int) -> Literal["-", "--"]:
    return "-" if index < _SOLID else "--"


# -- scales ------------------------------------------------------------------------------------------------


def _scales(spec: ChartSpec, *, stacked: bool) -> tuple[Scale, Scale | None]:
    """The value axis, and the second one where a series is drawn against it."""
    left = [series for series in spec.series if not series.second]
    full = stacked and spec.stacking is Stacking.FULL
    form = DisplayFormat.NUMBER_PERCENTAGE if full else spec.format
    numbers = [0.0, *(value for layer in _layers(spec) for value in layer)] if stacked else _numbers(left)
    first = (
        scales.of_whole()
        if full
        else scales.scale(numbers, form, zero=spec.kind is ChartKind.AREA, above=0.05)
    )
    other = _numbers([series for series in spec.series if series.second])
    if not other:
        return first, None
    return scales.aligned(first, form, other, (spec.second or Axis()).format)


def _numbers(chosen: Sequence[Series]) -> list[float]:
    return [
        value
        for series in chosen
        for value in (*series.values, *series.low, *series.high)
        if value is not None
    ]


# -- lines -------------------------------------------------------------------------------------------------


def _run(into: Axes, spec: ChartSpec, along: Sequence[float], *, filled: bool) -> None:
    """A line for each series of the first axis; what is forecast is dashed, within its range."""
    width = 2.2 if len(spec.series) <= _THIN else 1.5
    for index, series in enumerate(spec.series):
        if series.second:
            continue
        colour = style.colour(index)
        measured, forecast = _parts(series)
        into.plot(
            along, _gapped(measured), color=colour, linewidth=width, linestyle=_pattern(index), marker="o",
            markersize=4, markeredgecolor="white", markeredgewidth=0.6, markevery=_marked(measured),
            solid_capstyle="round", solid_joinstyle="round", zorder=2.5,
        )  # fmt: skip
        if filled:
            into.fill_between(along, _gapped(measured), 0, color=colour, alpha=_FILL, linewidth=0)
        if forecast:
            _continue(into, series, along, forecast, colour)


def _marked(values: Sequence[float | None]) -> list[int]:
    """Points that are marked: all of few, else those that stand alone and would not be seen."""
    if len(values) <= _MARKED_POINTS:
        return [i for i, value in enumerate(values) if value is not None]
    padded = (None, *values, None)
    return [
        i
        for i, value in enumerate(values)
        if value is not None and padded[i] is None and padded[i + 2] is None
    ]


def _parts(series: Series) -> tuple[list[float | None], list[float | None]]:
    """What is measured; and the forecast with the point that it goes on from, or nothing."""
    ahead = _ahead(series)
    if not any(ahead):
        return list(series.values), []
    measured = [None if coming else value for value, coming in zip(series.values, ahead, strict=True)]
    forecast = [value if coming else None for value, coming in zip(series.values, ahead, strict=True)]
    start = ahead.index(True)
    last = max((i for i in range(start) if measured[i] is not None), default=None)
    if last is not None:
        forecast[last] = measured[last]
    return measured, forecast


def _ahead(series: Series) -> list[bool]:
    """For each point whether it is forecast: it has a bound."""
    none = (None,) * len(series.values)
    bounds = zip(series.low or none, series.high or none, strict=True)
    return [low is not None or high is not None for low, high in bounds]


def _continue(
    into: Axes, series: Series, along: Sequence[float], forecast: Sequence[float | None], colour: str
) -> None:
    places = [i for i, value in enumerate(forecast) if value is not None]
    points = [(along[i], forecast[i] or 0.0) for i in places]
    ahead = _ahead(series)
    marked = [k for k, i in enumerate(places) if ahead[i]] if len(places) <= _MARKED_AHEAD else []
    into.plot(
        [x for x, _ in points], [y for _, y in points], color=colour, linewidth=2, linestyle=(0, _DASHES),
        marker="o", markersize=4, markerfacecolor="white", markeredgewidth=1.1, markevery=marked, zorder=2.6,
    )  # fmt: skip
    lows = [_bound(series.low, i, forecast[i]) for i in places]
    highs = [_bound(series.high, i, forecast[i]) for i in places]
    into.fill_between([x for x, _ in points], lows, highs, color=colour, alpha=_BAND, linewidth=0, zorder=2)


def _bound(bounds: Sequence[float | None], index: int, value: float | None) -> float:
    """The bound at a point; where there is none, as at the last measured one, the point itself."""
    bound = bounds[index] if index < len(bounds) else None
    return (value or 0.0) if bound is None else bound


def _say_forecast(page: Page, frame: Frame, spec: ChartSpec, along: Sequence[float]) -> None:
    """A quiet line where measuring ends, and the word for what follows."""
    starts = [ahead.index(True) for ahead in map(_ahead, spec.series) if any(ahead)]
    if not starts:
        return
    start = max(min(starts) - 1, 0)
    frame.axes.axvline(along[start], color=style.ZERO, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5)
    low, high = frame.axes.get_xlim()
    room = (high - along[start]) / (high - low) * frame.width
    fits = page.measure("Forecast", SMALL) + 0.1 <= room
    frame.axes.annotate(
        "Forecast", (along[start], 1), xycoords=("data", "axes fraction"), xytext=(4 if fits else -4, 0),
        textcoords="offset points", ha="left" if fits else "right", va="top", fontsize=SMALL,
        color=style.MUTED,
    )  # fmt: skip


# -- stacked areas -----------------------------------------------------------------------------------------


def _layers(spec: ChartSpec) -> list[list[float]]:
    """The upper edge of each series, on those before it; a missing value adds nothing."""
    left = [series for series in spec.series if not series.second]
    totals = [sum(series.values[i] or 0.0 for series in left) or 1.0 for i in range(len(spec.categories))]
    edge = [0.0] * len(spec.categories)
    made = []
    for series in left:
        parts = [value or 0.0 for value in series.values]
        if spec.stacking is Stacking.FULL:
            parts = [part / total * 100 for part, total in zip(parts, totals, strict=True)]
        edge = [below + part for below, part in zip(edge, parts, strict=True)]
        made.append(edge)
    return made


def _stack(into: Axes, spec: ChartSpec, along: Sequence[float]) -> None:
    below = [0.0] * len(along)
    indexes = [i for i, series in enumerate(spec.series) if not series.second]
    for index, edge in zip(indexes, _layers(spec), strict=True):
        into.fill_between(
            along, below, edge, color=style.colour(index), linewidth=0.8, edgecolor="white", zorder=2
        )
        below = edge


# -- names beside lines ------------------------------------------------------------------------------------


def _ends(page: Page, spec: ChartSpec) -> list[tuple[int, str]]:
    """Texts at the ends of lines, by series: the last value of one, the names of a few; else none."""
    if len(spec.series) == 1:
        last = _last(spec.series[0])
        return [] if last is None else [(0, compact(spec.series[0].values[last] or 0.0, spec.format))]
    if len(spec.series) > _NAMED_LINES or any(series.second for series in spec.series):
        return []
    names = [series.name for series in spec.series]
    fitted = labels.shorten_all(names, _NAME, lambda text: page.measure(text, _LABEL))
    lasts = [_last(series) for series in spec.series]
    if None in lasts or len(set(fitted)) < len(names):
        return []
    return list(enumerate(fitted))


def _last(series: Series) -> int | None:
    return max((i for i, value in enumerate(series.values) if value is not None), default=None)


def _say_last(frame: Frame, spec: ChartSpec, along: Sequence[float], text: str) -> None:
    """The last value of a single line, which is what people look for first."""
    last = _last(spec.series[0]) or 0
    frame.axes.annotate(
        text, (along[last], spec.series[0].values[last] or 0.0), xytext=(6, 0), textcoords="offset points",
        ha="left", va="center", fontsize=_LABEL, color=style.INK, annotation_clip=False,
    )  # fmt: skip


def _name_ends(
    frame: Frame, spec: ChartSpec, along: Sequence[float], ends: Sequence[tuple[int, str]]
) -> None:
    """Texts at the right of the frame, each joined to the end of its line, none over another."""
    gap = labels.height(_LABEL) / frame.height
    points = [(_last(spec.series[index]) or 0) for index, _ in ends]
    values = [spec.series[index].values[point] or 0.0 for (index, _), point in zip(ends, points, strict=True)]
    low, high = frame.axes.get_ylim()
    heights = labels.spread([(value - low) / (high - low) for value in values], gap, gap / 2, 1 - gap / 2)
    for (index, text), point, value, height in zip(ends, points, values, heights, strict=True):
        frame.axes.annotate(
            text, (along[point], value), xytext=(1 + _LEADER / frame.width, height),
            textcoords="axes fraction", ha="left", va="center", fontsize=_LABEL, annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": style.colour(index), "linewidth": 1.1, "relpos": (0, 0.5),
                "shrinkA": 0, "shrinkB": 3,
            },
        )  # fmt: skip
