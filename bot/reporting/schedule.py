"""Reports that are posted by themselves: when one is due, and that it is posted once.

A due moment is known by its channel, its kind and its time. Whoever posts holds a lease, looks whether the
message stands there already (it carries a mark), and notes when it does; so neither a restart nor a second
process posts it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from bot.core.indigo.schedules import Kind, Schedule, schedule_from, schedule_to
from bot.errors import AccessDenied, BotError, StoreFailed
from bot.store.base import Store

_log = logging.getLogger("bot.reporting")

_SCHEDULES, _POSTED = "indigo_schedules", "indigo_posted"
_DAY = 24 * 3600.0
#: A report that is later than this is not posted any more.
_LATEST = _DAY
_POSTED_SECONDS = 60 * _DAY
#: Seconds for which the right to post is held: longer than a report takes.
_LEASE_SECONDS = 600.0
#: Seconds between two looks at the clock.
_PAUSE = 30.0


class Schedules:
    """Reads and keeps them; everything may raise StoreFailed."""

    def __init__(self, store: Store, source: str) -> None:
        self._store = store
        self._source = source

    async def all(self) -> tuple[Schedule, ...]:
        """All schedules."""
        found = await self._store.scan(_SCHEDULES, f"{self._source}:")
        return tuple(filter(None, (schedule_from(value) for _, value in found)))

    async def keep(self, schedule: Schedule) -> None:
        """In place of the channel's earlier one of this kind."""
        await self._store.put(_SCHEDULES, self._key(schedule.channel, schedule.kind), schedule_to(schedule))

    async def end(self, channel: str) -> int:
        """Ends all of the channel's; says how many there were."""
        ended = [each for each in await self.all() if each.channel == channel]
        for each in ended:
            await self._store.delete(_SCHEDULES, self._key(each.channel, each.kind))
        return len(ended)

    def _key(self, channel: str, kind: Kind) -> str:
        return f"{self._source}:{channel}:{kind}"


#: Posts one report once, whatever happened before: (schedule, its name, the moment that it was due).
Post = Callable[[Schedule, str, float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Means:
    """What the posting works with.

    Attributes:
        post: see ``Post``; what it raises leaves the report for the next try.
        zone: the zone of a name; UTC for one that is not known.
        clock: seconds since 1970.
    """

    schedules: Schedules
    store: Store
    post: Post
    zone: Callable[[str], tzinfo]
    clock: Callable[[], float]


class Posting:
    """Posts what is due. ``run`` is a task of the app."""

    def __init__(self, means: Means, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._means = means
        self._sleep = sleep

    async def run(self) -> None:
        """Looks at the clock until it is cancelled."""
        while True:
            await self.beat()
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError
            await self._sleep(_PAUSE)

    async def beat(self) -> None:
        """Posts all that is due; raises nothing."""
        try:
            schedules = await self._means.schedules.all()
        except StoreFailed as error:
            _log.warning("It is not known which reports are due: %s", error)
            return
        for schedule in schedules:
            try:
                await self._look(schedule)
            except BotError as error:
                kind = type(error).__name__
                _log.warning("A report for %s is posted later: %s: %s", schedule.channel, kind, error)
            except Exception:  # noqa: BLE001 - the other channels get theirs
                _log.exception("A report was not posted by a mistake of ours")

    async def _look(self, schedule: Schedule) -> None:
        means, now = self._means, self._means.clock()
        due = schedule.due(now, means.zone(schedule.zone))
        if due is None:
            return
        name = f"{schedule.channel}:{schedule.kind}:{datetime.fromtimestamp(due, UTC):%Y-%m-%dT%H:%M}"
        if await means.store.get(_POSTED, name) is not None:
            return
        if not await means.store.lease(f"indigo-post:{name}", _LEASE_SECONDS):
            return
        try:
            await self._surely(schedule, name, due, late=now - due)
        finally:
            await means.store.release(f"indigo-post:{name}")

    async def _surely(self, schedule: Schedule, name: str, due: float, *, late: float) -> None:
        means = self._means
        if await means.store.get(_POSTED, name) is not None:
            return  # somebody else did, between the look and the lease
        outcome = "posted"
        if late > _LATEST:
            outcome = "skipped"
            _log.warning("The report %s is %.0f hours late, so it is left out", name, late / 3600)
        else:
            try:
                await means.post(schedule, name, due)
                _log.info("The report %s stands in its channel", name)
            except AccessDenied as error:
                outcome = str(error)
                _log.warning("The report %s may not be posted: %s", name, error)
        await means.store.put(_POSTED, name, outcome, ttl=_POSTED_SECONDS)
