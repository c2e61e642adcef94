"""From mentions to queries."""

from datetime import date

import pytest

from bot.model import VisualizationType
from bot.sandbox.tenant.domains import COUNT
from bot.sandbox.tenant.language import read
from bot.sandbox.tenant.lexicon import Lexicon, build
from bot.sandbox.tenant.mentions import Command
from bot.sandbox.tenant.planner import Misunderstanding, plan
from bot.sandbox.tenant.reply import Aggregate, Grain, Intent, Metric, Sort, TimeAxis
from bot.sandbox.tenant.sales import sales

TODAY = date(2025, 6, 1)
AMOUNT = Metric("amount", Aggregate.SUM)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """The words of a small sales domain."""
    return build(sales(), {"region": ["EMEA", "APAC"], "stage": ["Proposal"]})


def ask(lexicon: Lexicon, *questions: str) -> Intent | Command | Misunderstanding:
    """What the last of several questions asks for."""
    previous: Intent | None = None
    planned: Intent | Command | Misunderstanding = Misunderstanding.NOTHING
    for question in questions:
        planned = plan(read(question, lexicon, TODAY), sales(), previous)
        previous = planned if isinstance(planned, Intent) else previous
    return planned


def intent(lexicon: Lexicon, *questions: str) -> Intent:
    """The query that the last of several questions asks for."""
    planned = ask(lexicon, *questions)
    assert isinstance(planned, Intent)
    return planned


def test_new_groups_replace_the_old(lexicon: Lexicon) -> None:
    """Another "by" changes the rows, keeps measure and filters, and forgets order and chart."""
    found = intent(lexicon, "top 3 regions by amount of open deals as a pie chart", "and by stage?")
    assert (found.dimensions, found.metrics, found.limit, found.sort, found.chart) == (
        ("stage",),
        (AMOUNT,),
        None,
        None,
        None,
    )
    assert [each.label for each in found.filters] == ["open"]


def test_a_chart_changes_only_the_chart(lexicon: Lexicon) -> None:
    """The query stays as it was."""
    before, after = (
        intent(lexicon, *each) for each in (("amount by month",), ("amount by month", "as an area chart"))
    )
    assert after.chart is VisualizationType.AREA_CHART
    assert (after.metrics, after.time, after.filters) == (before.metrics, before.time, before.filters)


def test_totals_drop_the_groups_and_keep_the_filters(lexicon: Lexicon) -> None:
    """The total is that of what was shown."""
    found = intent(lexicon, "amount by region", "only open deals", "total across all?")
    assert (found.dimensions, found.time, found.records) == ((), None, False)
    assert [each.label for each in found.filters] == ["open"]


def test_a_list_can_become_numbers_and_back(lexicon: Lexicon) -> None:
    """Rows can be counted by something, and listed again."""
    assert intent(lexicon, "list open deals", "by region").metrics == (Metric(COUNT, Aggregate.COUNT),)
    found = intent(lexicon, "list open deals", "by region", "list them")
    assert found.records
    assert [each.label for each in found.filters] == ["open"]


@pytest.mark.parametrize(
    ("question", "sort", "limit"),
    [
        ("top 5 deals", Sort("amount", descending=True), 5),
        ("the smallest deal", Sort("amount", descending=False), 1),
        ("biggest deals", Sort("amount", descending=True), 10),
        ("deals sorted by probability ascending", Sort("probability", descending=False), None),
        ("amount by region alphabetically", Sort("region", descending=False), None),
        ("bottom 2 regions by amount", Sort("amount", descending=False), 2),
    ],
)
def test_orders(lexicon: Lexicon, question: str, sort: Sort, limit: int | None) -> None:
    """Superlatives, tops and sort words give an order, and some of them a length."""
    found = intent(lexicon, question)
    assert (found.sort, found.limit) == (sort, limit)


def test_time_is_that_of_the_date_named(lexicon: Lexicon) -> None:
    """Deals are counted by close date, created ones by creation."""
    assert intent(lexicon, "deals per month").time == TimeAxis("close_date", Grain.MONTH)
    assert intent(lexicon, "deals created per month").time == TimeAxis("created_date", Grain.MONTH)


@pytest.mark.parametrize(
    ("question", "planned"),
    [
        ("help", Command.HELP),
        ("and the sql?", Command.SQL),
        ("write a report", Command.REPORT),
        ("deals in narnia", Misunderstanding.UNKNOWN_NAME),
        ("as a pie chart", Misunderstanding.NOTHING),
        ("", Misunderstanding.NOTHING),
    ],
)
def test_not_everything_is_a_query(
    lexicon: Lexicon, question: str, planned: Command | Misunderstanding
) -> None:
    """Commands are carried out, and what makes no sense is called so."""
    assert ask(lexicon, question) is planned


def test_help_in_a_question_is_no_command(lexicon: Lexicon) -> None:
    """Who asks politely for help with a number gets the number."""
    assert intent(lexicon, "help me with the amount by region").dimensions == ("region",)
