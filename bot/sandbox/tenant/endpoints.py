"""The paths of the tenant: ``/graphql`` over HTTP and WebSocket, and a page at ``/``."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Sequence
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.model import Domain
from bot.sandbox.graphql_request import read
from bot.sandbox.tenant.connection import Connection, Surroundings
from bot.sandbox.tenant.execution import Prepared, formatted
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.protocols import Close, negotiate
from bot.sandbox.tenant.resolvers import Context
from bot.sandbox.tenant.schema import sdl, served

#: Seconds that a closing socket waits for the client's close frame.
CLOSE_TIMEOUT = 2.0

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Local WisdomAI tenant</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 2rem auto }}</style>
<h1>Local WisdomAI tenant</h1>
<p>A stand-in for a WisdomAI tenant. Everything goes to <code>{path}</code>: queries and mutations as
<code>POST</code>, subscriptions as a WebSocket. A browser that opens
<a href="{path}">{path}</a> reads the schema.</p>
<h2>Domains</h2><ul>{domains}</ul>
<h2>Operations</h2><ul>{operations}</ul>
</html>
"""
PATH = "/graphql"
_STATUSES: Final = {
    Fault.HTTP_500: (500, "Internal Server Error"),
    Fault.HTTP_401: (401, "Unauthorized"),
}


class Endpoints:
    """Serves HTTP requests and keeps the open sockets."""

    def __init__(self, around: Surroundings, *, domains: Sequence[Domain]) -> None:
        self._around = around
        self._domains = domains
        self._open: set[Connection] = set()

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    def routes(self) -> list[web.RouteDef]:
        """The routing table."""
        return [web.get("/", self.page), web.get(PATH, self.get), web.post(PATH, self.post)]

    @property
    def refusing(self) -> Middleware:
        """A middleware that breaks connections off while that fault is armed."""

        @web.middleware
        async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._around.faults.take(Fault.REFUSED) and request.transport is not None:
                request.transport.abort()
            return await handler(request)

        return refuse

    async def close(self) -> None:
        """Close the open sockets."""
        await asyncio.gather(*(connection.close() for connection in tuple(self._open)))

    # -- HTTP --------------------------------------------------------------------------------------------

    async def page(self, request: web.Request) -> web.Response:
        """Says what this is, for a person with a browser."""
        del request
        domains = "".join(
            f"<li><b>{html.escape(each.name)}</b> <code>{html.escape(each.id)}</code><br>"
            f"{html.escape(each.description)}</li>"
            for each in self._domains
        )
        operations = "".join(
            f"<li>{each.kind} <code>{each.name}</code>: {html.escape(each.purpose)}</li>"
            for each in served(self._around.options)
        )
        text = PAGE.format(path=PATH, domains=domains, operations=operations)
        return web.Response(text=text, content_type="text/html")

    async def get(self, request: web.Request) -> web.StreamResponse:
        """A WebSocket; for anything else the schema as text."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request)
        if not self._around.options.introspection:
            return _refusal(400, "Introspection is off")
        return web.Response(text=sdl(self._around.options))

    async def post(self, request: web.Request) -> web.Response:
        """One operation; what goes wrong inside it is told at HTTP 200 (seed 000, "Error handling")."""
        for fault, (status, reason) in _STATUSES.items():
            if self._around.faults.take(fault):
                return _refusal(status, reason)
        asked = read(await request.read())
        if asked is None:
            return _refusal(400, "Bad Request")
        prepared = self._around.executor.prepare(asked)
        if isinstance(prepared, list):
            return web.json_response({"errors": [dict(error.formatted) for error in prepared]})
        if prepared.subscription:
            return _refusal(400, "Subscriptions are served over WebSocket")
        if "sendUserMessage" in prepared.fields and self._around.faults.take(Fault.SEND_REFUSED):
            return _refusal(503, "Service Unavailable")
        return await self._run(request, prepared)

    async def _run(self, request: web.Request, prepared: Prepared) -> web.Response:
        result = await self._around.executor.run(prepared, Context(tokens=_header(request)))
        sent = "sendUserMessage" in prepared.fields
        if sent and self._around.faults.take(Fault.SEND_LOST) and request.transport is not None:
            request.transport.abort()
        refused = any(error.message == "Unauthorized" for error in result.errors or ())
        status = self._around.options.unauthorized_status if refused else 200
        return web.json_response(formatted(result), status=status)

    # -- WebSocket ---------------------------------------------------------------------------------------

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        offered = [
            name.strip()
            for header in request.headers.getall("Sec-WebSocket-Protocol", [])
            for name in header.split(",")
        ]
        outcome = negotiate(offered, self._around.options.subprotocols)
        confirmed = None if isinstance(outcome, Close) else outcome.confirmed
        socket = web.WebSocketResponse(
            protocols=(confirmed,) if confirmed else (), timeout=CLOSE_TIMEOUT, compress=False
        )
        await socket.prepare(request)
        if isinstance(outcome, Close):
            await socket.close(code=outcome.code, message=outcome.reason.encode())
            return socket
        handshake = next(iter(_header(request)), "")
        connection = Connection(request, socket, outcome.machine, self._around, handshake)
        self._open.add(connection)
        try:
            await connection.serve()
        finally:
            self._open.discard(connection)
        return socket


def _header(request: web.Request) -> tuple[str, ...]:
    given = request.headers.get("Authorization")
    return (given,) if given else ()


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"errors": [{"message": message}]}, status=status)
