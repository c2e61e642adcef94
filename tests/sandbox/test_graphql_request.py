"""What is a GraphQL request, and what is none."""

from __future__ import annotations

import pytest

from bot.sandbox.graphql_request import Request, read


def test_a_request_has_a_document() -> None:
    """Variables and the operation's name may be missing, or null."""
    assert read(b'{"query": "{ a }"}') == Request("{ a }", {}, None)
    assert read(b'{"query": "{ a }", "variables": null, "operationName": null}') == Request("{ a }", {}, None)
    told = b'{"query": "query A { a }", "variables": {"x": 1}, "operationName": "A"}'
    assert read(told) == Request("query A { a }", {"x": 1}, "A")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"query": 1}',
        b'{"query": "{ a }", "variables": [1]}',
        b"\xff",
        b"[" * 200_000,
    ],
)
def test_anything_else_is_none(body: bytes) -> None:
    """However broken it is."""
    assert read(body) is None
