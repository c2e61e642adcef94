"""Questions, bookmarks and visualizations as stored JSON, and a reader for JSON that takes what it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from bot.model import (
    Bookmark,
    Code,
    Column,
    DisplayFormat,
    Entrance,
    MeasureGroup,
    Question,
    RawCell,
    Subtotal,
    ThreadKey,
    Visualization,
    VisualizationType,
)

_Choice = TypeVar("_Choice", bound=StrEnum)

#: A JSON value.
Written = None | bool | int | float | str | Sequence["Written"] | Mapping[str, "Written"]

_UNKNOWN_FORMAT = DisplayFormat.DISPLAY_FORMAT_UNKNOWN
_UNKNOWN_TYPE = VisualizationType.UNKNOWN_VISUALIZATION


class Reader:
    """A JSON object, read leniently: what is missing or has the wrong shape is the default."""

    def __init__(self, value: object) -> None:
        self._value: Mapping[str, object] = value if isinstance(value, Mapping) else {}

    def has(self, key: str) -> bool:
        """There is such a member."""
        return key in self._value

    def text(self, key: str) -> str:
        """A string, or empty."""
        value = self._value.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings of an array."""
        return tuple(each for each in self.array(key) if isinstance(each, str))

    def flag(self, key: str) -> bool:
        """True where that is what it says."""
        return self._value.get(key) is True

    def number(self, key: str) -> float | None:
        """A number, or None."""
        return _number(self._value.get(key))

    def whole(self, key: str) -> int | None:
        """A whole number, or None."""
        value = self._value.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def choice(self, key: str, otherwise: _Choice) -> _Choice:
        """One of the values of the enum that ``otherwise`` belongs to, or ``otherwise``."""
        value = self._value.get(key)
        return next((each for each in type(otherwise) if each == value), otherwise)

    def array(self, key: str) -> Sequence[object]:
        """An array, or an empty one."""
        return _array(self._value.get(key))

    def inner(self, key: str) -> Reader:
        """The object under a key, or an empty one."""
        return Reader(self._value.get(key))

    def inners(self, key: str) -> tuple[Reader, ...]:
        """The objects of an array."""
        return tuple(Reader(each) for each in self.array(key) if isinstance(each, Mapping))

    def mapping(self, key: str) -> Mapping[str, object] | None:
        """The object under a key as it is, or None."""
        value = self._value.get(key)
        return value if isinstance(value, Mapping) else None


# -- writing ---------------------------------------------------------------------------------------------


def question_to(question: Question) -> dict[str, Written]:
    """The question as a JSON object."""
    return {
        **_thread_to(question.thread),
        "ts": question.ts,
        "user": question.user,
        "text": question.text,
        "entrance": question.entrance.value,
        "origin": _thread_to(question.origin) if question.origin else None,
        "domain": question.domain,
    }


def _thread_to(thread: ThreadKey) -> dict[str, Written]:
    return {"team": thread.team, "channel": thread.channel, "thread_ts": thread.thread_ts}


def bookmark_to(bookmark: Bookmark) -> dict[str, Written]:
    """The bookmark as a JSON object."""
    return {
        "flow": bookmark.flow,
        "conversation": bookmark.conversation,
        "before": sorted(bookmark.before),
        "answer": bookmark.answer,
    }


def visualization_to(visualization: Visualization) -> dict[str, Written]:
    """The visualization as a JSON object."""
    code = visualization.code
    return {
        "id": visualization.id,
        "title": visualization.title,
        "type": visualization.type.value,
        "columns": [_column_to(each) for each in visualization.columns],
        "rows": _rows_to(visualization.rows),
        "dimensions": list(visualization.dimensions),
        "measures": list(visualization.measures),
        "measure_groups": [_group_to(each) for each in visualization.measure_groups],
        "column_order": list(visualization.column_order),
        "code": {"text": code.text, "dialect": code.dialect} if code else None,
        "has_more": visualization.has_more,
        "total_rows": visualization.total_rows,
        "original_type": visualization.original_type.value,
        "subtotals": [
            {"columns": list(each.columns), "rows": _rows_to(each.rows)} for each in visualization.subtotals
        ],
        "highcharts": _plain(visualization.highcharts),
        "chart_spec": _plain(visualization.chart_spec),
    }


