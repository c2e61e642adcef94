from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import matplotlib as mpl
import matplotlib.dates as mdates
import pytest

from bot.charts import feet, scales, style
from bot.charts.feet import Foot
from bot.charts.page import Page
from bot.model import ChartKind, ChartSpec, DisplayFormat, Series
from tests.charts.drawings import points, spec


def _at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """A moment without a zone, as those of charts are."""
    return datetime(year, month, day, hour, tzinfo=UTC).replace(tzinfo=None)


def _page() -> Page:
    with mpl.rc_context(style.rc()):
        return Page()


def _dates(start: datetime, step: timedelta, count: int, form: str = "%b %Y") -> Foot:
    times = tuple(start + i * step for i in range(count))
    chart = ChartSpec(
        ChartKind.LINE,
        "",
        tuple(f"{time:{form}}" for time in times),
        (Series("", (1.0,) * count),),
        times=times,
    )
    along = [float(place) for place in mdates.date2num(times)]  # type: ignore[no-untyped-call]
    return feet.times(_page(), chart, along, 0.6, 5.8)


def test_each_category_has_its_slot() -> None:
    """Labels stand at whole numbers, with half a slot at either end."""
    foot = feet.categories(_page(), spec(count=4), 0.6, 5.8)
    assert list(foot.places) == [0, 1, 2, 3]
    assert (foot.low, foot.high, foot.name) == (-0.5, 3.5, "Category")


def test_the_year_of_months_is_said_once() -> None:
    """And again where another one begins."""
    months = ("Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026")
    chart = replace(spec(count=12), categories=months * 3)
    assert feet.categories(_page(), chart, 0.6, 5.8).labels.texts[:4] == (
        "Nov\n2025",
        "Dec",
        "Jan\n2026",
        "Feb",
    )


def test_few_points_in_time_are_named_themselves() -> None:
    """A quarter stands under its point, as the tenant writes it."""
    foot = _dates(_at(2026, 1, 1), timedelta(days=91), 4, "Q%m %Y")
    assert foot.labels.texts == ("Q01 2026", "Q04 2026", "Q07 2026", "Q10 2026")
    assert len(foot.places) == 4


@pytest.mark.parametrize(
    ("start", "step", "count", "text", "name"),
    [
        (_at(2024, 1, 1), timedelta(days=31), 30, "2025", ""),
        (_at(2026, 2, 1), timedelta(days=3), 60, "Apr", "2026"),
        (_at(2026, 3, 2), timedelta(days=1), 25, "09", "Mar 2026"),
        (_at(2026, 11, 20), timedelta(minutes=15), 90, "12:00", "Nov 20, 2026"),
        (_at(2026, 11, 20, 18), timedelta(minutes=15), 48, "Nov 21", "Nov 20, 2026 – Nov 21, 2026"),
        (_at(1, 1, 1), timedelta(days=365 * 300), 33, "4001", ""),
    ],
)
def test_long_times_have_few_round_ticks(
    start: datetime, step: timedelta, count: int, text: str, name: str
) -> None:
    """Written briefly; what that leaves open is the name of the axis."""
    foot = _dates(start, step, count)
    assert len(foot.places) <= 10
    assert text in foot.labels.texts
    assert foot.name == name


def test_one_moment_has_an_axis() -> None:
    """A single point stands in the middle, and many at the same time do no harm."""
    foot = _dates(_at(2026, 1, 1), timedelta(0), 1)
    assert foot.low < foot.places[0] < foot.high
    assert _dates(_at(2026, 1, 1), timedelta(0), 20).low < mdates.date2num(_at(2026, 1, 1))  # type: ignore[no-untyped-call]


def test_numbers_are_ticks() -> None:
    """The lower axis of a scatter chart is a scale."""
    across = scales.scale([0.0, 10.0], DisplayFormat.DISPLAY_FORMAT_UNKNOWN)
    foot = feet.amounts(_page(), points(), across, 0.6, 5.8)
    assert foot.labels.texts == across.texts
    assert foot.name == "X"
