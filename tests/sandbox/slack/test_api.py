from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.methods import METHODS
from bot.sandbox.slack.options import Failure, SlackOptions
from bot.sandbox.slack.server import SlackServer

from .conftest import StartServer, client

Json = dict[str, object]


async def call(
    http: aiohttp.ClientSession, server: SlackServer, method: str, token: str = "", **data: str
) -> Json:
    """Call a method with a form body, and give back the JSON."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with http.post(server.api_url + method, data=data, headers=headers) as response:
        answer: Json = await response.json()
        return answer


async def test_table_equals_routes(server: SlackServer) -> None:
    """Every method of the table is served, and nothing else."""
    assert set(server.api.handlers) == set(METHODS)


async def test_tokens_are_told_apart(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """No token, a wrong one and one of the wrong kind have each their own error."""
    workspace = server.workspace
    assert (await call(http, server, "auth.test"))["error"] == "not_authed"
    assert (await call(http, server, "auth.test", "xoxb-wrong"))["error"] == "invalid_auth"
    assert (await call(http, server, "auth.test", workspace.app_token))["error"] == "not_allowed_token_type"
    opened = await call(http, server, "apps.connections.open", workspace.bot_token)
    assert opened["error"] == "not_allowed_token_type"
    assert (await call(http, server, "no.such", workspace.bot_token))["error"] == "unknown_method"


async def test_a_deactivated_persons_token_is_refused(
    server: SlackServer, http: aiohttp.ClientSession
) -> None:
    """From the moment of it, whatever is called."""
    here = server.workspace
    assert (await call(http, server, "auth.test", here.users["emilie"].token))["error"] == "account_inactive"
    linus = here.users["linus"].token
    assert (await call(http, server, "auth.test", linus))["ok"] is True
    here.deactivate("linus")
    said = await call(http, server, "chat.postMessage", linus, channel=here.channels["sales"], text="x")
    assert said["error"] == "account_inactive"


async def test_an_answer_names_the_scopes(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """Every answer says what the app was granted, so that it can tell what is missing."""
    headers = {"Authorization": f"Bearer {server.workspace.bot_token}"}
    async with http.post(f"{server.api_url}auth.test", headers=headers) as response:
        assert response.headers["x-oauth-scopes"] == ",".join(server.workspace.manifest.bot_scopes)


async def test_token_and_arguments_come_in_every_way(
    server: SlackServer, http: aiohttp.ClientSession
) -> None:
    """The token may stand in the body or the query; JSON must be an object."""
    workspace = server.workspace
    assert (await call(http, server, "auth.test", token=workspace.bot_token))[
        "user_id"
    ] == workspace.bot_user_id
    async with http.get(f"{server.api_url}auth.test", params={"token": workspace.bot_token}) as response:
        assert (await response.json())["bot_id"] == workspace.bot.bot_id
    for body, error in (("{", "invalid_json"), ("[]", "json_not_object")):
        headers = {"Authorization": f"Bearer {workspace.bot_token}", "Content-Type": "application/json"}
        async with http.post(f"{server.api_url}auth.test", data=body, headers=headers) as response:
            assert (await response.json())["error"] == error


async def test_scopes_come_from_the_manifest(
    server: SlackServer, bot: AsyncWebClient, ada: AsyncWebClient
) -> None:
    """What the manifest does not ask for is refused with what is needed and what there is."""
    with pytest.raises(SlackApiError) as caught:
        await bot.team_info()
    answer = caught.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "team:read")
    assert "chat:write" in answer["provided"].split(",")
    assert (await ada.team_info())["team"]["id"] == server.workspace.team_id


async def test_scopes_can_be_switched_off(start: StartServer) -> None:
    """Without scope checks the bot may ask for anything."""
    server = await start(SlackOptions(enforce_scopes=False))
    bot = client(server, server.workspace.bot_token)
    assert (await bot.team_info())["team"]["id"] == server.workspace.team_id


async def test_a_full_minute_is_answered_with_429(
    server: SlackServer, bot: AsyncWebClient, clock: ManualClock
) -> None:
    """The 51st edit in a minute gets 429 and the seconds until the first one falls out of the window."""
    sales = server.workspace.channels["sales"]
    ts = (await bot.chat_postMessage(channel=sales, text="0"))["ts"]
    for count in range(50):
        await bot.chat_update(channel=sales, ts=ts, text=str(count))
    clock.advance(20.5)
    with pytest.raises(SlackApiError) as caught:
        await bot.chat_update(channel=sales, ts=ts, text="one too many")
    response = caught.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (
        429,
        "ratelimited",
        "40",
    )
    assert server.workspace.limited == 1
    clock.advance(40)
    await bot.chat_update(channel=sales, ts=ts, text="again")


async def test_a_channel_takes_one_message_a_second(
    server: SlackServer, bot: AsyncWebClient, clock: ManualClock
) -> None:
    """After a burst of ten a channel takes one message a second; other channels are not affected."""
    channels = server.workspace.channels
    for _ in range(10):
        await bot.chat_postMessage(channel=channels["sales"], text="x")
    with pytest.raises(SlackApiError) as caught:
        await bot.chat_postMessage(channel=channels["sales"], text="x")
    assert caught.value.response.headers["Retry-After"] == "1"
    await bot.chat_postMessage(channel=channels["weather"], text="x")
    clock.advance(1)
    await bot.chat_postMessage(channel=channels["sales"], text="x")


async def test_people_are_not_limited(server: SlackServer, ada: AsyncWebClient) -> None:
    """A person's client is not counted against the app."""
    for _ in range(60):
        await ada.conversations_history(channel=server.workspace.channels["sales"])
    assert server.workspace.limited == 0


