from __future__ import annotations

import pytest

from bot import errors
from bot.core.indigo.schedules import Kind, Schedule
from bot.core.render import indigo_notices as words
from bot.errors import AccessDenied, Denial

EVIL = "<!channel> `x` <@U1>"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.IndigoRefused("401"), "renew `INDIGO_TOKEN`"),
        (errors.IndigoUnreachable("no answer"), "can't reach Indigo"),
        (errors.IndigoMisbehaved("no JSON"), "don't understand"),
        (errors.IndigoFailed("no such field"), "“no such field”"),
        (errors.StoreFailed("gone"), "my own notes"),
        (errors.SlackUnreachable("gone"), "Slack did not take"),
        (errors.NotInChannel("chat.postMessage", "not_in_channel"), "`/invite @wisdom`"),
        (RuntimeError("a bug"), "went wrong on my side"),
    ],
)
def test_what_went_wrong_is_a_sentence_with_a_reference(error: Exception, told: str) -> None:
    """It says what can be done, and never what only the log may know."""
    text = words.for_error(error, ref="ab12cd34").text
    assert told in text
    assert text.endswith("Ref `ab12cd34`")


def test_a_plain_no_has_no_reference() -> None:
    """Nothing is broken, so there is nothing to look for."""
    text = words.for_error(AccessDenied(Denial.INDIGO_PERSON), ref="ab12cd34").text
    assert "ab12cd34" not in text
    assert "/indigo allow" in text


def test_what_indigo_says_is_not_live() -> None:
    """Its words are escaped, and cut."""
    text = words.for_error(errors.IndigoFailed(EVIL + "x" * 1_000), ref="r").text
    assert "<!channel>" not in text
    assert len(text) < 500
    assert "<!channel>" not in words.unknown(EVIL) + words.no_such_chat(EVIL)


def test_help_tells_admins_more() -> None:
    """Who may let others in is told how."""
    assert "/indigo allow" in words.help_text(admin=True)
    assert "/indigo allow" not in words.help_text(admin=False)


def test_an_export_says_how_far_it_is() -> None:
    """Of how many, where that is known."""
    assert "3 of 1,200 chats read, 40 messages" in words.exporting(3, 1_200, 40, None)
    assert "3 chats read" in words.exporting(3, None, 40, 0.0)
    assert "nothing to export" in words.exported(3, 0, None)
    assert "40 messages of 3 chats" in words.exported(3, 40, 0.0)


def test_schedules_are_told_with_their_zone() -> None:
    """Each on a line of its own."""
    weekly = Schedule("C1", Kind.WEEKLY, 0, 9, "Europe/Rome", "U1", 0.0)
    monthly = Schedule("C1", Kind.MONTHLY, 3, 17, "UTC", "U1", 0.0)
    told = words.schedules([weekly, monthly])
    assert "• weekly in <#C1> on Mondays at 09:00 (Europe/Rome)" in told
    assert "• monthly in <#C1> on day 3 of the month at 17:00 (UTC)" in told
    assert words.schedules([]) == words.NO_SCHEDULE
    assert "The next one comes <!date^86400^" in words.scheduled(weekly, 86_400.0, "Europe/Rome")
    assert words.unscheduled("C1", 0) != words.unscheduled("C1", 1)


def test_who_may_is_told_with_who_said_so() -> None:
    """Settings and what was said in Slack are told apart."""
    told = words.who(["U1"], ["C1"], [("U2", "U9", 0.0), ("C2", "U9", 0.0)])
    assert "by the app's settings: <@U1>" in told
    assert "• <@U2>, let in by <@U9> <!date^0^" in told
    assert "• reports in <#C2>, let in by <@U9>" in told
    assert "INDIGO_PEOPLE" in words.disallowed("U1", named=True)
    assert words.disallowed("C1", named=False) == "<#C1> is not let in any more."
    assert "Reports" in words.allowed("C1")


def test_where_something_stands_is_linked() -> None:
    """Without an address it is named alone."""
    assert (
        words.in_direct("It is", "https://x.slack.com/a")
        == "It is in <https://x.slack.com/a|our direct messages>."
    )
    assert words.in_direct("It is", "") == "It is in our direct messages."
