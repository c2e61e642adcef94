from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.charts.pool import ChartPool
from bot.errors import ChartFailed
from bot.model import ChartSpec
from tests.charts.drawings import echo, moody, over_time, spec


@asynccontextmanager
async def _pool(
    draw: Callable[[ChartSpec], bytes] | None = moody, **options: float
) -> AsyncGenerator[ChartPool, None]:
    pool = ChartPool(draw=draw, **options)  # type: ignore[arg-type]  # options of either kind
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


def _pid(picture: bytes) -> int:
    return int(picture.split()[-1])


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_charts_are_drawn_in_another_process() -> None:
    """A real chart comes back as PNG, from a real worker."""
    async with _pool(None) as pool:
        pictures = await asyncio.gather(pool.render(spec()), pool.render(over_time()))
    assert [picture[:8] for picture in pictures] == [b"\x89PNG\r\n\x1a\n"] * 2


async def test_one_worker_serves_many_charts_in_turn() -> None:
    """Charts that come together wait for the worker, and each gets its own picture."""
    async with _pool() as pool:
        drawn = await asyncio.gather(*(pool.render(spec(title=f"t{i}")) for i in range(10)))
    assert [picture.split()[0] for picture in drawn] == [f"t{i}".encode() for i in range(10)]
    assert len({_pid(picture) for picture in drawn}) == 1
    assert _pid(drawn[0]) != os.getpid()


async def test_a_chart_that_fails_costs_only_itself() -> None:
    """The error names no value of the data, and the worker goes on."""
    async with _pool() as pool:
        before = _pid(await pool.render(spec(title="x")))
        with pytest.raises(ChartFailed, match=r"^drawing failed: ValueError$"):
            await pool.render(spec(title="raise"))
        assert _pid(await pool.render(spec(title="x"))) == before


async def test_a_crashed_worker_is_replaced() -> None:
    """The chart that crashed it fails; the next one is drawn by another process."""
    async with _pool() as pool:
        before = _pid(await pool.render(spec(title="x")))
        with pytest.raises(ChartFailed, match="ended"):
            await pool.render(spec(title="crash"))
        assert _pid(await pool.render(spec(title="x"))) != before


async def test_a_stuck_worker_is_killed_and_replaced() -> None:
    """A chart that takes too long fails in time, and its process is gone."""
    async with _pool(timeout=1.0) as pool:
        before = _pid(await pool.render(spec(title="x")))
        with pytest.raises(ChartFailed, match="longer than 1 s"):
            await pool.render(spec(title="hang"))
        assert not _alive(before)
        assert _pid(await pool.render(spec(title="x"))) != before


async def test_a_chart_that_nobody_waits_for_any_more_stops() -> None:
    """Cancelling a render frees the worker's place, and no later chart gets the wrong picture."""
    async with _pool() as pool:
        task = asyncio.create_task(pool.render(spec(title="hang")))
        next_one = asyncio.create_task(pool.render(spec(title="next")))
        await asyncio.wait([task, next_one], timeout=0.05)
        task.cancel()
        assert (await next_one).startswith(b"next ")
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_the_queue_is_bounded() -> None:
    """With too many charts waiting, a further one fails at once instead of piling up."""
    async with _pool(waiting=1) as pool:
        hanging = asyncio.create_task(pool.render(spec(title="hang")))
        waiting = asyncio.create_task(pool.render(spec(title="x")))
        await asyncio.wait([hanging, waiting], timeout=0.05)
        with pytest.raises(ChartFailed, match="too many"):
            await pool.render(spec(title="x"))
        hanging.cancel()
        await waiting


async def test_workers_do_not_live_for_ever() -> None:
    """After its share of charts a worker makes place for a fresh one."""
    async with _pool(lifetime=2) as pool:
        pids = [_pid(await pool.render(spec())) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_two_workers_share_the_charts() -> None:
    """A stuck chart holds up one worker, not both."""
    async with _pool(workers=2) as pool:
        hanging = asyncio.create_task(pool.render(spec(title="hang")))
        assert (await pool.render(spec(title="x"))).startswith(b"x ")
        hanging.cancel()


async def test_what_a_library_prints_does_no_harm() -> None:
    """Standard output of the worker is not the way of the pictures."""
    async with _pool() as pool:
        assert (await pool.render(spec(title="print"))).startswith(b"print ")


async def test_closing_ends_the_workers_at_once() -> None:
    """Charts in work and in waiting fail, later ones too, and no process is left."""
    async with _pool() as pool:
        pid = _pid(await pool.render(spec(title="x")))
        busy = [asyncio.create_task(pool.render(spec(title="hang"))) for _ in range(3)]
        await asyncio.wait(busy, timeout=0.05)
        await pool.close()
        assert not _alive(pid)
        ends = await asyncio.gather(*busy, return_exceptions=True)
        assert [type(end) for end in ends] == [ChartFailed] * 3
        with pytest.raises(ChartFailed, match="closed"):
            await pool.render(spec())


async def test_a_worker_that_cannot_start_is_told() -> None:
    """A function that is not there ends the start with one clear error."""

    def local(chart: ChartSpec) -> bytes:
        return echo(chart)

    pool = ChartPool(draw=local)
    with pytest.raises(ChartFailed, match="does not start"):
        await pool.start()


async def test_workers_inherit_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in the environment of the bot is not in that of the worker."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-made-up")
    async with _pool() as pool:
        names = (await pool.render(spec(title="environment"))).split()
    assert b"PYTHONPATH" in names
    assert b"SLACK_BOT_TOKEN" not in names


def test_the_parent_never_imports_matplotlib() -> None:
    """The pool costs the bot neither time nor memory for matplotlib; the worker does not load Slack."""
    script = (
        "import sys, bot.charts.pool, bot.charts.worker\n"
        "assert 'matplotlib' not in sys.modules and 'numpy' not in sys.modules\n"
        "import bot.charts.png\n"
        "assert not {'slack_bolt', 'slack_sdk', 'aiohttp', 'httpx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)  # noqa: S603 -- our own script
