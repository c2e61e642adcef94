from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import charts, tables
from bot.core.charts import NAMES, ChartPlan
from bot.model import ChartKind, ChartSpec, DisplayFormat, Stacking, VisualizationType
from tests.core.wire import PIPELINE, STAGES, fitting, forecast, plan, sound, visualization

USD = "NUMBER_CURRENCY_USD"
MONTHS = [f"{2025 + i // 12}-{i % 12 + 1:02d}-01" for i in range(24)]


def _spec(made: ChartPlan) -> ChartSpec:
    assert made.spec is not None
    return made.spec


def test_a_column_chart_of_stages() -> None:
    """Categories in the order sent, one series, readable labels, a title and the unit."""
    made = plan("COLUMN_CHART", STAGES, PIPELINE, ["stage"], ["expected_revenue"])
    spec = _spec(made)
    assert spec.kind is ChartKind.COLUMN
    assert spec.title == "Expected revenue by stage"
    assert spec.categories == tuple(name for name, _ in PIPELINE)
    assert spec.series[0].values == tuple(float(amount) for _, amount in PIPELINE)
    assert (spec.x_label, spec.y_label) == ("Stage", "Expected revenue")
    assert spec.format is DisplayFormat.NUMBER_CURRENCY_USD
    assert made.notes == ()


@pytest.mark.parametrize("kind", ["BAR", "COLUMN", "FUNNEL", "PIE", "POLAR", "SPIDER"])
def test_each_kind_is_drawn_as_asked(kind: str) -> None:
    """Kinds that need nothing special keep their name."""
    assert _spec(plan(f"{kind}_CHART", STAGES, PIPELINE)).kind.value == kind.lower()


@pytest.mark.parametrize("kind", ["TABLE", "TEXT"])
def test_tables_and_texts_need_no_chart(kind: str) -> None:
    """What is no chart is left to the table without a word."""
    assert plan(kind, STAGES, PIPELINE) == ChartPlan(None)


@pytest.mark.parametrize("kind", sorted(set(VisualizationType) - {"TABLE", "TEXT"}))
def test_every_type_of_either_list_is_drawn(kind: VisualizationType) -> None:
    """What does not fit is replaced by a chart that does, with a sentence, and the plan says which."""
    rows = [(region, month, 5 + i) for i, (region, month) in enumerate(product(("EMEA", "APAC"), MONTHS[:6]))]
    made = plan(kind, [("region", ""), ("month", ""), ("revenue", USD)], rows)
    sound(_spec(made))
    assert made.type in NAMES
    assert made.type is kind or made.notes or kind == "FORECAST_CHART"
    assert "yet" not in " ".join(made.notes)


def test_grouped_bars_stand_side_by_side() -> None:
    """With one series they are bars like others."""
    rows = [("EMEA", "new", 1), ("EMEA", "old", 2), ("APAC", "new", 3)]
    for kind, drawn in (("GROUPED_BAR_CHART", "bar"), ("GROUPED_COLUMN_CHART", "column")):
        made = plan(kind, [("region", ""), ("kind", ""), ("n", "")], rows)
        assert (_spec(made).kind, _spec(made).stacking, made.type) == (drawn, Stacking.NONE, kind)
        assert plan(kind, STAGES, PIPELINE).type == f"{drawn.upper()}_CHART"


def test_a_second_unit_has_an_axis_of_its_own() -> None:
    """Dollars are columns, counts lines against the right axis, and a third unit is left to the table."""
    columns = [
        ("month", ""),
        ("revenue", USD),
        ("deals", "NUMBER_INTEGER"),
        ("win rate", "NUMBER_PERCENTAGE"),
    ]
    made = plan("COLUMN_CHART", columns, [(m, 1000 + i, i, "25%") for i, m in enumerate(MONTHS)])
    spec = _spec(made)
    assert [(series.name, series.second) for series in spec.series] == [("Revenue", False), ("Deals", True)]
    assert spec.second is not None
    assert (spec.second.label, spec.second.format) == ("Deals", DisplayFormat.NUMBER_INTEGER)
    assert spec.title == "Revenue and Deals by month"
    assert made.notes == ("win rate has another unit or size, so it is only in the table.",)


