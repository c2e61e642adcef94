"""A local Indigo platform on one port: its GraphQL API, over chats that are made up as they are asked for."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import web
from graphql import GraphQLSchema

from bot.sandbox.indigo.chats import Chats, Env
from bot.sandbox.indigo.endpoints import PATH, Endpoints, Requests
from bot.sandbox.indigo.execution import Executor
from bot.sandbox.indigo.faults import Faults
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.resolvers import Resolvers, Update
from bot.sandbox.indigo.schema import build, sdl

#: Seconds that aiohttp waits for open requests when the server stops.
GRACE = 2.0


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


class IndigoServer:
    """The platform.

    Args:
        options: what it is like.
        clock: gives the present, with a time zone; chats are spread over the month before it, and deleted
            when they are older than that.
        sleep: waits; latency and slowness go through it.

    Attributes:
        token: what clients show.
        project: the id of the workspace.
        faults: what shall go wrong; may be changed at any time, before the start too.
    """

    def __init__(
        self,
        *,
        options: IndigoOptions | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        options = options or IndigoOptions()
        self.token = options.token or f"pat-{secrets.token_urlsafe(24)}"
        self._options = options = replace(options, token=self.token)
        self.project = options.project
        self.faults = Faults()
        self._resolvers = Resolvers(options, lambda: clock().astimezone(UTC).replace(tzinfo=None))
        self._endpoints = Endpoints(
            {False: self._executor(build()), True: self._executor(build("documented"))},
            options=options,
            faults=self.faults,
            clock=clock,
            sleep=sleep,
        )
        self._runner: web.AppRunner | None = None
        self._address: tuple[str, int] | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises OSError when the port is taken."""
        application = web.Application()
        application.add_routes(self._endpoints.routes())
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
        """Let go what hangs, stop listening."""
        self.faults.release()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        """The address of the API, as ``INDIGO_URL`` takes it: ``http://127.0.0.1:PORT/graphql``."""
        if self._address is None:
            raise RuntimeError("the platform has no address before start()")
        return "http://{}:{}{}".format(*self._address, PATH)

    @property
    def sdl(self) -> str:
        """The schema as text."""
        return sdl(self._options.page_info)

    @property
    def requests(self) -> Requests:
        """How many requests came, and how many at once."""
        return self._endpoints.requests

    @property
    def updates(self) -> tuple[Update, ...]:
        """Every mutation that was carried out, in order."""
        return tuple(self._resolvers.updates)

    def chats(self, env: Env = "PRODUCTION") -> Chats:
        """What there is, for comparing it with what a client got."""
        return self._resolvers.chats(env)

    def _executor(self, schema: GraphQLSchema) -> Executor:
        self._resolvers.attach(schema)
        return Executor(schema, introspection=self._options.introspection)
