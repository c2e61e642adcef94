"""``message``: direct messages, and replies in threads that the bot answers in."""

from __future__ import annotations

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.memory import Memory
from handlers import inbound
from handlers.desk import Desk


class Messages:
    """Listens to messages; most of a busy channel's are none of the bot's business."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        self._desk = desk
        self._memory = memory

    async def on_message(self, ack: AsyncAck, event: inbound.Payload, context: AsyncBoltContext) -> None:
        """Takes a direct message, a mention, or a follow-up in a thread of ours."""
        team, bot_user = context.team_id or "", context.bot_user_id or ""
        question = inbound.direct(event, team=team, bot_user=bot_user) or inbound.mention(
            event, team=team, bot_user=bot_user
        )
        if question is None:
            question = inbound.follow_up(event, team=team, bot_user=bot_user)
            if question is None or not await self._memory.in_thread(question.thread):
                return
        await self._desk.take(question, ack=ack)
