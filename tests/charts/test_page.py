from __future__ import annotations

import matplotlib as mpl
import pytest

from bot.charts import style
from bot.charts.page import HEIGHT, WIDTH, Page, stroke, swatch
from tests.charts.legible import complaints
from tests.charts.reading import legend


@pytest.fixture
def page() -> Page:
    with mpl.rc_context(style.rc()):
        return Page()


def test_a_title_takes_the_room_that_it_needs(page: Page) -> None:
    """One line, or two and no more; without one the chart has all the room."""
    free = page.top
    page.title("")
    assert page.top == free
    page.title("Revenue by region " * 20)
    assert page.figure.get_suptitle().count("\n") == 1
    assert page.figure.get_suptitle().endswith("…")
    assert free - page.top > 0.4


def test_a_legend_is_read_line_by_line(page: Page) -> None:
    """Entries stand from left to right, though matplotlib fills columns."""
    names = [f"Series number {i}" for i in range(12)]
    with mpl.rc_context(style.rc()):
        page.legend([(swatch(style.colour(i)), name) for i, name in enumerate(names)])
    page.figure.draw_without_rendering()
    (box,) = page.figure.legends
    places = {text.get_text(): text.get_window_extent().p0 for text in box.get_texts()}
    assert sorted(names, key=lambda name: (-round(places[name][1]), places[name][0])) == names
    assert complaints(page.figure) == []


def test_long_names_are_cut_so_that_a_legend_stays_low(page: Page) -> None:
    """Twelve endless names take four lines at most."""
    free = page.top
    with mpl.rc_context(style.rc()):
        page.legend([(stroke("red"), f"{i} of the names that go on and on for ever") for i in range(12)])
    assert free - page.top < 0.85
    assert len(set(legend(page.figure))) == 12


def test_what_is_measured_is_said_once(page: Page) -> None:
    """A title that names the measure is enough."""
    free = page.top
    page.measured("revenue", "Revenue by region")
    assert page.top == free
    page.measured("Revenue (USD)", "Revenue by region")
    assert [text.get_text() for text in page.figure.texts] == ["Revenue (USD)"]
    assert page.top < free


def test_places_are_inches(page: Page) -> None:
    """Axes lie where they are asked to, and a canvas has inches of the page as its data."""
    axes = page.axes(1.0, 0.5, 5.0, 3.0)
    assert page.size(axes) == pytest.approx((4.0, 2.5))
    canvas = page.canvas()
    across, up = canvas.transData.transform((3.0, 1.0))
    assert (across / 200, up / 200) == pytest.approx((3.0, 1.0))
    assert (WIDTH, HEIGHT) == (6.0, 3.375)


def test_the_largest_need_counts(page: Page) -> None:
    """What is too low says how much is missing; what has enough, nothing."""
    page.need(1.0, of=2.0)
    assert page.missing == 0
    page.need(1.5, of=1.0)
    page.need(1.2, of=1.0)
    assert page.missing == 0.5
