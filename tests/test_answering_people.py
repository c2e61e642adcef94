"""One turn as the person who asks: their rights, their readers, and what nobody else may see."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from bot.core.render.controls import DOMAIN_ACTION, SHARE_ACTION, SQL_ACTION
from bot.core.rights import HIDDEN
from bot.errors import (
    AskingRefused,
    DomainUnknown,
    PersonDeactivated,
    PersonUnknown,
    TenantError,
    TenantUnreachable,
)
from bot.model import Audience, ChannelPolicy, Rights
from bot.sandbox.slack.model import Message
from tests.bench import SALES, WEATHER, Bench, bench, chart, diff, text, without_default
from tests.scenarios.town import buttons, everything, has_retry, is_running

__all__ = ["bench"]

SECRET = "Secret: 107."
ASKER = ChannelPolicy(audience=Audience.ASKER)


def actions(message: Message) -> list[str]:
    return [str(each["action_id"]) for each in buttons(message)]


# -- whose rights ----------------------------------------------------------------------------------------


async def test_a_question_runs_as_who_asks_it(bench: Bench) -> None:
    """The result remembers whose it is, and of which data."""
    ada = bench.record("t1")
    await bench.answered(ada)
    await bench.answered(bench.record("t2", user="grace"))
    assert [each["as"] for each in bench.tenant.asked] == ["ada@example.com", "grace@example.com"]
    results = [await bench.tools.results.load(turn) for turn in ("t1", "t2")]
    assert [each and (each.identity, each.domain) for each in results] == [
        (bench.identity("ada").name, SALES.id),
        (bench.identity("grace").name, SALES.id),
    ]


async def test_a_second_person_has_a_conversation_of_their_own(bench: Bench) -> None:
    """Which knows the questions of the first, and is continued after that."""
    first = bench.record("t1")
    await bench.answer(first, text("107", last=True))
    graces = replace(first.question, user=bench.user("grace"), text="By stage?")
    for turn in ("t2", "t3"):
        again = replace(first, id=turn, key=f"key-{turn}", question=graces)
        await bench.answer(again, replace(text("108", last=True), conversation_id="c-2"))
    assert [(each["as"], each["conversation"]) for each in bench.tenant.asked] == [
        ("ada@example.com", None),
        ("grace@example.com", None),
        ("grace@example.com", "c-2"),
    ]
    assert "1. Revenue by stage?" in str(bench.tenant.asked[1]["text"])
    assert bench.tenant.asked[2]["text"] == "By stage?"


async def test_who_must_not_see_sql_sees_none(bench: Bench) -> None:
    """Not while it is written, not in the end, not as a file, and not in what is kept for the controls."""
    bench.tenant.may["ada@example.com"] = Rights(sql=False)
    record, go = bench.record(), asyncio.Event()
    words = "Here it is:\n```sql\nSELECT secret FROM deals\n```\nAnd a chart.\n"
    bench.tenant.script = [text(words), go, diff({"retain": len(words)}, chart(), last=True)]
    _, task = bench.start(record)
    running = everything(await bench.reads(record, "And a chart."))
    go.set()
    await task
    (said,) = bench.messages(record)
    kept = await bench.tools.results.load(record.id)
    assert kept is not None
    for seen in (running, everything(said), repr(kept)):
        assert "SELECT" not in seen
        assert HIDDEN.strip("*()") in seen
    assert said.file_ids == ()
    assert SQL_ACTION not in actions(said)


# -- who may not ask -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PersonUnknown("ada@example.com"), "no account with the e-mail address"),
        (PersonDeactivated("ada@example.com"), "switched off"),
        (AskingRefused("VIEWER"), "role in WisdomAI does not let you ask"),
        (DomainUnknown("d-sales"), "You can't ask “d-sales”"),
    ],
)
async def test_what_is_about_the_asker_is_told_to_them_alone(
    bench: Bench, error: TenantError, words: str
) -> None:
    """Of the answer nothing stays in the channel, and the trail says that somebody was refused."""
    record = bench.record()
    await bench.run(record, text("Up to here. "), error)
    assert bench.messages(record) == ()
    (told,) = bench.whispers()
    assert words in told
    assert "`t1`" in told
    assert "@" not in told
    assert await bench.audited() == [("asked", ""), ("refused", type(error).__name__)]
    assert await bench.tools.journal.under_way() == []
    assert await bench.tools.results.load(record.id) is None


async def test_in_direct_messages_it_stands_in_place(bench: Bench) -> None:
    """Nobody else reads there, so the sentence takes the answer's place."""
    bench.tenant.refusal = PersonUnknown()
    record = bench.record(channel=bench.direct())
    said = await bench.answer(record)
    assert "no account" in everything(said)
    assert not is_running(said)
    assert bench.whispers() == []


