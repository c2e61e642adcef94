"""Both subprotocols, frame by frame, without a socket."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.tenant.options import BOTH_SUBPROTOCOLS
from bot.sandbox.tenant.protocols import (
    Close,
    InitReceived,
    LegacyWs,
    Negotiated,
    ServerProtocol,
    Started,
    State,
    Stopped,
    TransportWs,
    negotiate,
)

QUERY = {"query": "subscription { chat }"}


def said(machine: ServerProtocol) -> list[object]:
    """What the machine has to send: frames as objects, and closes."""
    return [json.loads(each) if isinstance(each, str) else each for each in machine.to_send()]


def tell(machine: ServerProtocol, **frame: object) -> None:
    """Hand a frame to the machine."""
    machine.receive_text(json.dumps(frame))


def opened(machine: ServerProtocol) -> ServerProtocol:
    """A machine whose client is acknowledged."""
    tell(machine, type="connection_init")
    machine.events()
    machine.accept()
    machine.to_send()
    return machine


def test_transport_ws_conversation() -> None:
    """init, ack, subscribe, next, complete: the whole way of one operation."""
    machine = TransportWs()
    tell(machine, type="connection_init", payload={"auth": {"token": "t"}})
    assert machine.events() == [InitReceived({"auth": {"token": "t"}})]
    machine.accept()
    tell(machine, id="1", type="subscribe", payload={**QUERY, "variables": {"a": 1}, "operationName": "Q"})
    assert machine.events() == [Started("1", "subscription { chat }", {"a": 1}, "Q")]
    machine.result("1", {"data": 1})
    machine.complete("1")
    assert said(machine) == [
        {"type": "connection_ack"},
        {"type": "next", "id": "1", "payload": {"data": 1}},
        {"type": "complete", "id": "1"},
    ]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["junk"], 4400),
        (['["a"]'], 4400),
        (['{"type":"start","id":"1"}'], 4400),
        (['{"type":"connection_init"}', '{"type":"connection_init"}'], 4429),
        (['{"type":"subscribe","id":"1","payload":{"query":"{a}"}}'], 4401),
        (['{"type":"subscribe","id":"1","payload":{}}'], 4400),
        (['{"type":"subscribe","id":"","payload":{"query":"{a}"}}'], 4400),
        (['{"type":"complete"}'], 4400),
    ],
)
def test_transport_ws_closes_on_a_broken_rule(frames: list[str], code: int) -> None:
    """Every breach of the protocol closes the socket with the code that PROTOCOL.md gives it."""
    machine = TransportWs()
    for frame in frames:
        machine.receive_text(frame)
    closes = [each for each in machine.to_send() if isinstance(each, Close)]
    assert [close.code for close in closes] == [code]
    assert machine.state is State.CLOSED


def test_transport_ws_refuses_an_id_in_use() -> None:
    """4409 names the id that is taken."""
    machine = opened(TransportWs())
    for _ in range(2):
        tell(machine, id="7", type="subscribe", payload=QUERY)
    assert said(machine) == [Close(4409, "Subscriber for 7 already exists")]


def test_transport_ws_closes_when_init_is_late_or_refused() -> None:
    """4408 for silence, 4403 for a bad token, 4500 for a fault of the server; nothing after that."""
    late, refused, broken = TransportWs(), TransportWs(), opened(TransportWs())
    late.receive_init_timeout()
    refused.refuse("Unauthorized")
    broken.crash()
    late.accept()
    tell(late, type="ping")
    assert said(late) == [Close(4408, "Connection initialisation timeout")]
    assert said(refused) == [Close(4403, "Forbidden")]
    assert said(broken) == [Close(4500, "Internal server error")]
    on_time = opened(TransportWs())
    on_time.receive_init_timeout()
    assert said(on_time) == []


def test_transport_ws_answers_ping_with_its_payload() -> None:
    """A ping is answered at any time, a pong is not; our own sign of life is a ping."""
    machine = TransportWs()
    tell(machine, type="ping", payload={"n": 1})
    tell(machine, type="ping")
    tell(machine, type="pong")
    machine.keepalive()
    assert said(machine) == [{"type": "pong", "payload": {"n": 1}}, {"type": "pong"}, {"type": "ping"}]


def test_transport_ws_says_nothing_after_the_client_completed() -> None:
    """What comes late for a cancelled operation stays here, and its id is free again."""
    machine = opened(TransportWs())
    tell(machine, id="1", type="subscribe", payload=QUERY)
    tell(machine, id="1", type="complete")
    tell(machine, id="1", type="complete")
    assert machine.events()[1:] == [Stopped("1")]
    machine.result("1", {})
    machine.complete("1")
    machine.fail("1", [{"message": "late"}])
    assert said(machine) == []


def test_transport_ws_errors_are_a_list_and_final() -> None:
    """``error`` carries a list, and no ``complete`` follows."""
    machine = opened(TransportWs())
    tell(machine, id="1", type="subscribe", payload=QUERY)
    machine.fail("1", [{"message": "broken"}])
    machine.complete("1")
    assert said(machine) == [{"type": "error", "id": "1", "payload": [{"message": "broken"}]}]


def test_legacy_conversation() -> None:
    """init, ack and ka, start, data, complete with an empty payload, terminate."""
    machine = LegacyWs()
    machine.keepalive()
    tell(machine, type="connection_init", payload={})
    machine.accept()
    machine.keepalive()
    tell(machine, id="1", type="start", payload=QUERY)
    machine.result("1", {"data": 1})
    machine.complete("1")
    tell(machine, type="connection_terminate")
    assert said(machine) == [
        {"type": "connection_ack"},
        {"type": "ka"},
        {"type": "ka"},
        {"type": "data", "id": "1", "payload": {"data": 1}},
        {"type": "complete", "id": "1", "payload": None},
        Close(1000),
    ]


def test_legacy_serves_start_without_init_and_without_id() -> None:
    """The vendor's wscat examples send a bare start frame."""
    machine = LegacyWs()
    tell(machine, type="start", payload=QUERY)
    assert machine.events() == [Started(None, "subscription { chat }", {}, None)]
    machine.result(None, {"data": 1})
    assert said(machine) == [{"type": "data", "payload": {"data": 1}}]


