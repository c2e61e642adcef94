from __future__ import annotations

from graphql import parse, validate

from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.schema import build
from bot.wisdom import documents, settled


def test_the_query_selects_what_chat_selects() -> None:
    """Both documents of ``chat`` give a query that the schema takes, with the same body."""
    schema = build(TenantOptions())
    for name in ("chat", "chat_seed"):
        query = settled.document(documents.load(name))
        assert validate(schema, parse(query)) == []
        assert "codeStr" in query


def test_the_message_is_found_by_either_id() -> None:
    """A node's ``messageId`` or ``id`` names it; a person's message is never taken for an answer."""
    nodes: list[object] = [
        {"id": "1", "sender": "USER", "body": {"ops": [{"insert": {"text": "How much?"}}]}},
        {
            "id": "2",
            "messageId": "m2",
            "sender": "ASSISTANT",
            "body": {"ops": [{"insert": {"text": "Ten."}}]},
        },
        {"id": "3", "sender": "ASSISTANT", "body": {"ops": [{"insert": {"text": "Eleven."}}]}},
    ]
    data = {"chatMessages": {"nodes": nodes}}
    found = {
        name: settled.read(data, conversation="c", message=name) for name in ("m2", "2", "3", "", "1", "x")
    }
    texts = {name: diff.ops[0]["insert"] if diff else None for name, diff in found.items()}
    assert texts == {"m2": "Ten.", "2": "Ten.", "3": "Eleven.", "": "Eleven.", "1": None, "x": None}
    assert found["m2"] is not None
    assert (found["m2"].in_progress, found["m2"].conversation_id) == (False, "c")


def test_junk_is_no_message() -> None:
    """An answer of another shape than expected holds nothing."""
    for data in (
        {},
        {"chatMessages": None},
        {"chatMessages": {"nodes": [None, "x", {"sender": "ASSISTANT"}]}},
    ):
        found = settled.read(data, conversation="c", message="")
        assert found is None or not found.ops
