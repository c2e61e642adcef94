"""A platform with a client that is not this project's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.server import IndigoServer

#: A Tuesday.
NOW = datetime(2026, 3, 31, 15, 30, tzinfo=UTC)
NAIVE = NOW.replace(tzinfo=None)

CHATS = """query Chats($projectId: Int_ID!, $env: Env, $order: SortType, $first: Int, $cursor: String) {
  conversations(projectId: $projectId, env: $env, order: $order, first: $first, after: $cursor) {
    edges { node { conversationId } }
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    totalCount
  }
}"""
MESSAGES = """query Messages($conversationId: Int_ID!, $env: Env, $before: String, $last: Int) {
  messages(conversationId: $conversationId, env: $env, showFeedback: true, last: $last, before: $before) {
    edges { node { id content sender { id } insertedAt conversationId feedback read } }
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    totalCount
  }
}"""
MEMBERS = """query Members($projectId: Int_ID!, $cursor: String) {
  rows: userRoles(projectId: $projectId, first: 10, after: $cursor) {
    edges { node { role { label } user { id email } } }
    pageInfo { endCursor hasNextPage }
    totalCount
  }
}"""
ARTICLE = """mutation Change($projectId: Int_ID!, $articleId: Int_ID!, $title: String) {
  sandboxUpdateArticle(projectId: $projectId, articleId: $articleId, title: $title) { id title published }
}"""
PROFILE = """mutation Set($projectId: Int_ID!, $userRef: String!, $attributes: Json!) {
  sandboxUpdateProfile(projectId: $projectId, userRef: $userRef, attributes: $attributes) { attributes }
}"""


@dataclass(frozen=True, slots=True)
class Stand:
    """The platform and the client."""

    server: IndigoServer
    http: httpx.AsyncClient

    async def post(self, query: str, **variables: object) -> httpx.Response:
        return await self.http.post(self.server.url, json={"query": query, "variables": variables})

    async def ask(self, query: str, **variables: object) -> Any:
        """The whole answer at HTTP 200."""
        response = await self.post(query, **variables)
        assert response.status_code == 200, response.text
        return response.json()

    async def chats(self, **variables: object) -> Any:
        """A page of chats."""
        return (await self.ask(CHATS, projectId=self.server.project, **variables))["data"]["conversations"]

    async def messages(self, chat: str, **variables: object) -> Any:
        """A page of messages."""
        return (await self.ask(MESSAGES, conversationId=chat, **variables))["data"]["messages"]

    async def longest(self) -> str:
        """The id of the chat with the most messages."""
        chats = self.server.chats()
        counts = {
            number: len(chats.messages(chats.id(number), NAIVE) or ()) for number in chats.numbers(NAIVE)
        }
        return str(chats.id(max(counts, key=counts.__getitem__)))

    async def every_message(self, chat: str, *, relay: bool = False, last: int = 7) -> list[str]:
        """The ids of all messages, paged as documented or as Relay has it."""
        cursor, more = ("startCursor", "hasPreviousPage") if relay else ("endCursor", "hasNextPage")
        ids: list[str] = []
        before = None
        while True:
            page = await self.messages(chat, last=last, before=before)
            ids += nodes(page, "id")
            if not page["pageInfo"][more]:
                return ids
            before = page["pageInfo"][cursor]


def nodes(page: Any, key: str) -> list[Any]:
    """What the nodes of a page have under a key."""
    return [edge["node"][key] for edge in page["edges"]]


@asynccontextmanager
async def stand(
    options: IndigoOptions | None = None, *, clock: Callable[[], datetime] = lambda: NOW
) -> AsyncIterator[Stand]:
    """Runs a platform at a fixed time."""
    server = IndigoServer(options=options, clock=clock)
    await server.start()
    try:
        headers = {"Authorization": f"Bearer {server.token}"}
        async with httpx.AsyncClient(headers=headers, timeout=20.0, trust_env=False) as http:
            yield Stand(server, http)
    finally:
        await server.close()
