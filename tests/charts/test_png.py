from __future__ import annotations

import struct
from dataclasses import replace
from itertools import pairwise

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.charts.png import draw, figure
from bot.model import ChartKind, ChartSpec, Series
from tests.charts.drawings import over_time, points, spec


def _size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _x_labels(made: Figure) -> list[str]:
    return [label.get_text() for label in made.axes[0].get_xticklabels()]


def _y_labels(made: Figure) -> list[str]:
    return [label.get_text() for label in made.axes[0].get_yticklabels()]


def _bars(made: Figure) -> list[Rectangle]:
    return [patch for patch in made.axes[0].patches if isinstance(patch, Rectangle)]


def _texts(made: Figure) -> list[str]:
    return [text.get_text() for text in made.axes[0].texts]


def _legend(made: Figure) -> list[str]:
    return [text.get_text() for legend in made.legends for text in legend.get_texts()]


@pytest.mark.parametrize(
    "chart",
    [
        *(spec(kind) for kind in ChartKind if kind is not ChartKind.SCATTER),
        over_time(ChartKind.LINE, series=3),
        over_time(ChartKind.AREA, count=2_000),
        points(series=2),
    ],
    ids=lambda chart: f"{chart.kind}-{len(chart.categories)}-{len(chart.series)}",
)
def test_every_kind_is_drawn(chart: ChartSpec) -> None:
    """A PNG of 1200 by 675 pixels comes out, on white."""
    assert _size(draw(chart)) == (1200, 675)
    made = figure(chart)
    assert to_hex(made.get_facecolor()) == "#ffffff"
    assert made.get_suptitle() == chart.title


def test_columns_carry_their_values() -> None:
    """Up to twelve bars are labelled directly, with compact amounts, and need no legend."""
    made = figure(spec(count=6))
    axes = made.axes[0]
    assert [bar.get_height() for bar in _bars(made)] == [1000.0 * i for i in range(1, 7)]
    assert _texts(made) == ["$1K", "$2K", "$3K", "$4K", "$5K", "$6K"]
    assert _x_labels(made) == [f"Category {i}" for i in range(6)]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Category", "Revenue")
    assert _legend(made) == []
    assert _texts(figure(spec(count=13))) == []


def test_bars_have_their_first_row_on_top() -> None:
    """Horizontal bars are read from the top down."""
    made = figure(spec(ChartKind.BAR))
    bottom, top = made.axes[0].get_ylim()
    assert bottom > top
    assert [bar.get_width() for bar in _bars(made)] == [1000.0 * i for i in range(1, 7)]
    assert _y_labels(made)[0] == "Category 0"


def test_many_bars_make_a_higher_picture() -> None:
    """Fifty rows need more than a line of three pixels each."""
    width, height = _size(draw(spec(ChartKind.BAR, count=50)))
    assert width == 1200
    assert 1500 < height <= 1800


def test_several_series_have_a_legend() -> None:
    """Each series stands beside its neighbours and is named, also if its name begins with an underscore."""
    made = figure(spec(count=4, series=3))
    assert len(made.axes[0].patches) == 12
    assert _legend(made) == ["Series 0", "Series 1", "Series 2"]
    named = replace(over_time(series=2), series=(Series("_a", (1.0,) * 24), Series("", (2.0,) * 24)))
    assert [name.strip() for name in _legend(figure(named))] == ["_a", "–"]


def test_lines_run_along_time() -> None:
    """A line for each series over real dates, with concise labels."""
    made = figure(over_time(count=60, series=2))
    assert len(made.axes[0].lines) == 2
    made.draw_without_rendering()
    assert "Feb" in _x_labels(made)


def test_a_gap_stays_a_gap() -> None:
    """A missing value breaks the line instead of reading as zero."""
    chart = replace(spec(ChartKind.LINE, count=3), series=(Series("s", (1.0, None, 3.0)),))
    assert str(figure(chart).axes[0].lines[0].get_ydata()[1]) == "nan"  # type: ignore[index]  # an array
    bars = replace(chart, kind=ChartKind.COLUMN)
    assert [text for text in _texts(figure(bars)) if text] == ["$1", "$3"]


def test_a_single_line_tells_its_last_value() -> None:
    """The newest figure stands at the end of the line."""
    assert _texts(figure(spec(ChartKind.LINE, count=5))) == ["$5K"]


def test_areas_stand_on_zero() -> None:
    """What is filled must be filled from zero."""
    made = figure(over_time(ChartKind.AREA))
    assert made.axes[0].get_ylim()[0] == 0
    assert len(made.axes[0].collections) == 1


def test_slices_are_named_with_amount_and_share() -> None:
    """Every slice has its own label; a pie needs no legend."""
    chart = replace(
        spec(ChartKind.PIE, count=3),
        categories=("Won", "Lost", "Other"),
        series=(Series("n", (50.0, 30.0, 20.0)),),
    )
    made = figure(chart)
    assert [text for text in _texts(made) if text] == [
        "Won\n$50 (50%)",
        "Lost\n$30 (30%)",
        "Other\n$20 (20%)",
    ]
    assert _legend(made) == []


def test_labels_of_small_slices_do_not_collide() -> None:
    """Twelve slices, most of them tiny, keep their labels a line apart."""
    chart = replace(spec(ChartKind.PIE, count=12), series=(Series("n", (500.0, *range(1, 12))),))
    placed = [text.get_position() for text in figure(chart).axes[0].texts if text.get_text()]
    for side in (-1, 1):
        heights = sorted(y for x, y in placed if x * side > 0)
        assert all(b - a > 0.19 for a, b in pairwise(heights))


def test_points_are_placed_and_named() -> None:
    """A few points carry their names, many do not; groups have a legend."""
    made = figure(points(count=10))
    assert len(made.axes[0].collections[0].get_offsets()) == 10  # type: ignore[arg-type]  # an array
    assert "P9" in _texts(made)
    assert _texts(figure(points(count=40))) == []
    assert _legend(figure(points(count=40, series=2))) == ["S0", "S1"]


def test_negative_values_hang_below_a_zero_line() -> None:
    """Zero is visible where values lie on both sides of it."""
    chart = replace(spec(count=3), series=(Series("s", (-5.0, 3.0, 1.0)),))
    axes = figure(chart).axes[0]
    assert len(axes.lines) == 1
    assert axes.get_ylim()[0] < -5


def test_dollars_and_other_scripts_are_drawn_as_text() -> None:
    """Neither mathtext nor a glyph that no font has stops a chart, and no warning escapes."""
    awkward = r"cost $100% and $5_ \foo$ {x}^2 売上 🔥"
    for kind in ChartKind:
        chart = points(count=3) if kind is ChartKind.SCATTER else spec(kind, count=3, series=1)
        chart = replace(
            chart, title=awkward, x_label=awkward, y_label=awkward, categories=(awkward,) * 3,
            series=(Series(awkward, (1.0, 2.0, 3.0)), Series(awkward, (2.0, 1.0, 3.0))),
        )  # fmt: skip
        assert _size(draw(chart)) == (1200, 675)


@pytest.mark.parametrize("value", [0.0, 1e-12, 1e39, -1e39])
def test_extreme_values_are_drawn(value: float) -> None:
    """All zeros, hardly anything and far too much make a picture, too."""
    for kind in (ChartKind.COLUMN, ChartKind.BAR, ChartKind.LINE, ChartKind.AREA):
        chart = replace(spec(kind, count=2), series=(Series("s", (value, value)),))
        assert _size(draw(chart)) == (1200, 675)
