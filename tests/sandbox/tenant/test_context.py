"""Questions that bring along what others asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.context import composed
from bot.sandbox.tenant.context import InContext, read

GIVEN = """Earlier questions in this thread, asked by others (context only):
1. Expected revenue by stage
2. And for EMEA?

The question to answer: And as a pie chart?"""


def test_the_parts_are_told_apart() -> None:
    """The numbered questions come first, the one behind the last colon is asked."""
    assert read(GIVEN) == InContext("And as a pie chart?", ("Expected revenue by stage", "And for EMEA?"))


@pytest.mark.parametrize(
    "text",
    [
        "Others asked:\n1. Total: by stage\n\nNow: why: 1:2?",
        "  Others asked: \n 1. Total: by stage \n\n\nNow:\nwhy: 1:2?\n",
    ],
)
def test_the_words_around_may_be_others(text: str) -> None:
    """Lead sentences are not compared, spaces do not matter, and a question may hold colons."""
    assert read(text) == InContext("why: 1:2?", ("Total: by stage",))


def test_a_question_may_have_several_paragraphs() -> None:
    """Everything behind the colon is the question."""
    assert read("Before:\n1. a\n\nNow: b\n\nc").question == "b\n\nc"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Total amount by stage",
        "Compare these:\n1. won\n2. lost",
        "Others asked\n1. a\n\nNow: b",
        "Others asked:\n1. a\nNow: b",
        "Others asked:\n\n1. a\n\nNow: b",
        "Others asked:\n2. a\n3. b\n\nNow: c",
        "Others asked:\n1. a\n1. b\n\nNow: c",
        "Others asked:\n1. a\n\nNow b",
        "Others asked:\n1. a\n\nNow: ",
        "Others asked:\n- a\n\nNow: b",
    ],
)
def test_any_other_shape_is_a_question(text: str) -> None:
    """What only resembles the shape is taken as it stands."""
    assert read(text) == InContext(text)


# One word each, so that none is the question itself, which the app leaves out.
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=12))
def test_what_the_app_composes_is_read_back(word: str, earlier: list[str]) -> None:
    """The app and its sandbox mean the same shape."""
    question = f"And {word}?"
    assert read(composed(question, earlier)) == InContext(question, tuple(earlier))
