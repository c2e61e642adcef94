"""What drawing charts costs: the stall of the event loop, and the time to a picture.

Run ``python -m benchmarks.charts``. The stall is how late a heartbeat of one millisecond comes, once with an
idle loop and once while a worker draws twenty charts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from itertools import cycle, islice
from math import sin
from statistics import median, quantiles
from time import perf_counter

from bot.charts.pool import ChartPool
from bot.model import ChartKind, ChartSpec, DisplayFormat, Series

_BEAT = 0.001
_IDLE = 2.0
_RENDERS = 20


def specs() -> tuple[ChartSpec, ...]:
    """Twelve columns, and a cloud of two thousand points."""
    columns = ChartSpec(
        ChartKind.COLUMN,
        "Revenue by region",
        tuple(f"Region {i}" for i in range(12)),
        (Series("Revenue", tuple(100_000.0 + 7_919 * i % 90_000 for i in range(12))),),
        format=DisplayFormat.NUMBER_CURRENCY_USD,
    )
    points = tuple(float(i) for i in range(2_000))
    cloud = ChartSpec(
        ChartKind.SCATTER,
        "Two thousand points",
        (),
        (Series("y", tuple(sin(x / 100) for x in points)),),
        x_values=points,
    )
    return columns, cloud


async def _stalls(work: Coroutine[object, object, object]) -> list[float]:
    """How late each heartbeat came while ``work`` ran, in seconds."""
    task = asyncio.ensure_future(work)
    late = []
    while not task.done():
        due = perf_counter() + _BEAT
        await asyncio.sleep(_BEAT)
        late.append(max(0.0, perf_counter() - due))
    await task
    return late


async def _render_all(pool: ChartPool, took: list[float]) -> None:
    for spec in islice(cycle(specs()), _RENDERS):
        began = perf_counter()
        await pool.render(spec)
        took.append(perf_counter() - began)


async def _measure() -> list[tuple[str, str]]:
    pool = ChartPool()
    began = perf_counter()
    starting = await _stalls(pool.start())
    started = perf_counter() - began
    try:
        idle = await _stalls(asyncio.sleep(_IDLE))
        took: list[float] = []
        drawing = await _stalls(_render_all(pool, took))
    finally:
        await pool.close()
    return [
        ("event-loop stall, idle: median / p99 / max", _spread(idle)),
        (f"event-loop stall, {_RENDERS} charts: median / p99 / max", _spread(drawing)),
        ("event-loop stall, worker starting: median / p99 / max", _spread(starting)),
        ("chart worker, start to ready", f"{started * 1000:.0f} ms"),
        ("chart, warm worker: median / max", f"{median(took) * 1000:.0f} / {max(took) * 1000:.0f} ms"),
    ]


def _spread(seconds: list[float]) -> str:
    p99 = quantiles(seconds, n=100)[98]
    return " / ".join(f"{value * 1000:.2f}" for value in (median(seconds), p99, max(seconds))) + " ms"


def rows() -> list[tuple[str, str]]:
    """What was measured, as pairs of a name and a figure."""
    return asyncio.run(_measure())


def main() -> None:
    """Print the figures."""
    for name, figure in rows():
        print(f"{name:<56} {figure}")


if __name__ == "__main__":
    main()
