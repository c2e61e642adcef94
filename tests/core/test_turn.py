from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import core
from bot.core.delta import Unit
from bot.core.turn import Turn, TurnState
from bot.model import Answer, AnswerDiff, Op, Prose, ProseKind, Visualization


def diff(*ops: Any, index: int | None = None, message: str | None = "m1", **fields: Any) -> AnswerDiff:
    """One diff of a conversation."""
    return AnswerDiff(
        conversation_id="c1",
        message_id=message,
        ops=ops,
        index=index,
        in_progress=fields.pop("in_progress", True),
        **fields,
    )


def insert(text: object, **attributes: object) -> Op:
    """An insert, with attributes where they are given."""
    return {"insert": text, "attributes": attributes} if attributes else {"insert": text}


def chart(name: str, title: str = "Revenue") -> dict[str, object]:
    """A visualization as the wire embeds it."""
    return {"visualization": {"id": name, "title": title, "type": "BAR_CHART"}}


def answered(diffs: Iterable[AnswerDiff], turn: Turn | None = None) -> Answer:
    """The answer after all diffs."""
    turn = turn or Turn()
    for item in diffs:
        turn.receive_diff(item)
    return turn.answer()


def body(answer: Answer) -> str:
    """All prose of the answer."""
    return "\n".join(part.text for part in answer.parts if isinstance(part, Prose))


# -- a turn from beginning to end --------------------------------------------------------------------------


def test_a_turn_waits_streams_and_ends() -> None:
    """The state follows the diffs, and what comes after the end is ignored."""
    turn = Turn()
    states = [turn.state]
    assert turn.answer() == Answer()
    turn.receive_diff(diff(insert("Revenue")))
    states.append(turn.state)
    assert turn.answer().in_progress
    turn.receive_diff(diff({"retain": 7}, insert(" grew."), in_progress=False))
    states.append(turn.state)
    assert states == [TurnState.WAITING, TurnState.STREAMING, TurnState.ENDED]
    turn.receive_diff(diff(insert("late")))
    assert turn.answer() == Answer(
        parts=(Prose("Revenue grew."),), conversation_id="c1", message_id="m1", in_progress=False
    )


def test_what_is_known_beside_the_body() -> None:
    """Errors are collected once each; the age of the data and a cancelling are kept."""
    answer = answered(
        [
            diff(errors=("No rows",), data_refreshed_at="2026-05-01T00:00:00Z"),
            diff(errors=("No rows", "Timeout")),
            diff(cancelled=True),
        ]
    )
    assert answer.errors == ("No rows", "Timeout")
    assert answer.data_refreshed_at == "2026-05-01T00:00:00Z"
    assert answer.cancelled
    assert not answer.in_progress


def test_the_answer_is_made_when_asked_for() -> None:
    """Asking again without a new diff gives the very same value; an old one never changes."""
    turn = Turn()
    turn.receive_diff(diff(insert("a")))
    first = turn.answer()
    assert turn.answer() is first
    turn.receive_diff(diff({"retain": 1}, insert("b")))
    assert body(turn.answer()) == "ab"
    assert body(first) == "a"


def test_a_stream_that_breaks_off_is_in_doubt() -> None:
    """When the stream is over before the answer, everything that waited is shown, with doubt."""
    turn = Turn()
    turn.receive_diff(diff(insert("a"), index=0))
    turn.receive_diff(diff({"retain": 2}, insert("c"), index=2))
    turn.receive_end()
    assert body(turn.answer()) == "ac"
    assert turn.answer().doubt
    assert not turn.answer().in_progress
    assert turn.findings().doubts == ("end", "gap", "length")


def test_receive_end_after_the_end_changes_nothing() -> None:
    """A stream that closes after its last diff leaves no doubt."""
    turn = Turn()
    turn.receive_diff(diff(insert("a"), in_progress=False))
    turn.receive_end()
    assert not turn.answer().doubt


def test_messages_follow_each_other() -> None:
    """Each message has its own document; their parts stand in the order in which they appeared."""
    answer = answered(
        [
            diff(insert("One"), message="m1"),
            diff(insert("Two"), message="m2"),
            diff({"retain": 3}, insert(" more"), message="m1"),
        ]
    )
    assert answer.parts == (Prose("One more\n\nTwo"),)
    assert answer.message_id == "m1"


def test_a_message_may_get_its_id_later() -> None:
    """Diffs without an id belong to the message that is there, or to the first that gets one."""
    answer = answered(
        [
            diff(insert("One"), message=None),
            diff({"retain": 3}, insert(" two"), message="m1"),
            diff({"retain": 7}, insert(" three"), message=None),
        ]
    )
    assert body(answer) == "One two three"
    assert answer.message_id == "m1"


