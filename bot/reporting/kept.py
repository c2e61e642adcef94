"""What the bot keeps of Indigo: numbers of each day, and how it found each chat. No words, no people.

Indigo deletes chats after some weeks; the numbers of their days stay, without the ids of the chats once
no report needs them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.core.indigo.figures import Period, Tally, nameless
from bot.core.stored import Reader
from bot.store.base import Store

_DAYS, _CHATS, _STATE = "indigo_days", "indigo_chats", "indigo_state"
_DAY = 24 * 3600.0
#: A chat that was not seen any more for so long is gone at Indigo.
_CHAT_SECONDS = 60 * _DAY
#: Two months are compared at most; older days need no ids to tell a chat from another.
_NAMED_DAYS = 70
#: So many days are caught up on after a rest.
_CAUGHT_UP_DAYS = 30
#: Share of a chat's silence after which it is looked at again, and the longest time without a look.
_SHARE = 0.25
_LONGEST = 20 * 3600.0


@dataclass(frozen=True, slots=True)
class Known:
    """A chat as it was found.

    Attributes:
        newest: id of its newest message.
        total: how many messages it has; None where Indigo does not tell.
        last: when the newest was written, in seconds since 1970, as all of these.
        looked: when it was last asked for.
        read: when its messages were last counted.
    """

    id: str
    newest: str
    total: int | None
    last: float
    looked: float
    read: float

    def due(self, now: float) -> bool:
        """It is time to ask for it: the longer it has been silent, the less often, but every day."""
        return now - self.looked >= min(_SHARE * (self.looked - self.last), _LONGEST)

    def unsettled(self, now: float) -> bool:
        """It was counted within a day of its end, since when readers may have rated it."""
        return self.read - self.last < _DAY <= now - self.last


@dataclass(frozen=True, slots=True)
class State:
    """How far the bot has come.

    Attributes:
        since: the first day that was counted all of it; None before the first end.
        at: when the last harvest ended, in seconds since 1970; None before the first.
    """

    since: date | None = None
    at: float | None = None


class Kept:
    """The typed face of the store; everything may raise StoreFailed.

    Args:
        source: which of Indigo's workspaces, and which environment of it: ``39:PRODUCTION``.
        days: how long the numbers of a day are kept.
    """

    def __init__(self, store: Store, source: str, days: float) -> None:
        self._store = store
        self.source = source
        self._seconds = days * _DAY

    async def state(self) -> State:
        """How far the bot has come."""
        read = Reader(await self._store.get(_STATE, self.source))
        since = read.text("since")
        return State(date.fromisoformat(since) if since else None, read.number("at"))

    async def keep_state(self, state: State) -> None:
        """Notes how far the bot has come."""
        value = {"since": state.since.isoformat() if state.since else "", "at": state.at}
        await self._store.put(_STATE, self.source, value)

    # -- chats ---------------------------------------------------------------------------------------------

    async def chats(self) -> list[Known]:
        """All chats that are known, the newest first."""
        before = f"{self.source}:"
        found = await self._store.scan(_CHATS, before)
        known = [_known(key.removeprefix(before), value) for key, value in found]
        return sorted(known, key=lambda each: each.last, reverse=True)

    async def chat(self, chat: str) -> Known | None:
        """A chat, if it is known."""
        value = await self._store.get(_CHATS, f"{self.source}:{chat}")
        return None if value is None else _known(chat, value)

    async def keep_chat(self, known: Known) -> None:
        """Notes how a chat was found."""
        value = {
            "newest": known.newest,
            "total": known.total,
            "last": known.last,
            "looked": known.looked,
            "read": known.read,
        }
        await self._store.put(_CHATS, f"{self.source}:{known.id}", value, ttl=_CHAT_SECONDS)

    # -- figures -------------------------------------------------------------------------------------------

    async def add(self, counted: Tally, now: float) -> None:
        """Adds what was counted to what is kept; only one process does so at a time."""
        for day in counted.days:
            ttl = self._seconds - (now - _midnight(day))
            if ttl <= 0:
                continue
            tally = await self.tally([day])
            tally.merge(_only(counted, day))
            await self._store.put(_DAYS, self._day(day), tally.day(day), ttl=ttl)

    async def tally(self, days: Iterable[date]) -> Tally:
        """What is kept of these days in UTC."""
        tally = Tally()
        for day in days:
            tally.restore(day, await self._store.get(_DAYS, self._day(day)))
        return tally

    async def for_report(self, period: Period) -> Tally:
        """What is kept of a period and the one before it."""
        return await self.tally(Period(period.before.first, period.last, period.zone).utc_days)

    async def first_day(self) -> date | None:
        """The first day in UTC of which there is something."""
        before = f"{self.source}:"
        async for key, _ in self._store.rows(_DAYS, after=before, before=f"{before}~"):
            return date.fromisoformat(key.removeprefix(before))
        return None

    async def make_nameless(self, now: float) -> None:
        """Takes the ids of chats out of days that no report has to tell them apart in."""
        last = datetime.fromtimestamp(now, UTC).date() - timedelta(days=_NAMED_DAYS)
        for day in Period(last - timedelta(days=_CAUGHT_UP_DAYS), last).days:
            value = (await self.tally([day])).day(day)
            ttl = self._seconds - (now - _midnight(day))
            if ttl > 0 and any("#" not in chat for chat in value):
                await self._store.put(_DAYS, self._day(day), nameless(day, value), ttl=ttl)

    def _day(self, day: date) -> str:
        return f"{self.source}:{day.isoformat()}"


def _known(chat: str, value: object) -> Known:
    read = Reader(value)
    return Known(
        id=chat,
        newest=read.text("newest"),
        total=read.whole("total"),
        last=read.number("last") or 0.0,
        looked=read.number("looked") or 0.0,
        read=read.number("read") or 0.0,
    )


def _only(tally: Tally, day: date) -> Tally:
    one = Tally()
    one.restore(day, tally.day(day))
    return one


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
