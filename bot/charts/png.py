"""Draws a ``ChartSpec`` as a PNG. It imports matplotlib, and therefore runs in the chart worker only.

Only the ``Figure`` API is used: no pyplot, hence no global state and nothing to close. Every text comes from
users and data, so mathtext is off (``$`` is a dollar), and what no installed font can show is left out.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.charts import labels, style
from bot.core.values import compact
from bot.model import ChartKind, ChartSpec, DisplayFormat, Series

#: Inches; small, so that text is large against the picture: Slack shows it about 360 points wide.
SIZE = (6.0, 3.375)
DPI = 200

_LABELLED_BARS = 12
_MARKED_POINTS = 40
_NAMED_POINTS = 12
_LEGEND_BELOW = 6
_COLUMNS_OF_AXIS = 80  # how many characters of tick labels fit side by side under the axis
_MANY = 30
_SOLID = 7  # lines of one dash pattern; further ones are dashed
_NEAR_ZERO = 0.6
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">", "p", "h")
_LABEL_OF_PIE = 1.28  # where labels begin, in radii
_HALF_OF_PIE = (2.85, 1.42)  # inches from the middle to the edges
_INCHES_A_COLUMN, _INCHES_A_LINE = 0.078, 0.17  # of text at 9 points
_SHORT_SLICE, _FEW_SLICES = 26, 6
_LINE_OF_POINTS = 0.05
_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN


def draw(spec: ChartSpec) -> bytes:
    """The chart as PNG bytes, 1200 pixels wide and 675 high (higher for many horizontal bars)."""
    with mpl.rc_context(style.rc()), warnings.catch_warnings():
        # A glyph that no font has is a box in the picture, and no reason to fail.
        warnings.simplefilter("ignore")
        made = figure(spec)
        out = io.BytesIO()
        made.savefig(out, format="png")
        return out.getvalue()


def figure(spec: ChartSpec) -> Figure:
    """The chart as a laid-out figure with one axes; texts are final, so a test can read them."""
    with mpl.rc_context(style.rc()):
        spec = style.printable(spec)
        made = Figure(figsize=(SIZE[0], _height(spec)), dpi=DPI, layout="constrained")
        made.get_layout_engine().set(w_pad=0.12, h_pad=0.1)  # type: ignore[union-attr,call-arg]
        axes = made.add_subplot()
        _DRAW[spec.kind](axes, spec)
        if spec.title:
            made.suptitle(
                labels.wrap(spec.title, 52, 2),
                x=0.015,
                ha="left",
                fontsize=13,
                fontweight="bold",
                color=style.INK,
            )
        if len(spec.series) > 1 and spec.kind is not ChartKind.PIE:
            _legend(made, axes)
        return made


def _height(spec: ChartSpec) -> float:
    """Horizontal bars need a line each; Slack scales an image by its width."""
    if spec.kind is not ChartKind.BAR:
        return SIZE[1]
    lines = len(spec.categories) * max(1.0, 0.6 * len(spec.series))
    return min(max(SIZE[1], 1.2 + 0.19 * lines), 9.0)


def _legend(made: Figure, axes: Axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    below = len(names) <= _LEGEND_BELOW
    texts = labels.shorten_all(names, 30 if below else 20)
    widest = max(map(labels.width, texts))
    made.legend(
        handles,
        texts,
        loc="outside lower left" if below else "outside right upper",
        ncols=max(1, min(len(texts), 75 // (widest + 6))) if below else 1,
        frameon=False,
        fontsize=9,
        handlelength=1.4,
    )


def _legend_name(series: Series) -> str:
    # A label with a leading underscore is left out of legends.
    return f" {series.name}" if series.name.startswith("_") else series.name or "–"


# -- axes ------------------------------------------------------------------------------------------------


def _value_axis(axes: Axes, spec: ChartSpec, which: Literal["x", "y"]) -> None:
    """A light grid on the value axis, compact labels, no line."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(style.CompactFormatter(spec.format))
    axes.grid(visible=True, axis=which, color=style.GRID, linewidth=0.8)
    axes.tick_params(axis=which, length=0, labelsize=9)
    axes.spines["left" if which == "y" else "bottom"].set_visible(False)
    if spec.y_label:
        axis.set_label_text(labels.shorten(spec.y_label, 50), fontsize=9)


