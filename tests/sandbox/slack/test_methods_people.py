from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.model import Change, StatusSet
from bot.sandbox.slack.server import SlackServer

from .conftest import client
from .test_methods_chat import error_of


async def test_who_is_who(server: SlackServer, ada: AsyncWebClient, bot: AsyncWebClient) -> None:
    """A token says whose it is; people are found by id and by address."""
    workspace = server.workspace
    me = await ada.auth_test()
    assert (me["user"], me["user_id"]) == ("ada", workspace.users["ada"].id)
    assert (await bot.auth_test())["bot_id"] == workspace.bot.bot_id
    found = await ada.users_lookupByEmail(email="Grace@example.com")
    assert found["user"]["name"] == "grace"
    listed = {each["name"]: each["deleted"] for each in (await ada.users_list())["members"]}
    assert listed.pop("emilie") is True
    assert set(listed) == {*workspace.users, "wisdom"} - {"emilie", "otto"}
    assert not any(listed.values())
    assert (await ada.bots_info(bot=workspace.bot.bot_id))["bot"]["user_id"] == workspace.bot_user_id
    assert (await ada.team_info())["team"]["id"] == workspace.team_id
    assert await error_of(ada.users_info(user="U0NOBODY00")) == "user_not_found"
    assert await error_of(ada.users_lookupByEmail(email="x@example.com")) == "users_not_found"


async def test_an_address_leads_only_to_active_people_of_the_workspace(ada: AsyncWebClient) -> None:
    """Neither an outsider nor somebody whose account is switched off is found by their address."""
    for address in ("otto@partner.example", "emilie@example.com"):
        assert await error_of(ada.users_lookupByEmail(email=address)) == "users_not_found"
    assert (await ada.users_lookupByEmail(email="gertrude@example.com"))["user"]["is_restricted"] is True


MANIFEST = """
display_information: {name: Asker}
features: {bot_user: {display_name: asker}}
oauth_config: {scopes: {bot: [%s]}}
"""


@pytest.mark.parametrize(
    ("scopes", "address"),
    [("users:read", None), ("users:read, users:read.email", "grace@example.com")],
)
async def test_the_app_sees_addresses_only_with_the_scope(
    tmp_path: Path, scopes: str, address: str | None
) -> None:
    """And of outsiders and of who has none it sees none with it either."""
    (tmp_path / "manifest.yml").write_text(MANIFEST % scopes)
    server = SlackServer(manifest_path=tmp_path / "manifest.yml")
    await server.start()
    try:
        bot, users = client(server, server.workspace.bot_token), server.workspace.users
        profiles = {
            name: (await bot.users_info(user=users[name].id))["user"]["profile"]
            for name in ("grace", "otto", "emmy")
        }
    finally:
        await server.close()
    assert {name: profile.get("email") for name, profile in profiles.items()} == {
        "grace": address,
        "otto": None,
        "emmy": None,
    }


async def test_an_outsiders_token_is_of_their_workspace(server: SlackServer) -> None:
    """Whoever looks with it is told the other team."""
    partner = server.workspace.partner
    me = await client(server, server.workspace.users["otto"].token).auth_test()
    assert (me["team_id"], me["team"]) == (partner.id, partner.name)


async def test_reactions(server: SlackServer, ada: AsyncWebClient) -> None:
    """A reaction is added once and taken away once."""
    sales = server.workspace.channels["sales"]
    ts = (await ada.chat_postMessage(channel=sales, text="x"))["ts"]
    await ada.reactions_add(channel=sales, timestamp=ts, name="eyes")
    assert await error_of(ada.reactions_add(channel=sales, timestamp=ts, name="eyes")) == "already_reacted"
    message = (await ada.conversations_history(channel=sales))["messages"][0]
    assert message["reactions"] == [{"name": "eyes", "users": [server.workspace.users["ada"].id], "count": 1}]
    await ada.reactions_remove(channel=sales, timestamp=ts, name="eyes")
    assert await error_of(ada.reactions_remove(channel=sales, timestamp=ts, name="eyes")) == "no_reaction"


async def test_status_is_shown(server: SlackServer, ada: AsyncWebClient, bot: AsyncWebClient) -> None:
    """The app's status reaches whoever watches the thread."""
    seen: list[Change] = []
    server.workspace.subscribe(seen.append)
    sales = server.workspace.channels["sales"]
    ts = (await ada.chat_postMessage(channel=sales, text="x"))["ts"]
    await bot.assistant_threads_setStatus(channel_id=sales, thread_ts=ts, status="is thinking")
    assert seen[-1] == StatusSet(sales, ts, "is thinking")


async def test_blocks_are_validated_without_a_token(server: SlackServer) -> None:
    """blocks.validate needs no token and names what is wrong."""
    nobody = AsyncWebClient(base_url=server.api_url)
    await nobody.api_call("blocks.validate", json={"blocks": [{"type": "divider"}]})
    broken = nobody.api_call("blocks.validate", json={"blocks": [{"type": "nonsense"}]})
    assert await error_of(broken) == "invalid_blocks"
    assert await error_of(nobody.api_call("blocks.validate", json={})) == "invalid_arguments"


async def test_api_test_answers(bot: AsyncWebClient) -> None:
    """api.test gives back what it got, and fails on request."""
    assert (await bot.api_test(foo="bar"))["args"]["foo"] == "bar"
    assert await error_of(bot.api_test(error="my_error")) == "my_error"
