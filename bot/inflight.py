"""The running turns: in order within a thread, stopped by their asker, handed over at the end.

Every turn is one task, owned here. It starts at once (so that something is seen at once) and waits for its
place in the thread's line before it asks. The line is one for all processes of the app; while the store does
not tell it, that of this process has to do.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from bot.core.record import TurnRecord
from bot.errors import StoreFailed
from bot.journal import Journal
from bot.tasks import cancelled

_log = logging.getLogger("bot.inflight")


class Stop(Enum):
    """What came of somebody pressing Stop."""

    STOPPED = "stopped"
    NOT_YOURS = "not yours"
    OVER = "over"


@dataclass(eq=False)
class Running:
    """A turn on its way. Its task is cancelled where this process is not to end it.

    Attributes:
        record: what was asked, and where.
        ahead: how many questions of the thread come before this one.
        resumed: another process began it.
        stopped: its asker pressed Stop.
        lost: another process goes on with it, so nothing may be said any more.
    """

    record: TurnRecord
    ahead: int
    resumed: bool = False
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    lost: bool = False
    _first: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def waits(self) -> bool:
        """It is not its go yet."""
        return not self._first.is_set()

    async def reached(self) -> None:
        """Returns when the questions before this one in the thread have been answered."""
        await self._first.wait()

    def call_up(self) -> None:
        """It is this turn's go."""
        self._first.set()


class Inflight:
    """Starts, lines up, stops and drains turns.

    Args:
        run: answers one turn; whatever it raises is logged here and ends only that turn.
    """

    def __init__(self, run: Callable[[Running], Awaitable[None]], journal: Journal) -> None:
        self._run = run
        self._journal = journal
        self._lines: dict[str, list[Running]] = defaultdict(list)
        self._tasks: dict[asyncio.Task[None], Running] = {}
        self.open = True

    async def start(self, record: TurnRecord, *, resumed: bool = False) -> int:
        """Starts a turn; returns how many questions of its thread come before it."""
        running = Running(record.lined_up(), ahead=0, resumed=resumed)
        here = self._lines[running.record.line]
        here.append(running)
        line = await self._lined_up(running)
        running.ahead = line.index(record.id) if record.id in line else here.index(running)
        task = asyncio.create_task(self._answer(running), name=f"turn-{record.id}")
        self._tasks[task] = running
        task.add_done_callback(self._tasks.pop)
        self._call_up(running.record.line, line)
        return running.ahead

    def has(self, turn_id: str) -> bool:
        """The turn runs or waits here."""
        return self._find(turn_id) is not None

    async def stop(self, turn_id: str, user: str) -> Stop:
        """Stops a turn for its asker, wherever it runs; nobody else may. Raises StoreFailed."""
        running = self._find(turn_id)
        record = running.record if running else await self._journal.record(turn_id)
        if record is None or record.ended:
            return Stop.OVER
        if record.question.user != user:
            return Stop.NOT_YOURS
        if running is None:
            await self._journal.ask_to_stop(turn_id)
        else:
            running.stopped.set()
        return Stop.STOPPED

    def lose(self, turn_id: str) -> None:
        """Another process goes on with the turn: here it ends without a word."""
        for task, running in tuple(self._tasks.items()):
            if running.record.id == turn_id:
                running.lost = True
                task.cancel()

    async def look(self) -> None:
        """Hears of what other processes did: turns that were stopped, and turns whose go it is.

        Raises StoreFailed.
        """
        for running in tuple(self._tasks.values()):
            if not running.stopped.is_set() and await self._journal.to_be_stopped(running.record.id):
                running.stopped.set()
        for name in [name for name, here in self._lines.items() if all(each.waits for each in here)]:
            self._call_up(name, await self._journal.line(name))

    async def drain(self, seconds: float, *, grace: float = 5.0) -> None:
        """Takes no more, lets turns finish for ``seconds``, then leaves the rest to whoever comes next."""
        self.open = False
        if await self._all_done(seconds):
            return
        for task in tuple(self._tasks):
            task.cancel()
        if await self._all_done(grace):
            return
        await cancelled(self._tasks)

    async def _all_done(self, seconds: float) -> bool:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        return not self._tasks

    async def _answer(self, running: Running) -> None:
        try:
            await self._run(running)
        except asyncio.CancelledError:
            if not running.lost:
                await self._journal.hand_over(running.record.id)
            raise
        except Exception:  # noqa: BLE001 - the last line of defence: one turn ends, the others go on
            _log.exception("Turn %s ended by an error that nobody expected", running.record.id)
            await self._journal.end(running.record)
        finally:
            await self._leave(running)
            _log.debug("Turn %s is over", running.record.id)

    async def _leave(self, running: Running) -> None:
        name = running.record.line
        here = self._lines[name]
        here.remove(running)
        if not here:
            del self._lines[name]
        else:
            self._call_up(name, await self._known_line(name))

    def _call_up(self, name: str, line: Sequence[str]) -> None:
        """The first turn of the line goes, if it is here; where none from here stands in it, ours does."""
        here = self._lines.get(name, [])
        standing = [each for each in here if each.record.id in line]
        goes = [each for each in standing if each.record.id == line[0]] if standing else here[:1]
        for running in goes:
            running.call_up()

    async def _lined_up(self, running: Running) -> Sequence[str]:
        try:
            return await self._journal.line_up(running.record)
        except StoreFailed as error:
            _log.warning("Turn %s goes by the line of this process alone: %s", running.record.id, error)
            return ()

    async def _known_line(self, name: str) -> Sequence[str]:
        try:
            return await self._journal.line(name)
        except StoreFailed:
            return ()

    def _find(self, turn_id: str) -> Running | None:
        return next((each for each in self._tasks.values() if each.record.id == turn_id), None)
