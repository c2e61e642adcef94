"""Pages of Indigo's chats, newest first.

Indigo lists ids alone, so each chat of a page is asked for its newest message: ten calls a page. Whether the
list is newest first is seen by these times; where it is not, the bot's own list is shown, with its age.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.core.render.indigo import ChatPage, ChatRow
from bot.core.stored import Reader
from bot.errors import IndigoFailed, IndigoMisbehaved
from bot.reporting.kept import Kept, Known
from bot.reporting.upstream import Upstream
from bot.store.base import Store

_log = logging.getLogger("bot.reporting")

PAGE = 10
_VIEWS = "indigo_views"
_VIEW_SECONDS = 24 * 3600.0
#: A list may be by when chats began: so many of a page's pairs may stand the other way round.
_STRAY_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class _View:
    """A list that somebody turns the pages of.

    Attributes:
        user: whose it is.
        cursors: where each page begins that was seen, and the one after them.
        own: it is the bot's own list.
    """

    user: str
    since: float | None
    cursors: tuple[str, ...]
    own: bool


class ViewGone(Exception):
    """The list is not kept any more, or is another person's."""


class Chats:
    """Shows chats.

    Args:
        new_view: makes names of lists.
    """

    def __init__(self, client: Upstream, kept: Kept, store: Store, new_view: Callable[[], str]) -> None:
        self._client = client
        self._kept = kept
        self._store = store
        self._new_view = new_view

    async def first(self, user: str, since: float | None) -> ChatPage:
        """The first page of a list; raises IndigoError and StoreFailed."""
        name = self._new_view()
        view = _View(user, since, ("",), own=False)
        page = await self._theirs(name, view, 0)
        if not page.ordered and (await self._kept.state()).at is not None:
            return await self._ours(name, _View(user, since, (), own=True), 0)
        return page

    async def turn(self, user: str, value: str) -> ChatPage:
        """Another page, as a button names it; raises ViewGone, IndigoError and StoreFailed."""
        name, _, number = value.partition(":")
        view = _view_from(await self._store.get(_VIEWS, name))
        if view is None or view.user != user or not (number.isascii() and number.isdecimal()):
            raise ViewGone
        if view.own:
            return await self._ours(name, view, int(number))
        if int(number) >= len(view.cursors):
            raise ViewGone
        return await self._theirs(name, view, int(number))

    async def _theirs(self, name: str, view: _View, number: int) -> ChatPage:
        """A page of Indigo's own list. With ``since`` it ends where a page has nothing new enough."""
        async for page in self._client.conversations(page_size=PAGE, after=view.cursors[number], pages=1):
            rows = await asyncio.gather(*(self._row(chat.id) for chat in page.items))
            ordered = _ordered(rows)
            shown = [row for row in rows if _recent(row, view.since)]
            older = page.has_next and (not ordered or len(shown) == len(rows))
            cursors = (*view.cursors[: number + 1], page.end) if older else view.cursors[: number + 1]
            await self._keep(name, _View(view.user, view.since, cursors, own=False))
            return ChatPage(name, number, tuple(shown), older, page.total, view.since, ordered=ordered)
        return ChatPage(name, number, (), older=False, since=view.since)

    async def _ours(self, name: str, view: _View, number: int) -> ChatPage:
        known = [each for each in await self._kept.chats() if view.since is None or each.last >= view.since]
        await self._keep(name, view)
        return ChatPage(
            view=name,
            number=number,
            rows=tuple(map(_known_row, known[number * PAGE : (number + 1) * PAGE])),
            older=len(known) > (number + 1) * PAGE,
            total=len(known),
            since=view.since,
            harvested=(await self._kept.state()).at,
        )

    async def _row(self, chat: str) -> ChatRow:
        try:
            newest, total = await self._client.latest(chat)
        except (IndigoFailed, IndigoMisbehaved) as error:
            _log.info("A chat of a list could not be looked at: %s: %s", type(error).__name__, error)
            return ChatRow(chat, None, None)
        return ChatRow(chat, newest.at.timestamp() if newest else None, total)

    async def _keep(self, name: str, view: _View) -> None:
        value = {
            "user": view.user,
            "since": view.since,
            "cursors": list(view.cursors),
            "own": view.own,
        }
        await self._store.put(_VIEWS, name, value, ttl=_VIEW_SECONDS)


def _ordered(rows: Sequence[ChatRow]) -> bool:
    """Nearly all chats of the page are older than those before."""
    pairs = list(combinations([row.last for row in rows if row.last is not None], 2))
    return sum(after > before for before, after in pairs) <= _STRAY_SHARE * len(pairs)


def _recent(row: ChatRow, since: float | None) -> bool:
    return since is None or (row.last is not None and row.last >= since)


def _known_row(known: Known) -> ChatRow:
    return ChatRow(known.id, known.last, known.total)


def _view_from(value: object) -> _View | None:
    read = Reader(value)
    if not read.text("user"):
        return None
    return _View(read.text("user"), read.number("since"), read.texts("cursors"), own=read.flag("own"))
