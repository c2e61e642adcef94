"""Fitting texts into the room that a chart has for them, measured in character widths."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.values import squeeze

#: How far a label may go on, by the way it is set.
_LINES = 2
_SLANTED = 24
_UPRIGHT = 20
_FEW = 24


def width(text: str) -> int:
    """Width in columns of a terminal: wide characters such as CJK and emoji count two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def shorten(text: str, room: int) -> str:
    """The text, cut to ``room`` columns with an ellipsis."""
    if width(text) <= room:
        return text
    used, end = 1, 0
    while end < len(text) and used + width(text[end]) <= room:
        used += width(text[end])
        end += 1
    return text[:end].rstrip() + "…"


def shorten_all(texts: Sequence[str], room: int) -> tuple[str, ...]:
    """The texts, cut at the end, or in the middle where they would look alike otherwise."""
    cut = tuple(shorten(text, room) for text in texts)
    if len(set(cut)) == len(set(texts)):
        return cut
    return tuple(text if width(text) <= room else shorten(squeeze(text, room), room) for text in texts)


def wrap(text: str, room: int, lines: int) -> str:
    """The text on at most ``lines`` lines of ``room`` columns, broken between words, cut with an ellipsis."""
    made: list[str] = []
    words = text.split()
    while words and len(made) < lines:
        current = words.pop(0)
        while words and width(f"{current} {words[0]}") <= room:
            current = f"{current} {words.pop(0)}"
        made.append(current)
    if words and made:
        made[-1] = shorten(f"{made[-1]} {' '.join(words)}", max(room, 2))
    return "\n".join(shorten(line, room) for line in made)


@dataclass(frozen=True, slots=True)
class AxisLabels:
    """Category labels as they stand under a vertical chart; ``rotation`` in degrees."""

    texts: tuple[str, ...]
    rotation: int


def under(categories: Sequence[str], room: float) -> AxisLabels:
    """Set labels under ``room`` columns of axis: flat if they fit, else wrapped, slanted or upright."""
    slot = room / max(len(categories), 1)
    longest = max(map(width, categories), default=0)
    if longest <= slot - 1:
        return AxisLabels(tuple(categories), 0)
    words = max((width(word) for text in categories for word in text.split()), default=0)
    if words <= slot - 1 and longest <= (slot - 1) * _LINES:
        return AxisLabels(tuple(wrap(text, int(slot - 1), _LINES + 1) for text in categories), 0)
    if len(categories) <= _FEW:
        return AxisLabels(shorten_all(categories, _SLANTED), 40)
    return AxisLabels(shorten_all(categories, _UPRIGHT), 90)
