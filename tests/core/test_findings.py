from __future__ import annotations

from math import sin

from tests.core.wire import PIPELINE, STAGES, forecast, plan

USD = "NUMBER_CURRENCY_USD"
MONTHS = [f"{2025 + i // 12}-{i % 12 + 1:02d}-01" for i in range(24)]


def _alt(*args: object, title: str = "") -> str:
    spec = plan(*args, title=title).spec
    assert spec is not None
    return spec.alt_text


def test_columns_tell_extremes_count_and_total() -> None:
    """The finding stands in one sentence."""
    assert _alt("COLUMN_CHART", STAGES, PIPELINE) == (
        "Column chart: Expected revenue by stage. "
        "Highest: Negotiation $1.2M; lowest: Prospecting $120K; 6 stages, total $3.4M."
    )


def test_a_question_as_title_keeps_its_mark() -> None:
    """No full stop follows another."""
    assert _alt("BAR_CHART", STAGES, PIPELINE, title="How much?").startswith("Bar chart: How much? Highest")


def test_lines_over_time_tell_the_trend() -> None:
    """From when to when, how far, and the extremes; no total, since a level has none."""
    rows = [(month, 100 + 5 * i) for i, month in enumerate(MONTHS)]
    assert _alt("LINE_CHART", [("month", ""), ("orders", "")], rows) == (
        "Line chart: Orders by month. From Jan 2025: 100 to Dec 2026: 215, up 115%. "
        "Highest: Dec 2026: 215; lowest: Jan 2025: 100; 24 points."
    )


def test_averages_are_not_added_up() -> None:
    """A total of averages, or a growth of temperatures in per cent, would be nonsense."""
    assert "total" not in _alt("COLUMN_CHART", [("k", ""), ("avg_price", USD)], [("a", 1), ("b", 2)])
    rows = [("2026-01-01", -2), ("2026-02-01", 3)]
    assert "up by 5" in _alt("LINE_CHART", [("day", ""), ("temperature", "")], rows)


def test_several_series_are_named() -> None:
    """Names, the course of each, and where the extremes are."""
    rows = [(m, c, 10 + i + 5 * j) for i, m in enumerate(MONTHS[:3]) for j, c in enumerate(("Rome", "Oslo"))]
    text = _alt("LINE_CHART", [("month", ""), ("city", ""), ("n", "")], rows)
    assert "2 series: Rome, Oslo." in text
    assert "Oslo: from Jan 2025: 15 to Mar 2025: 17, up 13%." in text
    assert "Highest: Oslo, Mar 2025: 17; lowest: Rome, Jan 2025: 10; 3 points." in text


def test_a_narrow_range_shows_the_digits_that_differ() -> None:
    """Highest and lowest never read the same unless they are."""
    rows = [("a", 1_001_000), ("b", 1_001_133)]
    assert "Highest: b 1.0011M; lowest: a 1.001M" in _alt("BAR_CHART", [("k", ""), ("n", "")], rows)
    assert "All values are 5" in _alt("BAR_CHART", [("k", ""), ("n", "")], [("a", 5), ("b", 5)])


def test_slices_tell_their_share() -> None:
    """The largest and the smallest part of the whole."""
    text = _alt("PIE_CHART", STAGES, PIPELINE)
    assert (
        "Largest: Negotiation $1.2M (35%); smallest: Prospecting $120K (4%); 6 slices, total $3.4M." in text
    )


def test_points_tell_their_relation() -> None:
    """Ranges of both axes, and whether they go together."""
    columns = [("k", ""), ("spend", USD), ("seats", "")]
    rising = _alt("SCATTER_CHART", columns, [(f"a{i}", 100 * i, i) for i in range(1, 9)])
    assert "8 points; Spend (USD) from 100 to 800, Seats from 1 to 8." in rising
    assert "The two rise together (correlation 1.00)." in rising
    falling = _alt("SCATTER_CHART", columns, [(f"a{i}", 100 * i, -i) for i in range(1, 9)])
    assert "One falls as the other rises" in falling
    wild = _alt("SCATTER_CHART", columns, [(f"a{i}", i, round(sin(i * 7.1) * 50)) for i in range(1, 60)])
    assert "no clear relation" in wild


def test_nouns_are_counted_properly() -> None:
    """Plurals follow the common rules; other scripts are counted as values."""
    rows = [("a", 1), ("b", 2)]
    for name, words in {
        "country": "2 countries",
        "status": "2 statuses",
        "Day": "2 days",
        "地域": "2 values",
    }.items():
        assert words in _alt("BAR_CHART", [(name, ""), ("n", "")], rows)


