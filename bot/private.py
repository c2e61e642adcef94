"""Where answers stand that their asker alone reads: a thread in the app's direct messages with them."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.core.render import blocks
from bot.errors import SlackRefused
from bot.memory import Memory
from bot.model import Question, ThreadKey
from bot.slack.poster import Poster

_log = logging.getLogger("bot.private")


class PrivateThreads:
    """Takes questions to the direct messages of who asks."""

    def __init__(self, poster: Poster, memory: Memory) -> None:
        self._poster = poster
        self._memory = memory

    async def open(self, question: Question) -> Question:
        """The question, to be answered there; what was asked is posted there first.

        A person's further questions of the same thread go to the same place, so that they continue one
        conversation. Raises SlackError and StoreFailed.
        """
        origin, user = question.place, question.user
        known = await self._memory.private_thread(origin, user) if origin.thread_ts else None
        thread, ts = await self._post(question, known)
        if thread != known:
            await self._memory.keep_private_thread(origin, user, thread)
        return replace(question, thread=thread, ts=ts, origin=origin)

    async def link(self, question: Question) -> str:
        """The address of the question that was taken there, or empty."""
        return await self._poster.permalink(question.thread.channel, question.ts)

    async def _post(self, question: Question, known: ThreadKey | None) -> tuple[ThreadKey, str]:
        draft = blocks.asked_privately(question.place.channel, question.text)
        if known is not None:
            try:
                return known, await self._poster.post(known.channel, draft, thread_ts=known.thread_ts)
            except SlackRefused as error:
                _log.info("A private thread is gone, so another one begins: %s", error)
        posted = await self._poster.send(question.user, draft)
        return ThreadKey(question.place.team, posted.channel, posted.ts), posted.ts
