"""GraphQL over WebSocket, client side, both subprotocols, as one state machine without I/O.

``graphql-transport-ws`` is the protocol of the npm package graphql-ws (its PROTOCOL.md); ``graphql-ws`` is
the older one, of subscriptions-transport-ws. The server chooses in the handshake; one that chooses nothing
speaks the older one.

Feed what arrives with ``receive_*``, take ``events()`` and ``to_send()`` after each call, and call
``receive_clock`` when ``due()`` has come. Whatever the peer sends becomes an event; a wrong call of ours
raises. Times are seconds of any monotonic clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from bot.core import endings
from bot.core.endings import Outcome
from bot.errors import BotError


class Subprotocol(StrEnum):
    """The two dialects; the value is what the handshake says."""

    TRANSPORT = "graphql-transport-ws"
    LEGACY = "graphql-ws"


class State(Enum):
    """Where the connection stands."""

    CONNECTING = auto()  # connection_init is on its way, no ack yet
    READY = auto()
    CLOSED = auto()


class Misuse(BotError):
    """A call that the state of the connection does not allow: a fault of this program."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long to wait, in seconds.

    Attributes:
        ack: for connection_ack.
        quiet: without any frame before we ask with a ping (graphql-transport-ws).
        patience: for anything to arrive after that ping.
        keepalive: without any frame once the first ``ka`` has come (graphql-ws).
    """

    ack: float = 10.0
    quiet: float = 25.0
    patience: float = 20.0
    keepalive: float = 60.0


# -- events ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The server accepted the connection."""


