"""An answer."""

from __future__ import annotations

from bot.model import Answer


def test_an_answer_begins_empty_and_running() -> None:
    """Before anything was heard there is nothing to show, and nothing has gone wrong."""
    assert Answer() == Answer(parts=(), status="", errors=(), in_progress=True, cancelled=False, doubt=False)
