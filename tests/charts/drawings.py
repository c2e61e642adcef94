"""Specs to draw, and functions that draw badly (top level, since workers find them by name)."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import sin

from bot.model import Axis, ChartKind, ChartSpec, DisplayFormat, Flow, Series, Stacking

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


def stacked(kind: ChartKind = ChartKind.COLUMN, *, full: bool = False) -> ChartSpec:
    """Three series on each other, in four categories; the categories' totals are 60, 120, 180 and 240."""
    series = tuple(
        Series(name, tuple(size * (i + 1.0) for i in range(4)))
        for name, size in (("High", 10.0), ("Medium", 20.0), ("Low", 30.0))
    )
    return ChartSpec(
        kind,
        "Tickets",
        ("North", "East", "South", "West"),
        series,
        y_label="tickets",
        stacking=Stacking.FULL if full else Stacking.STACKED,
    )


def two_axes(kind: ChartKind = ChartKind.COLUMN) -> ChartSpec:
    """Dollars on the left axis, per cent on the right one."""
    return replace(
        spec(kind, count=5),
        series=(
            Series("Revenue", (1000.0, 2000.0, 1500.0, 3000.0, 2500.0)),
            Series("Margin", (21.0, 24.0, 19.0, 28.0, None), second=True),
        ),
        second=Axis("Margin of it", DisplayFormat.NUMBER_PERCENTAGE),
    )


def forecast() -> ChartSpec:
    """Six measured months, and three that are forecast with their range."""
    values = (10.0, 12.0, 11.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0)
    ahead = (None,) * 6
    return replace(
        over_time(count=9),
        series=(Series("Users", values, low=(*ahead, 16.0, 15.0, 14.0), high=(*ahead, 18.0, 21.0, 24.0)),),
    )


def sankey(*flows: tuple[str, str, float]) -> ChartSpec:
    """A Sankey chart of these flows, or of some from channels over sign-up to plans."""
    some = flows or (
        ("Search", "Sign-up", 60.0), ("Referral", "Sign-up", 40.0), ("Sign-up", "Team", 70.0),
        ("Sign-up", "Free", 30.0), ("Search", "Free", 20.0),
    )  # fmt: skip
    made = tuple(Flow(*flow) for flow in sorted(some, key=lambda flow: -flow[2]))
    return ChartSpec(ChartKind.SANKEY, "Ways", (), (), flows=made)


def of_kind(kind: ChartKind, *, count: int = 6, series: int = 1) -> ChartSpec:
    """A chart of any kind."""
    if kind is ChartKind.SCATTER:
        return points(count=count, series=series)
    return sankey() if kind is ChartKind.SANKEY else spec(kind, count=count, series=series)


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
