from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from importlib import resources

import pytest
from graphql import GraphQLSchema, build_schema, graphql_sync, parse, validate

from bot.errors import AnswerFailed, KeyRefused, TenantUnreachable
from bot.wisdom import documents
from bot.wisdom.contact import FirstContact
from bot.wisdom.selection import Flow, FlowMode, Selection, about, prune, read_schema

FULL = documents.load("chat")
SEED = documents.load("chat_seed")
#: What only one of the two published schemas has.
DROPPED = ("attributes: Attributes", "totalRows: Int", "section: Section", "cancelledAt: DateTime")


class Tenant:
    """Answers introspection from a schema, or fails."""

    def __init__(self, schema: GraphQLSchema, *failures: Exception) -> None:
        self.schema = schema
        self.failures = list(failures)
        self.asked = 0

    async def __call__(self) -> Mapping[str, object]:
        """One introspection."""
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        result = graphql_sync(self.schema, documents.load("introspect"))
        assert result.data is not None
        return result.data


def _sdl() -> str:
    return resources.files("bot.sandbox.tenant").joinpath("schema.graphql").read_text("utf-8")


@pytest.fixture(scope="module")
def whole() -> GraphQLSchema:
    """A tenant's schema with every field that was ever published."""
    return build_schema(_sdl())


@pytest.fixture(scope="module")
def older() -> GraphQLSchema:
    """A schema without some fields, as text."""
    lines = _sdl().splitlines()
    kept = [line for line in lines if not line.strip().startswith(DROPPED)]
    assert len(kept) < len(lines)
    return build_schema("\n".join(kept))


def selection(mode: str = "auto") -> Selection:
    """A selection that has asked nobody yet."""
    assert mode in {"auto", "full", "seed"}
    return Selection(mode, contact=FirstContact())  # type: ignore[arg-type] # checked in the line above


async def test_a_whole_schema_gets_the_full_document(whole: GraphQLSchema) -> None:
    """Nothing is left out where the tenant knows everything."""
    document, missing = prune(FULL, read_schema(await Tenant(whole)()))
    assert missing == ()
    assert document.split() == FULL.split()


async def test_unknown_fields_are_cut_out(older: GraphQLSchema, caplog: pytest.LogCaptureFixture) -> None:
    """The document is cut to the schema, stays valid, and what is missing is logged."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    assert validate(older, parse(FULL)) != []
    document = await selection().document(Tenant(older))
    assert validate(older, parse(document)) == []
    assert "aiWorkstream" in document
    assert "attributes" not in document
    assert "bodyDiff.ops.attributes" in caplog.text


@pytest.mark.parametrize(
    ("lacking", "gone"),
    [
        (("forecastRange: ForecastRange",), {"forecastRange", "lowerBound", "upperBound"}),
        (("subtotals: [Subtotal!]",), {"subtotals"}),
        (("llmVizSpec: JSON", "highchartsOptions: JSON"), {"llmVizSpec", "highchartsOptions"}),
        (("originalType: VisualizationType!",), {"originalType"}),
        (("alias: String",), {"alias"}),
    ],
)
async def test_each_published_list_lacks_something(lacking: tuple[str, ...], gone: set[str]) -> None:
    """A field that only one of the vendor's lists has is left out alone, with all that is below it."""
    lines = [line for line in _sdl().splitlines() if not line.strip().startswith(lacking)]
    tenant = build_schema("\n".join(lines))
    document, missing = prune(FULL, read_schema(await Tenant(tenant)()))
    assert validate(tenant, parse(document)) == []
    assert set(re.findall(r"\w+", FULL)) - set(re.findall(r"\w+", document)) == gone
    assert {path.rpartition(".")[2] for path in missing} <= gone


def test_totals_keep_the_columns_that_are_known() -> None:
    """Below a field that is there, only what is missing is cut."""
    schema = {
        "ChatMessageDiff": {"subtotals": "Subtotal"},
        "Subtotal": {"columns": "DataframeColumn"},
        "DataframeColumn": {"name": ""},
    }
    document, missing = prune(
        "query Q { chat(a: 1) { subtotals { columns { name alias } data { value } } } }", schema
    )
    assert "{ subtotals { columns { name } } }" in document
    assert missing == ("subtotals.columns.alias", "subtotals.data")


async def test_the_tenant_is_asked_once(whole: GraphQLSchema) -> None:
    """Questions at the same time share one introspection."""
    tenant, chosen = Tenant(whole), selection()
    documents_sent = await asyncio.gather(*(chosen.document(tenant) for _ in range(5)))
    assert (tenant.asked, len(set(documents_sent))) == (1, 1)


async def test_a_hidden_schema_means_the_full_document(whole: GraphQLSchema) -> None:
    """Where introspection is refused, the full document is tried, and the refusal remembered."""
    tenant, chosen = Tenant(whole, AnswerFailed("introspection is not allowed")), selection()
    assert await chosen.document(tenant) == FULL
    assert await chosen.document(tenant) == FULL
    assert tenant.asked == 1


@pytest.mark.parametrize("error", [TenantUnreachable("away"), KeyRefused("no")])
async def test_a_passing_failure_is_not_remembered(error: Exception, whole: GraphQLSchema) -> None:
    """A lost connection says nothing about the schema: it is asked again."""
    tenant, chosen = Tenant(whole, error), selection()
    assert await chosen.document(tenant) == FULL
    await chosen.document(tenant)
    assert tenant.asked == 2


