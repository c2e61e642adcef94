"""Heat maps: a colour for each pair of a row and a column."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from bot.charts import axes, feet, labels, scales, style
from bot.charts.labels import TEXT
from bot.charts.page import Page
from bot.charts.scales import Scale
from bot.core.values import ABSENT, compact
from bot.model import ChartSpec

_LOWEST = 1.0  # inches in which the colour bar can be read
_ROW = 0.2  # inches of height that a row needs
_NAMES = 1.7  # inches
_SIZES = (9.0, 8.0, 7.0)
_BAR, _BAR_GAP = 0.12, 0.14  # inches
_LINE = 1.0


def draw(page: Page, spec: ChartSpec) -> None:
    """Draw a heat map: series are rows, categories columns; cells tell their values where they fit."""
    page.measured(spec.y_label, spec.title)
    names = labels.shorten_all([series.name for series in spec.series], _NAMES, page.measure)
    widest = max((page.measure(name) for name in names), default=0.0)
    numbers = [value for series in spec.series for value in series.values if value is not None]
    texts = [
        [ABSENT if value is None else compact(value, spec.format) for value in series.values]
        for series in spec.series
    ]
    left = page.left + widest + 0.06
    slot = (page.right - left) / max(len(spec.categories), 1)
    size = _fitting(page, texts, slot)
    measured = scales.scale(numbers, spec.format, zero=False, above=0.0, below=0.0)
    right = page.right - (0.0 if size else _BAR + _BAR_GAP + measured.width(page) + 0.06)
    foot = feet.categories(page, spec, left, right)
    bottom = page.bottom + foot.labels.height + axes.FOOT
    page.need(max(labels.height(TEXT) * len(names), _LOWEST), of=page.top - bottom)
    into = page.axes(left, bottom, right, max(page.top, bottom + 0.1))
    axes.put_foot(into, foot)
    into.set_yticks(range(len(names)), names, fontsize=TEXT)
    into.tick_params(axis="y", length=0, pad=0.06 * 72)
    into.set_ylim(len(names) - 0.5, -0.5)
    for spine in into.spines.values():
        spine.set_visible(False)
    shades = _shades(numbers)
    _cells(into, spec, shades)
    if size:
        _values(into, spec, texts, size, shades)
    else:
        _bar(
            page,
            measured,
            (right + _BAR_GAP, bottom, right + _BAR_GAP + _BAR, max(page.top, bottom + 0.1)),
            shades,
        )


def rows(spec: ChartSpec) -> float:
    """Inches that the rows need."""
    return _ROW * len(spec.series)


def _shades(numbers: Sequence[float]) -> ScalarMappable:
    """Colours for the numbers; where they lie on both sides of zero, equal distances have equal strength."""
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if low < 0 < high:
        low, high = -max(-low, high), max(-low, high)
    colours = style.colours_of(low, high)
    return ScalarMappable(Normalize(low, high) if low < high else Normalize(low - 1, high + 1), colours)


def _cells(into: Axes, spec: ChartSpec, shades: ScalarMappable) -> None:
    values = np.ma.masked_invalid(
        [[math.nan if value is None else value for value in series.values] for series in spec.series]
    )
    edges = np.arange(len(spec.categories) + 1) - 0.5, np.arange(len(spec.series) + 1) - 0.5
    into.pcolormesh(
        *edges,
        values,
        cmap=shades.cmap,
        norm=Normalize(*shades.get_clim()),
        edgecolors="white",
        linewidth=_LINE,
    )


def _fitting(page: Page, texts: Sequence[Sequence[str]], slot: float) -> float | None:
    """The size in which every value fits its cell."""
    tall = (page.top - page.bottom - 0.3) / max(len(texts), 1)
    for size in _SIZES:
        widest = max((page.measure(text, size) for row in texts for text in row), default=0.0)
        if widest + 0.08 <= slot and labels.height(size) <= tall:
            return size
    return None


def _values(
    into: Axes, spec: ChartSpec, texts: Sequence[Sequence[str]], size: float, shades: ScalarMappable
) -> None:
    for row, series in enumerate(spec.series):
        for column, value in enumerate(series.values):
            ink = style.MUTED if value is None else style.ink_on(_colour(shades, value))
            into.text(
                column, row, texts[row][column], ha="center", va="center_baseline", fontsize=size, color=ink
            )


def _colour(shades: ScalarMappable, value: float) -> style.Colour:
    red, green, blue, _ = shades.to_rgba(np.asarray(value))
    return float(red), float(green), float(blue)


def _bar(page: Page, measured: Scale, box: tuple[float, float, float, float], shades: ScalarMappable) -> None:
    """What the colours mean, where the cells do not say it."""
    into = page.axes(*box)
    bar = page.figure.colorbar(shades, cax=into)
    bar.outline.set_visible(False)
    low, high = into.get_ylim()
    bar.set_ticks(list(measured.ticks), labels=list(measured.texts), fontsize=TEXT)
    into.tick_params(length=0, pad=0.06 * 72)
    into.set_ylim(low, high)
