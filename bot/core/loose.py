"""Values of free-form JSON, read leniently: what is not of the kind asked for is that kind's nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.core import values

LONGEST = 120
_LARGEST, _SMALLEST = 1e100, 1e-100
_TAG = re.compile(r"<[^<>]{0,200}>")


def moment(milliseconds: float) -> datetime | None:
    """A moment that is given in milliseconds since 1970, as a naive datetime in UTC."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).replace(tzinfo=None)
    except OverflowError:
        return None


def number(item: object) -> float | None:
    """A number that can be drawn: finite, and so are sums, squares and shares of such."""
    if isinstance(item, bool) or not isinstance(item, int | float):
        return None
    try:
        found = float(item)
    except OverflowError:
        return None
    if abs(found) < _SMALLEST:
        return 0.0
    return found if abs(found) < _LARGEST else None


def words(item: object) -> str:
    """A text without the tags of HTML."""
    return _TAG.sub("", item) if isinstance(item, str) else ""


def text(item: object) -> str:
    """A text or a number as one line."""
    shown = item if isinstance(item, str) else f"{item:,.10g}" if number(item) is not None else ""
    return values.line(shown, LONGEST)


def first(item: object) -> Mapping[str, object]:
    """An axis, or the first of several."""
    several = sequence(item)
    return mapping(several[0] if several else item)


def mapping(item: object) -> Mapping[str, object]:
    """An object."""
    return item if isinstance(item, Mapping) else {}


def sequence(item: object) -> Sequence[object]:
    """A list."""
    return item if isinstance(item, Sequence) and not isinstance(item, str | bytes) else ()
