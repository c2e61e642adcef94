from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import pairwise

import pytest

from bot.core.indigo.model import Page
from bot.core.indigo.paging import End, Pager, Way
from bot.errors import IndigoUnreachable
from bot.indigo.pages import Pages


class Listed:
    """Pages by their cursors; remembers what was asked for."""

    def __init__(self, *pages: Page[int]) -> None:
        self.pages = {
            "": pages[0],
            **{before.end: page for before, page in pairwise(pages)},
        }
        self.asked: list[str] = []

    async def ask(self, cursor: str, _: Way) -> Page[int]:
        self.asked.append(cursor)
        return self.pages[cursor]


def page(items: Sequence[int], end: str = "", *, total: int | None = None, unread: int = 0) -> Page[int]:
    return Page(tuple(items), end=end, has_next=bool(end), total=total, unread=unread)


def pages(listed: Listed) -> Pages[int]:
    return Pages(listed.ask, Pager(lambda item: item), "chats")


async def test_pages_come_one_after_the_other() -> None:
    """Until the last one, after which there are none."""
    listed = Listed(page([1, 2], "a"), page([3], "b"), page([4]))
    walk = pages(listed)
    assert [each.items async for each in walk] == [(1, 2), (3,), (4,)]
    assert (walk.end, listed.asked) == (End.LAST, ["", "a", "b"])
    assert [each async for each in walk] == []


async def test_nothing_is_asked_for_before_it_is_wanted() -> None:
    """Whoever stops has asked for no page too many, and can go on at the cursor."""
    listed = Listed(page([1], "a"), page([2], "b"), page([3]))
    walk = pages(listed)
    assert (await anext(walk)).items == (1,)
    assert (listed.asked, walk.cursor, walk.end) == ([""], "a", None)


async def test_a_page_that_fails_can_be_asked_for_again() -> None:
    """The walk stands where it stood."""
    listed = Listed(page([1], "a"), page([2]))
    failing = [True]

    async def ask(cursor: str, way: Way) -> Page[int]:
        if cursor and failing.pop():
            failing.append(False)
            raise IndigoUnreachable("lost")
        return await listed.ask(cursor, way)

    walk: Pages[int] = Pages(ask, Pager(lambda item: item), "chats")
    assert (await anext(walk)).items == (1,)
    with pytest.raises(IndigoUnreachable):
        await anext(walk)
    assert (await anext(walk)).items == (2,)


async def test_what_cannot_be_read_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """By number, and it is not missing besides."""
    walk = pages(Listed(page([1], "a", total=4, unread=1), page([2], total=4, unread=1)))
    with caplog.at_level(logging.WARNING, "bot.indigo"):
        assert [each.items async for each in walk] == [(1,), (2,)]
    assert (walk.unread, walk.missing) == (2, 0)
    assert caplog.messages == ["1 chats from Indigo could not be read"] * 2


async def test_what_was_counted_and_not_given_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """With the reason for which the list ended."""
    walk = pages(Listed(page([1], "a", total=9), page([], "b", total=9)))
    with caplog.at_level(logging.WARNING, "bot.indigo"):
        assert [each.items async for each in walk] == [(1,), ()]
    assert (walk.missing, walk.end) == (8, End.EMPTY)
    assert "counted 8 more chats than it gave; the list ended: empty" in caplog.text


async def test_the_way_of_the_pages_is_told_when_it_is_known() -> None:
    """Which is the first page that has another one behind it."""
    told: list[Way] = []
    first = Page((1,), start="s", has_previous=True, total=2)

    async def ask(cursor: str, _: Way) -> Page[int]:
        return Page((2,), total=2) if cursor else first

    walk: Pages[int] = Pages(ask, Pager(lambda item: item, way="auto"), "messages", found=told.append)
    assert [each.items async for each in walk] == [(1,), (2,)]
    assert set(told) == {"relay"}
