"""What an earlier process left behind."""

from __future__ import annotations

from dataclasses import replace

from bot.recovery import recover
from tests.bench import Bench, bench
from tests.scenarios.town import everything, has_retry

__all__ = ["bench"]


async def recovered(bench: Bench) -> None:
    """The next process starts."""
    await recover(bench.tools.memory, bench.tools.ground.messages)


async def test_unfinished_turns_say_so_in_their_last_message(bench: Bench) -> None:
    """Of an answer that was cut off, the text stays, and its last message offers Retry."""
    record = bench.record()
    first, last = bench.said(record, "The beginning"), bench.said(record, "Thinking…")
    await bench.tools.memory.keep_turn(replace(record, messages=(first, last)))
    await recovered(bench)
    kept, ended = bench.messages(record)
    assert (kept.ts, kept.text) == (first, "The beginning")
    assert "restarted" in everything(ended)
    assert has_retry(ended)
    assert await bench.tools.memory.unfinished_turns() == []


async def test_a_turn_that_had_not_said_anything_says_it_now(bench: Bench) -> None:
    """A question that was taken right before the end is not lost silently."""
    record = bench.record()
    await bench.tools.memory.keep_turn(record)
    await recovered(bench)
    (said,) = bench.messages(record)
    assert has_retry(said)


async def test_one_turn_that_cannot_be_ended_does_not_keep_the_others(bench: Bench) -> None:
    """A message that somebody deleted meanwhile is passed over."""
    gone, kept = bench.record("t1"), bench.record("t2")
    await bench.tools.memory.keep_turn(replace(gone, messages=("1.000001",)))
    await bench.tools.memory.keep_turn(replace(kept, messages=(bench.said(kept, "Thinking…"),)))
    await recovered(bench)
    assert has_retry(bench.messages(kept)[0])
    assert await bench.tools.memory.unfinished_turns() == []


async def test_a_store_that_fails_while_recovering_keeps_no_turn_waiting(bench: Bench) -> None:
    """Where the end of one turn cannot be noted, the others are ended in their threads all the same."""
    records = [bench.record("t1"), bench.record("t2")]
    for record in records:
        await bench.tools.memory.keep_turn(replace(record, messages=(bench.said(record, "Thinking…"),)))
    bench.store.writes_left = 0
    await recovered(bench)
    assert [has_retry(bench.messages(record)[0]) for record in records] == [True, True]


async def test_a_private_answer_that_was_cut_off_says_so_in_private(bench: Bench) -> None:
    """In the channel where it was asked nothing is said of it."""
    record = bench.record()
    private = await bench.tools.ground.private.open(record.question)
    await bench.tools.memory.keep_turn(replace(record, question=private))
    await recovered(bench)
    assert bench.messages(record) == ()
    asked, said = bench.in_private()
    assert "You asked in" in everything(asked)
    assert has_retry(said)
