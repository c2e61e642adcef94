from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo import reading
from bot.core.indigo.model import Chat, Member, Message, Page

AT = datetime(2023, 3, 30, 13, 1, 16, tzinfo=UTC)
#: As the vendor's documentation shows them.
SAID = {
    "content": {"hidden": False, "sender": "642981ee", "text": "OK GRAZIE", "timestamp": 1680181239415},
    "conversationId": "17536399072",
    "feedback": None,
    "id": "37029883512",
    "insertedAt": "2023-03-30T13:01:16",
    "read": None,
    "sender": {"id": "17356397290"},
}
INFO = {"endCursor": "b", "hasNextPage": True, "startCursor": "a", "hasPreviousPage": False}

_KEYS = [
    "edges",
    "node",
    "id",
    "conversationId",
    "insertedAt",
    "sender",
    "content",
    "timestamp",
    "pageInfo",
    "endCursor",
    "hasNextPage",
    "totalCount",
    "user",
    "email",
    "role",
    "label",
    "read",
    "x",
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=20,
)


def listed(*nodes: object, **more: object) -> Mapping[str, object]:
    return {"edges": [{"node": node} for node in nodes], **more}


def said(ident: str, at: object, **more: object) -> Mapping[str, object]:
    return {**SAID, "id": ident, "insertedAt": at, "content": {}, **more}


def test_a_page_of_chats_is_read() -> None:
    """With all that it tells about itself."""
    page = reading.chats(listed({"conversationId": "1734638990"}, pageInfo=INFO, totalCount=1017))
    assert page == Page((Chat("1734638990"),), end="b", has_next=True, start="a", total=1017)


def test_a_message_is_read() -> None:
    """Its time has no zone, and is in UTC."""
    page = reading.messages(listed(SAID), "17536399072")
    expected = Message("37029883512", "17536399072", SAID["content"], "17356397290", AT)
    assert page.items == (expected,)


def test_who_has_no_sender_is_the_assistant() -> None:
    """A sender of whom nothing can be read is a user all the same."""
    nodes = [said("1", "2023-03-30T13:01:16", sender=sender) for sender in (None, {}, {"id": 7}, "x")]
    senders = [message.sender for message in reading.messages(listed(*nodes), "9").items]
    assert senders == [None, "unknown", "7", "unknown"]


def test_a_member_is_read() -> None:
    """By id, or by address where there is none."""
    page = reading.members(
        listed(
            {"role": {"label": "admin"}, "user": {"id": "1734638990", "email": "test@test.it"}},
            {"role": None, "user": {"email": "ada@example.com"}},
            {"role": {"label": "admin"}, "user": {}},
            {"role": {"label": "admin"}, "user": None},
        )
    )
    members = (Member("1734638990", "test@test.it", "admin"), Member("", "ada@example.com", ""))
    assert (page.items, page.unread) == (members, 2)


@pytest.mark.parametrize(
    ("value", "ident"),
    [
        ("17536399072", "17536399072"),
        (17536399072, "17536399072"),
        (0, "0"),
        (" 7 ", "7"),
        (None, ""),
        (True, ""),
        (1.5, ""),
        ([], ""),
        ("", ""),
    ],
)
def test_an_id_is_a_text_whatever_it_is_on_the_wire(value: object, ident: str) -> None:
    """Of any size; what is no id is none."""
    assert reading.ident(value) == ident


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2023-03-30T13:01:16", AT),
        ("2023-03-30T13:01:16Z", AT),
        ("2023-03-30T15:01:16+02:00", AT),
        ("2023-03-30T13:01:16.250", AT + timedelta(milliseconds=250)),
        ("2026-02-30T25:61:00", None),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("9999-12-31T23:59:59", None),
        ("yesterday", None),
        ("", None),
        (1680181239415, None),
        (None, None),
    ],
)
def test_a_time_is_in_utc(value: object, at: datetime | None) -> None:
    """With a zone or without; what no other zone has is none."""
    assert reading.moment(value) == at


def test_a_message_without_a_time_has_that_of_its_content() -> None:
    """Milliseconds since 1970; else that of the message before it, else of the next one that has any."""
    stamped = {"timestamp": 1680181239415}
    nodes = [
        said("4", None),
        said("3", "x", content=stamped),
        said("2", ""),
        said("1", "2023-03-30T13:01:16"),
    ]
    page = reading.messages(listed(*nodes), "9")
    stamp = datetime(2023, 3, 30, 13, 0, 39, 415_000, UTC)
    assert [message.at for message in page.items] == [stamp, stamp, stamp, AT]


@pytest.mark.parametrize(
    "stamp", [None, True, "1680181239415", 10**400, -(10**18), float("nan"), float("inf")]
)
def test_where_no_message_has_a_time_they_are_counted(stamp: object) -> None:
    """Nothing can be told about when they were."""
    page = reading.messages(listed(said("1", "", content={"timestamp": stamp}), said("2", None)), "9")
    assert (page.items, page.unread) == ((), 2)


def test_what_cannot_be_read_is_counted() -> None:
    """Edges that are none, nodes that are none, nodes without an id."""
    connection: dict[str, object] = {
        "edges": [None, {}, {"node": None}, {"node": {}}, 7, {"node": {"conversationId": 5}}]
    }
    page = reading.chats(connection)
    assert (page.items, page.unread) == ((Chat("5"),), 5)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"rows": {"edges": []}}, {"edges": []}),
        ({"rows": None, "users": {"edges": []}}, None),
        ({"users": {"edges": [1]}}, {"edges": [1]}),
        ({"users": {"edges": [1]}, "x": 3}, {"edges": [1]}),
        ({"a": {"edges": []}, "b": {"edges": []}}, None),
        ({}, None),
    ],
)
def test_the_list_stands_under_its_alias_or_is_the_only_one(
    data: Mapping[str, object], found: object
) -> None:
    """The documentation shows one under a key that it cannot have."""
    assert reading.rows(data) == found


@pytest.mark.parametrize(
    ("value", "is_one"),
    [({"edges": []}, True), ({"edges": None}, False), ({}, False), (None, False), ([], False)],
)
def test_a_list_is_told_from_none(value: object, *, is_one: bool) -> None:
    """An empty one is one."""
    assert reading.is_connection(value) is is_one


@given(json_values)
def test_nothing_that_arrives_makes_it_fail(value: object) -> None:
    """What is read has an id, and of each edge it is told whether it was read."""
    edges = value.get("edges") if isinstance(value, dict) else None
    for page in (reading.chats(value), reading.messages(value, "1"), reading.members(value)):
        assert len(page.items) + page.unread == (len(edges) if isinstance(edges, list) else 0)
    assert all(message.at.tzinfo is UTC for message in reading.messages(value, "1").items)
    reading.rows({"x": value})


@given(st.lists(json_values, max_size=4))
def test_no_node_makes_it_fail(nodes: list[object]) -> None:
    """The same for nodes of any shape."""
    connection = listed(*nodes)
    for page in (reading.chats(connection), reading.messages(connection, "1"), reading.members(connection)):
        assert len(page.items) + page.unread == len(nodes)