def test_long_texts_stay_within_slacks_limit() -> None:
    """A description has at most a thousand characters, whatever the names."""
    rows = [(f"{'x' * 300} {i}", f"{'y' * 300} {j}", i + j) for i in range(5) for j in range(5)]
    assert len(_alt("COLUMN_CHART", [("a", ""), ("b", ""), ("n", "")], rows, title="t" * 500)) <= 1_000


def test_stacks_tell_their_totals() -> None:
    """The largest and the smallest whole, not part."""
    rows = [(region, kind, n) for region, n in (("EMEA", 3), ("APAC", 5)) for kind in ("new", "old")]
    columns = [("region", ""), ("kind", ""), ("deals", "NUMBER_INTEGER")]
    assert _alt("STACKED_COLUMN_CHART", columns, rows) == (
        "Stacked column chart: Deals by region. 2 series: new, old. "
        "Totals: highest: APAC 10; lowest: EMEA 6; 2 regions, total 16."
    )


def test_full_stacks_tell_shares() -> None:
    """In per cent of each whole."""
    rows = [("EMEA", "new", 1), ("EMEA", "old", 3), ("APAC", "new", 5), ("APAC", "old", 5)]
    text = _alt("STACKED_100_BAR_CHART", [("region", ""), ("kind", ""), ("deals", "")], rows)
    assert text.startswith("100% stacked bar chart: Deals by region.")
    assert "Shares: Highest: old, EMEA 75%; lowest: new, EMEA 25%; 2 regions." in text


def test_funnels_tell_what_is_left_and_where_most_is_lost() -> None:
    """From the first stage to the last."""
    rows = [("Visit", 1000), ("Cart", 400), ("Order", 300)]
    assert _alt("FUNNEL_CHART", [("step", ""), ("people", "NUMBER_INTEGER")], rows) == (
        "Funnel chart: People by step. From Visit 1K to Order 300 (30%). "
        "Largest drop: Visit to Cart, down 60%; 3 stages."
    )


def test_heat_maps_tell_the_hottest_and_the_coldest_cell() -> None:
    """By row and column."""
    rows = [("8am", "Mon", 1), ("9am", "Mon", 3), ("8am", "Tue", 5)]
    assert _alt("HEATMAP_CHART", [("hour", ""), ("day", ""), ("calls", "")], rows) == (
        "Heat map: Calls by hour. 2 rows and 2 columns. Highest: Tue, 8am 5; lowest: Mon, 8am 1."
    )


def test_flows_tell_the_largest() -> None:
    """And the total of what begins to flow."""
    rows = [("Web", "Won", 5), ("Web", "Lost", 9), ("Ads", "Won", 1)]
    text = _alt("SANKEY_CHART", [("source", ""), ("stage", ""), ("deals", "NUMBER_INTEGER")], rows)
    assert text == (
        "Sankey chart: Deals by source, Stage. 3 flows, total 15. "
        "Largest: Web to Lost: 9; Web to Won: 5; Ads to Won: 1."
    )


def test_forecasts_tell_what_is_measured_and_what_may_come() -> None:
    """The last measured value, and the range at the end."""
    rows = [
        (MONTHS[0], 10),
        (MONTHS[1], 12),
        (MONTHS[2], forecast(13, 11, 15)),
        (MONTHS[3], forecast(14, 10, 18)),
    ]
    text = _alt("FORECAST_CHART", [("month", ""), ("orders", "")], rows)
    assert text.startswith("Forecast, as a line chart: Orders by month.")
    assert "Last measured Feb 2025: 12; forecast for Apr 2025: 14, between 10 and 18." in text


def test_two_axes_tell_two_units() -> None:
    """Each side in its own."""
    columns = [("stage", ""), ("revenue", USD), ("deals", "NUMBER_INTEGER")]
    text = _alt("COLUMN_CHART", columns, [("a", 1000, 1), ("b", 2000, 2)])
    assert "Left axis, Revenue: Highest: b $2K; lowest: a $1K; 2 stages, total $3K." in text
    assert "Right axis, Deals: Highest: b 2; lowest: a 1; 2 stages, total 3." in text


def test_missing_periods_are_not_counted() -> None:
    """A gap is no point."""
    rows = [(month, i) for i, month in enumerate(MONTHS[:6]) if i != 3]
    assert _alt("LINE_CHART", [("month", ""), ("n", "")], rows).endswith("5 points.")