def _column_to(column: Column) -> dict[str, Written]:
    return {
        "name": column.name,
        "alias": column.alias,
        "unique_ref": column.unique_ref,
        "description": column.description,
        "format": column.format.value,
    }


def _group_to(group: MeasureGroup) -> dict[str, Written]:
    return {"label": group.label, "measures": list(group.measures), "format": group.format.value}


def _rows_to(rows: Sequence[Sequence[RawCell]]) -> list[Written]:
    return [[_cell_to(cell) for cell in row] for row in rows]


def _cell_to(cell: RawCell) -> Written:
    if cell.hyperlink is None and cell.low is None and cell.high is None:
        return cell.value
    return [cell.value, cell.hyperlink, cell.low, cell.high]


def _plain(value: object) -> Written:
    """Free-form data of the tenant; what JSON does not know is written as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_plain(inner) for inner in value]
    return str(value)


# -- reading ---------------------------------------------------------------------------------------------


def question_from(read: Reader) -> Question:
    """The question that the object describes, as far as it does."""
    origin = read.inner("origin")
    return Question(
        thread=_thread_from(read),
        ts=read.text("ts"),
        user=read.text("user"),
        text=read.text("text"),
        entrance=read.choice("entrance", Entrance.MENTION),
        origin=_thread_from(origin) if origin.text("channel") else None,
        domain=read.text("domain"),
    )


def _thread_from(read: Reader) -> ThreadKey:
    return ThreadKey(read.text("team"), read.text("channel"), read.text("thread_ts"))


def bookmark_from(read: Reader) -> Bookmark | None:
    """The bookmark that the object describes; None where it says nothing of how the question was asked."""
    flow = read.text("flow")
    if flow not in {"chat", "conversation"}:
        return None
    return Bookmark(
        flow="chat" if flow == "chat" else "conversation",
        conversation=read.text("conversation"),
        before=frozenset(read.texts("before")),
        answer=read.text("answer"),
    )


def visualization_from(read: Reader) -> Visualization:
    """The visualization that the object describes, as far as it does."""
    code = read.inner("code")
    return Visualization(
        id=read.text("id"),
        title=read.text("title"),
        type=read.choice("type", _UNKNOWN_TYPE),
        columns=tuple(_column_from(each) for each in read.inners("columns")),
        rows=_rows_from(read),
        dimensions=read.texts("dimensions"),
        measures=read.texts("measures"),
        measure_groups=tuple(_group_from(each) for each in read.inners("measure_groups")),
        column_order=read.texts("column_order"),
        code=Code(code.text("text"), code.text("dialect")) if code.has("text") else None,
        has_more=read.flag("has_more"),
        total_rows=read.whole("total_rows"),
        original_type=read.choice("original_type", _UNKNOWN_TYPE),
        subtotals=tuple(
            Subtotal(each.texts("columns"), _rows_from(each)) for each in read.inners("subtotals")
        ),
        highcharts=read.mapping("highcharts"),
        chart_spec=read.mapping("chart_spec"),
    )


def _column_from(read: Reader) -> Column:
    return Column(
        name=read.text("name"),
        alias=read.text("alias"),
        unique_ref=read.text("unique_ref"),
        description=read.text("description"),
        format=read.choice("format", _UNKNOWN_FORMAT),
    )


def _group_from(read: Reader) -> MeasureGroup:
    return MeasureGroup(read.text("label"), read.texts("measures"), read.choice("format", _UNKNOWN_FORMAT))


def _rows_from(read: Reader) -> tuple[tuple[RawCell, ...], ...]:
    return tuple(tuple(_cell_from(cell) for cell in _array(row)) for row in read.array("rows"))


def _cell_from(written: object) -> RawCell:
    # Asked for every cell: the usual case comes first.
    if written is None or isinstance(written, str):
        return RawCell(written)
    value, hyperlink, low, high = (*_array(written), None, None, None, None)[:4]
    return RawCell(
        value=value if isinstance(value, str) else None,
        hyperlink=hyperlink if isinstance(hyperlink, str) else None,
        low=_number(low),
        high=_number(high),
    )


def _array(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
