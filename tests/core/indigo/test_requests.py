from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo.requests import Request, Wish, kind, read, wish
from bot.core.indigo.schedules import Kind


def test_people_and_channels_are_told_from_words() -> None:
    """Slack writes names as tokens, wherever they stand."""
    asked = read("Allow <@U1|ada>, <#C1|sales> now &amp; then")
    assert asked == Request("allow", (",", "now", "&", "then"), ("U1",), ("C1",))
    assert asked.rest == ", now & then"
    assert read("  ") == Request("")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("weekly", Wish(Kind.WEEKLY, 0, 9)),
        ("weekly friday", Wish(Kind.WEEKLY, 4, 9)),
        ("weekly monday 9", Wish(Kind.WEEKLY, 0, 9)),
        ("weekly every Mondays at 17:00", Wish(Kind.WEEKLY, 0, 17)),
        ("weekly 8", Wish(Kind.WEEKLY, 0, 8)),
        ("monthly", Wish(Kind.MONTHLY, 1, 9)),
        ("monthly on the 1st at 7", Wish(Kind.MONTHLY, 1, 7)),
        ("month 28 23", Wish(Kind.MONTHLY, 28, 23)),
        ("weekly noday 9", None),
        ("weekly monday 24", None),
        ("weekly monday 9 often", None),
        ("monthly 29", None),
        ("monthly monday", None),
        ("daily", None),
        ("", None),
    ],
)
def test_a_schedule_is_typed_in_plain_words(typed: str, meant: Wish | None) -> None:
    """Day and hour may be left out; what is not understood is no schedule."""
    assert wish(tuple(typed.split())) == meant


@given(st.lists(st.text(min_size=1, max_size=12), max_size=5))
def test_whatever_is_typed_raises_nothing(words: list[str]) -> None:
    """A schedule, or none."""
    assert wish(("weekly", *words)) is None or words is not None
    assert read(" ".join(words)).verb == read(" ".join(words)).verb.lower()


def test_a_lone_mark_is_no_word() -> None:
    """Nobody means anything by it."""
    assert wish(("weekly", ".", "tuesday", ",")) == wish(("weekly", "tuesday"))


def test_kinds_are_known_by_their_beginning() -> None:
    """No word at all is none."""
    assert (kind("week"), kind("monthly"), kind(""), kind("yearly")) == (
        Kind.WEEKLY,
        Kind.MONTHLY,
        None,
        None,
    )
