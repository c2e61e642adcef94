from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo.since import NotAMoment, moment, weekday

NOW = datetime(2026, 11, 28, 15, 30, tzinfo=UTC)  # a Saturday


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-01", "2026-11-01T00:00"),
        ("7d", "2026-11-21T00:00"),
        ("7 days ago", "2026-11-21T00:00"),
        ("36h", "2026-11-27T03:30"),
        ("2 weeks", "2026-11-14T00:00"),
        ("1m", "2026-10-29T00:00"),
        ("last week", "2026-11-21T00:00"),
        ("today", "2026-11-28T00:00"),
        (" Yesterday ", "2026-11-27T00:00"),
        ("since monday", "2026-11-23T00:00"),
        ("last fri", "2026-11-27T00:00"),
        ("saturday", "2026-11-28T00:00"),
    ],
)
def test_people_say_since_when_in_many_ways(text: str, meant: str) -> None:
    """Each is the beginning of a day, but for hours."""
    assert moment(text, NOW, UTC) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


def test_days_begin_in_the_zone_of_who_asks() -> None:
    """Yesterday in Rome began an hour before yesterday in UTC."""
    rome = moment("yesterday", NOW, ZoneInfo("Europe/Rome"))
    assert rome == datetime(2026, 11, 26, 23, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-12-24", "7", "mo", "7x", "0000-01-01"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    """So is a day that is yet to come."""
    with pytest.raises(NotAMoment):
        moment(text, NOW, UTC)


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_moment_or_refused(text: str) -> None:
    """Nothing else is raised, and nothing is later than now."""
    with suppress(NotAMoment):
        assert moment(text, NOW, UTC) <= NOW


def test_days_of_the_week_are_known_by_three_letters() -> None:
    """Fewer could be two of them."""
    assert (weekday("Mon"), weekday("sunday"), weekday("t"), weekday("noday")) == (0, 6, None, None)
