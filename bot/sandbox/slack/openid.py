"""Sign in with Slack: the workspace as an OpenID Connect issuer, whose address is the workspace's own.

Read from Slack's discovery document (https://slack.com/.well-known/openid-configuration) and from
https://docs.slack.dev/reference/methods/openid.connect.token and …userInfo: paths, claims, the life of an ID
token, and errors as ``{"ok": false, "error": …}`` at HTTP 200. Slack announces no PKCE; neither does this.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from html import escape
from string import Template
from urllib.parse import unquote_plus, urlencode, urlsplit

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from . import wire
from .errors import Refused
from .model import User
from .options import Failure, Fault
from .workspace import Workspace

DISCOVERY = "/.well-known/openid-configuration"
AUTHORIZE = "/openid/connect/authorize"
FORGET = "/openid/connect/forget"
TOKEN = "/api/openid.connect.token"  # noqa: S105 - a path
USER_INFO = "/api/openid.connect.userInfo"
KEYS = "/openid/connect/keys"

#: Remembers in a browser who its person is.
COOKIE = "sandbox_person"
#: Seconds that a code can be exchanged, and that an ID token is good.
CODE_LIFE, TOKEN_LIFE = 600.0, 300
_CLAIM = "https://slack.com/"
_ALGORITHM, _KEY_ID = "RS256", "sandbox"
_BITS, _EXPONENT = 2048, 65537

_PAGE = Template("""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 26rem; margin: 2rem auto; padding: 0 1rem }
form { display: grid; gap: .5rem }
button { font: inherit; padding: .6rem .8rem; text-align: left; border: 1px solid #8888; border-radius: .5rem;
  background: none; cursor: pointer }
