from __future__ import annotations

import pytest

from bot.core.charts import ChartPlan
from bot.model import ChartKind, ChartSpec, DisplayFormat, VisualizationType
from tests.core.wire import PIPELINE, STAGES, plan

USD = "NUMBER_CURRENCY_USD"
MONTHS = [f"{2025 + i // 12}-{i % 12 + 1:02d}-01" for i in range(24)]


def _spec(made: ChartPlan) -> ChartSpec:
    assert made.spec is not None
    assert made.spec.notes == made.notes
    return made.spec


def test_a_column_chart_of_stages() -> None:
    """Categories in the order sent, one series, readable labels, a title and the unit."""
    spec = _spec(plan("COLUMN_CHART", STAGES, PIPELINE, ["stage"], ["expected_revenue"]))
    assert spec.kind is ChartKind.COLUMN
    assert spec.title == "Expected revenue by stage"
    assert spec.categories == tuple(name for name, _ in PIPELINE)
    assert spec.series[0].values == tuple(float(amount) for _, amount in PIPELINE)
    assert (spec.x_label, spec.y_label) == ("Stage", "Expected revenue")
    assert spec.format is DisplayFormat.NUMBER_CURRENCY_USD
    assert spec.notes == ()


@pytest.mark.parametrize("kind", ["BAR", "COLUMN", "LINE", "PIE"])
def test_each_kind_is_drawn_as_asked(kind: str) -> None:
    """Kinds that need nothing special keep their name."""
    assert _spec(plan(f"{kind}_CHART", STAGES, PIPELINE)).kind.value == kind.lower()


@pytest.mark.parametrize("kind", ["TABLE", "TEXT"])
def test_tables_and_texts_need_no_chart(kind: str) -> None:
    """What is no chart is left to the table without a word."""
    assert plan(kind, STAGES, PIPELINE) == ChartPlan(None)


def test_what_cannot_be_drawn_yet_is_said() -> None:
    """Every other type of either published list falls back to the table with a sentence."""
    drawn = {"AREA", "BAR", "COLUMN", "LINE", "PIE", "SCATTER"}
    for kind in VisualizationType:
        if kind in {"TABLE", "TEXT"} or kind.removesuffix("_CHART") in drawn:
            continue
        made = plan(kind.value, STAGES, PIPELINE)
        assert made.spec is None
        assert len(made.notes) == 1
        assert made.notes[0].endswith(" cannot be drawn yet, so here is the table.")
    funnel = plan("FUNNEL_CHART", STAGES, PIPELINE)
    assert funnel.notes == ("A funnel chart cannot be drawn yet, so here is the table.",)
    assert plan("HOLOGRAM", STAGES, PIPELINE).notes[0].startswith("A chart of this kind")


@pytest.mark.parametrize("rows", [[], [("Won", 5)], [("Won", 5), ("Lost", None)]])
def test_one_value_needs_no_chart(rows: list[tuple[str, object]]) -> None:
    """Nothing, or a single number, is best read as text."""
    assert plan("COLUMN_CHART", STAGES, rows) == ChartPlan(None)


def test_no_number_is_said() -> None:
    """Names alone cannot be drawn."""
    assert plan("BAR_CHART", [("a", ""), ("b", "")], [("x", "y")]).notes == (
        "There is no number to draw, so here is the table.",
    )
    assert plan("BAR_CHART", STAGES, [("x", None), ("y", None)], ["stage"], ["expected_revenue"]).spec is None


def test_two_dimensions_become_an_axis_and_series() -> None:
    """The second dimension colours the columns; a missing pair is a gap."""
    rows = [("EMEA", "new", 1), ("EMEA", "old", 2), ("APAC", "new", 3)]
    spec = _spec(plan("COLUMN_CHART", [("region", ""), ("kind", ""), ("n", "")], rows))
    assert spec.categories == ("EMEA", "APAC")
    assert {series.name: series.values for series in spec.series} == {"new": (1.0, 3.0), "old": (2.0, None)}


