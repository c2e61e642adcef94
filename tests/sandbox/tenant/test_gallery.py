"""One question for every type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.core import visuals
from bot.model import DisplayFormat, VisualizationType
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.domains import SALES, WEATHER
from bot.sandbox.tenant.gallery import SHOWN, visualizations
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.reply import Text, Visual
from tests.sandbox.tenant.stand import chat_variables, fresh_token, probing, running


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """An analyst of 20 November 2026."""
    made = Analyst(date(2026, 11, 20))
    yield made
    made.close()


def test_every_type_is_asked_for_once() -> None:
    """The questions cover both of the vendor's lists."""
    assert sorted(shown.type for shown in SHOWN) == sorted(VisualizationType)


def test_each_question_gives_its_type(analyst: Analyst) -> None:
    """Every question is understood, and answered with the one visualization that it asks for."""
    found = [(shown.type, VisualizationType(str(made["type"]))) for shown, made in visualizations(analyst)]
    assert found == [(shown.type, shown.type) for shown in SHOWN]
    for shown in SHOWN:
        steps = analyst.answer(shown.domain, shown.question, None).steps
        said = "".join(step.markdown for step in steps if isinstance(step, Text))
        assert "I left out" not in said, shown.question


def test_the_bot_reads_them_all(analyst: Analyst) -> None:
    """What is sent has rows, titles and the same type when the bot has read it."""
    for shown, made in visualizations(analyst):
        read = visuals.read(made)
        assert (read.type, bool(read.rows), bool(read.title)) == (shown.type, True, True)


WHOLE = """
subscription Chat(
  $auth: SubscriptionAuthInput!, $domainId: String!, $query: StructuredQuery!, $key: String!
) {
  chat(auth: $auth, domainId: $domainId, query: $query, idempotencyKey: $key) {
    bodyDiff { ops { insert { visualization {
      id title type originalType dimensions measures measureGroups { label measures format }
      data { value hyperlink forecastRange { lowerBound upperBound } }
      columns { name alias uniqueRef tableName properties { displayFormat } } columnOrder columnDisplayFormats
      subtotals { columns { name alias uniqueRef } data { value } visualizationId }
      hasMore totalRows mapColorByColumn mapTooltipColumns llmVizSpec highchartsOptions
    } } } } } }
"""


@pytest.mark.parametrize("options", [TenantOptions(dressing="formatted"), TenantOptions(flat=True)])
async def test_they_all_pass_the_wire(analyst: Analyst, options: TenantOptions) -> None:
    """Over the socket every field arrives as it was made, whatever the dressing of the cells."""
    questions = [
        *((shown.domain, shown.question) for shown in SHOWN),
        (SALES, "amount by region with totals"),
    ]
    async with running(options, analyst=analyst) as server:
        for at, (domain, question) in enumerate(questions):
            async with probing(server, "graphql-transport-ws", max_size=None) as probe:
                await probe.init()
                asked = chat_variables(fresh_token(server), question, key=str(at)) | {"domainId": domain}
                asked.pop("conversationId")
                await probe.subscribe(asked, query=WHOLE)
                payloads = await probe.results()
            assert not any("errors" in payload for payload in payloads), question
            ops = [op for each in payloads for op in each["data"]["chat"]["bodyDiff"]["ops"]]
            (found,) = [
                op["insert"]["visualization"] for op in ops if (op["insert"] or {}).get("visualization")
            ]
            read = visuals.read(found)
            assert read.rows
            assert (found["highchartsOptions"] is None) == (read.type in {"TABLE", "TEXT"})
            if "totals" in question:
                assert [row[-1].value for total in read.subtotals for row in total.rows] != []


ASKED = (
    (SALES, "list open deals sorted by last activity"),
    (SALES, "number of deals by time of last activity"),
    (SALES, "amount by fiscal quarter"),
    (SALES, "amount by fiscal year"),
    (SALES, "win rate by country"),
    (SALES, "amount by state"),
    (SALES, "amount by quarter"),
    (SALES, "number of deals by year"),
    (SALES, "response time by source"),
    (SALES, "response time in minutes by source"),
    (SALES, "response time in hours by source"),
    (SALES, "days open by stage"),
    (SALES, "age in weeks by stage"),
    (SALES, "age in months by stage"),
    (SALES, "age in quarters by stage"),
    (SALES, "age in years by stage"),
    (WEATHER, "precipitation by day in january 2014"),
    (WEATHER, "precipitation by month"),
)


def test_every_display_format_occurs(analyst: Analyst) -> None:
    """Whatever a tenant may ask a column to look like, some question of the sandbox asks it."""
    found: set[str] = set()
    for domain, question in ASKED:
        for step in analyst.answer(domain, question, None).steps:
            if isinstance(step, Visual):
                formats = step.visualization["columnDisplayFormats"]
                assert isinstance(formats, list)
                found |= set(formats)
    assert found == set(DisplayFormat)
