"""What keeps a command from starting is told in a sentence."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bot.sandbox.demo import slack_environment, wisdom_environment, world
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.server import TenantServer
from tests.processes import run
from tests.scenarios.town import Town
from tests.test_app import manifest_without
from tests.test_main import here, settings

__all__ = ["here"]


async def test_a_refused_app_token_leaves_nothing_open(tmp_path: Path, here: Town) -> None:
    """No session is left unclosed when Slack refuses the app token."""
    wrong = settings(here, SLACK_APP_TOKEN="xapp-wrong")
    ended = await run("-m", "bot", "run", folder=tmp_path, settings=wrong)
    assert (ended.code, ended.alarms) == (2, [])
    assert "SLACK_APP_TOKEN" in ended.err


@pytest.mark.parametrize(
    "command",
    [("bot", "run"), ("bot", "demo", "--no-browser"), ("bot.sandbox", "slack"), ("bot.sandbox", "tenant")],
    ids=" ".join,
)
async def test_a_port_that_is_taken_is_told(tmp_path: Path, here: Town, command: tuple[str, ...]) -> None:
    """Whatever listens on a port names the one that it cannot have."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = await run("-m", *command, "--port", port, folder=tmp_path, settings=settings(here))
    assert (ended.code, ended.alarms) == (2, [])
    assert port in ended.err


async def test_a_number_that_is_no_port_is_told(tmp_path: Path, here: Town) -> None:
    """Ports end at 65535."""
    ended = await run("-m", "bot", "run", "--port", "70000", folder=tmp_path, settings=settings(here))
    assert (ended.code, ended.alarms) == (2, [])
    assert "70000 is not a port" in ended.err


async def test_an_empty_bot_token_is_told(tmp_path: Path, here: Town) -> None:
    """A setting without a value is named like one that is missing."""
    empty = settings(here, SLACK_BOT_TOKEN="")
    ended = await run("-m", "bot", "run", folder=tmp_path, settings=empty)
    assert (ended.code, ended.alarms) == (2, [])
    assert "SLACK_BOT_TOKEN" in ended.err


async def test_an_app_token_of_another_app_is_told(tmp_path: Path, here: Town) -> None:
    """Its connection is closed again, and the token is not repeated."""
    token = here.workspace.other_app_token
    ended = await run("-m", "bot", "run", folder=tmp_path, settings=settings(here, SLACK_APP_TOKEN=token))
    assert (ended.code, ended.alarms) == (2, [])
    assert "SLACK_APP_TOKEN: is of the app" in ended.err
    assert token not in ended.err


async def test_a_bot_token_without_its_scopes_is_told(tmp_path: Path) -> None:
    """An admin reads which are missing."""
    slack = SlackServer(manifest_path=manifest_without(tmp_path, "users:read.email"))
    async with world(slack, TenantServer()) as here:
        chosen = {**slack_environment(here.slack), **wisdom_environment(here.tenant)}
        ended = await run("-m", "bot", "run", folder=tmp_path, settings=chosen)
    assert (ended.code, ended.alarms) == (2, [])
    assert "SLACK_BOT_TOKEN: lacks the scopes users:read.email" in ended.err


async def test_attributes_that_are_no_pairs_are_told(tmp_path: Path, here: Town) -> None:
    """Nobody is answered without the row rules that an admin meant."""
    wrong = settings(here, WISDOM_ATTRIBUTES="region")
    ended = await run("-m", "bot", "run", folder=tmp_path, settings=wrong)
    assert (ended.code, ended.alarms) == (2, [])
    assert "WISDOM_ATTRIBUTES: must be key=value" in ended.err


async def test_an_address_that_is_not_slacks_is_told(tmp_path: Path, here: Town) -> None:
    """Where a page answers instead of Slack's API, the start ends with a sentence."""
    elsewhere = settings(here, SLACK_API_URL=here.slack.url)
    ended = await run("-m", "bot", "run", folder=tmp_path, settings=elsewhere)
    assert (ended.code, ended.alarms) == (2, [])
    assert "SLACK_API_URL" in ended.err


async def test_a_start_warns_of_nothing(tmp_path: Path, here: Town) -> None:
    """Bolt's word about a token beside a client is nothing that an operator can change."""
    ended = await run("-m", "bot", "run", folder=tmp_path, settings=settings(here, STORE_URL="x://"))
    assert (ended.code, ended.alarms) == (2, [])
    assert "STORE_URL" in ended.err
    assert "WARNING" not in ended.err
