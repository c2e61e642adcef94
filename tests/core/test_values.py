from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import values
from bot.model import DisplayFormat

USD = DisplayFormat.NUMBER_CURRENCY_USD
PLAIN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"EC2"', "EC2"),
        ("3875727", 3875727),
        ("9007199254740993", 9007199254740993),
        ("0.1", Decimal("0.1")),
        ("true", True),
        ("null", None),
        ("007", "007"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("$20,000", "$20,000"),
        ("[1]", "[1]"),
        ('{"a": 1}', '{"a": 1}'),
        ("1e999999999", "1e999999999"),
        ("9" * 5000, "9" * 5000),
        ('"007"', "007"),
        ("", ""),
        (" 12 ", 12),
        ("1e5", Decimal("1e5")),
        ("9" * 40, int("9" * 40)),
        ("9" * 41, "9" * 41),
        (" [1]", " [1]"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_scalars_are_read_strictly(text: str, value: values.Value) -> None:
    """A cell is what strict JSON says, or else the text as sent."""
    found = values.scalar(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$20,000", 20000),
        ("-$1,234.50", Decimal("1234.50") * -1),
        ("$-5", -5),
        ("(1,250)", -1250),
        ("12 %", 12),
        ("−4.5%", Decimal("-4.5")),
        ("€3.4M", 3_400_000),
        ("1.2K", 1200),
        ("$3.4bn", 3_400_000_000),
        ("$1.2 million", 1_200_000),
        ("$2 thousand", 2_000),
        ("$2 trillion", 2 * 10**12),
        ("$5m", 5_000_000),
        ("5.5m", None),
        ("USD 1,250", 1250),
        ("20 €", 20),
        ("12\u00a0%", 12),
        ("€1,250", 1250),
        ("€1.250", None),
        ("€1.250,50", None),
        ("1,23,456", None),
        ("$5 €", None),
        ("+5%", 5),
        ("(1,250", None),
        ("1,23", None),
        ("007", None),
        ("12", None),
        ("3M", None),
        ("(5", None),
        ("1 2", None),
        ("", None),
    ],
)
def test_formatted_numbers_are_understood(text: str, number: values.Number | None) -> None:
    """Dressed numbers are numbers; ids and names are not taken for one."""
    assert values.undress(text) == number


def test_plain_digits_count_in_a_column_of_numbers() -> None:
    """Where the column holds numbers, plain digits and a bare magnitude are numbers."""
    assert values.undress("12", numeric=True) == 12
    assert values.undress("3M", numeric=True) == 3_000_000


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-14", date(2026, 3, 14)),
        ("2026-03", date(2026, 3, 1)),
        ("2026-03-14T09:30:00", datetime.fromisoformat("2026-03-14T09:30")),
        ("2026-03-14 09:30", datetime.fromisoformat("2026-03-14T09:30")),
        ("2026-03-14 09:30:00+00", datetime(2026, 3, 14, 9, 30, tzinfo=UTC)),
        ("2026-03-14T09:30:00+02:00", datetime(2026, 3, 14, 9, 30, tzinfo=timezone(timedelta(hours=2)))),
        ("2026-13-01", None),
        ("20260314", None),
        ("March", None),
    ],
)
def test_iso_dates_are_read(text: str, moment: date | None) -> None:
    """ISO 8601 dates and times are moments, nothing else is."""
    assert values.moment(text) == moment


@pytest.mark.parametrize(
    ("value", "form", "decimals", "text"),
    [
        (1234.5, USD, 2, "$1,234.50"),
        (-1234, USD, 0, "-$1,234"),
        (1234567, DisplayFormat.NUMBER_INTEGER, 0, "1,234,567"),
        (Decimal("12.5"), DisplayFormat.NUMBER_PERCENTAGE, 1, "12.5%"),
        (Decimal("0.0034"), PLAIN, 2, "0.0034"),
        (9007199254740993, PLAIN, 0, "9,007,199,254,740,993"),
        (10**35 + 1, PLAIN, 0, f"{10**35 + 1:,}"),
        (1, DisplayFormat.DURATION_DAYS, 0, "1 day"),
        (3, DisplayFormat.DURATION_DAYS, 0, "3 days"),
        (90, DisplayFormat.DURATION_SECONDS, 0, "90 s"),
        (Decimal("-0.2"), DisplayFormat.NUMBER_INTEGER, 0, "0"),
    ],
)
def test_numbers_read_well(value: values.Number, form: DisplayFormat, decimals: int, text: str) -> None:
    """Numbers carry their unit and thousands separators, and lose no digit that counts."""
    assert values.number(value, form, decimals) == text


