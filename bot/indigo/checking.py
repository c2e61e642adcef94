"""An operator's own GraphQL document: which operation of it runs, and whether variables fit. By graphql-core.

The vendor publishes no schema. Where the customer has it (``rover graph fetch``) the document is held against
it; without it, it is read, and variables are held against what the operation itself declares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    assert_valid_schema,
    build_schema,
    get_variable_values,
    parse,
    validate,
)

from bot.errors import ConfigurationError

#: So many mistakes of one document or row are told.
_MOST = 5


@dataclass(frozen=True, slots=True)
class Order:
    """One operation of a document, ready to be sent.

    Attributes:
        document: as it was given.
        operation: its name; None where it has none.
        changes: it is a mutation.
        node: what was read of it.
        schema: the customer's; None where there is none.
    """

    document: str
    operation: str | None
    changes: bool
    node: OperationDefinitionNode
    schema: GraphQLSchema | None = None

    def problems(self, variables: Mapping[str, object]) -> tuple[str, ...]:
        """Why the operation cannot run with these variables; empty where it can."""
        definitions = self.node.variable_definitions or ()
        declared = {each.variable.name.value: each for each in definitions}
        found = [f"${name} is no variable of this operation." for name in variables if name not in declared]
        if self.schema is not None:
            values = get_variable_values(self.schema, definitions, dict(variables))
            told = [error.message for error in values] if isinstance(values, list) else []
            return tuple((found + told)[:_MOST])
        for name, each in declared.items():
            needed = isinstance(each.type, NonNullTypeNode)
            absent = name not in variables and each.default_value is None
            if needed and (absent or variables.get(name, "") is None):
                found.append(f"${name} has no value.")
        return tuple(found[:_MOST])


def read(document: str, *, operation: str = "", schema: str | None = None) -> Order:
    """The operation of a document that is to run; raises ConfigurationError where it cannot.

    Args:
        document: GraphQL.
        operation: its name, where there are several.
        schema: the customer's, as SDL.
    """
    tree = _parsed(document)
    node = _chosen(tree, operation)
    if node.operation is OperationType.SUBSCRIPTION:
        raise ConfigurationError("The document is a subscription; only queries and mutations can be run.")
    built = None
    if schema is not None:
        built = _built(schema)
        if errors := validate(built, tree):
            raise ConfigurationError(f"The document does not fit the schema: {_told(errors)}")
    name = node.name.value if node.name else None
    return Order(document, name, node.operation is OperationType.MUTATION, node, built)


def _parsed(document: str) -> DocumentNode:
    try:
        return parse(document)
    except GraphQLError as error:
        raise ConfigurationError(f"The document is no GraphQL: {_told([error])}") from error


def _built(schema: str) -> GraphQLSchema:
    try:
        built = build_schema(schema)
        assert_valid_schema(built)
    except (GraphQLError, TypeError) as error:
        raise ConfigurationError(f"The schema cannot be read: {error}") from error
    return built


def _chosen(tree: DocumentNode, wanted: str) -> OperationDefinitionNode:
    there = [each for each in tree.definitions if isinstance(each, OperationDefinitionNode)]
    names = ", ".join(each.name.value for each in there if each.name)
    if wanted:
        there = [each for each in there if each.name and each.name.value == wanted]
    if len(there) == 1:
        return there[0]
    if wanted:
        raise ConfigurationError(f"The document has no operation {wanted}. It has: {names or 'none'}.")
    if there:
        raise ConfigurationError(f"The document has several operations. Give one with --operation: {names}.")
    raise ConfigurationError("The document has no operation.")


def _told(errors: Sequence[GraphQLError]) -> str:
    return " ".join(
        f"{error.message}{f' (line {error.locations[0].line})' if error.locations else ''}"
        for error in errors[:_MOST]
    )
