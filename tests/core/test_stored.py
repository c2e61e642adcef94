"""A visualization as stored JSON."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.core.stored import (
    Reader,
    bookmark_from,
    bookmark_to,
    question_from,
    question_to,
    visualization_from,
    visualization_to,
)
from bot.model import Bookmark, DisplayFormat, Question, RawCell, Visualization, VisualizationType
from tests.core.stored_values import questions, rows, visualizations


@given(visualizations)
def test_what_is_written_is_read_back(visualization: Visualization) -> None:
    """Nothing of a visualization is lost on the way through JSON text."""
    text = json.dumps(visualization_to(visualization))
    assert visualization_from(Reader(json.loads(text))) == visualization


@given(questions)
def test_a_question_is_read_back(question: Question) -> None:
    """With where it was asked and which data it is about."""
    assert question_from(Reader(json.loads(json.dumps(question_to(question))))) == question


BOOKMARKS = st.builds(
    Bookmark,
    flow=st.sampled_from(["chat", "conversation"]),
    conversation=st.text(max_size=4),
    before=st.frozensets(st.text(max_size=4), max_size=4),
    answer=st.text(max_size=4),
)


@given(BOOKMARKS)
def test_a_bookmark_is_read_back(bookmark: Bookmark) -> None:
    """Another process knows as much as the one that wrote it."""
    assert bookmark_from(Reader(json.loads(json.dumps(bookmark_to(bookmark))))) == bookmark


def test_what_is_no_bookmark_is_none() -> None:
    """Nothing, junk, and the bookmark of a flow that is not known yet."""
    for value in (None, 7, {}, {"flow": 7}, {"flow": "mcp", "conversation": "c1"}):
        assert bookmark_from(Reader(value)) is None


def test_a_question_of_an_earlier_version_was_asked_where_it_is_answered() -> None:
    """There were no private answers, and nobody chose the data of one question."""
    read = question_from(
        Reader({"team": "T1", "channel": "C1", "thread_ts": "1.0", "ts": "1.0", "origin": 7})
    )
    assert (read.origin, read.domain) == (None, "")
    assert read.place == read.thread


def test_plain_cells_are_written_as_they_are() -> None:
    """Most cells are a value alone; they take no more room than that."""
    written = visualization_to(Visualization("v", "T", VisualizationType.TABLE, rows=rows(1)))
    assert written["rows"] == [["value", "value"]]
    linked = Visualization("v", "T", VisualizationType.TABLE, rows=((RawCell("a", "https://x.example"),),))
    assert visualization_to(linked)["rows"] == [[["a", "https://x.example", None, None]]]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["rows", "columns", "type", "code", "subtotals", "x"]), inner)
    ),
    max_leaves=10,
)


@given(JSON)
def test_anything_is_read(value: object) -> None:
    """JSON of another shape gives a visualization with less in it, never an error."""
    assert isinstance(visualization_from(Reader(value)), Visualization)


def test_what_a_later_version_adds_is_passed_over() -> None:
    """Unknown members and unknown values of known ones do no harm."""
    read = Reader({"id": "v", "type": "HOLOGRAM", "columns": [{"name": "a", "format": "ROMAN"}], "new": 1})
    made = visualization_from(read)
    assert (made.id, made.type) == ("v", VisualizationType.UNKNOWN_VISUALIZATION)
    assert made.columns[0].format is DisplayFormat.DISPLAY_FORMAT_UNKNOWN


def test_the_reader_takes_values_of_the_right_kind_only() -> None:
    """A number is no text, a boolean no number, and what is missing is the default."""
    read = Reader({"a": 1, "b": True, "c": "x", "d": ["x", 2], "e": {"f": 1.5}})
    assert (read.text("a"), read.number("b"), read.whole("b"), read.flag("a")) == ("", None, None, False)
    assert (read.whole("a"), read.flag("b"), read.text("c"), read.texts("d")) == (1, True, "x", ("x",))
    assert (read.inner("e").number("f"), read.inner("a").has("f"), read.mapping("a")) == (1.5, False, None)
