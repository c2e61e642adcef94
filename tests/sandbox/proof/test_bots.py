"""Processes of the bot, and one address in front of several."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.proof import bots
from bot.sandbox.proof.stage import stage
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.tenant.options import TenantOptions


@asynccontextmanager
async def serving(
    name: str, status: int = 200, *, breaks: bool = False
) -> AsyncIterator[tuple[int, list[str]]]:
    """Something that listens, and what it was sent."""
    heard: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        heard.append(f"{request.headers['X-Slack-Signature']} {await request.text()}")
        if breaks and request.transport is not None:
            request.transport.abort()
        return web.Response(status=status, text=name)

    application = web.Application()
    application.router.add_post("/slack/events", handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1], heard
    finally:
        await runner.cleanup()


async def sent(ports: tuple[int, ...], times: int) -> list[tuple[int, str]]:
    """What comes back through the balancer, request by request."""
    balancer = bots.Balancer(lambda: ports)
    url = await balancer.start()
    try:
        async with aiohttp.ClientSession() as session:
            answers = [
                await session.post(url, data=f"{number}", headers={"X-Slack-Signature": "v0=1"})
                for number in range(times)
            ]
            return [(answer.status, await answer.text()) for answer in answers]
    finally:
        await balancer.close()


async def test_requests_go_round() -> None:
    """Each replica gets its share, with the signature and the body as they were."""
    async with serving("a") as (one, first), serving("b", 401) as (two, second):
        assert sorted(await sent((one, two), 4)) == [(200, "a"), (200, "a"), (401, "b"), (401, "b")]
    assert sorted([*first, *second]) == [f"v0=1 {number}" for number in range(4)]


async def test_a_replica_that_is_down_is_passed_over() -> None:
    """The request goes on to the next, which has it once."""
    async with serving("a") as (one, heard):
        assert await sent((bots.free_port(), one), 2) == [(200, "a")] * 2
    assert len(heard) == 2


async def test_a_request_that_was_half_taken_goes_to_nobody_else() -> None:
    """Somebody may have had it already; Slack sees an error and repeats what it repeats."""
    async with serving("a", breaks=True) as (one, first), serving("b", breaks=True) as (two, second):
        assert await sent((one, two), 1) == [(502, "")]
    assert len([*first, *second]) == 1


async def test_nobody_listens() -> None:
    """Then Slack gets an error."""
    assert await sent((bots.free_port(),), 1) == [(502, "")]


async def test_a_bot_dies_and_comes_back(tmp_path: Path) -> None:
    """By SIGKILL and by SIGTERM; it serves again on the same store, and at the end nothing of it runs."""
    async with stage(slack=SlackOptions(), tenant=TenantOptions()) as scene:
        port = bots.free_port()
        store = f"sqlite:///{tmp_path / 'store.sqlite'}"
        bot = bots.Bot(tmp_path, bots.environment(scene.here, store=store, port=port, more={}), port)
        between: list[int | None] = []
        try:
            await bot.start()
            for number in (signal.SIGKILL, signal.SIGTERM):
                await bot.end(number)
                between.append(bot.pid)
                await bot.start()
                assert bot.pid
                assert scene.here.slack.sockets.connections > 0
        finally:
            await bot.close()
        assert between == [None, None]
        assert bot.codes == [-signal.SIGKILL, 0, -signal.SIGKILL]
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)


async def test_a_bot_that_cannot_start_says_why(tmp_path: Path) -> None:
    """Its own last words."""
    bot = bots.Bot(tmp_path, {}, bots.free_port())
    try:
        with pytest.raises(RuntimeError, match="SLACK_BOT_TOKEN: is not set"):
            await bot.start()
    finally:
        await bot.close()


async def test_redis_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence, and not a failure of some start."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bots.MissingProgram, match="redis-server is not installed"):
        async with bots.redis(tmp_path):
            pass
