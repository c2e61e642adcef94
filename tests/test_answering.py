"""One turn, over a real workspace and with a tenant that says what a test wrote down."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from bot.answering import Answering
from bot.core.record import Asking, Stage
from bot.core.render import notices
from bot.errors import StoreFailed, TenantSilent, TenantUnreachable
from bot.inflight import Inflight
from bot.model import Bookmark
from tests.bench import SALES, Bench, bench, chart, diff, progress, text
from tests.scenarios.town import everything, has_retry, is_running, of_type

__all__ = ["bench"]


# -- to its end ------------------------------------------------------------------------------------------


async def test_an_answer_ends_in_one_message(bench: Bench) -> None:
    """Text, chart, table, SQL and footer stand in one message without Stop."""
    record = bench.record()
    said = await bench.answer(record, text("Here it is.\n"), diff({"retain": 12}, chart(), last=True))
    assert len(bench.messages(record)) == 1
    assert "Here it is." in everything(said)
    assert "Sales pipeline" in everything(said)
    assert of_type(said, "image")
    assert of_type(said, "table")
    assert len(said.file_ids) == 1
    assert not is_running(said)


async def test_what_is_happening_stands_in_the_message(bench: Bench) -> None:
    """While nothing is answered yet the newest status is shown with Stop; of it nothing stays."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [progress("Looking at the deals"), go, diff({"delete": 20}), text("107", last=True)]
    _, task = bench.start(record)
    assert is_running(await bench.reads(record, "Looking at the deals"))
    go.set()
    await task
    assert "107" in everything(bench.messages(record)[0])
    assert "Looking" not in everything(bench.messages(record)[0])


async def test_a_drawing_is_announced(bench: Bench) -> None:
    """While the chart is drawn the text stands there already, and the status says what is waited for."""
    record = bench.record()
    bench.drawing.go.clear()
    bench.tenant.script = [text("Here."), diff({"retain": 5}, chart(), last=True)]
    _, task = bench.start(record)
    assert "Here." in everything(await bench.reads(record, "Drawing the chart"))
    bench.drawing.go.set()
    await task
    assert "Drawing" not in everything(bench.messages(record)[0])


