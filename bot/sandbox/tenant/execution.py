"""Runs GraphQL documents against the tenant's schema, the same for HTTP and for the socket."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationType,
    execute,
    get_operation_ast,
    parse,
    specified_rules,
    subscribe,
    validate,
)

from bot.sandbox.graphql_request import Request
from bot.sandbox.tenant.resolvers import EXPECTED, Context

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that is valid.

    Attributes:
        fields: the root fields that it selects.
    """

    document: DocumentNode
    request: Request
    subscription: bool
    fields: frozenset[str]


class Executor:
    """Validates and runs requests.

    Args:
        schema: with its resolvers.
        introspection: False refuses requests for the schema.
    """

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        self._schema = schema
        self._rules = [*specified_rules, *(() if introspection else (NoSchemaIntrospectionCustomRule,))]

    def prepare(self, request: Request) -> Prepared | list[GraphQLError]:
        """The request, ready to run, or what is wrong with it."""
        try:
            document = parse(request.query)
        except GraphQLError as error:
            return [error]
        if errors := validate(self._schema, document, self._rules):
            return errors
        operation = get_operation_ast(document, request.operation_name)
        if operation is None:
            return [GraphQLError("The operation to run cannot be told from the request.")]
        selected = operation.selection_set.selections
        fields = frozenset(each.name.value for each in selected if isinstance(each, FieldNode))
        return Prepared(document, request, operation.operation is OperationType.SUBSCRIPTION, fields)

    async def run(self, prepared: Prepared, context: Context) -> ExecutionResult:
        """The result of a query or mutation."""
        outcome = execute(
            self._schema,
            prepared.document,
            context_value=context,
            variable_values=dict(prepared.request.variables),
            operation_name=prepared.request.operation_name,
        )
        return _told(await outcome if inspect.isawaitable(outcome) else outcome)

    async def open(
        self, prepared: Prepared, context: Context
    ) -> AsyncIterator[ExecutionResult] | ExecutionResult:
        """The results of a subscription, or the one result that says why there are none."""
        outcome = subscribe(
            self._schema,
            prepared.document,
            context_value=context,
            variable_values=dict(prepared.request.variables),
            operation_name=prepared.request.operation_name,
        )
        result = await outcome if inspect.isawaitable(outcome) else outcome
        return _told(result) if isinstance(result, ExecutionResult) else result


def formatted(result: ExecutionResult) -> dict[str, object]:
    """The result as it goes over the wire: ``data``, and ``errors`` where there are any."""
    return dict(result.formatted)


def _told(result: ExecutionResult) -> ExecutionResult:
    """The result with nothing in it that only the server's log should know."""
    errors = [_expected(error) for error in result.errors or ()]
    return ExecutionResult(data=result.data, errors=errors or None)


def _expected(error: GraphQLError) -> GraphQLError:
    if error.original_error is None or isinstance(error.original_error, EXPECTED):
        return error
    logger.error("a resolver failed", exc_info=error.original_error)
    return GraphQLError("Internal server error", error.nodes, path=error.path)
