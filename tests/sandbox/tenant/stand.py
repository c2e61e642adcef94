"""A tenant with a scripted analyst, a raw socket to it, and a plain reading of what it streams."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from bot.model import Domain
from bot.sandbox.tenant.answers import Analyst
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.reply import (
    Filter,
    GeneratingQuery,
    Intent,
    Progress,
    Reply,
    Step,
    Text,
    Thinking,
    Visual,
)
from bot.sandbox.tenant.server import TenantServer

DOMAIN = "ET_DOMAIN_sales"
QUESTION = "What is the expected revenue from each opportunity?"

#: The subscription of the vendor's API specification, to the letter.
VENDOR_CHAT = """
subscription Chat(
    $auth: SubscriptionAuthInput!,
    $conversationId: String,
    $domainId: String!,
    $query: StructuredQuery!,
    $idempotencyKey: String!,
    $toolSelection: ToolSelection
) {
    chat(
        auth: $auth,
        conversationId: $conversationId,
        domainId: $domainId,
        query: $query,
        idempotencyKey: $idempotencyKey,
        toolSelection: $toolSelection
    ) {
        messageId
        bodyDiff {
            ops {
                insert {
                    text
                    visualization {
                        id
                        title
                        type
                        dimensions
                        measures
                        measureGroups {
                            label
                            measures
                            format
                        }
                        data {
                            value
                            hyperlink
                        }
                        columns {
                            name
                            description
                            alias
                            uniqueRef
                            tableName
                        }
                        columnOrder
                        columnDisplayFormats
                        hasMore
                        pagination {
                            pageIndex
                            pageSize
                        }
                        code {
                            codeStr
                            dialect
                        }
                    }
                }
                retain
                delete
            }
        }
        inProgress
        conversationId
        diffIndex
        createdAt
        updatedAt
        dataRefreshedAt
    }
}
"""

BODY = """ops { insert { text
        visualization { id title data { value } columns { name } code { codeStr dialect } } }
    retain delete attributes { progress thinking generatingQuery sqlDialect endline error tool containerId
    streamId isInsight subtext } }"""

CHAT = f"""
subscription Chat($auth: SubscriptionAuthInput!, $domainId: String!, $query: StructuredQuery!,
    $key: String!, $conversationId: String) {{
  chat(auth: $auth, domainId: $domainId, query: $query, idempotencyKey: $key,
      conversationId: $conversationId) {{
    messageId conversationId bodyDiff {{ {BODY} }} inProgress diffIndex sender createdAt updatedAt
    dataRefreshedAt errorStrings cancelledAt domainId
  }}
}}
"""

MESSAGES = f"""query Messages($id: String!) {{ chatMessages(conversationId: $id) {{
    nodes {{ id messageId sender body {{ {BODY} }} errorStrings cancelledAt domainId }} }} }}"""

COLUMN_PROPERTIES = {
    "aggregationType": "NONE",
    "allowedValues": [],
    "dataType": "VARCHAR",
    "displayFormat": "DISPLAY_FORMAT_UNKNOWN",
    "isAggregated": False,
    "isDimensionGroupMember": False,
    "llmPrompt": "",
    "sqlFormula": "",
    "visibility": "ALWAYS_DISPLAY",
}

VISUALIZATION: Mapping[str, object] = {
    "id": "viz_1",
    "title": "Revenue by Opportunity",
    "type": "COLUMN_CHART",
    "originalType": "COLUMN_CHART",
    "dimensions": ["opportunity"],
    "measures": ["revenue"],
    "measureGroups": [{"label": "Revenue", "measures": ["revenue"], "format": "NUMBER_CURRENCY_USD"}],
    "data": [
        [{"value": '"Company A"', "hyperlink": None}, {"value": "20000", "hyperlink": None}],
        [{"value": '"Company B"', "hyperlink": None}, {"value": "1500.5", "hyperlink": None}],
    ],
    "columns": [
        {"name": "Opportunity", "uniqueRef": "opportunity", "properties": COLUMN_PROPERTIES},
        {"name": "Revenue", "uniqueRef": "revenue", "properties": COLUMN_PROPERTIES},
    ],
    "columnOrder": ["opportunity", "revenue"],
    "columnDisplayFormats": ["DISPLAY_FORMAT_UNKNOWN", "NUMBER_CURRENCY_USD"],
    "hasMore": False,
    "pagination": {"pageIndex": 0, "pageSize": 100},
    "code": {"codeStr": "SELECT opportunity, revenue FROM sales_data;", "dialect": "SQL"},
    "filters": [],
    "parsedFilters": [],
    "unparsedFilters": [],
    "uniqueDimensions": ["opportunity"],
    "mapTooltipColumns": [],
    "totalRows": 2,
}

STEPS: tuple[Step, ...] = (
    Progress("Reading the question"),
    Thinking("The 👩‍👩‍👧‍👦 family of accounts counts as one company, I think."),
    Text("Let me fetch a table 📊 for the expected revenue of each opportunity."),
    GeneratingQuery("SELECT opportunity, revenue FROM sales_data;", "SQL"),
    Visual(VISUALIZATION),
    Progress("Summing up"),
    Text("Company A 🏆 leads with **$20,000**.", {"isInsight": True}),
    Text("[Total across all?](#ask)"),
)


class ScriptedAnalyst:
    """Gives every question the same answer, and notes what it was asked."""

    domains = (Domain(DOMAIN, "Sales pipeline", "Deals & stages"), Domain("ET_DOMAIN_weather", "Weather"))

    def __init__(self, steps: Sequence[Step] = STEPS) -> None:
        self.steps = tuple(steps)
        self.asked: list[tuple[str, str, Intent | None]] = []
        self.rights: list[tuple[tuple[Filter, ...], bool]] = []

    def answer(
        self, domain_id: str, text: str, previous: Intent | None, *, scope: Sequence[Filter], sql: bool
    ) -> Reply:
        """Answer with the script; a question "fail" raises."""
        if text == "fail":
            raise ValueError("secret detail")
        self.asked.append((domain_id, text, previous))
        self.rights.append((tuple(scope), sql))
        return Reply(self.steps, Intent(domain=domain_id, limit=len(self.asked)))


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 30, tzinfo=UTC))

    def __call__(self) -> datetime:
        """The present."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@asynccontextmanager