def _category_axis(axes: Axes, spec: ChartSpec) -> None:
    """Category labels under the chart, flat, wrapped, slanted or upright."""
    sizes = (9, 8) if len(spec.categories) <= _MANY else (7.5,)
    fitted = [(size, labels.under(spec.categories, _COLUMNS_OF_AXIS * 9 / size)) for size in sizes]
    # A little smaller reads better than slanted.
    size, under = next((each for each in fitted if each[1].rotation == 0), fitted[0])
    slanted: dict[str, Any] = {"ha": "right", "rotation_mode": "anchor"} if 0 < under.rotation < 90 else {}  # noqa: PLR2004 -- upright
    axes.set_xticks(range(len(under.texts)), under.texts, fontsize=size, rotation=under.rotation, **slanted)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(under.texts) - 0.4)
    if spec.x_label and not spec.times:
        axes.set_xlabel(labels.shorten(spec.x_label, 60), fontsize=9)


def _time_axis(axes: Axes) -> None:
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    formatter = mdates.ConciseDateFormatter(  # type: ignore[no-untyped-call]
        locator,
        formats=["%Y", "%b", "%d", "%H:%M", "%H:%M", "%S.%f"],
        zero_formats=["", "%Y", "%b", "%b %d", "%H:%M", "%H:%M"],
        offset_formats=["", "%Y", "%b %Y", "%b %d, %Y", "%b %d, %Y", "%b %d, %Y %H:%M"],
    )
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    axes.tick_params(axis="x", length=3, labelsize=9)
    axes.margins(x=0.02)


def _zero_line(axes: Axes, numbers: Sequence[float], which: Literal["x", "y"]) -> None:
    """A line at zero where values lie on both sides of it."""
    if min(numbers, default=0.0) < 0:
        line = axes.axhline if which == "y" else axes.axvline
        line(0, color=style.ZERO, linewidth=0.9, zorder=1)
        axes.spines["bottom" if which == "y" else "left"].set_visible(False)


def _numbers(spec: ChartSpec) -> list[float]:
    return [value for series in spec.series for value in series.values if value is not None]


def _array(series: Series) -> list[float]:
    return [math.nan if value is None else value for value in series.values]


# -- kinds -----------------------------------------------------------------------------------------------


def _columns(axes: Axes, spec: ChartSpec) -> None:
    for offset, width, index, series in _slots(spec):
        places = [place + offset for place in range(len(spec.categories))]
        bars = axes.bar(places, _array(series), width, color=style.colour(index), label=_legend_name(series))
        _label_bars(axes, spec, bars, series)
    _value_axis(axes, spec, "y")
    _category_axis(axes, spec)
    _zero_line(axes, _numbers(spec), "y")
    axes.margins(y=0.08)
    if not any(_numbers(spec)):
        axes.set_ylim(0, 1)


def _bars(axes: Axes, spec: ChartSpec) -> None:
    for offset, width, index, series in _slots(spec):
        places = [place + offset for place in range(len(spec.categories))]
        bars = axes.barh(places, _array(series), width, color=style.colour(index), label=_legend_name(series))
        _label_bars(axes, spec, bars, series)
    _value_axis(axes, spec, "x")
    few = len(spec.categories) <= _LABELLED_BARS
    texts = [labels.wrap(text, 32, 2) for text in spec.categories] if few else []
    if len(set(texts)) < len(set(spec.categories)):
        texts = list(labels.shorten_all(spec.categories, 38))
    axes.set_yticks(range(len(texts)), texts, fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(texts) - 0.4, -0.6)  # the first row on top
    _zero_line(axes, _numbers(spec), "x")
    axes.margins(x=0.1)


