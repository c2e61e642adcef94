"""One WebSocket connection that carries many subscriptions: the shell around ``bot.core.graphql_ws``.

The only door to websockets. Two tasks, owned by the link: one reads, one writes, so that frames leave in
order and nobody who subscribes or stops waits for the network.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, NegotiationError, WebSocketException
from websockets.typing import Subprotocol as Offer

from bot.core.graphql_ws import (
    Acknowledged,
    Client,
    Close,
    Completed,
    Event,
    Failed,
    Lost,
    Next,
    Refused,
    State,
    Subprotocol,
    Timing,
)
from bot.errors import AnswerTooLarge, KeyRefused, PeerMisbehaved, TenantError, TenantUnreachable
from bot.wisdom import faults

_PING_UNANSWERED = 1011  # what the library closes with when its own ping got no answer
_NOTHING_HEARD = 1006
_TOO_LARGE = 1009  # RFC 6455, section 7.4.1; the library closes with it when a frame exceeds the limit
_REFUSALS = frozenset({401, 403})
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """How connections are made and kept.

    Attributes:
        subprotocol: ``auto`` offers both, the newer first, and obeys the server's choice.
        max_frame: the longest frame that is accepted, in bytes.
        max_answer: the most that all frames of one subscription may hold together, in bytes.
        idle: a connection without subscriptions is closed after this many seconds.
        open_timeout: for the TCP, TLS and WebSocket handshakes together, in seconds.
        close_timeout: for the closing handshake, in seconds.
        timing: of the GraphQL protocol.
    """

    subprotocol: Literal["auto", "graphql-transport-ws", "graphql-ws"] = "auto"
    max_frame: int = 16 * _MIB
    max_answer: int = 64 * _MIB
    idle: float = 60.0
    open_timeout: float = 10.0
    close_timeout: float = 2.0
    timing: Timing = field(default_factory=Timing)


class _Discreet(logging.LoggerAdapter[logging.Logger]):
    """The library's log without its debug level, which holds headers and frames, and so tokens."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the name is the standard library's
        return level > logging.DEBUG and super().isEnabledFor(level)


async def dial(url: str, token: str, options: LinkOptions) -> ClientConnection:
    """Opens the connection; raises KeyRefused, TenantUnreachable or PeerMisbehaved."""
    try:
        return await connect(
            url,
            subprotocols=_offers(options),
            additional_headers={"Authorization": f"Bearer {token}"},
            max_size=options.max_frame,
            open_timeout=options.open_timeout,
            close_timeout=options.close_timeout,
            logger=_Discreet(logging.getLogger("bot.wisdom.link")),
        )
    except InvalidStatus as error:
        kind = KeyRefused if error.response.status_code in _REFUSALS else TenantUnreachable
        raise kind(f"WebSocket handshake: HTTP {error.response.status_code}") from error
    except NegotiationError as error:
        raise PeerMisbehaved("WebSocket handshake: a subprotocol that was not offered") from error
    except (OSError, EOFError, ValueError, WebSocketException) as error:
        raise TenantUnreachable(f"WebSocket handshake: {type(error).__name__}") from error


def _offers(options: LinkOptions) -> Sequence[Offer]:
    if options.subprotocol == "auto":
        return [Offer(Subprotocol.TRANSPORT.value), Offer(Subprotocol.LEGACY.value)]
    return [Offer(options.subprotocol)]


class Crowded(TenantUnreachable):
    """The connection is over: a frame was too long, and whose it was among several is not known."""


@dataclass(frozen=True, slots=True)
class _TooLarge:
    """What a subscription sent exceeds a limit.

    Attributes:
        limit: in bytes.
        whose: how many subscriptions it may have been sent to.
    """

    limit: int
    whose: int = 1


@dataclass(slots=True)
class _Inbox:
    """What has come for one subscription and is not read yet, and how many bytes came so far."""

    queue: asyncio.Queue[Event | _TooLarge] = field(default_factory=asyncio.Queue)
    heard: int = 0


