"""One half of the sandbox alone, as a process."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot import wiring
from bot.model import SERVICE
from bot.settings import DescopeSettings, WisdomSettings
from tests.processes import run, started


async def test_the_tenant_alone_serves_any_client(tmp_path: Path) -> None:
    """Its line of JSON is enough for a client to list the domains."""
    async with started("-m", "bot.sandbox", "tenant", "--json", folder=tmp_path) as tenant:
        facts = json.loads(await tenant.line())
        assert set(facts) == {"wisdom_url", "wisdom_ws_url", "access_key"}
        wisdom = WisdomSettings(
            url=facts["wisdom_url"], ws_url=facts["wisdom_ws_url"], access_key=SecretStr(facts["access_key"])
        )
        client = wiring.tenant(wisdom, DescopeSettings())
        domains = await client.domains(SERVICE)
        await client.close()
        ended = await tenant.end(signal.SIGTERM)
    assert "Sales pipeline" in {domain.name for domain in domains}
    assert (ended.code, ended.out, ended.err) == (0, "", "")


async def test_the_workspace_alone_serves_any_bot(tmp_path: Path) -> None:
    """Its line of JSON has what a bot and a person need to talk."""
    async with started("-m", "bot.sandbox", "slack", "--json", folder=tmp_path) as slack:
        facts = json.loads(await slack.line())
        bot = AsyncWebClient(token=facts["bot_token"], base_url=facts["slack_api_url"])
        who = await bot.auth_test()
        ada = AsyncWebClient(token=facts["users"]["ada"]["token"], base_url=facts["slack_api_url"])
        posted = await ada.chat_postMessage(channel=facts["channels"]["sales"], text="hello")
        ended = await slack.end(signal.SIGINT)
    assert set(facts) == {
        "page", "slack_api_url", "bot_token", "app_token", "signing_secret", "users", "channels",
        "bot_user_id",
    }  # fmt: skip
    assert who["user_id"] == facts["bot_user_id"]
    assert posted["message"]["user"] == facts["users"]["ada"]["id"]
    assert (ended.code, ended.out, ended.err) == (0, "", "")


async def test_people_read_one_fact_a_line(tmp_path: Path) -> None:
    """Without --json each address stands on a line of its own."""
    async with started("-m", "bot.sandbox", "tenant", folder=tmp_path) as tenant:
        lines = [await tenant.line() for _ in range(3)]
        await tenant.end(signal.SIGTERM)
    assert [line.partition(": ")[0] for line in lines] == ["wisdom_url", "wisdom_ws_url", "access_key"]


@pytest.mark.parametrize("arguments", [(), ("both",)])
async def test_there_are_two_halves(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Anything else is explained."""
    ended = await run("-m", "bot.sandbox", *arguments, folder=tmp_path)
    assert ended.code == 2
    assert "usage: python -m bot.sandbox" in ended.err
