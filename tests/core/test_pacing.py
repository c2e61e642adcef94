"""The edit budget: never too many, finals always."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pacing import WINDOW, Bucket, Idle, Pacer, Send, Wait

#: What may happen between two decisions: (seconds that pass, message, kind).
KINDS = ("open", "want", "want", "final", "answer", "answer", "limited", "close")
STEPS = st.lists(
    st.tuples(st.sampled_from((0.0, 0.1, 1.0, 3.0, 20.0)), st.integers(0, 6), st.sampled_from(KINDS)),
    max_size=200,
)


class Driver:
    """Does what an editor does, on a clock of its own, and writes down when Slack could have counted."""

    def __init__(self, per_minute: int = 45) -> None:
        self.pacer: Pacer[int] = Pacer(per_minute=per_minute)
        self.now = 100.0
        self.open: set[int] = set()
        self.finals: set[int] = set()
        self.in_flight: dict[int, float] = {}
        self.calls: list[tuple[float, float]] = []
        self.sent: list[tuple[float, int]] = []
        self.blocked: list[tuple[int, float]] = []

    def step(self, id_: int, kind: str) -> None:
        """One thing happens to one message, where it can."""
        if kind == "open" and id_ not in self.open and id_ not in self.in_flight:
            self.open.add(id_)
            self.pacer.open(id_, self.now)
        elif kind in {"want", "final"} and id_ in self.open:
            self.finals |= {id_} if kind == "final" else set()
            self.pacer.want(id_, self.now, final=kind == "final")
        elif kind == "answer" and id_ in self.in_flight:
            self.answer(id_)
        elif kind == "limited":
            self.pacer.receive_limited(5.0, self.now)
            self.blocked.append((len(self.sent), self.now + 5.0))
        elif kind == "close" and id_ in self.open and id_ not in self.finals:
            self.open.discard(id_)
            self.pacer.close(id_)

    def send_all(self) -> Wait | Idle:
        """Send whatever may go now; the decision that ended it."""
        while isinstance(decision := self.pacer.decide(self.now), Send):
            self.pacer.receive_sent(decision.id, self.now)
            self.in_flight[decision.id] = self.now
            self.sent.append((self.now, decision.id))
        return decision

    def answer(self, id_: int) -> None:
        """Slack answers the call of a message."""
        self.calls.append((self.in_flight.pop(id_), self.now))
        self.pacer.receive_answer(id_, self.now)
        if id_ in self.finals:
            self.finals.discard(id_)
            self.open.discard(id_)
            self.pacer.close(id_)

    def run_dry(self, seconds: float) -> None:
        """Answer everything at once and follow every Wait until nothing is left to do."""
        end = self.now + seconds
        while True:
            decision = self.send_all()
            if self.in_flight:
                for id_ in tuple(self.in_flight):
                    self.answer(id_)
            elif isinstance(decision, Idle) or decision.until > end:
                return
            else:
                assert decision.until > self.now
                self.now = decision.until


def most_in_a_window(calls: Sequence[tuple[float, float]], *, latest: bool) -> int:
    """The largest number of calls in any window, each counted when it went out or when it was answered."""
    times = sorted(call[latest] for call in calls)
    return max((sum(start <= time < start + WINDOW for time in times) for start in times), default=0)


@given(steps=STEPS, per_minute=st.integers(1, 12))
def test_budget_holds_in_every_window(steps: list[tuple[float, int, str]], per_minute: int) -> None:
    """Whatever happens, no window of 60 seconds holds more calls than allowed, by either end of a call."""
    driver = Driver(per_minute)
    for seconds, id_, kind in steps:
        driver.now += seconds
        driver.step(id_, kind)
        driver.send_all()
    for id_ in tuple(driver.in_flight):
        driver.answer(id_)
    assert most_in_a_window(driver.calls, latest=False) <= per_minute
    assert most_in_a_window(driver.calls, latest=True) <= per_minute


@given(steps=STEPS, per_minute=st.integers(1, 12))
def test_every_final_goes_and_429_is_obeyed(steps: list[tuple[float, int, str]], per_minute: int) -> None:
    """Every final edit that was wanted is sent in the end, and nothing is sent while Slack says to wait."""
    driver = Driver(per_minute)
    for seconds, id_, kind in steps:
        driver.now += seconds
        driver.step(id_, kind)
        driver.send_all()
    driver.run_dry(20 * WINDOW)
    assert not driver.finals
    for known, end in driver.blocked:  # what went out before, at the same instant, could not know
        assert not any(at < end for at, _ in driver.sent[known:])


@given(steps=STEPS)
def test_calls_spread_between_their_ends_also_keep_the_budget(steps: list[tuple[float, int, str]]) -> None:
    """Slack may count a call anywhere between its start and its answer: alternating ends stay in budget."""
    driver = Driver(3)
    for seconds, id_, kind in steps:
        driver.now += seconds
        driver.step(id_, kind)
        driver.send_all()
    driver.run_dry(5 * WINDOW)
    mixed = [(call[index % 2], 0.0) for index, call in enumerate(driver.calls)]
    assert most_in_a_window(mixed, latest=False) <= 3


@given(steps=STEPS, allowances=st.lists(st.integers(0, 12), min_size=1, max_size=20))
def test_what_is_allowed_holds_from_then_on(
    steps: list[tuple[float, int, str]], allowances: list[int]
) -> None:
    """Whatever was allowed before: nothing goes out that would be too much in the minute before it."""
    driver = Driver(12)
    for at, (seconds, id_, kind) in enumerate(steps):
        allowed = allowances[at % len(allowances)]
        driver.pacer.allow(allowed)
        driver.now += seconds
        driver.step(id_, kind)
        before = len(driver.sent)
        driver.send_all()
        in_window = sum(end + WINDOW > driver.now for _, end in driver.calls) + len(driver.in_flight)
        assert len(driver.sent) == before or in_window <= max(1, allowed)


@given(steps=STEPS, allowances=st.lists(st.integers(0, 12), min_size=1, max_size=20))
def test_every_final_goes_whatever_is_allowed(
    steps: list[tuple[float, int, str]], allowances: list[int]
) -> None:
    """With the least allowance it takes its time."""
    driver = Driver(12)
    for at, (seconds, id_, kind) in enumerate(steps):
        driver.pacer.allow(allowances[at % len(allowances)])
        driver.now += seconds
        driver.step(id_, kind)
        driver.send_all()
    driver.run_dry(20 * WINDOW)
    assert not driver.finals


def all_at_once(driver: Driver, ids: range) -> int:
    """So many of these answers end now; Slack answers at once."""
    before = len(driver.sent)
    for id_ in ids:
        driver.step(id_, "open")
        driver.step(id_, "final")
    driver.send_all()
    for id_ in tuple(driver.in_flight):
        driver.answer(id_)
    return len(driver.sent) - before


def test_a_smaller_allowance_holds_at_once() -> None:
    """What went out before counts, so nothing goes until there is room."""
    driver = Driver(20)
    assert all_at_once(driver, range(15)) == 15
    driver.pacer.allow(10)
    assert all_at_once(driver, range(15, 30)) == 0
    driver.now += WINDOW - 1
    assert all_at_once(driver, range(0)) == 0
    driver.now += 1
    assert all_at_once(driver, range(0)) == 10


@pytest.mark.parametrize("allowed", [-1, 0, 1])
def test_the_least_allowance_is_one(allowed: int) -> None:
    """Nobody is left without an end."""
    driver = Driver(10)
    driver.pacer.allow(allowed)
    assert all_at_once(driver, range(3)) == 1
    driver.run_dry(2 * WINDOW)
    assert not driver.finals


def test_a_larger_allowance_holds_at_once() -> None:
    """Another process has left: its part is used without delay."""
    driver = Driver(10)
    assert all_at_once(driver, range(30)) == 10
    driver.pacer.allow(25)
    assert all_at_once(driver, range(0)) == 15


def test_lone_answer_feels_live_and_then_slows() -> None:
    """A lone message is edited about every second at first, then every three."""
    driver = Driver()
    driver.step(1, "open")
    times: list[float] = []
    while len(times) < 8:
        driver.step(1, "want")
        decision = driver.pacer.decide(driver.now)
        if isinstance(decision, Wait):
            driver.now = decision.until
        driver.send_all()
        times.append(driver.now)
        driver.answer(1)
    gaps = [round(after - before, 3) for before, after in zip([100.0, *times], times, strict=False)]
    assert gaps == [1.0, 1.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0]


def test_twenty_answers_share_the_budget_and_end_at_once() -> None:
    """While twenty answers run, room is kept, so that all twenty can end in the same second."""
    driver = Driver()
    for id_ in range(20):
        driver.step(id_, "open")
    for _ in range(120):
        driver.now += 1
        for id_ in range(20):
            driver.step(id_, "want")
        driver.send_all()
        for id_ in tuple(driver.in_flight):
            driver.answer(id_)
    started = len(driver.sent)
    assert {id_ for _, id_ in driver.sent} == set(range(20))
    for id_ in range(20):
        driver.step(id_, "final")
    driver.send_all()
    assert len(driver.sent) - started == 20


def test_finals_first_then_the_oldest() -> None:
    """A final edit overtakes the others, who follow in the order of their last edits."""
    driver = Driver()
    for id_ in (1, 2, 3):
        driver.step(id_, "open")
        driver.now += 1
        driver.step(id_, "want")
    driver.step(3, "final")
    driver.now += 60
    driver.send_all()
    assert [id_ for _, id_ in driver.sent] == [3, 1, 2]


def test_a_final_waits_only_for_the_window() -> None:
    """A final edit ignores the interval of its message, but not a full window."""
    driver = Driver(2)
    driver.step(1, "open")
    driver.step(2, "open")
    driver.step(1, "final")
    driver.step(2, "final")
    driver.send_all()
    driver.now += 1
    driver.answer(1)
    driver.answer(2)
    driver.step(3, "open")
    driver.step(3, "final")
    assert driver.pacer.decide(driver.now) == Wait(driver.now + WINDOW)


def test_one_call_at_a_time_for_a_message() -> None:
    """While a message's call is out, its next draft waits for the answer."""
    driver = Driver()
    driver.step(1, "open")
    driver.step(1, "final")
    driver.send_all()
    driver.step(1, "want")
    assert driver.pacer.decide(driver.now + 100) == Idle()


