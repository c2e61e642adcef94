"""An hour in short."""

from __future__ import annotations

import pytest

from bot.sandbox.proof import soak
from bot.sandbox.proof.memory import Sample
from bot.sandbox.proof.soak import Plan, Report
from bot.sandbox.proof.verdict import Case, Outcome, Put, Verdict


@pytest.mark.timeout(180)
async def test_nothing_is_lost_and_nothing_grows() -> None:
    """Tokens expire, connections are renewed and cut, calls fail; every question ends, and memory stays."""
    said: list[str] = []
    plan = Plan(minutes=11.0, rest=40.0)
    report = await soak.run(plan, said.append)
    assert report.good, "\n".join([*said, report.table()])
    assert report.troubles > 5
    assert report.refreshes > 0
    assert report.verdict.count(Outcome.ANSWERED) > 5
    assert len(report.samples) > 10


def level(mib: float = 0.0, files: int = 0) -> Report:
    """A report whose second half grows by so much."""
    samples = [
        Sample(float(at), 100.0 + mib * max(0, at - 30) / 29, 20 + files * max(0, at - 30) // 29)
        for at in range(60)
    ]
    return Report(Plan(), samples=samples)


def test_growth_is_not_good() -> None:
    """Of memory or of open files, beyond the bound."""
    assert level().good
    assert level(mib=5.5, files=15).good
    assert not level(mib=7.0).good
    assert not level(files=20).good


def test_a_chart_worker_that_takes_too_much_is_not_good() -> None:
    """It may grow until it is replaced, up to a limit."""
    report = level()
    report.samples.append(Sample(60.0, 100.0, 20, 240.0))
    assert report.good
    report.samples.append(Sample(61.0, 100.0, 20, 260.0))
    assert not report.good


def test_the_bound_grows_with_the_questions() -> None:
    """What is remembered of a question for its buttons may stay."""
    put = Put(1, "C1", "1.0", "1.0", "U1")
    many = Report(Plan(), verdict=Verdict(tuple(Case(put, Outcome.ANSWERED) for _ in range(400))))
    assert many.allowed_mib == pytest.approx(Report(Plan()).allowed_mib + 24 * 200 / 1024)


def test_what_else_is_not_good() -> None:
    """A question that was lost, or an end with another exit code."""
    report = level()
    report.code = 1
    assert not report.good
    put = Put(1, "C1", "1.0", "1.0", "U1")
    assert not Report(Plan(), verdict=Verdict((Case(put, Outcome.LOST),))).good


def test_the_table_has_memory_at_three_moments() -> None:
    """At the beginning, in the middle and at the end."""
    text = level(mib=5.0).table()
    assert "| memory of the bot and open files at 10 % | 100 MiB, 20 |" in text
    assert "| memory of the bot and open files at 100 % | 105 MiB, 20 |" in text
