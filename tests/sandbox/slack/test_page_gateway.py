"""The page's endpoints, as the page uses them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.server import SlackServer

from .test_methods_files import PNG, upload
from .test_socket_mode import connect

Json = dict[str, object]

BUTTON = {
    "type": "actions",
    "block_id": "controls",
    "elements": [
        {
            "type": "button",
            "action_id": "stop",
            "value": "turn1",
            "text": {"type": "plain_text", "text": "Stop"},
        }
    ],
}


@pytest.fixture
async def page(
    server: SlackServer, http: aiohttp.ClientSession
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Ada's open page."""
    user = server.workspace.users["ada"].id
    socket = await http.ws_connect(f"{server.url}_page/socket", params={"user": user})
    yield socket
    await socket.close()


async def next_of(page: aiohttp.ClientWebSocketResponse, kind: str, change: str = "") -> Json:
    """The page's next frame of a kind."""
    while True:
        frame: Json = await page.receive_json()
        if frame["kind"] == kind and (not change or frame["change"] == change):
            return frame


async def answer_next(app: aiohttp.ClientWebSocketResponse, payload: Json | None = None) -> Json:
    """Acknowledge the app's next envelope that is no event, and give back what was in it."""
    while True:
        envelope = await app.receive_json()
        await app.send_json({"envelope_id": envelope["envelope_id"], "payload": payload or {}})
        if envelope["type"] != "events_api":
            return envelope["payload"]  # type: ignore[no-any-return]


async def post(http: aiohttp.ClientSession, server: SlackServer, path: str, body: Json) -> Json:
    """One request of the page."""
    async with http.post(f"{server.url}_page/{path}", json=body) as response:
        return await response.json()  # type: ignore[no-any-return]


