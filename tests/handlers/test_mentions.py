"""Mentions in channels."""

from __future__ import annotations

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.model import Entrance
from handlers.mentions import Mentions
from tests.handlers.conftest import BOT, CONTEXT, Office, message


async def test_a_mention_is_a_question(office: Office, ack: AsyncAck) -> None:
    """The text without the mention is asked, in the message's thread."""
    await Mentions(office.desk).on_mention(ack, message(f"<@{BOT}> How many deals?"), CONTEXT)
    (turn,) = await office.started()
    assert (turn.question.text, turn.question.entrance) == ("How many deals?", Entrance.MENTION)
    assert (turn.question.thread.team, turn.question.thread.thread_ts) == ("T1", "10.1")


async def test_what_bots_say_is_no_question(office: Office, ack: AsyncAck) -> None:
    """Two bots never talk to each other for ever."""
    await Mentions(office.desk).on_mention(ack, message(f"<@{BOT}> hello", bot_id="B1"), CONTEXT)
    assert await office.started() == []
