"""The port of the process: health pages, and Slack's signed requests."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackUnreachable, TenantUnreachable
from bot.web import Check, Readiness, Site, site
from tests.fakes import Clock

SECRET = "signing-secret-0123456789"


class Probe:
    """Something that must be reachable; a test says whether it is."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.looks = 0
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> None:
        """One look."""
        self.looks += 1
        await self.go.wait()
        if self.error is not None:
            raise self.error


def readiness(clock: Clock | None = None, **probes: Callable[[], Awaitable[None]]) -> Readiness:
    """A readiness of these checks."""
    checks = tuple(Check(name, probe) for name, probe in probes.items())
    return Readiness(checks, clock=clock or Clock())


def asking(application: web.Application) -> TestClient[web.Request, web.Application]:
    """A client of the application, over a real socket."""
    return TestClient(TestServer(application))


# -- what is looked at -----------------------------------------------------------------------------------


async def test_each_check_says_how_it_is() -> None:
    """A check that fails is named by the kind of its error; its text, which may hold anything, stays out."""
    broken = Probe(TenantUnreachable("https://acme.example refused xoxb-secret"))
    assert await readiness(slack=Probe(), wisdom=broken).look() == {
        "slack": "ok",
        "wisdom": "TenantUnreachable",
    }


async def test_one_look_serves_ten_seconds() -> None:
    """However often it is asked, Slack and the tenant are bothered once in ten seconds."""
    clock, probe = Clock(), Probe()
    ready = readiness(clock, slack=probe)
    await ready.look()
    probe.error = SlackUnreachable()
    clock.now += 9.9
    assert (await ready.look(), probe.looks) == ({"slack": "ok"}, 1)
    clock.now += 0.2
    assert (await ready.look(), probe.looks) == ({"slack": "SlackUnreachable"}, 2)


async def test_questions_that_come_together_share_a_look() -> None:
    """Several probes at once are answered by one look."""
    probe = Probe()
    probe.go.clear()
    ready = readiness(slack=probe)
    looks = [asyncio.create_task(ready.look()) for _ in range(5)]
    await asyncio.sleep(0)
    probe.go.set()
    assert await asyncio.gather(*looks) == [{"slack": "ok"}] * 5
    assert probe.looks == 1


async def test_a_slow_check_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check without an answer counts as a failure after its time; the others are told as they are."""
    monkeypatch.setattr("bot.web._CHECK_SECONDS", 0)
    slow = Probe()
    slow.go.clear()
    assert await readiness(slack=slow).look() == {"slack": "TimeoutError"}


async def test_checks_are_made_side_by_side() -> None:
    """One check does not wait for another."""
    first = Probe()
    first.go.clear()

    async def second() -> None:
        first.go.set()

    assert await readiness(first=first, second=second).look() == {"first": "ok", "second": "ok"}


# -- the pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("error", "status"), [(None, 200), (TenantUnreachable("down"), 503)])
async def test_ready_is_200_or_503(error: Exception | None, status: int) -> None:
    """A platform reads the status, a person the checks."""
    async with asking(site(readiness(slack=Probe(), wisdom=Probe(error)), slack=None)) as client:
        response = await client.get("/readyz")
        body = await response.json()
    assert response.status == status
    assert body["ready"] is (error is None)
    assert set(body["checks"]) == {"slack", "wisdom"}


async def test_alive_whatever_is_broken() -> None:
    """A process that cannot reach anybody is still alive: restarting it would not help."""
    broken = Probe(TenantUnreachable())
    async with asking(site(readiness(wisdom=broken), slack=None)) as client:
        assert (await client.get("/healthz")).status == 200
    assert broken.looks == 0


async def test_in_socket_mode_slack_has_no_address_here() -> None:
    """Without HTTP mode nothing takes events."""
    async with asking(site(readiness(), slack=None)) as client:
        assert (await client.post("/slack/events", json={})).status == 404


# -- Slack's requests ------------------------------------------------------------------------------------


def bolt() -> AsyncApp:
    """An app that verifies requests; its token is never used."""
    client = AsyncWebClient(token="xoxb-test", base_url="http://127.0.0.1:1/api/")
    return AsyncApp(client=client, signing_secret=SECRET)


def signed(body: str, *, secret: str = SECRET, age: float = 0) -> dict[str, str]:
    """Slack's headers over a body."""
    at = str(int(time.time() - age))
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest}",
    }


_CHALLENGE = json.dumps({"type": "url_verification", "token": "t", "challenge": "c-123"})


async def test_a_signed_challenge_is_answered() -> None:
    """Slack verifies the address when an admin saves it."""
    async with asking(site(readiness(), slack=bolt())) as client:
        response = await client.post("/slack/events", data=_CHALLENGE, headers=signed(_CHALLENGE))
        assert (response.status, await response.json()) == (200, {"challenge": "c-123"})


@pytest.mark.parametrize(
    ("secret", "age", "body"),
    [("another", 0, _CHALLENGE), (SECRET, 301, _CHALLENGE), (SECRET, 0, _CHALLENGE + " ")],
    ids=["another secret", "older than five minutes", "another body"],
)
async def test_what_slack_did_not_sign_is_refused(secret: str, age: float, body: str) -> None:
    """A request counts only with a fresh signature over its very body."""
    headers = signed(body, secret=secret, age=age)
    async with asking(site(readiness(), slack=bolt())) as client:
        response = await client.post("/slack/events", data=_CHALLENGE, headers=headers)
        assert response.status == 401


async def test_what_nobody_signed_is_refused() -> None:
    """A request without Slack's headers is not even looked at."""
    async with asking(site(readiness(), slack=bolt())) as client:
        assert (await client.post("/slack/events", json={"type": "url_verification"})).status == 401


# -- the port --------------------------------------------------------------------------------------------


async def test_a_site_is_there_until_it_is_closed() -> None:
    """Port 0 is the system's choice, and it is told; after the end nobody listens."""
    served = Site(site(readiness(), slack=None), host="127.0.0.1", port=0)
    port = await served.start()
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as response:
        assert response.status == 200
    await served.close()
    with socket.socket() as gone:
        assert gone.connect_ex(("127.0.0.1", port)) != 0


async def test_closing_what_was_never_started_is_fine() -> None:
    """An app that fails before its port is open is taken down all the same."""
    await Site(site(readiness(), slack=None), host="127.0.0.1", port=0).close()
