"""The judge: each way to be wrong is found, and what is right is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.proof.verdict import Case, Outcome, Post, Put, Tenant, Verdict, judge

PUT = Put(1, "C1", "10.0", "10.0", "U1")
COMMAND = Put(1, "C1", "", "", "U1")
ROOT = Post("C1", "11.0", "", "U1 asks:\n> Revenue? (No. 1)")
TOLD = Tenant({1: 1}, {1: 2})


def part(number: int, *parts: int) -> str:
    """What an answer says."""
    return " text ".join(f"Answer {number}, part {each} of 2." for each in parts)


WHOLE = Post("C1", "12.0", "10.0", part(1, 1, 2), results=True)
HALF = replace(WHOLE, text=part(1, 1), results=False)
WAITING = Post("C1", "12.0", "10.0", "Thinking…\nStop", running=True)
SORRY = Post("C1", "12.0", "10.0", "I can't reach WisdomAI right now.\nRetry", retry=True)
NO = Post("C1", "12.0", "10.0", "WisdomAI does not accept this app's access key.")
WHISPER = Post("C1", "12.0", "10.0", "Your role does not let you.", reader="U1")
SECOND = replace(HALF, ts="13.0", text=part(1, 2), results=True)
IN_FILE = replace(NO, text="All of it is in the file.", results=True, files=(("a.md", part(1, 1, 2)),))


def outcome(*posts: Post, put: Put = PUT, tenant: Tenant = TOLD) -> Outcome:
    """What became of one question."""
    return judge([put], posts, tenant).cases[0].outcome


@pytest.mark.parametrize(
    ("expected", "posts"),
    [
        (Outcome.ANSWERED, (WHOLE,)),
        (Outcome.ANSWERED, (HALF, SECOND)),
        (Outcome.ANSWERED, (HALF, replace(SECOND, ts="12.5", text="a table"), SECOND)),
        (Outcome.ANSWERED, (IN_FILE,)),
        (Outcome.STOPPED, (replace(HALF, stopped=True, retry=True),)),
        (Outcome.FAILED, (SORRY,)),
        (Outcome.FAILED, (NO,)),
        (Outcome.FAILED, (replace(HALF, retry=True),)),
        (Outcome.FAILED, (replace(WHOLE, retry=True),)),
        (Outcome.FAILED, (replace(WHISPER, retry=True),)),
        (Outcome.REFUSED, (WHISPER,)),
        (Outcome.LOST, ()),
        (Outcome.LOST, (WAITING,)),
        (Outcome.LOST, (HALF,)),
        (Outcome.LOST, (replace(WHOLE, running=True),)),
        (Outcome.LOST, (replace(WHISPER, reader="U2"),)),
        (Outcome.DUPLICATED, (WHOLE, replace(WHOLE, ts="13.0"))),
        (Outcome.DUPLICATED, (HALF, replace(WHOLE, ts="13.0"))),
        (Outcome.DUPLICATED, (WHOLE, replace(WHOLE, ts="13.0", channel="C2", thread=""))),
        (Outcome.DUPLICATED, (WAITING, replace(WHOLE, ts="13.0"))),
        (Outcome.DUPLICATED, (WHOLE, replace(WAITING, ts="13.0"))),
        (Outcome.DUPLICATED, (WHOLE, replace(NO, ts="13.0"))),
        (Outcome.DUPLICATED, (SORRY, replace(SORRY, ts="13.0"))),
        (Outcome.DUPLICATED, (WAITING, replace(WAITING, ts="13.0"))),
        (Outcome.DUPLICATED, (IN_FILE, replace(IN_FILE, ts="13.0"))),
    ],
)  # fmt: skip
def test_what_stands_in_the_thread_is_judged(expected: Outcome, posts: tuple[Post, ...]) -> None:
    """From the bot's messages and from what the tenant said; every way to be wrong has its row."""
    assert outcome(*posts) is expected


def test_a_question_that_was_asked_twice_is_duplicated() -> None:
    """However well the answer looks."""
    assert outcome(WHOLE, tenant=replace(TOLD, asked={1: 2})) is Outcome.DUPLICATED


def test_an_answer_that_the_tenant_never_gave_is_none() -> None:
    """The parts must be those of the tenant's answer, and all of them."""
    assert outcome(WHOLE, tenant=replace(TOLD, told={1: 3})) is Outcome.LOST


def test_what_the_app_never_got_is_not_lost_by_it() -> None:
    """Slack told the person of a command, or gave up; where the app answers all the same, that counts."""
    unheard = replace(PUT, delivered=False)
    assert outcome(put=unheard) is Outcome.NOT_DELIVERED
    assert outcome(WHOLE, put=unheard) is Outcome.ANSWERED
    assert outcome(WAITING, put=unheard) is Outcome.LOST


