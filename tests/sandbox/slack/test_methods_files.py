from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.server import SlackServer

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


async def upload(
    http: aiohttp.ClientSession,
    bot: AsyncWebClient,
    name: str,
    data: bytes,
    *,
    snippet_type: str | None = None,
) -> str:
    """Upload a private file in three steps, and give back its id."""
    given = await bot.files_getUploadURLExternal(filename=name, length=len(data), snippet_type=snippet_type)
    async with http.post(given["upload_url"], data=data) as response:
        assert response.status == 200
    await bot.files_completeUploadExternal(files=[{"id": given["file_id"], "title": "A title"}])
    return str(given["file_id"])


def image(file_id: str) -> dict[str, object]:
    """An image block that shows a file."""
    return {"type": "image", "alt_text": "a chart", "slack_file": {"id": file_id}}


async def test_a_chart_is_usable_only_after_a_while(
    server: SlackServer, bot: AsyncWebClient, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """Right after the upload a file has no type and cannot stand in a block; later it has and can."""
    sales = server.workspace.channels["sales"]
    file_id = await upload(http, bot, "chart.png", PNG)
    assert (await bot.files_info(file=file_id))["file"]["mimetype"] == ""
    with pytest.raises(SlackApiError) as caught:
        await bot.chat_postMessage(channel=sales, text="x", blocks=[image(file_id)])
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]
    clock.advance(1)
    assert (await bot.files_info(file=file_id))["file"]["mimetype"] == "image/png"
    await bot.chat_postMessage(channel=sales, text="x", blocks=[image(file_id)])


