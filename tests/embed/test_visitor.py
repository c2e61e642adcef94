"""Who has signed in."""

from __future__ import annotations

from bot.embed.visitor import Visitor


def test_the_address_is_not_written_into_a_log() -> None:
    """What a line of the log may show of somebody does not tell who they are elsewhere."""
    assert "ada@" not in repr(Visitor("sub-1", "ada@example.com"))
