"""A workspace on a real port, and clients for it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer

StartServer = Callable[[SlackOptions], Awaitable[SlackServer]]


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only the test moves; it begins now, so that signatures are not too old for a verifier."""
    return ManualClock(time.time())


@pytest.fixture
async def start(clock: ManualClock) -> AsyncIterator[StartServer]:
    """Starts workspaces with chosen options; they are closed at the end."""
    async with AsyncExitStack() as stack:

        async def begin(options: SlackOptions) -> SlackServer:
            server = SlackServer(options=options, clock=clock)
            await server.start()
            stack.push_async_callback(server.close)
            return server

        yield begin


@pytest.fixture
async def server(start: StartServer) -> SlackServer:
    """A workspace as strict as Slack."""
    return await start(SlackOptions())


@pytest.fixture
def bot(server: SlackServer) -> AsyncWebClient:
    """The app's client."""
    return client(server, server.workspace.bot_token)


@pytest.fixture
def ada(server: SlackServer) -> AsyncWebClient:
    """Ada's client."""
    return client(server, server.workspace.users["ada"].token)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A plain HTTP client."""
    async with aiohttp.ClientSession() as session:
        yield session


def client(server: SlackServer, token: str) -> AsyncWebClient:
    """A client of Slack's own SDK, pointed at the workspace."""
    return AsyncWebClient(token=token, base_url=server.api_url, retry_handlers=[])
