"""The embed host from its settings: for the bot in Slack, and alone."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from aiohttp import web

from bot.core import embedding
from bot.core.identity import as_person
from bot.core.links import conversation_link
from bot.embed.tokens import Fresh
from bot.embed.visitor import Visitor
from bot.errors import AccessDenied, ConfigurationError, Denial, EmailUnconfirmed
from bot.gate import Gate
from bot.model import Identity, Person
from bot.settings import EmbedSettings, WisdomSettings
from bot.slack.people import Home
from bot.store.base import Store
from bot.wisdom.tenant import Tenant

_SLACK_USER = "{slack_user}"
_SLACK_HOSTS = (".slack.com", ".slack-gov.com")
_SECRET_BYTES = 32
_REF_CHARS = 8

_Who = Callable[[Visitor], Awaitable[Identity]]


@dataclass(frozen=True, slots=True)
class Workspace:
    """The Slack workspace, where the bot is in one.

    Attributes:
        api: address of its Web API; people sign in with Slack where the issuer is on the same host.
        gate: who may ask.
    """

    api: str
    home: Home
    gate: Gate


@dataclass(frozen=True, slots=True)
class Around:
    """What the host is connected to; ``workspace`` is None for a host without Slack."""

    tenant: Tenant
    store: Store
    workspace: Workspace | None = None


def check(embed: EmbedSettings | None, wisdom: WisdomSettings) -> None:
    """Raises ConfigurationError where everybody would hold the token of the key's owner."""
    if embed is not None and wisdom.identity == "service":
        raise ConfigurationError(
            "EMBED_URL: needs WISDOM_IDENTITY=impersonate; else every browser would be given a token of the"
            " access key's owner"
        )


def link(embed: EmbedSettings | None, wisdom: WisdomSettings) -> Callable[[str, str], str]:
    """Where *Open in WisdomAI* leads, by conversation and message: to the host where there is one."""
    if embed is not None:
        return partial(embedding.page, embed.url)
    return lambda conversation, message: conversation_link(
        wisdom.link, url=wisdom.url, conversation=conversation, message=message
    )


@asynccontextmanager
async def host(
    embed: EmbedSettings, wisdom: WisdomSettings, around: Around
) -> AsyncIterator[list[web.RouteDef]]:
    """The routes of the host, until the block is left. Raises ConfigurationError where it cannot be one."""
    check(embed, wisdom)
    team, who = _people(embed, wisdom, around.workspace)
    try:
        from bot.embed.hosting import Options, Outside, hosting  # noqa: PLC0415 - an extra: most have no host
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"EMBED_URL: the embed host needs its extra ({error.name} is missing): pip install '.[embed]'"
        ) from error

    async def fresh(identity: Identity) -> Fresh:
        token = await around.tenant.fresh_token(identity)
        return Fresh(token.text, token.until)

    options = Options(
        own=embed.url,
        wisdom=wisdom.url,
        paths=embed.paths,
        issuer=embed.issuer,
        client_id=embed.client_id,
        client_secret=embed.client_secret,
        secret=embed.secret,
        team=team,
        session_seconds=embed.session_minutes * 60.0,
    )
    outside = Outside(
        store=around.store,
        who=who,
        fresh=fresh,
        clock=time.time,
        monotonic=time.monotonic,
        new_secret=lambda: secrets.token_urlsafe(_SECRET_BYTES),
        new_ref=lambda: uuid.uuid4().hex[:_REF_CHARS],
    )
    async with hosting(options, outside) as routes:
        yield routes


def _people(embed: EmbedSettings, wisdom: WisdomSettings, workspace: Workspace | None) -> tuple[str, _Who]:
    """The workspace that people sign in to, or nothing, and how they become identities."""
    if workspace is not None and _origin(embed.issuer) == _origin(workspace.api):
        return workspace.home.team, partial(in_slack, workspace)
    host_name = urlsplit(embed.issuer).hostname or ""
    if f".{host_name}".endswith(_SLACK_HOSTS):
        raise ConfigurationError(
            "EMBED_ISSUER: signing in with Slack needs the bot in that workspace, because only it can ask who"
            " is a guest there, or has left; set another issuer, or run the bot"
        )
    if any(_SLACK_USER in value for _, value in wisdom.attributes):
        raise ConfigurationError(
            f"WISDOM_ATTRIBUTES: needs {_SLACK_USER}, which nobody has who does not sign in with Slack"
        )
    trusted = embed.emails == "trusted"
    return "", partial(by_email, trusted=trusted, attributes=wisdom.attributes)


async def in_slack(workspace: Workspace, visitor: Visitor) -> Identity:
    """Somebody of the bot's own workspace, with the rules and the identity that their questions have there.

    Raises:
        AccessDenied: they may not ask there, or are of another workspace.
        SlackError: Slack does not tell who they are.
    """
    if not visitor.user or visitor.team != workspace.home.team:
        raise AccessDenied(Denial.OUTSIDER)
    return await workspace.gate.visitor(visitor.user)


async def by_email(visitor: Visitor, *, trusted: bool, attributes: Sequence[tuple[str, str]]) -> Identity:
    """The person whose address the issuer vouches for; with ``trusted`` also where it says nothing of that.

    Raises:
        AccessDenied: there is no address.
        EmailUnconfirmed: nobody vouches for it.
    """
    if visitor.email and not (visitor.verified or (trusted and visitor.verified is None)):
        raise EmailUnconfirmed("the issuer does not say that the address is verified")
    return as_person(Person(id="", email=visitor.email), attributes)


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc
