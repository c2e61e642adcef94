from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import arranging
from bot.core.frames import Frame
from bot.model import Series


def _frame(names: list[str], sizes: list[float], *, arranged: bool = False) -> Frame:
    return Frame(tuple(names), (Series("v", tuple(sizes)),), arranged=arranged)


@pytest.mark.parametrize(
    "names",
    [
        "Jan Feb Mar Dec",
        "January|March 2025|April 2025",
        "Mon Tue Wed Thu Fri Sat Sun",
        "Q1 Q2 Q3 Q4",
        "Q3 2025|Q4 2025|Q1 2026",
        "FY25 Q1|FY25 Q2|FY26 Q1",
        "2024 2025 2026",
        "<18|18-24|25–34|65+",
        "Under 10|10 to 20|Over 20",
        "$0-$10K|$10K-$50K|$50K+",
        "8am 9am 12pm 5pm",
        "00:00 06:30 18:00",
        "Week 1|Week 2|Week 10",
        "Stage 1|Stage 2|Other",
        "N NE E SE S SW W NW",
        "S M L XL",
        "low medium high",
        "0-30 days|31-60 days|61+ days",
    ],
)
def test_names_with_an_order_are_known(names: str) -> None:
    """Whatever order they come in, they are put into theirs."""
    known = names.split("|") if "|" in names else names.split()
    shuffled = [*known[1::2], *known[::2]]
    places = arranging.ranks(shuffled)
    assert places is not None
    assert [name for _, name in sorted(zip(places, shuffled, strict=True))] == known


@pytest.mark.parametrize(
    "names",
    [
        ["Prospecting", "Proposal"],
        ["EMEA", "APAC"],
        ["Jan Miller", "Mar Smith"],
        ["Jan"],
        [],
        ["3M", "7-Eleven"],
    ],
)
def test_other_names_have_none(names: list[str]) -> None:
    """Stages of a pipeline, regions, people: nobody can tell."""
    assert arranging.ranks(names) is None


def test_a_year_that_begins_in_october_keeps_its_order() -> None:
    """Months turn in a circle; months in the order of the alphabet do not."""
    fiscal = _frame(["Oct", "Nov", "Dec", "Jan", "Feb"], [1, 2, 3, 4, 5])
    assert arranging.in_order(fiscal) == fiscal
    alphabet = _frame(["Apr", "Feb", "Jan", "Mar"], [4, 2, 1, 3])
    assert arranging.in_order(alphabet).categories == ("Jan", "Feb", "Mar", "Apr")
    began = _frame(["Mar", "Jan", "Feb"], [3, 1, 2])
    assert arranging.in_order(began).categories == ("Jan", "Feb", "Mar")
    assert arranging.circle(fiscal.categories) == 12
    assert arranging.circle(("Q1 2025", "Q2 2025")) == 0


def test_many_names_without_an_order_are_ranked() -> None:
    """The largest stands first; a few keep the order in which they came."""
    names = [f"{name} Ltd" for name in "ACEGIKMOQ"]
    sizes = [3.0, 9.0, 1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 6.0]
    made, ranked = arranging.for_bars(_frame(names, sizes))
    assert ranked
    assert made.series[0].values == tuple(sorted(sizes, reverse=True))
    few = _frame(names[:6], sizes[:6])
    assert arranging.for_bars(few) == (few, False)


def test_what_the_tenant_arranged_stays() -> None:
    """An order that was asked for is kept, but that of the alphabet says nothing."""
    names = ["d", "a", "c", "b", "f", "e", "h", "g", "i"]
    sizes = [3.0, 9.0, 1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 6.0]
    asked = _frame(names, sizes, arranged=True)
    assert arranging.for_bars(asked) == (asked, False)
    made, ranked = arranging.for_bars(_frame(sorted(names), sizes, arranged=True))
    assert ranked
    assert made.series[0].values[0] == 9.0


def test_values_that_fall_or_rise_keep_their_order() -> None:
    """They are sorted already."""
    names = [f"n{i}x" for i in range(12)]
    rising = _frame(names, list(map(float, range(12))))
    assert arranging.for_bars(rising) == (rising, False)
    falling = _frame(names, list(map(float, range(12, 0, -1))))
    assert arranging.for_bars(falling) == (falling, True)


def test_ordered_names_are_not_ranked_by_value() -> None:
    """Months stay months."""
    made, ranked = arranging.for_bars(_frame(["Apr", "Feb", "Jan", "Mar"], [4, 9, 1, 3]))
    assert (made.categories, ranked) == (("Jan", "Feb", "Mar", "Apr"), False)


@given(
    st.lists(st.text(max_size=12) | st.from_regex(r"[<>]?\d{1,3}(-\d{1,3})?(st|k|%| days)?", fullmatch=True))
)
def test_any_names_can_be_looked_at(names: list[str]) -> None:
    """There is a rank for each, or none at all."""
    found = arranging.ranks(names)
    assert found is None or len(found) == len(names)
    assert arranging.circle(names) >= 0
