"""One turn that another process began: it ends in the same messages, and is asked exactly so again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.record import Asking, Stage, TurnRecord
from bot.core.render import blocks, notices
from bot.errors import DomainUnknown, PersonUnknown
from bot.model import Audience, Bookmark, ChannelPolicy
from bot.sandbox.slack.model import Message
from tests.bench import SALES, WEATHER, Bench, Script, bench, chart, diff, text
from tests.scenarios.town import everything, has_retry, is_running, of_type

__all__ = ["bench"]

MARK = Bookmark("chat", "c-1")


async def begun(bench: Bench, *script: Script, until: str = "Up to here") -> TurnRecord:
    """A turn whose process died while it answered; as it was journaled."""
    record = bench.record()
    bench.tenant.script = [*script, asyncio.Event()]
    running, task = bench.start(record)
    await bench.reads(record, until)
    running.lost = True  # nothing is said any more
    task.cancel()
    await asyncio.wait([task])
    journaled = await bench.memory.turn(record.id)
    assert journaled is not None
    return journaled


async def resumed(bench: Bench, record: TurnRecord, *script: Script) -> tuple[Message, ...]:
    """The next process goes on with it to its end; the messages that stay."""
    bench.tenant.script = list(script)
    _, task = bench.start(record, resumed=True)
    async with asyncio.timeout(20):
        await task
    return bench.messages(record)


# -- the same messages -----------------------------------------------------------------------------------


async def test_an_answer_is_ended_in_the_message_in_which_it_began(bench: Bench) -> None:
    """It is asked by the same key, in the same words and conversation, from its bookmark."""
    record = await begun(bench, text("Up to here "))
    (said,) = await resumed(bench, record, text("Up to here and on.", last=True))
    assert (said.ts,) == record.messages
    assert "Up to here and on." in everything(said)
    assert not is_running(said)
    first, second = bench.tenant.asked
    assert first == second
    assert bench.tenant.resumed == [None, Bookmark("chat", "")]
    assert await bench.tools.journal.under_way() == []


async def test_several_messages_are_used_again(bench: Bench) -> None:
    """Each of them; what the answer does not need any more goes away at its end."""
    long = "word " * 3_000
    record = await begun(bench, text(f"Up to here {long}"), until="Up to here")
    await bench.until(lambda: len(bench.messages(record)) > 1)
    standing = tuple(each.ts for each in bench.messages(record))
    again = await resumed(bench, record, text(f"Up to here {long}", last=True))
    assert tuple(each.ts for each in again) == standing
    (only,) = await resumed(bench, replace(record, messages=standing), text("Short.", last=True))
    assert only.ts == standing[0]


async def test_a_message_that_was_never_noted_is_found(bench: Bench) -> None:
    """By its mark: the process died between the post and its note, and nothing is posted twice."""
    record = replace(await begun(bench, text("Up to here ")), messages=())
    before = bench.messages(record)
    (said,) = await resumed(bench, record, text("107", last=True))
    assert [said.ts] == [each.ts for each in before]
    noted = await bench.memory.turn("t1")
    assert noted is not None
    assert (noted.messages, noted.stage) == ((said.ts,), Stage.ENDED)


async def test_a_turn_that_had_said_nothing_says_it_now(bench: Bench) -> None:
    """It was placed, and its process died."""
    record = replace(bench.record(), stage=Stage.PLACED)
    (said,) = await resumed(bench, record, text("107", last=True))
    assert "107" in everything(said)
    assert bench.tenant.resumed == [None]


async def test_until_there_is_news_the_message_stays_as_it_was(bench: Bench) -> None:
    """Nobody reads less than before."""
    record, go = await begun(bench, text("Up to here ")), asyncio.Event()
    bench.tenant.script = [go, text("Up to here and on.", last=True)]
    _, task = bench.start(record, resumed=True)
    await bench.tenant.until(2)
    assert "Up to here" in everything(bench.messages(record)[0])
    go.set()
    await task
    assert "and on." in everything(bench.messages(record)[0])


async def test_a_turn_that_was_left_says_so_no_more(bench: Bench) -> None:
    """The word about the restart gives way to the answer."""
    record = bench.record()
    bench.tenant.script = [text("Up to here "), asyncio.Event()]
    _, task = bench.start(record)
    await bench.reads(record, "Up to")
    task.cancel()
    await asyncio.wait([task])
    assert notices.GOES_ON in everything(bench.messages(record)[0])
    left = await bench.memory.turn("t1")
    assert left is not None
    (said,) = await resumed(bench, left, text("Up to here and on.", last=True))
    assert notices.GOES_ON not in everything(said)
    assert "and on." in everything(said)


async def test_an_answer_that_was_being_delivered_is_delivered(bench: Bench) -> None:
    """Chart and table stand in it once, whatever of that was done before."""
    record = bench.record()
    bench.drawing.go.clear()
    script = [text("Here."), diff({"retain": 5}, chart(), last=True)]
    bench.tenant.script = list(script)
    running, task = bench.start(record)
    await bench.reads(record, "Drawing the chart")
    running.lost = True
    task.cancel()
    await asyncio.wait([task])
    journaled = await bench.memory.turn("t1")
    assert journaled is not None
    bench.drawing.go.set()
    (said,) = await resumed(bench, journaled, *script)
    assert of_type(said, "image")
    assert of_type(said, "table")
    assert await bench.tools.results.load("t1") is not None


async def test_files_that_were_shared_before_are_not_shared_twice(bench: Bench) -> None:
    """The process died after Slack had taken them and before the end was noted."""
    record = bench.record()
    script = [diff(chart(), last=True)]
    for again in (False, True):
        bench.workspace.faults.fail_next("chat.update", "file_share_limit_reached")
        bench.tenant.script = list(script)
        _, task = bench.start(await bench.memory.turn("t1") or record, resumed=again)
        await task
        await bench.until(lambda: [each for each in bench.messages(record) if each.file_ids])
    shared = [file for each in bench.messages(record) for file in each.file_ids]
    assert [bench.workspace.files[each].name for each in shared] == ["By stage.sql"]


# -- its asker -------------------------------------------------------------------------------------------


async def test_it_can_be_stopped(bench: Bench) -> None:
    """What had arrived before stays."""
    record = await begun(bench, text("Up to here "))
    bench.tenant.script = [text("Up to here "), asyncio.Event()]
    running, task = bench.start(record, resumed=True)
    await bench.tenant.until(2)
    await bench.until(lambda: is_running(bench.messages(record)[0]))
    running.stopped.set()
    await task
    assert "Stopped" in everything(bench.messages(record)[0])


async def test_who_asks_as_somebody_else_by_now_does_not_read_the_old_answer(bench: Bench) -> None:
    """It came with other rights: it goes away, and a Retry asks with those of today."""
    record = await begun(bench, text("Up to here "))
    assert record.asking is not None
    other = replace(record, asking=replace(record.asking, identity="somebody else"))
    (said,) = await resumed(bench, other, text("Up to here and on.", last=True))
    assert "Up to here" not in everything(said)
    assert "restarted" in everything(said)
    assert has_retry(said)
    assert len(bench.tenant.asked) == 1
    assert await bench.tools.journal.under_way() == []


async def test_who_may_not_ask_any_more_does_not_read_it_either(bench: Bench) -> None:
    """Nothing stays of what came before, and they alone are told."""
    record = await begun(bench, text("Up to here "))
    bench.workspace.deactivate("ada")
    bench.clock.now += 300
    assert await resumed(bench, record, text("107", last=True)) == ()
    assert len(bench.tenant.asked) == 1
    assert await bench.tools.journal.under_way() == []


@pytest.mark.parametrize("error", [PersonUnknown("ada@example.com"), DomainUnknown("d-sales")])
async def test_whom_the_tenant_does_not_let_in_any_more_reads_why_alone(
    bench: Bench, error: PersonUnknown | DomainUnknown
) -> None:
    """As it would have been without the restart."""
    record = await begun(bench, text("Up to here "))
    assert await resumed(bench, record, error) == ()
    assert len(bench.whispers()) == 1


async def test_it_is_asked_about_the_same_data(bench: Bench) -> None:
    """Also where the thread goes elsewhere by now."""
    record = await begun(bench, text("Up to here "))
    await bench.memory.choose_thread_domain(record.question.thread, WEATHER.id)
    (said,) = await resumed(bench, record, text("107", last=True))
    assert [each["domain"] for each in bench.tenant.asked] == [SALES.id] * 2
    assert SALES.name in everything(said)


async def test_nobody_is_asked_twice_in_the_audit(bench: Bench) -> None:
    """One question, one answer, however many processes it took."""
    record = await begun(bench, text("Up to here "))
    await resumed(bench, record, text("107", last=True))
    assert [what for what, _ in await bench.audited()] == ["asked", "answered"]


# -- in private ------------------------------------------------------------------------------------------


async def test_what_went_private_before_leaves_nothing_in_the_channel(bench: Bench) -> None:
    """The process died after the answer had moved, and before it had taken the channel's message away."""
    record = bench.record()
    thread = record.question.thread
    left = bench.tools.ground.messages(thread.channel, thread.thread_ts, turn="t1")
    await left.open(blocks.waiting(turn="t1", ahead=0))
    await left.close()
    await bench.set(ChannelPolicy(audience=Audience.ASKER))
    private = await bench.tools.ground.private.open(record.question, turn="t1")
    moved = replace(record, question=private, stage=Stage.PLACED, messages=())
    (said,) = await resumed(bench, moved, text("107", last=True))
    assert "107" in everything(said)
    assert bench.messages(record) == ()
    asked, answer = bench.in_private()
    assert "You asked in" in everything(asked)
    assert answer.ts == said.ts


