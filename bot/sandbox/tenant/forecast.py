"""A forecast that can be explained: a straight line, with the year's seasons where enough years are there.

The line is fitted by least squares. With three whole years of months (or quarters) the mean deviation of each
from the line is added. The range is that in which four of five values would lie if the rest were normally
distributed, and it widens with the distance (prediction interval of a regression line).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.sandbox.tenant import periods
from bot.sandbox.tenant.domains import Subject
from bot.sandbox.tenant.query import Result, ResultColumn
from bot.sandbox.tenant.reply import Aggregate, Filter, Grain, Intent, Operator

#: Standard deviations around the line that hold 80 % of a normal distribution.
_EIGHTY = 1.2816
_FEWEST = 4  # points through which a line is worth more than a guess
_CYCLES = {Grain.MONTH: 12, Grain.QUARTER: 4}
_WHOLE_CYCLES = 3
_LARGE = 1000  # from here on, cents would only pretend to be known
_ADDITIVE = frozenset({Aggregate.SUM, Aggregate.COUNT})

Value = str | int | float | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A forecast value and its range."""

    value: float
    low: float
    high: float


def project(values: Sequence[float], steps: int, *, cycle: int = 0) -> tuple[Point, ...]:
    """The next ``steps`` values of an evenly spaced series; none where there are too few to go by.

    Args:
        values: what was measured, the oldest first.
        steps: how far to look ahead.
        cycle: the number of steps after which seasons repeat; 0 for none.
    """
    count = len(values)
    if count < _FEWEST:
        return ()
    seasons = _seasons(values, cycle)
    flat = [value - seasons[at % len(seasons)] for at, value in enumerate(values)]
    slope, start = statistics.linear_regression(range(count), flat)
    rest = [value - start - slope * at for at, value in enumerate(flat)]
    deviation = math.sqrt(sum(each * each for each in rest) / (count - 2))
    middle = (count - 1) / 2
    spread = sum((at - middle) ** 2 for at in range(count))
    points = []
    for at in range(count, count + steps):
        value = start + slope * at + seasons[at % len(seasons)]
        reach = _EIGHTY * deviation * math.sqrt(1 + 1 / count + (at - middle) ** 2 / spread)
        points.append(Point(value, value - reach, value + reach))
    return tuple(points)


def history(intent: Intent, subject: Subject, today: date) -> Intent:
    """The query over whole steps of the past: what a forecast may be made from."""
    if intent.time is None:
        return intent
    key, end = intent.time.field, periods.start(today + timedelta(1), intent.time.grain)
    label = subject.field(key).phrase.format(f"before {end.day} {end:%B %Y}")
    return replace(intent, filters=(*intent.filters, Filter(key, Operator.BELOW, (end,), label)))


def extended(intent: Intent, result: Result) -> Result:
    """The result of :func:`history` with the forecast behind it, if there is enough to go by."""
    if intent.time is None or not result.rows:
        return result
    grain = intent.time.grain
    last = max(date.fromisoformat(str(row[0])) for row in result.rows)
    ahead = [periods.move(last, grain, step) for step in range(1, intent.forecast + 1)]
    width = 1 + len(intent.dimensions)
    found: list[tuple[Row, tuple[tuple[float, float], ...]]] = []
    for group in dict.fromkeys(row[1:width] for row in result.rows):
        rows = [row for row in result.rows if row[1:width] == group]
        series = [
            _projected(rows, at, column, intent, last)
            for at, column in enumerate(result.columns[width:], width)
        ]
        if all(series):
            found += [
                ((day.isoformat(), *group, *(each[n].value for each in series)), _ranges(series, n))
                for n, day in enumerate(ahead)
            ]
    found.sort(key=lambda each: str(each[0][0]))
    rows_ahead = tuple(row for row, _ in found)
    return replace(
        result,
        rows=(*result.rows, *rows_ahead),
        every=(*result.every, *rows_ahead),
        ranges=tuple(ranges for _, ranges in found),
    )


def _seasons(values: Sequence[float], cycle: int) -> list[float]:
    """The mean deviation of each step of the cycle from the line through all values."""
    if not cycle or len(values) < _WHOLE_CYCLES * cycle:
        return [0.0]
    slope, start = statistics.linear_regression(range(len(values)), values)
    rest = [value - start - slope * at for at, value in enumerate(values)]
    means = [statistics.fmean(rest[at::cycle]) for at in range(cycle)]
    middle = statistics.fmean(means)
    return [each - middle for each in means]


def _projected(
    rows: Sequence[Row], at: int, column: ResultColumn, intent: Intent, last: date
) -> tuple[Point, ...]:
    """The forecast of one measure of one group; sums and numbers of nothing are zero, and never less."""
    grain = intent.time.grain if intent.time else Grain.MONTH
    known = {str(row[0]): row[at] for row in rows}
    additive = column.metric is not None and column.metric.aggregate in _ADDITIVE
    day, values = date.fromisoformat(min(known)), list[float]()
    while day <= last:
        value = known.get(day.isoformat())
        if isinstance(value, int | float):
            values.append(float(value))
        elif additive or values:
            values.append(0.0 if additive else values[-1])
        day = periods.move(day, grain, 1)
    points = project(values[1:], intent.forecast, cycle=_CYCLES.get(grain, 0))  # the first step may be a part
    floor = 0.0 if additive and min(values) >= 0 else -math.inf
    digits = 0 if column.data_type == "INT64" or max(map(abs, values)) >= _LARGE else 2
    return tuple(
        Point(*(round(max(each, floor), digits) for each in (point.value, point.low, point.high)))
        for point in points
    )


def _ranges(series: Sequence[Sequence[Point]], step: int) -> tuple[tuple[float, float], ...]:
    return tuple((each[step].low, each[step].high) for each in series)
