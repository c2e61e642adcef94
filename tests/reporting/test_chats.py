from __future__ import annotations

from datetime import timedelta

import pytest

from bot.reporting.chats import PAGE, Chats, ViewGone
from bot.reporting.kept import Kept, Known, State
from tests.fakes import DictStore
from tests.reporting.upstream import NOW, Workspace, message

AT = NOW.timestamp()


def many(count: int, *, newest_first: bool = True) -> Workspace:
    """One chat an hour."""
    numbers = range(count) if newest_first else [(7 * n) % count for n in range(count)]
    return Workspace(**{f"c{n}": [message(n, NOW - timedelta(hours=n), chat=str(n))] for n in numbers})


def chats(indigo: Workspace, store: DictStore | None = None) -> tuple[Chats, Kept]:
    store = store or DictStore()
    kept = Kept(store, "39:PRODUCTION", 400)
    return Chats(indigo, kept, store, lambda: "v1"), kept


async def test_pages_are_turned_to_and_fro() -> None:
    """Ten calls a page; each page begins where the one before ended."""
    indigo = many(25)
    there, _ = chats(indigo)
    page = await there.first("U1", None)
    assert [row.id for row in page.rows] == [str(n) for n in range(PAGE)]
    assert (page.older, page.total, page.ordered, len(indigo.looks)) == (True, 25, True, PAGE)
    last = await there.turn("U1", "v1:1")
    last = await there.turn("U1", "v1:2")
    assert ([row.id for row in last.rows], last.older) == (["20", "21", "22", "23", "24"], False)
    again = await there.turn("U1", "v1:0")
    assert again.rows == page.rows


async def test_a_list_ends_where_chats_are_older_than_asked_for() -> None:
    """Newest first, so behind them there is none that is newer."""
    there, _ = chats(many(25))
    page = await there.first("U1", AT - 4.5 * 3600)
    assert ([row.id for row in page.rows], page.older) == (["0", "1", "2", "3", "4"], False)


async def test_where_indigo_has_another_order_the_bots_own_list_is_shown() -> None:
    """With its age, and its own pages."""
    indigo = many(25, newest_first=False)
    there, kept = chats(indigo)
    for n in range(25):
        await kept.keep_chat(Known(str(n), str(n), 1, AT - 3600 * n, AT, AT))
    await kept.keep_state(State(NOW.date(), AT - 60))
    page = await there.first("U1", None)
    assert ([row.id for row in page.rows][:3], page.harvested) == (["0", "1", "2"], AT - 60)
    assert [row.id for row in (await there.turn("U1", "v1:2")).rows] == ["20", "21", "22", "23", "24"]
    recent = await there.first("U1", AT - 2.5 * 3600)
    assert (len(recent.rows), recent.older) == (3, False)


async def test_without_a_list_of_its_own_the_order_is_indigos_and_said() -> None:
    """The first harvest is not over: chats are shown as they come, and old ones do not end the list."""
    there, _ = chats(many(25, newest_first=False))
    page = await there.first("U1", AT - 12.5 * 3600)
    assert len(page.rows) < PAGE
    assert (page.ordered, page.harvested, page.older) == (False, None, True)
    assert all((row.last or 0) >= AT - 12.5 * 3600 for row in page.rows)


@pytest.mark.parametrize("value", ["v1:7", "v1:x", "v1:", "v2:0", "", "v1:-1"])
async def test_a_button_that_leads_nowhere_is_told(value: str) -> None:
    """Lists are kept for a day, and pages are turned one by one."""
    there, _ = chats(many(5))
    await there.first("U1", None)
    with pytest.raises(ViewGone):
        await there.turn("U1", value)


async def test_nobody_turns_the_pages_of_another() -> None:
    """A list is of who asked for it."""
    there, _ = chats(many(25))
    await there.first("U1", None)
    with pytest.raises(ViewGone):
        await there.turn("U2", "v1:1")


async def test_nothing_at_all_is_an_empty_page() -> None:
    """A new workspace has no chats."""
    there, _ = chats(Workspace())
    page = await there.first("U1", None)
    assert (page.rows, page.older) == ((), False)
