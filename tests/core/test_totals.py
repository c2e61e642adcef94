from __future__ import annotations

import pytest

from bot.core import totals
from bot.core.frames import Frame
from bot.model import DisplayFormat, Series

PERCENT = DisplayFormat.NUMBER_PERCENTAGE


def _frame(
    label: str, *columns: tuple[float, ...], form: DisplayFormat = DisplayFormat.NUMBER_INTEGER
) -> Frame:
    series = tuple(Series(f"s{i}", values) for i, values in enumerate(columns))
    return Frame(tuple("abc"[: len(columns[0])]), series, y_label=label, format=form)


@pytest.mark.parametrize("label", ["Average amount", "win rate", "Median age", "Price", "Score"])
def test_averages_and_rates_do_not_add_up(label: str) -> None:
    """Neither upon each other nor as slices nor as a total."""
    made = _frame(label, (1.0, 2.0))
    laws = (totals.adds_up, totals.is_whole, totals.has_total, totals.are_amounts)
    assert [law(made) for law in laws] == [False] * 4


def test_the_names_of_parts_are_no_measures() -> None:
    """A region called "Average Joe" has a revenue like others."""
    made = Frame(("a",), (Series("Average Joe", (1.0,)),), y_label="Revenue")
    assert totals.adds_up(made)
    assert not totals.adds_up(Frame(("a",), (Series("Average order", (1.0,)), Series("Orders", (1.0,)))))


def test_shares_add_up_where_they_are_those_of_one_whole() -> None:
    """At each place for a stack, over all for a pie."""
    stack = _frame("Share", (40.0, 30.0), (60.0, 70.0), form=PERCENT)
    assert totals.adds_up(stack)
    assert not totals.is_whole(stack)
    pie = _frame("Share", (40.0, 59.6), form=PERCENT)
    assert totals.is_whole(pie)
    assert not totals.adds_up(pie)
    assert not totals.are_amounts(pie)


def test_sums_are_those_of_the_first_axis() -> None:
    """A line against another axis is no part of a stack."""
    made = Frame(("a", "b"), (Series("x", (1, None)), Series("y", (2, 5)), Series("z", (9, 9), second=True)))
    assert totals.by_place(made) == [3, 5]
