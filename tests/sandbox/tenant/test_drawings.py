"""Results as drawing libraries want them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from bot.model import VisualizationType as Chart
from bot.sandbox.tenant import drawings
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.data import Tables
from bot.sandbox.tenant.domains import SALES, WEATHER
from bot.sandbox.tenant.gallery import visualizations
from bot.sandbox.tenant.query import execute
from bot.sandbox.tenant.reply import Aggregate, Intent, Metric, Visual
from bot.sandbox.tenant.sales import sales


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """An analyst of 20 November 2026."""
    made = Analyst(date(2026, 11, 20))
    yield made
    made.close()


def options(analyst: Analyst, question: str, domain: str = SALES) -> Mapping[str, object]:
    """The ``highchartsOptions`` of the answer to a question, as they come over the wire."""
    (made,) = [s.visualization for s in analyst.answer(domain, question, None).steps if isinstance(s, Visual)]
    found = json.loads(json.dumps(made["highchartsOptions"]))
    assert isinstance(found, dict)
    return found


def test_every_chart_has_options(analyst: Analyst) -> None:
    """Whatever is a chart has a title and a series with points; tables and text have none."""
    for shown, made in visualizations(analyst):
        found = json.loads(json.dumps(made["highchartsOptions"]))
        if shown.type in {Chart.TABLE, Chart.TEXT}:
            assert found is None
        else:
            assert found["title"]["text"] == made["title"]
            assert all(series["data"] for series in found["series"])


def test_series_share_the_categories(analyst: Analyst) -> None:
    """Two dimensions become categories and series, with a gap where there is no value."""
    found = options(analyst, "amount by owner and stage as a stacked bar chart")
    assert found["chart"] == {"type": "bar"}
    assert found["plotOptions"] == {"series": {"stacking": "normal"}}
    axis, series = found["xAxis"], found["series"]
    assert isinstance(axis, dict)
    assert isinstance(series, list)
    assert {len(each["data"]) for each in series} == {len(axis["categories"])} == {8}
    assert any(None in each["data"] for each in series)


def test_units_have_their_axes(analyst: Analyst) -> None:
    """Money and counts stand on two axes, over time in milliseconds."""
    found = options(analyst, "amount and number of deals by month")
    series, axes = found["series"], found["yAxis"]
    assert isinstance(series, list)
    assert isinstance(axes, list)
    assert [each["yAxis"] for each in series] == [0, 1]
    assert axes[1]["opposite"]
    assert found["xAxis"] == {"type": "datetime"}
    assert series[0]["data"][0][0] % 86_400_000 == 0


def test_a_forecast_has_a_band(analyst: Analyst) -> None:
    """The range stands behind the line, for the steps ahead only."""
    found = options(analyst, "forecast average temp max for the next 12 months", WEATHER)
    series = found["series"]
    assert isinstance(series, list)
    assert [each.get("type") for each in series] == [None, "arearange"]
    assert (len(series[0]["data"]), len(series[1]["data"])) == (60, 12)


def test_the_generated_specification_names_its_fields(analyst: Analyst) -> None:
    """Each channel is a field of the records that it brings along."""
    (made,) = [made for shown, made in visualizations(analyst) if shown.type is Chart.LLM_GENERATED_CHART]
    spec = json.loads(json.dumps(made["llmVizSpec"]))
    fields = {channel["field"] for channel in spec["encoding"].values()}
    assert fields == set(spec["data"]["values"][0])


def test_nothing_to_draw_is_no_drawing() -> None:
    """A number without an axis has no options."""
    tables = Tables(date(2026, 11, 20))
    intent = Intent(SALES, (Metric("amount", Aggregate.SUM),))
    result = execute(intent, sales(), tables.run)
    tables.close()
    assert drawings.highcharts(drawings.Drawing(Chart.COLUMN_CHART, "Amount", result)) is None
