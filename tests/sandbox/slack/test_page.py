"""The page in real headless Chromium, against a real workspace; the app behind it is a few lines long."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, WebSocketRoute, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import PHONE, acting_as, chromium
from tests.sandbox.slack.conftest import client

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGNgYPiPBzGMSmNBALR5Y51xLZhBAAAAAElFTkSuQmCC"
)
SQL = "".join(f"SELECT {number} AS n -- line {number}\n" for number in range(1, 21))


Json = dict[str, Any]


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: object) -> Json:
    """An actions block with one button."""
    return {
        "type": "actions",
        "elements": [{"type": "button", "text": plain(text), "action_id": action_id, **more}],
    }


MODAL: Json = {
    "type": "modal",
    "title": plain("Choose a domain"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": plain("Name"),
            "element": {"type": "plain_text_input", "action_id": "value"},
        },
        {
            "type": "input",
            "block_id": "kind",
            "optional": True,
            "label": plain("Kind"),
            "element": {
                "type": "radio_buttons",
                "action_id": "value",
                "options": [{"text": plain("Public"), "value": "p"}, {"text": plain("Own"), "value": "o"}],
            },
        },
    ],
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module; every page has a context of its own."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[SlackServer]:
    """A workspace on the real clock, in which files can be shown at once."""
    workspace = SlackServer(options=SlackOptions(file_visibility_delay=0.0, post_burst=100))
    await workspace.start()
    yield workspace
    await workspace.close()


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
        await ada.get_by_role("log").evaluate("list => { list.scrollTop = 120; }")
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


async def test_an_image_opens_in_full(server: SlackServer, browser: Browser) -> None:
    """A click opens the image with its alt text; Escape closes it and gives the focus back."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    image: Json = {
        "type": "image",
        "slack_file": {"id": await upload(bot, "c.png", PNG)},
        "alt_text": "Sales rise",
    }
    await bot.chat_postMessage(channel=channel, text="chart", blocks=[image])
    async with acting_as(browser, server, "ada") as ada:
        opener = ada.get_by_role("button", name="Open image: Sales rise")
        await expect(opener.get_by_role("img")).to_have_js_property("naturalWidth", 10)
        await expect(ada.locator("#channel figcaption")).to_have_count(0)
        await opener.click()
        await expect(ada.get_by_role("dialog")).to_contain_text("Sales rise")
        await ada.keyboard.press("Escape")
        await expect(ada.get_by_role("dialog")).to_have_count(0)
        await expect(opener).to_be_focused()


async def test_a_snippet_unfolds(server: SlackServer, browser: Browser) -> None:
    """A .sql file shows its first lines, all on request, and can be downloaded as it is."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    posted = await bot.chat_postMessage(channel=channel, text="query")
    file_id = await upload(bot, "q.sql", SQL.encode())
    await bot.chat_update(channel=channel, ts=str(posted["ts"]), text="query", file_ids=[file_id])
    async with acting_as(browser, server, "ada") as ada:
        code = ada.locator(".snippet .line")
        await expect(code).to_have_count(8)
        await ada.get_by_role("button", name="Show all 20 lines").click()
        await expect(code).to_have_count(20)
        await expect(ada.locator(".snippet .tok-keyword").first).to_have_text("SELECT")
        async with ada.expect_download() as download:
            await ada.get_by_role("link", name="Download q.sql").click()
        assert (await (await download.value).path()).read_bytes() == SQL.encode()


async def test_a_modal_with_errors(server: SlackServer, browser: Browser) -> None:
    """A modal that the app opens is filled in; its errors stand under their fields; then it closes."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    await bot.chat_postMessage(channel=channel, text="x", blocks=[button("Settings", "open")])
    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        await ada.get_by_role("button", name="Settings").click()
        clicked = await app.next("block_actions")
        await bot.views_open(trigger_id=str(clicked["trigger_id"]), view=MODAL)
        dialog = ada.get_by_role("dialog", name="Choose a domain")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_contain_text("Please complete this required field.")
        app.answers["view_submission"] = {"response_action": "errors", "errors": {"name": "Unknown domain."}}
        await dialog.get_by_label("Name").fill("nowhere")
        await dialog.get_by_label("Own").check()
        await dialog.get_by_label("Name").press("Enter")
        await expect(dialog).to_contain_text("Unknown domain.")
        await expect(dialog.get_by_label("Name")).to_be_focused()
        app.answers.clear()
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_have_count(0)
        assert '"value": "nowhere"' in json.dumps(await app.next("view_submission"))


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


