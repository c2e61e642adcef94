from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol as Offer

from bot.core.graphql_ws import Next, Subprotocol, Timing
from bot.errors import AnswerTooLarge, KeyRefused, PeerMisbehaved, TenantError, TenantUnreachable
from bot.wisdom.link import Crowded, Link, LinkOptions, Subscription, dial
from bot.wisdom.tenant import socket_url
from tests.wisdom.scripted import BOTH, Scripted, Session, diff, serving


@asynccontextmanager
async def linked(server: Scripted, options: LinkOptions | None = None) -> AsyncIterator[Link]:
    """A link to the server, and its end."""
    options = options or LinkOptions()
    async with serving(server):
        connection = await dial(f"{socket_url(server.url)}/graphql", "t", options)
        ended = asyncio.Event()
        link = Link(connection, token="t", options=options, ended=lambda _: ended.set())
        yield link
        await link.close()
        assert ended.is_set()


async def texts(link: Link) -> list[object]:
    """The data of all events of one subscription."""
    return [event.data for event in await events(link)]


async def events(link: Link) -> list[Next]:
    """All events of one subscription."""
    async with link.subscription({"query": "q"}) as subscription:
        return [event async for event in _each(subscription)]


async def _each(subscription: Subscription) -> AsyncIterator[Next]:
    while (event := await subscription.receive()) is not None:
        yield event


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, KeyRefused), (403, KeyRefused), (404, TenantUnreachable), (500, TenantUnreachable)],
)
async def test_a_refused_handshake(status: int, kind: type[TenantError]) -> None:
    """The status of the handshake decides whether the token is at fault."""
    async with serving(server := Scripted(handshake=status)):
        with pytest.raises(kind, match=str(status)):
            await dial(f"{socket_url(server.url)}/graphql", "t", LinkOptions())


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1/graphql", "http://127.0.0.1/", "ws://[/"])
async def test_an_address_where_nothing_answers(url: str) -> None:
    """Closed ports and impossible addresses are one kind of error."""
    with pytest.raises(TenantUnreachable):
        await dial(url, "t", LinkOptions())


