"""Cutting a long text: nothing lost, nothing too long, nothing moved later."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.render import markdown, pieces
from bot.core.render.text import units

ROOM = 400

#: Lines that make paragraphs, code blocks, tables, quotes and half of them.
LINES = st.sampled_from(
    (
        "",
        "   ",
        "A sentence that is long enough to matter. And another one.",
        "word " * 60,
        "x" * 700,
        "<!channel> <@U123> [a](http://b.c) [x]: y",
        "```sql",
        "```",
        "``",
        "~~~~",
        "    ```",
        "select 1 -- `tick`",
        "| a | b |",
        "|---|---|",
        "| 1 | 2 |",
        "| " + "wide " * 30 + "|",
        "## Heading",
        "> quote",
        "😀" * 90,
        "\u2028odd\x0b",
    )
)
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


@given(text=TEXTS, first=st.integers(-5, ROOM))
def test_nothing_is_lost(text: str, first: int) -> None:
    """The sources of the pieces are the text, in order."""
    made = pieces.cut(text, first=first, room=ROOM)
    assert "".join(piece.source for piece in made) == text


@given(text=TEXTS, first=st.integers(0, ROOM))
def test_no_piece_exceeds_its_room(text: str, first: int) -> None:
    """Made safe for Slack, every piece fits, apart from a fence that closes at its end."""
    slack_for_tail = 140
    made = pieces.cut(text, first=first, room=ROOM)
    assert pieces.weight(made[0].text) <= first + slack_for_tail
    for piece in made[1:]:
        assert units(markdown.safe(piece.text)) <= pieces.weight(piece.text) <= ROOM + slack_for_tail


@given(text=TEXTS, first=st.integers(0, ROOM), data=st.data())
def test_earlier_pieces_never_change(text: str, first: int, data: st.DataObject) -> None:
    """While a text grows, all pieces but its last stay exactly as they were."""
    whole = pieces.cut(text, first=first, room=2500)
    end = data.draw(st.integers(0, len(text)))
    part = pieces.cut(text[:end], first=first, room=2500)
    assert part[:-1] == whole[: len(part) - 1]


@given(data=st.data(), lines=st.lists(LINES, min_size=20, max_size=120))
def test_earlier_pieces_never_change_at_real_size(data: st.DataObject, lines: list[str]) -> None:
    """The same holds for long texts under the real limits."""
    text = "\n".join(lines)
    end = data.draw(st.integers(0, len(text)))
    part, whole = pieces.cut(text[:end]), pieces.cut(text)
    assert part[:-1] == whole[: len(part) - 1]


@pytest.mark.parametrize(
    "text", ["a" + "\n" * 3000, "```\na\n```\n" + "  \n" * 3000, "a\n" + " " * 3000 + "\n"]
)
def test_blank_lines_are_cut_too(text: str) -> None:
    """A multitude of blank lines makes no piece too long, and asked for the first ones they are the same."""
    made = pieces.cut(text, first=ROOM, room=ROOM)
    assert "".join(piece.source for piece in made) == text
    assert max(pieces.weight(piece.source) for piece in made) <= ROOM + 20
    assert [piece.text for piece in made if piece.text] == [text.strip()]
    assert [piece.text for piece in pieces.cut(text, first=ROOM, room=ROOM, most=1)] == [text.strip()]


@given(text=TEXTS)
@example("    ```\n" + "x" * 327 + "\nA sentence that is long.\n    ```\n\n")
def test_every_piece_closes_its_code_blocks(text: str) -> None:
    """No piece leaves a code block open, so that buttons and footers never end up in code."""
    for piece in pieces.cut(text, first=ROOM, room=ROOM):
        marker = ""
        for line in piece.text.split("\n"):
            if marker and markdown.closes_fence(line, marker):
                marker = ""
            else:
                marker = marker or markdown.fence_marker(line)
        assert not marker


def test_paragraphs_stay_whole() -> None:
    """A text is cut between paragraphs."""
    paragraph = "Revenue grew in every region. " * 8 + "\n\n"
    made = pieces.cut(paragraph * 4, first=300, room=600)
    assert [piece.source for piece in made] == [paragraph, paragraph * 2, paragraph]


def test_code_block_moves_whole_when_it_fits() -> None:
    """A code block that fits into a message of its own is not cut."""
    text = "Intro.\n\n```sql\n" + "select 1;\n\n" * 20 + "```\n\nOutro."
    made = pieces.cut(text, first=100, room=400)
    assert [piece.text for piece in made] == ["Intro.", text[len("Intro.\n\n") :]]


def test_long_code_block_is_closed_and_reopened() -> None:
    """A code block that is too long goes on in the next message with its language."""
    text = "```sql\n" + "select 1;\n" * 100 + "```\nDone."
    made = pieces.cut(text, first=400, room=400)
    assert all(piece.text.startswith("```sql\nselect 1;") for piece in made)
    assert all(piece.text.endswith("select 1;\n```") for piece in made[:-1])
    assert made[-1].text.endswith("```\nDone.")


def test_long_table_repeats_its_header() -> None:
    """A table that is too long goes on in the next message under its header."""
    header = "| region | revenue |\n|---|---:|\n"
    made = pieces.cut(header + "| north | 12 |\n" * 100, first=400, room=400)
    assert len(made) > 2
    assert all(piece.text.startswith(header + "| north | 12 |") for piece in made)
    assert all(piece.text.endswith("| north | 12 |") for piece in made)


def test_long_paragraph_is_cut_at_a_sentence() -> None:
    """A paragraph that is too long alone is cut after a sentence."""
    made = pieces.cut("This is a sentence. " * 100, first=400, room=400)
    assert all(piece.text.rstrip().endswith("sentence.") for piece in made)


def test_blank_piece_says_nothing() -> None:
    """Where nothing fits into the first message, its piece is empty."""
    made = pieces.cut("word " * 20, first=10, room=400)
    assert [piece.text for piece in made] == ["", ("word " * 20).rstrip()]


@given(text=TEXTS, first=st.integers(-5, ROOM), most=st.integers(1, 5))
def test_the_first_pieces_are_the_same_alone(text: str, first: int, most: int) -> None:
    """Asked for only so many pieces, the cut is the same up to there."""
    whole = pieces.cut(text, first=first, room=ROOM)
    part = pieces.cut(text, first=first, room=ROOM, most=most)
    assert part == whole[:most]


@pytest.mark.parametrize(
    "unit", ["x", "word ", "A sentence. ", "line\n", "```\n", "| a | b |\n", "\n", "😀<@", "- ```\n"]
)
def test_a_megabyte_is_cut_in_a_moment(unit: str) -> None:
    """However long a text is, cutting it takes a time that grows only with its length."""
    text = "| a | b |\n|---|---|\n" + unit * (1_000_000 // len(unit))
    start = time.process_time()
    made = pieces.cut(text)
    assert "".join(piece.source for piece in made) == text
    assert time.process_time() - start < 5


def test_a_code_block_in_a_list_is_closed_where_it_stands() -> None:
    """What closes a code block inside a list item is indented as the code is, else it would open another."""
    made = pieces.cut("1. run\n   ```sql\n" + "   select 1;\n" * 60, first=400, room=400)
    assert made[1].text.startswith("   ```sql\n   select 1;")
    assert all(piece.text.endswith("\n   ```") for piece in made[1:])


@pytest.mark.parametrize("head", ["| " + "a" * 380 + " |\n|---|\n", "```" + "<" * 99 + "\n"])
def test_a_head_that_takes_all_the_room_is_not_repeated(head: str) -> None:
    """Where what would be repeated leaves no room, the rest goes on without."""
    made = pieces.cut(head + "| b |\n" * 200, first=400, room=400)
    assert 2 < len(made) < 20
    assert all(not piece.text.startswith(head) for piece in made[1:])


@pytest.mark.parametrize("length", range(380, 402))
def test_no_empty_code_block_follows(length: int) -> None:
    """Where a code block ends with the message, none is opened in the next one only to be closed."""
    made = pieces.cut("```\n" + "x" * length + "\n```\n\n", first=400, room=400)
    assert all("x" in piece.text for piece in made if piece.text)
