"""The embed host as a process: alone, and when its extra is missing."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port

from bot.sandbox.demo import wisdom_environment
from tests.processes import run, started
from tests.scenarios.town import Town, town
from tests.test_main import WITHOUT_EXTRA, settings


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    """A workspace and a tenant."""
    async with town(tmp_path) as built:
        yield built


def embedding(here: Town, port: int) -> dict[str, str]:
    """What a host is told."""
    place = here.workspace
    return {
        "EMBED_URL": f"http://127.0.0.1:{port}",
        "EMBED_CLIENT_ID": place.client_id,
        "EMBED_CLIENT_SECRET": place.client_secret,
        "EMBED_SECRET": "seal-0123456789-0123456789-0123456789",
        "EMBED_ISSUER": place.base_url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "STORE_URL": "sqlite:///host.sqlite",
    }


async def test_embed_names_the_settings_that_are_missing(tmp_path: Path) -> None:
    """Nothing of Slack's is among them."""
    ended = await run("-m", "bot", "embed", folder=tmp_path)
    missing = [line.partition(": ")[0] for line in ended.err.splitlines()]
    assert ended.code == 2
    assert missing == [
        "WISDOM_URL", "WISDOM_ACCESS_KEY",
        "EMBED_URL", "EMBED_CLIENT_ID", "EMBED_CLIENT_SECRET", "EMBED_SECRET",
    ]  # fmt: skip


async def test_run_names_what_a_half_host_is_missing(tmp_path: Path, here: Town) -> None:
    """A host that was meant and would not be there is noticed at the start."""
    half = settings(here, EMBED_URL="https://bi.example")
    ended = await run("-m", "bot", "run", folder=tmp_path, settings=half)
    missing = [line.partition(": ")[0] for line in ended.err.splitlines()]
    assert (ended.code, missing) == (2, ["EMBED_CLIENT_ID", "EMBED_CLIENT_SECRET", "EMBED_SECRET"])


async def test_embed_serves_until_it_is_told_to_stop(tmp_path: Path, here: Town) -> None:
    """Its pages lead to the issuer; what is secret stands in no line of the log."""
    port = unused_port()
    told = wisdom_environment(here.tenant) | embedding(here, port)
    async with started("-m", "bot", "embed", folder=tmp_path, settings=told) as host:
        await host.listening(port)
        page = f"http://127.0.0.1:{port}/embed/search"
        async with ClientSession() as session, session.get(page, allow_redirects=False) as sent:
            assert sent.headers["Location"].startswith(f"{here.workspace.base_url}/openid/connect/authorize?")
        ended = await host.end(signal.SIGTERM)
    assert (ended.code, ended.alarms) == (0, [])
    assert not any(told[name] in ended.err for name in ("EMBED_SECRET", "EMBED_CLIENT_SECRET"))


async def test_slack_signs_nobody_in_without_the_bot(tmp_path: Path, here: Town) -> None:
    """An admin reads why, and what to do."""
    told = wisdom_environment(here.tenant) | embedding(here, 0) | {"EMBED_ISSUER": "https://slack.com"}
    ended = await run("-m", "bot", "embed", folder=tmp_path, settings=told)
    assert (ended.code, ended.alarms) == (2, [])
    assert "EMBED_ISSUER: signing in with Slack needs the bot in that workspace" in ended.err


async def test_without_its_extra_the_host_says_what_to_install(tmp_path: Path, here: Town) -> None:
    """And the process ends with a sentence."""
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "sitecustomize.py").write_text(WITHOUT_EXTRA)
    told = wisdom_environment(here.tenant) | embedding(here, 0)
    async with started("-m", "bot", "embed", folder=tmp_path, settings=told, path=bare) as host:
        ended = await host.end()
    assert (ended.code, ended.alarms) == (2, [])
    assert "EMBED_URL: the embed host needs its extra (jwt is missing): pip install '.[embed]'" in ended.err
