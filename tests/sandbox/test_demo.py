"""Tenant, workspace and bot in one process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import demo
from bot.sandbox.indigo.server import IndigoServer
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.server import TenantServer


@pytest.fixture
async def here() -> AsyncIterator[demo.World]:
    """The two servers."""
    async with demo.world(SlackServer(), TenantServer()) as world:
        yield world


async def test_the_demo_runs_a_connected_bot() -> None:
    """As soon as the demo runs, its bot is connected to its workspace, and afterwards it is not."""
    async with demo.running() as here:
        assert here.slack.sockets.connections > 0
        client = AsyncWebClient(token=here.slack.workspace.bot_token, base_url=here.slack.api_url)
        assert (await client.auth_test())["user_id"] == here.slack.workspace.bot_user_id
    assert here.slack.sockets.connections == 0


async def test_the_demo_hosts_the_tenants_pages() -> None:
    """The address is announced, and leads to the sign-in of the workspace; servers alone announce none."""
    async with demo.running() as here, httpx.AsyncClient() as http:
        answer = await http.get(f"{here.addresses()['embed_url']}/embed/search")
        assert answer.is_redirect
        assert answer.headers["Location"].startswith(f"{here.slack.workspace.base_url}/openid/connect/")
    async with demo.world(SlackServer(), TenantServer()) as servers:
        assert "embed_url" not in servers.addresses()


async def test_a_bot_is_wired_as_in_production(here: demo.World, tmp_path: Path) -> None:
    """What the bot is given are addresses and tokens, the same that are announced."""
    configuration, said = here.configuration(tmp_path / "store.sqlite"), here.addresses()
    assert configuration.slack.api_url == said["slack_api_url"]
    assert configuration.slack.bot_token.get_secret_value() == said["bot_token"]
    assert (configuration.wisdom.url, configuration.wisdom.ws_url) == (
        said["wisdom_url"],
        said["wisdom_ws_url"],
    )
    assert configuration.wisdom.access_key.get_secret_value() == said["access_key"]
    assert configuration.process.host == "127.0.0.1"


async def test_programs_read_one_line(here: demo.World, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON everything stands on one line."""
    demo.announce(here, as_json=True, open_browser=True)
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert json.loads(said) == here.addresses()


async def test_people_read_where_to_go(here: demo.World, capsys: pytest.CaptureFixture[str]) -> None:
    """People read the page's address and a question to begin with, and no token."""
    demo.announce(here, as_json=False, open_browser=True)
    said = capsys.readouterr().out
    assert here.slack.url in said
    assert "@wisdom" in said
    assert "xox" not in said


async def test_the_platform_runs_where_it_is_wanted() -> None:
    """What is announced of it is what a bot is told, and without it nothing is."""
    async with demo.world(SlackServer(), TenantServer(), indigo=IndigoServer()) as here:
        said, told = here.addresses(), here.environment()
        for name in ("indigo_url", "indigo_token", "indigo_project"):
            assert said[name] == told[name.upper()] != ""
    async with demo.world(SlackServer(), TenantServer()) as here:
        assert not any("indigo" in name.lower() for name in {**here.addresses(), **here.environment()})


async def test_everything_listens_on_loopback_only(here: demo.World) -> None:
    """The demo's tokens are of no use to anybody else on the network."""
    for url in (here.slack.url, here.tenant.url):
        assert url.startswith("http://127.0.0.1:")


async def test_the_page_has_the_port_that_was_asked_for() -> None:
    """A port that is free again is taken when it is named."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with demo.world(SlackServer(), TenantServer(), port=port) as here:
        assert here.slack.url == f"http://127.0.0.1:{port}/"
