"""What flows from where to where: the links of a Sankey chart, few enough to be followed by eye."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.core import frames, measures
from bot.core.frames import Data
from bot.core.thinning import OTHER
from bot.model import Flow, TableColumn

MOST_FLOWS = 40
MOST_NODES = 30
_MOST_LAYERS = 5
_PAIR = 2
#: Of more links than these nobody follows a chain.
_MOST_LINKS = 400

#: Columns with such words in their names are the two ends of a link, so that a name means one node in both.
_SOURCES = frozenset({"source", "from", "origin", "start", "sender", "parent", "previous"})
_TARGETS = frozenset({"target", "to", "destination", "end", "receiver", "child", "next"})
_WORD = re.compile(r"[a-z]+")

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """The flows, largest first, and what was left out; or why there are none, to begin a sentence with."""

    flows: tuple[Flow, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""


def read(data: Data) -> Course:
    """The amounts of the first measure between neighbouring dimensions."""
    layers = data.dimensions[:_MOST_LAYERS]
    amounts = data.left[0].series.values
    if len(layers) < _PAIR:
        return Course(problem="A Sankey chart needs two dimensions")
    paths: dict[_Path, float] = {}
    for row, amount in zip(data.table.rows, amounts, strict=True):
        if amount is not None and amount < 0:
            return Course(problem="A Sankey chart cannot show negative values")
        if amount:
            path = _path(None if row[i].value is None else row[i].text for i in layers)
            paths[path] = paths.get(path, 0.0) + amount
    columns = [data.table.columns[i] for i in layers]
    course = between(paths, [measures.label(column) for column in columns], chained=_are_ends(columns))
    left = len(data.dimensions) - len(layers)
    note = f"{left} more dimension{' is' if left == 1 else 's are'} only in the table."
    return course if not left or course.problem else Course(course.flows, (*course.notes, note))


def _path(names: Iterable[str | None]) -> _Path:
    """The names up to the first that is missing: there the flow ends."""
    found: list[str] = []
    for name in names:
        if name is None:
            break
        found.append(frames.category(name))
    return tuple(found)


def _are_ends(columns: Sequence[TableColumn]) -> bool:
    words = [set(_WORD.findall(f"{column.name} {column.ref}".lower())) for column in columns]
    return len(words) == _PAIR and bool(words[0] & _SOURCES) and bool(words[1] & _TARGETS)


def between(paths: Mapping[_Path, float], layers: Sequence[str], *, chained: bool) -> Course:
    """The flows along paths of at most as many names as there are layers.

    A name in two layers is a node in each, unless the paths are ``chained`` links, of which one goes on where
    another ends, and never back.
    """
    links = {path: amount for path, amount in paths.items() if len(path) > 1}
    if not links:
        return Course(problem="Nothing flows from one place to another")
    if chained and len(links) <= _MOST_LINKS and _goes_on(links) and not _circles(links):
        return _chain(links)
    cap = MOST_NODES // len(layers)
    merged = _merged(links, cap)
    while len(_sums(merged)) > MOST_FLOWS:
        cap -= 1
        merged = _merged(links, cap)
    notes = () if merged.keys() == links.keys() else (f"The smallest names are drawn as “{OTHER}”.",)
    return Course(_sorted(_named(_sums(merged), layers)), notes)


# -- names that go on from link to link ------------------------------------------------------------------


def _goes_on(links: Mapping[_Path, float]) -> bool:
    return bool({path[0] for path in links} & {path[1] for path in links})


def _circles(links: Mapping[_Path, float]) -> bool:
    """Some path leads back to where it began."""
    left = set(links)
    while left:
        targets = {path[1] for path in left}
        open_ = {path for path in left if path[0] in targets}
        if open_ == left:
            return True
        left = open_
    return False


def _chain(links: Mapping[_Path, float]) -> Course:
    """The largest links, as long as there are not too many."""
    kept: list[Flow] = []
    nodes: set[str] = set()
    flows = _sorted([Flow(path[0], path[1], amount) for path, amount in links.items()])
    for flow in flows:
        ends = nodes | {flow.source, flow.target}
        if len(kept) < MOST_FLOWS and len(ends) <= MOST_NODES:
            kept.append(flow)
            nodes = ends
    notes = (f"The chart shows the {len(kept)} largest of {len(flows):,} flows.",)
    return Course(tuple(kept), notes if len(kept) < len(flows) else ())


# -- layers ----------------------------------------------------------------------------------------------


def _merged(links: Mapping[_Path, float], cap: int) -> dict[_Path, float]:
    """The paths with at most ``cap`` names in each layer: the largest, and the rest as one."""
    longest = max(map(len, links))
    sizes: list[dict[str, float]] = [{} for _ in range(longest)]
    for path, amount in links.items():
        for layer, name in enumerate(path):
            sizes[layer][name] = sizes[layer].get(name, 0.0) + amount
    kept = [
        set(layer) if len(layer) <= cap else set(sorted(layer, key=lambda name: -layer[name])[: cap - 1])
        for layer in sizes
    ]
    merged: dict[_Path, float] = {}
    for path, amount in links.items():
        names = tuple(name if name in kept[layer] else OTHER for layer, name in enumerate(path))
        merged[names] = merged.get(names, 0.0) + amount
    return merged


def _sums(paths: Mapping[_Path, float]) -> dict[tuple[int, str, str], float]:
    """What flows between two names of neighbouring layers."""
    sums: dict[tuple[int, str, str], float] = {}
    for path, amount in paths.items():
        for layer, (source, target) in enumerate(pairwise(path)):
            sums[layer, source, target] = sums.get((layer, source, target), 0.0) + amount
    return sums


def _named(sums: Mapping[tuple[int, str, str], float], layers: Sequence[str]) -> list[Flow]:
    """The flows, with the layer behind a name that stands in several."""
    nodes = {(layer + side, name) for layer, *ends in sums for side, name in enumerate(ends)}
    often = {name for name, count in Counter(name for _, name in nodes).items() if count > 1}
    titles = [
        title if title and layers.count(title) == 1 else f"{title} {number}".strip()
        for number, title in enumerate(layers, 1)
    ]

    def node(layer: int, name: str) -> str:
        return frames.category(f"{name} ({titles[layer]})") if name in often else name

    return [
        Flow(node(layer, source), node(layer + 1, target), amount)
        for (layer, source, target), amount in sums.items()
    ]


def _sorted(flows: Sequence[Flow]) -> tuple[Flow, ...]:
    return tuple(sorted(flows, key=lambda flow: -flow.value))
