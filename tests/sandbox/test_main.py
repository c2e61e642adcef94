"""One server of the sandbox alone, as a process."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import httpx
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
        "page", "slack_api_url", "bot_token", "app_token", "signing_secret", "client_id", "client_secret",
        "users", "channels", "bot_user_id",
    }  # fmt: skip
    assert who["user_id"] == facts["bot_user_id"]
    assert posted["message"]["user"] == facts["users"]["ada"]["id"]
    assert (ended.code, ended.out, ended.err) == (0, "", "")


async def test_the_workspace_alone_signs_people_in(tmp_path: Path) -> None:
    """It knows the way back that it was told, and no other."""
    back = "http://localhost:8080/embed/callback"
    arguments = ("-m", "bot.sandbox", "slack", "--json", "--redirect", back)
    async with started(*arguments, folder=tmp_path) as slack, httpx.AsyncClient() as http:
        facts = json.loads(await slack.line())
        query = {"client_id": facts["client_id"], "response_type": "code", "scope": "openid"}
        for redirect, status in ((back, 200), ("https://evil.example", 400)):
            address = f"{facts['page']}openid/connect/authorize"
            answer = await http.get(address, params=query | {"redirect_uri": redirect})
            assert answer.status_code == status


async def test_the_platform_alone_serves_any_client(tmp_path: Path) -> None:
    """Its line of JSON is enough to ask for the chats, as many as were wanted."""
    arguments = ("indigo", "--json", "--chats", "70", "--latency", "0.01")
    async with started("-m", "bot.sandbox", *arguments, folder=tmp_path) as indigo:
        facts = json.loads(await indigo.line())
        query = f"{{ conversations(projectId: {facts['indigo_project']}) {{ totalCount }} }}"
        headers = {"Authorization": f"Bearer {facts['indigo_token']}"}
        async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
            answer = (await client.post(facts["indigo_url"], json={"query": query})).json()
        ended = await indigo.end(signal.SIGTERM)
    assert set(facts) == {"indigo_url", "indigo_token", "indigo_project"}
    assert answer == {"data": {"conversations": {"totalCount": 70}}}
    assert (ended.code, ended.out, ended.err) == (0, "", "")


async def test_people_read_one_fact_a_line(tmp_path: Path) -> None:
    """Without --json each address stands on a line of its own."""
    async with started("-m", "bot.sandbox", "tenant", folder=tmp_path) as tenant:
        lines = [await tenant.line() for _ in range(3)]
        await tenant.end(signal.SIGTERM)
    assert [line.partition(": ")[0] for line in lines] == ["wisdom_url", "wisdom_ws_url", "access_key"]


@pytest.mark.parametrize("arguments", [(), ("both",)])
async def test_there_are_three_servers(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Anything else is explained."""
    ended = await run("-m", "bot.sandbox", *arguments, folder=tmp_path)
    assert ended.code == 2
    assert "usage: python -m bot.sandbox" in ended.err
