"""One question for every type of visualization, and what the tenant sends for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.model import VisualizationType as Chart
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.domains import SALES, WEATHER
from bot.sandbox.tenant.reply import Visual


@dataclass(frozen=True, slots=True)
class Shown:
    """A type of visualization, and a question that is answered with it."""

    type: Chart
    question: str
    domain: str = SALES


SHOWN: tuple[Shown, ...] = (
    Shown(Chart.BAR_CHART, "Total amount by owner as a bar chart"),
    Shown(Chart.GROUPED_BAR_CHART, "Amount by product and region as a grouped bar chart"),
    Shown(Chart.STACKED_BAR_CHART, "Amount by industry and region as a stacked bar chart"),
    Shown(Chart.STACKED_100_BAR_CHART, "Number of deals by region and stage as a 100% stacked bar chart"),
    Shown(Chart.COLUMN_CHART, "Expected revenue by stage as a column chart"),
    Shown(Chart.GROUPED_COLUMN_CHART, "Amount by region and product as grouped columns"),
    Shown(Chart.STACKED_COLUMN_CHART, "Expected revenue by stage and region as a stacked column chart"),
    Shown(Chart.STACKED_100_COLUMN_CHART, "Amount by region and product as a 100% stacked column chart"),
    Shown(Chart.LINE_CHART, "Amount and number of deals by month as a line chart"),
    Shown(Chart.AREA_CHART, "Precipitation by month in 2014 as an area chart", WEATHER),
    Shown(Chart.STACKED_AREA_CHART, "Days by month and condition in 2014 as a stacked area chart", WEATHER),
    Shown(Chart.SCATTER_CHART, "Scatter of temp max against wind in 2014", WEATHER),
    Shown(Chart.PIE_CHART, "Share of amount by region as a pie chart"),
    Shown(Chart.FUNNEL_CHART, "Funnel of open opportunities by stage"),
    Shown(Chart.FORECAST_CHART, "Forecast average temp max for the next 12 months", WEATHER),
    Shown(Chart.POLAR_CHART, "Precipitation by calendar month as a polar chart", WEATHER),
    Shown(Chart.SPIDER_CHART, "Amount by industry and region as a spider chart"),
    Shown(Chart.HEATMAP_CHART, "Heat map of the number of deals by owner and stage"),
    Shown(Chart.SANKEY_CHART, "Sankey of deals from source to stage"),
    Shown(Chart.MAP, "Amount by city on a map"),
    Shown(Chart.COUNTRY_MAP_CHART, "Expected revenue by country on a map"),
    Shown(Chart.STATE_MAP_CHART, "Amount by state on a map"),
    Shown(Chart.TABLE, "Top 10 deals by amount"),
    Shown(Chart.TEXT, "How many open deals are there, as text"),
    Shown(Chart.LLM_GENERATED_CHART, "Win rate by industry as a generated chart"),
    Shown(Chart.UNKNOWN_VISUALIZATION, "Amount by source as a treemap"),
)


def visualizations(analyst: Analyst) -> Iterator[tuple[Shown, Mapping[str, object]]]:
    """What each question of :data:`SHOWN` is answered with, in the wire's shape and in their order."""
    for shown in SHOWN:
        for step in analyst.answer(shown.domain, shown.question, None).steps:
            if isinstance(step, Visual):
                yield shown, step.visualization
