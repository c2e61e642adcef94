"""The audit trail."""

from __future__ import annotations

import itertools
import logging
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from structlog.contextvars import get_contextvars

from bot.audit import Audit, Entry, What, entries
from bot.errors import StoreFailed
from bot.model import SERVICE, Identity, ThreadKey
from bot.store.base import Json, Store
from bot.store.sqlite import SqliteStore
from tests.fakes import Clock, DictStore

PLACE = ThreadKey("T1", "C1", "10.1")
ADA = Identity("p-1", "ada@example.com")
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
DAY = 24 * 3600.0


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(tmp_path / "store.sqlite", clock=clock)
    yield store
    await store.close()


def trail(store: Store, clock: Clock, *, days: float = 30) -> Audit:
    numbers = itertools.count()
    return Audit(store, days, clock=clock, new_id=lambda: f"{next(numbers):08x}")


async def read(store: Store, since: date | None = None, until: date | None = None) -> list[Entry]:
    return [entry async for entry in entries(store, since, until)]


async def test_an_entry_says_who_did_what(store: SqliteStore, clock: Clock) -> None:
    """All that was noted is read again, with the person's address as whom it ran."""
    audit = trail(store, clock)
    await audit.note(
        What.ANSWERED,
        place=PLACE,
        user="U1",
        identity=ADA,
        turn="9b1deb4d",
        domain="d1",
        question="Revenue?\n\ud83d",
        outcome="done",
        details={"seconds": 6.2, "rows": 12, "form": "message"},
    )
    await audit.note(What.CONFIGURED, place=ThreadKey("T1", "C1", ""), user="U2")
    first, second = await read(store)
    assert first == Entry(
        at=NOON,
        what="answered",
        team="T1",
        channel="C1",
        thread="10.1",
        user="U1",
        identity="ada@example.com",
        turn="9b1deb4d",
        domain="d1",
        question="Revenue?\n\ud83d",
        outcome="done",
        details={"seconds": 6.2, "rows": 12, "form": "message"},
    )
    assert second == Entry(NOON, What.CONFIGURED, "T1", "C1", "", "U2", identity="")


async def test_the_owner_of_the_key_is_named(store: SqliteStore, clock: Clock) -> None:
    """What ran without a person's rights says so, instead of an address."""
    await trail(store, clock).note(What.ASKED, place=PLACE, user="U1", identity=SERVICE)
    assert [entry.identity for entry in await read(store)] == ["service"]


async def test_entries_come_in_the_order_of_time(store: SqliteStore, clock: Clock) -> None:
    """However they were written; also those of one microsecond are all there."""
    audit = trail(store, clock)
    for seconds in (0.000_002, 0.000_001, 86_400, 0.000_001, -3_600.5):
        clock.now = NOON + seconds
        await audit.note(What.ASKED, place=PLACE, user=str(seconds))
    users = [entry.user for entry in await read(store)]
    assert users == ["-3600.5", "1e-06", "1e-06", "2e-06", "86400"]


async def test_keys_are_times(store: SqliteStore, clock: Clock) -> None:
    """A key is the time in UTC with microseconds, and an id."""
    clock.now += 0.5
    await trail(store, clock).note(What.ASKED, place=PLACE, user="U1")
    ((key, _),) = await store.scan("audit")
    assert key == "2026-11-28T12:00:00.500000Z:00000000"


async def test_days_are_whole_and_in_utc(store: SqliteStore, clock: Clock) -> None:
    """The first and the last day that are asked for are included to their ends."""
    audit = trail(store, clock)
    for at in (
        "2026-11-26T23:59:59.999999",
        "2026-11-27T00:00:00",
        "2026-11-28T23:59:59.999999",
        "2026-11-29",
    ):
        clock.now = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
        await audit.note(What.ASKED, place=PLACE, user=at[8:10])

    async def users(since: date | None, until: date | None) -> list[str]:
        return [entry.user for entry in await read(store, since, until)]

    assert await users(date(2026, 11, 27), date(2026, 11, 28)) == ["27", "28"]
    assert await users(date(2026, 11, 27), None) == ["27", "28", "29"]
    assert await users(None, date(2026, 11, 27)) == ["26", "27"]
    assert await users(date(2026, 11, 30), None) == []
    assert await users(date.min, date.max) == ["26", "27", "28", "29"]


