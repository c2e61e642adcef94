"""Buttons that start and stop answers: Stop, Retry, suggested questions, Ask again, and which data to ask."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.audit import What
from bot.core.render import notices
from bot.inflight import Inflight, Stop
from bot.memory import Memory
from bot.model import Entrance, Question, ThreadKey
from bot.results import Results
from handlers import inbound, replies
from handlers.desk import Declined, Desk
from handlers.press import Press


class Actions:
    """Listens to buttons; anybody in the channel can press them, so each asks who did."""

    def __init__(self, desk: Desk, inflight: Inflight, memory: Memory, results: Results) -> None:
        self._desk = desk
        self._inflight = inflight
        self._memory = memory
        self._results = results

    async def on_stop(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Only the asker stops a turn; one that is over needs no word."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._stop(press), failed=notices.not_done())

    async def on_retry(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Asks the failed question again, as the person who pressed; a second press does nothing."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._retry(press), failed=notices.not_taken())

    async def on_ask(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Asks a suggested question in the same thread, as the person who pressed."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._ask(press, press.value), failed=notices.not_taken())

    async def on_again(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Asks the answer's own question again, which is too long for the button to hold."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._again(press), failed=notices.not_taken())

    async def on_domain(self, ack: AsyncAck, body: inbound.Payload, respond: AsyncRespond) -> None:
        """Asks the question that waits, of the data that its asker chose; the thread goes on there."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._choose(press, respond), failed=notices.not_taken())

    async def _stop(self, press: Press) -> None:
        stop = await self._inflight.stop(press.value, press.user)
        if stop is Stop.NOT_YOURS:
            raise Declined(notices.only_the_asker())
        if stop is Stop.STOPPED:
            await self._desk.note(What.STOPPED, press, turn=press.value)

    async def _choose(self, press: Press, respond: AsyncRespond) -> None:
        """The choice goes when it was made; until then it can be made once more."""
        turn, _, domain = press.value.partition("|")
        record = await self._memory.turn(turn)
        if record is None or not domain:
            raise Declined(notices.too_old())
        if record.question.user != press.user:
            raise Declined(notices.only_the_asker_chooses())
        question = replace(record.question, domain=domain)
        if await self._desk.again(replace(record, question=question), user=press.user):
            await self._memory.choose_thread_domain(question.thread, domain)
        if press.ephemeral:
            await replies.take_away(respond)

    async def _retry(self, press: Press) -> None:
        """Waits for a chart that is being drawn anew: from now on the messages are the new answer's."""
        async with self._results.changing(press.value):
            record, result = await self._memory.turn(press.value), await self._results.load(press.value)
            if record is None or record.question.thread.channel != press.channel:
                raise Declined(notices.too_old())
            messages = result.messages if result else record.messages
            if await self._desk.again(replace(record, messages=messages), user=press.user):
                await self._results.forget(press.value)

    async def _again(self, press: Press) -> None:
        record = await self._memory.turn(press.value)
        if record is None or record.question.thread.channel != press.channel:
            raise Declined(notices.too_old())
        await self._ask(press, record.question.text)

    async def _ask(self, press: Press, text: str) -> None:
        thread = ThreadKey(press.team, press.channel, press.thread_ts)
        question = Question(thread, "", press.user, text, Entrance.BUTTON)
        await self._desk.take(question, source=f"press:{press.team}:{press.channel}:{press.user}:{press.at}")