async def test_a_refused_document_is_replaced_by_the_seed(whole: GraphQLSchema) -> None:
    """After a refusal the specification's document is sent; after that there is nothing else to try."""
    tenant, chosen = Tenant(whole, AnswerFailed("hidden")), selection()
    document = await chosen.document(tenant)
    assert chosen.refused(document)
    assert await chosen.document(tenant) == SEED
    assert not chosen.refused(SEED)
    assert chosen.refused(document)


@pytest.mark.parametrize(("mode", "document"), [("full", FULL), ("seed", SEED)])
async def test_a_prescribed_document_is_insisted_on(mode: str, document: str, whole: GraphQLSchema) -> None:
    """A configured selection asks nobody and gives way to nobody."""
    tenant, chosen = Tenant(whole), selection(mode)
    assert await chosen.document(tenant) == document
    assert not chosen.refused(document)
    assert tenant.asked == 0


def test_fields_of_another_shape_are_cut_out() -> None:
    """A leaf that has become an object, or the other way round, would be refused too."""
    schema = {"ChatMessageDiff": {"messageId": "Id", "bodyDiff": "", "inProgress": ""}}
    document, missing = prune(
        "subscription Chat { chat(a: 1) { messageId bodyDiff { ops } inProgress } }", schema
    )
    assert document.split() == ["subscription", "Chat", "{", "chat(a:", "1)", "{", "inProgress", "}", "}"]
    assert missing == ("messageId", "bodyDiff")


@pytest.mark.parametrize(
    "data", [{}, {"Cell": None}, {"Cell": {"fields": None}}, {"Cell": {"fields": [1, {}]}}]
)
def test_a_strange_introspection_answer_is_read(data: Mapping[str, object]) -> None:
    """What describes no type leaves the document as it is."""
    assert prune(FULL, {"X": {}, **{k: v for k, v in read_schema(data).items() if k != "Cell"}})[1] == ()


def rooted(*fields: str) -> GraphQLSchema:
    """A schema whose mutations and subscriptions are these, each written ``Type.field``."""
    by_type: dict[str, list[str]] = {"Query": ["x"], "Mutation": ["x"], "Subscription": ["x"]}
    for field in fields:
        kind, _, name = field.partition(".")
        by_type[kind].append(name)
    return build_schema(
        "\n".join(
            f"type {kind} {{ {' '.join(f'{name}: Int' for name in names)} }}"
            for kind, names in by_type.items()
        )
    )


CHAT = ("Subscription.chat",)
TALK = ("Mutation.createConversation", "Mutation.sendUserMessage", "Subscription.subscribeConversation")


@pytest.mark.parametrize(
    ("fields", "flow"),
    [
        (CHAT, "chat"),
        (TALK, "conversation"),
        ((*CHAT, *TALK), "conversation"),
        ((*CHAT, *TALK[:2]), "chat"),
        ((*CHAT, *TALK[1:]), "chat"),
        ((), "chat"),
    ],
)
async def test_the_flow_follows_the_schema(fields: tuple[str, ...], flow: Flow) -> None:
    """A conversation is taken where the tenant has all that it needs, else ``chat``."""
    chosen = selection()
    await chosen.document(Tenant(rooted(*fields)))
    assert chosen.flow == flow


@pytest.mark.parametrize("flow", ["chat", "conversation"])
async def test_a_prescribed_flow_stays(flow: FlowMode) -> None:
    """Neither a schema nor a refusal changes it."""
    fixed = Selection("auto", contact=FirstContact(), flow=flow)
    for fields in (CHAT, TALK):
        await fixed.document(Tenant(rooted(*fields)))
        assert fixed.flow == flow
    assert [fixed.lacks("chat"), fixed.lacks("conversation")] == [flow != "chat", flow != "conversation"]
    assert fixed.flow == flow


async def test_a_flow_that_is_lacking_gives_way_to_the_other_once() -> None:
    """Where no schema is shown, each is tried; questions that ran at the same time agree on what is left."""
    hidden = selection()
    await hidden.document(Tenant(rooted(), AnswerFailed("no introspection")))
    flows = [hidden.flow]
    assert hidden.lacks("chat")
    assert hidden.lacks("chat")
    flows.append(hidden.flow)
    assert not hidden.lacks("conversation")
    flows.append(hidden.flow)
    assert flows == ["chat", "conversation", "conversation"]


@pytest.mark.parametrize(
    ("flow", "reason", "is_about"),
    [
        ("chat", 'Cannot query field "chat" on type "Subscription".', True),
        ("chat", "Cannot query field 'chat' on type 'Subscription'", True),
        ("chat", 'Cannot query field "totalRows" on type "Visualization".', False),
        ("chat", 'Unknown argument "toolSelection" on field "Subscription.chat".', False),
        ("conversation", 'Cannot query field "chat" on type "Subscription".', False),
        ("conversation", 'Cannot query field "createConversation" on type "Mutation".', True),
        ("conversation", 'Cannot query field "sendUserMessage" on type "Mutation".', True),
        ("conversation", "Field `subscribeConversation` is not defined by type", True),
    ],
)
def test_a_refusal_may_be_about_the_flow(flow: Flow, reason: str, is_about: bool) -> None:  # noqa: FBT001 - an expectation
    """The field that is missing tells a flow from a selection."""
    assert about(flow, [reason]) is is_about
