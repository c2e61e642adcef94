"""Indigo's client over real sockets: against the sandbox's platform, or a server that a test scripts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from bot.indigo.client import Indigo, IndigoOptions, Means
from bot.sandbox.indigo.options import IndigoOptions as PlatformOptions
from bot.sandbox.indigo.server import IndigoServer

TOKEN = "pat-of-a-test"
NOW = datetime(2026, 3, 31, 15, 30, tzinfo=UTC)
Json = Mapping[str, Any]
Answer = Json | web.StreamResponse


@dataclass
class Time:
    """A clock that goes on by what is slept.

    Attributes:
        slept: every pause, in order.
    """

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Lets others go on, and is over at once."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def means(self) -> Means:
        return Means(clock=self.clock, now=lambda: NOW, sleep=self.sleep, chance=lambda: 0.5)


@dataclass
class Scripted:
    """A server that gives what ``answer`` makes of a request's JSON."""

    answer: Callable[[Json], Answer]
    seen: list[Json] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    url: str = ""

    async def post(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(json.loads(await request.read()))
        self.headers.append(dict(request.headers))
        answer = self.answer(self.seen[-1])
        return answer if isinstance(answer, web.StreamResponse) else web.json_response(answer)


@asynccontextmanager
async def scripted(answer: Callable[[Json], Answer]) -> AsyncIterator[Scripted]:
    """Serves it."""
    server = Scripted(answer)
    application = web.Application()
    application.router.add_post("/graphql", server.post)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/graphql"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def client(url: str, *, time: Time | None = None, **options: Any) -> AsyncIterator[Indigo]:
    """A client, with a token of its own unless one is given."""
    options.setdefault("token", SecretStr(TOKEN))
    options.setdefault("project", "39")
    indigo = Indigo(IndigoOptions(url, **options), (time or Time()).means())
    try:
        yield indigo
    finally:
        await indigo.close()


@asynccontextmanager
async def platform(
    options: PlatformOptions | None = None, *, time: Time | None = None, **mine: Any
) -> AsyncIterator[tuple[IndigoServer, Indigo]]:
    """The sandbox's platform at a fixed time, and a client of it."""
    small = options or PlatformOptions(chats=24, messages=6)
    server = IndigoServer(options=replace(small, token=TOKEN), clock=lambda: NOW)
    await server.start()
    try:
        async with client(server.url, time=time, project=server.project, **mine) as indigo:
            yield server, indigo
    finally:
        await server.close()


def chat_ids(server: IndigoServer) -> list[str]:
    """What there is, in order of its beginning."""
    chats = server.chats()
    return [str(chats.id(number)) for number in chats.numbers(NOW.replace(tzinfo=None))]


def message_ids(server: IndigoServer, chat: str) -> list[str]:
    """A chat's messages, the newest first."""
    found = server.chats().messages(int(chat), NOW.replace(tzinfo=None)) or ()
    return [str(message.id) for message in reversed(found)]


def longest(server: IndigoServer) -> str:
    """The chat with the most messages."""
    return max(chat_ids(server), key=lambda chat: len(message_ids(server, chat)))


def connection(*nodes: Json | None, **info: Any) -> Json:
    """An answer with one list."""
    page = {"endCursor": None, "hasNextPage": False, "startCursor": None, "hasPreviousPage": False, **info}
    return {"data": {"rows": {"edges": [{"node": node} for node in nodes], "pageInfo": page}}}
