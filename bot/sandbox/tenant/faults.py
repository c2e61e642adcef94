"""What can go wrong at a tenant, switched on by a test or an operator while the server runs.

A fault is used up: it happens as often as it was armed for, and then everything works again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict, Unpack


class Fault(StrEnum):
    """Everything that can be switched on, by where it happens.

    ``after`` counts the diffs of an answer that go out before; ``SILENT`` with ``after=0`` says nothing at
    all. What strikes the delivery of an answer, or its frames, strikes it at one subscriber, in either flow.
    """

    # connections
    REFUSED = "refused"  # the next connection is broken off without an answer
    SLOW_ACK = "slow ack"  # connection_ack comes ``seconds`` late
    # HTTP
    HTTP_500 = "http 500"
    HTTP_401 = "http 401"
    SEND_LOST = "send lost"  # sendUserMessage is carried out, then the connection breaks without an answer
    SEND_REFUSED = "send refused"  # sendUserMessage is answered 503, and is not carried out
    # operations, over HTTP and over the socket
    UNAUTHORIZED = "unauthorized"  # a good token is called "Unauthorized"
    GRAPHQL_ERROR = "graphql error"  # errors at HTTP 200, data null
    KEY_REFUSED = "key refused"  # nothing that the key is shown to knows it
    # the making of an answer: chatMessages shows the same
    SILENT = "silent"  # nothing more comes, until ``Faults.release`` or the client cancels
    ERROR_OP = "error op"  # an operation with attribute ``error``, after the step that is being written
    ERROR_STRINGS = "error strings"  # the last diff carries ``errorStrings``
    CANCELLED = "cancelled"  # somebody else stops the answer
    # the delivery of an answer: chatMessages is whole
    DUPLICATES = "duplicates"  # every diff comes twice
    DISORDER = "disorder"  # diff ``after`` comes after its successor
    GAP = "gap"  # diff ``after`` never comes
    LATE = "late"  # diff ``after`` comes again when the answer has ended; before the last diff of ``chat``
    FOREIGN = "foreign"  # the whole answer to another question comes before diff ``after``
    EXPIRED = "expired"  # the subscription ends with "Unauthorized"
    CRASH = "crash"  # the subscription ends with "Internal server error"
    # frames on the socket
    DROPPED = "dropped"  # the connection breaks
    SUBSCRIPTION_LOST = DROPPED  # the same, said of what the client loses by it
    CLOSED = "closed"  # the server closes the socket with ``code``
    FOREIGN_FRAME = "foreign frame"  # the next diff comes for an unknown operation first
    JUNK_FRAME = "junk frame"  # a frame that is not JSON
    OVERSIZED = "oversized"  # a diff with ``size`` bytes of padding in its extensions


#: Faults that strike an answer while it is made.
MAKING = (Fault.SILENT, Fault.ERROR_OP, Fault.ERROR_STRINGS, Fault.CANCELLED)
#: Faults that strike an answer on its way to one subscriber.
DELIVERY = (
    Fault.CRASH,
    Fault.DUPLICATES,
    Fault.DISORDER,
    Fault.GAP,
    Fault.LATE,
    Fault.FOREIGN,
    Fault.EXPIRED,
    Fault.DROPPED,
    Fault.CLOSED,
    Fault.FOREIGN_FRAME,
    Fault.JUNK_FRAME,
    Fault.OVERSIZED,
)
#: Twice the frame size that the ``websockets`` library accepts by default.
TWO_MIB = 2 * 1024 * 1024
#: What graphql-transport-ws closes a socket with that may not go on.
FORBIDDEN = 4403


class Manner(TypedDict, total=False):
    """How a fault shall happen.

    Attributes:
        after: the number of diffs that go out before it, where that has a meaning; 1 unless it is given.
        seconds: how late, for ``SLOW_ACK``.
        size: bytes of padding, for ``OVERSIZED``.
        code: of the close frame, for ``CLOSED``.
    """

    after: int
    seconds: float
    size: int
    code: int


@dataclass(frozen=True, slots=True)
class Armed:
    """One fault that is to happen once."""

    fault: Fault
    after: int = 1
    seconds: float = 5.0
    size: int = TWO_MIB
    code: int = FORBIDDEN


class Faults:
    """The faults of one server that have not happened yet."""

    def __init__(self) -> None:
        self._armed: dict[Fault, deque[Armed]] = {}
        self._silences: set[asyncio.Event] = set()
        self._fallen = asyncio.Event()

    def switch(self, fault: Fault, *, times: int = 1, **manner: Unpack[Manner]) -> None:
        """Let ``fault`` happen ``times`` more times, as ``manner`` says; each occasion uses up one."""
        armed = Armed(fault, **manner)
        self._armed.setdefault(fault, deque()).extend([armed] * times)

    def take(self, fault: Fault) -> Armed | None:
        """Use up one occasion of ``fault``, or None if it is not armed."""
        waiting = self._armed.get(fault)
        return waiting.popleft() if waiting else None

    def left(self, fault: Fault) -> int:
        """How often ``fault`` is still to happen."""
        return len(self._armed.get(fault, ()))

    def clear(self) -> None:
        """Disarm everything and end every silence."""
        self._armed.clear()
        self.release()

    @property
    def silences(self) -> int:
        """How many answers have gone silent and wait for :meth:`release`."""
        return len(self._silences)

    async def silence(self) -> None:
        """Wait for :meth:`release`."""
        released = asyncio.Event()
        self._silences.add(released)
        self._fallen.set()
        try:
            await released.wait()
        finally:
            self._silences.discard(released)
            if not self._silences:
                self._fallen.clear()

    async def silent(self) -> None:
        """Wait until an answer has gone silent."""
        await self._fallen.wait()

    def release(self) -> None:
        """Let every answer that went silent go on."""
        for released in self._silences:
            released.set()
