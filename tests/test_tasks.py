"""Tasks with an owner."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.tasks import Tasks, background


async def test_the_end_waits_for_what_runs() -> None:
    """It comes to its own end, and whoever awaits the task gets what it gives."""
    tasks, go = Tasks(), asyncio.Event()

    async def work() -> int:
        await go.wait()
        return 7

    task = tasks.start(work(), name="work")
    draining = asyncio.create_task(tasks.drain(20))
    await asyncio.sleep(0)
    assert not draining.done()
    go.set()
    await draining
    assert task.result() == 7


async def test_the_end_does_not_wait_for_ever() -> None:
    """What takes too long is cancelled, and awaited until it has cleared up."""
    tasks, happened = Tasks(), list[str]()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            happened.append("cleared up")

    task = tasks.start(work(), name="work")
    await asyncio.sleep(0)
    await tasks.drain(0)
    assert task.cancelled()
    assert happened == ["cleared up"]


async def test_where_nothing_runs_the_end_is_there() -> None:
    """Also after something ran."""
    tasks = Tasks()
    await tasks.drain(20)
    await tasks.start(asyncio.sleep(0), name="work")
    await tasks.drain(20)


async def test_errors_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """With the task's name; whoever awaits it gets the error as well."""
    tasks = Tasks()

    async def broken() -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        with pytest.raises(ZeroDivisionError):
            await tasks.start(broken(), name="broken")
        await tasks.drain(20)
    assert "The task broken ended by an error" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_task_that_is_cancelled_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """It was wanted so."""
    tasks = Tasks()
    tasks.start(asyncio.Event().wait(), name="work").cancel()
    await tasks.drain(20)
    assert caplog.text == ""


async def test_what_runs_in_the_background_ends_with_its_block() -> None:
    """It is cancelled and awaited, so that nothing of it is left."""
    began, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with background(work(), name="work"):
        await began.wait()
    assert ended.is_set()


async def test_a_mistake_in_the_background_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever looks after the app reads which task it was."""

    async def work() -> None:
        raise ValueError("a mistake")

    async with background(work(), name="editor"):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert "The task editor ended by a mistake of ours" in caplog.text
