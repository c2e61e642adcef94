"""Blocks on the page, and that nothing in them is more than text."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import PHONE, acting_as
from tests.sandbox.slack.conftest import client
from tests.sandbox.slack.page.app import Json, plain, said, upload

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGNgYPiPBzGMSmNBALR5Y51xLZhBAAAAAElFTkSuQmCC"
)
SQL = "".join(f"SELECT {number} AS n -- line {number}\n" for number in range(1, 21))


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
