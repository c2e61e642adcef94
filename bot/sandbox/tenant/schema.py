"""The tenant's schema: written as SDL in ``schema.graphql``, with the variations that options ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    build_schema,
)

from bot.sandbox.tenant.options import Flow, TenantOptions

#: The vendor's API specification writes tools as people call them; the enum of the schema does not.
SPOKEN_TOOL_NAMES = (
    ("Tabular Data", "TABULAR_DATA"),
    ("Textual Data", "TEXTUAL_DATA"),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A root field that the tenant serves."""

    kind: str
    name: str
    purpose: str


#: Everything that is served, for the documentation; a test holds it against the schema.
OPERATIONS = (
    Operation("query", "exchangeAccessToken", "an access key becomes a signed token that expires"),
    Operation("query", "currentUser", "whom the token acts as, with roles and attributes"),
    Operation(
        "query",
        "zSheets",
        "the domains that the caller may ask (filter: type DOMAIN); for admins and data admins",
    ),
    Operation("query", "zSheet", "one domain"),
    Operation("query", "conversations", "the caller's conversations, the most recent first"),
    Operation("query", "conversation", "one conversation of the caller"),
    Operation("query", "chatMessages", "questions and answers of a conversation, with full bodies"),
    Operation(
        "mutation", "impersonateUser", "a token of the person with this address, with their rights and rows"
    ),
    Operation("mutation", "createConversation", "an empty conversation; its id is the answer"),
    Operation("mutation", "sendUserMessage", "asks a question in a conversation, as often as it is sent"),
    Operation("subscription", "chat", "asks a question and streams the answer as diffs"),
    Operation(
        "subscription",
        "subscribeConversation",
        "every answer of a conversation, as it is written, from now on: lists of diffs, whole messages and"
        " cancellations",
    ),
)
#: What each flow alone has, and nothing that both have; a test holds the types against the schema.
ONLY_CHAT = (
    "StructuredQuery",
    "StructuredQueryPieceInput",
    "ColumnPropertiesInput",
    "DataframeColumnInput",
    "DataframeExpressionInput",
    "DataframeFunctionInput",
    "DataframeLiteralInput",
    "DataframeRawExpressionInput",
    "DataframeSingleExpressionOneOfInput",
    "DataframeSubqueryInput",
    "ExpressionBaseInput",
    "VizReferenceInput",
    "ZSheetColumnLocationInput",
    "ZSheetRefInput",
    "LLMModelComponent",
)
ONLY_CONVERSATION = (
    "ConversationUpdateOneOf",
    "ResponseStatus",
    "StatusCode",
    "DeltaInput",
    "DeltaElementInput",
    "OperationInput",
)
_NOT_SERVED: Mapping[Flow, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "both": ((), ()),
    "chat": (("createConversation", "sendUserMessage", "subscribeConversation"), ONLY_CONVERSATION),
    "conversation": (("chat",), ONLY_CHAT),
}


_ATTRIBUTES = ", attributes: [UserAttributeInput!]"
_IMPERSONATE = f"  impersonateUser(accessToken: String!, userEmail: String!{_ATTRIBUTES}): String!\n"
_EXCHANGE = "  exchangeAccessToken(accessToken: String!): String!\n"
_ATTRIBUTE_INPUT = "input UserAttributeInput {\n  key: String!\n  value: String!\n}\n"


class ToolNames(GraphQLEnumType):
    """``ChatToolName``, which also takes the names that the vendor's specification and sample client send.

    Their example is ``{"optInToolNames": ["Tabular Data"]}``, which is not a value of the published enum.
    Only the reading of variables is widened: introspection still shows a plain enum, so that clients that
    generate code from it, or check documents against it, see what a real tenant shows them.
    """

    def coerce_input_value(self, input_value: str, hide_suggestions: bool = False) -> Any:  # noqa: FBT001, FBT002 -- the signature of graphql-core
        """Read a variable: a value of the enum, or the name that people use for it."""
        named = dict(SPOKEN_TOOL_NAMES).get(input_value, input_value)
        return super().coerce_input_value(named, hide_suggestions)


def served(options: TenantOptions) -> tuple[Operation, ...]:
    """The operations of the flows that ``options`` ask for."""
    return tuple(each for each in OPERATIONS if each.name not in _NOT_SERVED[options.flow][0])


def sdl(options: TenantOptions) -> str:
    """The schema as text, with the variations of ``options``."""
    text = resources.files("bot.sandbox.tenant").joinpath("schema.graphql").read_text(encoding="utf-8")
    for present, other in (*_answers(options), *_roles(options), *_impersonation(options)):
        text = text.replace(present, other)
    operations, types = _NOT_SERVED[options.flow]
    for name in operations:
        text = re.sub(rf"^  {name}\(.*\n", "", text, flags=re.MULTILINE)
    for name in types:
        text = re.sub(rf"^\w+ {name} {{\n.*?^}}\n", "", text, flags=re.MULTILINE | re.DOTALL)
    text = text.replace("type Mutation {\n}\n", "")  # a type without fields is none
    return re.sub(r"\n{3,}", "\n\n", text)


def _answers(options: TenantOptions) -> Iterator[tuple[str, str]]:
    if not options.attributes:
        yield "  attributes: Attributes\n", ""
    if not options.highcharts:
        yield "  highchartsOptions: JSON\n", ""
    if options.flat:
        yield "  data: [[Cell!]!]!\n", "  data: [Cell!]!\n"


def _roles(options: TenantOptions) -> Iterator[tuple[str, str]]:
    if options.roles == "ids":
        yield (
            "  role: Role!\n  scopes: [Scope!]!\n  user: User!\n  roleId: ID\n",
            "  roleId: ID\n  scopes: [String!]!\n",
        )
    elif options.roles == "none":
        yield "  roleAssignments: [RoleAssignment!]!\n", ""


def _impersonation(options: TenantOptions) -> Iterator[tuple[str, str]]:
    if options.impersonation != "mutation":
        yield _IMPERSONATE, ""
    if options.impersonation == "query":
        yield _EXCHANGE, f"{_EXCHANGE}{_IMPERSONATE}"
    if options.impersonation == "none" or not options.attributes_argument:
        yield _ATTRIBUTES, ""
        yield _ATTRIBUTE_INPUT, ""


def build(options: TenantOptions) -> GraphQLSchema:
    """The schema, ready to be given resolvers."""
    schema = build_schema(sdl(options))
    published = cast("GraphQLEnumType", schema.type_map["ChatToolName"])
    selection = cast("GraphQLInputObjectType", schema.type_map["ToolSelection"])
    tools = ToolNames(**published.to_kwargs())
    selection.fields["optInToolNames"].type = GraphQLList(GraphQLNonNull(tools))
    schema.type_map["ChatToolName"] = tools
    return schema
