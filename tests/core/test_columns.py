from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import columns
from bot.core.columns import Role, Style
from bot.core.values import Value
from bot.model import Cell, ColumnKind, DisplayFormat, RawCell

UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN
USD = DisplayFormat.NUMBER_CURRENCY_USD
PERCENT = DisplayFormat.NUMBER_PERCENTAGE
INTEGER = DisplayFormat.NUMBER_INTEGER
TEXT, NUMBER, TIME = ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.TIME


def _typed(
    cells: Sequence[str | None], form: DisplayFormat = UNKNOWN, name: str = "x", *, dimension: bool = False
) -> tuple[Style, tuple[Cell, ...]]:
    role = Role(name, form, dimension=dimension)
    return columns.typed(role, [None if cell is None else RawCell(cell) for cell in cells])


def _texts(*cells: str, form: DisplayFormat = UNKNOWN, name: str = "x", dimension: bool = False) -> list[str]:
    return [cell.text for cell in _typed(cells, form, name, dimension=dimension)[1]]


def _values(*cells: str, form: DisplayFormat = UNKNOWN, name: str = "x") -> list[Value]:
    return [cell.value for cell in _typed(cells, form, name)[1]]


def _kind(*cells: str, form: DisplayFormat = UNKNOWN, name: str = "x") -> ColumnKind:
    return _typed(cells, form, name)[0].kind


#: Format, the cell JSON-encoded, bare and formatted, kind, value, and the text of the first two.
FORMATS: list[tuple[str, str, str, str, ColumnKind, Value, str]] = [
    ("DATE_DATE", '"2026-03-14"', "2026-03-14", "14 Mar 2026", TIME, date(2026, 3, 14), "Mar 14, 2026"),
    (
        "DATE_DATETIME", '"2026-03-14T09:30:00"', "2026-03-14 09:30", "Mar 14, 2026, 9:30 AM", TIME,
        datetime.fromisoformat("2026-03-14T09:30"), "Mar 14, 2026 09:30",
    ),
    ("DATE_DAY", '"2026-03-14"', "2026-03-14", "March 14, 2026", TIME, date(2026, 3, 14), "Mar 14, 2026"),
    ("DATE_FISCAL_QUARTER", '"FY26 Q1"', "FY26 Q1", "FY26 Q1", TEXT, "FY26 Q1", "FY26 Q1"),
    ("DATE_FISCAL_YEAR", "2026", "2026", "2026", TEXT, "2026", "2026"),
    ("DATE_MONTH", '"2026-03-01"', "2026-03", "March 2026", TIME, date(2026, 3, 1), "Mar 2026"),
    ("DATE_QUARTER", '"2026-01-01"', "2026-01-01", "2026-Q1", TIME, date(2026, 1, 1), "Q1 2026"),
    ("DATE_TIME", '"09:30:00"', "09:30:00", "09:30:00", TEXT, "09:30:00", "09:30:00"),
    ("DATE_YEAR", '"2026"', "2026", "2026.0", TIME, date(2026, 1, 1), "2026"),
    ("DISPLAY_FORMAT_UNKNOWN", '"EC2"', "EC2", "EC2", TEXT, "EC2", "EC2"),
    ("DURATION_DAYS", "3", "3", "3 days", NUMBER, 3, "3 days"),
    ("DURATION_HOURS", "1.5", "1.5", "1h 30m", NUMBER, Decimal("1.5"), "1.5 h"),
    ("DURATION_MINUTES", "90", "90", "1:30:00", NUMBER, 90, "90 min"),
    ("DURATION_MONTHS", "1", "1", "1 month", NUMBER, 1, "1 month"),
    ("DURATION_QUARTERS", "2", "2", "2 quarters", NUMBER, 2, "2 quarters"),
    ("DURATION_SECONDS", "1200", "1200", "20 min", NUMBER, 1200, "1,200 s"),
    ("DURATION_WEEKS", "2", "2", "2 weeks", NUMBER, 2, "2 weeks"),
    ("DURATION_YEARS", "4", "4", "4 years", NUMBER, 4, "4 years"),
    ("LOCATION_COUNTRY", '"NO"', "NO", "NO", TEXT, "NO", "NO"),
    ("LOCATION_STATE", "6", "6", "6", TEXT, "6", "6"),
    ("NUMBER_CURRENCY_USD", "-1234.5", "-1234.5", "($1,234.50)", NUMBER, Decimal("-1234.5"), "-$1,234.50"),
    ("NUMBER_DECIMAL", "1234.5", "1234.5", "1,234.5", NUMBER, Decimal("1234.5"), "1,234.5"),
    ("NUMBER_INTEGER", "1200000", "1200000", "1.2M", NUMBER, 1_200_000, "1,200,000"),
    ("NUMBER_PERCENTAGE", "12", "12", "12 %", NUMBER, 12, "12"),
]  # fmt: skip


