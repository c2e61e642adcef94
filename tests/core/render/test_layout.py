"""Parts of an answer over as many messages as the limits ask for."""

from __future__ import annotations

import pytest

from bot.core.render import budget, elements
from bot.core.render.layout import Grid, Pages, content
from bot.model import Block, Draft
from tests.core.render.limits import check
from tests.core.render.test_tables import rows_of, table

REST = "More elsewhere."


def laid_out(pages: Pages, *closing: Block) -> tuple[Draft, ...]:
    """The messages, each inside its limits."""
    drafts = pages.drafts(*closing, rest=REST, fallback="x")
    for draft in drafts:
        check(draft)
    return drafts


def kinds(draft: Draft) -> list[object]:
    """The kinds of a message's blocks, in order."""
    return [block["type"] for block in draft.blocks]


def test_prose_and_blocks_share_a_message() -> None:
    """What fits stands together, in order."""
    pages = Pages()
    assert pages.empty
    pages.prose("Hello.")
    pages.add(elements.context("note"), spoken="A chart.", file_id="F1")
    (draft,) = laid_out(pages)
    assert kinds(draft) == ["markdown", "context"]
    assert (draft.text, draft.file_ids, draft.overflows) == ("Hello.\n\nA chart.", ("F1",), False)


def test_nothing_makes_no_message() -> None:
    """Blank prose and no end are nothing."""
    pages = Pages()
    pages.prose(" \n\n ")
    assert pages.empty
    assert laid_out(pages) == ()


def test_full_message_is_followed_by_another() -> None:
    """Blocks that do not fit any more begin the next message, together."""
    pages = Pages()
    pages.add(elements.section("a" * 3000), elements.section("b" * 3000), elements.section("c" * 2900))
    pages.add(elements.section("d" * 500), elements.context("e" * 200))
    assert [len(draft.blocks) for draft in laid_out(pages)] == [3, 2]


def test_what_is_too_much_for_one_message_is_taken_apart() -> None:
    """Parts that belong together but fit into no message follow one another."""
    pages = Pages()
    pages.prose("Hello.")
    pages.add(*(elements.section(letter * 3000) for letter in "abcd"), spoken="All four.", file_id="F1")
    assert [kinds(draft) for draft in laid_out(pages)] == [["markdown"], ["section"], ["section"] * 3]


def test_fifty_blocks_are_enough() -> None:
    """The fifty-first block goes into another message."""
    pages = Pages()
    for number in range(60):
        pages.add(elements.context(str(number)))
    assert [len(draft.blocks) for draft in laid_out(pages)] == [50, 10]


def test_prose_avoids_a_crowded_message() -> None:
    """Prose after very many blocks begins a message of its own."""
    pages = Pages()
    for number in range(48):
        pages.add(elements.context(str(number)))
    pages.prose("Hello.")
    assert [len(draft.blocks) for draft in laid_out(pages)] == [48, 1]


def test_prose_of_many_parts_is_spread() -> None:
    """Slack makes a block of every paragraph, so a message holds only so many of them."""
    pages = Pages()
    pages.prose("word\n\n" * 100)
    drafts = laid_out(pages, elements.context("end"))
    assert [str(draft.blocks[0]["text"]).count("word") for draft in drafts] == [38, 38, 24]


def test_prose_is_planned_before_tables() -> None:
    """A table takes what the prose after it leaves, and no paragraph goes to another message for it."""
    wide = Grid.of(table(width=8, height=60, text="word " * 40), native=True)
    alone, beside = Pages(), Pages()
    alone.add(wide)
    beside.add(wide)
    beside.prose("A sentence of some length.\n\n" * 30)
    beside.prose("word " * 900)
    (lone,), (shared,) = laid_out(alone), laid_out(beside)
    assert kinds(shared) == ["data_table", "context", "markdown", "markdown"]
    assert len(rows_of(lone.blocks[0])) > len(rows_of(shared.blocks[0])) >= 4


