from __future__ import annotations

import json

import pytest

from bot.core.graphql_ws import Next
from bot.errors import AnswerFailed, AskingRefused, DomainUnknown, KeyRefused, TenantError
from bot.wisdom.chat import ChatRequest, payload, read
from tests.wisdom.scripted import diff, jwt


def test_a_new_conversation_sends_no_empty_arguments() -> None:
    """Without a conversation and tools their variables are left out."""
    sent = payload(ChatRequest("How much?", "d", None, "k"), document="doc", token="t")
    assert sent == {
        "query": "doc",
        "operationName": "Chat",
        "variables": {
            "auth": {"token": "t"},
            "domainId": "d",
            "query": {"pieces": [{"text": "How much?"}]},
            "idempotencyKey": "k",
        },
    }


def test_a_follow_up_names_its_conversation() -> None:
    """Conversation and tools go out where there are any."""
    sent = payload(ChatRequest("?", "d", "c", "k", ("TABULAR_DATA",)), document="doc", token="t")
    assert sent["variables"] == {
        "auth": {"token": "t"},
        "conversationId": "c",
        "domainId": "d",
        "query": {"pieces": [{"text": "?"}]},
        "idempotencyKey": "k",
        "toolSelection": {"optInToolNames": ["TABULAR_DATA"]},
    }


def test_a_question_with_half_a_character_can_be_sent() -> None:
    """A lone surrogate in the question is repaired before it goes out."""
    sent = payload(ChatRequest("a\ud83d", "d", None, "k"), document="doc", token="t")
    assert json.dumps(sent, ensure_ascii=False).encode()


def test_an_empty_event_is_no_diff() -> None:
    """The subscription's type is nullable: null without errors says nothing."""
    assert read(Next("1", {"chat": None}, ()), domain="d") is None
    assert read(Next("1", None, ()), domain="d") is None


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Unauthorized", KeyRefused),
        ("You do not have permission to ask questions", AskingRefused),
        ("Domain d was not found", DomainUnknown),
        ("out of memory", AnswerFailed),
        ('Cannot query field "access" on type "Domain"', AnswerFailed),
    ],
)
def test_errors_alone_are_raised(message: str, kind: type[TenantError]) -> None:
    """Errors without a diff are an error of the kind that their words mean."""
    with pytest.raises(kind):
        read(Next("1", {"chat": None}, ({"message": message},)), domain="d")


def test_errors_beside_a_diff_belong_to_it() -> None:
    """A partial result keeps its diff."""
    found = read(Next("1", {"chat": diff("x", errorStrings=["a"])}, ({"message": "b"},)), domain="d")
    assert found is not None
    assert found.errors == ("a", "b")


def test_what_went_wrong_names_no_address_and_no_token() -> None:
    """Errors are logged, so addresses and tokens are taken out of them, beside a diff and alone."""
    words = f"ada@example.com, {jwt(1)} and key-4711"
    event = Next("1", {"chat": diff("x", errorStrings=[words])}, ({"message": words},))
    found = read(event, domain="d", token="key-4711")
    assert found is not None
    assert found.errors == ("(hidden), (hidden) and (hidden)",) * 2
    with pytest.raises(AnswerFailed) as caught:
        read(Next("1", None, ({"message": words},)), domain="d", token="key-4711")
    assert str(caught.value) == "(hidden), (hidden) and (hidden)"


def test_an_event_nested_without_end_is_no_diff() -> None:
    """Nesting that exhausts the stack is passed over like any other nonsense."""
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    body = {"ops": [{"insert": {"visualization": {"data": deep}}}]}
    assert read(Next("1", {"chat": {"bodyDiff": body}}, ()), domain="d") is None
