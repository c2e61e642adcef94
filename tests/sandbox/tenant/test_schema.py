"""The schema and its variations."""

from __future__ import annotations

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLSchema,
    build_client_schema,
    introspection_from_schema,
    parse,
    validate,
    validate_schema,
)

from bot.sandbox.tenant.options import Flow, TenantOptions
from bot.sandbox.tenant.schema import OPERATIONS, build, served
from tests.sandbox.tenant.following import CREATE, FOLLOW, SEND
from tests.sandbox.tenant.stand import CHAT, VENDOR_CHAT

VARIATIONS = [
    TenantOptions(),
    TenantOptions(flat=True),
    TenantOptions(attributes=False),
    TenantOptions(highcharts=False),
    TenantOptions(roles="ids"),
    TenantOptions(roles="none"),
    TenantOptions(impersonation="query"),
    TenantOptions(impersonation="none"),
    TenantOptions(attributes_argument=False),
    TenantOptions(impersonation="query", attributes_argument=False),
    TenantOptions(flow="chat"),
    TenantOptions(flow="chat", impersonation="query"),
    TenantOptions(flow="conversation"),
    TenantOptions(flow="conversation", impersonation="none"),
]


@pytest.mark.parametrize("options", [each for each in VARIATIONS if each.flow != "conversation"])
def test_every_variation_is_a_valid_schema_that_takes_the_vendors_document(options: TenantOptions) -> None:
    """The subscription of the vendor's specification validates against every variation."""
    schema = build(options)
    assert validate_schema(schema) == []
    assert validate(schema, parse(VENDOR_CHAT)) == []


@pytest.mark.parametrize("options", [each for each in VARIATIONS if each.flow != "chat"])
def test_every_variation_takes_the_documents_of_a_conversation(options: TenantOptions) -> None:
    """Those of the newer flow validate wherever it is served, but for what else a tenant may lack."""
    schema = build(options)
    assert validate_schema(schema) == []
    lacking = [] if options.attributes else ["attributes"]
    errors = [error.message for each in (CREATE, SEND, FOLLOW) for error in validate(schema, parse(each))]
    assert {error for error in errors if not any(f"'{name}'" in error for name in lacking)} == set()


@pytest.mark.parametrize("flow", ["both", "chat", "conversation"])
def test_the_table_of_operations_is_the_schema(flow: Flow) -> None:
    """The documented operations are exactly the root fields; a flow that is not served has none."""
    options = TenantOptions(flow=flow)
    schema = build(options)
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    fields = [
        (kind, name)
        for kind, root in zip(("query", "mutation", "subscription"), roots, strict=True)
        for name in (root.fields if root is not None else ())
    ]
    assert [(each.kind, each.name) for each in served(options)] == fields
    assert all(each.purpose for each in OPERATIONS)
    assert (served(options) == OPERATIONS) == (flow == "both")


@pytest.mark.parametrize(
    ("flow", "document", "field"),
    [
        ("chat", CREATE, "createConversation"),
        ("chat", SEND, "sendUserMessage"),
        ("chat", FOLLOW, "subscribeConversation"),
        ("conversation", CHAT, "chat"),
    ],
)
def test_a_flow_that_is_not_served(flow: Flow, document: str, field: str) -> None:
    """Its documents fail as they would on a tenant that has never heard of it."""
    errors = validate(build(TenantOptions(flow=flow)), parse(document))
    assert any(error.message.startswith(f"Cannot query field '{field}'") for error in errors)


@pytest.mark.parametrize("flow", ["chat", "conversation"])
def test_types_go_with_their_flow(flow: Flow) -> None:
    """A schema of one flow has no types that only the other needs, and all that it needs itself."""
    whole, part = build(TenantOptions()), build(TenantOptions(flow=flow))
    unused = set(whole.type_map) - reached(whole)
    assert set(part.type_map) == reached(part) | unused


def reached(schema: GraphQLSchema) -> set[str]:
    """The types that can be got at from the root types."""
    roots = GraphQLSchema(schema.query_type, schema.mutation_type, schema.subscription_type)
    return set(roots.type_map)


def test_an_older_tenant_has_no_attributes() -> None:
    """Selecting attributes fails validation there, as it would on a real one."""
    errors = validate(build(TenantOptions(attributes=False)), parse(CHAT))
    assert [error.message for error in errors] == ["Cannot query field 'attributes' on type 'Operation'."]
    assert validate(build(TenantOptions()), parse(CHAT)) == []


def test_an_older_tenant_has_no_chart_options() -> None:
    """Visualizations have ``highchartsOptions`` unless the tenant is too old for them."""
    fields = [
        "highchartsOptions" in build(options).type_map["Visualization"].fields  # type: ignore[attr-defined]
        for options in (TenantOptions(), TenantOptions(highcharts=False))
    ]
    assert fields == [True, False]


@pytest.mark.parametrize(
    ("options", "valid"),
    [
        (TenantOptions(), {"mutation", "attributes", "role", "roleId"}),
        (TenantOptions(roles="ids"), {"mutation", "attributes", "roleId"}),
        (TenantOptions(roles="none"), {"mutation", "attributes"}),
        (TenantOptions(impersonation="query"), {"query", "role", "roleId"}),
        (TenantOptions(attributes_argument=False), {"mutation", "role", "roleId"}),
    ],
)
def test_what_tenants_differ_in_around_people(options: TenantOptions, valid: set[str]) -> None:
    """Some take ``impersonateUser`` as a mutation, some as a query; roles come in two shapes, or not."""
    bare = '{ impersonateUser(accessToken: "", userEmail: "") }'
    documents = {
        "mutation": f"mutation {bare}",
        "query": f"query {bare}",
        "attributes": 'mutation { impersonateUser(accessToken: "", userEmail: "", attributes: []) }',
        "role": "{ currentUser { roleAssignments { role { id name } } } }",
        "roleId": "{ currentUser { roleAssignments { roleId scopes SCOPES } } }",
    }
    documents["roleId"] = documents["roleId"].replace("SCOPES", "" if options.roles == "ids" else "{ id }")
    schema = build(options)
    found = {name for name, document in documents.items() if validate(schema, parse(document)) == []}
    assert found == valid


def test_a_tenant_without_impersonation() -> None:
    """There is neither operation nor mutation, nor the input that nothing takes any more."""
    schema = build(TenantOptions(impersonation="none"))
    assert schema.mutation_type is not None
    assert schema.query_type is not None
    assert "impersonateUser" not in {*schema.query_type.fields, *schema.mutation_type.fields}
    assert build(TenantOptions(impersonation="none", flow="chat")).mutation_type is None
    assert "UserAttributeInput" not in schema.type_map


def test_flat_data_is_flat_in_the_schema_too() -> None:
    """The type of ``data`` differs, the selection does not."""
    types = {
        str(build(options).type_map["Visualization"].fields["data"].type)  # type: ignore[attr-defined]
        for options in (TenantOptions(), TenantOptions(flat=True))
    }
    assert types == {"[[Cell!]!]!", "[Cell!]!"}


def test_tool_names() -> None:
    """Both spellings of a tool are read as the enum's value; introspection shows the enum alone."""
    schema = build(TenantOptions())
    tools = schema.type_map["ChatToolName"]
    assert isinstance(tools, GraphQLEnumType)
    assert tools.coerce_input_value("Tabular Data") == tools.coerce_input_value("TABULAR_DATA")
    shown = build_client_schema(introspection_from_schema(schema)).type_map["ChatToolName"]
    assert isinstance(shown, GraphQLEnumType)
    assert list(shown.values) == list(tools.values)
    assert "TABULAR_DATA" in shown.values
