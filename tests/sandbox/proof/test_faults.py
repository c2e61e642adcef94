"""The matrix of faults, in short."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.sandbox.proof import faults
from bot.sandbox.proof.faults import Cell, Found
from bot.sandbox.proof.troubles import Expected, Side, troubles
from bot.sandbox.proof.verdict import Case, Outcome, Put, Verdict

PUT = Put(1, "C1", "1.0", "1.0", "U1")
FIRST = troubles()[0]


def found(expected: Expected, *outcomes: Outcome, channel: str = "C1") -> Found:
    """What came of one cell."""
    cases = [Case(PUT, outcomes[0]), *(Case(replace(PUT, channel=channel), each) for each in outcomes[1:])]
    cell = Cell(replace(FIRST, expected=expected), "chat", "graphql-ws")
    return Found(cell, Verdict(tuple(cases)), 1.0, 2)


@pytest.mark.timeout(180)
async def test_no_fault_loses_a_question_or_answers_it_twice() -> None:
    """Some of every kind, by both ways to ask: all ends as the document says, and each fault struck."""
    said: list[str] = []
    chosen = faults.cells(short=True)
    came = await faults.run(chosen, said.append)
    assert faults.good(came), "\n".join(said)
    assert {each.cell.trouble.name for each in came} == faults.SHORT
    names = {each.cell.trouble.name for each in came if each.struck is None or each.struck > 0}
    assert names == faults.SHORT


def test_the_matrix_is_whole() -> None:
    """The tenant's faults by both flows and both subprotocols, the workspace's by both flows."""
    every = faults.cells()
    for each in troubles():
        ways = {(cell.flow, cell.subprotocol) for cell in every if cell.trouble.name == each.name}
        assert len(ways) == (4 if each.side is Side.TENANT else 2)


def test_a_part_can_be_chosen() -> None:
    """By name, by flow and by subprotocol."""
    chosen = faults.cells(only="GAP", flow="chat", subprotocol="graphql-ws")
    assert [(cell.trouble.name, cell.flow, cell.subprotocol) for cell in chosen] == [
        ("gap", "chat", "graphql-ws")
    ]
    assert faults.cells(only="no such fault") == ()


@pytest.mark.parametrize(
    ("expected", "outcomes", "good"),
    [
        (Expected.ANSWERED, (Outcome.ANSWERED, Outcome.ANSWERED), True),
        (Expected.ANSWERED, (Outcome.ANSWERED, Outcome.FAILED), False),
        (Expected.REASON, (Outcome.ANSWERED, Outcome.FAILED), True),
        (Expected.REASON, (Outcome.ANSWERED, Outcome.LOST), False),
        (Expected.REASON, (Outcome.ANSWERED, Outcome.DUPLICATED), False),
        (Expected.UNSAYABLE, (Outcome.LOST, Outcome.ANSWERED), True),
        (Expected.UNSAYABLE, (Outcome.LOST, Outcome.DUPLICATED), False),
    ],
)
def test_what_is_expected_is_held_against_what_came(
    expected: Expected, outcomes: tuple[Outcome, ...], *, good: bool
) -> None:
    """A sentence is not enough where an answer is expected."""
    assert found(expected, *outcomes).as_expected is good
    assert faults.good([found(expected, *outcomes)]) is good


def test_where_nothing_can_be_said_the_rest_counts() -> None:
    """What is lost in another channel is lost."""
    lost = found(Expected.UNSAYABLE, Outcome.LOST, Outcome.LOST, channel="C2")
    assert lost.lost == 1
    assert not lost.as_expected


def test_the_last_line_adds_everything_up() -> None:
    """Questions, ends and whether all of it came as expected."""
    some = [found(Expected.REASON, Outcome.ANSWERED, Outcome.FAILED), found(Expected.REASON, Outcome.LOST)]
    assert faults.total(some, 3.2) == "| Total of 2 |  |  |  | 3 | 1 | 1 | 1 | 0 | 3 | no |"