small { display: block; opacity: .7 }
</style>
<h1>$title</h1>
$body
</html>
""")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an application wants; ``redirect`` and ``client`` have been checked."""

    redirect: str
    scopes: tuple[str, ...]
    state: str
    nonce: str
    team: str


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a code is exchanged for."""

    user: str
    redirect: str
    scopes: tuple[str, ...]
    nonce: str
    at: float


class OpenId:
    """Serves the five endpoints, and a page on which a browser forgets who its person is."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._codes: dict[str, _Grant] = {}
        self._tokens: dict[str, _Grant] = {}

    def routes(self) -> list[web.RouteDef]:
        """The routing table; it has to stand before that of the Web API."""
        return [
            web.get(DISCOVERY, self.discovery),
            web.get(AUTHORIZE, self.authorize),
            web.post(AUTHORIZE, self.choose),
            web.get(FORGET, self.forget),
            web.post(TOKEN, self.token),
            web.get(USER_INFO, self.user_info),
            web.post(USER_INFO, self.user_info),
            web.get(KEYS, self.keys),
        ]

    async def discovery(self, _request: web.Request) -> web.Response:
        """Where the endpoints are, in the words of Slack's own document."""
        base = self._workspace.base_url
        return web.json_response(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}{AUTHORIZE}",
                "token_endpoint": f"{base}{TOKEN}",
                "userinfo_endpoint": f"{base}{USER_INFO}",
                "jwks_uri": f"{base}{KEYS}",
                "scopes_supported": ["openid", "profile", "email"],
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [_ALGORITHM],
                "claims_supported": ["sub", "auth_time", "iss"],
                "claims_parameter_supported": False,
                "request_parameter_supported": False,
                "request_uri_parameter_supported": True,
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            }
        )

    async def keys(self, _request: web.Request) -> web.Response:
        """The public key that ID tokens are checked with (RFC 7517)."""
        key = RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        return web.json_response({"keys": [{**key, "alg": _ALGORITHM, "kid": _KEY_ID, "use": "sig"}]})

    # -- the person's side -----------------------------------------------------------------------------

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """Straight back where the browser has been told who its person is, else the question."""
        try:
            asked = self._asked(request.query)
        except Refused as refused:
            return _said("Something went wrong", f"<p>{escape(refused.code)}</p>", status=400)
        person = self._person(request.cookies.get(COOKIE, ""))
        if person is not None:
            return self._back(asked, person)
        return _said("Who are you?", self._choice(asked, str(request.rel_url)))

    async def choose(self, request: web.Request) -> web.StreamResponse:
        """The answer to that question; the browser remembers it."""
        try:
            asked = self._asked(request.query)
        except Refused as refused:
            return _said("Something went wrong", f"<p>{escape(refused.code)}</p>", status=400)
        person = self._person(str((await request.post()).get("person", "")))
        if person is None:
            return _said("Something went wrong", "<p>There is nobody of this name.</p>", status=400)
        response = self._back(asked, person)
        response.set_cookie(COOKIE, person.name, httponly=True, samesite="Lax", path="/openid")
        return response

    async def forget(self, _request: web.Request) -> web.Response:
        """The browser's person is unknown again."""
        response = _said("Signed out of the sandbox", "<p>The next sign-in asks again who you are.</p>")
        response.del_cookie(COOKIE, path="/openid")
        return response

    def _asked(self, query: Mapping[str, str]) -> _Asked:
        """What is asked for; raises Refused where Slack would show a page with the reason."""
        if query.get("client_id") != self._workspace.client_id:
            raise Refused("invalid_client_id")
        redirect = query.get("redirect_uri", "")
        if not any(_beneath(redirect, each) for each in self._workspace.redirect_urls):
            raise Refused("redirect_uri did not match any configured URIs")
        if query.get("response_type") != "code":
            raise Refused("unsupported_response_type")
        scopes = tuple(query.get("scope", "").replace(",", " ").split())
        if "openid" not in scopes or not set(scopes) <= {"openid", "email", "profile"}:
            raise Refused("invalid_scope")
        state, nonce, team = (query.get(name, "") for name in ("state", "nonce", "team"))
        return _Asked(redirect, scopes, state, nonce, team)

    def _person(self, name: str) -> User | None:
        user = self._workspace.users.get(name)
        return None if user is None or user.deactivated else user

    def _choice(self, asked: _Asked, address: str) -> str:
        everybody = [user for user in self._workspace.users.values() if not user.deactivated]
        buttons = "".join(
            f'<button name="person" value="{escape(user.name)}">{escape(user.real_name)}'
            f"<small>{escape(user.email or 'without an address')}</small></button>"
            for user in everybody
            if asked.team in {"", user.team.id}
        )
        app = escape(self._workspace.manifest.name)
        return f'<p>{app} wants to know.</p><form method="post" action="{escape(address)}">{buttons}</form>'

    def _back(self, asked: _Asked, person: User) -> web.Response:
        code = self._workspace.ids.code()
        now = self._workspace.clock.now()
        self._codes[code] = _Grant(person.name, asked.redirect, asked.scopes, asked.nonce, now)
        answer = {"code": code} | ({"state": asked.state} if asked.state else {})
        glue = "&" if urlsplit(asked.redirect).query else "?"
        return web.Response(status=302, headers={"Location": f"{asked.redirect}{glue}{urlencode(answer)}"})

    # -- the application's side ------------------------------------------------------------------------

    async def token(self, request: web.Request) -> web.Response:
        """openid.connect.token: an ID token for a code, once."""
        try:
            self._strike("openid.connect.token", request)
            body = self._exchange(await _arguments(request), request.headers.get("Authorization", ""))
        except Refused as refused:
            return web.json_response(refused.body(), status=refused.status, headers=refused.headers)
        return web.json_response({"ok": True, **body})

    async def user_info(self, request: web.Request) -> web.Response:
        """openid.connect.userInfo: what the ID token said, as it is now."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        grant = self._tokens.get(token.strip()) if scheme.lower() == "bearer" else None
        person = self._person(grant.user) if grant is not None else None
        if grant is None or person is None:
            return web.json_response(Refused("invalid_auth").body())
        return web.json_response({"ok": True, "sub": person.id, **self._about(person, grant.scopes)})

    def _exchange(self, given: wire.JsonObject, authorization: str) -> dict[str, object]:
        client, secret = _basic(authorization) or (
            wire.text(given, "client_id"),
            wire.text(given, "client_secret"),
        )
        if client != self._workspace.client_id:
            raise Refused("invalid_client_id")
        if secret != self._workspace.client_secret:
            raise Refused("bad_client_secret")
        if wire.text(given, "grant_type", "authorization_code") != "authorization_code":
            raise Refused("invalid_grant_type")
        grant = self._codes.pop(wire.text(given, "code"), None)
        if grant is None or grant.at + CODE_LIFE <= self._workspace.clock.now():
            raise Refused("invalid_code")
        if wire.text(given, "redirect_uri") != grant.redirect:
            raise Refused("bad_redirect_uri")
        person = self._person(grant.user)
        if person is None:
            raise Refused("invalid_code")
        access_token = self._workspace.ids.token("xoxp")
        self._tokens[access_token] = grant
        id_token = self._signed(person, grant, access_token)
        return {"access_token": access_token, "token_type": "Bearer", "id_token": id_token}

    def _signed(self, person: User, grant: _Grant, access_token: str) -> str:
        now = int(self._workspace.clock.now())
        half = sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self._workspace.base_url,
            "sub": person.id,
            "aud": self._workspace.client_id,
            "exp": now + TOKEN_LIFE,
            "iat": now,
            "auth_time": int(grant.at),
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **self._about(person, grant.scopes),
        }
        if grant.nonce:
            claims["nonce"] = grant.nonce
        return jwt.encode(claims, self._private, algorithm=_ALGORITHM, headers={"kid": _KEY_ID})

    def _about(self, person: User, scopes: Sequence[str]) -> dict[str, object]:
        found: dict[str, object] = {f"{_CLAIM}team_id": person.team.id, f"{_CLAIM}user_id": person.id}
        if "email" in scopes and person.email:
            found |= {"email": person.email, "email_verified": True}
        if "profile" in scopes:
            given, _, family = person.real_name.partition(" ")
            found |= {"name": person.real_name, "given_name": given, "family_name": family}
            found |= {"locale": "en-US", f"{_CLAIM}team_name": person.team.name}
        return found

    def _strike(self, method: str, request: web.Request) -> None:
        """Fail as planned; raises Refused."""
        fault = self._workspace.faults.take(method)
        if fault is None:
            return
        if fault.error in {Failure.DROPPED, Failure.UNANSWERED} and request.transport is not None:
            request.transport.abort()
        raise _refusal(fault)

    @cached_property
    def _private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)


def _refusal(fault: Fault) -> Refused:
    if fault.error == Failure.RATE_LIMITED:
        return Refused("ratelimited", status=429, headers={"Retry-After": str(fault.retry_after)})
    return Refused(fault.error, status=500 if fault.error == Failure.SERVER_ERROR else 200)


def _beneath(address: str, registered: str) -> bool:
    """Slack takes a registered address and everything beneath it."""
    return address == registered or address.startswith(f"{registered.rstrip('/')}/")


def _basic(authorization: str) -> tuple[str, str] | None:
    """Client id and secret of HTTP Basic, in which both are form-encoded (RFC 6749, 2.3.1)."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    return unquote_plus(name), unquote_plus(secret)


async def _arguments(request: web.Request) -> wire.JsonObject:
    if request.content_type != "application/json":
        return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    try:
        parsed: object = json.loads(await request.text())
    except json.JSONDecodeError:
        raise Refused("invalid_json") from None
    if not wire.is_object(parsed):
        raise Refused("json_not_object")
    return parsed


def _said(title: str, body: str, *, status: int = 200) -> web.Response:
    text = _PAGE.substitute(title=title, body=body)
    response = web.Response(text=text, content_type="text/html", status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
