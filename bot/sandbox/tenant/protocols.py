"""The server's side of both GraphQL WebSocket subprotocols, without I/O.

Frames go in through ``receive_text``, what they mean comes out of ``events()``, and what has to be sent comes
out of ``to_send()``. Nothing that a client sends raises.

Sources: PROTOCOL.md of npm ``graphql-ws`` (subprotocol ``graphql-transport-ws``); the source of npm
``subscriptions-transport-ws`` 0.11 (subprotocol ``graphql-ws``, the older one).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import ClassVar, Protocol

from bot.sandbox.tenant.options import Subprotocol

Payload = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class InitReceived:
    """``connection_init``: to be answered with ``accept`` or ``refuse``."""

    payload: Payload


@dataclass(frozen=True, slots=True)
class Started:
    """The client starts an operation; ``id`` is None where a legacy client gave none."""

    id: str | None
    query: str
    variables: Payload
    operation_name: str | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The client wants no more of an operation."""

    id: str | None


Event = InitReceived | Started | Stopped


@dataclass(frozen=True, slots=True)
class Close:
    """The socket has to be closed."""

    code: int
    reason: str = ""


Outgoing = str | Close


class State(Enum):
    """Where a connection stands; a legacy client may start operations while it is ``WAITING``."""

    WAITING = auto()
    OPEN = auto()
    CLOSED = auto()


class ServerProtocol(Protocol):
    """What both machines can do."""

    state: State

    def receive_text(self, text: str) -> None:
        """A frame came in."""

    def receive_init_timeout(self) -> None:
        """The time for ``connection_init`` is over."""

    def events(self) -> list[Event]:
        """What the frames since the last call mean."""

    def to_send(self) -> list[Outgoing]:
        """What has to go out since the last call, in order."""

    def accept(self) -> None:
        """Acknowledge the connection."""

    def refuse(self, reason: str) -> None:
        """Do not let the client in."""

    def result(self, operation: str | None, payload: Payload) -> None:
        """One execution result of an operation."""

    def reject(self, operation: str | None, errors: Sequence[Payload]) -> None:
        """The operation is not valid and did not run; it is over."""

    def fail(self, operation: str | None, errors: Sequence[Payload]) -> None:
        """The operation broke while it ran; it is over."""

    def complete(self, operation: str | None) -> None:
        """The operation is over."""

    def keepalive(self) -> None:
        """A sign of life."""

    def crash(self) -> None:
        """The server has a fault of its own."""

    def stray(self, payload: Payload) -> None:
        """An execution result of an operation that the client never started."""

    def end(self, code: int, reason: str) -> None:
        """Close the socket, whatever runs."""


