"""``message``: direct messages, and replies in threads that the bot answers in."""

from __future__ import annotations

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from handlers import inbound
from handlers.desk import Desk


class Messages:
    """Listens to messages; most of a busy channel's are none of the bot's business."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def on_message(self, ack: AsyncAck, event: inbound.Payload, context: AsyncBoltContext) -> None:
        """Takes a direct message, a mention, or a follow-up in a thread of ours."""
        team, bot_user = context.team_id or "", context.bot_user_id or ""
        question = inbound.direct(event, team=team, bot_user=bot_user) or inbound.mention(
            event, team=team, bot_user=bot_user
        )
        if question is None:
            question = inbound.follow_up(event, team=team, bot_user=bot_user)
            if question is None:
                return
            # A thread that begins with a message of ours is ours, also while nobody has noted that yet.
            began = event.get("parent_user_id") == bot_user
            if not began and not await self._desk.answers_in(question.thread):
                return
        await self._desk.take(question, ack=ack)
