"""What an earlier process left behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.record import Asking, Stage, TurnRecord
from bot.core.render import blocks
from bot.model import Bookmark, Entrance, Notice, Question
from bot.recovery import Means, Recovery
from tests.bench import SALES, Bench, bench
from tests.scenarios.town import everything, has_retry

__all__ = ["bench"]

NOW = 1_000_000.0


class Found:
    """A process that finds turns of another one.

    Attributes:
        resumed: what it goes on with.
        told: what askers were told alone.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.resumed: list[TurnRecord] = []
        self.told: list[tuple[str, str]] = []
        tools = bench.tools
        self._recovery = Recovery(
            Means(tools.journal, tools.ground.messages, self._resume, self._tell, lambda: NOW)
        )

    async def _tell(self, question: Question, notice: Notice) -> None:
        self.told.append((question.user, notice.text))

    async def _resume(self, record: TurnRecord) -> None:
        self.resumed.append(record)

    async def adopts(self, record: TurnRecord) -> None:
        """It holds the turn, as it was journaled."""
        await self.bench.memory.keep_turn(record)
        await self.bench.store.join(["open", f"person:{record.question.user}"], record.id)
        assert await self.bench.tools.journal.take_over(record.id)
        await self._recovery.adopt(record)

    async def under_way(self) -> list[str]:
        """What is not over."""
        return await self.bench.tools.journal.under_way()


@pytest.fixture
def found(bench: Bench) -> Found:
    """A process that finds turns."""
    return Found(bench)


# -- gone on with ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.TAKEN, Stage.PLACED, Stage.ASKED])
async def test_a_turn_is_gone_on_with_from_where_it_was_left(
    bench: Bench, found: Found, stage: Stage
) -> None:
    """With all that is known of it; how often that happened is journaled before."""
    asking = Asking("Revenue?", bench.identity().name, SALES.id, "c-1", Bookmark("chat", "c-1"))
    asked = asking if stage is Stage.ASKED else None
    record = replace(bench.record(), at=NOW - 3599, stage=stage, adopted=2, asking=asked)
    await found.adopts(record)
    expected = replace(record, adopted=2 if stage is Stage.PLACED else 3)  # who only waits ends no process
    assert found.resumed == [expected]
    assert await bench.memory.turn("t1") == expected
    assert await found.under_way() == ["t1"]
    assert bench.messages(record) == ()


async def test_a_turn_is_gone_on_with_although_that_cannot_be_noted(bench: Bench, found: Found) -> None:
    """The note follows when the store takes it."""
    record = replace(bench.record(), at=NOW, stage=Stage.ASKED)
    bench.store.broken = "turns"
    bench.store.tables.setdefault("turns", {})
    await bench.tools.journal.hold("t1")
    await found._recovery.adopt(record)
    assert [each.id for each in found.resumed] == ["t1"]
    bench.store.broken = ""
    await bench.memory.catch_up()
    assert await bench.memory.turn("t1") == replace(record, adopted=1)


async def test_what_has_ended_is_forgotten(bench: Bench, found: Found) -> None:
    """Nothing is said, and nothing asked."""
    record = replace(bench.record(), at=NOW, stage=Stage.ENDED)
    await found.adopts(record)
    assert (found.resumed, bench.messages(record), await found.under_way()) == ([], (), [])
    assert bench.store.leases == {}


# -- cut off ---------------------------------------------------------------------------------------------


OLD = NOW - 3601


@pytest.mark.parametrize(("at", "adopted"), [(OLD, 0), (NOW, 24)], ids=["too old", "too often"])
async def test_what_nobody_waits_for_says_so_in_its_last_message(
    bench: Bench, found: Found, at: float, adopted: int
) -> None:
    """Of an answer that was cut off, the text stays, and its last message offers Retry."""
    record = bench.record()
    first, last = bench.said(record, "The beginning"), bench.said(record, "Thinking…")
    record = replace(record, messages=(first, last), stage=Stage.ASKED, at=at, adopted=adopted)
    await found.adopts(record)
    kept, ended = bench.messages(record)
    assert (kept.ts, kept.text) == (first, "The beginning")
    assert "restarted" in everything(ended)
    assert has_retry(ended)
    assert (found.resumed, await found.under_way()) == ([], [])
    noted = await bench.memory.turn("t1")
    assert noted is not None
    assert (noted.stage, noted.messages) == (Stage.ENDED, (first, last))


