"""All messages of a workspace into files, chat by chat, with as many requests at once as there may be.

A window of chats is read ahead and written in the order of the list, so memory holds no more than that.
Every so often the files are synced and a checkpoint is written beside them: whoever resumes cuts the files to
what it says and goes on there, so nothing is missing and nothing is there twice.

Indigo lists ids alone. Since when a chat was silent is only told by its messages, so each chat is asked for;
its messages come newest first, and older pages than are wanted are not.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.core.indigo import dialogue, rows
from bot.core.indigo.model import Chat, Message, Page
from bot.core.indigo.rows import Style
from bot.errors import IndigoError, IndigoFailed, IndigoMisbehaved
from bot.indigo import checkpoint as checkpoints
from bot.indigo.checkpoint import Checkpoint
from bot.indigo.order import newest_first
from bot.indigo.outputs import Outputs

#: Chats that are read ahead of the one that is written.
_WINDOW = 32
#: Chats from one checkpoint to the next.
_EVERY = 100


class Upstream(Protocol):
    """What an export asks of the client."""

    def conversations(self, *, order: str | None = None, after: str = "") -> AsyncIterable[Page[Chat]]:
        """Pages of chats."""

    def messages(self, chat: str) -> AsyncIterable[Page[Message]]:
        """Pages of a chat's messages, newest first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes where.

    Attributes:
        paths: by style, one or both.
        source: names the workspace, as ``Indigo.source`` does.
        since: messages from then on; None: all. ``until``: before then.
        checkpoint: where that stands; None for an export that is not resumed.
    """

    paths: Mapping[Style, Path]
    source: str = ""
    since: datetime | None = None
    until: datetime | None = None
    checkpoint: Path | None = None

    def begin(self) -> Checkpoint:
        """Nothing is written yet."""
        since, until = (each.isoformat() if each else "" for each in (self.since, self.until))
        return Checkpoint(self.source, since, until, dict.fromkeys(self.paths, 0))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is.

    Attributes:
        total: chats in all; None where Indigo does not tell.
        skipped: chats that could not be read.
    """

    chats: int
    total: int | None
    messages: int
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A chat on its way into the files; ``texts`` is None where it could not be read."""

    chat: str
    page: str
    total: int | None
    texts: Mapping[Style, bytes] | None
    messages: int


async def export(
    client: Upstream,
    wanted: Wanted,
    heard: Callable[[Progress], None],
    *,
    done: Checkpoint | None = None,
) -> Progress:
    """Writes everything, or goes on where ``done`` says; tells of each chat.

    Raises IndigoError, OSError. What was written until then stays, and can be resumed.
    """
    state = done or wanted.begin()
    outputs = Outputs(wanted.paths)
    await asyncio.to_thread(outputs.open)
    try:
        await asyncio.to_thread(outputs.cut, state.lengths)
        state = await _kept(wanted, outputs, state)
        progress = await _written(client, wanted, outputs, state, heard)
        await asyncio.to_thread(outputs.sync)
    finally:
        await asyncio.to_thread(outputs.close)
    if wanted.checkpoint is not None:
        await asyncio.to_thread(wanted.checkpoint.unlink)
    return progress


async def _written(
    client: Upstream,
    wanted: Wanted,
    outputs: Outputs,
    state: Checkpoint,
    heard: Callable[[Progress], None],
) -> Progress:
    """Everything that is left is in the files; after an error, as much as there was until then."""
    progress = Progress(state.chats, None, state.messages, state.skipped)
    nothing = dict.fromkeys(wanted.paths, b"")
    pending = 0
    try:
        async with aclosing(_read_ahead(client, wanted, state)) as chats:
            async for read in chats:
                await asyncio.to_thread(outputs.add, read.texts or nothing)
                state, pending = _after(state, read), pending + 1
                progress = Progress(state.chats, read.total, state.messages, state.skipped)
                heard(progress)
                if pending >= _EVERY:
                    state, pending = await _kept(wanted, outputs, state), 0
    except IndigoError:
        await _kept(wanted, outputs, state)
        raise
    return progress


async def recent(client: Upstream, chat: str, since: datetime | None) -> list[Message]:
    """A chat's messages since a moment (None: all). Raises IndigoError.

    Older pages are not asked for, where the pages that came show that the older ones are those behind.
    """
    found: list[Message] = []
    newest: datetime | None = None
    async for page in client.messages(chat):
        found += [message for message in page.items if since is None or message.at >= since]
        times = [message.at for message in page.items]
        if not times:
            continue
        falling = newest_first(times) or (newest is not None and max(times) <= newest)
        newest = max(times)
        if since is not None and newest < since and falling:
            break
    return found


async def _kept(wanted: Wanted, outputs: Outputs, state: Checkpoint) -> Checkpoint:
    """First the files, then how far they are: what dies in between is written again."""
    if wanted.checkpoint is None:
        return state
    state = replace(state, lengths=await asyncio.to_thread(outputs.sync))
    await asyncio.to_thread(checkpoints.save, wanted.checkpoint, state)
    return state


def _after(state: Checkpoint, read: _Read) -> Checkpoint:
    return replace(
        state,
        cursor=read.page,
        recent=checkpoints.remembered(state, read.page, read.chat),
        chats=state.chats + 1,
        messages=state.messages + read.messages,
        skipped=state.skipped if read.texts is not None else (*state.skipped, read.chat),
    )


async def _read_ahead(client: Upstream, wanted: Wanted, state: Checkpoint) -> AsyncGenerator[_Read, None]:
    """Chats in the order of the list, the next ones already under way."""
    under_way: deque[asyncio.Task[_Read]] = deque()
    try:
        async with aclosing(_chats(client, state)) as chats:
            async for chat, page, total in chats:
                under_way.append(asyncio.create_task(_read(client, wanted, chat, page, total)))
                if len(under_way) >= _WINDOW:
                    yield await under_way[0]
                    _ = under_way.popleft()
        while under_way:
            yield await under_way[0]
            _ = under_way.popleft()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _chats(client: Upstream, state: Checkpoint) -> AsyncGenerator[tuple[str, str, int | None], None]:
    """Chats that are not in the files yet, each with the cursor of its page, and how many there are.

    The server's own order is asked for: it needs no finding out, and a cursor belongs to it.
    """
    there, cursor = set(state.recent), state.cursor
    async for page in client.conversations(order="", after=cursor):
        for chat in page.items:
            if chat.id not in there:
                yield chat.id, cursor, page.total
        cursor = page.end if page.has_next else cursor


async def _read(client: Upstream, wanted: Wanted, chat: str, page: str, total: int | None) -> _Read:
    """What is wanted of a chat; one that Indigo cannot give costs itself alone."""
    try:
        found = await recent(client, chat, wanted.since)
    except (IndigoFailed, IndigoMisbehaved):
        return _Read(chat, page, total, None, 0)
    until = wanted.until
    ordered = dialogue.ordered(message for message in found if until is None or message.at < until)
    texts = await asyncio.to_thread(_texts, tuple(wanted.paths), ordered)
    return _Read(chat, page, total, texts, len(ordered))


def _texts(styles: tuple[Style, ...], messages: list[Message]) -> Mapping[Style, bytes]:
    return {style: "".join(rows.row(style, each) for each in messages).encode() for style in styles}
