"""Code blocks, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import fences


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("```sql\n", "```"),
        ("~~~~", "~~~~"),
        ("   ```", "   ```"),
        ("- ```sql", "  ```"),
        ("10. ```", "    ```"),
        ("```a``` b", ""),
        ("text ```", ""),
        ("``", ""),
    ],
)
def test_fence_marker(line: str, marker: str) -> None:
    """A line that opens a code block tells what closes it, at the place where the code stands."""
    assert fences.fence_marker(line) == marker


@pytest.mark.parametrize(
    ("line", "marker", "closes"),
    [("```", "```", True), ("  `````\n", "```", True), ("``", "```", False), ("``` x", "```", False)],
)
def test_closes_fence(line: str, marker: str, *, closes: bool) -> None:
    """As many of the same marks or more, alone on a line, end a code block."""
    assert fences.closes_fence(line, marker) is closes


def test_last_fence() -> None:
    """The end of the last code block, or the marker of one that is open."""
    assert fences.last_fence("a\n```\nb\n```\nc") == (len("a\n```\nb\n```\n"), "")
    assert fences.last_fence("a\n  ~~~\nb") == (0, "  ~~~")
    assert fences.last_fence("") == (0, "")


def test_closing() -> None:
    """An open code block is closed on a line of its own."""
    assert fences.closing("```\nx", "```") == "\n```"
    assert fences.closing("```\nx\n", "```") == "```"
    assert not fences.closing("x", "")


@given(lead=st.sampled_from(("", "  ", "- ", "1. ", "* - ")), mark=st.sampled_from(("```", "~~~~")))
def test_a_line_is_undecided_until_it_opens_a_block(lead: str, mark: str) -> None:
    """No beginning of a line that opens a code block is taken for text."""
    line = f"{lead}{mark}sql"
    assert all(fences.undecided(line[:end]) for end in range(len(line) + 1))


@pytest.mark.parametrize("line", ["text", "- item", "1. one", "``code`` x", "x `"])
def test_text_is_decided(line: str) -> None:
    """A line that can no longer open a code block is text at once."""
    assert not fences.undecided(line)
