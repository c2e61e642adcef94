"""Slack's limits, and the sharing of a message's room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import budget
from bot.core.render.budget import Need, shares

NEEDS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 3000)).map(lambda pair: Need(pair[0], sum(pair))),
    max_size=6,
)


def test_what_we_fill_leaves_room_for_what_must_stand_beside_it() -> None:
    """Prose leaves room for status and buttons, and a message stays below what was ever refused."""
    assert budget.PROSE_CHARS + budget.KEPT_CHARS < budget.MESSAGE_CHARS < 9_600
    assert budget.MESSAGE_CHARS <= budget.TABLE_CHARS
    assert budget.PROSE_CHARS <= budget.MARKDOWN_CHARS
    assert budget.PROSE_BLOCKS + 8 < budget.MESSAGE_BLOCKS


@given(spare=st.integers(0, 5000), needs=NEEDS)
def test_room_is_shared_fairly(spare: int, needs: list[Need]) -> None:
    """All room that is wanted is given; nobody gets less than its least, or more than one who goes short."""
    room = sum(need.least for need in needs) + spare
    given_ = shares(room, needs)
    assert all(need.least <= share <= need.most for share, need in zip(given_, needs, strict=True))
    assert sum(given_) <= room
    short = [share for share, need in zip(given_, needs, strict=True) if share < need.most]
    if short:
        assert room - sum(given_) < len(short)
        level = min(short)
        assert all(share <= max(level, need.least) for share, need in zip(given_, needs, strict=True))


def test_small_tables_take_what_they_need() -> None:
    """The others share the rest in equal parts."""
    assert shares(1000, [Need(10, 100), Need(10, 5000), Need(10, 700)]) == (100, 450, 450)
    assert shares(1000, [Need(800, 5000), Need(10, 5000)]) == (800, 200)
    assert shares(100, []) == ()
