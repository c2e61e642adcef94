from __future__ import annotations

from bot.core import maps
from bot.model import ChartKind
from bot.model import VisualizationType as Type
from tests.core.wire import fitting, plan, table

CITIES = [("city", ""), ("lat", ""), ("lon", ""), ("revenue", "NUMBER_CURRENCY_USD")]
ROWS = [("Oslo", 59.9, 10.7, 5), ("Rome", 41.9, 12.5, 9), ("Lima", -12.0, -77.0, 7)]
NOTE = "A map cannot be drawn in Slack, so here is a bar chart."


def test_countries_are_bars_the_largest_first() -> None:
    """Twenty of them, whatever order they came in."""
    rows = [(f"Country {i}", i * 7 % 31) for i in range(31)]
    for kind in ("COUNTRY_MAP_CHART", "STATE_MAP_CHART", "MAP"):
        made = plan(kind, [("country", "LOCATION_COUNTRY"), ("n", "")], rows)
        assert made.spec is not None
        assert made.spec.series[0].values == tuple(map(float, range(30, 10, -1)))
        assert (made.type, made.notes) == (
            "BAR_CHART",
            (NOTE, "The chart shows the 20 largest of 31 values."),
        )


def test_coordinates_do_not_hide_the_names_of_places() -> None:
    """Bars by city; the same bars are there to choose."""
    made = plan("MAP", CITIES, ROWS, ["city", "lat", "lon"], ["revenue"])
    assert made.spec is not None
    assert made.spec.categories == ("Rome", "Lima", "Oslo")
    chosen = plan("MAP", CITIES, ROWS, ["city", "lat", "lon"], ["revenue"], wanted=Type.BAR_CHART)
    assert chosen.spec is not None
    assert set(chosen.spec.categories) == {"Rome", "Lima", "Oslo"}
    assert "BAR_CHART" in fitting("MAP", CITIES, ROWS, ["city", "lat", "lon"], ["revenue"])


def test_places_without_a_name_are_points() -> None:
    """East is right and north is up."""
    made = plan("MAP", CITIES[1:], [row[1:] for row in ROWS], ["lat", "lon"], ["revenue"])
    assert made.spec is not None
    assert (made.spec.kind, made.type) == (ChartKind.SCATTER, "SCATTER_CHART")
    assert made.spec.x_values == (10.7, 12.5, -77.0)
    assert made.spec.series[0].values == (59.9, 41.9, -12.0)
    assert made.notes == (
        "A map cannot be drawn in Slack, so here are the places by longitude and latitude.",
    )


def test_coordinates_are_known_by_their_names() -> None:
    """Words, not parts of words: a flat rate is no latitude."""
    assert maps.coordinates(table([("Latitude", ""), ("Longitude", "")], [["1", "2"]])) == (0, 1)
    assert maps.coordinates(table([("flat", ""), ("belong", "")], [["1", "2"]])) is None
    assert maps.places(table([("city", ""), ("n", "")], [["Oslo", "2"]])) is None
