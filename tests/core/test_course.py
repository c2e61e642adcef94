from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.course import Course, Trouble, Vigil, pause

ONCE = (Trouble.REFUSED, Trouble.CROWDED, Trouble.FORGOTTEN)


def course(*, reached: bool = True, patience: float = 90.0) -> Course:
    """A course at second 0."""
    made = Course(patience=patience, now=0.0)
    if reached:
        made.reach(0.0)
    return made


def waits(of: Course, chance: float = 0.5) -> list[float]:
    """How long is waited before each attempt, while every one is lost."""
    now, found = 0.0, []
    while (wait := of.fail(Trouble.LOST, now=now, chance=chance)) is not None:
        now += wait
        found.append(wait)
    return found


def test_the_first_attempts_come_quickly() -> None:
    """At once, then after 0.2 s, then twice as long each time, up to 5 s, within the patience."""
    found = waits(course())
    assert found[:7] == [0.0, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0]
    assert set(found[7:]) == {5.0}
    assert 85 <= sum(found) < 90


def test_a_tenant_that_was_never_reached_is_given_up_soon() -> None:
    """Somebody waits for a first sign, so there are three more attempts."""
    assert waits(course(reached=False)) == [0.0, 0.2, 0.4]


def test_what_somebody_else_began_is_gone_on_with_patiently() -> None:
    """The tenant may be at work on it, so losses are borne as long as silence is; there may be a gap."""
    resumed = Course(patience=90.0, now=0.0, resumed=True)
    assert (resumed.reached, resumed.recovering, resumed.started) == (True, True, False)
    assert 85 <= sum(waits(resumed)) < 90


def test_reaching_the_tenant_begins_the_patience_anew() -> None:
    """What was lost on the way to it does not count afterwards."""
    late = course(reached=False)
    late.fail(Trouble.LOST, now=0.0, chance=0.5)
    late.reach(50.0)
    assert late.left(60.0) == 80.0
    assert late.fail(Trouble.LOST, now=60.0, chance=0.5) == 0.0
    late.reach(70.0)  # again: that is no sign of life
    assert late.left(70.0) == 70.0


def test_only_what_is_new_is_a_sign_of_life() -> None:
    """A piece that comes again neither renews the patience nor allows another new token."""
    running = course()
    assert running.receive(("m", 0), now=10.0)
    assert running.left(10.0) == 90.0
    assert running.fail(Trouble.REFUSED, now=10.0, chance=0.5) == 0.0
    assert not running.receive(("m", 0), now=20.0)
    assert running.left(20.0) == 80.0
    assert running.fail(Trouble.REFUSED, now=20.0, chance=0.5) is None
    assert running.receive(("m", 1), now=30.0)
    assert running.fail(Trouble.REFUSED, now=30.0, chance=0.5) == 0.0
    assert running.receive(None, now=40.0)
    assert running.receive(None, now=50.0)
    assert running.left(50.0) == 90.0


@pytest.mark.parametrize("trouble", ONCE)
def test_some_remedies_help_once(trouble: Trouble) -> None:
    """A new token, a connection of its own and a new conversation are each tried once."""
    tried = course()
    assert tried.fail(trouble, now=0.0, chance=0.5) == 0.0
    assert tried.fail(trouble, now=0.0, chance=0.5) is None


def test_what_nothing_heals_is_given_up_at_once() -> None:
    """An error of the tenant's own is not asked for again, another document always is."""
    assert course().fail(Trouble.FATAL, now=0.0, chance=0.5) is None
    assert course().fail(Trouble.MISFIT, now=0.0, chance=0.5) == 0.0


def test_a_conversation_is_not_begun_again_in_the_middle() -> None:
    """Once something of the answer came, the question is not asked elsewhere."""
    running = course()
    running.receive(None, now=0.0)
    assert running.fail(Trouble.FORGOTTEN, now=0.0, chance=0.5) is None


