from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core import loose


def test_numbers_are_those_that_can_be_drawn() -> None:
    """Neither truth values nor texts, nor what no axis could hold."""
    assert [loose.number(item) for item in (3, 2.5, True, "3", None, 1e200, 10**400, float("nan"))] == [
        3.0,
        2.5,
        *[None] * 6,
    ]
    assert loose.number(5e-324) == 0.0


def test_texts_are_one_line_without_tags() -> None:
    """Numbers may stand for texts."""
    assert loose.text("a\nb") == "a b"
    assert loose.text(2026) == "2,026"
    assert loose.text([]) == ""
    assert loose.words("<b>Wins</b> &amp; losses") == "Wins &amp; losses"


def test_milliseconds_become_moments_of_the_calendar() -> None:
    """Beyond it there is none."""
    assert loose.moment(1_767_225_600_000) == datetime(2026, 1, 1)  # noqa: DTZ001 -- naive is meant
    assert loose.moment(1e99) is None


def test_an_axis_may_be_one_or_the_first_of_several() -> None:
    """Anything else is none."""
    assert loose.first({"a": 1}) == loose.first([{"a": 1}, {}]) == {"a": 1}
    assert loose.first([]) == loose.first("x") == {}


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x, max_size=3)))
def test_anything_can_be_read_as_anything(item: object) -> None:
    """What is of another kind is nothing of this one."""
    assert isinstance(loose.text(item), str)
    assert isinstance(loose.words(item), str)
    assert isinstance(loose.sequence(item), list | tuple)
    assert loose.mapping(item) == {}