async def test_without_an_address_nobody_asks(bench: Bench) -> None:
    """And nobody else's rights are used."""
    record = bench.record(user="emmy")
    await bench.run(record, text(SECRET, last=True))
    assert bench.tenant.asked == []
    assert "e-mail address" in bench.whispers("emmy")[0]
    assert bench.messages(record) == ()
    assert await bench.audited() == [("refused", "no_email")]


async def test_what_is_broken_is_told_in_the_thread(bench: Bench) -> None:
    """It is nobody's fault, and others need not ask as well to learn it."""
    bench.tenant.refusal = TenantUnreachable()
    record = bench.record()
    said = await bench.answer(record)
    assert "can't reach WisdomAI" in everything(said)
    assert has_retry(said)
    assert bench.whispers() == []


# -- which data ------------------------------------------------------------------------------------------


async def test_where_nothing_says_which_data_the_asker_chooses(bench: Bench) -> None:
    """They alone see the choice; in the thread nothing stays, and a choice begins a new message."""
    bench.tools = without_default(bench)
    record = bench.record()
    await bench.run(record, text(SECRET, last=True))
    assert bench.messages(record) == ()
    assert bench.tenant.asked == []
    ((who, shown),) = bench.workspace.ephemerals
    assert (who, [each["value"] for each in buttons(shown)]) == (bench.ada, ["t1|d-sales", "t1|d-weather"])
    kept = await bench.memory.turn("t1")
    assert kept is not None
    assert (kept.messages, kept.ended) == ((), True)


async def test_in_direct_messages_the_choice_stands_in_place(bench: Bench) -> None:
    """Where the asker alone reads, it takes the place of the answer."""
    bench.tools = without_default(bench)
    said = await bench.answer(bench.record(channel=bench.direct()))
    assert actions(said) == [f"{DOMAIN_ACTION}:0", f"{DOMAIN_ACTION}:1"]


async def test_the_channels_data_is_asked(bench: Bench) -> None:
    """And named under the answer."""
    await bench.set(ChannelPolicy(domains=(WEATHER.id,)))
    said = await bench.answer(bench.record(), text("Rain.", last=True))
    assert bench.tenant.asked[0]["domain"] == WEATHER.id
    assert WEATHER.name in everything(said)


# -- who reads -------------------------------------------------------------------------------------------


async def test_where_answers_are_private_the_channel_has_none(bench: Bench) -> None:
    """The asker reads it in their direct messages, where it may be shared from."""
    await bench.set(ASKER)
    record = bench.record()
    await bench.run(record, text(SECRET), diff({"retain": len(SECRET)}, chart(), last=True))
    assert bench.messages(record) == ()
    asked, said = bench.in_private()
    assert f"You asked in <#{bench.channel}>" in everything(asked)
    assert SECRET in everything(said)
    assert SHARE_ACTION in actions(said)
    assert "Only you read the answer" in bench.whispers()[0]
    kept = await bench.memory.turn("t1")
    assert kept is not None
    assert kept.question.origin == record.question.thread
    assert (kept.question.thread.thread_ts, kept.messages) == (asked.ts, (said.ts,))


@pytest.mark.parametrize("answer", ["text", "chart"])
async def test_an_answer_goes_on_in_private_when_that_is_set_meanwhile(bench: Bench, answer: str) -> None:
    """What stood in the channel is taken away; all of it is in the direct messages, once."""
    record, go = bench.record(), asyncio.Event()
    more = {"insert": "More."} if answer == "text" else chart()
    bench.tenant.script = [text(SECRET), go, text(" ", after=12), diff({"retain": 13}, more, last=True)]
    _, task = bench.start(record)
    await bench.reads(record, SECRET)
    await bench.set(ASKER)
    bench.clock.now += 6
    go.set()
    await task
    assert bench.messages(record) == ()
    _, said = bench.in_private()
    assert SECRET in everything(said)
    assert not is_running(said)


async def test_the_end_of_an_answer_looks_once_more(bench: Bench) -> None:
    """However short the answer was, who reads along is known when it is finished."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text(SECRET), go, text("", after=12, last=True)]
    _, task = bench.start(record)
    await bench.reads(record, SECRET)
    await bench.set(ASKER)
    go.set()
    await task
    assert bench.messages(record) == ()
    assert SECRET in everything(bench.in_private()[-1])


async def test_an_answer_in_a_channel_that_was_shared_meanwhile_is_withdrawn(bench: Bench) -> None:
    """People of another organisation could read it; the asker learns why it is gone."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text(SECRET), go, text(" ", after=12), asyncio.Event()]
    _, task = bench.start(record)
    await bench.reads(record, SECRET)
    bench.workspace.share_channel(bench.channel, [bench.workspace.partner.id])
    bench.gate.look_again(bench.channel)
    bench.clock.now += 6
    go.set()
    async with asyncio.timeout(20):
        await task
    assert bench.tenant.ended.is_set()
    assert bench.messages(record) == ()
    assert "People of another organisation" in bench.whispers()[0]
    assert await bench.tools.results.load(record.id) is None
    assert (await bench.audited())[-1] == ("refused", "no_consent")


