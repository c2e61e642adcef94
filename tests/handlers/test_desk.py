"""Every question is taken once, and nobody is left without a word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.memory import TurnRecord
from tests.fakes import question
from tests.handlers.conftest import Office
from tests.slack.conftest import refused


async def test_a_question_is_taken_once(office: Office) -> None:
    """However often Slack delivers a message, one turn is started, with an id and a key of its own."""
    for _ in range(3):
        await office.desk.take(question())
    assert await office.started() == [TurnRecord(id="t1", question=question(), key="key-2")]


async def test_a_thread_that_was_asked_in_is_remembered(office: Office) -> None:
    """Replies in the thread are questions from now on."""
    await office.desk.take(question())
    assert await office.memory.in_thread(question().thread)
    await office.started()


async def test_nothing_asked_is_answered_with_help(office: Office) -> None:
    """A bare mention gets examples, in its thread, and no turn."""
    await office.desk.take(question(""))
    (said,) = office.posted()
    assert (said["channel"], said["thread_ts"]) == ("C1", "10.1")
    assert "How many deals?" in str(said["text"])
    assert await office.started() == []


async def test_a_question_that_cannot_be_noted_is_told(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """When the store fails the asker alone is told, in the thread, and can ask again."""
    office.store.broken = True
    await office.desk.take(question(user="U7"))
    (told,) = office.whispered()
    assert (told["user"], told["channel"], told["thread_ts"]) == ("U7", "C1", "10.1")
    assert "ask it again" in str(told["text"])
    assert "disk full" in caplog.text
    assert await office.started() == []


async def test_while_the_app_goes_down_the_asker_is_told(office: Office) -> None:
    """A question that comes too late is not begun."""
    await office.inflight.drain(0)
    await office.desk.take(question())
    assert office.taken == []
    assert "restarting" in str(office.whispered()[0]["text"])


async def test_asked_again_it_keeps_its_message_and_gets_a_new_key(office: Office) -> None:
    """A retry runs as the person who pressed, with a key that the tenant has not seen."""
    record = TurnRecord("old", question(), key="old-key", messages=("20.1",), ended=True)
    await office.desk.again(record, user="U9")
    (turn,) = await office.started()
    assert turn.question == replace(question(), user="U9")
    assert (turn.messages, turn.ended) == (("20.1",), False)
    assert "old" not in {turn.id, turn.key}


async def test_what_slack_refuses_is_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody can be told then, and nothing breaks."""
    office.api.expect("chat.postMessage", refused("not_in_channel"))
    office.api.expect("chat.postEphemeral", refused("user_not_in_channel"))
    assert await office.desk.say("C1", office.desk.help()) is None
    office.store.broken = True
    await office.desk.take(question())
    assert "not_in_channel" in caplog.text
    assert "user_not_in_channel" in caplog.text
