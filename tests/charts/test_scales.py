from __future__ import annotations

from itertools import pairwise

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.charts import scales, style
from bot.charts.page import Page
from bot.model import DisplayFormat

USD, PERCENT = DisplayFormat.NUMBER_CURRENCY_USD, DisplayFormat.NUMBER_PERCENTAGE


def test_bars_begin_at_zero_and_lines_where_they_are() -> None:
    """A line far from zero may leave it out, a bar never."""
    assert scales.scale([900.0, 1000.0], USD).low == 0
    assert scales.scale([900.0, 1000.0], USD, zero=False).low > 500
    assert scales.scale([100.0, 1000.0], USD, zero=False).low == 0


def test_room_is_kept_for_texts_at_the_ends() -> None:
    """At the high end, and at the low one where there are negative values."""
    made = scales.scale([-50.0, 100.0], USD, above=0.1, below=0.1)
    assert made.part(100.0) == pytest.approx(0.9)
    assert made.part(-50.0) == pytest.approx(0.1)
    assert scales.scale([-5.0, -1.0], USD, above=0.1).high == 0


@pytest.mark.parametrize("numbers", [[], [0.0], [7.0], [-3.0, -3.0], [1e-9], [1e15, -1e39]])
def test_any_numbers_have_a_scale(numbers: list[float]) -> None:
    """Nothing, zero, one value and extremes lie on an axis of some length with a few ticks."""
    made = scales.scale(numbers, USD)
    assert made.low < made.high
    assert 1 <= len(made.ticks) <= 8
    assert len(made.texts) == len(made.ticks)


_FLOATS = st.floats(min_value=-1e12, max_value=1e12)


@given(st.lists(_FLOATS, min_size=1, max_size=9), st.lists(_FLOATS, min_size=1, max_size=9))
def test_ticks_of_two_axes_stand_side_by_side(left: list[float], right: list[float]) -> None:
    """Both have as many, at the same heights, and all values lie between the first and the last."""
    first, second = scales.aligned(scales.scale(left, USD), USD, right, PERCENT)
    assert len(first.ticks) == len(second.ticks)
    for made, numbers in ((first, left), (second, right)):
        slack = (made.high - made.low) * 1e-6
        assert made.low - slack <= min(numbers)
        assert max(numbers) <= made.high + slack
        heights = [made.part(tick) for tick in made.ticks]
        assert heights == pytest.approx([i / (len(heights) - 1) for i in range(len(heights))], abs=1e-6)


def test_shares_of_the_whole_go_from_nothing_to_all() -> None:
    """Four quarters, in per cent."""
    assert scales.of_whole().texts == ("0%", "25%", "50%", "75%", "100%")


def test_ticks_side_by_side_keep_zero() -> None:
    """Where texts are too wide every other one goes, but never zero."""
    with mpl.rc_context(style.rc()):
        page = Page()
    ticks = (-1e15, 0.0, 1e15, 2e15, 3e15)
    made = scales.Scale(-1e15, 3e15, ticks, style.tick_texts(ticks, USD)).lying(page, 2.0)
    assert made.ticks == (0.0, 2e15)
    assert not scales.crowded(page, made.ticks, made.texts, 2.0 / 4e15)
    assert all(a < b for a, b in pairwise(made.ticks))
    assert made.out(page, 0.1) > 0