async def test_a_file_can_stay_invisible(
    server: SlackServer, bot: AsyncWebClient, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """With the fault switched on, a file is never processed."""
    server.workspace.faults.uploads_never_visible = True
    file_id = await upload(http, bot, "chart.png", PNG)
    clock.advance(3600)
    assert (await bot.files_info(file=file_id))["file"]["mimetype"] == ""


async def test_a_private_file_is_seen_where_it_is_shown(
    server: SlackServer, bot: AsyncWebClient, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """Nobody but the owner opens a private file; attached to a message, its readers do."""
    workspace = server.workspace
    file_id = await upload(http, bot, "query.sql", b"SELECT 1\n", snippet_type="sql")
    clock.advance(1)
    ada = workspace.users["ada"].id
    address = f"{server.url}_page/file/{file_id}"
    async with http.get(address, params={"user": ada}) as response:
        assert response.status == 404
    posted = await bot.chat_postMessage(channel=workspace.channels["sales"], text="x")
    changed = await bot.chat_update(channel=posted["channel"], ts=posted["ts"], text="x", file_ids=[file_id])
    snippet = changed["message"]["files"][0]
    assert (snippet["mode"], snippet["filetype"], snippet["preview"]) == ("snippet", "sql", "SELECT 1")
    async with http.get(address, params={"user": ada}) as response:
        assert await response.read() == b"SELECT 1\n"


async def test_a_direct_message_keeps_its_files(
    server: SlackServer, bot: AsyncWebClient, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """A chart shown in one person's DM is not for others."""
    workspace = server.workspace
    file_id = await upload(http, bot, "chart.png", PNG)
    clock.advance(1)
    await bot.chat_postMessage(channel=workspace.users["ada"].id, text="x", blocks=[image(file_id)])
    for name, status in (("ada", 200), ("grace", 404)):
        params = {"user": workspace.users[name].id}
        async with http.get(f"{server.url}_page/file/{file_id}", params=params) as response:
            assert response.status == status


async def test_url_private_needs_the_token(
    server: SlackServer, bot: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    """Without a token the private address answers 200 with a login page, with it the bytes."""
    file_id = await upload(http, bot, "chart.png", PNG)
    url = (await bot.files_info(file=file_id))["file"]["url_private_download"]
    async with http.get(url) as response:
        assert (response.status, response.content_type) == (200, "text/html")
    async with http.get(url, headers={"Authorization": f"Bearer {server.workspace.bot_token}"}) as response:
        assert await response.read() == PNG


async def test_sdk_upload_shares_in_the_thread(
    server: SlackServer, bot: AsyncWebClient, clock: ManualClock
) -> None:
    """The SDK's own upload works, and the share stands in the thread of the root."""
    sales = server.workspace.channels["sales"]
    root = (await bot.chat_postMessage(channel=sales, text="root"))["ts"]
    await bot.files_upload_v2(channel=sales, filename="a.csv", content="a,b\n1,2\n", thread_ts=root)
    clock.advance(1)
    reply = (await bot.conversations_replies(channel=sales, ts=root))["messages"][1]
    assert reply["files"][0]["name"] == "a.csv"
    info = await bot.files_info(file=reply["files"][0]["id"])
    assert info["file"]["shares"]["public"][sales] == [{"ts": reply["ts"], "thread_ts": root}]


async def test_a_deleted_file_leaves_its_message(
    server: SlackServer, bot: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    """files.delete takes the file out of the message that showed it."""
    sales = server.workspace.channels["sales"]
    file_id = await upload(http, bot, "query.sql", b"SELECT 1", snippet_type="sql")
    ts = (await bot.chat_postMessage(channel=sales, text="x"))["ts"]
    await bot.chat_update(channel=sales, ts=ts, text="x", file_ids=[file_id])
    await bot.files_delete(file=file_id)
    assert "files" not in (await bot.conversations_history(channel=sales))["messages"][0]
    assert (await bot.files_list())["files"] == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filename": "a", "length": "0"}, "missing_argument"),
        ({"filename": "a", "length": "1", "snippet_type": "klingon"}, "unknown_snippet_type"),
        ({"filename": "a", "length": "1000001", "snippet_type": "sql"}, "snippet_too_large"),
        ({"filename": "a", "length": "1", "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
async def test_uploads_that_are_refused(bot: AsyncWebClient, arguments: dict[str, str], error: str) -> None:
    """An upload that Slack would refuse is refused with Slack's name for it."""
    with pytest.raises(SlackApiError) as caught:
        await bot.api_call("files.getUploadURLExternal", params=arguments)
    assert caught.value.response["error"] == error


async def test_an_upload_is_completed_once(bot: AsyncWebClient, http: aiohttp.ClientSession) -> None:
    """The third step works once, and only after the second."""
    given = await bot.files_getUploadURLExternal(filename="a.txt", length=1)
    with pytest.raises(SlackApiError):
        await bot.files_completeUploadExternal(files=[{"id": given["file_id"]}])
    async with http.post(given["upload_url"], data=b"too long") as response:
        assert response.status == 400
    file_id = await upload(http, bot, "a.txt", b"1")
    with pytest.raises(SlackApiError) as caught:
        await bot.files_completeUploadExternal(files=[{"id": file_id}])
    assert caught.value.response["error"] == "file_not_found"


async def test_a_file_is_shared_with_a_comment(
    server: SlackServer, bot: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    """With a channel and a thread the file is a message there, whose text is the comment."""
    sales = server.workspace.channels["sales"]
    root = str((await bot.chat_postMessage(channel=sales, text="root"))["ts"])
    given = await bot.files_getUploadURLExternal(filename="deals.csv", length=4)
    async with http.post(given["upload_url"], data=b"a,b\n") as response:
        assert response.status == 200
    await bot.files_completeUploadExternal(
        files=[{"id": given["file_id"], "title": "deals.csv"}],
        channel_id=sales,
        thread_ts=root,
        initial_comment="Exported by Ada.",
    )
    _, shared = (await bot.conversations_replies(channel=sales, ts=root))["messages"]
    assert (shared["text"], shared["files"][0]["id"]) == ("Exported by Ada.", given["file_id"])