async def test_a_turn_is_journaled_from_its_first_moment(bench: Bench) -> None:
    """A crash at any time finds the turn, its messages, and what was asked; ended it is nobody's."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text("107"), go, text("", after=3, last=True)]
    _, task = bench.start(record)
    message = await bench.reads(record, "107")
    asking = Asking("Revenue by stage?", bench.identity().name, SALES.id, bookmark=Bookmark("chat", ""))
    asked = replace(record, stage=Stage.ASKED, messages=(message.ts,), asking=asking)
    assert await bench.memory.turn("t1") == asked
    assert await bench.tools.journal.under_way() == ["t1"]
    go.set()
    await task
    ended = replace(asked, stage=Stage.ENDED, conversation_id="c-1", message_id="m-1")
    assert await bench.memory.turn("t1") == ended
    assert await bench.tools.journal.under_way() == []


async def test_a_thread_continues_its_conversation(bench: Bench) -> None:
    """The second question of a thread goes to the conversation of the first, each with its own key."""
    first = bench.record("t1")
    await bench.answer(first, text("107", last=True))
    await bench.answer(replace(first, id="t2", key="key-t2"), text("108", last=True))
    assert [(asked["conversation"], asked["key"]) for asked in bench.tenant.asked] == [
        (None, "key-t1"),
        ("c-1", "key-t2"),
    ]


async def test_an_answer_in_doubt_is_asked_for_whole(bench: Bench) -> None:
    """Where the stream ends too early, what the tenant keeps takes its place."""
    bench.tenant.whole = text("All of it.", last=True)
    said = await bench.answer(bench.record(), text("Half of "))
    assert "All of it." in everything(said)
    assert "Half" not in everything(said)


@pytest.mark.parametrize("whole", [None, TenantUnreachable("refused")])
async def test_what_was_heard_is_better_than_nothing(bench: Bench, whole: TenantUnreachable | None) -> None:
    """Where the whole answer cannot be had, the part that came stays."""
    bench.tenant.whole = whole
    assert "Half of it." in everything(await bench.answer(bench.record(), text("Half of it.")))


async def test_a_retry_uses_the_message_again(bench: Bench) -> None:
    """Asked again, the answer takes the place of what failed; its further messages go away."""
    record = bench.record()
    old = (bench.said(record, "It failed."), bench.said(record, "More of it."))
    said = await bench.answer(replace(record, messages=old), text("107", last=True))
    assert [message.ts for message in bench.messages(record)] == [old[0]]
    assert "107" in everything(said)


# -- told to end -----------------------------------------------------------------------------------------


async def test_stop_keeps_what_was_said(bench: Bench) -> None:
    """Stop ends the question at the tenant too; the text so far stays, and says who ended it."""
    record = bench.record()
    bench.tenant.script = [text("Up to here. "), asyncio.Event()]
    running, task = bench.start(record)
    await bench.reads(record, "Up to")
    running.stopped.set()
    await task
    assert bench.tenant.ended.is_set()
    said = bench.messages(record)[0]
    assert "Up to here." in everything(said)
    assert "Stopped" in everything(said)
    assert not is_running(said)


async def test_stop_before_its_turn_asks_nothing(bench: Bench) -> None:
    """A question that still waits for others in its thread is stopped without being asked."""
    record = bench.record()
    running, task = bench.start(record, ahead=2)
    assert is_running(await bench.reads(record, "Waiting for 2 questions"))
    running.stopped.set()
    await task
    assert "Stopped" in everything(bench.messages(record)[0])
    assert not is_running(bench.messages(record)[0])
    assert bench.tenant.asked == []
    assert await bench.tools.journal.under_way() == []


async def test_a_restart_says_that_the_answer_goes_on(bench: Bench) -> None:
    """When the process goes down, the answer keeps what it has, and whoever comes next finds the turn."""
    record = bench.record()
    bench.tenant.script = [text("Up to here. "), asyncio.Event()]
    _, task = bench.start(record)
    await bench.reads(record, "Up to")
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    said = bench.messages(record)[0]
    assert "Up to here." in everything(said)
    assert notices.GOES_ON in everything(said)
    left = await bench.memory.turn("t1")
    assert left is not None
    assert (left.stage, left.messages, left.conversation_id) == (Stage.ASKED, (said.ts,), "c-1")
    assert bench.tenant.left == ["key-t1"]  # the tenant goes on writing
    assert await bench.tools.journal.under_way() == ["t1"]


async def test_a_restart_does_not_wait_for_slack(bench: Bench) -> None:
    """Where Slack does not take the word, the turn is left all the same, as it stands."""
    record = bench.record()
    bench.tenant.script = [text("Up to here. "), asyncio.Event()]
    _, task = bench.start(record)
    await bench.reads(record, "Up to")
    bench.slack.workspace.faults.fail_next("chat.update", "is_archived")
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert await bench.tools.journal.under_way() == ["t1"]


async def test_what_is_being_delivered_is_left_as_it_stands(bench: Bench) -> None:
    """The message shows more than a word about the restart; whoever comes next delivers it again."""
    record = bench.record()
    bench.drawing.go.clear()
    bench.tenant.script = [text("Here."), diff({"retain": 5}, chart(), last=True)]
    _, task = bench.start(record)
    await bench.reads(record, "Drawing the chart")
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    said = bench.messages(record)[0]
    assert "Here." in everything(said)
    assert notices.GOES_ON not in everything(said)
    assert await bench.tools.journal.under_way() == ["t1"]


async def test_what_was_delivered_is_ended_and_not_left(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process goes down between the last edit and its note in the audit."""
    record, here = bench.record(), asyncio.Event()

    async def slow(*_: object, **more: object) -> None:
        if more.get("outcome"):
            here.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(bench.tools.audit, "note", slow)
    bench.tenant.script = [text("107", last=True)]
    _, task = bench.start(record)
    await here.wait()
    task.cancel()
    await task
    assert "107" in everything(bench.messages(record)[0])
    assert await bench.tools.journal.under_way() == []


