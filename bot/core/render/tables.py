"""The first rows of a typed table as Slack's ``table`` block.

A few columns and rows, so that it can be read on a phone; no cell is ever empty, because one empty cell makes
Slack refuse the whole message. Limits: docs.slack.dev/reference/block-kit/blocks/table-block.
"""

from __future__ import annotations

from bot.core.render import budget
from bot.core.render.text import line, units, web_address
from bot.model import Block, Cell, ColumnKind, Table

SHOWN_ROWS = 10
SHOWN_COLUMNS = 8
CELL_CHARS = 80
#: What a table may take of its message; with more, links are left out, and then rows.
SHOWN_CHARS = 4_000
_FEWEST_ROWS = 3


def table_block(table: Table) -> tuple[Block, str]:
    """The block, and what it leaves out in a few words (empty when it shows everything).

    The table must have at least one column and one row.
    """
    columns = _columns(table)
    header = [_text_cell(table.columns[index].name) for index in columns]
    rows = [[_cell(row[index]) for index in columns] for row in table.rows[:SHOWN_ROWS]]
    if chars([header, *rows]) > SHOWN_CHARS:
        rows = [[_text_cell(row[index].text) for index in columns] for row in table.rows[:SHOWN_ROWS]]
    while len(rows) > _FEWEST_ROWS and chars([header, *rows]) > SHOWN_CHARS:
        rows.pop()
    settings = [
        {"align": "right"} if table.columns[index].kind is ColumnKind.NUMBER else {"is_wrapped": True}
        for index in columns
    ]
    block: Block = {"type": "table", "column_settings": settings, "rows": [header, *rows]}
    return block, _left_out(table, len(rows), len(columns))


def chars(rows: list[list[Block]]) -> int:
    """How much a table's cells count towards the limits."""
    return sum(units(_shown(cell)) for row in rows for cell in row)


def _columns(table: Table) -> list[int]:
    """The columns to show: dimensions and measures before the rest, in the table's order."""
    count = len(table.columns)
    named = [index for index in (*table.dimensions, *table.measures) if index < count]
    by_weight = dict.fromkeys((*named, *range(count)))
    return sorted(list(by_weight)[:SHOWN_COLUMNS])


def _cell(cell: Cell) -> Block:
    url = web_address(cell.hyperlink or "")
    if not url or units(url) > budget.URL_CHARS:
        return _text_cell(cell.text)
    link = {"type": "link", "url": url, "text": line(cell.text, CELL_CHARS) or "–"}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}


def _text_cell(text: str) -> Block:
    return {"type": "raw_text", "text": line(text, CELL_CHARS) or "–"}


def _shown(cell: Block) -> str:
    """Everything of a cell that could be counted; a link counts with its address."""
    if cell["type"] == "raw_text":
        return str(cell["text"])
    return str(cell["elements"])


def _left_out(table: Table, rows: int, columns: int) -> str:
    total = table.total_rows if table.total_rows is not None else len(table.rows)
    parts: list[str] = []
    if table.has_more and table.total_rows is None:
        parts.append(f"first {rows} rows, there are more")
    elif total > rows:
        parts.append(f"first {rows} of {total:,} rows")
    if columns < len(table.columns):
        parts.append(f"{columns} of {len(table.columns)} columns")
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]
