"""Finished answers, stored for their controls until their time is over.

An admin sets how long (``RESULTS_DAYS``); with 0 nothing is stored, and the controls that need it are not
shown. The time runs from the answer: a chart drawn anew does not prolong it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from weakref import WeakValueDictionary

from bot.core import results
from bot.core.finished import Delivered, Reached
from bot.core.results import StoredResult
from bot.errors import StoreFailed
from bot.memory import Memory

_log = logging.getLogger("bot.results")

_DAY = 24 * 3600.0


class Results:
    """Keeps results.

    Args:
        days: how long; a result that is older is not given out, even where it was to be kept for longer.
        clock: the time in seconds since 1970.
    """

    def __init__(self, memory: Memory, days: float, *, clock: Callable[[], float]) -> None:
        self._memory = memory
        self._seconds = days * _DAY
        self._clock = clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def enabled(self) -> bool:
        """Results are kept at all."""
        return self._seconds > 0

    async def keep(self, result: StoredResult) -> None:
        """Stores the result, in place of what was stored for its turn; raises StoreFailed."""
        first = result.kept_at or self._clock()
        left = first + self._seconds - self._clock()
        if left > 0:
            written = await asyncio.to_thread(results.to_json, replace(result, kept_at=first))
            await self._memory.keep_result(result.turn, written, seconds=left)

    async def surely_kept(self, result: StoredResult) -> bool:
        """Whether the result is stored now; never raises, because that costs the controls, not the answer."""
        if not self.enabled:
            return False
        try:
            await self.keep(result)
        except StoreFailed as error:
            _log.warning("The result of turn %s could not be kept: %s", result.turn, error)
        except Exception:  # noqa: BLE001 - a mistake of ours, likewise
            _log.exception("The result of turn %s could not be kept by a mistake of ours", result.turn)
        else:
            return True
        return False

    async def keep_as_shown(self, result: StoredResult, delivered: Delivered) -> None:
        """The result with what stands in Slack; where no message shows it, nothing of it is kept."""
        if delivered.reached in {Reached.SHOWN, Reached.SIMPLER}:
            shown = result.delivered(delivered.messages, delivered.exhibits)
            await self.surely_kept(replace(shown, ending=delivered.ending))
            return
        try:
            await self.forget(result.turn)
        except StoreFailed as error:
            _log.warning("The result of turn %s could not be removed: %s", result.turn, error)

    async def load(self, turn: str) -> StoredResult | None:
        """The turn's result, or None where there is none any more; raises StoreFailed."""
        if not self.enabled:
            return None
        written = await self._memory.result(turn)
        result = await asyncio.to_thread(results.from_json, written)
        over = result is not None and result.kept_at + self._seconds <= self._clock()
        return None if over else result

    async def move(self, turn: str, channel: str, to: str) -> None:
        """Slack gave the channel of a result another id; raises StoreFailed."""
        async with self.changing(turn):
            result = await self.load(turn)
            if result is not None:
                await self.keep(replace(result, question=result.question.moved(channel, to)))

    async def forget(self, turn: str) -> None:
        """Removes the turn's result; raises StoreFailed."""
        await self._memory.forget_result(turn)

    @asynccontextmanager
    async def changing(self, turn: str) -> AsyncIterator[None]:
        """One at a time for each turn: load, change, deliver and keep belong together."""
        lock = self._locks.get(turn)
        if lock is None:
            lock = self._locks[turn] = asyncio.Lock()
        async with lock:
            yield
