"""Markdown written anew as mrkdwn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import document, mrkdwn
from bot.core.render.mrkdwn import Chunk
from bot.core.render.text import units


def _written(text: str, *, addressed: bool = False) -> str:
    return mrkdwn.joined(mrkdwn.chunks(document.passages(text), addressed=addressed))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**b** *i* _i_ ~~s~~ `c`", "*b* _i_ _i_ ~s~ `c`"),
        ("# A **b** * c\ntext", "*A b ∗ c*\ntext"),
        ("- a\n  - b\n    c\n1. d", "• a\n    • b\n        c\n1. d"),
        ("- [ ] a\n- [x] b\n1. [X] c", "☐ a\n☑ b\n1. ☑ c"),
        ("> a\n> b\n>> - c", "> a\n> b\n> • c"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("```sql\na `b`\n```", "```a 'b'```"),
        ("a ``` b", "a ''' b"),
        ("`` a`b ``", "`a'b`"),
        ("a<br>b &amp; <!here>", "a\nb &amp; &lt;!here&gt;"),
        ("![chart](x.png)", "chart"),
        ("[](https://a.b) <https://a.b/c> [x](y)", "https://a.b https://a.b/c x"),
        ("[bank.example](https://evil.example/x)", "bank.example (evil.example)"),
        ("| a |\n|---|\n| 1 | 2 |", "| a |\n|---|\n| 1 | 2 |"),
    ],
)
def test_dialect(written: str, shown: str) -> None:
    """Each thing has its form in mrkdwn, or reads well without."""
    assert _written(written) == shown


def test_a_narrow_table_is_aligned() -> None:
    """Columns of one width, numbers to the right where the table says so, wide letters counted as two."""
    table = "| city | sum |\n|---|--:|\n| 東京 | 1,200 |\n| **Bonn** `x` | 5 |"
    assert _written(table).split("\n") == [
        "```city      sum",
        "------  -----",
        "東京    1,200",
        "Bonn x      5```",
    ]


def test_a_wide_table_is_read_in_a_row() -> None:
    """A table that would wrap stands line by line."""
    assert _written(f"| {'a' * 40} | {'b' * 40} |\n|---|---|\n| 1 | 2 |") == f"{'a' * 40} · {'b' * 40}\n1 · 2"


def test_addresses_stand_behind_labels() -> None:
    """Where it is asked for, a reader sees where a link leads; a long address is named by its host."""
    assert _written("[docs](https://a.b/c)", addressed=True) == "docs (https://a.b/c)"
    assert _written(f"[docs](https://a.b/{'c' * 300})", addressed=True) == "docs (a.b)"


def test_split_at_lines_and_words() -> None:
    """A long chunk is cut where a reader would."""
    text = "one two\nthree four"
    assert [part.text for part in mrkdwn.split(Chunk(text, code=False, gap=True), 20)] == [
        "one two",
        "three four",
    ]
    assert [part.gap for part in mrkdwn.split(Chunk(text, code=True, gap=True), 20)] == [True, False]


@given(
    text=st.text(st.sampled_from("a 😀\n")) | st.just("&lt;&amp;" * 30),
    room=st.integers(20, 60),
    code=st.booleans(),
)
def test_split_keeps_its_room(text: str, room: int, *, code: bool) -> None:
    """No part is longer than its room, none is empty, no letter is lost, nothing escaped is broken."""
    parts = list(mrkdwn.split(Chunk(text, code, gap=False), room))
    assert all(units(mrkdwn.joined([part])) <= mrkdwn.length(part) <= room for part in parts)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(text.split())
    assert all(part.text.count("&") == part.text.count(";") for part in parts)
