"""Quill documents: composing changes onto them.

A document or change is a list of ops: ``{"insert": str | mapping, "attributes"?}``, ``{"retain": n,
"attributes"?}`` or ``{"delete": n}``. The semantics are those of ``compose`` in the npm package quill-delta
5.1.0 (https://github.com/slab/delta), with integer retains only:

- Neighbours of one kind with equal attributes are merged, and an insert stands before the delete beside it.
- What is retained or deleted beyond the end of a document does not raise; it stays in the result.
- One trailing retain without attributes is dropped.
- ``null`` as an attribute's value removes the attribute from an insert and is kept on a retain. On an insert
  that is new it stays, as it does in Quill.
- An embed counts 1. A text counts its UTF-16 code units, as in JavaScript, or its code points.

Retains and deletes in UTF-16 units can cut a surrogate pair in two. Halves that come together within one
change are one character again. Every other half becomes U+FFFD, which counts 1 as the half did, so that the
sender's offsets still fit. The strings inside embeds and attributes are repaired in the same way.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from bot.core.values import clean as repaired
from bot.model import Op

Unit = Literal["utf16", "codepoint"]

#: Nesting of embeds and attributes beyond this is refused, before it can exhaust the stack.
_DEEPEST = 100

_FOREVER = sys.maxsize


class DeltaError(ValueError):
    """Something that is not a Quill op with an integer length."""


_Kind = Literal["text", "embed", "retain", "delete"]


class _Segment:
    """An op with its lengths known. The text lies in ``parts`` until somebody asks for it."""

    __slots__ = ("attributes", "embed", "inserts", "kind", "parts", "points", "units", "whole")

    def __init__(self, kind: _Kind, units: int, points: int, attributes: Mapping[str, object] | None) -> None:
        self.kind: _Kind = kind
        self.inserts = kind in {"text", "embed"}
        self.units = units
        self.points = points
        self.attributes = attributes
        self.parts: list[str] = []
        self.embed: object = None
        #: No half of a surrogate pair is in the text.
        self.whole = True

    @classmethod
    def of_text(cls, text: str, attributes: Mapping[str, object] | None, *, whole: bool = False) -> _Segment:
        points = len(text)
        plain = text.isascii()
        segment = cls("text", points if plain else _utf16(text), points, attributes)
        segment.parts.append(text)
        segment.whole = plain or whole
        return segment

    @classmethod
    def of_embed(cls, embed: object, attributes: Mapping[str, object] | None) -> _Segment:
        segment = cls("embed", 1, 1, attributes)
        segment.embed = embed
        return segment

    def length(self, unit: Unit) -> int:
        return self.units if unit == "utf16" else self.points

    def text(self) -> str:
        if len(self.parts) > 1:
            self.parts = ["".join(self.parts)]
        return self.parts[0]

    def merge(self, other: _Segment) -> bool:
        """Take the neighbour in, where Quill would."""
        if self.kind is not other.kind or self.kind == "embed":
            return False
        if self.attributes != other.attributes:
            return False
        self.parts += other.parts
        self.units += other.units
        self.points += other.points
        self.whole = self.whole and other.whole
        return True

    def repair(self) -> None:
        """Join the halves of surrogate pairs that have met, and replace the others."""
        if not self.whole:
            text = repaired(self.text())
            self.parts = [text]
            self.units, self.points = _utf16(text), len(text)
            self.whole = True

    def op(self) -> Op:
        op: dict[str, object]
        match self.kind:
            case "text":
                op = {"insert": self.text()}
            case "embed":
                op = {"insert": self.embed}
            case "retain" | "delete":
                op = {self.kind: self.points}
        if self.attributes:
            op["attributes"] = dict(self.attributes)
        return op


def compose(document: Sequence[Op], change: Sequence[Op], *, unit: Unit = "utf16") -> list[Op]:
    """The document, or change, that ``document`` becomes when ``change`` follows it.

    Neither argument is changed. Embeds are passed on as they are, not copied. Raises ``DeltaError`` for
    anything that is not an op.
    """
    before = _read(document)
    for segment in before:
        segment.repair()
    return [segment.op() for segment in _compose(before, _read(change), unit)]


class Document:
    """A document that changes are applied to, with the results of ``compose``.

    A change that appends (inserts behind a retain over the whole document, or into an empty one) costs its
    own ops. Any other costs the ops of the document.

    Attributes:
        unit: what the retains and deletes of the next change count.
    """

    def __init__(self, unit: Unit = "utf16") -> None:
        self.unit = unit
        self._segments: list[_Segment] = []
        self._units = 0
        self._points = 0
        self._complete = True

    @property
    def complete(self) -> bool:
        """There are only inserts: no change has reached beyond the end."""
        return self._complete

    def length(self, unit: Unit) -> int:
        """Length of what is inserted."""
        return self._units if unit == "utf16" else self._points

    def ops(self) -> list[Op]:
        """The document as plain ops; embeds are those that were given."""
        return [segment.op() for segment in self._segments]

    def apply(self, change: Sequence[Op]) -> None:
        """Compose ``change`` onto the document. After a ``DeltaError`` the document is what it was before."""
        segments = _read(change)
        appended = self._appended(segments)
        if appended is None:
            self._replace(_compose(self._segments, segments, self.unit))
        else:
            self._append(appended)

    def _appended(self, change: list[_Segment]) -> list[_Segment] | None:
        """The inserts that go to the end, or None where the change does something else."""
        length = self.length(self.unit)
        if not self._complete:
            return None
        if length:
            if not change:
                return change
            lead, *change = change
            if lead.kind != "retain" or lead.attributes or lead.points != length:
                return None
        return change if all(segment.inserts for segment in change) else None

    def _append(self, inserts: list[_Segment]) -> None:
        segments = self._segments
        for segment in inserts:
            segment.repair()
            self._units += segment.units
            self._points += segment.points
            if not (segments and segments[-1].merge(segment)):
                segments.append(segment)

    def _replace(self, segments: list[_Segment]) -> None:
        inserts = [segment for segment in segments if segment.inserts]
        self._segments = segments
        self._units = sum(segment.units for segment in inserts)
        self._points = sum(segment.points for segment in inserts)
        self._complete = len(inserts) == len(segments)


# -- composing -------------------------------------------------------------------------------------------


def _compose(before: list[_Segment], change: list[_Segment], unit: Unit) -> list[_Segment]:
    """Walk both lists in step. The segments of both are used up: they may come back in the result."""
    result: list[_Segment] = []
    left, right = _Cursor(before, unit), _Cursor(change, unit)
    while left.more or right.more:
        if right.inserts:
            _push(result, right.take(_FOREVER))
        elif left.kind == "delete":
            _push(result, left.take(_FOREVER))
        else:
            length = min(left.length, right.length)
            kept = _on(left.take(length), right.take(length))
            if kept is not None:
                _push(result, kept)
    if result and result[-1].kind == "retain" and not result[-1].attributes:
        result.pop()
    for segment in result:
        segment.repair()
    return result


def _on(segment: _Segment, change: _Segment) -> _Segment | None:
    """What is left of an insert or retain under a retain or delete of the same length."""
    if change.kind == "delete":
        return None if segment.inserts else change
    if change.attributes:
        keep_null = segment.kind == "retain"
        segment.attributes = _attributes(segment.attributes, change.attributes, keep_null=keep_null)
    return segment


def _attributes(
    held: Mapping[str, object] | None, change: Mapping[str, object], *, keep_null: bool
) -> Mapping[str, object] | None:
    kept = {key: value for key, value in (held or {}).items() if key not in change}
    changed = {key: value for key, value in change.items() if keep_null or value is not None}
    return {**changed, **kept} or None


def _push(segments: list[_Segment], segment: _Segment) -> None:
    """Add a segment, normalising as Quill's ``push`` does."""
    at = len(segments)
    if at and segments[-1].merge(segment):
        return
    if at and segment.inserts and segments[-1].kind == "delete":
        at -= 1
        if at and segments[at - 1].merge(segment):
            return
    segments.insert(at, segment)


