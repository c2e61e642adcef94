"""Values of cells: from the tenant's text to a typed value, and from a value to the text a person reads.

A cell arrives as text in one of three dressings: JSON-encoded (``"EC2"`` with its quotes), bare (``3875727``)
or formatted (``$20,000``). Reading is strict, so that nothing is changed by accident: an id with a leading
zero stays text, an integer keeps all its digits, a decimal stays a ``Decimal``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple, NoReturn

from bot.model import DisplayFormat

Value = str | int | float | Decimal | bool | date | datetime | None
Number = int | float | Decimal
#: What strict JSON can hold in one cell.
Scalar = str | int | Decimal | bool | None

#: What stands for an absent value.
ABSENT = "–"

#: Numbers beyond this many digits before or after the point are texts: nobody reads or draws them.
_MOST_DIGITS = 40

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,38})", re.ASCII)
_JSON_STARTS = frozenset('"-0123456789tfn \t\r\n')
_CODES = "USD|EUR|GBP|JPY|INR"
_DRESSED = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+−])?\s?(?P<currency>US\$|[$€£¥₹]|{_CODES})?\s?(?P<minus>[-−])?"
    r"(?P<whole>0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?P<fraction>\.\d+)?"
    r"\s?(?P<scale>[KkMmBbT]|bn|mn|thousand|million|billion|trillion)?"
    rf"\s?(?P<unit>%|[$€£¥₹]|{_CODES})?(?P<close>\))?",
    re.ASCII,
)
#: Powers of ten by the first letter of the scale; a thousand is the other one with a T.
_POWERS = {"": 0, "k": 3, "m": 6, "b": 9, "t": 12}
_SYMBOLS_OF = {"US$": "$", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
#: Spaces that stand between a number and its unit.
_NARROW = str.maketrans("\u00a0\u2009\u202f", "   ")
#: With other currencies than the dollar, one point before three digits may as well part thousands.
_THREE_DECIMALS = 4

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_DATETIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?\s?(Z|UTC|[+-]\d\d(:?\d\d)?)?", re.ASCII
)


# -- reading ---------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """The text without lone surrogates, which no encoder takes; the very same text where it has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def scalar(text: str) -> Scalar:
    """The scalar that ``text`` encodes in strict JSON, or else ``text`` itself.

    NaN, infinities, objects, arrays and numbers of more than 40 digits are not scalars: they stay text.
    """
    if _INTEGER.fullmatch(text):
        return int(text)
    if text[:1] not in _JSON_STARTS:
        return text
    try:
        value: object = _JSON.decode(text)
    except (ValueError, ArithmeticError, RecursionError):
        return text
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int | Decimal):
        return value if _modest(Decimal(value)) else text
    return None if value is None else text


def _refuse(_: str) -> NoReturn:
    raise ValueError


_JSON = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)


