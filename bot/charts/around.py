"""Labels around a circle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from bot.charts import labels, style
from bot.charts.labels import TEXT
from bot.charts.page import Page

_GAP = 0.1  # inches from the circle to its labels
_SMALLEST = 0.8  # inches of the radius that labels leave
_UPRIGHT = 0.06  # how near the vertical, as a cosine, a label stands above or below the circle
_MOVED = 0.1  # inches after which a label is joined to its place by a line
_WIDEST = 2.0


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle on the page, in inches."""

    x: float
    y: float
    radius: float

    def at(self, angle: float, part: float = 1.0) -> tuple[float, float]:
        """The point in this direction (radians, from the right, upwards), at a part of the radius."""
        return self.x + math.cos(angle) * self.radius * part, self.y + math.sin(angle) * self.radius * part


def clock(count: int) -> list[float]:
    """Angles of so many directions, clockwise from the top."""
    return [math.pi / 2 - 2 * math.pi * i / count for i in range(count)]


def room(page: Page, count: int) -> float:
    """Inches that each of so many labels may take, so that the circle stays large enough for all."""
    return min(_WIDEST, (page.right - page.left) / 2 - _least(count) - 2 * _GAP)


def _least(count: int) -> float:
    """The smallest radius: a line for each label at either side, and rings that can be told apart."""
    return max(labels.height(TEXT) * math.ceil(count / 2) / 2, _SMALLEST)


def fitted(page: Page, texts: Sequence[str], angles: Sequence[float]) -> Circle:
    """The largest circle whose labels have room around it."""
    line = labels.height(TEXT)
    over = line + _GAP * 0.7 if any(map(_vertical, angles)) else line / 2
    high = (page.top - page.bottom) / 2 - over
    page.need(2 * _least(len(texts)), of=2 * high)
    beside = max(
        (page.measure(text) for text, angle in zip(texts, angles, strict=True) if not _vertical(angle)),
        default=0.0,
    )
    radius = max(min(high, (page.right - page.left) / 2 - _GAP - beside), 0.1)
    return Circle((page.left + page.right) / 2, (page.top + page.bottom) / 2, radius)


def _vertical(angle: float) -> bool:
    return abs(math.cos(angle)) < _UPRIGHT


def write(into: Axes, circle: Circle, texts: Sequence[str], angles: Sequence[float]) -> None:
    """Labels around the circle, each as near to its direction as the others allow."""
    line = labels.height(TEXT)
    for text, angle in zip(texts, angles, strict=True):
        if _vertical(angle):
            up = math.sin(angle) > 0
            y = circle.y + (circle.radius + _GAP * 0.6) * (1 if up else -1)
            into.text(
                circle.x, y, text, ha="center", va="bottom" if up else "top", fontsize=TEXT, color=style.INK
            )
    # Beside a label at the very top or bottom, the others stay within the circle's height.
    most = circle.radius if any(map(_vertical, angles)) else circle.radius + line / 2
    for side in (1, -1):
        here = [i for i, a in enumerate(angles) if not _vertical(a) and (math.cos(a) > 0) == (side > 0)]
        wanted = [(circle.radius + _GAP) * math.sin(angles[i]) for i in here]
        heights = labels.spread(wanted, line, line / 2 - most, most - line / 2)
        for i, height in zip(here, heights, strict=True):
            _beside(into, circle, texts[i], angles[i], height)


def _beside(into: Axes, circle: Circle, text: str, angle: float, height: float) -> None:
    """One label at the right or left, joined to its place by a line if it had to move."""
    side = 1 if math.cos(angle) > 0 else -1
    moved = abs((circle.radius + _GAP) * math.sin(angle) - height) > _MOVED
    reach = circle.radius + _GAP * (2.0 if moved else 1.0)
    x = circle.x + side * math.sqrt(max(reach**2 - height**2, (circle.radius * 0.12) ** 2))
    into.annotate(
        text, circle.at(angle, 1 + 0.03 / circle.radius), xytext=(x, circle.y + height), textcoords="data",
        ha="left" if side > 0 else "right", va="center", fontsize=TEXT, annotation_clip=False,
        arrowprops={
            "arrowstyle": "-", "color": style.ZERO, "linewidth": 0.7, "relpos": (0 if side > 0 else 1, 0.5),
            "shrinkA": 1, "shrinkB": 0,
        } if moved else None,
    )  # fmt: skip
