from __future__ import annotations

import pytest

from bot.core import measures
from bot.model import DisplayFormat
from tests.core.wire import forecast, table


def test_roles_follow_the_kinds_where_the_tenant_names_none() -> None:
    """Numbers are drawn along what is not a number; of numbers alone, along the first."""
    assert measures.roles(table([("stage", ""), ("n", "")], [["a", "1"]])) == ((0,), (1,))
    assert measures.roles(table([("x", ""), ("y", "")], [["1", "2"], ["3", "4"]])) == ((0,), (1,))
    assert measures.roles(table([("a", "")], [["x"]])) == ((0,), ())


def test_numbers_of_a_single_row_are_all_measures() -> None:
    """There is no axis in one row of numbers."""
    assert measures.roles(table([("won", ""), ("lost", "")], [["1", "2"]])) == ((), (0, 1))


def test_only_measures_of_one_unit_and_size_share_an_axis() -> None:
    """A count beside dollars, or thousandths beside millions, could not be read off the same axis."""
    columns = [
        ("usd", "NUMBER_CURRENCY_USD"),
        ("n", "NUMBER_INTEGER"),
        ("cost", "NUMBER_CURRENCY_USD"),
        ("dust", "NUMBER_CURRENCY_USD"),
        ("nothing", "NUMBER_CURRENCY_USD"),
    ]
    made = table(columns, [["1000", "3", "500", "0.001", "0"], ["2000", "4", "2", "0.002", "0"]])
    usd, count, cost, dust, nothing = (measures.measure(made, i) for i in range(5))
    assert usd.shares(cost)
    assert cost.shares(nothing)
    assert not usd.shares(count)
    assert not usd.shares(dust)


def test_ranges_are_in_the_unit_that_is_drawn() -> None:
    """What is shown as 25% is drawn as 25, and so are the bounds of a forecast."""
    rows: list[list[object]] = [["a", "0.25"], ["b", "0.25"], ["c", forecast(0.5, 0.4, 0.6)]]
    made = measures.measure(table([("k", ""), ("share", "NUMBER_PERCENTAGE")], rows), 1)
    assert made.unit is DisplayFormat.NUMBER_PERCENTAGE
    assert made.series.values == (25.0, 25.0, 50.0)
    assert (made.series.low, made.series.high) == ((None, None, 40.0), (None, None, 60.0))


def test_numbers_that_no_axis_holds_are_not_drawn() -> None:
    """Sums and squares of what is drawn are finite."""
    assert measures.finite(1e120) is None
    assert measures.finite(float("nan")) is None
    assert measures.finite(-3.5) == -3.5


@pytest.mark.parametrize(
    ("name", "label"),
    [("expected_revenue", "Expected revenue"), ("Stage", "Stage"), ("ARR", "ARR"), ("won (%)", "won (%)")],
)
def test_names_become_labels(name: str, label: str) -> None:
    """A column's technical name is made readable, any other is left alone."""
    assert measures.label(table([(name, "")], [["1"]]).columns[0]) == label


def test_an_axis_of_bare_numbers_names_their_unit() -> None:
    """Dollars and days are told where the numbers do not say it."""
    column = table([("Spend", "")], [["1"]]).columns[0]
    assert measures.with_unit(column, DisplayFormat.NUMBER_CURRENCY_USD) == "Spend (USD)"
    assert measures.with_unit(column, DisplayFormat.DURATION_DAYS) == "Spend (days)"
    assert measures.with_unit(column, DisplayFormat.NUMBER_INTEGER) == "Spend"
