"""A finished answer with another chart, where it stands or for one reader alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.render.controls import CSV_ACTION, SHARE_ACTION, SQL_ACTION
from bot.core.results import StoredResult
from bot.errors import ChartFailed, NotInChannel, SlackError
from bot.model import Audience, ChannelPolicy, Code, VisualizationType
from bot.redrawing import Place, Redrawing
from bot.sandbox.slack.model import Message
from tests.bench import Bench, bench, chart, diff
from tests.scenarios.town import buttons, charts, everything, of_type, tables

__all__ = ["bench"]

PIE, TABLE = VisualizationType.PIE_CHART, VisualizationType.TABLE


def redrawing(bench: Bench) -> Redrawing:
    tools = bench.tools
    exhibits = tools.delivery._means.exhibits
    return Redrawing(tools.delivery, tools.ground.messages, tools.results, exhibits, bench.poster)


def standing(bench: Bench, result: StoredResult) -> Message:
    """The one message of an answer."""
    (message,) = bench.in_thread(result.question.thread)
    return message


def actions(message: Message) -> list[str]:
    return [str(each["action_id"]) for each in buttons(message)]


# -- where it stands -------------------------------------------------------------------------------------


async def test_a_chart_is_drawn_anew_in_the_same_message(bench: Bench) -> None:
    """The picture is another one, the rest of the message stays, and so does its SQL."""
    result = await bench.answered(bench.record())
    before = standing(bench, result)
    await redrawing(bench).redraw(result, 0, PIE, exports=True)
    after = standing(bench, result)
    assert after.ts == before.ts
    assert of_type(after, "image")[0]["slack_file"] != of_type(before, "image")[0]["slack_file"]
    assert after.file_ids == before.file_ids
    assert "Here it is." in everything(after)
    assert actions(after) == actions(before)


async def test_the_choice_is_kept(bench: Bench) -> None:
    """The next change begins with what stands there now."""
    result = await bench.answered(bench.record())
    await redrawing(bench).redraw(result, 0, PIE, exports=True)
    kept = await bench.tools.results.load(result.turn)
    assert kept is not None
    assert (kept.chosen, kept.messages) == ((PIE,), result.messages)
    assert kept.exhibits[0].chart != result.exhibits[0].chart


async def test_what_holds_now_is_shown(bench: Bench) -> None:
    """Where exports were switched off meanwhile, the button for them goes with the next change."""
    result = await bench.answered(bench.record())
    assert CSV_ACTION in actions(standing(bench, result))
    await redrawing(bench).redraw(result, 0, PIE, exports=False)
    assert CSV_ACTION not in actions(standing(bench, result))
    await redrawing(bench).redraw(result, 0, TABLE, exports=True)
    assert CSV_ACTION in actions(standing(bench, result))


async def test_a_private_answer_can_still_be_shared(bench: Bench) -> None:
    """Another chart does not take that away, and one in a channel does not get it."""
    await bench.set(ChannelPolicy(audience=Audience.ASKER))
    await bench.run(bench.record(), diff(chart(), last=True))
    private = await bench.tools.results.load("t1")
    assert private is not None
    await redrawing(bench).redraw(private, 0, PIE, exports=True)
    assert SHARE_ACTION in actions(bench.in_private()[-1])
    await bench.set(ChannelPolicy())
    public = await bench.answered(bench.record("t2"))
    await redrawing(bench).redraw(public, 0, PIE, exports=True)
    assert SHARE_ACTION not in actions(standing(bench, public))


async def test_an_answer_that_was_deleted_does_not_come_back(bench: Bench) -> None:
    """Nothing is posted, and who chose the chart hears that it could not be done."""
    result = await bench.answered(bench.record())
    bench.workspace.delete(standing(bench, result))
    with pytest.raises(ChartFailed):
        await redrawing(bench).redraw(replace(result), 0, PIE, exports=True)
    assert bench.in_thread(result.question.thread) == ()


# -- for one reader alone --------------------------------------------------------------------------------


async def alone(
    bench: Bench,
    result: StoredResult,
    wanted: VisualizationType,
    *,
    exports: bool = True,
    name: str = "grace",
) -> Message:
    """Draws a copy for somebody; what they see."""
    place = Place(
        turn="t1",
        index=0,
        shown_index=4,
        thread=result.question.thread,
        user=bench.user(name),
        exports=exports,
    )
    await redrawing(bench).draw_alone(result, place, wanted)
    who, message = bench.workspace.ephemerals[-1]
    assert who == bench.user(name)
    return message


async def test_somebody_else_sees_another_chart_alone(bench: Bench) -> None:
    """What stands in the thread stays as it is, and so does what is kept."""
    result = await bench.answered(bench.record())
    before, kept = standing(bench, result), await bench.tools.results.load("t1")
    seen = await alone(bench, result, PIE)
    assert charts(seen)
    assert tables(seen)
    assert (seen.channel, seen.thread_ts) == (bench.channel, result.question.thread.thread_ts)
    assert standing(bench, result) == before
    assert await bench.tools.results.load("t1") == kept
    assert bench.whispers("ada") == []


async def test_its_controls_lead_to_what_stands_in_the_thread(bench: Bench) -> None:
    """Whoever presses one of them is looked up again, by what everybody sees."""
    seen = await alone(bench, await bench.answered(bench.record()), PIE)
    values = {str(each["value"]) for each in buttons(seen) if "value" in each}
    assert values == {"t1:4"}
    assert {SQL_ACTION, CSV_ACTION} <= set(actions(seen))


async def test_where_nothing_is_exported_one_reader_exports_nothing_either(bench: Bench) -> None:
    """The rules of the channel hold for a copy."""
    seen = await alone(bench, await bench.answered(bench.record()), PIE, exports=False)
    assert CSV_ACTION not in actions(seen)


@pytest.mark.parametrize("code", [None, Code("SELECT secret", "sqlite")])
async def test_the_sql_is_not_in_the_message(bench: Bench, code: Code | None) -> None:
    """It can be looked at where there is some for them, and is nowhere else; no file is uploaded for it."""
    result = await bench.answered(bench.record())
    (visualization,) = result.visualizations
    copy = replace(result, answer=replace(result.answer, parts=(replace(visualization, code=code),)))
    files = set(bench.workspace.files)
    seen = await alone(bench, copy, TABLE)
    assert (SQL_ACTION in actions(seen)) is (code is not None)
    assert "SELECT" not in repr(seen.blocks)
    assert set(bench.workspace.files) == files


async def test_a_workspace_without_slacks_own_blocks_sees_plain_ones(bench: Bench) -> None:
    """What is refused is shown in the simpler form."""
    result = await bench.answered(bench.record())
    means = replace(bench.tools.delivery._means, charts="native")
    bench.tools = replace(bench.tools, delivery=type(bench.tools.delivery)(means))
    assert of_type(await alone(bench, result, PIE), "data_visualization")
    bench.workspace.faults.refuse_blocks = frozenset({"data_visualization", "data_table"})
    seen = await alone(bench, result, PIE)
    assert of_type(seen, "image")
    assert of_type(seen, "table")


async def test_who_is_not_there_any_more_sees_nothing(bench: Bench) -> None:
    """That is told to whoever asked for it."""
    result = await bench.answered(bench.record())
    bench.workspace.remove_member(bench.channel, bench.user("grace"))
    with pytest.raises(NotInChannel):
        await alone(bench, result, PIE)


async def test_what_slack_takes_in_no_form_is_an_error(bench: Bench) -> None:
    """Nobody is left waiting."""
    result = await bench.answered(bench.record())
    bench.workspace.faults.fail_next("chat.postEphemeral", "invalid_blocks", times=20)
    with pytest.raises(SlackError):
        await alone(bench, result, PIE)
