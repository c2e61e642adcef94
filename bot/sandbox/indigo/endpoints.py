"""The paths of the platform: ``POST /graphql``, and what was asked at ``/``."""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from aiohttp import web

from bot.sandbox.graphql_request import Request, read
from bot.sandbox.indigo.execution import Executor
from bot.sandbox.indigo.faults import Armed, Fault, Faults, Struck
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.resolvers import Forbidden
from bot.sandbox.indigo.spoiling import spoil, written

PATH = "/graphql"
_LIMITED: Final = (Fault.LIMITED, Fault.LIMITED_UNTIL, Fault.LIMITED_BODY)
_HTML = "<!doctype html><html><head><title>{0}</title></head><body><h1>{0} error</h1></body></html>"


@dataclass(slots=True)
class Requests:
    """What was asked so far.

    Attributes:
        count: every request, also those that were refused.
        open: those that are not answered yet.
        most_at_once: the highest number of these.
        fields: how often each field at the root was asked for.
    """

    count: int = 0
    open: int = 0
    most_at_once: int = 0
    fields: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Counts one more for as long as it takes."""
        self.count += 1
        self.open += 1
        self.most_at_once = max(self.most_at_once, self.open)
        try:
            yield
        finally:
            self.open -= 1


class Endpoints:
    """Serves HTTP requests.

    Args:
        options: with the token that clients have to show.
        executors: by whether ``pageInfo`` has the documented fields only.
        clock: gives the present, with a time zone.
        sleep: waits; latency and slowness go through it.
    """

    def __init__(
        self,
        executors: Mapping[bool, Executor],
        *,
        options: IndigoOptions,
        faults: Faults,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._executors, self._options, self._faults = executors, options, faults
        self._authorization = f"Bearer {options.token}"
        self._clock, self._sleep = clock, sleep
        self.requests = Requests()

    def routes(self) -> list[web.RouteDef]:
        """The routing table."""
        return [web.get("/", self.page), web.post(PATH, self.post)]

    async def page(self, request: web.Request) -> web.Response:
        """Says what was asked so far, as JSON."""
        del request
        told = {
            "path": PATH,
            "requests": self.requests.count,
            "most_at_once": self.requests.most_at_once,
            "fields": dict(self.requests.fields),
        }
        return web.json_response(told)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """One operation; what goes wrong inside it is told at HTTP 200."""
        with self.requests.counted():
            try:
                body = await request.read()
            except ConnectionResetError:  # who asks has gone away in the middle of it
                return _refusal(400, "No query document supplied")
            if self._options.latency:
                await self._sleep(self._options.latency)
            given = request.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), self._authorization.encode()):
                return _refusal(401, "unauthorized")
            asked = read(body)
            if asked is None:
                return _refusal(400, "No query document supplied")
            fields = self._executors[False].fields(asked)
            self.requests.fields.update(each for each in fields if "." not in each)
            struck = self._faults.strike(fields)
            return self._instead(struck) or await self._answer(request, asked, struck)

    # -- instead of an answer ----------------------------------------------------------------------------

    def _instead(self, struck: Struck) -> web.Response | None:
        for fault, status in ((Fault.UNAUTHORIZED, 401), (Fault.FORBIDDEN, 403)):
            if fault in struck:
                return _refusal(status, fault.value)
        for fault in _LIMITED:
            if armed := struck.get(fault):
                return self._limited(armed)
        if armed := struck.get(Fault.SERVER_ERROR):
            return web.Response(
                status=armed.status, text=_HTML.format(armed.status), content_type="text/html"
            )
        return _failed(struck)

    def _limited(self, armed: Armed) -> web.Response:
        whole = max(0, round(armed.seconds))
        told: dict[str, object] = {"error": "Too many requests"}
        if armed.fault is Fault.LIMITED_BODY:
            return web.json_response({**told, "retry_after": armed.seconds}, status=429)
        until = self._clock().astimezone(UTC) + timedelta(seconds=whole)
        value = str(whole) if armed.fault is Fault.LIMITED else format_datetime(until, usegmt=True)
        return web.json_response(told, status=429, headers={"Retry-After": value})

    # -- an answer, and what becomes of it ---------------------------------------------------------------

    async def _answer(self, request: web.Request, asked: Request, struck: Struck) -> web.StreamResponse:
        short = self._options.page_info == "documented" or Fault.SHORT_PAGE_INFO in struck
        try:
            answer = await self._executors[short].run(asked, struck)
        except Forbidden:
            return _refusal(403, "forbidden")
        spoil(answer, struck)
        if Fault.HANG in struck:
            await self._faults.hang()
        if armed := struck.get(Fault.SLOW):
            await self._sleep(armed.seconds)
        body = written(answer, struck)
        if Fault.LOST in struck and request.transport is not None:
            request.transport.abort()
        if Fault.CUT_OFF in struck:
            return await _half(request, body)
        if Fault.TRUNCATED in struck:
            body = body[: len(body) // 2]
        return web.Response(body=body, content_type="application/json", charset="utf-8")


async def _half(request: web.Request, body: bytes) -> web.StreamResponse:
    """Half of the answer goes out, then the connection breaks."""
    response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


def _failed(struck: Struck) -> web.Response | None:
    """Errors at HTTP 200 without any data."""
    if Fault.GRAPHQL_ERROR in struck:
        error: dict[str, object] = {"message": "Something went wrong", "locations": []}
        return web.json_response({"data": None, "errors": [error]})
    if Fault.INTROSPECTION in struck:
        return web.json_response({"errors": [{"message": "Introspection is disabled", "locations": []}]})
    if Fault.ORDER in struck:
        return web.json_response(
            {"errors": [{"message": 'Argument "order" has invalid value $order.', "locations": []}]}
        )
    return None


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"errors": [{"message": message}]}, status=status)
