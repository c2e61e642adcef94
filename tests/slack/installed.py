"""The sandbox's workspace as the rooms of ``bot.slack`` see it: over its own Web API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.slack.workspace import Workspace
from bot.slack.people import Home


@dataclass(frozen=True, slots=True)
class Installed:
    """A workspace, and an app in it."""

    server: SlackServer
    client: AsyncWebClient

    @property
    def workspace(self) -> Workspace:
        return self.server.workspace

    @property
    def home(self) -> Home:
        """Where the app is installed."""
        return Home(self.workspace.team_id)

    def user(self, name: str) -> str:
        """Id of a person."""
        return self.workspace.users[name].id

    def channel(self, name: str) -> str:
        """Id of a channel."""
        return self.workspace.channels[name]

    def calls(self, method: str) -> int:
        """How often the app has called a method."""
        made = self.server.traffic.newest(1_000)
        return sum((each.direction, each.name) == ("in", method) for each in made)


@asynccontextmanager
async def installed(
    manifest: Path | None = None, *, options: SlackOptions | None = None
) -> AsyncIterator[Installed]:
    """Runs a workspace as strict as Slack; the app has the project's own manifest unless one is given."""
    server = SlackServer(manifest_path=manifest, options=options)
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(
                token=server.workspace.bot_token, base_url=server.api_url, session=session, retry_handlers=[]
            )
            yield Installed(server, client)
    finally:
        await server.close()
