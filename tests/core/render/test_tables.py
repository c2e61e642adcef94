"""The small table in the message, and pages of a large one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.render.tables import data_page, need, table_block
from bot.model import Block, Cell, ColumnKind, Table, TableColumn
from tests.core.render.limits import check_blocks


def table(width: int = 2, height: int = 2, text: str = "x", **more: object) -> Table:
    """A table of equal cells, its last column numeric."""
    columns = tuple(
        TableColumn(str(n), f"c{n}", ColumnKind.NUMBER if n == width - 1 else ColumnKind.TEXT)
        for n in range(width)
    )
    rows = tuple(tuple(Cell(None, text) for _ in range(width)) for _ in range(height))
    return Table("T", columns, rows, **more)  # type: ignore[arg-type]  # keywords of the test


def rows_of(block: Block) -> list[list[Block]]:
    """Header and rows."""
    rows = block["rows"]
    assert isinstance(rows, list)
    return rows


def test_shows_everything_that_fits() -> None:
    """A small table is shown whole, numbers to the right, and nothing is said to be left out."""
    block, left_out = table_block(table())
    assert block["rows"] == [
        [{"type": "raw_text", "text": "c0"}, {"type": "raw_text", "text": "c1"}],
        *[[{"type": "raw_text", "text": "x"}] * 2] * 2,
    ]
    assert block["column_settings"] == [{"is_wrapped": True}, {"align": "right"}]
    assert not left_out


def test_says_what_is_left_out() -> None:
    """Ten rows and eight columns are shown; the rest is counted, measures before other columns."""
    block, left_out = table_block(table(width=12, height=40, total_rows=2310, measures=(11,)))
    assert len(rows_of(block)) == 11
    assert [cell["text"] for cell in rows_of(block)[0]] == ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c11"]
    assert left_out == "First 10 of 2,310 rows, 8 of 12 columns"


def test_unknown_total_is_not_made_up() -> None:
    """Where the tenant has more rows and does not say how many, neither do we."""
    _, left_out = table_block(table(height=10, has_more=True))
    assert left_out == "First 10 rows, there are more"


def test_empty_cells_are_filled() -> None:
    """Slack refuses a message with an empty cell, so there is none."""
    block, _ = table_block(table(text=" \n"))
    assert "'text': '–'" in str(block["rows"])
    assert "'text': ''" not in str(block["rows"])


def test_links_are_kept_when_they_lead_to_the_web() -> None:
    """A cell with a web address is a link; any other address is left out."""
    column = (TableColumn("a", "a", ColumnKind.TEXT),)
    rows = ((Cell("x", "x", "https://a.b"),), (Cell("y", "y", "javascript:alert(1)"),))
    block, _ = table_block(Table("T", column, rows))
    assert "'url': 'https://a.b'" in str(block["rows"])
    assert "javascript" not in str(block["rows"])


def test_wide_cells_cost_rows() -> None:
    """Long cells are shortened, and a table that stays too big shows fewer rows."""
    block, left_out = table_block(table(width=8, height=10, text="word " * 50))
    assert 4 <= len(rows_of(block)) < 11
    assert left_out == f"First {len(rows_of(block)) - 1} of 10 rows"


def test_totals_stand_in_the_last_rows() -> None:
    """They are bold and say what they are; where they would crowd the others out, they are said beneath."""
    total = (Cell(None, "–"), Cell(5, "5"))
    block, said = table_block(table(height=12, subtotals=(total,)))
    check_blocks([block])
    assert (len(rows_of(block)), said) == (12, "First 10 of 12 rows")
    assert [bold_in(cell) for cell in rows_of(block)[-1]] == ["Total", "5"]
    _, said = table_block(table(height=2, subtotals=(total,) * 4))
    assert said == " · ".join(["Total: 5"] * 4)


def test_a_table_is_content_with_its_need() -> None:
    """With the room that it asks for, it shows what it has to show."""
    for kind in (table(), table(width=20, height=30, text="word " * 9), table(subtotals=table().rows)):
        wanted = need(kind)
        assert wanted.least <= wanted.most
        assert len(rows_of(table_block(kind, room=wanted.least)[0])) >= min(len(kind.rows), 3) + 1
        assert table_block(kind, room=wanted.most) == table_block(kind)


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 25),
    height=st.integers(1, 80),
    text=st.sampled_from(("x", "word " * 50, "😀" * 200, "<!channel>", "\x00")),
    page=st.integers(-1, 5),
    native=st.booleans(),
)
def test_every_page_keeps_the_limits(width: int, height: int, text: str, page: int, *, native: bool) -> None:
    """A page has up to 25 rows, all of them, whatever stands in the cells."""
    blocks, pages = data_page(table(width, height, text), page, native=native)
    check_blocks(blocks)
    assert pages == -(-height // 25)
    assert blocks[0]["type"] == ("data_table" if native else "table")
    start = min(max(page, 0), pages - 1) * 25
    assert len(rows_of(blocks[0])) == min(25, height - start) + 1


@pytest.mark.parametrize("native", [True, False])
def test_pages_say_where_they_are(*, native: bool) -> None:
    """Rows are counted from one; what is not held is said; totals stand under the last page."""
    total = tuple([Cell(None, "–")] * 21 + [Cell(5, "5")])
    large = table(width=22, height=60, total_rows=2310, subtotals=(total,))
    said = [line_of(data_page(large, page, native=native)[0][1]) for page in range(3)]
    assert said[0] == "Rows 1–25 of 2,310, 60 of them held here, 20 of 22 columns"
    assert said[2].startswith("Rows 51–60 of 2,310")
    assert said[2].endswith(" Total: 5")
    assert line_of(data_page(table(height=3, has_more=True), 0, native=native)[0][1]) == (
        "Rows 1–3 of 3, there are more"
    )


def test_a_page_of_nothing_says_so() -> None:
    """There is one page, without a table."""
    blocks, pages = data_page(table(height=0), 0, native=True)
    assert ([line_of(block) for block in blocks], pages) == (["No rows."], 1)


def line_of(block: Block) -> str:
    """What small print says."""
    elements = block["elements"]
    assert isinstance(elements, list)
    return " ".join(element["text"] for element in elements)


def bold_in(cell: Block) -> str:
    """The bold text of a cell."""
    (section,) = cell["elements"]  # type: ignore[misc]  # JSON
    (element,) = section["elements"]  # type: ignore[has-type]  # JSON
    assert element["style"] == {"bold": True}
    return str(element["text"])
