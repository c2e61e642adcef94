from __future__ import annotations

import struct
import time
from dataclasses import replace

import pytest
from matplotlib.colors import to_hex

from bot.charts.png import draw, figure
from bot.model import ChartKind, ChartSpec, Flow, Series
from tests.charts.drawings import forecast, of_kind, over_time, points, sankey, spec, stacked, two_axes
from tests.charts.legible import complaints

LONG = "The name of a customer that goes on and on, as names in real data sometimes do, whatever one may wish"
NAMES = ("", "EMEA", "Closed won", "Enterprise renewal programme", LONG, "東京都渋谷区", "مبيعات الربع", "🚀")


def _size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    "chart",
    [
        *map(of_kind, ChartKind),
        *(stacked(kind) for kind in (ChartKind.COLUMN, ChartKind.BAR, ChartKind.AREA)),
        *(stacked(kind, full=True) for kind in (ChartKind.COLUMN, ChartKind.BAR, ChartKind.AREA)),
        two_axes(), two_axes(ChartKind.LINE), forecast(), over_time(series=3),
        over_time(ChartKind.AREA, count=2_000), points(series=2),
    ],
    ids=lambda chart: f"{chart.kind}-{chart.stacking}-{len(chart.categories)}-{len(chart.series)}",
)  # fmt: skip
def test_every_kind_is_drawn_and_can_be_read(chart: ChartSpec) -> None:
    """A PNG of 1200 by 675 pixels on white, with its title, no text over another or beyond the edge."""
    assert _size(draw(chart)) == (1200, 675)
    made = figure(chart)
    assert to_hex(made.get_facecolor()) == "#ffffff"
    assert made.get_suptitle() == chart.title
    assert complaints(made) == []


def _named(chart: ChartSpec, name: str) -> ChartSpec:
    """The same chart with everything named so, numbered where it has to be told apart."""
    return replace(
        chart,
        title=name,
        x_label=name,
        y_label=name,
        categories=tuple(f"{name} {i}" if name else "" for i in range(len(chart.categories))),
        series=tuple(replace(series, name=f"{name} {i}") for i, series in enumerate(chart.series)),
        flows=tuple(Flow(f"{name} {f.source}", f"{name} {f.target}", f.value) for f in chart.flows),
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", list(ChartKind))
def test_texts_fit_whatever_they_say(kind: ChartKind, name: str) -> None:
    """Empty and endless names, other scripts and emoji: nothing overlaps, nothing is cut off by the edge."""
    assert complaints(figure(_named(of_kind(kind, count=9), name))) == []


@pytest.mark.parametrize(
    ("kind", "count", "series"),
    [
        *((ChartKind.COLUMN, count, 1) for count in (1, 2, 13, 26, 50)),
        *((ChartKind.COLUMN, count, 3) for count in (1, 4, 20)),
        (ChartKind.BAR, 20, 1), (ChartKind.BAR, 1, 12), (ChartKind.BAR, 20, 12),
        (ChartKind.LINE, 50, 12), (ChartKind.LINE, 1, 1), (ChartKind.AREA, 30, 2),
        (ChartKind.PIE, 1, 1), (ChartKind.PIE, 12, 1), (ChartKind.FUNNEL, 12, 1), (ChartKind.FUNNEL, 1, 1),
        (ChartKind.HEATMAP, 30, 20), (ChartKind.HEATMAP, 20, 30), (ChartKind.HEATMAP, 1, 1),
        (ChartKind.POLAR, 24, 1), (ChartKind.POLAR, 2, 6), (ChartKind.POLAR, 1, 1),
        (ChartKind.SPIDER, 24, 6), (ChartKind.SPIDER, 3, 2), (ChartKind.SCATTER, 12, 1),
    ],
)  # fmt: skip
def test_texts_fit_however_many_there_are(kind: ChartKind, count: int, series: int) -> None:
    """From one category to as many as are ever planned, with short names and with long ones."""
    chart = of_kind(kind, count=count, series=series)
    for name in ("Q", "Enterprise renewal"):
        assert complaints(figure(_named(chart, name))) == []


VALUES = {
    "one outlier": (1e9, 2.0, 3.0, 1.0, 2.0, 4.0),
    "zero": (0.0,) * 6,
    "equal": (5.0,) * 6,
    "huge": (1e15, 2e15, 3e15, 1.5e15, 1e15, 2e15),
    "tiny": (1e-9, 2e-9, 3e-9, 1e-9, 2e-9, 1e-9),
    "close together": (1e6, 1e6 + 1, 1e6 + 2, 1e6, 1e6 + 3, 1e6),
    "missing": (None, 1.0, None, None, 2.0, None),
    "nothing": (None,) * 6,
    "beyond words": (1e39, -1e39, 0.0, 1e38, 1.0, -1.0),
    "negative": (-1.0, -20.0, -3.0, -5.0, -8.0, -13.0),
}


@pytest.mark.parametrize("values", VALUES.values(), ids=list(VALUES))
@pytest.mark.parametrize("kind", [kind for kind in ChartKind if kind is not ChartKind.SANKEY])
def test_extreme_values_are_drawn(kind: ChartKind, values: tuple[float | None, ...]) -> None:
    """Whatever the numbers, there is a picture whose texts can be read."""
    assert complaints(figure(replace(of_kind(kind), series=(Series("s", values),)))) == []


def test_pictures_grow_where_rows_need_it() -> None:
    """Fifty rows need more than a line of three pixels each; the width stays."""
    width, height = _size(draw(spec(ChartKind.BAR, count=50)))
    assert width == 1200
    assert 1500 < height <= 1800
    assert _size(draw(spec(ChartKind.HEATMAP, count=3, series=30)))[1] > 1200
    assert _size(draw(spec(ChartKind.FUNNEL, count=12)))[1] > 800


def test_a_long_head_does_not_squeeze_the_chart() -> None:
    """With a title of two lines and a legend of four, the picture gets higher instead."""
    chart = _named(spec(ChartKind.COLUMN, count=5, series=12), "Enterprise renewal programme of the year")
    made = figure(replace(chart, title=LONG * 2))
    assert made.axes[0].get_position().height * made.get_figheight() > 1.2
    assert made.get_figheight() > 3.375


def test_dollars_and_other_scripts_are_drawn_as_text() -> None:
    """Neither mathtext nor a glyph that no font has stops a chart, and no warning escapes."""
    awkward = r"cost $100% and $5_ \foo$ {x}^2 売上 🔥"
    for kind in ChartKind:
        made = figure(_named(of_kind(kind, count=3), awkward))
        assert made.get_suptitle() == r"cost $100% and $5_ \foo$ {x}^2 …"
        assert complaints(made) == []


def test_a_large_chart_is_drawn_in_time() -> None:
    """Twelve lines of 2,000 points and forty flows take far less than the worker has."""
    nodes = [f"Node {i}" for i in range(14)]
    flows = sankey(*((nodes[i % 5], nodes[5 + i % 9], 10.0 + i) for i in range(40)))
    for chart in (over_time(count=2_000, series=12), flows):
        start = time.perf_counter()
        draw(chart)
        assert time.perf_counter() - start < 5  # about 0.2 s on an idle machine
