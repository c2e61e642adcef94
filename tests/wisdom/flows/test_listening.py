from __future__ import annotations

from typing import Any

import pytest

from bot.core.course import Vigil
from bot.model import Bookmark
from bot.wisdom.flows.listening import Bookmarks, Own, ending, mark, over
from bot.wisdom.settled import Message, message_of
from bot.wisdom.wire import read_diff
from tests.wisdom.flows.talking import node
from tests.wisdom.scripted import Json, diff


def message(text: str, ident: str = "m1", *after: Json, **fields: Any) -> Message:
    """An answer as the tenant keeps it, with further ops after its text."""
    whole = node(ident, text, **fields)
    return message_of({**whole, "body": {"ops": [*whole["body"]["ops"], *after]}}, conversation="c1")


WORKING = {"insert": {"text": "Looking"}, "attributes": {"progress": True}}


@pytest.mark.parametrize(
    ("found", "is_over"),
    [
        ((), False),
        ((message(""),), False),
        ((message("Ten"),), True),
        ((message("Ten", "m1", WORKING),), False),
        ((message("", "m1", WORKING),), False),
        ((message("", "m1", WORKING, errorStrings=["failed"]),), True),
        ((message("Ten"), message("", "m2")), False),
    ],
)
def test_when_an_answer_seems_over(found: tuple[Message, ...], is_over: bool) -> None:  # noqa: FBT001 - a table
    """It says something and not that it is at work, or it has failed; and it has rested."""
    vigil = Vigil(rest=1.0, now=0.0)
    vigil.look(found, now=0.0)
    assert over(found, vigil, 1.0) is is_over
    assert not over(found, vigil, 0.5)


def test_an_answer_that_was_stopped_is_over_at_once() -> None:
    """It does not have to rest, nor to say anything."""
    stopped = message("", cancelledAt="2026-01-01T00:00:00Z")
    assert over((stopped,), Vigil(rest=1.0, now=0.0), 0.0)
    (last,) = ending((stopped,))
    assert (last.cancelled, last.in_progress) == (True, False)


def test_the_last_message_ends_the_answer() -> None:
    """The others are whole, but end nothing."""
    first, last = ending((message("a"), message("b", "m2")), cancelled=True)
    assert (first.in_progress, first.cancelled, first.whole) == (True, False, True)
    assert (last.in_progress, last.cancelled, last.whole) == (False, True, True)


def test_diffs_are_told_apart_by_message_and_index() -> None:
    """One without an index cannot be told from others."""
    assert mark(read_diff(diff("x", index=3))) == ("m1", 3)
    assert mark(read_diff({**diff("x"), "diffIndex": None})) is None


async def look() -> tuple[Message, ...] | None:
    """What the tenant keeps of the answer."""
    return (message("a", "m1"), message("b", "m2", id="n2"))


async def nothing() -> tuple[Message, ...] | None:
    """A tenant that keeps nothing that can be read."""
    return None


@pytest.mark.parametrize("doubtful", [True, False])
async def test_the_first_message_is_ours_and_the_tenant_knows_the_others(doubtful: bool) -> None:  # noqa: FBT001 - a table
    """Another one is ours if the conversation has it; each is asked for once."""
    own = Own(doubtful=doubtful)
    own.exclude(frozenset({"m0"}))
    assert not await own.has(frozenset({"m0"}), look)
    assert await own.has(frozenset({"m1"}), nothing)
    assert await own.has(frozenset(), nothing)
    assert await own.has(frozenset({"m2"}), look)
    assert await own.has(frozenset({"m2", "n2"}), nothing)
    assert await own.has(frozenset({"n2"}), nothing)
    assert not await own.has(frozenset({"m3"}), look)
    assert not await own.has(frozenset({"m3"}), nothing)
    assert await own.has(frozenset({"m4"}), nothing) is doubtful
    assert {"m1", "m2", "n2"} <= own.ids


async def test_what_is_known_of_a_question_goes_before_what_comes_first() -> None:
    """A process that goes on with it hears of other answers in the conversation, too."""
    own = Own(doubtful=False)
    own.include(frozenset({"m1"}))
    assert not await own.has(frozenset({"m9"}), look)
    assert await own.has(frozenset({"m1"}), nothing)


async def test_a_place_is_told_once() -> None:
    """Again only when it has changed; what the process before noted is known."""
    told: list[Bookmark] = []
    first, second = Bookmark("chat"), Bookmark("chat", "c1", answer="m1")

    async def keep(bookmark: Bookmark) -> None:
        told.append(bookmark)

    fresh, resumed, nobody = Bookmarks(keep, None), Bookmarks(keep, first), Bookmarks(None, None)
    for bookmark in (first, first, second, second):
        for bookmarks in (fresh, resumed, nobody):
            await bookmarks.note(bookmark)
    assert told == [first, second, second]
    assert (fresh.resume, resumed.resume) == (None, first)
