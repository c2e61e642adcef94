"""Charts that go around a circle: bars around it, and spiders."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.patches import Circle as Ring
from matplotlib.patches import Polygon, Wedge

from bot.charts import around, labels, scales, style
from bot.charts.around import Circle
from bot.charts.page import Page, swatch
from bot.charts.scales import Scale
from bot.core.values import ABSENT, compact
from bot.model import ChartSpec, Series

_HOLE = 0.14  # share of the radius in the middle of bars
_FILLED = 0.86  # share of the slot that bars take
_VALUED = 12  # bars around a circle that tell their values
_FILL, _FEW = 0.14, 2
_MOST_RINGS = 3
_RINGS = 7.5  # points of the texts at rings


@dataclass(frozen=True, slots=True)
class _Dial:
    """A circle with a scale from its middle, or from the edge of a hole in it, outwards."""

    circle: Circle
    scale: Scale
    hole: float = 0.0

    def part(self, value: float) -> float:
        """Where a value lies, as a part of the radius."""
        return self.hole + (1 - self.hole) * max(self.scale.part(value), 0.0)


def polar(page: Page, spec: ChartSpec) -> None:
    """Draw bars around a circle, clockwise from the top; a few tell their values."""
    angles = around.clock(len(spec.categories))
    _head(page, spec)
    room = around.room(page, len(angles))
    valued = len(spec.series) == 1 and len(angles) <= _VALUED
    values = [ABSENT if value is None else compact(value, spec.format) for value in spec.series[0].values]
    tails = [f"  {value}" if valued else "" for value in values]
    widest = max(map(page.measure, tails), default=0.0)
    names = labels.shorten_all(spec.categories, room - widest, page.measure)
    texts = [name + tail for name, tail in zip(names, tails, strict=True)]
    dial = _Dial(around.fitted(page, texts, angles), _outwards(spec), _HOLE)
    into = page.canvas()
    for tick in dial.scale.ticks:
        place = dial.circle.x, dial.circle.y
        radius = dial.circle.radius * dial.part(tick)
        into.add_patch(Ring(place, radius, fill=False, edgecolor=style.GRID, linewidth=0.8, zorder=1))
    for index in range(len(spec.series)):
        _wedges(into, dial, spec, angles, index)
    around.write(into, dial.circle, texts, angles)
    if not valued:
        _ring_texts(page, into, dial)


def spider(page: Page, spec: ChartSpec) -> None:
    """Draw a polygon for each series over spokes, clockwise from the top."""
    angles = around.clock(len(spec.categories))
    _head(page, spec)
    texts = labels.shorten_all(spec.categories, around.room(page, len(angles)), page.measure)
    dial = _Dial(around.fitted(page, texts, angles), _outwards(spec))
    into = page.canvas()
    _web(into, dial, angles)
    fill = _FILL if len(spec.series) <= _FEW else _FILL / 2
    for index, series in enumerate(spec.series):
        _polygon(into, dial, series, style.colour(index), fill)
    around.write(into, dial.circle, texts, angles)
    _ring_texts(page, into, dial)


def _head(page: Page, spec: ChartSpec) -> None:
    page.measured(spec.y_label, spec.title)
    if len(spec.series) > 1:
        page.legend([(swatch(style.colour(i)), series.name) for i, series in enumerate(spec.series)])


def _outwards(spec: ChartSpec) -> Scale:
    """Zero in the middle, the last ring outside of everything."""
    numbers = [max(value, 0.0) for series in spec.series for value in series.values if value is not None]
    found = scales.scale(numbers, spec.format, above=0.0)
    step = found.ticks[1] - found.ticks[0] if len(found.ticks) > 1 else 1.0
    count = max(math.ceil(found.high / step - 1e-9), 1)
    ticks = tuple(i * step for i in range(count + 1))
    return Scale(0.0, ticks[-1], ticks, style.tick_texts(ticks, spec.format))


def _ring_texts(page: Page, into: Axes, dial: _Dial) -> None:
    """Amounts at the top of the rings, from the outermost inwards; not at all of many."""
    count = len(dial.scale.ticks) - 1
    step = 1 if count <= _MOST_RINGS else 2
    for tick, text in list(zip(dial.scale.ticks, dial.scale.texts, strict=True))[count:0:-step]:
        x, y = dial.circle.at(math.pi / 2, dial.part(tick))
        if page.measure(text, _RINGS) > dial.circle.radius * dial.part(tick):
            continue
        into.text(
            x, y - 0.02, text, fontsize=_RINGS, color=style.MUTED, ha="center", va="top", zorder=3,
            path_effects=[patheffects.withStroke(linewidth=2, foreground="white")],
        )  # fmt: skip


def _wedges(into: Axes, dial: _Dial, spec: ChartSpec, angles: Sequence[float], index: int) -> None:
    """The bars of one series, each in its part of the slot."""
    filled = 360 / len(angles) * _FILLED
    wide = filled / len(spec.series)
    circle = dial.circle
    for angle, value in zip(angles, spec.series[index].values, strict=True):
        if not value:
            continue
        radius = circle.radius * dial.part(value)
        begin = math.degrees(angle) + filled / 2 - index * wide
        wedge = Wedge(
            (circle.x, circle.y), radius, begin - wide, begin, width=radius - circle.radius * _HOLE,
            facecolor=style.colour(index), edgecolor="white", linewidth=0.8, zorder=2,
        )  # fmt: skip
        into.add_patch(wedge)


def _web(into: Axes, dial: _Dial, angles: Sequence[float]) -> None:
    for tick in dial.scale.ticks[1:]:
        corners = [dial.circle.at(angle, dial.part(tick)) for angle in angles]
        ring = Polygon(corners, closed=True, fill=False, edgecolor=style.GRID, linewidth=0.8, zorder=1)
        into.add_patch(ring)
    for angle in angles:
        x, y = dial.circle.at(angle)
        into.plot([dial.circle.x, x], [dial.circle.y, y], color=style.GRID, linewidth=0.8, zorder=1)


def _polygon(into: Axes, dial: _Dial, series: Series, colour: str, fill: float) -> None:
    """One series; where a value is missing there is no corner."""
    angles = around.clock(len(series.values))
    points = [
        dial.circle.at(angle, dial.part(value))
        for angle, value in zip(angles, series.values, strict=True)
        if value is not None
    ]
    if not points:
        return
    area = Polygon(points, closed=True, facecolor=colour, alpha=fill, linewidth=0, zorder=2)
    into.add_patch(area)
    xs, ys = zip(*points, points[0], strict=True)
    into.plot(
        xs, ys, color=colour, linewidth=1.8, marker="o", markersize=3.8, markeredgecolor="white",
        markeredgewidth=0.5, solid_joinstyle="round", zorder=2.5,
    )  # fmt: skip
