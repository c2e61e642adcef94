"""One column of a table: what its cells are, and how they all are shown.

A column is read as a whole: its kind follows from the tenant's display format and from what most of its cells
are. A cell that is something else than its column keeps its text, and so does everything that the tenant has
formatted itself or whose meaning is not sure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from bot.core import formats, values
from bot.core.values import Dressed, Value
from bot.model import Cell, ColumnKind, DisplayFormat, RawCell

#: The cell of an absent value.
ABSENT = Cell(None, values.ABSENT)

_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN
_INTEGER = DisplayFormat.NUMBER_INTEGER
_CURRENCY = DisplayFormat.NUMBER_CURRENCY_USD
_PERCENTAGE = DisplayFormat.NUMBER_PERCENTAGE
_NUMERIC = ("NUMBER_", "DURATION_")

#: Where a word begins in a name: order_id, Order id, orderId.
_WORD = r"(?:^|[_\W]|(?<=[a-z])(?=[A-Z]))"
#: Whole numbers under such a name are names themselves, and are read without separators: 2026, not 2,026.
_NEVER_COUNTED = re.compile(rf"{_WORD}(?i:id|year|yr|zip|zip_?code|post_?code|postal_?code|phone)s?$")
#: Under these, unless they are measured.
_NAMELIKE = re.compile(rf"{_WORD}(?i:key|code|no|nr|number)s?$")
#: A place on earth is said with all its digits.
_COORDINATE = re.compile(rf"{_WORD}(?i:lat|latitude|lon|lng|long|longitude)$")
_LEADING_ZERO = re.compile(r"0\d+", re.ASCII)
_EXPONENT = re.compile(r"\d+[eE]\d+", re.ASCII)
_ONLY_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)
_ONLY_YEAR = re.compile(r"\d{4}", re.ASCII)

#: Dashes that stand for nothing.
_NOTHING = frozenset({"", "-", "--", "–", "—"})
#: What is said where a number has no value: no evidence of what the column holds.
_NO_VALUE = frozenset(
    {"nan", "-nan", "inf", "-inf", "infinity", "-infinity", "n/a", "#n/a", "na", "null", "none"}
)

#: Dates that all fall on the first of a month are months, if there are at least so many different ones.
_MONTHS_AT_LEAST = 3

#: Percentages that add up to 100, within so many per cent of rounding, are parts of a whole.
_PARTS_AT_LEAST = 3
_ROUNDING = Decimal("0.6")
_HUNDRED = 100

#: When a fiscal year begins is the tenant's business, and a time of day is already the shortest text.
_AS_SENT = frozenset(
    {DisplayFormat.DATE_FISCAL_QUARTER, DisplayFormat.DATE_FISCAL_YEAR, DisplayFormat.DATE_TIME}
)


@dataclass(frozen=True, slots=True)
class Role:
    """What is known of a column beside its cells.

    Attributes:
        name: as people read it.
        dimension: it spans the axis, so its numbers are names.
        measured: the tenant calls it a measure.
    """

    name: str
    format: DisplayFormat = _UNKNOWN
    dimension: bool = False
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How the cells of a column are read and shown, all alike.

    Attributes:
        format: the display format that its texts follow.
        written: the format in which bare numbers and dates are written; unknown means plainly.
        decimals: of bare numbers.
        factor: by which bare numbers are multiplied to be shown: 100 for shares of one shown in per cent.
        verbatim: bare numbers are shown as sent.
    """

    kind: ColumnKind
    format: DisplayFormat
    written: DisplayFormat = _UNKNOWN
    decimals: int = 0
    factor: int = 1
    verbatim: bool = False

    def cell(self, raw: RawCell | None) -> Cell:
        """The cell as a cell of this column."""
        read = _read(raw)
        return ABSENT if read is None else self.shown(read)

    def shown(self, read: _Read) -> Cell:
        """What a person sees of it."""
        value, text = _SHOWN[self.kind](self, read)
        low, high = self._range(read.raw, value)
        return Cell(value, text, read.raw.hyperlink, low, high)

    def _range(self, raw: RawCell, value: Value) -> tuple[float, float] | tuple[None, None]:
        """The range of a forecast in the unit of its value: a share of one may stand beside ``12%``."""
        low, high = raw.low, raw.high
        if low is None or high is None or (middle := values.as_float(value)) is None:
            return None, None
        if self.format is _PERCENTAGE and not low <= middle <= high:
            scaled = low * _HUNDRED, high * _HUNDRED
            return scaled if scaled[0] <= middle <= scaled[1] else (low, high)
        return low, high


class _Read(NamedTuple):
    """A present cell, and the scalar in it."""

    raw: RawCell
    sent: str
    value: str | int | Decimal | bool


