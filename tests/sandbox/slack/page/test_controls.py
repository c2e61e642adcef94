"""Buttons, menus and feedback in messages."""

from __future__ import annotations

import json

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import acting_as
from tests.sandbox.slack.conftest import client
from tests.sandbox.slack.page.app import Json, button, choice, listening, plain, said

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_a_button_asks_first(server: SlackServer, browser: Browser) -> None:
    """A button with a confirm dialog reaches the app only after a yes."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    question = {"title": plain("Stop?"), "text": plain("Sure?"), "confirm": plain("Yes"), "deny": plain("No")}
    stop = button("Stop", "stop", value="7", confirm=question)
    await bot.chat_postMessage(channel=channel, text="x", blocks=[stop])
    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        await ada.get_by_role("button", name="Stop").click()
        await ada.get_by_role("dialog").get_by_role("button", name="No").click()
        assert app.received.empty()
        await ada.get_by_role("button", name="Stop").click()
        await ada.get_by_role("dialog").get_by_role("button", name="Yes").click()
        assert '"value": "7"' in json.dumps((await app.next("block_actions"))["actions"])


async def test_a_select_tells_what_was_chosen(server: SlackServer, browser: Browser) -> None:
    """A change of the select reaches the app with option and state; an edit shows what the app chose."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    options = [choice("Columns"), choice("Line")]
    select: Json = {
        "type": "static_select",
        "action_id": "chart",
        "placeholder": plain("Chart type"),
        "options": options,
        "initial_option": options[0],
    }
    block: Json = {"type": "actions", "block_id": "controls", "elements": [select]}
    posted = await bot.chat_postMessage(channel=channel, text="x", blocks=[block])
    async with (
        listening(server) as app,
        acting_as(browser, server, "ada") as ada,
        acting_as(browser, server, "grace") as grace,
    ):
        await ada.get_by_label("Chart type").select_option("Line")
        clicked = await app.next("block_actions")
        assert clicked["actions"][0]["selected_option"] == options[1]
        state = clicked["state"]["values"]["controls"]["chart"]
        assert state == {"type": "static_select", "selected_option": options[1]}
        changed = {**block, "elements": [{**select, "initial_option": options[1]}]}
        await bot.chat_update(channel=channel, ts=str(posted["ts"]), text="x", blocks=[changed])
        await expect(grace.get_by_label("Chart type").locator("option:checked")).to_have_text("Line")


async def test_feedback_and_a_trash_for_one(server: SlackServer, browser: Browser) -> None:
    """Everybody may judge; only who asked sees the trash, which asks before it tells the app."""
    bot, here = client(server, server.workspace.bot_token), server.workspace
    question = {
        "title": plain("Delete?"),
        "text": plain("For all."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    trash: Json = {
        "type": "icon_button",
        "icon": "trash",
        "action_id": "delete",
        "text": plain("Delete this answer"),
        "value": "t1",
        "visible_to_user_ids": [here.users["ada"].id],
        "confirm": question,
    }
    thumbs = {
        f"{way}_button": {"text": plain(f"{way} answer"), "value": way} for way in ("positive", "negative")
    }
    elements = [{"type": "feedback_buttons", "action_id": "judge", **thumbs}, trash]
    blocks = [{"type": "context_actions", "elements": elements}]
    await bot.chat_postMessage(channel=here.channels["sales"], text="x", blocks=blocks)
    async with (
        listening(server) as app,
        acting_as(browser, server, "ada") as ada,
        acting_as(browser, server, "grace") as grace,
    ):
        await grace.get_by_role("button", name="negative answer").click()
        (judged,) = (await app.next("block_actions"))["actions"]
        assert (judged["type"], judged["value"]) == ("feedback_buttons", "negative")
        await expect(grace.get_by_role("button", name="Delete this answer")).to_have_count(0)
        await ada.get_by_role("button", name="Delete this answer").click()
        await ada.get_by_role("dialog").get_by_role("button", name="Yes").click()
        (deleted,) = (await app.next("block_actions"))["actions"]
        assert (deleted["type"], deleted["value"]) == ("icon_button", "t1")


async def test_an_ephemeral_page_of_data_is_turned_in_place(server: SlackServer, browser: Browser) -> None:
    """In a thread a private table with buttons is replaced by its response_url, and taken away by it."""
    bot, here = client(server, server.workspace.bot_token), server.workspace
    channel, ada_id = here.channels["sales"], here.users["ada"].id
    root = str((await bot.chat_postMessage(channel=channel, text="a root"))["ts"])
    await bot.chat_postMessage(channel=channel, text="a reply", thread_ts=root)

    def page(text: str) -> list[Json]:
        rows = [[{"type": "raw_text", "text": each}] for each in ("Deal", text)]
        return [{"type": "table", "rows": rows}, button("Next", "page", value=text)]

    async def respond(address: str, body: Json) -> None:
        async with aiohttp.ClientSession() as http, http.post(address, json=body) as response:
            assert response.ok, await response.text()

    async with listening(server) as app, acting_as(browser, server, "ada", f"sales/{root}") as ada:
        thread = ada.get_by_role("complementary", name="Thread")
        await expect(thread).to_contain_text("a reply")
        await bot.chat_postEphemeral(
            channel=channel, user=ada_id, thread_ts=root, text="data", blocks=page("first page")
        )
        await expect(thread.get_by_role("cell")).to_have_text("first page")
        await expect(said(ada, "first page")).to_have_count(0)
        await thread.get_by_role("button", name="Next").click()
        clicked = await app.next("block_actions")
        assert "message" not in clicked
        assert clicked["container"]["is_ephemeral"] is True
        turned = {"replace_original": True, "text": "data", "blocks": page("second page")}
        await respond(clicked["response_url"], turned)
        await expect(thread.get_by_role("cell")).to_have_text("second page")
        await thread.get_by_role("button", name="Next").click()
        await respond((await app.next("block_actions"))["response_url"], {"delete_original": True})
        await expect(thread.get_by_role("cell")).to_have_count(0)