def test_the_tenants_groups_tell_which_measures_share_an_axis() -> None:
    """Degrees and millimetres are decimals both, and do not share one."""
    groups = [{"label": "a", "measures": ["high"]}, {"label": "b", "measures": ["rain"]}]
    columns = [("day", ""), ("high", "NUMBER_DECIMAL"), ("rain", "NUMBER_DECIMAL")]
    rows = [(f"2026-01-{d:02d}", 5 + d, d) for d in range(1, 9)]
    spec = _spec(plan("LINE_CHART", columns, rows, ["day"], ["high", "rain"], measureGroups=groups))
    assert [series.second for series in spec.series] == [False, True]


def test_a_forecast_is_a_line_with_a_range() -> None:
    """Bounds stand where values are forecast; a line without any is a line."""
    rows = [(MONTHS[0], 10), (MONTHS[1], 12), (MONTHS[2], forecast(13, 11, 15))]
    made = plan("FORECAST_CHART", [("month", ""), ("n", "")], rows)
    series = _spec(made).series[0]
    assert (made.type, series.low, series.high) == ("FORECAST_CHART", (None, None, 11.0), (None, None, 15.0))
    plain = plan("FORECAST_CHART", [("month", ""), ("n", "")], rows[:2])
    assert (plain.type, plain.notes) == ("LINE_CHART", ())


def test_columns_say_which_values_are_a_forecast() -> None:
    """What has no room for a range does not pass for measured."""
    rows = [(MONTHS[0], 10), (MONTHS[1], 12), (MONTHS[2], forecast(13, 11, 15))]
    made = plan("COLUMN_CHART", [("month", ""), ("n", "")], rows)
    assert _spec(made).series[0].low == ()
    assert made.notes == ("From Mar 2025 on the values are a forecast.",)


def test_an_unknown_type_gets_the_chart_that_suits() -> None:
    """A line over time, columns over a few names, bars over more, nothing over many; and it is said."""
    over_time = plan("HOLOGRAM", [("m", ""), ("n", "")], list(zip(MONTHS, range(24), strict=True)))
    assert over_time.type == "LINE_CHART"
    assert over_time.notes == ("WisdomAI did not say which chart fits, so this one was chosen.",)
    assert plan("HOLOGRAM", STAGES, PIPELINE).type == "COLUMN_CHART"
    assert plan("HOLOGRAM", STAGES, [(f"s{i}", i) for i in range(20)]).type == "BAR_CHART"
    assert plan("HOLOGRAM", STAGES, [(f"s{i}", i) for i in range(90)]) == ChartPlan(None)


OPTIONS = {
    "series": [{"type": "column", "name": "Won", "data": [["a", 3], ["b", 5]]}],
    "title": {"text": "Wins"},
}


def test_a_chart_that_wisdomai_made_is_drawn_from_its_options() -> None:
    """They are data; what goes beyond the subset becomes the chart that suits the table, and is said."""
    made = plan("LLM_GENERATED_CHART", STAGES, PIPELINE, highchartsOptions=OPTIONS)
    spec = _spec(made)
    assert (made.type, spec.kind, spec.title, spec.categories) == (
        "LLM_GENERATED_CHART",
        "column",
        "Wins",
        ("a", "b"),
    )
    beyond = plan("LLM_GENERATED_CHART", STAGES, PIPELINE, highchartsOptions={"series": [{"type": "venn"}]})
    assert beyond.type == "COLUMN_CHART"
    assert beyond.notes == ("The chart that WisdomAI made cannot be drawn here, so here is a column chart.",)
    assert plan("LLM_GENERATED_CHART", [("a", "")], [("x",)]).notes == (
        "The chart that WisdomAI made cannot be drawn here, so here is the table.",
    )


