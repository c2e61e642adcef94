"""Simpler forms of a message that Slack refused."""

from __future__ import annotations

import pytest

from bot.core.render import blocks
from bot.core.render.ladder import NATIVE, Loss, loss, rungs
from bot.model import (
    Answer,
    ChartImage,
    ChartKind,
    ChartSpec,
    Draft,
    Exhibit,
    Footer,
    Native,
    Prose,
    Series,
    Visualization,
    VisualizationType,
)
from tests.core.render.limits import check
from tests.core.render.test_tables import table

SPEC = ChartSpec(
    ChartKind.COLUMN, "Revenue", ("Jan", "Feb"), (Series("2026", (10.0, 12.5)),), alt_text="Revenue grew."
)


def rich(text: str = "<b>12", *, native: bool = False) -> Draft:
    """An answer with everything in it."""
    exhibit = Exhibit(
        "Revenue",
        table=table(text=text),
        spec=SPEC,
        chart=ChartImage("F1", "It grew."),
        sql_file="F2",
        types=(VisualizationType.COLUMN_CHART, VisualizationType.TABLE),
        has_sql=True,
        kept=True,
    )
    return of(
        Prose("**Here** it is."),
        Visualization("v", "Revenue", VisualizationType.TABLE),
        exhibit=exhibit,
        native=Native(charts=native, tables=native),
    )


def of(*parts: Prose | Visualization, exhibit: Exhibit | None = None, native: Native | None = None) -> Draft:
    """The first message of a finished answer."""
    return blocks.finished(
        Answer(parts=parts, suggestions=("More?",)),
        turn="t",
        asker="U1",
        question="Revenue?",
        ending=blocks.Ending.DONE,
        exhibits=(exhibit,) if exhibit else (),
        footer=Footer(domain="Sales"),
        native=native or Native(),
    )[0]


def kinds(draft: Draft) -> list[object]:
    """The kinds of blocks, in order."""
    return [block["type"] for block in draft.blocks]


@pytest.mark.parametrize("native", [True, False])
def test_each_rung_is_simpler(native: bool) -> None:  # noqa: FBT001 - pytest passes it
    """Charts, tables and feedback go first, then Markdown, and at last text stands alone."""
    first, second, last = rungs(rich(native=native))
    assert not {"image", "table", "context_actions", *NATIVE} & set(kinds(first))
    assert "markdown" in kinds(first)
    assert "markdown" not in kinds(second)
    assert kinds(second) == ["section", *kinds(first)[1:]]
    assert kinds(last) == []
    assert last.text.startswith("*Here* it is.")


def test_buttons_stay_and_choices_go() -> None:
    """What every workspace takes can still be pressed."""
    first = rungs(rich())[0]
    shown = [element for block in first.blocks if block["type"] == "actions" for element in _elements(block)]
    assert {element["type"] for element in shown} == {"button"}
    assert len(shown) >= 4


def _elements(block: object) -> list[dict[str, object]]:
    assert isinstance(block, dict)
    elements = block["elements"]
    assert isinstance(elements, list)
    return elements


@pytest.mark.parametrize("native", [True, False])
def test_nothing_said_is_lost_with_the_table(native: bool) -> None:  # noqa: FBT001 - pytest passes it
    """The table's cells stand in the simpler form, escaped."""
    assert "&lt;b&gt;12 · &lt;b&gt;12" in str(rungs(rich(native=native))[0].blocks)


def test_nothing_said_is_lost_with_the_chart() -> None:
    """A picture leaves its description, a native chart its numbers."""
    assert "It grew." in str(rungs(rich())[0].blocks)
    assert "2026: Jan 10 · Feb 12.5" in str(rungs(rich(native=True))[0].blocks)


def test_a_cell_cannot_end_the_fence_that_it_stands_in() -> None:
    """What a cell says is never read as markup."""
    text = str(rungs(rich("*b* ```"))[0].blocks)
    assert "*b* ''' · *b* '''" in text
    assert text.count("```") == 2


def test_a_pie_is_told_by_its_segments() -> None:
    """Each segment has a line."""
    pie = {"type": "pie", "segments": [{"label": "East", "value": 3}, {"label": "West", "value": 1}]}
    draft = Draft("x", ({"type": "data_visualization", "title": "Share", "chart": pie},))
    assert "Share\nEast: 3\nWest: 1" in str(rungs(draft)[0].blocks[0]["text"]).replace("\\n", "\n")


@pytest.mark.parametrize("text", ["Some <words> & more.\n\n" * 200, "&<>" * 900, "- a\n" * 1_500])
def test_rungs_keep_the_limits(text: str) -> None:
    """The simpler forms of a large message fit as well, although escaped text is longer."""
    for rung in rungs(of(Prose(text)))[:-1]:
        check(rung)


def test_plain_draft_has_no_rung_but_itself() -> None:
    """Text alone cannot become simpler."""
    assert rungs(Draft("text")) == ()


def test_the_last_rung_fits_into_any_call() -> None:
    """Text that is too long for an edit is cut there, and text that is not there is not nothing."""
    section = ({"type": "section", "text": {"type": "mrkdwn", "text": "x"}},)
    assert len(rungs(Draft("ü" * 5_000, section))[-1].text.encode()) <= 4_000
    assert rungs(Draft(" ", section))[-1].text == "…"


def test_files_and_marks_are_kept() -> None:
    """Whether the files are at fault is for others to find out."""
    draft = Draft("x", rich().blocks, ("F1",), overflows=True)
    assert all((rung.file_ids, rung.overflows) == (("F1",), True) for rung in rungs(draft))


def test_loss_says_whether_anything_is_missing() -> None:
    """A table that stands there as text is no loss, one that is cut or gone is."""
    draft = rich()
    first, _, last = rungs(draft)
    assert loss(draft, draft) is Loss.NOTHING
    assert loss(draft, first) is Loss.LOOKS
    assert loss(draft, last) is Loss.CONTENT
    long = rich("x" * 79)
    wide = Draft(long.text, tuple({**each, "rows": _many(each)} for each in long.blocks if "rows" in each))
    assert loss(wide, rungs(wide)[0]) is Loss.CONTENT


def _many(block: object) -> list[object]:
    assert isinstance(block, dict)
    rows = block["rows"]
    assert isinstance(rows, list)
    return rows[:1] + rows[1:2] * 40


def test_short_words_alone_are_no_loss_but_long_ones_may_be() -> None:
    """A text near its limit may have been cut."""
    short, long = of(Prose("It grew.")), of(Prose("word " * 1_400))
    assert loss(short, rungs(short)[-1]) is Loss.LOOKS
    assert loss(long, rungs(long)[-1]) is Loss.CONTENT


def test_what_does_not_fit_as_text_is_told() -> None:
    """Where a simpler form is cut, it says so, and counts as a loss."""
    draft = Draft("x", tuple({"type": "markdown", "text": "&" * 2_900} for _ in range(4)))
    first = rungs(draft)[0]
    assert "More than this could not be shown here." in str(first.blocks[-1])
    assert loss(draft, first) is Loss.CONTENT
    check(first)
