"""Where a question stands at WisdomAI."""

from __future__ import annotations

from bot.model import Bookmark


def test_bookmarks_are_compared_by_what_they_say() -> None:
    """The order in which the messages before the question were read makes no difference."""
    read = [Bookmark("conversation", "c1", frozenset(ids)) for ids in (("q0", "m0"), ("m0", "q0"))]
    assert read[0] == read[1]
    assert Bookmark("chat") != Bookmark("chat", answer="m1")
