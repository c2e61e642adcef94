"""What a chart shows, in words, for those who cannot see it: title, kind, extremes, range, trend."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from bot.core import values
from bot.core.frames import Frame
from bot.model import ChartKind, DisplayFormat, Series

#: Slack takes 1,000 characters as the description of an uploaded file.
LONGEST = 1_000

_KINDS = {
    ChartKind.BAR: "Bar chart",
    ChartKind.COLUMN: "Column chart",
    ChartKind.LINE: "Line chart",
    ChartKind.AREA: "Area chart",
    ChartKind.PIE: "Pie chart",
    ChartKind.SCATTER: "Scatter chart",
}

#: A sum of such measures says nothing.
_NOT_ADDITIVE = frozenset(
    {
        "avg",
        "average",
        "mean",
        "median",
        "rate",
        "ratio",
        "percent",
        "percentage",
        "pct",
        "share",
        "margin",
        "min",
        "max",
        "minimum",
        "maximum",
        "lowest",
        "highest",
        "price",
        "per",
        "temperature",
        "score",
        "probability",
    }
)
_LONGEST_NAME = 40
_NAMED_SERIES = 4
_LEVEL = 0.005
_CLEAR, _WEAK = 0.7, 0.3
_DIGITS = range(3, 10)


def alt_text(kind: ChartKind, title: str, made: Frame) -> str:
    """One or two sentences that state the finding, at most 1,000 characters."""
    head = f"{_KINDS[kind]}: {title}{'' if title.endswith(('.', '?', '!', '…')) else '.'}"
    if kind is ChartKind.SCATTER:
        body = _scatter(made)
    elif kind is ChartKind.PIE:
        body = _pie(made)
    elif len(made.series) > 1:
        body = _several(made)
    else:
        body = _single(made)
    return values.line(f"{head} {body}", LONGEST)


def _show(made: Frame, value: float) -> str:
    """A value with as many digits as it takes to tell the lowest from the highest."""
    low, high = min(made.numbers()), max(made.numbers())
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
    count = made.length or len(made.categories)
    words = made.x_label.split(", ")[0].split()
    if made.times or not words or not all(word.isalpha() and word.isascii() for word in words):
        return f"{count:,} points" if made.times else f"{count:,} values"
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


def _adds_up(made: Frame) -> bool:
    """A sum or a share of these values means something."""
    words = {word.lower() for series in made.series for word in f"{series.name} {made.y_label}".split()}
    units = {
        DisplayFormat.NUMBER_CURRENCY_USD,
        DisplayFormat.NUMBER_INTEGER,
        DisplayFormat.DISPLAY_FORMAT_UNKNOWN,
    }
    return made.format in units and not words & _NOT_ADDITIVE


def _total(made: Frame) -> str:
    # Over time a measure may be a level, such as a balance; nothing says which it is.
    if made.partial or made.times or not _adds_up(made):
        return ""
    return f", total {_show(made, sum(made.numbers()))}"


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
    if first > 0 and last >= 0 and _adds_up(made):
        share = last / first - 1
        if abs(share) < _LEVEL:
            return "level"
        return f"{'up' if share > 0 else 'down'} {abs(share):.0%}"
    if first == last:
        return "level"
    return f"{'up' if last > first else 'down'} by {_show(made, abs(last - first))}"


def _several(made: Frame) -> str:
    names = [_name(series.name) for series in made.series]
    listed = ", ".join(names[:_NAMED_SERIES]) + (" and others" if len(names) > _NAMED_SERIES else "")
    courses = ""
    if made.times and len(names) <= _NAMED_SERIES:
        courses = "".join(
            f"{_name(series.name)}: {_trend(made, series).replace('From', 'from', 1)}"
            for series in made.series
        )
    return f"{len(names)} series: {listed}. {courses}{_range(made)}; {_count(made)}{_total(made)}."


def _pie(made: Frame) -> str:
    total = sum(made.numbers())
    (low, where_low), (high, where_high) = _extremes(made)
    parts = f"{len(made.categories)} slices{_total(made)}"
    return (
        f"Largest: {_at(made, where_high, high)} ({high / total:.0%}); "
        f"smallest: {_at(made, where_low, low)} ({low / total:.0%}); {parts}."
    )


def _scatter(made: Frame) -> str:
    ys = [
        next(s.values[i] for s in made.series if s.values[i] is not None) or 0.0
        for i in range(len(made.x_values))
    ]
    xs = made.x_values
    spans = (
        f"{made.x_label} from {values.compact(min(xs), DisplayFormat.DISPLAY_FORMAT_UNKNOWN)} "
        f"to {values.compact(max(xs), DisplayFormat.DISPLAY_FORMAT_UNKNOWN)}, "
        f"{made.y_label} from {_show(made, min(ys))} to {_show(made, max(ys))}"
    )
    return f"{len(xs):,} points; {spans}. {_relation(xs, ys)}"


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
    if not spread_x or not spread_y:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / (spread_x * spread_y)
