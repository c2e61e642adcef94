"""Transcripts of single chats: shown in place where they are short, else as a file in direct messages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import tzinfo

from bot.core.indigo import dialogue
from bot.core.indigo.model import Message
from bot.core.render import indigo as drawn
from bot.core.render import indigo_notices as words
from bot.core.values import file_stem
from bot.errors import IndigoFailed
from bot.model import Draft
from bot.reporting.upstream import Upstream
from bot.slack.files import Files
from bot.slack.poster import Poster

#: The newest messages of a longer chat are read; nobody reads more, and they are held in memory.
_MOST = 2_000
_NOT_FOUND = re.compile(r"not[ _-]?found|no such", re.IGNORECASE)


class Transcripts:
    """Reads chats."""

    def __init__(self, client: Upstream, poster: Poster, files: Files) -> None:
        self._client = client
        self._poster = poster
        self._files = files

    async def of(
        self, chat: str, user: str, *, zone: tuple[tzinfo, str], still: Callable[[], Awaitable[None]]
    ) -> Draft:
        """What the person reads; a long transcript goes into their direct messages.

        ``still`` raises AccessDenied where they may not read it any more. Raises IndigoError and SlackError.
        """
        messages, left_out = await self._read(chat)
        if not messages:
            return drawn.said(words.no_such_chat(chat))
        said = await asyncio.to_thread(dialogue.tell, messages)
        await still()
        shown = drawn.transcript(chat, said, left_out=left_out)
        if shown is not None:
            return shown
        text = drawn.transcript_text(chat, said, zone[0], zone[1], left_out=left_out)
        return await self._send(chat, user, text)

    async def _read(self, chat: str) -> tuple[list[Message], bool]:
        """The newest messages, and whether there are more; none of a chat that Indigo does not know."""
        try:
            return await self._newest(chat)
        except IndigoFailed as error:
            if not _NOT_FOUND.search(str(error)):
                raise
            return [], False

    async def _newest(self, chat: str) -> tuple[list[Message], bool]:
        messages: list[Message] = []
        async for page in self._client.messages(chat):
            messages += page.items
            if len(messages) >= _MOST:
                return messages[:_MOST], len(messages) > _MOST or page.has_next
        return messages, False

    async def _send(self, chat: str, user: str, text: str) -> Draft:
        posted = await self._poster.send(user, drawn.said(words.transcript_of(chat)))
        name = f"chat-{file_stem(chat) or 'transcript'}.txt"
        await self._files.upload(name, text.encode(), title=name, channel=posted.channel, thread_ts=posted.ts)
        link = await self._poster.permalink(posted.channel, posted.ts)
        return drawn.said(words.in_direct(words.transcript_sent(), link))
