"""The one port of the process: health pages, in HTTP mode Slack's signed requests, and pages of others.

``/healthz`` answers as long as the event loop turns. ``/readyz`` answers 200 when Slack and the tenant can be
reached, else 503 with what is wrong, in words without secrets.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.errors import ConfigurationError

_log = logging.getLogger("bot.web")

#: Probes come every few seconds; one look in so many seconds is enough.
_FRESH_SECONDS = 10.0
_CHECK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be reachable; ``probe`` raises where it is not."""

    name: str
    probe: Callable[[], Awaitable[None]]


class Readiness:
    """Runs the checks, not more often than every few seconds."""

    def __init__(self, checks: tuple[Check, ...], *, clock: Callable[[], float]) -> None:
        self._checks = checks
        self._clock = clock
        self._looked_at = float("-inf")
        self._found: Mapping[str, str] = {}
        self._looking = asyncio.Lock()

    async def look(self) -> Mapping[str, str]:
        """Name of each check → ``ok``, or the kind of its error."""
        async with self._looking:
            if self._clock() - self._looked_at > _FRESH_SECONDS:
                results = await asyncio.gather(*(self._probe(check) for check in self._checks))
                self._found = dict(results)
                self._looked_at = self._clock()
        return self._found

    async def _probe(self, check: Check) -> tuple[str, str]:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await check.probe()
        except Exception as error:  # noqa: BLE001 - whatever it is, this is what "not ready" means
            return check.name, type(error).__name__
        return check.name, "ok"


def site(
    readiness: Readiness, *, slack: AsyncApp | None, routes: Sequence[web.RouteDef] = ()
) -> web.Application:
    """The web application; with ``slack`` it also takes events, interactivity and commands."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        found = await readiness.look()
        ready = all(state == "ok" for state in found.values())
        return web.json_response({"ready": ready, "checks": dict(found)}, status=200 if ready else 503)

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    if slack is not None:
        application.router.add_post("/slack/events", _slack_endpoint(slack))
    application.add_routes(routes)
    return application


def _slack_endpoint(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Bolt verifies the signature and refuses requests older than five minutes."""

    async def events(request: web.Request) -> web.StreamResponse:
        bolt_request = await to_bolt_request(request)
        return await to_aiohttp_response(await app.async_dispatch(bolt_request))

    return events


class Site:
    """Serves an application until closed."""

    def __init__(self, application: web.Application, *, host: str, port: int) -> None:
        self._runner = web.AppRunner(application, access_log=None)
        self._host = host
        self._port = port

    async def start(self) -> int:
        """Listens; returns the port (the system's choice for port 0).

        Raises ConfigurationError where it cannot be had.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            raise ConfigurationError(f"PORT: {self._port} cannot be used ({error.strerror})") from error
        port: int = self._runner.addresses[0][1]
        _log.info("Listening on %s, port %d", self._host, port)
        return port

    async def close(self) -> None:
        """Stops listening and lets go of open requests."""
        await self._runner.cleanup()