def test_legacy_stays_after_bad_frames() -> None:
    """Junk and unknown types are answered, and the socket stays."""
    machine = LegacyWs()
    machine.receive_text("junk")
    tell(machine, id="1", type="subscribe", payload=QUERY)
    tell(machine, id="2", type="start", payload={})
    kinds = [frame["type"] for frame in said(machine) if isinstance(frame, dict)]
    assert kinds == ["connection_error", "error", "error"]
    assert machine.state is State.WAITING


def test_legacy_replaces_an_operation_with_the_same_id() -> None:
    """An id in use ends the older operation."""
    machine = LegacyWs()
    tell(machine, id="1", type="start", payload=QUERY)
    tell(machine, id="1", type="start", payload=QUERY)
    first, stopped, second = machine.events()
    assert first == second
    assert stopped == Stopped("1")


def test_legacy_stop_completes() -> None:
    """``stop`` ends the operation, and ``complete`` follows once."""
    machine = LegacyWs()
    tell(machine, id="1", type="start", payload=QUERY)
    tell(machine, id="1", type="stop")
    tell(machine, id="1", type="stop")
    assert machine.events()[1:] == [Stopped("1")]
    assert said(machine) == [{"type": "complete", "id": "1", "payload": None}]


def test_legacy_refusal_and_errors() -> None:
    """A refusal is told before 1011; invalid operations are data; broken ones are one error object."""
    machine = LegacyWs()
    for operation in ("1", "2"):
        tell(machine, id=operation, type="start", payload=QUERY)
    machine.reject("1", [{"message": "invalid"}])
    machine.fail("2", [{"message": "broken"}])
    machine.receive_init_timeout()
    machine.refuse("Unauthorized")
    assert said(machine) == [
        {"type": "data", "id": "1", "payload": {"errors": [{"message": "invalid"}]}},
        {"type": "complete", "id": "1", "payload": None},
        {"type": "error", "id": "2", "payload": {"message": "broken"}},
        {"type": "connection_error", "payload": {"message": "Unauthorized"}},
        Close(1011),
    ]


@pytest.mark.parametrize("machine", [TransportWs, LegacyWs])
@given(
    frame=st.one_of(
        st.text(),
        st.recursive(
            st.none()
            | st.booleans()
            | st.floats()
            | st.text()
            | st.sampled_from(["connection_init", "subscribe", "start", "stop", "complete", "ping"]),
            lambda inner: (
                st.lists(inner) | st.dictionaries(st.sampled_from(["id", "type", "payload", "query"]), inner)
            ),
        ).map(json.dumps),
    )
)
def test_no_frame_raises(machine: type[TransportWs | LegacyWs], frame: str) -> None:
    """Whatever a client sends, the machine answers, closes or is silent."""
    server = machine()
    server.receive_text(frame)
    server.receive_text(frame)
    server.events()
    said(server)


@pytest.mark.parametrize(
    ("offered", "confirmed", "machine"),
    [
        (["graphql-ws", "graphql-transport-ws"], "graphql-transport-ws", TransportWs),
        (["graphql-ws"], "graphql-ws", LegacyWs),
        (["x", "graphql-transport-ws"], "graphql-transport-ws", TransportWs),
        ([], None, LegacyWs),
    ],
)
def test_negotiation(offered: list[str], confirmed: str | None, machine: type) -> None:
    """The server's preference decides; no offer means the legacy protocol, unconfirmed."""
    outcome = negotiate(offered, BOTH_SUBPROTOCOLS)
    assert isinstance(outcome, Negotiated)
    assert outcome.confirmed == confirmed
    assert isinstance(outcome.machine, machine)


def test_negotiation_without_a_common_subprotocol() -> None:
    """4406 from a server that knows the newer protocol, 1002 from one that only knows the older."""
    assert negotiate(["x"], BOTH_SUBPROTOCOLS) == Close(4406, "Subprotocol not acceptable")
    assert negotiate([], ["graphql-transport-ws"]) == Close(4406, "Subprotocol not acceptable")
    assert negotiate(["graphql-transport-ws"], ["graphql-ws"]) == Close(1002, "Unsupported protocol")
    silent = negotiate(["graphql-transport-ws"], [])
    assert isinstance(silent, Negotiated)
    assert silent.confirmed is None


@pytest.mark.parametrize(("machine", "kind"), [(TransportWs(), "next"), (LegacyWs(), "data")])
def test_what_a_faulty_server_does(machine: ServerProtocol, kind: str) -> None:
    """It sends a result that belongs to nothing, and closes when it likes, after which it says nothing."""
    opened(machine)
    machine.stray({"data": 1})
    machine.end(4403, "Forbidden")
    machine.stray({"data": 2})
    assert said(machine) == [
        {"type": kind, "id": "stray", "payload": {"data": 1}},
        Close(4403, "Forbidden"),
    ]