@dataclass(slots=True)
class _Machine:
    RESULT: ClassVar[str]

    state: State = State.WAITING
    active: set[str | None] = field(default_factory=set)
    _events: list[Event] = field(default_factory=list)
    _outgoing: list[Outgoing] = field(default_factory=list)

    def events(self) -> list[Event]:
        """What the frames since the last call mean."""
        taken, self._events = self._events, []
        return taken

    def to_send(self) -> list[Outgoing]:
        """What has to go out since the last call, in order."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def result(self, operation: str | None, payload: Payload) -> None:
        """One execution result of an operation: ``next`` or ``data``."""
        if operation in self.active:
            self._send(self.RESULT, operation, payload=payload)

    def stray(self, payload: Payload) -> None:
        """The same of an operation that nobody started."""
        self._send(self.RESULT, "stray", payload=payload)

    def end(self, code: int, reason: str) -> None:
        """Close with any code."""
        self._close(code, reason)

    def _send(self, kind: str, operation: str | None = None, **fields: object) -> None:
        if self.state is not State.CLOSED:
            named = {} if operation is None else {"id": operation}
            self._outgoing.append(json.dumps({"type": kind, **named, **fields}))

    def _close(self, code: int, reason: str = "") -> None:
        if self.state is not State.CLOSED:
            self._outgoing.append(Close(code, reason))
            self.state = State.CLOSED

    def _over(self, operation: str | None) -> bool:
        """Take the operation off the list; False when the client has ended it already."""
        known = operation in self.active
        self.active.discard(operation)
        return known


@dataclass(slots=True)
class TransportWs(_Machine):
    """Subprotocol ``graphql-transport-ws``."""

    RESULT = "next"

    _init_received: bool = False

    def receive_text(self, text: str) -> None:
        """A frame came in; one that breaks the protocol closes the socket with the code for it."""
        if self.state is State.CLOSED:
            return
        frame = _object(text)
        match frame.get("type"):
            case "connection_init":
                self._receive_init(frame)
            case "ping":
                self._pong(frame)
            case "pong":
                pass
            case "subscribe":
                self._receive_subscribe(frame)
            case "complete":
                self._receive_complete(frame)
            case _:
                self._close(4400, "Invalid message received")

    def receive_init_timeout(self) -> None:
        """Close with 4408 unless ``connection_init`` has come."""
        if not self._init_received:
            self._close(4408, "Connection initialisation timeout")

    def accept(self) -> None:
        """Acknowledge the connection."""
        if self.state is State.WAITING:
            self._send("connection_ack")
            self.state = State.OPEN

    def refuse(self, reason: str) -> None:
        """Close with 4403."""
        del reason  # the protocol's own word goes out: the reason could tell a stranger too much
        self._close(4403, "Forbidden")

    def reject(self, operation: str | None, errors: Sequence[Payload]) -> None:
        """``error``, after which nothing comes."""
        if self._over(operation):
            self._send("error", operation, payload=list(errors))

    def fail(self, operation: str | None, errors: Sequence[Payload]) -> None:
        """``error``, after which nothing comes."""
        self.reject(operation, errors)

    def complete(self, operation: str | None) -> None:
        """``complete``."""
        if self._over(operation):
            self._send("complete", operation)

    def keepalive(self) -> None:
        """``ping``."""
        self._send("ping")

    def crash(self) -> None:
        """Close with 4500."""
        self._close(4500, "Internal server error")

    def _receive_init(self, frame: Payload) -> None:
        if self._init_received:
            self._close(4429, "Too many initialisation requests")
            return
        self._init_received = True
        self._events.append(InitReceived(_mapping(frame.get("payload"))))

    def _pong(self, frame: Payload) -> None:
        if "payload" in frame:
            self._send("pong", payload=frame["payload"])
        else:
            self._send("pong")

    def _receive_subscribe(self, frame: Payload) -> None:
        operation, payload = frame.get("id"), _mapping(frame.get("payload"))
        started = _started(operation if isinstance(operation, str) else None, payload)
        if started is None or not started.id:
            self._close(4400, "Invalid message received")
        elif self.state is not State.OPEN:
            self._close(4401, "Unauthorized")
        elif started.id in self.active:
            self._close(4409, f"Subscriber for {started.id} already exists")
        else:
            self.active.add(started.id)
            self._events.append(started)

    def _receive_complete(self, frame: Payload) -> None:
        operation = frame.get("id")
        if not isinstance(operation, str):
            self._close(4400, "Invalid message received")
        elif self._over(operation):
            self._events.append(Stopped(operation))


@dataclass(slots=True)
class LegacyWs(_Machine):
    """Subprotocol ``graphql-ws``, with the habits of its reference server.

    ``start`` is served before ``connection_init``; bad JSON is answered and the socket stays; an operation
    that is started under an id in use replaces the older one; invalid operations are ``data`` with errors.
    """

    RESULT = "data"

    def receive_text(self, text: str) -> None:
        """A frame came in."""
        if self.state is State.CLOSED:
            return
        frame = _object(text)
        identifier = frame.get("id")
        operation = identifier if isinstance(identifier, str) else None
        match frame.get("type"):
            case "connection_init":
                self._events.append(InitReceived(_mapping(frame.get("payload"))))
            case "start":
                self._receive_start(operation, _mapping(frame.get("payload")))
            case "stop":
                self._receive_stop(operation)
            case "connection_terminate":
                self._close(1000)
            case None:
                self._send("connection_error", payload={"message": "The frame is not a message."})
            case _:
                self._send("error", operation, payload={"message": "Invalid message type!"})

    def receive_init_timeout(self) -> None:
        """The legacy protocol sets no time for ``connection_init``."""

    def accept(self) -> None:
        """Acknowledge the connection, and give the first sign of life."""
        self.state = State.OPEN
        self._send("connection_ack")
        self._send("ka")

    def refuse(self, reason: str) -> None:
        """``connection_error``, then close with 1011."""
        self._send("connection_error", payload={"message": reason})
        self._close(1011)

    def reject(self, operation: str | None, errors: Sequence[Payload]) -> None:
        """``data`` with the errors, then ``complete``."""
        self.result(operation, {"errors": list(errors)})
        self.complete(operation)

    def fail(self, operation: str | None, errors: Sequence[Payload]) -> None:
        """``error`` with one object, which ends the operation."""
        if self._over(operation):
            self._send("error", operation, payload=errors[0])

    def complete(self, operation: str | None) -> None:
        """``complete``, with the empty payload that the reference server sends."""
        if self._over(operation):
            self._send("complete", operation, payload=None)

    def keepalive(self) -> None:
        """``ka``, once the connection is acknowledged."""
        if self.state is State.OPEN:
            self._send("ka")

    def crash(self) -> None:
        """Close with 1011."""
        self._close(1011, "Internal server error")

    def _receive_start(self, operation: str | None, payload: Payload) -> None:
        started = _started(operation, payload)
        if started is None:
            self._send("error", operation, payload={"message": "The payload has no query."})
            return
        if operation in self.active:
            self._events.append(Stopped(operation))
        self.active.add(operation)
        self._events.append(started)

    def _receive_stop(self, operation: str | None) -> None:
        if operation in self.active:
            self.complete(operation)
            self._events.append(Stopped(operation))


@dataclass(frozen=True, slots=True)
class Negotiated:
    """What the handshake led to.

    Attributes:
        confirmed: the subprotocol that the answer names, or None.
        machine: speaks for the server.
    """

    confirmed: Subprotocol | None
    machine: ServerProtocol


def negotiate(offered: Sequence[str], spoken: Sequence[Subprotocol]) -> Negotiated | Close:
    """Choose a subprotocol: the first of ``spoken`` that was offered.

    A client that offers none means the legacy one, and a server that speaks none by name means it too.
    Returns the :class:`Close` with which a client has to be turned away where nothing fits.
    """
    if not spoken or (not offered and "graphql-ws" in spoken):
        return Negotiated(None, LegacyWs())
    for subprotocol in spoken:
        if subprotocol in offered:
            modern = subprotocol == "graphql-transport-ws"
            return Negotiated(subprotocol, TransportWs() if modern else LegacyWs())
    if "graphql-transport-ws" in spoken:
        return Close(4406, "Subprotocol not acceptable")
    return Close(1002, "Unsupported protocol")


def _started(operation: str | None, payload: Payload) -> Started | None:
    query, name = payload.get("query"), payload.get("operationName")
    if not isinstance(query, str):
        return None
    variables = _mapping(payload.get("variables"))
    return Started(operation, query, variables, name if isinstance(name, str) else None)


def _object(text: str) -> Payload:
    """The frame as an object; an empty one for everything else."""
    try:
        return _mapping(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _mapping(value: object) -> Payload:
    return value if isinstance(value, dict) else {}
