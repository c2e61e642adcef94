"""Signed requests are taken once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.replays import Replays
from tests.handlers.conftest import Office, message
from tests.slack.conftest import Answer

SECRET = "signing-secret-0123456789"
EVENT = json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": message("hello")})


class Door:
    """An app that listens to messages, and says how many it heard."""

    def __init__(self, office: Office) -> None:
        who = Answer({"user_id": "UBOT", "bot_id": "BBOT", "team_id": "T1"})
        office.api.expect("auth.test", *[who] * 9)
        client = AsyncWebClient(
            token="xoxb-test", base_url=office.api.client.base_url, session=office.api.client.session
        )
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.app = AsyncApp(client=client, signing_secret=SECRET)
        self.app.use(Replays(office.memory).refuse)
        self.app.event("message")(self._hear)

    async def _hear(self, event: dict[str, object]) -> None:
        await self.heard.put(str(event["text"]))

    async def knock(self, headers: dict[str, str], *, mode: str = "http") -> int:
        """The status of the answer to a delivery of the event."""
        request = AsyncBoltRequest(body=EVENT, headers={**headers}, mode=mode)
        return (await self.app.async_dispatch(request)).status

    async def words(self, count: int) -> list[str]:
        """What was heard, when it was so much."""
        async with asyncio.timeout(20):
            found = [await self.heard.get() for _ in range(count)]
        assert self.heard.empty()
        return found


@pytest.fixture
def door(office: Office) -> Door:
    """Where Slack's requests arrive."""
    return Door(office)


def signed(*, age: int = 0) -> dict[str, str]:
    """Slack's headers over the event."""
    at = str(int(time.time()) - age)
    digest = hmac.new(SECRET.encode(), f"v0:{at}:{EVENT}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest}",
    }


async def test_a_request_that_is_repeated_does_nothing(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """It is good for five minutes, in which whoever has read it could send it again."""
    headers = signed()
    assert [await door.knock(headers) for _ in range(3)] == [200, 401, 401]
    assert await door.words(1) == ["hello"]
    assert caplog.text.count("repeated, and refused") == 2
    assert headers["X-Slack-Signature"] not in caplog.text


async def test_what_slack_delivers_again_is_signed_anew(door: Door) -> None:
    """The same event with another time is not a repetition; who takes questions knows it from before."""
    assert [await door.knock(signed(age=age)) for age in (60, 3)] == [200, 200]
    assert await door.words(2) == ["hello", "hello"]


async def test_what_is_not_signed_is_refused_before(door: Door, office: Office) -> None:
    """A wrong signature fills no store."""
    headers = signed() | {"X-Slack-Signature": "v0=0123"}
    assert [await door.knock(headers) for _ in range(2)] == [401, 401]
    assert office.store.tables == {}


async def test_payloads_of_a_socket_have_no_signature(door: Door) -> None:
    """Socket Mode is not touched."""
    assert [await door.knock({}, mode="socket_mode") for _ in range(2)] == [200, 200]
    assert await door.words(2) == ["hello", "hello"]


async def test_where_nobody_knows_whether_it_is_repeated_it_is_not_taken(door: Door, office: Office) -> None:
    """Slack delivers it again when the store works."""
    headers = signed()
    office.store.broken = True
    assert await door.knock(headers) == 500
    office.store.broken = False
    assert await door.knock(headers) == 200
    assert await door.words(1) == ["hello"]
