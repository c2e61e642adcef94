"""What the tenant says no with."""

from __future__ import annotations

import pytest
from graphql import GraphQLError

from bot.sandbox.tenant import refusals
from bot.sandbox.tenant.refusals import Refusal


@pytest.mark.parametrize(
    ("refusal", "text", "code"),
    [
        (refusals.Unauthorized(), "Unauthorized", "UNAUTHENTICATED"),
        (
            refusals.KeyMayNotImpersonate(),
            "This access key is not allowed to impersonate users",
            "FORBIDDEN",
        ),
        (refusals.UnknownPerson(), "User not found", "NOT_FOUND"),
        (refusals.DeactivatedPerson(), "User is deactivated", "FORBIDDEN"),
        (refusals.ReservedAttribute("key"), "Attribute cannot be set: key", "BAD_USER_INPUT"),
        (refusals.AskingForbidden(), "You do not have permission to ask questions", "FORBIDDEN"),
        (refusals.ListingForbidden(), "You do not have permission to list domains", "FORBIDDEN"),
        (refusals.UnknownDomain("d"), "Domain not found or no access: d", "NOT_FOUND"),
        (refusals.UnknownConversation("c"), "Conversation not found: c", "NOT_FOUND"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_text_and_code_reach_the_client(refusal: Refusal, text: str, code: str) -> None:
    """The GraphQL error that a refusal becomes has its text, and the code in its extensions."""
    error = GraphQLError(str(refusal), original_error=refusal)
    assert error.formatted == {"message": text, "extensions": {"code": code}}