def typed(role: Role, raw: Sequence[RawCell | None]) -> tuple[Style, tuple[Cell, ...]]:
    """The style of a column and its cells, as many as ``raw``; nulls, blanks and lone dashes read "–"."""
    reads = [_read(cell) for cell in raw]
    style = _style(role, [read for read in reads if read is not None and not _says_no_value(read)])
    return style, tuple(ABSENT if read is None else style.shown(read) for read in reads)


def _read(raw: RawCell | None) -> _Read | None:
    if raw is None or raw.value is None:
        return None
    value = values.scalar(raw.value)
    if value is None or (isinstance(value, str) and value.strip() in _NOTHING):
        return None
    return _Read(raw, raw.value.strip(), value)


def _says_no_value(read: _Read) -> bool:
    return isinstance(read.value, str) and read.value.strip().lower() in _NO_VALUE


def _style(role: Role, reads: Sequence[_Read]) -> Style:
    form = role.format
    if form.startswith("LOCATION_"):  # a state may be a number, and a country "NO"
        return Style(ColumnKind.TEXT, form)
    if style := _time_style(form, reads):
        return style
    if not form.startswith("DATE_") and (style := _number_style(role, reads)):
        return style
    if _most([isinstance(read.value, bool) for read in reads]):
        return Style(ColumnKind.BOOLEAN, form)
    return Style(ColumnKind.TEXT, form)


def _most(found: Sequence[object]) -> bool:
    return sum(map(bool, found)) * 2 > len(found)


def _as_text(read: _Read) -> str:
    return read.value if isinstance(read.value, str) else read.sent


# -- times -----------------------------------------------------------------------------------------------


def _time_style(form: DisplayFormat, reads: Sequence[_Read]) -> Style | None:
    """The style of a column of dates: most cells of one that is said to hold them, all of another."""
    if form.startswith("DATE_"):
        dated = _most([_moment(read, form) for read in reads]) or not reads
        return Style(ColumnKind.TIME, form, form) if dated else None
    if not reads or not all(_moment(read, _UNKNOWN) for read in reads):
        return None
    grain = _grain(reads)
    return Style(ColumnKind.TIME, grain, grain)


def _moment(read: _Read, form: DisplayFormat) -> tuple[date | datetime, DisplayFormat] | None:
    """The moment of a cell, and the grain in which the tenant has written it (unknown: ISO, or a number)."""
    text = _as_text(read).strip()
    if found := values.moment(text):
        return found, _UNKNOWN
    if form is DisplayFormat.DATE_YEAR:
        year = text.removesuffix(".0")
        return (date(int(year), 1, 1), _UNKNOWN) if _ONLY_YEAR.fullmatch(year) and int(year) else None
    return None if form in _AS_SENT else formats.moment(text)


def _grain(reads: Sequence[_Read]) -> DisplayFormat:
    """The grain of dates for which the tenant names none."""
    found = [moment for read in reads if (moment := _moment(read, _UNKNOWN))]
    written = {grain for _, grain in found}
    if len(written) == 1 and _UNKNOWN not in written:
        return written.pop()
    moments = [moment for moment, _ in found]
    if any(
        isinstance(moment, datetime) and moment.time().replace(microsecond=0) != time() for moment in moments
    ):
        return DisplayFormat.DATE_DATETIME
    firsts = {(moment.year, moment.month) for moment in moments if moment.day == 1}
    monthly = len(firsts) >= _MONTHS_AT_LEAST and all(moment.day == 1 for moment in moments)
    monthly = monthly or all(_ONLY_MONTH.fullmatch(_as_text(read).strip()) for read in reads)
    return DisplayFormat.DATE_MONTH if monthly else DisplayFormat.DATE_DATE


def _show_time(style: Style, read: _Read) -> tuple[Value, str]:
    found = _moment(read, style.format)
    if found is None:
        return _as_text(read), _as_text(read)
    moment, grain = found
    as_sent = grain is not _UNKNOWN or style.written in _AS_SENT
    return moment, _as_text(read) if as_sent else values.day(moment, style.written)


# -- numbers ---------------------------------------------------------------------------------------------


def _number_style(role: Role, reads: Sequence[_Read]) -> Style | None:
    """A column of numbers, or None: ids and numbers of different units are texts."""
    form = role.format
    found = [_number(read, form) for read in reads]
    if not _are_numbers(form, reads, found):
        return None
    units = {number.unit for number in found if number is not None}
    if len(units - {_BARE, ""}) > 1 or (_BARE in units and "%" in units):
        return None
    texts = sum(isinstance(read.value, str) for read in reads)
    if texts * 2 > len(reads) or _BARE not in units:
        form = _dressing(form, units)
    return _written(role, form, [read for read in reads if _bare(read) is not None])


