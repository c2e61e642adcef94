"""Sockets, frame by frame."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from websockets.exceptions import ConnectionClosedError, PayloadTooBig

from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import BOTH_SUBPROTOCOLS, TenantOptions
from tests.sandbox.tenant.following import SENT, diffs_of, following, opened, sent
from tests.sandbox.tenant.stand import CHAT, asked, chat_variables, fresh_token, probing, running

MODERN, LEGACY = BOTH_SUBPROTOCOLS


class Naps:
    """Sleeps that end when the test says so, each known by its length."""

    def __init__(self) -> None:
        self._ends: dict[float, asyncio.Event] = {}

    def end(self, seconds: float) -> asyncio.Event:
        """Set it, and the sleeps of that length are over."""
        return self._ends.setdefault(seconds, asyncio.Event())

    async def __call__(self, seconds: float) -> None:
        """Sleep."""
        end = self.end(seconds)
        await end.wait()
        end.clear()


async def test_the_server_prefers_and_confirms_the_newer_protocol() -> None:
    """Offered both in any order, it picks graphql-transport-ws; offered none, it names none."""
    async with running() as server:
        async with probing(server, LEGACY, MODERN) as probe:
            assert probe.socket.subprotocol == MODERN
        async with probing(server, LEGACY) as probe:
            assert probe.socket.subprotocol == LEGACY
        async with probing(server) as probe:
            assert probe.socket.subprotocol is None
            await probe.send(type="connection_init")
            assert [(await probe.receive())["type"] for _ in range(2)] == ["connection_ack", "ka"]


@pytest.mark.parametrize(
    ("spoken", "offered", "code"), [(BOTH_SUBPROTOCOLS, "mqtt", 4406), ((LEGACY,), MODERN, 1002)]
)
async def test_no_common_protocol(spoken: tuple[str, ...], offered: str, code: int) -> None:
    """The socket opens without a subprotocol and closes with the code for it."""
    options = TenantOptions(subprotocols=spoken)  # type: ignore[arg-type]
    async with running(options) as server, probing(server, offered) as probe:
        assert (await probe.closed())[0] == code


async def test_close_codes_reach_the_client() -> None:
    """What the state machine decides is what the client sees, with its reason."""
    breaches: list[tuple[list[dict[str, object]], tuple[int, str]]] = [
        ([{"type": "nonsense"}], (4400, "Invalid message received")),
        ([{"type": "subscribe", "id": "1", "payload": {"query": "{a}"}}], (4401, "Unauthorized")),
        ([{"type": "connection_init"}] * 2, (4429, "Too many initialisation requests")),
        ([{"type": "connection_init", "payload": {"auth": {"token": "bad"}}}], (4403, "Forbidden")),
    ]
    async with running() as server:
        for frames, expected in breaches:
            async with probing(server, MODERN) as probe:
                for frame in frames:
                    await probe.send(**frame)
                assert await probe.closed() == expected


async def test_a_duplicate_id_closes_the_socket() -> None:
    """4409 while the first operation with that id still runs."""
    async with running() as server, probing(server, MODERN) as probe:
        server.faults.switch(Fault.SILENT, after=1)
        await probe.init()
        await probe.subscribe(chat_variables(fresh_token(server)))
        await probe.receive()
        await probe.subscribe(chat_variables(fresh_token(server)))
        assert await probe.closed() == (4409, "Subscriber for 1 already exists")


async def test_binary_frames_are_read_as_text() -> None:
    """The reference server does not tell them apart."""
    async with running() as server, probing(server, MODERN) as probe:
        await probe.socket.send(b'{"type":"ping"}')
        assert await probe.receive() == {"type": "pong"}


async def test_init_has_to_come_in_time() -> None:
    """Silence until the timeout is 4408 in the newer protocol, and allowed in the older."""
    naps = Naps()
    async with running(TenantOptions(init_timeout=3), sleep=naps) as server:
        async with probing(server, MODERN) as probe:
            naps.end(3).set()
            assert await probe.closed() == (4408, "Connection initialisation timeout")
        async with probing(server, LEGACY) as probe:
            naps.end(3).set()
            await probe.subscribe({}, query="{ __typename }")
            assert await probe.results() == [{"data": {"__typename": "Query"}}]


@pytest.mark.parametrize(("subprotocol", "sign"), [(MODERN, "ping"), (LEGACY, "ka")])
async def test_signs_of_life(subprotocol: str, sign: str) -> None:
    """An idle socket is kept alive in the words of its protocol."""
    naps = Naps()
    options = TenantOptions(keepalive=12)
    async with running(options, sleep=naps) as server, probing(server, subprotocol) as probe:
        await probe.init()
        if subprotocol == LEGACY:
            assert await probe.receive() == {"type": "ka"}
        naps.end(12).set()
        assert await probe.receive() == {"type": sign}


async def test_legacy_refusal() -> None:
    """A bad token in the init payload is told in words, then the socket closes with 1011."""
    async with running() as server, probing(server, LEGACY) as probe:
        await probe.send(type="connection_init", payload={"auth": {"token": "bad"}})
        assert await probe.receive() == {"type": "connection_error", "payload": {"message": "Unauthorized"}}
        assert (await probe.closed())[0] == 1011


async def test_legacy_start_without_init() -> None:
    """The vendor's wscat example: a header, a start frame, nothing else, not even an id."""
    async with running() as server, probing(server, LEGACY, token=fresh_token(server)) as probe:
        await probe.send(type="start", payload={"query": "{ currentUser { email } }"})
        frame = await probe.receive()
        assert frame["payload"]["data"] == {"currentUser": {"email": "service@example.com"}}
        assert "id" not in frame
        await probe.send(type="connection_terminate")
        assert (await probe.closed())[0] == 1000


