"""Buttons on an answer: Stop, Retry, and suggested follow-ups."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import cast

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.core.render import blocks, notices
from bot.errors import BotError
from bot.inflight import Inflight, Stop
from bot.memory import Memory
from bot.model import Entrance, Notice, Question, ThreadKey
from handlers import inbound
from handlers.desk import Desk

_log = logging.getLogger("handlers")


class Actions:
    """Listens to buttons; anybody in the channel can press them, so each asks who did."""

    def __init__(self, desk: Desk, inflight: Inflight, memory: Memory) -> None:
        self._desk = desk
        self._inflight = inflight
        self._memory = memory

    async def on_stop(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Only the asker stops a turn; one that is over needs no word."""
        await ack()
        press = _Press(body)
        if self._inflight.stop(press.value, press.user) is Stop.NOT_YOURS:
            await self._desk.tell(
                press.channel, press.user, notices.only_the_asker(), thread_ts=press.thread_ts
            )

    async def on_retry(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Asks the failed question again, as the person who pressed; a second press does nothing."""
        await ack()
        press = _Press(body)
        await self._or_tell(press, self._retry(press))

    async def on_ask(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Asks a suggested question in the same thread, as the person who pressed."""
        await ack()
        press = _Press(body)
        await self._or_tell(press, self._ask(press))

    async def _retry(self, press: _Press) -> None:
        record = await self._memory.turn(press.value)
        if record is None:
            await self._tell(press, notices.too_old())
        else:
            await self._desk.again(record, user=press.user)

    async def _ask(self, press: _Press) -> None:
        if not await self._memory.first_time(press.team, press.channel, f"ask:{press.at}"):
            return
        asked = blocks.asked(press.user, press.value)
        ts = await self._desk.say(press.channel, asked, thread_ts=press.thread_ts)
        if ts is not None:
            thread = ThreadKey(press.team, press.channel, press.thread_ts)
            await self._desk.take(Question(thread, ts, press.user, press.value, Entrance.BUTTON))

    async def _or_tell(self, press: _Press, work: Awaitable[None]) -> None:
        try:
            await work
        except BotError:
            _log.exception("A button could not be obeyed")
            await self._tell(press, notices.not_taken())

    async def _tell(self, press: _Press, notice: Notice) -> None:
        await self._desk.tell(press.channel, press.user, notice, thread_ts=press.thread_ts)


class _Press:
    """The parts of a block_actions payload that matter here."""

    def __init__(self, body: inbound.Payload) -> None:
        user, channel = _object(body.get("user")), _object(body.get("channel"))
        message, container = _object(body.get("message")), _object(body.get("container"))
        action = _object(cast("Sequence[object]", body["actions"])[0])
        self.user = str(user["id"])
        self.team = str(_object(body.get("team")).get("id") or user.get("team_id") or "")
        self.channel = str(channel.get("id") or container.get("channel_id"))
        self.value = str(action.get("value") or "")
        self.at = str(action.get("action_ts") or "")
        parent = message.get("thread_ts") or container.get("thread_ts")
        self.thread_ts = str(parent or message.get("ts") or container.get("message_ts") or "")


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
