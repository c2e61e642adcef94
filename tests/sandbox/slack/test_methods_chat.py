import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.server import SlackServer

SECTION = {"type": "section", "block_id": "b1", "text": {"type": "mrkdwn", "text": "hello"}}


async def error_of(call: object) -> str:
    """The error code that a call ends with."""
    with pytest.raises(SlackApiError) as caught:
        await call  # type: ignore[misc]  # any coroutine of the SDK
    return str(caught.value.response["error"])


async def test_bot_posts_and_reads_back(server: SlackServer, bot: AsyncWebClient) -> None:
    """What the bot posts stands in the channel with its bot_id, text and blocks."""
    sales = server.workspace.channels["sales"]
    posted = await bot.chat_postMessage(channel=sales, text="hi", blocks=[SECTION])
    history = await bot.conversations_history(channel=sales)
    message = history["messages"][0]
    assert message["ts"] == posted["ts"]
    assert message["bot_id"] == server.workspace.bot.bot_id
    assert message["blocks"] == [SECTION]


async def test_a_user_token_posts_as_the_person(server: SlackServer, ada: AsyncWebClient) -> None:
    """A message by a user token is that person's, and a typed name becomes a mention."""
    workspace = server.workspace
    posted = await ada.chat_postMessage(channel=workspace.channels["sales"], text="@wisdom. hi @nobody")
    assert posted["message"]["user"] == workspace.users["ada"].id
    assert posted["message"]["text"] == f"<@{workspace.bot_user_id}>. hi @nobody"
    assert "bot_id" not in posted["message"]
    assert posted["message"]["client_msg_id"]


async def test_update_with_text_alone_wipes_blocks(server: SlackServer, bot: AsyncWebClient) -> None:
    """Text without blocks removes the blocks; blocks without text keep the text."""
    sales = server.workspace.channels["sales"]
    ts = (await bot.chat_postMessage(channel=sales, text="one", blocks=[SECTION]))["ts"]
    changed = await bot.api_call("chat.update", json={"channel": sales, "ts": ts, "blocks": [SECTION]})
    assert (changed["text"], changed["message"]["blocks"]) == ("one", [SECTION])
    changed = await bot.chat_update(channel=sales, ts=ts, text="two")
    assert "blocks" not in changed["message"]


async def test_update_counts_bytes(server: SlackServer, bot: AsyncWebClient) -> None:
    """An edit takes 4,000 bytes of text, however few characters that is."""
    sales = server.workspace.channels["sales"]
    ts = (await bot.chat_postMessage(channel=sales, text="one"))["ts"]
    await bot.chat_update(channel=sales, ts=ts, text="a" * 4000)
    assert await error_of(bot.chat_update(channel=sales, ts=ts, text="é" * 2001)) == "msg_too_long"


