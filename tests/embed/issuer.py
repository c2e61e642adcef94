"""An issuer that a test may make lie as no honest one does."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from urllib.parse import parse_qs, urlsplit

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "client-1", "client-secret-0123456789"
USER, TEAM = "https://slack.com/user_id", "https://slack.com/team_id"


@cache
def private(name: str) -> rsa.RSAPrivateKey:
    """A private key of this name, the same all the time."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(name: str) -> dict[str, object]:
    """What is published of it."""
    key = RSAAlgorithm.to_jwk(private(name).public_key(), as_dict=True)
    return {**key, "alg": "RS256", "kid": name, "use": "sig"}


class Issuer:
    """An OpenID Connect issuer.

    Attributes:
        url: its name.
        said: what its discovery document says otherwise than usual.
        claims: what its ID tokens say otherwise; None leaves a claim out.
        published: the names of the keys that it shows.
        signed: the name of the key that it signs with.
        answer: what it answers for a code, instead of a token; with ``status``.
        exchanges: the forms that it was sent, with their ``Authorization``.
        looks: how often its keys were looked at.
        asked: how often its discovery document was.
    """

    def __init__(self) -> None:
        self.url = ""
        self.said: dict[str, object] = {}
        self.claims: dict[str, object] = {}
        self.published = ["key-1"]
        self.signed = "key-1"
        self.answer: Mapping[str, object] | None = None
        self.status = 200
        self.exchanges: list[dict[str, str]] = []
        self.looks = 0
        self.asked = 0
        self.nonce = ""

    def application(self) -> web.Application:
        """Its endpoints."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/.well-known/openid-configuration", self._discovery),
                web.post("/token", self._token),
                web.get("/keys", self._keys),
            ]
        )
        return application

    def agree(self, address: str) -> str:
        """Somebody agrees to sign in at this address: the state that they come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonce = asked["nonce"]
        return asked["state"]

    def token(self, nonce: str) -> str:
        """An ID token."""
        now = int(time.time())
        usual = {
            "iss": self.url,
            "sub": "sub-ada",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "email": "ada@example.com",
            "email_verified": True,
        }
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        return jwt.encode(claims, private(self.signed), algorithm="RS256", headers={"kid": self.signed})

    async def _discovery(self, _: web.Request) -> web.Response:
        self.asked += 1
        usual = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        return web.json_response(usual | self.said)

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.exchanges.append(form | {"Authorization": request.headers.get("Authorization", "")})
        answer = {"id_token": self.token(self.nonce)} if self.answer is None else self.answer
        return web.json_response(answer, status=self.status)

    async def _keys(self, _: web.Request) -> web.Response:
        self.looks += 1
        return web.json_response({"keys": [{"kty": "oct"}, *map(public, self.published)]})


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """An issuer on loopback."""
    issuer = Issuer()
    async with TestServer(issuer.application()) as server:
        issuer.url = str(server.make_url("")).rstrip("/")
        yield issuer
