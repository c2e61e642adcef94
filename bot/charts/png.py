"""Draws a ``ChartSpec`` as a PNG. It imports matplotlib, and therefore runs in the chart worker only.

Only the ``Figure`` API is used: no pyplot, hence no global state and nothing to close. Every text comes from
users and data, so mathtext is off (``$`` is a dollar), and what no installed font can show is replaced.
A picture is a ``Page``; each kind of chart has a module that draws on what the title leaves free of it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType

import matplotlib as mpl
from matplotlib.figure import Figure

from bot.charts import bars, fonts, funnel, heatmap, lines, pie, points, sankey, style, wheels
from bot.charts.page import HEIGHT, Page
from bot.model import ChartKind, ChartSpec

_HIGHEST = 9.0
_AROUND = 1.15  # inches of the height that are not rows: title, legend, axis


def draw(spec: ChartSpec) -> bytes:
    """The chart as PNG bytes, 1200 pixels wide and 675 high; higher where many rows need it."""
    with mpl.rc_context(style.rc()):
        out = io.BytesIO()
        figure(spec).savefig(out, format="png")
        return out.getvalue()


def figure(spec: ChartSpec) -> Figure:
    """The chart as a laid-out figure; texts are final, so a test can read them."""
    with mpl.rc_context(style.rc()):
        height = _height(spec)
        page = _page(spec, height)
        if page.missing > 0:
            page = _page(spec, min(height + page.missing, _HIGHEST))
        return page.figure


def _page(spec: ChartSpec, height: float) -> Page:
    page = Page(height)
    spec = fonts.printable(spec, page.face)
    page.title(spec.title)
    _DRAW[spec.kind](page, spec)
    return page


def _height(spec: ChartSpec) -> float:
    """Rows need a line each; Slack scales an image by its width."""
    rows = _ROWS.get(spec.kind)
    return HEIGHT if rows is None else min(max(HEIGHT, _AROUND + rows(spec)), _HIGHEST)


_DRAW: Mapping[ChartKind, Callable[[Page, ChartSpec], None]] = MappingProxyType(
    {
        ChartKind.AREA: lines.draw,
        ChartKind.BAR: bars.draw,
        ChartKind.COLUMN: bars.draw,
        ChartKind.FUNNEL: funnel.draw,
        ChartKind.HEATMAP: heatmap.draw,
        ChartKind.LINE: lines.draw,
        ChartKind.PIE: pie.draw,
        ChartKind.POLAR: wheels.polar,
        ChartKind.SANKEY: sankey.draw,
        ChartKind.SCATTER: points.draw,
        ChartKind.SPIDER: wheels.spider,
    }
)

_ROWS: Mapping[ChartKind, Callable[[ChartSpec], float]] = MappingProxyType(
    {
        ChartKind.BAR: bars.rows,
        ChartKind.FUNNEL: funnel.rows,
        ChartKind.HEATMAP: heatmap.rows,
        ChartKind.SANKEY: sankey.rows,
    }
)
