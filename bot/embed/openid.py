"""Who signs people in: an OpenID Connect issuer, found by discovery; the embed host's only door to httpx.

What is taken from the standards: OpenID Connect Core 1.0 (authorization code flow), Discovery 1.0, PKCE
(RFC 7636, ``S256`` where the issuer announces it), JWK sets (RFC 7517).
What is taken for granted about Slack, from its page on Sign in with Slack: its discovery document is at
``https://slack.com/.well-known/openid-configuration``; ``openid.connect.token`` takes the client's secret in
the form (``client_secret_post``) and tells failures as ``{"ok": false, "error": …}`` at HTTP 200; ``nonce``
comes back in the ID token; ``team`` in the first address asks for one workspace. An issuer that announces no
way for the secret is asked by HTTP Basic, which is the standard's default.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import quote, urlencode, urlsplit

import httpx
import jwt
from pydantic import SecretStr

from bot.embed import claims
from bot.embed.claims import Expected
from bot.embed.seals import SignIn
from bot.embed.visitor import Visitor
from bot.errors import IssuerUnreachable, SignInFailed

_TIMEOUT = 10.0
_MAX_BODY = 512 * 1024
#: What the issuer says about itself, and its keys, are asked for again after so many seconds …
_FRESH = 3600.0
#: … keys for a name that is not known not more often than this …
_KEYS_AGAIN = 30.0
#: … and an issuer that does not answer not more often than this: people would wait for each other.
_AGAIN = 5.0


@dataclass(frozen=True, slots=True)
class Client:
    """What the issuer knows us by.

    Attributes:
        issuer: its address, to the letter.
        redirect: where people come back to.
        team: Slack's id of the workspace that people are asked to sign in to; empty elsewhere.
    """

    issuer: str
    id: str
    secret: SecretStr
    redirect: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the issuer's endpoints are."""

    authorization: str
    token: str
    keys: str
    pkce: bool
    in_form: bool


@dataclass(slots=True)
class _Keys:
    known: Mapping[str, jwt.PyJWK] = field(default_factory=dict)
    at: float = float("-inf")


class Issuer:
    """Sends people to sign in, and believes who comes back. Close it.

    Every method raises SignInFailed, or IssuerUnreachable, and nothing else.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(self, client: Client, *, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._http = httpx.AsyncClient(timeout=_TIMEOUT)
        self._place: _Place | None = None
        self._placed = float("-inf")
        self._failed = float("-inf")
        self._keys = _Keys()
        self._asking = asyncio.Lock()

    async def address(self, sign_in: SignIn) -> str:
        """Where the browser is sent to sign in."""
        place = await self._found()
        asked = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": self._client.redirect,
            "scope": "openid email",
            "state": sign_in.state,
            "nonce": sign_in.nonce,
        }
        if place.pkce:
            digest = sha256(sign_in.verifier.encode()).digest()
            asked["code_challenge"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            asked["code_challenge_method"] = "S256"
        if self._client.team:
            asked["team"] = self._client.team
        return f"{place.authorization}{'&' if '?' in place.authorization else '?'}{urlencode(asked)}"

    async def visitor(self, code: str, sign_in: SignIn) -> Visitor:
        """Who has come back with this code."""
        place = await self._found()
        answer = await self._exchange(place, code, sign_in)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignInFailed(f"the issuer gave no ID token ({_reason(answer)})")
        key = await self._key(place, claims.key_id(token))
        expected = Expected(self._client.issuer, self._client.id, sign_in.nonce)
        return claims.believed(token, key, expected, now=self._clock())

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def _exchange(self, place: _Place, code: str, sign_in: SignIn) -> Mapping[str, object]:
        client = self._client
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect}
        if place.pkce:
            form["code_verifier"] = sign_in.verifier
        headers = {}
        if place.in_form:
            form |= {"client_id": client.id, "client_secret": client.secret.get_secret_value()}
        else:
            headers["Authorization"] = _basic(client.id, client.secret.get_secret_value())
        return await self._json("POST", place.token, form=form, headers=headers)

    async def _found(self) -> _Place:
        """What the issuer says about itself; what it said before is good while it does not answer."""
        async with self._asking:
            if self._clock() - self._placed > _FRESH and self._clock() - self._failed > _AGAIN:
                try:
                    self._place, self._placed = await self._discover(), self._clock()
                except IssuerUnreachable:
                    self._failed = self._clock()
                    if self._place is None:
                        raise
            if self._place is None:
                raise IssuerUnreachable("the issuer did not answer a moment ago")
            return self._place

    async def _discover(self) -> _Place:
        issuer = self._client.issuer
        said = await self._json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != issuer:
            raise IssuerUnreachable("the issuer has another name than EMBED_ISSUER")
        ways = _texts(said.get("token_endpoint_auth_methods_supported"))
        return _Place(
            authorization=_endpoint(said, "authorization_endpoint", issuer),
            token=_endpoint(said, "token_endpoint", issuer),
            keys=_endpoint(said, "jwks_uri", issuer),
            pkce="S256" in _texts(said.get("code_challenge_methods_supported")),
            in_form="client_secret_post" in ways,
        )

    async def _key(self, place: _Place, name: str) -> jwt.PyJWK:
        """The key of this name; the set is read again where it is old, or does not have it."""
        async with self._asking:
            age = self._clock() - self._keys.at
            if age > _FRESH or (name not in self._keys.known and age > _KEYS_AGAIN):
                said = await self._json("GET", place.keys)
                self._keys = _Keys(_keys(said.get("keys")), self._clock())
        known = self._keys.known
        if not name and len(known) == 1:
            return next(iter(known.values()))
        if name not in known:
            raise SignInFailed("the ID token is signed with a key that the issuer does not publish")
        return known[name]

    async def _json(
        self,
        method: str,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, object]:
        """What the issuer answers, whatever its status: an error has a body, too."""
        sent = {"Accept": "application/json", **(headers or {})}
        body = bytearray()
        try:
            async with self._http.stream(method, url, data=form, headers=sent) as response:
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > _MAX_BODY:
                        raise IssuerUnreachable("the issuer's answer is too long")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            # Only the class is named: the text may hold the address.
            raise IssuerUnreachable(f"HTTP: {type(error).__name__}") from error
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise IssuerUnreachable(f"HTTP {response.status_code}")
        return _object(bytes(body), response.status_code)


def _object(body: bytes, status: int) -> Mapping[str, object]:
    try:
        said: object = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise IssuerUnreachable(f"HTTP {status} without a JSON object")
    return said


def _endpoint(said: Mapping[str, object], name: str, issuer: str) -> str:
    """An address of the issuer's; without TLS only where the issuer itself has none."""
    value = said.get(name)
    if not isinstance(value, str) or urlsplit(value).scheme not in {"https", urlsplit(issuer).scheme}:
        raise IssuerUnreachable(f"the issuer does not tell its {name}")
    return value


def _keys(raw: object) -> Mapping[str, jwt.PyJWK]:
    each = [key for key in map(claims.key_of, raw) if key is not None] if isinstance(raw, list) else []
    return {key.key_id or "": key for key in each}


def _texts(value: object) -> Sequence[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _basic(client: str, secret: str) -> str:
    """RFC 6749, 2.3.1: both are form-encoded before they are joined."""
    pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _reason(answer: Mapping[str, object]) -> str:
    """The issuer's error code, if it looks like one: anything else may hold more than is fit for a log."""
    code = answer.get("error")
    return code if isinstance(code, str) and code.isidentifier() else "no reason given"
