"""In which order categories stand: months, sizes or steps have one, other names are ranked by value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from bot.core import totals, values
from bot.core.frames import Frame, pick

#: So few bars are compared at a glance; their order may mean something that nobody can tell.
_FEW = 8
#: So many names are no steps, sizes or seasons.
_MANY = 400

_MONTHS = {
    name: number
    for number, full in enumerate(
        (
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        )
    )
    for name in {full, full[:3], *({"sept"} if full == "september" else ())}
}
_WEEKDAYS = {
    name: number
    for number, full in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
    for name in {full, full[:3], *({"tues", "thur", "thurs"} & {full[:4], full[:5]})}
}
#: Words in the order that they mean; the first scale that has all names of an axis tells.
_SCALES: tuple[str, ...] = (
    "n nne ne ene e ese se sse s ssw sw wsw w wnw nw nnw",
    "north|northeast|east|southeast|south|southwest|west|northwest",
    "spring|summer|autumn|fall|winter",
    "xxs|xs|s|m|l|xl|xxl|xxxl",
    "tiny|small|medium|large|very large|huge",
    "none|very low|low|medium|moderate|high|very high|critical",
    "night|early morning|morning|noon|afternoon|evening",
    "never|rarely|sometimes|often|always",
    "strongly disagree|disagree|neutral|agree|strongly agree",
    "bronze|silver|gold|platinum",
    "first|second|third|fourth|fifth",
)
#: Names without an order among others that have one: they stand last.
_REST = frozenset({values.ABSENT, "other", "others", "unknown", "n/a", "total"})

_QUARTER = re.compile(
    r"(?:fy ?)?(?:(\d{4}|\d\d)[ \-/]?)?q([1-4])(?:[ \-/']*(?:fy ?)?(\d{4}|\d\d))?|([1-4])q ?(\d{4}|\d\d)?",
    re.ASCII,
)
_MONTH = re.compile(r"([a-z]{3,9})\.?(?:[ \-/']+(\d{4}|\d\d))?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))?\s?(am|pm|h)?", re.ASCII)
_AMOUNT = r"[$€£]?\d[\d,]*(?:\.\d+)?\s?(?:%|[kmb]\b|[kmb](?=[-–—+]))?"
_UPWARD = rf"\+|(?:-|–|—|to)\s?{_AMOUNT}|(?:and|or) (?:over|more|above)"
_DOWNWARD = r"(?:and|or) (?:under|less|below)"
_RANGE = re.compile(
    r"(?P<under><=?|≤|under |below |less than |up to )?(?P<over>>=?|≥|over |above |more than |at least )?"
    rf"(?P<low>{_AMOUNT})(?:\s?(?:{_UPWARD}|(?P<down>{_DOWNWARD})))?"
    r"(?:\s(?:years?|days?|months?|hours?|minutes?|employees|seats|people))?",
    re.ASCII,
)
_STEP = re.compile(
    r"(stage|step|phase|level|week|wk|w|day|month|quarter|year|hour|tier|wave|round|grade|period|sprint|fy|h|cohort)"
    r"[ #]*(\d{1,4})",
    re.ASCII,
)


# -- what has an order -----------------------------------------------------------------------------------


def ranks(labels: Sequence[str]) -> list[float] | None:
    """Where each label stands in the order that all of them share; None if they share none."""
    if len(labels) > _MANY:
        return None
    names = [" ".join(label.casefold().split()) for label in labels]
    told = list(dict.fromkeys(name for name in names if name not in _REST))
    if len(told) < 2:  # noqa: PLR2004 -- one name is in any order
        return None
    for reader in (_month, _weekday, _quarter, _clock, _step, _range, *map(_scale, _SCALES)):
        places = _places(told, reader)
        if places is not None:
            return [places.get(name, float("inf")) for name in names]
    return None


def _places(names: Sequence[str], reader: Callable[[str], float | None]) -> dict[str, float] | None:
    """A place for each name, or None as soon as one has none, or that of another."""
    found: dict[str, float] = {}
    for name in names:
        place = reader(name)
        if place is None:
            return None
        found[name] = place
    return found if len(set(found.values())) == len(found) else None


def ordered(made: Frame) -> bool:
    """A line from place to place means something: the axis is one of times, numbers or ordered names."""
    return bool(made.times or made.x_values) or ranks(made.categories) is not None


def circle(labels: Sequence[str]) -> int:
    """How long the order is, if it begins anew after its end: months, weeks, hours, directions; else 0."""
    names = [label.casefold().strip() for label in labels]
    if all(name.rstrip(".") in _MONTHS for name in names):
        return 12
    circles: tuple[tuple[Callable[[str], float | None], int], ...] = (
        (_weekday, 7),
        (_clock, 24 * 60),
        *((_scale(words), len(words.split("|" if "|" in words else " "))) for words in _SCALES[:3]),
    )
    return next((size for read, size in circles if all(read(name) is not None for name in names)), 0)


def _month(name: str) -> float | None:
    found = _MONTH.fullmatch(name)
    if found is None or found[1] not in _MONTHS:
        return None
    return 12 * _year(found[2]) + _MONTHS[found[1]]


def _year(digits: str | None) -> int:
    return int(digits) % 100 + (100 * (int(digits) // 100) if len(digits) > 2 else 2000) if digits else 0  # noqa: PLR2004 -- 26 is 2026


def _weekday(name: str) -> float | None:
    return _WEEKDAYS.get(name.rstrip("."))


def _quarter(name: str) -> float | None:
    found = _QUARTER.fullmatch(name)
    if found is None:
        return None
    return 4 * _year(found[1] or found[3] or found[5]) + int(found[2] or found[4])


def _clock(name: str) -> float | None:
    found = _CLOCK.fullmatch(name)
    if found is None or not (found[2] or found[3]):
        return None
    hour = int(found[1]) % 12 + (12 if found[3] == "pm" else 0) if found[3] in {"am", "pm"} else int(found[1])
    return hour * 60 + int(found[2] or 0)


def _step(name: str) -> float | None:
    found = _STEP.fullmatch(name)
    # The word takes part, so that "week 1" and "month 1" are not of one order.
    return None if found is None else float(int(found[2])) + sum(map(ord, found[1])) * 10_000


def _range(name: str) -> float | None:
    found = _RANGE.fullmatch(name)
    if found is None:
        return None
    amount = values.undress(found["low"].replace(" ", ""), numeric=True)
    if amount is None:
        return None
    return float(amount) + (-0.5 if found["under"] or found["down"] else 0.5 if found["over"] else 0.0)


def _scale(words: str) -> Callable[[str], float | None]:
    names = words.split("|") if "|" in words else words.split()
    return lambda name: float(names.index(name)) if name in names else None


# -- arranging -------------------------------------------------------------------------------------------


def in_order(made: Frame) -> Frame:
    """The frame along the order that its axis has; as it came where it has none."""
    if made.times:
        return made
    places = list(made.x_values) or ranks(made.categories)
    if places is None or _ascends(places):
        return made
    # A fiscal year begins in any month, a week on Sunday or Monday.
    if not made.x_values and _goes_round(places, circle(made.categories)):
        return made
    return pick(made, sorted(range(len(places)), key=places.__getitem__))


def _ascends(places: Sequence[float]) -> bool:
    return all(a <= b for a, b in pairwise(places))


def _goes_round(places: Sequence[float], size: int) -> bool:
    """They ascend over the end of a circle, and leave out more of it between their last and their first."""
    turns = sum(a > b for a, b in pairwise(places))
    return turns == 1 and size - max(places) + min(places) <= places[0] - places[-1]


def for_bars(made: Frame) -> tuple[Frame, bool]:
    """The frame in the order in which bars are read best, and whether the largest stand first.

    Times, ordered names, what the tenant has arranged, and values that rise or fall all along keep their
    order; so do few bars, whose order may mean something. Of other names the largest stand first.
    """
    sizes = totals.by_place(made)
    falls = _ascends(sizes[::-1])
    if made.times or falls or _ascends(sizes):
        return made, falls and not made.times
    if made.x_values or ranks(made.categories) is not None:
        return (made if made.arranged else in_order(made)), False
    names = [name.casefold() for name in made.categories]
    if len(names) <= _FEW or (made.arranged and not all(a <= b for a, b in pairwise(names))):
        return made, False
    return by_value(made), True


def by_value(made: Frame) -> Frame:
    """The frame with the largest places first; equal ones keep their order."""
    sizes = totals.by_place(made)
    return pick(made, sorted(range(len(sizes)), key=lambda i: -sizes[i]))
