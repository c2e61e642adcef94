"""What a chart shows, in words, for those who cannot see it: title, kind, extremes, range, trend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import sqrt

from bot.core import axial, totals, values
from bot.core.frames import Frame, Shape, listed
from bot.model import Axis, ChartKind, DisplayFormat, Flow, Series, Stacking

#: Slack takes 1,000 characters as the description of an uploaded file.
LONGEST = 1_000

_KINDS: Mapping[ChartKind, str] = {
    ChartKind.AREA: "area chart",
    ChartKind.BAR: "bar chart",
    ChartKind.COLUMN: "column chart",
    ChartKind.FUNNEL: "funnel chart",
    ChartKind.HEATMAP: "heat map",
    ChartKind.LINE: "line chart",
    ChartKind.PIE: "pie chart",
    ChartKind.POLAR: "polar chart",
    ChartKind.SANKEY: "Sankey chart",
    ChartKind.SCATTER: "scatter chart",
    ChartKind.SPIDER: "radar chart",
}
_STACKINGS = {Stacking.NONE: "", Stacking.STACKED: "stacked ", Stacking.FULL: "100% stacked "}
_LONGEST_NAME = 40
_NAMED_SERIES = 4
_NAMED_FLOWS = 3
_FORECASTS = 2
_LEVEL = 0.005
_CLEAR, _WEAK = 0.7, 0.3
_DIGITS = range(3, 10)
_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN


def alt_text(shape: Shape, title: str) -> str:
    """One or a few sentences that state the finding, at most 1,000 characters."""
    kind = f"{_STACKINGS[shape.stacking]}{_KINDS[shape.kind]}"
    if shape.kind is ChartKind.LINE and axial.has_forecast(shape.frame):
        kind = "forecast, as a line chart"
    named = f": {title}" if title else ""
    head = f"{kind[0].upper()}{kind[1:]}{named}{'' if title.endswith(('.', '?', '!', '…')) else '.'}"
    return values.line(f"{head} {_body(shape)}", LONGEST)


def _body(shape: Shape) -> str:
    made = shape.frame
    if shape.kind is ChartKind.SANKEY:
        return _flows(made, shape.flows)
    if special := _SPECIAL.get(shape.kind):
        return special(made)
    if shape.stacking is Stacking.FULL:
        return _shares(made)
    if shape.stacking is Stacking.STACKED:
        return _stack(made)
    return _axes(made, made.second) if made.second else _plain(made)


def _plain(made: Frame) -> str:
    ahead = _forecast(made) if axial.has_forecast(made) else ""
    return ahead + (_several(made) if len(made.series) > 1 else _single(made))


# -- words for values ------------------------------------------------------------------------------------


def _show(made: Frame, value: float) -> str:
    """A value with as many digits as it takes to tell the lowest from the highest."""
    numbers = made.numbers() or [value]
    low, high = min(numbers), max(numbers)
    digits = next(
        (n for n in _DIGITS if values.compact(low, made.format, n) != values.compact(high, made.format, n)), 3
    )
    return values.compact(value, made.format, digits)


def _at(made: Frame, where: str, value: float) -> str:
    """``Negotiation $1.2M``; a name that ends in a digit is set apart from its value."""
    return f"{where}{':' if where[-1:].isdigit() else ''} {_show(made, value)}"


def _name(text: str) -> str:
    return values.squeeze(text, _LONGEST_NAME)


def _count(made: Frame) -> str:
    """How many there are, in the words of the data: ``6 stages``."""
    if made.times:
        drawn = zip(*(series.values for series in made.series), strict=True)
        held = made.length or sum(any(value is not None for value in place) for place in drawn)
        return f"{held:,} point{'' if held == 1 else 's'}"
    count = made.length or len(made.categories)
    words = made.x_label.split(", ")[0].split()
    if not words or not all(word.isalpha() and word.isascii() for word in words):
        return f"{count:,} value{'' if count == 1 else 's'}"
    noun = " ".join(word if word.isupper() else word.lower() for word in words)
    return f"{count:,} {noun if count == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    if noun.endswith(("ss", "us", "x", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return noun if noun.endswith("s") else f"{noun}s"


def _extremes(made: Frame) -> tuple[tuple[float, str], tuple[float, str]]:
    """The lowest and the highest value, each with the name of its place."""
    several = len(made.series) > 1
    found = [
        (value, f"{_name(series.name)}, {_name(category)}" if several else _name(category))
        for series in made.series
        for value, category in zip(series.values, made.categories, strict=True)
        if value is not None
    ]
    return min(found, key=lambda item: item[0]), max(found, key=lambda item: item[0])


def _range(made: Frame) -> str:
    (low, where_low), (high, where_high) = _extremes(made)
    if low == high:
        return f"All values are {_show(made, low)}"
    return f"Highest: {_at(made, where_high, high)}; lowest: {_at(made, where_low, low)}"


def _total(made: Frame) -> str:
    # Over time a measure may be a level, such as a balance; nothing says which it is.
    if made.partial or made.times or not totals.has_total(made):
        return ""
    return f", total {_show(made, sum(made.numbers()))}"


# -- along an axis ---------------------------------------------------------------------------------------


def _single(made: Frame) -> str:
    trend = _trend(made, made.series[0]) if made.times else ""
    return f"{trend}{_range(made)}; {_count(made)}{_total(made)}."


def _ends(made: Frame, series: Series) -> tuple[tuple[str, float], tuple[str, float]] | None:
    drawn = [(c, v) for c, v in zip(made.categories, series.values, strict=True) if v is not None]
    return (drawn[0], drawn[-1]) if len(drawn) > 1 else None


def _trend(made: Frame, series: Series) -> str:
    ends = _ends(made, series)
    if ends is None:
        return ""
    (start, first), (end, last) = ends
    change = _change(made, first, last)
    return f"From {_at(made, start, first)} to {_at(made, end, last)}, {change}. "


def _change(made: Frame, first: float, last: float) -> str:
    if first > 0 and last >= 0 and totals.has_total(made):
        share = last / first - 1
        if abs(share) < _LEVEL:
            return "level"
        return f"{'up' if share > 0 else 'down'} {abs(share):.0%}"
    if first == last:
        return "level"
    return f"{'up' if last > first else 'down'} by {_show(made, abs(last - first))}"


def _several(made: Frame) -> str:
    courses = ""
    if made.times and len(made.series) <= _NAMED_SERIES:
        courses = "".join(
            f"{_name(series.name)}: {_trend(made, series).replace('From', 'from', 1)}"
            for series in made.series
        )
    return f"{_series(made)}. {courses}{_range(made)}; {_count(made)}{_total(made)}."


def _series(made: Frame) -> str:
    names = [_name(series.name) for series in made.series]
    more = " and others" if len(names) > _NAMED_SERIES else ""
    return f"{len(names)} series: {', '.join(names[:_NAMED_SERIES])}{more}"


def _axes(made: Frame, second: Axis) -> str:
    """Two frames, each in its own unit."""
    left = axial.without_second(made)
    drawn = tuple(series for series in made.series if series.second)
    right = replace(made, series=drawn, format=second.format, y_label=second.label, second=None)
    parts = [
        f"{side} axis, {listed([_name(series.name) for series in part.series])}: {_plain(part)}"
        for side, part in (("Left", left), ("Right", right))
        if part.numbers()
    ]
    return " ".join(parts)


def _forecast(made: Frame) -> str:
    """Where the measured values end, and the range in which the forecast ends."""
    said = [_outlook(made, series) for series in made.series if series.low][:_FORECASTS]
    return "".join(said)


def _outlook(made: Frame, series: Series) -> str:
    drawn = [(i, value) for i, value in enumerate(series.values) if value is not None]
    ahead = [(i, value) for i, value in drawn if series.low[i] is not None]
    known = [(i, value) for i, value in drawn if series.low[i] is None]
    if not ahead:
        return ""
    last, value = ahead[-1]
    low, high = series.low[last] or 0.0, series.high[last] or 0.0
    whose = f"{_name(series.name)}: " if len(made.series) > 1 else ""
    measured = f"last measured {_at(made, made.categories[known[-1][0]], known[-1][1])}; " if known else ""
    spoken = f"{measured}forecast for {_at(made, made.categories[last], value)}"
    spoken = spoken if whose else spoken[0].upper() + spoken[1:]
    return f"{whose}{spoken}, between {_show(made, low)} and {_show(made, high)}. "


# -- parts -----------------------------------------------------------------------------------------------


def _stack(made: Frame) -> str:
    sums = tuple(totals.by_place(made))
    whole = replace(made, series=(Series("Total", sums),))
    said = _single(whole)
    return f"{_series(made)}. Totals: {said[0].lower()}{said[1:]}"


def _shares(made: Frame) -> str:
    """The largest and the smallest share that a series has at a place."""
    sums = totals.by_place(made)
    shares = tuple(
        replace(
            series,
            values=tuple(
                None if value is None or not whole else 100 * value / whole
                for value, whole in zip(series.values, sums, strict=True)
            ),
        )
        for series in made.series
    )
    parts = replace(made, series=shares, format=DisplayFormat.NUMBER_PERCENTAGE)
    said = f"{_range(parts)}; " if parts.numbers() else ""
    return f"{_series(made)}. Shares: {said}{_count(made)}."


def _pie(made: Frame) -> str:
    whole = sum(made.numbers())
    (low, where_low), (high, where_high) = _extremes(made)
    return (
        f"Largest: {_at(made, where_high, high)} ({high / whole:.0%}); "
        f"smallest: {_at(made, where_low, low)} ({low / whole:.0%}); "
        f"{len(made.categories)} slices{_total(made)}."
    )


def _funnel(made: Frame) -> str:
    stages = [(_name(c), v or 0.0) for c, v in zip(made.categories, made.series[0].values, strict=True)]
    (start, first), (end, last) = stages[0], stages[-1]
    steps = list(pairwise(stages))
    (above, more), (below, less) = min(steps, key=lambda step: step[1][1] / step[0][1])
    return (
        f"From {_at(made, start, first)} to {_at(made, end, last)} ({last / first:.0%}). "
        f"Largest drop: {above} to {below}, down {1 - less / more:.0%}; {len(stages)} stages."
    )


def _heatmap(made: Frame) -> str:
    return f"{len(made.series):,} rows and {len(made.categories):,} columns. {_range(made)}."


def _flows(made: Frame, flows: Sequence[Flow]) -> str:
    targets = {flow.target for flow in flows}
    whole = sum(flow.value for flow in flows if flow.source not in targets)
    largest = "; ".join(
        f"{_name(flow.source)} to {_name(flow.target)}: {values.compact(flow.value, made.format)}"
        for flow in flows[:_NAMED_FLOWS]
    )
    count = f"{len(flows):,} flow{'' if len(flows) == 1 else 's'}"
    return f"{count}, total {values.compact(whole, made.format)}. Largest: {largest}."


# -- points ----------------------------------------------------------------------------------------------


def _scatter(made: Frame) -> str:
    points = [
        (x, y)
        for series in made.series
        for x, y in zip(made.x_values, series.values, strict=True)
        if y is not None
    ]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, right = values.compact(min(xs), _UNKNOWN), values.compact(max(xs), _UNKNOWN)
    across = f"{made.x_label or 'X'} from {left} to {right}"
    up = f"{made.y_label or 'Y'} from {_show(made, min(ys))} to {_show(made, max(ys))}"
    return f"{len(points):,} points; {across}, {up}. {_relation(xs, ys)}"


def _relation(xs: Sequence[float], ys: Sequence[float]) -> str:
    r = _correlation(xs, ys)
    if r is None:
        return ""
    if abs(r) < _WEAK:
        return f"There is no clear relation (correlation {r:.2f})."
    words = "The two rise together" if r > 0 else "One falls as the other rises"
    words += "" if abs(r) >= _CLEAR else ", loosely"
    return f"{words} (correlation {r:.2f})."


def _correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    count = len(xs)
    if count < 3:  # noqa: PLR2004 -- two points always lie on a line
        return None
    mean_x, mean_y = sum(xs) / count, sum(ys) / count
    spread_x = sqrt(sum((x - mean_x) ** 2 for x in xs))
    spread_y = sqrt(sum((y - mean_y) ** 2 for y in ys))
    spread = spread_x * spread_y
    if not spread:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread


_SPECIAL: Mapping[ChartKind, Callable[[Frame], str]] = {
    ChartKind.FUNNEL: _funnel,
    ChartKind.HEATMAP: _heatmap,
    ChartKind.PIE: _pie,
    ChartKind.SCATTER: _scatter,
}
