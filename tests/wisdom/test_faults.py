from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.endings import CLOSES, Outcome
from bot.errors import (
    AnswerFailed,
    AskingRefused,
    DomainUnknown,
    KeyRefused,
    PeerMisbehaved,
    TenantError,
    TenantUnreachable,
)
from bot.wisdom.faults import (
    discreet,
    forgotten,
    from_asking,
    from_close,
    from_errors,
    from_refusal,
    hidden,
    messages,
    misfit,
    permission,
    unauthorized,
)
from tests.wisdom.scripted import jwt


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
        "Not authorized",
        "You are not authorised to do this",
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
    [
        "3 tokens in your question are unknown",
        "Author not found",
        "context has too many tokens",
        "You are not authorized to list domains",
        "",
    ],
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


@pytest.mark.parametrize(
    ("message", "code", "kind"),
    [
        ("You do not have permission to ask questions", "FORBIDDEN", AskingRefused),
        ("You do not have permission to ask questions", "", AskingRefused),
        ("Forbidden", "", AskingRefused),
        ("Access denied", "", AskingRefused),
        ("You are not allowed to chat", "", AskingRefused),
        ("no", "FORBIDDEN", AskingRefused),
        ("no", "403", AskingRefused),
        ("no", "permission_denied", AskingRefused),
        ("Domain not found or no access: d1", "NOT_FOUND", DomainUnknown),
        ("Domain not found", "", DomainUnknown),
        ("You do not have permission to use this domain", "FORBIDDEN", DomainUnknown),
        ("Access denied for domain d1", "", DomainUnknown),
        ("Not authorized to access domain d1", "FORBIDDEN", DomainUnknown),
        ("Unauthorized", "FORBIDDEN", KeyRefused),
        ("Not authorized", "", KeyRefused),
        ("Domain d1 needs another token: token expired", "", KeyRefused),
        ("permission denied for table orders", "FORBIDDEN", AnswerFailed),
        ("SQL access control error: Insufficient privileges to operate on schema X", "", AnswerFailed),
        ("You are not permitted to send more: quota exceeded", "", AnswerFailed),
        ('Cannot query field "permissions" on type "Domain"', "", AnswerFailed),
        ("out of memory", "INTERNAL_SERVER_ERROR", AnswerFailed),
    ],
)
def test_what_a_refused_question_means(message: str, code: str, kind: type[TenantError]) -> None:
    """The role, the domain, the token or the data: each is told apart by words and codes."""
    assert type(from_asking([{"message": message, "extensions": {"code": code}}], domain="d")) is kind


@pytest.mark.parametrize(
    "message", ["Domain not found", "You do not have permission to list domains", "Forbidden"]
)
def test_a_query_that_is_not_permitted_has_failed(message: str) -> None:
    """Without a question there is nobody whose asking is refused, and no domain that is unknown."""
    assert type(from_errors([{"message": message, "extensions": {"code": "FORBIDDEN"}}])) is AnswerFailed


def test_a_permission_may_have_to_be_spoken_of() -> None:
    """Where a code is too weak a sign, words count alone."""
    errors = [{"message": "no", "extensions": {"code": "FORBIDDEN"}}]
    assert permission(errors)
    assert not permission(errors, codes=False)
    assert permission([{"message": "No permission"}], codes=False)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("User ada.lovelace+x@mail.example.co.uk, gone", "User (hidden), gone"),
        ("<mailto:ADA@EXAMPLE.COM>", "<mailto:(hidden)>"),
        (f"token {jwt(1)} expired", "token (hidden) expired"),
        ("pass-4711 is wrong", "(hidden) is wrong"),
        ("at 5 @ noon, @here", "at 5 @ noon, @here"),
        ("a is short", "a is short"),
        (None, ""),
    ],
)
def test_what_is_said_is_said_discreetly(text: object, kept: str) -> None:
    """Addresses, JWTs and known secrets are taken out; everything else stays."""
    assert discreet(text, ("pass-4711", "a", "")) == kept


@given(text=st.text(alphabet="a@.-+% ") | st.text())
def test_no_text_is_too_strange_to_be_discreet(text: str) -> None:
    """Nothing that looks like an address is left, and nothing fails."""
    assert re.search(r"\w@\w", discreet(text), re.ASCII) is None


def test_an_endless_text_is_no_trouble() -> None:
    """A megabyte without a space is read as quickly as any other."""
    assert len(discreet("a" * 10**6)) == 10**6


def test_secrets_are_hidden_before_a_message_is_cut() -> None:
    """No half of a secret is left at the end of what is kept."""
    errors = hidden([{"message": "x" * 490 + " ada@example.com", "path": ["chat"]}], ())
    assert messages(errors) == ("x" * 490 + " (hidden)",)
    assert errors[0]["path"] == ["chat"]
    assert messages([{"message": "x" * 490 + " ada@example.com"}]) == ("x" * 490 + " (hidden)",)


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


KINDS = {
    Outcome.RECONNECT: TenantUnreachable,
    Outcome.RENEW: KeyRefused,
    Outcome.FAILED: AnswerFailed,
    Outcome.MISBEHAVED: PeerMisbehaved,
}


@pytest.mark.parametrize(
    ("code", "outcome"), [(code, each.outcome) for each in CLOSES for code in each.codes]
)
def test_close_codes(code: int, outcome: Outcome) -> None:
    """Each close code of the table is the error that leads to its outcome, and the text names it."""
    error = from_close(code, "boom")
    assert type(error) is KINDS[outcome]
    assert str(error) == f"connection closed with {code} boom"


@pytest.mark.parametrize("code", [1000, 1008, 1011, 4500])
def test_a_reason_may_say_more_than_a_code(code: int) -> None:
    """Whatever the code, a reason that speaks of the token is about the token."""
    assert type(from_close(code, "jwt expired")) is KeyRefused


@pytest.mark.parametrize(
    ("words", "is_forgotten"),
    [
        ("Conversation not found: conv_1", True),
        ("No such conversation", True),
        ("The conversation conv_1 does not exist", True),
        ("Domain not found", False),
        ("This conversation is too long", False),
    ],
)
def test_a_conversation_that_is_not_known(words: str, is_forgotten: bool) -> None:  # noqa: FBT001 - an expectation
    """The tenant's words tell a conversation that is gone from other failures."""
    assert forgotten([words]) is is_forgotten