def _slots(spec: ChartSpec) -> list[tuple[float, float, int, Series]]:
    """Offset and width of every series' bars around their category."""
    count = len(spec.series)
    width = 0.82 / count if count > 1 else 0.68
    return [((i - (count - 1) / 2) * width, width, i, series) for i, series in enumerate(spec.series)]


def _label_bars(axes: Axes, spec: ChartSpec, bars: BarContainer, series: Series) -> None:
    if len(spec.categories) * len(spec.series) > _LABELLED_BARS:
        return
    texts = ["" if value is None else compact(value, spec.format) for value in series.values]
    axes.bar_label(bars, labels=texts, padding=3, fontsize=9, color=style.INK)


def _lines(axes: Axes, spec: ChartSpec, *, filled: bool = False) -> None:
    along = mdates.date2num(spec.times) if spec.times else np.arange(len(spec.categories))  # type: ignore[no-untyped-call]
    marked = len(spec.categories) <= _MARKED_POINTS
    for index, series in enumerate(spec.series):
        shown = _array(series)
        axes.plot(
            along,
            shown,
            color=style.colour(index),
            linewidth=2 if len(spec.series) <= _LEGEND_BELOW else 1.6,
            linestyle="-" if index < _SOLID else "--",
            marker="o" if marked else None,
            markersize=4,
            label=_legend_name(series),
        )
        if filled:
            axes.fill_between(along, shown, 0, color=style.colour(index), alpha=0.22, linewidth=0)
    _value_axis(axes, spec, "y")
    if spec.times:
        _time_axis(axes)
    else:
        _category_axis(axes, spec)
    numbers = _numbers(spec)
    if numbers and (filled or 0 <= min(numbers) < _NEAR_ZERO * max(numbers)):
        axes.set_ylim(bottom=min(0.0, *axes.get_ylim()) if min(numbers) < 0 else 0.0)
    _zero_line(axes, numbers, "y")
    _end_label(axes, spec, along)


def _end_label(axes: Axes, spec: ChartSpec, along: Any) -> None:
    """The last value of a single line, which is what people look for first."""
    last = spec.series[0].values[-1]
    if len(spec.series) == 1 and last is not None:
        axes.annotate(
            compact(last, spec.format),
            (along[-1], last),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=style.INK,
        )


def _area(axes: Axes, spec: ChartSpec) -> None:
    _lines(axes, spec, filled=True)


