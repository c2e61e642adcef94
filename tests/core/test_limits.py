"""How much may be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.limits import Limiter, Limits
from bot.errors import Limit, LimitReached

#: No limit but the one that a test is about.
WIDE = Limits(
    characters=10**9,
    person_a_minute=10**9,
    channel_a_minute=10**9,
    person_at_once=10**9,
    workspace_at_once=10**9,
)


def ask(
    limiter: Limiter,
    *,
    user: str = "U1",
    channel: str = "C1",
    characters: int = 10,
    own: int = 0,
    all_in_all: int = 0,
    now: float = 0.0,
) -> LimitReached | None:
    """The refusal, where there is one."""
    try:
        limiter.take(
            user=user, channel=channel, characters=characters, own=own, all_in_all=all_in_all, now=now
        )
    except LimitReached as error:
        return error
    return None


def refused(error: LimitReached | None) -> tuple[Limit, int, float]:
    assert error is not None
    return error.limit, error.most, error.seconds


@pytest.mark.parametrize(
    ("limits", "fits", "too_much", "limit"),
    [
        (replace(WIDE, characters=100), {"characters": 100}, {"characters": 101}, Limit.CHARACTERS),
        (replace(WIDE, person_at_once=3), {"own": 2}, {"own": 3}, Limit.PERSON_AT_ONCE),
        (
            replace(WIDE, workspace_at_once=3),
            {"all_in_all": 2},
            {"all_in_all": 3},
            Limit.WORKSPACE_AT_ONCE,
        ),
    ],
)
def test_the_last_one_that_fits_is_taken(
    limits: Limits, fits: dict[str, int], too_much: dict[str, int], limit: Limit
) -> None:
    """One more is refused, and nobody says when it would fit."""
    assert ask(Limiter(limits), **fits) is None  # type: ignore[arg-type]  # names of numbers
    most = getattr(limits, limit.value)
    assert refused(ask(Limiter(limits), **too_much)) == (limit, most, 0.0)  # type: ignore[arg-type]  # likewise


def test_a_person_has_so_many_questions_a_minute() -> None:
    """The refusal says after how long the next one fits, and then it does; others are not affected."""
    limiter = Limiter(replace(WIDE, person_a_minute=2))
    assert [ask(limiter, now=now) for now in (100.0, 110.0)] == [None, None]
    assert refused(ask(limiter, channel="C2", now=130.0)) == (Limit.PERSON_A_MINUTE, 2, 30.0)
    assert ask(limiter, user="U2", now=130.0) is None
    assert ask(limiter, now=160.0) is None


def test_a_channel_has_so_many_questions_a_minute() -> None:
    """Whoever asks them; in another channel there is room."""
    limiter = Limiter(replace(WIDE, channel_a_minute=2))
    assert [ask(limiter, user=user, now=0.0) for user in ("U1", "U2")] == [None, None]
    assert refused(ask(limiter, user="U3", now=1.0)) == (Limit.CHANNEL_A_MINUTE, 2, 59.0)
    assert ask(limiter, user="U3", channel="C2", now=1.0) is None


def test_what_is_refused_does_not_count() -> None:
    """Who keeps trying is let in when the first minute is over, and takes no room from the channel."""
    limiter = Limiter(replace(WIDE, person_a_minute=1, channel_a_minute=2))
    assert ask(limiter, now=0.0) is None
    assert all(ask(limiter, now=float(now)) is not None for now in range(1, 60))
    assert ask(limiter, user="U2", now=59.5) is None
    assert ask(limiter, now=60.0) is None


def test_what_is_too_long_does_not_count() -> None:
    """A question that is refused for its length leaves the room for a shorter one."""
    limiter = Limiter(Limits(characters=10, person_a_minute=1))
    assert ask(limiter, characters=11) is not None
    assert ask(limiter, characters=10) is None


# -- whatever happens ------------------------------------------------------------------------------------

_PAUSES = st.lists(
    st.tuples(
        st.floats(0, 90) | st.sampled_from([0.0, 59.999999999, 60.0, 60.000000001]),
        st.sampled_from(["U1", "U2"]),
        st.sampled_from(["C1", "C2"]),
    ),
    max_size=60,
)


@given(_PAUSES, st.integers(1, 4), st.integers(1, 6), st.floats(0, 1e9))
def test_there_are_never_too_many_in_a_minute(
    pauses: list[tuple[float, str, str]], person: int, channel: int, start: float
) -> None:
    """Not in any sixty seconds, wherever these begin."""
    limiter = Limiter(replace(WIDE, person_a_minute=person, channel_a_minute=channel))
    now, taken = start, list[tuple[float, str, str]]()
    for pause, user, place in pauses:
        now += pause
        if ask(limiter, user=user, channel=place, now=now) is None:
            taken.append((now, user, place))
    for begin, user, place in taken:
        within = [each for each in taken if begin <= each[0] and each[0] - 60.0 < begin]
        assert sum(each[1] == user for each in within) <= person
        assert sum(each[2] == place for each in within) <= channel


@given(_PAUSES, st.integers(1, 4))
def test_the_wait_that_is_named_is_long_enough(pauses: list[tuple[float, str, str]], most: int) -> None:
    """Who waits as long as the refusal says, is taken; it is never more than a minute."""
    limiter = Limiter(replace(WIDE, person_a_minute=most))
    now = 0.0
    for pause, _, _ in pauses:
        now += pause
        error = ask(limiter, now=now)
        if error is not None:
            assert 0.0 <= error.seconds <= 60.001
            now += error.seconds + 1e-6  # times are no whole numbers
            assert ask(limiter, now=now) is None


def test_who_has_not_asked_for_a_minute_is_forgotten() -> None:
    """A workspace of many thousands does not fill the memory of a process that runs for months."""
    limiter = Limiter(WIDE)
    for number in range(10_000):
        ask(limiter, user=f"U{number}", channel=f"C{number}", now=float(number))
    assert len(limiter._people) < 1_100
    assert len(limiter._channels) < 1_100
