"""Everything that the tenant says no with, in its own words.

WisdomAI documents one of these texts, "Unauthorized"; the others are guesses in the same style.
"""

from __future__ import annotations


class Refusal(Exception):
    """The tenant does not do what it was asked for.

    Attributes:
        extensions: go into the GraphQL error as they are; ``code`` says of which kind it is.
    """

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.extensions = {"code": code}


class Unauthorized(Refusal):
    """The token or key is missing, unknown, expired or revoked, or its person is gone; no more is said."""

    def __init__(self) -> None:
        super().__init__("Unauthorized", "UNAUTHENTICATED")


class KeyMayNotImpersonate(Refusal):
    """The access key is good, but was made without the right to act for others."""

    def __init__(self) -> None:
        super().__init__("This access key is not allowed to impersonate users", "FORBIDDEN")


class UnknownPerson(Refusal):
    """There is no account with this address."""

    def __init__(self) -> None:
        super().__init__("User not found", "NOT_FOUND")


class DeactivatedPerson(Refusal):
    """The account with this address is switched off."""

    def __init__(self) -> None:
        super().__init__("User is deactivated", "FORBIDDEN")


class ReservedAttribute(Refusal):
    """An attribute that the tenant sets itself."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Attribute cannot be set: {key}", "BAD_USER_INPUT")


class AskingForbidden(Refusal):
    """The person's role does not let them ask."""

    def __init__(self) -> None:
        super().__init__("You do not have permission to ask questions", "FORBIDDEN")


class ListingForbidden(Refusal):
    """The person's role does not let them list the domains."""

    def __init__(self) -> None:
        super().__init__("You do not have permission to list domains", "FORBIDDEN")


class UnknownDomain(Refusal):
    """There is no such domain, or none for this person; which of the two is not told."""

    def __init__(self, domain_id: str) -> None:
        super().__init__(f"Domain not found or no access: {domain_id}", "NOT_FOUND")


class UnknownConversation(Refusal):
    """There is no such conversation, or it is somebody else's."""

    def __init__(self, conversation: str) -> None:
        super().__init__(f"Conversation not found: {conversation}", "NOT_FOUND")
