from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import delta
from bot.core.delta import DeltaError, Document, Unit, compose
from bot.model import Op

# -- a second, naive implementation: one entry a unit, nothing clever --------------------------------------

_Attributes = dict[str, object]


def _symbols(text: str, unit: Unit) -> list[str]:
    if unit == "codepoint":
        return list(text)
    raw = text.encode("utf-16-le", "surrogatepass")
    return [raw[i : i + 2].decode("utf-16-le", "surrogatepass") for i in range(0, len(raw), 2)]


def _expand(ops: Sequence[Op], unit: Unit) -> list[tuple[str, object, _Attributes]]:
    units: list[tuple[str, object, _Attributes]] = []
    for op in ops:
        given_attributes = op.get("attributes")
        attributes = dict(given_attributes) if isinstance(given_attributes, dict) else {}
        insert = op.get("insert")
        if isinstance(insert, str):
            units += [("text", symbol, attributes) for symbol in _symbols(insert, unit)]
        elif insert is not None:
            units.append(("embed", insert, attributes))
        elif "retain" in op:
            units += [("retain", None, attributes)] * int(str(op["retain"]))
        else:
            units += [("delete", None, {})] * int(str(op["delete"]))
    return units


def _naive(document: Sequence[Op], change: Sequence[Op], unit: Unit) -> list[Op]:
    left = _expand(document, unit)
    result: list[tuple[str, object, _Attributes]] = []
    for kind, value, attributes in _expand(change, unit):
        if kind in {"text", "embed"}:
            result.append((kind, value, attributes))
            continue
        while left and left[0][0] == "delete":
            result.append(left.pop(0))
        old = left.pop(0) if left else ("retain", None, {})
        if kind == "delete":
            result += [("delete", None, {})] if old[0] == "retain" else []
        else:
            result.append((old[0], old[1], _merged(old[2], attributes, on_insert=old[0] != "retain")))
    return _collapse(result + left)


def _merged(old: _Attributes, new: _Attributes, *, on_insert: bool) -> _Attributes:
    merged = {**old, **new}
    removed = {key for key, value in new.items() if value is None} if on_insert else set()
    return {key: value for key, value in merged.items() if key not in removed}


def _collapse(units: list[tuple[str, object, _Attributes]]) -> list[Op]:
    ordered: list[tuple[str, object, _Attributes]] = []
    for unit in units:
        at = len(ordered)
        while unit[0] in {"text", "embed"} and at and ordered[at - 1][0] == "delete":
            at -= 1
        ordered.insert(at, unit)
    runs: list[list[Any]] = []
    for kind, value, attributes in ordered:
        if runs and kind != "embed" and (runs[-1][0], runs[-1][2]) == (kind, attributes):
            runs[-1][1].append(value)
        else:
            runs.append([kind, [value], attributes])
    if runs and runs[-1][0] == "retain" and not runs[-1][2]:
        runs.pop()
    return [_op(*run) for run in runs]


def _op(kind: str, values: list[Any], attributes: _Attributes) -> Op:
    beside: _Attributes = {"attributes": attributes} if attributes else {}
    if kind == "text":
        raw = "".join(values).encode("utf-16-le", "surrogatepass")
        return {"insert": raw.decode("utf-16-le", "replace"), **beside}
    return {"insert": values[0], **beside} if kind == "embed" else {kind: len(values), **beside}


# -- strategies --------------------------------------------------------------------------------------------

_UNITS: list[Unit] = ["utf16", "codepoint"]
units = st.sampled_from(_UNITS)
texts = st.text(st.sampled_from("ab é😀🇮"), min_size=1, max_size=6)
torn_texts = st.text(st.sampled_from("ab😀\ud83d\ude00"), min_size=1, max_size=6)
attributes = st.dictionaries(st.sampled_from(["bold", "id"]), st.sampled_from([True, "x", None]), max_size=2)
embeds = st.sampled_from([{"visualization": {"id": "v1"}}, {"section": {"title": "t"}}, {}])