@pytest.mark.parametrize(
    ("reached", "trouble", "recovering", "alone"),
    [
        (True, Trouble.LOST, True, False),
        (False, Trouble.LOST, False, False),
        (True, Trouble.CROWDED, True, True),
        (True, Trouble.REFUSED, False, False),
        (True, Trouble.MISFIT, False, False),
    ],
)
def test_what_may_have_a_gap(reached: bool, trouble: Trouble, recovering: bool, alone: bool) -> None:  # noqa: FBT001 - a table
    """After a loss of something that stood, what comes may have a gap."""
    failed = course(reached=reached)
    failed.fail(trouble, now=0.0, chance=0.5)
    assert (failed.recovering, failed.alone) == (recovering, alone)


def test_a_new_token_in_the_middle_may_leave_a_gap() -> None:
    """Once the answer has begun, a new token means a new subscription to the rest of it."""
    running = course()
    running.receive(None, now=0.0)
    running.fail(Trouble.REFUSED, now=0.0, chance=0.5)
    assert running.recovering


@given(
    patience=st.floats(0.1, 500),
    chances=st.lists(st.floats(0, 1), min_size=1, max_size=20),
    troubles=st.lists(st.sampled_from([Trouble.LOST, *ONCE]), max_size=30),
)
def test_every_course_ends(patience: float, chances: list[float], troubles: list[Trouble]) -> None:
    """Whatever goes wrong, and however chance falls, without news it is over when patience is."""
    running, now = course(patience=patience), 0.0
    luck = itertools.cycle(chances)
    for trouble in itertools.chain(troubles, itertools.repeat(Trouble.LOST, 10_000)):
        wait = running.fail(trouble, now=now, chance=next(luck))
        if wait is None:
            if trouble is Trouble.LOST:
                break
            continue
        now += wait
        assert now < patience
    else:
        raise AssertionError("it went on for ever")


@given(losses=st.integers(0, 10**6), chance=st.floats(0, 1))
def test_no_pause_is_longer_than_its_limit(losses: int, chance: float) -> None:
    """Half of it up or down at the most, however often it was tried."""
    assert 0 <= pause(losses, chance) <= 7.5
    assert pause(losses, 0.5) <= pause(losses + 1, 0.5)


def test_an_answer_is_looked_at_less_and_less() -> None:
    """At once, and then in pauses that grow up to half of the time for which it has to rest."""
    vigil, now, looked = Vigil(rest=10.0, now=0.0), 0.0, []
    while not vigil.rests(now):
        now += vigil.due(now)
        looked.append(now)
        vigil.look("the same", now=now)
    assert looked == [0.0, 1.0, 3.0, 7.0, 12.0]


def test_an_answer_that_changes_does_not_rest() -> None:
    """Each change begins the rest anew, and is told."""
    vigil = Vigil(rest=10.0, now=0.0)
    assert [vigil.look(body, now=now) for now, body in ((0.0, "a"), (9.0, "b"), (12.0, "b"))] == [
        True,
        True,
        False,
    ]
    assert not vigil.rests(18.0)
    assert vigil.rests(19.0)


def test_what_rested_before_it_was_looked_at_rests() -> None:
    """Where the tenant says for how long nothing was changed, that time counts."""
    vigil = Vigil(rest=10.0, now=100.0)
    vigil.look("a", now=100.0, rested=4.0)
    assert (vigil.rests(105.9), vigil.rests(106.0)) == (False, True)
    vigil.look("b", now=106.0, rested=0.5)
    assert (vigil.rests(115.4), vigil.rests(115.5)) == (False, True)


def test_an_answer_that_is_heard_of_does_not_rest() -> None:
    """Who hears that it is being written hears of its end, too; what is new is looked at soon."""
    vigil = Vigil(rest=10.0, now=0.0)
    vigil.look("a", now=0.0)
    vigil.look("a", now=1.0)
    assert vigil.due(1.0) == 2.0
    vigil.stir(1.0)
    assert vigil.due(1.0) == 1.0
    assert not vigil.rests(100.0)
