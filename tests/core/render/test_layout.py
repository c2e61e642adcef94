"""Blocks over as many messages as the limits ask for."""

from bot.core.render import elements
from bot.core.render.layout import Pages, content


def test_prose_and_blocks_share_a_message() -> None:
    """What fits stands together, in order."""
    pages = Pages()
    assert pages.empty
    pages.prose("Hello.")
    pages.add(elements.context("note"), spoken="A chart.", file_id="F1")
    (draft,) = pages.drafts(fallback="x")
    assert [block["type"] for block in draft.blocks] == ["markdown", "context"]
    assert (draft.text, draft.file_ids) == ("Hello.\n\nA chart.", ("F1",))


def test_full_message_is_followed_by_another() -> None:
    """Blocks that do not fit any more begin the next message, together."""
    pages = Pages()
    pages.add(elements.section("a" * 3000), elements.section("b" * 3000), elements.section("c" * 2900))
    pages.add(elements.section("d" * 500), elements.context("e" * 200))
    assert [len(draft.blocks) for draft in pages.drafts(fallback="x")] == [3, 2]


def test_fifty_blocks_are_enough() -> None:
    """The fifty-first block goes into another message."""
    pages = Pages()
    for number in range(60):
        pages.add(elements.context(str(number)))
    assert [len(draft.blocks) for draft in pages.drafts(fallback="x")] == [50, 10]


def test_prose_avoids_a_crowded_message() -> None:
    """Prose after very many blocks begins a message of its own."""
    pages = Pages()
    for number in range(48):
        pages.add(elements.context(str(number)))
    pages.prose("Hello.")
    assert [len(draft.blocks) for draft in pages.drafts(fallback="x")] == [48, 1]


def test_content_counts_what_people_see() -> None:
    """Texts, alternative texts and values count, types and ids of actions do not."""
    assert content(elements.section("12345")) == len("12345")
    assert content(elements.button("ask", "some_action", "why?")) == len("ask") + len("why?")
