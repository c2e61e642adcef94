from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo.model import Page
from bot.core.indigo.paging import End, Pager, Way

#: Gives the page at a cursor.
Server = Callable[[str], Page[int]]


def walk(pager: Pager[int], server: Server, *, most: int = 1_000) -> list[int]:
    """Everything that comes; fails where it does not end."""
    given: list[int] = []
    for _ in range(most):
        if pager.end is not None:
            return given
        given += pager.receive(server(pager.cursor)).items
    raise AssertionError("it goes on for ever")


def documented(items: list[int], size: int, *, overlap: int = 0, endless: bool = False) -> Server:
    """Newest first, onwards with ``endCursor`` while ``hasNextPage``."""

    def page(cursor: str) -> Page[int]:
        start = max(0, int(cursor or 0) - (overlap if cursor else 0))
        if endless and start >= len(items):
            start = 0
        end = min(start + size, len(items))
        more = endless or end < len(items)
        return Page(tuple(items[start:end]), str(end), more, str(start), start > 0, len(items))

    return page


def relay(items: list[int], size: int, *, total: bool = True, next_too: bool = True) -> Server:
    """The last ones first, each page in order, onwards with ``startCursor`` while ``hasPreviousPage``."""

    def page(cursor: str) -> Page[int]:
        end = int(cursor) if cursor else len(items)
        start = max(0, end - size)
        has_next = next_too and end < len(items)
        number = len(items) if total else None
        return Page(tuple(items[start:end]), str(end), has_next, str(start), start > 0, number)

    return page


lists = st.integers(0, 40).map(lambda n: list(range(n)))
sizes = st.integers(1, 9)


@given(lists, sizes, st.sampled_from(["auto", "documented"]), st.data())
def test_everything_comes_once_from_a_documented_server(
    items: list[int], size: int, way: Way, data: st.DataObject
) -> None:
    """In its order, though pages overlap, as long as each of them has something new."""
    overlap = data.draw(st.integers(0, size - 1))
    pager: Pager[int] = Pager(lambda item: item, way=way)
    assert walk(pager, documented(items, size, overlap=overlap)) == items
    assert (pager.end, pager.missing) == (End.LAST, 0)


@given(
    items=lists,
    size=sizes,
    way=st.sampled_from(["auto", "relay"]),
    total=st.booleans(),
    next_too=st.booleans(),
)
def test_everything_comes_once_from_a_server_that_keeps_to_relay(
    items: list[int],
    size: int,
    way: Way,
    *,
    total: bool,
    next_too: bool,
) -> None:
    """Whether or not it counts, and whether or not it tells what is behind a page further back."""
    pager: Pager[int] = Pager(lambda item: item, way=way)
    found = walk(pager, relay(items, size, total=total, next_too=next_too))
    assert sorted(found) == items
    assert (pager.end, pager.missing) == (End.LAST, 0)
    if len(items) > size:
        assert pager.way == "relay"


@given(lists.filter(bool), sizes)
def test_a_list_without_end_ends_with_everything(items: list[int], size: int) -> None:
    """By a cursor or an item that comes again."""
    pager: Pager[int] = Pager(lambda item: item, way="auto")
    assert walk(pager, documented(items, size, endless=True)) == items
    assert pager.end in {End.REPEATED, End.STUCK}
    assert pager.missing == 0


wild: st.SearchStrategy[Page[int]] = st.builds(
    Page,
    items=st.lists(st.integers(0, 9), max_size=4).map(tuple),
    end=st.sampled_from(["", "a", "b", "c", "d"]),
    has_next=st.booleans(),
    start=st.sampled_from(["", "a", "b", "c", "d"]),
    has_previous=st.booleans(),
    total=st.none() | st.integers(0, 20),
    unread=st.integers(0, 2),
)


@given(st.lists(wild, min_size=1, max_size=12), st.sampled_from(["auto", "documented", "relay"]))
def test_whatever_comes_it_ends_and_doubles_nothing(pages: list[Page[int]], way: Way) -> None:
    """There are no more pages than there are cursors, and each of them was a server's."""
    calls = count()
    pager: Pager[int] = Pager(lambda item: item, way=way)
    found = walk(pager, lambda _: pages[next(calls) % len(pages)], most=7)
    assert len(found) == len(set(found))
    assert pager.end is not None
    assert pager.missing >= 0


@given(st.integers(0, 6))
def test_ever_new_cursors_are_ended_by_the_cap(cap: int) -> None:
    """A server that makes up items for ever is left after so many pages."""
    numbers = count()

    def server(_: str) -> Page[int]:
        number = next(numbers)
        return Page((number,), end=str(number), has_next=True)

    pager: Pager[int] = Pager(lambda item: item, pages=cap)
    assert walk(pager, server) == list(range(cap))
    assert pager.end is End.CAP


@given(lists.filter(lambda items: len(items) > 9), sizes)
def test_a_walk_goes_on_at_a_cursor(items: list[int], size: int) -> None:
    """Another one takes up where the first one stopped, and together they have everything once."""
    server = documented(items, size)
    first: Pager[int] = Pager(lambda item: item, pages=1)
    page = server("")
    before = list(first.receive(page).items)
    assert first.end is End.CAP
    second: Pager[int] = Pager(lambda item: item, cursor=page.end)
    assert before + walk(second, server) == items
    assert second.missing == 0


@pytest.mark.parametrize(
    ("pages", "end", "found", "missing"),
    [
        ([Page((1,), "a", True, total=3), Page((2, 3), total=3)], End.LAST, [1, 2, 3], 0),
        ([Page((1,), "a", True, total=3), Page((2,), total=3)], End.LAST, [1, 2], 1),
        ([Page((1,), "a", True, total=3), Page((), "b", True, total=3)], End.EMPTY, [1], 2),
        ([Page((1,), "", True, total=3)], End.STUCK, [1], 2),
        ([Page((1,), "a", True, total=3), Page((2,), "a", True, total=3)], End.STUCK, [1, 2], 1),
        ([Page((1,), "a", True, total=3), Page((1,), "b", True, total=3)], End.REPEATED, [1], 2),
        ([Page((1,), "a", True), Page((), "b", True)], End.EMPTY, [1], 0),
        ([Page((), "a", True, unread=2), Page((1,))], End.LAST, [1], 0),
        ([Page((), total=None)], End.LAST, [], 0),
    ],
)
def test_it_says_why_it_ended(pages: list[Page[int]], end: End, found: list[int], missing: int) -> None:
    """And how many items were counted that did not come."""
    left = iter(pages)
    pager: Pager[int] = Pager(lambda item: item)
    assert walk(pager, lambda _: next(left)) == found
    assert (pager.end, pager.missing) == (end, missing)


def test_a_walk_that_is_over_takes_no_page() -> None:
    """That would be a mistake of ours."""
    pager: Pager[int] = Pager(lambda item: item)
    pager.receive(Page((1,)))
    with pytest.raises(RuntimeError, match="over"):
        pager.receive(Page((2,)))


def test_no_page_is_wanted() -> None:
    """Then nothing is asked for."""
    assert Pager[int](lambda item: item, pages=0).end is End.CAP
