"""Socket Mode: tickets, up to ten connections, each payload to one of them at random, refresh.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from . import wire
from .call import Call
from .clock import Clock
from .tasks import Tasks
from .traffic import Traffic
from .transport import Acknowledged, Outcome, Outgoing, Unacknowledged
from .workspace import Workspace

CONNECTIONS = 10


@dataclass(eq=False, slots=True)
class _Connection:
    """One socket of an app; ``refreshing`` means that it was told to reconnect."""

    socket: web.WebSocketResponse
    request: web.Request
    app_id: str
    refreshing: bool = False


class SocketMode:
    """The app's WebSocket connections.

    Another app of the workspace can connect with its own token; it gets no payloads.
    """

    def __init__(self, workspace: Workspace, traffic: Traffic, tasks: Tasks) -> None:
        self._workspace = workspace
        self._traffic = traffic
        self._tasks = tasks
        self._tickets: dict[str, str] = {}
        self._connections: list[_Connection] = []
        self._strangers: list[_Connection] = []
        self._connected = asyncio.Event()
        self._acks: dict[str, asyncio.Future[wire.JsonObject]] = {}

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._connections)

    async def connected(self) -> None:
        """Return as soon as at least one socket is open."""
        await self._connected.wait()

    def open(self, call: Call) -> Mapping[str, object]:
        """apps.connections.open: an address with a ticket that works once."""
        ticket = call.workspace.ids.uuid()
        self._tickets[ticket] = call.actor.app_id
        base = call.workspace.base_url.replace("http", "ws", 1)
        return {"url": f"{base}/link?ticket={ticket}&app_id={call.actor.app_id}"}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it closes."""
        app_id = self._tickets.pop(request.query.get("ticket", ""), None)
        if app_id is None:
            return web.Response(status=404, text="unknown or used ticket")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = _Connection(socket, request, app_id)
        if len(self._family(connection)) >= CONNECTIONS:
            await self._say_goodbye(socket, "too_many_websockets")
            await socket.close()
            return socket
        await self._greet(connection)
        self._enter(connection)
        try:
            await self._receive(connection)
        finally:
            self._leave(connection)
        return socket

    async def send(self, outgoing: Outgoing, *, deadline: float) -> Outcome:
        """Send a payload over one connection, chosen at random, and wait for its acknowledgement.

        When there is no connection, one that opens before the deadline is used.
        """
        if not await _until(self._connected.wait(), self._workspace.clock, deadline):
            return Unacknowledged("timeout")
        envelope_id = self._workspace.ids.uuid()
        acked: asyncio.Future[wire.JsonObject] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = acked
        try:
            await self._write(envelope_id, outgoing)
            if await _until(acked, self._workspace.clock, deadline):
                return Acknowledged(acked.result())
            return Unacknowledged("timeout")
        finally:
            del self._acks[envelope_id]

    def refresh(self) -> None:
        """Tell every connection to reconnect: a warning now, the end a while later."""
        for connection in self._connections:
            self._tasks.spawn(self._refresh(connection))

    def drop(self) -> None:
        """Cut every connection without a word, as a network does."""
        for connection in tuple(self._connections):
            self._leave(connection)
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def close(self) -> None:
        """Close every connection."""
        for connection in (*self._connections, *self._strangers):
            await connection.socket.close()

    def _family(self, connection: _Connection) -> list[_Connection]:
        """The open connections of the same app."""
        ours = connection.app_id == self._workspace.app_id
        return self._connections if ours else self._strangers

    async def _write(self, envelope_id: str, outgoing: Outgoing) -> None:
        envelope: dict[str, object] = {
            "envelope_id": envelope_id,
            "type": outgoing.type,
            "accepts_response_payload": outgoing.type != "events_api",
            "payload": outgoing.payload,
        }
        if outgoing.type == "events_api":
            envelope |= {"retry_attempt": outgoing.attempt, "retry_reason": outgoing.reason}
        fresh = [connection for connection in self._connections if not connection.refreshing]
        able = fresh or self._connections
        if able:
            chosen = able[self._workspace.ids.choose(len(able))]
            await _write(chosen.socket, envelope)

    async def _greet(self, connection: _Connection) -> None:
        lifetime = self._workspace.options.refresh_seconds
        hello = {
            "type": "hello",
            "num_connections": len(self._family(connection)) + 1,
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": int(lifetime) or 3600,
            },
            "connection_info": {"app_id": connection.app_id},
        }
        await _write(connection.socket, hello)
        number = hello["num_connections"]
        self._traffic.add("out", "socket", "hello", summary=f"connection {number}", body=hello)

    def _enter(self, connection: _Connection) -> None:
        self._family(connection).append(connection)
        if self._connections:
            self._connected.set()
        if self._workspace.options.refresh_seconds:
            self._tasks.spawn(self._grow_old(connection))

    def _leave(self, connection: _Connection) -> None:
        family = self._family(connection)
        if connection in family:
            family.remove(connection)
        if not self._connections:
            self._connected.clear()

    async def _receive(self, connection: _Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                ack: object = json.loads(message.data)
            except json.JSONDecodeError:
                continue
            if wire.is_object(ack):
                self._acknowledge(ack)

    def _acknowledge(self, ack: wire.JsonObject) -> None:
        waiting = self._acks.get(wire.text(ack, "envelope_id"))
        if waiting is not None and not waiting.done():
            waiting.set_result(wire.mapping(ack, "payload"))

    async def _grow_old(self, connection: _Connection) -> None:
        clock = self._workspace.clock
        await clock.sleep_until(clock.now() + self._workspace.options.refresh_seconds)
        await self._refresh(connection)

    async def _refresh(self, connection: _Connection) -> None:
        if connection.refreshing or connection not in self._connections:
            return
        connection.refreshing = True
        clock = self._workspace.clock
        await self._say_goodbye(connection.socket, "warning")
        await clock.sleep_until(clock.now() + self._workspace.options.refresh_warning_seconds)
        if connection in self._connections:
            await self._say_goodbye(connection.socket, "refresh_requested")
            await connection.socket.close()

    async def _say_goodbye(self, socket: web.WebSocketResponse, reason: str) -> None:
        goodbye = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        await _write(socket, goodbye)
        self._traffic.add("out", "socket", "disconnect", status=reason, body=goodbye)


async def _write(socket: web.WebSocketResponse, frame: wire.JsonObject) -> None:
    """Write a frame; a socket that has just closed loses it, and the acknowledgement stays out."""
    try:
        await socket.send_json(frame)
    except ConnectionError:
        return


async def _until(awaited: Awaitable[object], clock: Clock, deadline: float) -> bool:
    """Whether ``awaited`` was done before ``deadline``; it is cancelled when it was not."""
    work = asyncio.ensure_future(awaited)
    timer = asyncio.ensure_future(clock.sleep_until(deadline))
    try:
        await asyncio.wait({work, timer}, return_when=asyncio.FIRST_COMPLETED)
        return work.done() and not work.cancelled()
    finally:
        for each in (work, timer):
            if not each.done():
                each.cancel()
        await asyncio.gather(work, timer, return_exceptions=True)