def test_a_specification_is_drawn_from_the_table() -> None:
    """Vega-Lite names the columns; its own data are not looked at."""
    spec = {
        "mark": "bar",
        "data": {"values": [{"stage": "x", "n": 99}]},
        "encoding": {"x": {"field": "expected_revenue", "type": "quantitative"}, "y": {"field": "stage"}},
    }
    made = plan("LLM_GENERATED_CHART", STAGES, PIPELINE, llmVizSpec=spec)
    assert (made.type, _spec(made).kind, len(_spec(made).categories)) == ("LLM_GENERATED_CHART", "bar", 6)


def test_options_help_where_the_table_has_no_number() -> None:
    """A known type is drawn from the table, and only else from the options."""
    assert (
        _spec(plan("BAR_CHART", STAGES, PIPELINE, highchartsOptions=OPTIONS)).categories[0] == "Prospecting"
    )
    made = plan("BAR_CHART", [("a", ""), ("b", "")], [("x", "y")], highchartsOptions=OPTIONS)
    assert (made.type, _spec(made).categories) == ("LLM_GENERATED_CHART", ("a", "b"))


# -- what a reader may choose ----------------------------------------------------------------------------


def test_readers_choose_between_types_that_fit() -> None:
    """A few names with one number: no line, no area, no heat map."""
    assert fitting("COLUMN_CHART", STAGES, PIPELINE) == (
        "COLUMN_CHART",
        "BAR_CHART",
        "PIE_CHART",
        "TABLE",
    )
    assert fitting("FUNNEL_CHART", STAGES, PIPELINE) == (
        "COLUMN_CHART",
        "BAR_CHART",
        "PIE_CHART",
        "FUNNEL_CHART",
        "TABLE",
    )


def test_time_with_parts_may_be_stacked() -> None:
    """Parts of a measure over months stand upon each other; a pie of two dozen months is not offered."""
    rows = [(m, region, i) for i, m in enumerate(MONTHS[:12], 1) for region in ("EMEA", "APAC")]
    found = fitting("LINE_CHART", [("month", ""), ("region", ""), ("revenue", USD)], rows)
    assert {"LINE_CHART", "STACKED_AREA_CHART", "STACKED_COLUMN_CHART", "HEATMAP_CHART"} <= set(found)
    assert not {"PIE_CHART", "FUNNEL_CHART", "SANKEY_CHART"} & set(found)
    assert found[-1] == "TABLE"


def test_a_drawing_of_its_own_is_among_the_choices() -> None:
    """A reader can go back to what WisdomAI drew, beside the charts of the same table."""
    found = fitting("LLM_GENERATED_CHART", STAGES, PIPELINE, highchartsOptions=OPTIONS)
    assert found[-2:] == ("LLM_GENERATED_CHART", "TABLE")
    assert "COLUMN_CHART" in found


def test_nothing_to_draw_leaves_nothing_to_choose() -> None:
    """Neither for texts, nor for a single number."""
    assert fitting("TABLE", [("a", ""), ("b", "")], [("x", "y")]) == ()
    assert fitting("COLUMN_CHART", STAGES, [("Won", 5)]) == ()


def test_every_type_has_a_name_that_fits_a_select() -> None:
    """At most thirty characters, each once."""
    assert set(NAMES) == set(VisualizationType)
    assert len(set(NAMES.values())) == len(NAMES)
    assert max(map(len, NAMES.values())) <= 30


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("SELECT name, SUM(n) FROM t GROUP BY 1 ORDER BY SUM(n) % 7", "s07"),
        ("SELECT name, RANK() OVER (ORDER BY n) FROM t", "s11"),
    ],
)
def test_an_order_that_the_query_asks_for_is_kept(sql: str, first: str) -> None:
    """One within brackets orders something else, and the largest bar comes first."""
    rows = [(f"s{7 * i % 12:02d}", 7 * i % 12) for i in (1, 5, 2, 9, 4, 0, 3, 8, 7, 6, 10, 11)]
    made = plan("BAR_CHART", STAGES, rows, code={"codeStr": sql, "dialect": "sqlite"})
    assert _spec(made).categories[0] == first


