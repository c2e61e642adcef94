from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import charts, tables, visuals
from bot.core.visuals import read
from bot.model import Code, Column, DisplayFormat, MeasureGroup, RawCell, Subtotal, VisualizationType

_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
_bounds = {"lowerBound": st.floats() | _junk, "upperBound": st.floats() | _junk}
_cell = st.one_of(
    _junk,
    st.fixed_dictionaries({"value": st.text(max_size=8)}),
    st.fixed_dictionaries(
        {"value": st.sampled_from(["1", "12%"]), "forecastRange": _junk | st.fixed_dictionaries(_bounds)}
    ),
    st.sampled_from(["1", "2.5", '"x"', "$3", "7%", "2026-01-01", "1e999", "NaN", "-0", "9" * 400]),
)
_name = st.sampled_from(["a", "b", "c", ""])
_column = st.one_of(
    _junk,
    st.fixed_dictionaries(
        {
            "name": _name,
            "properties": st.fixed_dictionaries({"displayFormat": st.sampled_from(DisplayFormat)}),
        }
    ),
)
_subtotal = st.fixed_dictionaries(
    {"columns": st.lists(_column, max_size=3) | _junk, "data": st.lists(st.lists(_cell, max_size=4)) | _junk}
)
_wire = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from([kind.value for kind in VisualizationType]) | _junk,
        "title": _junk,
        "columns": st.lists(_column, max_size=4) | _junk,
        "data": st.lists(st.lists(_cell, max_size=4) | _cell, max_size=8) | _junk,
        "dimensions": st.lists(_name, max_size=3) | _junk,
        "measures": st.lists(_name, max_size=3) | _junk,
        "columnOrder": st.lists(_name, max_size=3) | _junk,
        "columnDisplayFormats": _junk,
        "measureGroups": _junk,
        "code": _junk,
        "hasMore": _junk,
        "totalRows": _junk,
        "originalType": _junk,
        "subtotals": st.lists(_subtotal, max_size=3) | _junk,
        "llmVizSpec": _junk,
        "highchartsOptions": _junk,
    },
)


def test_a_visualization_is_read_with_all_its_fields() -> None:
    """Every field that the bot uses arrives in the model."""
    found = read(
        {
            "id": "v1",
            "title": " Revenue ",
            "type": "BAR_CHART",
            "columns": [
                {
                    "name": "rev",
                    "alias": "Revenue",
                    "uniqueRef": "o.rev",
                    "description": "in USD",
                    "properties": {"displayFormat": "NUMBER_CURRENCY_USD"},
                }
            ],
            "data": [[{"value": "1", "hyperlink": "https://example.com"}]],
            "dimensions": ["stage"],
            "measures": ["o.rev"],
            "measureGroups": [{"label": "Money", "measures": ["o.rev"], "format": "NUMBER_INTEGER"}],
            "columnOrder": ["o.rev"],
            "code": {"codeStr": "SELECT 1", "dialect": "snowflake"},
            "hasMore": True,
            "totalRows": 7,
            "originalType": "LINE_CHART",
            "subtotals": [{"columns": [{"uniqueRef": "o.rev"}], "data": [[{"value": "1"}]]}],
            "highchartsOptions": {"chart": {"type": "bar"}},
            "llmVizSpec": '{"mark": "bar"}',
        }
    )
    assert (found.id, found.title, found.type) == ("v1", "Revenue", VisualizationType.BAR_CHART)
    assert found.columns == (Column("rev", "Revenue", "o.rev", "in USD", DisplayFormat.NUMBER_CURRENCY_USD),)
    assert found.rows == ((RawCell("1", "https://example.com"),),)
    assert (found.dimensions, found.measures, found.column_order) == (("stage",), ("o.rev",), ("o.rev",))
    assert found.measure_groups == (MeasureGroup("Money", ("o.rev",), DisplayFormat.NUMBER_INTEGER),)
    assert found.code == Code("SELECT 1", "snowflake")
    assert found.has_more
    assert found.total_rows == 7
    assert found.original_type is VisualizationType.LINE_CHART
    assert found.subtotals == (Subtotal(("o.rev",), ((RawCell("1"),),)),)
    assert (found.highcharts, found.chart_spec) == ({"chart": {"type": "bar"}}, {"mark": "bar"})


def test_flat_data_is_cut_into_rows() -> None:
    """Older tenants send one list of cells for all rows."""
    columns = [{"name": "a"}, {"name": "b"}]
    found = read(
        {"columns": columns, "data": [{"value": "x"}, {"value": "1"}, {"value": "y"}, {"value": "2"}]}
    )
    assert [[cell.value for cell in row] for row in found.rows] == [["x", "1"], ["y", "2"]]


def test_flat_data_without_columns_is_one_row() -> None:
    """Nothing tells the width, so the cells stay together."""
    assert read({"data": [{"value": "x"}, {"value": "y"}]}).rows == ((RawCell("x"), RawCell("y")),)


def test_cells_may_be_null_or_bare() -> None:
    """A null cell, a null value and bare scalars are cells like any other."""
    found = read({"data": [[None, {"value": None}, {}, "text", 12, 1.5, True, float("nan"), [1]]]})
    assert [cell.value for cell in found.rows[0]] == [
        None, None, None, "text", "12", "1.5", "true", "NaN", None,
    ]  # fmt: skip


