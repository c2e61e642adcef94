"""Where an answer stands while it is written: in its thread, or in the asker's direct messages.

Who reads along in a channel, and what is set for it, can change while an answer runs. So it is looked at when
the answer begins, every few seconds after that, and once more before its end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from bot.core.render import blocks, notices
from bot.errors import AccessDenied, BotError, SlackError, StoreFailed
from bot.gate import Admission, Gate
from bot.model import Audience, Deed, Draft, Question
from bot.private import PrivateThreads
from bot.slack.messages import AnswerMessages, Noted
from bot.slack.poster import Poster

_log = logging.getLogger("bot.standing")

#: Seconds after which it is looked at again.
_FRESH_SECONDS = 5.0


class NewMessages(Protocol):
    """Makes the messages of an answer that begins."""

    def __call__(
        self, channel: str, thread_ts: str, *, turn: str = "", noted: Noted | None = None
    ) -> AnswerMessages:
        """Messages for the turn of this id, in a thread; ``noted`` is told of each post."""


class Misplaced(BotError):
    """The answer may not stand where it does, and cannot stand elsewhere."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What answers stand on.

    Attributes:
        messages: makes the messages of a new answer.
    """

    gate: Gate
    private: PrivateThreads
    poster: Poster
    messages: NewMessages
    clock: Callable[[], float]


class Standing:
    """The place of one answer.

    Args:
        turn: id of its turn.
        noted: told of each message that is posted.
        resumed: another process began it, so what it needs may stand there already.

    Attributes:
        question: as asked; with another thread once the answer went to the direct messages.
        messages: the answer's messages there.
        exports: results may be taken out as files, as far as it was looked at.
    """

    def __init__(
        self,
        ground: Ground,
        question: Question,
        *,
        turn: str,
        noted: Noted | None = None,
        resumed: bool = False,
    ) -> None:
        self._ground = ground
        self._turn = turn
        self._noted = noted
        self._resumed = resumed
        self.question = question
        self.messages = self._new_messages()
        self.exports = False
        self._looked = float("-inf")

    async def open(self, first: Draft, *, existing: Sequence[str] = ()) -> None:
        """Shows ``first``, or goes on with what stands there; raises SlackError."""
        if self._resumed:
            await self.messages.resume(first, existing, oldest=self.question.ts)
            await self._clear_origin()
        else:
            await self.messages.open(first, existing=existing)

    @property
    def alone(self) -> bool:
        """Nobody but the asker reads it."""
        return self.question.thread.is_direct

    async def allowed(self) -> Admission:
        """Returns where the answer may be written; it may have gone to the direct messages then.

        Raises:
            AccessDenied: it may not be written at all.
            Misplaced: it may stand in the asker's direct messages only, and cannot.
            SlackError: it is not known who reads along.
            StoreFailed: it is not known what is set.
        """
        question = self.question
        admission = await self._ground.gate.admit(question.user, question.place, Deed.ASK)
        self._looked, self.exports = self._ground.clock(), admission.exports
        if admission.audience is Audience.ASKER and question.origin is None:
            await self._go_private()
        return admission

    async def still_allowed(self) -> None:
        """As ``allowed``; where Slack does not tell any more, what it told before goes on to hold."""
        try:
            await self.allowed()
        except (AccessDenied, Misplaced):
            raise
        except BotError as error:
            self._looked = self._ground.clock()
            _log.warning("Turn %s: it is not known who reads along by now: %s", self._turn, error)

    @property
    def due(self) -> bool:
        """It was looked at some seconds ago."""
        return self._ground.clock() - self._looked > _FRESH_SECONDS

    async def withdraw(self, told: Draft) -> None:
        """Nothing of the answer stays where others can read it, and the asker alone is told why."""
        try:
            if self.alone:
                await self.messages.finish([told])
                return
        except SlackError as error:
            _log.warning("Turn %s could not be ended in its place: %s", self._turn, error)
        else:
            await self._take_away(self.messages)
        await self.tell(told)

    async def tell(self, draft: Draft) -> None:
        """Tells the asker alone."""
        question = self.question
        with suppress(SlackError):
            await self._ground.poster.whisper(
                question.thread.channel, question.user, draft, thread_ts=question.whisper_ts
            )

    def _new_messages(self) -> AnswerMessages:
        thread = self.question.thread
        return self._ground.messages(thread.channel, thread.thread_ts, turn=self._turn, noted=self._noted)

    async def _go_private(self) -> None:
        """On in the direct messages; what stands in the channel is taken away."""
        _log.info("Turn %s goes to its asker's direct messages: the channel's answers do", self._turn)
        public, asked = self.messages, self.question
        try:
            self.question = await self._ground.private.open(asked, turn=self._turn, resume=self._resumed)
            self.messages = self._new_messages()
            await self.open(blocks.waiting(turn=self._turn, ahead=0))
        except (SlackError, StoreFailed) as error:
            self.question, self.messages = asked, public
            raise Misplaced("the direct messages with the asker cannot be opened") from error
        await self._take_away(public)
        notice = notices.answered_privately(await self._ground.private.link(self.question))
        with suppress(SlackError):
            await self._ground.poster.post_ephemeral(
                asked.thread.channel, asked.user, blocks.told(notice, turn=None), thread_ts=asked.whisper_ts
            )

    async def _clear_origin(self) -> None:
        """Of an answer that went private when its process died, nothing stays where others can read it."""
        origin = self.question.origin
        if origin is None or not origin.thread_ts:
            return
        left = self._ground.messages(origin.channel, origin.thread_ts, turn=self._turn)
        try:
            await left.recall((), oldest=origin.thread_ts)
        except SlackError as error:
            _log.warning("Turn %s: it is not known what is left where it was asked: %s", self._turn, error)
            return
        await self._take_away(left)

    async def _take_away(self, messages: AnswerMessages) -> None:
        try:
            await messages.withdraw(_gone())
        except SlackError as error:
            _log.warning("Turn %s still stands where it may not: %s", self._turn, error)


def _gone() -> Draft:
    return blocks.told(notices.withdrawn(), turn=None)