def test_failed_message_rests_alone() -> None:
    """After a failed call its message rests, while another one goes on."""
    driver = Driver()
    for id_ in (1, 2):
        driver.step(id_, "open")
        driver.step(id_, "final")
    driver.pacer.receive_failure(1, driver.now, 4.0)
    assert driver.send_all() == Wait(driver.now + 4.0)
    assert [id_ for _, id_ in driver.sent] == [2]


def test_skipped_draft_costs_nothing() -> None:
    """A draft that equals what is shown leaves the budget untouched."""
    driver = Driver(1)
    driver.step(1, "open")
    driver.step(1, "final")
    driver.pacer.skip(1)
    assert driver.pacer.decide(driver.now) == Idle()
    driver.step(1, "want")
    assert driver.pacer.decide(driver.now) == Send(1)


def test_budget_of_nothing_is_refused() -> None:
    """A budget that could never send anything is a mistake of the operator."""
    with pytest.raises(ValueError, match="at least 1"):
        Pacer(per_minute=0)


def test_bucket_lets_a_burst_through_and_then_spaces() -> None:
    """Five posts go at once, then one a second, and a rest refills the bucket."""
    bucket = Bucket(10.0)
    assert [bucket.take(10.0) for _ in range(7)] == [0, 0, 0, 0, 0, 1.0, 2.0]
    assert not bucket.full(12.0)
    assert bucket.full(17.0)
    assert bucket.take(100.0) == 0