@pytest.mark.parametrize(
    ("expected", "posts"),
    [
        (Outcome.ANSWERED, (ROOT, replace(WHOLE, thread="11.0"))),
        (Outcome.LOST, (ROOT,)),
        (Outcome.LOST, (ROOT, replace(WAITING, thread="11.0"))),
        (Outcome.FAILED, (ROOT, replace(SORRY, thread="11.0"))),
        (Outcome.DUPLICATED, (ROOT, replace(ROOT, ts="11.5"), replace(WHOLE, thread="11.0"))),
        (
            Outcome.DUPLICATED,
            (ROOT, replace(WHOLE, thread="11.0"), replace(WAITING, thread="11.0", ts="13.0")),
        ),
    ],
)
def test_a_command_is_answered_under_the_question_that_the_bot_posts(
    expected: Outcome, posts: tuple[Post, ...]
) -> None:
    """The posted question is no answer, and must not stand there twice."""
    assert outcome(*posts, put=COMMAND) is expected


def test_messages_without_a_number_go_to_the_questions_that_have_none() -> None:
    """In the order of asking; a word in one thread is no answer in another."""
    puts = [PUT, replace(PUT, number=2, ts="10.5"), Put(3, "C1", "11.0", "11.0", "U1")]
    found = judge(puts, [WHOLE, replace(SORRY, ts="13.0")], TOLD)
    assert [case.outcome for case in found.cases] == [Outcome.ANSWERED, Outcome.FAILED, Outcome.LOST]


def test_messages_of_one_turn_are_one_questions() -> None:
    """Half an answer and the sentence about it are told together, whatever else is asked in the thread."""
    puts = [PUT, replace(PUT, number=2, ts="10.5")]
    posts = [
        replace(HALF, turn="t1"),
        replace(WAITING, ts="12.5", turn="t2"),
        replace(SORRY, ts="13.0", turn="t1"),
    ]
    found = judge(puts, posts, TOLD)
    assert [case.outcome for case in found.cases] == [Outcome.FAILED, Outcome.LOST]
    twice = judge(puts, [*posts, replace(WAITING, ts="14.0", turn="t2")], TOLD)
    assert [case.outcome for case in twice.cases] == [Outcome.FAILED, Outcome.DUPLICATED]


def test_a_message_before_a_question_is_not_its_answer() -> None:
    """Nobody answers what is not asked yet."""
    late = replace(PUT, ts="20.0")
    found = judge([late], [WAITING], TOLD)
    assert found.cases[0].outcome is Outcome.LOST
    assert found.strays == (WAITING,)


def test_what_is_nobodys_counts_as_too_much() -> None:
    """A placeholder somewhere in the workspace that no question explains."""
    found = judge([PUT], [WHOLE, replace(WAITING, channel="C9", thread="")], TOLD)
    assert found.count(Outcome.DUPLICATED) == 1
    assert not found.good
    assert not found.at_rest


def test_numbers_are_counted() -> None:
    """What is printed is what was found."""
    cases = (Case(PUT, Outcome.ANSWERED), Case(PUT, Outcome.ANSWERED), Case(PUT, Outcome.FAILED))
    found = Verdict(cases)
    assert (found.asked, found.count(Outcome.ANSWERED), found.count(Outcome.FAILED)) == (3, 2, 1)
    assert found.good
    assert found.at_rest
    assert not Verdict((*cases, Case(PUT, Outcome.LOST))).good


@st.composite
def threads(draw: st.DrawFn) -> tuple[list[Put], list[Post]]:
    """Questions in a few threads and their answers, in order, each in one message or in two."""
    puts, posts = [], []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        root = f"{draw(st.integers(1, 3))}.0"
        puts.append(Put(number, "C1", f"{10 + number}.0", root, "U1"))
        texts = draw(st.sampled_from([[part(number, 1, 2)], [part(number, 1), part(number, 2)]]))
        posts += [Post("C1", f"{50 + 2 * number}.{at}", root, text) for at, text in enumerate(texts)]
    return puts, posts


@given(threads(), st.data())
def test_one_thing_that_is_broken_is_found_and_nothing_else(
    thread: tuple[list[Put], list[Post]], data: st.DataObject
) -> None:
    """Take one message away, repeat one, or leave one running: just that question is told of."""
    puts, posts = thread
    tenant = Tenant({put.number: 1 for put in puts}, {put.number: 2 for put in puts})
    assert judge(puts, posts, tenant).count(Outcome.ANSWERED) == len(puts)

    place = data.draw(st.integers(0, len(posts) - 1))
    (number,) = posts[place].numbers
    for broken, expected in (
        (posts[:place] + posts[place + 1 :], Outcome.LOST),
        ([*posts, replace(posts[place], ts="99.0")], Outcome.DUPLICATED),
        ([*posts[:place], replace(posts[place], running=True), *posts[place + 1 :]], Outcome.LOST),
    ):
        found = {case.put.number: case.outcome for case in judge(puts, broken, tenant).cases}
        assert found.pop(number) is expected
        assert set(found.values()) <= {Outcome.ANSWERED}