def _with(key: str, values: st.SearchStrategy[Any], *, plain: bool = False) -> st.SearchStrategy[Op]:
    bare: st.SearchStrategy[Op] = values.map(lambda value: {key: value})
    if plain:
        return bare
    return bare | st.builds(lambda value, beside: {key: value, "attributes": beside}, values, attributes)


def _inserts(written: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Op]:
    return _with("insert", written | embeds)


counts = st.integers(1, 7)
deletes = _with("delete", counts, plain=True)
documents = st.lists(_inserts(), max_size=6)
changes = st.lists(_inserts() | _with("retain", counts) | deletes, max_size=6)
torn_changes = st.lists(_inserts(torn_texts) | _with("retain", counts) | deletes, max_size=6)


# -- compose -----------------------------------------------------------------------------------------------

CASES: dict[str, tuple[list[Op], list[Op], list[Op]]] = {
    "an insert without retain goes to the front": (
        [{"insert": "A"}],
        [{"insert": "B"}],
        [{"insert": "BA"}],
    ),
    "attributes are added": (
        [{"insert": "A"}],
        [{"retain": 1, "attributes": {"bold": True}}],
        [{"insert": "A", "attributes": {"bold": True}}],
    ),
    "null removes an attribute from an insert": (
        [{"insert": "A", "attributes": {"bold": True}}],
        [{"retain": 1, "attributes": {"bold": None}}],
        [{"insert": "A"}],
    ),
    "null stays on a retain": (
        [{"retain": 1, "attributes": {"color": "blue"}}],
        [{"retain": 1, "attributes": {"color": None}}],
        [{"retain": 1, "attributes": {"color": None}}],
    ),
    "null stays on a new insert": (
        [],
        [{"insert": "A", "attributes": {"bold": None}}],
        [{"insert": "A", "attributes": {"bold": None}}],
    ),
    "a delete cancels an insert": ([{"insert": "A"}], [{"delete": 1}], []),
    "a delete survives over a retain": (
        [{"retain": 3}, {"insert": "x"}],
        [{"delete": 2}],
        [{"delete": 2}, {"retain": 1}, {"insert": "x"}],
    ),
    "an insert stands before the delete beside it": (
        [],
        [{"delete": 1}, {"insert": "A"}],
        [{"insert": "A"}, {"delete": 1}],
    ),
    "an embed counts one": (
        [{"insert": {"visualization": {}}}, {"insert": "ab"}],
        [{"retain": 1}, {"insert": "X"}],
        [{"insert": {"visualization": {}}}, {"insert": "Xab"}],
    ),
    "what reaches beyond the end is kept": (
        [{"insert": "ab"}],
        [{"retain": 5}, {"insert": "c"}, {"delete": 2}],
        [{"insert": "ab"}, {"retain": 3}, {"insert": "c"}, {"delete": 2}],
    ),
    "a trailing retain is dropped": ([{"insert": "ab"}], [{"retain": 9}], [{"insert": "ab"}]),
    "neighbours are merged after a delete": (
        [{"insert": "A"}, {"insert": "B", "attributes": {"bold": True}}, {"insert": "C"}],
        [{"retain": 1}, {"delete": 1}],
        [{"insert": "AC"}],
    ),
    "empty ops say nothing": ([{"insert": ""}], [{"retain": 0}, {"insert": "A"}], [{"insert": "A"}]),
}


@pytest.mark.parametrize(("document", "change", "expected"), CASES.values(), ids=CASES.keys())
def test_compose_follows_quill(document: list[Op], change: list[Op], expected: list[Op]) -> None:
    """Composing gives what Quill gives."""
    assert compose(document, change) == expected