async def test_hostile_text_is_inert(server: SlackServer, browser: Browser) -> None:
    """Markup in data is text, no address runs a script, and an injected mention is plainly a mention."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    hostile = "<img src=x onerror=alert(1)> [go](javascript:alert(2)) <javascript:alert(3)|here> <!channel>"
    cell: Json = {"type": "raw_text", "text": "<script>alert(4)</script>"}
    blocks: list[Json] = [
        {"type": "markdown", "text": hostile},
        {"type": "section", "text": {"type": "mrkdwn", "text": hostile}},
        {"type": "table", "rows": [[cell], [cell]]},
    ]
    await bot.chat_postMessage(channel=channel, text=hostile, blocks=blocks)
    async with acting_as(browser, server, "ada") as ada:
        message = said(ada, "onerror")
        await expect(message.get_by_text("<img src=x onerror=alert(1)>")).to_have_count(2)
        await expect(message.get_by_role("cell")).to_have_text("<script>alert(4)</script>")
        await expect(message.locator("img, script, a")).to_have_count(0)
        await expect(message.locator('[data-broadcast="channel"]')).to_have_count(2)


async def test_a_data_table_is_sorted_and_paged(server: SlackServer, browser: Browser) -> None:
    """A data_table sorts by number where the column is of numbers, and turns its pages."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    head = [{"type": "raw_text", "text": "Customer"}, {"type": "raw_text", "text": "Revenue"}]
    values = {"Acme": 900, "Umbra": 80, "Initech": 4100}
    body = [
        [{"type": "raw_text", "text": name}, {"type": "raw_number", "value": value, "text": f"{value:,}"}]
        for name, value in values.items()
    ]
    table: Json = {"type": "data_table", "caption": "Customers", "page_size": 2, "rows": [head, *body]}
    await bot.chat_postMessage(channel=channel, text="table", blocks=[table])
    async with acting_as(browser, server, "ada") as ada:
        rows = ada.get_by_role("table").locator("tbody th")
        await ada.get_by_role("button", name="Revenue").click()
        await expect(rows).to_have_text(["Umbra", "Acme"])
        await ada.get_by_role("button", name="Next").click()
        await expect(rows).to_have_text(["Initech"])


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


async def test_drafts_are_kept(server: SlackServer, browser: Browser) -> None:
    """What was typed and not sent is there again after another channel and after a reload."""
    async with acting_as(browser, server, "ada") as ada:
        await ada.get_by_label("Message #sales").fill("not yet")
        await ada.keyboard.press("Alt+ArrowDown")
        await expect(ada.get_by_label("Message #weather")).to_have_value("")
        await ada.keyboard.press("Alt+ArrowUp")
        await ada.reload()
        await expect(ada.get_by_label("Message #sales")).to_have_value("not yet")


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


async def test_a_long_line_of_code_is_not_cut(server: SlackServer, browser: Browser) -> None:
    """On a phone a long line of SQL goes on below, in a snippet and in a message, without scrolling."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    sql = f"SELECT {', '.join(f'column_{number}' for number in range(30))}, '{'x' * 90}'"
    posted = await bot.chat_postMessage(channel=channel, text="query")
    file_id = await upload(bot, "q.sql", sql.encode())
    fenced = {"type": "markdown", "text": f"```sql\n{sql}\n```"}
    await bot.chat_update(
        channel=channel, ts=str(posted["ts"]), text="query", blocks=[fenced], file_ids=[file_id]
    )
    async with acting_as(browser, server, "ada", size=PHONE) as ada:
        await expect(ada.locator(".snippet .line")).to_contain_text(sql)
        widths = await ada.locator("pre").evaluate_all(
            "all => all.map(({scrollWidth, clientWidth}) => [scrollWidth, clientWidth])"
        )
        assert len(widths) == 2
        assert all(needed <= there for needed, there in widths)


async def test_every_kind_of_block_is_drawn(server: SlackServer, browser: Browser) -> None:
    """Each block that a bot may send has its element; none is left over as unknown."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    points = [{"label": "Jan", "value": 3}, {"label": "Feb", "value": -1}]
    chart = {
        "type": "bar",
        "series": [{"name": "2026", "data": points}],
        "axis_config": {"categories": ["Jan", "Feb"]},
    }
    code = {
        "type": "rich_text_preformatted",
        "language": "sql",
        "elements": [{"type": "text", "text": "select 1"}],
    }
    rich: Json = {"type": "rich_text", "elements": [code]}
    thumbs = {f"{way}_button": {"text": plain(way), "value": way} for way in ("positive", "negative")}
    options = [{"text": plain(name), "value": name} for name in ("Share", "Hide")]
    blocks: list[Json] = [
        {"type": "header", "text": plain("Head")},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "*small*"}]},
        {"type": "actions", "elements": [{"type": "overflow", "action_id": "more", "options": options}]},
        {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": "f", **thumbs}]},
        {"type": "container", "title": plain("SQL"), "is_collapsible": True, "child_blocks": [rich]},
        {"type": "data_visualization", "title": "Rain", "chart": chart},
    ]
    await bot.chat_postMessage(channel=channel, text="all", blocks=blocks)
    async with acting_as(browser, server, "ada") as ada:
        await expect(ada.get_by_role("img", name="bar chart, Rain. 2026: Jan 3, Feb -1")).to_be_visible()
        await expect(ada.get_by_role("heading", name="Head")).to_be_visible()
        await expect(ada.locator("details .tok-keyword")).to_have_text("select")
        await ada.get_by_role("button", name="More actions").click()
        await expect(ada.get_by_role("menuitem")).to_have_text(["Share", "Hide"])
        await expect(ada.locator(".unknown")).to_have_count(0)