async def test_without_a_place_to_go_a_private_answer_is_not_given(bench: Bench) -> None:
    """It is rather not read at all than by everybody."""
    await bench.set(ASKER)
    record = bench.record()
    bench.tenant.script = [text(SECRET, last=True)]
    _, task = bench.start(record)
    await bench.until(lambda: bench.messages(record))
    bench.workspace.faults.fail_next("chat.postMessage", "messages_tab_disabled", times=3)
    await task
    assert bench.tenant.asked == []
    assert bench.messages(record) == ()
    assert bench.in_private() == []
    assert "on my side" in bench.whispers()[-1]


async def test_where_the_store_cannot_note_it_a_private_answer_is_not_given(bench: Bench) -> None:
    """A channel whose answers became private does not keep one because of a full disk."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text(SECRET), go, text("", after=12, last=True)]
    _, task = bench.start(record)
    await bench.reads(record, SECRET)
    await bench.set(ASKER)
    bench.store.broken = "private"
    go.set()
    await task
    assert bench.messages(record) == ()
    assert "on my side" in bench.whispers()[-1]


async def test_where_slack_does_not_tell_nothing_is_begun(bench: Bench) -> None:
    """Nobody knows who would read the answer."""
    bench.workspace.faults.fail_next("conversations.info", "internal_error", times=10)
    record = bench.record()
    said = await bench.answer(record, text(SECRET, last=True))
    assert bench.tenant.asked == []
    assert SECRET not in everything(said)
    assert has_retry(said)


async def test_where_slack_does_not_tell_any_more_what_it_told_holds(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """An answer does not end because of one look that failed."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text("Up to here."), go, text("!", after=11), text("!", after=12, last=True)]
    _, task = bench.start(record)
    await bench.reads(record, "Up to")
    bench.clock.now += 61
    bench.workspace.faults.fail_next("conversations.info", "internal_error", times=10)
    go.set()
    with caplog.at_level(logging.WARNING):
        await task
    assert "Up to here.!!" in everything(bench.messages(record)[0])
    assert "not known who reads along" in caplog.text


# -- what is written down --------------------------------------------------------------------------------


async def test_the_trail_says_what_became_of_a_question(bench: Bench) -> None:
    """Who asked what as whom, and what came of it."""
    await bench.answered(bench.record())
    assert await bench.audited() == [("asked", ""), ("answered", "done, shown")]
    first, second = [entry for _, entry in await bench.store.scan("audit")]
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["question"], first["identity"]) == ("Revenue by stage?", "ada@example.com")
    assert (first["channel"], first["turn"], first["domain"]) == (bench.channel, "t1", SALES.id)
    assert second["question"] == ""
    assert isinstance(second["details"], dict)
    assert second["details"]["results"] == 1
    assert second["details"]["rows"]


async def test_no_address_is_in_the_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Neither where it works nor where it does not."""
    with caplog.at_level(logging.DEBUG, logger="bot"):
        await bench.answered(bench.record("t1"))
        await bench.run(bench.record("t2"), PersonUnknown())
    assert "Turn t2" in caplog.text
    assert "ada@example.com" not in caplog.text


async def test_a_stopped_private_answer_can_be_shared_too(bench: Bench) -> None:
    """What arrived is the asker's."""
    await bench.set(ASKER)
    record = bench.record()
    bench.tenant.script = [text("Up to here."), asyncio.Event()]
    running, task = bench.start(record)
    await bench.until(lambda: any("Up to" in everything(each) for each in bench.in_private()))
    running.stopped.set()
    await task
    said = bench.in_private()[-1]
    assert "Stopped" in everything(said)
    assert SHARE_ACTION in actions(said)
    assert await bench.tools.results.load(record.id) is not None


async def test_a_withdrawal_that_slack_refuses_leaves_no_content(bench: Bench) -> None:
    """The message says that it was withdrawn, where it cannot be deleted."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text(SECRET), go, AskingRefused()]
    _, task = bench.start(record)
    await bench.reads(record, SECRET)
    bench.workspace.faults.fail_next("chat.delete", "compliance_exports_prevent_deletion")
    go.set()
    await task
    (said,) = bench.messages(record)
    assert everything(said) == "This answer was withdrawn."
    assert "does not let you ask" in bench.whispers()[0]
