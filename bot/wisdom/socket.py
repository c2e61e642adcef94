"""Subscriptions over as few connections as possible.

A connection belongs to the token of its handshake. When the token is renewed, a new connection is made; the
old one carries its subscriptions to their end and then closes, as every unused one does after a while.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bot.errors import TenantUnreachable
from bot.wisdom.contact import FirstContact
from bot.wisdom.flight import SingleFlight
from bot.wisdom.link import Link, LinkOptions, Subscription, dial


class Socket:
    """The connections to one WebSocket URL, opened when they are needed."""

    def __init__(self, url: str, options: LinkOptions, *, contact: FirstContact) -> None:
        self._url = url
        self._options = options
        self._contact = contact
        self._links: set[Link] = set()
        self._dialling: dict[str, SingleFlight[Link]] = {}
        self._left: set[str] = set()
        self._closed = False

    @asynccontextmanager
    async def subscription(
        self, payload: Mapping[str, object], *, token: str, key: str = "", alone: bool = False
    ) -> AsyncIterator[Subscription]:
        """Runs one subscription while the block runs; ``alone`` over a connection that nobody shares.

        ``key`` names it to ``leave_running``. Raises KeyRefused, TenantUnreachable or PeerMisbehaved where
        there is no connection to be had.
        """
        link = await (self._open(token, shared=False) if alone else self._link(token))
        async with link.subscription(payload) as subscription:
            try:
                yield subscription
            finally:
                subscription.quiet = key in self._left

    def leave_running(self, key: str) -> None:
        """From now on the subscription is left without telling the tenant to stop it."""
        self._left.add(key)

    async def close(self) -> None:
        """Closes every connection; from now on there is none to be had."""
        self._closed = True
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
        fit = (link for link in self._links if link.token == token and link.usable and link.shared)
        return next(fit, None)

    async def _open(self, token: str, *, shared: bool = True) -> Link:
        connection = await dial(self._url, token, self._options)
        if self._closed:
            await connection.close()
            raise TenantUnreachable("the client is closed")
        link = Link(connection, token=token, options=self._options, ended=self._links.discard, shared=shared)
        self._links.add(link)
        chosen = connection.subprotocol or f"none chosen, so {link.subprotocol}"
        self._contact.note("subprotocol", chosen)
        return link
