from __future__ import annotations

import pytest

from bot.errors import AnswerFailed, DomainUnknown, KeyRefused, PeerMisbehaved, TenantError, TenantUnreachable
from bot.wisdom.faults import from_close, from_errors, from_refusal, messages, misfit, unauthorized


@pytest.mark.parametrize(
    "message",
    [
        "Unauthorized",
        "unauthorised request",
        "User is Unauthenticated",
        "jwt malformed",
        "The token has expired",
        "Invalid access token",
        "This access key was revoked: invalid access key",
    ],
)
def test_words_that_mean_the_token(message: str) -> None:
    """What a new token may heal is recognised by its words."""
    assert unauthorized([{"message": message}])


def test_the_code_of_an_error_counts_too() -> None:
    """extensions.code says it without words."""
    assert unauthorized([{"message": "no", "extensions": {"code": "UNAUTHENTICATED"}}])


@pytest.mark.parametrize(
    "message",
    ["3 tokens in your question are unknown", "Author not found", "context has too many tokens", ""],
)
def test_words_that_do_not_mean_the_token(message: str) -> None:
    """Other errors are not taken for a refused token."""
    assert not unauthorized([{"message": message}, {"message": None}, {}])


@pytest.mark.parametrize(
    "reason",
    [
        'Cannot query field "attributes" on type "Operation".',
        'Unknown argument "toolSelection" on field "Subscription.chat".',
        'Unknown type "ToolSelection".',
        'Field "generatedCode" must not have a selection since type "String" has no subfields.',
    ],
)
def test_words_that_mean_the_schema(reason: str) -> None:
    """A document that does not fit is told from an answer that failed."""
    assert misfit([reason])
    assert not misfit(["the warehouse is asleep"])


def test_the_domain_is_recognised_only_where_one_was_given() -> None:
    """The same words without a domain are just an error."""
    errors = [{"message": "Domain not found"}]
    assert isinstance(from_errors(errors, domain="d"), DomainUnknown)
    assert isinstance(from_errors(errors), AnswerFailed)


def test_long_and_missing_messages() -> None:
    """What is kept of the tenant's words is short, whole characters, and never empty."""
    assert messages([{"message": "x" * 9999}]) == ("x" * 500,)
    assert messages([{}, {"message": 3}]) == ("no reason given", "no reason given")
    assert messages([{"message": "\ud83d"}]) == ("\ufffd",)


@pytest.mark.parametrize(
    ("message", "kind"),
    [("Missing auth", KeyRefused), ("Forbidden", KeyRefused), ("overloaded", TenantUnreachable)],
)
def test_a_refused_connection_is_mostly_a_refused_token(message: str, kind: type[TenantError]) -> None:
    """At connection_init weaker words are enough."""
    assert type(from_refusal([{"message": message}])) is kind


@pytest.mark.parametrize(
    ("code", "reason", "retryable", "kind"),
    [
        (4401, "", False, KeyRefused),
        (4403, "", True, KeyRefused),
        (1008, "jwt expired", False, KeyRefused),
        (1006, "", True, TenantUnreachable),
        (1011, "", False, AnswerFailed),
        (4500, "boom", False, AnswerFailed),
        (1009, "", False, PeerMisbehaved),
        (4400, "", False, PeerMisbehaved),
    ],
)
def test_close_codes(code: int, reason: str, retryable: bool, kind: type[TenantError]) -> None:  # noqa: FBT001
    """A close code is an error of ours, and the text names it."""
    error = from_close(code, reason, retryable=retryable)
    assert type(error) is kind
    assert str(code) in str(error)
