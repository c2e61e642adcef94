"""What can go wrong at an Indigo platform, switched on by a test or an operator while the server runs.

A fault is used up by the requests that it strikes, or stays until it is cleared. Most strike only requests
to which they mean something: strange times need messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypedDict, Unpack


class Fault(StrEnum):
    """Everything that can be switched on, by where it happens."""

    # instead of an answer
    UNAUTHORIZED = "unauthorized"  # a good token is answered 401
    FORBIDDEN = "forbidden"  # the own project is answered 403
    LIMITED = "limited"  # 429 with Retry-After in ``seconds``
    LIMITED_UNTIL = "limited until"  # 429 with Retry-After as a date, ``seconds`` ahead
    LIMITED_BODY = "limited body"  # 429 with ``retry_after`` in the body only
    SERVER_ERROR = "server error"  # ``status`` with a page of HTML
    GRAPHQL_ERROR = "graphql error"  # errors at HTTP 200, data null
    INTROSPECTION = "introspection"  # questions for the schema are refused
    ORDER = "order"  # no value of ``order`` is known
    # on the way of an answer; the request is carried out
    HANG = "hang"  # it does not come until ``Faults.release``
    SLOW = "slow"  # it comes ``seconds`` late
    LOST = "lost"  # the connection breaks without an answer
    CUT_OFF = "cut off"  # the connection breaks in the middle of it
    TRUNCATED = "truncated"  # half of it, as if it were whole
    # pages
    CURSOR_STUCK = "cursor stuck"  # ``endCursor`` is the cursor that was given, and there is more
    ENDLESS = "endless"  # there is always more: after the last page the first one comes again
    OVERLAP = "overlap"  # a page begins with the last items of the page before
    EMPTY_PAGE = "empty page"  # no items, and yet there is more
    RELAY_PAGING = "relay paging"  # messages are paged as with ``IndigoOptions.paging="relay"``
    SHORT_PAGE_INFO = "short page info"  # ``startCursor`` and ``hasPreviousPage`` are unknown fields
    NO_TOTAL = "no total"  # ``totalCount`` is not there
    # what stands in an answer
    PARTIAL = "partial"  # errors at HTTP 200 beside data with a hole
    INT_IDS = "int ids"  # ids are numbers
    NULL_NODES = "null nodes"  # every third node is null, and so is one edge
    USERS_KEY = "users key"  # members stand under ``users``, whatever the alias
    DEEP = "deep"  # the first content is ``size`` lists deep
    HUGE = "huge"  # the first content has a text of ``size`` characters
    TIMES = "times"  # times that are none
    CHAT_GONE = "chat gone"  # the chat was deleted meanwhile: its messages are null


#: Faults that come instead of an answer; nothing is carried out.
INSTEAD: Final = frozenset(
    {
        Fault.UNAUTHORIZED,
        Fault.FORBIDDEN,
        Fault.LIMITED,
        Fault.LIMITED_UNTIL,
        Fault.LIMITED_BODY,
        Fault.SERVER_ERROR,
        Fault.GRAPHQL_ERROR,
        Fault.INTROSPECTION,
        Fault.ORDER,
    }
)

#: Fields at the root, or their arguments, to which a fault means something; any request where there are none.
FIELDS: Final[Mapping[Fault, frozenset[str]]] = {
    **dict.fromkeys(
        (Fault.CURSOR_STUCK, Fault.ENDLESS, Fault.OVERLAP, Fault.EMPTY_PAGE, Fault.SHORT_PAGE_INFO),
        frozenset({"conversations", "messages", "userRoles"}),
    ),
    **dict.fromkeys(
        (Fault.NO_TOTAL, Fault.PARTIAL, Fault.INT_IDS, Fault.NULL_NODES),
        frozenset({"conversations", "messages", "userRoles"}),
    ),
    **dict.fromkeys(
        (Fault.RELAY_PAGING, Fault.DEEP, Fault.HUGE, Fault.TIMES, Fault.CHAT_GONE), frozenset({"messages"})
    ),
    Fault.USERS_KEY: frozenset({"userRoles"}),
    Fault.ORDER: frozenset({"conversations.order"}),
    Fault.INTROSPECTION: frozenset({"__schema", "__type"}),
}

#: How large a fault is where ``size`` is not given.
_SIZES: Final = {Fault.DEEP: 20_000, Fault.HUGE: 5 * 1024 * 1024}


class Manner(TypedDict, total=False):
    """How a fault shall happen.

    Attributes:
        after: how many requests that it could strike pass before it; none unless it is given.
        on: strikes only requests for this field at the root.
        seconds: how late, or how long to wait.
        status: of ``SERVER_ERROR``.
        size: of ``DEEP`` and ``HUGE``.
    """

    after: int
    on: str
    seconds: float
    status: int
    size: int


@dataclass(slots=True)
class Armed:
    """A fault that is to happen, ``times`` more times; always where that is None."""

    fault: Fault
    times: int | None = 1
    after: int = 0
    on: str = ""
    seconds: float = 1.0
    status: int = 500
    size: int = 0

    def strikes(self, fields: frozenset[str]) -> bool:
        """Whether a request for these fields is one that the fault could strike."""
        meant = FIELDS.get(self.fault, fields)
        return bool(meant & fields or not meant) and (not self.on or self.on in fields)


@dataclass(frozen=True, slots=True)
class Struck:
    """The faults that strike one request."""

    faults: Mapping[Fault, Armed] = field(default_factory=dict)

    def __contains__(self, fault: Fault) -> bool:
        return fault in self.faults

    def get(self, fault: Fault) -> Armed | None:
        """How this fault strikes, or None where it does not."""
        return self.faults.get(fault)


class Faults:
    """The faults of one server that have not happened yet."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []
        self._released = asyncio.Event()
        self._hung = asyncio.Event()
        self._hanging = 0

    def switch(self, fault: Fault, *, times: int | None = 1, **manner: Unpack[Manner]) -> None:
        """Let ``fault`` happen ``times`` more times (None: until :meth:`clear`), as ``manner`` says."""
        manner.setdefault("size", _SIZES.get(fault, 0))
        self._armed.append(Armed(fault, times, **manner))

    def strike(self, fields: Iterable[str]) -> Struck:
        """Use up what strikes a request for these fields at the root: of each fault one occasion at most.

        A fault that comes instead of an answer comes alone; all others wait for the next request.
        """
        asked, ready = frozenset(fields), dict[Fault, Armed]()
        for armed in self._armed:
            if armed.fault in ready or not armed.strikes(asked):
                continue
            if armed.after:
                armed.after -= 1
            else:
                ready[armed.fault] = armed
        alone = next((fault for fault in ready if fault in INSTEAD), None)
        struck = ready if alone is None else {alone: ready[alone]}
        for armed in struck.values():
            self._use(armed)
        return Struck(struck)

    def _use(self, armed: Armed) -> None:
        if armed.times is not None:
            armed.times -= 1
            if not armed.times:
                self._armed.remove(armed)

    def left(self, fault: Fault) -> int | None:
        """How often ``fault`` is still to happen; None: for ever."""
        times = [armed.times for armed in self._armed if armed.fault is fault]
        return None if None in times else sum(each or 0 for each in times)

    def clear(self) -> None:
        """Disarm everything, and let go what hangs."""
        self._armed.clear()
        self.release()

    @property
    def hanging(self) -> int:
        """How many requests hang."""
        return self._hanging

    async def hang(self) -> None:
        """Wait for :meth:`release`."""
        self._hanging += 1
        self._hung.set()
        try:
            await self._released.wait()
        finally:
            self._hanging -= 1
            if not self._hanging:
                self._hung.clear()

    async def hung(self) -> None:
        """Wait until a request hangs."""
        await self._hung.wait()

    def release(self) -> None:
        """Let every request that hangs go on."""
        self._released.set()
        self._released = asyncio.Event()
