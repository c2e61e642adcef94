"""The running turns: in order within a thread, stopped by their asker, drained at the end.

Every turn is one task, owned here. It starts at once (so that something is seen at once) and waits for its
place in the thread's line before it asks.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum

from bot.memory import TurnRecord
from bot.model import ThreadKey

_log = logging.getLogger("bot.inflight")


class Stop(Enum):
    """What came of somebody pressing Stop."""

    STOPPED = "stopped"
    NOT_YOURS = "not yours"
    OVER = "over"


@dataclass(eq=False)
class Running:
    """A turn on its way.

    Attributes:
        record: what was asked, and where.
        ahead: how many questions of the thread come before this one.
        stopped: its asker pressed Stop.
        interrupted: the process is going to end; say so and leave.
    """

    record: TurnRecord
    ahead: int
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)
    _first: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self) -> None:
        """Returns when the questions before this one in the thread have been answered."""
        await self._first.wait()

    def call_up(self) -> None:
        """It is this turn's go."""
        self._first.set()

    async def until_told(self) -> None:
        """Returns when the turn is to end before its answer does."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self.stopped, self.interrupted)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


class Inflight:
    """Starts, lines up, stops and drains turns.

    Args:
        run: answers one turn; whatever it raises is logged here and ends only that turn.
    """

    def __init__(self, run: Callable[[Running], Awaitable[None]]) -> None:
        self._run = run
        self._lines: dict[ThreadKey, list[Running]] = defaultdict(list)
        self._tasks: dict[asyncio.Task[None], Running] = {}
        self.open = True

    def start(self, record: TurnRecord) -> int:
        """Starts a turn; returns how many questions of its thread come before it."""
        line = self._lines[record.question.thread]
        running = Running(record, ahead=len(line))
        line.append(running)
        line[0].call_up()
        task = asyncio.create_task(self._answer(running), name=f"turn-{record.id}")
        self._tasks[task] = running
        task.add_done_callback(self._tasks.pop)
        return running.ahead

    def running(self, user: str | None = None) -> int:
        """How many turns run or wait, of this person or of everybody."""
        every = (each for line in self._lines.values() for each in line)
        return sum(user is None or each.record.question.user == user for each in every)

    def stop(self, turn_id: str, user: str) -> Stop:
        """Stops a turn for its asker; nobody else may."""
        running = next((each for each in self._tasks.values() if each.record.id == turn_id), None)
        if running is None:
            return Stop.OVER
        if running.record.question.user != user:
            return Stop.NOT_YOURS
        running.stopped.set()
        return Stop.STOPPED

    async def drain(self, seconds: float, *, grace: float = 5.0) -> None:
        """Takes no more, lets turns finish for ``seconds``, then has them say that they were interrupted."""
        self.open = False
        if await self._all_done(seconds):
            return
        for running in self._tasks.values():
            running.interrupted.set()
        if await self._all_done(grace):
            return
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _all_done(self, seconds: float) -> bool:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        return not self._tasks

    async def _answer(self, running: Running) -> None:
        thread = running.record.question.thread
        try:
            await self._run(running)
        except Exception:  # noqa: BLE001 - the last line of defence: one turn ends, the others go on
            _log.exception("Turn %s ended by an error that nobody expected", running.record.id)
        finally:
            line = self._lines[thread]
            line.remove(running)
            if line:
                line[0].call_up()
            else:
                del self._lines[thread]
            _log.debug("Turn %s is over", running.record.id)
