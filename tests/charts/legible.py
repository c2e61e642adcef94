"""Whether the texts of a figure can be read: none over another, none cut off by the edge."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

#: Pixels by which boxes may touch: fonts reserve room above and below that most letters leave empty.
SLACK = 3.0

Point = tuple[float, float]


def complaints(figure: Figure) -> list[str]:
    """What cannot be read: pairs of texts that overlap, and texts that stand out of the picture."""
    figure.draw_without_rendering()
    boxes = [(text.get_text(), _corners(text)) for text in _texts(figure)]
    width, height = figure.bbox.width, figure.bbox.height
    found = [
        f"{words!r} stands out"
        for words, corners in boxes
        if not all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in corners)
    ]
    found += [f"{one!r} over {other!r}" for (one, a), (other, b) in combinations(boxes, 2) if _meet(a, b)]
    return found


def _texts(figure: Figure) -> Iterator[Text]:
    """Everything that is written: title, legend, names of axes, ticks that are in view, labels."""
    written = [*figure.texts, *(text for legend in figure.legends for text in legend.get_texts())]
    if figure.get_suptitle():
        written.append(figure._suptitle)  # type: ignore[attr-defined]  # there is no public way to it
    for axes in figure.axes:
        written += axes.texts
        if axes.axison:
            for axis in (axes.xaxis, axes.yaxis):
                written += [axis.label, *_ticks(axis)]
    for text in dict.fromkeys(written):
        if text.get_text().strip() and text.get_visible():
            yield text


def _ticks(axis: Axis) -> Iterator[Text]:
    low, high = sorted(axis.get_view_interval())
    slack = (high - low) * 1e-6
    for tick in axis.get_major_ticks():
        if low - slack <= tick.get_loc() <= high + slack:
            yield tick.label1 if tick.label1.get_visible() else tick.label2


def _corners(text: Text) -> list[Point]:
    """The corners of a text in pixels, turned as it is."""
    rotation = text.get_rotation()
    if rotation % 90 == 0:
        box = Text.get_window_extent(text)  # without the line that joins an annotation to its place
        return [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)]
    anchor = text.get_transform().transform(text.get_position())
    text.set_rotation(0)
    box = Text.get_window_extent(text)  # without the line that joins an annotation to its place
    text.set_rotation(rotation)
    cos, sin = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))
    return [
        (
            float(anchor[0] + (x - anchor[0]) * cos - (y - anchor[1]) * sin),
            float(anchor[1] + (x - anchor[0]) * sin + (y - anchor[1]) * cos),
        )
        for x, y in ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    ]


def _meet(one: list[Point], other: list[Point]) -> bool:
    """Whether two rectangles overlap by more than the slack: no edge parts them."""
    for corners in (one, other):
        for i in (0, 1):
            (x0, y0), (x1, y1) = corners[i], corners[i + 1]
            length = math.hypot(x1 - x0, y1 - y0) or 1.0
            along = ((x1 - x0) / length, (y1 - y0) / length)
            a = [x * along[0] + y * along[1] for x, y in one]
            b = [x * along[0] + y * along[1] for x, y in other]
            if max(a) <= min(b) + SLACK or max(b) <= min(a) + SLACK:
                return False
    return True
