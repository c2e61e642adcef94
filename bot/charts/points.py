"""Points in a plane: scatter charts."""

from __future__ import annotations

import math
from dataclasses import replace

from matplotlib.lines import Line2D

from bot.charts import axes, feet, labels, scales, style
from bot.charts.axes import Frame
from bot.charts.feet import Foot
from bot.charts.labels import SMALL
from bot.charts.page import Page
from bot.charts.scales import Scale
from bot.model import ChartSpec, DisplayFormat

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">", "p", "h")
_NAMED_POINTS = 12
_NAME = 1.5  # inches that the name of a point may take
_OFF = 0.06  # inches from a point to its name
_ABOUT = 0.85  # share of the page that the frame takes, about
_YEARS = (1900, 2100)
#: Left, lower, right and upper edge, in inches of the frame.
_Box = tuple[float, float, float, float]
_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN


def draw(page: Page, spec: ChartSpec) -> None:
    """Draw a scatter chart; a few points carry their names."""
    if len(spec.series) > 1:
        page.legend(
            [
                (
                    Line2D([], [], linestyle="", marker=_MARKERS[i % len(_MARKERS)], color=style.colour(i)),
                    series.name,
                )
                for i, series in enumerate(spec.series)
            ]
        )
    numbers = [value for series in spec.series for value in series.values if value is not None]
    first = scales.scale(numbers, spec.format, zero=False, above=0.06, below=0.06)
    across = _years(scales.scale(spec.x_values, _UNKNOWN, zero=False, above=0.05, below=0.05))

    def foot(left: float, right: float) -> Foot:
        return feet.amounts(page, spec, across, left, right)

    out = across.out(page, (page.right - page.left) * _ABOUT)
    frame = axes.upright(page, spec, (first, None), foot, beside=out)
    frame.axes.tick_params(axis="x", length=3)
    for index, series in enumerate(spec.series):
        frame.axes.scatter(
            spec.x_values, [math.nan if value is None else value for value in series.values], s=40,
            color=style.colour(index), alpha=0.85, marker=_MARKERS[index % len(_MARKERS)], edgecolors="white",
            linewidths=0.6, zorder=2.5, clip_on=False,
        )  # fmt: skip
    if len(spec.series) == 1 and len(spec.categories) == len(spec.x_values) <= _NAMED_POINTS:
        _name(page, frame, spec, first, across)


def _years(across: Scale) -> Scale:
    """The scale, with years written as such."""
    if (
        _YEARS[0] <= across.low
        and across.high <= _YEARS[1]
        and all(tick == int(tick) for tick in across.ticks)
    ):
        return replace(across, texts=tuple(f"{tick:.0f}" for tick in across.ticks))
    return across


def _name(page: Page, frame: Frame, spec: ChartSpec, first: Scale, across: Scale) -> None:
    """Names beside the points, right or left, as far as they run neither into each other nor into a point."""
    points = [
        (across.part(x) * frame.width, first.part(y) * frame.height, text)
        for text, x, y in zip(spec.categories, spec.x_values, spec.series[0].values, strict=True)
        if y is not None
    ]
    taken = [(x - _OFF, y - _OFF, x + _OFF, y + _OFF) for x, y, _ in points]
    for x, y, text in points:
        name = labels.shorten(text, _NAME, lambda part: page.measure(part, SMALL))
        for box in _places(x, y, page.measure(name, SMALL)):
            if _inside(box, frame) and not any(_meet(box, other) for other in taken):
                taken.append(box)
                frame.axes.text(
                    box[0] / frame.width, (box[1] + box[3]) / 2 / frame.height, name, fontsize=SMALL,
                    color=style.MUTED, ha="left", va="center", transform=frame.axes.transAxes, zorder=3,
                )  # fmt: skip
                break


def _places(x: float, y: float, width: float) -> list[_Box]:
    """Where a name may stand, best first: right, left, above, below."""
    half = labels.height(SMALL) / 2
    return [
        (x + _OFF + 0.01, y - half, x + _OFF + width + 0.01, y + half),
        (x - _OFF - 0.01 - width, y - half, x - _OFF - 0.01, y + half),
        (x - width / 2, y + _OFF + 0.01, x + width / 2, y + _OFF + 2 * half),
        (x - width / 2, y - _OFF - 2 * half, x + width / 2, y - _OFF - 0.01),
    ]


def _inside(box: _Box, frame: Frame) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= frame.width and box[3] <= frame.height


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
