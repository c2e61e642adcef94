"""Follow-up questions that fit an answer."""

from __future__ import annotations

from bot.model import VisualizationType as Chart
from bot.sandbox.tenant.domains import Subject
from bot.sandbox.tenant.query import Result
from bot.sandbox.tenant.reply import Aggregate, Grain, Intent

_OFFERED = 3
_MANY = 8  # rows from which a top 5 is worth asking for


def after(intent: Intent, subject: Subject, result: Result) -> tuple[str, ...]:
    """Two or three questions that change the query in a useful way."""
    if result.empty:
        return ("Without filters", *subject.examples[:2])
    if intent.records:
        return _records(intent, subject)
    if intent.time is not None:
        return _over_time(intent, subject)
    if intent.dimensions:
        return _by_dimension(intent, subject, result)
    return (*_others(intent, subject)[:2], "And by month?")


def _records(intent: Intent, subject: Subject) -> tuple[str, ...]:
    if intent.chart is Chart.SCATTER_CHART:
        return subject.examples[:_OFFERED]
    return ("How many is that in total?", *_others(intent, subject)[:1], "And by month?")


def _over_time(intent: Intent, subject: Subject) -> tuple[str, ...]:
    grain = intent.time.grain if intent.time else Grain.MONTH
    wider = "And by year?" if grain is Grain.QUARTER else "And by quarter?"
    chart = "As an area chart" if intent.chart is not Chart.AREA_CHART else "As a table"
    return (wider, *_others(intent, subject)[:1], chart)


def _by_dimension(intent: Intent, subject: Subject, result: Result) -> tuple[str, ...]:
    additive = all(metric.aggregate in {Aggregate.SUM, Aggregate.COUNT} for metric in intent.metrics)
    chart = "As a pie chart" if additive and intent.chart is not Chart.PIE_CHART else "As a bar chart"
    shorter = "Top 5" if len(result.rows) >= _MANY and intent.limit is None else chart
    whole = "Total across all?" if additive else "And overall?"
    if [metric.field for metric in intent.metrics] == ["expected_revenue"] and additive:
        whole = "Total expected across all?"
    return (whole, *_others(intent, subject)[:1], shorter)


def _others(intent: Intent, subject: Subject) -> list[str]:
    """Dimensions that the query neither groups by nor holds to one value."""
    used = {*intent.dimensions, *(each.field for each in intent.filters), subject.row}
    known = [key for key in subject.chapters if any(field.key == key for field in subject.fields)]
    return [f"And by {subject.field(key).label.lower()}?" for key in known if key not in used] or [
        "And by year?"
    ]