def _are_numbers(form: DisplayFormat, reads: Sequence[_Read], found: Sequence[Dressed | None]) -> bool:
    if form.startswith(_NUMERIC):
        return _most(found) or not reads
    if any(_LEADING_ZERO.fullmatch(_as_text(read)) for read in reads):
        return False
    if _most([number is not None and number.sure for number in found]):
        return True
    # One number that is surely dressed, such as 1.2M, tells what the others (3M) are.
    dressed = any(
        number.sure and isinstance(read.value, str)
        for read, number in zip(reads, found, strict=True)
        if number is not None
    )
    return dressed and all(found)


#: The unit of a number that came as one, and is not nothing.
_BARE = "1"


def _number(read: _Read, form: DisplayFormat) -> Dressed | None:
    """The number in a cell of a column with this format; sure or not."""
    amount = _bare(read)
    if amount is not None:
        unit = "$" if form is _CURRENCY and amount else _BARE if amount else ""
        return Dressed(amount, unit, sure=form is not _UNKNOWN or not _like_an_id(read))
    if not isinstance(read.value, str):
        return None
    if form.startswith("DURATION_") and (length := formats.duration(read.value, form)) is not None:
        return Dressed(length, "", sure=True)
    return values.dressed(read.value)


def _like_an_id(read: _Read) -> bool:
    """JSON takes ``12e4`` for a number, but no program writes one so."""
    return isinstance(read.value, Decimal) and _EXPONENT.fullmatch(read.sent) is not None


def _bare(read: _Read) -> int | Decimal | None:
    """A number that came as one; what the tenant has formatted came as text, and is shown as sent."""
    return read.value if isinstance(read.value, int | Decimal) and not isinstance(read.value, bool) else None


def _dressing(form: DisplayFormat, units: set[str]) -> DisplayFormat:
    """The format that the tenant's own formatting shows, whatever the column says."""
    if "%" in units:
        return _PERCENTAGE
    if "$" in units:
        return _CURRENCY
    return form if units <= {_BARE, ""} else _UNKNOWN


def _written(role: Role, form: DisplayFormat, reads: Sequence[_Read]) -> Style:
    """The style of a column of numbers, of which ``reads`` came bare."""
    amounts = [amount for read in reads if (amount := _bare(read)) is not None]
    if _is_verbatim(role, form, amounts):
        return Style(ColumnKind.NUMBER, form, verbatim=True)
    factor, written = 1, form
    if form is _PERCENTAGE:
        known = _percent_factor(amounts)
        factor, written = (known, form) if known else (1, _UNKNOWN)
    decimals = values.places([_times(amount, factor) for amount in amounts], written)
    return Style(ColumnKind.NUMBER, form, written, decimals, factor)


def _is_verbatim(role: Role, form: DisplayFormat, amounts: Sequence[int | Decimal]) -> bool:
    if _COORDINATE.search(role.name):
        return form in {_UNKNOWN, DisplayFormat.NUMBER_DECIMAL}
    if form not in {_UNKNOWN, _INTEGER} or not all(isinstance(amount, int) for amount in amounts):
        return False
    namelike = _NAMELIKE.search(role.name) and not (form is _INTEGER and role.measured)
    return bool(role.dimension or namelike or _NEVER_COUNTED.search(role.name))


def _percent_factor(amounts: Sequence[int | Decimal]) -> int | None:
    """100 where the amounts are shares of one, 1 where they are per cent already, None where nobody can tell.

    Whether the tenant sends 0.12 or 12 is not documented. Parts that add up to a whole tell.
    """
    if len(amounts) < _PARTS_AT_LEAST or any(amount < 0 for amount in amounts):
        return None
    total = Decimal(sum(amounts))
    return next((factor for factor in (_HUNDRED, 1) if abs(total * factor - _HUNDRED) <= _ROUNDING), None)


def _show_number(style: Style, read: _Read) -> tuple[Value, str]:
    amount = _bare(read)
    if amount is None:
        found = _number(read, style.format)
        return _as_text(read) if found is None else found.amount, _as_text(read)
    if style.verbatim or (style.written is _UNKNOWN and _like_an_id(read)):
        return amount, read.sent
    return amount, values.number(_times(amount, style.factor), style.written, style.decimals)


def _times(amount: int | Decimal, factor: int) -> int | Decimal:
    return amount if factor == 1 else amount * factor  # arithmetic with Decimals rounds to 28 digits


# -- the others ------------------------------------------------------------------------------------------


def _show_truth(_: Style, read: _Read) -> tuple[Value, str]:
    if isinstance(read.value, bool):
        return read.value, "Yes" if read.value else "No"
    return _as_text(read), _as_text(read)


def _show_text(_: Style, read: _Read) -> tuple[Value, str]:
    return _as_text(read), _as_text(read)


_SHOWN: dict[ColumnKind, Callable[[Style, _Read], tuple[Value, str]]] = {
    ColumnKind.TIME: _show_time,
    ColumnKind.NUMBER: _show_number,
    ColumnKind.BOOLEAN: _show_truth,
    ColumnKind.TEXT: _show_text,
}
