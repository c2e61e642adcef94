"""Retries over HTTP, as a plain server sees them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.server import SlackServer


class Receiver:
    """A request URL that echoes the challenge and fails on everything else."""

    def __init__(self, server: SlackServer, clock: ManualClock) -> None:
        self.got: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.no_retry = False
        self._clock = clock
        self._verifier = SignatureVerifier(server.workspace.signing_secret)

    async def handle(self, request: web.Request) -> web.Response:
        """Keep the headers of a request whose signature is right, and answer 500."""
        body = await request.text()
        assert self._verifier.is_valid_request(body, dict(request.headers))
        payload = await request.json()
        if payload["type"] == "url_verification":
            return web.json_response({"challenge": payload["challenge"]})
        await self.got.put(dict(request.headers))
        return web.Response(status=500, headers={"x-slack-no-retry": "1"} if self.no_retry else {})


@pytest.fixture
async def receiver(server: SlackServer, clock: ManualClock) -> AsyncIterator[Receiver]:
    """The request URL of the app."""
    receiver = Receiver(server, clock)
    application = web.Application()
    application.add_routes([web.post("/", receiver.handle)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await server.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    yield receiver
    await runner.cleanup()


async def test_failed_deliveries_come_again(
    server: SlackServer, receiver: Receiver, ada: AsyncWebClient, clock: ManualClock
) -> None:
    """A 500 is retried at once, after a minute and after five, with number and reason in the headers."""
    await ada.chat_postMessage(channel=server.workspace.channels["sales"], text="hi")
    seen = [await receiver.got.get(), await receiver.got.get()]
    for seconds in (60, 240):
        clock.advance(seconds)
        seen.append(await receiver.got.get())
    numbers = [(each.get("x-slack-retry-num"), each.get("x-slack-retry-reason")) for each in seen]
    assert numbers == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]


async def test_an_app_can_decline_retries(
    server: SlackServer, receiver: Receiver, ada: AsyncWebClient
) -> None:
    """With x-slack-no-retry a failed event does not come again."""
    receiver.no_retry = True
    sales = server.workspace.channels["sales"]
    await ada.chat_postMessage(channel=sales, text="one")
    first = await receiver.got.get()
    await ada.chat_postMessage(channel=sales, text="two")
    second = await receiver.got.get()
    assert "x-slack-retry-num" not in first | second
