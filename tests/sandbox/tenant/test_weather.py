"""The semantic model of the Seattle weather, held against plain SQL."""

# ruff: noqa: S608 -- these statements are the tests' own

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.data import Tables
from bot.sandbox.tenant.domains import WEATHER, ValueWords
from bot.sandbox.tenant.query import execute
from bot.sandbox.tenant.reply import Aggregate, Failure, Intent, Metric
from bot.sandbox.tenant.weather import weather

TODAY = date(2025, 6, 1)


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    """The tables of 1 June 2025."""
    made = Tables(TODAY)
    yield made
    made.close()


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """An analyst of the same day."""
    made = Analyst(TODAY)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("metric", "sql"),
    [
        (Metric("precipitation", Aggregate.SUM), "SUM(precipitation)"),
        (Metric("temp_max", Aggregate.MAX), "MAX(temp_max)"),
        (Metric("temp_mean", Aggregate.AVERAGE), "AVG((temp_max + temp_min) / 2)"),
        (Metric("temp_range", Aggregate.MIN), "MIN(temp_max - temp_min)"),
        (Metric("wind", Aggregate.AVERAGE), "AVG(wind)"),
        (Metric("count", Aggregate.COUNT), "COUNT(*)"),
    ],
    ids=lambda value: value.field if isinstance(value, Metric) else "",
)
def test_measures_are_what_they_are_called(tables: Tables, metric: Metric, sql: str) -> None:
    """Over all days each measure is that of a plain query."""
    ((found,),) = execute(Intent(WEATHER, (metric,)), weather(), tables.run).rows
    ((expected,),) = tables.run(f"SELECT {sql} FROM daily_weather")
    assert float(found or 0) == pytest.approx(float(expected or 0), abs=0.01)


def test_months_follow_the_calendar(tables: Tables) -> None:
    """Their natural order is not the alphabet; every day of the year is in one."""
    month = weather().field("calendar_month")
    (join,) = (clause for _, clause in weather().joins)
    names = [
        row[0]
        for row in tables.run(
            f"SELECT DISTINCT {month.sql} FROM daily_weather d {join} ORDER BY {month.order}"
        )
    ]
    assert (names[0], names[-1], len(names)) == ("January", "December", 12)


@pytest.mark.parametrize("words", weather().values, ids=lambda words: words.words[0])
def test_words_stand_for_values_that_exist(tables: Tables, words: ValueWords) -> None:
    """Whoever says foggy means a condition that was measured."""
    field = weather().field(words.field)
    (join,) = (clause for _, clause in weather().joins)
    known = {row[0] for row in tables.run(f"SELECT DISTINCT {field.sql} FROM daily_weather d {join}")}
    assert set(words.values) <= known


@pytest.mark.parametrize("question", weather().examples)
def test_the_examples_have_answers(analyst: Analyst, question: str) -> None:
    """Whatever the help offers can be asked."""
    reply = analyst.answer(WEATHER, question, None)
    assert not any(isinstance(step, Failure) for step in reply.steps)
    assert reply.intent is not None or "report" in question
