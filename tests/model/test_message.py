"""What stands in Slack."""

from __future__ import annotations

from bot.model import Draft


def test_equal_drafts_are_equal() -> None:
    """What is shown already is recognised by its content, and costs no edit."""
    blocks = ({"type": "divider"},)
    assert Draft("a", blocks) == Draft("a", ({"type": "divider"},))
    assert Draft("a", blocks) != Draft("a", blocks, file_ids=("F1",))
