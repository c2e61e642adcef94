"""The Web API methods that the workspace serves: tier, scopes and kinds of token of each.

Tiers and scopes are Slack's as of 2026-08; the docs' table and the router are both held to this one.
Source: https://docs.slack.dev/reference/methods
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from .ratelimits import Tier


class TokenKind(StrEnum):
    """Who calls; named after the token's prefix."""

    BOT = "xoxb"
    USER = "xoxp"
    APP = "xapp"
    NONE = ""


_MEMBERS = frozenset({TokenKind.BOT, TokenKind.USER})
_BOT = frozenset({TokenKind.BOT})
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_OPEN = ("im:write", "mpim:write")


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    Attributes:
        tier: calls a minute.
        scopes: any one of these is needed; where they name a kind of conversation, the one that fits it.
        tokens: kinds of token that may call it; ``NONE`` among them means that no token is needed.
    """

    tier: Tier
    scopes: tuple[str, ...] = ()
    tokens: frozenset[TokenKind] = _MEMBERS


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "api.test": Method(Tier.TIER_4, tokens=frozenset(TokenKind)),
        "apps.connections.open": Method(Tier.TIER_3, ("connections:write",), frozenset({TokenKind.APP})),
        "assistant.threads.setStatus": Method(Tier.SET_STATUS, ("chat:write", "assistant:write"), _BOT),
        "auth.test": Method(Tier.UNPUBLISHED),
        "blocks.validate": Method(Tier.UNPUBLISHED, tokens=frozenset(TokenKind)),
        "bots.info": Method(Tier.TIER_3, ("users:read",)),
        "chat.delete": Method(Tier.TIER_3, ("chat:write",)),
        "chat.getPermalink": Method(Tier.UNPUBLISHED),
        "chat.postEphemeral": Method(Tier.TIER_4, ("chat:write",)),
        "chat.postMessage": Method(Tier.UNPUBLISHED, ("chat:write",)),
        "chat.update": Method(Tier.TIER_3, ("chat:write",)),
        "conversations.history": Method(Tier.TIER_3, _HISTORY),
        "conversations.info": Method(Tier.TIER_3, _READ),
        "conversations.invite": Method(
            Tier.TIER_3, ("channels:manage", "channels:write.invites", "groups:write")
        ),
        "conversations.join": Method(Tier.TIER_3, ("channels:join",)),
        "conversations.list": Method(Tier.TIER_2, _READ),
        "conversations.members": Method(Tier.TIER_4, _READ),
        "conversations.open": Method(Tier.TIER_3, _OPEN),
        "conversations.replies": Method(Tier.TIER_3, _HISTORY),
        "files.completeUploadExternal": Method(Tier.TIER_4, ("files:write",)),
        "files.delete": Method(Tier.TIER_3, ("files:write",)),
        "files.getUploadURLExternal": Method(Tier.TIER_4, ("files:write",)),
        "files.info": Method(Tier.TIER_4, ("files:read",)),
        "files.list": Method(Tier.TIER_3, ("files:read",)),
        "reactions.add": Method(Tier.TIER_3, ("reactions:write",)),
        "reactions.remove": Method(Tier.TIER_2, ("reactions:write",)),
        "team.info": Method(Tier.TIER_3, ("team:read",)),
        "users.conversations": Method(Tier.TIER_3, _READ),
        "users.info": Method(Tier.TIER_4, ("users:read",)),
        "users.list": Method(Tier.TIER_2, ("users:read",)),
        "users.lookupByEmail": Method(Tier.TIER_3, ("users:read.email",)),
        "views.open": Method(Tier.TIER_4, tokens=_BOT),
        "views.publish": Method(Tier.TIER_4, tokens=_BOT),
        "views.push": Method(Tier.TIER_4, tokens=_BOT),
        "views.update": Method(Tier.TIER_4, tokens=_BOT),
    }
)
