"""A chart: everything that is needed to draw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.data import DisplayFormat


class ChartKind(StrEnum):
    """What the chart worker can draw."""

    AREA = "area"
    BAR = "bar"
    COLUMN = "column"
    FUNNEL = "funnel"
    HEATMAP = "heatmap"
    LINE = "line"
    PIE = "pie"
    POLAR = "polar"
    SANKEY = "sankey"
    SCATTER = "scatter"
    SPIDER = "spider"


class Stacking(StrEnum):
    """How several series share a category of a bar, column or area chart."""

    NONE = "none"
    STACKED = "stacked"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Series:
    """One measure along the axis; ``values`` is as long as the chart's axis, None where there is no value.

    Attributes:
        low: lower bounds of forecast values, as long as ``values``, None where a value is measured; or empty.
        high: the upper bounds, likewise.
        second: it is drawn against the second value axis, as a line.
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    second: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """A value axis."""

    label: str = ""
    format: DisplayFormat = DisplayFormat.DISPLAY_FORMAT_UNKNOWN


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount that goes from one node of a Sankey chart to another."""

    source: str
    target: str
    value: float


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """Everything the chart worker needs, as plain values that can cross to another process.

    By kind: a heat map has a row for each series and a column for each category; a funnel and a pie have one
    series; a polar chart (bars around a circle) and a spider chart go around the categories; a Sankey chart
    has ``flows`` only.

    Attributes:
        categories: labels along the category axis; for time axes the formatted labels.
        times: for a time axis the same axis as datetimes, else empty.
        x_values: for a scatter chart the numeric x of each point, else empty.
        stacking: of bar, column and area charts.
        second: the second value axis, where a series is drawn against one.
        flows: of a Sankey chart, largest first.
        alt_text: says title, range, extremes and trend, for those who cannot see the image.
    """

    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    times: tuple[datetime, ...] = ()
    x_values: tuple[float, ...] = ()
    x_label: str = ""
    y_label: str = ""
    format: DisplayFormat = DisplayFormat.DISPLAY_FORMAT_UNKNOWN
    stacking: Stacking = Stacking.NONE
    second: Axis | None = None
    flows: tuple[Flow, ...] = ()
    alt_text: str = ""
