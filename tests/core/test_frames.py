from __future__ import annotations

from bot.core import frames, measures
from bot.core.frames import Data, Frame
from bot.model import Series
from tests.core.wire import Columns, forecast, table


def _read(columns: Columns, rows: list[list[object]]) -> Data:
    found = frames.read(table(columns, rows))
    assert found is not None
    return found


def test_a_table_without_numbers_cannot_be_drawn() -> None:
    """Names alone, or a column of numbers without any, give nothing."""
    assert frames.read(table([("a", "")], [["x"]])) is None
    assert frames.read(table([("a", ""), ("n", "NUMBER_INTEGER")], [["x", None]])) is None


def test_measures_are_told_apart_by_axis() -> None:
    """The first one's unit, another one, and those that are left."""
    columns = [("k", ""), ("usd", "NUMBER_CURRENCY_USD"), ("n", "NUMBER_INTEGER"), ("h", "DURATION_HOURS")]
    found = _read(columns, [["a", "10", "3", "5"]])
    assert [each.series.name for each in found.left] == ["Usd"]
    assert [each.series.name for each in found.right] == ["N"]
    assert [each.series.name for each in found.measures] == ["Usd", "N", "H"]


def test_of_hundreds_of_columns_only_the_first_are_read() -> None:
    """The others are named, no more."""
    columns = [("k", ""), *((f"m{i}", "") for i in range(500))]
    found = _read(columns, [["a", *range(500)]])
    assert len(found.measures) == 24
    assert len(found.unread) == 476


def test_times_ascend_whatever_order_they_came_in() -> None:
    """Values and bounds go with their dates, and a row without one has no place."""
    rows: list[list[object]] = [
        ["2026-03-01", forecast(3, 2, 4)],
        ["2026-01-01", 1],
        [None, 9],
        ["2026-02-01", 2],
    ]
    found = _read([("day", "DATE_DATE"), ("n", "")], rows)
    made = frames.along(found, found.left)
    assert [time.month for time in made.times] == [1, 2, 3]
    assert made.series[0].values == (1.0, 2.0, 3.0)
    assert made.series[0].high == (None, None, 4.0)
    assert made.notes == ("1 row without a date is not drawn.",)


def test_a_single_row_lies_along_the_axis() -> None:
    """Its measures are the categories."""
    found = _read([("visits", ""), ("orders", "")], [["100", "5"]])
    made = frames.along(found, found.left)
    assert (made.categories, made.series[0].values) == (("Visits", "Orders"), (100.0, 5.0))


def test_a_time_and_two_names_become_lines_of_pairs() -> None:
    """Time is the axis, however many dimensions there are."""
    rows: list[list[object]] = [[f"2026-0{m}-01", "EMEA", kind, m] for m in (1, 2) for kind in ("new", "old")]
    found = _read([("month", ""), ("region", ""), ("kind", ""), ("n", "")], rows)
    assert found.pivoted is not None
    assert [series.name for series in found.pivoted.series] == ["EMEA · new", "EMEA · old"]


def test_many_names_of_the_second_dimension_lie_along_the_axis() -> None:
    """Twenty names make twenty places rather than twenty series."""
    rows: list[list[object]] = [[kind, f"c{i}", i] for i in range(20) for kind in ("new", "old")]
    found = _read([("kind", ""), ("city", ""), ("n", "")], rows)
    assert found.pivoted is not None
    assert len(found.pivoted.categories) == 20


def test_names_that_hardly_cross_are_joined() -> None:
    """A thousand deals of a thousand accounts make no million cells."""
    rows: list[list[object]] = [[f"deal {i}", f"account {i}", i] for i in range(1_000)]
    found = _read([("deal", ""), ("account", ""), ("n", "")], rows)
    assert found.pivoted is None
    assert found.axis.categories[7] == "deal 7 · account 7"


def test_an_axis_of_numbers_knows_them() -> None:
    """Unless a place has none."""
    assert _read([("x", ""), ("y", "")], [["3", "1"], ["1", "2"]]).axis.x_values == (3.0, 1.0)
    assert _read([("x", "NUMBER_INTEGER"), ("y", "")], [["3", "1"], [None, "2"]]).axis.x_values == ()


def test_places_are_picked_with_all_that_belongs_to_them() -> None:
    """Labels, numbers, values and bounds stay together."""
    made = Frame(("a", "b", "c"), (Series("s", (1, 2, 3), low=(None, 1, 2)),), x_values=(7, 8, 9))
    picked = frames.pick(made, [2, 0])
    assert (picked.categories, picked.x_values) == (("c", "a"), (9, 7))
    assert picked.series == (Series("s", (3, 1), low=(2, None)),)


def test_points_with_both_numbers_are_drawn() -> None:
    """A dimension with few values colours them, one with many names them."""
    made = table(
        [("k", ""), ("x", ""), ("y", "")], [[f"p{i}", i, i * 2] for i in range(5)] + [["q", 1, None]]
    )
    x, y = measures.measure(made, 1), measures.measure(made, 2)
    points = frames.scatter(made, x, y, [0])
    assert points.x_values == (0.0, 1.0, 2.0, 3.0, 4.0)
    assert points.categories == ("p0", "p1", "p2", "p3", "p4")


def test_names_are_listed_as_in_a_sentence() -> None:
    """Many of them are counted."""
    assert frames.listed(["A"]) == "A"
    assert frames.listed(["A", "B", "C"]) == "A, B and C"
    assert frames.listed([str(i) for i in range(20)]) == "0, 1, 2 and 17 others"
