from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import formats, values
from bot.model import DisplayFormat

DATE, MONTH, QUARTER, TIME = (
    DisplayFormat.DATE_DATE,
    DisplayFormat.DATE_MONTH,
    DisplayFormat.DATE_QUARTER,
    DisplayFormat.DATE_DATETIME,
)


@pytest.mark.parametrize(
    ("text", "moment", "grain"),
    [
        ("14 Mar 2026", date(2026, 3, 14), DATE),
        ("14-Mar-2026", date(2026, 3, 14), DATE),
        ("Mar 14, 2026", date(2026, 3, 14), DATE),
        ("march 14 2026", date(2026, 3, 14), DATE),
        ("2026/03/14", date(2026, 3, 14), DATE),
        ("Sept. 2026", date(2026, 9, 1), MONTH),
        ("May 2026", date(2026, 5, 1), MONTH),
        ("Mar-2026", date(2026, 3, 1), MONTH),
        ("Q1 2026", date(2026, 1, 1), QUARTER),
        ("2026-Q4", date(2026, 10, 1), QUARTER),
        ("2026Q2", date(2026, 4, 1), QUARTER),
        ("Mar 14, 2026 09:30", datetime.fromisoformat("2026-03-14T09:30"), TIME),
        ("14 Mar 2026, 9:30:05 PM", datetime.fromisoformat("2026-03-14T21:30:05"), TIME),
        ("Mar 14, 2026 12:05 am", datetime.fromisoformat("2026-03-14T00:05"), TIME),
    ],
)
def test_dates_in_words_are_understood(text: str, moment: date, grain: DisplayFormat) -> None:
    """A date that names its month, or begins with its year, has one reading only."""
    assert formats.moment(text) == (moment, grain)


@pytest.mark.parametrize(
    "text",
    [
        "3/4/2026", "14.03.2026", "Mar 26", "Q1", "FY26 Q1", "Q1 FY2026", "Q5 2026", "Feb 30, 2026", "March",
        "Mar 14, 2026 13:00 PM", "Mar 14, 2026 25:00", "2026-03-14", "Mar 2026 or so", "", "Mar 0000",
    ],
)  # fmt: skip
def test_unsure_dates_are_not_read(text: str) -> None:
    """Days and months that could be swapped, fiscal periods and impossible dates stay texts."""
    assert formats.moment(text) is None


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from([DATE, MONTH, QUARTER]))
def test_what_we_write_can_be_read_again(day: date, grain: DisplayFormat) -> None:
    """Our own texts of dates have their grain and their first day."""
    found = formats.moment(values.day(day, grain))
    assert found is not None
    assert found[1] is grain
    assert values.day(found[0], grain) == values.day(day, grain)


@pytest.mark.parametrize(
    ("text", "form", "amount"),
    [
        ("90 s", DisplayFormat.DURATION_SECONDS, 90),
        ("45 min", DisplayFormat.DURATION_MINUTES, 45),
        ("1.5 hrs", DisplayFormat.DURATION_HOURS, Decimal("1.5")),
        ("2h 30min", DisplayFormat.DURATION_HOURS, Decimal("2.5")),
        ("2h30m", DisplayFormat.DURATION_MINUTES, 150),
        ("1:30:00", DisplayFormat.DURATION_HOURS, Decimal("1.5")),
        ("1,200 days", DisplayFormat.DURATION_DAYS, 1200),
        ("-3 days", DisplayFormat.DURATION_DAYS, -3),
        ("2 weeks", DisplayFormat.DURATION_DAYS, 14),
        ("1 week, 2 days", DisplayFormat.DURATION_DAYS, 9),
        ("3 weeks", DisplayFormat.DURATION_WEEKS, 3),
        ("5 months", DisplayFormat.DURATION_MONTHS, 5),
        ("2 quarters", DisplayFormat.DURATION_QUARTERS, 2),
        ("2y 6mo", DisplayFormat.DURATION_YEARS, Decimal("2.5")),
        ("1 year", DisplayFormat.DURATION_MONTHS, 12),
        ("30 days", DisplayFormat.DURATION_MONTHS, None),
        ("5 m", DisplayFormat.DURATION_MONTHS, None),
        ("5 apples", DisplayFormat.DURATION_DAYS, None),
        ("1:30", DisplayFormat.DURATION_HOURS, None),
        ("3 days ago", DisplayFormat.DURATION_DAYS, None),
        ("3", DisplayFormat.DURATION_DAYS, None),
        ("", DisplayFormat.DURATION_DAYS, None),
        ("3 days", DisplayFormat.NUMBER_INTEGER, None),
    ],
)
def test_durations_are_understood_in_the_columns_unit(
    text: str, form: DisplayFormat, amount: int | Decimal | None
) -> None:
    """A duration with units is converted where the ratio is fixed; ``1:30`` could be two things."""
    assert formats.duration(text, form) == amount


@given(st.text(), st.sampled_from(DisplayFormat))
def test_any_text_can_be_tried(text: str, form: DisplayFormat) -> None:
    """Reading never raises."""
    formats.moment(text)
    formats.duration(text, form)