async def test_boot_says_who_and_where(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """The page learns people with tokens, channels with members, and the commands."""
    async with http.get(f"{server.url}_page/boot") as response:
        boot = await response.json()
    workspace = server.workspace
    names = {user["name"]: user for user in boot["users"]}
    assert set(names) == {*workspace.users, "wisdom"}
    assert names["ada"]["token"] == workspace.users["ada"].token
    assert names["wisdom"]["token"] == ""
    channels = {channel["name"]: channel for channel in boot["channels"] if not channel["is_im"]}
    assert {name: workspace.bot_user_id in each["members"] for name, each in channels.items()} == {
        "sales": True,
        "weather": True,
        "random": False,
        "board": True,
        "partners": True,
    }
    assert channels["partners"]["shared_with"] == [workspace.partner.name]
    with_bot = [channel for channel in boot["channels"] if channel["is_im"]]
    assert len(with_bot) == len(workspace.users) - 2
    assert boot["commands"][0]["command"] == "/wisdom"


async def test_boot_says_what_everybody_is(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """Guests, outsiders and deactivated people are told apart; nobody can act as one of the last."""
    async with http.get(f"{server.url}_page/boot") as response:
        people = {user["name"]: user for user in (await response.json())["users"]}
    assert [people[name]["standing"] for name in ("ada", "grace", "gertrude", "otto")] == [
        "admin",
        "member",
        "guest",
        "outsider",
    ]
    assert (people["otto"]["team"], people["otto"]["email"]) == (server.workspace.partner.name, "")
    assert (people["emilie"]["deactivated"], people["emilie"]["token"]) == (True, "")


async def test_nobody_watches_as_a_deactivated_person(
    server: SlackServer, http: aiohttp.ClientSession
) -> None:
    """Nor as somebody who does not exist."""
    for user in (server.workspace.users["emilie"].id, "U0NOBODY00"):
        async with http.get(f"{server.url}_page/socket", params={"user": user}) as response:
            assert response.status == 403


async def test_page_hears_of_places_and_people(
    server: SlackServer, page: aiohttp.ClientWebSocketResponse
) -> None:
    """A page looks again when somebody leaves, a channel is shared, or an account is switched off."""
    here = server.workspace
    sales = here.channels["sales"]
    here.remove_member(sales, here.users["vera"].id)
    here.share_channel(sales, [here.partner.id])
    here.unshare_channel(sales)
    here.deactivate("linus")
    new = here.change_channel_id(sales)
    kinds = [(await page.receive_json())["kind"] for _ in range(4)]
    assert kinds == ["places"] * 4
    assert await page.receive_json() == {"kind": "channel_moved", "old": sales, "new": new}


async def test_page_sees_posts_edits_and_counts(
    server: SlackServer, page: aiohttp.ClientWebSocketResponse, bot: AsyncWebClient
) -> None:
    """A post, an edit, a reply with the root's new count, and a deletion are pushed."""
    sales = server.workspace.channels["sales"]
    ts = (await bot.chat_postMessage(channel=sales, text="one"))["ts"]
    assert (await next_of(page, "message", "posted"))["message"]["text"] == "one"  # type: ignore[index]
    await bot.chat_update(channel=sales, ts=ts, text="two")
    assert (await next_of(page, "message", "changed"))["message"]["text"] == "two"  # type: ignore[index]
    reply = (await bot.chat_postMessage(channel=sales, text="reply", thread_ts=ts))["ts"]
    root = (await next_of(page, "message", "changed"))["message"]
    assert (root["ts"], root["reply_count"], root["latest_reply"]) == (ts, 1, reply)  # type: ignore[index]
    await bot.chat_delete(channel=sales, ts=reply)
    assert (await next_of(page, "message", "deleted"))["message"]["ts"] == reply  # type: ignore[index]


async def test_page_sees_only_its_persons_things(
    server: SlackServer, page: aiohttp.ClientWebSocketResponse, bot: AsyncWebClient
) -> None:
    """Another person's DM and ephemeral messages do not come."""
    workspace = server.workspace
    sales, grace, ada = workspace.channels["sales"], workspace.users["grace"].id, workspace.users["ada"].id
    await bot.chat_postMessage(channel=grace, text="secret")
    await bot.chat_postEphemeral(channel=sales, user=grace, text="secret")
    await bot.chat_postEphemeral(channel=sales, user=ada, text="for ada")
    await bot.chat_postMessage(channel=sales, text="end")
    assert (await next_of(page, "ephemeral"))["message"]["text"] == "for ada"  # type: ignore[index]
    assert (await next_of(page, "message"))["message"]["text"] == "end"  # type: ignore[index]


async def test_traffic_is_pushed_and_listed(
    server: SlackServer,
    page: aiohttp.ClientWebSocketResponse,
    bot: AsyncWebClient,
    http: aiohttp.ClientSession,
) -> None:
    """The inspector gets every exchange, live and as a list."""
    await bot.auth_test()
    entry = (await next_of(page, "traffic"))["entry"]
    async with http.get(f"{server.url}_page/traffic", params={"limit": "5"}) as response:
        assert (await response.json())["entries"] == [entry]


async def test_file_becomes_visible_on_the_page(
    server: SlackServer,
    page: aiohttp.ClientWebSocketResponse,
    bot: AsyncWebClient,
    http: aiohttp.ClientSession,
    clock: ManualClock,
) -> None:
    """When Slack has processed an attached file, its readers' pages are told."""
    file_id = await upload(http, bot, "chart.png", PNG)
    ts = (await bot.chat_postMessage(channel=server.workspace.channels["sales"], text="x"))["ts"]
    await bot.chat_update(channel=server.workspace.channels["sales"], ts=ts, text="x", file_ids=[file_id])
    clock.advance(1)
    assert (await next_of(page, "file"))["file"]["mimetype"] == "image/png"  # type: ignore[index]


async def test_a_click_reaches_the_app(
    server: SlackServer, http: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    """A button sends a complete block_actions payload, and its response_url can replace the message."""
    workspace = server.workspace
    app = await connect(http, server)
    sales, ada = workspace.channels["sales"], workspace.users["ada"].id
    ts = (await bot.chat_postMessage(channel=sales, text="running", blocks=[BUTTON]))["ts"]
    action = {"type": "button", "action_id": "stop", "block_id": "controls", "value": "forged"}
    body: Json = {"user": ada, "channel": sales, "message_ts": ts, "action": action, "ephemeral": False}
    click = asyncio.create_task(post(http, server, "action", body))
    payload = await answer_next(app)
    assert await click == {"ok": True}
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == ada  # type: ignore[index]
    assert payload["actions"][0]["value"] == "turn1"  # type: ignore[index]
    assert payload["message"]["ts"] == ts  # type: ignore[index]
    assert payload["trigger_id"]
    url = str(payload["response_url"])
    async with http.post(url, json={"replace_original": True, "text": "stopped"}) as response:
        assert response.status == 200
    message = (await bot.conversations_history(channel=sales))["messages"][0]
    assert (message["text"], "blocks" in message) == ("stopped", False)


async def test_a_response_url_wears_out(
    server: SlackServer, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """A response_url works five times, and not after half an hour; by default only the asker sees it."""
    workspace = server.workspace
    app = await connect(http, server)
    body: Json = {
        "user": workspace.users["ada"].id,
        "channel": workspace.channels["random"],
        "text": "/wisdom x",
    }
    urls = []
    for _ in range(2):
        command = asyncio.create_task(post(http, server, "command", body))
        urls.append(str((await answer_next(app))["response_url"]))
        assert await command == {"ok": True}
    statuses = []
    for _ in range(6):
        async with http.post(urls[0], json={"text": "hi"}) as response:
            statuses.append(response.status)
    assert statuses == [200] * 5 + [404]
    assert len(workspace.ephemerals) == 5
    clock.advance(1801)
    async with http.post(urls[1], json={"text": "hi", "response_type": "in_channel"}) as response:
        assert (await response.json())["error"] == "expired_url"


async def test_commands_that_cannot_run(
    server: SlackServer, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """Unknown commands, commands in threads and an app that does not answer are told apart."""
    workspace = server.workspace
    base: Json = {"user": workspace.users["ada"].id, "channel": workspace.channels["sales"]}
    assert await post(http, server, "command", base | {"text": "/nope"}) == {
        "ok": False,
        "error": "unknown_command",
    }
    in_thread = await post(http, server, "command", base | {"text": "/wisdom", "thread_ts": "1.1"})
    assert in_thread["error"] == "command_not_allowed_in_threads"
    app = await connect(http, server)
    command = asyncio.create_task(post(http, server, "command", base | {"text": "/wisdom x"}))
    await app.receive_json()
    clock.advance(3)
    assert await command == {"ok": False, "error": "operation_timeout"}


async def test_the_page_itself_is_served(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """The root address answers."""
    async with http.get(server.url) as response:
        assert response.status == 200