def test_the_table_of_formats_is_complete() -> None:
    """Every display format has its row."""
    assert {row[0] for row in FORMATS} == set(DisplayFormat)


@pytest.mark.parametrize("row", FORMATS, ids=[row[0] for row in FORMATS])
@pytest.mark.parametrize("dressing", ["json", "bare", "formatted"])
def test_every_format_in_every_dressing(
    row: tuple[str, str, str, str, ColumnKind, Value, str], dressing: str
) -> None:
    """A cell has one value however it is sent; what the tenant has formatted is shown as sent."""
    form, as_json, bare, formatted, kind, value, text = row
    sent = {"json": as_json, "bare": bare, "formatted": formatted}[dressing]
    style, (cell,) = _typed([sent], DisplayFormat(form))
    assert (style.kind, cell.value) == (kind, value)
    assert type(cell.value) is type(value)
    assert cell.text == (formatted if dressing == "formatted" and form != "DATE_YEAR" else text)


@pytest.mark.parametrize(
    "cells",
    [
        ["01234", "90210", "10001"],  # ZIP codes
        ["3M", "7-Eleven", "1000"],
        ["3M", "5M"],
        ["1e5", "12e4"],
        ["0x1F", "0xFF"],
        ["€1.234,50", "€2.000,00"],
        ["$5", "€5", "$7"],
        ["12%", "0.13", "14%"],
        ["+15551234567", "+15557654321"],
        ["1,23,456", "2,34,567"],
        ['"12345"', '"67890"'],
        ["[1]", '{"a": 1}'],
        ["soon", "2026-03-14", "later"],
        ["3/4/2026", "5/6/2026"],
        ["9" * 60],
    ],
)
def test_unsure_cells_are_shown_as_sent(cells: list[str]) -> None:
    """Ids, names, odd currencies and mixed units are texts, and nothing of them changes."""
    style, typed = _typed(cells)
    bare = [cell.strip('"') if cell.startswith('"') else cell for cell in cells]
    assert style.kind is TEXT
    assert [cell.text for cell in typed] == [cell.value for cell in typed] == bare


def test_nothing_has_one_face() -> None:
    """Nulls, blanks and the dashes that stand for nothing read alike."""
    _, cells = _typed([None, "", '""', "null", "  ", "-", "—", '" "'])
    assert set(cells) == {columns.ABSENT}


def test_what_is_no_number_is_shown_and_not_counted() -> None:
    """NaN and infinities keep their text, and the column stays one of numbers."""
    cells = ["NaN", "Infinity", "-Infinity", "1.5", '"N/A"']
    for form in (UNKNOWN, DisplayFormat.NUMBER_DECIMAL):
        assert _kind(*cells, form=form) is NUMBER
        assert _values(*cells, form=form) == ["NaN", "Infinity", "-Infinity", Decimal("1.5"), "N/A"]
        assert _texts(*cells, form=form) == ["NaN", "Infinity", "-Infinity", "1.5", "N/A"]