async def test_entries_go_when_their_days_are_over(store: SqliteStore, clock: Clock) -> None:
    """Each is kept for its time, and no longer."""
    audit = trail(store, clock, days=2)
    await audit.note(What.ASKED, place=PLACE, user="U1")
    clock.now += 1.5 * DAY
    await audit.note(What.ASKED, place=PLACE, user="U2")
    assert [entry.user for entry in await read(store)] == ["U1", "U2"]
    clock.now += 0.5 * DAY
    assert [entry.user for entry in await read(store)] == ["U2"]


async def test_no_days_keep_nothing(clock: Clock) -> None:
    """With 0 nothing is written."""
    store = DictStore()
    await trail(store, clock, days=0).note(What.ASKED, place=PLACE, user="U1")
    assert store.tables == {}


async def test_no_entry_takes_the_place_of_another(clock: Clock) -> None:
    """An id that was there in this microsecond is passed over."""
    store = DictStore()
    ids = iter(["a", "a", "b"])
    audit = Audit(store, 1, clock=clock, new_id=lambda: next(ids))
    await audit.note(What.ASKED, place=PLACE, user="U1")
    await audit.note(What.ASKED, place=PLACE, user="U2")
    assert [entry.user for entry in await read(store)] == ["U1", "U2"]


class Broken(DictStore):
    """A store that cannot be written."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    async def put_if_absent(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> bool:
        del table, key, value, ttl
        raise self.error


@pytest.mark.parametrize("error", [StoreFailed("disk full"), ZeroDivisionError()])
async def test_an_answer_is_not_lost_for_an_entry(
    clock: Clock, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """What cannot be written raises nothing, and is an error in the log that does not quote the question."""
    audit = trail(Broken(error), clock)
    await audit.note(
        What.EXPORTED, place=PLACE, user="U1", identity=ADA, turn="t1", question="Revenue of Acme?"
    )
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "exported" in record.getMessage()
    assert "Acme" not in caplog.text
    assert "ada@" not in caplog.text


class Ids(logging.Filter):
    """Notes the ids that are bound when something is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[dict[str, object]] = []

    def filter(self, record: logging.LogRecord) -> bool:
        del record
        self.seen.append(get_contextvars())
        return False


async def test_the_log_names_what_is_missing(clock: Clock) -> None:
    """The line of a lost entry has its ids."""
    ids = Ids()
    log = logging.getLogger("bot.audit")
    log.addFilter(ids)
    await trail(Broken(StoreFailed("disk full")), clock).note(What.SHARED, place=PLACE, user="U1", turn="t1")
    log.removeFilter(ids)
    assert ids.seen == [{"team": "T1", "channel": "C1", "thread": "10.1", "user": "U1", "turn": "t1"}]


async def test_keys_that_stay_taken_are_an_error(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """It gives up, and says so."""
    audit = Audit(DictStore(), 1, clock=clock, new_id=lambda: "same")
    await audit.note(What.ASKED, place=PLACE, user="U1")
    await audit.note(What.ASKED, place=PLACE, user="U2")
    assert "its keys are taken" in caplog.text


async def test_entries_of_other_versions_are_read(clock: Clock) -> None:
    """What is missing is empty, and a deed that this version does not know keeps its name."""
    store = DictStore()
    await store.put(
        "audit", "2026-11-28T00:00:00.000000Z:a", {"at": clock.now, "what": "dreamt", "more": [1]}
    )
    assert await read(store) == [Entry(clock.now, "dreamt", "", "", "", "", "")]