async def test_a_long_post_is_cut_with_a_warning(server: SlackServer, bot: AsyncWebClient) -> None:
    """A post of more than 40,000 characters is cut, and Slack says so."""
    posted = await bot.chat_postMessage(channel=server.workspace.channels["sales"], text="a" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    assert posted["warning"] == "message_truncated"


async def test_only_own_messages_change(
    server: SlackServer, bot: AsyncWebClient, ada: AsyncWebClient
) -> None:
    """Nobody edits or deletes what somebody else wrote, nor what is gone."""
    sales = server.workspace.channels["sales"]
    ts = (await ada.chat_postMessage(channel=sales, text="mine"))["ts"]
    assert await error_of(bot.chat_update(channel=sales, ts=ts, text="x")) == "cant_update_message"
    assert await error_of(bot.chat_delete(channel=sales, ts=ts)) == "cant_delete_message"
    await ada.chat_delete(channel=sales, ts=ts)
    assert await error_of(ada.chat_update(channel=sales, ts=ts, text="x")) == "message_not_found"


async def test_where_the_bot_may_write(server: SlackServer, bot: AsyncWebClient) -> None:
    """The bot writes where it is a member, and to a person by id."""
    workspace = server.workspace
    assert (
        await error_of(bot.chat_postMessage(channel=workspace.channels["random"], text="x"))
        == "not_in_channel"
    )
    assert await error_of(bot.chat_postMessage(channel="C0NOWHERE0", text="x")) == "channel_not_found"
    direct = await bot.chat_postMessage(channel=workspace.users["ada"].id, text="x")
    assert direct["channel"].startswith("D")


async def test_a_reply_to_a_reply_goes_to_the_root(
    server: SlackServer, bot: AsyncWebClient, ada: AsyncWebClient
) -> None:
    """thread_ts of a reply is led to the root, whose counts follow."""
    sales = server.workspace.channels["sales"]
    root = (await ada.chat_postMessage(channel=sales, text="root"))["ts"]
    first = (await bot.chat_postMessage(channel=sales, text="one", thread_ts=root))["ts"]
    second = await bot.chat_postMessage(channel=sales, text="two", thread_ts=first)
    assert second["message"]["thread_ts"] == root
    thread = (await bot.conversations_replies(channel=sales, ts=root))["messages"]
    assert [message["text"] for message in thread] == ["root", "one", "two"]
    assert (thread[0]["reply_count"], thread[0]["latest_reply"]) == (2, second["ts"])
    assert (
        await error_of(bot.chat_postMessage(channel=sales, text="x", thread_ts="1.000001"))
        == "thread_not_found"
    )


async def test_ephemeral_is_in_no_history(server: SlackServer, bot: AsyncWebClient) -> None:
    """An ephemeral message is seen by its person and stored nowhere."""
    workspace = server.workspace
    sales, ada_id = workspace.channels["sales"], workspace.users["ada"].id
    await bot.chat_postEphemeral(channel=sales, user=ada_id, text="psst")
    assert [(user, message.text) for user, message in workspace.ephemerals] == [(ada_id, "psst")]
    assert (await bot.conversations_history(channel=sales))["messages"] == []


async def test_ephemeral_needs_a_thread_that_is_one(server: SlackServer, bot: AsyncWebClient) -> None:
    """In a thread it is shown only where that has replies; Slack does not say that it was not."""
    workspace = server.workspace
    sales, ada_id = workspace.channels["sales"], workspace.users["ada"].id
    root = str((await bot.chat_postMessage(channel=sales, text="root"))["ts"])
    await bot.chat_postEphemeral(channel=sales, user=ada_id, text="unseen", thread_ts=root)
    await bot.chat_postMessage(channel=sales, text="reply", thread_ts=root)
    await bot.chat_postEphemeral(channel=sales, user=ada_id, text="psst", thread_ts=root)
    assert [message.text for _, message in workspace.ephemerals] == ["psst"]


async def test_an_empty_post_is_refused(server: SlackServer, bot: AsyncWebClient) -> None:
    """A message says something, and markdown_text stands alone."""
    sales = server.workspace.channels["sales"]
    assert await error_of(bot.api_call("chat.postMessage", json={"channel": sales})) == "no_text"
    both = bot.api_call("chat.postMessage", json={"channel": sales, "text": "x", "markdown_text": "y"})
    assert await error_of(both) == "markdown_text_conflict"


async def test_permalink_names_the_thread(server: SlackServer, bot: AsyncWebClient) -> None:
    """A reply's permalink carries the ts of its root."""
    sales = server.workspace.channels["sales"]
    root = (await bot.chat_postMessage(channel=sales, text="root"))["ts"]
    reply = (await bot.chat_postMessage(channel=sales, text="one", thread_ts=root))["ts"]
    link = await bot.chat_getPermalink(channel=sales, message_ts=reply)
    assert link["permalink"].endswith(
        f"/archives/{sales}/p{reply.replace('.', '')}?thread_ts={root}&cid={sales}"
    )
