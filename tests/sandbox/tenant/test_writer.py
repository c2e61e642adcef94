"""The finding in words."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.sandbox.tenant import suggestions
from bot.sandbox.tenant.data import Tables
from bot.sandbox.tenant.query import execute
from bot.sandbox.tenant.reply import Aggregate, Filter, Intent, Metric, Operator, Sort
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.writer import finding, reading

AMOUNT = Metric("amount", Aggregate.SUM)
COUNT = Metric("count", Aggregate.COUNT)
EMEA = Filter("region", Operator.IN, ("EMEA",), "in EMEA")


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    """The tables of 1 June 2025."""
    made = Tables(date(2025, 6, 1))
    yield made
    made.close()


def say(tables: Tables, intent: Intent) -> str:
    """The finding as one text."""
    return "".join(text.markdown for text in finding(intent, sales(), execute(intent, sales(), tables.run)))


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        (Intent("d", (COUNT,)), "There are **160 deals**."),
        (Intent("d", (COUNT,), filters=(EMEA,)), "There are **49 deals** (in EMEA)."),
        (
            Intent("d", (AMOUNT,), filters=(EMEA,)),
            "The total amount is **$3,556,850** over 49 deals (in EMEA).",
        ),
        (Intent("d", (AMOUNT,), ("region",)), "lowest APAC with $2,925,850 (29%)."),
        (Intent("d", (COUNT,), ("owner",)), "Highest **Kenji Watanabe and 1 other with 29** (18%)"),
        (
            Intent("d", (AMOUNT,), ("region",), sort=Sort("amount", descending=True), limit=2),
            "these are the top 2 regions",
        ),
        (Intent("d", (Metric("win_rate", Aggregate.AVERAGE),)), "The win rate is **62.26%**."),
        (
            Intent(
                "d",
                (COUNT,),
                ("owner",),
                filters=(Filter("count", Operator.ABOVE, (20.0,), "deals above 20"),),
            ),
            "of which these are the 4 owners with deals above 20",
        ),
        (
            Intent(
                "d",
                (AMOUNT,),
                ("region",),
                filters=(Filter("amount", Operator.ABOVE, (1e9,), "amount above 1bn"),),
            ),
            "No deals match: amount above 1bn.",
        ),
    ],
)
def test_findings(tables: Tables, intent: Intent, text: str) -> None:
    """The sentences say the numbers, what they are over, and ties."""
    assert text in say(tables, intent)


def test_a_reading_says_what_was_understood() -> None:
    """Measure, groups and conditions, in one sentence."""
    intent = Intent("d", (AMOUNT,), ("stage",), filters=(EMEA,))
    assert reading(intent, sales()) == "The question asks for total amount by stage: in EMEA."


def test_suggestions_do_not_repeat_the_question(tables: Tables) -> None:
    """What is grouped or filtered by is not offered again, and averages get no pie."""
    intent = Intent("d", (Metric("amount", Aggregate.AVERAGE),), ("stage",), filters=(EMEA,))
    offered = suggestions.after(intent, sales(), execute(intent, sales(), tables.run))
    assert offered == ("And overall?", "And by owner?", "As a bar chart")