async def test_what_must_go_private_by_now_goes_there_once(bench: Bench) -> None:
    """The channel was set so after the question: nothing of the answer stays there."""
    record = await begun(bench, text("Up to here "))
    await bench.set(ChannelPolicy(audience=Audience.ASKER))
    assert await resumed(bench, record, text("107", last=True)) == ()
    asked, answer = bench.in_private()
    assert "You asked in" in everything(asked)
    assert "107" in everything(answer)


# -- the tenant's words ----------------------------------------------------------------------------------


async def test_the_conversation_of_the_bookmark_is_the_threads(bench: Bench) -> None:
    """The next question of the thread continues it."""
    asking = Asking("Revenue by stage?", bench.identity().name, SALES.id, None, MARK)
    record = replace(bench.record(), stage=Stage.ASKED, asking=asking)
    await resumed(bench, record, text("107", last=True))
    assert bench.tenant.resumed == [MARK]
    thread = record.question.thread
    assert await bench.memory.conversation(thread, bench.identity(), SALES.id) == "c-1"


async def test_the_time_counts_from_the_question_on(bench: Bench) -> None:
    """Who waited for a restart, too, reads how long it took in all."""
    record = replace(bench.record(), at=bench.clock() - 75)
    (said,) = await resumed(bench, record, text("Late.", last=True))
    assert "· 76 s ·" in everything(said)  # and one in this process
