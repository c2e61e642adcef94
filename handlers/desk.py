"""Where every entrance hands its question over: once each, and only while the app takes any."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.core.render import blocks, notices
from bot.errors import BotError, SlackError
from bot.inflight import Inflight
from bot.memory import Memory, TurnRecord
from bot.model import Draft, Notice, Question
from bot.slack.poster import Poster
from bot.slack.views import TriggerOver
from handlers.press import Press

_log = logging.getLogger("handlers")


@dataclass(frozen=True, slots=True)
class Ids:
    """Makes names for turns; random, so it is handed in.

    Attributes:
        turn: a short id, also the reference that people see.
        key: a UUID, the idempotency key at the tenant.
    """

    turn: Callable[[], str]
    key: Callable[[], str]


class Declined(BotError):
    """What a press asks for is not done; ``notice`` tells the person who pressed why."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.text)
        self.notice = notice


class Desk:
    """Takes questions, and answers to presses."""

    def __init__(
        self, inflight: Inflight, memory: Memory, poster: Poster, ids: Ids, examples: tuple[str, ...]
    ) -> None:
        self._inflight = inflight
        self._memory = memory
        self._poster = poster
        self._ids = ids
        self._examples = examples

    async def take(self, question: Question) -> None:
        """Starts a turn for the question, unless Slack delivered it before; an empty one gets help."""
        thread = question.thread
        try:
            if not await self._memory.first_time(thread.team, thread.channel, question.ts):
                return
            if not question.text:
                await self.say(thread.channel, self.help(), thread_ts=thread.thread_ts)
                return
            await self._memory.join_thread(thread)
        except BotError:
            _log.exception("A question could not be noted")
            await self.whisper(question, notices.not_taken())
            return
        await self.start(TurnRecord(id=self._ids.turn(), question=question, key=self._ids.key()))

    async def again(self, record: TurnRecord, *, user: str) -> bool:
        """Asks a turn's question again, as the person who pressed, in the same message; True where it did."""
        question = replace(record.question, user=user)
        thread = question.thread
        if not self._inflight.open:
            await self.whisper(question, notices.draining())
            return False
        if not await self._memory.first_time(thread.team, thread.channel, f"retry:{record.id}"):
            return False
        await self.start(
            TurnRecord(id=self._ids.turn(), question=question, key=self._ids.key(), messages=record.messages)
        )
        return True

    async def start(self, record: TurnRecord) -> None:
        """Hands a turn over to be answered; while the app is closing, says so instead."""
        if self._inflight.open:
            self._inflight.start(record)
        else:
            await self.whisper(record.question, notices.draining())

    def help(self) -> Draft:
        """How to ask, with examples."""
        return blocks.help_text(self._examples)

    async def say(self, channel: str, draft: Draft, *, thread_ts: str | None = None) -> str | None:
        """Posts; where Slack refuses, logs it and returns None."""
        try:
            return await self._poster.post(channel, draft, thread_ts=thread_ts)
        except SlackError as error:
            _log.warning("Not posted: %s", error)
            return None

    async def obey(self, press: Press, work: Awaitable[None], *, failed: Notice) -> None:
        """Does what a press asks for; where that does not work, the person who pressed is told alone."""
        try:
            await work
        except Declined as declined:
            await self.tell_back(press, declined.notice)
        except TriggerOver as error:
            _log.warning("A window came too late: %s", error)
            await self.tell_back(press, notices.press_again())
        except Exception:  # noqa: BLE001 - also a mistake of ours must not leave a press without an answer
            _log.exception("A press could not be obeyed")
            await self.tell_back(press, failed)

    async def tell_back(self, press: Press, notice: Notice) -> None:
        """Tells the person who pressed alone."""
        await self.tell(press.channel, press.user, notice, thread_ts=press.thread_ts)

    async def whisper(self, question: Question, notice: Notice) -> None:
        """Tells the asker alone."""
        await self.tell(question.thread.channel, question.user, notice, thread_ts=question.thread.thread_ts)

    async def tell(self, channel: str, user: str, notice: Notice, *, thread_ts: str | None = None) -> None:
        """Tells one person alone, in a channel or thread."""
        draft = Draft(text=notice.text)
        try:
            await self._poster.post_ephemeral(channel, user, draft, thread_ts=thread_ts)
        except SlackError as error:
            _log.warning("Nobody could be told: %s", error)
