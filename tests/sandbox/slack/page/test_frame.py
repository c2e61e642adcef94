"""What stands around the conversations: keys, sidebar, inspector, and the page at phone width."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import PHONE, acting_as
from tests.sandbox.slack.conftest import client
from tests.sandbox.slack.page.app import said

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_by_keyboard_alone(server: SlackServer, browser: Browser) -> None:
    """Mention, send, walk to the message, reply in its thread and come back, without a mouse."""
    async with acting_as(browser, server, "ada") as ada:
        await expect(ada.get_by_label("Message #sales")).to_be_focused()
        await ada.keyboard.type("@wis")
        await ada.keyboard.press("Enter")
        await ada.keyboard.type("revenue?")
        await ada.keyboard.press("Enter")
        await expect(said(ada, "@wisdom revenue?")).to_be_visible()
        await ada.keyboard.press("Shift+F6")
        await ada.keyboard.press("ArrowUp")
        await expect(said(ada, "revenue?")).to_be_focused()
        await ada.keyboard.press("t")
        await expect(ada.get_by_label("Reply…")).to_be_focused()
        await ada.keyboard.type("and by region?")
        await ada.keyboard.press("Enter")
        await expect(ada.get_by_role("complementary")).to_contain_text("and by region?")
        await ada.keyboard.press("Escape")
        await expect(ada.get_by_role("complementary")).to_have_count(0)
        await expect(said(ada, "revenue?")).to_be_focused()
        await ada.keyboard.press("?")
        await expect(ada.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


async def test_unread_and_another_person(server: SlackServer, browser: Browser) -> None:
    """What is said elsewhere marks its channel; as somebody else the same page shows their view."""
    grace, channels = server.workspace.users["grace"], server.workspace.channels
    async with acting_as(browser, server, "ada") as ada:
        mention = f"<@{server.workspace.users['ada'].id}> lunch?"
        await client(server, grace.token).chat_postMessage(channel=channels["random"], text=mention)
        await expect(ada.get_by_role("button", name="random 1 unread, for you")).to_be_visible()
        await ada.get_by_role("button", name=re.compile("random")).click()
        await expect(said(ada, "lunch?")).to_contain_text("@Ada Lovelace")
        await expect(ada.get_by_role("button", name=re.compile("unread"))).to_have_count(0)
        await ada.get_by_role("button", name=re.compile("Acting as Ada")).click()
        await ada.get_by_role("menuitemradio", name=re.compile("Grace Hopper")).click()
        await expect(ada.get_by_role("button", name=re.compile("Acting as Grace"))).to_be_focused()
        await expect(ada).to_have_url(re.compile("#/grace/random$"))


async def test_the_inspector_shows_traffic(server: SlackServer, browser: Browser) -> None:
    """The app's calls appear live, can be filtered, and show their body without a token."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    async with acting_as(browser, server, "ada") as ada:
        await ada.keyboard.press("Alt+i")
        await expect(ada.get_by_label("Filter traffic")).to_be_focused()
        await bot.chat_postMessage(channel=channel, text="observed")
        await ada.keyboard.type("chat.postmessage")
        await ada.get_by_role("option", name=re.compile("chat.postMessage")).click()
        inspector = ada.get_by_role("region", name="Traffic inspector")
        await expect(inspector.locator("pre")).to_contain_text("observed")
        await expect(inspector).not_to_contain_text(server.workspace.bot_token)


async def test_at_phone_width(server: SlackServer, browser: Browser) -> None:
    """On a phone the thread covers the channel, nothing is wider than the screen, the sidebar opens."""
    ada_client = client(server, server.workspace.users["ada"].token)
    channel = server.workspace.channels["sales"]
    root = await ada_client.chat_postMessage(channel=channel, text="a root")
    place = f"sales/{root['ts']}"
    async with acting_as(browser, server, "ada", place, size=PHONE, scheme="dark") as ada:
        await expect(ada.get_by_role("complementary", name="Thread")).to_be_in_viewport(ratio=1)
        assert await ada.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await ada.get_by_role("button", name="Close thread").click()
        await ada.get_by_role("button", name="Channels and people").click()
        await ada.get_by_role("button", name="weather").click()
        await expect(ada.get_by_label("Message #weather")).to_be_visible()
