"""Shares of a whole: a ring with a label for each slice, or with a list of many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle, Wedge

from bot.charts import labels, style
from bot.charts.around import Circle
from bot.charts.labels import SMALL, TEXT
from bot.charts.page import Page
from bot.core.values import compact
from bot.model import ChartSpec

_HOLE = 0.58
_LARGEST, _SMALLEST = 1.22, 0.8  # inches
_OUT = 0.24  # inches from the ring to the labels
_NAME = 1.9
_FEW_SLICES = 6
_OTHER = "Other"
_TOTAL = 12.0
_ROW, _SWATCH = 0.215, 0.11  # inches
_TOLD = 0.035  # the smallest share that is told in its slice


def draw(page: Page, spec: ChartSpec) -> None:
    """Draw a pie; the slice of all that is left over is grey."""
    page.measured(spec.y_label, spec.title)
    amounts = [max(value or 0.0, 0.0) for value in spec.series[0].values]
    if len(amounts) <= _FEW_SLICES:
        _labelled(page, spec, amounts)
    else:
        _listed(page, spec, amounts)


def _labelled(page: Page, spec: ChartSpec, amounts: Sequence[float]) -> None:
    """A ring in the middle, each slice with its label beside it."""
    names = labels.shorten_all(spec.categories, _NAME, page.measure)
    texts = [
        f"{name}\n{compact(amount, spec.format)} ({share})"
        for name, amount, share in zip(names, amounts, shares(amounts), strict=True)
    ]
    room = (page.right - page.left) / 2 - max(map(page.measure, texts), default=0.0) - _OUT
    circle = Circle(
        (page.left + page.right) / 2,
        (page.top + page.bottom) / 2,
        min(_LARGEST, (page.top - page.bottom) / 2 - 0.05, max(room, _SMALLEST)),
    )
    into = page.canvas()
    middles = _ring(into, circle, spec, amounts)
    for side in (1, -1):
        _side(into, circle, texts, middles, side)


def _listed(page: Page, spec: ChartSpec, amounts: Sequence[float]) -> None:
    """A ring at the left, and a list of its slices in their order, clockwise from the top."""
    radius = min(_LARGEST * 1.05, (page.top - page.bottom) / 2 - 0.05)
    circle = Circle(page.left + radius + 0.1, (page.top + page.bottom) / 2, radius)
    into = page.canvas()
    middles = _ring(into, circle, spec, amounts)
    parts = shares(amounts)
    for i, middle in enumerate(middles):
        if amounts[i] >= sum(amounts) * _TOLD > 0:
            x, y = circle.at(middle, (1 + _HOLE) / 2)
            ink = style.ink_on(_colour(spec, i, sum(amounts)))
            into.text(x, y, parts[i], ha="center", va="center_baseline", fontsize=SMALL, color=ink)
    texts = [compact(amount, spec.format) for amount in amounts]
    wide = max(map(page.measure, parts)), max(map(page.measure, texts))
    left = circle.x + radius + 0.35
    names = labels.shorten_all(spec.categories, page.right - sum(wide) - 0.4 - left - _SWATCH, page.measure)
    row = min(_ROW, (page.top - page.bottom) / len(amounts))
    top = (page.top + page.bottom + row * (len(amounts) - 1)) / 2
    for i, name in enumerate(names):
        y = top - i * row
        colour = _colour(spec, i, sum(amounts))
        into.add_patch(Rectangle((left, y - _SWATCH / 2), _SWATCH, _SWATCH, facecolor=colour, linewidth=0))
        into.text(left + _SWATCH + 0.08, y, name, va="center_baseline", fontsize=TEXT)
        into.text(page.right - wide[0] - 0.15, y, texts[i], ha="right", va="center_baseline", fontsize=TEXT)
        into.text(page.right, y, parts[i], ha="right", va="center_baseline", fontsize=TEXT, color=style.MUTED)


def _ring(into: Axes, circle: Circle, spec: ChartSpec, amounts: Sequence[float]) -> list[float]:
    """The slices, clockwise from the top, around their total; the angles of their middles."""
    total = sum(amounts)
    turns = [0.0, *accumulate(amount / total if total else 1 / len(amounts) for amount in amounts)]
    for index, (begin, end) in enumerate(pairwise(turns)):
        wedge = Wedge(
            (circle.x, circle.y), circle.radius, 90 - 360 * end, 90 - 360 * begin,
            width=circle.radius * (1 - _HOLE), facecolor=_colour(spec, index, total), edgecolor="white",
            linewidth=1.5,
        )  # fmt: skip
        into.add_patch(wedge)
    text = compact(total, spec.format)
    into.text(circle.x, circle.y + 0.02, text, ha="center", va="bottom", fontsize=_TOTAL, fontweight="bold")
    into.text(circle.x, circle.y - 0.03, "total", ha="center", va="top", fontsize=SMALL, color=style.MUTED)
    return [math.pi / 2 - math.pi * (begin + end) for begin, end in pairwise(turns)]


def _colour(spec: ChartSpec, index: int, total: float) -> str:
    if not total:
        return style.GRID
    left_over = index == len(spec.categories) - 1 and spec.categories[index] == _OTHER
    return style.REST if left_over else style.colour(index)


def shares(amounts: Sequence[float]) -> list[str]:
    """Each amount as a share of all, in whole per cent; what is not nothing does not read ``0%``."""
    total = sum(amounts) or 1.0
    return [
        "<1%" if 0 < amount / total < 0.005 else f"{amount / total:.0%}"  # noqa: PLR2004 -- would be rounded to nothing
        for amount in amounts
    ]


def _side(into: Axes, circle: Circle, texts: Sequence[str], middles: Sequence[float], side: int) -> None:
    """The labels at the right or at the left in one line, each joined to its slice."""
    here = [i for i, middle in enumerate(middles) if (math.cos(middle) >= 0) == (side > 0)]
    line = labels.height(TEXT, 1 + texts[0].count("\n")) if texts else 0.0
    wanted = [circle.y + (circle.radius + 0.1) * math.sin(middles[i]) for i in here]
    low, high = into.get_ylim()
    heights = labels.spread(wanted, line + 0.03, low + line / 2, high - line / 2)
    for i, height in zip(here, heights, strict=True):
        into.annotate(
            texts[i], circle.at(middles[i]), xytext=(circle.x + side * (circle.radius + _OUT), height),
            ha="left" if side > 0 else "right", va="center", fontsize=TEXT, annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": style.ZERO, "linewidth": 0.7,
                "relpos": (0 if side > 0 else 1, 0.5), "shrinkA": 2, "shrinkB": 0,
            },
        )  # fmt: skip
