"""What the app remembers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.context import Asked
from bot.core.record import Asking, Stage, TurnRecord
from bot.errors import StoreFailed
from bot.memory import Feedback, Memory
from bot.model import SERVICE, Identity, Native, ThreadKey
from bot.store.sqlite import SqliteStore
from tests.fakes import Clock, DictStore, question

THREAD, OTHER = ThreadKey("T1", "C1", "10.1"), ThreadKey("T1", "C10", "10.1")
MOVED = ThreadKey("T1", "C9", "10.1")


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


async def test_a_thread_keeps_its_domain(memory: Memory) -> None:
    """The newest choice counts, for that thread alone."""
    assert await memory.thread_domain(THREAD) == ""
    await memory.choose_thread_domain(THREAD, "d1")
    await memory.choose_thread_domain(THREAD, "d2")
    assert await memory.thread_domain(THREAD) == "d2"
    assert await memory.thread_domain(OTHER) == ""


async def test_a_request_is_new_once(memory: Memory) -> None:
    """What was signed once is obeyed once."""
    assert await memory.first_request("v0=abc") is True
    assert await memory.first_request("v0=abc") is False
    assert await memory.first_request("v0=abd") is True


async def test_a_signature_is_remembered_for_longer_than_it_is_good(tmp_path: Path) -> None:
    """Slack's are good for five minutes; a replay after that is refused by its age, and need not be known."""
    clock = Clock()
    store = await SqliteStore.open(tmp_path / "store.sqlite", clock=clock)
    memory = Memory(store)
    assert await memory.first_request("v0=abc") is True
    clock.now += 5 * 60 + 60
    assert await memory.first_request("v0=abc") is False
    clock.now += 5 * 60
    assert await memory.first_request("v0=abc") is True
    await store.close()


# -- what a thread was asked -----------------------------------------------------------------------------


def asked(turn: str, text: str = "Revenue?") -> Asked:
    return Asked(turn, "person-1", "d1", text)


async def test_the_questions_of_a_thread_are_kept_in_order(memory: Memory) -> None:
    """A question that is asked again is there once, and is the newest then."""
    assert await memory.asked(THREAD) == ()
    for each in (asked("t1"), asked("t2", "By stage?"), asked("t1", "Revenue!")):
        await memory.keep_asked(THREAD, each)
    assert await memory.asked(THREAD) == (asked("t2", "By stage?"), asked("t1", "Revenue!"))
    assert await memory.asked(OTHER) == ()


async def test_a_thread_does_not_grow_for_ever(memory: Memory) -> None:
    """The last questions are enough for who joins it."""
    for number in range(40):
        await memory.keep_asked(THREAD, asked(f"t{number}"))
    kept = await memory.asked(THREAD)
    assert [each.turn for each in kept] == [f"t{number}" for number in range(10, 40)]


# -- private answers -------------------------------------------------------------------------------------


async def test_a_private_thread_is_one_persons(memory: Memory) -> None:
    """Each has their own for the questions of a thread, and it is found again."""
    private = ThreadKey("T1", "D1", "20.1")
    assert await memory.private_thread(THREAD, "U1") is None
    await memory.keep_private_thread(THREAD, "U1", private)
    assert await memory.private_thread(THREAD, "U1") == private
    assert await memory.private_thread(THREAD, "U2") is None
    assert await memory.private_thread(OTHER, "U1") is None


@pytest.mark.parametrize("origin", [THREAD, replace(THREAD, thread_ts="")], ids=["thread", "command"])
async def test_a_private_thread_knows_where_it_began(memory: Memory, origin: ThreadKey) -> None:
    """In a thread, or by a command in a channel, which leads back to no thread; so does it after a move."""
    private = ThreadKey("T1", "D1", "20.1")
    assert await memory.origin(private) is None
    await memory.keep_private_thread(origin, "U1", private)
    assert await memory.origin(private) == origin
    assert await memory.private_thread(replace(THREAD, thread_ts=""), "U1") is None
    await memory.move_channel("T1", "C1", "C9")
    assert await memory.origin(private) == replace(origin, channel="C9")


# -- a channel with another id ---------------------------------------------------------------------------


async def test_what_is_known_of_a_channel_moves_with_it(memory: Memory) -> None:
    """Its threads, conversations, questions, data and private threads, and nothing of other channels."""
    private = ThreadKey("T1", "D1", "20.1")
    for thread in (THREAD, OTHER):
        await memory.join_thread(thread)
        await memory.keep_conversation(thread, SERVICE, "d1", f"c-{thread.channel}")
        await memory.keep_asked(thread, asked("t1"))
        await memory.choose_thread_domain(thread, "d1")
        await memory.keep_private_thread(thread, "U1", private)
    await memory.move_channel("T1", "C1", "C9")
    for thread in (MOVED, OTHER):
        assert await memory.in_thread(thread)
        assert await memory.asked(thread) == (asked("t1"),)
        assert await memory.thread_domain(thread) == "d1"
        assert await memory.private_thread(thread, "U1") == private
    assert await memory.conversation(MOVED, SERVICE, "d1") == "c-C1"
    assert await memory.conversation(OTHER, SERVICE, "d1") == f"c-{OTHER.channel}"
    assert not await memory.in_thread(THREAD)
    assert await memory.conversation(THREAD, SERVICE, "d1") is None
    assert await memory.private_thread(THREAD, "U1") is None


