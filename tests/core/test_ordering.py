from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.ordering import PATIENCE, Begin, Change, Order, inserts_only


def increment(number: int) -> Change:
    """The change with this number, one that needs those before it."""
    return Change([{"retain": number}, {"insert": "x"}] if number else [{"insert": "first"}])


def numbers(changes: list[Change]) -> list[object]:
    """The numbers of such changes."""
    return [change.ops[0].get("retain", 0) for change in changes]


def test_in_order_is_at_once() -> None:
    """What comes in order waits for nothing."""
    order = Order()
    assert [numbers(order.receive(number, increment(number))) for number in range(3)] == [[0], [1], [2]]
    assert not order.gap


def test_without_an_index_arrival_counts() -> None:
    """A diff without an index, or with an impossible one, is next."""
    order = Order()
    assert numbers(order.receive(None, increment(3))) == [3]
    assert numbers(order.receive(-1, increment(2))) == [2]


def test_too_early_waits() -> None:
    """A diff that is too early comes when those before it have come."""
    order = Order()
    assert order.receive(2, increment(2)) == []
    assert order.receive(1, increment(1)) == []
    assert numbers(order.receive(0, increment(0))) == [0, 1, 2]
    assert not order.gap


def test_a_gap_is_given_up() -> None:
    """After enough later diffs the missing one is given up, once, and the rest comes in order."""
    order = Order()
    order.receive(0, increment(0))
    waiting = [order.receive(number, increment(number)) for number in range(2, 2 + PATIENCE)]
    assert waiting == [[]] * PATIENCE
    late = 2 + PATIENCE
    assert numbers(order.receive(late, increment(late))) == list(range(2, late + 1))
    assert order.gap
    assert order.receive(1, increment(1)) == []


def test_counting_from_one_is_no_gap() -> None:
    """A tenant that counts from one is believed after a few diffs."""
    order = Order()
    first = Change([{"insert": "first"}])
    received = [order.receive(1, first)] + [
        order.receive(number, increment(number)) for number in range(2, 5)
    ]
    assert [len(changes) for changes in received] == [0, 0, 0, 4]
    assert not order.gap


def test_flush_lets_go() -> None:
    """At the end everything that waits comes in order, and a gap is a gap."""
    order = Order()
    order.receive(3, increment(3))
    order.receive(1, increment(1))
    assert numbers(order.flush()) == [1, 3]
    assert order.gap
    assert order.flush() == []


def test_nothing_to_flush_is_no_gap() -> None:
    """At the end of a stream in order nothing waits and nothing is missing."""
    order = Order()
    order.receive(0, increment(0))
    assert order.flush() == []
    assert not order.gap


def test_what_was_seen_is_dropped() -> None:
    """Repeated diffs are dropped, whether they are the newest, old, or still wait."""
    order = Order()
    for number in (0, 1, 3):
        order.receive(number, increment(number))
    assert [order.receive(number, increment(number)) for number in (1, 0, 3)] == [[], [], []]
    assert order.dropped == 3
    assert not order.gap


def test_beginning_again_is_a_restart() -> None:
    """Number 0 with other content begins the message again, and the count with it."""
    order = Order()
    for number in (0, 1, 2, 4):
        order.receive(number, increment(number))
    [change] = order.receive(0, Change([{"insert": "again"}]))
    assert change.begin is Begin.ANEW
    assert numbers(order.receive(1, increment(1))) == [1]


def test_an_index_that_never_moves() -> None:
    """With always the same index, increments come as they arrive, and bodies come as unclear."""
    order = Order()
    order.receive(0, increment(0))
    assert numbers(order.receive(0, increment(5))) == [5]
    [change] = order.receive(0, Change([{"insert": "other"}]))
    assert change.begin is Begin.UNCLEAR
    assert order.receive(0, Change([{"insert": "bodies"}]), snapshots=True)[0].begin is Begin.HELD


def test_an_increment_cannot_restart() -> None:
    """An old number with a retain is no beginning: it is dropped, and something is wrong."""
    order = Order()
    for number in range(3):
        order.receive(number, increment(number))
    assert order.receive(0, increment(7)) == []
    assert order.gap


def test_snapshots_wait_for_nothing() -> None:
    """A snapshot makes those before it superfluous; an increment among them still waits."""
    order = Order()
    body = Change([{"insert": "body"}])
    assert order.receive(5, body, snapshots=True) == [body]
    assert order.receive(4, body, snapshots=True) == []
    assert not order.gap
    assert order.receive(8, increment(8), snapshots=True) == []
    assert numbers(order.receive(7, body, snapshots=True)) == [0, 8]


def test_inserts_only() -> None:
    """Only inserts may be a whole body."""
    assert inserts_only([])
    assert inserts_only([{"insert": "a"}, {"insert": {}}])
    assert not inserts_only([{"insert": "a"}, {"delete": 1}])


@settings(deadline=None)
@given(st.lists(st.integers(0, 40) | st.none(), max_size=60), st.booleans())
def test_every_number_comes_at_most_once(indices: list[int | None], snapshots: bool) -> None:  # noqa: FBT001 - drawn
    """In whatever order numbers come and however often, each comes out once at most, and in rising order."""
    order, released = Order(), list[object]()
    for index in indices:
        if index is not None:
            released += numbers(order.receive(index, increment(index), snapshots=snapshots))
    released += numbers(order.flush())
    assert released == sorted(set(map(int, map(str, released))))
