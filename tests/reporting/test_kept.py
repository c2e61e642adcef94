from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.core.indigo.figures import Period, Tally
from bot.reporting.kept import Kept, Known, State
from tests.fakes import DictStore
from tests.reporting.upstream import DAY, HOUR, NOW, message

AT = NOW.timestamp()
KNOWN = Known("1", "9", 3, last=AT - 8 * HOUR, looked=AT - HOUR, read=AT - HOUR)


def kept(store: DictStore | None = None, days: float = 400) -> Kept:
    return Kept(store or DictStore(), "39:PRODUCTION", days)


def counted(day: date, chat: str = "17536399072") -> Tally:
    tally = Tally()
    tally.add(chat, [message(1, datetime(day.year, day.month, day.day, 10, tzinfo=UTC))])
    return tally


def test_a_chat_is_looked_at_the_less_often_the_longer_it_is_silent() -> None:
    """A quarter of its silence later, and every day at the latest."""
    fresh = Known("1", "9", 3, last=0, looked=4 * HOUR, read=0)
    assert not fresh.due(4.9 * HOUR)
    assert fresh.due(5 * HOUR)
    old = Known("1", "9", 3, last=0, looked=20 * DAY, read=0)
    assert not old.due(20 * DAY + 19 * HOUR)
    assert old.due(20 * DAY + 20 * HOUR)


def test_a_chat_is_settled_a_day_after_its_end() -> None:
    """Until it was counted after that, readers may still have rated it."""
    known = Known("1", "9", 3, last=0, looked=0, read=HOUR)
    assert not known.unsettled(HOUR)
    assert known.unsettled(DAY)
    assert not Known("1", "9", 3, last=0, looked=0, read=DAY).unsettled(2 * DAY)


async def test_chats_come_back_newest_first() -> None:
    """And each by its id; another workspace has its own."""
    store = DictStore()
    there, other = kept(store), Kept(store, "40:PRODUCTION", 400)
    later = Known("2", "9", None, last=AT, looked=AT, read=AT)
    await there.keep_chat(KNOWN)
    await there.keep_chat(later)
    assert await there.chats() == [later, KNOWN]
    assert await there.chat("1") == KNOWN
    assert await other.chats() == []
    assert await other.chat("1") is None


async def test_figures_are_added_to_what_is_kept() -> None:
    """A day has all its chats, whenever they were counted."""
    there = kept()
    await there.add(counted(NOW.date(), "1"), AT)
    await there.add(counted(NOW.date(), "2"), AT)
    figures = (await there.tally([NOW.date()])).figures(Period(NOW.date(), NOW.date()))
    assert figures.chats == 2
    assert await there.first_day() == NOW.date()


async def test_a_report_finds_the_period_and_the_one_before() -> None:
    """Both are read from the store."""
    there, week = kept(), Period(date(2026, 11, 21), date(2026, 11, 27))
    await there.add(counted(date(2026, 11, 21)), AT)
    await there.add(counted(date(2026, 11, 14)), AT)
    tally = await there.for_report(week)
    assert (tally.figures(week).chats, tally.figures(week.before).chats) == (1, 1)


async def test_days_that_are_too_old_are_not_kept() -> None:
    """What would be over at once is not written."""
    there = kept(days=7)
    await there.add(counted(date(2026, 11, 1)), AT)
    assert await there.first_day() is None


async def test_old_days_lose_the_ids_of_their_chats() -> None:
    """The numbers stay; newer days still tell their chats apart."""
    store = DictStore()
    there = kept(store)
    old, new = NOW.date() - timedelta(days=75), NOW.date()
    await there.add(counted(old), AT)
    await there.add(counted(new), AT)
    await there.make_nameless(AT)
    days = store.tables["indigo_days"]
    assert "17536399072" not in str(days[f"39:PRODUCTION:{old}"])
    assert "17536399072" in str(days[f"39:PRODUCTION:{new}"])
    assert (await there.tally([old])).figures(Period(old, old)).chats == 1


async def test_the_state_is_remembered() -> None:
    """Nothing is known at first."""
    there = kept()
    assert await there.state() == State()
    await there.keep_state(State(NOW.date(), AT))
    assert await there.state() == State(NOW.date(), AT)
