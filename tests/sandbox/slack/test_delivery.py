from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer

from .bare import say
from .conftest import StartServer, client


class App:
    """An app on Socket Mode that acknowledges only what a test tells it to."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def envelope(self) -> dict[str, Any]:
        """The next payload."""
        while True:
            frame: dict[str, Any] = await self._socket.receive_json()
            if "envelope_id" in frame:
                return frame

    async def ack(self, frame: dict[str, Any]) -> None:
        """Acknowledges a payload."""
        await self._socket.send_json({"envelope_id": frame["envelope_id"]})


@asynccontextmanager
async def connected(server: SlackServer, http: aiohttp.ClientSession) -> AsyncIterator[App]:
    """Opens a connection."""
    opened = await client(server, server.workspace.app_token).apps_connections_open(
        app_token=server.workspace.app_token
    )
    async with http.ws_connect(opened["url"]) as socket:
        await server.sockets.connected()
        yield App(socket)


@pytest.fixture
async def app(server: SlackServer, http: aiohttp.ClientSession) -> AsyncIterator[App]:
    """The app, connected."""
    async with connected(server, http) as app:
        yield app


async def outcome(server: SlackServer, status: str) -> None:
    """Waits until an event has ended like this."""
    ended = asyncio.Event()
    server.traffic.subscribe(lambda entry: ended.set() if entry.status == status else None)
    if not any(entry.status == status for entry in server.traffic.newest(100)):
        await ended.wait()


async def test_what_is_acknowledged_comes_once(server: SlackServer, app: App, clock: ManualClock) -> None:
    """After the acknowledgement no retry follows, however much time passes."""
    say(server.workspace, "one")
    await app.ack(await app.envelope())
    await outcome(server, "acked")
    clock.advance(600)
    say(server.workspace, "two")
    assert (await app.envelope())["payload"]["event"]["text"] == "two"


async def test_what_is_not_acknowledged_comes_again(
    server: SlackServer, app: App, clock: ManualClock
) -> None:
    """At once after three seconds, then after one minute and after five, each with number and reason."""
    say(server.workspace, "one")
    frames = [await app.envelope()]
    for seconds in (3, 60, 300):
        clock.advance(3)
        await outcome(server, "timeout")
        clock.advance(seconds)
        frames.append(await app.envelope())
    assert [frame.get("retry_attempt", 0) for frame in frames] == [0, 1, 2, 3]
    assert {frame["retry_reason"] for frame in frames[1:]} == {"timeout"}
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert len({frame["envelope_id"] for frame in frames}) == 4


async def test_retries_can_come_at_other_times(
    start: StartServer, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """As often as told, each so many seconds after the first attempt."""
    server = await start(SlackOptions(retry_seconds=(0.0, 10.0)))
    async with connected(server, http) as app:
        say(server.workspace, "one")
        frames = [await app.envelope()]
        for seconds in (0, 4):
            clock.advance(3)
            await outcome(server, "timeout")
            clock.advance(seconds)
            frames.append(await app.envelope())
    assert [frame.get("retry_attempt", 0) for frame in frames] == [0, 1, 2]


async def test_retries_can_be_switched_off(
    start: StartServer, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """Then an event that nobody acknowledged is gone."""
    server = await start(SlackOptions(retries=False))
    async with connected(server, http) as app:
        say(server.workspace, "one")
        await app.envelope()
        clock.advance(3)
        await outcome(server, "timeout")
        clock.advance(600)
        say(server.workspace, "two")
        assert (await app.envelope())["payload"]["event"]["text"] == "two"


async def test_every_attempt_is_in_the_traffic(server: SlackServer, app: App) -> None:
    """With the kind of event, what was said, and how it ended."""
    say(server.workspace, "hello there")
    await app.ack(await app.envelope())
    await outcome(server, "acked")
    (entry,) = [entry for entry in server.traffic.newest(100) if entry.kind == "event"]
    assert (entry.direction, entry.name, entry.status, entry.summary) == (
        "out",
        "message",
        "acked",
        "hello there",
    )
