"""The platform's schema."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from graphql import GraphQLObjectType, build_schema, graphql_sync

from bot.sandbox.indigo.schema import OPERATIONS, build, resolve, sdl


def test_what_is_served_is_listed() -> None:
    """The list of operations is the schema's, and its mutations say whose they are."""
    schema = build()
    roots = {"query": schema.query_type, "mutation": schema.mutation_type}
    served = [(kind, name) for kind, root in roots.items() for name in cast("GraphQLObjectType", root).fields]
    assert [(each.kind, each.name) for each in OPERATIONS] == served
    assert all(name.startswith("sandbox") for kind, name in served if kind == "mutation")


def test_the_documentation_lists_the_same() -> None:
    """The table of operations is the list in the code, row for row."""
    text = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text("utf-8")
    rows = [f"| `{each.name}` | {each.kind} | {each.purpose} |" for each in OPERATIONS]
    table = "\n".join(["| Operation | Kind | What it does |", "|---|---|---|", *rows])
    assert f"\n### Platform operations\n\n{table}\n" in text


def test_the_text_is_a_schema() -> None:
    """A client can read it, in both variations; the documented one has two fields of four."""
    for page_info, count in (("full", 4), ("documented", 2)):
        schema = build_schema(sdl("full" if page_info == "full" else "documented"))
        assert len(cast("GraphQLObjectType", schema.get_type("PageInfo")).fields) == count


@pytest.mark.parametrize("value", [39, "39", 17_536_399_072, "17536399072"])
def test_ids_are_read_from_numbers_and_strings(value: object) -> None:
    """Of any size, as variables and in the document, and are written as strings."""
    schema = build()
    seen: list[object] = []

    def note(_: object, __: object, **arguments: object) -> dict[str, object]:
        seen.append(arguments["conversationId"])
        return {"edges": [{"node": {"id": int(str(value)), "conversationId": 1}}]}

    resolve(schema, "RootQueryType", "messages", note)
    asked = "query ($id: Int_ID!) { messages(conversationId: $id) { edges { node { id } } } }"
    literal = asked.replace("query ($id: Int_ID!) ", "").replace("$id", repr(value).replace("'", '"'))
    for result in (graphql_sync(schema, asked, variable_values={"id": value}), graphql_sync(schema, literal)):
        assert result.errors is None
        assert result.data == {"messages": {"edges": [{"node": {"id": str(value)}}]}}
    assert seen == [int(str(value))] * 2


@pytest.mark.parametrize("value", ["", "39x", "-1", "３９", 1.5, True, None, [1]])
def test_anything_else_is_no_id(value: object) -> None:
    """It is refused before anything is looked up."""
    asked = "query ($id: Int_ID!) { messages(conversationId: $id) { totalCount } }"
    assert graphql_sync(build(), asked, variable_values={"id": value}).errors


@pytest.mark.parametrize("literal", ["3.5", "true", '"x"', "[1]", "null"])
def test_anything_else_in_a_document_is_no_id_either(literal: str) -> None:
    """The same holds for what is written out."""
    asked = "{ messages(conversationId: VALUE) { totalCount } }".replace("VALUE", literal)
    assert graphql_sync(build(), asked).errors