class Subscription:
    """One running subscription of a link; ``Link.subscription`` makes and ends it.

    Attributes:
        quiet: at its end the tenant is not told to stop.
    """

    def __init__(self, ident: str, inbox: _Inbox, link: Link) -> None:
        self.quiet = False
        self._ident = ident
        self._inbox = inbox
        self._link = link
        self._over = False

    async def started(self) -> bool:
        """Waits until the server has greeted us and was sent the subscription; False if it never will be."""
        return await self._link.flushed()

    async def receive(self) -> Next | None:
        """The next event; None when the server has completed the subscription. Waiting may be broken off.

        A failed subscription gives its errors as a last ``Next`` without data. Nothing waits for a slow
        reader: what arrives is kept until it is asked for, up to ``max_answer``. Raises KeyRefused,
        TenantUnreachable, PeerMisbehaved or AnswerFailed when the connection ends, and AnswerTooLarge when
        there is too much. One frame that is too long ends the connection: where others share it, Crowded.
        """
        if self._over:
            return None
        event = await self._inbox.queue.get()
        if isinstance(event, Next):
            return event
        self._over = True
        if isinstance(event, Failed):
            return Next(self._ident, None, event.errors)
        if (error := _error(event, self._link.token)) is not None:
            raise error
        return None

    def discard(self) -> bool:
        """Forgets the results that have come and were not read; whether something else is left to read."""
        waiting = self._inbox.queue
        events = [waiting.get_nowait() for _ in range(waiting.qsize())]
        kept = [event for event in events if not isinstance(event, Next) or event.errors]
        for event in kept:
            waiting.put_nowait(event)
        return bool(kept)


def _error(event: Event | _TooLarge, token: str) -> TenantError | None:
    """What an event that ends a subscription is for its reader; None if that is no error."""
    match event:
        case Refused(errors=errors):
            return faults.from_refusal(faults.hidden(errors, (token,)))
        case Lost(code, reason):
            return faults.from_close(code, faults.discreet(reason, (token,)))
        case _TooLarge(limit, whose):
            mib = limit / _MIB
            return AnswerTooLarge(mib) if whose == 1 else Crowded(f"a frame of more than {mib:g} MiB")
        case _:
            return None