class _Cursor:
    """Reads segments piece by piece; behind the last one everything is a retain without end."""

    __slots__ = ("_buffer", "_current", "_offset", "_segments", "_unit", "inserts", "kind", "length", "more")

    def __init__(self, segments: Iterable[_Segment], unit: Unit) -> None:
        self._segments: Iterator[_Segment] = iter(segments)
        self._unit: Unit = unit
        self._step()

    def _step(self) -> None:
        self._current = next(self._segments, None)
        self._offset = 0
        self._buffer: str | bytes = ""
        self.more = self._current is not None
        self.kind = self._current.kind if self._current else "retain"
        self.inserts = self._current is not None and self._current.inserts
        self.length = self._current.length(self._unit) if self._current else _FOREVER

    def take(self, length: int) -> _Segment:
        """The next ``length`` units of the current segment, or all of it if it is shorter."""
        current = self._current
        if current is None:
            return _Segment("retain", length, length, None)
        if length < self.length or self._offset:
            piece = self._piece(current, min(length, self.length))
        else:
            piece = current
        self._offset += piece.length(self._unit)
        self.length -= piece.length(self._unit)
        if not self.length:
            self._step()
        return piece

    def _piece(self, current: _Segment, length: int) -> _Segment:
        if current.kind != "text":
            return _Segment(current.kind, length, length, current.attributes)
        if not self._buffer:
            text = current.text()
            astral = self._unit == "utf16" and current.units != current.points
            self._buffer = text.encode("utf-16-le", "surrogatepass") if astral else text
        start, end = self._offset, self._offset + length
        if isinstance(self._buffer, str):
            return _Segment.of_text(self._buffer[start:end], current.attributes, whole=current.whole)
        text = self._buffer[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
        return _Segment.of_text(text, current.attributes)


# -- reading ---------------------------------------------------------------------------------------------


def _read(ops: object) -> list[_Segment]:
    segments: list[_Segment] = []
    if not isinstance(ops, list | tuple):
        raise DeltaError("a delta is a list of ops")
    for op in ops:
        segment = _segment(op)
        if segment.units:
            _push(segments, segment)
    return segments


def _segment(op: object) -> _Segment:
    if not isinstance(op, (dict, Mapping)):  # dict first: that is found out faster
        raise DeltaError("an op is an object")
    insert, retain, delete = op.get("insert"), op.get("retain"), op.get("delete")
    if (insert, retain, delete).count(None) != 2:  # noqa: PLR2004 - one of the three is left
        raise DeltaError("an op has exactly one of insert, retain and delete")
    held = op.get("attributes")
    attributes = None if held is None else _read_attributes(held)
    if isinstance(insert, str):
        return _Segment.of_text(insert, attributes)
    if isinstance(insert, Mapping):
        return _Segment.of_embed(_clean(insert), attributes)
    if insert is not None:
        raise DeltaError("an insert is a text or an object")
    if retain is not None:
        length = _count(retain)
        return _Segment("retain", length, length, attributes)
    length = _count(delete)
    return _Segment("delete", length, length, None)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _FOREVER:
        raise DeltaError("a length is a whole number, not negative")
    return value


def _read_attributes(value: object) -> Mapping[str, object] | None:
    if not isinstance(value, Mapping):
        raise DeltaError("attributes are an object")
    return {str(_clean(key)): _clean(item) for key, item in value.items()} or None


# -- text ------------------------------------------------------------------------------------------------


def _utf16(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _clean(value: object, depth: int = 0) -> object:
    """The JSON value with its strings repaired; the very same object where nothing is to be done."""
    if isinstance(value, str):
        return value if value.isascii() else repaired(value)
    if depth > _DEEPEST:
        raise DeltaError("nested too deeply")
    if isinstance(value, Mapping):
        pairs = [(key, item, _clean(key, depth + 1), _clean(item, depth + 1)) for key, item in value.items()]
        if all(key is new_key and item is new_item for key, item, new_key, new_item in pairs):
            return value
        return {new_key: new_item for _, _, new_key, new_item in pairs}
    if isinstance(value, list | tuple):
        items = [_clean(item, depth + 1) for item in value]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    return value
