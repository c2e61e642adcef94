"""A typed table as Slack's ``table`` block, and a page of one for whoever wants to see all of it.

A few columns and rows, so that it can be read on a phone.
Limits: docs.slack.dev/reference/block-kit/blocks/table-block.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.render import budget, cells, elements
from bot.core.render import native as native_blocks
from bot.core.render.cells import Form, Grid
from bot.model import Block, ColumnKind, Table

SHOWN_ROWS = 10
SHOWN_COLUMNS = 8
#: What a table may take of its message.
SHOWN_CHARS = 4_000
PAGE_ROWS = 25
#: What a page may take of its message; the rest is for what stands beside it.
_PAGE_CHARS = 8_000
_TOTAL_ROWS = 3


def need(table: Table) -> budget.Need:
    """What the block takes, in characters."""
    columns = _columns(table)
    wanted = cells.need(lambda form: _grid(_first(table), columns, form))
    most = min(wanted.most + cells.chars(_totals(table, columns)), SHOWN_CHARS)
    return budget.Need(min(wanted.least, most), most)


def table_block(table: Table, *, room: int = SHOWN_CHARS) -> tuple[Block, str]:
    """The first rows in at most ``room`` characters, and in words what the block does not show.

    The table must have at least one column and one row. Subtotals are the last rows, in bold, where there is
    room for them, else they are among the words. The header and one row are shown whatever the room.
    """
    columns = _columns(table)
    last = _totals(table, columns)
    if cells.chars(last) > room - need(table).least:
        last = []
    grid = cells.fitted(lambda form: _grid(_first(table), columns, form), room - cells.chars(last))
    said = [
        cells.left_out(table, len(grid) - 1, len(columns)),
        cells.leads(grid),
        *(() if last else cells.totals(table)),
    ]
    return _block(table, columns, [*grid, *last]), " · ".join(filter(None, said))


def data_page(table: Table, page: int, *, native: bool) -> tuple[tuple[Block, ...], int]:
    """One page of all the rows held, for a message of its own, and how many pages there are (at least 1).

    ``page`` counts from 0; beyond the last one it is the last one. The blocks are the table and a line that
    says which rows these are; without rows the line alone.
    """
    pages = max(1, -(-len(table.rows) // PAGE_ROWS))
    if not table.columns or not table.rows:
        return (elements.context("No rows."),), 1
    start = min(max(page, 0), pages - 1) * PAGE_ROWS
    end = min(start + PAGE_ROWS, len(table.rows))
    shown = replace(table, rows=table.rows[start:end])
    columns = cells.columns(table, budget.TABLE_COLUMNS)
    if native:
        block, links = native_blocks.page(shown, columns, room=_PAGE_CHARS)
    else:
        grid = cells.whole(lambda form: _grid(shown, columns, form), _PAGE_CHARS)
        block, links = _block(table, columns, grid), cells.leads(grid)
    totals = cells.totals(table) if end == len(table.rows) else ()
    return (block, elements.context(_place(table, start, end, len(columns)), links, *totals)), pages


def _place(table: Table, start: int, end: int, columns: int) -> str:
    total = max(table.total_rows or 0, len(table.rows))
    said = f"Rows {start + 1:,}–{end:,} of {total:,}"
    if total > len(table.rows):
        said += f", {len(table.rows):,} of them held here"
    elif table.has_more:
        said += ", there are more"
    return said if columns == len(table.columns) else f"{said}, {columns} of {len(table.columns)} columns"


def _columns(table: Table) -> list[int]:
    return cells.columns(table, SHOWN_COLUMNS)


def _first(table: Table) -> Table:
    return replace(table, rows=table.rows[:SHOWN_ROWS])


def _grid(table: Table, columns: list[int], form: Form) -> Grid:
    header = [cells.text(table.columns[index].name, form) for index in columns]
    host = cells.only_host(table.rows)
    return [header, *([cells.written(row[at], form, host=host) for at in columns] for row in table.rows)]


def _totals(table: Table, columns: list[int]) -> Grid:
    """The subtotals as rows, unless they are many; a first cell that says nothing says what the row is."""
    rows: Grid = []
    for row in table.subtotals if len(table.subtotals) <= _TOTAL_ROWS else ():
        shown = [row[index].text for index in columns]
        if row[columns[0]].value is None:
            shown[0] = "Total"
        rows.append([cells.bold(text) for text in shown])
    return rows


def _block(table: Table, columns: list[int], grid: Grid) -> Block:
    settings = [
        {"align": "right"} if table.columns[index].kind is ColumnKind.NUMBER else {"is_wrapped": True}
        for index in columns
    ]
    return {"type": "table", "column_settings": settings, "rows": grid}
