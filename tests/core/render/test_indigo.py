from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo.content import Part
from bot.core.indigo.dialogue import Said
from bot.core.indigo.figures import Period, Report, Tally
from bot.core.indigo.members import Changed, Changes, Members
from bot.core.indigo.model import Member, Message
from bot.core.render import budget
from bot.core.render import indigo as drawn
from bot.core.render.indigo import ChatPage, ChatRow
from bot.core.render.text import units
from bot.model import ChartImage, Draft
from tests.core.render.limits import check

AT = datetime(2026, 11, 28, 15, 30, tzinfo=UTC)
EVIL = "<!channel> <@U1> `*_~|\n\x1b[31m @here <https://evil.example|nice>"
PAGE = ChatPage(
    "v1", 0, (ChatRow("17536399072", AT.timestamp(), 12), ChatRow("2", None, None)), older=True, total=40
)
ANNA, BEN = Member("1", "anna@example.com", "Owner"), Member("2", "ben@example.com", "Viewer")
WEEK = Period(date(2026, 11, 21), date(2026, 11, 27))


def all_text(draft: Draft) -> str:
    return json.dumps([draft.text, *draft.blocks], ensure_ascii=False)


def harmless(draft: Draft) -> None:
    """Nothing that was written elsewhere is live, and Slack takes it."""
    told = all_text(draft)
    assert "<!channel" not in told
    assert "<@U1>" not in told
    assert "<https" not in told
    assert "\\u001b" not in told
    check(draft)


def said(text: str, *, user: bool = True, minutes: int = 0) -> Said:
    return Said(user, AT + timedelta(minutes=minutes), (Part("text", text),))


def report(*, before: bool = True, feedback: object = None) -> Report:
    tally = Tally()
    for days in (1, 2, 9):
        at = AT - timedelta(days=days)
        tally.add(
            str(days), [Message(f"{days}-{n}", "1", {"text": "x"}, "7", at, feedback, None) for n in range(4)]
        )
    made = tally.report(WEEK, known_since=date(2026, 11, 1))
    return made if before else replace(made, before=None)


def test_a_page_of_chats_has_times_counts_and_a_way_on() -> None:
    """Times are Slack's own tokens, so that everybody reads their own zone."""
    draft = drawn.chats(PAGE)
    told = all_text(draft)
    assert "`17536399072` · last <!date^1795879800^" in told
    assert "12 messages" in told
    assert "no messages" in told
    assert "40 chats in all" in told
    assert "Older" in told
    assert "Newer" not in told
    check(draft)


def test_a_later_page_leads_back() -> None:
    """The last one leads only back."""
    told = all_text(drawn.chats(replace(PAGE, number=2, older=False)))
    assert '"value": "v1:1"' in told
    assert "Older" not in told


def test_whose_order_it_is_is_said() -> None:
    """Where it is not Indigo's own newest first."""
    assert "what I saw myself <!date^" in all_text(drawn.chats(replace(PAGE, harvested=AT.timestamp())))
    unordered = all_text(drawn.chats(replace(PAGE, ordered=False)))
    assert "its own order" in unordered
    assert "Newest" not in unordered


def test_no_chats_is_a_sentence() -> None:
    """With the moment since when."""
    empty = ChatPage("v1", 0, (), older=False, since=AT.timestamp())
    assert drawn.chats(empty).text.startswith("Nobody wrote anything at Indigo since <!date^")


def test_a_transcript_is_a_dialogue() -> None:
    """Who said what when, several lines quoted."""
    draft = drawn.transcript("7", [said("ciao\ncome va"), said("bene", user=False, minutes=1)], left_out=True)
    assert draft is not None
    told = all_text(draft)
    assert "*User* <!date^" in told
    assert "> ciao\\n> come va" in told
    assert told.index("ciao") < told.index("bene")
    assert "Older messages are left out" in told
    check(draft)


def test_a_long_transcript_is_no_message() -> None:
    """It becomes a file, with times of a zone that is named."""
    lines = [said("word " * 50, minutes=n) for n in range(60)]
    assert drawn.transcript("7", lines) is None
    assert drawn.transcript("7", [said("word " * 1_000)]) is None
    text = drawn.transcript_text("7", lines, ZoneInfo("Europe/Rome"), "Europe/Rome", left_out=True)
    assert "User, 2026-11-28 16:30:00" in text
    assert text.startswith("Chat 7, times of Europe/Rome\n\nOlder messages")


