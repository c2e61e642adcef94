"""Conversations on the page: messages, threads, drafts, and who sees what."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import acting_as
from tests.sandbox.slack.conftest import client
from tests.sandbox.slack.page.app import button, listening, said

#: The page has heard of the scrolling when this is done; until then it takes the reader to be at the end.
SCROLLED_UP = """list => new Promise((resolve) => {
  list.addEventListener("scroll", resolve, { once: true });
  list.scrollTop = 120;
})"""

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_a_message_is_seen_live_by_others(server: SlackServer, browser: Browser) -> None:
    """What ada writes stands in grace's page without a reload, with the mention by name."""
    async with acting_as(browser, server, "ada") as ada, acting_as(browser, server, "grace") as grace:
        await ada.get_by_label("Message #sales").fill("hello @grace & <all>")
        await ada.keyboard.press("Enter")
        message = said(grace, "hello")
        await expect(message).to_contain_text("hello @Grace Hopper & <all>")
        await expect(message).to_contain_text("Ada Lovelace")
        await expect(ada.get_by_label("Message #sales")).to_have_value("")


async def test_a_live_edit_keeps_the_focus(server: SlackServer, browser: Browser) -> None:
    """An edit by the bot changes the text in place: the focused button stays focused, nothing says edited."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    stop = button("Stop", "stop", value="1")
    before, after = ({"type": "markdown", "text": text} for text in ("Working", "Working, **nearly**"))
    async with acting_as(browser, server, "ada") as ada:
        posted = await bot.chat_postMessage(channel=channel, text="Wait", blocks=[before, stop])
        await ada.get_by_role("button", name="Stop").focus()
        await bot.chat_update(channel=channel, ts=str(posted["ts"]), text="Done", blocks=[after, stop])
        await expect(said(ada, "Working, nearly")).to_be_visible()
        await expect(ada.get_by_role("button", name="Stop")).to_be_focused()
        await expect(ada.get_by_text("(edited)")).to_have_count(0)


async def test_people_edit_and_delete_their_own(server: SlackServer, browser: Browser) -> None:
    """An own message is edited in the composer, marked as edited, and deleted after a question."""
    async with acting_as(browser, server, "ada") as ada, acting_as(browser, server, "grace") as grace:
        field = ada.get_by_label("Message #sales")
        await field.fill("frist")
        await field.press("Enter")
        await expect(said(ada, "frist")).to_be_visible()
        await field.press("ArrowUp")
        await field.fill("first")
        await field.press("Enter")
        await expect(said(grace, "first")).to_contain_text("(edited)")
        await expect(said(grace, "first").get_by_label("Delete message")).to_have_count(0)
        await said(ada, "first").hover()
        await said(ada, "first").get_by_label("Delete message").click()
        await ada.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
        await expect(said(grace, "first")).to_have_count(0)


async def test_reply_in_a_thread(server: SlackServer, browser: Browser) -> None:
    """A reply stands in the thread pane, and the root says how many there are, for everybody."""
    ada_client = client(server, server.workspace.users["ada"].token)
    channel = server.workspace.channels["sales"]
    await ada_client.chat_postMessage(channel=channel, text="a root")
    async with acting_as(browser, server, "ada") as ada, acting_as(browser, server, "grace") as grace:
        await said(ada, "a root").hover()
        await said(ada, "a root").get_by_label("Reply in thread").click()
        await ada.get_by_label("Reply…").fill("a reply")
        await ada.keyboard.press("Enter")
        await expect(ada.get_by_role("log", name="Thread in #sales")).to_contain_text("a reply")
        await grace.get_by_role("button", name="1 reply").click()
        await expect(grace.get_by_role("complementary", name="Thread")).to_contain_text("a reply")
        await expect(said(grace, "a reply")).to_have_count(0)


async def test_reading_above_is_not_disturbed(server: SlackServer, browser: Browser) -> None:
    """Who reads further up stays there and is told; who is at the end follows."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    for number in range(40):
        await client(server, server.workspace.users["grace"].token).chat_postMessage(
            channel=channel, text=f"line {number}"
        )
    async with acting_as(browser, server, "ada") as ada:
        await expect(said(ada, "line 39")).to_be_in_viewport()
        await bot.chat_postMessage(channel=channel, text="followed")
        await expect(said(ada, "followed")).to_be_in_viewport()
        await ada.get_by_role("log").evaluate(SCROLLED_UP)
        before = await said(ada, "line 5").bounding_box()
        await bot.chat_postMessage(channel=channel, text="not followed")
        await expect(ada.get_by_role("button", name="New messages")).to_be_visible()
        assert await said(ada, "line 5").bounding_box() == before
        await ada.get_by_role("button", name="New messages").click()
        await expect(said(ada, "not followed")).to_be_in_viewport()


