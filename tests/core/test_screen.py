"""What reaches a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core import screen


def test_nothing_that_a_terminal_obeys_is_left() -> None:
    """Escapes, bells and backspaces are gone; lines and tabs stay."""
    assert screen.safe("a\x1b[2Jb\x07\x08\x9b1m\tc\r\nd\re") == "a[2Jb1m\tc\nde"


@given(st.text())
def test_text_without_control_characters_stays_as_it_is(text: str) -> None:
    """Once made safe, nothing changes any more."""
    once = screen.safe(text)
    assert screen.safe(once) == once
    assert all(char.isprintable() or char in "\t\n" or ord(char) >= 0xA0 for char in once)
