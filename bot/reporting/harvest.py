"""Keeps the numbers up to date: looks at Indigo's chats some hours apart, and counts those that changed.

The API tells of a chat's messages only by asking for the chat. So each is asked for its newest message, the
less often the longer it has been silent, and its messages are read only where there is a newer one, back to
the day of the last one that was counted. One process does so at a time, under a lease.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot.core.indigo.figures import Tally
from bot.core.indigo.model import Chat, Message
from bot.errors import BotError, IndigoError, IndigoFailed, IndigoMisbehaved, StoreFailed
from bot.reporting.kept import Kept, Known, State
from bot.reporting.upstream import Upstream
from bot.store.base import Store

_log = logging.getLogger("bot.reporting")

#: Seconds for which the right to harvest is held; it is kept with every page.
_LEASE_SECONDS = 300.0
#: Seconds between two looks at the clock.
_PAUSE = 60.0
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Harvested:
    """What one harvest did.

    Attributes:
        chats: how many there are.
        read: how many of them were counted, because there was something new.
    """

    chats: int
    read: int


class Harvest:
    """The job. ``run`` is a task of the app.

    Args:
        hours: between two harvests.
        clock: seconds since 1970.
    """

    def __init__(  # noqa: PLR0913  # keywords but for the parts it is made of
        self,
        client: Upstream,
        kept: Kept,
        store: Store,
        *,
        hours: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._kept = kept
        self._store = store
        self._seconds = hours * _HOUR
        self._clock = clock
        self._sleep = sleep
        self._lease = f"indigo-harvest:{kept.source}"

    async def run(self) -> None:
        """Harvests whenever it is time, until it is cancelled."""
        while True:
            await self.beat()
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError
            await self._sleep(_PAUSE)

    async def beat(self) -> Harvested | None:
        """Harvests if it is time and nobody else does; raises nothing. None where it did not."""
        try:
            return await self._beat()
        except IndigoError as error:
            _log.warning("Indigo's chats could not be counted: %s: %s", type(error).__name__, error)
        except StoreFailed as error:
            _log.warning("Indigo's chats are counted later: the store cannot be reached: %s", error)
        except Exception:  # noqa: BLE001 - the next one may do better, and the app goes on
            _log.exception("Indigo's chats could not be counted by a mistake of ours")
        return None

    async def _beat(self) -> Harvested | None:
        state, now = await self._kept.state(), self._clock()
        if state.at is not None and now - state.at < self._seconds:
            return None
        if not await self._store.lease(self._lease, _LEASE_SECONDS):
            return None
        try:
            return await self._all(state)
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        try:
            await self._store.release(self._lease)
        except BotError as error:
            _log.info("The right to count Indigo's chats ends by itself: %s", error)

    async def _all(self, state: State) -> Harvested | None:
        """Every chat, a page of them at a time."""
        chats = read = 0
        async for page in self._client.conversations():
            if not await self._store.lease(self._lease, _LEASE_SECONDS):
                _log.warning("Another process counts Indigo's chats")
                return None
            chats += len(page.items)
            read += await self._page(page.items)
        now = self._clock()
        since = state.since or _day_after(await self._kept.first_day())
        await self._kept.keep_state(State(since, now))
        await self._kept.make_nameless(now)
        _log.info("Of %d chats at Indigo, %d had something new to count", chats, read)
        return Harvested(chats, read)

    async def _page(self, chats: Sequence[Chat]) -> int:
        """First the figures, then how the chats were found: what is lost between is counted again."""
        tally, read = Tally(), set[str]()
        found = await asyncio.gather(*(self._surely(chat.id, tally, read) for chat in chats))
        now = self._clock()
        await self._kept.add(tally, now)
        for known in found:
            if known is not None:
                await self._kept.keep_chat(known)
        return len(read)

    async def _surely(self, chat: str, tally: Tally, read: set[str]) -> Known | None:
        """A chat that was deleted since it was listed, or cannot be read, costs itself alone."""
        try:
            return await self._chat(chat, tally, read)
        except (IndigoFailed, IndigoMisbehaved) as error:
            _log.warning("A chat could not be counted: %s: %s", type(error).__name__, error)
            return None

    async def _chat(self, chat: str, tally: Tally, read: set[str]) -> Known | None:
        """How the chat is found now; None where it need not be looked at, or is empty."""
        known, now = await self._kept.chat(chat), self._clock()
        if known is not None:
            if not known.due(now):
                return None
            newest, total = await self._client.latest(chat)
            if newest is None:
                return None
            if (newest.id, total) == (known.newest, known.total) and not known.unsettled(now):
                return replace(known, looked=now)
        counted = await self._count(chat, tally, known, now)
        if counted is not None:
            read.add(chat)
        return counted

    async def _count(self, chat: str, tally: Tally, known: Known | None, now: float) -> Known | None:
        """Counts the chat from the day on until which it was counted before."""
        since = datetime.fromtimestamp(known.last, UTC).date() if known else date.min
        messages: list[Message] = []
        total: int | None = None
        async for page in self._client.messages(chat):
            total = page.total if total is None else total
            messages += page.items
            if page.items and all(_day(message) < since for message in page.items):
                break
        if not messages:
            return None
        tally.add(chat, [message for message in messages if _day(message) >= since])
        newest = max(messages, key=lambda message: message.at)
        return Known(chat, newest.id, total, newest.at.timestamp(), looked=now, read=now)


def _day(message: Message) -> date:
    return message.at.astimezone(UTC).date()


def _day_after(day: date | None) -> date | None:
    """Of the first day some chats may be gone already."""
    return None if day is None else day + timedelta(days=1)
