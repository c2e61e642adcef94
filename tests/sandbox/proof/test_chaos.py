"""Bots are killed, in short."""

from __future__ import annotations

import shutil

import pytest

from bot.sandbox.proof import chaos
from bot.sandbox.proof.chaos import Plan, Report
from bot.sandbox.proof.verdict import Case, Outcome, Put, Verdict


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "plan",
    [
        Plan(kills=5, people=3, rest=60.0),
        Plan(kills=5, people=3, rest=60.0, http=True),
        Plan(kills=6, replicas=3, people=3, rest=60.0),
    ],
    ids=["one", "one by http", "three"],
)
async def test_no_question_is_lost_or_answered_twice_whoever_dies(plan: Plan) -> None:
    """People ask while processes are killed; everything that was taken comes to its end in its thread."""
    if plan.replicas > 1 and shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    said: list[str] = []
    report = await chaos.run(plan, said.append)
    assert report.good, "\n".join([*said, report.table()])
    assert report.killed + report.asked_to_end == plan.kills
    assert report.verdict.count(Outcome.ANSWERED) > 0


def test_the_table_tells_what_happened() -> None:
    """Everything that the exit code depends on stands in it."""
    report = Report(
        Plan(replicas=3, http=True), killed=4, asked_to_end=2, polite_codes=[0, 1], takeovers=[1.0]
    )
    text = report.table()
    assert "| replicas | 3, HTTP |" in text
    assert "| told to end (SIGTERM); of these with exit code 0 | 2; 1 |" in text
    assert "longest | 1.0 / 1.0 / 1.0 |" in text


def test_what_is_not_good() -> None:
    """A lost question, a bot that ended by itself, or one that did not end cleanly."""
    put = Put(1, "C1", "1.0", "1.0", "U1")
    assert Report(Plan(), polite_codes=[0]).good
    assert not Report(Plan(), verdict=Verdict((Case(put, Outcome.LOST),))).good
    assert not Report(Plan(), by_themselves=1).good
    assert not Report(Plan(), polite_codes=[0, 1]).good