def test_tables_share_the_room_fairly() -> None:
    """A small table stands whole beside two large ones, which show equally much."""
    pages = Pages()
    small = table(height=5)
    large = [table(width=4, height=60, text=letter * 40) for letter in "ab"]
    for each in (large[0], small, large[1]):
        pages.add(Grid.of(each, native=True, notes=("A note.",)))
    (draft,) = laid_out(pages)
    shown = [len(rows_of(block)) - 1 for block in draft.blocks if "rows" in block]
    assert shown[1] == 5
    assert shown[0] == shown[2] > 20
    notes = [element["text"] for element in draft.blocks[1]["elements"]]  # type: ignore[attr-defined]  # JSON
    assert notes == [f"First {shown[0]} of 60 rows", "A note."]


def test_a_message_has_one_classic_table_and_two_charts() -> None:
    """The next one of either kind begins another message."""
    pages = Pages()
    for _ in range(2):
        pages.add(Grid.of(table(), native=False))
    assert [kinds(draft) for draft in laid_out(pages)] == [["table"], ["table"]]
    pages = Pages()
    points = {"label": "a", "value": 1}
    for _ in range(3):
        pages.add(
            {
                "type": "data_visualization",
                "title": "t",
                "chart": {"type": "pie", "segments": [points]},
            }
        )
    assert [len(draft.blocks) for draft in laid_out(pages)] == [2, 1]


def test_what_is_beyond_the_most_messages_is_said_to_be_elsewhere() -> None:
    """The last message says so before the end of the answer, asks for a file, and keeps all other files."""
    pages = Pages()
    for number in range(budget.MOST_MESSAGES + 2):
        pages.add(Grid.of(table(), native=False), file_id=f"F{number}")
    assert pages.too_long
    drafts = laid_out(pages, elements.context("end"))
    assert [draft.overflows for draft in drafts] == [False] * 5 + [True]
    assert kinds(drafts[-1]) == ["table", "context", "context"]
    assert REST in str(drafts[-1].blocks[-2])
    assert [file for draft in drafts for file in draft.file_ids] == [f"F{n}" for n in range(8)]


def test_the_end_always_stands() -> None:
    """It gets a message of its own where it must; if there are enough already, it takes the last one."""
    full = [elements.section("x" * 3000)] * 3
    for count, expected in ((2, 3), (budget.MOST_MESSAGES, budget.MOST_MESSAGES)):
        pages = Pages()
        for _ in range(count):
            pages.add(*full)
        drafts = laid_out(pages, elements.section("end" * 300))
        assert len(drafts) == expected
        assert "endend" in str(drafts[-1].blocks)
        assert drafts[-1].overflows is (count == budget.MOST_MESSAGES)


@pytest.mark.parametrize("text", ["word " * 200_000, "x" * 1_000_000, "one\n\n" * 200_000])
def test_endless_prose_is_cut_off_soon(text: str) -> None:
    """A million characters are laid out as quickly as what is shown of them."""
    pages = Pages()
    pages.prose(text)
    drafts = laid_out(pages)
    assert len(drafts) == budget.MOST_MESSAGES
    assert drafts[-1].overflows


def test_blank_messages_do_not_count() -> None:
    """What has nothing to show in it fills no message."""
    pages = Pages()
    pages.prose("first" + "\n" * 20_000)
    pages.prose("last")
    assert [draft.text for draft in laid_out(pages)] in (["first\n\nlast"], ["first", "last"])


def test_something_can_be_left_out_on_purpose() -> None:
    """Then the answer overflows, too."""
    pages = Pages()
    pages.prose("Hello.")
    pages.leave_out()
    assert not pages.too_long
    (draft,) = laid_out(pages)
    assert (draft.overflows, kinds(draft)) == (True, ["markdown", "context"])


def test_what_charts_show_is_always_read_out() -> None:
    """However long the prose is, the text has room for the words of the charts, and for how it ended."""
    pages = Pages()
    pages.prose("A sentence about revenue. " * 300)
    pages.add(elements.context("chart"), spoken="It grew <here>.")
    (draft,) = pages.drafts(rest=REST, fallback="x", told="It failed.")
    assert draft.text.endswith("It grew &lt;here&gt;.\n\nIt failed.")
    assert 3500 < len(draft.text.encode()) <= 4000


def test_content_counts_what_people_see() -> None:
    """Texts, alternative texts and values count, types and ids of actions do not."""
    assert content(elements.section("12345")) == len("12345")
    assert content(elements.button("ask", "some_action", "why?")) == len("ask") + len("why?")
