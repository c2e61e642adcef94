from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo.figures import Counts, Opinion, Period, Tally, ending_yesterday, nameless, opinion
from bot.core.indigo.model import Message

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = Period(date(2026, 11, 23), date(2026, 11, 29))


def message(
    number: int,
    at: datetime = MONDAY,
    *,
    user: bool = True,
    feedback: object = None,
    content: object = None,
) -> Message:
    return Message(
        id=str(number),
        chat="1",
        content={"type": "text", "text": "ciao"} if content is None else content,
        sender="7" if user else None,
        at=at,
        feedback=feedback,
        read=None,
    )


def test_a_period_has_sums_days_and_hours() -> None:
    """Chats count once in the period and once on each of their days; hours are of users' messages."""
    tally = Tally()
    tally.add("1", [message(1, MONDAY.replace(hour=10)), message(2, MONDAY.replace(hour=10), user=False)])
    tally.add("2", [message(3, MONDAY.replace(hour=10)), message(4, MONDAY + timedelta(days=1, hours=8))])
    figures = tally.figures(WEEK)
    assert (figures.chats, figures.counts) == (2, Counts(user=3, assistant=1))
    assert [day.chats for day in figures.days] == [2, 1, 0, 0, 0, 0, 0]
    assert figures.busiest == (0, 10)
    assert (figures.hours[0][10], figures.hours[1][8]) == (2, 1)
    assert figures.per_chat == 2.0


def test_a_period_in_which_nothing_happened_has_no_average_and_no_busiest_hour() -> None:
    """Nothing is divided by nothing."""
    figures = Tally().figures(WEEK)
    assert (figures.chats, figures.per_chat, figures.busiest) == (0, None, None)
    assert len(figures.days) == 7


def test_adding_a_chat_again_changes_nothing() -> None:
    """A harvest that is repeated counts nothing twice; more messages take the place of fewer."""
    tally = Tally()
    tally.add("1", [message(1)])
    tally.add("1", [message(1), message(2)])
    tally.add("1", [message(1), message(2)])
    assert tally.figures(WEEK).counts.messages == 2


def test_what_indigo_deleted_stays_counted() -> None:
    """A chat of which only the end is left does not take the place of all of it."""
    tally = Tally()
    tally.add("1", [message(1), message(2), message(3)])
    tally.add("1", [message(3)])
    assert tally.figures(WEEK).counts.messages == 3


def test_later_feedback_takes_the_place_of_earlier() -> None:
    """As many messages with another rating are newer, not fewer."""
    tally = Tally()
    tally.add("1", [message(1, feedback="👍")])
    tally.add("1", [message(1, feedback="👎")])
    assert tally.figures(WEEK).counts == Counts(user=1, bad=1)


def test_hidden_messages_and_repeated_ones_are_not_counted() -> None:
    """The payload that begins a chat is nobody's message, and a page that overlaps counts nothing twice."""
    tally = Tally()
    tally.add("1", [message(1), message(1), message(2, content={"type": "payload", "hidden": True})])
    tally.add("2", [message(3, content={"hidden": True})])
    figures = tally.figures(WEEK)
    assert (figures.chats, figures.counts.messages) == (1, 1)


