"""From when on: what people type after a command, as a moment.

``2026-11-01``, ``7d``, ``36h``, ``2 weeks``, ``today``, ``yesterday``, ``monday`` … A day begins at midnight
in the zone that is handed in.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_NAME = 3
_WEEK = 7
_AGO = re.compile(r"(\d{1,4})\s*(h|hours?|d|days?|w|weeks?|m|months?)(?:\s+ago)?", re.ASCII)
#: Days of a month that somebody means by "a month"; nobody counts them.
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(days=_WEEK),
    "m": timedelta(days=30),
}
_WORDS = {"last week": "7d", "last month": "30d", "week": "7d", "month": "30d"}

#: How it can be written, for the sentence that says so.
EXAMPLES = "`2026-11-01`, `7d`, `yesterday` or `monday`"


class NotAMoment(ValueError):
    """The text says no moment that this module knows, or one that is yet to come."""


def moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The aware moment that is meant; raises NotAMoment. ``now`` is aware."""
    words = " ".join(text.lower().removeprefix("since ").split()).strip(" .")
    words = _WORDS.get(words, words)
    try:
        found = _ago(words, now, zone) or _day(words, now.astimezone(zone).date(), zone)
    except OverflowError:
        found = None  # before the year 1
    if found is None or found > now:
        raise NotAMoment(text)
    return found


def weekday(text: str) -> int | None:
    """Monday is 0; None where it is no day of the week. Three letters are enough."""
    word = text.lower().strip()
    if len(word) < _SHORTEST_NAME:
        return None
    return next((number for number, name in enumerate(_WEEKDAYS) if name.startswith(word)), None)


def _ago(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    """So many hours ago to the minute; longer ago from the beginning of that day."""
    found = _AGO.fullmatch(words)
    if found is None:
        return None
    unit = found[2][0]
    then = now.astimezone(zone) - int(found[1]) * _UNITS[unit]
    return then if unit == "h" else _midnight(then.date(), zone)


def _day(words: str, today: date, zone: tzinfo) -> datetime | None:
    if words == "today":
        return _midnight(today, zone)
    if words == "yesterday":
        return _midnight(today - timedelta(days=1), zone)
    number = weekday(words.removeprefix("last "))
    if number is not None:
        back = (today.weekday() - number) % _WEEK
        return _midnight(today - timedelta(days=back), zone)
    try:
        return _midnight(date.fromisoformat(words), zone)
    except ValueError:
        return None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone)
