"""Socket Mode as a client without an SDK sees it."""

from __future__ import annotations

import asyncio

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.server import SlackServer


async def connect(http: aiohttp.ClientSession, server: SlackServer) -> aiohttp.ClientWebSocketResponse:
    """One more connection of the app, past its hello."""
    headers = {"Authorization": f"Bearer {server.workspace.app_token}"}
    async with http.post(f"{server.api_url}apps.connections.open", headers=headers) as response:
        url = (await response.json())["url"]
    socket = await http.ws_connect(url)
    hello = await socket.receive_json()
    assert hello["type"] == "hello"
    return socket


async def test_a_ticket_works_once(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """A Socket Mode address cannot be used twice."""
    headers = {"Authorization": f"Bearer {server.workspace.app_token}"}
    async with http.post(f"{server.api_url}apps.connections.open", headers=headers) as response:
        url = (await response.json())["url"]
    socket = await http.ws_connect(url)
    await socket.close()
    async with http.get(url.replace("ws", "http", 1)) as response:
        assert response.status == 404


async def test_a_mention_comes_twice(
    server: SlackServer, http: aiohttp.ClientSession, ada: AsyncWebClient
) -> None:
    """A mention arrives as app_mention and as message: two event ids, one ts, one client_msg_id."""
    socket = await connect(http, server)
    await ada.chat_postMessage(channel=server.workspace.channels["sales"], text="@wisdom hi")
    payloads = []
    for _ in range(2):
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        payloads.append(envelope["payload"])
    assert sorted(payload["event"]["type"] for payload in payloads) == ["app_mention", "message"]
    assert len({payload["event_id"] for payload in payloads}) == 2
    assert len({(payload["event"]["ts"], payload["event"]["client_msg_id"]) for payload in payloads}) == 1
    assert payloads[0]["authorizations"][0]["user_id"] == server.workspace.bot_user_id


async def test_mention_outside_the_bots_channels(
    server: SlackServer, http: aiohttp.ClientSession, ada: AsyncWebClient
) -> None:
    """Where the bot is not a member only the mention comes; other talk does not."""
    socket = await connect(http, server)
    channels = server.workspace.channels
    await ada.chat_postMessage(channel=channels["random"], text="nothing for bots")
    await ada.chat_postMessage(channel=channels["random"], text="@wisdom hi")
    await ada.chat_postMessage(channel=channels["sales"], text="last")
    events = [(await socket.receive_json())["payload"]["event"] for _ in range(2)]
    assert sorted((event["type"], event["channel"]) for event in events) == sorted(
        [("app_mention", channels["random"]), ("message", channels["sales"])]
    )


async def test_unacknowledged_events_come_again(
    server: SlackServer, http: aiohttp.ClientSession, ada: AsyncWebClient, clock: ManualClock
) -> None:
    """An event that is not acknowledged in 3 s is sent at once, after a minute and after five."""
    socket = await connect(http, server)
    await ada.chat_postMessage(channel=server.workspace.channels["sales"], text="hi")
    seen = [await socket.receive_json()]
    for seconds in (3, 60, 300):
        clock.advance(seconds)
        seen.append(await socket.receive_json())
    assert [each["retry_attempt"] for each in seen] == [0, 1, 2, 3]
    assert [each["retry_reason"] for each in seen] == ["", "timeout", "timeout", "timeout"]
    assert len({each["payload"]["event_id"] for each in seen}) == 1
    assert len({each["envelope_id"] for each in seen}) == 4


async def test_each_payload_goes_to_one_connection(
    server: SlackServer, http: aiohttp.ClientSession, ada: AsyncWebClient
) -> None:
    """With two connections every event goes to exactly one of them, and both get some."""
    got: asyncio.Queue[tuple[int, str]] = asyncio.Queue()

    async def listen(number: int, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            await got.put((number, message.json()["payload"]["event"]["text"]))

    sockets = [await connect(http, server), await connect(http, server)]
    readers = [asyncio.create_task(listen(number, socket)) for number, socket in enumerate(sockets)]
    texts = [str(number) for number in range(20)]
    for text in texts:
        await ada.chat_postMessage(channel=server.workspace.channels["sales"], text=text)
    seen = [await got.get() for _ in texts]
    assert sorted(text for _, text in seen) == sorted(texts)
    assert {number for number, _ in seen} == {0, 1}
    for socket in sockets:
        await socket.close()
    await asyncio.gather(*readers)


async def test_refresh_warns_before_it_closes(
    server: SlackServer, http: aiohttp.ClientSession, ada: AsyncWebClient, clock: ManualClock
) -> None:
    """A refreshed connection is warned, then ended; what happens meanwhile goes to the new one."""
    old = await connect(http, server)
    server.sockets.refresh()
    assert (await old.receive_json())["reason"] == "warning"
    new = await connect(http, server)
    await ada.chat_postMessage(channel=server.workspace.channels["sales"], text="hi")
    assert (await new.receive_json())["payload"]["event"]["text"] == "hi"
    clock.advance(10)
    assert (await old.receive_json())["reason"] == "refresh_requested"
    assert (await old.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_an_event_waits_for_a_connection(
    server: SlackServer, http: aiohttp.ClientSession, ada: AsyncWebClient
) -> None:
    """An event that finds no connection goes out over the next one."""
    await ada.chat_postMessage(channel=server.workspace.channels["sales"], text="early")
    socket = await connect(http, server)
    assert (await socket.receive_json())["payload"]["event"]["text"] == "early"


async def test_the_eleventh_connection_is_refused(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """An app has ten connections; one more is told so and closed."""
    held = [await connect(http, server) for _ in range(10)]
    headers = {"Authorization": f"Bearer {server.workspace.app_token}"}
    async with http.post(f"{server.api_url}apps.connections.open", headers=headers) as response:
        url = (await response.json())["url"]
    socket = await http.ws_connect(url)
    assert (await socket.receive_json())["reason"] == "too_many_websockets"
    assert server.sockets.connections == len(held)


async def test_edits_and_deletions_are_events(
    server: SlackServer, http: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    """The app hears of its own messages, their edits and their end."""
    socket = await connect(http, server)
    sales = server.workspace.channels["sales"]
    ts = (await bot.chat_postMessage(channel=sales, text="one"))["ts"]
    await bot.chat_update(channel=sales, ts=ts, text="two")
    await bot.chat_delete(channel=sales, ts=ts)
    events = [(await socket.receive_json())["payload"]["event"] for _ in range(3)]
    by_kind = {event.get("subtype", ""): event for event in events}
    assert by_kind[""]["bot_id"] == server.workspace.bot.bot_id
    assert by_kind["message_changed"]["message"]["text"] == "two"
    assert by_kind["message_changed"]["previous_message"]["text"] == "one"
    assert by_kind["message_deleted"]["deleted_ts"] == ts


async def test_a_dropped_connection_can_be_replaced(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """A cut connection is gone at once, and a new one is welcome."""
    old = await connect(http, server)
    server.sockets.drop()
    assert server.sockets.connections == 0
    assert (await old.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
    new = await connect(http, server)
    assert not new.closed
    assert server.sockets.connections == 1


async def test_another_app_gets_no_payloads(
    server: SlackServer, http: aiohttp.ClientSession, ada: AsyncWebClient
) -> None:
    """Its token opens connections that say hello with its own id, and nothing else ever comes."""
    here = server.workspace
    headers = {"Authorization": f"Bearer {here.other_app_token}"}
    async with http.post(f"{server.api_url}apps.connections.open", headers=headers) as response:
        other = await http.ws_connect((await response.json())["url"])
    hello = await other.receive_json()
    assert (hello["connection_info"]["app_id"], hello["num_connections"]) == (here.other_app_id, 1)
    assert server.sockets.connections == 0
    ours = await connect(http, server)
    for number in range(5):
        await ada.chat_postMessage(channel=here.channels["sales"], text=str(number))
    texts = [(await ours.receive_json())["payload"]["event"]["text"] for _ in range(5)]
    assert sorted(texts) == list("01234")
    await server.sockets.close()
    assert (await other.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_an_app_is_told_its_own_id(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """The hello names the app of the token, which is the bot's."""
    here = server.workspace
    headers = {"Authorization": f"Bearer {here.app_token}"}
    async with http.post(f"{server.api_url}apps.connections.open", headers=headers) as response:
        socket = await http.ws_connect((await response.json())["url"])
    assert (await socket.receive_json())["connection_info"]["app_id"] == here.app_id != here.other_app_id
    assert here.app_token.split("-")[2] == here.app_id
