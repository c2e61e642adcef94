from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.slack.blockkit.layouts import SURFACES, block
from bot.sandbox.slack.blockkit.report import Report, Surface

Json = dict[str, Any]


def found(*blocks: Json, surface: Surface = "message") -> list[str]:
    """Problems of these blocks."""
    report = Report(surface)
    for number, each in enumerate(blocks):
        block(each, f"/{number}", report)
    return [str(problem) for problem in report.problems]


@pytest.mark.parametrize(
    ("kind", "surfaces"),
    [
        ("section", {"message", "modal", "home"}),
        ("markdown", {"message"}),
        ("alert", {"modal"}),
        ("data_visualization", {"message", "home"}),
        ("video", {"message", "modal", "home"}),
        ("file", {"message"}),
        ("context_actions", {"message"}),
    ],
)
def test_where_each_kind_may_stand(kind: str, surfaces: set[str]) -> None:
    """The surfaces of each kind."""
    assert {surface for surface, kinds in SURFACES.items() if kind in kinds} == surfaces


def test_a_kind_of_another_surface_is_unsupported() -> None:
    """It is named with its place."""
    problem = "unsupported type: markdown [json-pointer:/0/type]"
    assert found({"type": "markdown", "text": "x"}, surface="modal") == [problem]


def test_block_ids_are_told_apart() -> None:
    """Blocks without an id do not get into each other's way."""
    assert found({"type": "divider"}, {"type": "divider"}) == []
    named = {"type": "divider", "block_id": "b"}
    assert found(named, named) == ["block_id b already exists [json-pointer:/1/block_id]"]


def test_markdown_of_a_message_is_summed() -> None:
    """Two blocks that fit alone may be too much together."""
    half = {"type": "markdown", "text": "x" * 6001}
    assert found(half) == []
    assert found(half, half) == [
        "markdown blocks must have no more than 12000 characters in all [json-pointer:/1/text]"
    ]


def test_a_container_holds_simple_blocks() -> None:
    """Up to ten, and no container in it."""
    divider = {"type": "divider"}
    assert found({"type": "container", "child_blocks": [divider] * 10}) == []
    assert "no more than 10" in found({"type": "container", "child_blocks": [divider] * 11})[0]
    nested = {"type": "container", "child_blocks": [{"type": "container", "child_blocks": [divider]}]}
    assert "unsupported type: container" in found(nested)[0]


def test_a_plan_names_its_tasks_once() -> None:
    """Two tasks with one id could not be updated."""
    card = {"type": "task_card", "task_id": "1", "title": "t", "status": "complete"}
    plan = {"type": "plan", "title": "p", "tasks": [card, card]}
    assert found(plan) == ["task ids must be unique [json-pointer:/0/tasks/1/task_id]"]
    assert "must be one of" in found(card | {"status": "done"})[0]


def test_what_is_no_block() -> None:
    """Junk is a problem, not a crash."""
    report = Report("message")
    junk: tuple[object, ...] = (None, [], "section", 3, {})
    for each in junk:
        block(each, "/0", report)
    assert len(report.problems) == 5
