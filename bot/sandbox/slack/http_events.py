"""Events, interactivity and commands by signed HTTP, as to an app without Socket Mode.

Sources: https://docs.slack.dev/apis/events-api, https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from . import wire
from .transport import Acknowledged, Outcome, Outgoing, Unacknowledged
from .workspace import Workspace

_FORM = "application/x-www-form-urlencoded"


_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What the app answered."""

    status: int
    body: str
    no_retry: bool


class UrlNotVerified(Exception):
    """The request URL did not answer Slack's challenge."""


class HttpEvents:
    """Sends payloads to one request URL; ``url`` may be set while the workspace runs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.url = workspace.options.request_url
        self._session: aiohttp.ClientSession | None = None

    async def verify(self, url: str) -> None:
        """Save ``url`` as the request URL after it has echoed a challenge, as the app's settings page does.

        Raises:
            UrlNotVerified: it did not.
        """
        challenge = self._workspace.ids.secret()
        body = {
            "token": self._workspace.verification_token,
            "challenge": challenge,
            "type": "url_verification",
        }
        timeout = self._workspace.options.ack_seconds
        try:
            reply = await asyncio.wait_for(self._post(url, json.dumps(body), {}), timeout)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UrlNotVerified(url) from error
        echoed = reply.body.strip() == challenge or _json(reply.body).get("challenge") == challenge
        if reply.status not in _OK or not echoed:
            raise UrlNotVerified(url)
        self.url = url

    async def send(self, outgoing: Outgoing, *, deadline: float) -> Outcome:
        """Post one payload, signed; 2xx before the deadline acknowledges it."""
        headers = {}
        if outgoing.attempt:
            headers = {"x-slack-retry-num": str(outgoing.attempt), "x-slack-retry-reason": outgoing.reason}
        body, kind = _body(outgoing)
        work = asyncio.ensure_future(self._post(self.url, body, headers, content_type=kind))
        timer = asyncio.ensure_future(self._workspace.clock.sleep_until(deadline))
        try:
            await asyncio.wait({work, timer}, return_when=asyncio.FIRST_COMPLETED)
            return _outcome(work)
        finally:
            for each in (work, timer):
                each.cancel()
            await asyncio.gather(work, timer, return_exceptions=True)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(
        self, url: str, body: str, headers: dict[str, str], *, content_type: str = "application/json"
    ) -> _Reply:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        signed = (
            self._signature(body) | headers | {"Content-Type": content_type, "User-Agent": "Slackbot 1.0"}
        )
        async with self._session.post(url, data=body.encode(), headers=signed) as response:
            no_retry = response.headers.get("x-slack-no-retry") == "1"
            return _Reply(response.status, await response.text(), no_retry)

    def _signature(self, body: str) -> dict[str, str]:
        """``v0`` signature over the timestamp and the raw body."""
        timestamp = str(int(self._workspace.clock.now()))
        base = f"v0:{timestamp}:{body}".encode()
        digest = hmac.new(self._workspace.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def _outcome(work: asyncio.Future[_Reply]) -> Outcome:
    if not work.done():
        return Unacknowledged("http_timeout")
    if work.exception() is not None:
        return Unacknowledged("connection_failed")
    reply = work.result()
    if reply.status in _OK:
        return Acknowledged(_json(reply.body) or ({"text": reply.body} if reply.body.strip() else {}))
    return Unacknowledged("http_error", retry=not reply.no_retry)


def _body(outgoing: Outgoing) -> tuple[str, str]:
    """Events are JSON, interactions JSON inside a form, commands a plain form."""
    if outgoing.type == "events_api":
        return json.dumps(outgoing.payload), "application/json"
    if outgoing.type == "interactive":
        return urlencode({"payload": json.dumps(outgoing.payload)}), _FORM
    return urlencode({key: str(value) for key, value in outgoing.payload.items()}), _FORM


def _json(body: str) -> wire.JsonObject:
    try:
        parsed: object = json.loads(body)
    except json.JSONDecodeError:
        return {}
    return parsed if wire.is_object(parsed) else {}
