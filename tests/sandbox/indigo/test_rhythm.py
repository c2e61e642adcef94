"""When people write."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.indigo.rhythm import KEPT, QUIET, Rhythm
from tests.sandbox.indigo.stand import NAIVE

MOMENTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1))  # noqa: DTZ001 - naive as the platform's
SHARES = st.floats(min_value=0, max_value=1, exclude_max=True)


@given(now=MOMENTS, one=SHARES, other=SHARES)
def test_time_never_goes_back(now: datetime, one: float, other: float) -> None:
    """A greater share is never earlier; nothing is in the future, or about to be deleted."""
    rhythm = Rhythm(now)
    first, second = (rhythm.at(share) for share in sorted((one, other)))
    assert now - KEPT + timedelta(hours=6) <= first <= second <= now - QUIET


def test_mornings_and_mondays_are_busy() -> None:
    """More is said at ten than at three at night, and on weekdays than at weekends."""
    times = [Rhythm(NAIVE).at(place / 5_000) for place in range(5_000)]
    hours = Counter(at.hour for at in times)
    days = Counter(at.weekday() for at in times)
    assert max(hours, key=hours.__getitem__) in {8, 9, 10}
    assert hours[9] > 15 * hours[3]
    assert min(days, key=days.__getitem__) == 6
