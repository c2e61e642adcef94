from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import periods, values
from bot.core.frames import Frame
from bot.model import DisplayFormat, Series


def _frame(days: list[str], form: DisplayFormat = DisplayFormat.DATE_DATE) -> Frame:
    times = tuple(datetime.fromisoformat(day) for day in days)
    labels = tuple(values.day(time, form) for time in times)
    return Frame(labels, (Series("v", tuple(map(float, range(len(days))))),), times=times)


@pytest.mark.parametrize(
    ("days", "form", "missing"),
    [
        (["2026-01-01", "2026-02-01", "2026-04-01"], DisplayFormat.DATE_MONTH, ["Mar 2026"]),
        (["2026-01-31", "2026-02-28", "2026-04-30"], DisplayFormat.DATE_DATE, ["Mar 31, 2026"]),
        (["2025-10-01", "2026-01-01", "2026-07-01"], DisplayFormat.DATE_QUARTER, ["Q2 2026"]),
        (["2022-01-01", "2023-01-01", "2026-01-01"], DisplayFormat.DATE_YEAR, ["2024", "2025"]),
        (["2026-01-05", "2026-01-12", "2026-01-26"], DisplayFormat.DATE_DATE, ["Jan 19, 2026"]),
        (["2026-01-03", "2026-01-04", "2026-01-06"], DisplayFormat.DATE_DATE, ["Jan 5, 2026"]),
    ],
)
def test_missing_periods_have_a_place_without_a_value(
    days: list[str], form: DisplayFormat, missing: list[str]
) -> None:
    """Months, ends of months, quarters, years, weeks and days."""
    made = periods.filled(_frame(days, form))
    empty = [
        name for name, value in zip(made.categories, made.series[0].values, strict=True) if value is None
    ]
    assert empty == missing
    assert len(made.times) == len(days) + len(missing)


def test_a_series_of_working_days_misses_no_weekend() -> None:
    """Thursday, Friday, Monday: nothing is missing; but a Tuesday may be."""
    whole = _frame(["2026-01-08", "2026-01-09", "2026-01-12", "2026-01-13"])
    assert periods.filled(whole) == whole
    made = periods.filled(_frame(["2026-01-08", "2026-01-09", "2026-01-12", "2026-01-14"]))
    assert made.categories[3] == "Jan 13, 2026"


@pytest.mark.parametrize(
    "days",
    [
        ["2026-01-01", "2026-03-01"],
        ["2026-01-01", "2026-01-05", "2026-02-17", "2026-06-30"],
        ["2026-01-01", "2026-01-01", "2026-01-03"],
        ["0001-01-01", "0001-01-02", "9999-12-31"],
        ["2026-01-01T10:00", "2026-01-01T11:00", "2026-01-01T13:00"],
    ],
)
def test_an_axis_without_a_grain_stays_as_it_is(days: list[str]) -> None:
    """Two dates, events at odd times, doubles, an age in between, hours."""
    made = _frame(days)
    assert periods.filled(made) == made


def test_dates_as_sent_can_be_continued() -> None:
    """A label that is the date itself, yes; one that only the tenant can write, no."""
    made = _frame(["2026-01-01", "2026-02-01", "2026-04-01"])
    sent = Frame(("2026-01-01", "2026-02-01", "2026-04-01"), made.series, times=made.times)
    assert periods.filled(sent).categories[2] == "2026-03-01"
    fiscal = Frame(("FY26 P1", "FY26 P2", "FY26 P4"), made.series, times=made.times)
    assert periods.filled(fiscal) == fiscal


@given(st.lists(st.integers(0, 4_000), min_size=1, unique=True))
def test_no_value_is_lost_or_invented(days: list[int]) -> None:
    """Whatever the dates, the values stay with theirs, and dates ascend without doubles."""
    begin = datetime(2020, 1, 1)  # noqa: DTZ001 -- the axis is naive
    made = _frame([str(begin + timedelta(days=day)) for day in sorted(days)])
    filled = periods.filled(made)
    held = {t: v for t, v in zip(filled.times, filled.series[0].values, strict=True) if v is not None}
    assert held == dict(zip(made.times, made.series[0].values, strict=True))
    assert list(filled.times) == sorted(set(filled.times))
