from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.slack.blockkit import data
from bot.sandbox.slack.blockkit.checks import Check
from bot.sandbox.slack.blockkit.report import Report

Json = dict[str, Any]


def found(check: Check, *values: object) -> list[str]:
    """Problems of these blocks in one message."""
    report = Report("message")
    for value in values:
        check(value, "/b", report)
    return [problem.message for problem in report.problems]


def raw(text: str) -> Json:
    """A cell of text."""
    return {"type": "raw_text", "text": text}


def table(*rows: list[Json]) -> Json:
    """A table."""
    return {"type": "table", "rows": list(rows)}


def chart(kind: str = "bar", *, labels: tuple[str, ...] = ("a", "b"), **more: Any) -> Json:
    """A chart over the categories a and b."""
    points = [{"label": label, "value": 1.5} for label in labels]
    axes = {"series": [{"name": "s", "data": points}], "axis_config": {"categories": ["a", "b"]}, **more}
    return {"type": "data_visualization", "title": "t", "chart": {"type": kind, **axes}}


def test_characters_are_those_that_a_table_shows() -> None:
    """Text is counted wherever it stands in a cell; structure is not."""
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "abc"}]}],
    }
    assert data.characters([[raw("ab"), {"type": "raw_number", "value": 1, "text": "1.0"}, rich]]) == 8


def test_tables_of_a_message_share_their_characters() -> None:
    """Two tables that fit alone may be too much together."""
    half = table([raw("x" * 5001)])
    assert found(data.TABLE, half) == []
    assert found(data.TABLE, half, half) == ["tables must have no more than 10000 characters in all"]


def test_a_data_table_holds_more_and_has_a_plain_header() -> None:
    """Twice the characters of a table; its first row is text or numbers."""
    rows: list[list[Json]] = [[raw("h")], [raw("x" * 9_999)], [raw("x" * 10_000)]]
    block = {"type": "data_table", "caption": "c", "rows": rows}
    assert found(data.DATA_TABLE, block) == []
    assert found(data.DATA_TABLE, block, block) == [
        "data tables must have no more than 20000 characters in all"
    ]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}
    assert found(data.DATA_TABLE, block | {"rows": [[rich], [raw("x")]]}) == [
        "header cells must be raw_text or raw_number"
    ]


@pytest.mark.parametrize("kind", ["bar", "area", "line"])
def test_charts_over_an_axis(kind: str) -> None:
    """Every series has exactly one point for every category, in any order; names are told apart."""
    assert found(data.DATA_VISUALIZATION, chart(kind, labels=("b", "a"))) == []
    for labels in (("a",), ("a", "a"), ("a", "b", "c")):
        problems = found(data.DATA_VISUALIZATION, chart(kind, labels=labels))
        assert problems == ["must contain exactly one data point for every category"]
    points = [{"label": label, "value": 1} for label in "ab"]
    twice = [{"name": "s", "data": points}] * 2
    assert found(data.DATA_VISUALIZATION, chart(kind, series=twice)) == ["series names must be unique"]


def test_categories_are_told_apart() -> None:
    """Two categories of the same name are refused."""
    points = [{"label": "a", "value": 1}] * 2
    twice = chart(series=[{"name": "s", "data": points}], axis_config={"categories": ["a", "a"]})
    assert found(data.DATA_VISUALIZATION, twice) == ["categories must be unique"]


def test_numbers_are_finite() -> None:
    """What JSON cannot carry is no value."""
    for value in (float("nan"), float("inf"), True):
        points = [{"label": label, "value": value} for label in "ab"]
        block = chart(series=[{"name": "s", "data": points}])
        assert found(data.DATA_VISUALIZATION, block) == ["must be a number"] * 2


def test_the_column_of_names_is_one_of_the_table() -> None:
    """A data table of one column has no second one to name its rows."""
    block = {"type": "data_table", "caption": "c", "rows": [[raw("h")], [raw("x")]]}
    assert found(data.DATA_TABLE, block | {"row_header_column_index": 0}) == []
    assert found(data.DATA_TABLE, block | {"row_header_column_index": 1}) == ["must be the index of a column"]


def test_a_pie_has_positive_segments() -> None:
    """Nothing of nothing cannot be drawn."""
    pie: Json = {"type": "pie", "segments": [{"label": "a", "value": 0}, {"label": "b", "value": 1}]}
    block = {"type": "data_visualization", "title": "t", "chart": pie}
    assert found(data.DATA_VISUALIZATION, block) == ["must be more than 0"]


def test_a_message_has_room_for_two_charts() -> None:
    """The third one is refused."""
    assert found(data.DATA_VISUALIZATION, *[chart()] * 3) == [
        "no more than 2 data_visualization blocks allowed"
    ]
