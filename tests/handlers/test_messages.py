"""Messages: the bot's business, or not."""

from __future__ import annotations

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.core.record import TurnRecord, message_source
from bot.model import Entrance, ThreadKey
from handlers.mentions import Mentions
from handlers.messages import Messages
from tests.fakes import question
from tests.handlers.conftest import BOT, CONTEXT, Office, message

REPLY = {"ts": "11.1", "thread_ts": "10.1"}


async def test_a_direct_message_is_a_question(office: Office, ack: AsyncAck) -> None:
    """It needs no mention; one that has it all the same reads without it."""
    event = message(f"<@{BOT}> How many deals?", channel="D1", channel_type="im")
    await Messages(office.desk).on_message(ack, event, CONTEXT)
    (turn,) = await office.started()
    assert (turn.question.text, turn.question.entrance) == ("How many deals?", Entrance.DIRECT)


async def test_a_reply_in_a_thread_of_ours_is_a_question(office: Office, ack: AsyncAck) -> None:
    """Where the bot has answered, nobody needs to mention it again."""
    await office.memory.join_thread(ThreadKey("T1", "C1", "10.1"))
    await Messages(office.desk).on_message(ack, message("And by region?", **REPLY), CONTEXT)
    (turn,) = await office.started()
    assert (turn.question.entrance, turn.question.thread.thread_ts) == (Entrance.FOLLOW_UP, "10.1")


@pytest.mark.parametrize(
    "more",
    [{}, REPLY, {"subtype": "message_changed"}, {"bot_id": "B1"}],
    ids=["in a channel", "in another thread", "an edit", "a bot's"],
)
async def test_other_messages_are_none_of_its_business(
    office: Office, ack: AsyncAck, more: dict[str, object]
) -> None:
    """Nothing is started, posted or remembered."""
    await Messages(office.desk).on_message(ack, message("lunch?", **more), CONTEXT)
    assert await office.started() == []
    assert office.api.calls == []
    assert office.store.tables == {}


async def test_a_reply_to_somebody_else_is_left_alone(office: Office, ack: AsyncAck) -> None:
    """In a thread of ours, people still talk to each other."""
    await office.memory.join_thread(ThreadKey("T1", "C1", "10.1"))
    await Messages(office.desk).on_message(ack, message("<@U2> what do you think?", **REPLY), CONTEXT)
    assert await office.started() == []


async def test_a_mention_that_comes_twice_is_asked_once(office: Office, ack: AsyncAck) -> None:
    """Slack sends it as app_mention and as message, in any order."""
    event = message(f"<@{BOT}> How many deals?")
    await Messages(office.desk).on_message(ack, event, CONTEXT)
    await Mentions(office.desk).on_mention(ack, event, CONTEXT)
    assert len(await office.started()) == 1


async def test_a_reply_to_a_question_that_is_still_being_taken_is_a_question(
    office: Office, ack: AsyncAck
) -> None:
    """Its asker was let in a moment later, perhaps by another process; the reply must not be lost."""
    record = TurnRecord("", question(), "key", source=message_source(question().thread, "10.1"))
    assert await office.journal.take(record) is not None
    await Messages(office.desk).on_message(ack, message("And by region?", **REPLY), CONTEXT)
    (turn,) = await office.started()
    assert turn.question.text == "And by region?"


async def test_a_reply_beneath_a_message_of_ours_is_a_question(office: Office, ack: AsyncAck) -> None:
    """A command's question is posted by the bot; whoever replies at once is heard."""
    event = message("And by region?", **REPLY, parent_user_id=BOT)
    await Messages(office.desk).on_message(ack, event, CONTEXT)
    assert [turn.question.text for turn in await office.started()] == ["And by region?"]
