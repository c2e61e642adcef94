"""Forecasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.domains import SALES, WEATHER
from bot.sandbox.tenant.forecast import project
from bot.sandbox.tenant.reply import Intent, Text, Visual

NUMBERS = st.floats(-1e6, 1e6)


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """An analyst of 20 November 2026."""
    made = Analyst(date(2026, 11, 20))
    yield made
    made.close()


@given(st.lists(NUMBERS, min_size=4, max_size=80), st.integers(1, 24), st.sampled_from([0, 4, 12]))
def test_a_value_lies_within_its_range(values: list[float], steps: int, cycle: int) -> None:
    """As many values as asked for, each inside its range, and without seasons a range that widens."""
    points = project(values, steps, cycle=cycle)
    assert len(points) == steps
    assert all(point.low <= point.value <= point.high for point in points)
    widths = [point.high - point.low for point in points]
    assert all(later >= earlier * (1 - 1e-9) - 1e-6 for earlier, later in pairwise(widths))


@given(st.integers(-1000, 1000), st.integers(-50, 50))
def test_a_straight_line_goes_on(start: int, slope: int) -> None:
    """What always grew by the same goes on to do so, without doubt."""
    points = project([float(start + slope * at) for at in range(10)], 3)
    assert [point.value for point in points] == pytest.approx([start + slope * at for at in (10, 11, 12)])
    assert [point.high - point.low for point in points] == pytest.approx([0, 0, 0], abs=1e-6)


def test_seasons_come_again() -> None:
    """With three whole years, the next year has the seasons of the past ones."""
    year = [float(abs(6 - month)) for month in range(12)]
    assert [point.value for point in project(year * 4, 12, cycle=12)] == pytest.approx(year, abs=0.5)


def test_too_little_is_no_forecast() -> None:
    """Through three points a line is a guess."""
    assert project([1.0, 2.0, 3.0], 5) == ()


@pytest.mark.parametrize(
    ("domain", "question", "months", "floor"),
    [
        (SALES, "Forecast expected revenue for the next 6 months", 6, 0.0),
        (SALES, "predict the number of deals by month", 6, 0.0),
        (WEATHER, "forecast average temp min for the next 12 months", 12, -20.0),
    ],
)
def test_the_rows_ahead_carry_ranges(
    analyst: Analyst, domain: str, question: str, months: int, floor: float
) -> None:
    """Past steps are measured and whole, the next ones have a range, and sums of money are not negative."""
    (made,) = [s.visualization for s in analyst.answer(domain, question, None).steps if isinstance(s, Visual)]
    data = made["data"]
    assert isinstance(data, list)
    ranges = [row[-1]["forecastRange"] for row in data]
    assert [each is not None for each in ranges] == [False] * (len(data) - months) + [True] * months
    assert all(floor <= each["lowerBound"] <= each["upperBound"] for each in ranges[-months:])
    if domain == SALES:
        assert data[-months][0]["value"] == '"2026-11-01"'  # November is not over


def test_a_forecast_says_how_it_was_made(analyst: Analyst) -> None:
    """The prose names the range and the method; a forecast by region has one line each."""
    reply = analyst.answer(SALES, "forecast amount by region for the next 2 quarters", None)
    said = "".join(step.markdown for step in reply.steps if isinstance(step, Text))
    assert "Forecast for 2 quarters" in said
    assert "in four of five cases between" in said
    assert isinstance(reply.intent, Intent)
    assert (reply.intent.dimensions, reply.intent.forecast) == (("region",), 2)


def test_expected_revenue_is_no_forecast_by_itself(analyst: Analyst) -> None:
    """Without a horizon "forecast" is what the pipeline calls its expected revenue."""
    reply = analyst.answer(SALES, "forecast by region", None)
    assert reply.intent is not None
    assert (reply.intent.forecast, reply.intent.metrics[0].field) == (0, "expected_revenue")
