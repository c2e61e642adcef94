"""Where the nodes and bands of a Sankey chart lie: layers, order and heights. No drawing here.

Layers run from left to right by the longest way from a source. A flow that skips layers is led through them
by way points, so that it does not run over nodes. Heights are inches from the top.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from bot.model import Flow

_GAP = 0.07  # inches between two nodes at least
_WIDE_GAP = 0.3  # at most
_SWEEPS = 8
_HALVINGS = 40


@dataclass(slots=True)
class Node:
    """A node, or with ``flow`` a way point of one."""

    layer: int
    value: float
    flow: int | None = None
    slot: float = 0.0  # inches that it takes with its label
    height: float = 0.0
    middle: float = 0.0

    @property
    def top(self) -> float:
        """The upper edge of what is drawn."""
        return self.middle - self.height / 2


@dataclass(frozen=True, slots=True)
class Band:
    """A flow as drawn: the upper edge at each node on its way, leaving and arriving, and how thick it is."""

    flow: Flow
    stops: tuple[tuple[int, float, float], ...]  # layer, upper edge where it arrives, and where it leaves
    thickness: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Nodes by name, without way points, and bands, the thickest first."""

    nodes: Mapping[str, Node]
    bands: tuple[Band, ...]
    layers: int


def crowd(flows: Sequence[Flow]) -> int:
    """How many nodes the fullest layer has."""
    layers = list(layered(_sound(flows)).values())
    return max((layers.count(layer) for layer in set(layers)), default=0)


def plan(flows: Sequence[Flow], height: float, line: float) -> Plan:
    """Lay the flows out within ``height`` inches, with ``line`` inches for each label.

    Flows without an amount, from a node to itself, or back to where the amount came from are left out.
    """
    flows = _sound(flows)
    layers = layered(flows)
    nodes, ways = _nodes(flows, layers)
    columns = _ordered(nodes, ways)
    scale = _sized(nodes, columns, height, line)
    _placed(nodes, columns, ways, flows, height)
    bands = _bands(nodes, ways, flows, scale)
    real = {key: node for key, node in nodes.items() if node.flow is None}
    return Plan(real, bands, len(columns))


def _sound(flows: Sequence[Flow]) -> list[Flow]:
    """Flows that can be drawn; of a circle the smallest flow goes, since the largest come first."""
    after: dict[str, set[str]] = defaultdict(set)
    kept: list[Flow] = []
    for flow in sorted(flows, key=lambda flow: -flow.value):
        if flow.value > 0 and flow.source != flow.target and not _reaches(after, flow.target, flow.source):
            after[flow.source].add(flow.target)
            kept.append(flow)
    return kept


def _reaches(after: Mapping[str, set[str]], start: str, goal: str) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        waiting.extend(after.get(node, set()) - seen)
        seen |= after.get(node, set())
    return False


def layered(flows: Sequence[Flow]) -> dict[str, int]:
    """The layer of each node: the longest way that leads to it. There must be no circle."""
    found = dict.fromkeys((name for flow in flows for name in (flow.source, flow.target)), 0)
    for _ in found:
        late = [flow for flow in flows if found[flow.target] <= found[flow.source]]
        if not late:
            break
        for flow in late:
            found[flow.target] = max(found[flow.target], found[flow.source] + 1)
    return found


_Ways = list[list[str]]


def _nodes(flows: Sequence[Flow], layers: Mapping[str, int]) -> tuple[dict[str, Node], _Ways]:
    """All nodes with way points, and for each flow the nodes on its way."""
    coming: dict[str, float] = defaultdict(float)
    going: dict[str, float] = defaultdict(float)
    for flow in flows:
        going[flow.source] += flow.value
        coming[flow.target] += flow.value
    nodes = {name: Node(layer, max(coming[name], going[name])) for name, layer in layers.items()}
    ways: _Ways = []
    for index, flow in enumerate(flows):
        way = [flow.source]
        for layer in range(layers[flow.source] + 1, layers[flow.target]):
            key = f"{index}\n{layer}"  # no name has a line break
            nodes[key] = Node(layer, flow.value, index)
            way.append(key)
        ways.append([*way, flow.target])
    return nodes, ways


# -- order -------------------------------------------------------------------------------------------------


def _ordered(nodes: Mapping[str, Node], ways: _Ways) -> list[list[str]]:
    """Nodes of each layer from the top down, so that few bands cross: sweeps to the middle of neighbours."""
    steps = [(a, b) for way in ways for a, b in pairwise(way)]
    columns: list[list[str]] = [
        [] for _ in range(1 + max((node.layer for node in nodes.values()), default=-1))
    ]
    for key in sorted(nodes, key=lambda key: -nodes[key].value):
        columns[nodes[key].layer].append(key)
    before, after = defaultdict(list), defaultdict(list)
    for a, b in steps:
        before[b].append(a)
        after[a].append(b)
    best, fewest = [list(column) for column in columns], crossings(columns, steps)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for column in columns if forward else columns[::-1]:
            _sweep(column, columns, before if forward else after, nodes)
        count = crossings(columns, steps)
        if count < fewest:
            best, fewest = [list(column) for column in columns], count
    return best


