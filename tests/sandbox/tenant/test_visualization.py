"""Results in the wire's shape."""

import json
from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from bot.core import visuals
from bot.model import VisualizationType
from bot.sandbox.tenant.data import Tables
from bot.sandbox.tenant.query import execute
from bot.sandbox.tenant.reply import Aggregate, Grain, Intent, Metric, TimeAxis
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.visualization import build, redress

AMOUNT = Metric("amount", Aggregate.SUM)
COUNT = Metric("count", Aggregate.COUNT)
INTENTS = (
    Intent("d", (AMOUNT,)),
    Intent("d", (AMOUNT,), ("region",)),
    Intent("d", (AMOUNT, COUNT), ("region", "stage")),
    Intent("d", (Metric("win_rate", Aggregate.AVERAGE),), time=TimeAxis("close_date", Grain.MONTH)),
    Intent("d", records=True, columns=("opportunity", "amount", "close_date")),
)
#: The non-null fields of the type in the vendor's schema, and those that a reader of a table needs.
FIELDS = (
    "id title type originalType dimensions uniqueDimensions measures measureGroups columns "
    "columnOrder columnDisplayFormats data hasMore pagination filters parsedFilters unparsedFilters "
    "mapTooltipColumns code totalRows "
)


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    """The tables of 1 June 2025."""
    made = Tables(date(2025, 6, 1))
    yield made
    made.close()


@pytest.mark.parametrize("intent", INTENTS)
def test_the_shape_is_complete_and_consistent(tables: Tables, intent: Intent) -> None:
    """Every field is there, rows are as wide as the columns, and references name columns."""
    made = json.loads(json.dumps(build(intent, sales(), execute(intent, sales(), tables.run))))
    assert all(made[name] is not None for name in FIELDS.split())
    refs = [column["uniqueRef"] for column in made["columns"]]
    assert made["columnOrder"] == refs
    assert len(set(refs)) == len(refs)
    assert {*made["dimensions"], *made["measures"]} == set(refs)
    assert {ref for group in made["measureGroups"] for ref in group["measures"]} == set(made["measures"])
    assert len(made["columnDisplayFormats"]) == len(refs)
    assert all(len(row) == len(refs) for row in made["data"])
    assert all(isinstance(cell["value"], str) for row in made["data"] for cell in row)


@pytest.mark.parametrize("intent", INTENTS)
def test_the_bot_reads_it(tables: Tables, intent: Intent) -> None:
    """The reader of the wire's visualizations finds what was put in."""
    made = build(intent, sales(), execute(intent, sales(), tables.run))
    read = visuals.read(made)
    assert read.type is VisualizationType(str(made["type"]))
    assert len(read.columns) == len(read.rows[0])
    assert read.total_rows == len(read.rows)


def test_measures_of_one_unit_share_an_axis(tables: Tables) -> None:
    """Money and counts are two groups."""
    intent = Intent("d", (AMOUNT, COUNT, Metric("expected_revenue", Aggregate.SUM)), ("region",))
    groups = build(intent, sales(), execute(intent, sales(), tables.run))["measureGroups"]
    assert isinstance(groups, list)
    assert sorted(len(group["measures"]) for group in groups) == [1, 2]


def test_cells_can_be_dressed_anew(tables: Tables) -> None:
    """The same cells as bare text, or formatted as the columns say."""
    made = build(INTENTS[1], sales(), execute(INTENTS[1], sales(), tables.run))
    bare, shown = (redress(made, each)["data"] for each in ("bare", "formatted"))
    assert isinstance(bare, list)
    assert isinstance(shown, list)
    assert [cell["value"] for cell in bare[0]] == ["Americas", "3587800"]
    assert [cell["value"] for cell in shown[0]] == ["Americas", "$3,587,800"]


def test_the_same_question_has_the_same_id(tables: Tables) -> None:
    """The id depends on the query and the chart, and on nothing else."""
    ids = [
        build(intent, sales(), execute(intent, sales(), tables.run))["id"]
        for intent in (*INTENTS, INTENTS[0])
    ]
    assert ids[0] == ids[-1]
    assert len(set(ids)) == len(INTENTS)


def test_names_lead_to_their_records(tables: Tables) -> None:
    """A deal's name is a link into the customer system, its amount is none."""
    made = build(INTENTS[4], sales(), execute(INTENTS[4], sales(), tables.run))["data"]
    assert isinstance(made, list)
    name, amount, _ = made[0]
    slug = json.loads(name["value"]).lower().replace(" ", "-")
    assert (name["hyperlink"], amount["hyperlink"]) == (f"https://crm.example/opportunities/{slug}", None)


def test_totals_stand_in_their_columns(tables: Tables) -> None:
    """A total for each region and one for everything, which add up, in any dressing."""
    intent = Intent("d", (AMOUNT,), ("region", "stage"), totals=True)
    made = build(intent, sales(), execute(intent, sales(), tables.run))
    each, everything = _totals(made)
    assert sum(float(value) for _, value in each) == float(everything[0][-1])
    assert len(each) == 3
    _, shown = _totals(redress(made, "formatted"))
    assert shown == [[f"${int(everything[0][-1]):,}"]]


def _totals(made: Mapping[str, object]) -> list[list[list[str]]]:
    """The values of each of the subtotals, by row."""
    subtotals = made["subtotals"]
    assert isinstance(subtotals, list)
    assert [len(each["columns"]) for each in subtotals] == [len(each["data"][0]) for each in subtotals]
    return [[[cell["value"] for cell in row] for row in each["data"]] for each in subtotals]


def test_two_units_are_a_chart_with_two_axes(tables: Tables) -> None:
    """Two formats beside each other can be drawn, three cannot."""
    two = Intent("d", (AMOUNT, COUNT), ("region",))
    three = Intent("d", (AMOUNT, COUNT, Metric("win_rate", Aggregate.AVERAGE)), ("region",))
    kinds = [build(each, sales(), execute(each, sales(), tables.run))["type"] for each in (two, three)]
    assert kinds == ["COLUMN_CHART", "TABLE"]
