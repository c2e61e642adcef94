from __future__ import annotations

import json

import pytest
from graphql import parse, validate

from bot.core.graphql_ws import Next
from bot.errors import AnswerFailed, AskingRefused, DomainUnknown, KeyRefused, TenantError
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.schema import build
from bot.wisdom import conversation, documents
from bot.wisdom.chat import ChatRequest
from tests.wisdom.flows.talking import CANCELLED, grown, sent
from tests.wisdom.scripted import jwt


def event(*updates: object, errors: tuple[dict[str, object], ...] = ()) -> Next:
    """One event of the subscription."""
    return Next("1", {"subscribeConversation": list(updates)}, errors)


@pytest.mark.parametrize("name", ["chat", "chat_seed"])
def test_the_subscription_selects_what_chat_selects(name: str) -> None:
    """Both documents of ``chat`` give a subscription that the schema takes."""
    chat = documents.load(name)
    document = conversation.document(chat)
    assert validate(build(TenantOptions()), parse(document)) == []
    assert document.count("codeStr") == 2 * chat.count("codeStr")
    assert ("attributes" in document) is ("attributes" in chat)


def test_a_message_is_sent_with_its_tools() -> None:
    """Without tools their variable is left out; half a character in the question is repaired."""
    assert conversation.message(ChatRequest("a\ud83d", "d", None, "k"), "c") == {
        "conversationId": "c",
        "domainId": "d",
        "query": {"ops": [{"insert": {"text": "a\ufffd"}}]},
    }
    variables = conversation.message(ChatRequest("?", "d", None, "k", ("TABULAR_DATA",)), "c")
    assert variables["toolSelection"] == {"optInToolNames": ["TABULAR_DATA"]}
    assert json.dumps(variables)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ({"code": "OK", "message": "sent"}, None),
        ({"code": "NONE", "message": ""}, None),
        (None, None),
        ("sent", None),
        ({"code": "ERROR", "message": "warehouse asleep"}, AnswerFailed),
        ({"code": "ERROR", "message": None}, AnswerFailed),
        ({"code": "ERROR", "message": "You do not have permission to ask questions"}, AskingRefused),
        ({"code": "ERROR", "message": "Unauthorized"}, KeyRefused),
        ({"code": "NOT_FOUND", "message": "Domain not found: d"}, DomainUnknown),
        ({"code": "NOT_FOUND", "message": "gone"}, conversation.Forgotten),
    ],
)
def test_what_a_status_means(status: object, kind: type[TenantError] | None) -> None:
    """OK is a yes; everything else is a no of the kind that its words mean."""
    error = conversation.refusal({"sendUserMessage": status}, domain="d")
    assert (None if error is None else type(error)) is kind


def test_a_refusal_names_no_address_and_no_token() -> None:
    """The tenant may repeat what it was sent, and what it says is logged."""
    said = {"code": "ERROR", "message": f"ada@example.com, {jwt(1)} and key-4711"}
    error = conversation.refusal({"sendUserMessage": said}, domain="d", token="key-4711")
    assert str(error) == "(hidden), (hidden) and (hidden)"


def test_each_update_of_an_event_is_read() -> None:
    """An event holds several, of three kinds."""
    updates = conversation.read(event(grown("a", 3), sent("b", "m2"), CANCELLED), domain="d")
    assert [update.kind for update in updates] == ["grown", "whole", "cancelled"]
    assert [update.last for update in updates] == [False, True, True]
    assert [sorted(update.ids) for update in updates] == [["m1"], ["m2"], []]
    assert [update.sender for update in updates] == ["ASSISTANT", "ASSISTANT", ""]
    assert [update.diff.whole for update in updates] == [False, True, False]
    assert updates[2].diff.cancelled


def test_a_message_has_two_ids() -> None:
    """Its ``id`` and its ``messageId`` both name it."""
    (update,) = conversation.read(event(sent("b", "m2", id="n2")), domain="d")
    assert update.ids == {"m2", "n2"}
    assert update.diff.message_id == "m2"


@pytest.mark.parametrize(
    "junk",
    [
        None,
        7,
        {},
        [],
        {"assistantResponseDiff": None},
        {"assistantMessageSent": "x"},
        {"assistantResponseCancelled": None},
    ],
)
def test_junk_tells_nothing(junk: object) -> None:
    """What is no update is passed over, and takes none beside it along."""
    assert conversation.read(event(junk), domain="d") == ()
    assert len(conversation.read(event(junk, grown("a", 0)), domain="d")) == 1
    assert conversation.read(Next("1", None, ()), domain="d") == ()


def test_an_update_nested_without_end_is_junk() -> None:
    """Nesting that exhausts the stack is passed over."""
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    nested = grown("a", 0, bodyDiff={"ops": [{"insert": {"visualization": {"data": deep}}}]})
    assert conversation.read(event(nested), domain="d") == ()


def test_a_tenant_that_sends_no_list_is_understood() -> None:
    """A single update is as good as a list of one."""
    assert len(conversation.read(Next("1", {"subscribeConversation": grown("a", 0)}, ()), domain="d")) == 1


@pytest.mark.parametrize(
    ("words", "kind"),
    [("Unauthorized", KeyRefused), ("Domain d was not found", DomainUnknown), ("boom", AnswerFailed)],
)
def test_errors_alone_are_raised(words: str, kind: type[TenantError]) -> None:
    """Errors without an update are an error of the kind that their words mean."""
    with pytest.raises(kind):
        conversation.read(Next("1", None, ({"message": words},)), domain="d")


def test_what_went_wrong_names_no_address_and_no_token() -> None:
    """Errors beside an update are added to its own, without addresses and tokens."""
    words = f"ada@example.com, {jwt(1)} and key-4711"
    told = event(grown("a", 0, errorStrings=[words]), grown("b", 1), errors=({"message": words},))
    first, second = conversation.read(told, domain="d", token="key-4711")
    assert first.diff.errors == ("(hidden), (hidden) and (hidden)",) * 2
    assert second.diff.errors == ()