async def running(
    options: TenantOptions | None = None, *, analyst: Analyst | None = None, **more: Any
) -> AsyncIterator[TenantServer]:
    """A tenant that listens for the length of the block."""
    server = TenantServer(options=options, analyst=analyst or ScriptedAnalyst(), **more)
    await server.start()
    try:
        yield server
    finally:
        await server.close()


async def post(
    server: TenantServer,
    query: str,
    variables: Mapping[str, object] | None = None,
    *,
    token: str | None = None,
) -> httpx.Response:
    """One operation over HTTP, with a fresh token unless one is given ("" for none)."""
    shown = fresh_token(server) if token is None else token
    headers = {"Authorization": f"Bearer {shown}"} if shown else {}
    async with httpx.AsyncClient() as client:
        return await client.post(
            f"{server.url}/graphql",
            json={"query": query, "variables": dict(variables or {})},
            headers=headers,
        )


def fresh_token(server: TenantServer) -> str:
    """A token that has its whole life before it."""
    return server.tokens.exchange(server.access_key)


def token_of(server: TenantServer, name: str, *attributes: tuple[str, str]) -> str:
    """A token of somebody in the sandbox, with attributes of its own where some are given."""
    return server.tokens.impersonate(server.access_key, f"{name}@example.com", attributes or None)


def chat_variables(
    token: str, text: str = QUESTION, *, key: str = "key-1", conversation: str | None = None
) -> dict[str, object]:
    """The variables of :data:`CHAT`."""
    return {
        "auth": {"token": token},
        "domainId": DOMAIN,
        "query": {"pieces": [{"text": text}]},
        "key": key,
        "conversationId": conversation,
    }


