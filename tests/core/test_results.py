"""A finished answer as it is stored."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.results import Shown, StoredResult, from_json, to_json
from bot.model import (
    SERVICE,
    Answer,
    ChartImage,
    Exhibit,
    Footer,
    Prose,
    Visualization,
    VisualizationType,
)
from tests.core.stored_values import results, rows
from tests.fakes import question

LINE = VisualizationType.LINE_CHART
PIE = VisualizationType.PIE_CHART


def table(title: str, count: int, **more: object) -> Visualization:
    made = Visualization(title, title, VisualizationType.TABLE, rows=rows(count))
    return replace(made, **more)  # type: ignore[arg-type]  # fields of Visualization


def stored(*parts: Prose | Visualization) -> StoredResult:
    return StoredResult("t1", question(), Answer(parts=parts), Footer(), "done")


def read_back(result: StoredResult, largest: int) -> tuple[Visualization, ...]:
    text = json.dumps(to_json(result, largest=largest))
    assert len(text) <= largest
    found = from_json(json.loads(text))
    assert found is not None
    return found.visualizations


@given(results)
def test_what_is_written_is_read_back(result: StoredResult) -> None:
    """Nothing of an answer is lost on the way through JSON text."""
    assert from_json(json.loads(json.dumps(to_json(result)))) == result


@given(st.dictionaries(st.sampled_from(["turn", "answer", "question", "messages", "shown"]), st.text()))
def test_a_result_of_another_shape_is_read_as_far_as_it_goes(value: dict[str, object]) -> None:
    """What is missing or wrong becomes the default of its field."""
    read = from_json({"v": 1, **value, "turn": "t1"})
    assert read is not None
    assert (read.turn, read.answer.parts, read.messages) == ("t1", (), ())


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, {"v": 1}, {"v": 2, "turn": "t1"}])
def test_what_is_no_result_of_ours_is_none(value: object) -> None:
    """Neither rubbish nor what a later version wrote is taken for one."""
    assert from_json(value) is None


def test_a_kind_of_part_that_is_not_known_is_passed_over() -> None:
    """The parts around it stay in order."""
    read = from_json(
        {"v": 1, "turn": "t1", "answer": {"parts": [{"prose": "a"}, {"film": 1}, {"prose": "b"}]}}
    )
    assert read is not None
    assert read.answer.parts == (Prose("a"), Prose("b"))


def test_a_result_of_an_earlier_version_is_the_services() -> None:
    """There was no other identity; whoever asks as themselves now does not get its rows."""
    read = from_json({"v": 1, "turn": "t1"})
    assert read is not None
    assert (read.identity, read.domain) == (SERVICE.name, "")


# -- too large -------------------------------------------------------------------------------------------


def test_a_large_table_is_cut_and_says_so() -> None:
    """What does not fit is left out at the end, and the total is still known."""
    (kept,) = read_back(stored(table("big", 5_000)), 20_000)
    assert 100 < len(kept.rows) < 5_000
    assert (kept.has_more, kept.total_rows) == (True, 5_000)


def test_a_small_table_keeps_its_rows_beside_a_large_one() -> None:
    """The room is shared fairly: who needs less than a share gets all of it."""
    small, big, huge = read_back(stored(table("s", 20), table("b", 3_000), table("h", 9_000)), 60_000)
    assert (len(small.rows), small.has_more) == (20, False)
    assert abs(len(big.rows) - len(huge.rows)) <= 1
    assert (big.total_rows, huge.total_rows) == (3_000, 9_000)


def test_a_total_that_nobody_knows_is_not_made_up() -> None:
    """Where the tenant only said that there is more, the rows that were held are not called all of them."""
    (kept,) = read_back(stored(table("big", 5_000, has_more=True)), 20_000)
    assert (kept.has_more, kept.total_rows) == (True, None)
    (kept,) = read_back(stored(table("big", 5_000, has_more=True, total_rows=90_000)), 20_000)
    assert kept.total_rows == 90_000


def test_prose_is_never_cut() -> None:
    """An answer that is too long by its words alone is stored without rows."""
    result = stored(Prose("x" * 5_000), table("t", 10))
    read = from_json(to_json(result, largest=1_000))
    assert read is not None
    assert read.answer.parts[0] == Prose("x" * 5_000)
    assert (read.visualizations[0].rows, read.visualizations[0].total_rows) == ((), 10)


# -- what stands in Slack --------------------------------------------------------------------------------


def test_a_choice_is_remembered_by_visualization() -> None:
    """Prose does not count, and a visualization that is not there changes nothing."""
    result = stored(Prose("a"), table("x", 1), Prose("b"), table("y", 1))
    assert result.chosen == (None, None)
    assert result.choose(1, PIE).chosen == (None, PIE)
    assert result.choose(2, PIE).chosen == (None, None)


def test_what_was_delivered_can_be_used_again() -> None:
    """The files of what stands in Slack come back as exhibits, with the messages."""
    image = ChartImage("F1", "A line")
    delivered = (
        stored(table("x", 1), table("y", 1))
        .choose(0, LINE)
        .delivered(["20.1", "20.2"], [Exhibit("x", chart=image, sql_file="F2", type=LINE), Exhibit("y")])
    )
    assert delivered.messages == ("20.1", "20.2")
    assert delivered.shown == (Shown(LINE, LINE, image, "F2"), Shown())
    first, second = delivered.exhibits
    assert (first.chart, first.sql_file, first.type, first.kept) == (image, "F2", LINE, True)
    assert (second.title, second.chart) == ("y", None)


# -- the same question of somebody else ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        (["x", "y", "z"], [0, 1, 2]),
        (["y", "x"], [1, 0, None]),
        (["x", "x", "y"], [0, 2, 2]),
        (["a", "b", "c"], [0, 1, 2]),
        (["z"], [None, None, 0]),
        ([], [None, None, None]),
    ],
)
def test_a_result_is_found_again_in_a_copy(titles: list[str], found: list[int | None]) -> None:
    """By its title, or by its place where the copy has as many; where it has none like it, none."""
    asked = stored(table("x", 1), Prose("a"), table("y", 1), table("z", 1))
    copy = stored(*(table(title, 1) for title in titles))
    assert [copy.counterpart(asked, index) for index in range(3)] == found


@given(results, results, st.data())
def test_a_counterpart_is_there(copy: StoredResult, asked: StoredResult, data: st.DataObject) -> None:
    """No press leads beyond what a copy has."""
    if asked.visualizations:
        index = data.draw(st.integers(0, len(asked.visualizations) - 1))
        found = copy.counterpart(asked, index)
        assert found is None or 0 <= found < len(copy.visualizations)
