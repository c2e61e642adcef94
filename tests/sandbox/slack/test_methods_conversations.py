import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer

from .conftest import StartServer, client
from .test_methods_chat import error_of


async def test_history_comes_in_pages(server: SlackServer, ada: AsyncWebClient) -> None:
    """Newest first, cut by limit, continued by cursor, bounded by oldest and latest."""
    sales = server.workspace.channels["sales"]
    stamps = [(await ada.chat_postMessage(channel=sales, text=str(number)))["ts"] for number in range(5)]
    first = await ada.conversations_history(channel=sales, limit=2)
    assert [message["text"] for message in first["messages"]] == ["4", "3"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await ada.conversations_history(channel=sales, limit=2, cursor=cursor)
    assert [message["text"] for message in second["messages"]] == ["2", "1"]
    between = await ada.conversations_history(channel=sales, oldest=stamps[1], latest=stamps[3])
    assert [message["text"] for message in between["messages"]] == ["2"]
    assert await error_of(ada.conversations_history(channel=sales, cursor="junk")) == "invalid_cursor"


async def test_replies_are_not_in_history(server: SlackServer, ada: AsyncWebClient) -> None:
    """A reply stands in its thread, and in the channel only when it was broadcast."""
    sales = server.workspace.channels["sales"]
    root = (await ada.chat_postMessage(channel=sales, text="root"))["ts"]
    await ada.chat_postMessage(channel=sales, text="quiet", thread_ts=root)
    await ada.chat_postMessage(channel=sales, text="loud", thread_ts=root, reply_broadcast=True)
    said = (await ada.conversations_history(channel=sales))["messages"]
    assert [message["text"] for message in said] == ["loud", "root"]
    assert await error_of(ada.conversations_replies(channel=sales, ts="1.000001")) == "thread_not_found"


async def test_a_deleted_root_stands_over_its_replies(
    server: SlackServer, ada: AsyncWebClient, bot: AsyncWebClient
) -> None:
    """A thread whose root was deleted begins with a tombstone; a message without replies is gone."""
    sales = server.workspace.channels["sales"]
    root = (await ada.chat_postMessage(channel=sales, text="root"))["ts"]
    await bot.chat_postMessage(channel=sales, text="reply", thread_ts=root)
    await ada.chat_delete(channel=sales, ts=root)
    thread = (await bot.conversations_replies(channel=sales, ts=root))["messages"]
    assert [message.get("subtype") for message in thread] == ["tombstone", None]
    assert await error_of(ada.chat_update(channel=sales, ts=root, text="x")) == "message_not_found"
    await bot.chat_postMessage(channel=sales, text="later", thread_ts=root)
    lonely = (await ada.chat_postMessage(channel=sales, text="alone"))["ts"]
    await ada.chat_delete(channel=sales, ts=lonely)
    assert await error_of(bot.conversations_replies(channel=sales, ts=lonely)) == "thread_not_found"


async def test_a_direct_message_is_private(server: SlackServer, ada: AsyncWebClient) -> None:
    """Others do not even learn that the conversation exists."""
    workspace = server.workspace
    opened = await ada.conversations_open(users=[workspace.bot_user_id], return_im=True)
    assert opened["channel"]["user"] == workspace.bot_user_id
    grace = client(server, workspace.users["grace"].token)
    assert await error_of(grace.conversations_history(channel=opened["channel"]["id"])) == "channel_not_found"


async def test_lists_show_what_one_can_see(server: SlackServer, ada: AsyncWebClient) -> None:
    """conversations.list shows channels and one's own DMs, users.conversations memberships."""
    every = await ada.conversations_list(types="public_channel,im")
    assert len([each for each in every["channels"] if each["is_im"]]) == 1
    names = {each["name"]: each["is_member"] for each in every["channels"] if not each["is_im"]}
    assert names == {"sales": True, "weather": True, "random": True, "partners": True}
    bots = await ada.users_conversations(user=server.workspace.bot_user_id)
    assert {each["name"] for each in bots["channels"]} == {"sales", "weather", "partners"}
    private = await ada.conversations_list(types="private_channel")
    assert [each["name"] for each in private["channels"]] == ["board"]
    assert await error_of(ada.conversations_list(types="nonsense")) == "invalid_types"


async def test_the_bot_is_invited(server: SlackServer, ada: AsyncWebClient, bot: AsyncWebClient) -> None:
    """After an invitation the bot may write; a second one is refused."""
    workspace = server.workspace
    random = workspace.channels["random"]
    assert await error_of(bot.conversations_history(channel=random)) == "not_in_channel"
    await ada.conversations_invite(channel=random, users=[workspace.bot_user_id])
    await bot.chat_postMessage(channel=random, text="thanks")
    again = ada.conversations_invite(channel=random, users=[workspace.bot_user_id])
    assert await error_of(again) == "already_in_channel"
    members = await ada.conversations_members(channel=random)
    assert workspace.bot_user_id in members["members"]


async def test_join_and_info(start: StartServer) -> None:
    """With the scopes for it the bot joins a public channel by itself."""
    server = await start(SlackOptions(enforce_scopes=False))
    bot = client(server, server.workspace.bot_token)
    random = server.workspace.channels["random"]
    assert not (await bot.conversations_info(channel=random))["channel"]["is_member"]
    await bot.conversations_join(channel=random)
    info = await bot.conversations_info(channel=random, include_num_members=True)
    assert info["channel"]["num_members"] == 9


@pytest.mark.parametrize(("name", "seen"), [("gertrude", {"sales", "partners"}), ("otto", {"partners"})])
async def test_guests_and_outsiders_see_their_channels_only(
    server: SlackServer, name: str, seen: set[str]
) -> None:
    """Every other channel does not exist for them, and they neither join nor invite."""
    here, channels = server.workspace, server.workspace.channels
    theirs = client(server, here.users[name].token)
    listed = (await theirs.conversations_list(types="public_channel,private_channel"))["channels"]
    assert {each["name"] for each in listed} == seen
    assert await error_of(theirs.conversations_history(channel=channels["weather"])) == "channel_not_found"
    assert await error_of(theirs.conversations_join(channel=channels["weather"])) == "channel_not_found"
    invitation = theirs.conversations_invite(channel=channels["partners"], users=[here.users["vera"].id])
    assert await error_of(invitation) == "user_is_restricted"


async def test_outsiders_come_only_where_the_channel_is_shared(
    server: SlackServer, ada: AsyncWebClient
) -> None:
    """Nobody can invite them elsewhere, nor somebody whose account is switched off."""
    here, sales = server.workspace, server.workspace.channels["sales"]
    for name in ("otto", "emilie"):
        invitation = ada.conversations_invite(channel=sales, users=[here.users[name].id])
        assert await error_of(invitation) == "cant_invite"
    here.share_channel(sales, [here.partner.id])
    await ada.conversations_invite(channel=sales, users=[here.users["otto"].id])
    otto = client(server, here.users["otto"].token)
    assert (await otto.chat_postMessage(channel=sales, text="hello"))["message"]["team"] == here.partner.id


async def test_an_app_has_no_dm_with_outsiders(start: StartServer) -> None:
    """Neither from their side nor from its own, and none with a person whose account is switched off."""
    server = await start(SlackOptions(enforce_scopes=False))
    here = server.workspace
    bot, otto = (client(server, token) for token in (here.bot_token, here.users["otto"].token))
    assert await error_of(otto.conversations_open(users=[here.bot_user_id])) == "user_not_visible"
    assert await error_of(bot.conversations_open(users=[here.users["otto"].id])) == "user_not_visible"
    assert await error_of(bot.conversations_open(users=[here.users["emilie"].id])) == "user_disabled"
    for name in ("otto", "emilie"):
        post = bot.chat_postMessage(channel=here.users[name].id, text="hello")
        assert await error_of(post) == "channel_not_found"
    await bot.chat_postMessage(channel=here.users["gertrude"].id, text="hello")


async def test_the_old_id_of_a_channel_is_gone(server: SlackServer, ada: AsyncWebClient) -> None:
    """What is asked under it is not found; under the new one everything is there."""
    here, old = server.workspace, server.workspace.channels["board"]
    root = (await ada.chat_postMessage(channel=old, text="root"))["ts"]
    await ada.chat_postMessage(channel=old, text="reply", thread_ts=root)
    new = here.change_channel_id(old)
    for call in (
        ada.conversations_info(channel=old),
        ada.conversations_replies(channel=old, ts=root),
        ada.chat_postMessage(channel=old, text="x"),
        ada.chat_update(channel=old, ts=root, text="x"),
    ):
        assert await error_of(call) == "channel_not_found"
    thread = (await ada.conversations_replies(channel=new, ts=root))["messages"]
    assert [message["text"] for message in thread] == ["root", "reply"]
    await ada.chat_update(channel=new, ts=root, text="still mine")


async def test_an_archived_channel_takes_nothing(server: SlackServer, ada: AsyncWebClient) -> None:
    """Nobody writes into an archived channel."""
    channel = server.workspace.channel(server.workspace.channels["sales"])
    assert channel is not None
    channel.is_archived = True
    with pytest.raises(SlackApiError, match="is_archived"):
        await ada.chat_postMessage(channel=channel.id, text="x")


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
async def test_metadata_are_shown_to_who_asks_for_them(
    server: SlackServer, bot: AsyncWebClient, method: str
) -> None:
    """They are left out otherwise, and where the workspace hides them; an edit keeps them."""
    sales = server.workspace.channels["sales"]
    mark = {"event_type": "wisdom_turn", "event_payload": {"turn": "t1"}}
    ts = str((await bot.chat_postMessage(channel=sales, text="x", metadata=mark))["ts"])
    await bot.chat_update(channel=sales, ts=ts, text="y")

    async def told(**asked: str) -> object:
        answer = await bot.api_call(method, params={"channel": sales, "ts": ts, **asked})
        return next(each for each in answer["messages"] if each["ts"] == ts).get("metadata")

    assert await told() is None
    assert await told(include_all_metadata="true") == mark
    server.workspace.faults.hide_metadata = True
    assert await told(include_all_metadata="true") is None
