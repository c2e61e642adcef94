"""The small table in the message."""

from bot.core.render.tables import table_block
from bot.model import Cell, ColumnKind, Table, TableColumn


def table(width: int = 2, height: int = 2, text: str = "x", **more: object) -> Table:
    """A table of equal cells, its last column numeric."""
    columns = tuple(
        TableColumn(str(n), f"c{n}", ColumnKind.NUMBER if n == width - 1 else ColumnKind.TEXT)
        for n in range(width)
    )
    rows = tuple(tuple(Cell(None, text) for _ in range(width)) for _ in range(height))
    return Table("T", columns, rows, **more)  # type: ignore[arg-type]  # keywords of the test


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
    rows = block["rows"]
    assert isinstance(rows, list)
    assert len(rows) == 11
    assert [cell["text"] for cell in rows[0]] == ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c11"]
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
    rows = block["rows"]
    assert isinstance(rows, list)
    assert 4 <= len(rows) < 11
    assert left_out == f"First {len(rows) - 1} of 10 rows"
