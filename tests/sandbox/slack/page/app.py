"""What the tests of the page share: a small app behind it, and pieces of blocks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from playwright.async_api import Locator, Page
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.conftest import client

Json = dict[str, Any]


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def choice(text: str) -> Json:
    """An option of a menu."""
    return {"text": plain(text), "value": text.lower()}


def button(text: str, action_id: str, **more: object) -> Json:
    """An actions block with one button."""
    return {
        "type": "actions",
        "elements": [{"type": "button", "text": plain(text), "action_id": action_id, **more}],
    }


class App:
    """A small app on Socket Mode: it answers by type with ``answers``, and keeps commands and clicks."""

    def __init__(self) -> None:
        self.answers: dict[str, Mapping[str, object]] = {}
        self.received: asyncio.Queue[Json] = asyncio.Queue()

    async def serve(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Acknowledge whatever comes, until the connection ends."""
        async for frame in socket:
            envelope = json.loads(frame.data)
            if "envelope_id" not in envelope:
                continue
            payload = envelope["payload"]
            answer: Json = {"envelope_id": envelope["envelope_id"]}
            if payload.get("type") in self.answers:
                answer["payload"] = self.answers[payload["type"]]
            await socket.send_json(answer)
            if envelope["type"] != "events_api":
                self.received.put_nowait(payload)

    async def next(self, kind: str) -> Json:
        """The next payload that has this type, or that is a command of this name."""
        async with asyncio.timeout(5):
            while True:
                payload = await self.received.get()
                if kind in {payload.get("type"), payload.get("command")}:
                    return payload


@asynccontextmanager
async def listening(server: SlackServer) -> AsyncIterator[App]:
    """An app that is connected to the workspace."""
    app = App()
    token = server.workspace.app_token
    opened = await client(server, token).apps_connections_open(app_token=token)
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
        socket = await http.ws_connect(str(opened["url"]))
        group.create_task(app.serve(socket))
        yield app
        await socket.close()


async def upload(bot: AsyncWebClient, name: str, data: bytes) -> str:
    """A private file of the app."""
    ticket = await bot.files_getUploadURLExternal(filename=name, length=len(data))
    async with aiohttp.ClientSession() as http, http.post(str(ticket["upload_url"]), data=data) as response:
        assert response.ok
    await bot.files_completeUploadExternal(files=[{"id": str(ticket["file_id"]), "title": name}])
    return str(ticket["file_id"])


def said(page: Page, text: str) -> Locator:
    """The message in the channel's list that contains a text."""
    return page.locator("#channel article").filter(has_text=text)
