"""The Web API: reads a request, finds out who calls, checks rights and limits, and calls the method.

JSON and form bodies, GET and POST, the token in the header or among the arguments.
Source: https://docs.slack.dev/apis/web-api
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from aiohttp import web

from . import methods_chat, methods_conversations, methods_files, methods_people, wire
from .call import Actor, Args, Call, Handler
from .errors import Refused
from .methods import METHODS, Method, TokenKind
from .methods_views import ViewMethods
from .options import Failure, Fault
from .socket_mode import SocketMode
from .traffic import Traffic
from .views import Views
from .workspace import Workspace

_log = logging.getLogger(__name__)
#: Failures that end the connection without an answer.
_SILENT = frozenset({Failure.DROPPED, Failure.UNANSWERED})


class WebApi:
    """Serves ``/api/<method>``.

    The app's calls are counted against its limits and written to the traffic log. A user token stands for a
    person in Slack's own client: such calls are neither limited nor logged, and all scopes are granted.
    """

    def __init__(self, workspace: Workspace, views: Views, sockets: SocketMode, traffic: Traffic) -> None:
        self._workspace = workspace
        self._traffic = traffic
        self.handlers: Mapping[str, Handler] = {
            **methods_chat.routes(),
            **methods_conversations.routes(),
            **methods_files.routes(),
            **methods_people.routes(),
            **ViewMethods(views).routes(),
            "apps.connections.open": sockets.open,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request; a planned failure may close the connection without an answer."""
        name = request.match_info["method"]
        began = self._workspace.clock.now()
        arguments: wire.JsonObject = {}
        logged = True
        try:
            arguments = await _arguments(request)
            call = self._call(name, request, arguments)
            logged = call.actor.is_app or call.actor.kind is TokenKind.NONE
            body: Mapping[str, object] = {"ok": True, **self._run(call)}
            status, headers = 200, {}
        except Refused as refused:
            body, status, headers = refused.body(), refused.status, refused.headers
        if body.get("error") in _SILENT and request.transport is not None:
            request.transport.abort()
        if logged:
            self._log(name, began, arguments, body)
        return web.json_response(body, status=status, headers=self._scopes(name) | headers)

    def _call(self, name: str, request: web.Request, arguments: wire.JsonObject) -> Call:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", details={"req_method": name})
        token = _token(request, arguments)
        values = {key: value for key, value in arguments.items() if key != "token"}
        return Call(name, Args(values), self._actor(method, token), self._workspace)

    def _actor(self, method: Method, token: str) -> Actor:
        if not token and TokenKind.NONE in method.tokens:
            return Actor(TokenKind.NONE, self._workspace.bot)
        if not token:
            raise Refused("not_authed")
        actor = self._owner(token)
        if actor.kind not in method.tokens:
            raise Refused("not_allowed_token_type")
        return actor

    def _owner(self, token: str) -> Actor:
        workspace = self._workspace
        apps = {workspace.app_token: workspace.app_id, workspace.other_app_token: workspace.other_app_id}
        if token in apps:
            return Actor(TokenKind.APP, workspace.bot, apps[token])
        for user in workspace.everyone():
            if token == user.token:
                if user.deactivated:
                    raise Refused("account_inactive")
                return Actor(TokenKind.BOT if user.is_bot else TokenKind.USER, user)
        raise Refused("invalid_auth")

    def _run(self, call: Call) -> Mapping[str, object]:
        method = METHODS[call.method]
        call.need_scopes(method.scopes)
        if call.actor.is_app:
            if self._workspace.options.enforce_tiers:
                self._workspace.rate_limits.spend(call.method, method.tier)
            if (fault := self._workspace.faults.take(call.method)) is not None:
                if fault.error == Failure.UNANSWERED:
                    self._carry_out(call)
                raise self._fail(call.method, fault)
        return self._carry_out(call)

    def _carry_out(self, call: Call) -> Mapping[str, object]:
        try:
            return self.handlers[call.method](call)
        except Refused:
            raise
        except Exception as error:
            _log.exception("%s failed", call.method)
            raise Refused("internal_error", status=500) from error

    def _fail(self, method: str, fault: Fault) -> Refused:
        if fault.error == Failure.RATE_LIMITED:
            return self._workspace.rate_limits.refuse(method, fault.retry_after)
        return Refused(fault.error, status=500 if fault.error == Failure.SERVER_ERROR else 200)

    def _scopes(self, name: str) -> dict[str, str]:
        accepted = METHODS[name].scopes if name in METHODS else ()
        return {
            "x-oauth-scopes": ",".join(self._workspace.manifest.bot_scopes),
            "x-accepted-oauth-scopes": ",".join(accepted),
        }

    def _log(self, name: str, began: float, arguments: wire.JsonObject, body: Mapping[str, object]) -> None:
        status = "ok" if body["ok"] else str(body["error"])
        summary = " ".join(
            f"{key}={wire.text(arguments, key)[:60]}"
            for key in ("channel", "ts", "thread_ts", "text")
            if key in arguments
        )
        entry = {"request": arguments, "response": body}
        self._traffic.add("in", "web_api", name, status=status, began=began, summary=summary, body=entry)


def _token(request: web.Request, arguments: wire.JsonObject) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return wire.text(arguments, "token")


async def _arguments(request: web.Request) -> wire.JsonObject:
    """The arguments of a request: its query, and its JSON or form body over it."""
    values: dict[str, object] = dict(request.query)
    if request.method != "POST":
        return values
    if request.content_type == "application/json":
        return values | _json_object(await request.text())
    form = await request.post()
    return values | {key: value for key, value in form.items() if isinstance(value, str)}


def _json_object(body: str) -> dict[str, object]:
    if not body.strip():
        return {}
    try:
        parsed: object = json.loads(body)
    except json.JSONDecodeError:
        raise Refused("invalid_json") from None
    if not wire.is_object(parsed):
        raise Refused("json_not_object")
    return dict(parsed)
