from __future__ import annotations

from bot.core import choosing, frames
from bot.core.frames import Data
from bot.model import VisualizationType as Type
from tests.core.wire import Columns, table

UNITS: Columns = [
    ("k", ""),
    ("usd", "NUMBER_CURRENCY_USD"),
    ("n", "NUMBER_INTEGER"),
    ("cost", "NUMBER_CURRENCY_USD"),
]
ROWS: list[list[object]] = [["a", 1000, 3, 500], ["b", 2000, 4, 900]]


def _data(columns: Columns = UNITS, rows: list[list[object]] = ROWS) -> Data:
    found = frames.read(table(columns, rows))
    assert found is not None
    return found


def test_each_type_takes_the_measures_that_it_can_show() -> None:
    """One axis, two of them, or a single measure; the others are named."""
    bars = choosing.frame(Type.BAR_CHART, _data())
    assert [series.name for series in bars.series] == ["Usd", "Cost"]
    assert bars.notes == ("N has another unit or size, so it is only in the table.",)
    columns = choosing.frame(Type.COLUMN_CHART, _data())
    assert [series.name for series in columns.series] == ["Usd", "Cost", "N"]
    assert columns.notes == ()
    pie = choosing.frame(Type.PIE_CHART, _data())
    assert pie.notes == ("N and Cost are only in the table.",)


def test_two_dimensions_leave_room_for_one_measure() -> None:
    """The second dimension makes the series."""
    made = choosing.frame(
        Type.COLUMN_CHART, _data([("a", ""), ("b", ""), ("n", ""), ("m", "")], [["x", "y", 1, 2]])
    )
    assert made.notes == ("M is only in the table.",)


def test_many_measures_leave_room_for_the_second_axis() -> None:
    """Twelve series at most, of which one is the other unit."""
    columns = [("k", ""), *((f"usd {i}", "NUMBER_CURRENCY_USD") for i in range(14)), ("n", "NUMBER_INTEGER")]
    made = choosing.frame(
        Type.COLUMN_CHART, _data(columns, [["a", *range(1, 15), 3], ["b", *range(1, 15), 4]])
    )
    assert len(made.series) == 12
    assert made.series[-1].second


def test_points_take_the_first_two_measures() -> None:
    """Of whatever unit; the third is not drawn."""
    shape = choosing.shape(Type.SCATTER_CHART, _data())
    assert shape is not None
    assert (shape.frame.x_label, shape.frame.y_label) == ("Usd (USD)", "N")
    assert shape.frame.notes == ("Cost is not drawn.",)


def test_averages_do_not_flow() -> None:
    """Bars show them."""
    data = _data([("a", ""), ("b", ""), ("avg_price", "")], [["x", "y", 1], ["x", "z", 2]])
    shape = choosing.shape(Type.SANKEY_CHART, data)
    assert shape is not None
    assert (shape.type, shape.frame.notes) == (
        Type.BAR_CHART,
        ("Averages and rates do not add up, so here is a bar chart.",),
    )


def test_a_single_value_is_no_chart() -> None:
    """Of whatever type."""
    one = _data([("k", ""), ("n", "")], [["a", 1], ["b", None]])
    assert {kind for kind in Type if choosing.shape(kind, one)} == set()
