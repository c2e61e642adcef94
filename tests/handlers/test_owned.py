"""Listeners as tasks of ours, in Bolt."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StoreFailed
from bot.tasks import Tasks
from handlers.owned import Listener, owned
from tests.handlers.conftest import Slack, message
from tests.slack.conftest import Answer as Reply

EVENT = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": message("hello")}


@pytest.fixture
async def tasks() -> Tasks:
    """Owns what goes on."""
    return Tasks()


async def dispatched(api: Slack, listener: Listener, tasks: Tasks) -> int:
    """What Bolt answers to a message that the listener hears."""
    who = Reply({"user_id": "UBOT", "bot_id": "BBOT", "team_id": "T1", "team": "Acme", "user": "wisdom"})
    api.expect("auth.test", who, who)
    client = AsyncWebClient(token="xoxb-test", base_url=api.client.base_url, session=api.client.session)
    app = AsyncApp(client=client, request_verification_enabled=False, process_before_response=True)
    app.event("message")(owned(listener, tasks))
    response = await app.async_dispatch(AsyncBoltRequest(body=json.dumps(EVENT), mode="socket_mode"))
    return response.status


async def test_slack_is_answered_when_the_listener_acknowledges(api: Slack, tasks: Tasks) -> None:
    """What comes after that goes on, and the end of the app waits for it."""
    go, happened = asyncio.Event(), list[str]()

    async def listen(ack: AsyncAck) -> None:
        happened.append("begun")
        await ack()
        await go.wait()
        happened.append("done")

    assert await dispatched(api, listen, tasks) == 200
    assert happened == ["begun"]
    go.set()
    await tasks.drain(20)
    assert happened == ["begun", "done"]


async def test_slack_is_not_answered_before(api: Slack, tasks: Tasks) -> None:
    """A delivery that is not acknowledged comes again, should this process die."""
    begun, go = asyncio.Event(), asyncio.Event()

    async def listen(ack: AsyncAck) -> None:
        begun.set()
        await go.wait()
        await ack()

    answering = asyncio.create_task(dispatched(api, listen, tasks))
    await begun.wait()
    assert not answering.done()
    go.set()
    assert await answering == 200


async def test_an_error_before_that_is_bolts(
    api: Slack, tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack is told that it did not work, and delivers it again."""

    async def listen(ack: AsyncAck) -> None:
        del ack
        raise StoreFailed("disk full")

    with caplog.at_level(logging.ERROR):
        assert await dispatched(api, listen, tasks) == 500
    assert "disk full" in caplog.text


async def test_an_error_after_that_is_logged(
    api: Slack, tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack has its answer already, and the log says whose error it is."""

    async def listen(ack: AsyncAck) -> None:
        await ack()
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        assert await dispatched(api, listen, tasks) == 200
        await tasks.drain(20)
    assert "The task listen ended by an error" in caplog.text


@pytest.mark.parametrize("acks", [True, False])
async def test_a_listener_need_not_acknowledge(api: Slack, tasks: Tasks, *, acks: bool) -> None:
    """Events are acknowledged when their listener is over; one that takes no ``ack`` is awaited, too."""
    happened = list[str]()

    async def deaf() -> None:
        await asyncio.sleep(0)
        happened.append("over")

    async def listen(ack: AsyncAck) -> None:
        del ack
        await deaf()

    assert await dispatched(api, listen if acks else deaf, tasks) == 200
    assert happened == ["over"]


async def test_a_listener_goes_on_when_bolt_gives_up(tasks: Tasks) -> None:
    """A connection that closes cancels who waits for the acknowledgement, not the work."""
    begun, go, happened = asyncio.Event(), asyncio.Event(), list[str]()

    async def listen(ack: AsyncAck) -> None:
        begun.set()
        await go.wait()
        await ack()
        happened.append("done")

    waiting = asyncio.ensure_future(owned(listen, tasks)(ack=AsyncAck()))  # type: ignore[no-untyped-call] # Bolt's own
    await begun.wait()
    waiting.cancel()
    await asyncio.wait([waiting])
    go.set()
    await tasks.drain(20)
    assert happened == ["done"]


async def test_what_slack_is_to_show_is_passed_on(tasks: Tasks) -> None:
    """An acknowledgement may have content: errors in a window, for example."""

    async def listen(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"words": "Too long"})

    ack = AsyncAck()  # type: ignore[no-untyped-call] # Bolt's own
    await owned(listen, tasks)(ack=ack)
    assert ack.response is not None
    assert json.loads(ack.response.body) == {"response_action": "errors", "errors": {"words": "Too long"}}


def test_bolt_sees_what_the_listener_takes() -> None:
    """It hands over its arguments by their names."""

    async def listen(ack: AsyncAck, event: object) -> None:
        """Hears."""

    wrapped = owned(listen, Tasks())
    assert wrapped.__name__ == "listen"
    assert getattr(wrapped, "__wrapped__", None) is listen
