"""Pages and cursors."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.indigo.faults import Armed, Fault, Struck
from bot.sandbox.indigo.pages import Listed, Refused, Window, backward, forward, opened, sealed

NOTHING = Struck()
KEYS = st.lists(st.integers(min_value=0, max_value=2**40), unique=True, max_size=40).map(sorted)


def listed(keys: list[int], *, falling: bool = False) -> Listed[int]:
    return Listed(len(keys), keys.__getitem__, keys.__getitem__, falling)


def struck(*faults: Fault) -> Struck:
    return Struck({fault: Armed(fault) for fault in faults})


def window(size: int, cursor: str = "") -> Window:
    return Window(size, cursor, "PRODUCTION,ASC")


def items(page: Mapping[str, object]) -> list[int]:
    return [edge["node"] for edge in cast("list[dict[str, int]]", page["edges"])]


def info(page: Mapping[str, object]) -> Any:
    return page["pageInfo"]


@given(keys=KEYS, size=st.integers(min_value=1, max_value=9), falling=st.booleans())
def test_following_the_documentation_gives_everything_once(keys: list[int], size: int, falling: bool) -> None:  # noqa: FBT001 - given by Hypothesis
    """Onwards with endCursor while there is a next page, in either order."""
    wanted = keys[::-1] if falling else keys
    found: list[int] = []
    cursor, more = "", True
    while more:
        page = forward(listed(wanted, falling=falling), window(size, cursor), NOTHING)
        assert info(page)["hasPreviousPage"] is bool(found)
        assert page["totalCount"] == len(keys)
        found += items(page)
        cursor, more = info(page)["endCursor"], info(page)["hasNextPage"]
    assert found == wanted


@given(keys=KEYS, size=st.integers(min_value=1, max_value=9))
def test_following_relay_gives_everything_once(keys: list[int], size: int) -> None:
    """Back from the end with startCursor while there is a previous page, each page in order."""
    found: list[int] = []
    cursor, more = "", True
    while more:
        page = backward(listed(keys), window(size, cursor), NOTHING)
        assert info(page)["hasNextPage"] is bool(found)
        found = items(page) + found
        cursor, more = info(page)["startCursor"], info(page)["hasPreviousPage"]
    assert found == keys


@given(keys=KEYS.filter(bool), size=st.integers(min_value=1, max_value=9), data=st.data())
def test_an_item_that_is_gone_leaves_its_place(keys: list[int], size: int, data: st.DataObject) -> None:
    """A cursor of something deleted leads to what came after it."""
    gone = data.draw(st.sampled_from(keys))
    left = [key for key in keys if key != gone]
    cursor = sealed(gone, window(size))
    assert items(forward(listed(left), window(size, cursor), NOTHING)) == [k for k in left if k > gone][:size]
    assert (
        items(forward(listed(left[::-1], falling=True), window(size, cursor), NOTHING))
        == [key for key in left[::-1] if key < gone][:size]
    )


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "no base64 🙂",
        b64encode(b"cursor2:x,PRODUCTION,ASC").decode(),
        b64encode(b"cursor2:5").decode(),
        b64encode(b"\xff").decode(),
        sealed(5, Window(1, "", "TEST,ASC")),
    ],
)
def test_a_cursor_belongs_to_its_list(cursor: str) -> None:
    """Another list's, and anything that is no cursor, is refused."""
    with pytest.raises(Refused, match="Invalid cursor"):
        opened(window(1, cursor))


def test_a_cursor_that_is_stuck() -> None:
    """The second page has the cursor of the first, and says that there is more."""
    keys = list(range(9))
    first = forward(listed(keys), window(3), NOTHING)
    again = forward(listed(keys), window(3, info(first)["endCursor"]), struck(Fault.CURSOR_STUCK))
    assert items(again) == [3, 4, 5]
    assert info(again)["endCursor"] == info(first)["endCursor"]
    assert info(again)["hasNextPage"]


def test_a_list_without_an_end() -> None:
    """After the last page the first one comes again."""
    keys, cursor, found = list(range(5)), "", list[int]()
    for _ in range(4):
        page = forward(listed(keys), window(2, cursor), struck(Fault.ENDLESS))
        assert info(page)["hasNextPage"]
        found += items(page)
        cursor = info(page)["endCursor"]
    assert found == [0, 1, 2, 3, 4, 0, 1]


def test_pages_that_overlap() -> None:
    """A page begins with two items of the page before, and the list ends all the same."""
    first = forward(listed(list(range(6))), window(3), struck(Fault.OVERLAP))
    second = forward(listed(list(range(6))), window(3, info(first)["endCursor"]), struck(Fault.OVERLAP))
    assert (items(first), items(second)) == ([0, 1, 2], [1, 2, 3])


def test_an_empty_page_with_more_behind_it() -> None:
    """Nothing is on it, and its cursor leads on."""
    page = forward(listed(list(range(6))), window(3), struck(Fault.EMPTY_PAGE))
    assert items(page) == []
    assert info(page)["hasNextPage"]
    assert items(forward(listed(list(range(6))), window(3, info(page)["endCursor"]), NOTHING)) == [3, 4, 5]