async def test_who_lost_a_turn_says_nothing_more(bench: Bench) -> None:
    """Another process goes on with it: neither its messages nor its journal are touched."""
    record = bench.record()
    bench.tenant.script = [text("Up to here. "), asyncio.Event()]
    running, task = bench.start(record)
    said = await bench.reads(record, "Up to")
    before = await bench.memory.turn("t1")
    running.lost = True
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert bench.messages(record) == (said,)
    assert await bench.memory.turn("t1") == before


async def test_the_tenant_may_cancel(bench: Bench) -> None:
    """An answer that was cancelled at the tenant reads as stopped."""
    record = bench.record()
    said = await bench.answer(record, replace(text("Up to here. "), cancelled=True))
    assert "Stopped" in everything(said)


async def test_who_has_lost_a_turn_before_it_asks_asks_nothing(bench: Bench) -> None:
    """A process that stood still while it signed in; another one asks, by the same key."""
    record = bench.record()
    bench.store.leases["turn:t1"] = "another process"
    bench.tenant.script = [text("107", last=True)]
    running, task = bench.start(record)
    await asyncio.wait([task])
    assert task.cancelled()
    assert running.lost
    assert [is_running(message) for message in bench.messages(record)] == [True]
    journaled = await bench.memory.turn("t1")
    assert journaled is not None
    assert journaled.asking is None
    assert await bench.tools.journal.under_way() == ["t1"]


async def test_a_turn_is_asked_although_the_store_does_not_tell_whose_it_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was ours a moment ago, and its answer is waited for."""

    async def away(name: str, ttl: float) -> bool:
        raise StoreFailed(f"{name} {ttl}")

    monkeypatch.setattr(bench.store, "lease", away)
    assert "107" in everything(await bench.answer(bench.record(), text("107", last=True)))


# -- what goes wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TenantUnreachable("refused"), "can't reach WisdomAI"),
        (TenantSilent(90), "nothing for 90 seconds"),
        (ZeroDivisionError("secret"), "on my side"),
    ],
)
async def test_a_failure_in_the_middle_keeps_what_was_said(
    bench: Bench, error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The text so far stays, and a sentence, Retry and the reference follow, which is in the log, too."""
    with caplog.at_level(logging.WARNING):
        said = await bench.answer(bench.record(), text("Up to here. "), error)
    assert "Up to here." in everything(said)
    assert words in everything(said)
    assert "`t1`" in everything(said)
    assert "secret" not in everything(said)
    assert has_retry(said)
    assert "Turn t1" in caplog.text


async def test_the_tenants_own_reasons_are_told(bench: Bench) -> None:
    """An answer that ends with errors says them."""
    said = await bench.answer(bench.record(), diff(last=True, errors=("The warehouse is asleep",)))
    assert "The warehouse is asleep" in everything(said)
    assert has_retry(said)


async def test_a_deleted_message_is_posted_anew(bench: Bench) -> None:
    """When somebody deletes the running answer, the whole answer is posted at the end."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text("start"), go, text(" end", after=5, last=True)]
    _, task = bench.start(record)
    first = await bench.reads(record, "start")
    bench.slack.workspace.delete(first)
    go.set()
    await task
    (said,) = bench.messages(record)
    assert said.ts != first.ts
    assert "start end" in everything(said)
    ended = await bench.memory.turn("t1")
    assert ended is not None
    assert (ended.messages, ended.stage) == ((said.ts,), Stage.ENDED)


async def test_a_deleted_question_ends_the_turn(bench: Bench) -> None:
    """Nobody reads on at the tenant, and nobody is told, where question and answer are gone."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text("start"), go, *[text("more ")] * 1_000_000]
    _, task = bench.start(record)
    workspace = bench.slack.workspace
    workspace.delete(await bench.reads(record, "start"))
    workspace.delete(next(each for each in workspace.history(bench.channel) if each.ts == record.question.ts))
    go.set()
    async with asyncio.timeout(20):
        await task
    assert bench.tenant.ended.is_set()
    assert bench.messages(record) == ()
    assert bench.whispers() == []
    assert await bench.tools.journal.under_way() == []


