"""The beat of a process: it keeps what it holds, hears what others did, and takes over what nobody holds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.budget import SharedBudget
from bot.core.record import TurnRecord
from bot.errors import StoreFailed
from bot.inflight import Inflight
from bot.journal import HOLD_SECONDS, Journal
from bot.memory import Memory
from bot.recovery import Recovery
from bot.tasks import Tasks

_log = logging.getLogger("bot.heart")

#: Seconds between two beats.
BEAT_SECONDS = 1.0
#: A name in the line of turns that stands for nothing for so many seconds was left there by a crash.
_EMPTY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What beats.

    Attributes:
        tasks: owns the work of going on with turns.
        budget: agrees with the other processes on who may edit how much.
        clock: monotonic seconds.
    """

    journal: Journal
    memory: Memory
    inflight: Inflight
    recovery: Recovery
    tasks: Tasks
    budget: SharedBudget
    clock: Callable[[], float]


class Heart:
    """Beats once a second; a store that fails makes it skip, nothing makes it stop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._failing = False
        self._resting = False
        self._patient_until = float("-inf")
        self._empty: dict[str, float] = {}

    async def run(self) -> None:
        """Beats until it is cancelled."""
        while True:
            await self.beat()
            # The client of Redis, at work on a new connection, may keep a cancellation to itself.
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError
            await asyncio.sleep(BEAT_SECONDS)

    async def rest(self) -> None:
        """From now on nothing is taken over: this process is going to end."""
        self._resting = True

    async def stop(self) -> None:
        """Writes what is left to be written, when nothing runs any more; raises nothing."""
        with suppress(StoreFailed):
            await self._parts.memory.catch_up()
            await self._parts.budget.leave()

    async def beat(self) -> None:
        """One beat; raises nothing."""
        try:
            await self._beat()
        except StoreFailed as error:
            if not self._failing:
                _log.warning("The store cannot be reached; running answers go on: %s", error)
            self._failing = True
            # Whoever held a turn before the store was away gets the time to take it again.
            self._patient_until = self._parts.clock() + HOLD_SECONDS
        except Exception:  # noqa: BLE001 - the next beat may do better, and none at all loses every turn
            _log.exception("A beat failed by a mistake of ours")
        else:
            if self._failing:
                _log.info("The store can be reached again")
            self._failing = False

    async def _beat(self) -> None:
        parts = self._parts
        await self._keep()
        await parts.memory.catch_up()
        await parts.inflight.look()
        if not self._resting and parts.clock() >= self._patient_until:
            await self._take_over()
        await parts.budget.agree()

    async def _keep(self) -> None:
        """What is held here; all of it at once, because it ends if that takes too long."""
        journal = self._parts.journal
        turns = tuple(journal.held)
        kept = await asyncio.gather(*map(journal.keep, turns), return_exceptions=True)
        for turn, held in zip(turns, kept, strict=True):
            if held is False:
                _log.warning("Turn %s was taken over by another process", turn)
                self._parts.inflight.lose(turn)
        for failure in kept:
            if isinstance(failure, BaseException):
                raise failure

    async def _take_over(self) -> None:
        """Whatever nobody holds."""
        journal = self._parts.journal
        under_way = await journal.under_way()
        for turn in under_way:
            if await journal.take_over(turn):
                await self._adopt(turn)
        self._empty = {turn: since for turn, since in self._empty.items() if turn in under_way}

    async def _adopt(self, turn: str) -> None:
        journal, now = self._parts.journal, self._parts.clock()
        try:
            record = await journal.record(turn)
        except BaseException:
            await journal.hand_over(turn)
            raise
        if record is not None:
            _ = self._parts.tasks.start(self._go_on(record), name=f"adopt-{turn}")
        elif now - self._empty.setdefault(turn, now) > _EMPTY_SECONDS:
            await journal.drop(turn)
        else:
            await journal.hand_over(turn)

    async def _go_on(self, record: TurnRecord) -> None:
        """Where it does not get under way here, it is free for the next try."""
        try:
            await self._parts.recovery.adopt(record)
        except StoreFailed as error:
            _log.warning("Turn %s could not be gone on with: %s", record.id, error)
            await self._parts.journal.hand_over(record.id)
        except BaseException:
            await self._parts.journal.hand_over(record.id)
            raise
