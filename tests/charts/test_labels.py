from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.charts import labels


def test_wide_characters_count_twice() -> None:
    """Room is measured in columns, not in characters."""
    assert (labels.width("abc"), labels.width("東京"), labels.width("e\u0301")) == (3, 4, 1)
    assert labels.shorten("東京都渋谷区", 7) == "東京都…"


def test_labels_break_between_words() -> None:
    """At most so many lines, the last one cut."""
    assert labels.wrap("Closed won last year", 10, 2) == "Closed won\nlast year"
    assert labels.wrap("Closed won last year or so", 10, 2) == "Closed won\nlast year…"
    assert labels.wrap("", 10, 2) == ""


def test_labels_that_would_look_alike_are_cut_in_the_middle() -> None:
    """Names of one family differ at their end."""
    texts = [f"Enterprise renewal for customer {i}" for i in range(3)]
    assert len(set(labels.shorten_all(texts, 20))) == 3
    assert labels.shorten_all(["short", "a much longer label"], 8) == ("short", "a much…")


def test_labels_are_set_flat_wrapped_slanted_or_upright() -> None:
    """The more there are and the longer, the steeper they stand."""
    assert labels.under(["EMEA", "APAC"], 90).rotation == 0
    assert labels.under(["Closed won last year"] * 6, 90).texts[0] == "Closed won\nlast year"
    assert labels.under(["Enterprise renewal programme"] * 10, 90).rotation == 40
    assert labels.under([f"Customer {i}" for i in range(50)], 90).rotation == 90


@given(st.lists(st.text(max_size=40), max_size=60), st.integers(min_value=1, max_value=120))
def test_every_label_gets_a_place(texts: list[str], room: int) -> None:
    """Whatever the texts, there is one label for each, no wider than its way of setting allows."""
    under = labels.under(texts, room)
    assert len(under.texts) == len(texts)
    assert all(labels.width(line) <= max(room, 24) for text in under.texts for line in text.split("\n"))
