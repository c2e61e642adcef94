import asyncio
import logging

import pytest

from bot.sandbox.slack.clock import ManualClock, SystemClock
from bot.sandbox.slack.tasks import Tasks


async def test_close_ends_what_runs() -> None:
    """Running work is cancelled and awaited; afterwards nothing starts any more."""
    tasks, ended, started = Tasks(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    tasks.spawn(work())
    await started.wait()
    await tasks.close()
    assert ended.is_set()
    tasks.spawn(work())


async def test_a_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A task that fails says so in the log."""
    tasks, failing = Tasks(), asyncio.Event()

    async def work() -> None:
        failing.set()
        raise RuntimeError("broken")

    with caplog.at_level(logging.ERROR):
        tasks.spawn(work())
        await failing.wait()
        await tasks.close()
    assert "a background task of the workspace failed" in caplog.text


async def test_clocks_wait_for_a_moment() -> None:
    """A manual clock wakes who waits for a moment that has come, before or after the wait began."""
    clock = ManualClock(0)
    waiting = asyncio.ensure_future(clock.sleep_until(5))
    clock.advance(5)
    await waiting
    await clock.sleep_until(4)
    await SystemClock().sleep_until(0)
