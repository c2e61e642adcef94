"""A real Bolt app over real Socket Mode, and over signed HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.http_events import UrlNotVerified
from bot.sandbox.slack.model import Change, EphemeralShown, Posted
from bot.sandbox.slack.server import SlackServer

Payload = dict[str, object]


def heard(server: SlackServer, matches: Callable[[Change], bool]) -> asyncio.Future[Change]:
    """The first change that matches, as soon as it happens."""
    found: asyncio.Future[Change] = asyncio.get_running_loop().create_future()

    def listen(change: Change) -> None:
        if not found.done() and matches(change):
            found.set_result(change)

    server.workspace.subscribe(listen)
    return found


def by_bot(server: SlackServer) -> asyncio.Future[Change]:
    """The bot's next message."""
    return heard(server, lambda change: isinstance(change, Posted) and bool(change.message.bot_id))


def bolt(server: SlackServer, events: asyncio.Queue[Payload]) -> AsyncApp:
    """An app that answers mentions, a command and a button, and keeps the events it gets."""
    app = AsyncApp(
        client=AsyncWebClient(token=server.workspace.bot_token, base_url=server.api_url),
        signing_secret=server.workspace.signing_secret,
        ignoring_self_events_enabled=False,
    )

    # Bolt hands over arguments by their names.
    @app.middleware
    async def keep(body: Payload, next_: Callable[[], Awaitable[None]]) -> None:
        await events.put(body)
        await next_()

    @app.event("app_mention")
    async def mention(event: Payload, say: AsyncSay) -> None:
        await say(text="hello", thread_ts=str(event["ts"]))

    @app.event("message")
    async def message() -> None:
        return

    @app.command("/wisdom")
    async def command(ack: AsyncAck, command: Payload) -> None:
        await ack(f"you said {command['text']}")

    return app


@pytest.fixture
async def events() -> asyncio.Queue[Payload]:
    """What the app got."""
    return asyncio.Queue()


@pytest.fixture
async def by_socket(server: SlackServer, events: asyncio.Queue[Payload]) -> AsyncIterator[AsyncApp]:
    """The app, connected by Socket Mode."""
    app = bolt(server, events)
    handler = AsyncSocketModeHandler(app, server.workspace.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
    await server.sockets.connected()
    yield app
    await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here


@pytest.mark.usefixtures("by_socket")
async def test_mention_is_answered_in_the_thread(
    server: SlackServer, events: asyncio.Queue[Payload], ada: AsyncWebClient
) -> None:
    """A mention reaches Bolt, its answer stands in the thread, and comes back to the app as an event."""
    workspace = server.workspace
    answered = by_bot(server)
    root = await ada.chat_postMessage(channel=workspace.channels["sales"], text="@wisdom hi")
    said = await answered
    assert isinstance(said, Posted)
    assert (said.message.text, said.message.thread_ts) == ("hello", root["ts"])
    kinds = [(await events.get())["event"] for _ in range(3)]
    assert sorted(str(event["type"]) for event in kinds) == ["app_mention", "message", "message"]  # type: ignore[index]


@pytest.mark.usefixtures("by_socket")
async def test_command_is_answered_to_the_asker(server: SlackServer) -> None:
    """A slash command's acknowledgement is shown to the asker alone."""
    workspace = server.workspace
    ada_id = workspace.users["ada"].id
    shown = heard(server, lambda change: isinstance(change, EphemeralShown))
    await server.interactions.command(ada_id, workspace.channels["sales"], "/wisdom ask @grace & co")
    change = await shown
    assert isinstance(change, EphemeralShown)
    grace = workspace.users["grace"].id
    assert change.user == ada_id
    assert change.message.text == f"you said ask <@{grace}|grace> &amp; co"


async def test_bolt_knows_an_outsider(server: SlackServer) -> None:
    """For a real Bolt app the installation is ours, and who mentions it is of the other team."""
    here = server.workspace
    seen: asyncio.Queue[tuple[str | None, ...]] = asyncio.Queue()
    app = bolt(server, asyncio.Queue())

    @app.middleware
    async def look(context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
        await seen.put((context.team_id, context.actor_team_id, context.actor_user_id))
        await next_()

    handler = AsyncSocketModeHandler(app, here.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
    otto = here.users["otto"]
    client = AsyncWebClient(token=otto.token, base_url=server.api_url)
    answered = by_bot(server)
    try:
        await client.chat_postMessage(channel=here.channels["partners"], text="@wisdom hi")
        assert [await seen.get(), await seen.get()] == [(here.team_id, here.partner.id, otto.id)] * 2
        await answered
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here


@pytest.fixture
async def by_http(server: SlackServer, events: asyncio.Queue[Payload]) -> AsyncIterator[str]:
    """The app's request URL, serving signed HTTP."""
    runner = web.AppRunner(bolt(server, events).web_app("/slack/events"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


async def test_signed_http_is_accepted_by_bolt(
    server: SlackServer, by_http: str, ada: AsyncWebClient
) -> None:
    """The request URL is verified, then mentions and commands come signed, and Bolt's verifier takes them."""
    workspace = server.workspace
    await server.use_http(by_http)
    answered = by_bot(server)
    await ada.chat_postMessage(channel=workspace.channels["sales"], text="@wisdom hi")
    said = await answered
    assert isinstance(said, Posted)
    assert said.message.text == "hello"
    shown = heard(server, lambda change: isinstance(change, EphemeralShown))
    await server.interactions.command(workspace.users["ada"].id, workspace.channels["sales"], "/wisdom help")
    change = await shown
    assert isinstance(change, EphemeralShown)
    assert change.message.text == "you said help"


async def test_a_request_url_that_does_not_answer_is_refused(server: SlackServer) -> None:
    """An address that does not echo the challenge is not saved."""
    with pytest.raises(UrlNotVerified):
        await server.use_http(f"{server.url}hooks/none")
