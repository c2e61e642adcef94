"""The platform's schema: written as SDL in ``schema.graphql``, with its scalars and one variation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, cast

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    IntValueNode,
    StringValueNode,
    ValueNode,
    build_schema,
)

from bot.sandbox.indigo.options import PageInfo


@dataclass(frozen=True, slots=True)
class Operation:
    """A root field that the platform serves."""

    kind: str
    name: str
    purpose: str


#: Everything that is served, for the documentation; a test holds it against the schema.
OPERATIONS = (
    Operation("query", "conversations", "the chats of a workspace, a page at a time; only their ids"),
    Operation("query", "messages", "the messages of a chat, the newest first"),
    Operation("query", "userRoles", "the people who work in a workspace, with their roles"),
    Operation("mutation", "sandboxUpdateProfile", "sets attributes of an end user; the sandbox's own"),
    Operation(
        "mutation", "sandboxUpdateArticle", "changes an article of the knowledge base; the sandbox's own"
    ),
)

#: What the documentation never shows of ``pageInfo``.
_UNDOCUMENTED = "  startCursor: String\n", "  hasPreviousPage: Boolean!\n"


def sdl(page_info: PageInfo = "full") -> str:
    """The schema as text."""
    text = (resources.files("bot.sandbox.indigo") / "schema.graphql").read_text("utf-8")
    for line in _UNDOCUMENTED if page_info == "documented" else ():
        text = text.replace(line, "")
    return text


def build(page_info: PageInfo = "full") -> GraphQLSchema:
    """The schema with its scalars, without resolvers."""
    schema = build_schema(sdl(page_info))
    ids = scalar(schema, "Int_ID")
    _coerce(ids, coerce_output_value=str, coerce_input_value=_number, coerce_input_literal=_literal)
    _coerce(scalar(schema, "NaiveDateTime"), coerce_output_value=_written)
    return schema


def _coerce(kind: GraphQLScalarType, **coercers: Callable[..., object]) -> None:
    """The library takes these in a constructor only, which a schema made from text does not call."""
    for name, coercer in coercers.items():
        setattr(kind, name, coercer)


def scalar(schema: GraphQLSchema, name: str) -> GraphQLScalarType:
    """The scalar with this name."""
    return cast("GraphQLScalarType", schema.get_type(name))


def resolve(schema: GraphQLSchema, kind: str, name: str, resolver: Callable[..., Any]) -> None:
    """Let the field of a type be found out by a function."""
    cast("GraphQLObjectType", schema.get_type(kind)).fields[name].resolve = resolver


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    raise GraphQLError("Int_ID is a number, as such or in quotes")


def _literal(node: ValueNode) -> int:
    return _number(node.value if isinstance(node, IntValueNode | StringValueNode) else None)


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
