"""Files on the page: previews, documents and downloads."""

from __future__ import annotations

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import acting_as
from tests.sandbox.slack.conftest import client
from tests.sandbox.slack.page.app import said, upload

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

SQL = "".join(f"SELECT {number} AS n -- line {number}\n" for number in range(1, 21))


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
