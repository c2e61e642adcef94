"""The semantic model of the sales pipeline, held against plain SQL."""

# ruff: noqa: S608 -- these statements are the tests' own

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.data import Tables
from bot.sandbox.tenant.domains import SALES, Role, ValueWords
from bot.sandbox.tenant.query import execute
from bot.sandbox.tenant.reply import Aggregate, Failure, Filter, Intent, Metric, Operator
from bot.sandbox.tenant.sales import sales

TODAY = date(2025, 6, 1)
DEALS = "opportunities o JOIN accounts a ON a.id = o.account_id JOIN owners p ON p.id = o.owner_id"


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
    ("key", "sql"),
    [
        ("account", "a.name"),
        ("stage", "stage"),
        ("owner", "p.name"),
        ("region", "region"),
        ("industry", "industry"),
    ],
)
def test_dimensions_are_what_they_are_called(tables: Tables, key: str, sql: str) -> None:
    """Deals counted by a dimension are those of a query over its column."""
    counted = execute(Intent(SALES, (Metric("count", Aggregate.COUNT),), (key,)), sales(), tables.run).rows
    statement = f"SELECT {sql}, COUNT(*) FROM {DEALS} GROUP BY 1"
    assert sorted(map(tuple, counted)) == sorted(map(tuple, tables.run(statement)))


def test_the_win_rate_counts_decided_deals_only(tables: Tables) -> None:
    """Won deals of those that are won or lost, in percent; open ones do not lower it."""
    ((rate,),) = execute(Intent(SALES, (Metric("win_rate", Aggregate.AVERAGE),)), sales(), tables.run).rows
    ((won, decided),) = tables.run(
        "SELECT SUM(stage = 'Closed Won'), SUM(stage LIKE 'Closed%') FROM opportunities"
    )
    assert float(rate or 0) == pytest.approx(100 * int(won or 0) / int(decided or 1), abs=0.01)


def test_stages_follow_the_pipeline(tables: Tables) -> None:
    """Their natural order is that of a deal's life, not the alphabet."""
    field = sales().field("stage")
    named = "opportunities o JOIN stages s ON s.name = o.stage"
    stages = [
        row[0] for row in tables.run(f"SELECT DISTINCT {field.sql} FROM {named} ORDER BY {field.order}")
    ]
    assert stages == ["Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost"]


@pytest.mark.parametrize("words", sales().values, ids=lambda words: "-".join(words.values))
def test_words_stand_for_values_that_exist(tables: Tables, words: ValueWords) -> None:
    """Whoever says Europe means a region in which there are deals."""
    field, values = words.field, words.values
    within = Filter(field, Operator.IN, values, "")
    counted = execute(
        Intent(SALES, (Metric("count", Aggregate.COUNT),), filters=(within,)), sales(), tables.run
    )
    assert int(counted.rows[0][0] or 0) > 0


@pytest.mark.parametrize("question", sales().examples)
def test_the_examples_have_answers(analyst: Analyst, question: str) -> None:
    """Whatever the help offers can be asked."""
    reply = analyst.answer(SALES, question, None)
    assert not any(isinstance(step, Failure) for step in reply.steps)
    assert reply.intent is not None or "report" in question


def test_every_measure_says_what_it_measures() -> None:
    """Money is shown as money, shares as percent, durations in days."""
    formats = {key: str(sales().field(key).format) for key in sales().keys(Role.MEASURE)}
    assert formats["amount"] == formats["expected_revenue"] == "NUMBER_CURRENCY_USD"
    assert formats["win_rate"] == formats["probability"] == "NUMBER_PERCENTAGE"
    assert sales().field("cycle").unit == "days"
