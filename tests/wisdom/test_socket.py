from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request
from websockets.typing import Subprotocol as Offer

from bot.core.graphql_ws import Next
from bot.errors import TenantUnreachable
from bot.wisdom.contact import FirstContact
from bot.wisdom.link import LinkOptions, Subscription
from bot.wisdom.socket import Socket
from bot.wisdom.tenant import socket_url
from tests.wisdom.scripted import BOTH, Scripted, Session, diff, serving


@asynccontextmanager
async def opened(server: Scripted) -> AsyncIterator[Socket]:
    """A socket to the server."""
    async with serving(server):
        socket = Socket(f"{socket_url(server.url)}/graphql", LinkOptions(idle=0.2), contact=FirstContact())
        yield socket
        await socket.close()


async def count(socket: Socket, token: str) -> int:
    """The number of events of one subscription."""
    async with socket.subscription({}, token=token) as subscription:
        return len([event async for event in _each(subscription)])


async def _each(subscription: Subscription) -> AsyncIterator[Next]:
    while (event := await subscription.receive()) is not None:
        yield event


async def test_nothing_is_opened_before_it_is_needed() -> None:
    """A socket that nobody uses makes no connection."""
    async with opened(server := Scripted()):
        pass
    assert server.handshakes == 0


async def test_questions_at_once_open_one_connection() -> None:
    """The first ten subscriptions wait for the same handshake."""
    async with opened(server := Scripted()) as socket:
        assert await asyncio.gather(*(count(socket, "a") for _ in range(10))) == [2] * 10
    assert server.handshakes == 1


async def test_questions_at_once_share_a_failed_handshake() -> None:
    """When the tenant is away, nobody waits for more than one attempt."""
    async with opened(server := Scripted(handshake=503)) as socket:
        results = await asyncio.gather(*(count(socket, "a") for _ in range(10)), return_exceptions=True)
        assert {type(result) for result in results} == {TenantUnreachable}
    assert server.handshakes == 1


async def test_each_token_has_its_own_connection() -> None:
    """A subscription never travels on a connection that was opened with another token."""
    async with opened(server := Scripted()) as socket:
        await asyncio.gather(count(socket, "a"), count(socket, "b"), count(socket, "a"))
    headers = sorted(session.request.headers["Authorization"] for session in server.sessions)
    assert headers == ["Bearer a", "Bearer b"]


async def test_the_old_connection_carries_its_answers_to_their_end() -> None:
    """A renewed token leaves running subscriptions alone; their connection closes after the last."""
    go_on = asyncio.Event()

    async def slow(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], diff("one"))
        await go_on.wait()
        await session.result(asked["id"], diff("two"))
        await session.send("complete", asked["id"])

    async def quick(session: Session) -> None:
        await session.acknowledge()
        await session.answer(diff("x"))

    async with opened(server := Scripted(scripts=[slow, quick])) as socket:
        async with socket.subscription({}, token="old") as subscription:
            await subscription.receive()
            assert await count(socket, "new") == 1
            go_on.set()
            assert len([event async for event in _each(subscription)]) == 1
        async with asyncio.timeout(5):
            await server.sessions[0].farewell.wait()


async def test_a_connection_of_its_own_is_shared_with_nobody() -> None:
    """Neither does it use one that is there, nor is it used by who comes later."""
    async with opened(server := Scripted()) as socket:
        await count(socket, "a")
        async with socket.subscription({}, token="a", alone=True):
            await count(socket, "a")
            async with socket.subscription({}, token="a", alone=True):
                pass
    assert server.handshakes == 3


async def test_a_connection_that_comes_after_the_end_is_closed() -> None:
    """Whoever waited for it is told, nothing is asked, and nothing stays open."""
    shaking, go_on, left = asyncio.Event(), asyncio.Event(), asyncio.Event()
    heard: list[object] = []

    async def slowly(_: ServerConnection, __: Request) -> None:
        shaking.set()
        await go_on.wait()

    async def listen(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            heard.append(await connection.recv())
        left.set()

    offered = [Offer(name) for name in BOTH]
    async with serve(listen, "127.0.0.1", 0, subprotocols=offered, process_request=slowly) as server:
        port = server.sockets[0].getsockname()[1]
        socket = Socket(f"ws://127.0.0.1:{port}/", LinkOptions(), contact=FirstContact())
        asked = asyncio.create_task(count(socket, "a"))
        async with asyncio.timeout(5):
            await shaking.wait()
            await socket.close()
            go_on.set()
            with pytest.raises(TenantUnreachable, match="closed"):
                await asked
            await left.wait()
    assert heard == []


@pytest.mark.parametrize("chosen", BOTH)
@pytest.mark.parametrize("quiet", [False, True])
async def test_subscriptions_can_be_left_running(chosen: str, quiet: bool) -> None:  # noqa: FBT001 - a table
    """The tenant is not told to stop the one that is named, and of another it is."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.result((await session.subscription())["id"], diff("one"))

    server = Scripted(scripts=[script], subprotocols=(chosen,))
    async with opened(server) as socket:
        async with socket.subscription({}, token="a", key="k1") as first:
            await first.receive()
            if quiet:
                socket.leave_running("k1")
        async with socket.subscription({}, token="b", key="k2") as second:
            await second.receive()
        await socket.close()
        for session in server.sessions:
            async with asyncio.timeout(5):
                await session.farewell.wait()
    stop = "stop" if chosen == BOTH[1] else "complete"
    told = [any(one["type"] == stop for one in session.received) for session in server.sessions]
    assert told == [not quiet, True]


@pytest.mark.parametrize(
    ("subprotocols", "words"),
    [(BOTH, "graphql-transport-ws"), (BOTH[1:], "graphql-ws"), ((), "none chosen, so graphql-ws")],
)
async def test_the_choice_of_the_server_is_logged_once(
    subprotocols: tuple[str, ...], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Two connections, one line about the subprotocol."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    async with opened(Scripted(subprotocols=subprotocols)) as socket:
        await count(socket, "a")
        await count(socket, "b")
    assert caplog.messages.count(f"subprotocol: {words}") == 1
    assert sum("subprotocol" in text for text in caplog.messages) == 1
