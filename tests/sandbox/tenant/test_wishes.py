"""What one question wishes for."""

from datetime import date

import pytest

from bot.sandbox.tenant.domains import COUNT
from bot.sandbox.tenant.mentions import (
    Aggregator,
    Bound,
    Dimension,
    Measure,
    Mention,
    Noun,
    Sign,
    Value,
    When,
    Within,
)
from bot.sandbox.tenant.periods import Period
from bot.sandbox.tenant.reply import Aggregate, Grain, Metric, Operator
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.wishes import Listener, Wish

EMEA = Value("region", ("EMEA",), "EMEA")
APAC = Value("region", ("APAC",), "APAC")
YEAR = Within(Period(date(2024, 1, 1), date(2025, 1, 1), "last year", Grain.YEAR))
NEXT = Within(Period(date(2025, 1, 1), date(2026, 1, 1), "this year", Grain.YEAR))


def hear(*mentions: Mention) -> Wish:
    """The wish of some mentions."""
    return Listener(sales()).hear(mentions)


def test_values_of_a_field_are_joined() -> None:
    """EMEA and APAC are either of the two, said as one condition."""
    (condition,) = hear(EMEA, APAC).filters
    assert (condition.operator, condition.values, condition.label) == (
        Operator.IN,
        ("EMEA", "APAC"),
        "in EMEA or APAC",
    )


def test_a_negated_value_is_excluded() -> None:
    """What comes after "not" is left out."""
    (condition,) = hear(Sign.NOT, EMEA).filters
    assert (condition.operator, condition.label) == (Operator.NOT_IN, "not in EMEA")


@pytest.mark.parametrize(
    ("mentions", "field"),
    [
        ((When("created_date"), YEAR), "created_date"),
        ((YEAR,), "close_date"),
        ((YEAR, When("created_date")), "created_date"),
    ],
)
def test_a_period_is_about_the_date_beside_it(mentions: tuple[Mention, ...], field: str) -> None:
    """Without a date field a period means the close date."""
    assert [each.field for each in hear(*mentions).filters] == [field]


def test_compared_values_become_rows() -> None:
    """Compared values are grouped by, compared periods are steps of time."""
    assert hear(Sign.VERSUS, EMEA, APAC).dimensions == ["region"]
    assert hear(YEAR, Sign.VERSUS, NEXT).grain is Grain.YEAR


def test_the_name_of_a_values_field_is_no_grouping() -> None:
    """In "EMEA region" the region is not asked for; after "by" it is."""
    assert hear(EMEA, Dimension("region")).dimensions == []
    assert hear(EMEA, Sign.GROUP, Dimension("region")).dimensions == ["region"]


def test_a_bound_is_about_the_measure_beside_it() -> None:
    """A limit takes the measure next to it, counts records before a noun, and else means the amount."""
    limit = Bound(Operator.ABOVE, (20.0,), "20")
    assert [each.field for each in hear(Measure("probability"), limit).filters] == ["probability"]
    assert [each.field for each in hear(limit, Noun(plural=True)).filters] == [COUNT]
    assert [each.field for each in hear(limit).filters] == ["amount"]


def test_aggregates_belong_to_their_measure() -> None:
    """The word average changes the measure after it; how many, before a noun, counts."""
    average, count = Aggregator(Aggregate.AVERAGE), Aggregator(Aggregate.COUNT)
    assert hear(average, Measure("amount")).metrics == [Metric("amount", Aggregate.AVERAGE)]
    assert hear(count, Noun(plural=True)).metrics == [Metric(COUNT, Aggregate.COUNT)]