def test_nothing_of_a_customer_is_live() -> None:
    """Mentions, links and control characters are text."""
    draft = drawn.transcript(EVIL, [said(EVIL)])
    assert draft is not None
    harmless(draft)
    harmless(drawn.chats(replace(PAGE, rows=(ChatRow(EVIL, None, 1),))))
    evil = Member(EVIL, EVIL, EVIL)
    news = Changes(0.0, (evil,), (evil,), (Changed(evil, EVIL),))
    harmless(drawn.members(Members((evil,), news)))
    assert "\x1b" not in drawn.transcript_text(EVIL, [said(EVIL)], UTC, "UTC")


def test_members_stand_by_role_with_what_is_new() -> None:
    """Who came, who went, and who may do something else now."""
    news = Changes(
        AT.timestamp(), (BEN,), (Member("3", "eva@example.com", "Editor"),), (Changed(ANNA, "Admin"),)
    )
    told = all_text(drawn.members(Members((ANNA, BEN), news)))
    assert "2 users in this workspace" in told
    assert "*Owner* (1): anna@example.com" in told
    assert "added: ben@example.com (Viewer)" in told
    assert "removed: eva@example.com (Editor)" in told
    assert "anna@example.com: Admin → Owner" in told


def test_a_first_look_and_one_without_news_say_so() -> None:
    """Nothing is made up."""
    assert "This is your first look" in all_text(drawn.members(Members((ANNA,))))
    assert "Nothing has changed since you looked" in all_text(drawn.members(Members((ANNA,), Changes(0.0))))


def test_many_members_are_told_by_number() -> None:
    """Slack takes the message, however many there are."""
    crowd = tuple(Member(str(n), f"person.number.{n}@example.com", f"Role {n % 12}") for n in range(3_000))
    news = Changes(0.0, crowd)
    draft = drawn.members(Members(crowd, news))
    check(draft)
    assert "more" in all_text(draft)
    assert all(units(str(block)) < 2 * budget.SECTION_CHARS for block in draft.blocks)


def test_a_report_says_what_has_changed() -> None:
    """Numbers against those before, charts, zone and age; the button only where it may be posted."""
    chart = ChartImage("F1", "Columns: chats a day.")
    draft = drawn.report(report(feedback="👎"), [chart], zone="Europe/Rome", at=AT.timestamp(), post="weekly")
    told = all_text(draft)
    assert "21 Nov 2026 to 27 Nov 2026" in told
    assert "*2 chats* (100% more than before: 1)" in told
    assert "4.0 messages per chat (before: 4.0)" in told
    assert "Feedback: 8 bad (before: 4 bad)" in told
    assert "Busiest: Thursdays from 15:00 to 16:00" in told
    assert "Days and hours of Europe/Rome" in told
    assert "Post in this channel" in told
    check(draft)
    plain = all_text(drawn.report(report(), [], zone="UTC", at=AT.timestamp(), failed=True))
    assert "Post in" not in plain
    assert "a chart could not be drawn" in plain


def test_a_report_without_days_before_compares_nothing() -> None:
    """And says why."""
    told = all_text(drawn.report(report(before=False), [], zone="UTC", at=0.0))
    assert "nothing to compare with" in told
    assert "before:" not in told


def test_a_report_of_nothing_is_a_sentence() -> None:
    """No average, no busiest hour."""
    told = all_text(drawn.report(Report(Tally().figures(WEEK)), [], zone="UTC", at=0.0))
    assert "Nobody wrote anything." in told
    assert "Busiest" not in told


def test_progress_can_be_stopped() -> None:
    """The button knows which export it is."""
    draft = drawn.said("*Exporting*", stop="e1")
    assert '"value": "e1"' in all_text(draft)
    check(draft)


@given(st.text(max_size=200), st.text(max_size=400))
def test_whatever_was_written_slack_takes_it(ident: str, text: str) -> None:
    """Any id and any words."""
    draft = drawn.transcript(ident, [said(text)])
    assert draft is not None
    check(draft)
    check(drawn.chats(replace(PAGE, rows=(ChatRow(ident, None, 1),))))