class Link:
    """An open connection, made with ``token``; must be created in a running loop.

    Args:
        ended: called once when the connection is over and its tasks are done.
        shared: whether more than one subscription may use it.
    """

    def __init__(
        self,
        connection: ClientConnection,
        *,
        token: str,
        options: LinkOptions,
        ended: Callable[[Link], None],
        shared: bool = True,
    ) -> None:
        self.token = token
        self.shared = shared
        self._connection = connection
        self._options = options
        self._loop = asyncio.get_running_loop()
        self._machine = Client(
            connection.subprotocol,
            init={"auth": {"token": token}},
            now=self._loop.time(),
            timing=options.timing,
        )
        self._inboxes: dict[str, _Inbox] = {}
        self._outbox: asyncio.Queue[str | Close | asyncio.Future[bool] | None] = asyncio.Queue()
        self._greeted = asyncio.Event()
        self._push()
        self._leaving = self._loop.call_later(options.idle, self._leave)
        self._task = asyncio.create_task(self._run(), name="wisdom link")
        self._task.add_done_callback(lambda _: ended(self))

    @property
    def subprotocol(self) -> Subprotocol:
        """What is spoken."""
        return self._machine.subprotocol

    @property
    def usable(self) -> bool:
        """Whether subscriptions can still be started."""
        return self._machine.state is not State.CLOSED

    @asynccontextmanager
    async def subscription(self, payload: Mapping[str, object]) -> AsyncIterator[Subscription]:
        """Runs one subscription while the block runs; stops it then, unless it has ended or is quiet."""
        ident = self._machine.subscribe(payload)
        inbox = self._inboxes[ident] = _Inbox()
        self._leaving.cancel()
        self._push()
        subscription = Subscription(ident, inbox, self)
        try:
            yield subscription
        finally:
            del self._inboxes[ident]
            self._machine.stop(ident, silently=subscription.quiet)
            self._push()
            if not self._inboxes and self.usable:
                idle = self._options.idle if self.shared else 0.0
                self._leaving = self._loop.call_later(idle, self._leave)

    async def flushed(self) -> bool:
        """Waits until the server has greeted us and everything so far is written; False if it is over."""
        await self._greeted.wait()
        if not self.usable:
            return False
        written: asyncio.Future[bool] = self._loop.create_future()
        self._outbox.put_nowait(written)
        return await written

    async def close(self) -> None:
        """Leaves, and returns when everything is done; subscriptions still running end as lost."""
        self._leave()
        # Twice the library's own patience: for what is still to be written, and for the closing handshake.
        _, pending = await asyncio.wait({self._task}, timeout=2 * self._options.close_timeout)
        if pending:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _leave(self) -> None:
        self._machine.close()
        self._push()

    def _push(self, size: int = 0) -> None:
        """Hands on what the machine has to say, to both sides; the frame that it read has ``size`` bytes."""
        for event in self._machine.events():
            match event:
                case Acknowledged():
                    self._greeted.set()
                case Next():
                    self._take(event, size)
                case Failed() | Completed():
                    self._inboxes[event.id].queue.put_nowait(event)
                case Refused() | Lost():
                    self._tell_all(event)
        for frame in self._machine.to_send():
            self._outbox.put_nowait(frame)

    def _take(self, event: Next, size: int) -> None:
        """Keeps the event for its reader, or stops the subscription where that would be too much."""
        inbox = self._inboxes[event.id]
        inbox.heard += size
        if inbox.heard <= self._options.max_answer:
            inbox.queue.put_nowait(event)
        else:
            self._machine.stop(event.id)
            inbox.queue.put_nowait(_TooLarge(self._options.max_answer))

    def _tell_all(self, event: Event | _TooLarge) -> None:
        for inbox in self._inboxes.values():
            inbox.queue.put_nowait(event)

    async def _run(self) -> None:
        writer = asyncio.create_task(self._write(), name="wisdom link writer")
        try:
            await self._read()
            self._outbox.put_nowait(None)
            await writer
        finally:
            self._leaving.cancel()
            writer.cancel()
            await asyncio.wait({writer})
            await self._connection.close()
            self._greeted.set()
            while not self._outbox.empty():
                if isinstance(left := self._outbox.get_nowait(), asyncio.Future):
                    _tell(left, written=False)
            self._tell_all(Lost(_NOTHING_HEARD, "closed", retryable=True))

    async def _read(self) -> None:
        while self._machine.state is not State.CLOSED:
            try:
                async with asyncio.timeout_at(self._machine.due()):
                    frame = await self._connection.recv(decode=False)
            except TimeoutError:
                self._machine.receive_clock(now=self._loop.time())
                self._push()
            except ConnectionClosed as closed:
                if _exceeded(closed):
                    self._tell_all(_TooLarge(self._options.max_frame, len(self._inboxes)))
                self._machine.receive_closed(*_closing(closed))
                self._push()
            else:
                self._machine.receive_text(frame, now=self._loop.time())
                self._push(len(frame))

    async def _write(self) -> None:
        try:
            while (frame := await self._outbox.get()) is not None:
                if isinstance(frame, asyncio.Future):
                    _tell(frame, written=True)
                elif isinstance(frame, Close):
                    await self._connection.close(frame.code, frame.reason)
                else:
                    await self._connection.send(frame)
        except ConnectionClosed:
            return  # the reader hears of it, too


def _tell(waiting: asyncio.Future[bool], *, written: bool) -> None:
    """Tells who waits, if they still do."""
    if not waiting.done():
        waiting.set_result(written)


def _exceeded(closed: ConnectionClosed) -> bool:
    """Whether the library gave up on the peer because of a frame that is too long."""
    return closed.sent is not None and closed.sent.code == _TOO_LARGE and not closed.rcvd_then_sent


def _closing(closed: ConnectionClosed) -> tuple[int, str]:
    """Code and reason: the peer's, or those with which the library itself gave up on the peer."""
    if closed.rcvd is not None:
        return closed.rcvd.code, closed.rcvd.reason
    if closed.sent is not None and closed.sent.code != _PING_UNANSWERED:
        return closed.sent.code, closed.sent.reason
    return _NOTHING_HEARD, ""
