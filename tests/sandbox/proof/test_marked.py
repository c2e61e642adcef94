"""Questions with numbers, and answers that say them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.context import composed
from bot.sandbox.proof.marked import (
    LONG,
    MarkedAnalyst,
    asked_of,
    distinct_keys,
    numbered,
    numbers_of,
    parts_of,
)
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.reply import Text, Visual

SALES = "ET_DOMAIN_sales"


def said(analyst: MarkedAnalyst, question: str) -> str:
    """All text of an answer."""
    reply = analyst.answer(SALES, question, None, scope=(), sql=True)
    return "".join(step.markdown for step in reply.steps if isinstance(step, Text))


@pytest.fixture(name="analyst", scope="module")
def _analyst() -> MarkedAnalyst:
    return MarkedAnalyst(Analyst(date(2026, 11, 28)))


@given(st.integers(1, 99999), st.lists(st.integers(1, 99999), max_size=3))
def test_a_question_is_told_from_those_before_it(number: int, earlier: list[int]) -> None:
    """What others asked before comes along in the same text, and is not what is asked."""
    before = [numbered("Revenue by stage", each) for each in earlier]
    assert asked_of(composed(numbered("And by region?", number), before)) == number


def test_a_question_without_a_number_has_none() -> None:
    """Somebody else's question is not counted as one of ours."""
    assert asked_of("Revenue by stage") is None
    assert numbers_of("a (No. 3) b (No. 4)") == (3, 4)


@pytest.mark.parametrize(
    "question", ["Expected revenue by stage as a pie chart", f"Open deals {LONG}", "Hm?"]
)
def test_every_part_of_an_answer_is_there_once(analyst: MarkedAnalyst, question: str) -> None:
    """Marks are counted up without a gap, to as many as the analyst says that it told."""
    parts = parts_of(said(analyst, numbered(question, 7)))
    assert parts == tuple((7, part) for part in range(1, analyst.told[7] + 1))
    assert len(parts) > 1


def test_the_answer_is_the_analysts_own(analyst: MarkedAnalyst) -> None:
    """The number changes nothing in what is computed, and a question without one gets no marks."""
    question = "Expected revenue by stage as a pie chart"
    plain = analyst.answer(SALES, question, None, scope=(), sql=True)
    marked = analyst.answer(SALES, numbered(question, 8), None, scope=(), sql=True)
    visuals = [[step for step in each.steps if isinstance(step, Visual)] for each in (plain, marked)]
    assert visuals[0] == visuals[1] != []
    assert parts_of(said(analyst, question)) == ()


def test_a_long_answer_does_not_fit_into_one_message(analyst: MarkedAnalyst) -> None:
    """Deaths have to strike answers of several messages, too."""
    assert len(said(analyst, numbered(f"Open deals {LONG}", 9))) > 9_500


def test_the_same_key_is_the_same_question() -> None:
    """Without a key each is another one."""
    assert distinct_keys([(1, "a"), (1, "a"), (2, "a"), (2, "b"), (3, None), (3, None)]) == {1: 1, 2: 2, 3: 2}