def test_a_column_has_one_number_of_decimals() -> None:
    """Whole amounts need none, cents need two, small rates up to four."""
    assert values.places([1, 20000], USD) == 0
    assert values.places([1, Decimal("2.5")], USD) == 2
    assert values.places([Decimal("0.1234567")], PLAIN) == 4
    assert values.places([Decimal("12.1234567"), 3], PLAIN) == 2
    assert values.places([], PLAIN) == 0


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1_200_000, USD, "$1.2M"),
        (-120_000, USD, "-$120K"),
        (999_999, PLAIN, "1M"),
        (35, DisplayFormat.NUMBER_PERCENTAGE, "35%"),
        (0, USD, "$0"),
        (0.0123, PLAIN, "0.0123"),
        (2.5e15, PLAIN, "2.5e15"),
        (3e-9, PLAIN, "3e-9"),
        (7.25e9, PLAIN, "7.25B"),
    ],
)
def test_compact_numbers_for_axes(value: float, form: DisplayFormat, text: str) -> None:
    """Axes and bars get three digits and a magnitude."""
    assert values.compact(value, form) == text


def test_dates_are_shown_by_grain() -> None:
    """A month reads as a month, a quarter as a quarter; a time zone is said."""
    moment = datetime(2026, 3, 14, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    shown = {form: values.day(moment, form) for form in DisplayFormat if form.startswith("DATE_")}
    assert shown[DisplayFormat.DATE_YEAR] == "2026"
    assert shown[DisplayFormat.DATE_QUARTER] == "Q1 2026"
    assert shown[DisplayFormat.DATE_MONTH] == "Mar 2026"
    assert shown[DisplayFormat.DATE_DATE] == "Mar 14, 2026"
    assert shown[DisplayFormat.DATE_DATETIME] == "Mar 14, 2026 09:30 +0200"


def test_moments_become_comparable() -> None:
    """Aware and naive times and dates end on one scale; the ends of the calendar are no times."""
    zone = timezone(timedelta(hours=2))
    assert values.as_datetime(datetime(2026, 1, 1, 2, tzinfo=zone)) == datetime.fromisoformat("2026-01-01")
    assert values.as_datetime(date(2026, 1, 1)) == datetime.fromisoformat("2026-01-01")
    assert values.as_datetime(datetime(1, 1, 1, tzinfo=zone)) is None
    assert values.as_datetime("2026-01-01") is None


def test_untrusted_text_becomes_one_visible_line() -> None:
    """Line breaks, controls and marks that turn the direction of text are gone; the rest is cut."""
    assert values.line(" a\n\tb\u202e\x00c ", 10) == "a bc"
    assert values.line("abcdefgh", 5) == "abcd…"
    assert values.squeeze("Enterprise renewal 17", 10) == "Ente…al 17"


@pytest.mark.parametrize(
    ("title", "stem"), [("../../etc/passwd\n", "etc passwd"), ("🔥", ""), ("x" * 300, "x" * 60)]
)
def test_titles_become_file_names(title: str, stem: str) -> None:
    """No separators, dots or line breaks; nothing, where a title has no letters."""
    assert values.file_stem(title) == stem


@given(st.text())
def test_reading_a_text_never_raises(text: str) -> None:
    """Any text can be read, undressed, taken for a date and shortened."""
    values.scalar(text)
    values.undress(text)
    values.moment(text)
    assert len(values.line(text, 20)) <= 20


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e40, max_value=1e40))
def test_compact_numbers_stay_short(value: float) -> None:
    """No number takes more room on an axis than twelve characters."""
    assert len(values.compact(value, USD)) <= 12
