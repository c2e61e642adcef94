"""The host, put together."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.embed import pages
from tests.embed.house import CHAT, house


@pytest.mark.parametrize(("team", "button"), [("T1", "Sign in with Slack"), ("", "Sign in")])
async def test_people_read_what_they_sign_in_with(team: str, button: str) -> None:
    """With Slack it is said, and the workspace is asked for."""
    async with house(team=team) as here, here.browser() as browser:
        assert f">{button}</a>" in await (await browser.get(pages.SIGNED_OUT)).text()
        asked = parse_qs(urlsplit((await browser.get(CHAT)).headers["Location"]).query)
        assert asked.get("team", [""]) == [team]


async def test_one_comes_back_to_where_the_host_is_said_to_be() -> None:
    """Behind a proxy, that is not where it listens."""
    async with house(own="https://bi.example") as here, here.browser() as browser:
        sent = await browser.get(CHAT)
        asked = parse_qs(urlsplit(sent.headers["Location"]).query)
        assert asked["redirect_uri"] == ["https://bi.example/embed/callback"]
        assert "max-age=" in sent.headers["Strict-Transport-Security"]


async def test_on_this_machine_nothing_asks_for_https() -> None:
    """The sandbox has none."""
    async with house() as here, here.browser() as browser:
        assert "Strict-Transport-Security" not in (await browser.get(CHAT)).headers
