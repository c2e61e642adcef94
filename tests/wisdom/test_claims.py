from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wisdom.claims import ASSUMED_LIFE, end, fits_a_header, lifetime
from tests.wisdom.scripted import jwt


@pytest.mark.parametrize(
    ("claims", "life"),
    [
        ({"exp": 4600.0}, 3600.0),
        ({"exp": 4600.0, "iat": 900.0}, 3600.0),
        ({}, ASSUMED_LIFE),
        ({"exp": 500.0}, ASSUMED_LIFE),
        ({"exp": 500.0, "iat": 400.0}, 100.0),  # their clock is behind ours
        ({"exp": 9000.0, "iat": 8000.0}, 1000.0),  # their clock is ahead of ours
        ({"exp": float("nan")}, ASSUMED_LIFE),
    ],
)
def test_the_life_of_a_token(claims: dict[str, float], life: float) -> None:
    """The life follows from exp, and from its distance to iat where the clocks differ."""
    assert lifetime(jwt(1, **claims), now=1000.0) == life


@given(token=st.text() | st.text(alphabet="abc.=_-"))
def test_no_token_is_too_strange(token: str) -> None:
    """What is no JWT lives for the assumed time, and has no end."""
    assert lifetime(token, now=0.0) == ASSUMED_LIFE
    assert end(token) is None


@given(exp=st.integers() | st.floats() | st.just(10**400))
def test_the_end_of_a_token_is_finite(exp: float) -> None:
    """Whatever number stands in exp, an end is a time, or there is none."""
    said = end(jwt(1, exp=exp))
    assert said is None or abs(said) < float("inf")


def test_the_end_of_a_token_is_its_exp() -> None:
    """The end is told whether it is past or not."""
    assert end(jwt(1, exp=500.0)) == 500.0


@pytest.mark.parametrize(("token", "fits"), [("abc", True), ("", False), ("a\nb", False), ("ü", False)])
def test_what_a_header_can_carry(token: str, fits: bool) -> None:  # noqa: FBT001 - the expectation
    """Line breaks and letters beyond ASCII never get into a header."""
    assert fits_a_header(token) is fits
