"""Folding the diffs of one message into its document.

WisdomAI does not say whether a diff holds an increment or the whole body, nor what its lengths count. Both
are recognised from the stream:

- A diff that retains or deletes is an increment. The length that it walks over tells the unit as soon as the
  two lengths of the document differ and it fits only one of them.
- A diff of inserts alone replaces the body if it holds the body: if its text begins with the text shown so
  far, or if it has all the visualizations. Else it is added at the end; strictly, Quill would put it to the
  front. What a stream turned out to be it remains. Until there is evidence (a few letters are none) the diffs
  are kept, and folded again when the evidence speaks against the first guess.
- ``streamId`` names a run. In an increment the position says where a piece goes, so a piece with a known
  ``streamId`` goes on with its run. Without a position (inserts alone, added at the end) an op with a known
  ``streamId`` brings the run again, and takes the place of all its pieces.

Whatever does not fit is folded as well as possible, and leaves its reason in ``doubts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from bot.core.delta import DeltaError, Document, Unit
from bot.core.ordering import Begin, Change, inserts_only
from bot.core.reading import Status, all_text, is_shown, shown_text, stream_id, visualization_ids
from bot.model import Op

Mode = Literal["increments", "snapshots"]

# So many characters of text do not begin alike by chance.
_EVIDENCE = 16

# So many diffs without evidence are taken for increments.
_MOST_UNDECIDED = 64


class Fold:
    """The document of one message.

    Attributes:
        mode: what the diffs hold, None as long as it is not known.
        unit: what retains and deletes count, None as long as it is not known.
        document: the message so far.
        status: what the tenant is doing.
        doubts: why the document may not be what the tenant meant; empty if all went well.
    """

    def __init__(self, *, mode: Mode | None = None, unit: Unit | None = None) -> None:
        self.mode: Mode | None = mode
        self.unit: Unit | None = unit
        self.document = self._blank()
        self.status = Status()
        self.doubts: set[str] = set()
        self._undecided: list[Sequence[Op]] = []
        self._runs: set[str] = set()
        self._positions = False
        self._torn = ""
        self._lines = 0

    def receive(self, change: Change) -> None:
        """Fold one change; what is no change leaves the document as it is."""
        try:
            self._receive(change)
        except DeltaError:
            self.doubts.add("op")

    def _receive(self, change: Change) -> None:
        ops = [self._stamped(op) for op in change.ops]
        if self._begins_anew(change, ops):
            self._undecided = [ops] if self.mode is None else []
            self._replace(ops)
        elif not ops:
            return
        elif inserts_only(ops):
            self._insert(ops, last=change.last)
        else:
            self._edit(ops)

    def _stamped(self, op: Op) -> Op:
        """``endline`` ends a line for each op, so ops that have it must not be merged: each gets a number."""
        attributes = op.get("attributes")
        if not (isinstance(attributes, Mapping) and attributes.get("endline")):
            return op
        self._lines += 1
        return {**op, "attributes": {**attributes, "endline": self._lines}}

    def _blank(self) -> Document:
        return Document(self.unit or "utf16")

    def _begins_anew(self, change: Change, ops: Sequence[Op]) -> bool:
        if change.begin is not Begin.UNCLEAR:
            return change.begin is Begin.ANEW
        if _holds(self.document.ops(), ops):
            return self.mode is not None
        self.doubts.add("index")
        return True

    # -- inserts alone -----------------------------------------------------------------------------------

    def _insert(self, ops: Sequence[Op], *, last: bool) -> None:
        if self.mode is None:
            self._guess(ops)
        elif self.mode == "snapshots":
            self._take_snapshot(ops)
        elif self._is_full_body(ops, last=last):
            self._replace(ops)
        else:
            if self._positions and not last:
                self.doubts.add("position")
            self._add(ops)

    def _take_snapshot(self, ops: Sequence[Op]) -> None:
        if shown_text(self.document.ops()) and not shown_text(ops):
            self.doubts.add("snapshot")
            self._add(ops)
        else:
            self._replace(ops)

    def _guess(self, ops: Sequence[Op]) -> None:
        Document().apply(ops)  # what is no op must not be kept
        earlier = [kept for kept in self._undecided if any(map(is_shown, kept))] or list(self._undecided)
        self._undecided.append(ops)
        mode: Mode = "snapshots"
        if earlier:
            mode, sure = _compare(earlier[-1], ops)
            if sure or len(self._undecided) > _MOST_UNDECIDED:
                self.mode = mode
        if mode == "snapshots":
            self._replace(ops)
        else:
            self._replace(())
            for kept in self._undecided:
                self._add(kept)
        if self.mode is not None:
            self._undecided = []

    def _is_full_body(self, ops: Sequence[Op], *, last: bool) -> bool:
        """Where increments come, a diff of inserts alone holds everything all the same."""
        if not last and 2 * len(all_text(ops)) < self.document.length("codepoint"):
            return False
        held = self.document.ops()
        sure = last or len(shown_text(held)) >= _EVIDENCE or bool(visualization_ids(held))
        return sure and _holds(held, ops)

    def _replace(self, ops: Sequence[Op]) -> None:
        document = self._blank()
        document.apply(ops)
        self.document = document
        self._runs = set(filter(None, map(stream_id, ops)))
        self._torn = _torn(ops)
        self.status = Status().after(ops)

    def _add(self, ops: Sequence[Op]) -> None:
        again = {stream_id(op) for op in ops} & self._runs if self._runs else set()
        new = [op for op in ops if stream_id(op) not in again]
        for run in again:
            self._replace_run(run, [op for op in ops if stream_id(op) == run])
        self._append(new)

    def _replace_run(self, run: str, ops: Sequence[Op]) -> None:
        held = self.document.ops()
        old = [op for op in held if stream_id(op) == run]
        if not all_text(ops).startswith(shown_text(old)):
            self.doubts.add("run")
        result: list[Op] = []
        missing = True
        for op in held:
            if stream_id(op) != run:
                result.append(op)
            elif missing:
                result += ops
                missing = False
        document = self._blank()
        document.apply(result if not missing else [*result, *ops])
        self.document = document
        self._torn = ""
        self.status = self.status.after(ops)

    def _append(self, ops: Sequence[Op]) -> None:
        self._apply([{"retain": self.document.length(self.document.unit)}, *ops])
        self.status = self.status.after(ops)

    # -- increments --------------------------------------------------------------------------------------

    def _edit(self, ops: Sequence[Op]) -> None:
        distance = _distance(ops)
        self._decide_by(distance)
        self._positions = True
        self._find_unit(ops, distance)
        self._apply(ops)
        if not self.document.complete:
            self.doubts.add("length")
            inserted = [op for op in self.document.ops() if "insert" in op]
            self.document = self._blank()
            self.document.apply(inserted)
        if any(op.get("delete") for op in ops):
            self.status = Status().after(self.document.ops())
        else:
            self.status = self.status.after(ops)

    def _decide_by(self, distance: int) -> None:
        """A position ends the guessing: what was guessed stands if the position fits it."""
        if self.mode is None:
            self.mode = "increments"
            joined = Fold(mode="increments", unit=self.unit)
            for kept in self._undecided:
                joined._add(kept)
            if distance not in _lengths(self.document) and distance in _lengths(joined.document):
                self.document, self.status, self._runs = joined.document, joined.status, joined._runs
        self._undecided = []

    def _find_unit(self, ops: Sequence[Op], distance: int) -> None:
        units, points = _lengths(self.document)
        if self.unit is None and units != points:
            if distance == units or points < distance <= units:
                self.unit = "utf16"
            elif distance == points:
                self.unit = "codepoint"
            else:
                self.doubts.add("unit")
            self.document.unit = self.unit or "utf16"
        length = self.document.length(self.document.unit)
        if distance > length or (distance < length and _appends(ops)):
            self.doubts.add("length")

    def _apply(self, ops: Sequence[Op]) -> None:
        """Apply a change, and make a character of the halves that two diffs have brought."""
        self.document.apply(self._rejoined(ops))
        self._runs.update(filter(None, map(stream_id, ops)))
        self._torn = _torn(ops)

    def _rejoined(self, ops: Sequence[Op]) -> Sequence[Op]:
        if not self._torn or len(ops) <= 1 or self.document.unit != "utf16":
            return ops
        lead, second, *rest = ops
        text, length = second.get("insert"), self.document.length("utf16")
        if lead != {"retain": length} or not (isinstance(text, str) and "\udc00" <= text[:1] <= "\udfff"):
            return ops
        return [{"retain": length - 1}, {"delete": 1}, {**second, "insert": self._torn + text}, *rest]


def clean(ops: object) -> list[Op]:
    """The ops without what GraphQL sends for fields that are not set; a text in an object becomes a string.

    An attribute that is null or false is not there on an insert. On a retain null cannot be told from a field
    that is not set, so it is taken for that. Raises ``DeltaError`` where there is no list of objects.
    """
    if not isinstance(ops, list | tuple) or not all(isinstance(op, Mapping) for op in ops):
        raise DeltaError("a delta is a list of ops")
    return [_cleaned(op) for op in ops]


def _cleaned(op: Mapping[str, object]) -> Op:
    result = {key: op[key] for key in ("insert", "retain", "delete") if op.get(key) is not None}
    insert, attributes = result.get("insert"), op.get("attributes")
    if isinstance(insert, Mapping):
        fields = {key: value for key, value in insert.items() if value is not None}
        text = fields.get("text")
        result["insert"] = text if isinstance(text, str) and len(fields) == 1 else fields
    if isinstance(attributes, Mapping):
        unset = (None, False) if insert is not None else (None,)
        attributes = {key: value for key, value in attributes.items() if not any(value is no for no in unset)}
    return {**result, "attributes": attributes} if attributes else result


def _compare(before: Sequence[Op], after: Sequence[Op]) -> tuple[Mode, bool]:
    """What two diffs of inserts, one after the other, are, and whether that is sure."""
    shown = shown_text(before)
    if not shown and not visualization_ids(before):
        text = all_text(before)
        extends = bool(text) and all_text(after).startswith(text)
        return ("snapshots", len(text) >= _EVIDENCE) if extends else ("increments", False)
    if _holds(before, after):
        return "snapshots", len(shown) >= _EVIDENCE or bool(visualization_ids(before))
    return "increments", bool(shown and shown_text(after))


def _holds(before: Sequence[Op], after: Sequence[Op]) -> bool:
    """``after`` is a whole body that contains ``before``, as far as it can be seen."""
    old, new, held = shown_text(before), shown_text(after), visualization_ids(before)
    if old and new.startswith(old):
        return True
    return bool(held) and held <= visualization_ids(after) and bool(new or not old)


def _distance(ops: Sequence[Op]) -> int:
    """How far the change walks over the document."""
    lengths = [op.get("retain") or op.get("delete") for op in ops]
    return sum(length for length in lengths if isinstance(length, int))


def _lengths(document: Document) -> tuple[int, int]:
    return document.length("utf16"), document.length("codepoint")


def _appends(ops: Sequence[Op]) -> bool:
    """The change has the shape of one that adds at the end: it retains, and then only inserts."""
    lead, *rest = ops
    return "retain" in lead and "attributes" not in lead and bool(rest) and inserts_only(rest)


def _torn(ops: Sequence[Op]) -> str:
    """The half of a surrogate pair that the text ends with, or nothing."""
    text = ops[-1].get("insert") if ops else None
    return text[-1] if isinstance(text, str) and "\ud800" <= text[-1:] <= "\udbff" else ""