def _sweep(
    column: list[str],
    columns: Sequence[Sequence[str]],
    beside: Mapping[str, list[str]],
    nodes: Mapping[str, Node],
) -> None:
    places = {key: i / max(len(others) - 1, 1) for others in columns for i, key in enumerate(others)}

    def middle(key: str) -> float:
        near = beside.get(key, [])
        weight = sum(nodes[other].value for other in near)
        return sum(places[other] * nodes[other].value for other in near) / weight if near else places[key]

    column.sort(key=middle)


def crossings(columns: Sequence[Sequence[str]], steps: Sequence[tuple[str, str]]) -> int:
    """How many pairs of bands cross between neighbouring layers."""
    place = {key: (layer, i) for layer, column in enumerate(columns) for i, key in enumerate(column)}
    return sum(
        (place[a][1] - place[c][1]) * (place[b][1] - place[d][1]) < 0
        for (a, b), (c, d) in combinations(steps, 2)
        if place[a][0] == place[c][0]
    )


# -- heights -----------------------------------------------------------------------------------------------


def _sized(nodes: Mapping[str, Node], columns: Sequence[Sequence[str]], height: float, line: float) -> float:
    """Give nodes their heights; inches of one unit, as large as every layer has room for."""

    def needed(scale: float, column: Sequence[str]) -> float:
        slots = (max(nodes[key].value * scale, line * (nodes[key].flow is None)) for key in column)
        return sum(slots) + _GAP * (len(column) - 1)

    low, high = 0.0, height / max((node.value for node in nodes.values()), default=1.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fits = all(needed(middle, column) <= height for column in columns)
        low, high = (middle, high) if fits else (low, middle)
    for node in nodes.values():
        node.height = node.value * low
        node.slot = max(node.height, line * (node.flow is None))
    return low


def _placed(
    nodes: Mapping[str, Node],
    columns: Sequence[Sequence[str]],
    ways: _Ways,
    flows: Sequence[Flow],
    height: float,
) -> None:
    """Give nodes their middles: the first layer evenly, others near where their bands come from."""
    coming: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for way, flow in zip(ways, flows, strict=True):
        for a, b in pairwise(way):
            coming[b].append((a, flow.value))
    for column in columns:
        free = height - sum(nodes[key].slot for key in column)
        gap = min(free / max(len(column) - 1, 1), _WIDE_GAP)
        edge = (free - gap * (len(column) - 1)) / 2
        for key in column:
            nodes[key].middle = edge + nodes[key].slot / 2
            edge += nodes[key].slot + gap
        if any(coming[key] for key in column):
            for key in column:
                if weight := sum(value for _, value in coming[key]):
                    nodes[key].middle = sum(nodes[a].middle * value for a, value in coming[key]) / weight
            _settle([nodes[key] for key in column], height)


def _settle(column: Sequence[Node], height: float) -> None:
    """Move nodes of one layer apart, from the top down, then back up from the lower edge."""
    edge = 0.0
    for node in column:
        node.middle = max(node.middle, edge + node.slot / 2)
        edge = node.middle + node.slot / 2 + _GAP
    edge = height
    for node in reversed(column):
        node.middle = min(node.middle, edge - node.slot / 2)
        edge = node.middle - node.slot / 2 - _GAP


# -- bands -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Edges:
    """How far the side of a node is taken, from the top."""

    arriving: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    leaving: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def _bands(nodes: Mapping[str, Node], ways: _Ways, flows: Sequence[Flow], scale: float) -> tuple[Band, ...]:
    """Bands that leave and arrive in the order of where they go and come from."""
    edges = _Edges()
    left: dict[tuple[int, int], float] = {}
    arrived: dict[tuple[int, int], float] = {}
    steps = [(i, k, way[k], way[k + 1]) for i, way in enumerate(ways) for k in range(len(way) - 1)]
    for i, k, a, _ in sorted(steps, key=lambda step: nodes[step[3]].middle):
        left[i, k] = nodes[a].top + edges.leaving[a]
        edges.leaving[a] += flows[i].value * scale
    for i, k, _, b in sorted(steps, key=lambda step: nodes[step[2]].middle):
        arrived[i, k + 1] = nodes[b].top + edges.arriving[b]
        edges.arriving[b] += flows[i].value * scale
    made = []
    for i, way in enumerate(ways):
        stops = tuple(
            (
                nodes[key].layer,
                arrived.get((i, k), left.get((i, k), 0.0)),
                left.get((i, k), arrived.get((i, k), 0.0)),
            )
            for k, key in enumerate(way)
        )
        made.append(Band(flows[i], stops, flows[i].value * scale))
    return tuple(made)
