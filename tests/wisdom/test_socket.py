from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from bot.errors import TenantUnreachable
from bot.wisdom.contact import FirstContact
from bot.wisdom.link import LinkOptions
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
    async with aclosing(socket.subscribe({}, token=token)) as events:
        return len([event async for event in events])


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
        async with aclosing(socket.subscribe({}, token="old")) as events:
            await anext(events)
            assert await count(socket, "new") == 1
            go_on.set()
            assert len([event async for event in events]) == 1
        async with asyncio.timeout(5):
            await server.sessions[0].farewell.wait()


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