async def test_the_result_of_a_deleted_question_is_not_kept(bench: Bench) -> None:
    """Nobody sees the answer, so there is nothing that its data could be needed for."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text("start"), go, diff({"retain": 5}, chart(), last=True)]
    _, task = bench.start(record)
    workspace = bench.slack.workspace
    workspace.delete(await bench.reads(record, "start"))
    workspace.delete(next(each for each in workspace.history(bench.channel) if each.ts == record.question.ts))
    go.set()
    await task
    assert bench.messages(record) == ()
    assert await bench.memory.result(record.id) is None


async def test_the_result_of_a_failed_answer_is_not_kept(bench: Bench) -> None:
    """It has no controls that its data could be needed for."""
    record = bench.record()
    await bench.answer(record, diff(chart()), TenantSilent(90))
    assert has_retry(bench.messages(record)[-1])
    assert await bench.memory.result(record.id) is None


async def test_where_the_bot_may_not_post_the_asker_is_told(bench: Bench) -> None:
    """In a channel that the bot is not in, the tenant is not bothered, and the turn is over."""
    bench.slack.workspace.faults.fail_next("chat.postMessage", "not_in_channel")
    record = bench.record()
    _, task = bench.start(record)
    await task
    assert "/invite" in bench.whispers()[0]
    assert bench.tenant.asked == []
    assert await bench.tools.journal.under_way() == []


async def test_a_store_that_fails_is_told(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Where nothing can be noted nothing is asked: its message says so; the end is noted later."""
    bench.store.writes_left = 0
    inflight = Inflight(Answering(bench.tools).run, bench.tools.journal)
    record = bench.record()
    with caplog.at_level(logging.WARNING):
        bench.hold(record)
        await inflight.start(record)
        await inflight.drain(20)
    (said,) = bench.messages(record)
    assert "on my side" in everything(said)
    assert has_retry(said)
    assert bench.tenant.asked == []
    assert "disk full" in caplog.text
    bench.store.writes_left = 1000
    await bench.memory.catch_up()
    noted = await bench.memory.turn("t1")
    assert noted is not None
    assert (noted.stage, noted.messages) == (Stage.ENDED, (said.ts,))


async def test_a_store_that_fails_later_ends_no_answer(bench: Bench) -> None:
    """When the conversation cannot be noted, the answer goes on; it is noted when that works again."""
    bench.store.broken = "conversations"
    inflight = Inflight(Answering(bench.tools).run, bench.tools.journal)
    record = bench.record()
    bench.tenant.script = [text("Up to here. "), text("107", after=12, last=True)]
    bench.hold(record)
    await inflight.start(record)
    await inflight.drain(20)
    said = bench.messages(record)[0]
    assert "Up to here. 107" in everything(said)
    assert not is_running(said)
    bench.store.broken = ""
    await bench.memory.catch_up()
    thread = record.question.thread
    assert await bench.memory.conversation(thread, bench.identity(), SALES.id) == "c-1"


async def test_refused_files_are_shared_in_the_thread(bench: Bench) -> None:
    """Where Slack does not attach the SQL to the answer, it follows in a message of its own."""
    bench.slack.workspace.faults.fail_next("chat.update", "file_share_limit_reached")
    record = bench.record()
    await bench.answer(record, diff(chart(), last=True))
    shared = await bench.until(lambda: [each for each in bench.messages(record) if each.file_ids])
    assert bench.slack.workspace.files[shared[0].file_ids[0]].name == "By stage.sql"
