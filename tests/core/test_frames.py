from __future__ import annotations

import pytest

from bot.core import frames
from bot.core.frames import Frame
from bot.model import DisplayFormat, Series
from tests.core.wire import table


def test_roles_follow_the_kinds_where_the_tenant_names_none() -> None:
    """Numbers are drawn along what is not a number; of numbers alone, along the first."""
    assert frames.roles(table([("stage", ""), ("n", "")], [["a", "1"]])) == frames.Roles((0,), (1,))
    assert frames.roles(table([("x", ""), ("y", "")], [["1", "2"]])) == frames.Roles((0,), (1,))
    assert frames.roles(table([("a", "")], [["x"]])).measures == ()


def test_only_measures_of_one_unit_and_size_share_an_axis() -> None:
    """A count beside dollars, or thousandths beside millions, could not be read off the same axis."""
    columns = [
        ("k", ""),
        ("usd", "NUMBER_CURRENCY_USD"),
        ("n", "NUMBER_INTEGER"),
        ("cost", "NUMBER_CURRENCY_USD"),
    ]
    made = table(columns, [["a", "1000", "3", "500"], ["b", "2000", "4", "2"]])
    assert frames.one_unit(made, [1, 2, 3]) == ((1, 3), (2,))
    assert frames.one_unit(table([("a", ""), ("b", "")], [["1000000", "1"]]), [0, 1]) == ((0,), (1,))


@pytest.mark.parametrize(
    ("name", "label"),
    [("expected_revenue", "Expected revenue"), ("Stage", "Stage"), ("ARR", "ARR"), ("won (%)", "won (%)")],
)
def test_names_become_labels(name: str, label: str) -> None:
    """A column's technical name is made readable, any other is left alone."""
    assert frames.label(table([(name, "")], [["1"]]).columns[0]) == label


def test_long_series_are_thinned_without_losing_their_extremes() -> None:
    """Two thousand places stay, the highest and the lowest among them."""
    values = [float(i % 7) for i in range(20_000)]
    values[3_333], values[17_777] = 99.0, -99.0
    made = frames.fewer_points(
        Frame(
            tuple(map(str, range(20_000))), (Series("v", tuple(values)),), format=DisplayFormat.NUMBER_DECIMAL
        )
    )
    assert 1_000 < len(made.categories) <= 2_002
    assert (max(made.numbers()), min(made.numbers())) == (99.0, -99.0)
    assert (made.categories[0], made.categories[-1]) == ("0", "19999")
    assert (made.length, made.partial) == (20_000, True)


def test_the_largest_series_are_kept_in_their_order() -> None:
    """Thirteen series become twelve, and the chart says so."""
    series = tuple(Series(f"s{i}", (float(i), None)) for i in range(13))
    made = frames.fewer_series(Frame(("a", "b"), series))
    assert [kept.name for kept in made.series] == [f"s{i}" for i in range(1, 13)]
    assert made.notes == ("The chart shows the 12 largest of 13 series.",)


def test_many_points_are_picked_evenly() -> None:
    """A cloud of more than two thousand points is thinned, and the chart says so."""
    made = frames.scatter(table([("x", ""), ("y", "")], [[i, i * 2] for i in range(4_001)]), 0, 1, ())
    assert len(made.x_values) == 1_334
    assert made.notes == ("The chart shows 1,334 of 4,001 points, evenly picked.",)
