from __future__ import annotations

from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from bot.charts import style
from bot.charts.png import figure
from tests.charts.drawings import sankey
from tests.charts.legible import complaints
from tests.charts.reading import bars, texts


def test_nodes_tell_their_amounts_and_bands_join_them() -> None:
    """A bar and a label for each node, a curved band for each flow in the colour of where it comes from."""
    made = figure(sankey())
    assert set(texts(made.axes[0])) == {
        "Search  80", "Referral  40", "Sign-up  100", "Team  70", "Free  50",
    }  # fmt: skip
    bands = [patch for patch in made.axes[0].patches if isinstance(patch, PathPatch)]
    assert len(bands) == 5
    assert len(bars(made)) == 5
    assert {to_hex(band.get_facecolor()) for band in bands} <= {colour.lower() for colour in style.PALETTE}


def test_ends_are_grey() -> None:
    """Nodes that nothing flows from have no colour of their own."""
    colours = [to_hex(bar.get_facecolor()) for bar in bars(figure(sankey(("a", "b", 1.0))))]
    assert colours == [style.colour(0).lower(), style.ZERO.lower()]


def test_names_that_cannot_be_shown_stay_apart() -> None:
    """Two names without a glyph are two nodes."""
    made = figure(sankey(("東京", "x", 2.0), ("大阪", "x", 1.0)))
    assert set(texts(made.axes[0])) == {"No. 1  2", "No. 3  1", "x  3"}


def test_many_layers_leave_out_amounts_before_names_collide() -> None:
    """Labels between the layers keep to the room that there is."""
    names = [f"A stage with a long name {i}" for i in range(7)]
    made = figure(sankey(*((names[i], names[i + 1], 1e6) for i in range(6))))
    assert complaints(made) == []
    assert "1M" in " ".join(texts(made.axes[0]))


def test_crowded_layers_make_a_higher_picture() -> None:
    """Twenty nodes in one layer have a line each."""
    made = figure(sankey(*(("All", f"Part {i}", 1.0 + i) for i in range(20))))
    assert made.get_figheight() > 5
    assert complaints(made) == []
