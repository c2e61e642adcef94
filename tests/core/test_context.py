"""What somebody who joins a thread brings along."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import context
from bot.core.context import CONTEXT_CHARS, MOST_QUESTIONS, QUESTION_CHARS, Asked

ADA, GRACE = "person-ada", "person-grace"
SALES, WEATHER = "d-sales", "d-weather"


def asked(text: str, *, identity: str = ADA, domain: str = SALES, turn: str = "t") -> Asked:
    return Asked(turn, identity, domain, text)


def unseen(*questions: Asked, identity: str | None = GRACE, domain: str = SALES) -> tuple[str, ...]:
    return context.unseen(questions, identity=identity, domain=domain)


def test_a_second_person_learns_what_was_asked() -> None:
    """In the order in which it was asked."""
    assert unseen(asked("Revenue?"), asked("And by stage?", identity="person-linus")) == (
        "Revenue?",
        "And by stage?",
    )


def test_ones_own_questions_are_known_already() -> None:
    """A conversation remembers its own; only what others asked after the last of them is new to it."""
    thread = [asked("1"), asked("2", identity=GRACE), asked("3"), asked("4")]
    assert unseen(*thread) == ("3", "4")
    assert unseen(*thread, asked("5", identity=GRACE)) == ()


def test_a_new_conversation_knows_nothing() -> None:
    """Where none is continued, whoever asked before is told, and be it the same person."""
    assert unseen(asked("1"), asked("2", identity=GRACE), asked("3"), identity=None) == ("1", "2", "3")


def test_a_shared_answer_belongs_to_nobody() -> None:
    """Its question is new to everybody, also to who asked it in private."""
    assert unseen(asked("1"), asked("2", identity="")) == ("1", "2")
    assert unseen(asked("1"), asked("2", identity=""), identity=None) == ("1", "2")


def test_other_data_are_another_matter() -> None:
    """What was asked of another domain says nothing here, and one's own question there changes nothing."""
    thread = [
        asked("Rain?", domain=WEATHER),
        asked("Revenue?"),
        asked("Sun?", identity=GRACE, domain=WEATHER),
    ]
    assert unseen(*thread) == ("Revenue?",)
    assert unseen(*thread, domain=WEATHER) == ()


def test_the_newest_questions_count() -> None:
    """At most ten, and together no more than the room for them."""
    assert unseen(*[asked(str(number)) for number in range(30)]) == tuple(map(str, range(20, 30)))
    long = unseen(*[asked(f"{number} " + "x" * 500) for number in range(8)])
    assert [text[:1] for text in long] == ["2", "3", "4", "5", "6", "7"]


def test_questions_of_nothing_are_left_out() -> None:
    """White space and what nobody sees are no question."""
    assert unseen(asked(" \n "), asked("\u200b"), asked("Revenue?")) == ("Revenue?",)


# -- composed --------------------------------------------------------------------------------------------


def test_a_question_without_a_past_is_sent_as_it_is() -> None:
    """Nothing is wrapped around the first question of a thread."""
    assert context.composed("  Revenue?\nBy stage ", ()) == "  Revenue?\nBy stage "


def test_what_was_asked_before_stands_above_the_question() -> None:
    """Numbered and marked as context, with the question at the end, as it was written."""
    assert context.composed("as a\npie", ("Revenue?", "By stage?")) == (
        "Earlier questions in this thread, asked by others (context only):\n"
        "1. Revenue?\n"
        "2. By stage?\n"
        "\n"
        "The question to answer: as a\npie"
    )


def test_the_same_question_again_needs_no_context_of_itself() -> None:
    """Who asks what somebody asked before asks only that."""
    assert context.composed("Revenue?\n", ("Revenue?",)) == "Revenue?\n"
    assert "1. By stage?" in context.composed("Revenue?", ("Revenue?", "By stage?"))


# -- whatever people wrote -------------------------------------------------------------------------------

#: Everything that breaks a line somewhere, and what a list is made of.
_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
texts = st.text(
    st.sampled_from(f"ab1. \t{_BREAKS}\u200b\u202e0123456789:#-*") | st.characters(), max_size=400
)
threads = st.lists(
    st.builds(Asked, st.text(max_size=3), st.sampled_from([ADA, GRACE, ""]), st.just(SALES), texts),
    max_size=40,
)


@given(threads, st.none() | st.sampled_from([ADA, GRACE, ""]))
def test_context_keeps_its_limits(thread: list[Asked], identity: str | None) -> None:
    """However much was asked, and however long it was."""
    found = context.unseen(thread, identity=identity, domain=SALES)
    assert len(found) <= MOST_QUESTIONS
    assert all(0 < len(text) <= QUESTION_CHARS for text in found)
    assert sum(map(len, found)) <= CONTEXT_CHARS


@given(threads, texts)
def test_no_earlier_question_breaks_out_of_its_line(thread: list[Asked], question: str) -> None:
    """None begins an item of its own, ends the list, or passes itself off as the question to answer."""
    earlier = context.unseen(thread, identity=None, domain=SALES)
    composed = context.composed(question, earlier)
    if composed == question:
        return
    head = composed.removesuffix(question).splitlines()
    numbered, (gap, last) = head[1:-2], head[-2:]
    assert [int(re.match(r"(\d+)\. \S", line)[1]) for line in numbered] == [  # type: ignore[index]  # matches
        number + 1 for number in range(len(numbered))
    ]
    assert (gap, last) == ("", "The question to answer: ")


@given(threads)
def test_what_one_asked_oneself_is_never_repeated(thread: list[Asked]) -> None:
    """After one's own question, the conversation gets nothing that was asked before it."""
    own = next((at for at in reversed(range(len(thread))) if thread[at].identity == GRACE), -1)
    after = context.unseen(thread[own + 1 :], identity=GRACE, domain=SALES)
    assert context.unseen(thread, identity=GRACE, domain=SALES) == after


@pytest.mark.parametrize("question", ["", " "])
def test_an_empty_question_has_no_twin(question: str) -> None:
    """It does not take the others with it."""
    assert "1. Revenue?" in context.composed(question, ("Revenue?",))
