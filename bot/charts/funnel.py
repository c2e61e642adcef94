"""Funnels: what is left at every stage."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from bot.charts import labels, style
from bot.charts.labels import SMALL, TEXT
from bot.charts.page import Page
from bot.core.values import compact
from bot.model import ChartSpec

_STAGE = 0.3  # inches of height that a stage needs
_THICK = 0.68  # share of it that its bar takes
_NAMES = 1.6  # inches
_FIRST, _STEP = "of first", "of previous"
_HEAD = 0.2


def draw(page: Page, spec: ChartSpec) -> None:
    """Draw a funnel: centred bars with their amounts, and beside them what share is left."""
    page.measured(spec.y_label, spec.title)
    values = [max(value or 0.0, 0.0) for value in spec.series[0].values]
    names = labels.shorten_all(spec.categories, _NAMES, page.measure)
    texts = [compact(value, spec.format) for value in values]
    widest = max((page.measure(name) for name in names), default=0.0)
    column = page.measure(_STEP, SMALL) + 0.08
    left, right = page.left + widest + 0.15, page.right - 2 * column - 0.1
    slot = (page.top - page.bottom - _HEAD) / max(len(values), 1)
    middles = [page.top - _HEAD - slot * (i + 0.5) for i in range(len(values))]
    largest = max(values, default=0.0) or 1.0
    halves = [value / largest * (right - left) / 2 for value in values]
    into = page.canvas()
    _shape(into, (left + right) / 2, middles, halves, slot * _THICK)
    for name, text, middle, half in zip(names, texts, middles, halves, strict=True):
        into.text(page.left, middle, name, ha="left", va="center", fontsize=TEXT)
        inside = page.measure(text) + 0.1 <= half * 2
        into.text(
            (left + right) / 2 + (0 if inside else half + 0.06), middle, text, fontsize=TEXT, va="center",
            ha="center" if inside else "left", color=style.ink_on(style.colour(0)) if inside else style.INK,
        )  # fmt: skip
    _shares(into, page, values, middles, column)


def rows(spec: ChartSpec) -> float:
    """Inches that the stages need."""
    return _STAGE * len(spec.categories) + _HEAD


def _shape(
    into: Axes, centre: float, middles: Sequence[float], halves: Sequence[float], thick: float
) -> None:
    """The bars, and between them light pieces that lead from one to the next."""
    colour = style.colour(0)
    for i, (middle, half) in enumerate(zip(middles, halves, strict=True)):
        into.add_patch(
            Rectangle((centre - half, middle - thick / 2), half * 2, thick, facecolor=colour, linewidth=0)
        )
        if half < 0.005:  # noqa: PLR2004 -- less than a pixel
            into.plot([centre, centre], [middle - thick / 2, middle + thick / 2], color=colour, linewidth=1)
        if i + 1 < len(middles):
            upper, lower, below = middle - thick / 2, middles[i + 1] + thick / 2, halves[i + 1]
            corners = [
                (centre - half, upper),
                (centre + half, upper),
                (centre + below, lower),
                (centre - below, lower),
            ]
            into.add_patch(Polygon(corners, closed=True, facecolor=style.tint(colour, 0.16), linewidth=0))


def _shares(into: Axes, page: Page, values: Sequence[float], middles: Sequence[float], column: float) -> None:
    """Two columns at the right: what is left of the first stage, and of the stage before."""
    edges = (page.right - column, page.right)
    for edge, head in zip(edges, (_FIRST, _STEP), strict=True):
        into.text(edge, page.top, head, ha="right", va="top", fontsize=SMALL, color=style.MUTED)
    for i, middle in enumerate(middles):
        for edge, base in zip(edges, (values[0], values[max(i - 1, 0)]), strict=True):
            text = share(values[i], base) if i else ("100%" if edge == edges[0] else "")
            into.text(edge, middle, text, ha="right", va="center", fontsize=TEXT)


def share(value: float, base: float) -> str:
    """``value`` as a share of ``base``, as people say it."""
    if not base:
        return "–"
    part = value / base * 100
    return f"{part:.0f}%" if part >= 10 or part == 0 else f"{part:.1f}%" if part >= 0.1 else "<0.1%"  # noqa: PLR2004 -- as people say it
