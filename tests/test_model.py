"""The nouns of the project."""

from __future__ import annotations

import dataclasses
import inspect
import pickle

import pytest

from bot import model
from bot.model import Answer, ChartKind, ChartSpec, Draft, Series, ThreadKey

DATACLASSES = [
    kind for _, kind in inspect.getmembers(model, inspect.isclass) if dataclasses.is_dataclass(kind)
]


@pytest.mark.parametrize("kind", DATACLASSES, ids=lambda kind: kind.__name__)
def test_values_never_change(kind: type) -> None:
    """A value that went to another part of the app is what it was, for ever."""
    parameters = kind.__dataclass_params__  # type: ignore[attr-defined]  # set by the decorator
    assert parameters.frozen
    assert hasattr(kind, "__slots__")


def test_threads_are_told_apart_by_all_three_parts() -> None:
    """Two teams or channels may well have a message with the same ts."""
    keys = {str(ThreadKey(team, channel, ts)) for team in "AB" for channel in "CD" for ts in ("1.0", "2.0")}
    assert len(keys) == 8


def test_equal_drafts_are_equal() -> None:
    """What is shown already is recognised by its content, and costs no edit."""
    blocks = ({"type": "divider"},)
    assert Draft("a", blocks) == Draft("a", ({"type": "divider"},))
    assert Draft("a", blocks) != Draft("a", blocks, file_ids=("F1",))


def test_a_chart_crosses_to_another_process() -> None:
    """What the worker needs survives the way there."""
    spec = ChartSpec(ChartKind.BAR, "Revenue", ("a", "b"), (Series("amount", (1.5, None)),))
    assert pickle.loads(pickle.dumps(spec)) == spec  # noqa: S301 - made in the line itself


def test_an_answer_begins_empty_and_running() -> None:
    """Before anything was heard there is nothing to show, and nothing has gone wrong."""
    assert Answer() == Answer(parts=(), status="", errors=(), in_progress=True, cancelled=False, doubt=False)