def test_compact_numbers_are_numbers() -> None:
    """One that is surely a number tells what the others are; all are shown as sent."""
    assert _values("950K", "1.2M", "3M") == [950_000, 1_200_000, 3_000_000]
    assert _values("$3.4bn", "$2 million", "$5m") == [3_400_000_000, 2_000_000, 5_000_000]
    assert _texts("$3.4bn", "$2 million", "$5m") == ["$3.4bn", "$2 million", "$5m"]
    assert _typed(["$3.4bn"])[0].format is USD


def test_an_exponent_is_shown_as_sent() -> None:
    """Among numbers ``1e5`` is one, and where nothing says that it is, nobody rewrites it."""
    assert _texts("1.5", "1e5", "2") == ["1.5", "1e5", "2.0"]
    assert _values("1.5", "1e5", "2")[1] == 100_000
    assert _texts("1e5", form=INTEGER) == ["100,000"]


def test_the_tenants_own_unit_wins() -> None:
    """Euros in a column of dollars are not called dollars, and a percentage is one."""
    assert _typed(["€5", "€1,250"], USD)[0].format is UNKNOWN
    assert _values("€5", "€1,250", form=USD) == [5, 1250]
    assert _typed(["12%", "0"], USD)[0].format is PERCENT
    assert _values("20 EUR", "€30") == [20, 30]


def test_a_number_keeps_all_its_digits() -> None:
    """No arithmetic rounds an amount, dressed or not."""
    digits = "12345678901234567890123456789012345678"
    assert _values(digits, f"{digits[:30]}.12345") == [int(digits), Decimal(f"{digits[:30]}.12345")]
    assert _values(f"${digits}", form=USD) == [int(digits)]
    assert _texts(f"{digits[:30]}.12", form=USD) == [f"${int(digits[:30]):,}.12"]


@pytest.mark.parametrize(
    "name", ["year", "Fiscal year", "order_id", "orderId", "ZIP", "Postal code", "phone"]
)
@pytest.mark.parametrize("form", [UNKNOWN, INTEGER])
def test_years_and_ids_have_no_separators(name: str, form: DisplayFormat) -> None:
    """Whole numbers that name something are read as they are, also where they are said to be integers."""
    assert _texts("2026", "94105", form=form, name=name) == ["2026", "94105"]


def test_names_that_may_be_counts() -> None:
    """A "number" is a name, unless the tenant measures it."""
    assert _texts("12345", name="number", form=INTEGER) == ["12345"]
    measured = Role("number", INTEGER, measured=True)
    assert columns.typed(measured, [RawCell("12345")])[1][0].text == "12,345"
    assert _texts("12345", dimension=True) == ["12345"]
    assert _texts("12345", name="paid") == ["12,345"]


def test_coordinates_keep_their_place() -> None:
    """A place on earth is not rounded to the next village."""
    assert _texts("37.774929", "-122.4194155", name="latitude") == ["37.774929", "-122.4194155"]
    assert _texts("37.774929", name="ratio") == ["37.77"]


def test_dates_in_words_make_a_time_axis() -> None:
    """Months and quarters in words are times, shown as sent, with the grain that they have."""
    style, cells = _typed(["Mar 2026", "Apr 2026"])
    assert (style.kind, style.format) == (TIME, DisplayFormat.DATE_MONTH)
    assert [(cell.value, cell.text) for cell in cells] == [
        (date(2026, 3, 1), "Mar 2026"),
        (date(2026, 4, 1), "Apr 2026"),
    ]
    assert _typed(["Q1 2026"])[0].format is DisplayFormat.DATE_QUARTER
    assert _texts("2026-03") == ["Mar 2026"]


def test_times_keep_their_zone() -> None:
    """A time with a zone says so, and falls on the day of its own zone."""
    assert _texts("2026-03-14T23:30:00-08:00") == ["Mar 14, 2026 23:30 -0800"]
    assert _texts("2026-03-14 09:30:00+00") == ["Mar 14, 2026 09:30 UTC"]
    assert _texts("2026-03-14T23:30:00-08:00", form=DisplayFormat.DATE_DATE) == ["Mar 14, 2026"]


