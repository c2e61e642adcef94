from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import vega
from bot.core.vega import Wish
from bot.model import VisualizationType as Type
from tests.core.wire import table

SALES = table(
    [("region", ""), ("month", ""), ("total_amount", ""), ("deals", "")], [["EMEA", "2026-01-01", 5, 1]]
)
REGION, MONTH, AMOUNT = {"field": "region"}, {"field": "month"}, {"field": "total_amount"}


@pytest.mark.parametrize(
    ("mark", "encoding", "kind", "dimensions"),
    [
        ("bar", {"x": REGION, "y": AMOUNT}, Type.COLUMN_CHART, (0,)),
        ("bar", {"y": REGION, "x": AMOUNT}, Type.BAR_CHART, (0,)),
        ("bar", {"x": MONTH, "y": AMOUNT, "color": REGION}, Type.STACKED_COLUMN_CHART, (1, 0)),
        (
            "bar",
            {"x": MONTH, "y": {**AMOUNT, "stack": "normalize"}, "color": REGION},
            Type.STACKED_100_COLUMN_CHART,
            (1, 0),
        ),
        ("bar", {"x": MONTH, "y": {**AMOUNT, "stack": None}, "color": REGION}, Type.COLUMN_CHART, (1, 0)),
        ("bar", {"x": MONTH, "y": AMOUNT, "color": REGION, "xOffset": REGION}, Type.COLUMN_CHART, (1, 0)),
        ("bar", {"x": REGION, "y": AMOUNT, "color": REGION}, Type.COLUMN_CHART, (0,)),
        ("line", {"x": MONTH, "y": AMOUNT, "color": REGION}, Type.LINE_CHART, (1, 0)),
        ("area", {"x": MONTH, "y": AMOUNT, "color": REGION}, Type.STACKED_AREA_CHART, (1, 0)),
        ({"type": "arc"}, {"theta": AMOUNT, "color": REGION}, Type.PIE_CHART, (0,)),
        ("rect", {"x": MONTH, "y": REGION, "color": AMOUNT}, Type.HEATMAP_CHART, (1, 0)),
    ],
)
def test_marks_become_types(
    mark: object, encoding: dict[str, object], kind: Type, dimensions: tuple[int, ...]
) -> None:
    """Channels name the columns of the table."""
    assert vega.read({"mark": mark, "encoding": encoding}, SALES) == Wish(kind, dimensions, (2,))


def test_points_have_two_numbers() -> None:
    """And perhaps a colour."""
    spec = {"mark": "point", "encoding": {"x": {"field": "deals"}, "y": AMOUNT, "color": REGION}}
    assert vega.read(spec, SALES) == Wish(Type.SCATTER_CHART, (0,), (3, 2))


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"mark": "geoshape", "encoding": {}},
        {"mark": "bar", "encoding": {"x": REGION, "y": {"field": "profit"}}},
        {"mark": "bar", "encoding": {"x": REGION, "y": {"aggregate": "count"}}},
        {"mark": "bar", "encoding": {"x": REGION, "y": AMOUNT}, "transform": [{"filter": "datum.x > 1"}]},
        {"mark": "bar", "encoding": {"x": REGION, "y": AMOUNT, "row": MONTH}},
        {"layer": [{"mark": "bar"}]},
        {"mark": "line", "encoding": {"x": REGION, "y": MONTH}},
    ],
)
def test_beyond_the_subset_there_is_no_chart(spec: dict[str, object]) -> None:
    """Columns that the table does not have, transforms, layers, facets."""
    assert vega.read(spec, SALES) is None


def test_columns_are_known_by_reference_or_name() -> None:
    """Case and punctuation do not matter."""
    for field in ("Total Amount", "TOTAL_AMOUNT", "total amount"):
        assert vega.read({"mark": "bar", "encoding": {"x": REGION, "y": {"field": field}}}, SALES) is not None


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.sampled_from(["region", "deals", "bar", "line", "zero"]),
    lambda item: (
        st.lists(item, max_size=3)
        | st.dictionaries(st.sampled_from(["field", "type", "x", "y", "color", "stack", "theta"]), item)
    ),
    max_leaves=15,
)


@given(
    st.fixed_dictionaries(
        {"mark": st.sampled_from(["bar", "arc", "rect", "line", "point"]) | _json, "encoding": _json}
    )
)
def test_hostile_specifications_never_raise(spec: dict[str, object]) -> None:
    """Whatever is in them, the columns are those of the table."""
    wish = vega.read(spec, SALES)
    assert wish is None or set(wish.dimensions + wish.measures) <= set(range(4))