@pytest.mark.parametrize("name", ["UTC", "Europe/Rome", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"])
def test_days_and_hours_are_those_of_the_zone(name: str) -> None:
    """Zones that are not whole hours from UTC are exact, too."""
    zone = ZoneInfo(name)
    late = datetime(2026, 11, 24, 23, 50, tzinfo=zone)
    tally = Tally()
    tally.add("1", [message(1, late.astimezone(UTC))])
    figures = tally.figures(Period(date(2026, 11, 24), date(2026, 11, 24), zone))
    assert figures.busiest == (1, 23)
    for other in (date(2026, 11, 23), date(2026, 11, 25)):
        assert tally.figures(Period(other, other, zone)).chats == 0


def test_a_report_compares_only_what_was_counted_all_of_it() -> None:
    """Where counting began in the middle of the days before, nothing is compared."""
    tally = Tally()
    tally.add("1", [message(1), message(2, MONDAY - timedelta(days=5))])
    assert tally.report(WEEK, known_since=date(2026, 11, 20)).before is None
    before = tally.report(WEEK, known_since=date(2026, 11, 16)).before
    assert before is not None
    assert (before.period.first, before.chats) == (date(2026, 11, 16), 1)
    assert tally.report(WEEK).before is None


def test_stored_days_come_back_and_broken_ones_are_left_out() -> None:
    """What is written is read; a row that is none costs itself alone."""
    tally, other = Tally(), Tally()
    tally.add("1", [message(1, feedback="👍"), message(2, user=False)])
    stored = tally.day(MONDAY.date())
    other.restore(
        MONDAY.date(),
        {**stored, "2": "x", "3": [[1, 2]], "4": [[96, 1, 1, 0, 0, 0]], "5": [[0, -1, 0, 0, 0, 0]]},
    )
    other.restore(MONDAY.date(), None)
    assert other.figures(WEEK) == tally.figures(WEEK)
    assert other.days == (MONDAY.date(),)


def test_nameless_days_keep_their_sums() -> None:
    """Without ids the numbers of a day stay, and nothing leads back to a chat."""
    tally, other = Tally(), Tally()
    tally.add("17536399072", [message(1)])
    tally.add("17536399073", [message(2)])
    stored = nameless(MONDAY.date(), tally.day(MONDAY.date()))
    other.restore(MONDAY.date(), stored)
    assert other.figures(WEEK) == tally.figures(WEEK)
    assert "1753" not in str(stored)


def test_the_last_full_days_end_yesterday() -> None:
    """The day of the report itself is not over."""
    period = ending_yesterday(7, datetime(2026, 11, 30, 0, 30, tzinfo=UTC))
    assert (period.first, period.last) == (date(2026, 11, 23), date(2026, 11, 29))
    rome = ending_yesterday(7, datetime(2026, 11, 29, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Rome"))
    assert rome.last == date(2026, 11, 29)


@pytest.mark.parametrize(
    ("feedback", "meant"),
    [
        (None, None),
        ("", None),
        ([], None),
        ({}, None),
        ("👍", Opinion.GOOD),
        ("THUMBS UP", Opinion.GOOD),
        (1, Opinion.GOOD),
        (True, Opinion.GOOD),
        ("👎", Opinion.BAD),
        (-1, Opinion.BAD),
        ({"type": "negative"}, Opinion.BAD),
        ({"value": {"rating": "up"}}, Opinion.GOOD),
        ({"stars": 3}, Opinion.UNKNOWN),
        (["x"], Opinion.UNKNOWN),
        ("meh", Opinion.UNKNOWN),
    ],
)
def test_feedback_is_good_bad_or_not_understood(feedback: object, meant: Opinion | None) -> None:
    """Values are unpublished: what is not understood is counted as that, and never lost."""
    assert opinion(feedback) is meant


ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 95), st.booleans()), max_size=30
)


@given(ROWS, ROWS)
def test_merging_twice_is_merging_once(
    first: list[tuple[int, int, int, bool]], second: list[tuple[int, int, int, bool]]
) -> None:
    """Whatever was counted where, adding it again changes no number."""

    def tally(rows: list[tuple[int, int, int, bool]]) -> Tally:
        made = Tally()
        for chat in range(4):
            of_chat = [row for row in rows if row[0] == chat]
            made.add(
                str(chat),
                [
                    message(n, MONDAY + timedelta(days=day, minutes=15 * slot), user=user)
                    for n, (_, day, slot, user) in enumerate(of_chat)
                ],
            )
        return made

    once, twice = tally(first), tally(first)
    once.merge(tally(second))
    twice.merge(tally(second))
    twice.merge(tally(second))
    figures = once.figures(WEEK)
    assert twice.figures(WEEK) == figures
    assert sum(map(sum, figures.hours)) == figures.counts.user
    assert figures.chats <= sum(day.chats for day in figures.days)