@dataclass(frozen=True, slots=True)
class Next:
    """One execution result: ``data`` may stand beside ``errors`` (a partial result)."""

    id: str
    data: Mapping[str, object] | None
    errors: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The subscription is over: the server refused or broke it."""

    id: str
    errors: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Completed:
    """The subscription is over: the server has said everything."""

    id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server refused the connection itself (``connection_error``), and with it every subscription."""

    errors: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is over, and with it every subscription.

    Attributes:
        code: close code of the peer, or ours where we gave up on it (4499, 4504).
        retryable: a new connection may fare better.
    """

    code: int
    reason: str
    retryable: bool


Event = Acknowledged | Next | Failed | Completed | Refused | Lost


@dataclass(frozen=True, slots=True)
class Close:
    """Close the socket with this code, after everything that was to be sent before it."""

    code: int
    reason: str = ""


TERMINATED = 4499
ACK_TIMEOUT = 4504


def retryable(code: int) -> bool:
    """Whether a connection that ended with ``code`` is worth making again, with a new token or without."""
    return endings.of_code(code) in {Outcome.RECONNECT, Outcome.RENEW}


class Client:
    """One connection; it starts with the WebSocket handshake done.

    Args:
        chosen: the subprotocol the server chose, None where it chose none.
        init: payload of connection_init.
        now: the time now.
    """

    def __init__(
        self, chosen: str | None, *, init: Mapping[str, object], now: float, timing: Timing | None = None
    ) -> None:
        self.subprotocol = Subprotocol(chosen) if chosen else Subprotocol.LEGACY
        self.state = State.CONNECTING
        self._timing = timing or Timing()
        self._started = self._heard = now
        self._pinged: float | None = None
        self._keepalive_seen = False
        self._issued = 0
        self._open: set[str] = set()
        self._waiting: dict[str, Mapping[str, object]] = {}
        self._events: list[Event] = []
        self._outgoing: list[str | Close] = []
        self._send({"type": "connection_init", "payload": init})

    # -- our side

    def subscribe(self, payload: Mapping[str, object]) -> str:
        """Start an operation and return its id; before the ack it waits here."""
        if self.state is State.CLOSED:
            raise Misuse("the connection is closed")
        self._issued += 1
        ident = str(self._issued)
        self._open.add(ident)
        if self.state is State.READY:
            self._send_start(ident, payload)
        else:
            self._waiting[ident] = payload
        return ident

    def stop(self, ident: str, *, silently: bool = False) -> None:
        """End a subscription; nothing more is reported for it. One that has ended already stays so.

        The server is told, unless it is to be done ``silently``.
        """
        if not (ident.isdecimal() and 1 <= int(ident) <= self._issued):
            raise Misuse(f"no subscription was ever called {ident!r}")
        if ident not in self._open:
            return
        self._open.discard(ident)
        if self._waiting.pop(ident, None) is None and not silently:
            kind = "complete" if self.subprotocol is Subprotocol.TRANSPORT else "stop"
            self._send({"id": ident, "type": kind})

    def close(self) -> None:
        """Leave. Closing twice is closing once."""
        if self.state is State.CLOSED:
            return
        if self.subprotocol is Subprotocol.LEGACY:
            self._send({"type": "connection_terminate"})
        self._outgoing.append(Close(1000))
        self._shut()

    def events(self) -> list[Event]:
        """What has happened since the last call."""
        taken, self._events = self._events, []
        return taken

    def to_send(self) -> list[str | Close]:
        """Frames to write, in this order."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def due(self) -> float | None:
        """When ``receive_clock`` must be called at the latest; None: no need."""
        if self.state is State.CLOSED:
            return None
        if self.state is State.CONNECTING:
            return self._started + self._timing.ack
        if self.subprotocol is Subprotocol.TRANSPORT:
            if self._pinged is not None:
                return self._pinged + self._timing.patience
            return self._heard + self._timing.quiet
        return self._heard + self._timing.keepalive if self._keepalive_seen else None

    # -- the peer's side

    def receive_clock(self, *, now: float) -> None:
        """Time has passed: ask whether the peer is there, or give up on it."""
        due = self.due()
        if due is None or now < due:
            return
        if self.state is State.CONNECTING:
            self._give_up(ACK_TIMEOUT, "no connection_ack")
        elif self.subprotocol is Subprotocol.TRANSPORT and self._pinged is None:
            self._pinged = now
            self._send({"type": "ping"})
        else:
            self._give_up(TERMINATED, "nothing heard")

    def receive_text(self, text: str | bytes, *, now: float) -> None:
        """A frame of the peer, of whatever content; what is no message of the protocol is passed over."""
        if self.state is State.CLOSED:
            return
        self._heard = now
        self._pinged = None
        # Not JSON, not UTF-8, or nested without end (also when echoed): a frame lost, but not the connection.
        with suppress(ValueError, RecursionError):
            message: object = json.loads(text)
            if isinstance(message, dict):
                self._receive(message)

    def receive_closed(self, code: int, reason: str = "") -> None:
        """The socket is gone: 1005 where the peer gave no code, 1006 where it said nothing at all."""
        if self.state is State.CLOSED:
            return
        self._shut()
        self._events.append(Lost(code, reason, retryable(code)))

    # -- inside

    def _receive(self, message: Mapping[str, object]) -> None:
        # Both vocabularies are understood whatever was negotiated: they do not overlap in meaning, and a
        # server that chose no subprotocol may speak either.
        payload = message.get("payload")
        match message.get("type"):
            case "next" | "data" | "error" | "complete" as kind:
                self._receive_operation(kind, _ident(message), payload)
            case "connection_ack":
                self._receive_ack()
            case "connection_error":
                self._refuse(payload)
            case "ping":
                self._send({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})
            case "ka":
                self._keepalive_seen = True
            case _:
                pass  # a pong, or nothing that is known

    def _receive_operation(self, kind: str, ident: str, payload: object) -> None:
        if ident not in self._open or ident in self._waiting:
            return  # stopped, ended, or never ours: late frames are ordinary
        if kind in {"next", "data"}:
            if isinstance(payload, dict):
                self._events.append(_result(ident, payload))
            return
        self._open.discard(ident)
        self._events.append(Completed(ident) if kind == "complete" else Failed(ident, read_errors(payload)))

    def _receive_ack(self) -> None:
        if self.state is not State.CONNECTING:
            return
        self.state = State.READY
        self._events.append(Acknowledged())
        for ident, payload in self._waiting.items():
            self._send_start(ident, payload)
        self._waiting.clear()

    def _refuse(self, payload: object) -> None:
        self._shut()
        self._events.append(Refused(read_errors(payload)))
        self._outgoing.append(Close(1000))

    def _give_up(self, code: int, reason: str) -> None:
        self._shut()
        self._events.append(Lost(code, reason, retryable(code)))
        self._outgoing.append(Close(code, reason))

    def _shut(self) -> None:
        self.state = State.CLOSED
        self._open.clear()
        self._waiting.clear()

    def _send_start(self, ident: str, payload: Mapping[str, object]) -> None:
        kind = "subscribe" if self.subprotocol is Subprotocol.TRANSPORT else "start"
        self._send({"id": ident, "type": kind, "payload": payload})

    def _send(self, message: Mapping[str, object]) -> None:
        self._outgoing.append(json.dumps(message))


def read_errors(raw: object) -> tuple[Mapping[str, object], ...]:
    """GraphQL errors out of a list of them, a single one, or a bare text; never empty.

    The older protocol sends one object where the newer sends a list; some servers send ``{"errors": […]}``.
    """
    if isinstance(raw, dict) and isinstance(raw.get("errors"), list):
        raw = raw["errors"]
    items = raw if isinstance(raw, list) else [raw]
    errors = [{"message": item} if isinstance(item, str) else item for item in items]
    return tuple(error for error in errors if isinstance(error, dict)) or ({"message": "no reason given"},)


def _result(ident: str, payload: Mapping[str, object]) -> Next:
    data, errors = payload.get("data"), payload.get("errors")
    return Next(ident, data if isinstance(data, dict) else None, read_errors(errors) if errors else ())


def _ident(message: Mapping[str, object]) -> str:
    ident = message.get("id")
    return str(ident) if isinstance(ident, (str, int)) else ""
