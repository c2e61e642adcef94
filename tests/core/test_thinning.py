from __future__ import annotations

from datetime import datetime

from bot.core import thinning
from bot.core.frames import Frame
from bot.model import Axis, Series


def test_long_series_are_thinned_without_losing_their_extremes() -> None:
    """Two thousand places stay, the highest and the lowest among them."""
    values = [float(i % 7) for i in range(20_000)]
    values[3_333], values[17_777] = 99.0, -99.0
    made = thinning.fewer_points(Frame(tuple(map(str, range(20_000))), (Series("v", tuple(values)),)))
    assert 1_000 < len(made.categories) <= 2_000
    assert (max(made.numbers()), min(made.numbers())) == (99.0, -99.0)
    assert (made.categories[0], made.categories[-1]) == ("0", "19999")
    assert (made.length, made.partial) == (20_000, True)


def test_a_long_gap_stays_one() -> None:
    """Thinning does not join what is apart."""
    values = [None if 4_000 <= i < 16_000 else 1.0 for i in range(20_000)]
    made = thinning.fewer_points(Frame(tuple(map(str, range(20_000))), (Series("v", tuple(values)),)))
    kept = made.series[0].values
    assert kept.count(None) > 100
    assert (kept[0], kept[-1]) == (1.0, 1.0)


def test_the_largest_series_are_kept_in_their_order() -> None:
    """Thirteen series become twelve, and the chart says so; one of a second axis stays."""
    series = tuple(Series(f"s{i}", (float(i), None)) for i in range(13))
    made = thinning.fewer_series(Frame(("a", "b"), series))
    assert [kept.name for kept in made.series] == [f"s{i}" for i in range(1, 13)]
    assert made.notes == ("The chart shows the 12 largest of 13 series.",)
    right = Series("right", (0.0, 0.0), second=True)
    both = thinning.fewer_series(Frame(("a", "b"), (*series, right), second=Axis()))
    assert (len(both.series), both.series[-1].name) == (12, "right")


def test_the_smallest_parts_become_one() -> None:
    """Totals stay true."""
    series = tuple(Series(f"s{i}", (float(i), None)) for i in range(14))
    made = thinning.other_series(Frame(("a", "b"), series))
    assert made.series[-1] == Series("Other", (0.0 + 1 + 2, None))
    assert sum(made.numbers()) == sum(range(14))
    assert made.notes == ("The 3 smallest series are drawn as “Other”.",)


def test_the_first_categories_or_the_latest_dates_are_kept() -> None:
    """The rest is said."""
    names = tuple(map(str, range(60)))
    made = Frame(names, (Series("v", tuple(map(float, range(60)))),))
    assert thinning.fewer_categories(made).notes == ("The chart shows the first 50 of 60 values.",)
    assert thinning.fewer_categories(made, 20, ranked=True).notes == (
        "The chart shows the 20 largest of 60 values.",
    )
    days = tuple(datetime(2026, 1 + i // 28, i % 28 + 1) for i in range(60))  # noqa: DTZ001 -- the axis is naive
    late = thinning.latest(Frame(names, made.series, times=days), 30)
    assert (late.categories[0], late.categories[-1]) == ("30", "59")
    assert late.notes == ("The chart shows the latest 30 of 60 dates.",)


def test_many_points_are_picked_evenly() -> None:
    """A cloud of more than two thousand points is thinned, and the chart says so."""
    xs = tuple(map(float, range(4_001)))
    made = thinning.fewer_dots(Frame((), (Series("y", xs),), x_values=xs))
    assert len(made.x_values) == len(made.series[0].values) == 1_334
    assert made.notes == ("The chart shows 1,334 of 4,001 points, evenly picked.",)


def test_places_without_a_value_are_left_out() -> None:
    """One value at a place is enough for it to stay."""
    made = Frame(("a", "b", "c"), (Series("s", (1, None, None)), Series("t", (None, None, 2))))
    assert thinning.drop_empty(made).categories == ("a", "c")
