"""Subscriptions over as few connections as possible.

A connection belongs to the token of its handshake. When the token is renewed, a new connection is made; the
old one carries its subscriptions to their end and then closes, as every unused one does after a while.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from bot.core.graphql_ws import Next
from bot.wisdom.contact import FirstContact
from bot.wisdom.flight import SingleFlight
from bot.wisdom.link import Link, LinkOptions, dial


class Socket:
    """The connections to one WebSocket URL, opened when they are needed."""

    def __init__(self, url: str, options: LinkOptions, *, contact: FirstContact) -> None:
        self._url = url
        self._options = options
        self._contact = contact
        self._links: set[Link] = set()
        self._dialling: dict[str, SingleFlight[Link]] = {}

    async def subscribe(self, payload: Mapping[str, object], *, token: str) -> AsyncGenerator[Next, None]:
        """Runs one subscription to its end, or until this generator is closed; see ``Link.events``."""
        link = await self._link(token)
        async with aclosing(link.events(payload)) as events:
            async for event in events:
                yield event

    async def close(self) -> None:
        """Closes every connection."""
        while self._links:
            link = next(iter(self._links))
            await link.close()
            self._links.discard(link)

    async def _link(self, token: str) -> Link:
        flight = self._dialling.setdefault(token, SingleFlight())
        try:
            return await flight.run(lambda: self._usable(token), lambda: self._open(token))
        finally:
            if flight.idle:
                self._dialling.pop(token, None)

    def _usable(self, token: str) -> Link | None:
        return next((link for link in self._links if link.token == token and link.usable), None)

    async def _open(self, token: str) -> Link:
        connection = await dial(self._url, token, self._options)
        link = Link(connection, token=token, options=self._options, ended=self._links.discard)
        self._links.add(link)
        chosen = connection.subprotocol or f"none chosen, so {link.subprotocol}"
        self._contact.note("subprotocol", chosen)
        return link
