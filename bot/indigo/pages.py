"""The pages of a list, one after the other, as they are asked for."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from bot.core.indigo.model import Page
from bot.core.indigo.paging import End, Pager, Way

_T = TypeVar("_T")
_log = logging.getLogger("bot.indigo")


class Pages(AsyncIterator[Page[_T]]):
    """Asks for the next page when it is wanted, and not before. Stop at any time; there is nothing to close.

    Args:
        ask: gets the page at a cursor; raises IndigoError.
        pager: walks.
        what: the items' name, for the log.
        found: told the way of the pages when it is known.
    """

    def __init__(
        self,
        ask: Callable[[str, Way], Awaitable[Page[_T]]],
        pager: Pager[_T],
        what: str,
        *,
        found: Callable[[Way], None] | None = None,
    ) -> None:
        self._ask = ask
        self._pager = pager
        self._what = what
        self._found = found
        self.unread = 0

    @property
    def cursor(self) -> str:
        """Where the next page is, or was when the list ended."""
        return self._pager.cursor

    @property
    def end(self) -> End | None:
        """Why there are no more; None while there may be."""
        return self._pager.end

    @property
    def missing(self) -> int:
        """How many items Indigo counted and never gave, once the list has ended."""
        return max(0, self._pager.missing - self.unread)

    async def __anext__(self) -> Page[_T]:
        if self._pager.end is not None:
            raise StopAsyncIteration
        page = self._pager.receive(await self._ask(self._pager.cursor, self._pager.way))
        self.unread += page.unread
        if self._found is not None and self._pager.way != "auto":
            self._found(self._pager.way)
        self._tell(page)
        return page

    def _tell(self, page: Page[_T]) -> None:
        if page.unread:
            _log.warning("%d %s from Indigo could not be read", page.unread, self._what)
        if self._pager.end is not None and self.missing:
            _log.warning(
                "Indigo counted %d more %s than it gave; the list ended: %s",
                self.missing,
                self._what,
                self._pager.end,
            )
