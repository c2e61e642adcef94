"""The two requests with which a client of Descope signs in by an access key, answered by the tenant itself.

Seed 003 and the vendor's sample client sign in that way: ``DescopeClient(project_id, base_url=…)`` with the
tenant's address as base. The paths, headers and shapes are those of the package ``descope`` 2.16; the codes
of the errors are made up.
"""

from __future__ import annotations

import json

from aiohttp import web

from bot.sandbox.tenant.faults import Fault, Faults
from bot.sandbox.tenant.refusals import Unauthorized
from bot.sandbox.tenant.sessions import PROJECT
from bot.sandbox.tenant.tokens import Tokens

EXCHANGE = "/v1/auth/accesskey/exchange"
KEYS = "/v2/keys/{project}"


class Descope:
    """Exchanges access keys for session tokens, and publishes the key that these are checked with.

    Login options are read and change nothing: there is one Descope tenant here, and no custom claims.
    """

    def __init__(self, tokens: Tokens, faults: Faults) -> None:
        self._tokens = tokens
        self._faults = faults

    def routes(self) -> list[web.RouteDef]:
        """The routing table."""
        return [web.post(EXCHANGE, self.exchange), web.get(KEYS, self.keys)]

    async def exchange(self, request: web.Request) -> web.Response:
        """``keyId``, ``sessionJwt`` and ``expiration`` (seconds since the epoch) for an access key."""
        if not _options_given(await request.read()):
            return _refusal(400, "Request is malformed")
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        project, _, key = bearer.partition(":")
        refused = self._faults.take(Fault.KEY_REFUSED) is not None
        if refused or {project, request.headers.get("x-descope-project-id")} != {PROJECT}:
            return _refusal(401, "Unauthorized")
        try:
            session = self._tokens.open_session(key)
        except Unauthorized:
            return _refusal(401, "Unauthorized")
        answer = {"keyId": session.key_id, "sessionJwt": session.token, "expiration": session.expires}
        return web.json_response(answer)

    async def keys(self, request: web.Request) -> web.Response:
        """The key set of the project."""
        if request.match_info["project"] != PROJECT:
            return _refusal(404, "Project not found")
        return web.json_response(self._tokens.published_keys())


def _options_given(body: bytes) -> bool:
    """Whether a body is an object with login options, or with none."""
    try:
        payload = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return False
    return isinstance(payload, dict) and isinstance(payload.get("loginOptions", {}), dict)


def _refusal(status: int, description: str) -> web.Response:
    shape = {"errorCode": f"E000{status}", "errorDescription": description, "errorMessage": description}
    return web.json_response(shape, status=status)
