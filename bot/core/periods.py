"""Missing periods of a time axis: a line must not run over a month of which nothing is known."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import gcd

from bot.core import values
from bot.core.frames import Frame, spread
from bot.model import DisplayFormat

#: Fewer dates do not tell a grain.
_FEWEST = 3
#: An axis may not become much longer than the data are.
_LONGEST = 4_000
_WEEK = 7
_SATURDAY = 5
_GRAINS_IN_MONTHS = (12, 3, 1)
_FORMATS = (
    DisplayFormat.DATE_YEAR,
    DisplayFormat.DATE_QUARTER,
    DisplayFormat.DATE_MONTH,
    DisplayFormat.DATE_DATE,
    DisplayFormat.DATE_DATETIME,
)


def filled(made: Frame) -> Frame:
    """The frame with an empty place for each missing day, week, month, quarter or year.

    An axis without a regular grain stays as it is; so does one whose labels could not be continued. A series
    of working days has no weekends to miss.
    """
    moments = made.times
    if len(moments) < _FEWEST or any(moment.time() != time.min for moment in moments):
        return made
    places = _all(moments)
    form = _format(made)
    if form is None or not len(moments) < len(places) <= _LONGEST:
        return made
    at = {moment: index for index, moment in enumerate(moments)}
    labels = [made.categories[at[place]] if place in at else form(place) for place in places]
    return spread(made, [at.get(place) for place in places], labels, places)


def _all(moments: Sequence[datetime]) -> list[datetime]:
    """All periods from the first to the last moment; empty where most steps are not of one length."""
    months = [moment.year * 12 + moment.month - 1 for moment in moments]
    step = next((grain for grain in _GRAINS_IN_MONTHS if gcd(*_steps(months)) % grain == 0), 1)
    if _one_day_of_month(moments) and _regular(_steps(months), step):
        ends = len({moment.day for moment in moments}) > 1
        return [_month(place, moments[0].day, end=ends) for place in range(months[0], months[-1] + 1, step)]
    days = [moment.toordinal() for moment in moments]
    step = _WEEK if gcd(*_steps(days)) % _WEEK == 0 else 1
    working = all(moment.weekday() < _SATURDAY for moment in moments)
    apart = [_working_days(a, b) for a, b in pairwise(moments)] if working and step == 1 else _steps(days)
    if not _regular(apart, step):
        return []
    between = (moments[0] + timedelta(days=n) for n in range(0, days[-1] - days[0] + 1, step))
    return [day for day in between if not (working and step == 1) or day.weekday() < _SATURDAY]


def _steps(places: Sequence[int]) -> list[int]:
    return [b - a for a, b in pairwise(places)]


def _regular(steps: Sequence[int], step: int) -> bool:
    """Each moment is one of its own, at least half of them follow on the one before, and few are missing."""
    return min(steps) > 0 and 2 * steps.count(step) >= len(steps) and sum(steps) <= _LONGEST * step


def _one_day_of_month(moments: Sequence[datetime]) -> bool:
    last = all(moment.day == calendar.monthrange(moment.year, moment.month)[1] for moment in moments)
    return last or len({moment.day for moment in moments}) == 1


def _month(place: int, day: int, *, end: bool) -> datetime:
    year, month = divmod(place, 12)
    longest = calendar.monthrange(year, month + 1)[1]
    return datetime(year, month + 1, longest if end else min(day, longest))  # noqa: DTZ001 -- the axis is naive


def _working_days(start: date, end: date) -> int:
    weeks, rest = divmod((end - start).days, _WEEK)
    return weeks * 5 + rest - (2 if end.weekday() < start.weekday() else 0)


def _format(made: Frame) -> Callable[[datetime], str] | None:
    """How the axis writes its dates, so that a missing one can be written alike."""
    pairs = list(zip(made.times, made.categories, strict=True))
    writers = [_writer(form) for form in _FORMATS] + [lambda moment: f"{moment:%Y-%m-%d}"]
    return next((write for write in writers if all(write(t) == text for t, text in pairs)), None)


def _writer(form: DisplayFormat) -> Callable[[datetime], str]:
    return lambda moment: values.day(moment, form)
