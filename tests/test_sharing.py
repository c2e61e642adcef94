"""A private answer, shown to the others."""

from __future__ import annotations

import asyncio
import itertools
import logging
from dataclasses import replace

import pytest

from bot.core.context import Asked
from bot.core.record import Stage, TurnRecord, name_of
from bot.core.render.blocks import Ending
from bot.core.render.controls import CSV_ACTION, DATA_ACTION, SHARE_ACTION
from bot.core.results import StoredResult
from bot.errors import AccessDenied, Denial, NotInChannel, SlackError, StoreFailed
from bot.model import Audience, ChannelPolicy, Draft, Entrance, Mark, ThreadKey, VisualizationType
from bot.results import Results
from bot.sandbox.slack.model import Change, Message, Posted
from bot.sharing import Means, Sharing
from tests.bench import SALES, Bench, bench, chart, diff, text
from tests.scenarios.town import buttons, charts, everything

__all__ = ["bench"]

DAY = 24 * 3600.0
SHARED = name_of("share:t1")


def sharing(bench: Bench, *, results: Results | None = None) -> Sharing:
    tools = bench.tools
    keys = itertools.count(1)
    return Sharing(
        Means(
            delivery=tools.delivery,
            messages=tools.ground.messages,
            results=results or tools.results,
            memory=bench.memory,
            poster=bench.poster,
            new_key=lambda: f"shared-key-{next(keys)}",
        )
    )


async def private_answer(bench: Bench, *, entrance: Entrance = Entrance.MENTION) -> StoredResult:
    """Ada's answer in her direct messages, to a question of a channel's thread or to a command there."""
    await bench.set(ChannelPolicy(audience=Audience.ASKER))
    record = bench.record()
    if entrance is Entrance.COMMAND:
        record = await _command(bench, record)
    await bench.run(record, text("Here it is.\n"), diff({"retain": 12}, chart(), last=True))
    result = await bench.tools.results.load(record.id)
    assert result is not None
    assert result.question.origin is not None
    return result


async def _command(bench: Bench, record: TurnRecord) -> TurnRecord:
    asked = replace(record.question, thread=bench.place(), ts="", entrance=Entrance.COMMAND)
    return replace(record, question=await bench.tools.ground.private.open(asked))


def origin(result: StoredResult) -> ThreadKey:
    assert result.question.origin is not None
    return result.question.origin


def actions(message: Message) -> list[str]:
    return [str(each["action_id"]) for each in buttons(message)]


async def shared(bench: Bench, result: StoredResult, *, exports: bool = True) -> Message:
    """Shares; what stands in the thread then."""
    await sharing(bench).share(result, origin(result), exports=exports)
    (message,) = bench.in_thread(origin(result))
    return message


# -- what the others see ---------------------------------------------------------------------------------


async def test_the_answer_stands_in_the_thread_that_it_was_asked_in(bench: Bench) -> None:
    """All of it, and who shared it; it cannot be shared again from there."""
    result = await private_answer(bench)
    message = await shared(bench, result)
    assert "Here it is." in everything(message)
    assert charts(message)
    assert f"shared by <@{bench.ada}>" in everything(message)
    assert SHARE_ACTION not in actions(message)
    assert {DATA_ACTION, CSV_ACTION} <= set(actions(message))


async def test_the_address_of_its_thread_is_given(bench: Bench) -> None:
    """So that its asker finds it."""
    result = await private_answer(bench)
    link = await sharing(bench).share(result, origin(result), exports=True)
    assert bench.channel in link
    assert origin(result).thread_ts.replace(".", "") in link


async def test_what_was_asked_by_command_gets_a_message_of_its_own(bench: Bench) -> None:
    """It stands in no thread; the question is posted first, with the answer beneath it."""
    result = await private_answer(bench, entrance=Entrance.COMMAND)
    assert origin(result).thread_ts == ""
    await sharing(bench).share(result, origin(result), exports=True)
    root = next(each for each in bench.workspace.history(bench.channel) if each.bot_id)
    assert everything(root) == f"<@{bench.ada}> asks:\n> Revenue by stage?"
    (message,) = bench.in_thread(bench.place(thread_ts=root.ts))
    assert "Here it is." in everything(message)


@pytest.mark.parametrize("exports", [True, False])
async def test_what_holds_in_the_channel_decides_about_exports(bench: Bench, *, exports: bool) -> None:
    """Not what held where the answer was given."""
    message = await shared(bench, await private_answer(bench), exports=exports)
    assert (CSV_ACTION in actions(message)) is exports


async def test_it_is_shown_as_its_asker_wants_it(bench: Bench) -> None:
    """With the chart that they chose."""
    result = (await private_answer(bench)).choose(0, VisualizationType.TABLE)
    message = await shared(bench, result)
    assert charts(message) == []
    kept = await bench.tools.results.load(SHARED)
    assert kept is not None
    assert kept.chosen == (VisualizationType.TABLE,)