# -- what is shown -----------------------------------------------------------------------------------------


def test_status_is_no_part_of_the_answer() -> None:
    """Progress, thinking and queries in the making are the status while it runs, and nothing at the end."""
    turn = Turn()
    seen = []
    for op in (
        insert("Let me see", thinking=True),
        insert("Looking up tables", progress=True),
        insert("SELECT 1", generatingQuery="SELECT 1"),
        insert("Running the query", progress=True),
        insert("Revenue grew."),
    ):
        length = turn._messages["m1"].fold.document.length("utf16") if turn._messages else 0
        turn.receive_diff(diff({"retain": length}, op) if length else diff(op))
        seen.append(turn.answer().status)
    assert seen == [
        "Thinking…",
        "Looking up tables",
        "Writing the query…",
        "Running the query",
        "Running the query",
    ]
    turn.receive_diff(diff(in_progress=False))
    assert turn.answer().status == ""
    assert turn.answer().parts == (Prose("Revenue grew."),)


def test_follow_ups_become_suggestions() -> None:
    """Links to #ask are suggestions, held back as long as they are not complete."""
    turn = Turn()
    turn.receive_diff(diff(insert("Up.\n\nYou could also ask:\n- [Why?](#ask)\n- [Where")))
    assert turn.answer().parts == (Prose("Up."),)
    assert turn.answer().suggestions == ("Why?",)
    turn.receive_diff(diff({"retain": 52}, insert("?](#ask)"), in_progress=False))
    assert turn.answer().suggestions == ("Why?", "Where?")
    assert body(turn.answer()) == "Up."


def test_a_prose_that_only_asked_is_no_part() -> None:
    """A text that is nothing but suggestions leaves no empty part behind."""
    answer = answered([diff(insert(chart("v1")), insert("- [Why?](#ask)"))])
    assert [type(part) for part in answer.parts] == [Visualization]
    assert answer.suggestions == ("Why?",)


def test_errors_in_the_body_are_their_own_part() -> None:
    """Text with the attribute error is prose of kind ERROR."""
    answer = answered([diff(insert("Up."), insert("No data for May.", error=True))])
    assert answer.parts == (Prose("Up."), Prose("No data for May.", ProseKind.ERROR))


def test_a_visualization_that_comes_again_takes_its_place() -> None:
    """A visualization with an id that is there already is replaced where it stands."""
    answer = answered(
        [
            diff(insert("Intro "), insert(chart("v1", "Old")), insert("after")),
            diff({"retain": 12}, insert(chart("v1", "New"))),
        ]
    )
    assert [part.title if isinstance(part, Visualization) else part.text for part in answer.parts] == [
        "Intro",
        "New",
        "after",
    ]


