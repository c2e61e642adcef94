from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import columns, exports
from bot.core.values import Value
from bot.model import Cell, ColumnKind, DisplayFormat, Table, TableColumn
from tests.core.wire import table

_FORMULA = re.compile(r"[\s\"']*[=+\-@＝＋－＠]")


def _table(*rows: list[Value], names: list[str] | None = None) -> Table:
    names = names or [f"c{index}" for index in range(len(rows[0]))]
    made = [TableColumn(name, name, ColumnKind.TEXT) for name in names]
    cells = [[columns.ABSENT if value is None else Cell(value, "shown") for value in row] for row in rows]
    return Table("", tuple(made), tuple(map(tuple, cells)))


def _field(value: Value) -> str:
    return exports.csv_bytes(_table([value, 0])).decode("utf-8-sig").splitlines()[1].removesuffix(",0")


def _parsed(made: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(exports.csv_bytes(made).decode("utf-8-sig"), newline=""), strict=True))


def test_a_table_becomes_a_file() -> None:
    """A byte order mark, a header, lines that end as the standard says, values without their dressing."""
    made = table(
        [("stage", ""), ("revenue", "NUMBER_CURRENCY_USD"), ("closed", "DATE_DATE"), ("won", "")],
        [["Won, mostly", "$1,234.50", "2026-03-14", "true"], ['Say "hi"', "1000000", None, "false"]],
    )
    assert (
        exports.csv_bytes(made)
        == (
            "\ufeffStage,Revenue,Closed,Won\r\n"
            '"Won, mostly",1234.50,2026-03-14,true\r\n'
            '"Say ""hi""",1000000,,false\r\n'
        ).encode()
    )


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (1_200_000, "1200000"),
        (-5, "-5"),
        (Decimal("-1234.50"), "-1234.50"),
        (Decimal("1E+5"), "100000"),
        (Decimal("1E-7"), "0.0000001"),
        (1e-7, "0.0000001"),
        (float("nan"), "nan"),
        (True, "true"),
        (date(2026, 3, 14), "2026-03-14"),
        (datetime(2026, 3, 14, 9, 30, tzinfo=UTC), "2026-03-14 09:30:00+00:00"),
        ("EC2", "EC2"),
        ("NaN", "NaN"),
        (None, ""),
    ],
)
def test_values_are_plain(value: Value, field: str) -> None:
    """Numbers are digits in full, times are ISO 8601, what is absent is empty."""
    assert _field(value) == field


@pytest.mark.parametrize("value", ["01234", 12345678901234567890, "12345678901234567890", "1e5", " x"])
def test_digits_that_name_something_are_quoted_texts(value: Value) -> None:
    """Every digit is in the file, and the quotes say that it is no amount."""
    assert _field(value) == f'"{value}"'
    assert _parsed(_table([value]))[1] == [str(value)]


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://example.com")', "+1+1", "-2+3", "@SUM(A1)", "＝1+1", "＋1", "－1",
        "＠x", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u200b=1", "'=1", '"=1', "\ufeff=1",
        "\tx", "-Infinity", "-5 a",
    ],
)  # fmt: skip
def test_formulas_are_made_harmless(text: str) -> None:
    """Whatever a spreadsheet would run begins with an apostrophe, and the rest is as sent."""
    (field,) = _parsed(_table([text]))[1]
    assert field.startswith("'")
    assert field.replace("'", "") == text.replace("'", "")


def test_formulas_in_the_middle_are_made_harmless() -> None:
    """Behind a line break or a semicolon, where some spreadsheets begin a new cell, they cannot run."""
    assert _parsed(_table(["a;=1+1\n@b\r\n +c; d\t-e"]))[1] == ["a;'=1+1\n'@b\r\n' +c; d\t'-e"]


def test_negative_numbers_are_numbers() -> None:
    """Neither an amount below zero nor its digits in a column of texts get an apostrophe."""
    assert _parsed(_table([-5, Decimal("-0.5"), "-5", "-0.25"]))[1] == ["-5", "-0.5", "-5", "-0.25"]


def test_headers_are_safe_and_unique() -> None:
    """A name that occurs again is numbered, and one that is a formula is none."""
    made = _table([1, 2, 3, 4, 5], names=["Sum", "Sum", "Sum (2)", "=1", "a,b"])
    assert _parsed(made)[0] == ["Sum", "Sum (2)", "Sum (2) (2)", "'=1", "a,b"]


def test_years_are_years() -> None:
    """A column of years holds years, not their first days."""
    made = table([("year", "DATE_YEAR"), ("month", "DATE_MONTH")], [["2026", "2026-03"]])
    assert _parsed(made)[1] == ["2026", "2026-03-01"]


def test_totals_and_texts_of_numbers_stay_out() -> None:
    """Only rows of data are exported; a percentage is a number."""
    totals = {"columns": [{"name": "share"}], "data": [[{"value": "100%"}]]}
    made = table([("stage", ""), ("share", "")], [["Won", "12.5%"], ["Lost", "87.5 %"]], subtotals=[totals])
    assert made.subtotals
    assert _parsed(made) == [["Stage", "Share"], ["Won", "12.5"], ["Lost", "87.5"]]


def test_an_empty_table_has_its_header() -> None:
    """No rows is a header only; no columns is a file without a value."""
    assert _parsed(table([("a", "")], [])) == [["A"]]
    assert _parsed(_table([None], names=["a"])) == [["a"], [""]]
    assert exports.csv_bytes(Table("", (), ())).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Revenue by stage", "Revenue by stage.csv"),
        ("../../x\n", "x.csv"),
        ("🔥", "data.csv"),
        ("", "data.csv"),
    ],
)
def test_file_names_are_safe(title: str, name: str) -> None:
    """A title becomes a name without separators, dots or line breaks."""
    assert exports.file_name(title) == name


_values = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8")),
    st.text("=+-@\t\r\n ;'\"a1＝", max_size=6),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.booleans(),
    st.dates(),
    st.datetimes(),
)


def _rows(width: int) -> st.SearchStrategy[list[list[Value]]]:
    return st.lists(st.lists(_values, min_size=width, max_size=width), min_size=1)


def _harmless(field: str, value: str) -> bool:
    """An apostrophe was put before it, or before its first line that is not blank; or it is a number."""
    put = len(field) > len(value) and re.match(r"'|[\s\"']*[\t\r\n]'", field)
    return bool(put or re.fullmatch(r"-\d+(\.\d+)?", field))


@given(st.integers(1, 4).flatmap(_rows))
@example([['"\n=']])
def test_the_file_says_what_the_table_holds(rows: list[list[Value]]) -> None:
    """Any reader gets every row back: numbers exactly, texts up to the apostrophes, and no formula."""
    header, *found = _parsed(_table(*rows))
    assert [len(row) for row in (header, *found)] == [len(rows[0])] * (len(rows) + 1)
    fields = [field for row in found for field in row]
    for field, value in zip(fields, (value for row in rows for value in row), strict=True):
        if isinstance(value, str):
            assert field.replace("'", "") == value.replace("'", "")
            assert not _FORMULA.match(field) or _harmless(field, value)
        elif isinstance(value, bool):
            assert field == str(value).lower()
        elif isinstance(value, int | Decimal):
            assert Decimal(field) == value
        else:
            assert field == ("" if value is None else str(value))


def test_columns_of_a_year_keep_four_digits() -> None:
    """The year 26 is not 26."""
    column = TableColumn("y", "y", ColumnKind.TIME, DisplayFormat.DATE_YEAR)
    assert _parsed(Table("", (column,), ((Cell(date(26, 1, 1), "26"),),)))[1] == ["0026"]