async def test_what_was_private_stays(bench: Bench) -> None:
    """The asker's own answer is as it was, in Slack and in what is kept."""
    result = await private_answer(bench)
    before = [(each.ts, each.blocks) for each in bench.in_private()]
    await shared(bench, result)
    assert [(each.ts, each.blocks) for each in bench.in_private()] == before
    assert await bench.tools.results.load(result.turn) == result


async def test_a_stopped_answer_is_shared_as_one(bench: Bench) -> None:
    """Nobody takes it for whole."""
    result = replace(await private_answer(bench), ending=Ending.STOPPED.value)
    assert "Stopped" in everything(await shared(bench, result))


# -- what is remembered ----------------------------------------------------------------------------------


async def test_what_is_kept_of_it_has_its_askers_rights(bench: Bench) -> None:
    """Whoever presses a control there and is somebody else, gets a copy of their own."""
    result = await private_answer(bench)
    message = await shared(bench, result)
    kept = await bench.tools.results.load(SHARED)
    assert kept is not None
    assert (kept.identity, kept.domain) == (bench.identity().name, SALES.id)
    assert (kept.question.thread, kept.question.origin) == (origin(result), None)
    assert kept.messages == (message.ts,)
    assert kept.answer == result.answer


async def test_sharing_does_not_make_data_last_longer(bench: Bench) -> None:
    """Their time runs from the answer."""
    result = await private_answer(bench)
    bench.clock.now += 20 * DAY
    await shared(bench, result)
    bench.clock.now += 9 * DAY
    assert await bench.tools.results.load(SHARED) is not None
    bench.clock.now += DAY
    assert await bench.tools.results.load(SHARED) is None


async def test_it_is_a_turn_of_its_own(bench: Bench) -> None:
    """Which its asker can delete, and which readers say what they think of; nothing of it is unfinished."""
    result = await private_answer(bench)
    message = await shared(bench, result)
    turn = await bench.memory.turn(SHARED)
    assert turn is not None
    assert (turn.messages, turn.ended, turn.key) == ((message.ts,), True, "shared-key-1")
    assert (turn.question.user, turn.conversation_id, turn.message_id) == (bench.ada, "c-1", "m-1")


async def test_the_thread_goes_on_from_there(bench: Bench) -> None:
    """The bot listens there, and whoever asks next brings that question along, its asker too."""
    result = await private_answer(bench)
    await shared(bench, result)
    thread = origin(result)
    assert await bench.memory.in_thread(thread)
    assert await bench.memory.asked(thread) == (Asked(SHARED, "", SALES.id, "Revenue by stage?"),)
    await bench.set(ChannelPolicy())
    again = replace(result.question, thread=thread, origin=None, text="as a pie")
    await bench.run(TurnRecord("t9", again, "key-9"), text("107", last=True))
    assert "1. Revenue by stage?" in str(bench.tenant.asked[-1]["text"])
    assert bench.tenant.asked[-1]["conversation"] is None


async def test_where_nothing_is_kept_it_has_no_controls(bench: Bench) -> None:
    """A button that could only say so is not shown."""
    result = await private_answer(bench)
    none = Results(bench.memory, 0, clock=bench.clock)
    await sharing(bench, results=none).share(result, origin(result), exports=True)
    (message,) = bench.in_thread(origin(result))
    assert DATA_ACTION not in actions(message)


class Pressed(Results):
    """Results of an answer whose control is pressed at once: as soon as its data are kept."""

    press: asyncio.Task[tuple[str, ...]] | None = None

    async def keep(self, result: StoredResult) -> None:
        await super().keep(result)
        self.press = self.press or asyncio.create_task(self.look(result.turn))

    async def look(self, turn: str) -> tuple[str, ...]:
        """The messages that a press finds."""
        async with self.changing(turn):
            found = await self.load(turn)
        return found.messages if found else ()


async def test_a_control_that_is_pressed_at_once_waits_for_the_end(bench: Bench) -> None:
    """The data are there before the message is, and what stands there is noted before anybody changes it."""
    result = await private_answer(bench)
    pressed = Pressed(bench.memory, 30, clock=bench.clock)
    await sharing(bench, results=pressed).share(result, origin(result), exports=True)
    (message,) = bench.in_thread(origin(result))
    assert pressed.press is not None
    assert await pressed.press == (message.ts,)


# -- what goes wrong -------------------------------------------------------------------------------------


async def test_who_has_left_the_channel_cannot_share_there(bench: Bench) -> None:
    """Nothing is posted in a channel that they do not see."""
    result = await private_answer(bench)
    bench.workspace.remove_member(bench.channel, bench.ada)
    with pytest.raises(AccessDenied) as raised:
        await sharing(bench).share(result, origin(result), exports=True)
    assert raised.value.denial is Denial.NOT_A_MEMBER
    assert bench.in_thread(origin(result)) == ()


async def test_where_the_bot_is_not_it_cannot_post(bench: Bench) -> None:
    """That is another thing, and another sentence."""
    result = await private_answer(bench)
    bench.workspace.remove_member(bench.channel, bench.workspace.bot_user_id)
    with pytest.raises(NotInChannel):
        await sharing(bench).share(result, origin(result), exports=True)


