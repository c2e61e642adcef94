from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.delta import compose
from bot.model import AnswerDiff, Op
from bot.wisdom.wire import read_diff


def ops(*raw: object) -> tuple[Op, ...]:
    """The ops of a diff with this body."""
    return tuple(read_diff({"bodyDiff": {"ops": list(raw)}}).ops)


def test_a_full_diff_is_read() -> None:
    """Every field of AnswerDiff comes from its field on the wire."""
    raw = {
        "conversationId": "c",
        "messageId": "m",
        "diffIndex": 3,
        "inProgress": False,
        "bodyDiff": {"ops": [{"retain": 5}, {"delete": 2}, {"insert": {"text": "x"}}]},
        "errorStrings": ["bad", None, ""],
        "cancelledAt": "2026-01-01T00:00:00Z",
        "domainId": "d",
        "dataRefreshedAt": "2026-01-02T00:00:00Z",
        "unknown": {"x": 1},
    }
    assert read_diff(raw) == AnswerDiff(
        conversation_id="c",
        message_id="m",
        ops=({"retain": 5}, {"delete": 2}, {"insert": "x"}),
        index=3,
        in_progress=False,
        errors=("bad",),
        cancelled=True,
        domain_id="d",
        data_refreshed_at="2026-01-02T00:00:00Z",
    )


def test_missing_fields_have_defaults() -> None:
    """An empty event is a diff that changes nothing, in progress, without an index."""
    assert read_diff({}) == AnswerDiff("", None, (), None, in_progress=True)


def test_nulls_of_graphql_are_left_out() -> None:
    """Selected fields that are not set say nothing, in inserts and attributes alike."""
    raw = {
        "insert": {"text": "x", "visualization": None, "section": None},
        "retain": None,
        "delete": None,
        "attributes": {"bold": None, "progress": True, "tool": None},
    }
    assert ops(raw) == ({"insert": "x", "attributes": {"progress": True}},)
    assert ops({"retain": 1, "attributes": {"bold": None}}) == ({"retain": 1},)
    assert ops({"insert": {"text": "x"}, "attributes": None}) == ({"insert": "x"},)


@pytest.mark.parametrize(
    ("insert", "read"),
    [
        ("plain", "plain"),
        ({"visualization": {"id": "v"}}, {"visualization": {"id": "v"}}),
        ({"text": "", "visualization": {"id": "v"}}, {"visualization": {"id": "v"}}),
        ({"section": {"title": "s"}, "visualization": {"id": "v"}}, {"visualization": {"id": "v"}}),
        ({"text": None, "vizReference": {"dataframeId": "d"}}, {"vizReference": {"dataframeId": "d"}}),
        ({"text": None, "visualization": None}, {"unknown": {}}),
        ({}, {"unknown": {}}),
    ],
)
def test_an_insert_is_a_text_or_one_embed(insert: object, read: object) -> None:
    """Of several contents the embed is kept; one that was not selected keeps its length of 1."""
    assert ops({"insert": insert}) == ({"insert": read},)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        "x",
        {},
        {"retain": 0},
        {"retain": -1},
        {"delete": True},
        {"retain": 1.5},
        {"retain": "3"},
        {"insert": ""},
        {"insert": {"text": ""}},
        {"insert": None},
        {"insert": 5},
    ],
)
def test_ops_that_say_nothing_are_left_out(raw: object) -> None:
    """What is no op does not spoil its neighbours."""
    assert ops(raw, {"insert": {"text": "x"}}) == ({"insert": "x"},)


def test_lone_surrogates_are_repaired() -> None:
    """Halves of pairs become U+FFFD everywhere but in running text, where their other half may follow."""
    raw = json.loads(
        r'{"conversationId": "\ud83d", "errorStrings": ["\ud83d"], "bodyDiff": {"ops": ['
        r'{"insert": {"visualization": {"title": "\ud83d", "data": [[{"value": "\ude00"}]]}}},'
        r'{"insert": {"text": "\ud83d"}}, {"insert": {"text": "\ude00"}}]}}'
    )
    diff = read_diff(raw)
    assert (diff.conversation_id, diff.errors) == ("\ufffd", ("\ufffd",))
    assert diff.ops[0] == {"insert": {"visualization": {"title": "\ufffd", "data": [[{"value": "\ufffd"}]]}}}
    assert compose([], diff.ops[1:]) == [{"insert": "😀"}]


_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_op = st.fixed_dictionaries({}, optional=dict.fromkeys(("insert", "retain", "delete", "attributes"), _json))


@given(
    raw=st.fixed_dictionaries(
        {"bodyDiff": st.fixed_dictionaries({"ops": st.lists(_op | _json, max_size=5)}) | _json},
        optional=dict.fromkeys(
            ("conversationId", "messageId", "diffIndex", "inProgress", "errorStrings"), _json
        ),
    )
)
def test_whatever_arrives_can_be_composed(raw: dict[str, object]) -> None:
    """No body raises, and what is read of it are ops that a document takes."""
    compose([], list(read_diff(raw).ops))
