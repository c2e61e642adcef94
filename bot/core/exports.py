"""A table as a CSV file for spreadsheets and programs (RFC 4180, UTF-8 with a byte order mark).

Numbers are plain digits in full precision, without unit or separators, in the unit in which the tenant sent
them: ``$1,234.50`` is 1234.50, ``12%`` is 12. Dates are ISO 8601, absent values are empty, totals are left
out.

Digits that name something keep every one of them: ids with leading zeros, and integers of more digits than a
spreadsheet's number holds, stand in quotes, as texts do. Nothing is put before them, so that a program finds
the very id. A spreadsheet that makes a number of whatever looks like one when a file is opened by a double
click has to be told in its import dialog that the column is text.

A text that a spreadsheet would run as a formula gets an apostrophe before it
(owasp.org/www-community/attacks/CSV_Injection). So does a part of a text behind a semicolon, a tab or a line
break: where the semicolon is what separates lists, a spreadsheet begins new cells there, quotes or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from bot.core import values
from bot.model import Cell, DisplayFormat, Table

_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_LINE_END = "\r\n"

#: A spreadsheet's numbers hold so many digits.
_MOST_DIGITS = 15

#: What a reader may strip from the beginning of a cell.
_STRIPPED = r"[ \"'`\x00-\x08\x0b\x0c\x0e-\x1f\xa0\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]*"
#: The places before a formula, in its usual and its full-width form.
_FORMULA = re.compile(rf"(?:^|(?<=[;\t\r\n]))(?={_STRIPPED}[=+\-@＝＋－＠])|^(?=[\t\r\n])")
_NEGATIVE = re.compile(r"-\d+(?:\.\d+)?", re.ASCII)
#: What needs quotes, and what would be taken for a number without them.
_TO_QUOTE = re.compile(r"^[\s\d.]|[\",\r\n]|\s$")


def csv_bytes(table: Table) -> bytes:
    """All rows that are held, under a header of column names; a name that occurs again is numbered."""
    by_year = [column.format is DisplayFormat.DATE_YEAR for column in table.columns]
    lines = [line(map(text, _header(column.name for column in table.columns)))]
    lines += [
        line(_field(cell, by_year=year) for cell, year in zip(row, by_year, strict=True))
        for row in table.rows
    ]
    return (_BYTE_ORDER_MARK + "".join(lines)).encode()


def line(fields: Iterable[str]) -> str:
    """One row of fields as they stand in the file, with its end."""
    # A line without anything would be no row to a reader: the only column's value is absent.
    return (",".join(fields) or '""') + _LINE_END


def _header(names: Iterable[str]) -> Iterable[str]:
    taken: set[str] = set()
    for name in names:
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name} ({count})"
        taken.add(unique)
        yield unique


def _field(cell: Cell, *, by_year: bool) -> str:
    value = cell.value
    if isinstance(value, str):
        return text(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"{value.year:04}" if by_year else _moment(value)
    return _number(value)


def _moment(value: date) -> str:
    # With a space, as RFC 3339 allows and spreadsheets understand.
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()


def _number(value: float | Decimal) -> str:
    if isinstance(value, int):
        digits = str(value)
        return digits if len(digits) <= _MOST_DIGITS else f'"{digits}"'
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return f"{exact:f}" if exact.is_finite() else text(str(value))


def text(value: str) -> str:
    """A text as a field: no spreadsheet runs it, and it is in quotes where it needs them."""
    if not _NEGATIVE.fullmatch(value):
        value = _FORMULA.sub("'", value)
    return '"' + value.replace('"', '""') + '"' if _TO_QUOTE.search(value) else value


def file_name(title: str) -> str:
    """A name for the file that every file system takes: ``Revenue by stage.csv``."""
    return f"{values.file_stem(title) or 'data'}.csv"
