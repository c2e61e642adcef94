"""manifest.yml against what Slack's published schema allows, and against what the code uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.methods import METHODS
from bot.sandbox.slack.server import SlackServer
from bot.slack.people import Home, People

ROOT = Path(__file__).parent.parent
MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text())

#: From the manifest schema, version 2: allowed keys of each object that we use.
KEYS = {
    "": {
        "_metadata", "display_information", "features", "oauth_config", "settings", "functions",
        "workflows", "outgoing_domains", "app_directory", "types", "metadata_events",
        "external_auth_providers", "datastores",
    },
    "display_information": {"name", "description", "background_color", "long_description"},
    "features": {
        "app_home", "agent_view", "assistant_view", "bot_user", "shortcuts", "slash_commands",
        "unfurl_domains", "workflow_steps", "rich_previews",
    },
    "features.app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "features.bot_user": {"display_name", "always_online"},
    "oauth_config": {"scopes", "redirect_urls", "pkce_enabled", "token_management_enabled"},
    "oauth_config.scopes": {"bot", "user", "bot_optional", "user_optional"},
    "settings": {
        "event_subscriptions", "interactivity", "org_deploy_enabled", "socket_mode_enabled",
        "token_rotation_enabled", "allowed_ip_address_ranges", "is_hosted", "is_mcp_enabled",
        "function_runtime",
    },
    "settings.event_subscriptions": {
        "bot_events", "user_events", "request_url", "metadata_subscriptions",
    },
    "settings.interactivity": {"is_enabled", "request_url", "message_menu_options_url"},
}  # fmt: skip
_CHANNELS = ("channels:read", "groups:read")
EVENT_SCOPES = {
    "app_mention": ("app_mentions:read",),
    "channel_id_changed": _CHANNELS,
    "channel_shared": _CHANNELS,
    "channel_unshared": _CHANNELS,
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
}
#: Scopes without a method of their own that we call: they show more in the answer of one that has another.
SHOWN_BY = {"users:read.email": "users.info"}
#: Of methods that take any conversation, for a kind that they are never called with.
UNUSED = {"im:read"}  # a direct message is told by its id
#: Called by our code, or by Bolt for us, without a scope of their own.
SCOPELESS = {"auth.test", "apps.connections.open"}


def _at(path: str) -> dict[str, object]:
    node = MANIFEST
    for name in filter(None, path.split(".")):
        node = node[name]
    assert isinstance(node, dict)
    return node


def test_only_keys_that_slack_knows() -> None:
    """Slack refuses a manifest with an unknown key."""
    for path, allowed in KEYS.items():
        assert set(_at(path)) <= allowed, path


def test_texts_fit() -> None:
    """Names, descriptions and the command stay inside the schema's lengths."""
    shown = MANIFEST["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["background_color"])
    assert len(MANIFEST["features"]["bot_user"]["display_name"]) <= 80
    for command in MANIFEST["features"]["slash_commands"]:
        assert re.fullmatch(r"/[a-z]{1,31}", command["command"])
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000


def test_socket_mode_needs_no_address() -> None:
    """The manifest is for Socket Mode: nothing in it depends on where the bot runs."""
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in MANIFEST["settings"]["event_subscriptions"]


def test_scopes_are_exactly_those_in_use() -> None:
    """Every scope is needed by a method that is called or an event that is heard, and none is missing."""
    called = _called()
    needed = {scope for name in called for scope in METHODS[name].scopes}
    heard = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    needed |= {scope for event in heard for scope in EVENT_SCOPES[event]}
    needed |= {scope for scope, method in SHOWN_BY.items() if method in called}
    needed |= {"commands"}
    needed -= UNUSED
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed


@pytest.mark.parametrize(
    ("scopes", "told"), [(("users:read", "users:read.email"), True), (("users:read",), False)]
)
async def test_an_address_needs_a_scope_of_its_own(
    tmp_path: Path, scopes: tuple[str, ...], *, told: bool
) -> None:
    """Without users:read.email nobody has one, and nobody could ask as themselves."""
    manifest = tmp_path / "manifest.yml"
    changed = {**MANIFEST, "oauth_config": {"scopes": {"bot": list(scopes)}}}
    manifest.write_text(yaml.safe_dump(changed))
    server = SlackServer(manifest_path=manifest)
    await server.start()
    client = AsyncWebClient(token=server.workspace.bot_token, base_url=server.api_url)
    ada = await People(client, Home(server.workspace.team_id)).person(server.workspace.users["ada"].id)
    await server.close()
    assert ada.email == ("ada@example.com" if told else "")


def _called() -> set[str]:
    """Methods that our code names."""
    paths = [*ROOT.glob("bot/slack/*.py"), *ROOT.glob("handlers/*.py"), ROOT / "bot" / "app.py"]
    source = "".join(path.read_text() for path in paths)
    return {name for name in METHODS if name in source} - SCOPELESS
