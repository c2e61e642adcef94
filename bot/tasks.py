"""Work that outlives the call that began it: every task has an owner, and is awaited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import asynccontextmanager
from typing import TypeVar

_log = logging.getLogger("bot.tasks")

_T = TypeVar("_T")

#: Seconds for a cancelled task to come to its end, before it is cancelled again.
_AGAIN_SECONDS = 5.0


async def cancelled(tasks: Collection[asyncio.Task[_T]]) -> None:
    """Cancels the tasks, and returns when they are over.

    A library under them may take a cancellation for its own time limit; then they are cancelled once more.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)
        for task in left:
            _log.warning("The task %s did not end when it was cancelled", task.get_name())


@asynccontextmanager
async def background(work: Coroutine[None, None, None], *, name: str) -> AsyncIterator[None]:
    """A task that runs for as long as the block does."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_report)
    try:
        yield
    finally:
        await cancelled([task])


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("The task %s ended by a mistake of ours", task.get_name(), exc_info=error)


class Tasks:
    """Owns tasks until they are done, or until it is drained."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self, work: Coroutine[object, object, _T], *, name: str) -> asyncio.Task[_T]:
        """Starts the work; what it raises is logged here, also where somebody awaits the task."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def drain(self, seconds: float) -> None:
        """Lets what runs come to its end for so many seconds, then cancels the rest, and waits for it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        await cancelled(self._tasks)

    def _done(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("The task %s ended by an error that nobody expected", task.get_name(), exc_info=error)