def test_choices_are_found_quickly() -> None:
    """They are looked for on each answer."""
    rows = [(f"2026-01-{i % 28 + 1:02d}", f"c{i // 28}", i) for i in range(200)]
    found = visualization("LINE_CHART", [("day", ""), ("city", ""), ("n", "")], rows)
    table = tables.build(found)
    began = process_time()
    charts.fitting(found, table)
    assert process_time() - began < 0.2


# -- laws ------------------------------------------------------------------------------------------------

_numbers = st.one_of(
    st.none(), st.integers(-5, 5), st.integers(), st.floats(), st.sampled_from(["12%", "$3.50", "1e400", "x"])
)
_names = st.sampled_from(
    ["Jan", "Feb", "Mar", "a", "b", "Q1", "10-20", "Other", "", "x" * 300, "–"]
) | st.text(max_size=8)
_days = st.dates().map(str) | st.sampled_from([*MONTHS[:5], "9999-12-31", "0001-01-01"])
_ranges = st.builds(forecast, st.integers(-9, 9), st.floats(-99, 0), st.floats(0, 99))


@st.composite
def _wires(draw: st.DrawFn) -> tuple[list[tuple[str, str]], list[list[object]], list[str], list[str]]:
    """Columns of a kind each, rows, and perhaps who is a dimension and who a measure."""
    kinds = draw(
        st.lists(st.sampled_from([_names, _days, _numbers, _numbers, _ranges | _numbers]), max_size=5)
    )
    titles = ["stage", "Total", "from", "to", "lat", "lon", "avg price"]
    heads = draw(st.lists(st.sampled_from(titles), min_size=len(kinds), max_size=len(kinds), unique=True))
    forms = [draw(st.sampled_from(["", "", *DisplayFormat])) for _ in kinds]
    row: st.SearchStrategy[list[object]] = st.tuples(*kinds).map(list)
    rows = draw(st.lists(row, max_size=30)) if kinds else []
    roles = st.lists(st.sampled_from(heads), max_size=3) if heads else st.just([])
    return list(zip(heads, forms, strict=True)), rows, draw(roles), draw(roles)


@given(_wires(), st.sampled_from(sorted(VisualizationType)), st.sampled_from(sorted(VisualizationType)))
def test_any_table_has_a_plan_for_any_type(
    sent: tuple[list[tuple[str, str]], list[list[object]], list[str], list[str]],
    kind: VisualizationType,
    wanted: VisualizationType,
) -> None:
    """Charts are sound, what may be chosen is drawn as itself, and what is shown may be chosen."""
    columns, rows, dimensions, measures = sent
    found = visualization(kind, columns, rows, dimensions, measures)
    table = tables.build(found)
    choices = charts.fitting(found, table)
    for choice in (None, wanted, *choices):
        made = charts.plan(found, table, choice)
        assert (made.spec is None) == (made.type is VisualizationType.TABLE)
        assert all(1 < len(note) < 400 for note in made.notes)
        assert choice not in choices or made.type is choice
        if made.spec is not None:
            sound(made.spec)
    assert len(choices) <= 12
    assert len(set(choices)) == len(choices) != 1
    shown = charts.plan(found, table)
    assert shown.spec is None or shown.type in choices


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
    made = plan("BAR_CHART", columns, [("a", 1000, 1), ("b", 2000, 2)])
    spec = _spec(made)
    assert [series.name for series in spec.series] == ["Revenue"]
    assert made.notes == ("Deals has another unit or size, so it is only in the table.",)


