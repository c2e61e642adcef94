"""One WebSocket connection: frames between a socket and a protocol machine, and the operations that run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web
from graphql import ExecutionResult, GraphQLError

from bot.sandbox.graphql_request import Request
from bot.sandbox.tenant.delivery import Delivery
from bot.sandbox.tenant.execution import Executor, formatted
from bot.sandbox.tenant.faults import Fault, Faults
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.protocols import Close, InitReceived, ServerProtocol, Started, Stopped
from bot.sandbox.tenant.refusals import Unauthorized
from bot.sandbox.tenant.resolvers import Context
from bot.sandbox.tenant.tokens import Tokens

logger = logging.getLogger(__name__)

#: Closes a socket while the server stops (RFC 6455, section 7.4.1: going away).
GOING_AWAY = 1001
JUNK = "this is not { JSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every connection of a server shares."""

    executor: Executor
    tokens: Tokens
    faults: Faults
    options: TenantOptions
    sleep: Callable[[float], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Connection:
    """A client's socket, from the handshake to the end.

    Attributes:
        handshake: the token in the handshake's Authorization header, or empty.
    """

    request: web.Request
    socket: web.WebSocketResponse
    machine: ServerProtocol
    around: Surroundings
    handshake: str
    _init_token: str = ""
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
    _timers: list[asyncio.Task[None]] = field(default_factory=list)
    _operations: dict[str | None, tuple[asyncio.Task[None], Context]] = field(default_factory=dict)

    async def serve(self) -> None:
        """Serve the client until the socket is closed by either side; nothing runs on after that."""
        async with self._group as group:
            self._timers += (group.create_task(self._await_init()), group.create_task(self._keep_alive()))
            try:
                async for message in self.socket:
                    if message.type is WSMsgType.TEXT:
                        await self._receive(message.data)
                    elif message.type is WSMsgType.BINARY:
                        await self._receive(message.data.decode(errors="replace"))
            finally:
                running = [task for task, _ in self._operations.values()]
                for task in (*self._timers, *running):
                    task.cancel()

    async def close(self) -> None:
        """End the connection because the server stops."""
        await self.socket.close(code=GOING_AWAY)

    # -- frames ------------------------------------------------------------------------------------------

    async def _receive(self, text: str) -> None:
        self.machine.receive_text(text)
        for event in self.machine.events():
            match event:
                case InitReceived(payload):
                    self._greet(payload)
                case Started():
                    self._start(event)
                case Stopped(operation):
                    self._stop(operation)
        if close := await self._send_frames():
            # Here, in the reader, nothing else reads: the client's own close frame is waited for.
            await self._shut(close)

    async def _flush(self) -> None:
        """Send what has to go out, from any task but the reader."""
        if close := await self._send_frames():
            # A task of its own: closing ends the reader, and must outlive whoever asked for it.
            self._group.create_task(self._shut(close))

    async def _send_frames(self) -> Close | None:
        async with self._writing:
            for outgoing in self.machine.to_send():
                if isinstance(outgoing, Close):
                    return outgoing  # always the last one
                await self._send(outgoing)
        return None

    async def _send(self, text: str) -> None:
        with suppress(ConnectionError):  # the reader sees the end of the connection, and ends everything
            await self.socket.send_str(text)

    async def _shut(self, close: Close) -> None:
        await self.socket.close(code=close.code, message=close.reason.encode())

    # -- liveness and init -------------------------------------------------------------------------------

    async def _await_init(self) -> None:
        await self.around.sleep(self.around.options.init_timeout)
        self.machine.receive_init_timeout()
        await self._flush()

    async def _keep_alive(self) -> None:
        while True:
            await self.around.sleep(self.around.options.keepalive)
            self.machine.keepalive()
            await self._flush()

    def _greet(self, payload: Mapping[str, object]) -> None:
        auth = payload.get("auth")
        token = auth.get("token") if isinstance(auth, Mapping) else None
        if token is not None:
            try:
                self.around.tokens.user_of(str(token))
            except Unauthorized as error:
                self.machine.refuse(str(error))
                return
            self._init_token = str(token)
        if armed := self.around.faults.take(Fault.SLOW_ACK):
            self._timers.append(self._group.create_task(self._accept_late(armed.seconds)))
        else:
            self.machine.accept()

    async def _accept_late(self, seconds: float) -> None:
        await self.around.sleep(seconds)
        self.machine.accept()
        await self._flush()

    # -- operations --------------------------------------------------------------------------------------

    def _start(self, started: Started) -> None:
        context = Context(tokens=tuple(filter(None, (self.handshake, self._init_token))))
        task = self._group.create_task(self._run(started, context))
        self._operations[started.id] = (task, context)

    def _stop(self, operation: str | None) -> None:
        task, context = self._operations.pop(operation)
        context.on_stop()
        task.cancel()

    async def _run(self, started: Started, context: Context) -> None:
        try:
            await self._execute(started, context)
        except GraphQLError as error:
            self.machine.fail(started.id, [dict(error.formatted)])
        except Exception:
            logger.exception("an operation failed")
            self.machine.crash()
        if self._operations.get(started.id, (None,))[0] is asyncio.current_task():
            del self._operations[started.id]
        await self._flush()

    async def _execute(self, started: Started, context: Context) -> None:
        request = Request(started.query, started.variables, started.operation_name)
        prepared = self.around.executor.prepare(request)
        if isinstance(prepared, list):
            self.machine.reject(started.id, [dict(error.formatted) for error in prepared])
            return
        if prepared.subscription:
            outcome = await self.around.executor.open(prepared, context)
        else:
            outcome = await self.around.executor.run(prepared, context)
        if isinstance(outcome, ExecutionResult):
            self.machine.result(started.id, formatted(outcome))
        else:
            await self._stream(started.id, outcome, context)
        self.machine.complete(started.id)

    async def _stream(
        self, operation: str | None, results: AsyncIterator[ExecutionResult], context: Context
    ) -> None:
        delivery = context.delivery
        if await self._lost(delivery, 0):
            return
        async for result in results:
            # An answer that begins in a conversation may be struck before its first diff.
            if await self._lost(delivery, delivery.before):
                return
            payload = formatted(result)
            if delivery.strikes(Fault.JUNK_FRAME, delivery.before):
                await self._send(JUNK)
            if delivery.strikes(Fault.FOREIGN_FRAME, delivery.before):
                self.machine.stray(payload)
            if armed := delivery.strikes(Fault.OVERSIZED, delivery.before):
                payload["extensions"] = {"padding": "x" * armed.size}
            self.machine.result(operation, payload)
            await self._flush()
            if await self._lost(delivery, delivery.sent):
                return

    async def _lost(self, delivery: Delivery, diffs: int) -> bool:
        """Whether a fault has ended the connection after so many diffs."""
        transport = self.request.transport
        if delivery.strikes(Fault.DROPPED, diffs) and transport is not None:
            transport.abort()
            return True
        if armed := delivery.strikes(Fault.CLOSED, diffs):
            self.machine.end(armed.code, "Forbidden")
            await self._flush()
            return True
        return False
