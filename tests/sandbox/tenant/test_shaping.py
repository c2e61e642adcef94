"""What charts ask of a query."""

from __future__ import annotations

from bot.model import VisualizationType as Chart
from bot.sandbox.tenant.mentions import Ahead, Sign
from bot.sandbox.tenant.reply import Aggregate, Grain, Intent, Metric, TimeAxis
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.shaping import finished
from bot.sandbox.tenant.weather import weather
from bot.sandbox.tenant.wishes import Wish

AMOUNT = (Metric("amount", Aggregate.SUM),)
BY_MONTH = TimeAxis("close_date", Grain.MONTH)


def test_a_map_is_of_places() -> None:
    """Countries and states make their own maps, anything else stands by its coordinates."""
    by = {
        key: finished(Intent("d", AMOUNT, (key,), chart=Chart.MAP), Wish(), sales())
        for key in ("country", "state", "account", "stage")
    }
    assert {key: (each.chart, each.dimensions) for key, each in by.items()} == {
        "country": (Chart.COUNTRY_MAP_CHART, ("country",)),
        "state": (Chart.STATE_MAP_CHART, ("state",)),
        "account": (Chart.MAP, ("account", "latitude", "longitude")),
        "stage": (Chart.MAP, ("city", "latitude", "longitude")),
    }
    assert [each.field for each in by["state"].filters] == ["country"]


def test_records_on_a_map_are_counted() -> None:
    """A list of deals becomes their number at each place."""
    listed = Intent("d", records=True, columns=("opportunity",), chart=Chart.MAP)
    shown = finished(listed, Wish(), sales())
    assert (shown.records, shown.metrics, shown.dimensions[0]) == (
        False,
        (Metric("count", Aggregate.COUNT),),
        "city",
    )


def test_without_places_there_is_no_map() -> None:
    """The weather of one city is drawn as fits it."""
    intent = Intent("d", (Metric("wind", Aggregate.AVERAGE),), ("season",), chart=Chart.MAP)
    assert finished(intent, Wish(), weather()).chart is None


def test_coordinates_leave_with_the_map() -> None:
    """A follow-up that wants another chart is not grouped by latitude."""
    intent = Intent("d", AMOUNT, ("city", "latitude", "longitude"), chart=Chart.BAR_CHART)
    assert finished(intent, Wish(), sales()).dimensions == ("city",)


def test_forecasts_have_steps() -> None:
    """As many as were asked for, or as many as are usual; another chart has none."""
    intent = Intent("d", AMOUNT, time=BY_MONTH, chart=Chart.FORECAST_CHART)
    assert finished(intent, Wish(ahead=Ahead(3, Grain.MONTH)), sales()).forecast == 3
    assert finished(intent, Wish(), sales()).forecast == 6
    assert finished(Intent("d", AMOUNT, time=BY_MONTH, forecast=6), Wish(), sales()).forecast == 0


def test_totals_are_for_the_question_that_asks() -> None:
    """They are computed when they are asked for, and not in the follow-up."""
    intent = Intent("d", AMOUNT, ("region",))
    assert finished(intent, Wish(signs={Sign.TOTALS}), sales()).totals
    assert not finished(Intent("d", AMOUNT, ("region",), totals=True), Wish(), sales()).totals
