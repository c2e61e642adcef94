from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.charts import flows
from bot.model import Flow

HEIGHT, LINE = 3.0, 0.15
CHAIN = (Flow("a", "b", 6.0), Flow("b", "c", 4.0), Flow("a", "c", 2.0), Flow("b", "d", 2.0))


def test_layers_follow_the_longest_way() -> None:
    """A node stands behind everything that leads to it."""
    made = flows.plan(CHAIN, HEIGHT, LINE)
    assert {name: node.layer for name, node in made.nodes.items()} == {"a": 0, "b": 1, "c": 2, "d": 2}
    assert made.layers == 3
    assert made.nodes["a"].value == 8
    assert made.nodes["c"].value == 6


def test_a_flow_that_skips_a_layer_is_led_through_it() -> None:
    """It has a stop there, away from the node of that layer."""
    made = flows.plan(CHAIN, HEIGHT, LINE)
    (band,) = [band for band in made.bands if (band.flow.source, band.flow.target) == ("a", "c")]
    assert [layer for layer, *_ in band.stops] == [0, 1, 2]
    top, bottom = band.stops[1][1], band.stops[1][1] + band.thickness
    node = made.nodes["b"]
    assert bottom <= node.top + 1e-6 or top >= node.top + node.height - 1e-6


def test_circles_and_nothing_are_left_out() -> None:
    """The smallest flow of a circle goes, and so does what flows nowhere."""
    made = flows.plan(
        (Flow("a", "b", 3), Flow("b", "c", 2), Flow("c", "a", 1), Flow("d", "d", 9)), HEIGHT, LINE
    )
    assert len(made.bands) == 2
    assert set(made.nodes) == {"a", "b", "c"}
    assert flows.plan((), HEIGHT, LINE).bands == ()
    assert flows.crowd(()) == 0


def test_bands_are_sorted_so_that_few_cross() -> None:
    """Nodes that belong together stand side by side, whatever their sizes."""
    pairs = [("a", "x", 5.0), ("b", "y", 9.0), ("c", "z", 7.0)]
    crossed = [Flow(source, target, value) for source, target, value in pairs]
    crossed += [Flow("a", "y", 0.1)]
    made = flows.plan(crossed, HEIGHT, LINE)
    left = sorted("abc", key=lambda name: made.nodes[name].middle)
    right = sorted("xyz", key=lambda name: made.nodes[name].middle)
    assert ["abc".index(name) for name in left] == ["xyz".index(name) for name in right]
    assert flows.crossings([["a", "b"], ["x", "y"]], [("a", "y"), ("b", "x")]) == 1


_NODES = st.sampled_from([f"n{i}" for i in range(12)])
_FLOWS = st.lists(
    st.builds(Flow, _NODES, _NODES, st.floats(min_value=0.01, max_value=1e9)),
    max_size=40, unique_by=lambda flow: (flow.source, flow.target),
)  # fmt: skip


@given(_FLOWS)
def test_no_node_lies_over_another(some: list[Flow]) -> None:
    """Whatever flows: nodes of a layer keep clear of each other with their labels, and within the height."""
    made = flows.plan(some, HEIGHT, LINE)
    layers = defaultdict(list)
    for node in made.nodes.values():
        layers[node.layer].append(node)
    for column in layers.values():
        edge = 0.0
        for node in sorted(column, key=lambda node: node.middle):
            assert node.middle - node.slot / 2 >= edge - 1e-6
            edge = node.middle + node.slot / 2
        assert edge <= HEIGHT + 1e-6
    assert flows.crowd(some) <= max(map(len, layers.values()), default=0)


@given(_FLOWS)
def test_bands_fill_the_sides_of_their_nodes(some: list[Flow]) -> None:
    """What leaves a node or arrives there lies within it, and every band ends where its flow does."""
    made = flows.plan(some, HEIGHT, LINE)
    for band in made.bands:
        source, target = made.nodes[band.flow.source], made.nodes[band.flow.target]
        assert (band.stops[0][0], band.stops[-1][0]) == (source.layer, target.layer)
        for node, top in ((source, band.stops[0][2]), (target, band.stops[-1][1])):
            assert node.top - 1e-6 <= top
            assert top + band.thickness <= node.top + node.height + 1e-6


def test_all_bands_have_one_scale() -> None:
    """A flow of twice the amount is twice as thick."""
    made = flows.plan(CHAIN, HEIGHT, LINE)
    thick = {band.flow.value: band.thickness for band in made.bands}
    assert thick[4.0] / thick[2.0] == pytest.approx(2)
