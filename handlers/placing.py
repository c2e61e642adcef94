"""Where a question is answered: in its thread, beneath a message, or in its asker's direct messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.core.render import blocks, notices
from bot.errors import NotInChannel
from bot.model import Entrance, Mark, Notice, Question
from bot.private import PrivateThreads
from bot.slack.poster import Poster

#: Tells the asker alone.
Tell = Callable[[Notice], Awaitable[None]]


class Placing:
    """Brings the question of one turn to where it is answered.

    Args:
        turn: id of the turn; what is posted is marked with it.
        resumed: another process began, so what is to be posted may stand there already.
        tell: tells the asker alone.
    """

    def __init__(
        self, poster: Poster, private: PrivateThreads, *, turn: str, resumed: bool, tell: Tell
    ) -> None:
        self._poster = poster
        self._private = private
        self._turn = turn
        self._resumed = resumed
        self._tell = tell

    async def place(self, question: Question, *, private: bool) -> Question:
        """The question as it stands where it is answered; raises SlackError and StoreFailed."""
        thread = question.thread
        if private and not thread.is_direct:
            return await self._in_private(question)
        if question.ts:
            return question
        try:
            ts = await self._asked(question)
        except NotInChannel:
            if question.entrance is not Entrance.COMMAND:
                raise
            return await self._in_private(question, absent=True)
        return replace(question, ts=ts, thread=replace(thread, thread_ts=thread.thread_ts or ts))

    async def _asked(self, question: Question) -> str:
        """Posts what was asked, unless it stands there from before; its ts."""
        thread, mark = question.thread, Mark(self._turn, "question")
        thread_ts = thread.thread_ts or None
        if self._resumed and (standing := await self._poster.find(thread.channel, thread_ts, mark)):
            return standing[0]
        draft = blocks.asked(question.user, question.text)
        return await self._poster.post(thread.channel, draft, thread_ts=thread_ts, mark=mark)

    async def _in_private(self, question: Question, *, absent: bool = False) -> Question:
        placed = await self._private.open(question, turn=self._turn, resume=self._resumed)
        link = await self._private.link(placed)
        await self._tell(notices.answered_privately(link, absent=absent))
        return placed
