from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.indigo.figures import Figures, Period
from bot.core.indigo.model import Chat, Page
from bot.errors import IndigoUnreachable, StoreFailed
from bot.reporting.harvest import Harvest, Harvested
from bot.reporting.kept import Kept
from bot.store.base import Json
from tests.fakes import Clock, DictStore
from tests.reporting.upstream import DAY, HOUR, NOW, Workspace, message

AT = NOW.timestamp()


class Failing(DictStore):
    """A store that cannot be read."""

    async def get(self, table: str, key: str) -> Json:
        raise StoreFailed(f"{table}/{key} cannot be read")


class Job:
    """A harvest over a workspace in a dictionary."""

    def __init__(self, indigo: Workspace, store: DictStore | None = None) -> None:
        self.indigo = indigo
        self.store = store or DictStore()
        self.clock = Clock(AT)
        self.kept = Kept(self.store, "39:PRODUCTION", 400)
        self.harvest = Harvest(indigo, self.kept, self.store, hours=6, clock=self.clock)

    async def again(self, hours: float) -> Harvested | None:
        """So many hours later."""
        self.clock.now += hours * HOUR
        self.indigo.looks.clear()
        self.indigo.reads.clear()
        return await self.harvest.beat()

    async def figures(self, days: int = 30) -> Figures:
        """What is kept of the last days, today included."""
        today = datetime.fromtimestamp(self.clock.now, UTC).date()
        period = Period(today - timedelta(days=days), today)
        return (await self.kept.for_report(period)).figures(period)


def two_chats() -> Workspace:
    return Workspace(
        c1=[message(n, NOW - timedelta(hours=2, minutes=n)) for n in range(5)],
        c2=[message(n + 10, NOW - timedelta(days=3, minutes=n), chat="2") for n in range(3)],
    )


async def test_the_first_harvest_counts_every_chat() -> None:
    """Each is read once, to its end, without another call for its newest message."""
    job = Job(two_chats())
    assert await job.harvest.beat() == Harvested(chats=2, read=2)
    assert (job.indigo.reads, job.indigo.looks) == (["1", "2"], [])
    figures = await job.figures()
    assert (figures.chats, figures.counts.user) == (2, 8)
    state = await job.kept.state()
    assert (state.at, state.since) == (AT, (NOW - timedelta(days=2)).date())


async def test_nothing_is_done_before_it_is_time() -> None:
    """Six hours after the last harvest comes the next one."""
    job = Job(two_chats())
    await job.harvest.beat()
    assert await job.again(5.9) is None
    assert await job.again(0.2) is not None


async def test_only_what_changed_is_counted_again() -> None:
    """One look for each chat that may have changed, and no reading where it has not."""
    job = Job(two_chats())
    await job.harvest.beat()
    job.indigo.chats["1"].append(message(99, NOW + timedelta(hours=1)))
    assert await job.again(6.5) == Harvested(chats=2, read=1)
    assert (job.indigo.reads, job.indigo.looks) == (["1"], ["1"])
    figures = await job.figures()
    assert (figures.chats, figures.counts.user) == (2, 9)


async def test_every_chat_is_looked_at_each_day() -> None:
    """Somebody may come back to an old chat."""
    job = Job(two_chats())
    await job.harvest.beat()
    assert await job.again(24) == Harvested(chats=2, read=1)
    assert job.indigo.looks == ["1", "2"]


async def test_a_chat_is_counted_once_more_a_day_after_its_end() -> None:
    """So that feedback which came later is counted, too; then it rests."""
    job = Job(two_chats())
    await job.harvest.beat()
    last = job.indigo.chats["1"][0]
    job.indigo.chats["1"][0] = message(0, last.at, feedback="👎")
    await job.again(25)
    assert job.indigo.reads == ["1"]
    assert (await job.figures()).counts.bad == 1
    await job.again(25)
    assert job.indigo.reads == []


async def test_of_an_old_chat_only_the_newest_days_are_read() -> None:
    """What was counted of the days before stays, also where Indigo has deleted it meanwhile."""
    job = Job(Workspace(c1=[message(n, NOW - timedelta(days=n)) for n in range(20)]))
    await job.harvest.beat()
    job.indigo.chats["1"] = [message(99, NOW + timedelta(hours=20)), *job.indigo.chats["1"][:1]]
    await job.again(24)
    assert (await job.figures()).counts.user == 21


async def test_an_interrupted_harvest_begins_again_and_counts_nothing_twice() -> None:
    """It has no end until every page was read."""
    job = Job(Workspace(**{f"c{n}": [message(n, NOW - timedelta(hours=n), chat=str(n))] for n in range(6)}))
    pages = job.indigo.conversations

    async def break_off() -> AsyncIterator[Page[Chat]]:
        async for page in pages():
            yield page
            raise IndigoUnreachable

    job.indigo.conversations = break_off  # type: ignore[method-assign, assignment]  # it ends too early
    assert await job.harvest.beat() is None
    assert (await job.kept.state()).at is None
    job.indigo.conversations = pages  # type: ignore[method-assign]  # and is whole again
    assert await job.again(0) == Harvested(chats=6, read=4)
    assert (await job.figures()).counts.user == 6


async def test_one_process_harvests() -> None:
    """The lease is another one's; then there is nothing to do."""
    job = Job(two_chats())
    job.store.leases["indigo-harvest:39:PRODUCTION"] = "another process"
    assert await job.harvest.beat() is None
    assert job.indigo.reads == []


async def test_the_lease_is_given_back() -> None:
    """The next process need not wait until it ends by itself."""
    job = Job(two_chats())
    await job.harvest.beat()
    assert job.store.leases == {}


async def test_what_fails_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing that happens ends the job."""
    job = Job(two_chats())
    job.indigo.error = IndigoUnreachable("no answer")
    assert await job.harvest.beat() is None
    assert "could not be counted: IndigoUnreachable: no answer" in caplog.text
    job.indigo.error = None
    assert await job.again(0) is not None
    failing = Job(two_chats(), Failing())
    assert await failing.harvest.beat() is None
    assert "the store cannot be reached" in caplog.text


async def test_a_chat_without_messages_is_left_out() -> None:
    """Indigo may list one that it has emptied."""
    job = Job(Workspace(c1=[], c2=[message(1, NOW, chat="2")]))
    assert await job.harvest.beat() == Harvested(chats=2, read=1)
    assert await job.kept.chat("1") is None


async def test_it_runs_until_it_is_cancelled() -> None:
    """It harvests at once, and then looks at the clock again and again."""
    job, waited = Job(two_chats()), asyncio.Queue[float]()

    async def sleep(seconds: float) -> None:
        await waited.put(seconds)
        job.clock.now += DAY
        await asyncio.sleep(0)

    harvest = Harvest(job.indigo, job.kept, job.store, hours=6, clock=job.clock, sleep=sleep)
    task = asyncio.create_task(harvest.run())
    await waited.get()
    await waited.get()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert job.indigo.looks
