"""Value axes: where values lie on them, and the texts of their ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from matplotlib.ticker import MaxNLocator

from bot.charts import style
from bot.charts.page import Page
from bot.model import DisplayFormat

_INTERVALS = 5
_STEPS = (1, 2, 2.5, 5, 10)
_NEAR_ZERO = 0.6
_SLACK = 1e-9
_AWAY = 0.08  # share of the axis between an edge that is not zero and the nearest point
_APART = 0.12  # inches between two texts side by side
_TWO = 2


@dataclass(frozen=True, slots=True)
class Scale:
    """A value axis: its ends, its ticks and their texts."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]

    def width(self, page: Page) -> float:
        """Inches of the widest text."""
        return max((page.measure(text) for text in self.texts), default=0.0)

    def part(self, value: float) -> float:
        """Where a value lies, from 0 at the low end to 1 at the high one."""
        return (value - self.low) / (self.high - self.low)

    def lying(self, page: Page, width: float) -> Scale:
        """The scale with as many of its ticks as fit side by side within so many inches, zero among them."""
        kept = self
        while len(kept.ticks) > _TWO and crowded(
            page, kept.ticks, kept.texts, width / (self.high - self.low)
        ):
            first = kept.ticks.index(0.0) % 2 if 0.0 in kept.ticks else 0
            kept = replace(kept, ticks=kept.ticks[first::2], texts=kept.texts[first::2])
        return kept

    def out(self, page: Page, width: float) -> float:
        """Inches by which the last text stands out of the frame."""
        if not self.ticks:
            return 0.0
        return max(page.measure(self.texts[-1]) / 2 - (1 - self.part(self.ticks[-1])) * width, 0.0)


def scale(
    numbers: Sequence[float],
    form: DisplayFormat,
    *,
    zero: bool = True,
    above: float = 0.04,
    below: float = 0.04,
) -> Scale:
    """A scale for the numbers.

    Args:
        numbers: all that is drawn.
        form: how ticks are written.
        zero: the scale begins at zero, as bars do.
        above: share of the axis to keep free at the high end, for texts.
        below: the same at the low end, where there are negative values.
    """
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if zero or low == high or 0 <= low < _NEAR_ZERO * high:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1
    # Nothing is drawn beyond zero, hence no text stands there.
    above, below = (0.0 if high == 0 else above), (0.0 if low == 0 else below)
    whole = (high - low) / (1 - above - below)
    low, high = low - below * whole, high + above * whole
    found = MaxNLocator(nbins=_INTERVALS, steps=_STEPS).tick_values(low, high)
    slack = (high - low) * _SLACK
    ticks = tuple(float(tick) for tick in found if low - slack <= tick <= high + slack)
    return Scale(low, high, ticks, style.tick_texts(ticks, form))


def aligned(
    first: Scale, form: DisplayFormat, numbers: Sequence[float], second: DisplayFormat
) -> tuple[Scale, Scale]:
    """Two scales with their ticks side by side: ``first``, now from tick to tick, and one for the numbers."""
    step = first.ticks[1] - first.ticks[0] if len(first.ticks) > 1 else first.high - first.low
    bottom, top = math.floor(first.low / step + _SLACK), math.ceil(first.high / step - _SLACK)
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if low == high or 0 <= low < _NEAR_ZERO * high:
        low, high = min(low, 0.0), max(high, 0.0)
    elif low > 0 or high < 0:  # away from zero, a point on the edge would look like zero
        low, high = low - (high - low) * _AWAY, high + (high - low) * _AWAY
    begin, wide = _whole_steps(low, high if high > low else low + 1, top - bottom)
    ticks = tuple(i * step for i in range(bottom, top + 1))
    others = tuple((begin + i) * wide for i in range(top - bottom + 1))
    return (
        Scale(ticks[0], ticks[-1], ticks, style.tick_texts(ticks, form)),
        Scale(others[0], others[-1], others, style.tick_texts(others, second)),
    )


def _whole_steps(low: float, high: float, count: int) -> tuple[int, float]:
    """The narrowest of the usual steps of which ``count`` reach from ``low`` to ``high``, and the first."""
    power = math.floor(math.log10((high - low) / count))
    while True:
        for step in (part * 10.0**power for part in _STEPS[:-1]):
            begin = math.floor(low / step + _SLACK)
            if (begin + count) * step >= high * (1 - _SLACK):
                return begin, step
        power += 1


def of_whole() -> Scale:
    """The axis of shares of the whole, in per cent."""
    ticks = (0.0, 25.0, 50.0, 75.0, 100.0)
    return Scale(0.0, 100.0, ticks, style.tick_texts(ticks, DisplayFormat.NUMBER_PERCENTAGE))


def crowded(page: Page, places: Sequence[float], texts: Sequence[str], inch: float) -> bool:
    """Whether texts centred at these places, of which a unit is ``inch`` inches, run into each other."""
    widths = [page.measure(text) for text in texts]
    return any(
        (b - a) * inch < (first + second) / 2 + _APART
        for (a, b), (first, second) in zip(pairwise(places), pairwise(widths), strict=True)
    )
