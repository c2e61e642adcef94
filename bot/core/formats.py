"""Dates and durations as a tenant formats them for people: understood where only one reading is possible.

``3/4/2026`` is March in one country and April in another, and when a fiscal year begins is the tenant's
business: such texts are not read at all.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from bot.model import DisplayFormat

_LONGEST = 40

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>\d{4})"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:,?[ T](?P<clock>\d\d?:\d\d(?::\d\d)?)(?: ?(?P<half>[AP]M))?)?"
_FLAGS = re.ASCII | re.IGNORECASE
_WRITTEN = {
    DisplayFormat.DATE_DATE: (
        re.compile(rf"{_DAY}[ -]{_MONTH}(?:-|,? ){_YEAR}{_CLOCK}", _FLAGS),
        re.compile(rf"{_MONTH} {_DAY},? {_YEAR}{_CLOCK}", _FLAGS),
        re.compile(rf"{_YEAR}/(?P<number>\d\d)/{_DAY}{_CLOCK}", _FLAGS),
    ),
    DisplayFormat.DATE_MONTH: (re.compile(rf"{_MONTH}[ -]{_YEAR}", _FLAGS),),
    DisplayFormat.DATE_QUARTER: (
        re.compile(rf"Q(?P<quarter>[1-4])[ -]{_YEAR}", _FLAGS),
        re.compile(rf"{_YEAR}[ -]?Q(?P<quarter>[1-4])", _FLAGS),
    ),
}


def moment(text: str) -> tuple[date | datetime, DisplayFormat] | None:
    """The date in ``14 Mar 2026``, ``March 2026``, ``Q1 2026`` and the like, and its grain; else None.

    A month and a quarter are their first day; a date with a time of day has the grain ``DATE_DATETIME``.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    for grain, patterns in _WRITTEN.items():
        for pattern in patterns:
            if found := pattern.fullmatch(text):
                return _dated(found.groupdict(), grain)
    return None


def _dated(
    parts: dict[str, str | None], grain: DisplayFormat
) -> tuple[date | datetime, DisplayFormat] | None:
    month = int(parts.get("number") or 1)
    if name := parts.get("month"):
        month = _MONTHS.index(name[:3].lower()) + 1
    elif quarter := parts.get("quarter"):
        month = int(quarter) * 3 - 2
    try:
        day = date(int(parts["year"] or 0), month, int(parts.get("day") or 1))
        clock = parts.get("clock")
        return (_at(day, clock, parts.get("half")), DisplayFormat.DATE_DATETIME) if clock else (day, grain)
    except ValueError:
        return None


def _at(day: date, clock: str, half: str | None) -> datetime:
    hour, minute, second = [*map(int, clock.split(":")), 0][:3]
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 -- a clock face
            raise ValueError("no hour of half a day")
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    return datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001 -- no zone was said


# -- durations -------------------------------------------------------------------------------------------

#: Seconds, and months: a month has no number of seconds.
_EXACT = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_CALENDAR = {"mo": 1, "q": 3, "y": 12}
_UNIT = {
    DisplayFormat.DURATION_SECONDS: "s",
    DisplayFormat.DURATION_MINUTES: "min",
    DisplayFormat.DURATION_HOURS: "h",
    DisplayFormat.DURATION_DAYS: "d",
    DisplayFormat.DURATION_WEEKS: "w",
    DisplayFormat.DURATION_MONTHS: "mo",
    DisplayFormat.DURATION_QUARTERS: "q",
    DisplayFormat.DURATION_YEARS: "y",
}
_SPELLED = {
    "s": "s sec secs second seconds",
    "min": "m min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "w": "w wk wks week weeks",
    "mo": "mo mos month months",
    "q": "q qtr qtrs quarter quarters",
    "y": "y yr yrs year years",
}
_PART = re.compile(r"\s*,?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?([A-Za-z]{1,8})(?![A-Za-z])", re.ASCII)
_HOURS = re.compile(r"(\d{1,6}):([0-5]\d):([0-5]\d)", re.ASCII)


def duration(text: str, form: DisplayFormat) -> int | Decimal | None:
    """The duration in ``3 days``, ``2h 30min`` or ``1:30:00`` (with seconds), in the unit of ``form``.

    None for anything else, and where the units have no fixed ratio (days in months).
    """
    text = text.strip()
    sign, bare = (-1, text[1:].lstrip()) if text[:1] in {"-", "−"} else (1, text)
    sizes = _CALENDAR if _UNIT.get(form, "") in _CALENDAR else _EXACT
    unit = sizes.get(_UNIT.get(form, ""))
    total = _total(bare, sizes) if len(bare) <= _LONGEST else None
    if unit is None or total is None:
        return None
    amount = sign * total / unit
    return int(amount) if amount == amount.to_integral_value() else amount


def _total(text: str, sizes: dict[str, int]) -> Decimal | None:
    if sizes is _EXACT and (clock := _HOURS.fullmatch(text)):
        hours, minutes, seconds = map(int, clock.groups())
        return Decimal(hours * 3_600 + minutes * 60 + seconds)
    total, at = Decimal(0), 0
    while found := _PART.match(text, at):
        size = next(
            (size for name, size in sizes.items() if found[3].lower() in _SPELLED[name].split()), None
        )
        if size is None:
            return None
        total += Decimal(found[1].replace(",", "") + (found[2] or "")) * size
        at = found.end()
    return total if at == len(text) and text else None
