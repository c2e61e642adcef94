from __future__ import annotations

import math

import matplotlib as mpl
import pytest

from bot.charts import around, style
from bot.charts.page import Page
from tests.charts.legible import complaints


def _page(height: float = 3.375) -> Page:
    with mpl.rc_context(style.rc()):
        return Page(height)


def test_directions_go_clockwise_from_the_top() -> None:
    """As on a clock: the second of four points to the right."""
    assert around.clock(4) == pytest.approx([math.pi / 2, 0, -math.pi / 2, -math.pi])
    assert around.clock(0) == []


def test_a_circle_is_as_large_as_its_labels_allow() -> None:
    """Short labels leave more room than long ones; it never leaves the page."""
    page, angles = _page(), around.clock(6)
    short, long = (around.fitted(page, [text] * 6, angles) for text in ("N", "A label that is rather long"))
    assert short.radius > long.radius >= 0.8
    assert short.radius < (page.top - page.bottom) / 2
    assert short.at(0.0, 0.5) == pytest.approx((short.x + short.radius / 2, short.y))


def test_a_circle_that_is_too_small_asks_for_a_higher_page() -> None:
    """Twenty-four labels need a line each."""
    page = _page(1.8)
    around.fitted(page, ["x"] * 24, around.clock(24))
    assert page.missing > 0.5


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 12, 24])
def test_labels_around_a_circle_do_not_collide(count: int) -> None:
    """However many there are, each has its place beside the circle."""
    page, angles = _page(), around.clock(count)
    texts = [f"Direction {i}" for i in range(count)]
    circle = around.fitted(page, texts, angles)
    with mpl.rc_context(style.rc()):
        into = page.canvas()
        around.write(into, circle, texts, angles)
    assert sorted(text.get_text() for text in into.texts) == sorted(texts)
    assert complaints(page.figure) == []
    assert all(
        math.hypot(text.get_position()[0] - circle.x, text.get_position()[1] - circle.y) >= circle.radius
        for text in into.texts
    )
