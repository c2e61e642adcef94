"""A small Web API over real sockets, whose answers a test writes down beforehand."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient


@dataclass(slots=True)
class Answer:
    """What the server says to one call.

    Attributes:
        hold: the answer is held back until this is set.
        drop: the connection is closed without an answer.
    """

    body: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hold: asyncio.Event | None = None
    drop: bool = False
    text: str | None = None


def refused(code: str, *details: str) -> Answer:
    """``ok: false`` with an error code."""
    return Answer({"ok": False, "error": code, "response_metadata": {"messages": list(details)}})


def limited(seconds: int) -> Answer:
    """HTTP 429."""
    return Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)})


class WebApi:
    """Answers calls in the order in which a test scripted them, and else with a plain ``ok``."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, object]]] = []
        self.uploads: list[bytes] = []
        self.script: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self.arrived = asyncio.Event()
        self.client: AsyncWebClient

    def expect(self, method: str, *answers: Answer) -> None:
        """The next answers of a method."""
        self.script[method].extend(answers)

    def of(self, method: str) -> list[dict[str, object]]:
        """What was sent to a method, oldest first."""
        return [arguments for name, arguments in self.calls if name == method]

    async def until(self, count: int) -> None:
        """Wait until so many calls have arrived."""
        while len(self.calls) < count:
            self.arrived.clear()
            await self.arrived.wait()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Any Web API method."""
        method = request.match_info["method"]
        arguments: dict[str, object] = dict(request.query)
        if request.content_type == "application/json":
            arguments |= await request.json()
        else:
            arguments |= dict(await request.post())
        self.calls.append((method, arguments))
        self.arrived.set()
        queue = self.script[method]
        answer = queue.popleft() if queue else Answer()
        if answer.hold is not None:
            await answer.hold.wait()
        if answer.drop and request.transport is not None:
            request.transport.close()
        if answer.text is not None:
            return web.Response(text=answer.text, status=answer.status, headers=answer.headers)
        body = {"ok": True, "ts": f"{len(self.calls)}.0", **answer.body}
        return web.json_response(body, status=answer.status, headers=answer.headers)

    async def take(self, request: web.Request) -> web.Response:
        """Where a file's bytes go."""
        self.uploads.append(await request.read())
        queue = self.script["upload"]
        return web.Response(text="OK", status=queue.popleft().status if queue else 200)


class Clock:
    """Time that passes only while somebody sleeps on it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """The time in seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the seconds pass at once."""
        self.slept.append(seconds)
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


@pytest.fixture
def clock() -> Clock:
    """A clock of the test's own."""
    return Clock()


@asynccontextmanager
async def serving(served: WebApi) -> AsyncIterator[None]:
    """Runs a Web API, with a client that talks to it."""
    app = web.Application()
    app.router.add_route("*", "/api/{method}", served.serve)
    app.router.add_post("/upload/{id}", served.take)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        served.client = AsyncWebClient(
            token="xoxb-test", base_url=str(server.make_url("/api/")), session=session
        )
        yield


@pytest.fixture
async def api() -> AsyncIterator[WebApi]:
    """A running Web API with a client that talks to it."""
    served = WebApi()
    async with serving(served):
        yield served
