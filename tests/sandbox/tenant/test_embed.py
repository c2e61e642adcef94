"""The tenant's embedded pages over HTTP; tests/scenarios/test_browser_embed.py sees them in a browser."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.embed import DASHBOARDS, DATA, LOGIN, PAGES, SCRIPT
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.server import TenantServer
from tests.sandbox.tenant.stand import ScriptedAnalyst, running, token_of

PIPELINE, RAIN = (each.id for each in DASHBOARDS)


async def seen(server: TenantServer, name: str, dashboard: str = "") -> Any:
    """What somebody is answered about dashboards, or about one."""
    async with httpx.AsyncClient(base_url=server.url) as http:
        headers = {"Authorization": f"Bearer {token_of(server, name)}"}
        answer = await http.get(f"{DATA}/{dashboard}" if dashboard else DATA, headers=headers)
        return answer.json()


@pytest.mark.parametrize("path", PAGES)
async def test_every_form_of_address_leads_to_a_page_that_may_be_framed(path: str) -> None:
    """Present and older addresses answer the same page, told what it is for, and nothing forbids a frame."""
    options = TenantOptions(embed_lead=2.5, embed_patience=1.5)
    async with running(options=options) as server, httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.get(path.replace("{id}", "one%22two"), params={"token": "any"})
        assert answer.status_code == 200
        assert f'data-page="{PAGES[path]}"' in answer.text
        assert ('data-target="one&quot;two"' in answer.text) is ("{id}" in path)
        assert 'data-lead="2.5" data-patience="1.5"' in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert not {"X-Frame-Options", "Content-Security-Policy"} & set(answer.headers)


async def test_who_asked_for_pages_is_kept() -> None:
    """Address and Referer of every request for a page, its script and the login page."""
    async with running() as server, httpx.AsyncClient(base_url=server.url) as http:
        await http.get("/embed/search?token=a", headers={"Referer": "https://host.example/embed"})
        await http.get(SCRIPT)
        await http.get(LOGIN)
        visits = [(each.address, each.referer) for each in server.embed.visits]
        assert visits == [
            ("/embed/search?token=a", "https://host.example/embed"),
            (SCRIPT, ""),
            (LOGIN, ""),
        ]


async def test_a_dashboard_has_the_rows_of_its_reader() -> None:
    """An admin sees every region, somebody with a rule on rows their own one."""
    analyst = Analyst(date(2026, 11, 20))
    async with running(analyst=analyst) as server:
        whole, part = await seen(server, "ada", PIPELINE), await seen(server, "grace", PIPELINE)
        assert whole["columns"] == ["Region", "Total expected revenue"]
        assert {region for region, _ in whole["rows"]} == {"Americas", "APAC", "EMEA"}
        assert part["rows"] == [row for row in whole["rows"] if row[0] == "EMEA"]


async def test_dashboards_are_those_of_domains_that_one_may_use() -> None:
    """Somebody with one domain is told of its dashboard only, and finds no other."""
    analyst = Analyst(date(2026, 11, 20))
    async with running(analyst=analyst) as server:
        assert [each["id"] for each in await seen(server, "ada")] == [PIPELINE, RAIN]
        assert [each["id"] for each in await seen(server, "linus")] == [PIPELINE]
        assert await seen(server, "linus", RAIN) == {"message": "Dashboard not found"}


@pytest.mark.parametrize("path", [DATA, f"{DATA}/{PIPELINE}"])
async def test_dashboards_need_a_good_token(path: str) -> None:
    """Without one, and with one of a person whose tokens were ended, the answer is 401."""
    async with running() as server, httpx.AsyncClient(base_url=server.url) as http:
        ended = token_of(server, "grace")
        server.tokens.end("grace@example.com")
        for headers in ({}, {"Authorization": f"Bearer {ended}"}):
            assert (await http.get(path, headers=headers)).status_code == 401


async def test_a_scripted_analyst_is_enough() -> None:
    """A dashboard of whatever the analyst answers, with its nulls as empty cells."""
    async with running(analyst=ScriptedAnalyst()) as server:
        shown = await seen(server, "ada", PIPELINE)
        assert shown["title"] == "Pipeline by region"
        assert shown["columns"]
        assert all(len(row) == len(shown["columns"]) for row in shown["rows"])
