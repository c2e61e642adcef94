"""Time in words: "last quarter", "in 2014", "since March 2013", "next 30 days" as ranges of dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.sandbox.tenant.data import MONTHS
from bot.sandbox.tenant.reply import Grain
from bot.sandbox.tenant.words import Token

#: The steps of time by their names.
GRAINS = {
    "day": Grain.DAY,
    "week": Grain.WEEK,
    "month": Grain.MONTH,
    "quarter": Grain.QUARTER,
    "year": Grain.YEAR,
}
_MONTHS = {name.lower()[:size]: n for n, name in enumerate(MONTHS, 1) for size in (3, len(name))} | {
    "sept": 9
}
_CARDINALS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_YEARS = range(1900, 2101)
_MOST_STEPS = 1200  # a hundred years of months
_LAST, _THIS, _NEXT = (
    ("last", "previous", "past", "prior"),
    ("this", "current"),
    ("next", "coming", "upcoming"),
)
_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A range of dates.

    Attributes:
        first: the first day, or None where it is open.
        end: the day after the last, or None where it is open.
        label: how it reads in an answer.
        grain: its length, where it is one step of the calendar.
    """

    first: date | None
    end: date | None
    label: str
    grain: Grain | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A period and the number of tokens that say it."""

    period: Period
    size: int


def find(tokens: Sequence[Token], today: date, *, named: bool = False) -> Found | None:
    """The period that these tokens begin with.

    Args:
        tokens: the rest of the question.
        today: the day that "this", "last" and "next" are counted from.
        named: the word before leads to a time ("in", "during"): then a bare "May" or "2014" is one.
    """
    readers: tuple[Callable[[Sequence[Token], date], Found | None], ...] = (
        _relative,
        _to_date,
        _bounded,
        _range,
    )
    for reader in readers:
        found = reader(tokens, today)
        if found is not None:
            return found
    return _calendar(tokens, today, named=named)


def start(day: date, grain: Grain) -> date:
    """The first day of the step that ``day`` lies in."""
    if grain is Grain.WEEK:
        return day - timedelta(day.weekday())
    if grain is Grain.MONTH:
        return day.replace(day=1)
    if grain is Grain.QUARTER:
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year, 1, 1) if grain is Grain.YEAR else day


def move(day: date, grain: Grain, steps: int) -> date:
    """``day`` moved by steps; a day that the month does not have becomes its last.

    Raises:
        OverflowError, ValueError: the calendar ends before.
    """
    if grain in {Grain.DAY, Grain.WEEK}:
        return day + timedelta(steps * (7 if grain is Grain.WEEK else 1))
    months = day.year * 12 + day.month - 1 + steps * {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[grain]
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return min(first + timedelta(day.day - 1), following - timedelta(1))


def _relative(tokens: Sequence[Token], today: date) -> Found | None:
    """Today; this, last or next month; the last 30 days."""
    word = tokens[0].stem
    if word in _DAYS:
        day = today + timedelta(_DAYS[word])
        return Found(Period(day, day + timedelta(1), word, Grain.DAY), 1)
    if word not in (*_LAST, *_THIS, *_NEXT) or len(tokens) == 1:
        return None
    count = _count(tokens[1])
    if count is not None and len(tokens) > 2 and word not in _THIS:  # noqa: PLR2004 -- "last 30 days"
        return _several(word, count, tokens[2].stem, today)
    grain = GRAINS.get(tokens[1].stem)
    if grain is None or grain is Grain.DAY or tokens[1].plural:
        return None
    return _step(word, grain, today)


def _step(word: str, grain: Grain, today: date) -> Found:
    """The step of the calendar before, around or after today; "the past year" ends today."""
    if word == "past":
        tomorrow = today + timedelta(1)
        return Found(Period(move(tomorrow, grain, -1), tomorrow, f"in the past {grain}"), 2)
    steps = -1 if word in _LAST else 1 if word in _NEXT else 0
    first = move(start(today, grain), grain, steps)
    shown = "last" if word in _LAST else "next" if word in _NEXT else "this"
    return Found(Period(first, move(first, grain, 1), f"{shown} {grain}", grain), 2)


def _several(word: str, count: int, unit: str, today: date) -> Found | None:
    grain = GRAINS.get(unit)
    if grain is None or not 0 < count <= _MOST_STEPS // (12 if grain is Grain.YEAR else 1):
        return None
    plural = f"{count} {grain}s" if count > 1 else f"{grain}"
    tomorrow = today + timedelta(1)
    if word in _NEXT:
        return Found(Period(tomorrow, move(tomorrow, grain, count), f"in the next {plural}"), 3)
    return Found(Period(move(tomorrow, grain, -count), tomorrow, f"in the last {plural}"), 3)


def _to_date(tokens: Sequence[Token], today: date) -> Found | None:
    """Year to date."""
    words = tuple(token.stem for token in tokens[:3])
    grain = Grain.YEAR if words[0] == "ytd" else GRAINS.get(words[0]) if words[1:] == ("to", "date") else None
    if grain is None:
        return None
    period = Period(start(today, grain), today + timedelta(1), f"{grain} to date")
    return Found(period, 1 if words[0] == "ytd" else 3)


def _bounded(tokens: Sequence[Token], today: date) -> Found | None:
    """Since, before, after, until a time."""
    word = tokens[0].stem
    if word not in {"since", "before", "after", "until", "till", "by"}:
        return None
    found = _relative(tokens[1:], today) if tokens[1:] else None
    found = found or (_calendar(tokens[1:], today, named=True) if tokens[1:] else None)
    if found is None or (word == "by" and found.period.grain is None):
        return None
    period, size = found.period, found.size + 1
    label = f"{word} {_name(period)}"
    if word == "since":
        return Found(Period(period.first, None, label), size)
    if word == "after":
        return Found(Period(period.end, None, label), size)
    return Found(Period(None, period.first if word == "before" else period.end, label), size)


def _range(tokens: Sequence[Token], today: date) -> Found | None:
    """From one time to another."""
    lead = tokens[0].stem in {"from", "between"}
    rest = tokens[1:] if lead else tokens
    begin = _calendar(rest, today, named=lead) if rest else None
    if begin is None:
        return None
    between = rest[begin.size : begin.size + 1]
    joints = {"to", "until", "till", "through"} | ({"and"} if tokens[0].stem == "between" else set())
    # A dash is no token: two years side by side are a range as well.
    gap = 1 if between and between[0].stem in joints else 0
    after = rest[begin.size + gap :]
    if not after or not (gap or (_year(between[0]) and _year(rest[0]))):
        return None
    stop = _calendar(after, today, named=True)
    if stop is None or begin.period.first is None or stop.period.end is None:
        return None
    if stop.period.end <= begin.period.first:
        return None
    label = f"from {_name(begin.period)} to {_name(stop.period)}"
    return Found(Period(begin.period.first, stop.period.end, label), lead + begin.size + gap + stop.size)


def _calendar(tokens: Sequence[Token], today: date, *, named: bool) -> Found | None:
    """A day, month, quarter or year by its name."""
    return (
        _iso(tokens[0])
        or _quarter(tokens, today)
        or _day_first(tokens, today)
        or _month(tokens, today, named=named)
        or _bare_year(tokens[0])
    )


def _iso(token: Token) -> Found | None:
    parts = token.stem.split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):  # noqa: PLR2004 -- year, month, day
        return None
    return _day(int(parts[0]), int(parts[1]), int(parts[2]), 1)


def _quarter(tokens: Sequence[Token], today: date) -> Found | None:
    words = [token.stem for token in tokens[:4]]
    number, size = 0, 2
    if words[0] == "q" and len(tokens) > 1 and tokens[1].number is not None:
        number = int(tokens[1].number)
    elif words[0] in {"q1", "q2", "q3", "q4"}:
        number, size = int(words[0][1]), 1
    elif words[1:2] == ["quarter"]:
        number = _QUARTERS.get(words[0], 0)
    if number not in range(1, 5):
        return None
    if words[size : size + 1] == ["of"]:
        size += 1
    year = _year(tokens[size]) if len(tokens) > size else None
    first = date(year or today.year, number * 3 - 2, 1)
    label = f"in Q{number} {first.year}"
    period = Period(first, move(first, Grain.QUARTER, 1), label, Grain.QUARTER)
    return Found(period, size + 1 if year else size)


def _day_first(tokens: Sequence[Token], today: date) -> Found | None:
    """3 May 2014, or 3rd of May."""
    number = tokens[0].number
    rest = tokens[2:] if len(tokens) > 1 and tokens[1].stem == "of" else tokens[1:]
    if number is None or not rest or rest[0].text not in _MONTHS:
        return None
    year = _year(rest[1]) if len(rest) > 1 else None
    size = len(tokens) - len(rest) + (2 if year else 1)
    return _day(year or today.year, _MONTHS[rest[0].text], int(number), size)


def _month(tokens: Sequence[Token], today: date, *, named: bool) -> Found | None:
    """March 2014, May 3 2014, or, where a time is expected, March."""
    month = _MONTHS.get(tokens[0].text)
    if month is None:
        return None
    second = tokens[1] if len(tokens) > 1 else None
    if second is not None and _year(second):
        return _whole_month(_year(second) or 0, month, 2)
    if second is not None and second.number is not None and 1 <= second.number <= 31:  # noqa: PLR2004 -- days
        year = _year(tokens[2]) if len(tokens) > 2 else None  # noqa: PLR2004 -- month, day, year
        return _day(year or today.year, month, int(second.number), 3 if year else 2)
    if named or tokens[0].text not in {"may", "march", "mar", "dec", "jan"}:
        return _whole_month(today.year, month, 1)
    return None


def _whole_month(year: int, month: int, size: int) -> Found:
    first = date(year, month, 1)
    label = f"in {MONTHS[month - 1]} {year}"
    return Found(Period(first, move(first, Grain.MONTH, 1), label, Grain.MONTH), size)


def _day(year: int, month: int, day: int, size: int) -> Found | None:
    try:
        first = date(year, month, day)
    except ValueError:
        return None
    label = f"on {day} {MONTHS[month - 1]} {year}"
    return Found(Period(first, first + timedelta(1), label, Grain.DAY), size)


def _bare_year(token: Token) -> Found | None:
    year = _year(token)
    if not year:
        return None
    return Found(Period(date(year, 1, 1), date(year + 1, 1, 1), f"in {year}", Grain.YEAR), 1)


def _year(token: Token) -> int | None:
    """The year that this token is: four digits, without a comma or a unit."""
    return (
        int(token.stem)
        if token.text.isdecimal() and token.text.isascii() and int(token.text) in _YEARS
        else None
    )


def _name(period: Period) -> str:
    return period.label.removeprefix("in ").removeprefix("on ")


def _count(token: Token) -> int | None:
    if token.number is not None:
        return int(token.number)
    return _CARDINALS.get(token.stem)
