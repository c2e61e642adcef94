"""Bars, upright (columns) or lying: side by side, stacked, or as shares of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib import patheffects
from matplotlib.axes import Axes

from bot.charts import axes, feet, labels, lines, scales, style
from bot.charts.axes import Frame
from bot.charts.feet import Foot
from bot.charts.labels import TEXT
from bot.charts.page import Page, stroke, swatch
from bot.charts.scales import Scale
from bot.core.values import compact
from bot.model import Axis, ChartKind, ChartSpec, DisplayFormat, Series, Stacking

_LABELLED_BARS = 12  # columns that tell their values, and bars that lie side by side
_LABELLED_ROWS = 30  # rows of one bar each
_TWO_LINES = 12  # rows whose names may take two lines
_NAMES = 0.42  # share of the page that names of rows may take
_NARROW, _WIDE, _ALONE = 0.82, 0.76, 0.68  # share of a slot: side by side, stacked, one series
_EDGE = 0.05  # inches; thinner bars have no white line between them
_SIZES = (9.0, 8.0, 7.0)
_SEGMENT = 8.5


@dataclass(frozen=True, slots=True)
class _Bar:
    """One bar: its category, its place and thickness in slots, from where to where it goes."""

    category: int
    place: float
    thickness: float
    start: float
    end: float
    series: int
    text: str


def draw(page: Page, spec: ChartSpec) -> None:
    """Draw a bar or column chart, with lines for what is measured against a second axis."""
    first = [
        (i, series) for i, series in enumerate(spec.series) if not series.second or spec.kind is ChartKind.BAR
    ]
    if len(spec.series) > 1:
        left = {i for i, _ in first}
        page.legend(
            [
                (swatch(style.colour(i)), series.name)
                if i in left
                else (stroke(style.colour(i), marker="o"), f"{series.name} (right)")
                for i, series in enumerate(spec.series)
            ]
        )
    made = _bars(spec, first)
    if spec.kind is ChartKind.BAR:
        _lying(page, spec, made)
    else:
        _upright(page, spec, made, len(first))


def rows(spec: ChartSpec) -> float:
    """Inches that the rows of a horizontal bar chart need."""
    beside = len(spec.series) if spec.stacking is Stacking.NONE else 1
    return 0.2 * len(spec.categories) * max(1.0, 0.6 * beside)


def _bars(spec: ChartSpec, first: Sequence[tuple[int, Series]]) -> list[_Bar]:
    if spec.stacking is Stacking.NONE:
        return _side_by_side(spec, first)
    return _stacked(spec, first)


def _side_by_side(spec: ChartSpec, first: Sequence[tuple[int, Series]]) -> list[_Bar]:
    thickness = _NARROW / len(first) if len(first) > 1 else _ALONE * _modest(spec)
    return [
        _Bar(
            category, category + (place - (len(first) - 1) / 2) * thickness, thickness, 0.0, value,
            index, compact(value, spec.format),
        )
        for place, (index, series) in enumerate(first)
        for category, value in enumerate(series.values)
        if value is not None
    ]  # fmt: skip


def _modest(spec: ChartSpec) -> float:
    """A share of its slot that a bar takes; one or two bars do not fill the picture."""
    return min(1.0, 0.3 + 0.2 * len(spec.categories))


def _stacked(spec: ChartSpec, first: Sequence[tuple[int, Series]]) -> list[_Bar]:
    """Segments on each other, negative ones downwards; as shares they fill the whole axis."""
    made: list[_Bar] = []
    thickness = _WIDE * _modest(spec)
    for category in range(len(spec.categories)):
        values = [(index, series.values[category] or 0.0) for index, series in first]
        total = sum(abs(value) for _, value in values) or 1.0
        up = down = 0.0
        for index, value in values:
            part = value / total * 100 if spec.stacking is Stacking.FULL else value
            start = up if part >= 0 else down
            text = f"{part:.0f}%" if spec.stacking is Stacking.FULL else compact(value, spec.format)
            if part:
                made.append(_Bar(category, category, thickness, start, start + part, index, text))
            up, down = (start + part, down) if part >= 0 else (up, start + part)
    return made


# -- columns -----------------------------------------------------------------------------------------------


def _upright(page: Page, spec: ChartSpec, made: Sequence[_Bar], count: int) -> None:
    outside = _outside(spec, made, count)
    full = spec.stacking is Stacking.FULL
    room = 0.1 if outside else 0.03
    form = DisplayFormat.NUMBER_PERCENTAGE if full else spec.format
    ends = [bar.end for bar in made]
    first = scales.of_whole() if full else scales.scale(ends, form, above=room, below=room)
    other = [value for series in spec.series if series.second for value in series.values if value is not None]
    second: Scale | None = None
    if other:
        first, second = scales.aligned(first, form, other, (spec.second or Axis()).format)
        # Labels would lie under the lines.
        outside = []

    def foot(left: float, right: float) -> Foot:
        return feet.categories(page, spec, left, right)

    frame = axes.upright(page, axes.in_shares(spec), (first, second), foot)
    slot = frame.width / max(len(spec.categories), 1)
    _draw(frame.axes, made, slot, upright=True)
    _label(page, frame, outside, slot, upright=True)
    if spec.stacking is not Stacking.NONE:
        _segments(page, frame, made, slot, upright=True)
    if frame.twin is not None:
        lines.over(frame.twin, spec)


def _draw(into: Axes, made: Sequence[_Bar], slot: float, *, upright: bool) -> None:
    for index in sorted({bar.series for bar in made}):
        bars = [bar for bar in made if bar.series == index]
        thickness = bars[0].thickness
        (into.bar if upright else into.barh)(
            [bar.place for bar in bars], [bar.end - bar.start for bar in bars], thickness,
            [bar.start for bar in bars], color=style.colour(index), edgecolor="white",
            linewidth=0.6 if thickness * slot > _EDGE else 0.0,
        )  # fmt: skip


def _outside(spec: ChartSpec, made: Sequence[_Bar], count: int) -> list[_Bar]:
    """What is told at the end of bars, if they are few: values, or totals of stacks."""
    if spec.stacking is Stacking.FULL:
        return []
    if spec.stacking is Stacking.STACKED:
        return _totals(spec, made) if len(spec.categories) <= _LABELLED_BARS else []
    few = len(spec.categories) * count <= _LABELLED_BARS
    rows = spec.kind is ChartKind.BAR and count == 1 and len(spec.categories) <= _LABELLED_ROWS
    return list(made) if few or rows else []


def _totals(spec: ChartSpec, made: Sequence[_Bar]) -> list[_Bar]:
    """A stand-in for each stack that is its total; none where some of it is negative."""
    if any(bar.end < bar.start for bar in made):
        return []
    tops = {bar.category: max(other.end for other in made if other.category == bar.category) for bar in made}
    return [
        _Bar(category, category, _WIDE, 0.0, end, -1, compact(end, spec.format))
        for category, end in tops.items()
    ]


def _label(page: Page, frame: Frame, made: Sequence[_Bar], slot: float, *, upright: bool) -> None:
    """The values at the ends of bars, if all of them fit."""
    bold = bool(made) and made[0].series < 0
    size = _size(page, made, slot) if upright else _row_size(made, slot)
    if size is None:
        return
    for bar in made:
        sign = 1 if bar.end >= 0 else -1
        frame.axes.annotate(
            bar.text,
            (bar.place, bar.end) if upright else (bar.end, bar.place),
            xytext=(0, 2.5 * sign) if upright else (3.5 * sign, 0),
            textcoords="offset points",
            ha="center" if upright else "left" if sign > 0 else "right",
            va=("bottom" if sign > 0 else "top") if upright else "center_baseline",
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=style.INK,
            path_effects=[patheffects.withStroke(linewidth=2, foreground="white")],
        )


def _size(page: Page, made: Sequence[_Bar], slot: float) -> float | None:
    """The size in which no label is wider than the place that its bar has."""
    room = _share(made) * slot
    return next((size for size in _SIZES if all(_width(page, bar, size) <= room for bar in made)), None)


def _width(page: Page, bar: _Bar, size: float) -> float:
    """Inches of the label at the end of a bar; totals are bold."""
    return page.face.width(bar.text, size, bold=bar.series < 0) + 0.03


def _row_size(made: Sequence[_Bar], slot: float) -> float | None:
    room = _share(made) * slot
    return next((size for size in _SIZES if labels.height(size) <= room), None)


def _share(made: Sequence[_Bar]) -> float:
    """The share of its slot that a bar has for itself: all of it, if it stands alone."""
    alone = all(bar.place == bar.category for bar in made)
    return 1.0 if alone else min(bar.thickness for bar in made)


def _segments(page: Page, frame: Frame, made: Sequence[_Bar], slot: float, *, upright: bool) -> None:
    """Values in the segments that have room for them."""
    low, high = frame.axes.get_ylim() if upright else frame.axes.get_xlim()
    unit = (frame.height if upright else frame.width) / (high - low)
    for bar in made:
        long = abs(bar.end - bar.start) * unit
        across, wide = bar.thickness * slot, page.measure(bar.text, _SEGMENT) + 0.06
        tall = labels.height(_SEGMENT)
        if (wide > across or tall > long) if upright else (wide > long or tall > across):
            continue
        middle = (bar.start + bar.end) / 2
        x, y = (bar.place, middle) if upright else (middle, bar.place)
        ink = style.ink_on(style.colour(bar.series))
        frame.axes.text(x, y, bar.text, ha="center", va="center_baseline", fontsize=_SEGMENT, color=ink)


# -- lying bars --------------------------------------------------------------------------------------------


def _lying(page: Page, spec: ChartSpec, made: Sequence[_Bar]) -> None:
    outside = _outside(spec, made, len(spec.series))
    widest = max((_width(page, bar, _SIZES[0]) for bar in outside), default=0.0) + 0.05

    def along(width: float) -> Scale:
        if spec.stacking is Stacking.FULL:
            return scales.of_whole()
        room = min(widest / width, 0.4) if outside else 0.03
        return scales.scale([bar.end for bar in made], spec.format, above=room, below=room)

    room = (page.right - page.left) * _NAMES
    names = _row_names(page, spec, room)
    frame = axes.lying(page, axes.in_shares(spec), names, along)
    slot = frame.height / max(len(spec.categories), 1)
    _draw(frame.axes, made, slot, upright=False)
    _label(page, frame, outside, slot, upright=False)
    if spec.stacking is not Stacking.NONE:
        _segments(page, frame, made, slot, upright=False)


def _row_names(page: Page, spec: ChartSpec, room: float) -> tuple[str, ...]:
    """Names of rows on one line, or on two where there is the height for them."""
    slot = (page.top - page.bottom - 0.5) / max(len(spec.categories), 1)
    if len(spec.categories) <= _TWO_LINES and slot >= labels.height(TEXT, 2):
        texts = tuple(labels.wrap(text, room * 0.8, 2, page.measure) for text in spec.categories)
        if len(set(texts)) == len(set(spec.categories)):
            return texts
    return labels.shorten_all(spec.categories, room, page.measure)
