"""One turn that a failing store, a mistake of ours or an early Stop meets: no message keeps waiting."""

from __future__ import annotations

import asyncio

import pytest

from bot.answering import Answering
from bot.core.record import TurnRecord
from bot.inflight import Inflight
from bot.model import Answer, Draft
from bot.sandbox.slack.model import Message
from tests.bench import Bench, bench, chart, diff, text
from tests.scenarios.town import everything, has_retry, is_running, of_type

__all__ = ["bench"]


async def ended(bench: Bench, record: TurnRecord) -> Message:
    """Answers a turn the way the app does; the one message that stays."""
    inflight = Inflight(Answering(bench.tools).run, bench.tools.journal)
    bench.hold(record)
    await inflight.start(record)
    await inflight.drain(20)
    (said,) = bench.messages(record)
    return said


async def test_a_placeholder_never_keeps_waiting(bench: Bench) -> None:
    """When the store fails right after the placeholder was posted, the placeholder says so."""
    bench.store.writes_left = 2
    said = await ended(bench, bench.record())
    assert "on my side" in everything(said)
    assert has_retry(said)
    assert not is_running(said)
    assert bench.tenant.asked == []


async def test_a_mistake_of_ours_at_the_end_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody expected while the end is made ends the message, too, and the answer is a file."""

    def broken(*_: object, **__: object) -> tuple[Draft, ...]:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.core.render.blocks.finished", broken)
    bench.tenant.script = [text("107", last=True)]
    record = bench.record()
    _, task = bench.start(record)
    await task
    shared = [file_id for message in bench.messages(record) for file_id in message.file_ids]
    assert b"107" in bench.slack.workspace.files[shared[0]].data
    assert not any(is_running(message) for message in bench.messages(record))
    assert await bench.tools.journal.under_way() == []


async def test_a_mistake_of_ours_in_rendering_does_no_harm(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody expected while a running answer is rendered does not keep it from its end."""
    tried = asyncio.Event()

    def broken(_: Answer, *, turn: str, seconds: float) -> tuple[Draft, ...]:
        tried.set()
        raise ZeroDivisionError(turn, seconds)

    monkeypatch.setattr("bot.core.render.blocks.running", broken)
    bench.tenant.script = [text("10"), tried, text("7", after=2, last=True)]
    said = await ended(bench, bench.record())
    assert "107" in everything(said)
    assert not is_running(said)
    assert await bench.tools.journal.under_way() == []


async def test_stop_works_while_the_chart_is_drawn(bench: Bench) -> None:
    """The answer ends at once, with its table and without the picture."""
    record = bench.record()
    bench.drawing.go.clear()
    bench.tenant.script = [text("Here."), diff({"retain": 5}, chart(), last=True)]
    running, task = bench.start(record)
    await bench.reads(record, "Drawing the chart")
    running.stopped.set()
    async with asyncio.timeout(20):
        await task
    (said,) = bench.messages(record)
    assert "Stopped" in everything(said)
    assert of_type(said, "table")
    assert not of_type(said, "image")
    assert not is_running(said)