@pytest.mark.parametrize(
    ("document", "change", "utf16", "codepoint"),
    [
        ("😀ab", [{"retain": 2}, {"insert": "X"}], "😀Xab", "😀aXb"),
        ("a😀b", [{"retain": 1}, {"delete": 2}], "ab", "a"),
        ("a😀b", [{"retain": 2}, {"insert": "X"}], "a\ufffdX\ufffdb", "a😀Xb"),
        ("a😀b", [{"retain": 1}, {"delete": 1}], "a\ufffdb", "ab"),
        ("😀😀b", [{"retain": 1}, {"delete": 2}], "😀b", "😀"),
    ],
)
def test_units(document: str, change: list[Op], utf16: str, codepoint: str) -> None:
    """Offsets count UTF-16 code units or code points, and a pair that is cut becomes two U+FFFD."""
    held: list[Op] = [{"insert": document}]
    assert compose(held, change, unit="utf16") == [{"insert": utf16}]
    assert compose(held, change, unit="codepoint") == [{"insert": codepoint}]


def test_halves_meet_within_one_change() -> None:
    """Two halves of a pair in one change are one character; a half that comes alone is U+FFFD."""
    assert compose([], [{"insert": "a\ud83d"}, {"insert": "\ude00b"}]) == [{"insert": "a😀b"}]
    assert compose([{"insert": "a\ud83d"}], [{"retain": 2}, {"insert": "\ude00"}]) == [
        {"insert": "a\ufffd\ufffd"}
    ]


def test_repair_reaches_into_embeds_and_attributes() -> None:
    """Strings inside embeds and attributes are repaired too."""
    change: list[Op] = [{"insert": {"section": {"rows": ["\ud83d"]}}, "attributes": {"id": "\ude00"}}]
    assert compose([], change) == [
        {"insert": {"section": {"rows": ["\ufffd"]}}, "attributes": {"id": "\ufffd"}}
    ]


def test_embeds_are_passed_on() -> None:
    """An embed that needs no repair comes out as the very object that went in."""
    embed = {"visualization": {"data": [[{"value": "1"}]]}}
    assert compose([], [{"insert": embed}])[0]["insert"] is embed


def _nested(levels: int) -> object:
    value: object = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "junk",
    [
        {"retain": -1},
        {"delete": -1},
        {"retain": 1.5},
        {"retain": True},
        {"retain": "1"},
        {"retain": {"image": 1}},
        {"retain": sys.maxsize},
        {"insert": 3},
        {"insert": ["a"]},
        {"insert": "a", "retain": 1},
        {"insert": "a", "attributes": ["bold"]},
        {"insert": {"section": _nested(500)}},
        {},
        {"insert": None},
        "insert",
        None,
        7,
    ],
)
def test_what_is_no_op_is_refused(junk: Any) -> None:
    """What is no op raises DeltaError, and the document stays as it was."""
    document = Document()
    document.apply([{"insert": "held"}])
    with pytest.raises(DeltaError):
        document.apply([{"insert": "new"}, junk])
    with pytest.raises(DeltaError):
        compose([junk], [])
    assert document.ops() == [{"insert": "held"}]
    assert document.length("utf16") == 4


@pytest.mark.parametrize("junk", [None, "ops", {"ops": []}, 3])
def test_what_is_no_list_is_refused(junk: Any) -> None:
    """A delta that is not a list of ops raises DeltaError."""
    with pytest.raises(DeltaError):
        compose([], junk)


def test_unset_fields_are_no_keys() -> None:
    """GraphQL sends every selected field: what is null is not there."""
    wire: list[Op] = [{"insert": None, "retain": 1, "delete": None, "attributes": None}]
    assert compose([{"insert": "a"}], [*wire, {"insert": "b"}]) == [{"insert": "ab"}]


# -- against the naive implementation, and Document against compose -----------------------------------------


@settings(deadline=None)
@given(documents, torn_changes, units)
def test_compose_equals_the_naive_one(document: list[Op], change: list[Op], unit: Unit) -> None:
    """On any document, any change gives what the one-entry-a-unit implementation gives."""
    held = compose([], document)
    assert compose(held, change, unit=unit) == _naive(held, change, unit)


