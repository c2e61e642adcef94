"""Specs to draw, and functions that draw badly (top level, since workers find them by name)."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from math import sin

from bot.model import ChartKind, ChartSpec, DisplayFormat, Series

USD = DisplayFormat.NUMBER_CURRENCY_USD


def spec(
    kind: ChartKind = ChartKind.COLUMN, *, count: int = 6, series: int = 1, title: str = "Title"
) -> ChartSpec:
    """A chart with ``count`` categories and ``series`` series."""
    return ChartSpec(
        kind,
        title,
        tuple(f"Category {i}" for i in range(count)),
        tuple(
            Series(f"Series {s}", tuple(1000.0 * (i + 1) * (s + 1) for i in range(count)))
            for s in range(series)
        ),
        x_label="Category",
        y_label="Revenue",
        format=USD,
    )


def over_time(kind: ChartKind = ChartKind.LINE, *, count: int = 24, series: int = 1) -> ChartSpec:
    """A chart of so many days."""
    times = tuple(
        datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(days=i) for i in range(count)
    )
    return ChartSpec(
        kind,
        "Over time",
        tuple(f"{time:%b %d}" for time in times),
        tuple(Series(f"S{s}", tuple(5 + s + sin(i / 5) for i in range(count))) for s in range(series)),
        times=times,
        y_label="Value",
    )


def points(*, count: int = 10, series: int = 1) -> ChartSpec:
    """A scatter chart."""
    return ChartSpec(
        ChartKind.SCATTER,
        "Points",
        tuple(f"P{i}" for i in range(count)),
        tuple(
            Series(f"S{s}", tuple(float(i * i) if i % series == s else None for i in range(count)))
            for s in range(series)
        ),
        x_values=tuple(float(i) for i in range(count)),
        x_label="X",
        y_label="Y",
    )


def echo(chart: ChartSpec) -> bytes:
    """Draws at once: the title, the process and whether matplotlib is there."""
    return f"{chart.title} {os.getpid()}".encode()


def moody(chart: ChartSpec) -> bytes:
    """Does what the title says."""
    if chart.title == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if chart.title == "hang":
        threading.Event().wait()
    if chart.title == "raise":
        raise ValueError("secret value 42")
    if chart.title == "environment":
        return " ".join(os.environ).encode()
    if chart.title == "print":
        print("noise", flush=True)  # noqa: T201 -- as a library might
    return echo(chart)
