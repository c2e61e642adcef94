"""A local WisdomAI tenant on one port: GraphQL over HTTP and WebSocket, sign-in, and a page that says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, time

from aiohttp import web
from graphql import GraphQLSchema

from bot.sandbox.tenant.analyst import Analyst as LocalAnalyst
from bot.sandbox.tenant.answers import Analyst, Answers, Asked
from bot.sandbox.tenant.connection import Surroundings
from bot.sandbox.tenant.conversations import Conversations
from bot.sandbox.tenant.descope import Descope
from bot.sandbox.tenant.embed import Embed
from bot.sandbox.tenant.endpoints import Endpoints
from bot.sandbox.tenant.execution import Executor
from bot.sandbox.tenant.faults import Faults
from bot.sandbox.tenant.keys import AccessKeys, new_key
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.people import OWNER, People, residents
from bot.sandbox.tenant.resolvers import Resolvers
from bot.sandbox.tenant.schema import build
from bot.sandbox.tenant.sessions import PROJECT
from bot.sandbox.tenant.tokens import Tokens

#: Seconds that aiohttp waits for open requests when the server stops.
GRACE = 2.0


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


class TenantServer:
    """The tenant.

    Args:
        today: what "today" means in questions; the clock's date by default.
        options: what the tenant is like.
        clock: gives the present, with a time zone; tokens expire by it.
        sleep: waits; pace, keepalive and timeouts go through it.
        analyst: computes the answers; the one with the local data by default.

    Attributes:
        access_key: what a client exchanges for a token.
        descope_project_id: what a client of Descope signs in to, with :attr:`url` as its base.
        domains: what can be asked about.
        people: who has an account; may be changed at any time.
        conversations: every conversation; more may be opened at any time.
        tokens: issues tokens without an exchange, and revokes access keys, for tests.
        faults: what shall go wrong; may be changed at any time, before the start too.
        embed: the pages that others embed, and who asked for them.
    """

    def __init__(
        self,
        *,
        today: date | None = None,
        options: TenantOptions | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        analyst: Analyst | None = None,
    ) -> None:
        options = options or TenantOptions()
        today = today or clock().date()
        self._cleanup = ExitStack()
        if analyst is None:
            local = LocalAnalyst(today)
            self._cleanup.callback(local.close)
            analyst = local
        self.access_key = options.access_key or new_key()
        self.descope_project_id = PROJECT
        self.domains = tuple(analyst.domains)
        self.people = People(residents())
        self.faults = Faults()
        keys = AccessKeys(
            {self.access_key: OWNER}, bearer=options.bearer_key, impersonating=options.key_impersonates
        )
        self.tokens = Tokens(keys, self.people, clock=clock, secret=options.secret, life=options.token_life)
        self.conversations = Conversations(clock=clock)
        self._answers = Answers(
            analyst=analyst,
            conversations=self.conversations,
            options=options,
            faults=self.faults,
            clock=clock,
            sleep=sleep,
            data_refreshed_at=datetime.combine(today, time(), UTC),
        )
        around = Surroundings(
            executor=Executor(self._schema(options), introspection=options.introspection),
            tokens=self.tokens,
            faults=self.faults,
            options=options,
            sleep=sleep,
        )
        self._endpoints = Endpoints(around, domains=tuple(analyst.domains))
        self.embed = Embed(self.tokens, analyst, options)
        self._runner: web.AppRunner | None = None
        self._address: tuple[str, int] | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises OSError when the port is taken."""
        application = web.Application(middlewares=[self._endpoints.refusing])
        sign_in = Descope(self.tokens, self.faults)
        application.add_routes([*self._endpoints.routes(), *sign_in.routes(), *self.embed.routes()])
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=GRACE)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._address = (host, runner.addresses[0][1])

    async def close(self) -> None:
        """Close every socket, stop every answer, stop listening."""
        await self._endpoints.close()
        await self._answers.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self._cleanup.close()

    @property
    def url(self) -> str:
        """The origin, as ``WISDOM_URL`` takes it: ``http://127.0.0.1:PORT``."""
        return "http://{}:{}".format(*self._listening())

    @property
    def ws_url(self) -> str:
        """Where subscriptions go: ``ws://127.0.0.1:PORT/graphql``."""
        return "ws://{}:{}/graphql".format(*self._listening())

    @property
    def questions(self) -> tuple[Asked, ...]:
        """Every question that reached the analyst; one repeated with its key is there once."""
        return tuple(self._answers.questions)

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return self._endpoints.connections

    @property
    def followers(self) -> int:
        """How many subscriptions of conversations run."""
        return self._answers.updates.followers

    def _schema(self, options: TenantOptions) -> GraphQLSchema:
        schema = build(options)
        Resolvers(
            analyst=self._answers.analyst,
            tokens=self.tokens,
            conversations=self.conversations,
            answers=self._answers,
            faults=self.faults,
        ).attach(schema)
        return schema

    def _listening(self) -> tuple[str, int]:
        if self._address is None:
            raise RuntimeError("the tenant has no address before start()")
        return self._address