def test_fiscal_periods_are_the_tenants_business() -> None:
    """A fiscal period is never turned into one of the calendar."""
    for form in (DisplayFormat.DATE_FISCAL_QUARTER, DisplayFormat.DATE_FISCAL_YEAR):
        assert _typed(["Q1 2026"], form)[1] == (Cell("Q1 2026", "Q1 2026"),)
        assert _typed(["2026-01-01"], form)[1] == (Cell(date(2026, 1, 1), "2026-01-01"),)


def test_parts_of_dates_are_not_dates() -> None:
    """The third month, a weekday or a count of seconds says no date."""
    assert _texts("3", "4", form=DisplayFormat.DATE_MONTH) == ["3", "4"]
    assert _texts("Monday", form=DisplayFormat.DATE_DAY) == ["Monday"]
    assert _texts("1773480600000", form=DisplayFormat.DATE_DATETIME) == ["1773480600000"]
    assert _kind("3", form=DisplayFormat.DATE_MONTH) is TEXT


def test_the_range_of_a_forecast_is_in_the_unit_of_its_value() -> None:
    """Bounds stay beside their value; shares beside a percentage become per cent."""
    bounded = [
        RawCell("12", None, 10.0, 14.0),
        RawCell("soon", None, 1.0, 2.0),
        RawCell("13", None, None, None),
    ]
    cells = columns.typed(Role("n"), bounded)[1]
    assert [(cell.low, cell.high) for cell in cells] == [(10.0, 14.0), (None, None), (None, None)]
    (share,) = columns.typed(Role("n", PERCENT), [RawCell("12%", None, 0.10, 0.14)])[1]
    assert share.value == 12
    assert [share.low, share.high] == pytest.approx([10, 14])
    parts = columns.typed(Role("n", PERCENT), [RawCell("0.25", None, 0.2, 0.3)] * 4)[1]
    assert (parts[0].text, parts[0].value, parts[0].low) == ("25%", Decimal("0.25"), 0.2)


def test_another_cell_is_shown_like_the_column() -> None:
    """A total has the decimals and the unit of what it sums up."""
    style, _ = _typed(["1.5", "2"], USD)
    assert style.cell(RawCell("1234")).text == "$1,234.00"
    assert style.cell(None) == columns.ABSENT
    parts, _ = _typed(["0.25", "0.25", "0.5"], PERCENT)
    assert parts.cell(RawCell("1")).text == "100%"


@given(st.integers(min_value=-(10**38), max_value=10**38), st.sampled_from([UNKNOWN, INTEGER, USD]))
def test_integers_are_exact(number: int, form: DisplayFormat) -> None:
    """Whatever its size, an integer has its value, and its text has all its digits."""
    _, (cell,) = _typed([str(number)], form)
    assert cell.value == number
    assert int(cell.text.replace(",", "").replace("$", "")) == number


@given(st.from_regex(r"0[0-9]{1,12}", fullmatch=True), st.lists(st.integers(0, 10**6).map(str), max_size=3))
def test_leading_zeros_stay(code: str, others: list[str]) -> None:
    """One code with a leading zero makes codes of all cells of a column."""
    assert _texts(code, *others) == [code, *others]


@given(st.lists(st.none() | st.text(), max_size=6), st.sampled_from(DisplayFormat), st.text(max_size=10))
def test_any_column_can_be_typed(cells: list[str | None], form: DisplayFormat, name: str) -> None:
    """Nothing raises, no text is empty, and only what is absent has no value."""
    style, typed = _typed(cells, form, name)
    assert len(typed) == len(cells)
    assert all(cell.text.strip() for cell in typed)
    assert all((cell.value is None) == (cell == columns.ABSENT) for cell in typed)
    assert all(style.cell(None if cell is None else RawCell(cell)).text for cell in cells)
