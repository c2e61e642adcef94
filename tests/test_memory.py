"""What the app remembers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.memory import Memory, TurnRecord
from bot.model import Identity, ThreadKey
from tests.fakes import DictStore, question

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
