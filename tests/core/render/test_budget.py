"""Cutting a long text: nothing lost, nothing too long, nothing moved later."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import budget, markdown
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
    pieces = budget.cut(text, first=first, room=ROOM)
    assert "".join(piece.source for piece in pieces) == text


@given(text=TEXTS, first=st.integers(0, ROOM))
def test_no_piece_exceeds_its_room(text: str, first: int) -> None:
    """Made safe for Slack, every piece fits, apart from a fence that closes at its end."""
    slack_for_tail = 140
    pieces = budget.cut(text, first=first, room=ROOM)
    assert budget.weight(pieces[0].text) <= first + slack_for_tail
    for piece in pieces[1:]:
        assert units(markdown.safe(piece.text)) <= budget.weight(piece.text) <= ROOM + slack_for_tail


@given(text=TEXTS, first=st.integers(0, ROOM), data=st.data())
def test_earlier_pieces_never_change(text: str, first: int, data: st.DataObject) -> None:
    """While a text grows, all pieces but its last stay exactly as they were."""
    whole = budget.cut(text, first=first, room=2500)
    end = data.draw(st.integers(0, len(text)))
    part = budget.cut(text[:end], first=first, room=2500)
    assert part[:-1] == whole[: len(part) - 1]


@given(data=st.data(), lines=st.lists(LINES, min_size=20, max_size=120))
def test_earlier_pieces_never_change_at_real_size(data: st.DataObject, lines: list[str]) -> None:
    """The same holds for long texts under the real limits."""
    text = "\n".join(lines)
    end = data.draw(st.integers(0, len(text)))
    part, whole = budget.cut(text[:end]), budget.cut(text)
    assert part[:-1] == whole[: len(part) - 1]


@given(text=TEXTS)
def test_every_piece_closes_its_code_blocks(text: str) -> None:
    """No piece leaves a code block open, so that buttons and footers never end up in code."""
    for piece in budget.cut(text, first=ROOM, room=ROOM):
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
    pieces = budget.cut(paragraph * 4, first=300, room=600)
    assert [piece.source for piece in pieces] == [paragraph, paragraph * 2, paragraph]


def test_code_block_moves_whole_when_it_fits() -> None:
    """A code block that fits into a message of its own is not cut."""
    text = "Intro.\n\n```sql\n" + "select 1;\n\n" * 20 + "```\n\nOutro."
    pieces = budget.cut(text, first=100, room=400)
    assert [piece.text for piece in pieces] == ["Intro.", text[len("Intro.\n\n") :]]


def test_long_code_block_is_closed_and_reopened() -> None:
    """A code block that is too long goes on in the next message with its language."""
    text = "```sql\n" + "select 1;\n" * 100 + "```\nDone."
    pieces = budget.cut(text, first=400, room=400)
    assert all(piece.text.startswith("```sql\nselect 1;") for piece in pieces)
    assert all(piece.text.endswith("select 1;\n```") for piece in pieces[:-1])
    assert pieces[-1].text.endswith("```\nDone.")


def test_long_table_repeats_its_header() -> None:
    """A table that is too long goes on in the next message under its header."""
    header = "| region | revenue |\n|---|---:|\n"
    pieces = budget.cut(header + "| north | 12 |\n" * 100, first=400, room=400)
    assert len(pieces) > 2
    assert all(piece.text.startswith(header + "| north | 12 |") for piece in pieces)
    assert all(piece.text.endswith("| north | 12 |") for piece in pieces)


def test_long_paragraph_is_cut_at_a_sentence() -> None:
    """A paragraph that is too long alone is cut after a sentence."""
    pieces = budget.cut("This is a sentence. " * 100, first=400, room=400)
    assert all(piece.text.rstrip().endswith("sentence.") for piece in pieces)


def test_blank_piece_says_nothing() -> None:
    """Where nothing fits into the first message, its piece is empty."""
    pieces = budget.cut("word " * 20, first=10, room=400)
    assert [piece.text for piece in pieces] == ["", ("word " * 20)]
