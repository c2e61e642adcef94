import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.ratelimits import RateLimits, Tier


@given(st.lists(st.floats(min_value=0, max_value=20), max_size=200))
def test_no_minute_holds_more_than_the_tier(pauses: list[float]) -> None:
    """However calls are spread, no 60 seconds hold more accepted ones than the tier says."""
    clock = ManualClock(0)
    limits = RateLimits(clock, post_burst=10)
    accepted: list[float] = []
    for pause in pauses:
        clock.advance(pause)
        try:
            limits.spend("users.list", Tier.TIER_2)
        except Refused:
            continue
        accepted.append(clock.now())
    for start in accepted:
        assert sum(start <= at < start + 60 for at in accepted) <= Tier.TIER_2
    assert limits.refused.total() == len(pauses) - len(accepted)


@given(st.lists(st.floats(min_value=0, max_value=3), min_size=1, max_size=100))
def test_who_waits_as_told_gets_through(pauses: list[float]) -> None:
    """After the seconds of Retry-After the same message is taken."""
    clock = ManualClock(0)
    limits = RateLimits(clock, post_burst=3)
    for pause in pauses:
        clock.advance(pause)
        try:
            limits.spend_post("chat.postMessage", "C1")
        except Refused as refused:
            clock.advance(int(refused.headers["Retry-After"]))
            limits.spend_post("chat.postMessage", "C1")


def test_methods_do_not_share_a_window() -> None:
    """A full window of one method leaves the others alone."""
    limits = RateLimits(ManualClock(0), post_burst=1)
    limits.spend("apps.manifest.create", Tier.TIER_1)
    with pytest.raises(Refused):
        limits.spend("apps.manifest.create", Tier.TIER_1)
    limits.spend("auth.test", Tier.TIER_1)
