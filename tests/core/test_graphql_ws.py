from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.graphql_ws import (
    Acknowledged,
    Client,
    Close,
    Completed,
    Event,
    Failed,
    Lost,
    Misuse,
    Next,
    Refused,
    State,
    Subprotocol,
    Timing,
    read_errors,
    retryable,
)

TRANSPORT = "graphql-transport-ws"
LEGACY = "graphql-ws"
BOTH = pytest.mark.parametrize("chosen", [TRANSPORT, LEGACY])
TIMING = Timing(ack=10, quiet=25, patience=20, keepalive=60)


class Peer:
    """A client machine, with its frames as values."""

    def __init__(self, chosen: str | None = TRANSPORT, *, acknowledged: bool = True) -> None:
        self.client = Client(chosen, init={"auth": {"token": "t"}}, now=0.0, timing=TIMING)
        if acknowledged:
            self.says({"type": "connection_ack"})
            self.sent()

    def says(self, *messages: Mapping[str, object] | str, now: float = 1.0) -> list[Event]:
        """Frames from the server; returns what happened."""
        for message in messages:
            text = message if isinstance(message, str) else json.dumps(message)
            self.client.receive_text(text, now=now)
        return self.client.events()

    def sent(self) -> list[object]:
        """What the client has written since the last call."""
        return [json.loads(frame) if isinstance(frame, str) else frame for frame in self.client.to_send()]


@BOTH
def test_the_first_frame_carries_the_init_payload(chosen: str) -> None:
    """The connection begins with connection_init and the payload given."""
    peer = Peer(chosen, acknowledged=False)
    assert peer.sent() == [{"type": "connection_init", "payload": {"auth": {"token": "t"}}}]
    assert peer.client.state is State.CONNECTING


def test_no_choice_of_the_server_means_the_older_protocol() -> None:
    """A server that confirms no subprotocol is spoken to as graphql-ws."""
    assert Peer(None).client.subprotocol is Subprotocol.LEGACY


@pytest.mark.parametrize(("chosen", "kind"), [(TRANSPORT, "subscribe"), (LEGACY, "start")])
def test_subscriptions_wait_for_the_ack(chosen: str, kind: str) -> None:
    """What is subscribed before the ack is sent after it, in order."""
    peer = Peer(chosen, acknowledged=False)
    first, second = peer.client.subscribe({"query": "a"}), peer.client.subscribe({"query": "b"})
    assert len(peer.sent()) == 1
    assert peer.says({"type": "connection_ack", "payload": None}) == [Acknowledged()]
    assert peer.sent() == [
        {"id": first, "type": kind, "payload": {"query": "a"}},
        {"id": second, "type": kind, "payload": {"query": "b"}},
    ]


@pytest.mark.parametrize(("chosen", "kind"), [(TRANSPORT, "next"), (LEGACY, "data"), (None, "next")])
def test_results_arrive_by_subscription(chosen: str | None, kind: str) -> None:
    """Each result names its subscription, with data, errors or both."""
    peer = Peer(chosen)
    first, second = peer.client.subscribe({}), peer.client.subscribe({})
    error = {"message": "partly"}
    events = peer.says(
        {"id": second, "type": kind, "payload": {"data": {"n": 1}}},
        {"id": first, "type": kind, "payload": {"data": {"n": 2}, "errors": [error]}},
        {"id": first, "type": kind, "payload": {"data": None, "errors": [error]}},
        {"id": first, "type": "complete", "payload": None},
    )
    assert events == [
        Next(second, {"n": 1}, ()),
        Next(first, {"n": 2}, (error,)),
        Next(first, None, (error,)),
        Completed(first),
    ]


@pytest.mark.parametrize(
    ("payload", "errors"),
    [
        ([{"message": "a"}, {"message": "b"}], ({"message": "a"}, {"message": "b"})),
        ({"message": "a"}, ({"message": "a"},)),
        ({"errors": [{"message": "a"}]}, ({"message": "a"},)),
        ("a", ({"message": "a"},)),
        (None, ({"message": "no reason given"},)),
        ([7, None], ({"message": "no reason given"},)),
    ],
)
@BOTH
def test_an_error_ends_its_subscription(
    chosen: str, payload: object, errors: tuple[Mapping[str, object], ...]
) -> None:
    """An error frame holds a list or an object, and is the last of its subscription."""
    peer = Peer(chosen)
    ident = peer.client.subscribe({})
    events = peer.says({"id": ident, "type": "error", "payload": payload}, {"id": ident, "type": "complete"})
    assert events == [Failed(ident, errors)]


