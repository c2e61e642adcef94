"""What somebody typed after ``/indigo``: a verb, words, and the people and channels that were named.

Slack writes these as ``<@U1|name>`` and ``<#C1|name>``, because the command asks for it (``should_escape``).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from bot.core.indigo.schedules import LAST_DAY_OF_MONTH, LAST_HOUR, Kind
from bot.core.indigo.since import weekday

_TOKEN = re.compile(r"<([@#])([A-Z0-9]+)(?:\|[^<>]*)?>")
_HOUR = re.compile(r"(?:at\s+)?(\d{1,2})(?::00|h)?")
_EVERY = frozenset({"every", "on", "at", "in", "day", "to", "the"})
_MORNING = 9


@dataclass(frozen=True, slots=True)
class Request:
    """One command.

    Attributes:
        verb: the first word, in lower case; empty where there is none.
        words: those behind it, without what is named.
        people: user ids.
        channels: ids of channels.
    """

    verb: str
    words: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    @property
    def rest(self) -> str:
        """The words as one text."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Wish:
    """A schedule as it was typed; ``day`` as in ``Schedule``."""

    kind: Kind
    day: int
    hour: int


def read(text: str) -> Request:
    """The command in a text of Slack's."""
    named = _TOKEN.findall(text)
    verb, *words = html.unescape(_TOKEN.sub(" ", text)).split() or [""]
    return Request(
        verb=verb.lower(),
        words=tuple(words),
        people=tuple(each for sign, each in named if sign == "@"),
        channels=tuple(each for sign, each in named if sign == "#"),
    )


def kind(word: str) -> Kind | None:
    """``weekly`` or ``monthly``, also ``week`` and ``month``; None for any other word."""
    return next((each for each in Kind if word and each.value.startswith(word.lower())), None)


def wish(words: tuple[str, ...]) -> Wish | None:
    """``weekly monday 9``, ``weekly every friday at 17:00``, ``monthly 1 9``, ``weekly``; None if it is none.

    Without a day it is Monday, or the first of the month; without an hour 9.
    """
    if not words or (how := kind(words[0])) is None:
        return None
    left = [word for each in words[1:] if (word := each.lower().rstrip(",.")) and word not in _EVERY]
    day: int | None = 0 if how is Kind.WEEKLY else 1
    if how is Kind.WEEKLY and left and not left[0][0].isdigit():
        day = weekday(left.pop(0).removesuffix("s"))
    elif how is Kind.MONTHLY and left:
        day = _day_of_month(left.pop(0))
    hour = _hour(left.pop(0)) if left else _MORNING
    return Wish(how, day, hour) if day is not None and hour is not None and not left else None


def _day_of_month(word: str) -> int | None:
    digits = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", word, re.ASCII)
    return int(digits[1]) if digits and 1 <= int(digits[1]) <= LAST_DAY_OF_MONTH else None


def _hour(word: str) -> int | None:
    found = _HOUR.fullmatch(word)
    return int(found[1]) if found and int(found[1]) <= LAST_HOUR else None
