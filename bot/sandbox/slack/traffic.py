"""What went between the workspace and the app, for people who want to see it. Tokens are masked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

from . import wire
from .clock import Clock

Direction = Literal["in", "out"]
Kind = Literal["web_api", "event", "socket", "http", "interaction", "command"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange, seen from the workspace: ``in`` came from the app, ``out`` went to it."""

    id: int
    at: float
    direction: Direction
    kind: Kind
    name: str
    status: str
    ms: float
    summary: str
    body: object

    def payload(self) -> dict[str, object]:
        """The entry as the page reads it."""
        return asdict(self)


class Traffic:
    """The newest exchanges, oldest first; older ones are dropped."""

    def __init__(self, clock: Clock, *, keep: int = 1000) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._count = 0
        self._listeners: list[Callable[[Entry], None]] = []

    def subscribe(self, listener: Callable[[Entry], None]) -> None:
        """Call ``listener`` with every new entry."""
        self._listeners.append(listener)

    def add(  # noqa: PLR0913 - an entry has this many columns
        self,
        direction: Direction,
        kind: Kind,
        name: str,
        *,
        status: str = "ok",
        began: float | None = None,
        summary: str = "",
        body: object = None,
    ) -> None:
        """Write down one exchange; ``began`` is the clock's time at its start."""
        now = self._clock.now()
        self._count += 1
        entry = Entry(
            id=self._count,
            at=now,
            direction=direction,
            kind=kind,
            name=name,
            status=status,
            ms=round((now - began) * 1000, 1) if began is not None else 0.0,
            summary=str(wire.masked(summary)),
            body=wire.masked(body),
        )
        self._entries.append(entry)
        for listener in self._listeners:
            listener(entry)

    def newest(self, limit: int) -> tuple[Entry, ...]:
        """The newest ``limit`` entries, newest last."""
        entries = tuple(self._entries)
        return entries[-limit:] if limit > 0 else ()
