"""Asking in a conversation, and following it over a raw socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bot.sandbox.tenant.server import TenantServer
from tests.sandbox.tenant.stand import BODY, DOMAIN, QUESTION, Probe, fresh_token, post, probing

CREATE = """mutation ($domain: String!, $hidden: Boolean!) {
    createConversation(domainId: $domain, hidden: $hidden) }"""
SEND = """mutation ($conversation: String!, $domain: String!, $query: DeltaInput!) {
    sendUserMessage(conversationId: $conversation, domainId: $domain, query: $query,
        disableClarifications: true, chatThinkingEffort: LOW) { code message } }"""
FOLLOW = f"""subscription ($auth: SubscriptionAuthInput!, $conversation: String!) {{
    subscribeConversation(auth: $auth, conversationId: $conversation) {{
        assistantMessageSent {{ id messageId sender body {{ {BODY} }} errorStrings cancelledAt edited }}
        assistantResponseDiff {{ messageId conversationId bodyDiff {{ {BODY} }} inProgress diffIndex sender
            createdAt updatedAt errorStrings cancelledAt }}
        assistantResponseCancelled }} }}"""

DIFF, SENT, CANCELLED = "assistantResponseDiff", "assistantMessageSent", "assistantResponseCancelled"
#: One item of an event.
Item = dict[str, Any]


def variables_of(conversation: str, text: str = QUESTION, domain: str = DOMAIN) -> dict[str, object]:
    """The variables of :data:`SEND`; the question comes in two operations."""
    ops = [{"insert": {"text": text[:3]}}, {"insert": {"text": text[3:]}}]
    return {"conversation": conversation, "domain": domain, "query": {"ops": ops}}


async def opened(server: TenantServer, *, token: str | None = None, hidden: bool = False) -> str:
    """The id of a new conversation about sales."""
    made = (await post(server, CREATE, {"domain": DOMAIN, "hidden": hidden}, token=token)).json()
    return str(made["data"]["createConversation"])


async def sent(
    server: TenantServer, conversation: str, text: str = QUESTION, *, token: str | None = None
) -> Any:
    """What the tenant says to a question."""
    said = (await post(server, SEND, variables_of(conversation, text), token=token)).json()
    return said["data"]["sendUserMessage"]


def kind(item: Item) -> str:
    """Which of the three an item is; it is one of them alone."""
    (found,) = [name for name, value in item.items() if value is not None]
    return found


def diffs_of(items: Sequence[Item]) -> list[dict[str, Any]]:
    """The diffs among the items."""
    return [item[DIFF] for item in items if kind(item) == DIFF]


def is_sent(item: Item) -> bool:
    """Whether an item is the whole answer."""
    return kind(item) == SENT


class Follower:
    """A subscription of a conversation that is in force."""

    def __init__(self, probe: Probe) -> None:
        self.probe = probe

    async def event(self) -> list[Item]:
        """The items of the next event; signs of life are passed over."""
        while (frame := await self.probe.receive())["type"] in {"ka", "ping"}:
            pass
        assert frame["type"] in {"next", "data"}, frame
        assert frame["id"] == "1"
        items = frame["payload"]["data"]["subscribeConversation"]
        assert isinstance(items, list)
        return items

    async def events(self, until: Callable[[Item], bool] = is_sent) -> list[list[Item]]:
        """The events up to the one with an item that the test waits for."""
        events: list[list[Item]] = []
        while not events or not any(map(until, events[-1])):
            events.append(await self.event())
        return events

    async def items(self, until: Callable[[Item], bool] = is_sent) -> list[Item]:
        """Their items."""
        return [item for event in await self.events(until) for item in event]


@asynccontextmanager
async def following(
    server: TenantServer, conversation: str, subprotocol: str = "graphql-transport-ws", *, token: str = ""
) -> AsyncIterator[Follower]:
    """Follow a conversation; the subscription is in force when the block begins."""
    async with probing(server, subprotocol) as probe:
        await probe.init()
        auth = {"token": token or fresh_token(server)}
        await probe.subscribe({"auth": auth, "conversation": conversation}, query=FOLLOW)
        # Operations of one socket begin in order: when this one is over, the one before it runs.
        await probe.subscribe({}, id="settled", query="{ __typename }")
        while (await probe.receive())["type"] != "complete":
            pass
        yield Follower(probe)
