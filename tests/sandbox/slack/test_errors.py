import aiohttp
import pytest

from bot.sandbox.slack.errors import ERRORS, Refused
from bot.sandbox.slack.methods import METHODS, TokenKind
from bot.sandbox.slack.options import SlackOptions
from tests.sandbox.slack.conftest import StartServer


def test_a_refusal_is_ok_false_at_200() -> None:
    """Slack's errors are answers; only a few come with another status or headers."""
    refused = Refused("channel_not_found")
    assert (refused.status, refused.headers, str(refused)) == (200, {}, "channel_not_found")
    assert refused.body() == {"ok": False, "error": "channel_not_found"}


def test_details_stand_in_the_body() -> None:
    """What helps a developer is told beside the code."""
    refused = Refused("missing_scope", status=403, headers={"x": "y"}, details={"needed": "chat:write"})
    assert (refused.status, refused.headers) == (403, {"x": "y"})
    assert refused.body() == {"ok": False, "error": "missing_scope", "needed": "chat:write"}


def test_every_served_method_has_its_errors() -> None:
    """The list of codes covers what is served, with what any call can end in."""
    assert set(ERRORS) == set(METHODS)
    assert all({"ratelimited", "token_revoked", "internal_error"} <= codes for codes in ERRORS.values())
    assert {"cant_update_message", "edit_window_closed", "is_inactive"} <= ERRORS["chat.update"]
    assert {"invalid_blocks", "msg_too_long", "is_archived"} <= ERRORS["chat.postMessage"]


@pytest.mark.parametrize("method", METHODS)
async def test_any_call_can_end_in_any_of_them(start: StartServer, method: str) -> None:
    """Each code that is planned for a method is what its next call of the app is answered with."""
    server = await start(SlackOptions(enforce_tiers=False, enforce_scopes=False))
    faults, tiers = server.workspace.faults, METHODS[method].tokens
    token = server.workspace.app_token if TokenKind.APP in tiers else server.workspace.bot_token
    for code in sorted(ERRORS[method]):
        faults.fail_next(method, code)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        said = [await _answer(http, f"{server.api_url}{method}") for _ in ERRORS[method]]
    assert said == [(code, _STATUS.get(code, 200)) for code in sorted(ERRORS[method])]


_STATUS = {"ratelimited": 429, "internal_error": 500}


async def _answer(http: aiohttp.ClientSession, address: str) -> tuple[str, int]:
    """The error and the status of one call."""
    async with http.post(address, json={}) as response:
        return (await response.json())["error"], response.status