async def test_a_direct_conversation(server: SlackServer, browser: Browser) -> None:
    """Two people who never talked can: the conversation opens for one and appears for the other."""
    async with acting_as(browser, server, "ada") as ada, acting_as(browser, server, "grace") as grace:
        await ada.get_by_role("button", name="Grace Hopper").click()
        await ada.get_by_label("Message Grace Hopper").fill("just between us")
        await ada.keyboard.press("Enter")
        await grace.get_by_role("button", name="Ada Lovelace 1 unread, for you").click()
        await expect(said(grace, "just between us")).to_be_visible()


def choice(text: str) -> Json:
    """An option of a menu."""
    return {"text": plain(text), "value": text.lower()}


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


async def test_views_are_updated_and_stacked(server: SlackServer, browser: Browser) -> None:
    """A loading view becomes a form over SQL; one that is pushed lies on top; the app hears of the end."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    await bot.chat_postMessage(channel=channel, text="x", blocks=[button("Show SQL", "open")])
    lines = {"type": "rich_text_preformatted", "language": "sql", "elements": [{"type": "text", "text": SQL}]}
    reason: Json = {
        "type": "static_select",
        "action_id": "v",
        "options": [choice("Wrong numbers"), choice("Other")],
    }
    blocks: list[Json] = [
        {"type": "rich_text", "elements": [lines]},
        {"type": "input", "block_id": "reason", "label": plain("Reason"), "element": reason},
        {
            "type": "input",
            "block_id": "more",
            "optional": True,
            "label": plain("More"),
            "element": {"type": "plain_text_input", "action_id": "v", "multiline": True},
        },
    ]
    loading: Json = {"type": "modal", "title": plain("Loading"), "blocks": [{"type": "divider"}]}
    form: Json = {
        **loading,
        "title": plain("SQL"),
        "submit": plain("Send"),
        "notify_on_close": True,
        "blocks": blocks,
    }
    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        await ada.get_by_role("button", name="Show SQL").click()
        opened = await bot.views_open(
            trigger_id=str((await app.next("block_actions"))["trigger_id"]), view=loading
        )
        await expect(ada.get_by_role("dialog", name="Loading")).to_be_visible()
        await bot.views_update(view_id=opened["view"]["id"], view=form)
        dialog = ada.get_by_role("dialog", name="SQL")
        await expect(dialog.locator(".tok-keyword").first).to_have_text("SELECT")
        await dialog.get_by_label("Reason").select_option("Other")
        await dialog.get_by_label("More").fill("two\nlines")
        app.answers["view_submission"] = {
            "response_action": "push",
            "view": {**loading, "title": plain("Thanks")},
        }
        await dialog.get_by_role("button", name="Send").click()
        values = (await app.next("view_submission"))["view"]["state"]["values"]
        assert values["reason"]["v"]["selected_option"] == choice("Other")
        assert values["more"]["v"]["value"] == "two\nlines"
        await ada.get_by_role("dialog", name="Thanks").get_by_role("button", name="Close").click()
        await expect(ada.get_by_role("dialog", name="Thanks")).to_have_count(0)
        await ada.keyboard.press("Escape")
        assert (await app.next("view_closed"))["view"]["title"]["text"] == "SQL"
        await expect(ada.get_by_role("dialog")).to_have_count(0)


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


async def test_files_of_data_and_prose_can_be_read(server: SlackServer, browser: Browser) -> None:
    """A .csv is previewed as a table, all rows on request, a .md as a document; both can be downloaded."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    rows = "".join(f'"Deal, {number}",{number * 1.5}\r\n' for number in range(8))
    csv = f"\ufeffName,Amount\r\n{rows}".encode()
    prose = b"# The whole answer\n\n**Revenue** rose.\n\n| Region | Amount |\n|---|---|\n| EMEA | 3 |\n"
    for name, data, comment in (("deals.csv", csv, "8 rows"), ("answer.md", prose, "the rest")):
        ticket = await bot.files_getUploadURLExternal(filename=name, length=len(data))
        async with (
            aiohttp.ClientSession() as http,
            http.post(str(ticket["upload_url"]), data=data) as response,
        ):
            assert response.ok
        files: list[dict[str, str | None]] = [{"id": str(ticket["file_id"]), "title": name}]
        await bot.files_completeUploadExternal(files=files, channel_id=channel, initial_comment=comment)
    async with acting_as(browser, server, "ada") as ada:
        table = said(ada, "8 rows").get_by_role("table")
        await expect(table.get_by_role("columnheader")).to_have_text(["Name", "Amount"])
        await expect(table.get_by_role("cell").nth(0)).to_have_text("Deal, 0")
        await expect(table.get_by_role("row")).to_have_count(6)
        await ada.get_by_role("button", name="Show all 8 rows").click()
        await expect(table.get_by_role("row")).to_have_count(9)
        document = said(ada, "the rest")
        await expect(document.get_by_role("heading", name="The whole answer")).to_be_visible()
        await expect(document.get_by_role("cell").nth(0)).to_have_text("EMEA")
        async with ada.expect_download() as download:
            await ada.get_by_role("link", name="Download deals.csv").click()
        assert (await (await download.value).path()).read_bytes() == csv