@pytest.mark.parametrize(("chosen", "kind"), [(TRANSPORT, "complete"), (LEGACY, "stop")])
def test_stopping_silences_a_subscription(chosen: str, kind: str) -> None:
    """After a stop, late frames are ignored, and the other subscription goes on."""
    peer = Peer(chosen)
    stopped, other = peer.client.subscribe({}), peer.client.subscribe({})
    peer.sent()
    peer.client.stop(stopped)
    peer.client.stop(stopped)
    assert peer.sent() == [{"id": stopped, "type": kind}]
    late = {"id": stopped, "type": "next", "payload": {"data": {}}}
    assert peer.says(late, {"id": stopped, "type": "complete"}) == []
    assert peer.says({"id": other, "type": "complete"}) == [Completed(other)]


@BOTH
def test_a_subscription_may_be_left_silently(chosen: str) -> None:
    """The server goes on, and what it still sends is ignored."""
    peer = Peer(chosen)
    left = peer.client.subscribe({})
    peer.sent()
    peer.client.stop(left, silently=True)
    assert peer.sent() == []
    assert peer.says({"id": left, "type": "next", "payload": {"data": {}}}) == []


def test_stopping_before_the_ack_sends_nothing() -> None:
    """A subscription that was never sent needs no farewell."""
    peer = Peer(acknowledged=False)
    peer.client.stop(peer.client.subscribe({}))
    peer.says({"type": "connection_ack"})
    assert [frame["type"] for frame in peer.sent() if isinstance(frame, dict)] == ["connection_init"]


def test_ids_are_never_used_again() -> None:
    """A new subscription never takes the id of one that ended."""
    peer = Peer()
    seen = set()
    for _ in range(5):
        ident = peer.client.subscribe({})
        peer.client.stop(ident)
        seen.add(ident)
    assert len(seen) == 5


@pytest.mark.parametrize("ident", ["99", "", 99, None, ["1"], {"a": 1}])
@BOTH
def test_frames_for_unknown_ids_are_ignored(chosen: str, ident: object) -> None:
    """A frame for a subscription that does not exist changes nothing."""
    peer = Peer(chosen)
    peer.client.subscribe({})
    events = peer.says(
        *({"id": ident, "type": kind, "payload": {}} for kind in ("next", "error", "complete"))
    )
    assert events == []
    assert peer.client.state is State.READY


def test_results_without_payload_are_ignored() -> None:
    """A result whose payload is null says nothing."""
    peer = Peer(LEGACY)
    ident = peer.client.subscribe({})
    assert peer.says({"id": ident, "type": "data", "payload": None}, {"id": ident, "type": "data"}) == []


@pytest.mark.parametrize("payload", [{"a": 1}, [1], 0, ""])
def test_a_ping_is_answered_with_its_payload(payload: object) -> None:
    """The pong echoes the ping's payload, also before the ack."""
    peer = Peer(acknowledged=False)
    peer.sent()
    peer.says({"type": "ping", "payload": payload}, {"type": "ping"})
    assert peer.sent() == [{"type": "pong", "payload": payload}, {"type": "pong"}]


def test_a_missing_ack_ends_the_connection() -> None:
    """Without connection_ack in time the connection is closed with 4504, and another may be tried."""
    peer = Peer(acknowledged=False)
    peer.sent()
    assert peer.client.due() == 10.0
    peer.client.receive_clock(now=9.9)
    assert peer.client.events() == []
    peer.client.receive_clock(now=10.0)
    assert peer.client.events() == [Lost(4504, "no connection_ack", retryable=True)]
    assert peer.sent() == [Close(4504, "no connection_ack")]
    assert peer.client.due() is None


def test_a_quiet_peer_is_asked_and_then_given_up() -> None:
    """After a quiet stretch comes our ping; silence after that ends the connection."""
    peer = Peer()
    assert peer.client.due() == 26.0
    peer.client.receive_clock(now=26.0)
    assert peer.sent() == [{"type": "ping"}]
    assert peer.client.due() == 46.0
    peer.client.receive_clock(now=46.0)
    assert peer.client.events() == [Lost(4499, "nothing heard", retryable=True)]


def test_any_frame_after_our_ping_shows_that_the_peer_lives() -> None:
    """A pong, or anything else, puts the next ping off."""
    peer = Peer()
    peer.client.receive_clock(now=26.0)
    peer.says({"type": "pong"}, now=30.0)
    assert peer.client.due() == 55.0


def test_the_older_protocol_times_out_only_after_the_first_ka() -> None:
    """Without ka nothing is expected; with it, its absence ends the connection."""
    peer = Peer(LEGACY)
    assert peer.client.due() is None
    peer.says({"type": "ka"}, now=5.0)
    assert peer.client.due() == 65.0
    peer.client.receive_clock(now=65.0)
    assert peer.client.events() == [Lost(4499, "nothing heard", retryable=True)]


