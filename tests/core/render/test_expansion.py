"""Counting the blocks that Slack makes of Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import expansion, markdown
from bot.sandbox.slack.blockkit.expansion import expanded
from tests.core.render.test_pieces import TEXTS

LINES = st.sampled_from((
    *("", "word", "  word", "    word", "# Heading", "#no", "- a", "  - a", "* b", "1. a", "2) b", "-"),
    "> q",
    *("| a | b |", "|---|---|", "---", "===", "***", "```", "```sql", "~~~", "**bold** word", "1", "\t- x"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("markdown", "blocks"),
    [
        ("", 0),
        ("one\nstill one", 1),
        ("one\n\ntwo\n\n", 2),
        ("# one\ntwo", 2),
        ("- a\n  - b\n- c\n    more of c", 1),
        ("1. a\n2. b\n- c", 2),
        ("```\none\n\ntwo\n```\nafter", 2),
        ("Intro\n| a |\n|---|\n| 1 |\nafter", 3),
    ],
)
def test_parts_are_counted(markdown: str, blocks: int) -> None:
    """What stands together as one part is one block."""
    assert expansion.count(markdown) == blocks


@given(text=st.lists(LINES, max_size=20).map("\n".join) | TEXTS)
def test_never_fewer_than_a_parser_finds(text: str) -> None:
    """The count of what is shown may be too high, never too low, so that Slack refuses no message for it."""
    shown = markdown.safe(text)
    assert expansion.count(shown) >= expanded(shown) - (not shown.strip())


@given(text=st.lists(LINES, max_size=20).map("\n".join) | TEXTS, most=st.integers(0, 6), data=st.data())
def test_a_head_stays_as_it_is(text: str, most: int, data: st.DataObject) -> None:
    """It begins the text, holds as many blocks as asked for, and does not change when the text grows."""
    head = expansion.head(text, most)
    assert text.startswith(head)
    assert expansion.count(head) == most or head == text
    part = text[: data.draw(st.integers(0, len(text)))]
    assert expansion.head(part, most) in {part, head}


def test_an_item_that_is_being_written_is_no_block_yet() -> None:
    """The mark of the next item does not end the list."""
    assert [expansion.head(f"- a\n{line}", 1) for line in ("-", "- ", "- b")] == [
        "- a\n-",
        "- a\n- ",
        "- a\n- b",
    ]
    assert expansion.head("- a\n-5", 1) == "- a\n"
