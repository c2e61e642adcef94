"""A finished answer with another chart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.results import StoredResult
from bot.errors import ChartFailed
from bot.model import VisualizationType
from bot.redrawing import Redrawing
from tests.scenarios.town import everything, of_type
from tests.test_answering import Bench, bench, chart, diff, text

__all__ = ["bench"]

PIE = VisualizationType.PIE_CHART


async def answered(bench: Bench) -> tuple[Redrawing, StoredResult]:
    """A finished answer with a bar chart, and what draws it anew."""
    record = bench.record()
    await bench.answer(record, text("Here it is.\n"), diff({"retain": 12}, chart(), last=True))
    result = await bench.tools.results.load(record.id)
    assert result is not None
    return Redrawing(bench.tools.delivery, bench.tools.messages, bench.tools.results), result


async def test_a_chart_is_drawn_anew_in_the_same_message(bench: Bench) -> None:
    """The picture is another one, the rest of the message stays, and so does its SQL."""
    redrawing, result = await answered(bench)
    thread = result.question.thread
    (before,) = bench.slack.workspace.replies(thread.channel, thread.thread_ts)
    await redrawing.redraw(result, 0, PIE)
    (after,) = bench.slack.workspace.replies(thread.channel, thread.thread_ts)
    assert after.ts == before.ts
    assert of_type(after, "image")[0]["slack_file"] != of_type(before, "image")[0]["slack_file"]
    assert after.file_ids == before.file_ids
    assert "Here it is." in everything(after)


async def test_the_choice_is_kept(bench: Bench) -> None:
    """The next change begins with what stands there now."""
    redrawing, result = await answered(bench)
    await redrawing.redraw(result, 0, PIE)
    kept = await bench.tools.results.load(result.turn)
    assert kept is not None
    assert (kept.chosen, kept.messages) == ((PIE,), result.messages)
    assert kept.exhibits[0].chart != result.exhibits[0].chart


async def test_an_answer_that_was_deleted_does_not_come_back(bench: Bench) -> None:
    """Nothing is posted, and who chose the chart hears that it could not be done."""
    redrawing, result = await answered(bench)
    thread = result.question.thread
    (message,) = bench.slack.workspace.replies(thread.channel, thread.thread_ts)
    bench.slack.workspace.delete(message)
    with pytest.raises(ChartFailed):
        await redrawing.redraw(replace(result), 0, PIE)
    assert bench.slack.workspace.replies(thread.channel, thread.thread_ts) == ()
