"""Values as text: for prose, and in the dressings that cells come in."""

from __future__ import annotations

import json
from datetime import date
from typing import Literal

from bot.model import DisplayFormat
from bot.sandbox.tenant.data import MONTHS
from bot.sandbox.tenant.query import ResultColumn

Dressing = Literal["json", "bare", "formatted"]
Value = str | int | float | None

_NOTHING = "–"
#: Formats of ISO dates; times, moments and fiscal periods are text that reads well as it is.
_CALENDAR = frozenset(
    {
        DisplayFormat.DATE_DATE,
        DisplayFormat.DATE_DAY,
        DisplayFormat.DATE_MONTH,
        DisplayFormat.DATE_QUARTER,
        DisplayFormat.DATE_YEAR,
    }
)


def dress(value: Value, dressing: Dressing, display: DisplayFormat) -> str:
    """A cell's value as one of the three dressings that are known from the wire.

    JSON-encoded (``"EC2"`` with its quotes, ``20000``), bare (``EC2``, ``20000``), formatted (``$20,000``).
    """
    value = plain(value)
    if dressing == "json":
        return json.dumps(value, ensure_ascii=False)
    if dressing == "formatted":
        return formatted(value, display)
    return "" if value is None else str(value)


def plain(value: Value) -> Value:
    """The value with whole numbers as integers, so that they read as such in any dressing."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def formatted(value: Value, display: DisplayFormat) -> str:
    """A value as its display format wants it."""
    value = plain(value)
    if value is None:
        return _NOTHING
    if isinstance(value, str):
        return _date(value, display) if display in _CALENDAR else value
    number = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
    if display is DisplayFormat.NUMBER_CURRENCY_USD:
        return f"${number}"
    if display is DisplayFormat.NUMBER_PERCENTAGE:
        return f"{value:g}%"
    number = number if isinstance(value, int) else number.rstrip("0").rstrip(".")
    if display.value.startswith("DURATION_"):
        return f"{number} {display.value.removeprefix('DURATION_').lower()}"
    return number


def said(value: Value, column: ResultColumn) -> str:
    """A value as prose says it, with its unit."""
    text = formatted(value, column.format)
    unit = "" if column.unit == "%" or column.format.startswith("DURATION_") else column.unit
    return f"{text} {unit}" if unit and value is not None else text


def _date(text: str, display: DisplayFormat) -> str:
    day = date.fromisoformat(text)
    month = MONTHS[day.month - 1]
    if display is DisplayFormat.DATE_YEAR:
        return str(day.year)
    if display is DisplayFormat.DATE_QUARTER:
        return f"Q{(day.month + 2) // 3} {day.year}"
    if display is DisplayFormat.DATE_MONTH:
        return f"{month} {day.year}"
    return f"{day.day} {month} {day.year}"
