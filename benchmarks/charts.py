"""What drawing charts costs: the stall of the event loop, and the time to a picture of each kind.

Run ``python -m benchmarks.charts``. The stall is how late a heartbeat of one millisecond comes, once with an
idle loop and once while a worker draws twenty charts. The charts of each kind are those of the gallery.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import date
from itertools import cycle, islice
from math import sin
from statistics import median, quantiles
from time import perf_counter

from bot.charts.pool import ChartPool
from bot.core import charts, tables, visuals
from bot.model import ChartKind, ChartSpec, DisplayFormat, Series
from bot.sandbox.tenant import gallery
from bot.sandbox.tenant.analyst import Analyst

_BEAT = 0.001
_IDLE = 2.0
_RENDERS = 20
#: Each chart of the gallery is drawn so many times.
_ROUNDS = 5
#: The day that the gallery's tables end on, so that every run draws the same.
_DAY = date(2026, 11, 20)


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


def by_kind() -> Mapping[ChartKind, Sequence[ChartSpec]]:
    """The charts of the gallery: what the sandbox's tenant answers to a question for each type."""
    analyst = Analyst(_DAY)
    found: dict[ChartKind, list[ChartSpec]] = {kind: [] for kind in ChartKind}
    for _, raw in gallery.visualizations(analyst):
        sent = visuals.read(raw)
        spec = charts.plan(sent, tables.build(sent)).spec
        if spec is not None:
            found[spec.kind].append(spec)
    analyst.close()
    return found


async def late(work: Coroutine[object, object, object]) -> list[float]:
    """How late each heartbeat came while ``work`` ran, in seconds."""
    task = asyncio.ensure_future(work)
    beats = []
    while not task.done():
        due = perf_counter() + _BEAT
        await asyncio.sleep(_BEAT)
        beats.append(max(0.0, perf_counter() - due))
    await task
    return beats


async def _render_all(pool: ChartPool, took: list[float]) -> None:
    took += [await _seconds(pool, spec) for spec in islice(cycle(specs()), _RENDERS)]


async def _seconds(pool: ChartPool, spec: ChartSpec) -> float:
    began = perf_counter()
    await pool.render(spec)
    return perf_counter() - began


async def _each_kind(pool: ChartPool) -> list[tuple[str, str]]:
    found = []
    for kind, drawn in by_kind().items():
        for spec in drawn:
            await pool.render(spec)  # whatever is loaded for a first one
        took = [await _seconds(pool, spec) for spec in drawn for _ in range(_ROUNDS)]
        count = f"{len(drawn)} chart{'s' if len(drawn) > 1 else ''}"
        found.append((f"{kind}, {count} of the gallery: median / max", _middle_and_worst(took)))
    return found


async def _measure() -> list[tuple[str, str]]:
    pool = ChartPool()
    began = perf_counter()
    starting = await late(pool.start())
    started = perf_counter() - began
    try:
        idle = await late(asyncio.sleep(_IDLE))
        took: list[float] = []
        drawing = await late(_render_all(pool, took))
        kinds = await _each_kind(pool)
    finally:
        await pool.close()
    return [
        ("event-loop stall, idle: median / p99 / max", spread(idle)),
        (f"event-loop stall, {_RENDERS} charts: median / p99 / max", spread(drawing)),
        ("event-loop stall, worker starting: median / p99 / max", spread(starting)),
        ("chart worker, start to ready", f"{started * 1000:.0f} ms"),
        ("chart, warm worker: median / max", _middle_and_worst(took)),
        *kinds,
    ]


def _middle_and_worst(seconds: list[float]) -> str:
    return f"{median(seconds) * 1000:.0f} / {max(seconds) * 1000:.0f} ms"


def spread(seconds: list[float]) -> str:
    """Median, 99th percentile and worst, in milliseconds."""
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
