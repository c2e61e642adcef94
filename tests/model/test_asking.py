"""Who asks what, where."""

from __future__ import annotations

from bot.model import ThreadKey


def test_threads_are_told_apart_by_all_three_parts() -> None:
    """Two teams or channels may well have a message with the same ts."""
    keys = {str(ThreadKey(team, channel, ts)) for team in "AB" for channel in "CD" for ts in ("1.0", "2.0")}
    assert len(keys) == 8
