"""The ``chat`` subscription of the Wisdom API specification: what is sent, and what its events mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.graphql_ws import Next
from bot.core.values import clean
from bot.model import AnswerDiff
from bot.wisdom import faults
from bot.wisdom.wire import read_diff


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question, as often as it has to be sent.

    Attributes:
        conversation: id of the conversation it continues; None starts a new one.
        key: the idempotency key of the turn, the same for every retry.
        tools: names for ``toolSelection``; empty leaves the choice to the tenant.
    """

    text: str
    domain: str
    conversation: str | None
    key: str
    tools: tuple[str, ...] = ()


def payload(request: ChatRequest, *, document: str, token: str) -> Mapping[str, object]:
    """What starts the subscription; ``token`` is checked by the tenant at each start, so it must be fresh."""
    variables: dict[str, object] = {
        "auth": {"token": token},
        "domainId": request.domain,
        "query": {"pieces": [{"text": clean(request.text)}]},
        "idempotencyKey": request.key,
    }
    if request.conversation:
        variables["conversationId"] = request.conversation
    if request.tools:
        variables["toolSelection"] = {"optInToolNames": list(request.tools)}
    return {"query": document, "variables": variables, "operationName": "Chat"}


def read(event: Next, *, domain: str, token: str = "") -> AnswerDiff | None:
    """The diff of one event, None where it holds none; errors beside a diff are added to its own.

    Addresses and tokens (``token`` among them) are taken out of what went wrong: it is logged.
    Raises KeyRefused, AskingRefused, DomainUnknown or AnswerFailed where the tenant sends errors only.
    """
    errors = faults.hidden(event.errors, (token,))
    raw = event.data.get("chat") if event.data is not None else None
    if not isinstance(raw, dict):
        if errors:
            raise faults.from_asking(errors, domain=domain)
        return None
    try:
        diff = read_diff(raw)
    except RecursionError:  # nested without end
        return None
    if not errors and not diff.errors:
        return diff
    told = (faults.discreet(text, (token,)) for text in diff.errors)
    return replace(diff, errors=(*told, *faults.messages(errors)))
