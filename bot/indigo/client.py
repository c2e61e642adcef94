"""A workspace of Indigo.ai over its GraphQL API: its chats, their messages, its members; and any document.

All requests of a client share one gate: so many run at once, and a 429 holds all of them. What only reads is
tried again when it got lost; what may change something only where it surely was not carried out.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from pydantic import SecretStr

from bot.core import course
from bot.core.indigo import dialogue, reading
from bot.core.indigo.model import Chat, Member, Message, Page
from bot.core.indigo.paging import MOST_PAGES, Pager, Way
from bot.errors import (
    ConfigurationError,
    IndigoFailed,
    IndigoLimited,
    IndigoMisbehaved,
    IndigoNotAsked,
    IndigoRefused,
    IndigoUnreachable,
)
from bot.indigo import documents, order
from bot.indigo.gate import Gate
from bot.indigo.http import Http, Result
from bot.indigo.pages import Pages

_log = logging.getLogger("bot.indigo")

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*", re.ASCII)
_GONE = re.compile(r"not[ _]?found|no such", re.IGNORECASE)
#: So often a request that got lost is made again, and one that was limited.
_RETRIES = 4
_LIMITED_RETRIES = 8
#: No id has more digits; Python makes no numbers of much longer ones.
_ID_DIGITS = 40


@dataclass(frozen=True, slots=True)
class IndigoOptions:
    """Where and what the workspace is; the names are those of the settings.

    Attributes:
        url: the GraphQL endpoint.
        token: a personal access token.
        project: id of the workspace's project.
        env: PRODUCTION, or another value of the API's enum.
        page_size: items that are asked for at once.
        concurrency: requests at the same time.
        ids: how ids are sent.
        paging: how messages are paged; ``auto`` finds out.
        order: the value of ``SortType`` for newest first; empty: find out.
        patience: a longer pause that Indigo asks for is an error, in seconds.
        timeout: for connecting, and for each read, in seconds.
    """

    url: str
    token: SecretStr
    project: str
    env: str = "PRODUCTION"
    page_size: int = 50
    concurrency: int = 4
    ids: Literal["string", "int"] = "string"
    paging: Way = "auto"
    order: str = ""
    patience: float = 300.0
    timeout: float = 30.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Means:
    """What a client takes from around it; a test hands in others.

    Attributes:
        clock: monotonic seconds.
        now: the present, in UTC.
        chance: a number from 0 to 1.
    """

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Probe:
    """What one small question found out.

    Attributes:
        chats: how many there are; None where Indigo does not tell.
        order: the value of ``SortType`` that is taken for newest first; empty without one.
        full_pages: pages tell their first cursor and what is before them, too.
        seconds: how long the answer took.
    """

    chats: int | None
    order: str
    full_pages: bool
    seconds: float


class Indigo:
    """The client. Close it. Every call may raise ``bot.errors.IndigoError``."""

    def __init__(self, options: IndigoOptions, means: Means | None = None) -> None:
        if not _NAME.fullmatch(options.env):
            raise ConfigurationError("INDIGO_ENV is not a name such as PRODUCTION")
        self._options = options
        self._means = means = means or Means()
        self._http = Http(options.url, options.token, timeout=options.timeout, now=means.now)
        self._gate = Gate(
            options.concurrency, patience=options.patience, clock=means.clock, sleep=means.sleep
        )
        self._documents = documents.load_all(options.env)
        self._order: str | None = options.order or None
        self._finding = asyncio.Lock()
        self._relay = options.paging == "relay"
        self._short = False

    @property
    def requests(self) -> int:
        """How many were sent, those that were sent again included."""
        return self._http.requests

    @property
    def source(self) -> str:
        """Names the workspace and its environment; cursors and files belong to one of these."""
        return f"{self._options.url} {self._options.project} {self._options.env}"

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.close()

    # -- lists ---------------------------------------------------------------------------------------------

    def conversations(
        self,
        *,
        order: str | None = None,
        page_size: int | None = None,
        after: str = "",
        pages: int | None = None,
    ) -> Pages[Chat]:
        """Pages of chats, from a cursor on, ``pages`` of them at most.

        ``order`` is a value of ``SortType``, empty for the server's own; None: newest first, where it can be
        found out how to ask for that. A cursor goes with the order that it came from.
        """

        async def ask(cursor: str, _way: Way) -> Page[Chat]:
            return reading.chats(await self._chats(order, page_size, cursor))

        pager: Pager[Chat] = Pager(lambda chat: chat.id, cursor=after, pages=_cap(pages))
        return Pages(ask, pager, "chats")

    def messages(self, chat: str, *, page_size: int | None = None, before: str = "") -> Pages[Message]:
        """Pages of a chat's messages, the newest first.

        Where a walk begins at a cursor, no first page tells how the server pages: then it is as documented,
        or as the options say.
        """

        async def ask(cursor: str, _way: Way) -> Page[Message]:
            page = reading.messages(await self._messages(chat, page_size, cursor), chat)
            # Pages of Relay's go backwards too, but the messages in each of them do not.
            return replace(page, items=tuple(reversed(dialogue.ordered(page.items))))

        pager: Pager[Message] = Pager(lambda message: message.id, way=self._options.paging, cursor=before)
        return Pages(ask, pager, "messages", found=self._found_way)

    def user_roles(self, *, page_size: int | None = None, after: str = "") -> Pages[Member]:
        """Pages of those who work in the workspace."""

        async def ask(cursor: str, _way: Way) -> Page[Member]:
            variables = {"project": self._id(self._options.project), **self._window(page_size, cursor)}
            return reading.members(await self._listed("user_roles", variables))

        pager: Pager[Member] = Pager(lambda member: (member.user, member.email, member.role), cursor=after)
        return Pages(ask, pager, "members")

    async def latest(self, chat: str) -> tuple[Message | None, int | None]:
        """A chat's newest message, and how many there are, where Indigo tells."""
        page = reading.messages(await self._messages(chat, 1, ""), chat)
        return max(page.items, key=lambda message: message.at, default=None), page.total

    # -- documents -----------------------------------------------------------------------------------------

    async def run(
        self,
        document: str,
        variables: Mapping[str, object],
        operation: str | None = None,
        *,
        retry_doubtful: bool = False,
    ) -> Mapping[str, object]:
        """Runs a document and gives its data; errors, also beside data, raise IndigoFailed.

        It may change something, so without ``retry_doubtful`` it is sent again only where it surely was not
        carried out.
        """
        result = await self._ask(document, variables, operation, again=retry_doubtful)
        return result.whole()

    async def probe(self) -> Probe:
        """Asks for one chat: whether the token is good, and what the server is like."""
        began = self._means.clock()
        page = reading.chats(await self._chats("", 1, ""))
        seconds = self._means.clock() - began
        return Probe(page.total, await self.newest_first(), not self._short, seconds)

    async def newest_first(self) -> str:
        """The value of ``SortType`` that asks for newest first; empty where none was found. Asked once."""
        async with self._finding:
            if self._order is None:
                self._order = await self._find_order()
            return self._order

    # -- requests ------------------------------------------------------------------------------------------

    async def _chats(self, wanted: str | None, size: int | None, cursor: str) -> object:
        variables = {"project": self._id(self._options.project), **self._window(size, cursor)}
        sort = await self.newest_first() if wanted is None else wanted
        if not sort:
            return await self._listed("conversations", variables)
        try:
            return await self._listed("conversations", {**variables, "order": sort})
        except IndigoFailed as error:
            if wanted is not None or cursor or self._options.order or "order" not in str(error).lower():
                raise
            _log.warning("Indigo does not take the order %s; its own is used: %s", sort, error)
            self._order = ""
            return await self._listed("conversations", variables)

    async def _messages(self, chat: str, size: int | None, cursor: str) -> object:
        """A chat that was deleted has no messages; Indigo says so with an error or with null."""
        variables = {"chat": self._id(chat), **self._window(size, cursor)}
        try:
            return await self._listed("messages", variables, gone=True)
        except IndigoFailed as error:
            if not _GONE.search(str(error)):
                raise
            return None

    async def _listed(self, name: str, variables: Mapping[str, object], *, gone: bool = False) -> object:
        """A connection; None where there is none and ``gone`` allows for that, else IndigoMisbehaved."""
        data = await self._rows(name, variables)
        connection = reading.rows(data)
        if reading.is_connection(connection) or (gone and data.get("rows", ...) is None):
            return connection
        raise IndigoMisbehaved(f"the answer to {name} has no list")

    async def _rows(self, name: str, variables: Mapping[str, object]) -> Mapping[str, object]:
        """Data; where the server knows the documented fields of a page only, with these."""
        try:
            result = await self._query(name, variables, short=self._short)
        except IndigoFailed as error:
            if not _unknown(error.reasons):
                raise
            result = await self._query_short(name, variables)
        if result.reasons and _unknown(result.reasons):
            result = await self._query_short(name, variables)
        data = result.there()
        if result.reasons:
            _log.warning("Indigo left something out of its answer to %s: %s", name, "; ".join(result.reasons))
        return data

    async def _query_short(self, name: str, variables: Mapping[str, object]) -> Result:
        if not self._short:
            self._short = True
            _log.info("Indigo's pages have the documented fields only")
        return await self._query(name, variables, short=True)

    async def _query(self, name: str, variables: Mapping[str, object], *, short: bool) -> Result:
        return await self._ask(self._documents[name, short], variables, None, again=True)

    async def _ask(
        self, document: str, variables: Mapping[str, object], operation: str | None, *, again: bool
    ) -> Result:
        """Asks until there is an answer, or too much went wrong."""
        lost = limited = 0
        while True:
            try:
                async with self._gate.through():
                    return await self._http.post(document, variables, operation)
            except IndigoLimited as error:
                self._gate.hold(error.retry_after)
                limited += 1
                if limited > _LIMITED_RETRIES or error.retry_after > self._options.patience:
                    raise
                _log.info("Indigo wants no requests for %g s", error.retry_after)
            except IndigoUnreachable as error:
                if lost >= _RETRIES or not (again or isinstance(error, IndigoNotAsked)):
                    raise
                wait = course.pause(lost, self._means.chance())
                lost += 1
                await self._means.sleep(wait)

    async def _find_order(self) -> str:
        try:
            result = await self._query("sort_type", {}, short=False)
            return order.newest(result.whole())
        except (IndigoFailed, IndigoRefused, IndigoMisbehaved) as error:
            # A token that is no good is found out by the next request; some refuse this question alone.
            _log.info("Indigo does not tell how to ask for the newest chats first: %s", error)
            return ""

    def _found_way(self, way: Way) -> None:
        if way == "relay" and not self._relay:
            self._relay = True
            _log.warning("Indigo pages messages by Relay's rules, unlike its documentation")

    def _window(self, size: int | None, cursor: str) -> dict[str, object]:
        window: dict[str, object] = {"size": size or self._options.page_size}
        return {**window, "cursor": cursor} if cursor else window

    def _id(self, ident: str) -> str | int:
        digits = ident.isascii() and ident.isdecimal() and len(ident) <= _ID_DIGITS
        return int(ident) if digits and self._options.ids == "int" else ident


def _unknown(reasons: tuple[str, ...]) -> bool:
    """The errors are about fields of a page that are not documented for it."""
    return any(field in reason for reason in reasons for field in documents.BEYOND)


def _cap(pages: int | None) -> int:
    return MOST_PAGES if pages is None else pages