@pytest.mark.parametrize("refused", ["internal_error", "not_in_channel"])
async def test_what_is_not_posted_is_not_kept(bench: Bench, refused: str) -> None:
    """Its asker can try again; nothing is left that nobody sees."""
    result = await private_answer(bench)
    bench.workspace.faults.fail_next("chat.postMessage", refused, times=50)
    for method in ("files.getUploadURLExternal", "files.completeUploadExternal"):
        bench.workspace.faults.fail_next(method, "internal_error", times=50)
    with pytest.raises(SlackError):
        await sharing(bench).share(result, origin(result), exports=True)
    assert bench.in_thread(origin(result)) == ()
    assert await bench.tools.results.load(SHARED) is None
    assert not await bench.memory.in_thread(origin(result))


async def test_a_store_that_fails_is_told_before_anything_is_posted(bench: Bench) -> None:
    """An answer that nobody could delete does not appear."""
    result = await private_answer(bench)
    bench.store.broken = "turns"
    with pytest.raises(StoreFailed):
        await sharing(bench).share(result, origin(result), exports=True)
    assert bench.in_thread(origin(result)) == ()


async def test_data_that_cannot_be_kept_cost_the_controls_alone(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer stands there."""
    result = await private_answer(bench)
    bench.store.broken = "results"
    with caplog.at_level(logging.WARNING):
        message = await shared(bench, result)
    assert "Here it is." in everything(message)
    assert DATA_ACTION not in actions(message)
    assert "could not be kept" in caplog.text


async def test_its_asker_alone_is_told_that_it_is_coming(bench: Bench) -> None:
    """That whisper is how the bot learns whether they are in the channel."""
    result = await private_answer(bench)
    await shared(bench, result)
    assert "for everybody in this channel" in bench.whispers()[-1]
    assert bench.whispers("grace") == []


# -- once, whatever happens ------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["threads", "asked"])
async def test_a_store_that_fails_afterwards_does_not_undo_the_sharing(bench: Bench, table: str) -> None:
    """The answer stands there, and its asker is not told to share it again."""
    result = await private_answer(bench)
    bench.store.broken = table
    assert "Here it is." in everything(await shared(bench, result))


@pytest.mark.parametrize("entrance", [Entrance.MENTION, Entrance.COMMAND])
async def test_sharing_once_more_goes_on_with_what_stands_there(bench: Bench, entrance: Entrance) -> None:
    """It was shared, and that could not be noted, or the process died before: nothing is posted twice."""
    result = await private_answer(bench, entrance=entrance)
    for _ in range(2):
        await sharing(bench).share(result, origin(result), exports=True)
    turn = await bench.memory.turn(SHARED)
    assert turn is not None
    assert len(bench.in_thread(turn.question.thread)) == 1
    roots = [each for each in bench.workspace.history(bench.channel) if each.bot_id]
    assert len(roots) == (entrance is Entrance.COMMAND)


async def test_a_root_that_nobody_noted_is_found(bench: Bench) -> None:
    """The process died between the post and its note; the next attempt puts the answer beneath it."""
    result = await private_answer(bench, entrance=Entrance.COMMAND)
    channel = origin(result).channel
    root = await bench.poster.post(channel, Draft("Ada asks"), mark=Mark(SHARED, "question"))
    begun = TurnRecord(SHARED, replace(result.question, thread=origin(result), ts="", origin=None), "key")
    await bench.memory.keep_turn(replace(begun, stage=Stage.ENDED))
    await sharing(bench).share(result, origin(result), exports=True)
    assert [each.ts for each in bench.workspace.history(channel) if each.bot_id] == [root]
    (message,) = bench.in_thread(bench.place(thread_ts=root))
    assert "Here it is." in everything(message)


async def test_a_root_without_an_answer_does_not_stay(bench: Bench) -> None:
    """Nothing could be posted beneath it; the next attempt begins anew."""
    result = await private_answer(bench, entrance=Entrance.COMMAND)
    refused = Refusing(bench)
    with pytest.raises(SlackError):
        await sharing(bench).share(result, origin(result), exports=True)
    refused.over = True
    assert [each for each in bench.workspace.history(bench.channel) if each.bot_id] == []
    await sharing(bench).share(result, origin(result), exports=True)
    (root,) = [each for each in bench.workspace.history(bench.channel) if each.bot_id]
    assert len(bench.in_thread(bench.place(thread_ts=root.ts))) == 1


class Refusing:
    """A channel that takes nothing any more once a root stands there."""

    def __init__(self, bench: Bench) -> None:
        self.over = False
        self._faults = bench.workspace.faults
        self._channel = bench.channel
        bench.workspace.subscribe(self._look)

    def _look(self, change: Change) -> None:
        if isinstance(change, Posted) and change.message.channel == self._channel and not self.over:
            self.over = True
            self._faults.fail_next("chat.postMessage", "restricted_action_thread_locked")
