"""Tasks with an owner."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

_log = logging.getLogger(__name__)


class Tasks:
    """Background tasks of one part; ``close`` cancels and awaits what is left."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Start ``work``; its failure is logged, never lost. After ``close`` nothing is started any more."""
        if self._closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a background task of the workspace failed", exc_info=error)

    async def close(self) -> None:
        """Cancel every task and wait for its end."""
        self._closed = True
        left = tuple(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
