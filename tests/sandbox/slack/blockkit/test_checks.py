from __future__ import annotations

import math

import pytest

from bot.sandbox.slack.blockkit import checks
from bot.sandbox.slack.blockkit.checks import Check
from bot.sandbox.slack.blockkit.report import Report


def found(check: Check, value: object) -> list[str]:
    """What a check says about a value at ``/x``."""
    report = Report("message")
    check(value, "/x", report)
    return [str(problem) for problem in report.problems]


TEXT = checks.text_object(5)
PERSON = checks.shape({"name": checks.string(5, 1)}, {"age": checks.integer(0, 120)})

GOOD: list[tuple[Check, object]] = [
    (checks.anything, object()),
    (checks.string(3), "abc"),
    (checks.string(3), ""),
    (checks.boolean, False),
    (checks.integer(1, 3), 3),
    (checks.number, 1.5),
    (checks.number, -1),
    (checks.one_of("a", "b"), "b"),
    (checks.array(checks.boolean, 0, 2), [True, False]),
    (checks.array(checks.boolean, 0, 2), ()),
    (PERSON, {"name": "ada", "age": 36, "type": "person"}),
    (checks.typed({"a": checks.anything}), {"type": "a"}),
    (checks.either("a", "b"), {"a": 1, "b": 2}),
    (TEXT, {"type": "plain_text", "text": "hello", "emoji": True}),
    (TEXT, {"type": "mrkdwn", "text": "hello", "verbatim": False}),
    (checks.plain(5), {"type": "plain_text", "text": "hi"}),
    (checks.unique("id", "twice"), [{"id": "a"}, {"id": "b"}, {}, {}]),
]


@pytest.mark.parametrize(("check", "value"), GOOD)
def test_what_is_right_is_not_mentioned(check: Check, value: object) -> None:
    """A rule that is kept makes no problem."""
    assert found(check, value) == []


BAD: list[tuple[Check, object, str]] = [
    (checks.string(3), "abcd", "must be less than 4 characters [json-pointer:/x]"),
    (checks.string(3, 1), "", "must be more than 0 characters [json-pointer:/x]"),
    (checks.string(3), 3, "must be a string [json-pointer:/x]"),
    (checks.boolean, "true", "must be a boolean [json-pointer:/x]"),
    (checks.integer(1, 3), 4, "must be an integer from 1 to 3 [json-pointer:/x]"),
    (checks.integer(1, 3), True, "must be an integer from 1 to 3 [json-pointer:/x]"),
    (checks.integer(1, 3), 1.0, "must be an integer from 1 to 3 [json-pointer:/x]"),
    (checks.number, math.nan, "must be a number [json-pointer:/x]"),
    (checks.number, True, "must be a number [json-pointer:/x]"),
    (checks.one_of("a", "b"), "c", "must be one of: a, b [json-pointer:/x]"),
    (checks.array(checks.boolean, 1, 2), [], "no fewer than 1 items allowed [json-pointer:/x]"),
    (checks.array(checks.boolean, 1, 2), [True] * 3, "no more than 2 items allowed [json-pointer:/x]"),
    (checks.array(checks.boolean, 1, 2), [True, 0], "must be a boolean [json-pointer:/x/1]"),
    (checks.array(checks.boolean, 1, 2), "ab", "must be an array [json-pointer:/x]"),
    (PERSON, {}, "missing required field: name [json-pointer:/x]"),
    (PERSON, {"name": "ada", "shoe": 38}, "invalid additional property: shoe [json-pointer:/x]"),
    (PERSON, {"name": ""}, "must be more than 0 characters [json-pointer:/x/name]"),
    (PERSON, [], "must be an object [json-pointer:/x]"),
    (checks.typed({"a": checks.anything}), {"type": "b"}, "unsupported type: b [json-pointer:/x/type]"),
    (checks.typed({"a": checks.anything}), {}, "missing required field: type [json-pointer:/x]"),
    (checks.typed({"a": checks.anything}), None, "must be an object [json-pointer:/x]"),
    (checks.either("a", "b"), {"a": None}, "missing required field: a or b [json-pointer:/x]"),
    (
        checks.either("a", "b", exactly=True),
        {"a": 1, "b": 2},
        "only one of these is allowed: a, b [json-pointer:/x]",
    ),
    (
        TEXT,
        {"type": "plain_text", "text": "too long"},
        "must be less than 6 characters [json-pointer:/x/text]",
    ),
    (
        TEXT,
        {"type": "mrkdwn", "text": "x", "emoji": True},
        "invalid additional property: emoji [json-pointer:/x]",
    ),
    (checks.plain(5), {"type": "mrkdwn", "text": "x"}, "unsupported type: mrkdwn [json-pointer:/x/type]"),
    (checks.unique("id", "twice"), [{"id": "a"}, {"id": "a"}], "twice [json-pointer:/x/1/id]"),
]


@pytest.mark.parametrize(("check", "value", "problem"), BAD)
def test_what_is_wrong_is_named_with_its_place(check: Check, value: object, problem: str) -> None:
    """One broken rule is one problem, in Slack's words."""
    assert found(check, value) == [problem]


def test_both_checks_are_made() -> None:
    """A value may break two rules at once, and both are told."""
    assert len(found(checks.both(checks.string(1), checks.one_of("a")), "bb")) == 2