async def test_an_ephemeral_is_for_one(server: SlackServer, browser: Browser) -> None:
    """An ephemeral message says who sees it, is seen by nobody else, and can be dismissed."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    async with acting_as(browser, server, "ada") as ada, acting_as(browser, server, "grace") as grace:
        await bot.chat_postEphemeral(channel=channel, user=server.workspace.users["ada"].id, text="psst")
        await bot.chat_postMessage(channel=channel, text="aloud")
        await expect(said(ada, "psst")).to_contain_text("Only visible to you")
        await expect(said(grace, "aloud")).to_be_visible()
        await expect(said(grace, "psst")).to_have_count(0)
        await ada.get_by_role("button", name="Dismiss message").click()
        await expect(said(ada, "psst")).to_have_count(0)


async def test_a_slash_command_reaches_the_app(server: SlackServer, browser: Browser) -> None:
    """A slash command is completed, sent to the app, and refused in a thread in Slack's words."""
    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        field = ada.get_by_label("Message #sales")
        await field.press_sequentially("/wis")
        await expect(ada.get_by_role("option")).to_contain_text("/wisdom")
        await field.press("Tab")
        await field.press_sequentially("domains")
        await field.press("Enter")
        assert (await app.next("/wisdom"))["text"] == "domains"
        await field.fill("a root")
        await field.press("Enter")
        await said(ada, "a root").hover()
        await ada.get_by_label("Reply in thread").click()
        await ada.get_by_label("Reply…").fill("/wisdom help")
        await ada.get_by_label("Reply…").press("Enter")
        await expect(ada.get_by_text("/wisdom is not supported in threads. Sorry!")).to_be_visible()


async def test_drafts_are_kept(server: SlackServer, browser: Browser) -> None:
    """What was typed and not sent is there again after another channel and after a reload."""
    async with acting_as(browser, server, "ada") as ada:
        await ada.get_by_label("Message #sales").fill("not yet")
        await ada.keyboard.press("Alt+ArrowDown")
        await expect(ada.get_by_label("Message #weather")).to_have_value("")
        await ada.keyboard.press("Alt+ArrowUp")
        await ada.reload()
        await expect(ada.get_by_label("Message #sales")).to_have_value("not yet")


async def test_a_direct_conversation(server: SlackServer, browser: Browser) -> None:
    """Two people who never talked can: the conversation opens for one and appears for the other."""
    async with acting_as(browser, server, "ada") as ada, acting_as(browser, server, "grace") as grace:
        await ada.get_by_role("button", name="Grace Hopper").click()
        await ada.get_by_label("Message Grace Hopper").fill("just between us")
        await ada.keyboard.press("Enter")
        await grace.get_by_role("button", name="Ada Lovelace 1 unread, for you").click()
        await expect(said(grace, "just between us")).to_be_visible()


async def test_a_deleted_root_leaves_its_place(server: SlackServer, browser: Browser) -> None:
    """A deleted question that was answered says so, in the channel and over its thread; the answer stays."""
    ada_client = client(server, server.workspace.users["ada"].token)
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    root = str((await ada_client.chat_postMessage(channel=channel, text="a question"))["ts"])
    reply = str((await bot.chat_postMessage(channel=channel, text="an answer", thread_ts=root))["ts"])
    async with acting_as(browser, server, "ada", f"sales/{root}") as ada:
        thread = ada.get_by_role("complementary", name="Thread")
        await expect(thread).to_contain_text("a question")
        await ada_client.chat_delete(channel=channel, ts=root)
        await expect(said(ada, "This message was deleted.")).to_contain_text("1 reply")
        await expect(thread).to_contain_text(re.compile("This message was deleted.*an answer", re.DOTALL))
        await expect(said(ada, "a question")).to_have_count(0)
        await bot.chat_delete(channel=channel, ts=reply)
        await expect(said(ada, "This message was deleted.")).to_have_count(0)