async def test_a_turn_that_had_not_said_anything_says_it_now(bench: Bench, found: Found) -> None:
    """A question that was taken right before the end is not lost silently."""
    record = replace(bench.record(), at=OLD)
    await found.adopts(record)
    (said,) = bench.messages(record)
    assert has_retry(said)
    noted = await bench.memory.turn("t1")
    assert noted is not None
    assert noted.messages == (said.ts,)


async def test_a_message_that_was_never_noted_is_found(bench: Bench, found: Found) -> None:
    """By its mark: the process died between the post and its note."""
    record = replace(bench.record(), at=OLD)
    thread = record.question.thread
    before = bench.tools.ground.messages(thread.channel, thread.thread_ts, turn="t1")
    await before.open(blocks.waiting(turn="t1", ahead=0))
    await before.close()
    await found.adopts(record)
    (said,) = bench.messages(record)
    assert (said.ts,) == before.ts
    assert has_retry(said)


async def test_a_message_that_is_gone_keeps_no_turn_under_way(bench: Bench, found: Found) -> None:
    """Somebody deleted it meanwhile."""
    record = replace(bench.record(), messages=("1.000001",), at=OLD)
    await found.adopts(record)
    assert await found.under_way() == []


async def test_where_slack_is_away_the_turn_ends_all_the_same(bench: Bench, found: Found) -> None:
    """Nobody waits for it any more, and the log has it."""
    record = replace(bench.record(), at=OLD)
    bench.workspace.faults.fail_next("chat.postMessage", "is_archived")
    await found.adopts(record)
    assert (bench.messages(record), await found.under_way()) == ((), [])


async def test_an_end_that_cannot_be_noted_is_noted_later(bench: Bench, found: Found) -> None:
    """It is said in the thread all the same, and this process keeps the turn until then."""
    record = replace(bench.record(), at=OLD)
    await bench.memory.keep_turn(record)
    await bench.store.join(["open"], "t1")
    assert await bench.tools.journal.take_over("t1")
    bench.store.writes_left = 0
    await found._recovery.adopt(record)
    assert has_retry(bench.messages(record)[0])
    assert (await found.under_way(), bench.tools.journal.held) == (["t1"], {"t1"})
    bench.store.writes_left = 1000
    await bench.memory.catch_up()
    assert (await found.under_way(), bench.tools.journal.held) == ([], set())


async def test_a_private_answer_that_was_cut_off_says_so_in_private(bench: Bench, found: Found) -> None:
    """In the channel where it was asked nothing is said of it."""
    record = bench.record()
    private = await bench.tools.ground.private.open(record.question)
    await found.adopts(replace(record, question=private, at=OLD))
    assert bench.messages(record) == ()
    asked, said = bench.in_private()
    assert "You asked in" in everything(asked)
    assert has_retry(said)


@pytest.mark.parametrize("private", [True, False])
async def test_a_command_that_stands_nowhere_is_told_to_its_asker_alone(
    bench: Bench, found: Found, *, private: bool
) -> None:
    """It has no thread yet, and nobody else may read a private one; a Retry would have no place either."""
    asked = Question(bench.place(), "", bench.ada, "My salary?", Entrance.COMMAND)
    record = TurnRecord("t1", asked, "key-1", private=private, at=OLD)
    await found.adopts(record)
    ((user, words),) = found.told
    assert user == bench.ada
    assert "About your question “My salary?”" in words
    assert "restarted" in words
    assert [each for each in bench.workspace.history(bench.channel) if each.bot_id] == []
    assert (found.resumed, await found.under_way()) == ([], [])
