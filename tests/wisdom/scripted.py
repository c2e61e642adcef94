"""A tenant over real sockets that does what a test tells it to, however wrong that is."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from pydantic import SecretStr

from bot.wisdom.tenant import Tenant, TenantOptions
from tests.wisdom.clock import Clock

KEY = "the-access-key"
BOTH = ("graphql-transport-ws", "graphql-ws")
Json = Mapping[str, Any]


def jwt(serial: int, **claims: float) -> str:
    """A token in the shape of a JWT; nobody checks its signature."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return ".".join((part({"alg": "none"}), part({"serial": serial, **claims}), "signature"))


def diff(text: str = "", *, index: int = 0, last: bool = False, **fields: object) -> Json:
    """A ChatMessageDiff that inserts a text."""
    return {
        "conversationId": "c1",
        "messageId": "m1",
        "diffIndex": index,
        "inProgress": not last,
        "bodyDiff": {"ops": [{"insert": {"text": text}, "retain": None, "delete": None}]},
        **fields,
    }


@dataclass
class Post:
    """One HTTP request as it came."""

    operation: str
    variables: Json
    query: str
    authorization: str | None


@dataclass
class Session:
    """The server's side of one WebSocket."""

    socket: web.WebSocketResponse
    request: web.Request
    received: list[Json] = field(default_factory=list)
    farewell: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def legacy(self) -> bool:
        """Whether the older protocol is spoken."""
        return self.socket.ws_protocol != BOTH[0]

    async def receive(self) -> Json:
        """The client's next message; fails when there is none any more."""
        message = await self.socket.receive()
        if message.type is not WSMsgType.TEXT:
            raise ConnectionError(message.type.name)
        self.received.append(json.loads(message.data))
        return self.received[-1]

    async def until(self, kind: str) -> Json:
        """The client's next message of this type."""
        while (message := await self.receive())["type"] != kind:
            pass
        return message

    async def send(self, kind: str, ident: str | None = None, **fields: object) -> None:
        """One message."""
        named = {} if ident is None else {"id": ident}
        await self.socket.send_str(json.dumps({"type": kind, **named, **fields}))

    async def acknowledge(self) -> None:
        """The greeting."""
        await self.until("connection_init")
        await self.send("connection_ack")

    async def subscription(self) -> Json:
        """The next subscription that the client starts."""
        return await self.until("start" if self.legacy else "subscribe")

    async def result(self, ident: str, *diffs: Json | None, errors: Iterable[Json] = ()) -> None:
        """Results of a subscription, one for each diff."""
        for one in diffs:
            payload: dict[str, object] = {"data": None if one is None else {"chat": one}}
            if errors:
                payload["errors"] = list(errors)
            await self.send("data" if self.legacy else "next", ident, payload=payload)

    async def answer(self, *diffs: Json) -> Json:
        """Takes one subscription and answers it whole; returns what was asked."""
        asked = await self.subscription()
        await self.result(asked["id"], *diffs)
        await self.send("complete", asked["id"])
        return asked

    def drop(self) -> None:
        """Breaks the connection without a word."""
        assert self.request.transport is not None
        self.request.transport.abort()

    async def wait_for_end(self) -> None:
        """Reads until the client is gone."""
        try:
            while True:
                await self.receive()
        except ConnectionError:
            self.farewell.set()


Script = Callable[[Session], Awaitable[None]]
Answer = Callable[[Post], web.Response | Json]


async def _hello(session: Session) -> None:
    await session.acknowledge()
    while True:
        await session.answer(diff("Hello", index=1), diff(" there", index=2, last=True))


@dataclass
class Scripted:
    """What the server does, and what it saw.

    Attributes:
        scripts: one for each connection in turn; the last one serves all further ones.
        posts: answers by operation name; a mapping is the whole body of a 200.
        held: operations that are carried out only when this is set.
        late: operations whose answer goes out only when this is set.
        subprotocols: those that are confirmed in the handshake.
        handshake: status of the handshake, if it is not to succeed.
        refusals: likewise, of the next ones only.
    """

    scripts: list[Script] = field(default_factory=lambda: [_hello])
    posts: dict[str, Answer] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    late: dict[str, asyncio.Event] = field(default_factory=dict)
    subprotocols: tuple[str, ...] = BOTH
    handshake: int = 101
    refusals: list[int] = field(default_factory=list)
    seen: list[Post] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    handshakes: int = 0
    tokens: int = 0
    url: str = ""

    def said(self, operation: str) -> list[Post]:
        """The requests of this operation."""
        return [post for post in self.seen if post.operation == operation]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request of either kind."""
        if request.method == "POST":
            return await self._post(request)
        self.handshakes += 1
        status = self.refusals.pop() if self.refusals else self.handshake
        if status != 101:
            return web.Response(status=status)
        socket = web.WebSocketResponse(protocols=self.subprotocols, max_msg_size=0)
        await socket.prepare(request)
        session = Session(socket, request)
        script = self.scripts[min(len(self.sessions), len(self.scripts) - 1)]
        self.sessions.append(session)
        try:
            await script(session)
            await session.wait_for_end()
        except ConnectionError:
            session.farewell.set()
        except Exception as error:  # noqa: BLE001 - told when the test ends; aiohttp would only log it
            self.failures.append(error)
        return socket

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.json()
        post = Post(
            body["operationName"], body["variables"], body["query"], request.headers.get("Authorization")
        )
        self.seen.append(post)
        if (held := self.held.get(post.operation)) is not None:
            await held.wait()
        answer = self.posts.get(post.operation, self._usual)(post)
        if (late := self.late.get(post.operation)) is not None:
            await late.wait()
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    def _usual(self, post: Post) -> Json:
        if post.operation == "Exchange":
            self.tokens += 1
            return {"data": {"exchangeAccessToken": jwt(self.tokens)}}
        if post.operation == "Impersonate":
            self.tokens += 1
            return {"data": {"impersonateUser": jwt(self.tokens)}}
        if post.operation == "Roles":
            return {"data": {"currentUser": {"roleAssignments": []}}}
        if post.operation == "CurrentUser":
            return {"data": {"currentUser": {"id": "u1"}}}
        return {"data": None, "errors": [{"message": "GraphQL introspection is not allowed"}]}


@asynccontextmanager
async def serving(server: Scripted) -> AsyncIterator[Scripted]:
    """Serves on a free port while the block runs."""
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/graphql", server.handle)
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        for session in server.sessions:
            await session.socket.close()
        await runner.cleanup()
    assert server.failures == []


@asynccontextmanager
async def tenant_of(
    server: Scripted,
    *,
    clock: Callable[[], float] = lambda: 0.0,
    now: Clock | None = None,
    **options: Any,
) -> AsyncIterator[Tenant]:
    """The server, and a client of it, as ``client_of`` makes it."""
    async with serving(server), client_of(server, clock=clock, now=now, **options) as client:
        yield client


@asynccontextmanager
async def client_of(
    server: Scripted,
    *,
    clock: Callable[[], float] = lambda: 0.0,
    now: Clock | None = None,
    **options: Any,
) -> AsyncIterator[Tenant]:
    """A client that never waits between attempts: its watch ``now`` is set instead."""

    async def sleep(seconds: float) -> None:
        assert 0 < seconds <= 7.5
        watch.now += seconds

    watch = now or Clock(0.0)
    client = Tenant(
        TenantOptions(url=server.url, access_key=SecretStr(KEY), **options),
        clock=clock,
        sleep=sleep,
        jitter=lambda: 0.5,
        now=watch,
    )
    try:
        yield client
    finally:
        await client.close()
