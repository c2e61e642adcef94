from __future__ import annotations

import socket

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.model import File, FileCompleted, FileUsable
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer

from .conftest import StartServer


async def test_a_workspace_listens_until_it_is_closed(clock: ManualClock) -> None:
    """The page and the Web API share a port; after the end nobody listens there."""
    server = SlackServer(clock=clock)
    await server.start()
    port = int(server.url.rstrip("/").rpartition(":")[2])
    assert server.api_url == f"{server.url}api/"
    assert (await AsyncWebClient(base_url=server.api_url).api_test())["ok"]
    await server.close()
    with socket.socket() as gone:
        assert gone.connect_ex(("127.0.0.1", port)) != 0


async def test_a_port_that_is_taken_is_an_error(server: SlackServer) -> None:
    """Whoever asked for the port learns that it cannot be had."""
    second = SlackServer()
    with pytest.raises(OSError, match="address"):
        await second.start(port=int(server.url.rstrip("/").rpartition(":")[2]))
    await second.close()


async def test_closing_what_was_never_started_is_fine() -> None:
    """A workspace that was only built leaves nothing behind."""
    await SlackServer().close()


async def test_a_workspace_can_have_an_outside_address(start: StartServer) -> None:
    """Behind a proxy, links and sockets name the address that others can reach."""
    server = await start(SlackOptions(base_url="https://slack.example"))
    assert (server.url, server.api_url) == ("https://slack.example/", "https://slack.example/api/")


@pytest.mark.parametrize("path", ["", "archives/C1/p1"])
async def test_the_page_is_served(server: SlackServer, http: aiohttp.ClientSession, path: str) -> None:
    """Also at the address of a message, which its permalink names."""
    async with http.get(f"{server.url}{path}") as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert "<script" in await response.text()


async def test_an_upload_is_announced_when_it_can_be_shown(server: SlackServer, clock: ManualClock) -> None:
    """Not when it ends, but when Slack has processed it."""
    file = File("F1", "a.png", "a", 3, server.workspace.bot.id, "s", complete=True, usable_at=clock.now() + 2)
    server.workspace.files[file.id] = file
    usable: list[File] = []
    server.workspace.subscribe(
        lambda change: usable.append(change.file) if isinstance(change, FileUsable) else None
    )
    server.workspace.emit(FileCompleted(file))
    await clock.sleep_until(0)
    assert usable == []
    clock.advance(2)
    async with aiohttp.ClientSession() as session, session.get(server.url):
        assert usable == [file]
