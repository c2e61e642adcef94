"""Runs GraphQL documents against the platform's schema, with errors as Absinthe words them."""

from __future__ import annotations

import inspect
import logging
import re
from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    Undefined,
    execute,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
    value_from_ast_untyped,
)

from bot.sandbox.graphql_request import Request
from bot.sandbox.indigo.faults import Struck
from bot.sandbox.indigo.pages import Refused
from bot.sandbox.indigo.resolvers import Forbidden

logger = logging.getLogger(__name__)

#: What this library says, and what Absinthe says in its place. Absinthe is what the vendor's platform most
#: likely runs on: its root types are named as Absinthe names them.
_WORDINGS: Final = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Cannot query field '(\w+)' on type '(\w+)'.*", r'Cannot query field "\1" on type "\2".'),
        (
            r"Unknown argument '(\w+)' on field '(\w+)\.(\w+)'.*",
            r'Unknown argument "\1" on field "\3" of type "\2".',
        ),
        (
            r"Argument '[\w.]+\((\w+):\)' of type '(.+?)' is required.*",
            r'In argument "\1": Expected type "\2", found null.',
        ),
        (
            r"Variable '\$(\w+)' has invalid value: Expected .*non-null type.*",
            r'Variable "\1": Expected non-null, found null.',
        ),
        (r"Variable '\$(\w+)' has invalid value.*", r'Argument "\1" has invalid value $\1.'),
    )
)
#: Documents that are remembered, because a client sends the same ones again and again.
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found out about a document; with errors it cannot be run, without one it cannot be read."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()


class Executor:
    """Validates and runs requests.

    Args:
        schema: with its resolvers.
        introspection: False refuses requests for the schema.
    """

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        self._schema = schema
        self._rules = [*specified_rules, *(() if introspection else (NoSchemaIntrospectionCustomRule,))]
        self._prepared: dict[str, Prepared] = {}

    def fields(self, request: Request) -> frozenset[str]:
        """What a request selects at the root; nothing where it cannot be read.

        Fields such as ``conversations``, and ``conversations.order`` for each argument that is not null.
        """
        document = self._prepare(request.query).document
        operation = get_operation_ast(document, request.operation_name) if document else None
        if operation is None:
            return frozenset()
        selected = [each for each in operation.selection_set.selections if isinstance(each, FieldNode)]
        given = (
            f"{each.name.value}.{argument.name.value}"
            for each in selected
            for argument in each.arguments or ()
            if value_from_ast_untyped(argument.value, dict(request.variables)) not in (None, Undefined)
        )
        return frozenset((*(each.name.value for each in selected), *given))

    async def run(self, request: Request, struck: Struck) -> dict[str, object]:
        """``data`` and ``errors`` as they go over the wire. Raises Forbidden for another project."""
        prepared = self._prepare(request.query)
        if prepared.document is None or prepared.errors:
            return {"errors": [dict(error.formatted) for error in prepared.errors]}
        outcome = execute(
            self._schema,
            prepared.document,
            context_value=struck,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
        )
        result = await outcome if inspect.isawaitable(outcome) else outcome
        return _told(result)

    def _prepare(self, query: str) -> Prepared:
        if query not in self._prepared:
            while len(self._prepared) >= _REMEMBERED:
                self._prepared.pop(next(iter(self._prepared)))
            self._prepared[query] = self._read(query)
        return self._prepared[query]

    def _read(self, query: str) -> Prepared:
        try:
            document = parse(query)
        except GraphQLSyntaxError as error:
            found = error.description.rpartition(" ")[2].strip(".'\"")
            return Prepared(None, (_worded(error, f'syntax error before: "{found}"'),))
        errors = validate(self._schema, document, self._rules)
        return Prepared(document, tuple(map(_worded, errors)))


def _told(result: ExecutionResult) -> dict[str, object]:
    """What the client is told: nothing that only the server's log should know."""
    errors = [_known(error) for error in result.errors or ()]
    told: dict[str, object] = {}
    if result.data is not None or not errors:
        told["data"] = result.data
    if errors:
        told["errors"] = [dict(error.formatted) for error in errors]
    return told


def _known(error: GraphQLError) -> GraphQLError:
    original = error.original_error
    if isinstance(original, Forbidden):
        raise original
    if original is None or isinstance(original, GraphQLError):
        return _worded(error)
    if not isinstance(original, Refused):
        logger.error("a resolver failed", exc_info=original)
        return _worded(error, "Something went wrong")
    return _worded(error, str(original))


def _worded(error: GraphQLError, message: str = "") -> GraphQLError:
    for pattern, words in _WORDINGS if not message else ():
        if found := pattern.fullmatch(error.message):
            message = found.expand(words)
            break
    return GraphQLError(message or error.message, error.nodes, error.source, error.positions, error.path)
