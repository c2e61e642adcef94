"""Slack's own charts and tables: only what fits, and all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import native
from bot.model import (
    Axis,
    Block,
    Cell,
    ChartKind,
    ChartSpec,
    ColumnKind,
    DisplayFormat,
    Flow,
    Series,
    Stacking,
    Table,
    TableColumn,
)
from tests.core.render.limits import check_blocks
from tests.core.render.test_tables import table

SPEC = ChartSpec(
    kind=ChartKind.COLUMN,
    title="Revenue by region",
    categories=("EMEA", "APAC"),
    series=(Series("2025", (1.0, -2.5)), Series("2026", (0.1 + 0.2, 4e9))),
    x_label="Region",
    y_label="Revenue",
    format=DisplayFormat.NUMBER_CURRENCY_USD,
)
PIE = replace(SPEC, kind=ChartKind.PIE, series=(Series("2025", (1.0, 2.5)),))

NAMES = st.text(max_size=25) | st.sampled_from(
    ("a", " a", "\u200ba", "<!here>", "@channel", "😀" * 9, "x" * 21)
)
AMOUNTS = st.floats(-1e12, 1e12) | st.none() | st.sampled_from((0.0, 1.0, float("nan"), float("inf"), 1e300))
SPECS = st.builds(
    ChartSpec,
    kind=st.sampled_from(ChartKind),
    title=NAMES,
    categories=st.lists(NAMES, max_size=4).map(tuple),
    series=st.lists(
        st.builds(Series, name=NAMES, values=st.lists(AMOUNTS, max_size=4).map(tuple)), max_size=3
    ).map(tuple),
    x_label=NAMES,
    y_label=NAMES,
    format=st.sampled_from(DisplayFormat),
    stacking=st.sampled_from((Stacking.NONE, Stacking.NONE, Stacking.STACKED)),
)


@given(spec=SPECS)
def test_whatever_is_drawn_keeps_every_limit(spec: ChartSpec) -> None:
    """A chart either fits or is none."""
    block = native.chart_block(spec)
    assert native.fits(spec) is (block is not None)
    if block is not None:
        check_blocks([block])


@given(size=st.integers(1, 4), data=st.data())
def test_a_chart_that_fits_is_drawn(size: int, data: st.DataObject) -> None:
    """Short distinct labels and finite values are all that it takes."""
    short = st.lists(st.text("abcdefgh", min_size=1, max_size=20), min_size=size, max_size=size, unique=True)
    amounts = st.lists(st.floats(-1e9, 1e9), min_size=size, max_size=size)
    series = tuple(Series(name, tuple(data.draw(amounts))) for name in data.draw(short))
    kind = data.draw(st.sampled_from((ChartKind.COLUMN, ChartKind.LINE, ChartKind.AREA)))
    spec = replace(SPEC, kind=kind, categories=tuple(data.draw(short)), series=series)
    block = native.chart_block(spec)
    assert block is not None
    check_blocks([block])


def test_columns_become_bars() -> None:
    """Every series has a point for every category; the axis says the unit, and no value has stray digits."""
    assert native.chart_block(SPEC) == {
        "type": "data_visualization",
        "title": "Revenue by region",
        "chart": {
            "type": "bar",
            "series": [
                {"name": "2025", "data": [{"label": "EMEA", "value": 1}, {"label": "APAC", "value": -2.5}]},
                {
                    "name": "2026",
                    "data": [{"label": "EMEA", "value": 0.3}, {"label": "APAC", "value": 4_000_000_000}],
                },
            ],
            "axis_config": {
                "categories": ["EMEA", "APAC"],
                "x_label": "Region",
                "y_label": "Revenue (USD)",
            },
        },
    }


def test_a_pie_has_segments() -> None:
    """One series of positive amounts."""
    assert chart(PIE) == {
        "type": "pie",
        "segments": [{"label": "EMEA", "value": 1}, {"label": "APAC", "value": 2.5}],
    }


@pytest.mark.parametrize(
    ("form", "label", "said"),
    [
        (DisplayFormat.NUMBER_CURRENCY_USD, "Revenue (USD)", "Revenue (USD)"),
        (DisplayFormat.NUMBER_CURRENCY_USD, "", "USD"),
        (DisplayFormat.NUMBER_PERCENTAGE, "Margin", "Margin (%)"),
        (DisplayFormat.DURATION_DAYS, "Age in days", "Age in days"),
        (DisplayFormat.NUMBER_INTEGER, "Deals", "Deals"),
    ],
)
def test_the_unit_is_said_once(form: DisplayFormat, label: str, said: str) -> None:
    """Slack formats no numbers, so the axis tells what they are."""
    axes = chart(replace(SPEC, format=form, y_label=label))["axis_config"]
    assert isinstance(axes, dict)
    assert axes["y_label"] == said


@pytest.mark.parametrize(
    "change",
    [
        {"kind": ChartKind.SCATTER, "x_values": (1.0, 2.0)},
        {"kind": ChartKind.FUNNEL},
        {"kind": ChartKind.BAR},
        {"stacking": Stacking.STACKED},
        {"stacking": Stacking.FULL},
        {"second": Axis("Deals")},
        {"flows": (Flow("a", "b", 1.0),)},
        {"title": ""},
        {"title": "x" * 51},
        {"y_label": "x" * 46},
        {"categories": ("EMEA", "EMEA")},
        {"categories": ("EMEA", "EMEA\u200b")},
        {"categories": ("EMEA", "")},
        {"categories": ("EMEA", "x" * 21)},
        {"categories": ("EMEA", "APAC", "LATAM")},
        {"categories": (), "series": (Series("s", ()),)},
        {"series": ()},
        {"series": (Series("s", (1.0, None)),)},
        {"series": (Series("s", (1.0, float("inf"))),)},
        {"series": (Series("s", (1.0, 2.0)), Series("s", (1.0, 2.0)))},
        {"series": (Series("s", (1.0, 2.0), low=(None, 1.0), high=(None, 3.0)),)},
        {"series": (Series("s", (1.0, 2.0), second=True),)},
        {"series": tuple(Series(str(n), (1.0, 2.0)) for n in range(13))},
        {"categories": tuple(map(str, range(21))), "series": (Series("s", (1.0,) * 21),)},
    ],
)
def test_what_does_not_fit_is_not_bent(change: dict[str, object]) -> None:
    """Nothing is shortened, dropped or merged to make a chart fit."""
    assert native.fits(SPEC)
    assert not native.fits(replace(SPEC, **change))  # type: ignore[arg-type]  # members of a ChartSpec


@pytest.mark.parametrize(
    "change",
    [
        {"series": (Series("s", (1.0, 0.0)),)},
        {"series": (Series("s", (1.0, -1.0)),)},
        {"series": (Series("a", (1.0, 2.0)), Series("b", (1.0, 2.0)))},
        {"categories": tuple(map(str, range(13))), "series": (Series("s", (1.0,) * 13),)},
    ],
)
def test_a_pie_that_slack_cannot_draw(change: dict[str, object]) -> None:
    """Empty and negative slices, two series and more than twelve slices are left to the picture."""
    assert native.fits(PIE)
    assert not native.fits(replace(PIE, **change))  # type: ignore[arg-type]  # members of a ChartSpec


def test_a_gap_in_time_is_left_to_the_picture() -> None:
    """Slack sets every category at the same distance, which would hide a missing month in a line."""
    months = [datetime(2026, month, 1) for month in (1, 2, 3, 5)]  # noqa: DTZ001 - naive is meant
    line = replace(
        SPEC, kind=ChartKind.LINE, categories=("Jan", "Feb", "Mar"), series=(Series("s", (1.0, 2.0, 3.0)),)
    )
    assert native.fits(replace(line, times=tuple(months[:3])))
    gap = replace(line, categories=("Jan", "Feb", "May"), times=(*months[:2], months[3]))
    assert not native.fits(gap)
    assert native.fits(replace(gap, kind=ChartKind.COLUMN))


# -- tables ----------------------------------------------------------------------------------------------


def test_a_column_of_numbers_can_be_sorted() -> None:
    """Numbers stay such where all of a column are; one that is absent, linked or too large makes it text."""
    names = ("plain", "absent", "large", "linked", "decimal")
    columns = tuple(TableColumn(name, name, ColumnKind.NUMBER) for name in names)
    first = (Cell(1, "1"), Cell(2, "2"), Cell(3, "3"), Cell(4, "4"), Cell(Decimal("1.5"), "$1.50"))
    last = (
        Cell(1200, "1,200"),
        Cell(None, "–"),
        Cell(2**53 + 1, "9,007,199,254,740,993"),
        Cell(4, "4", "https://a.b"),
        Cell(Decimal(2), "$2.00"),
    )
    block, _ = native.table_block(Table("T", columns, (first, last)))
    check_blocks([block])
    kinds = [cell["type"] for cell in rows_of(block)[2]]
    assert kinds == ["raw_number", "raw_text", "raw_text", "rich_text", "raw_number"]
    assert rows_of(block)[2][0] == {"type": "raw_number", "text": "1,200", "value": 1200}
    assert [row[4]["value"] for row in rows_of(block)[1:]] == [1.5, 2]


def test_truth_values_and_nothing_are_no_numbers() -> None:
    """A column of these is text, whatever its kind says."""
    columns = tuple(TableColumn(name, name, ColumnKind.NUMBER) for name in "abc")
    row = (Cell(True, "yes"), Cell(float("nan"), "NaN"), Cell(Decimal("Infinity"), "∞"))
    block, _ = native.table_block(Table("T", columns, (row,)))
    assert [cell["type"] for cell in rows_of(block)[1]] == ["raw_text"] * 3


def test_a_data_table_says_what_it_is() -> None:
    """Caption, pages of ten, and the column that names the rows."""
    block, said = native.table_block(table(width=3, height=12, dimensions=(1,)))
    assert (block["caption"], block["page_size"], block["row_header_column_index"]) == ("T", 10, 1)
    assert (len(rows_of(block)), said) == (13, "")
    nameless, _ = native.table_block(replace(table(), title=" <!here>"))
    assert "<!" not in str(nameless["caption"])
    assert native.table_block(replace(table(), title="\n"))[0]["caption"] == "Result"


def test_a_large_table_shows_what_fits() -> None:
    """At most 99 rows and 20 columns, fewer where the room is smaller; the rest is counted."""
    large = table(width=25, height=300, total_rows=2310)
    block, said = native.table_block(large)
    assert (len(rows_of(block)), len(rows_of(block)[0])) == (100, 20)
    assert said == "First 99 of 2,310 rows, 20 of 25 columns"
    block, said = native.table_block(large, room=500)
    check_blocks([block])
    assert said.startswith("First 22 of 2,310 rows")


def test_totals_are_said_beneath() -> None:
    """As rows they would be sorted in among the others."""
    row = (Cell(None, "–"), Cell(5, "5"))
    block, said = native.table_block(table(subtotals=(row,)))
    assert (len(rows_of(block)), said) == (3, "Total: 5")


def test_room_for_the_least_shows_three_rows() -> None:
    """Even the widest table with the longest words shows some of its rows there."""
    wide = table(width=30, height=50, text="word " * 40)
    need = native.need(wide)
    block, _ = native.table_block(wide, room=need.least)
    check_blocks([block])
    assert len(rows_of(block)) == 4


def chart(spec: ChartSpec) -> Block:
    """The chart inside the block."""
    block = native.chart_block(spec)
    assert block is not None
    assert isinstance(block["chart"], dict)
    return block["chart"]


def rows_of(block: Block) -> list[list[Block]]:
    """Header and rows."""
    rows = block["rows"]
    assert isinstance(rows, list)
    return rows
