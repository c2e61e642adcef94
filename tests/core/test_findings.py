from __future__ import annotations

from math import sin

from tests.core.wire import PIPELINE, STAGES, plan

USD = "NUMBER_CURRENCY_USD"
MONTHS = [f"{2025 + i // 12}-{i % 12 + 1:02d}-01" for i in range(24)]


def _alt(*args: object, **more: object) -> str:
    spec = plan(*args, **more).spec
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
