"""Pages of a connection as the platform gives them, and its cursors."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.sandbox.indigo.faults import Fault, Struck

T = TypeVar("T")

#: A page has so many items where none is asked for.
USUAL = 10
#: So many items of the page before come again with ``Fault.OVERLAP``.
_OVERLAP = 2


class Refused(Exception):
    """What a resolver refuses; the text is the platform's message."""


@dataclass(frozen=True, slots=True)
class Window:
    """What of a list is asked for.

    Attributes:
        size: items at most.
        cursor: where the page goes on; empty for the first one.
        bound: what the cursors belong to; they fail with anything else.
    """

    size: int
    cursor: str
    bound: str


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A list that need not exist: how long it is, and what stands at a place.

    Attributes:
        key: the id of the item at a place; ids rise from place to place.
        falling: they fall instead.
    """

    length: int
    item: Callable[[int], T]
    key: Callable[[int], int]
    falling: bool = False

    def before(self, key: int) -> int:
        """How many items stand before the one with this id, which itself may be gone."""
        return bisect_left(range(self.length), self._rank(key), key=self._rank_at)

    def upto(self, key: int) -> int:
        """How many stand before it, and itself."""
        return bisect_right(range(self.length), self._rank(key), key=self._rank_at)

    def _rank_at(self, place: int) -> int:
        return self._rank(self.key(place))

    def _rank(self, key: int) -> int:
        return -key if self.falling else key


def forward(listed: Listed[T], window: Window, struck: Struck) -> Mapping[str, object]:
    """A page as the documentation has it: onwards with ``endCursor`` while ``hasNextPage``."""
    start = listed.upto(opened(window)) if window.cursor else 0
    if Fault.ENDLESS in struck and start >= listed.length:
        start = 0
    if Fault.OVERLAP in struck and window.cursor:
        start = max(0, start - _OVERLAP)
    end = min(start + window.size, listed.length)
    more = end < listed.length or Fault.ENDLESS in struck
    page = _connection(listed, range(start, end), window, has_next=more, has_previous=start > 0)
    return _spoilt(page, window, struck)


def backward(listed: Listed[T], window: Window, struck: Struck) -> Mapping[str, object]:
    """A page as Relay has it: the last ones first, each in order, onwards with ``startCursor``."""
    end = listed.before(opened(window)) if window.cursor else listed.length
    start = max(0, end - window.size)
    page = _connection(
        listed, range(start, end), window, has_next=end < listed.length, has_previous=start > 0
    )
    return _spoilt(page, window, struck)


def sealed(key: int, window: Window) -> str:
    """The cursor of an item."""
    return base64.b64encode(f"cursor2:{key},{window.bound}".encode()).decode()


def opened(window: Window) -> int:
    """The id in a cursor. Raises Refused for one of another list."""
    try:
        text = base64.b64decode(window.cursor, validate=True).decode()
        key, bound = text.removeprefix("cursor2:").split(",", 1)
        number = int(key)
    except (binascii.Error, ValueError) as error:
        raise Refused("Invalid cursor") from error
    if bound != window.bound:
        raise Refused("Invalid cursor")
    return number


def _connection(
    listed: Listed[T], places: range, window: Window, *, has_next: bool, has_previous: bool
) -> dict[str, object]:
    cursors = [sealed(listed.key(place), window) for place in places]
    edges: Sequence[Mapping[str, object]] = [
        {"cursor": cursor, "node": listed.item(place)} for cursor, place in zip(cursors, places, strict=True)
    ]
    info = {
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
        "hasNextPage": has_next,
        "hasPreviousPage": has_previous,
    }
    return {"edges": edges, "pageInfo": info, "totalCount": listed.length}


def _spoilt(page: dict[str, object], window: Window, struck: Struck) -> Mapping[str, object]:
    info = page["pageInfo"]
    if not isinstance(info, dict):
        raise TypeError("pageInfo is made above")
    if Fault.CURSOR_STUCK in struck:
        info |= {"endCursor": window.cursor or info["endCursor"], "hasNextPage": True}
        info |= {"startCursor": window.cursor or info["startCursor"], "hasPreviousPage": True}
    if Fault.EMPTY_PAGE in struck:
        page["edges"] = []
        info["hasNextPage"] = True
    return page
