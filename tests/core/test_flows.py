from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import flows, frames
from bot.core.flows import Course
from bot.model import Flow
from tests.core.wire import table

EVENTS = [("source", ""), ("stage", ""), ("deals", "")]


def _read(columns: list[tuple[str, str]], rows: list[list[object]]) -> Course:
    found = frames.read(table(columns, rows))
    assert found is not None
    return flows.read(found)


def test_amounts_flow_between_neighbouring_dimensions() -> None:
    """Rows of the same two names are added up, the largest flow comes first."""
    rows: list[list[object]] = [["Web", "Won", 3], ["Web", "Lost", 9], ["Ads", "Won", 1], ["Web", "Won", 2]]
    assert _read(EVENTS, rows).flows == (
        Flow("Web", "Lost", 9.0),
        Flow("Web", "Won", 5.0),
        Flow("Ads", "Won", 1.0),
    )


def test_a_name_on_both_sides_is_two_nodes() -> None:
    """Nothing flows from a place into itself."""
    made = _read([("old plan", ""), ("new plan", ""), ("n", "")], [["Pro", "Pro", 5], ["Pro", "Free", 1]])
    assert made.flows[0] == Flow("Pro (old plan)", "Pro (new plan)", 5.0)
    assert made.flows[1] == Flow("Pro (old plan)", "Free", 1.0)


def test_links_from_source_to_target_go_on() -> None:
    """Where a target is a source again, it is one node; a circle is drawn in two layers."""
    columns = [("source", ""), ("target", ""), ("n", "")]
    chain = _read(columns, [["Visit", "Cart", 9], ["Cart", "Order", 4]])
    assert chain.flows == (Flow("Visit", "Cart", 9.0), Flow("Cart", "Order", 4.0))
    circle = _read(columns, [["A", "B", 9], ["B", "A", 4]])
    assert circle.flows == (Flow("A (Source)", "B (Target)", 9.0), Flow("B (Source)", "A (Target)", 4.0))


def test_a_flow_may_end_early() -> None:
    """A row without a name in a later column goes as far as it has names."""
    columns = [("a", ""), ("b", ""), ("c", ""), ("n", "")]
    made = _read(columns, [["x", "y", "z", 3], ["x", "y", None, 2]])
    assert made.flows == (Flow("x", "y", 5.0), Flow("y", "z", 3.0))


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([["a", "b", -1], ["a", "c", 2]], "A Sankey chart cannot show negative values"),
        ([["a", "b", 0], ["a", "c", 0]], "Nothing flows from one place to another"),
    ],
)
def test_what_does_not_flow_is_said(rows: list[list[object]], problem: str) -> None:
    """The sentence goes on with what is drawn instead."""
    assert _read(EVENTS, rows).problem == problem
    assert _read(EVENTS[1:], [["a", 1], ["b", 2]]).problem == "A Sankey chart needs two dimensions"


def test_many_names_become_few() -> None:
    """The smallest ones are added up, so that the total stays true."""
    rows: list[list[object]] = [[f"s{i}", f"t{j}", i + j + 1] for i in range(30) for j in range(30)]
    made = _read(EVENTS, rows)
    assert len(made.flows) <= flows.MOST_FLOWS
    assert sum(flow.value for flow in made.flows) == sum(row[2] for row in rows if isinstance(row[2], int))
    assert made.notes == ("The smallest names are drawn as “Other”.",)


def test_a_long_chain_keeps_its_largest_links() -> None:
    """And says how many there were."""
    links: dict[tuple[str, ...], float] = {(f"n{i:02d}", f"n{i + 1:02d}"): 100.0 - i for i in range(60)}
    made = flows.between(links, ("source", "target"), chained=True)
    assert len(made.flows) == flows.MOST_NODES - 1
    assert made.notes == ("The chart shows the 29 largest of 60 flows.",)


@given(
    st.dictionaries(
        st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=4).map(tuple),
        st.floats(0.001, 1e6),
        max_size=60,
    ),
    st.booleans(),
)
def test_flows_are_few_and_never_go_in_circles(links: dict[tuple[str, ...], float], chained: object) -> None:
    """Whatever is sent, the nodes can be laid out in layers."""
    if chained:
        links = {path[:2]: amount for path, amount in links.items()}
    made = flows.between(links, ("one", "two", "three", "four"), chained=bool(chained))
    assert len(made.flows) <= flows.MOST_FLOWS
    assert len({name for flow in made.flows for name in (flow.source, flow.target)}) <= flows.MOST_NODES
    left = set(made.flows)
    while left:
        targets = {flow.target for flow in left}
        began = {flow for flow in left if flow.source not in targets}
        assert began
        left -= began