@settings(deadline=None)
@given(changes, changes, units)
def test_changes_compose_with_changes(first: list[Op], second: list[Op], unit: Unit) -> None:
    """Two changes compose into one that does the same as both in turn."""
    held = compose([], first, unit=unit)
    assert compose(held, second, unit=unit) == _naive(held, second, unit)


@settings(deadline=None)
@given(st.lists(torn_changes, max_size=6), units)
def test_document_equals_compose(steps: list[list[Op]], unit: Unit) -> None:
    """A Document is, after every change, what compose makes of the same changes."""
    document, composed = Document(unit), list[Op]()
    for step in steps:
        document.apply(step)
        composed = compose(composed, step, unit=unit)
        assert document.ops() == composed
        assert document.complete == all("insert" in op for op in composed)
        inserted = [entry for entry in _expand(composed, unit) if entry[0] in {"text", "embed"}]
        assert document.length(unit) == len(inserted)


@settings(deadline=None)
@given(st.lists(_inserts(torn_texts), max_size=12), units)
def test_appending_equals_compose(pieces: list[Op], unit: Unit) -> None:
    """The short way, an insert behind a retain over everything, gives what compose gives."""
    document, composed = Document(unit), list[Op]()
    for piece in pieces:
        change: list[Op] = [{"retain": document.length(unit)}, piece]
        document.apply(change)
        composed = compose(composed, change, unit=unit)
    assert document.ops() == composed


@settings(deadline=None)
@given(torn_changes, torn_changes, units)
def test_inputs_stay_as_they_are(document: list[Op], change: list[Op], unit: Unit) -> None:
    """Neither argument is changed, also not by what is composed later."""
    before = copy.deepcopy((document, change))
    held = Document(unit)
    held.apply(document)
    shown = held.ops()
    frozen = copy.deepcopy(shown)
    held.apply(change)
    compose(document, change, unit=unit)
    assert (document, change) == before
    assert shown == frozen


@settings(deadline=None)
@given(torn_changes, torn_changes, units)
def test_no_half_of_a_pair_leaves(document: list[Op], change: list[Op], unit: Unit) -> None:
    """Whatever goes in, every text that comes out can be encoded."""
    for op in compose(document, change, unit=unit):
        str(op).encode()


@settings(deadline=None)
@given(st.text(st.sampled_from("a😀\ud83d\ude00")))
def test_repair_keeps_the_length(text: str) -> None:
    """A repaired text has as many UTF-16 units as the broken one, so later offsets fit."""
    document = Document()
    document.apply([{"insert": text}])
    assert document.length("utf16") == len(text.encode("utf-16-le", "surrogatepass")) // 2


# -- cost --------------------------------------------------------------------------------------------------


def _lines_run(work: Callable[[], None]) -> int:
    """How many lines of bot.core.delta are executed: a measure of work that no busy machine disturbs."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename != delta.__file__:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def _stream(diffs: int) -> None:
    document = Document()
    for number in range(diffs):
        embed: dict[str, object] = {"visualization": {"id": str(number)}}
        piece: Op = {"insert": embed if number % 10 == 9 else "hello"}
        document.apply([{"retain": document.length("utf16")}, piece])


def test_streaming_is_linear() -> None:
    """Twice as many diffs, an embed in every tenth, are about twice the work."""
    assert _lines_run(lambda: _stream(400)) <= 2.2 * _lines_run(lambda: _stream(200))


def test_any_other_change_costs_the_ops_of_the_document() -> None:
    """A change in the middle is linear in the ops that the document has."""

    def work(size: int) -> int:
        document = Document()
        document.apply([{"insert": {"n": number}} for number in range(size)])
        return _lines_run(lambda: document.apply([{"retain": size // 2}, {"insert": "x"}]))

    assert work(400) <= 2.2 * work(200)