async def test_the_turns_of_a_channel_move_with_it(memory: Memory) -> None:
    """Those that stand there, and private ones that were asked there."""
    here = TurnRecord("t1", question(), "k-1", messages=("10.2",))
    private = replace(question(), thread=ThreadKey("T1", "D1", "20.1"), origin=THREAD)
    elsewhere = replace(question(), thread=OTHER)
    for each in (here, TurnRecord("t2", private, "k-2"), TurnRecord("t3", elsewhere, "k-3")):
        await memory.keep_turn(each)
    assert await memory.move_channel("T1", "C1", "C9") == ["t1", "t2"]
    assert await memory.turn("t1") == replace(here, question=replace(question(), thread=MOVED))
    moved = await memory.turn("t2")
    assert moved is not None
    assert (moved.question.origin, moved.question.thread.channel) == (MOVED, "D1")
    assert await memory.turn("t3") == TurnRecord("t3", elsewhere, "k-3")


async def test_to_move_a_channel_makes_nothing_last_longer(tmp_path: Path) -> None:
    """What people asked is forgotten when its time is over, whatever the channel is called."""
    clock = Clock()
    store = await SqliteStore.open(tmp_path / "store.sqlite", clock=clock)
    memory = Memory(store)
    await memory.keep_asked(THREAD, asked("t1"))
    await memory.join_thread(THREAD)
    await memory.move_channel("T1", "C1", "C9")
    clock.now += 31 * 24 * 3600
    assert await memory.asked(MOVED) == ()
    assert await memory.in_thread(MOVED)
    await store.close()


# -- when the store is away ----------------------------------------------------------------------------


class Notes:
    """Something that changes, and is written when a store takes it."""

    def __init__(self) -> None:
        self.away = True
        self.written: list[str] = []
        self.going_on: Awaitable[None] | None = None

    def write(self, what: str) -> Callable[[], Awaitable[None]]:
        async def write() -> None:
            if self.going_on is not None:
                going_on, self.going_on = self.going_on, None
                await going_on
            if self.away:
                raise StoreFailed("away")
            self.written.append(what)

        return write


async def test_what_is_new_is_written_at_once(memory: Memory) -> None:
    """There is nothing to catch up with then."""
    notes = Notes()
    notes.away = False
    await memory.surely("a", notes.write("a1"))
    await memory.catch_up()
    assert notes.written == ["a1"]


async def test_what_could_not_be_written_is_written_later_and_only_the_newest_of_it(memory: Memory) -> None:
    """Each thing once, when the store is back; until then nothing is forgotten."""
    notes = Notes()
    for what, value in (("a", "a1"), ("b", "b1"), ("a", "a2")):
        await memory.surely(what, notes.write(value))
    with pytest.raises(StoreFailed):
        await memory.catch_up()
    notes.away = False
    await memory.catch_up()
    await memory.catch_up()
    assert sorted(notes.written) == ["a2", "b1"]


async def test_what_was_written_meanwhile_is_not_overwritten(memory: Memory) -> None:
    """While one thing is caught up with, another one goes on and is written as it is now."""
    notes = Notes()
    await memory.surely("a", notes.write("a1"))
    await memory.surely("b", notes.write("b1"))
    notes.away = False
    notes.going_on = memory.surely("b", notes.write("b2"))
    await memory.catch_up()
    assert notes.written == ["b2", "a1"]


async def test_what_becomes_new_while_it_is_written_is_kept_for_later(memory: Memory) -> None:
    """The store goes away again in the middle of catching up."""
    notes, tries = Notes(), list[str]()

    async def first() -> None:
        tries.append("a1")
        if len(tries) == 1:
            raise StoreFailed("away")
        await memory.surely("a", notes.write("a2"))
        notes.written.append("a1")

    await memory.surely("a", first)
    await memory.catch_up()
    assert notes.written == ["a1"]
    notes.away = False
    await memory.catch_up()
    assert notes.written == ["a1", "a2"]


async def test_what_is_somebody_elses_by_now_is_not_written(memory: Memory) -> None:
    """Of a turn that was lost to another process the old state is of no use."""
    notes = Notes()
    await memory.surely("a", notes.write("a1"))
    memory.give_up("a")
    memory.give_up("never heard of")
    notes.away = False
    await memory.catch_up()
    assert notes.written == []


# -- turns and results -----------------------------------------------------------------------------------


async def test_a_turn_is_kept_as_it_stands(memory: Memory) -> None:
    """With all that somebody needs to go on with it."""
    turn = TurnRecord(id="abc", question=question(), key="k-1", messages=("10.2", "10.3"))
    for each in (turn, replace(turn, stage=Stage.ASKED, asking=Asking("Revenue?", "ada", "d1"))):
        await memory.keep_turn(each)
        assert await memory.turn("abc") == each
    assert await memory.turn("other") is None


async def test_a_turn_is_taken_once(memory: Memory) -> None:
    """What stands there under its name stays as it is."""
    turn = TurnRecord(id="abc", question=question(), key="k-1", messages=("10.2",))
    assert await memory.first_turn(turn) is True
    assert await memory.first_turn(replace(turn, key="k-2", messages=())) is False
    assert await memory.turn("abc") == turn


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


async def test_with_a_result_its_copies_are_forgotten(memory: Memory) -> None:
    """Whoever deletes an answer deletes what others were given of it; other answers stay."""
    for key in ("abc", "abc~person-1", "abc~person-2", "abcd", "abcd~person-1"):
        await memory.keep_result(key, {"v": 1}, seconds=60)
    await memory.forget_result("abc")
    left = [key for key in ("abc", "abc~person-1", "abc~person-2") if await memory.result(key)]
    assert left == []
    assert await memory.result("abcd") == await memory.result("abcd~person-1") == {"v": 1}


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
