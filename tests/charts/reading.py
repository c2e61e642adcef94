"""What stands in a figure, for tests to read."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle


def x_labels(made: Figure) -> list[str]:
    return [label.get_text() for label in made.axes[0].get_xticklabels()]


def y_labels(made: Figure) -> list[str]:
    return [label.get_text() for label in made.axes[0].get_yticklabels()]


def bars(made: Figure) -> list[Rectangle]:
    return [patch for patch in made.axes[0].patches if isinstance(patch, Rectangle)]


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts if text.get_text()]


def legend(made: Figure) -> list[str]:
    """Names in the legend, line by line."""
    return [text.get_text() for box in made.legends for text in box.get_texts()]