async def test_a_file_is_previewed_when_it_is_processed(server: SlackServer, browser: Browser) -> None:
    """What a file is, the page learns after its message: a table takes the place of the bare name."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    data = b"Name,Amount\r\nDeal,1\r\n"
    async with acting_as(browser, server, "ada") as ada:
        ticket = await bot.files_getUploadURLExternal(filename="deals.csv", length=len(data))
        async with (
            aiohttp.ClientSession() as http,
            http.post(str(ticket["upload_url"]), data=data) as response,
        ):
            assert response.ok
        await bot.files_completeUploadExternal(
            files=[{"id": str(ticket["file_id"])}], channel_id=channel, initial_comment="1 row"
        )
        await expect(said(ada, "1 row").get_by_role("cell")).to_have_text(["Deal", "1"])


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


async def test_a_chart_is_drawn_for_the_room_it_has(server: SlackServer, browser: Browser) -> None:
    """On a phone the letters of a chart are as large as on a desk, and each mark says what it shows."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    names = ["Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost"]
    points = [{"label": name, "value": 1000 * (at - 2)} for at, name in enumerate(names)]
    chart = {
        "type": "bar",
        "series": [{"name": "EMEA", "data": points}],
        "axis_config": {"categories": names, "y_label": "USD"},
    }
    block = {"type": "data_visualization", "title": "By stage", "chart": chart}
    await bot.chat_postMessage(channel=channel, text="x", blocks=[block])
    async with acting_as(browser, server, "ada", size=PHONE) as ada:
        drawing = ada.get_by_role("img", name=re.compile("^bar chart, By stage"))
        await expect(drawing).not_to_have_attribute("width", "560")
        assert await drawing.evaluate(
            "one => Math.abs(one.getBoundingClientRect().width - Number(one.getAttribute('width'))) < 1"
        )
        labels = drawing.locator("text.tick").filter(has_text=re.compile("^[A-Z]"))
        await expect(labels).to_have_count(6)
        await expect(drawing.locator("rect title").first).to_have_text("EMEA · Prospecting: -2,000")
        assert await ada.evaluate("document.documentElement.scrollWidth <= innerWidth")
