"""What the programs print."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.proof import table
from bot.sandbox.proof.verdict import Case, Outcome, Post, Put, Verdict

PUT = Put(7, "C1", "1.0", "1.0", "U1")
POST = Post("C1", "2.0", "1.0", "Thinking…\nStop", running=True)


def test_a_table_can_be_pasted_into_a_document() -> None:
    """It is Markdown, with the line that makes it a table."""
    assert (
        table.table(("What", "How many"), [("asked", 3)]) == "| What | How many |\n|---|---|\n| asked | 3 |"
    )
    assert table.beginning(("a", "b", "c")) == "| a | b | c |\n|---|---|---|"


def test_every_end_is_counted() -> None:
    """Each has its row, those with none too."""
    rows = dict(table.counts(Verdict((Case(PUT, Outcome.LOST),))))
    assert rows == {"questions asked": 1, **{each.value: int(each is Outcome.LOST) for each in Outcome}}


def test_what_is_wrong_can_be_looked_for() -> None:
    """The question, its thread and what stands there; what is right is not listed unless it is wanted."""
    cases = (Case(PUT, Outcome.LOST, (POST,), "something is still to come"), Case(PUT, Outcome.FAILED))
    found = Verdict(cases, (POST,))
    lines = list(table.wrong(found))
    assert lines == [
        "lost: question 7 in C1 at 1.0 of thread 1.0: something is still to come",
        "    2.0: Thinking… / Stop",
        "nobody's: C1 2.0: Thinking… / Stop",
    ]
    assert len(list(table.wrong(found, besides=frozenset({Outcome.FAILED})))) == len(lines) + 1


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_quantile_is_one_of_the_values_and_enough_are_not_above(values: list[float], share: float) -> None:
    """As many as asked for do not exceed it."""
    ordered = sorted(values)
    found = table.quantile(ordered, share)
    assert found in ordered
    assert sum(each <= found for each in ordered) >= share * len(ordered) - 1e-6


def test_times_are_told_by_median_and_longest() -> None:
    """And by a dash where there are none."""
    assert table.spread("x", [3.0, 1.0, 2.0])[0][1] == "2.0 / 3.0 / 3.0"
    assert table.spread("x", [])[0][1] == "–"
