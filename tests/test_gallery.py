"""The gallery: every type is drawn from real tables, and its page shows what is drawn today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from bot.charts import png
from bot.model import ChartKind, ChartSpec, VisualizationType
from bot.sandbox.tenant.analyst import Analyst
from tests import gallery
from tests.gallery import Piece

FOLDER = Path(__file__).parent.parent / "docs" / "gallery"
#: Types that are no chart by themselves.
BARE = {VisualizationType.TABLE, VisualizationType.TEXT}


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    """Everything that the gallery shows."""
    analyst = Analyst(gallery.DAY)
    made = list(gallery.pieces(analyst))
    analyst.close()
    return made


def texts(figure: Figure) -> list[str]:
    """Every text in a figure, on one line each."""
    return [" ".join(each.get_text().split()) for each in figure.findobj(Text) if each.get_text().strip()]


def marks(figure: Figure) -> int:
    """Bars, wedges, cells, bands, areas, lines and points of a figure."""
    return sum(
        len(axes.patches) + len(axes.lines) + len(axes.collections) + len(axes.images) for axes in figure.axes
    )


def test_every_type_of_both_lists_is_shown(pieces: list[Piece]) -> None:
    """One question for each type, and the tenant answers it with that type."""
    assert [piece.visualization.type for piece in pieces] == [piece.shown.type for piece in pieces]
    assert {piece.shown.type for piece in pieces} == set(VisualizationType)


def test_every_type_becomes_a_chart_unless_it_is_none(pieces: list[Piece]) -> None:
    """A table and a text have no chart; everything else has one, if need be another, which is said."""
    for piece in pieces:
        assert (piece.plan.spec is None) == (piece.shown.type in BARE), piece.shown.type
        replaced = piece.plan.type is not piece.shown.type
        assert not replaced or piece.plan.notes or piece.shown.type in BARE, piece.shown.type


def test_what_is_drawn_names_what_it_shows(pieces: list[Piece]) -> None:
    """Each drawing has its title, its categories as far as there is room, and the names of its series."""
    for piece in pieces:
        if piece.plan.spec is not None:
            figure = png.figure(piece.plan.spec)
            said = texts(figure)
            assert any(piece.plan.spec.title[:20] in text for text in said)
            for name in _names(piece.plan.spec):
                assert any(name[:6] in text for text in said), (piece.shown.type, name)


def _names(spec: ChartSpec) -> list[str]:
    """What has to stand in the picture."""
    series = [each.name for each in spec.series] if len(spec.series) > 1 else []
    if spec.kind is ChartKind.SANKEY:
        return [name for flow in spec.flows for name in (flow.source, flow.target)]
    on_axis = not spec.times and not spec.x_values and len(spec.categories) <= 20
    return series + (list(spec.categories) if on_axis else [])


def test_what_is_drawn_has_a_mark_for_every_value(pieces: list[Piece]) -> None:
    """A bar for each value, a line or area for each series, a wedge for each slice, a band for each flow."""
    for piece in pieces:
        if piece.plan.spec is not None:
            assert marks(png.figure(piece.plan.spec)) >= _marks_wanted(piece.plan.spec), piece.shown.type


def _marks_wanted(spec: ChartSpec) -> int:
    if spec.kind is ChartKind.SANKEY:
        return len(spec.flows)
    if spec.kind in {ChartKind.BAR, ChartKind.COLUMN, ChartKind.PIE, ChartKind.FUNNEL, ChartKind.POLAR}:
        return sum(bool(value) for series in spec.series for value in series.values)
    return 1 if spec.kind is ChartKind.HEATMAP else len(spec.series)


def test_the_page_is_that_of_today(pieces: list[Piece]) -> None:
    """``make gallery`` has been run since anything changed: questions, sentences, what is native."""
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == gallery.page(pieces)


def test_every_picture_of_the_page_is_there(pieces: list[Piece]) -> None:
    """No picture is missing, none is left over, none is heavy."""
    named = set(re.findall(r'src="([^"]+)"', gallery.page(pieces)))
    there = {path.name: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert set(there) == named
    assert max(there.values()) < 100_000