def _modest(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_DIGITS and value.adjusted() < _MOST_DIGITS


class Dressed(NamedTuple):
    """A number as the tenant has formatted it.

    Attributes:
        amount: exact; a percentage keeps its own scale, ``12%`` is 12.
        unit: ``%`` or the sign of a currency, or empty.
        sure: its dressing leaves no doubt; plain digits are as likely an id, and ``3M`` is as likely a name.
    """

    amount: int | Decimal
    unit: str
    sure: bool


def dressed(text: str) -> Dressed | None:
    """The number in a text such as ``$20,000``, ``(1,250.5)``, ``12 %`` or ``$1.2M``; None where unsure."""
    if len(text) > _MOST_DIGITS * 2:
        return None
    found = _DRESSED.fullmatch((text if text.isascii() else text.translate(_NARROW)).strip())
    if found is None or bool(found["open"]) != bool(found["close"]) or (found["currency"] and found["unit"]):
        return None
    unit = found["currency"] or found["unit"] or ""
    unit = _SYMBOLS_OF.get(unit, unit)
    whole, fraction, scale = found["whole"], found["fraction"] or "", found["scale"] or ""
    if unit not in _PLAIN_UNITS and len(fraction) == _THREE_DECIMALS and not scale and "," not in whole:
        return None
    if scale == "m" and not unit:  # metres, minutes
        return None
    negative = found["open"] or found["minus"] or found["sign"] in {"-", "−"}
    sure = bool(found["open"] or unit or "," in whole or (scale and fraction))
    power = 3 if scale == "thousand" else _POWERS[scale[:1].lower()]
    return Dressed(_exactly(whole, fraction, power, negative=bool(negative)), unit, sure)


def _exactly(whole: str, fraction: str, power: int, *, negative: bool) -> int | Decimal:
    """The amount with every digit: arithmetic with Decimals would round."""
    places = len(fraction) - 1 if fraction else 0
    amount = Decimal(f"{'-' if negative else ''}{whole.replace(',', '')}{fraction[1:]}E{power - places}")
    return int(amount) if amount == amount.to_integral_value() else amount


_PLAIN_UNITS = frozenset({"", "%", "$"})


def undress(text: str, *, numeric: bool = False) -> int | Decimal | None:
    """The number in a formatted text, else None.

    Without ``numeric`` (the column is known to hold numbers) it has to be sure: see ``Dressed``.
    """
    found = dressed(text)
    return found.amount if found is not None and (numeric or found.sure) else None


def moment(text: str) -> date | datetime | None:
    """An ISO 8601 date, month (its first day) or date with a time; None for anything else."""
    text = text.strip()
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if month := _MONTH.fullmatch(text):
            return date(int(month[1]), int(month[2]), 1)
        if _DATETIME.fullmatch(text):
            return datetime.fromisoformat(text.replace("UTC", "Z").replace(" Z", "Z"))
    except ValueError:
        return None
    return None


def is_number(value: object) -> bool:
    """A number proper: a truth value is none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def as_float(value: object) -> float | None:
    """The value for drawing; None for what is no number."""
    return float(value) if isinstance(value, int | float | Decimal) and is_number(value) else None


def as_datetime(value: object) -> datetime | None:
    """The value as a naive datetime (an aware one in UTC), so that all of an axis can be compared."""
    if isinstance(value, datetime):
        try:
            value = value.astimezone(UTC) if value.tzinfo else value
        except OverflowError:  # the first or last hours of the calendar
            return None
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None  # noqa: DTZ001 -- naive is meant


# -- writing ---------------------------------------------------------------------------------------------

_DURATIONS = {
    DisplayFormat.DURATION_SECONDS: "s",
    DisplayFormat.DURATION_MINUTES: "min",
    DisplayFormat.DURATION_HOURS: "h",
    DisplayFormat.DURATION_DAYS: "day",
    DisplayFormat.DURATION_WEEKS: "week",
    DisplayFormat.DURATION_MONTHS: "month",
    DisplayFormat.DURATION_QUARTERS: "quarter",
    DisplayFormat.DURATION_YEARS: "year",
}
_SYMBOLS = frozenset({"s", "min", "h"})


def places(values: Iterable[Number], form: DisplayFormat) -> int:
    """How many decimals every value of a column is shown with, so that the column reads evenly."""
    amounts = [_decimal(value) for value in values]
    if form is DisplayFormat.NUMBER_INTEGER or not amounts:
        return 0
    sent = max(_fraction(amount) for amount in amounts)
    small = max(abs(amount) for amount in amounts) < 1
    if form is DisplayFormat.NUMBER_CURRENCY_USD:
        return 0 if sent == 0 else min(max(sent, 2), 4 if small else 2)
    return min(sent, 4 if small else 2)


def _decimal(value: Number) -> Decimal:
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def _fraction(amount: Decimal) -> int:
    """Digits after the point that say something."""
    return len(f"{amount:f}".partition(".")[2].rstrip("0"))


def number(value: Number, form: DisplayFormat, decimals: int) -> str:
    """A number in full: ``$1,234.50``, ``1,234``, ``12.5%`` (the value is in per cent), ``3 days``."""
    amount = _decimal(value)
    if (
        amount
        and form is not DisplayFormat.NUMBER_INTEGER
        and amount.copy_abs() < Decimal(10) ** -decimals / 2
    ):
        decimals = 1 - amount.adjusted()  # two digits that say something, rather than a zero
    digits = f"{amount.copy_abs():,.{decimals}f}"
    sign = "-" if amount < 0 and digits.strip("0.,") else ""
    return sign + _with_unit(digits, form)


def _with_unit(digits: str, form: DisplayFormat) -> str:
    if form is DisplayFormat.NUMBER_CURRENCY_USD:
        return f"${digits}"
    if form is DisplayFormat.NUMBER_PERCENTAGE:
        return f"{digits}%"
    if unit := _DURATIONS.get(form):
        return f"{digits} {unit}" + ("" if unit in _SYMBOLS or digits == "1" else "s")
    return digits


_STEPS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
_BEYOND_WORDS = 1e15
_BELOW_SIGHT = 1e-5


def compact(value: float, form: DisplayFormat, digits: int = 3) -> str:
    """A number for an axis or a bar: ``$1.2M``, ``35%``, ``12.4K``, with ``digits`` digits that count."""
    sign, size = "-" if value < 0 else "", abs(value)
    step, suffix = next(((s, name) for s, name in _STEPS if size >= s * 0.9995), (1.0, ""))
    extreme = size >= _BEYOND_WORDS or 0 < size < _BELOW_SIGHT
    text = _scientific(size, digits) if extreme else _significant(size / step, digits)
    if float(text) == 0:
        sign = ""
    return sign + _with_unit(text + ("" if extreme else suffix), form)


def _scientific(size: float, digits: int) -> str:
    """``3e15``, ``1.25e-9``."""
    mantissa, _, exponent = f"{size:.{digits - 1}e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent)}"


def _significant(size: float, digits: int) -> str:
    if size == 0:
        return "0"
    text = f"{Decimal(f'{size:.{digits - 1}e}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: date | datetime, form: DisplayFormat) -> str:
    """A date by the grain of its format: ``2026``, ``Q1 2026``, ``Mar 2026``, ``Mar 14, 2026 09:30``."""
    if form is DisplayFormat.DATE_YEAR:
        return f"{value.year}"
    if form is DisplayFormat.DATE_QUARTER:
        return f"Q{(value.month + 2) // 3} {value.year}"
    month = _MONTHS[value.month - 1]
    if form is DisplayFormat.DATE_MONTH:
        return f"{month} {value.year}"
    shown = f"{month} {value.day}, {value.year}"
    if not isinstance(value, datetime) or form is not DisplayFormat.DATE_DATETIME:
        return shown
    zone = " UTC" if value.tzinfo and not value.utcoffset() else value.strftime(" %z").rstrip()
    clock = value.strftime("%H:%M:%S" if value.second else "%H:%M")
    return f"{shown} {clock}{zone}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def line(text: str, limit: int) -> str:
    """Untrusted text as one line of at most ``limit`` characters, without invisible characters."""
    visible = "".join(
        " " if char.isspace() else char
        for char in text[: limit * 4]
        if char.isspace() or char == _JOINER or unicodedata.category(char) not in _INVISIBLE
    )
    words = " ".join(visible.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def squeeze(text: str, limit: int) -> str:
    """The text, cut in the middle to ``limit`` characters: names of one family differ at their end."""
    if len(text) <= limit:
        return text
    head = (limit - 1) // 2
    return f"{text[:head].rstrip()}…{text[head + 1 - limit :].lstrip()}"


def file_stem(title: str) -> str:
    """A title as a file name without its ending, for any file system; empty where nothing of it is left."""
    words = re.sub(r"[^\w\s-]+", " ", title)
    return " ".join(words.split())[:_LONGEST_NAME].strip(" -_")


_LONGEST_NAME = 60

#: Joins the parts of one emoji.
_JOINER = "\N{ZERO WIDTH JOINER}"

#: Controls, formats (such as marks that turn the direction of text), surrogates.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
