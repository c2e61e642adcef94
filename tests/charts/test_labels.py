from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.charts import labels


def _wide(text: str, size: float = 10.0) -> float:
    """A tenth of an inch a letter at 10 points."""
    return max(map(len, text.split("\n"))) * size / 100


def test_texts_are_cut_to_their_room() -> None:
    """With an ellipsis, never between a letter and its accent."""
    assert labels.shorten("Closed won", 1.0, _wide) == "Closed won"
    assert labels.shorten("Closed won", 0.8, _wide) == "Closed…"
    assert labels.shorten("caf" + "e\u0301" * 3, 0.6, _wide) == "cafe\u0301…"


def test_labels_that_would_look_alike_are_cut_in_the_middle() -> None:
    """Names of one family differ at their end."""
    texts = [f"Enterprise renewal for customer {i}" for i in range(3)]
    cut = labels.shorten_all(texts, 2.0, _wide)
    assert cut[2] == "Enterpris…ustomer 2"
    assert labels.shorten_all(["short", "a much longer label"], 0.8, _wide) == ("short", "a much…")


def test_labels_break_between_words() -> None:
    """At most so many lines, the last one cut; ideographs break anywhere."""
    assert labels.wrap("Closed won last year", 1.0, 2, _wide) == "Closed won\nlast year"
    assert labels.wrap("Closed won last year or so", 1.0, 2, _wide) == "Closed won\nlast year…"
    assert labels.wrap("東京都渋谷区", 0.3, 2, _wide) == "東京都\n渋谷区"
    assert labels.wrap("", 1.0, 2, _wide) == ""


def _under(texts: list[str], slot: float, *, even: bool = False) -> labels.AxisLabels:
    return labels.under(texts, slot, _wide, before=slot, even=even)


def test_labels_are_set_flat_wrapped_slanted_or_upright() -> None:
    """The more and the longer, the steeper they stand; the beginnings of very long ones stay flat."""
    assert _under(["EMEA", "APAC"], 1.0).rotation == 0
    assert _under(["Closed won last year"] * 6, 1.1).texts[0] == "Closed won\nlast year"
    assert _under(["Mediterranean"] * 10, 0.5).rotation == 40
    assert _under([f"Customer {i}" for i in range(50)], 0.1).rotation == 90
    begun = _under([f"{i} is the number that this begins with" for i in range(4)], 0.9)
    assert begun.rotation == 0
    assert begun.texts[1].startswith("1 is the\nnumber")
    assert begun.texts[1].endswith("…")


def test_dates_are_left_out_rather_than_turned() -> None:
    """Every so many-th label says it all where labels follow each other evenly."""
    dates = [f"Week {i} 2026" for i in range(40)]
    some = _under(dates, 0.13, even=True)
    assert some.rotation == 0
    assert some.texts == tuple(dates[some.start :: some.step])[: len(some.texts)]
    assert some.step > 5


def test_upright_labels_are_left_out_where_no_size_is_small_enough() -> None:
    """Two hundred names cannot stand beside each other."""
    many = _under([f"Name {i}" for i in range(200)], 0.03)
    assert many.step == 4
    assert many.size > 6


@given(
    st.lists(st.text(max_size=40), min_size=1, max_size=60),
    st.floats(min_value=0.05, max_value=3),
    st.booleans(),
)
def test_every_label_keeps_to_its_place(texts: list[str], slot: float, even: bool) -> None:  # noqa: FBT001 -- drawn
    """Whatever the texts, flat ones are no wider than what they have, others no longer than allowed."""
    under = _under(texts, slot, even=even)
    room = slot * under.step if under.rotation == 0 else 1.4
    assert all(_wide(text, under.size) <= max(room, 0.2) for text in under.texts)
    assert under.height <= 1.6
    assert len(under.texts) <= len(texts)


@given(
    st.lists(st.floats(min_value=-1, max_value=1), max_size=12),
    st.floats(min_value=0.01, max_value=0.1),
)
def test_spread_labels_keep_their_order_and_distance(wanted: list[float], gap: float) -> None:
    """As long as there is room: none over another, none beyond the ends."""
    placed = labels.spread(wanted, gap, -1.0, 1.0)
    in_order = [placed[i] for i in sorted(range(len(wanted)), key=lambda i: wanted[i])]
    assert all(b - a >= gap - 1e-9 for a, b in pairwise(in_order))
    assert all(-1 - 1e-9 <= place <= 1 + 1e-9 for place in placed)
