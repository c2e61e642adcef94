"""The page's connection: what is lost, late or out of order."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, Route, WebSocketRoute, expect

from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import acting_as
from tests.sandbox.slack.conftest import client
from tests.sandbox.slack.page.app import button, listening, said

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_the_connection_comes_back(server: SlackServer, browser: Browser) -> None:
    """After a lost socket the page reconnects by itself and shows what was said meanwhile."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    async with acting_as(browser, server, "ada") as ada:
        await server._page.close()
        await bot.chat_postMessage(channel=channel, text="meanwhile")
        await expect(said(ada, "meanwhile")).to_be_visible()
        await expect(ada.locator('#app[data-live="yes"]')).to_be_attached()


async def test_an_edit_before_the_socket_opens_is_seen(server: SlackServer, browser: Browser) -> None:
    """A message that is edited after the first load, while no socket is open yet, is not left as it was."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    posted = await bot.chat_postMessage(channel=channel, text="Thinking…")
    gate = asyncio.Event()

    async def late(socket: WebSocketRoute) -> None:
        await gate.wait()
        socket.connect_to_server()

    async with acting_as(browser, server, "ada") as ada:
        await ada.route_web_socket(re.compile("/_page/socket"), late)
        await ada.reload()
        await expect(said(ada, "Thinking…")).to_be_visible()
        await bot.chat_update(channel=channel, ts=str(posted["ts"]), text="Revenue rose")
        gate.set()
        await expect(said(ada, "Revenue rose")).to_be_visible()
        await expect(said(ada, "Thinking…")).to_have_count(0)


async def test_a_late_answer_does_not_undo_an_edit(server: SlackServer, browser: Browser) -> None:
    """An answer older than what was pushed meanwhile brings back neither old text nor a deleted reply."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    root = str((await bot.chat_postMessage(channel=channel, text="a root"))["ts"])
    wait, oops, _ = [
        str((await bot.chat_postMessage(channel=channel, text=text, thread_ts=root))["ts"])
        for text in ("Thinking…", "Oops", "as it was")
    ]
    asked, gate = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        asked.set()
        await gate.wait()
        await route.fulfill(response=answer)

    async with acting_as(browser, server, "ada") as ada:
        await ada.route("**/api/conversations.replies", late)
        await ada.get_by_role("button", name="3 replies").click()
        thread = ada.get_by_role("log", name="Thread in #sales")
        await asked.wait()
        await bot.chat_delete(channel=channel, ts=oops)
        await bot.chat_update(channel=channel, ts=wait, text="Revenue rose")
        await expect(thread).to_contain_text("Revenue rose")
        gate.set()
        await expect(thread).to_contain_text("as it was")
        await expect(thread).to_contain_text("Revenue rose")
        await expect(thread).not_to_contain_text(re.compile("Thinking|Oops"))


async def test_a_press_on_what_was_just_edited_arrives(server: SlackServer, browser: Browser) -> None:
    """A press on a button that an edit has taken away meanwhile reaches the app, and nobody is told off."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    posted = await bot.chat_postMessage(channel=channel, text="x", blocks=[button("Stop", "stop", value="7")])

    async def edited_meanwhile(route: Route) -> None:
        await bot.chat_update(channel=channel, ts=str(posted["ts"]), text="Done", blocks=[])
        await route.continue_()

    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        await ada.route("**/_page/action", edited_meanwhile)
        async with ada.expect_response("**/_page/action") as response:
            await ada.get_by_role("button", name="Stop").click()
        (action,) = (await app.next("block_actions"))["actions"]
        assert (action["action_id"], action["value"]) == ("stop", "7")
        assert await (await response.value).json() == {"ok": True}
