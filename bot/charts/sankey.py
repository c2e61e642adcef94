"""Sankey charts: amounts that flow between nodes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from bot.charts import flows, fonts, labels, style
from bot.charts.flows import Band, Plan
from bot.charts.labels import SMALL, TEXT
from bot.charts.page import Page
from bot.core.values import compact
from bot.model import ChartSpec

_NODE = 0.13  # inches that a node is wide
_NAME = 1.5  # inches that a label beside the picture may take
_SHORTEST = 0.4  # inches without which a name is no name
_PAD = 0.06
_STRENGTH = 0.38
_LINE = labels.height(TEXT)
_PITCH = 0.24  # inches of height for a node where there are many


def rows(spec: ChartSpec) -> float:
    """Inches that the fullest layer needs."""
    return _PITCH * flows.crowd(spec.flows)


def draw(page: Page, spec: ChartSpec) -> None:
    """Draw nodes as bars in layers, and flows as bands between them in the colour of where they come from."""
    page.measured(spec.y_label, spec.title)
    made = flows.plan(spec.flows, page.top - page.bottom, _LINE)
    last = made.layers - 1
    texts = _texts(page, spec, made, 0, _NAME) | _texts(page, spec, made, last, _NAME)
    left = page.left + _widest(page, texts, made, 0) + _PAD
    right = page.right - _widest(page, texts, made, last) - _PAD - _NODE
    step = (right - left) / max(last, 1)
    for layer in range(1, last):
        texts |= _texts(page, spec, made, layer, step - _NODE - 2 * _PAD)
    places = [left + layer * step for layer in range(made.layers)]
    into = page.canvas()
    colours = _colours(spec, made)
    for band in made.bands:
        into.add_patch(_ribbon(page, band, places, colours[band.flow.source]))
    for key, node in made.nodes.items():
        x, top, height = places[node.layer], page.top - node.top, max(node.height, 0.01)
        into.add_patch(
            Rectangle((x, top - height), _NODE, height, facecolor=colours[key], linewidth=0, zorder=3)
        )
        _write(into, texts[key], node.layer, (x, page.top - node.middle), made.layers)


def _texts(page: Page, spec: ChartSpec, made: Plan, layer: int, room: float) -> dict[str, str]:
    """Name and amount of each node of a layer; names are cut, or amounts left out, to fit the room."""

    def measure(text: str) -> float:
        return page.measure(text, _size(layer, made.layers))

    shown = dict(zip(made.nodes, fonts.names(list(made.nodes), page.face), strict=True))
    keys = [key for key, node in made.nodes.items() if node.layer == layer]
    amounts = [compact(made.nodes[key].value, spec.format) for key in keys]
    most = room - max((measure(f"  {amount}") for amount in amounts), default=0.0)
    if most < _SHORTEST:
        return dict(zip(keys, labels.shorten_all([shown[key] for key in keys], room, measure), strict=True))
    cut = labels.shorten_all([shown[key] for key in keys], most, measure)
    return {key: f"{name}  {amount}" for key, name, amount in zip(keys, cut, amounts, strict=True)}


def _size(layer: int, layers: int) -> float:
    return TEXT if layer in {0, layers - 1} else SMALL


def _widest(page: Page, texts: Mapping[str, str], made: Plan, layer: int) -> float:
    here = (page.measure(texts[key]) for key, node in made.nodes.items() if node.layer == layer)
    return max(here, default=0.0)


def _colours(spec: ChartSpec, made: Plan) -> Mapping[str, str]:
    """A colour for each node that something flows from, the largest first; grey for the ends."""
    sources = {flow.source for flow in spec.flows}
    order = sorted((key for key in made.nodes if key in sources), key=lambda key: -made.nodes[key].value)
    return dict.fromkeys(made.nodes, style.ZERO) | {key: style.colour(i) for i, key in enumerate(order)}


def _ribbon(page: Page, band: Band, places: list[float], colour: str) -> PathPatch:
    """A band along its stops: curves forth along the upper edge, back along the lower one."""
    upper: list[tuple[float, float]] = []
    for layer, arrives, leaves in band.stops:
        upper += [(places[layer], page.top - arrives), (places[layer] + _NODE, page.top - leaves)]
    upper = upper[1:-1]
    lower = [(x, y - band.thickness) for x, y in reversed(upper)]
    points, codes = [upper[0]], [Path.MOVETO]
    for edge in (upper, lower):
        for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(edge)):
            middle = (x0 + x1) / 2
            curved = i % 2 == 0
            points += [(middle, y0), (middle, y1), (x1, y1)] if curved else [(x1, y1)]
            codes += [Path.CURVE4] * 3 if curved else [Path.LINETO]
        if edge is upper:
            points.append(lower[0])
            codes.append(Path.LINETO)
    points.append(upper[0])
    codes.append(Path.CLOSEPOLY)
    return PathPatch(Path(points, codes), facecolor=colour, alpha=_STRENGTH, linewidth=0, zorder=2)


def _write(into: Axes, text: str, layer: int, place: tuple[float, float], layers: int) -> None:
    """A label: outside at the first layer, else behind the node, with a halo where bands run under it."""
    x = place[0] - _PAD if layer == 0 else place[0] + _NODE + _PAD
    halo = [patheffects.withStroke(linewidth=2.5, foreground=(1, 1, 1, 0.85))]
    into.text(
        x, place[1], text, ha="left" if layer else "right", va="center_baseline",
        fontsize=_size(layer, layers), path_effects=halo if 0 < layer < layers - 1 else None, zorder=4,
    )  # fmt: skip