# -- junk --------------------------------------------------------------------------------------------------

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=4) | st.just("\ud83d"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
_names = [
    "progress",
    "thinking",
    "generatingQuery",
    "error",
    "bold",
    "code",
    "sqlDialect",
    "endline",
    "streamId",
]
_names += ["subtext", "isInsight", "isDomainModelingSuggestion", "reportAttributes", "containerId"]
_embeds = ["text", "visualization", "textArtifact", "section", "aiWorkstream", "unheard of"]
_junk_inserts = _json | st.dictionaries(st.sampled_from(_embeds), _json, max_size=2)
_junk_attributes = _json | st.dictionaries(st.sampled_from(_names), _json, max_size=2)
_junk_ops = st.lists(
    _json
    | st.fixed_dictionaries(
        {},
        optional={"insert": _junk_inserts, "retain": _json, "delete": _json, "attributes": _junk_attributes},
    )
    | st.fixed_dictionaries({"insert": _junk_inserts}, optional={"attributes": _junk_attributes})
    | st.fixed_dictionaries({"retain": st.integers(0, 5)}),
    max_size=4,
)
_junk_diffs = st.builds(
    lambda ops, index, message, in_progress: replace(
        diff(index=index, message=message, in_progress=in_progress), ops=ops
    ),
    _junk_ops | _json,
    st.none() | st.integers(-1, 6),
    st.sampled_from([None, "", "m1", "m2"]),
    st.sampled_from([True] * 9 + [False]),
)


@settings(deadline=None)
@given(st.lists(_junk_diffs, max_size=10))
def test_junk_never_raises(diffs: list[AnswerDiff]) -> None:
    """Whatever arrives, there is an answer, and all of its texts can be encoded."""
    turn = Turn()
    for item in diffs:
        turn.receive_diff(item)
        repr(turn.answer()).encode()
    turn.receive_end()
    repr(turn.answer()).encode()


@pytest.mark.parametrize("junk", [{"retain": -1}, {"insert": 3}, {"insert": "a", "delete": 1}, {}, "x", None])
def test_bad_ops_are_doubt(junk: Any) -> None:
    """What is no op is passed over, with doubt; what was there stays."""
    answer = answered(
        [diff(insert("Held"), index=0), diff(junk, index=1), diff({"retain": 4}, insert("."), index=2)]
    )
    assert body(answer) == "Held."
    assert answer.doubt


# -- the same answer, however it comes -----------------------------------------------------------------------


@dataclass(frozen=True)
class Delivery:
    """How an answer is delivered: its pieces, and by which rules."""

    pieces: tuple[Op, ...]
    unit: Unit
    wire: bool
    order: tuple[int, ...]
    repeated: frozenset[int]


_prose = st.text(st.sampled_from("ab 😀é.\n"), min_size=1, max_size=5)
_marks = st.sampled_from(
    [{}, {}, {}, {"bold": True}, {"error": True}, {"progress": True}, {"thinking": True}]
)
_pieces = st.builds(lambda text, marks: insert(text, **marks), _prose, _marks) | st.integers(0, 3).map(
    lambda number: insert(chart(f"v{number}"))
)
_beginning = "Here is what I found 😀: "


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    """An answer whose diffs are shuffled within a window, and of which some come twice."""
    pieces = (insert(_beginning), insert("more"), *draw(st.lists(_pieces, max_size=12)))
    window = draw(st.integers(1, 5))
    keys = [(number + draw(st.integers(0, window)), number) for number in range(len(pieces))]
    return Delivery(
        pieces,
        draw(st.sampled_from(["utf16", "codepoint"])),
        draw(st.booleans()),
        tuple(number for _, number in sorted(keys)),
        frozenset(draw(st.sets(st.integers(0, len(pieces) - 1)))),
    )


def _length(op: Op, unit: Unit) -> int:
    text = op["insert"]
    if not isinstance(text, str):
        return 1
    return len(text.encode("utf-16-le")) // 2 if unit == "utf16" else len(text)


def _on_the_wire(op: Op) -> Op:
    """An op with every field that GraphQL was asked for, set or not."""
    text = op.get("insert")
    element = {"text": text, "visualization": None} if isinstance(text, str) else text
    attributes = op.get("attributes")
    names = dict.fromkeys(["bold", "error", "progress", "streamId"])
    beside = {**names, **attributes} if isinstance(attributes, dict) else names
    return {"insert": element, "retain": op.get("retain"), "delete": None, "attributes": beside}


def _increments(delivery: Delivery) -> list[list[Op]]:
    changes: list[list[Op]] = []
    length = 0
    for piece in delivery.pieces:
        changes.append([{"retain": length}, piece] if length else [piece])
        length += _length(piece, delivery.unit)
    return changes


def _snapshots(delivery: Delivery) -> list[list[Op]]:
    return [list(delivery.pieces[: number + 1]) for number in range(len(delivery.pieces))]


def _deliver(delivery: Delivery, changes: Sequence[Sequence[Op]], turn: Turn) -> Answer:
    for number in delivery.order:
        ops = [_on_the_wire(op) for op in changes[number]] if delivery.wire else changes[number]
        turn.receive_diff(diff(*ops, index=number))
        if number in delivery.repeated:
            turn.receive_diff(diff(*ops, index=number))
    turn.receive_diff(diff(index=len(changes), in_progress=False))
    return turn.answer()


@settings(max_examples=200, deadline=None)
@given(deliveries())
def test_the_same_answer_however_it_comes(delivery: Delivery) -> None:
    """Increments or snapshots, either unit, shuffled, some twice: the answer is the same, without doubt."""
    in_order = replace(delivery, order=tuple(range(len(delivery.pieces))), repeated=frozenset(), wire=False)
    expected = _deliver(in_order, _increments(in_order), Turn(unit=delivery.unit, mode="increments"))
    assert not expected.doubt
    assert _deliver(delivery, _increments(delivery), Turn()) == expected
    assert _deliver(delivery, _snapshots(delivery), Turn()) == expected


@settings(deadline=None)
@given(st.text(st.sampled_from("ab 😀é\n*"), min_size=30, max_size=60), st.data())
def test_text_may_be_cut_anywhere(text: str, data: st.DataObject) -> None:
    """A text cut into UTF-16 pieces, also within a pair, is the same text in the end."""
    raw = text.encode("utf-16-le")
    cuts = sorted(data.draw(st.sets(st.integers(1, len(raw) // 2 - 1), max_size=6)))
    turn = Turn()
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(raw) // 2], strict=True)):
        piece = raw[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
        turn.receive_diff(diff({"retain": start}, insert(piece), index=number))
    assert body(turn.answer()) == text.strip("\n").rstrip()
    assert not turn.answer().doubt


# -- what is recognised ------------------------------------------------------------------------------------


def test_findings_of_increments() -> None:
    """Retains are increments, and the first length that fits only one unit tells it."""
    turn = Turn()
    answered([diff(insert("😀ab"), index=0), diff({"retain": 3}, insert("c"), index=1)], turn)
    found = turn.findings()
    assert (found.mode, found.unit, found.messages, found.diffs, found.dropped) == (
        "increments",
        "codepoint",
        1,
        2,
        0,
    )
    assert found.doubts == ()


def test_findings_of_snapshots() -> None:
    """A diff that holds the text so far is a snapshot; what it counts never matters."""
    turn = Turn()
    text = "Revenue grew by 5 percent"
    answered(
        [diff(insert(text), index=0), diff(insert(text + "."), index=1), diff(insert(text), index=0)], turn
    )
    found = turn.findings()
    assert (found.mode, found.unit, found.dropped) == ("snapshots", None, 1)
    assert body(turn.answer()) == text + "."


def test_findings_before_anything_came() -> None:
    """What was configured is what is found, as long as nothing came."""
    found = Turn(unit="utf16", mode="snapshots").findings()
    assert (found.mode, found.unit, found.messages, found.doubts) == ("snapshots", "utf16", 0, ())


# -- cost --------------------------------------------------------------------------------------------------


def _lines_run(work: Callable[[], object]) -> int:
    """How many lines of bot.core are executed: a measure of work that no busy machine disturbs."""
    folder = str(Path(core.__file__).parent)
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(folder):
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


def _streamed(count: int, *, positions: bool) -> Answer:
    turn, length = Turn(), 0
    for number in range(count):
        piece = insert(chart(f"v{number}")) if number % 10 == 9 else insert("hello")
        turn.receive_diff(diff({"retain": length}, piece) if positions and length else diff(piece))
        length += _length(piece, "utf16")
    return turn.answer()


@pytest.mark.parametrize("positions", [True, False])
def test_folding_is_linear(positions: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Twice as many diffs, an embed in every tenth, are about twice the work."""
    small = _lines_run(lambda: _streamed(200, positions=positions))
    assert _lines_run(lambda: _streamed(400, positions=positions)) <= 2.6 * small


def test_asking_again_costs_nothing() -> None:
    """An answer that is asked for again is not made again."""
    turn = Turn()
    answered([diff(*[insert(chart(f"v{number}")) for number in range(100)])], turn)
    assert _lines_run(turn.answer) < 5


def test_a_whole_body_takes_the_place_of_what_came() -> None:
    """Whatever was assembled, nothing of it is left, nor a doubt about it; so it is again after the end."""
    turn = Turn()
    for index, text in ((0, "Hel"), (1, "lo wor"), (5, "???")):
        turn.receive_diff(AnswerDiff("c", "m", ({"insert": text},), index, in_progress=True))
    turn.receive_diff(AnswerDiff("c", "m", ({"insert": "Good morning"},), None, in_progress=True, whole=True))
    assert turn.answer().parts == (Prose("Good morning"),)
    turn.receive_diff(AnswerDiff("c", "m", (), None, in_progress=False))
    turn.receive_diff(AnswerDiff("c", "m", ({"insert": "late"},), 7, in_progress=True))
    turn.receive_diff(
        AnswerDiff("c", "m", ({"insert": "Good evening"},), None, in_progress=False, whole=True)
    )
    answer = turn.answer()
    assert (answer.parts, answer.doubt, answer.in_progress) == ((Prose("Good evening"),), False, False)


def test_a_whole_body_replaces_its_own_message_only() -> None:
    """What another message of the turn says stays."""
    turn = Turn()
    turn.receive_diff(AnswerDiff("c", "m1", ({"insert": "First."},), 0, in_progress=True))
    turn.receive_diff(AnswerDiff("c", "m2", ({"insert": "Sec"},), 0, in_progress=True))
    turn.receive_diff(AnswerDiff("c", "m2", ({"insert": "Second."},), None, in_progress=False, whole=True))
    words = "".join(part.text for part in turn.answer().parts if isinstance(part, Prose))
    assert words.split() == ["First.", "Second."] or words == "First.Second."
