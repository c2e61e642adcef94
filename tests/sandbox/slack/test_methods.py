from __future__ import annotations

import pytest

from bot.sandbox.slack import manifest
from bot.sandbox.slack.methods import METHODS, Method, TokenKind
from bot.sandbox.slack.ratelimits import Tier
from bot.sandbox.slack.server import SlackServer


def test_the_table_and_the_router_agree() -> None:
    """Every method of the table is served, and nothing else is."""
    assert set(SlackServer().api.handlers) == set(METHODS)


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("chat.update", Tier.TIER_3),
        ("chat.postEphemeral", Tier.TIER_4),
        ("conversations.list", Tier.TIER_2),
        ("files.completeUploadExternal", Tier.TIER_4),
    ],
)
def test_tiers_are_those_of_the_reference(name: str, tier: Tier) -> None:
    """What a bot's pace is made for is limited here as it is there."""
    assert METHODS[name].tier is tier


def test_a_socket_is_opened_with_the_app_token_only() -> None:
    """The one method that takes an xapp token takes no other."""
    takes_app = {name for name, method in METHODS.items() if method.tokens == {TokenKind.APP}}
    assert takes_app == {"apps.connections.open"}


@pytest.mark.parametrize(
    "name",
    [
        "chat.postMessage", "chat.update", "chat.delete", "chat.postEphemeral", "files.info",
        "files.getUploadURLExternal", "files.completeUploadExternal", "auth.test",
    ],
)  # fmt: skip
def test_the_manifest_covers_what_the_bot_calls(name: str) -> None:
    """The app may call every method that it needs; the socket's scope belongs to the app token."""
    method: Method = METHODS[name]
    assert not method.scopes or set(method.scopes) & set(manifest.load().bot_scopes)