def test_time_lies_along_the_axis_whichever_dimension_it_is() -> None:
    """With a time among the two dimensions, the other one makes the series, and time ascends."""
    rows = [(city, month, i) for i, month in enumerate(reversed(MONTHS)) for city in ("Rome", "Oslo")]
    spec = _spec(plan("LINE_CHART", [("city", ""), ("month", ""), ("n", "")], rows))
    assert [series.name for series in spec.series] == ["Rome", "Oslo"]
    assert list(spec.times) == sorted(spec.times)
    assert spec.categories[0] == "Jan 2025"
    assert spec.series[0].values[0] == 23.0


def test_pairs_that_occur_twice_are_joined_to_labels() -> None:
    """Two dimensions that do not identify a row cannot be pivoted without losing one."""
    rows = [("EMEA", "new", 1), ("EMEA", "new", 2), ("APAC", "new", 3)]
    spec = _spec(plan("BAR_CHART", [("region", ""), ("kind", ""), ("n", "")], rows))
    assert spec.categories == ("EMEA · new", "EMEA · new", "APAC · new")


def test_measures_of_another_unit_stay_in_the_table() -> None:
    """Dollars and counts do not share an axis, and the person is told."""
    columns = [("stage", ""), ("revenue", USD), ("deals", "NUMBER_INTEGER")]
    spec = _spec(plan("COLUMN_CHART", columns, [("a", 1000, 1), ("b", 2000, 2)]))
    assert [series.name for series in spec.series] == ["Revenue"]
    assert spec.notes == ("Deals has another unit or size, so it is only in the table.",)


@pytest.mark.parametrize(("kind", "most"), [("BAR_CHART", 20), ("COLUMN_CHART", 50)])
def test_what_does_not_fit_is_said_not_drawn(kind: str, most: int) -> None:
    """Bars need a line each, so there are fewer of them; the first values are drawn."""
    many = _spec(plan(kind, STAGES, [(f"s{i}", i) for i in range(70)]))
    assert len(many.categories) == most
    assert many.notes == (f"The chart shows the first {most} of 70 values.",)


def test_at_most_twelve_series_are_drawn() -> None:
    """The rest is said, not drawn."""
    rows = [(f"c{i % 13}", f"s{i % 14}", i) for i in range(13 * 14)]
    wide = _spec(plan("COLUMN_CHART", [("c", ""), ("s", ""), ("n", "")], rows))
    assert len(wide.series) == 12


def test_a_page_of_a_longer_result_is_called_one() -> None:
    """A chart of the first rows does not pass for a chart of all."""
    made = plan("COLUMN_CHART", STAGES, PIPELINE, hasMore=True, totalRows=900)
    assert made.notes == ("The chart is drawn from the first 6 of 900 rows.",)


def test_percentages_are_drawn_as_they_are_shown() -> None:
    """What the table shows as 25% is 25 on the axis, however it was sent."""
    columns = [("k", ""), ("share", "NUMBER_PERCENTAGE")]
    for rows in ([("a", "0.25"), ("b", "0.25"), ("c", "0.5")], [("a", "25%"), ("b", "25%"), ("c", "50%")]):
        spec = _spec(plan("COLUMN_CHART", columns, rows))
        assert spec.series[0].values == (25.0, 25.0, 50.0)
        assert spec.format is DisplayFormat.NUMBER_PERCENTAGE
    unsure = _spec(plan("COLUMN_CHART", columns, [("a", "0.2"), ("b", "0.1")]))
    assert unsure.series[0].values == (0.2, 0.1)
    assert unsure.format is DisplayFormat.DISPLAY_FORMAT_UNKNOWN


def test_an_area_needs_an_axis_with_an_order() -> None:
    """Over time an area is drawn, over names columns are."""
    assert (
        _spec(plan("AREA_CHART", [("m", ""), ("n", "")], list(zip(MONTHS, range(24), strict=True)))).kind
        == "area"
    )
    spec = _spec(plan("AREA_CHART", STAGES, PIPELINE))
    assert spec.kind is ChartKind.COLUMN
    assert spec.notes == ("An area chart needs a time axis, so here is a column chart.",)


