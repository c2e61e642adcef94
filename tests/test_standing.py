"""Where an answer stands while it is written."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.record import TurnRecord
from bot.core.render import blocks
from bot.errors import AccessDenied, Denial, SlackUnreachable, StoreFailed
from bot.model import Audience, ChannelPolicy, Draft
from bot.slack.messages import AnswerMessages, Noted
from bot.standing import Misplaced, Standing
from tests.bench import Bench, bench
from tests.scenarios.town import everything

__all__ = ["bench"]

ASKER = ChannelPolicy(audience=Audience.ASKER)
TOLD = Draft("You may not.")


async def opened(bench: Bench, record: TurnRecord) -> Standing:
    """An answer whose placeholder stands in the thread."""
    standing = Standing(bench.tools.ground, record.question, turn=record.id)
    await standing.messages.open(blocks.waiting(turn=record.id, ahead=0))
    return standing


async def test_an_answer_stands_where_it_was_asked(bench: Bench) -> None:
    """While everybody may read it there; what may be exported is known, too."""
    record = bench.record()
    standing = await opened(bench, record)
    admission = await standing.allowed()
    assert (admission.audience, standing.exports, standing.alone) == (Audience.EVERYBODY, True, False)
    assert standing.question == record.question
    assert len(bench.messages(record)) == 1
    await bench.set(ChannelPolicy(exports=False))
    await standing.allowed()
    assert standing.exports is False
    await standing.messages.close()


async def test_it_is_due_to_look_again_after_some_seconds(bench: Bench) -> None:
    """Not for every diff; before the first look it is due as well."""
    standing = await opened(bench, bench.record())
    due = [standing.due]
    await standing.allowed()
    due.append(standing.due)
    bench.clock.now += 5.1
    due.append(standing.due)
    await standing.still_allowed()
    due.append(standing.due)
    assert due == [True, False, True, False]
    await standing.messages.close()


async def test_it_goes_to_the_direct_messages_once(bench: Bench) -> None:
    """The placeholder in the thread gives way to one there, and the asker learns where it is."""
    record = bench.record()
    standing = await opened(bench, record)
    await bench.set(ASKER)
    for _ in range(3):
        await standing.allowed()
    assert standing.alone
    assert standing.question.origin == record.question.thread
    assert bench.messages(record) == ()
    asked, waiting = bench.in_private()
    assert "You asked in" in everything(asked)
    assert standing.messages.ts == (waiting.ts,)
    (told,) = bench.whispers()
    assert "Only you read the answer" in told
    assert bench.direct() in told
    await standing.messages.close()


async def test_a_private_answer_does_not_come_back(bench: Bench) -> None:
    """Its asker may share it; nobody else decides that it becomes public."""
    await bench.set(ASKER)
    standing = await opened(bench, bench.record())
    await standing.allowed()
    await bench.set(ChannelPolicy(audience=Audience.EVERYBODY))
    await standing.allowed()
    assert standing.alone
    await standing.messages.close()


async def test_the_rules_of_the_channel_hold_for_a_private_answer(bench: Bench) -> None:
    """Also where it was private from its beginning."""
    record = bench.record()
    private = await bench.tools.ground.private.open(record.question)
    standing = await opened(bench, replace(record, question=private))
    await bench.set(ChannelPolicy(exports=False))
    await standing.allowed()
    assert standing.exports is False
    bench.workspace.share_channel(bench.channel, ["T0OTHER"])
    bench.gate.look_again(bench.channel)
    with pytest.raises(AccessDenied) as raised:
        await standing.still_allowed()
    assert raised.value.denial is Denial.NO_CONSENT
    await standing.messages.close()


async def test_what_can_stand_nowhere_is_misplaced(bench: Bench) -> None:
    """Where the direct messages cannot be opened, it is in no place that its asker alone reads."""
    record = bench.record()
    standing = await opened(bench, record)
    await bench.set(ASKER)
    bench.workspace.faults.fail_next("chat.postMessage", "messages_tab_disabled")
    with pytest.raises(Misplaced):
        await standing.allowed()
    assert (standing.question, standing.alone) == (record.question, False)
    await standing.messages.close()


async def test_a_placeholder_that_cannot_be_posted_there_is_misplaced_as_well(bench: Bench) -> None:
    """The answer is where it was, so that it can be taken away there."""
    record = bench.record()
    ground = bench.tools.ground

    def messages(
        channel: str, thread_ts: str, *, turn: str = "", noted: Noted | None = None
    ) -> AnswerMessages:
        made = ground.messages(channel, thread_ts, turn=turn, noted=noted)
        if channel.startswith("D"):
            bench.workspace.faults.fail_next("chat.postMessage", "messages_tab_disabled")
        return made

    bench.tools = replace(bench.tools, ground=replace(ground, messages=messages))
    standing = await opened(bench, record)
    await bench.set(ASKER)
    with pytest.raises(Misplaced):
        await standing.allowed()
    assert standing.question == record.question
    await standing.withdraw(TOLD)
    assert bench.messages(record) == ()


async def test_a_full_disk_makes_nothing_public(bench: Bench) -> None:
    """That an answer must be private is known, so it does not go on where everybody reads."""
    standing = await opened(bench, bench.record())
    await standing.allowed()
    await bench.set(ASKER)
    bench.store.broken = "private"
    with pytest.raises(Misplaced):
        await standing.still_allowed()
    await standing.messages.close()


async def test_what_is_not_known_is_an_error_at_first(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """And after that goes on as it was."""
    standing = await opened(bench, bench.record())

    async def broken(*_: object) -> None:
        raise StoreFailed("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(bench.policies, "of", broken)
        with pytest.raises(StoreFailed):
            await standing.allowed()
    await standing.allowed()
    with monkeypatch.context() as patch:
        patch.setattr(bench.policies, "of", broken)
        await standing.still_allowed()
        bench.clock.now += 1_000
        bench.workspace.faults.fail_next("users.info", "internal_error", times=10)
        await standing.still_allowed()
    await standing.messages.close()


async def test_a_no_counts_whenever_it_comes(bench: Bench) -> None:
    """Somebody who was deactivated in the middle reads no more."""
    standing = await opened(bench, bench.record())
    await standing.allowed()
    bench.workspace.deactivate("ada")
    bench.clock.now += 300
    with pytest.raises(AccessDenied) as raised:
        await standing.still_allowed()
    assert raised.value.denial is Denial.DEACTIVATED
    await standing.messages.close()


# -- taken back ------------------------------------------------------------------------------------------


async def test_what_is_withdrawn_is_told_to_the_asker_alone(bench: Bench) -> None:
    """Nothing of it stays in the channel."""
    record = bench.record()
    standing = await opened(bench, record)
    await standing.withdraw(TOLD)
    assert bench.messages(record) == ()
    assert bench.whispers() == [TOLD.text]


async def test_in_private_what_is_withdrawn_is_replaced(bench: Bench) -> None:
    """The asker reads why in its place."""
    record = bench.record(channel=bench.direct())
    standing = await opened(bench, record)
    await standing.withdraw(TOLD)
    assert [everything(each) for each in bench.messages(record)] == [TOLD.text]
    assert bench.whispers() == []


@pytest.mark.parametrize("private", [True, False])
async def test_the_asker_is_told_whatever_slack_takes(bench: Bench, *, private: bool) -> None:
    """What cannot be changed or deleted does not keep them from hearing why."""
    record = bench.record(channel=bench.direct() if private else "")
    standing = await opened(bench, record)
    for method in ("chat.delete", "chat.update"):
        bench.workspace.faults.fail_next(method, "is_inactive", times=20)
    await standing.withdraw(TOLD)
    assert bench.whispers() == [TOLD.text]


async def test_who_has_left_is_told_in_their_direct_messages(bench: Bench) -> None:
    """A whisper reaches members only."""
    record = bench.record()
    standing = await opened(bench, record)
    bench.workspace.remove_member(bench.channel, bench.ada)
    await standing.withdraw(TOLD)
    assert [everything(each) for each in bench.in_private()] == [TOLD.text]


async def test_a_message_that_cannot_be_taken_away_does_not_stop_the_private_one(bench: Bench) -> None:
    """The answer goes on where it may stand; what was left says that it was withdrawn."""
    record = bench.record()
    standing = await opened(bench, record)
    await bench.set(ASKER)
    bench.workspace.faults.fail_next("chat.delete", "compliance_exports_prevent_deletion")
    await standing.allowed()
    assert standing.alone
    assert [everything(each) for each in bench.messages(record)] == ["This answer was withdrawn."]
    await standing.messages.close()


async def test_nobody_to_tell_is_no_error(bench: Bench) -> None:
    """An asker who is gone has nobody to be told."""
    record = bench.record()
    standing = await opened(bench, record)
    bench.workspace.deactivate("ada")
    await standing.tell(TOLD)
    assert bench.whispers() == []
    await standing.messages.close()


async def test_many_answers_look_at_once(bench: Bench) -> None:
    """A busy channel asks Slack once who reads along there."""
    records = [bench.record(f"t{number}") for number in range(4)]
    standings = [await opened(bench, record) for record in records]
    await asyncio.gather(*(each.allowed() for each in standings))
    made = bench.slack.traffic.newest(1_000)
    assert sum(each.name == "conversations.info" for each in made) == 1
    for each in standings:
        await each.messages.close()


async def test_slack_that_is_away_is_told_as_such(bench: Bench) -> None:
    """Whoever begins an answer hears that it is not known who reads along."""
    standing = await opened(bench, bench.record())
    bench.workspace.faults.fail_next("conversations.info", "internal_error", times=10)
    with pytest.raises(SlackUnreachable):
        await standing.allowed()
    await standing.messages.close()
