"""Where answers stand that their asker alone reads: a thread in the app's direct messages with them."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.core.render import blocks
from bot.errors import SlackError, SlackRefused
from bot.memory import Memory
from bot.model import Draft, Mark, Question, ThreadKey
from bot.slack.poster import Posted, Poster

_log = logging.getLogger("bot.private")


class PrivateThreads:
    """Takes questions to the direct messages of who asks."""

    def __init__(self, poster: Poster, memory: Memory) -> None:
        self._poster = poster
        self._memory = memory

    async def open(self, question: Question, *, turn: str = "", resume: bool = False) -> Question:
        """The question, to be answered there; what was asked is posted there first.

        A person's further questions of the same thread go to the same place, so that they continue one
        conversation. Raises SlackError and StoreFailed.

        Args:
            question: as it was asked.
            turn: id of its turn, which the posted question is marked with.
            resume: it may stand there already, from before a crash; then it is not posted again.
        """
        origin, user = question.place, question.user
        known = await self._memory.private_thread(origin, user) if origin.thread_ts else None
        mark = Mark(turn, "question") if turn else None
        thread, ts = await self._post(question, known, mark, resume=resume)
        if thread != known:
            await self._memory.keep_private_thread(origin, user, thread)
        return replace(question, thread=thread, ts=ts, origin=origin)

    async def link(self, question: Question) -> str:
        """The address of the question that was taken there, or empty."""
        return await self._poster.permalink(question.thread.channel, question.ts)

    async def _post(
        self, question: Question, known: ThreadKey | None, mark: Mark | None, *, resume: bool
    ) -> tuple[ThreadKey, str]:
        draft = blocks.asked_privately(question.place.channel, question.text)
        if known is not None:
            try:
                return known, await self._in_thread(known, draft, mark, resume=resume)
            except SlackRefused as error:
                _log.info("A private thread is gone, so another one begins: %s", error)
        posted = await self._poster.send(question.user, draft, mark=mark)
        ts = await self._first(posted, mark, question.ts) if mark and resume else posted.ts
        return ThreadKey(question.place.team, posted.channel, ts), ts

    async def _in_thread(self, thread: ThreadKey, draft: Draft, mark: Mark | None, *, resume: bool) -> str:
        if mark and resume and (standing := await self._standing(thread, mark)):
            return standing[0]
        return await self._poster.post(thread.channel, draft, thread_ts=thread.thread_ts, mark=mark)

    async def _standing(self, thread: ThreadKey, mark: Mark) -> tuple[str, ...]:
        return await self._poster.find(thread.channel, thread.thread_ts, mark)

    async def _first(self, posted: Posted, mark: Mark, oldest: str) -> str:
        """Which message stays: who posts learns the id of the direct messages, so the look comes after."""
        try:
            found = await self._poster.find(posted.channel, None, mark, oldest=oldest)
            for ts in found[1:]:
                await self._poster.delete(posted.channel, ts)
        except SlackError as error:
            _log.warning("A private question may stand there twice: %s", error)
            return posted.ts
        return found[0] if found else posted.ts
