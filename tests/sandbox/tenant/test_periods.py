"""Time in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.tenant.periods import find, move, start
from bot.sandbox.tenant.reply import Grain
from bot.sandbox.tenant.words import tokens

TODAY = date(2025, 5, 15)  # a Thursday


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("today", "2025-05-15", "2025-05-16"),
        ("this week", "2025-05-12", "2025-05-19"),
        ("last month", "2025-04-01", "2025-05-01"),
        ("this quarter", "2025-04-01", "2025-07-01"),
        ("next quarter", "2025-07-01", "2025-10-01"),
        ("last year", "2024-01-01", "2025-01-01"),
        ("last 30 days", "2025-04-16", "2025-05-16"),
        ("next two weeks", "2025-05-16", "2025-05-30"),
        ("past year", "2024-05-16", "2025-05-16"),
        ("year to date", "2025-01-01", "2025-05-16"),
        ("2014", "2014-01-01", "2015-01-01"),
        ("2012 to 2014", "2012-01-01", "2015-01-01"),
        ("2012–2014", "2012-01-01", "2015-01-01"),
        ("between March 2013 and May 2013", "2013-03-01", "2013-06-01"),
        ("Q3 2013", "2013-07-01", "2013-10-01"),
        ("first quarter of 2013", "2013-01-01", "2013-04-01"),
        ("3rd of May 2014", "2014-05-03", "2014-05-04"),
        ("May 3, 2014", "2014-05-03", "2014-05-04"),
        ("2014-05-03", "2014-05-03", "2014-05-04"),
        ("since 2013", "2013-01-01", None),
        ("after 2013", "2014-01-01", None),
        ("before March 2013", None, "2013-03-01"),
        ("until 2013", None, "2014-01-01"),
    ],
)
def test_periods(text: str, first: str | None, end: str | None) -> None:
    """A period begins with its first day and ends before its last."""
    found = find(tokens(text), TODAY)
    assert found is not None
    assert found.size == len(tokens(text))
    shown = (found.period.first, found.period.end)
    assert tuple(day.isoformat() if day else None for day in shown) == (first, end)


@pytest.mark.parametrize(
    "text", ["may", "deals", "last", "last resort", "2014-02-31", "5", "from 2014 to 2012"]
)
def test_other_words_are_no_time(text: str) -> None:
    """What names no time gives none, or not all of it."""
    found = find(tokens(text), TODAY)
    assert found is None or found.size < len(tokens(text))


def test_may_is_a_month_where_a_time_is_expected() -> None:
    """A bare "May" counts only after a word like "in"."""
    found = find(tokens("may"), TODAY, named=True)
    assert found is not None
    assert found.period.label == "in May 2025"


@given(st.dates(date(1, 2, 1), date(9998, 1, 1)), st.sampled_from(Grain))
def test_a_step_begins_on_or_before_its_days(day: date, grain: Grain) -> None:
    """Every day lies in the step that begins with ``start``."""
    first = start(day, grain)
    assert first <= day < move(first, grain, 1)


def test_moving_keeps_to_the_month() -> None:
    """The 31st moved into a shorter month becomes its last day."""
    assert move(date(2024, 1, 31), Grain.MONTH, 1) == date(2024, 2, 29)
    assert move(date(2024, 3, 31), Grain.QUARTER, -1) == date(2023, 12, 31)


@given(st.text(), st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_no_text_is_too_strange(text: str, today: date) -> None:
    """Whatever the words are, a period is found or none."""
    found = tokens(text)
    result = find(found, today) if found else None
    assert result is None or result.size >= 1