async def test_invalid_operations() -> None:
    """Validation errors are a final ``error`` in the newer protocol, ``data`` in the older."""
    async with running() as server:
        async with probing(server, MODERN) as probe:
            await probe.init()
            await probe.subscribe({}, query="{ nonsense }")
            frame = await probe.receive()
            assert (frame["type"], frame["id"]) == ("error", "1")
            assert frame["payload"][0]["message"].startswith("Cannot query field 'nonsense'")
        async with probing(server, LEGACY) as probe:
            await probe.subscribe({}, query="{ nonsense }")
            (payload,) = await probe.results()
            assert payload["errors"][0]["message"].startswith("Cannot query field 'nonsense'")


@pytest.mark.parametrize("subprotocol", BOTH_SUBPROTOCOLS)
async def test_many_operations_over_one_socket(subprotocol: str) -> None:
    """Two subscriptions at a time: the frames of each carry its id."""
    async with running() as server, probing(server, subprotocol) as probe:
        await probe.init()
        for number in ("a", "b"):
            await probe.subscribe(chat_variables(fresh_token(server), key=number), id=number)
        left, seen = {"a", "b"}, set()
        while left:
            frame = await probe.receive()
            if frame["type"] == "complete":
                left.remove(frame["id"])
            elif "id" in frame:
                seen.add((frame["id"], frame["payload"]["data"]["chat"]["conversationId"]))
        assert len(seen) == 2


async def test_legacy_restart_under_the_same_id() -> None:
    """The older operation ends without a word, the newer one is served."""
    async with running() as server, probing(server, LEGACY) as probe:
        server.faults.switch(Fault.SILENT, after=1)
        await probe.subscribe(chat_variables(fresh_token(server), key="a"))
        first = await probe.receive()
        await probe.subscribe(chat_variables(fresh_token(server), key="b"))
        payloads = await probe.results()
        conversations = {payload["data"]["chat"]["conversationId"] for payload in payloads}
        assert len(conversations) == 1
        assert first["payload"]["data"]["chat"]["conversationId"] not in conversations


async def test_a_dropped_connection() -> None:
    """After that many diffs the connection breaks; the same key tells the whole answer again."""
    async with running() as server:
        whole = await asked(server, key="other")
        server.faults.switch(Fault.DROPPED, after=2)
        async with probing(server, MODERN) as probe:
            await probe.init()
            await probe.subscribe(chat_variables(fresh_token(server)))
            frames = [await probe.receive() for _ in range(2)]
            with pytest.raises(ConnectionClosedError):
                await probe.receive()
            assert probe.socket.close_code == 1006
        again = await asked(server)
        assert [frame["payload"]["data"]["chat"] for frame in frames] == again[:2]
        assert len(again) == len(whole)
        assert len(server.questions) == 2


async def test_a_junk_frame() -> None:
    """One frame in the middle is not JSON."""
    async with running() as server, probing(server, MODERN) as probe:
        server.faults.switch(Fault.JUNK_FRAME, after=1)
        await probe.init()
        await probe.subscribe(chat_variables(fresh_token(server)))
        await probe.receive()
        assert await probe.socket.recv() == "this is not { JSON"
        await probe.results()


async def test_an_oversized_frame() -> None:
    """A diff beyond the usual limit of a client breaks it; one with more room reads on."""
    async with running() as server:
        server.faults.switch(Fault.OVERSIZED, times=2)
        async with probing(server, MODERN) as probe:
            await probe.init()
            await probe.subscribe(chat_variables(fresh_token(server)))
            with pytest.raises(ConnectionClosedError) as caught:
                await probe.results()
            assert isinstance(caught.value.__cause__, PayloadTooBig)
        async with probing(server, LEGACY, max_size=None) as probe:
            await probe.subscribe(chat_variables(fresh_token(server)))
            assert max(len(str(payload)) for payload in await probe.results()) > 2 * 1024 * 1024


