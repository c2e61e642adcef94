from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.core.indigo.schedules import Kind, Schedule
from bot.errors import AccessDenied, Denial, SlackUnreachable, StoreFailed
from bot.reporting.schedule import Means, Posting, Schedules
from bot.store.base import Json
from tests.fakes import Clock, DictStore
from tests.reporting.upstream import DAY, HOUR

MONDAY_NINE = datetime(2026, 11, 30, 9, tzinfo=UTC).timestamp()
WEEKLY = Schedule("C1", Kind.WEEKLY, 0, 9, "UTC", "U1", since=MONDAY_NINE - 2 * DAY)


class Failing(DictStore):
    async def scan(self, table: str, prefix: str = "") -> list[tuple[str, Json]]:
        raise StoreFailed(f"{table}/{prefix} cannot be read")


class Board:
    """Where reports are posted; may refuse."""

    def __init__(self, store: DictStore | None = None) -> None:
        self.store = store or DictStore()
        self.clock = Clock(MONDAY_NINE)
        self.schedules = Schedules(self.store, "39:PRODUCTION")
        self.posted: list[tuple[str, str]] = []
        self.error: Exception | None = None
        self.posting = self.process()

    def process(self, sleep: Callable[[float], object] | None = None) -> Posting:
        means = Means(self.schedules, self.store, self.post, lambda _: UTC, self.clock)
        return Posting(means, sleep=sleep) if sleep else Posting(means)  # type: ignore[arg-type]  # a coroutine

    async def post(self, schedule: Schedule, name: str, due: float) -> None:
        if self.error is not None:
            raise self.error
        self.posted.append((name, datetime.fromtimestamp(due, UTC).isoformat()))
        assert schedule.channel in name


async def test_a_report_is_posted_once_when_it_is_due() -> None:
    """Not before, not again in the same process, and not by the next one."""
    board = Board()
    await board.schedules.keep(WEEKLY)
    board.clock.now -= 1
    await board.posting.beat()
    assert board.posted == []
    board.clock.now += 1
    await board.posting.beat()
    await board.posting.beat()
    await board.process().beat()
    assert board.posted == [("C1:weekly:2026-11-30T09:00", "2026-11-30T09:00:00+00:00")]
    board.clock.now += 7 * DAY
    await board.posting.beat()
    assert len(board.posted) == 2


async def test_a_report_that_is_late_is_posted_within_a_day() -> None:
    """The app was down over Monday morning."""
    board = Board()
    await board.schedules.keep(WEEKLY)
    board.clock.now += 23 * HOUR
    await board.posting.beat()
    assert len(board.posted) == 1


async def test_a_report_that_is_later_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """Once, with a line in the log; the next one comes in time."""
    board = Board()
    await board.schedules.keep(WEEKLY)
    board.clock.now += 25 * HOUR
    await board.posting.beat()
    await board.posting.beat()
    assert board.posted == []
    assert caplog.text.count("25 hours late, so it is left out") == 1
    board.clock.now = MONDAY_NINE + 7 * DAY
    await board.posting.beat()
    assert len(board.posted) == 1


async def test_what_fails_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """Slack was away; the others get theirs."""
    board = Board()
    await board.schedules.keep(WEEKLY)
    board.error = SlackUnreachable("no answer")
    await board.posting.beat()
    assert "is posted later: SlackUnreachable: no answer" in caplog.text
    board.error = RuntimeError("a bug")
    await board.posting.beat()
    assert "by a mistake of ours" in caplog.text
    board.error = None
    await board.posting.beat()
    assert len(board.posted) == 1
    assert board.store.leases == {}


async def test_what_may_not_be_posted_is_not_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """The channel is shared now, or an admin took the report back."""
    board = Board()
    await board.schedules.keep(WEEKLY)
    board.error = AccessDenied(Denial.INDIGO_SHARED)
    await board.posting.beat()
    assert "may not be posted: indigo_shared" in caplog.text
    board.error = None
    await board.posting.beat()
    assert board.posted == []


async def test_another_process_is_at_it() -> None:
    """Its lease is respected."""
    board = Board()
    await board.schedules.keep(WEEKLY)
    board.store.leases["indigo-post:C1:weekly:2026-11-30T09:00"] = "another process"
    await board.posting.beat()
    assert board.posted == []


async def test_a_channel_has_one_of_each_kind_until_it_is_ended() -> None:
    """A new one takes the place of the earlier one."""
    board = Board()
    monthly = Schedule("C1", Kind.MONTHLY, 1, 9, "UTC", "U1", since=0.0)
    for each in (WEEKLY, WEEKLY, monthly, Schedule("C2", Kind.WEEKLY, 1, 9, "UTC", "U1", since=0.0)):
        await board.schedules.keep(each)
    assert len(await board.schedules.all()) == 3
    assert await board.schedules.end("C1") == 2
    assert [each.channel for each in await board.schedules.all()] == ["C2"]


async def test_a_store_that_fails_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is looked into again."""
    await Board(Failing()).posting.beat()
    assert "It is not known which reports are due" in caplog.text


async def test_it_runs_until_it_is_cancelled() -> None:
    """It looks at the clock again and again."""
    board, waited = Board(), asyncio.Queue[float](1)
    await board.schedules.keep(WEEKLY)
    task = asyncio.create_task(board.process(sleep=waited.put).run())
    await waited.get()
    await waited.get()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(board.posted) == 1
