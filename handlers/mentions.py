"""``app_mention``: a question in a channel."""

from __future__ import annotations

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from handlers import inbound
from handlers.desk import Desk


class Mentions:
    """Listens to mentions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def on_mention(self, ack: AsyncAck, event: inbound.Payload, context: AsyncBoltContext) -> None:
        """The same message also arrives as ``message``; the desk takes it once."""
        question = inbound.mention(event, team=context.team_id or "", bot_user=context.bot_user_id or "")
        if question is not None:
            await self._desk.take(question, ack=ack)