def test_a_pie_keeps_twelve_slices() -> None:
    """Small slices become one; empty ones vanish; the sum stays."""
    rows = [(f"s{i}", i) for i in range(31)]
    spec = _spec(plan("PIE_CHART", STAGES, rows))
    assert spec.categories == (*(f"s{i}" for i in range(20, 31)), "Other")
    assert sum(value or 0 for value in spec.series[0].values) == sum(range(31))
    assert spec.notes == ("The 19 smallest slices are drawn as “Other”.",)


def test_a_pie_with_negative_values_becomes_bars() -> None:
    """A slice cannot be less than nothing."""
    spec = _spec(plan("PIE_CHART", STAGES, [("a", -1), ("b", 2)]))
    assert spec.kind is ChartKind.BAR
    assert spec.notes == ("A pie chart cannot show negative values, so here is a bar chart.",)


def test_a_pie_of_two_dimensions_has_a_slice_for_each_pair() -> None:
    """Pairs are joined to one label."""
    rows = [("EMEA", "new", 1), ("EMEA", "old", 2)]
    spec = _spec(plan("PIE_CHART", [("r", ""), ("k", ""), ("n", "")], rows))
    assert spec.categories == ("EMEA · new", "EMEA · old")


def test_a_scatter_chart_needs_two_numbers() -> None:
    """Two measures make points, one makes columns."""
    columns = [("account", ""), ("spend", USD), ("seats", "")]
    spec = _spec(plan("SCATTER_CHART", columns, [("a", 100, 1), ("b", 200, 2), ("c", 300, None)]))
    assert (spec.x_values, spec.series[0].values) == ((100.0, 200.0), (1.0, 2.0))
    assert (spec.x_label, spec.y_label, spec.categories) == ("Spend (USD)", "Seats", ("a", "b"))
    one = _spec(plan("SCATTER_CHART", STAGES, PIPELINE))
    assert one.kind is ChartKind.COLUMN
    assert one.notes == ("A scatter chart needs two columns of numbers, so here is a column chart.",)


def test_groups_of_points_become_series() -> None:
    """A dimension with few values tells the points apart."""
    rows = [(("USA", "Japan")[i % 2], i, i * 2) for i in range(10)]
    spec = _spec(plan("SCATTER_CHART", [("origin", ""), ("x", ""), ("y", "")], rows))
    assert [series.name for series in spec.series] == ["USA", "Japan"]
    assert spec.series[0].values[:2] == (0.0, None)


def test_many_dates_are_drawn_as_a_line() -> None:
    """More dates than columns have room for are not cut off."""
    rows = [(f"2026-{1 + d // 28:02d}-{d % 28 + 1:02d}", d) for d in range(80)]
    spec = _spec(plan("COLUMN_CHART", [("day", ""), ("n", "")], rows))
    assert (spec.kind, len(spec.times)) == (ChartKind.LINE, 80)
    assert spec.notes == ("There are too many dates for single bars, so here is a line chart.",)


def test_rows_without_a_date_have_no_place_on_a_time_axis() -> None:
    """They are counted, not drawn."""
    rows = [("2026-01-01", 1), ("2026-02-01", 2), (None, 3)]
    spec = _spec(plan("LINE_CHART", [("day", "DATE_DATE"), ("n", "")], rows))
    assert len(spec.times) == 2
    assert spec.notes == ("1 row without a date is not drawn.",)


def test_a_line_of_one_point_is_a_column() -> None:
    """Several measures at one moment stand side by side."""
    spec = _spec(plan("LINE_CHART", [("m", ""), ("won", ""), ("lost", "")], [("2026-01-01", 3, 5)]))
    assert (spec.kind, len(spec.series)) == (ChartKind.COLUMN, 2)


def test_untrusted_texts_are_shortened() -> None:
    """A label that goes on for ever, or over several lines, does not."""
    spec = _spec(plan("BAR_CHART", STAGES, [("x" * 9_000, 1), ("a\nb", 2)], title="t" * 9_000))
    assert [len(text) <= 120 for text in spec.categories] == [True, True]
    assert spec.categories[1] == "a b"
    assert len(spec.title) == 120
    assert len(spec.alt_text) <= 1_000
