"""Stored results."""

from __future__ import annotations

import asyncio
import gc
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.finished import Delivered, Reached
from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.errors import StoreFailed
from bot.memory import Memory
from bot.model import Answer, Footer, Native, Prose, Visualization, VisualizationType
from bot.results import Results
from bot.store.base import Json
from bot.store.sqlite import SqliteStore
from tests.core.stored_values import rows
from tests.fakes import Clock, DictStore, question

DAY = 24 * 3600.0
PARTS = (Prose("Five."), Visualization("v", "Deals", VisualizationType.TABLE, rows=rows(3)))
RESULT = StoredResult(
    "t1", question(), Answer(parts=PARTS), Footer("Sales"), "done", ("20.1",), identity="person-1"
)


async def test_a_result_survives_a_restart(tmp_path: Path) -> None:
    """What one process kept, the next one loads."""
    clock = Clock()
    store = await SqliteStore.open(tmp_path / "store.sqlite", clock=clock)
    await Results(Memory(store), 30, clock=clock).keep(RESULT)
    await store.close()
    store = await SqliteStore.open(tmp_path / "store.sqlite", clock=clock)
    assert await Results(Memory(store), 30, clock=clock).load("t1") == replace(RESULT, kept_at=clock.now)
    await store.close()


async def test_a_result_has_its_time(tmp_path: Path) -> None:
    """It runs from the answer on: keeping a changed result again does not prolong it."""
    clock = Clock()
    store = await SqliteStore.open(tmp_path / "store.sqlite", clock=clock)
    results = Results(Memory(store), 2, clock=clock)
    await results.keep(RESULT)
    clock.now += DAY
    loaded = await results.load("t1")
    assert loaded is not None
    await results.keep(loaded.choose(0, VisualizationType.PIE_CHART))
    changed = await results.load("t1")
    assert changed is not None
    assert changed.chosen == (VisualizationType.PIE_CHART,)
    clock.now += DAY
    assert await results.load("t1") is None
    await results.keep(changed)
    assert await store.get("results", "t1") is None
    await store.close()


async def test_a_shorter_time_counts_at_once() -> None:
    """An admin who lowers it need not wait for what was kept under the longer one."""
    clock, memory = Clock(), Memory(DictStore())
    await Results(memory, 30, clock=clock).keep(RESULT)
    clock.now += 2 * DAY
    assert await Results(memory, 30, clock=clock).load("t1") is not None
    assert await Results(memory, 1, clock=clock).load("t1") is None


async def test_with_no_days_nothing_is_kept() -> None:
    """Zero switches results off: nothing is written, nothing is read."""
    clock, store = Clock(), DictStore()
    kept = Results(Memory(store), 30, clock=clock)
    off = Results(Memory(store), 0, clock=clock)
    assert (kept.enabled, off.enabled) == (True, False)
    await off.keep(RESULT)
    assert store.tables == {}
    await kept.keep(RESULT)
    assert await off.load("t1") is None


async def test_a_result_is_forgotten() -> None:
    """After that it is as if it had never been."""
    results = Results(Memory(DictStore()), 30, clock=Clock())
    await results.keep(RESULT)
    await results.forget("t1")
    assert await results.load("t1") is None


async def test_a_result_follows_its_channel() -> None:
    """Slack gave it another id; the data stay as long as they would have."""
    clock = Clock()
    results = Results(Memory(DictStore()), 2, clock=clock)
    await results.keep(RESULT)
    clock.now += DAY
    await results.move("t1", "C1", "C9")
    await results.move("t2", "C1", "C9")
    moved = await results.load("t1")
    assert moved is not None
    assert moved.question.thread.channel == "C9"
    assert (moved.answer, moved.kept_at) == (RESULT.answer, clock.now - DAY)
    clock.now += DAY
    assert await results.load("t1") is None


# -- what stands in Slack --------------------------------------------------------------------------------


@pytest.mark.parametrize("reached", [Reached.SHOWN, Reached.SIMPLER])
async def test_what_is_shown_is_kept(reached: Reached) -> None:
    """With the messages, and with how it ended."""
    results = Results(Memory(DictStore()), 30, clock=Clock())
    await results.keep_as_shown(RESULT, delivered(reached))
    kept = await results.load("t1")
    assert kept is not None
    assert (kept.messages, kept.ending) == (("20.1", "20.2"), "stopped")


@pytest.mark.parametrize(
    "reached", [each for each in Reached if each not in {Reached.SHOWN, Reached.SIMPLER}]
)
async def test_what_no_message_shows_is_not_kept(reached: Reached) -> None:
    """There is no control that could need it."""
    results = Results(Memory(DictStore()), 30, clock=Clock())
    await results.keep(RESULT)
    await results.keep_as_shown(RESULT, delivered(reached))
    assert await results.load("t1") is None


def delivered(reached: Reached) -> Delivered:
    return Delivered(("20.1", "20.2"), (), Native(), reached, Ending.STOPPED)


class Full(DictStore):
    """A store that can neither write nor remove."""

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        raise StoreFailed(f"disk full: {table}, {key}, {value is None}, {ttl}")

    async def delete(self, table: str, key: str) -> None:
        raise StoreFailed(f"disk full: {table}, {key}")


@pytest.mark.parametrize("reached", [Reached.SHOWN, Reached.LOST])
async def test_a_store_that_fails_costs_the_controls_alone(
    reached: Reached, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer stands; that its data are not there is in the log."""
    results = Results(Memory(Full()), 30, clock=Clock())
    with caplog.at_level(logging.WARNING):
        await results.keep_as_shown(RESULT, delivered(reached))
        assert await results.surely_kept(RESULT) is False
    assert "disk full" in caplog.text
    assert "turn t1" in caplog.text


async def test_a_mistake_of_ours_costs_the_controls_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Likewise, and the log has where it was made."""

    def broken(_: StoredResult) -> Json:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.core.results.to_json", broken)
    results = Results(Memory(DictStore()), 30, clock=Clock())
    assert await results.surely_kept(RESULT) is False
    assert "by a mistake of ours" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_changes_of_one_result_wait_for_each_other() -> None:
    """Two presses on one answer are carried out one after the other; another answer does not wait."""
    results = Results(Memory(DictStore()), 30, clock=Clock())
    happened: asyncio.Queue[str] = asyncio.Queue()
    go_on = asyncio.Event()

    async def change(turn: str, name: str) -> None:
        async with results.changing(turn):
            await happened.put(f"{name} begins")
            await go_on.wait()
            await happened.put(f"{name} ends")

    changes = asyncio.gather(change("t1", "a"), change("t1", "b"), change("t2", "c"))
    assert [await happened.get(), await happened.get()] == ["a begins", "c begins"]
    go_on.set()
    await changes
    rest = [happened.get_nowait() for _ in range(happened.qsize())]
    assert rest.index("a ends") < rest.index("b begins")


async def test_nothing_is_left_of_a_change() -> None:
    """A process that runs for months holds no lock for every answer it gave."""
    results = Results(Memory(DictStore()), 30, clock=Clock())
    for number in range(100):
        async with results.changing(f"t{number}"):
            pass
    gc.collect()
    assert len(results._locks) == 0
