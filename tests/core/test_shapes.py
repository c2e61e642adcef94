from __future__ import annotations

import pytest

from bot.core import shapes
from bot.core.frames import Frame
from bot.model import ChartKind, Series
from bot.model import VisualizationType as Type

AHEAD = Series("v", (3.0, 2.0, 1.0), low=(None, None, 0.5), high=(None, None, 1.5))


@pytest.mark.parametrize("wanted", sorted(Type))
def test_any_frame_has_a_shape_of_any_type(wanted: Type) -> None:
    """Lengths agree, and values stay what they were."""
    shape = shapes.of(wanted, Frame(("a", "b", "c"), (AHEAD,), x_values=(1, 2, 3)))
    assert all(len(series.values) == len(shape.frame.categories) for series in shape.frame.series)
    assert sorted(shape.frame.numbers()) == [1.0, 2.0, 3.0]


def test_a_frame_without_numbers_is_nothing_to_see() -> None:
    """It has no value, whatever it is called."""
    assert shapes.of(Type.SPIDER_CHART, Frame(("a",), (Series("v", (None,)),))).frame.numbers() == []


def test_only_lines_show_a_range() -> None:
    """Elsewhere a sentence says what is a forecast."""
    made = Frame(("Q1", "Q2", "Q3"), (AHEAD,))
    line = shapes.of(Type.FORECAST_CHART, made)
    assert (line.kind, line.type, line.frame.series[0].low) == (
        ChartKind.LINE,
        Type.FORECAST_CHART,
        (None, None, 0.5),
    )
    for wanted in (Type.AREA_CHART, Type.COLUMN_CHART, Type.PIE_CHART, Type.FUNNEL_CHART):
        shape = shapes.of(wanted, made)
        assert not any(series.low or series.high for series in shape.frame.series)
        assert shape.frame.notes == ("Some of the values are a forecast.",)
