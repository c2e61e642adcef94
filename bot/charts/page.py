"""The picture as a page: its size, its title, its legend, and what is left for the chart.

All places are inches from the lower left corner, so that texts can be fitted before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bot.charts import labels, style
from bot.charts.fonts import Typeface
from bot.charts.labels import TEXT

#: Inches; small, so that text is large against the picture: Slack shows it about 360 points wide.
WIDTH, HEIGHT = 6.0, 3.375
DPI = 200

#: Points of the texts that say what is measured.
NAME = 8.5

_MARGIN = 0.13
_TITLE = 13.0
_LEGEND = 9.0
_LEGEND_LINE = _LEGEND * (labels.height(1) * 72 + 0.4) / 72
_HANDLE, _HANDLE_PAD, _BETWEEN = 1.3, 0.5, 1.4  # of the legend, in sizes
_NAMES = (2.6, 1.7, 1.25)  # inches that a name may take in the legend, as there are more of them
_MOST_LINES = 4


class Page:
    """A white figure, and the room that is free on it.

    Attributes:
        left, bottom, right, top: edges of the free room; title and legend take from the top.
        missing: inches of height without which what is drawn is too low to be read.
    """

    def __init__(self, height: float = HEIGHT) -> None:
        self.figure = Figure(figsize=(WIDTH, height), dpi=DPI)
        self.face = Typeface()
        self.left, self.right = _MARGIN, WIDTH - _MARGIN
        self.bottom, self.top = _MARGIN, height - _MARGIN
        self.missing = 0.0
        self._height = height

    def measure(self, text: str, size: float = TEXT) -> float:
        """Inches that the text is wide."""
        return self.face.width(text, size)

    def title(self, text: str) -> None:
        """The title, on two lines at most."""
        if not text:
            return
        room = self.right - self.left
        fitted = labels.wrap(text, room, 2, lambda part: self.face.width(part, _TITLE, bold=True))
        self.figure.suptitle(
            fitted, x=self.left / WIDTH, y=self.top / self._height, ha="left", va="top",
            fontsize=_TITLE, fontweight="bold", color=style.INK, linespacing=1.1,
        )  # fmt: skip
        self.top -= labels.height(_TITLE, fitted.count("\n") + 1) + 0.09

    def measured(self, text: str, title: str) -> None:
        """What the chart measures, for those without an axis that says it; not again what the title says."""
        if not text or text.casefold() in title.casefold():
            return
        fitted = labels.shorten(text, self.right - self.left, lambda part: self.measure(part, NAME))
        self.figure.text(
            self.left / WIDTH, self.top / self._height, fitted, ha="left", va="top", fontsize=NAME,
            color=style.MUTED,
        )  # fmt: skip
        self.top -= labels.height(NAME) + 0.06

    def legend(self, entries: Sequence[tuple[Artist, str]]) -> None:
        """Names of the series beneath the title, in lines that are read from left to right."""
        columns, texts = self._fitted([name for _, name in entries])
        # matplotlib fills columns, people read lines.
        order = [i for column in range(columns) for i in range(column, len(entries), columns)]
        self.figure.legend(
            [entries[i][0] for i in order], [texts[i] for i in order], loc="upper left",
            bbox_to_anchor=(self.left / WIDTH, self.top / self._height), ncols=columns, frameon=False,
            fontsize=_LEGEND, handlelength=_HANDLE, handletextpad=_HANDLE_PAD, columnspacing=_BETWEEN,
            labelspacing=0.4, borderpad=0, borderaxespad=0,
        )  # fmt: skip
        self.top -= -(-len(entries) // columns) * _LEGEND_LINE + 0.06

    def _fitted(self, names: Sequence[str]) -> tuple[int, tuple[str, ...]]:
        """How many columns the legend has, and its texts, cut as far as it takes."""
        around = (_HANDLE + _HANDLE_PAD + _BETWEEN) * _LEGEND / 72
        columns, texts = 1, tuple(names)
        for room in _NAMES:
            texts = labels.shorten_all(names, room, lambda text: self.measure(text, _LEGEND))
            widths = [self.measure(text, _LEGEND) + around for text in texts]
            columns = max(
                (n for n in range(1, len(texts) + 1) if _across(widths, n) <= self.right - self.left),
                default=1,
            )
            if -(-len(texts) // columns) <= _MOST_LINES:
                break
        return columns, texts

    def need(self, height: float, *, of: float) -> None:
        """What is drawn needs this height, ``of`` which is what it has."""
        self.missing = max(self.missing, height - of)

    def axes(self, left: float, bottom: float, right: float, top: float) -> Axes:
        """Axes whose frame lies at these edges."""
        return self.figure.add_axes(
            (left / WIDTH, bottom / self._height, (right - left) / WIDTH, (top - bottom) / self._height)
        )

    def size(self, axes: Axes) -> tuple[float, float]:
        """Width and height of the frame of the axes."""
        place = axes.get_position()
        return place.width * WIDTH, place.height * self._height

    def canvas(self) -> Axes:
        """Axes without a frame over the free room, with inches of the page as their data."""
        axes = self.axes(self.left, self.bottom, self.right, self.top)
        axes.set_xlim(self.left, self.right)
        axes.set_ylim(self.bottom, self.top)
        axes.set_axis_off()
        return axes


def _across(widths: Sequence[float], columns: int) -> float:
    return sum(max(widths[column::columns]) for column in range(columns))


def swatch(colour: str) -> Artist:
    """What stands for an area in the legend."""
    return Patch(facecolor=colour, linewidth=0)


def stroke(colour: str, *, line: Literal["-", "--"] = "-", marker: str = "") -> Artist:
    """What stands for a line in the legend."""
    return Line2D([], [], color=colour, linestyle=line, linewidth=2, marker=marker, markersize=4.5)