async def test_planned_failures(server: SlackServer, bot: AsyncWebClient) -> None:
    """A test can make the app's next call fail in any way; the one after that works."""
    sales = server.workspace.channels["sales"]
    faults = server.workspace.faults
    faults.fail_next("chat.postMessage", Failure.RATE_LIMITED, retry_after=7)
    faults.fail_next("chat.postMessage", Failure.SERVER_ERROR)
    faults.fail_next("chat.postMessage", "message_not_found")
    statuses = []
    for _ in range(3):
        with pytest.raises(SlackApiError) as caught:
            await bot.chat_postMessage(channel=sales, text="x")
        statuses.append((caught.value.response.status_code, caught.value.response["error"]))
    assert statuses == [(429, "ratelimited"), (500, "internal_error"), (200, "message_not_found")]
    faults.fail_next("chat.postMessage", Failure.DROPPED)
    with pytest.raises(aiohttp.ClientError):
        await bot.chat_postMessage(channel=sales, text="x")
    await bot.chat_postMessage(channel=sales, text="x")


async def test_traffic_holds_no_token(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """The log shows the app's calls with their answers, and no token in them."""
    workspace = server.workspace
    await call(http, server, "apps.connections.open", workspace.app_token)
    await call(http, server, "auth.test", token=workspace.bot_token)
    entries = server.traffic.newest(10)
    assert [(entry.direction, entry.kind, entry.name) for entry in entries] == [
        ("in", "web_api", "apps.connections.open"),
        ("in", "web_api", "auth.test"),
    ]
    assert workspace.bot_token not in repr(entries)
    assert "ticket=…" in repr(entries)


async def test_a_call_can_be_carried_out_and_not_answered(server: SlackServer, bot: AsyncWebClient) -> None:
    """Whoever called cannot know that it was."""
    sales = server.workspace.channels["sales"]
    server.workspace.faults.fail_next("chat.postMessage", Failure.UNANSWERED)
    with pytest.raises(aiohttp.ClientError):
        await bot.chat_postMessage(channel=sales, text="x")
    assert [each.text for each in server.workspace.history(sales) if each.bot_id] == ["x"]


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize(
    "failure",
    [Failure.RATE_LIMITED, Failure.SERVER_ERROR, Failure.DROPPED, Failure.UNANSWERED, "fatal_error"],
)
async def test_any_method_can_fail_in_any_way(
    server: SlackServer, http: aiohttp.ClientSession, method: str, failure: str
) -> None:
    """By its name, whatever its arguments are."""
    token = server.workspace.app_token if method == "apps.connections.open" else server.workspace.bot_token
    server.workspace.options = replace(server.workspace.options, enforce_scopes=False)
    server.workspace.faults.fail_next(method, failure)
    try:
        answer = await call(http, server, method, token)
    except aiohttp.ClientError:
        assert failure in {Failure.DROPPED, Failure.UNANSWERED}
    else:
        refused_before = failure == Failure.UNANSWERED  # its arguments are not what it takes
        assert refused_before or answer["error"] == failure