def test_infinite_numbers_are_said_and_not_counted() -> None:
    """A number that is none is a text, as JavaScript writes it."""
    found = read({"data": [[float("inf"), {"value": float("-inf")}, "Infinity"]]})
    assert [cell.value for cell in found.rows[0]] == ["Infinity", "-Infinity", "Infinity"]


@pytest.mark.parametrize(
    ("sent", "bounds"),
    [
        ({"lowerBound": 1, "upperBound": 2.5}, (1.0, 2.5)),
        ({"lowerBound": 2, "upperBound": 1}, (None, None)),
        ({"lowerBound": 1}, (None, None)),
        ({"lowerBound": 1, "upperBound": float("nan")}, (None, None)),
        ({"lowerBound": "1", "upperBound": True}, (None, None)),
        ({"lowerBound": -(10**400), "upperBound": 1}, (None, None)),
        ([1, 2], (None, None)),
        (None, (None, None)),
    ],
)
def test_a_forecast_has_both_bounds_or_none(sent: object, bounds: tuple[float | None, float | None]) -> None:
    """Half a range, or one that is upside down, says nothing."""
    (cell,) = read({"data": [[{"value": "1", "forecastRange": sent}]]}).rows[0]
    assert (cell.low, cell.high) == bounds


def test_subtotals_name_columns_as_the_table_does() -> None:
    """Of the names of a column, the one that the table knows is kept; flat data is cut into rows."""
    columns = [{"name": "a", "alias": "A"}, {"name": "b"}]
    total = {
        "columns": [{"name": "x", "alias": "A", "uniqueRef": "sum.a"}, {"name": "gone"}],
        "data": [{"value": "1"}, {"value": "2"}, {"value": "3"}, {"value": "4"}],
    }
    found = read({"columns": columns, "subtotals": [total, {"columns": []}, None]})
    assert found.subtotals == (
        Subtotal(("A", ""), ((RawCell("1"), RawCell("2")), (RawCell("3"), RawCell("4")))),
    )


def test_a_total_that_is_too_small_is_none() -> None:
    """Counts are told only if they can be true, and a larger count means that there is more."""
    data = [[{"value": "1"}]] * 3
    sent = [read({"data": data, "totalRows": total}) for total in (2, 3, 9, -1, True)]
    assert [(found.total_rows, found.has_more) for found in sent] == [
        (None, False), (3, False), (9, True), (None, False), (None, False),
    ]  # fmt: skip


def test_a_broken_row_costs_only_itself() -> None:
    """A row that is neither a list nor cells is dropped."""
    found = read({"columns": [{"name": "a"}], "data": [[{"value": "1"}], 5, {"what": 1}, [{"value": "2"}]]})
    assert [row[0].value for row in found.rows] == ["1", "2"]


def test_formats_beside_the_columns_count() -> None:
    """``columnDisplayFormats`` stands in where a column names no format, also as JSON text."""
    columns = [{"name": "a"}, {"name": "b", "properties": {"displayFormat": "NUMBER_DECIMAL"}}]
    formats = ["DATE_MONTH", "DATE_MONTH"]
    for sent in (formats, json.dumps(formats)):
        found = read({"columns": columns, "columnDisplayFormats": sent})
        assert [column.format for column in found.columns] == ["DATE_MONTH", "NUMBER_DECIMAL"]


def test_unknown_types_and_missing_fields_have_defaults() -> None:
    """An empty object is an unknown visualization without anything."""
    assert read({}).type is VisualizationType.UNKNOWN_VISUALIZATION
    found = read({"type": "HOLOGRAM", "code": None})
    assert (found.type, found.code) == (VisualizationType.UNKNOWN_VISUALIZATION, None)
    assert read({"code": {"codeStr": "  "}}).code is None


def test_very_long_data_is_cut_and_says_so() -> None:
    """What nobody would read is not kept, and the table knows that there is more."""
    found = read({"columns": [{"name": "a"}], "data": [[{"value": "1"}]] * (visuals.MOST_ROWS + 5)})
    assert (len(found.rows), found.has_more, found.total_rows) == (
        visuals.MOST_ROWS,
        True,
        visuals.MOST_ROWS + 5,
    )


def test_very_wide_data_is_cut_and_says_so() -> None:
    """A table of five hundred columns keeps as many cells as a long one, in whole rows."""
    found = read({"data": [[{"value": "1"}] * 500] * 600})
    assert (len(found.rows), len(found.rows[0])) == (visuals.MOST_CELLS // 500, 500)
    assert (found.has_more, found.total_rows) == (True, 600)


def test_lone_surrogates_are_replaced() -> None:
    """No text that leaves here breaks an encoder."""
    found = read({"title": "a\ud800b", "data": [[{"value": '"\\ud83d"'}]]})
    tables.build(found).rows[0][0].text.encode()
    assert found.title.encode() == "a\ufffdb".encode()


@given(_wire)
def test_junk_never_raises(raw: dict[str, object]) -> None:
    """Whatever the tenant sends: reading, typing and planning go through, and the table is rectangular."""
    found = read(raw)
    table = tables.build(found)
    planned = charts.plan(found, table)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert all(cell.text.strip() for row in table.rows for cell in row)
    if planned.spec is not None:
        width = len(planned.spec.x_values or planned.spec.categories)
        assert all(len(series.values) == width for series in planned.spec.series)
        assert 0 < len(planned.spec.alt_text) <= 1_000
