from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.server import SlackServer


def home(*texts: str) -> dict[str, Any]:
    """A Home tab."""
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts]
    return {"type": "home", "blocks": blocks, "private_metadata": "m-1"}


async def test_a_home_tab_is_published_and_replaced(server: SlackServer, bot: AsyncWebClient) -> None:
    """A person has one; publishing again keeps its id and changes its hash."""
    ada = server.workspace.users["ada"].id
    first = (await bot.views_publish(user_id=ada, view=home("one")))["view"]
    second = (await bot.views_publish(user_id=ada, view=home("two")))["view"]
    assert (second["id"], second["private_metadata"]) == (first["id"], "m-1")
    assert second["hash"] != first["hash"]
    assert second["blocks"][0]["text"]["text"] == "two"


async def test_a_faster_change_wins(server: SlackServer, bot: AsyncWebClient) -> None:
    """With the hash of what one has seen, an update of something else is refused."""
    ada = server.workspace.users["ada"].id
    seen = (await bot.views_publish(user_id=ada, view=home("one")))["view"]
    await bot.views_publish(user_id=ada, view=home("two"))
    with pytest.raises(SlackApiError) as caught:
        await bot.views_update(view_id=seen["id"], hash=seen["hash"], view=home("three"))
    assert caught.value.response["error"] == "hash_conflict"


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("views.publish", {"user_id": "U0", "view": home("x")}, "user_not_found"),
        ("views.publish", {"view": home("x")}, "invalid_arguments"),
        ("views.update", {"view_id": "V0", "view": home("x")}, "not_found"),
        ("views.open", {"trigger_id": "made-up", "view": home("x")}, "invalid_arguments"),
    ],
)
async def test_views_that_slack_refuses(
    bot: AsyncWebClient, method: str, arguments: dict[str, Any], code: str
) -> None:
    """Each with Slack's code: a Home tab cannot be opened, and what is not there not be changed."""
    with pytest.raises(SlackApiError) as caught:
        await bot.api_call(method, json=arguments)
    assert caught.value.response["error"] == code


async def test_a_view_of_another_kind_is_refused(server: SlackServer, bot: AsyncWebClient) -> None:
    """What is published is a Home tab, not a modal."""
    modal = home("x") | {"type": "modal"}
    with pytest.raises(SlackApiError) as caught:
        await bot.views_publish(user_id=server.workspace.users["ada"].id, view=modal)
    assert "view" in caught.value.response["response_metadata"]["messages"][0]