class Probe:
    """A raw socket that speaks frames."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **frame: object) -> None:
        """Send one frame."""
        await self.socket.send(json.dumps(frame))

    async def receive(self) -> dict[str, Any]:
        """The next frame."""
        frame = json.loads(await self.socket.recv())
        assert isinstance(frame, dict)
        return frame

    async def closed(self) -> tuple[int | None, str | None]:
        """The close code and reason, once the socket is closed; frames before that are passed over."""
        with suppress(ConnectionClosed):
            async for _ in self.socket:
                pass
        return self.socket.close_code, self.socket.close_reason

    async def init(self, **payload: object) -> None:
        """Introduce ourselves and wait for the acknowledgement."""
        await self.send(type="connection_init", payload=payload)
        assert (await self.receive())["type"] == "connection_ack"

    async def subscribe(self, variables: Mapping[str, object], *, id: str = "1", query: str = CHAT) -> None:  # noqa: A002
        """Start an operation in the words of the subprotocol."""
        modern = self.socket.subprotocol == "graphql-transport-ws"
        payload = {"query": query, "variables": variables}
        await self.send(id=id, type="subscribe" if modern else "start", payload=payload)

    async def results(self, *, id: str = "1") -> list[dict[str, Any]]:  # noqa: A002
        """The payloads of an operation until it is complete."""
        payloads: list[dict[str, Any]] = []
        while True:
            frame = await self.receive()
            if frame["type"] in {"ka", "ping"}:
                continue
            assert frame["id"] == id
            if frame["type"] == "complete":
                return payloads
            assert frame["type"] in {"next", "data"}, frame
            payloads.append(frame["payload"])


@asynccontextmanager
async def probing(
    server: TenantServer, *offered: str, token: str = "", max_size: int | None = 2**20
) -> AsyncIterator[Probe]:
    """A raw socket to the tenant that offers ``offered``; frames are limited as ``websockets`` does it."""
    async with connect(
        server.ws_url,
        subprotocols=[Subprotocol(name) for name in offered] or None,
        additional_headers={"Authorization": f"Bearer {token}"} if token else None,
        max_size=max_size,
        max_queue=None,  # a test may leave frames unread
    ) as socket:
        yield Probe(socket)


async def asked(
    server: TenantServer,
    text: str = QUESTION,
    *,
    key: str = "key-1",
    conversation: str | None = None,
    token: str = "",
) -> list[dict[str, Any]]:
    """The diffs of one question over ``graphql-transport-ws``, with a fresh token unless one is given."""
    shown = token or fresh_token(server)
    async with probing(server, "graphql-transport-ws") as probe:
        await probe.init()
        await probe.subscribe(chat_variables(shown, text, key=key, conversation=conversation))
        return [payload["data"]["chat"] for payload in await probe.results()]


async def refused(server: TenantServer, variables: Mapping[str, object]) -> dict[str, Any]:
    """The one error of a question that is not taken."""
    async with probing(server, "graphql-ws") as probe:
        await probe.subscribe(variables)
        (payload,) = await probe.results()
    assert payload["data"] is None
    (error,) = payload["errors"]
    assert isinstance(error, dict)
    return error


async def stored(server: TenantServer, conversation: str) -> list[dict[str, Any]]:
    """The messages of a conversation."""
    response = await post(server, MESSAGES, {"id": conversation})
    nodes = response.json()["data"]["chatMessages"]["nodes"]
    assert isinstance(nodes, list)
    return nodes


# -- a plain reading of Quill operations -----------------------------------------------------------------


def units(ops: Sequence[Mapping[str, Any]], unit: str = "utf16") -> list[tuple[object, object]]:
    """Every unit of length of a document's operations: (character or embed, attributes)."""
    spread: list[tuple[object, object]] = []
    for op in ops:
        insert, attributes = op["insert"], op.get("attributes")
        text = insert.get("text")
        if text is None:
            spread.append((insert["visualization"], attributes))
        elif unit == "utf16":
            raw = text.encode("utf-16-le")
            spread += [(raw[at : at + 2], attributes) for at in range(0, len(raw), 2)]
        else:
            spread += [(character, attributes) for character in text]
    return spread


def folded(diffs: Sequence[Mapping[str, Any]], unit: str = "utf16") -> list[tuple[object, object]]:
    """The document that increments make, unit by unit; every retain and delete must lie inside it."""
    document: list[tuple[object, object]] = []
    for diff in diffs:
        position = 0
        for op in diff["bodyDiff"]["ops"]:
            if op.get("retain") is not None:
                position += op["retain"]
                assert position <= len(document)
            elif op.get("delete") is not None:
                assert position + op["delete"] <= len(document)
                del document[position : position + op["delete"]]
            else:
                inserted = units([op], unit)
                document[position:position] = inserted
                position += len(inserted)
    return document
