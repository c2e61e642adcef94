from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from bot.charts import fonts, style
from bot.charts.fonts import Typeface
from tests.charts.drawings import spec, two_axes

COWBOY = "\N{FACE WITH COWBOY HAT}"


@pytest.fixture(scope="module")
def face() -> Iterator[Typeface]:
    """Only the font that comes with matplotlib, whatever else this machine has."""
    with mpl.rc_context({**style.rc(), "font.family": ["DejaVu Sans"]}):
        yield Typeface()


@pytest.mark.parametrize("text", ["Category 12", "AVAVA Töpfe", "$5.2K", "Київ – é", "שלום"])
@pytest.mark.parametrize("bold", [False, True])
def test_widths_are_those_that_are_drawn(face: Typeface, text: str, *, bold: bool) -> None:
    """Never less than what matplotlib draws, and hardly more."""
    renderer = FigureCanvasAgg(Figure(dpi=200)).get_renderer()  # type: ignore[no-untyped-call]
    font = FontProperties(family=["DejaVu Sans"], size=9.5, weight="bold" if bold else "normal")
    drawn, *_ = renderer.get_text_width_height_descent(text, font, ismath=False)
    assert drawn / 200 * 0.99 <= face.width(text, 9.5, bold=bold) <= drawn / 200 * 1.15


def test_the_widest_line_counts(face: Typeface) -> None:
    """A text of several lines is as wide as the longest."""
    assert face.width("a\nlonger", 9) == face.width("longer", 9)


def test_symbols_that_no_font_has_are_left_out(face: Typeface) -> None:
    """An emoji in a title is not drawn as a box; a text of nothing else is spelled out."""
    assert fonts.shown(f"Revenue {COWBOY}\ufe0f up", face) == "Revenue up"
    assert fonts.printable(spec(title=COWBOY), face).title == "face with cowboy hat"


def test_letters_that_no_font_has_become_an_ellipsis(face: Typeface) -> None:
    """A row of boxes says nothing; what can be shown stays."""
    assert fonts.shown("売上 2026 (東京 East)", face) == "… 2026 (… East)"
    assert fonts.shown("Київ é مرحبا", face) == "Київ é مرحبا"


def test_names_that_cannot_be_shown_are_numbered(face: Typeface) -> None:
    """People count in the table which one it is; names that differ go on differing."""
    assert fonts.names(["東京", "EMEA", "大阪 2024", "京都 2024", "大阪 2025"], face) == (
        "No. 1", "EMEA", "No. 3 … 2024", "No. 4 … 2024", "… 2025",
    )  # fmt: skip
    assert fonts.names(["", " ", "ok", "ok"], face) == ("–", "–", "ok", "ok")


def test_what_would_break_a_line_is_calmed(face: Typeface) -> None:
    """Line breaks, marks of direction and piles of accents do not reach the picture."""
    assert fonts.shown("a\n b\t\u202ec\u0000", face) == "a b c"
    zalgo = "e" + "\u0301\u0302\u0303\u0304\u0305" * 4
    assert len(fonts.shown(zalgo, face)) <= 4
    assert len(fonts.shown("x" * 100_000, face)) == 200


def test_every_text_of_a_chart_is_made_printable(face: Typeface) -> None:
    """Title, axes, categories and series."""
    shown = fonts.printable(two_axes(), face)
    assert shown.second is not None
    assert (shown.second.label, shown.series[1].name) == ("Margin of it", "Margin")


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_names_have_names_that_can_be_shown(texts: list[str]) -> None:
    """Never empty, never a character without a glyph."""
    with mpl.rc_context(style.rc()):
        face = Typeface()
    made = fonts.names(texts, face)
    assert len(made) == len(texts)
    assert all(name and all(map(face.has, name)) for name in made)
