"""Markdown as a flat list of what is drawn."""

import pytest

from bot.core.render import document
from bot.core.render.document import Kind, Leaf


def _leaves(text: str) -> list[Leaf]:
    return [leaf for passage in document.passages(text) for leaf in passage.leaves or ()]


def _marks(leaf: Leaf) -> list[str]:
    return [level.mark for level in leaf.levels]


def test_kinds_in_their_order() -> None:
    """Everything that is drawn by itself is one leaf."""
    text = "# h\n\ntext\n\n```sql x\ncode\n```\n---\n| a | b |\n|:--|--:|\n| 1 |\n"
    leaves = _leaves(text)
    assert [leaf.kind for leaf in leaves] == [
        Kind.HEADING,
        Kind.PARAGRAPH,
        Kind.CODE,
        Kind.RULE,
        Kind.TABLE,
    ]
    code, table = leaves[2], leaves[4]
    assert (code.mark, code.language, code.text) == ("```", "sql", "code\n")
    assert table.aligns == ("left", "right")
    assert [[document.visible(cell) for cell in row] for row in table.rows] == [["a", "b"], ["1", ""]]
    assert [passage.gap for passage in document.passages(text)] == [False, True, True, False, False]


def test_levels_are_shared() -> None:
    """Leaves of one list item or quote share it; another item is another one."""
    first, inner, second = _leaves("- a\n\n  > b\n- c")
    assert [_marks(leaf) for leaf in (first, inner, second)] == [["-"], ["-", ">"], ["-"]]
    assert first.levels[0] is inner.levels[0]
    assert first.levels[0] is not second.levels[0]
    assert [leaf.gap for leaf in (first, inner, second)] == [False, True, False]


def test_an_empty_item_is_kept() -> None:
    """An item without text is a paragraph without text."""
    assert [_marks(leaf) for leaf in _leaves("3. a\n4.\n5. b")] == [["3."], ["4."], ["5."]]


@pytest.mark.parametrize("text", ["<b>x</b>", "<div>\nx\n</div>", "[x]: https://a.b", "    x"])
def test_left_out_of_the_dialect(text: str) -> None:
    """HTML, reference definitions and indented lines are text."""
    (leaf,) = _leaves(text)
    assert leaf.kind is Kind.PARAGRAPH
    assert document.visible(leaf.inline).split() == text.split()


def test_what_reading_would_lose_is_known() -> None:
    """Where the parser would drop words, only the source is given."""
    deep, wide, fine = document.passages("> " * 30 + "a\n\n| a |\n|---|\n| 1 | 2 |\n\n| a |\n|---|\n| 1 |\n")
    assert deep.leaves is None
    assert deep.source.endswith("> a")
    assert wide.leaves is None
    assert wide.source == "| a |\n|---|\n| 1 | 2 |"
    assert fine.leaves is not None


def test_an_absurd_table_is_text() -> None:
    """A table whose short rows would be padded to a multitude of cells is not read as one."""
    (leaf,) = _leaves("|a" * 100 + "\n" + "|-" * 100 + "\n" + "x\n" * 3000)
    assert leaf.kind is Kind.PARAGRAPH


def test_slacks_own_links_are_read() -> None:
    """A link as Slack writes it is a link, with its label."""
    (leaf,) = _leaves("see <https://a.b/c|the docs>, x < y")
    assert [token.type for token in leaf.inline] == ["text", "link_open", "text", "link_close", "text"]
    assert document.visible(leaf.inline) == "see the docs, x < y"


def test_with_breaks() -> None:
    """HTML's line breaks are newlines."""
    assert document.with_breaks("a<br>b<BR />c<b>") == "a\nb\nc<b>"
