"""What some charts ask of a query beyond its words: places for a map, steps ahead for a forecast, totals."""

from __future__ import annotations

from dataclasses import replace

from bot.model import VisualizationType as Chart
from bot.sandbox.tenant.domains import COORDINATES, COUNT, Subject
from bot.sandbox.tenant.mentions import Sign
from bot.sandbox.tenant.reply import Aggregate, Filter, Grain, Intent, Metric, Operator
from bot.sandbox.tenant.wishes import Wish

_MAPS = frozenset({Chart.MAP, Chart.COUNTRY_MAP_CHART, Chart.STATE_MAP_CHART})
_PLACES = ("city", "account")
#: Steps that are forecast where nobody says how many.
_STEPS = {Grain.DAY: 14, Grain.WEEK: 8, Grain.MONTH: 6, Grain.QUARTER: 4, Grain.YEAR: 3}
_HOME = Filter("country", Operator.IN, ("United States",), "in United States", ("United States",))


def finished(intent: Intent, wish: Wish, subject: Subject) -> Intent:
    """The query with what its chart needs."""
    intent = replace(intent, totals=Sign.TOTALS in wish.signs, forecast=0)
    if intent.chart in _MAPS:
        return _mapped(intent, subject)
    if intent.records:
        return intent
    intent = replace(intent, dimensions=tuple(each for each in intent.dimensions if each not in COORDINATES))
    if intent.chart is Chart.FORECAST_CHART and intent.time is not None:
        steps = wish.ahead.count if wish.ahead else _STEPS[intent.time.grain]
        return replace(intent, forecast=steps, sort=None, limit=None, totals=False)
    return intent


def _mapped(intent: Intent, subject: Subject) -> Intent:
    """A query by country, by state, or by places with their coordinates; no map where there are no places."""
    if not subject.has(COORDINATES[0]):
        return replace(intent, chart=None)
    if intent.records:
        count = (Metric(COUNT, Aggregate.COUNT),)
        intent = replace(intent, records=False, columns=(), metrics=count, sort=None, limit=None)
    named = [each for each in intent.dimensions if each not in COORDINATES]
    kind = intent.chart
    if kind is Chart.MAP and named[:1] == ["country"]:
        kind = Chart.COUNTRY_MAP_CHART
    elif kind is Chart.MAP and named[:1] == ["state"]:
        kind = Chart.STATE_MAP_CHART
    intent = replace(intent, chart=kind, time=None)
    if kind is Chart.COUNTRY_MAP_CHART:
        return replace(intent, dimensions=("country",))
    if kind is Chart.STATE_MAP_CHART:
        others = tuple(each for each in intent.filters if each.field != "country")
        return replace(intent, dimensions=("state",), filters=(*others, _HOME))
    place = next((each for each in named if each in _PLACES), "city")
    return replace(intent, dimensions=(place, *COORDINATES))
