"""Asking in a conversation, as WisdomAI documents it: what is sent, and what its events mean.

``createConversation``, ``subscribeConversation`` and ``sendUserMessage``. The subscription belongs to the
conversation and not to a question: it has no end, and tells of whatever happens there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.core.graphql_ws import Next
from bot.core.values import clean
from bot.errors import AnswerFailed, TenantError
from bot.model import AnswerDiff
from bot.wisdom import faults, settled
from bot.wisdom.chat import ChatRequest
from bot.wisdom.wire import read_diff

_DOCUMENT = """subscription Conversation($auth: SubscriptionAuthInput!, $conversationId: String!) {{
  subscribeConversation(auth: $auth, conversationId: $conversationId) {{
    assistantMessageSent {{
      id messageId conversationId sender errorStrings dataRefreshedAt domainId body {body}
    }}
    assistantResponseDiff {{ sender {diff}
    assistantResponseCancelled
  }}
}}
"""

_OK = frozenset({"OK", "NONE"})
_NOTHING = AnswerDiff(conversation_id="", message_id=None, ops=(), index=None, in_progress=False)


class Forgotten(AnswerFailed):
    """The tenant does not know the conversation that was to go on."""


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that happened in the conversation.

    Attributes:
        kind: an answer has grown, is whole, or was cancelled.
        ids: of the message; empty where the tenant names none.
        sender: as sent.
    """

    kind: Literal["grown", "whole", "cancelled"]
    diff: AnswerDiff
    ids: frozenset[str] = frozenset()
    sender: str = ""

    @property
    def last(self) -> bool:
        """The answer is over."""
        return not self.diff.in_progress or self.diff.cancelled


def document(chat: str) -> str:
    """The subscription that selects of an answer what the ``chat`` document ``chat`` selects."""
    diff = settled.braces(chat, chat.rindex(")"))
    return _DOCUMENT.format(body=settled.body_of(chat), diff=diff[1:])


def payload(conversation: str, *, document: str, token: str) -> Mapping[str, object]:
    """What starts the subscription; ``token`` is checked by the tenant at each start, so it must be fresh."""
    variables = {"auth": {"token": token}, "conversationId": conversation}
    return {"query": document, "variables": variables, "operationName": "Conversation"}


def message(request: ChatRequest, conversation: str) -> Mapping[str, object]:
    """The variables of ``sendUserMessage``."""
    variables: dict[str, object] = {
        "conversationId": conversation,
        "domainId": request.domain,
        "query": {"ops": [{"insert": {"text": clean(request.text)}}]},
    }
    if request.tools:
        variables["toolSelection"] = {"optInToolNames": list(request.tools)}
    return variables


def refusal(data: Mapping[str, object], *, domain: str, token: str = "") -> TenantError | None:
    """What the answer to ``sendUserMessage`` says no with; None where the message was taken.

    Addresses and tokens (``token`` among them) are taken out of it: it is logged.
    """
    status = data.get("sendUserMessage")
    code = status.get("code") if isinstance(status, dict) else None
    if not isinstance(status, dict) or code in _OK:
        return None
    said = faults.hidden([{"message": status.get("message")}], (token,))
    error = faults.from_asking(said, domain=domain)
    if code == "NOT_FOUND" and type(error) is AnswerFailed:
        return Forgotten(*error.reasons)
    return error


def read(event: Next, *, domain: str, token: str = "") -> tuple[Update, ...]:
    """What one event tells; errors beside that are added to the first of it. Junk tells nothing.

    Addresses and tokens (``token`` among them) are taken out of what went wrong: it is logged.
    Raises KeyRefused, AskingRefused, DomainUnknown or AnswerFailed where the tenant sends errors only.
    """
    errors = faults.hidden(event.errors, (token,))
    raw = event.data.get("subscribeConversation") if event.data is not None else None
    updates = [_discreet(each, token) for each in _updates(raw)]
    if not errors:
        return tuple(updates)
    if not updates:
        raise faults.from_asking(errors, domain=domain)
    first = updates[0].diff
    told = replace(first, errors=(*first.errors, *faults.messages(errors)))
    return (replace(updates[0], diff=told), *updates[1:])


def _updates(raw: object) -> Iterator[Update]:
    for item in raw if isinstance(raw, list) else (raw,):
        if isinstance(item, dict):
            try:
                update = _update(item)
            except RecursionError:  # nested without end
                continue
            if update is not None:
                yield update


def _update(item: Mapping[str, object]) -> Update | None:
    whole, grown = item.get("assistantMessageSent"), item.get("assistantResponseDiff")
    if isinstance(whole, dict):
        kept = settled.message_of(whole)
        return Update("whole", kept.diff, kept.ids, kept.sender)
    if isinstance(grown, dict):
        diff = read_diff(grown)
        ids = frozenset({diff.message_id} if diff.message_id else ())
        return Update("grown", diff, ids, str(grown.get("sender") or ""))
    if item.get("assistantResponseCancelled") is True:
        return Update("cancelled", replace(_NOTHING, cancelled=True))
    return None


def _discreet(update: Update, token: str) -> Update:
    errors = tuple(faults.discreet(text, (token,)) for text in update.diff.errors)
    return replace(update, diff=replace(update.diff, errors=errors))
