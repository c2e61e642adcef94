"""Fitting texts into the room that a chart has for them.

Widths are inches, heights are points; ``Measure`` tells the width of a text in one size.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Measure = Callable[[str], float]

#: Sizes of texts in points, normal and where it is narrow.
TEXT, SMALL = 9.5, 8.0

_TALLEST = 1.17  # height of a line of text, in sizes
_APART = 0.07  # inches between two labels on one line
_LINES = 3
_ANGLE = 40
_SLANTED, _UPRIGHT = 1.35, 1.2  # inches that a label may go on
_TINY, _SMALLER = 6.2, 8.5
_FEW = 24
_ROOMY = 0.7  # inches in which a few words can be read
#: Words, each with the space behind it; between ideographs a line may break anywhere.
_WORDS = re.compile(r"[\u2e80-\uffef]\s*|[^\s\u2e80-\uffef]+\s*")


def height(size: float, lines: int = 1) -> float:
    """Inches that so many lines of text take."""
    return size * _TALLEST * lines / 72


def shorten(text: str, room: float, measure: Measure) -> str:
    """The text, cut to ``room`` inches with an ellipsis."""
    if measure(text) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) + measure("…") <= room else (low, middle - 1)
    while low and unicodedata.combining(text[low]):  # never between a letter and its marks
        low -= 1
    return text[:low].rstrip() + "…"


def squeeze(text: str, room: float, measure: Measure) -> str:
    """The text, cut in the middle: names of one family differ at their end."""
    if measure(text) <= room:
        return text
    half = (room - measure("…")) / 2
    head = shorten(text, half + measure("…"), measure).removesuffix("…")
    tail = shorten(text[::-1], half + measure("…"), measure).removesuffix("…")[::-1]
    return f"{head.rstrip()}…{tail.lstrip()}"


def shorten_all(texts: Sequence[str], room: float, measure: Measure) -> tuple[str, ...]:
    """The texts, cut at the end, or in the middle where they would look alike otherwise."""
    cut = tuple(shorten(text, room, measure) for text in texts)
    if len(set(cut)) == len(set(texts)):
        return cut
    return tuple(squeeze(text, room, measure) for text in texts)


def wrap(text: str, room: float, lines: int, measure: Measure) -> str:
    """The text on at most ``lines`` lines of ``room`` inches, broken between words, cut with an ellipsis."""
    words: list[str] = _WORDS.findall(text)
    made: list[str] = []
    while words and len(made) < lines:
        current = words.pop(0)
        while words and measure(f"{current}{words[0]}".rstrip()) <= room:
            current += words.pop(0)
        made.append(current)
    if words and made:
        made[-1] += "".join(words)
    return "\n".join(shorten(line.rstrip(), room, measure) for line in made)


def whole(wrapped: str, text: str) -> bool:
    """Whether wrapping has cut nothing off."""
    return "".join(wrapped.split()) == "".join(text.split())


@dataclass(frozen=True, slots=True)
class AxisLabels:
    """Category labels as they stand under a chart.

    Attributes:
        texts: one for each category that has a label; every ``step``-th from ``start`` has.
        rotation: degrees; 0 is flat, 90 reads from below.
        size: points.
        height: inches that they take.
        missing: inches more at the left would have let the first of them be whole.
    """

    texts: tuple[str, ...]
    rotation: int
    size: float
    height: float
    step: int = 1
    start: int = 0
    missing: float = 0.0


def under(
    categories: Sequence[str],
    slot: float,
    measure: Callable[[str, float], float],
    *,
    before: float,
    even: bool,
) -> AxisLabels:
    """Labels for categories that have ``slot`` inches each: flat, wrapped, slanted or upright, or some only.

    Args:
        categories: the texts.
        slot: inches from one to the next.
        measure: width of a text in so many points.
        before: inches from the left edge of the picture to the middle of the first category.
        even: the categories go on evenly, as dates do, so that some labels say it all.
    """
    if found := flat(categories, slot, measure):
        return found
    if even and len(categories) > _LINES * 2:
        return _some(categories, slot, measure, before=before)
    if slot >= _ROOMY and (cut := _cut(categories, slot, measure)):
        return cut
    steep = math.sin(math.radians(_ANGLE))
    if len(categories) <= _FEW and slot * steep >= height(SMALL):
        return _slanted(categories, slot, measure, before=before)
    size = min(SMALL, slot * 72 / _TALLEST)
    step = 1 if size >= _TINY else math.ceil(height(_TINY) / slot)
    size = max(size, _TINY)
    texts = shorten_all(categories[::step], _UPRIGHT, lambda text: measure(text, size))
    return AxisLabels(texts, 90, size, max(measure(text, size) for text in texts), step)


def flat(categories: Sequence[str], slot: float, measure: Callable[[str, float], float]) -> AxisLabels | None:
    """All labels on one to three lines, if every word of them fits: a little smaller beats slanted."""
    return _flat(categories, slot, TEXT, measure) or _flat(categories, slot, _SMALLER, measure)


def _flat(
    categories: Sequence[str], slot: float, size: float, measure: Callable[[str, float], float]
) -> AxisLabels | None:
    made = []
    for text in categories:
        wrapped = wrap(text, slot - _APART, _LINES, lambda part: measure(part, size))
        if not whole(wrapped, text):
            return None
        made.append(wrapped)
    lines = max((text.count("\n") + 1 for text in made), default=1)
    return AxisLabels(tuple(made), 0, size, height(size, lines))


def _cut(categories: Sequence[str], slot: float, measure: Callable[[str, float], float]) -> AxisLabels | None:
    """The beginnings of labels that are too long even for a slant, if that tells them apart."""
    if max(measure(text, SMALL) for text in categories) <= _SLANTED:
        return None
    texts = tuple(
        wrap(text, slot - _APART, _LINES, lambda part: measure(part, _SMALLER)) for text in categories
    )
    if len(set(texts)) < len(set(categories)):
        return None
    lines = max(text.count("\n") + 1 for text in texts)
    return AxisLabels(texts, 0, _SMALLER, height(_SMALLER, lines))


def _some(
    categories: Sequence[str], slot: float, measure: Callable[[str, float], float], *, before: float
) -> AxisLabels:
    """Every so many-th label, flat, from the first to the last for which there is room at the sides."""
    wide = min(max(measure(text, TEXT) for text in categories), _UPRIGHT)
    step = max(1, math.ceil((wide + _APART * 2) / slot))
    start = max(0, math.ceil((wide / 2 - before) / slot))
    end = len(categories) - max(0, math.ceil((wide - slot) / 2 / slot))
    chosen = categories[start:end:step]
    texts = tuple(shorten(text, _UPRIGHT, lambda part: measure(part, TEXT)) for text in chosen)
    return AxisLabels(texts, 0, TEXT, height(TEXT), step, start)


def _slanted(
    categories: Sequence[str], slot: float, measure: Callable[[str, float], float], *, before: float
) -> AxisLabels:
    size = TEXT if slot * math.sin(math.radians(_ANGLE)) >= height(TEXT) else SMALL
    flat = math.cos(math.radians(_ANGLE))
    rooms = [(before + i * slot) / flat - 0.05 for i in range(len(categories))]
    cut = shorten_all(categories, _SLANTED, lambda text: measure(text, size))
    missing = max((measure(text, size) - room) * flat for text, room in zip(cut, rooms, strict=True))
    texts = tuple(
        shorten(text, room, lambda part: measure(part, size)) for text, room in zip(cut, rooms, strict=True)
    )
    longest = max(measure(text, size) for text in texts)
    tall = longest * math.sin(math.radians(_ANGLE)) + height(size) * flat
    return AxisLabels(texts, _ANGLE, size, tall, missing=max(missing, 0.0))


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights near the wanted ones, ``gap`` apart, from ``low`` to ``high`` as long as there is room."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [max(place, low) for place in wanted]
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + gap)
    if order and placed[order[-1]] > high:
        placed[order[-1]] = high
        for above, below in pairwise(reversed(order)):
            placed[below] = min(placed[below], placed[above] - gap)
    return placed
