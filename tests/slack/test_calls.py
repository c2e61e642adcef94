"""Slack's failures, as errors of this project."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import (
    MessageGone,
    NotInChannel,
    SlackError,
    SlackLimited,
    SlackRefused,
    SlackUnreachable,
    TokenRefused,
)
from bot.slack.calls import Calls, NotCarriedOut, NotConnected, obeying, repeating
from tests.slack.conftest import Answer, Clock, WebApi, limited, refused
from tests.slack.installed import installed


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused("not_in_channel"), NotInChannel),
        (refused("channel_not_found"), NotInChannel),
        (refused("is_archived"), NotInChannel),
        (refused("restricted_action_thread_locked"), NotInChannel),
        (refused("user_not_in_channel"), NotInChannel),
        (refused("message_not_found"), MessageGone),
        (refused("edit_window_closed"), MessageGone),
        (refused("token_revoked"), TokenRefused),
        (refused("missing_scope"), TokenRefused),
        (refused("invalid_blocks"), SlackRefused),
        (refused("an_error_of_tomorrow"), SlackRefused),
        (refused("update_failed"), SlackUnreachable),
        (refused("internal_error"), SlackUnreachable),
        (refused("ratelimited"), SlackLimited),
        (limited(7), SlackLimited),
        (Answer(status=502, text="<html>bad gateway</html>"), SlackUnreachable),
        (Answer(status=503, text="{"), SlackUnreachable),
        (Answer(text="not json"), SlackUnreachable),
        (Answer(text="{", headers={"Content-Type": "application/json"}), SlackUnreachable),
        (Answer(drop=True), SlackUnreachable),
    ],
)
async def test_failures_have_their_kind(api: WebApi, answer: Answer, kind: type[SlackError]) -> None:
    """Every way in which a call can fail becomes exactly one kind of error, and nothing is called twice."""
    api.expect("chat.update", answer)
    with pytest.raises(SlackError) as raised:
        await Calls(api.client).write("chat.update", {"text": "x"})
    assert type(raised.value) is kind
    assert len(api.calls) == 1


async def test_retry_after_is_read(api: WebApi) -> None:
    """The pause that Slack asks for comes with the error."""
    api.expect("chat.update", limited(7))
    with pytest.raises(SlackLimited) as raised:
        await Calls(api.client).write("chat.update", {})
    assert raised.value.retry_after == 7


async def test_details_are_kept_for_the_log(api: WebApi) -> None:
    """What Slack says about an invalid block stands in the error."""
    api.expect("chat.update", refused("invalid_blocks", "[ERROR] must be more than 0 characters"))
    with pytest.raises(SlackRefused, match="more than 0 characters"):
        await Calls(api.client).write("chat.update", {})


async def test_unmade_connection_is_told_apart(unused_tcp_port: int) -> None:
    """Where nobody listens, the call was surely not carried out."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=f"http://127.0.0.1:{unused_tcp_port}/api/", session=session)
        with pytest.raises(NotConnected):
            await Calls(client).write("chat.postMessage", {})


async def test_limits_are_waited_out(api: WebApi, clock: Clock) -> None:
    """A limited call is made again after the pause that Slack asks for."""
    api.expect("files.info", limited(3), limited(2))
    calls = Calls(api.client)
    await obeying(lambda: calls.read("files.info", {"file": "F1"}), clock.sleep)
    assert clock.slept == [3, 2]
    assert len(api.calls) == 3


async def test_endless_limits_end(api: WebApi, clock: Clock) -> None:
    """A call that is limited again and again counts as unanswered, and never waits for ever."""
    api.expect("files.info", *[limited(1)] * 10)
    calls = Calls(api.client)
    with pytest.raises(SlackUnreachable):
        await obeying(lambda: calls.read("files.info", {"file": "F1"}), clock.sleep)


@pytest.mark.parametrize(
    ("headers", "scopes"),
    [
        (
            {"x-oauth-scopes": "chat:write,users:read, users:read.email"},
            {"chat:write", "users:read", "users:read.email"},
        ),
        ({"X-OAuth-Scopes": "chat:write"}, {"chat:write"}),
        ({"x-oauth-scopes": ""}, set()),
        ({}, set()),
    ],
)
async def test_a_token_tells_whose_it_is_and_what_it_may_do(
    api: WebApi, headers: dict[str, str], scopes: set[str]
) -> None:
    """Slack names the scopes in a header, and says nothing where it has none to name."""
    api.expect("auth.test", Answer({"team_id": "T1"}, headers=headers))
    who, granted = await Calls(api.client).granted()
    assert who["team_id"] == "T1"
    assert granted == scopes


async def test_a_refused_token_may_do_nothing(api: WebApi) -> None:
    """That is an error of its kind here, too."""
    api.expect("auth.test", refused("invalid_auth"), Answer(drop=True))
    with pytest.raises(TokenRefused):
        await Calls(api.client).granted()
    with pytest.raises(SlackUnreachable):
        await Calls(api.client).granted()


async def test_the_workspace_tells_the_scopes_of_the_manifest() -> None:
    """What the app asks for is what it finds."""
    async with installed() as here:
        who, granted = await Calls(here.client).granted()
    assert who["team_id"] == here.workspace.team_id
    assert granted == set(here.workspace.manifest.bot_scopes)


def test_the_clients_own_retries_are_left_to_it(api: WebApi) -> None:
    """Calls go through a copy that never repeats by itself; Bolt's own client keeps its retries."""
    before = list(api.client.retry_handlers)
    Calls(api.client)
    assert api.client.retry_handlers == before != []


async def test_a_limit_that_is_too_long_is_not_waited_out(api: WebApi, clock: Clock) -> None:
    """The call was surely not carried out, and nobody is kept waiting for an hour."""
    api.expect("files.info", limited(100), limited(3600))
    calls = Calls(api.client)
    with pytest.raises(NotCarriedOut, match="too long"):
        await obeying(lambda: calls.read("files.info", {"file": "F1"}), clock.sleep)
    assert clock.slept == [100]


async def test_what_does_no_harm_twice_is_repeated(api: WebApi, clock: Clock) -> None:
    """A few times, with pauses; limits are obeyed in between."""
    api.expect("files.info", Answer(drop=True), limited(2), Answer(status=503, text="{"))
    calls = Calls(api.client)
    await repeating(lambda: calls.read("files.info", {"file": "F1"}), clock.sleep)
    assert clock.slept == [0.5, 2, 1.0]


async def test_what_is_never_answered_ends(api: WebApi, clock: Clock) -> None:
    """After three calls; a refusal is not repeated at all."""
    api.expect("files.info", *[Answer(drop=True)] * 3, refused("token_revoked"))
    calls = Calls(api.client)
    for error, made in ((SlackUnreachable, 3), (TokenRefused, 4)):
        with pytest.raises(error):
            await repeating(lambda: calls.read("files.info", {"file": "F1"}), clock.sleep)
        assert len(api.calls) == made
