"""The whole answer as a file."""

from __future__ import annotations

from bot.core.render.whole import voiced, whole
from bot.model import (
    Answer,
    Cell,
    ChartImage,
    ChartKind,
    ChartSpec,
    Exhibit,
    Prose,
    ProseKind,
    Visualization,
    VisualizationType,
)
from tests.core.render.test_tables import table

SHOWN = Visualization("v", "Revenue", VisualizationType.TABLE)


def test_everything_stands_in_order() -> None:
    """Prose, titles, what charts show, every row, totals and notes."""
    spec = ChartSpec(ChartKind.LINE, "Revenue", (), (), alt_text="It grew.")
    total = (Cell(None, "–"), Cell(5, "5"))
    exhibit = Exhibit(
        "Revenue", table=table(height=3, total_rows=9, subtotals=(total,)), spec=spec, notes=("A note.",)
    )
    answer = Answer(parts=(Prose("Before.\n"), SHOWN, Prose("After.", ProseKind.INSIGHT)))
    assert whole(answer, (exhibit,)) == (
        "Before.\n\n### Revenue\n\nIt grew.\n\n"
        "| c0 | c1 |\n| --- | --- |\n| x | x |\n| x | x |\n| x | x |\n| **–** | **5** |\n\n"
        "First 3 of 9 rows.\n\nA note.\n\n> 💡 After.\n"
    )


def test_nothing_is_missing_when_exhibits_are() -> None:
    """A visualization without an exhibit leaves its title, and one too many is added."""
    picture = Exhibit("", chart=ChartImage("F1", "Shrank."), table=table(height=1, has_more=True))
    text = whole(Answer(parts=(SHOWN,)), ())
    assert text == "### Revenue\n"
    text = whole(Answer(), (picture,))
    assert text.startswith("### Result\n\nShrank.\n\n| c0 |")
    assert text.endswith("First 1 rows, there are more.\n")


def test_all_rows_are_there() -> None:
    """The file is not bound by any message."""
    text = whole(Answer(parts=(SHOWN,)), (Exhibit("T", table=table(height=5000, text="word " * 50)),))
    assert text.count("word word") > 5000 * 2


def test_cells_break_nothing() -> None:
    """Bars and line breaks in a cell stay inside it; addresses are of the web."""
    cells = table(height=1, text="a|b\nc")
    text = whole(Answer(), (Exhibit("T", table=cells),))
    assert "| a\\|b c | a\\|b c |" in text
    linked = table().rows[0][0].__class__(None, "x", "https://a.b")
    assert "x (https://a.b)" in whole(
        Answer(), (Exhibit("T", table=table().__class__("T", table().columns[:1], ((linked,),))),)
    )


def test_no_image_is_fetched() -> None:
    """Whoever opens the file asks no stranger for a picture."""
    answer = Answer(parts=(Prose("![x](https://evil.example/?q=1)"),))
    assert "![" not in whole(answer, ())


def test_voices_are_marked() -> None:
    """Insights and errors are quotations."""
    assert voiced(Prose("a\nb", ProseKind.ERROR)) == "> ⚠️ a\n> b"
    assert voiced(Prose("a\nb")) == "a\nb"
