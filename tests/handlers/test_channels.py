"""What happens to channels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.record import Stage, TurnRecord
from bot.errors import AccessDenied
from bot.model import ChannelPolicy, Deed, ThreadKey
from handlers.channels import Channels
from tests.fakes import question
from tests.handlers.conftest import CONTEXT, DIRECT, Office, identity, result

MOVED = {"type": "channel_id_changed", "old_channel_id": "C1", "new_channel_id": "C2", "event_ts": "60.1"}
THERE = replace(question().thread, channel="C2")


@pytest.fixture
def channels(office: Office) -> Channels:
    """Who hears of it."""
    return Channels(office.gate, office.memory, office.policies, office.results)


async def test_what_is_set_for_a_channel_goes_with_it(office: Office, channels: Channels) -> None:
    """Under the new id the same holds, and under the old one nothing any more."""
    policy = ChannelPolicy(domains=("d-weather",), exports=False, editors=("U7",))
    await office.policies.keep("T1", "C1", policy)
    await channels.on_id_changed(MOVED, CONTEXT)
    assert await office.policies.of("T1", "C2") == policy
    assert await office.policies.of("T1", "C1") == ChannelPolicy()


async def test_threads_and_conversations_go_on(office: Office, channels: Channels) -> None:
    """A reply is a question still, asked in the conversation that it belongs to."""
    who = identity("U1")
    await office.memory.join_thread(question().thread)
    await office.memory.keep_conversation(question().thread, who, "d-sales", "c-1")
    await office.memory.choose_thread_domain(question().thread, "d-sales")
    await channels.on_id_changed(MOVED, CONTEXT)
    assert await office.memory.in_thread(THERE)
    assert await office.memory.conversation(THERE, who, "d-sales") == "c-1"
    assert await office.memory.thread_domain(THERE) == "d-sales"
    assert not await office.memory.in_thread(question().thread)


async def test_the_controls_of_its_answers_go_on(office: Office, channels: Channels) -> None:
    """What is behind them is found from the new id, and from the old one no more."""
    await office.memory.keep_turn(TurnRecord("t1", question(), "key", ("20.1",), stage=Stage.ENDED))
    await office.results.keep(result())
    await channels.on_id_changed(MOVED, CONTEXT)
    record, stored = await office.memory.turn("t1"), await office.results.load("t1")
    assert record is not None
    assert stored is not None
    assert record.question.thread == stored.question.thread == THERE


async def test_private_answers_know_their_channel_still(office: Office, channels: Channels) -> None:
    """They are shared where they were asked, whatever that is called now."""
    direct = ThreadKey("T1", DIRECT, "30.1")
    asked = replace(question(), thread=direct, origin=question().thread)
    await office.memory.keep_turn(TurnRecord("t1", asked, "key", ("20.1",), stage=Stage.ENDED))
    await office.results.keep(replace(result(), question=asked))
    await office.memory.keep_private_thread(question().thread, "U1", direct)
    await channels.on_id_changed(MOVED, CONTEXT)
    stored = await office.results.load("t1")
    assert stored is not None
    assert (stored.question.thread, stored.question.place) == (direct, THERE)
    assert await office.memory.private_thread(THERE, "U1") == direct


async def test_an_event_that_comes_twice_changes_nothing_more(office: Office, channels: Channels) -> None:
    """Slack may deliver it again, when the new id has settings of its own already."""
    await office.policies.keep("T1", "C1", ChannelPolicy(exports=False))
    await channels.on_id_changed(MOVED, CONTEXT)
    await office.policies.keep("T1", "C2", ChannelPolicy(exports=True))
    await channels.on_id_changed(MOVED, CONTEXT)
    assert (await office.policies.of("T1", "C2")).exports is True


async def test_other_channels_and_workspaces_stay_as_they_are(office: Office, channels: Channels) -> None:
    """An id that only begins alike is another one."""
    others = [ThreadKey("T1", "C11", "10.1"), ThreadKey("T2", "C1", "10.1")]
    for thread in others:
        await office.memory.join_thread(thread)
    await channels.on_id_changed(MOVED, CONTEXT)
    assert [await office.memory.in_thread(thread) for thread in others] == [True, True]


async def test_who_reads_along_is_looked_at_again_when_that_changes(
    office: Office, channels: Channels
) -> None:
    """What was known a moment ago does not let anybody in."""
    place = question().thread
    await office.gate.admit("U1", place, Deed.ASK)
    office.api.channels["C1"] = {"is_ext_shared": True}
    await channels.on_shared({"type": "channel_shared", "channel": "C1"})
    with pytest.raises(AccessDenied):
        await office.gate.admit("U1", place, Deed.ASK)
    office.api.channels["C1"] = {}
    await channels.on_shared({"type": "channel_unshared", "channel": "C1"})
    await office.gate.admit("U1", place, Deed.ASK)