@pytest.mark.parametrize("words", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
async def test_something_that_is_no_websocket_server(words: bytes) -> None:
    """Whatever else listens there, it is an error of ours."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TenantUnreachable):
            await dial(f"ws://127.0.0.1:{port}/", "t", LinkOptions())


async def test_a_server_that_never_answers_the_handshake() -> None:
    """Opening takes no longer than configured."""
    gone = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TenantUnreachable):
            await dial(f"ws://127.0.0.1:{port}/", "t", LinkOptions(open_timeout=0.05))
        await gone.wait()


async def test_a_server_that_chooses_what_was_not_offered() -> None:
    """A subprotocol out of nowhere is a fault of the peer."""

    async def handler(_: ServerConnection) -> None:
        return

    async with serve(handler, "127.0.0.1", 0, select_subprotocol=lambda *_: Offer("mqtt")) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(PeerMisbehaved):
            await dial(f"ws://127.0.0.1:{port}/", "t", LinkOptions())


async def test_a_failed_subscription_yields_its_errors_last() -> None:
    """An error frame is the last event, with errors and without data."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.send("error", asked["id"], payload=[{"message": "no"}])

    async with linked(Scripted(scripts=[script])) as link:
        assert [(event.data, event.errors) for event in await events(link)] == [(None, ({"message": "no"},))]


async def test_a_server_that_never_acknowledges() -> None:
    """Without connection_ack the subscription ends as lost, and the server sees 4504."""

    async def script(session: Session) -> None:
        await session.wait_for_end()

    server = Scripted(scripts=[script])
    async with linked(server, LinkOptions(timing=Timing(ack=0.05))) as link:
        with pytest.raises(TenantUnreachable, match="4504"):
            await texts(link)
        assert not link.usable
    assert server.sessions[0].socket.close_code == 4504


async def test_a_ping_is_answered_while_nothing_else_happens() -> None:
    """The pong echoes the payload."""
    answered = asyncio.Event()

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.send("ping", payload={"n": 1})
        assert (await session.until("pong"))["payload"] == {"n": 1}
        answered.set()

    async with linked(Scripted(scripts=[script])), asyncio.timeout(5):
        await answered.wait()


@pytest.mark.parametrize("chosen", BOTH)
async def test_a_peer_that_has_died_is_noticed(chosen: str) -> None:
    """Neither a pong nor a ka in time: the subscription ends as lost."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.send("ka")

    options = LinkOptions(timing=Timing(quiet=0.05, patience=0.05, keepalive=0.05))
    server = Scripted(scripts=[script], subprotocols=(chosen,))
    async with linked(server, options) as link:
        assert link.subprotocol is Subprotocol(chosen)
        with pytest.raises(TenantUnreachable, match="4499"):
            await texts(link)


async def test_an_unused_link_leaves() -> None:
    """Without subscriptions the link closes after a while, with a farewell."""
    server = Scripted()
    async with linked(server, LinkOptions(idle=0.02)) as link:
        async with asyncio.timeout(5):
            assert len(await texts(link)) == 2
            await server.sessions[0].farewell.wait()
        assert not link.usable
    assert server.sessions[0].socket.close_code == 1000


async def test_a_link_in_use_does_not_leave() -> None:
    """A subscription that takes longer than the idle time is not cut off."""
    go_on = asyncio.Event()

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await go_on.wait()
        await session.result(asked["id"], diff("late"))
        await session.send("complete", asked["id"])

    async with linked(Scripted(scripts=[script]), LinkOptions(idle=0.01)) as link:
        answer = asyncio.create_task(texts(link))
        await asyncio.wait({answer}, timeout=0.05)
        go_on.set()
        assert await answer == [{"chat": diff("late")}]


@pytest.mark.parametrize("chosen", BOTH)
async def test_an_answer_that_grows_too_large_is_stopped(chosen: str) -> None:
    """What fits arrives, the rest is refused; the tenant is told to stop, and the connection goes on."""
    stopped = asyncio.Event()

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], *(diff("x" * 1000) for _ in range(4)))
        assert (await session.until("stop" if session.legacy else "complete"))["id"] == asked["id"]
        stopped.set()
        await session.answer(diff("small"))

    server = Scripted(scripts=[script], subprotocols=(chosen,))
    async with linked(server, LinkOptions(max_answer=3000)) as link:
        async with link.subscription({"query": "q"}) as asked:
            assert [(event := await asked.receive()) and event.data for _ in range(2)] == [
                {"chat": diff("x" * 1000)}
            ] * 2
            with pytest.raises(AnswerTooLarge) as caught:
                await asked.receive()
        assert caught.value.mib == 3000 / 2**20
        async with asyncio.timeout(5):
            await stopped.wait()
        assert await texts(link) == [{"chat": diff("small")}]


async def test_the_size_of_an_answer_is_its_own() -> None:
    """Two answers that are small enough each are not too large together; bytes count, not characters."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        for _ in range(2):
            await session.answer(diff("é" * 100))

    async with linked(Scripted(scripts=[script]), LinkOptions(max_answer=900)) as link:
        assert await texts(link) == await texts(link) == [{"chat": diff("é" * 100)}]


async def test_nothing_is_kept_of_an_answer_that_is_too_large() -> None:
    """While nobody reads, no more than the limit is held."""
    sent = asyncio.Event()

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], *(diff("x" * 1000, index=n) for n in range(100)))
        await session.send("ping", payload={})
        await session.until("pong")
        sent.set()

    async with (
        linked(Scripted(scripts=[script]), LinkOptions(max_answer=5000)) as link,
        link.subscription({"query": "q"}) as subscription,
    ):
        await subscription.receive()
        async with asyncio.timeout(5):
            await sent.wait()
        (inbox,) = link._inboxes.values()
        assert inbox.queue.qsize() <= 5
        with pytest.raises(AnswerTooLarge):
            async for _ in _each(subscription):
                pass


@pytest.mark.parametrize(("open_ones", "kind"), [(1, AnswerTooLarge), (2, Crowded)])
async def test_a_frame_that_is_too_long_ends_the_connection(open_ones: int, kind: type[TenantError]) -> None:
    """It is not read at all; whose it was is known only where one subscription was open."""
    loud = asyncio.Event()

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = [await session.subscription() for _ in range(open_ones)]
        await session.result(asked[0]["id"], diff("a"))
        await loud.wait()
        await session.result(asked[-1]["id"], diff("x" * 5000))

    server = Scripted(scripts=[script])
    async with linked(server, LinkOptions(max_frame=4000)) as link, AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(link.subscription({})) for _ in range(open_ones)]
        first = await streams[0].receive()
        assert first is not None
        assert first.data == {"chat": diff("a")}
        loud.set()
        for stream in streams:
            with pytest.raises(kind, match="more than"):
                await stream.receive()
        assert not link.usable
    assert server.sessions[0].socket.close_code == 1009


