"""Values in the shapes of the schema."""

from __future__ import annotations

from typing import cast

import pytest
from graphql import GraphQLObjectType, is_non_null_type

from bot.model import Domain
from bot.sandbox.tenant import wire
from bot.sandbox.tenant.conversations import Conversations, Sender
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.people import Attribute, User, UserRole
from bot.sandbox.tenant.schema import build
from tests.sandbox.tenant.stand import Clock

ADA = User("u1", "ada@example.com", "Ada", (UserRole.ADMIN,), (Attribute("region", "EMEA"),))
DOMAIN = Domain("d", "Sales")


def samples() -> list[tuple[str, wire.Wire]]:
    """One value of each shape, by the name of its type."""
    conversations = Conversations(clock=Clock())
    conversation = conversations.open(ADA, domain_id="d", summary="q", hidden=False)
    message = conversations.add(conversation, Sender.USER, "d")
    return [
        ("User", wire.user(ADA)),
        ("ZSheet", wire.domain(DOMAIN)),
        ("ChatConversation", wire.conversation(conversation, DOMAIN)),
        ("ChatMessage", wire.message(message, DOMAIN)),
        ("ChatMessageDiff", wire.diff(message, (), index=0, in_progress=True)),
    ]


@pytest.mark.parametrize(("name", "value"), samples())
def test_no_value_lacks_what_the_schema_promises(name: str, value: wire.Wire) -> None:
    """Every field is known to the schema, and every non-null field is there."""
    fields = cast("GraphQLObjectType", build(TenantOptions()).type_map[name]).fields
    assert set(value) <= set(fields)
    promised = {key for key, field in fields.items() if is_non_null_type(field.type)}
    assert promised <= {key for key, each in value.items() if each is not None}


def test_roles_and_attributes() -> None:
    """A role is there as an object and by its id, an attribute with where it comes from."""
    found = wire.user(ADA)
    role = "00000000-0000-0000-0000-000000000001"
    assert found["roleAssignments"] == [
        {"role": {"id": role, "name": "ADMIN"}, "roleId": role, "scopes": [], "user": found}
    ]
    assert found["userAttributes"] == [{"key": "region", "value": "EMEA", "source": "DATABASE"}]


def test_moments() -> None:
    """ISO 8601 with the offset, null for never."""
    assert wire.moment(Clock().now) == "2026-03-02T09:30:00+00:00"
    assert wire.moment(None) is None
