"""The steps of an answer as Quill operations: how its body grows, change by change.

Pure: the one who plays the script decides when each change goes out.
The shape is ``Operation`` of the tenant's schema; lengths are counted in the unit of the options, and an
embed counts 1 (quill-delta, ``Op.length``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.sandbox.tenant.conversations import WireOp
from bot.sandbox.tenant.dressing import dressed
from bot.sandbox.tenant.options import TenantOptions, Unit
from bot.sandbox.tenant.reply import Failure, GeneratingQuery, Progress, Step, Text, Thinking, Visual

#: A visualization takes as long to come as this many characters.
VISUAL_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Change:
    """What one diff carries.

    Attributes:
        ops: the change itself, or the whole body where the tenant sends snapshots.
        characters: how much was written, for the pace.
    """

    ops: tuple[WireOp, ...]
    characters: int


def length(op: WireOp, unit: Unit) -> int:
    """The Quill length of an insert operation: its text in ``unit``, or 1 for an embed."""
    text = _text(op)
    if text is None:
        return 1
    return len(text.encode("utf-16-le")) // 2 if unit == "utf16" else len(text)


class Script:
    """The body of one answer while it is written.

    Args:
        options: mode, unit, chunk, status style and dressing.
        container: the ``containerId`` of all its operations: text and chart are one card.
    """

    def __init__(self, options: TenantOptions, *, container: str) -> None:
        self._options = options
        self._container = container
        self._body: list[WireOp] = []
        self._status = 0  # how many operations at the end of the body are status, and will be removed
        self._streams = 0
        self._needs_gap = False
        self._errors: list[str] = []

    @property
    def body(self) -> tuple[WireOp, ...]:
        """The body as it stands."""
        return tuple(self._body)

    @property
    def errors(self) -> tuple[str, ...]:
        """What belongs into ``errorStrings``."""
        return tuple(self._errors)

    def play(self, step: Step) -> Iterator[Change]:
        """The changes that one step makes; each is already part of :attr:`body` when it comes out."""
        match step:
            case Progress(text):
                yield self._show(_op(text, self._attributes(progress=True, endline=True)))
            case Thinking(text):
                yield from self._think(text)
            case GeneratingQuery(text, dialect):
                yield self._show(_op(text, self._attributes(generatingQuery=text, sqlDialect=dialect)))
            case Text(markdown, attributes):
                yield from self._write(markdown, attributes or {})
            case Visual(visualization):
                insert = {"visualization": dressed(visualization, self._options)}
                attributes = self._attributes(tool="TABULAR_DATA")
                yield self._add({"insert": insert, "attributes": attributes}, VISUAL_CHARACTERS)
                self._needs_gap = False
            case Failure(message):
                self._errors.append(message)

    def error(self, text: str) -> Change:
        """An operation that says that something went wrong while the answer goes on."""
        self._needs_gap = False
        return self._add(_op(text, self._attributes(error=True)), len(text))

    def fail(self, message: str) -> None:
        """The answer failed; ``message`` goes out with the last diff."""
        self._errors.append(message)

    def finish(self) -> tuple[WireOp, ...]:
        """The operations of the last diff: what was status is gone after it."""
        change = self._splice(len(self._body) - self._status, self._status, characters=0)
        self._status = 0
        return change.ops

    # -- the steps ---------------------------------------------------------------------------------------

    def _write(self, markdown: str, attributes: Mapping[str, object]) -> Iterator[Change]:
        text = f"\n\n{markdown}" if self._needs_gap else markdown
        combined = {**self._attributes(), **attributes}
        for chunk in self._chunks(text):
            yield self._add(_op(chunk, combined), len(chunk))
        self._needs_gap = not markdown.endswith("\n\n")

    def _think(self, text: str) -> Iterator[Change]:
        attributes = self._attributes(thinking=True)
        first, *rest = self._chunks(text)
        yield self._show(_op(first, attributes))
        for chunk in rest:
            yield self._splice(len(self._body), 0, _op(chunk, attributes), characters=len(chunk))

    def _show(self, op: WireOp) -> Change:
        characters = len(_text(op) or "")
        change = self._splice(len(self._body) - self._status, self._status, op, characters=characters)
        self._status = 0 if self._options.status == "kept" else 1
        return change

    def _add(self, op: WireOp, characters: int) -> Change:
        at = len(self._body) - self._status
        if self._options.status == "trailing":
            # At the very front the status is written again: an insert without retain is a prepend, which
            # clients take for an append or a snapshot.
            again = tuple(self._body[at:]) if at == 0 else ()
            return self._splice(at, len(again), op, *again, characters=characters)
        removed, self._status = self._status, 0
        return self._splice(at, removed, op, characters=characters)

    # -- the body ----------------------------------------------------------------------------------------

    def _splice(self, at: int, remove: int, *inserts: WireOp, characters: int) -> Change:
        """Replace ``remove`` operations from index ``at`` on by ``inserts``."""
        unit = self._options.unit
        retained = sum(length(op, unit) for op in self._body[:at])
        deleted = sum(length(op, unit) for op in self._body[at : at + remove])
        self._body[at : at + remove] = inserts
        if inserts and at > 0 and (merged := _merged(self._body[at - 1], self._body[at])):
            self._body[at - 1 : at + 1] = [merged]
        if self._options.mode == "snapshots":
            return Change(self.body, characters)
        before: list[WireOp] = [{"retain": retained}] if retained and (inserts or deleted) else []
        after: list[WireOp] = [{"delete": deleted}] if deleted else []
        return Change((*before, *inserts, *after), characters)

    def _chunks(self, text: str) -> list[str]:
        size = self._options.chunk
        return [text[start : start + size] for start in range(0, len(text), size)] or [""]

    def _attributes(self, **own: object) -> dict[str, object]:
        self._streams += 1
        stream = f"{self._container}_{self._streams}"
        return {"containerId": self._container, "streamId": stream, **own}


def _op(text: str, attributes: Mapping[str, object]) -> WireOp:
    return {"insert": {"text": text}, "attributes": attributes}


def _text(op: WireOp) -> str | None:
    insert = op.get("insert")
    text = insert.get("text") if isinstance(insert, Mapping) else None
    return text if isinstance(text, str) else None


def _merged(first: WireOp, second: WireOp) -> WireOp | None:
    """Two texts of one stream as one operation, as quill-delta's ``push`` does it."""
    before, after = _text(first), _text(second)
    if before is None or after is None or first.get("attributes") != second.get("attributes"):
        return None
    return {**first, "insert": {"text": before + after}}
