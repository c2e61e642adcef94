"""The embed host, put together from values and callables."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from pydantic import SecretStr

from bot.embed import pages
from bot.embed.ended import Ended, Keeps
from bot.embed.openid import Client, Issuer
from bot.embed.seals import Seals
from bot.embed.sessions import Means, Sessions
from bot.embed.site import Host, Place
from bot.embed.tokens import Desk, Fresh
from bot.embed.visitor import Visitor
from bot.model import Identity


@dataclass(frozen=True, slots=True)
class Options:
    """What is set.

    Attributes:
        own: our origin, as browsers see it.
        wisdom: WisdomAI's origin.
        paths: pages that stand elsewhere at WisdomAI than usual, as ``bot.core.embedding`` takes them.
        issuer: who signs people in; to the letter.
        secret: seals the cookies; the same in every process.
        team: Slack's id of the workspace that people sign in to, where they do so with Slack.
        session_seconds: the life of a session.
    """

    own: str
    wisdom: str
    paths: Sequence[tuple[str, str]]
    issuer: str
    client_id: str
    client_secret: SecretStr
    secret: SecretStr
    team: str
    session_seconds: float


@dataclass(frozen=True, slots=True)
class Outside:
    """What it needs of the rest of the app, and of the world.

    Attributes:
        who: the identity of who has signed in; raises AccessDenied, SignInFailed, SlackError.
        fresh: a new token of an identity; raises TenantError.
        clock: seconds since the epoch.
        monotonic: seconds of a clock that is never set.
        new_secret: unguessable letters and digits, 43 or more of them.
        new_ref: finds a failure in the log.
    """

    store: Keeps
    who: Callable[[Visitor], Awaitable[Identity]]
    fresh: Callable[[Identity], Awaitable[Fresh]]
    clock: Callable[[], float]
    monotonic: Callable[[], float]
    new_secret: Callable[[], str]
    new_ref: Callable[[], str]


@asynccontextmanager
async def hosting(options: Options, outside: Outside) -> AsyncIterator[list[web.RouteDef]]:
    """The routes of the host, until the block is left."""
    redirect = f"{options.own}{pages.CALLBACK}"
    client = Client(options.issuer, options.client_id, options.client_secret, redirect, options.team)
    issuer = Issuer(client, clock=outside.clock)
    sessions = Sessions(
        Means(
            issuer=issuer,
            seals=Seals(options.secret, clock=outside.clock),
            ended=Ended(outside.store),
            who=outside.who,
            seconds=options.session_seconds,
            secure=options.own.startswith("https://"),
            clock=outside.clock,
            new_secret=outside.new_secret,
        )
    )
    place = Place(
        own=options.own,
        wisdom=options.wisdom,
        paths=options.paths,
        sign_in="Sign in with Slack" if options.team else "Sign in",
        clock=outside.clock,
        new_ref=outside.new_ref,
    )
    try:
        yield Host(place, sessions, Desk(outside.fresh, clock=outside.monotonic)).routes()
    finally:
        await issuer.close()
