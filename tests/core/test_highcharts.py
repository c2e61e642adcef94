from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import highcharts
from bot.core.frames import Shape
from bot.model import Axis, ChartKind, DisplayFormat, Flow, Stacking
from tests.core.wire import plan, sound

JANUARY = 1_767_225_600_000
DAY = 86_400_000


def _read(series: object, **options: object) -> Shape:
    shape = highcharts.read({"series": series, **options})
    assert shape is not None
    return shape


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("column", "column"),
        ("bar", "bar"),
        ("line", "line"),
        ("spline", "line"),
        ("areaspline", "area"),
        ("area", "area"),
    ],
)
def test_series_along_categories(named: str, kind: str) -> None:
    """Names from the axis, numbers from the series."""
    shape = _read(
        [{"name": "Won", "data": [3, None, 5]}],
        chart={"type": named},
        xAxis={"categories": ["Q1", "Q2", "Q3"]},
    )
    assert shape.kind.value == kind
    assert shape.frame.categories == ("Q1", "Q2", "Q3")
    assert (shape.frame.series[0].name, shape.frame.series[0].values) == ("Won", (3.0, None, 5.0))


def test_points_may_be_objects_or_pairs() -> None:
    """Names, positions and values, however they are written."""
    named = _read([{"type": "column", "data": [{"name": "a", "y": 1}, ["b", 2]]}])
    assert (named.frame.categories, named.frame.series[0].values) == (("a", "b"), (1.0, 2.0))
    placed = _read([{"type": "line", "data": [{"x": 5, "y": 1}, [2, 3]]}])
    assert (placed.frame.categories, placed.frame.series[0].values) == (("2", "5"), (3.0, 1.0))


def test_times_are_milliseconds() -> None:
    """As pairs, or counted from a start; series may begin at different times."""
    pairs = _read([{"data": [[JANUARY, 1], [JANUARY + DAY, 2]]}], xAxis={"type": "datetime"})
    assert pairs.frame.categories == ("Jan 1, 2026", "Jan 2, 2026")
    counted = _read(
        [
            {"name": "a", "pointStart": JANUARY, "pointInterval": DAY, "data": [1, 2]},
            {"name": "b", "pointStart": JANUARY + DAY, "pointInterval": DAY, "data": [3, 4]},
        ],
        xAxis=[{"type": "datetime"}],
    )
    assert [series.values for series in counted.frame.series] == [(1, 2, None), (None, 3, 4)]
    months = _read(
        [{"pointStart": JANUARY, "pointIntervalUnit": "month", "data": [1, 2, 3]}], xAxis={"type": "datetime"}
    )
    assert months.frame.categories == ("Jan 2026", "Feb 2026", "Mar 2026")


@pytest.mark.parametrize(
    ("stacking", "drawn"), [("normal", Stacking.STACKED), ("percent", Stacking.FULL), (None, Stacking.NONE)]
)
def test_stacking_is_an_option_of_the_plot(stacking: object, drawn: Stacking) -> None:
    """Amounts or shares."""
    wires = [{"name": name, "data": [1, 2]} for name in "ab"]
    shape = _read(wires, chart={"type": "column"}, plotOptions={"series": {"stacking": stacking}})
    assert shape.stacking is drawn


def test_a_line_over_columns_has_an_axis_of_its_own() -> None:
    """On the same axis they are beyond the subset."""
    wires: list[dict[str, object]] = [
        {"type": "column", "name": "Revenue", "data": [10, 20]},
        {"type": "line", "name": "Deals", "yAxis": 1, "data": [1, 2]},
    ]
    axes = [{"title": {"text": "USD"}, "labels": {"format": "${value}"}}, {"title": {"text": "Count"}}]
    shape = _read(wires, yAxis=axes, xAxis={"categories": ["Q1", "Q2"]})
    assert shape.kind is ChartKind.COLUMN
    assert [series.second for series in shape.frame.series] == [False, True]
    assert (shape.frame.y_label, shape.frame.format) == ("USD", DisplayFormat.NUMBER_CURRENCY_USD)
    assert shape.frame.second == Axis("Count")
    assert highcharts.read({"series": [wires[0], {**wires[1], "yAxis": 0}]}) is None


def test_slices_and_stages_have_names() -> None:
    """A pie, and a funnel of pairs."""
    pie = _read(
        [{"type": "pie", "data": [{"name": "a", "y": 1}, {"name": "b", "y": 3}]}],
        tooltip={"valueSuffix": "%"},
    )
    assert (pie.kind, pie.frame.format) == (ChartKind.BAR, DisplayFormat.NUMBER_PERCENTAGE)
    funnel = _read([{"type": "funnel", "data": [["Visit", 9], ["Order", 3]]}])
    assert (funnel.kind, funnel.frame.categories) == (ChartKind.FUNNEL, ("Visit", "Order"))


def test_points_of_two_numbers() -> None:
    """Bubbles are points; each series has its own."""
    shape = _read(
        [
            {"type": "scatter", "name": "a", "data": [[1, 2]]},
            {"type": "bubble", "name": "b", "data": [[3, 4, 9]]},
        ][:1]
    )
    assert (shape.frame.x_values, shape.frame.series[0].values) == ((1.0,), (2.0,))
    two = _read(
        [{"name": "a", "data": [[1, 2]]}, {"name": "b", "data": [[3, 4, 9]]}], chart={"type": "bubble"}
    )
    assert two.frame.x_values == (1.0, 3.0)
    assert [series.values for series in two.frame.series] == [(2.0, None), (None, 4.0)]


