from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo.schedules import Kind, Schedule, schedule_from, schedule_to

NOW = datetime(2026, 11, 28, 15, 30, tzinfo=UTC)  # a Saturday
WEEKLY = Schedule("C1", Kind.WEEKLY, 0, 9, "UTC", "U1", since=0.0)
MONTHLY = Schedule("C1", Kind.MONTHLY, 1, 9, "UTC", "U1", since=0.0)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_the_newest_moment_is_due() -> None:
    """Monday of this week, and the first of this month."""
    assert WEEKLY.due(NOW.timestamp(), UTC) == at("2026-11-23T09:00")
    assert MONTHLY.due(NOW.timestamp(), UTC) == at("2026-11-01T09:00")
    assert WEEKLY.due(at("2026-11-23T08:59"), UTC) == at("2026-11-16T09:00")


def test_nothing_is_due_from_before_it_was_made() -> None:
    """Who makes a schedule on Saturday gets nothing for last Monday."""
    made = replace(WEEKLY, since=NOW.timestamp())
    assert made.due(NOW.timestamp(), UTC) is None
    assert made.next(NOW.timestamp(), UTC) == at("2026-11-30T09:00")
    assert made.due(at("2026-11-30T09:00"), UTC) == at("2026-11-30T09:00")


def test_hours_are_those_of_the_zone() -> None:
    """Nine in Rome is eight in UTC, in winter."""
    assert WEEKLY.due(NOW.timestamp(), ZoneInfo("Europe/Rome")) == at("2026-11-23T08:00")


@given(
    st.sampled_from(list(Kind)),
    st.integers(0, 28),
    st.integers(0, 23),
    st.floats(0, 4e9),
    st.sampled_from(["UTC", "Europe/Rome", "America/New_York", "Pacific/Apia"]),
)
def test_every_schedule_has_a_last_and_a_next_moment(
    kind: Kind, day: int, hour: int, now: float, name: str
) -> None:
    """One is due in every week or month, whatever the clocks do."""
    day = day % 7 if kind is Kind.WEEKLY else max(day, 1)
    schedule = Schedule("C1", kind, day, hour, name, "U1", since=-1e9)
    due, following = schedule.due(now, ZoneInfo(name)), schedule.next(now, ZoneInfo(name))
    assert due is not None
    assert due <= now < following
    assert following - due <= timedelta(days=kind.days + 4).total_seconds()


def test_schedules_are_stored_and_read() -> None:
    """What cannot be read is none."""
    assert schedule_from(schedule_to(MONTHLY)) == MONTHLY
    assert schedule_from({"day": 1}) is None
    assert schedule_from(None) is None


@pytest.mark.parametrize("broken", [{"hour": 24}, {"day": 29}, {"day": "x"}])
def test_a_schedule_that_names_no_moment_is_none(broken: dict[str, object]) -> None:
    """A store may have been written by anybody."""
    assert schedule_from({**schedule_to(WEEKLY), **broken}) is None
