"""What readers say about answers."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.core.record import Stage, TurnRecord
from bot.memory import Feedback as Opinion
from bot.slack.views import Views
from handlers.feedback import Feedback
from tests.fakes import Clock, question
from tests.handlers.conftest import Office, press
from tests.slack.conftest import refused

TURN = TurnRecord(
    "t1", question(), "key", ("20.1",), stage=Stage.ENDED, conversation_id="c-1", message_id="m-1"
)
UP = Opinion("t1", "U2", at=1000.0, good=True, conversation_id="c-1", message_id="m-1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def feedback(office: Office, clock: Clock) -> Feedback:
    """The thumbs of the office."""
    return Feedback(office.desk, office.memory, Views(office.api.client), clock=clock)


def sent(office: Office, reason: str | None, words: str | None, *, user: str = "U2") -> dict[str, object]:
    """The window that was opened last is sent."""
    view = office.api.of("views.open")[-1]["view"]
    assert isinstance(view, dict)
    values = {
        "reason": {"reason": {"selected_option": {"value": reason} if reason else None}},
        "words": {"words": {"value": words}},
    }
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": user},
        "view": {**view, "state": {"values": values}},
    }


async def test_a_good_answer_is_noted_with_thanks(office: Office, feedback: Feedback, ack: AsyncAck) -> None:
    """With WisdomAI's own names for it; only who pressed is thanked, and the answer stays as it is."""
    await office.memory.keep_turn(TURN)
    await feedback.on_feedback(ack, press("t1:up", user="U2"))
    assert await office.memory.feedback("T1") == [UP]
    (thanks,) = office.whispered()
    assert (thanks["user"], thanks["thread_ts"]) == ("U2", "10.1")
    assert "Thanks" in str(thanks["text"])
    assert len(office.api.calls) == 1


async def test_a_bad_answer_is_noted_before_its_reason(
    office: Office, feedback: Feedback, ack: AsyncAck
) -> None:
    """Who closes the window has still said something."""
    await office.memory.keep_turn(TURN)
    await feedback.on_feedback(ack, press("t1:down", user="U2"))
    assert await office.memory.feedback("T1") == [replace(UP, good=False)]
    (opened,) = office.api.of("views.open")
    assert opened["trigger_id"] == "trigger"
    assert "Wrong numbers" in json.dumps(opened)
    assert office.whispered() == []


async def test_a_reason_is_added(
    office: Office, feedback: Feedback, ack: AsyncAck, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """It replaces the bare thumb; the log has the reason, never the reader's own words."""
    caplog.set_level(logging.INFO, "handlers")
    await office.memory.keep_turn(TURN)
    await feedback.on_feedback(ack, press("t1:down", user="U2"))
    clock.now += 30
    await feedback.on_reason(ack, sent(office, "numbers", "The margin of ACME"))
    expected = replace(UP, good=False, at=1030.0, reason="numbers", text="The margin of ACME")
    assert await office.memory.feedback("T1") == [expected]
    (thanks,) = office.whispered()
    assert (thanks["user"], thanks["channel"], thanks["thread_ts"]) == ("U2", "C1", "10.1")
    assert "Feedback on turn t1 by U2: down numbers" in caplog.text
    assert "ACME" not in caplog.text


async def test_a_window_that_is_sent_empty_is_no_error(
    office: Office, feedback: Feedback, ack: AsyncAck
) -> None:
    """The opinion stays what it was."""
    await feedback.on_feedback(ack, press("t1:down", user="U2"))
    await feedback.on_reason(ack, sent(office, None, None))
    (noted,) = await office.memory.feedback("T1")
    assert (noted.good, noted.reason, noted.text) == (False, "", "")


async def test_everybody_has_one_opinion(office: Office, feedback: Feedback, ack: AsyncAck) -> None:
    """The newest of each reader counts."""
    for user, value in [("U2", "t1:down"), ("U3", "t1:down"), ("U2", "t1:up")]:
        await feedback.on_feedback(ack, press(value, user=user))
    assert {(each.user, each.good) for each in await office.memory.feedback("T1")} == {
        ("U2", True),
        ("U3", False),
    }


async def test_an_opinion_is_in_the_audit(office: Office, feedback: Feedback, ack: AsyncAck) -> None:
    """Who said it of which answer, without the words."""
    await office.memory.keep_turn(TURN)
    await feedback.on_feedback(ack, press("t1:down", user="U2"))
    await feedback.on_reason(ack, sent(office, "numbers", "The margin of ACME"))
    (entry,) = await office.noted()
    assert (entry.what, entry.user, entry.turn, entry.outcome) == (What.RATED, "U2", "t1", "down")


async def test_who_may_not_use_an_answer_does_not_judge_it(
    office: Office, feedback: Feedback, ack: AsyncAck
) -> None:
    """A guest, somebody of another organisation, and everybody where others read along without consent."""
    await office.memory.keep_turn(TURN)
    office.api.people["U2"] = {"is_restricted": True}
    office.api.people["U3"] = {"is_stranger": True}
    await feedback.on_feedback(ack, press("t1:up", user="U2"))
    await feedback.on_feedback(ack, press("t1:down", user="U3"))
    office.api.channels["C1"] = {"is_ext_shared": True}
    office.gate.look_again("C1")
    await feedback.on_feedback(ack, press("t1:up", user="U4"))
    assert [entry.outcome for entry in await office.noted()] == ["guest", "outsider", "no_consent"]
    assert len(office.whispered()) == 3
    assert await office.memory.feedback("T1") == []
    assert office.api.of("views.open") == []


async def test_an_answer_is_judged_in_its_own_channel_only(
    office: Office, feedback: Feedback, ack: AsyncAck
) -> None:
    """The rules of its channel are those that count."""
    await office.memory.keep_turn(TURN)
    await feedback.on_feedback(ack, press("t1:up", user="U2", channel="C9"))
    assert "no longer kept" in str(office.whispered()[0]["text"])
    assert await office.memory.feedback("T1") == []


async def test_an_old_answer_can_still_be_judged(office: Office, feedback: Feedback, ack: AsyncAck) -> None:
    """When its turn is forgotten, the opinion is kept without WisdomAI's names."""
    await feedback.on_feedback(ack, press("t1:up", user="U2"))
    assert await office.memory.feedback("T1") == [replace(UP, conversation_id="", message_id="")]


async def test_a_window_that_came_too_late_costs_only_the_reason(
    office: Office, feedback: Feedback, ack: AsyncAck
) -> None:
    """The thumb is noted; who wants to say more presses once more."""
    office.api.expect("views.open", refused("expired_trigger_id"))
    await feedback.on_feedback(ack, press("t1:down", user="U2"))
    assert len(await office.memory.feedback("T1")) == 1
    assert "press the button once more" in str(office.whispered()[0]["text"])


async def test_feedback_that_cannot_be_noted_is_told(
    office: Office, feedback: Feedback, ack: AsyncAck
) -> None:
    """Nobody is thanked for what is lost."""
    await feedback.on_feedback(ack, press("t1:down", user="U2"))
    office.store.broken = True
    await feedback.on_feedback(ack, press("t1:up", user="U2"))
    await feedback.on_reason(ack, sent(office, "numbers", "x"))
    assert ["did not work" in str(each["text"]) for each in office.whispered()] == [True, True]