def _pie(axes: Axes, spec: ChartSpec) -> None:
    amounts = [value or 0.0 for value in spec.series[0].values]
    total = sum(amounts) or 1.0
    rest = int(spec.categories[-1] == "Other")
    wedges, *_ = axes.pie(
        [amount / total for amount in amounts],
        colors=[style.colour(index) for index in range(len(amounts) - rest)] + [style.REST] * rest,
        startangle=90,
        counterclock=False,
        radius=1.0,
        wedgeprops={"width": 0.45, "edgecolor": "white", "linewidth": 1.5},
    )
    texts = _slice_labels(spec, amounts, total)
    # How many inches the ring's radius may have, so that the widest label stands beside it.
    widest = max(labels.width(line) for text in texts for line in text.split("\n")) * _INCHES_A_COLUMN
    radius = min(1.15, max(0.5, (_HALF_OF_PIE[0] - widest) / _LABEL_OF_PIE))
    gap = _INCHES_A_LINE * (1 + texts[0].count("\n")) / radius
    middles = [math.radians((wedge.theta1 + wedge.theta2) / 2) for wedge in wedges]
    for side in (1, -1):
        here = [i for i, middle in enumerate(middles) if (math.cos(middle) >= 0) == (side > 0)]
        wanted = [1.12 * math.sin(middles[i]) for i in here]
        for i, height in zip(here, _spread(wanted, gap, _HALF_OF_PIE[1] / radius - gap / 2), strict=True):
            axes.annotate(
                texts[i],
                xy=(math.cos(middles[i]), math.sin(middles[i])),
                xytext=(_LABEL_OF_PIE * side, height),
                ha="left" if side > 0 else "right",
                va="center",
                fontsize=9,
                arrowprops={
                    "arrowstyle": "-",
                    "color": style.ZERO,
                    "linewidth": 0.7,
                    "relpos": (0 if side > 0 else 1, 0.5),
                },
            )
    axes.set_xlim(-_HALF_OF_PIE[0] / radius, _HALF_OF_PIE[0] / radius)
    axes.set_ylim(-_HALF_OF_PIE[1] / radius, _HALF_OF_PIE[1] / radius)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _slice_labels(spec: ChartSpec, amounts: Sequence[float], total: float) -> list[str]:
    """Name, amount and share of every slice: on two lines, or on one where many short ones would collide."""
    names = labels.shorten_all(spec.categories, 26)
    shares = [f"{compact(amount, spec.format)} ({amount / total:.0%})" for amount in amounts]
    pairs = list(zip(names, shares, strict=True))
    short = all(labels.width(name) + labels.width(share) <= _SHORT_SLICE for name, share in pairs)
    between = "  " if short and len(pairs) > _FEW_SLICES else "\n"
    return [name + between + share for name, share in pairs]


def _spread(wanted: Sequence[float], gap: float, top: float) -> list[float]:
    """Heights near the wanted ones, ``gap`` apart at least, none above ``top`` as long as there is room."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [max(height, -top) for height in wanted]
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + gap)
    if order and placed[order[-1]] > top:
        placed[order[-1]] = top
        for above, below in pairwise(reversed(order)):
            placed[below] = min(placed[below], placed[above] - gap)
    return placed


def _scatter(axes: Axes, spec: ChartSpec) -> None:
    for index, series in enumerate(spec.series):
        marker = _MARKERS[index % len(_MARKERS)]
        axes.scatter(
            spec.x_values,
            _array(series),
            s=38,
            color=style.colour(index),
            alpha=0.85,
            marker=marker,
            edgecolors="white",
            linewidths=0.6,
            label=_legend_name(series),
        )
    axes.margins(0.06)
    axes.autoscale_view()
    if len(spec.series) == 1 and len(spec.categories) == len(spec.x_values) <= _NAMED_POINTS:
        _name_points(axes, spec)
    _value_axis(axes, spec, "y")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(style.CompactFormatter(_UNKNOWN))
    axes.tick_params(axis="x", length=3, labelsize=9)
    axes.set_xlabel(labels.shorten(spec.x_label, 60), fontsize=9)
    axes.margins(0.06)


def _name_points(axes: Axes, spec: ChartSpec) -> None:
    """Names beside the points, as far as they do not run into each other."""
    taken: list[tuple[float, float, float]] = []
    for text, x, y in zip(spec.categories, spec.x_values, _array(spec.series[0]), strict=True):
        name = labels.shorten(text, 24)
        left, middle = axes.transLimits.transform((x, y))
        right = left + labels.width(name) / _COLUMNS_OF_AXIS
        if all(right < a or left > b or abs(middle - height) > _LINE_OF_POINTS for a, b, height in taken):
            taken.append((left, right, middle))
            axes.annotate(
                name, (x, y), xytext=(5, 4), textcoords="offset points", fontsize=8, color=style.MUTED
            )


_DRAW: Mapping[ChartKind, Callable[[Axes, ChartSpec], None]] = {
    ChartKind.AREA: _area,
    ChartKind.BAR: _bars,
    ChartKind.COLUMN: _columns,
    ChartKind.LINE: _lines,
    ChartKind.PIE: _pie,
    ChartKind.SCATTER: _scatter,
}