@pytest.mark.parametrize("chosen", BOTH)
async def test_a_subscription_tells_when_the_server_has_it(chosen: str) -> None:
    """It has started once the greeting came and the frame is written, and not before."""
    greet = asyncio.Event()

    async def script(session: Session) -> None:
        await session.until("connection_init")
        await greet.wait()
        await session.send("connection_ack")

    async with (
        linked(Scripted(scripts=[script], subprotocols=(chosen,))) as link,
        link.subscription({"query": "q"}) as subscription,
    ):
        waiting = asyncio.create_task(subscription.started())
        await asyncio.wait({waiting}, timeout=0.02)
        assert not waiting.done()
        greet.set()
        assert await waiting


async def test_a_subscription_of_a_lost_connection_never_starts() -> None:
    """Who waits for the start is told when there will be none, before the greeting and after it."""

    async def script(session: Session) -> None:
        await session.until("connection_init")
        session.drop()

    async with (
        linked(Scripted(scripts=[script])) as link,
        link.subscription({"query": "q"}) as subscription,
    ):
        assert not await subscription.started()
        with pytest.raises(TenantUnreachable):
            await subscription.receive()
        assert await subscription.receive() is None
        assert not await subscription.started()


async def test_results_can_be_discarded() -> None:
    """What came and was not read is forgotten; errors and the end are not."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        both = [await session.subscription() for _ in range(2)]
        for asked in both:
            await session.result(asked["id"], diff("a"))
        await session.result(both[1]["id"], diff("b"), errors=[{"message": "no"}])
        await session.send("ping", payload={})
        await session.until("pong")
        arrived.set()

    arrived = asyncio.Event()
    async with (
        linked(Scripted(scripts=[script])) as link,
        link.subscription({}) as first,
        link.subscription({}) as second,
    ):
        async with asyncio.timeout(5):
            await arrived.wait()
        assert not first.discard()
        assert second.discard()
        event = await second.receive()
        assert event is not None
        assert event.errors == ({"message": "no"},)


async def test_a_link_that_is_not_shared_leaves_at_once() -> None:
    """Nobody else will use it, so it closes with its subscription."""
    async with serving(server := Scripted()):
        connection = await dial(f"{socket_url(server.url)}/graphql", "t", LinkOptions())
        ended = asyncio.Event()
        link = Link(connection, token="t", options=LinkOptions(), ended=lambda _: ended.set(), shared=False)
        assert len(await events(link)) == 2
        async with asyncio.timeout(5):
            await ended.wait()


async def test_a_peer_that_finds_us_too_long_has_not_answered_too_much() -> None:
    """The same close code from the other side is about what we sent."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.subscription()
        await session.socket.close(code=1009)

    async with linked(Scripted(scripts=[script])) as link:
        with pytest.raises(PeerMisbehaved, match="1009"):
            await texts(link)


@pytest.mark.parametrize("how", ["refusal", "close"])
async def test_a_refused_connection_does_not_repeat_the_token(how: str) -> None:
    """A tenant that quotes the token gets it into no error."""

    async def script(session: Session) -> None:
        await session.until("connection_init")
        if how == "close":
            await session.socket.close(code=4403, message=b"no t-4711 for ada@example.com")
        else:
            await session.send("connection_error", payload={"message": "no t-4711 for ada@example.com"})

    async with serving(server := Scripted(scripts=[script])):
        connection = await dial(f"{socket_url(server.url)}/graphql", "t-4711", LinkOptions())
        link = Link(connection, token="t-4711", options=LinkOptions(), ended=lambda _: None)
        with pytest.raises(TenantError, match=r"no \(hidden\) for \(hidden\)"):
            await texts(link)
        await link.close()


async def test_closing_does_not_wait_for_a_peer_that_does_not_read() -> None:
    """A peer that takes nothing more cannot hold the end up."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        await asyncio.Event().wait()

    server = Scripted(scripts=[script])
    async with linked(server, LinkOptions(close_timeout=0.05)) as link:
        waiting = [asyncio.create_task(_heard(link, "x" * 2**20)) for _ in range(16)]
        await asyncio.wait(waiting, timeout=0)
        async with asyncio.timeout(5):
            await link.close()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(result) for result in results} == {TenantUnreachable}


async def _heard(link: Link, query: str) -> Next | None:
    async with link.subscription({"query": query}) as subscription:
        return await subscription.receive()


async def test_the_library_logs_nothing_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    """Headers and frames, which hold the token, stay out of the log."""
    caplog.set_level(logging.DEBUG)
    async with linked(Scripted()) as link:
        await texts(link)
    assert "Bearer" not in caplog.text
    assert "connection_init" not in caplog.text
