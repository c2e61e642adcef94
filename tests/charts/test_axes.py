from __future__ import annotations

from dataclasses import replace

import pytest

from bot.charts.axes import in_shares
from bot.charts.png import figure
from bot.model import ChartKind, Series
from tests.charts.drawings import spec, stacked, two_axes
from tests.charts.legible import complaints
from tests.charts.reading import x_labels, y_labels


def test_axes_are_named_and_have_their_format() -> None:
    """The value axis is named above it, where it is read without turning the head."""
    axes = figure(spec()).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Category", "Revenue")
    assert axes.yaxis.label.get_rotation() == 0
    assert y_labels(figure(spec()))[1] == "$2K"


def test_horizontal_bars_name_their_values_below() -> None:
    """Their categories go down from the top, and need no name."""
    made = figure(spec(ChartKind.BAR))
    assert made.axes[0].get_xlabel() == "Revenue"
    bottom, top = made.axes[0].get_ylim()
    assert bottom > top
    assert x_labels(made)[1] == "$2K"


def test_a_second_axis_stands_at_the_right() -> None:
    """With its own format and name in muted ink, its ticks beside those of the first."""
    left, right = figure(two_axes()).axes
    assert right.get_ylabel() == "Margin of it"
    texts = [label.get_text() for label in right.get_yticklabels()]
    assert all(text.endswith("%") for text in texts)
    assert len(texts) == len(left.get_yticklabels())


@pytest.mark.parametrize(("kind", "lines"), [(ChartKind.COLUMN, 1), (ChartKind.BAR, 1)])
def test_negative_values_hang_on_a_zero_line(kind: ChartKind, lines: int) -> None:
    """Zero is visible where values lie on both sides of it."""
    chart = replace(spec(kind, count=3), series=(Series("s", (-5.0, 3.0, 1.0)),))
    assert len(figure(chart).axes[0].lines) == lines
    assert len(figure(spec(kind)).axes[0].lines) == 0


def test_shares_of_the_whole_say_so() -> None:
    """The name of the axis tells that it does not show the amounts themselves."""
    assert in_shares(stacked(full=True)).y_label == "Share of tickets"
    names = {"": "Share", "Number of deals": "Share of number of deals", "USD": "Share of USD"}
    for name, shown in names.items():
        assert in_shares(replace(stacked(full=True), y_label=name)).y_label == shown
    assert in_shares(stacked()).y_label == "tickets"


def test_a_frame_steps_aside_for_its_first_label() -> None:
    """A slanted name begins left of its column, and is not cut where there is room to make."""
    chart = replace(
        spec(count=8), categories=("Manufacturing", "Healthcare", *(f"Logistics {i}" for i in range(6)))
    )
    made = figure(replace(chart, y_label=""))
    assert x_labels(made)[0] == "Manufacturing"
    assert complaints(made) == []