def test_cells_of_a_heat_map() -> None:
    """Column, row, value; by position or by name."""
    axes = {"xAxis": {"categories": ["x", "y"]}, "yAxis": {"categories": ["p", "q"]}}
    shape = _read([{"type": "heatmap", "data": [[0, 0, 1], {"x": 1, "y": 1, "value": 2}]}], **axes)
    assert shape.kind is ChartKind.HEATMAP
    assert [series.values for series in shape.frame.series] == [(1.0, None), (None, 2.0)]
    assert highcharts.read({"series": [{"type": "heatmap", "data": [[5, 5, 1]]}], **axes}) is None


def test_links_of_a_sankey_chart() -> None:
    """From, to, weight."""
    shape = _read([{"type": "sankey", "data": [["a", "b", 2], {"from": "b", "to": "c", "weight": 1}]}])
    assert shape.flows == (Flow("a", "b", 2.0), Flow("b", "c", 1.0))


def test_a_polar_chart_goes_around() -> None:
    """Columns become bars around a circle, lines a web."""
    wires = [{"data": [1, 2, 3]}]
    assert _read(wires, chart={"type": "column", "polar": True}).kind is ChartKind.POLAR
    assert _read(wires, chart={"type": "line", "polar": True}).kind is ChartKind.SPIDER
    assert _read(wires, chart={"type": "column", "inverted": True}).kind is ChartKind.BAR


def test_functions_are_texts_that_nobody_runs() -> None:
    """They stand where they stand and do nothing; tags are taken out of titles."""
    shape = _read(
        [{"type": "column", "data": [1, 2], "dataLabels": {"formatter": "function () { alert(1) }"}}],
        title={"text": "<b>Wins</b> function () { alert(1) }"},
        chart={"events": {"load": "function () {}"}},
    )
    assert shape.title == "Wins function () { alert(1) }"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"series": []},
        {"series": [{"type": "treemap", "data": [1, 2]}]},
        {"series": [{"type": "column", "data": []}]},
        {"series": [{"type": "column", "data": ["function () {}"]}]},
        {"series": [{"type": "line", "data": [[1, 2], [1, 3]]}]},
        {"series": [{"type": "line", "data": [{"name": "a", "y": 1}, 2]}]},
        {"series": [{"type": "line", "data": [1]}, {"type": "pie", "data": [1]}]},
        {"series": [{"type": "sankey", "data": [["a", "b", -2]]}]},
        {"series": [{"type": "line", "data": [[1e99, 1]]}], "xAxis": {"type": "datetime"}},
    ],
)
def test_beyond_the_subset_there_is_no_chart(options: dict[str, object]) -> None:
    """Better none than a wrong one."""
    assert highcharts.read(options) is None


def test_what_is_long_is_bounded() -> None:
    """At most two thousand points of twelve series."""
    wires = [{"type": "line", "data": [[JANUARY + i * DAY, i] for i in range(5_000)]} for _ in range(20)]
    shape = _read(wires, xAxis={"type": "datetime"})
    assert len(shape.frame.series) == 12
    assert len(shape.frame.times) <= 2_000


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda item: (
        st.lists(item, max_size=4) | st.dictionaries(st.sampled_from(["x", "y", "name", "text"]), item)
    ),
    max_leaves=12,
)
_kinds = st.sampled_from(["line", "area", "column", "bar", "pie", "scatter", "funnel", "heatmap", "sankey"])
_series = st.fixed_dictionaries(
    {
        "type": _kinds | _json,
        "data": st.lists(st.floats() | st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats()) | _json),
    },
    optional={
        "name": _json,
        "yAxis": st.integers(0, 1) | _json,
        "pointStart": _json,
        "pointInterval": _json,
        "stacking": _json,
    },
)
_axis = st.fixed_dictionaries(
    {},
    optional={
        "categories": st.lists(st.text(max_size=3)) | _json,
        "type": st.just("datetime") | _json,
        "title": _json,
    },
)


@given(
    st.fixed_dictionaries(
        {"series": st.lists(_series, max_size=4) | _json},
        optional={
            "chart": st.fixed_dictionaries(
                {}, optional={"type": _kinds, "polar": st.booleans(), "inverted": _json}
            ),
            "xAxis": _axis | st.lists(_axis) | _json,
            "yAxis": _axis | st.lists(_axis) | _json,
            "plotOptions": _json,
            "title": _json,
            "tooltip": _json,
        },
    )
)
def test_hostile_options_never_raise(options: dict[str, object]) -> None:
    """Whatever is in them, there is a sound chart or none."""
    made = plan("LLM_GENERATED_CHART", (), (), highchartsOptions=options)
    if made.spec is not None:
        sound(made.spec)


def test_a_unit_that_is_no_text_is_none() -> None:
    """Then the interval counts in the unit of the axis."""
    line = {"pointStart": 1, "pointInterval": 2, "pointIntervalUnit": [], "data": [3, 4]}
    assert _read([line]).frame.x_values == (1.0, 3.0)


def test_an_axis_is_read_as_far_as_anybody_could_look() -> None:
    """A heat map of a million names is as little a chart as a line of as many places."""
    shape = _read(
        [{"type": "heatmap", "data": [[0, 0, 1], [1, 1, 2]]}],
        xAxis={"categories": ["a"] * 30_000},
        yAxis={"categories": ["x", "y"]},
    )
    assert len(shape.frame.categories) <= 30
    apart = [
        {"type": "line", "data": [[10 * place + number, 1] for place in range(15_000)]} for number in (1, 2)
    ]
    assert highcharts.read({"series": apart}) is None
