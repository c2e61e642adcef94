from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.indigo.order import newest, newest_first

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def answer(*names: object) -> Mapping[str, object]:
    return {"__type": {"enumValues": [{"name": name} for name in names]}}


@pytest.mark.parametrize(
    ("names", "value"),
    [
        (("ASC", "DESC"), "DESC"),
        (("asc", "desc"), "desc"),
        (("OLDEST", "NEWEST"), "NEWEST"),
        (("TITLE_DESC", "INSERTED_AT_DESC", "INSERTED_AT_ASC"), "INSERTED_AT_DESC"),
        (("CREATED_DESC", "DESC"), "DESC"),
        (("DESCRIPTION", "TITLE"), ""),
        ((), ""),
        ((None, 3, "ASC"), ""),
    ],
)
def test_the_value_for_newest_first_is_told_by_its_name(names: tuple[object, ...], value: str) -> None:
    """A plain word is preferred, then an order by time; a word that only begins alike is none."""
    assert newest(answer(*names)) == value


@pytest.mark.parametrize(
    "data",
    [{}, {"__type": None}, {"__type": {"enumValues": None}}, {"__type": {"enumValues": [None, "DESC", 3]}}],
)
def test_an_answer_without_values_tells_nothing(data: Mapping[str, object]) -> None:
    """No type, a type that is no enum, and nonsense are all the same."""
    assert newest(data) == ""


@given(st.lists(st.one_of(st.none(), st.integers(0, 9).map(lambda n: NOON - timedelta(hours=n)))))
def test_a_page_is_newest_first_where_no_time_rises(times: list[datetime | None]) -> None:
    """What has no time is left out; equal times are no rise."""
    known = [time for time in times if time is not None]
    assert newest_first(times) == (known == sorted(known, reverse=True))
