"""What a response_url does to an ephemeral message."""

from __future__ import annotations

import asyncio

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.server import SlackServer

from .test_page_gateway import BUTTON, Json, answer_next, post
from .test_socket_mode import connect


async def test_an_ephemeral_message_is_replaced_and_deleted(
    server: SlackServer, http: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    """A click in an ephemeral message carries no message; its response_url changes what is seen."""
    workspace = server.workspace
    app = await connect(http, server)
    sales, ada = workspace.channels["sales"], workspace.users["ada"].id
    shown = await bot.chat_postEphemeral(channel=sales, user=ada, text="pick", blocks=[BUTTON])
    action = {"type": "button", "action_id": "stop", "block_id": "controls"}
    body: Json = {"user": ada, "channel": sales, "message_ts": shown["message_ts"], "action": action}
    click = asyncio.create_task(post(http, server, "action", body))
    payload = await answer_next(app)
    assert await click == {"ok": True}
    assert payload["container"]["is_ephemeral"] is True  # type: ignore[index]
    assert "message" not in payload
    url = str(payload["response_url"])
    async with http.post(url, json={"replace_original": True, "text": "picked"}):
        assert [message.text for _, message in workspace.ephemerals] == ["picked"]
    async with http.post(url, json={"delete_original": True}):
        assert workspace.ephemerals == []
    async with http.post(url, json={}) as response:
        assert (response.status, await response.json()) == (400, {"ok": False, "error": "no_text"})
    async with http.post(url, data=b"{") as response:
        assert (await response.json())["error"] == "invalid_payload"


async def test_an_address_outlives_the_channels_id(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """What is answered after the channel got another id stands under that one."""
    workspace = server.workspace
    app = await connect(http, server)
    old, ada = workspace.channels["board"], workspace.users["ada"].id
    body: Json = {"user": ada, "channel": old, "text": "/wisdom x"}
    command = asyncio.create_task(post(http, server, "command", body))
    url = str((await answer_next(app))["response_url"])
    await command
    new = workspace.change_channel_id(old)
    async with http.post(url, json={"text": "late"}) as response:
        assert response.status == 200
    assert [(user, message.channel, message.text) for user, message in workspace.ephemerals] == [
        (ada, new, "late")
    ]
