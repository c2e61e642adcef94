"""How an answer ended, in a sentence and a line of the log."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot import endings
from bot.core.render.blocks import Ending
from bot.endings import CutOff, ForTheAsker, QuestionGone
from bot.errors import (
    AccessDenied,
    Denial,
    PersonUnknown,
    SlackUnreachable,
    StoreFailed,
    TenantSilent,
    TenantUnreachable,
)
from bot.model import Answer, Draft, Prose, ProseKind
from bot.standing import Misplaced

SAID = Answer((Prose("107"),), in_progress=False)
ERROR = Prose("The warehouse is asleep", kind=ProseKind.ERROR)


@pytest.mark.parametrize(
    ("answer", "ending", "words"),
    [
        (SAID, Ending.DONE, ""),
        (Answer((Prose("107"),), cancelled=True), Ending.STOPPED, ""),
        (Answer((), errors=("The warehouse is asleep",)), Ending.FAILED, "warehouse is asleep"),
        (Answer((Prose("Up to here"),), errors=("Too slow",)), Ending.FAILED, "Too slow"),
        (Answer((ERROR,)), Ending.FAILED, "warehouse is asleep"),
        (Answer((Prose("107"), ERROR)), Ending.DONE, ""),
        (Answer(()), Ending.DONE, ""),
    ],
    ids=["whole", "cancelled", "errors", "errors at the end", "an error alone", "an error beside", "empty"],
)
def test_an_answer_says_how_it_ended(answer: Answer, ending: Ending, words: str) -> None:
    """With the tenant's reasons where it failed; an error beside an answer is part of it."""
    how, notice = endings.of(None, answer, ref="t1")
    assert how is ending
    assert (notice is not None) is bool(words)
    assert words in (notice.text if notice else "")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TenantUnreachable("refused"), "can't reach WisdomAI"),
        (TenantSilent(90), "nothing for 90 seconds"),
        (StoreFailed("disk full"), "on my side"),
        (SlackUnreachable("chat.update"), "Slack did not take my answer"),
        (ZeroDivisionError("secret"), "on my side"),
    ],
    ids=lambda each: "" if isinstance(each, str) else type(each).__name__,
)
def test_an_error_is_a_sentence(error: Exception, words: str, caplog: pytest.LogCaptureFixture) -> None:
    """With Retry and the turn's name, which is in the log with what it was."""
    with caplog.at_level(logging.WARNING):
        how, notice = endings.of(error, SAID, ref="t1")
    assert how is Ending.FAILED
    assert notice is not None
    assert words in notice.text
    assert "`t1`" in notice.text
    assert "secret" not in notice.text
    assert notice.retry
    assert "Turn t1" in caplog.text
    assert type(error).__name__ in caplog.text


def test_what_was_cut_off_offers_to_ask_again() -> None:
    """Nothing went wrong that a log should have."""
    how, notice = endings.of(CutOff(), SAID, ref="t1")
    assert how is Ending.FAILED
    assert notice is not None
    assert "restarted" in notice.text
    assert notice.retry


@pytest.mark.parametrize(
    ("error", "words", "why"),
    [
        (PersonUnknown("ada@example.com"), "no account", "PersonUnknown"),
        (AccessDenied(Denial.GUEST), "Guests can't ask me", "guest"),
        (Misplaced("no direct messages"), "on my side", "Misplaced"),
    ],
    ids=["unknown", "denied", "misplaced"],
)
def test_what_is_about_the_asker_is_for_them_alone(error: Exception, words: str, why: str) -> None:
    """In words for them, and in one for the audit."""
    with pytest.raises(ForTheAsker) as raised:
        endings.of(error, SAID, ref="t1")
    assert words in raised.value.draft.text
    assert raised.value.why == why
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [QuestionGone(), ForTheAsker(Draft("Which?"), "no_domain"), asyncio.CancelledError()]
)
def test_what_is_no_ending_is_raised(error: BaseException) -> None:
    """The turn itself knows what to do about it."""
    with pytest.raises(type(error)) as raised:
        endings.of(error, SAID, ref="t1")
    assert raised.value is error
