from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.errors import ConfigurationError, KeyRefused, PeerMisbehaved, TenantError, TenantUnreachable
from bot.model import SERVICE
from bot.sandbox.tenant.options import TenantOptions as LocalOptions
from bot.sandbox.tenant.server import TenantServer
from bot.wisdom.contact import FirstContact
from bot.wisdom.descope import Descope, Project
from tests.wisdom.clock import Clock
from tests.wisdom.scripted import jwt

KEY = "K2-the-access-key"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def source(base: str, *, key: str = KEY, project: str = "P2project", patience: float = 5.0) -> Descope:
    return Descope(
        SecretStr(key), Project(project, base), clock=Clock(), contact=FirstContact(), patience=patience
    )


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """An address where this handler answers everything."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def local() -> AsyncIterator[TenantServer]:
    """The local tenant, which stands in for Descope, too."""
    server = TenantServer(options=LocalOptions(token_life=600.0))
    await server.start()
    try:
        yield server
    finally:
        await server.close()


async def failed(response: web.Response) -> TenantError:
    """What a sign-in fails with that is answered like this."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return response

    async with serving(answer) as base:
        with pytest.raises(TenantError) as caught:
            await source(base).fetch(SERVICE)
        return caught.value


@pytest.mark.parametrize("slash", ["", "/"])
async def test_descope_makes_the_owners_token(slash: str) -> None:
    """The token is one that the tenant takes as the key owner's."""
    async with local() as server:
        signing = source(server.url + slash, key=server.access_key, project=server.descope_project_id)
        token = await signing.fetch(SERVICE)
        assert server.tokens.user_of(token.text).email == "service@example.com"


@pytest.mark.parametrize(("key", "project"), [("K2-wrong", ""), ("", "P2-unknown")])
async def test_a_wrong_key_or_project_is_refused(key: str, project: str) -> None:
    """Whichever of the two is wrong, the key cannot sign in."""
    async with local() as server:
        signing = source(
            server.url, key=key or server.access_key, project=project or server.descope_project_id
        )
        with pytest.raises(KeyRefused, match="HTTP 401"):
            await signing.fetch(SERVICE)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (web.json_response({"errorCode": "E1", "errorMessage": KEY}, status=400), KeyRefused),
        (web.json_response({"errorCode": "E1", "errorMessage": KEY}, status=401), KeyRefused),
        (web.Response(status=403, text=KEY), KeyRefused),
        (web.Response(status=404), KeyRefused),
        (web.json_response({"errorCode": "E1"}, status=429, headers={"Retry-After": "3"}), TenantUnreachable),
        (web.Response(status=429, text="<html>"), TenantUnreachable),
        (web.Response(status=500, text=KEY), TenantUnreachable),
        (web.Response(status=302, headers={"Location": "/login"}), TenantUnreachable),
        (web.Response(text="<html>"), PeerMisbehaved),
        (web.json_response([KEY]), PeerMisbehaved),
        (web.json_response({}), PeerMisbehaved),
        (web.json_response({"sessionJwt": ""}), PeerMisbehaved),
        (web.json_response({"sessionJwt": 5}), PeerMisbehaved),
        (web.json_response({"sessionJwt": "no.jwt.atall"}), PeerMisbehaved),
        (web.json_response({"sessionJwt": jwt(1), "keys": []}), PeerMisbehaved),
        (web.Response(body=b"junk", headers={"Content-Encoding": "gzip"}), PeerMisbehaved),
    ],
)
async def test_each_way_to_fail_has_its_kind(response: web.Response, kind: type[TenantError]) -> None:
    """Refusals, limits, broken gateways and nonsense are told apart, without a word that may be the key."""
    error = await failed(response)
    assert type(error) is kind
    assert KEY not in repr(error)
    assert "Descope" in str(error)


async def test_descope_that_is_away_is_unreachable() -> None:
    """A closed port is an error of ours, and says whose port it is."""
    with pytest.raises(TenantUnreachable, match="Descope: HTTP: ConnectError"):
        await source("http://127.0.0.1:1").fetch(SERVICE)


async def test_certificates_that_cannot_be_read_are_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps the package from connecting, the tenant is unreachable."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    with pytest.raises(TenantUnreachable, match="Descope: FileNotFoundError"):
        await source("https://127.0.0.1:1").fetch(SERVICE)


@asynccontextmanager
async def mute() -> AsyncIterator[tuple[str, asyncio.Event, asyncio.Event]]:
    """An address where nobody answers, and events for when somebody has asked and when they have gone."""
    asked, gone = asyncio.Event(), asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        gone.set()
        writer.close()

    async with await asyncio.start_server(wait, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked, gone


async def test_descope_that_does_not_answer_is_given_up() -> None:
    """A sign-in takes no longer than somebody has patience for."""
    async with mute() as (base, _, gone):
        with pytest.raises(TenantUnreachable):
            await source(base, patience=0.05).fetch(SERVICE)
        await gone.wait()


async def test_a_cancelled_sign_in_leaves_nothing_behind() -> None:
    """Whoever does not want the token any more hangs up at once."""
    async with mute() as (base, asked, gone):
        waiting = asyncio.create_task(source(base).fetch(SERVICE))
        await asked.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(5):
            await gone.wait()


@pytest.mark.parametrize("missing", ["descope", "jwt"])
def test_a_missing_package_is_told_at_the_start(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its extra the app does not start, and says what to install."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "descope"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ConfigurationError, match=r"pip install '\.\[descope\]'"):
        source("")


async def test_no_secret_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    """At debug level, working or failing, there is neither the key nor the token."""
    caplog.set_level(logging.DEBUG)
    async with local() as server:
        signing = source(server.url, key=server.access_key, project=server.descope_project_id)
        token = await signing.fetch(SERVICE)
        server.tokens.revoke(server.access_key)
        with pytest.raises(KeyRefused) as caught:
            await signing.fetch(SERVICE)
        shown = [caplog.text, repr(token), repr(caught.value), repr(signing), repr(vars(signing))]
    assert "sign-in: the key is exchanged for a token by Descope" in caplog.messages
    for secret in (server.access_key, token.text):
        assert [text for text in shown if secret in text] == []
