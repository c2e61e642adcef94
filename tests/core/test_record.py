"""A turn as journaled."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.record import Asking, Stage, TurnRecord, message_source, name_of, record_from, record_to
from bot.model import Bookmark, Entrance, Question, ThreadKey
from tests.fakes import question

TEXTS = st.text(max_size=20)
THREADS = st.builds(ThreadKey, team=TEXTS, channel=TEXTS.filter(bool), thread_ts=TEXTS)
QUESTIONS = st.builds(
    Question,
    thread=THREADS,
    ts=TEXTS,
    user=TEXTS,
    text=TEXTS,
    entrance=st.sampled_from(Entrance),
    domain=TEXTS,
    origin=st.none() | THREADS,
)
ASKINGS = st.builds(
    Asking,
    text=TEXTS.filter(bool),
    identity=TEXTS,
    domain=TEXTS,
    conversation=st.none() | TEXTS.filter(bool),
    bookmark=st.none()
    | st.builds(
        Bookmark,
        flow=st.sampled_from(("chat", "conversation")),
        conversation=TEXTS,
        before=st.frozensets(TEXTS),
        answer=TEXTS,
    ),
)
RECORDS = st.builds(
    TurnRecord,
    id=TEXTS,
    question=QUESTIONS,
    key=TEXTS,
    messages=st.lists(TEXTS).map(tuple),
    stage=st.sampled_from(Stage),
    conversation_id=TEXTS,
    message_id=TEXTS,
    source=TEXTS,
    private=st.booleans(),
    at=st.floats(0, 1e10),
    adopted=st.integers(0, 100),
    line=TEXTS,
    asking=st.none() | ASKINGS,
)
ASKED = Question(ThreadKey("T1", "C1", "10.1"), "10.1", "U1", "Revenue?", Entrance.MENTION)
TURN = TurnRecord("t1", ASKED, "key-1", ("20.1",), Stage.ASKED, asking=Asking("Revenue?", "ada", "d-1"))


@given(RECORDS)
def test_what_is_journaled_is_read_again(record: TurnRecord) -> None:
    """All of it, after it has been JSON."""
    assert record_from(record.id, json.loads(json.dumps(record_to(record)))) == record


@pytest.mark.parametrize("value", [None, "", 7, [], ["a"], True])
def test_what_is_no_turn_is_none(value: object) -> None:
    """Whatever stands there."""
    assert record_from("t1", value) is None


@given(st.dictionaries(st.sampled_from(sorted(record_to(TURN))), st.none() | TEXTS | st.integers()))
def test_what_is_broken_is_read_as_far_as_it_goes(broken: dict[str, object]) -> None:
    """A turn of a later version, or a damaged one, stops nobody from going on with the others."""
    record = record_from("t1", {**record_to(TURN), **broken})
    assert record is not None
    assert record.id == "t1"


def test_a_turn_of_an_earlier_version_is_read() -> None:
    """It was journaled when it was placed, and said whether it had ended."""
    newer = {"stage", "source", "private", "at", "adopted", "line", "asking"}
    old = {key: value for key, value in record_to(TURN).items() if key not in newer}
    for ended, stage in ((False, Stage.PLACED), (True, Stage.ENDED)):
        record = record_from("t1", old | {"ended": ended})
        assert record is not None
        assert (record.stage, record.ended) == (stage, ended)
        assert record == replace(TURN, stage=stage, asking=None)


def test_a_turn_lines_up_once() -> None:
    """It keeps its place in the line, even if its answer goes elsewhere."""
    lined_up = TURN.lined_up()
    assert lined_up.line == str(ASKED.thread)
    elsewhere = replace(lined_up, question=replace(ASKED, thread=ThreadKey("T1", "D1", "30.1")))
    assert elsewhere.lined_up().line == lined_up.line


# -- names -----------------------------------------------------------------------------------------------


@given(TEXTS, st.integers(0, 3))
def test_a_name_is_the_same_for_the_same_delivery(source: str, salt: int) -> None:
    """In every process, today and tomorrow; it can be read out."""
    assert name_of(source, salt) == name_of(source, salt)
    assert len(name_of(source, salt)) == 8
    assert name_of(source, salt).isalnum()
    assert name_of("T1:C1:10.1") == "8933b293"


def test_other_deliveries_have_other_names() -> None:
    """And there are others for the same one, should two be alike."""
    names = {name_of(f"T1:C1:{number}", salt) for number in range(500) for salt in range(4)}
    assert len(names) == 2_000


def test_any_text_has_a_name() -> None:
    """Also one that is no valid Unicode."""
    assert len(name_of("\ud800")) == 8


def test_a_message_is_one_source() -> None:
    """Whatever thread it was delivered in, and as whatever event; other messages are others."""
    thread = ThreadKey("T1", "C1", "10.1")
    assert message_source(thread, "11.1") == message_source(replace(thread, thread_ts="11.1"), "11.1")
    others = {
        message_source(thread, "11.1"),
        message_source(thread, "11.2"),
        message_source(replace(thread, channel="C2"), "11.1"),
        message_source(replace(thread, team="T2"), "11.1"),
    }
    assert len(others) == 4


def test_how_long_somebody_has_waited() -> None:
    """Since the question was taken; neither a clock that was set back nor an old record is a wait."""
    turn = TurnRecord("t1", question(), "key", at=100.0)
    assert [turn.age(now) for now in (160.0, 40.0)] == [60.0, 0.0]
    assert replace(turn, at=0.0).age(160.0) == 0.0