def test_a_refused_connection_is_told_as_such() -> None:
    """connection_error is a refusal with its reason; the close after it says nothing new."""
    peer = Peer(LEGACY, acknowledged=False)
    assert peer.says({"type": "connection_error", "payload": {"message": "Unauthorized"}}) == [
        Refused(({"message": "Unauthorized"},))
    ]
    peer.client.receive_closed(1011)
    assert peer.client.events() == []


@pytest.mark.parametrize(
    "code", [1000, 1001, 1005, 1006, 1012, 1013, 1014, 3000, 4401, 4403, 4408, 4499, 4504, 4999]
)
def test_codes_worth_another_connection(code: int) -> None:
    """Passing troubles, and those that a new token may heal, are worth another try."""
    assert retryable(code)


@pytest.mark.parametrize(
    "code", [1002, 1003, 1007, 1008, 1009, 1011, 4004, 4005, 4400, 4406, 4409, 4429, 4500]
)
def test_codes_that_another_connection_would_meet_again(code: int) -> None:
    """Disagreements about the protocol are not repeated."""
    peer = Peer()
    peer.client.receive_closed(code, "why")
    assert peer.client.events() == [Lost(code, "why", retryable=False)]


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", "1", "null", '"x"', "{}", '{"type":1}', '{"type":"x"}', "[" * 100_000, "9" * 5000],
)
@BOTH
def test_junk_ends_nothing(chosen: str, frame: str) -> None:
    """What is no message is passed over; the subscription beside it goes on."""
    peer = Peer(chosen)
    ident = peer.client.subscribe({})
    peer.sent()
    assert peer.says(frame) == []
    assert peer.sent() == []
    kind = "data" if chosen == LEGACY else "next"
    assert peer.says({"id": ident, "type": kind, "payload": {"data": {"x": 1}}}) == [
        Next(ident, {"x": 1}, ())
    ]


def test_bytes_that_are_not_utf_8_are_junk() -> None:
    """A binary frame is read as JSON if it is that, and is junk otherwise."""
    peer = Peer()
    peer.client.receive_text(b"\xff\xfe{", now=1.0)
    assert peer.client.events() == []
    peer.client.receive_text(b'{"type": "ping"}', now=1.0)
    assert peer.sent() == [{"type": "pong"}]


def test_leaving_says_goodbye_once() -> None:
    """The older protocol has a farewell before the close; closing twice is closing once."""
    peer = Peer(LEGACY)
    peer.client.close()
    peer.client.close()
    assert peer.sent() == [{"type": "connection_terminate"}, Close(1000)]
    peer.client.receive_closed(1000)
    assert peer.client.events() == []


def test_a_second_ack_changes_nothing() -> None:
    """Only the first ack is one."""
    assert Peer().says({"type": "connection_ack"}) == []


def test_wrong_calls_of_ours_raise() -> None:
    """Stopping what never was, and subscribing after the end, are faults of this program."""
    peer = Peer()
    with pytest.raises(Misuse):
        peer.client.stop("1")
    peer.client.close()
    with pytest.raises(Misuse):
        peer.client.subscribe({})


def test_errors_are_never_empty() -> None:
    """Whatever stands for errors, there is one to show."""
    assert read_errors({}) == ({},)
    assert read_errors([]) == ({"message": "no reason given"},)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_frames = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            [
                "connection_ack",
                "connection_error",
                "next",
                "data",
                "error",
                "complete",
                "ping",
                "pong",
                "ka",
                "zz",
            ]
        )
    },
    optional={"id": st.sampled_from(["1", "2", "3", 1]) | _json, "payload": _json},
)


@given(
    chosen=st.sampled_from([TRANSPORT, LEGACY, None]),
    frames=st.lists(_frames.map(json.dumps) | _json.map(json.dumps) | st.text(max_size=20), max_size=30),
)
def test_no_stream_of_frames_raises(chosen: str | None, frames: list[str]) -> None:
    """Whatever arrives, the machine stays whole, ends at most once, and reports nothing after an end."""
    peer = Peer(chosen, acknowledged=False)
    ours = {peer.client.subscribe({}), peer.client.subscribe({})}
    events = peer.says(*frames)
    over = [event for event in events if isinstance(event, (Lost, Refused))]
    assert len(over) <= 1
    assert not over or (events[-1] is over[0] and peer.client.state is State.CLOSED)
    ended: set[str] = set()
    for event in events:
        if isinstance(event, (Next, Failed, Completed)):
            assert event.id in ours - ended
            if not isinstance(event, Next):
                ended.add(event.id)
    for frame in peer.client.to_send():
        assert isinstance(frame, Close) or json.loads(frame)["type"]
