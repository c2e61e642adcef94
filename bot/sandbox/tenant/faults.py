"""What can go wrong at a tenant, switched on by a test or an operator while the server runs.

A fault is used up: it happens as often as it was armed for, and then everything works again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Everything that can be switched on, by where it happens.

    ``after`` counts the diffs that go out before; ``SILENT`` with ``after=0`` says nothing at all.
    """

    # connections
    REFUSED = "refused"  # the next connection is broken off without an answer
    SLOW_ACK = "slow ack"  # connection_ack comes ``seconds`` late
    # HTTP
    HTTP_500 = "http 500"
    HTTP_401 = "http 401"
    # operations, over HTTP and over the socket
    UNAUTHORIZED = "unauthorized"  # a good token is called "Unauthorized"
    GRAPHQL_ERROR = "graphql error"  # errors at HTTP 200, data null
    KEY_REFUSED = "key refused"  # nothing that the key is shown to knows it
    # the making of an answer: chatMessages shows the same
    SILENT = "silent"  # nothing more comes, until ``Faults.release`` or the client cancels
    ERROR_OP = "error op"  # an operation with attribute ``error``, after the step that is being written
    ERROR_STRINGS = "error strings"  # the last diff carries ``errorStrings``
    CRASH = "crash"  # the answer's stream breaks with a GraphQL error
    # the delivery of an answer: chatMessages is whole
    DUPLICATES = "duplicates"  # every diff comes twice
    DISORDER = "disorder"  # diff ``after`` comes after its successor
    GAP = "gap"  # diff ``after`` never comes
    EXPIRED = "expired"  # the subscription ends with "Unauthorized"
    # frames on the socket
    DROPPED = "dropped"  # the connection breaks
    JUNK_FRAME = "junk frame"  # a frame that is not JSON
    OVERSIZED = "oversized"  # a diff with ``size`` bytes of padding in its extensions


#: Faults that strike an answer while it is made.
MAKING = (Fault.SILENT, Fault.ERROR_OP, Fault.ERROR_STRINGS)
#: Twice the frame size that the ``websockets`` library accepts by default.
TWO_MIB = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Armed:
    """One fault that is to happen once."""

    fault: Fault
    after: int = 1
    seconds: float = 5.0
    size: int = TWO_MIB


class Faults:
    """The faults of one server that have not happened yet."""

    def __init__(self) -> None:
        self._armed: dict[Fault, deque[Armed]] = {}
        self._silences: set[asyncio.Event] = set()
        self._fallen = asyncio.Event()

    def switch(
        self, fault: Fault, *, times: int = 1, after: int = 1, seconds: float = 5.0, size: int = TWO_MIB
    ) -> None:
        """Let ``fault`` happen ``times`` more times.

        Args:
            fault: what shall happen.
            times: how often; each occasion uses up one.
            after: the number of diffs that go out before it, where that has a meaning.
            seconds: how late, for ``SLOW_ACK``.
            size: bytes of padding, for ``OVERSIZED``.
        """
        armed = Armed(fault, after=after, seconds=seconds, size=size)
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
