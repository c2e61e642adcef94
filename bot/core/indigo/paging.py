"""Walks through the pages of a list, without I/O, and never for ever.

Most lists go on with ``endCursor`` while ``hasNextPage``. Messages are listed backwards: Indigo documents the
same two fields for these, with ``before``; a server that keeps to Relay would need ``startCursor`` and
``hasPreviousPage`` there. Its first page tells the two apart: at the newest messages of a chat that has more,
a documented server says that there is a next page, one of Relay's that there is a previous one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from bot.core.indigo.model import Page

_T = TypeVar("_T")

#: No list of Indigo's has so many pages.
MOST_PAGES = 1_000_000

Way = Literal["auto", "documented", "relay"]


class End(StrEnum):
    """Why a walk ended."""

    LAST = "last"  # the server says that there is no more
    EMPTY = "empty"  # a page without anything
    STUCK = "stuck"  # the cursor is none, or one that was used already
    REPEATED = "repeated"  # a page on which there is nothing new
    CAP = "cap"  # as many pages as were wanted, or as are allowed


class Pager(Generic[_T]):
    """One walk: ask for the page at ``cursor`` until ``end`` is not None.

    Args:
        key: tells items apart.
        way: which fields of a page lead to the one behind it.
        cursor: where to begin; empty: at the first page.
        pages: at most so many.
    """

    def __init__(
        self,
        key: Callable[[_T], Hashable],
        *,
        way: Way = "documented",
        cursor: str = "",
        pages: int = MOST_PAGES,
    ) -> None:
        self._key = key
        self._from_start = not cursor
        self._cap = min(pages, MOST_PAGES)
        self._seen: set[Hashable] = set()
        self._cursors = {cursor}
        self._given = self._unread = self._pages = 0
        self._total: int | None = None
        self.way = way
        self.cursor = cursor
        self.end: End | None = End.CAP if self._cap <= 0 else None

    @property
    def missing(self) -> int:
        """How many items did not come though the server counted them; 0 where that cannot be known.

        Known when a walk from the first page was ended by anything but its cap.
        """
        if not self._from_start or self._total is None or self.end in {None, End.CAP}:
            return 0
        return max(0, self._total - self._given)

    def receive(self, page: Page[_T]) -> Page[_T]:
        """Takes the page at ``cursor``; gives what of it is new, and moves on."""
        if self.end is not None:
            raise RuntimeError("the walk is over")
        self._pages += 1
        self._total = page.total if page.total is not None else self._total
        fresh = self._fresh(page.items)
        self._given += len(fresh)
        self._unread += page.unread
        self._choose(page)
        more, cursor = self._onwards(page)
        self.end = self._ended(page, fresh, more=more, cursor=cursor)
        if self.end is None:
            self.cursor = cursor
            self._cursors.add(cursor)
        return replace(page, items=fresh)

    def _fresh(self, items: tuple[_T, ...]) -> tuple[_T, ...]:
        fresh = []
        for item in items:
            key = self._key(item)
            if key not in self._seen:
                self._seen.add(key)
                fresh.append(item)
        return tuple(fresh)

    def _choose(self, page: Page[_T]) -> None:
        """Only the first page of a list that has more can tell the way."""
        if self.way != "auto" or self.cursor:
            return
        if page.has_next:
            self.way = "documented"
        elif page.has_previous and (page.total is None or self._given + self._unread < page.total):
            self.way = "relay"

    def _onwards(self, page: Page[_T]) -> tuple[bool, str]:
        if self.way == "relay":
            return page.has_previous, page.start
        return page.has_next, page.end

    def _ended(self, page: Page[_T], fresh: tuple[_T, ...], *, more: bool, cursor: str) -> End | None:
        if not more:
            return End.LAST
        if not page.items and not page.unread:
            return End.EMPTY
        if page.items and not fresh:
            return End.REPEATED
        if not cursor or cursor in self._cursors:
            return End.STUCK
        return End.CAP if self._pages >= self._cap else None
