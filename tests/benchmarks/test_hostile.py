"""The figures of the hostile answers."""

from __future__ import annotations

import re

from benchmarks import hostile


def test_a_few_answers_are_tried() -> None:
    """The test can be run for as many answers as are wanted, and its outcomes add up."""
    name, figure = hostile.row(hostile.tried(5))
    assert name == "5 hostile answers, any call failing"
    assert sum(map(int, re.findall(r"(?<=[;,] )\d+", figure))) == 5


def test_an_answer_that_is_lost_is_a_bad_figure() -> None:
    """Where the test fails, the row says so instead of being left out."""
    assert hostile.row("1 failed in 3 s")[1].startswith("the rule did not hold")