@pytest.mark.parametrize(("kind", "most"), [("BAR_CHART", 20), ("COLUMN_CHART", 50)])
def test_what_does_not_fit_is_said_not_drawn(kind: str, most: int) -> None:
    """Bars need a line each, so there are fewer of them; the first values are drawn."""
    made = plan(kind, STAGES, [(f"s{i}", i) for i in range(70)])
    many = _spec(made)
    assert len(many.categories) == most
    assert made.notes == (f"The chart shows the first {most} of 70 values.",)


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
    made = plan("AREA_CHART", STAGES, PIPELINE)
    spec = _spec(made)
    assert spec.kind is ChartKind.COLUMN
    assert made.notes == ("An area chart needs a time axis, so here is a column chart.",)


def test_a_pie_keeps_twelve_slices() -> None:
    """The largest come first, small ones become one, empty ones vanish; the sum stays."""
    rows = [(f"s{i}", i) for i in range(31)]
    made = plan("PIE_CHART", STAGES, rows)
    spec = _spec(made)
    assert spec.categories == (*(f"s{i}" for i in range(30, 19, -1)), "Other")
    assert sum(value or 0 for value in spec.series[0].values) == sum(range(31))
    assert made.notes == ("The 19 smallest slices are drawn as “Other”.",)


def test_a_pie_with_negative_values_becomes_bars() -> None:
    """A slice cannot be less than nothing."""
    made = plan("PIE_CHART", STAGES, [("a", -1), ("b", 2)])
    spec = _spec(made)
    assert spec.kind is ChartKind.BAR
    assert made.notes == ("A pie chart cannot show negative values, so here is a bar chart.",)


def test_a_pie_of_two_dimensions_has_a_slice_for_each_pair() -> None:
    """Pairs are joined to one label."""
    rows = [("EMEA", "new", 1), ("EMEA", "old", 2)]
    spec = _spec(plan("PIE_CHART", [("r", ""), ("k", ""), ("n", "")], rows))
    assert spec.categories == ("EMEA · old", "EMEA · new")


def test_a_scatter_chart_needs_two_numbers() -> None:
    """Two measures make points, one makes columns."""
    columns = [("account", ""), ("spend", USD), ("seats", "")]
    spec = _spec(plan("SCATTER_CHART", columns, [("a", 100, 1), ("b", 200, 2), ("c", 300, None)]))
    assert (spec.x_values, spec.series[0].values) == ((100.0, 200.0), (1.0, 2.0))
    assert (spec.x_label, spec.y_label, spec.categories) == ("Spend (USD)", "Seats", ("a", "b"))
    made = plan("SCATTER_CHART", STAGES, PIPELINE)
    one = _spec(made)
    assert one.kind is ChartKind.COLUMN
    assert made.notes == ("A scatter chart needs two columns of numbers, so here is a column chart.",)


def test_groups_of_points_become_series() -> None:
    """A dimension with few values tells the points apart."""
    rows = [(("USA", "Japan")[i % 2], i, i * 2) for i in range(10)]
    spec = _spec(plan("SCATTER_CHART", [("origin", ""), ("x", ""), ("y", "")], rows))
    assert [series.name for series in spec.series] == ["USA", "Japan"]
    assert spec.series[0].values[:2] == (0.0, None)


def test_many_dates_are_drawn_as_a_line() -> None:
    """More dates than columns have room for are not cut off."""
    rows = [(str(date(2026, 1, 1) + timedelta(days=d)), d) for d in range(80)]
    made = plan("COLUMN_CHART", [("day", ""), ("n", "")], rows)
    spec = _spec(made)
    assert (spec.kind, len(spec.times)) == (ChartKind.LINE, 80)
    assert made.notes == ("There are too many dates for single bars, so here is a line chart.",)


def test_rows_without_a_date_have_no_place_on_a_time_axis() -> None:
    """They are counted, not drawn."""
    rows = [("2026-01-01", 1), ("2026-02-01", 2), (None, 3)]
    made = plan("LINE_CHART", [("day", "DATE_DATE"), ("n", "")], rows)
    spec = _spec(made)
    assert len(spec.times) == 2
    assert made.notes == ("1 row without a date is not drawn.",)


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
