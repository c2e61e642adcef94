"""Simpler forms of a message that Slack refused."""

from bot.core.render import blocks
from bot.core.render.ladder import rungs
from bot.model import Answer, ChartImage, Draft, Exhibit, Footer, Prose, Visualization, VisualizationType
from tests.core.render.limits import check
from tests.core.render.test_tables import table


def rich() -> Draft:
    """An answer with everything in it."""
    exhibit = Exhibit("Revenue", table=table(text="<b>12"), chart=ChartImage("F1", "It grew."), sql_file="F2")
    answer = Answer(
        parts=(Prose("**Here** it is."), Visualization("v", "Revenue", VisualizationType.TABLE)),
        suggestions=("More?",),
    )
    (draft,) = blocks.finished(
        answer, turn="t", ending=blocks.Ending.DONE, exhibits=(exhibit,), footer=Footer(domain="Sales")
    )
    return draft


def kinds(draft: Draft) -> list[object]:
    """The kinds of blocks, in order."""
    return [block["type"] for block in draft.blocks]


def test_each_rung_is_simpler() -> None:
    """First charts and tables become text, then Markdown, and at last text stands alone."""
    first, second, last = rungs(rich())
    assert kinds(first) == ["markdown", "context", "section", "actions", "context"]
    assert kinds(second) == ["section", "context", "section", "actions", "context"]
    assert kinds(last) == []
    assert last.text.startswith("*Here* it is.")


def test_nothing_said_is_lost_with_the_table() -> None:
    """The table's cells stand in the simpler form, escaped."""
    first = rungs(rich())[0]
    assert "&lt;b&gt;12 · &lt;b&gt;12" in str(first.blocks[2])


def test_rungs_keep_the_limits() -> None:
    """The simpler forms of a large message fit as well."""
    answer = Answer(parts=(Prose("Some <words> & more.\n\n" * 200),))
    (draft,) = blocks.finished(answer, turn="t", ending=blocks.Ending.DONE, exhibits=(), footer=Footer())
    for rung in rungs(draft)[:-1]:
        check(rung)


def test_plain_draft_has_no_rung_but_itself() -> None:
    """Text alone cannot become simpler."""
    assert rungs(Draft("text")) == ()
