"""What the app remembers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.memory import Feedback, Memory, TurnRecord
from bot.model import Identity, Native, ThreadKey
from bot.store.sqlite import SqliteStore
from tests.fakes import Clock, DictStore, question

THREAD = ThreadKey("T1", "C1", "10.1")
SERVICE = Identity("service")


@pytest.fixture
def memory() -> Memory:
    return Memory(DictStore())


async def test_a_question_is_new_once(memory: Memory) -> None:
    """The second delivery of a message is told apart, another channel's same ts is not."""
    assert await memory.first_time("T1", "C1", "10.1") is True
    assert await memory.first_time("T1", "C1", "10.1") is False
    assert await memory.first_time("T1", "C2", "10.1") is True


async def test_threads_are_joined(memory: Memory) -> None:
    """Only a thread that was joined is the bot's."""
    assert await memory.in_thread(THREAD) is False
    await memory.join_thread(THREAD)
    assert await memory.in_thread(THREAD) is True


async def test_a_conversation_belongs_to_one_identity_and_domain(memory: Memory) -> None:
    """Nobody continues another identity's conversation, and none is taken to another domain."""
    await memory.keep_conversation(THREAD, SERVICE, "d1", "c-1")
    assert await memory.conversation(THREAD, SERVICE, "d1") == "c-1"
    assert await memory.conversation(THREAD, Identity("ada"), "d1") is None
    assert await memory.conversation(THREAD, SERVICE, "d2") is None


async def test_a_channel_keeps_its_domain(memory: Memory) -> None:
    """The newest choice counts."""
    assert await memory.channel_domain("T1", "C1") is None
    await memory.choose_domain("T1", "C1", "d1")
    await memory.choose_domain("T1", "C1", "d2")
    assert await memory.channel_domain("T1", "C1") == "d2"


async def test_unfinished_turns_are_found(memory: Memory) -> None:
    """A turn that never ended is found with all it needs; one that ended is not."""
    turn = TurnRecord(id="abc", question=question(), key="k-1", messages=("10.2", "10.3"))
    await memory.keep_turn(turn)
    assert await memory.unfinished_turns() == [turn]
    await memory.end_turn(turn)
    assert await memory.unfinished_turns() == []
    assert await memory.turn("abc") == replace(turn, ended=True)
    assert await memory.turn("other") is None


async def test_a_turn_keeps_what_the_tenant_calls_its_answer(memory: Memory) -> None:
    """Feedback names the answer by WisdomAI's own ids; a turn of an earlier version has none."""
    turn = TurnRecord("abc", question(), "k-1", conversation_id="c-1", message_id="m-1")
    await memory.keep_turn(turn)
    assert await memory.turn("abc") == turn
    old = await memory._store.get("turns", "abc")
    assert isinstance(old, dict)
    del old["conversation_id"], old["message_id"]
    assert await memory.turn("abc") == replace(turn, conversation_id="", message_id="")


async def test_results_are_kept_and_forgotten(memory: Memory) -> None:
    """A result stands under its turn until it is removed."""
    await memory.keep_result("abc", {"v": 1}, seconds=60)
    assert await memory.result("abc") == {"v": 1}
    await memory.forget_result("abc")
    assert await memory.result("abc") is None


async def test_a_reader_has_one_opinion_of_an_answer(memory: Memory) -> None:
    """The newest replaces the one before; other readers and other workspaces have their own."""
    first = Feedback("t1", "U1", at=5.0, good=True)
    changed = Feedback("t1", "U1", at=9.0, good=False, reason="numbers", text="Off by one", message_id="m-1")
    other = Feedback("t1", "U2", at=7.0, good=True)
    for each in (first, changed, other):
        await memory.keep_feedback("T1", each)
    await memory.keep_feedback("T2", first)
    assert await memory.feedback("T1") == [other, changed]
    assert await memory.feedback("T2") == [first]


async def test_a_refused_kind_of_block_is_remembered_by_workspace(memory: Memory) -> None:
    """Every workspace takes both kinds until it refused one."""
    assert await memory.native("T1") == Native(charts=True, tables=True)
    await memory.refuse_native("T1", "charts")
    assert await memory.native("T1") == Native(charts=False, tables=True)
    await memory.refuse_native("T1", "tables")
    assert await memory.native("T1") == Native(charts=False, tables=False)
    assert await memory.native("T2") == Native(charts=True, tables=True)


async def test_a_refusal_is_not_for_ever(tmp_path: Path) -> None:
    """Slack hands out its blocks step by step, so after a week they are tried again."""
    clock = Clock()
    store = await SqliteStore.open(tmp_path / "store.sqlite", clock=clock)
    memory = Memory(store)
    await memory.refuse_native("T1", "tables")
    clock.now += 7 * 24 * 3600
    assert await memory.native("T1") == Native(charts=True, tables=True)
    await store.close()