@pytest.mark.parametrize("subprotocol", BOTH_SUBPROTOCOLS)
async def test_a_subscription_of_a_conversation_that_is_lost(subprotocol: str) -> None:
    """After that many diffs of an answer the connection breaks; the answer goes on without it."""
    async with running() as server:
        conversation = await opened(server)
        async with following(server, conversation, subprotocol) as follower:
            await sent(server, conversation, "one")
            await follower.items()
            server.faults.switch(Fault.SUBSCRIPTION_LOST, after=2)
            server.faults.switch(Fault.SILENT, after=3)
            await sent(server, conversation, "two")
            items = [*await follower.event(), *await follower.event()]
            with pytest.raises(ConnectionClosedError):
                await follower.event()
            assert follower.probe.socket.close_code == 1006
        await server.faults.silent()
        async with following(server, conversation, subprotocol) as again:
            server.faults.release()
            rest = await again.items()
        assert [question.text for question in server.questions] == ["one", "two"]
    assert [diff["diffIndex"] for diff in diffs_of(items)] == [0, 1]
    assert diffs_of(rest)[0]["diffIndex"] == 3
    assert rest[-1][SENT]["messageId"] == diffs_of(items)[0]["messageId"]


@pytest.mark.parametrize("fault", [Fault.DROPPED, Fault.CLOSED])
async def test_a_subscription_that_is_lost_before_the_first_diff(fault: Fault) -> None:
    """Nothing of the answer arrives."""
    async with running() as server:
        conversation = await opened(server)
        server.faults.switch(fault, after=0)
        async with following(server, conversation) as follower:
            await sent(server, conversation)
            with pytest.raises(ConnectionClosedError):
                await follower.event()


@pytest.mark.parametrize(("subprotocol", "code"), [(MODERN, 4403), (MODERN, 4401), (LEGACY, 1011)])
async def test_a_socket_that_the_server_closes(subprotocol: str, code: int) -> None:
    """The code is the client's to read, in either flow."""
    async with running() as server:
        server.faults.switch(Fault.CLOSED, times=2, after=2, code=code)
        async with probing(server, subprotocol) as probe:
            await probe.init()
            await probe.subscribe(chat_variables(fresh_token(server)))
            assert await probe.closed() == (code, "Forbidden")
        conversation = await opened(server)
        async with following(server, conversation, subprotocol) as follower:
            await sent(server, conversation)
            assert diffs_of([*await follower.event(), *await follower.event()])[-1]["diffIndex"] == 1
            assert await follower.probe.closed() == (code, "Forbidden")


@pytest.mark.parametrize("subprotocol", BOTH_SUBPROTOCOLS)
async def test_a_frame_for_another_operation(subprotocol: str) -> None:
    """The second diff comes for an unknown id first, then for the right one."""
    async with running() as server:
        server.faults.switch(Fault.FOREIGN_FRAME)
        async with probing(server, subprotocol) as probe:
            await probe.init()
            await probe.subscribe(chat_variables(fresh_token(server)))
            frames: list[dict[str, object]] = []
            while len(frames) < 3:
                frame = await probe.receive()
                frames += [frame] if "id" in frame else []
            assert len(await probe.results()) > 1
    assert [frame["id"] for frame in frames] == ["1", "stray", "1"]
    assert frames[1]["payload"] == frames[2]["payload"]


async def test_bad_frames_in_a_conversation() -> None:
    """Junk, padding and strays strike the answers of a subscription that is open already."""
    async with running() as server:
        conversation = await opened(server)
        async with following(server, conversation) as follower:
            server.faults.switch(Fault.JUNK_FRAME)
            await sent(server, conversation)
            await follower.event()
            assert await follower.probe.socket.recv() == "this is not { JSON"
            await follower.items()
            server.faults.switch(Fault.FOREIGN_FRAME)
            await sent(server, conversation)
            await follower.event()
            assert (await follower.probe.receive())["id"] == "stray"
            await follower.items()
            server.faults.switch(Fault.OVERSIZED)
            await sent(server, conversation)
            with pytest.raises(ConnectionClosedError) as caught:
                await follower.items()
            assert isinstance(caught.value.__cause__, PayloadTooBig)


async def test_a_slow_ack() -> None:
    """The acknowledgement is late, and a subscription before it is a breach."""
    naps = Naps()
    async with running(sleep=naps) as server:
        server.faults.switch(Fault.SLOW_ACK, times=2, seconds=7)
        async with probing(server, MODERN) as probe:
            await probe.send(type="connection_init")
            await probe.send(type="ping")
            assert await probe.receive() == {"type": "pong"}
            naps.end(7).set()
            assert await probe.receive() == {"type": "connection_ack"}
        async with probing(server, MODERN) as probe:
            await probe.send(type="connection_init")
            await probe.subscribe({}, query=CHAT)
            assert (await probe.closed())[0] == 4401


async def test_a_fault_of_the_server(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody foresaw closes the socket with 4500 and stands in the log."""

    def broken(*_: object) -> Callable[[], Awaitable[None]]:
        raise ZeroDivisionError

    async with running() as server, probing(server, MODERN) as probe:
        monkeypatch.setattr("bot.sandbox.tenant.execution.Executor.prepare", broken)
        await probe.init()
        await probe.subscribe({}, query="{ __typename }")
        assert await probe.closed() == (4500, "Internal server error")
    assert "an operation failed" in caplog.text
