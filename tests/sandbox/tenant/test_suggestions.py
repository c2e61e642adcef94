"""Follow-up questions that fit an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.core.followups import split
from bot.sandbox.tenant import suggestions
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.domains import SALES, WEATHER
from bot.sandbox.tenant.query import execute
from bot.sandbox.tenant.reply import Aggregate, Filter, Intent, Metric, Operator, Reply, Text
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.weather import weather

AMOUNT = Metric("amount", Aggregate.SUM)


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """An analyst of 1 June 2025."""
    made = Analyst(date(2025, 6, 1))
    yield made
    made.close()


def offered(reply: Reply) -> tuple[str, ...]:
    """The questions at the end of a reply."""
    return split("".join(step.markdown for step in reply.steps if isinstance(step, Text)))[1]


@pytest.mark.parametrize(
    ("domain", "question"),
    [(SALES, each) for each in sales().examples] + [(WEATHER, each) for each in weather().examples],
)
def test_what_is_offered_can_be_asked(analyst: Analyst, domain: str, question: str) -> None:
    """Two or three questions, no two alike, and each of them leads to another query."""
    reply = analyst.answer(domain, question, None)
    questions = offered(reply)
    assert 2 <= len(set(questions)) == len(questions) <= 3
    for each in questions:
        following = analyst.answer(domain, each, reply.intent)
        assert following.intent is not None
        assert following.intent != reply.intent


def after(analyst: Analyst, intent: Intent) -> tuple[str, ...]:
    """What is offered after a query about sales."""
    return suggestions.after(intent, sales(), execute(intent, sales(), analyst.run))


def test_nothing_found_leads_back(analyst: Analyst) -> None:
    """Where no record fits, the way is out of the filters."""
    nowhere = Filter("region", Operator.IN, ("Atlantis",), "in Atlantis")
    assert after(analyst, Intent(SALES, (AMOUNT,), filters=(nowhere,)))[0] == "Without filters"


def test_a_total_is_offered_for_what_can_be_added(analyst: Analyst) -> None:
    """Amounts have a total, averages have not."""
    assert "Total across all?" in after(analyst, Intent(SALES, (AMOUNT,), ("region",)))
    average = Metric("amount", Aggregate.AVERAGE)
    assert "And overall?" in after(analyst, Intent(SALES, (average,), ("region",)))


def test_no_dimension_is_offered_twice(analyst: Analyst) -> None:
    """What the query groups by already is not asked for again."""
    assert "And by stage?" not in after(analyst, Intent(SALES, (AMOUNT,), ("stage",)))
    assert "And by stage?" in after(analyst, Intent(SALES, (AMOUNT,), ("region",)))
