"""The schema and its variations."""

from __future__ import annotations

import pytest
from graphql import (
    GraphQLEnumType,
    build_client_schema,
    introspection_from_schema,
    parse,
    validate,
    validate_schema,
)

from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.schema import OPERATIONS, build
from tests.sandbox.tenant.stand import CHAT, VENDOR_CHAT

VARIATIONS = [
    TenantOptions(),
    TenantOptions(flat=True),
    TenantOptions(attributes=False),
    TenantOptions(highcharts=False),
]


@pytest.mark.parametrize("options", VARIATIONS)
def test_every_variation_is_a_valid_schema_that_takes_the_vendors_document(options: TenantOptions) -> None:
    """The subscription of the vendor's specification validates against every variation."""
    schema = build(options)
    assert validate_schema(schema) == []
    assert validate(schema, parse(VENDOR_CHAT)) == []


def test_the_table_of_operations_is_the_schema() -> None:
    """The documented operations are exactly the root fields."""
    schema = build(TenantOptions())
    assert schema.query_type is not None
    assert schema.subscription_type is not None
    assert schema.mutation_type is None
    served = [("query", name) for name in schema.query_type.fields]
    served += [("subscription", name) for name in schema.subscription_type.fields]
    assert [(each.kind, each.name) for each in OPERATIONS] == served
    assert all(each.purpose for each in OPERATIONS)


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
