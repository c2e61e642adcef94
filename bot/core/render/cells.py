"""What every table in a message is made of: which columns and rows, how long a cell, what is left out.

No cell is ever empty, because one empty cell makes Slack refuse the whole message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core import values
from bot.core.render import addresses, budget
from bot.core.render.elements import inert
from bot.core.render.text import units
from bot.model import Block, Cell, ColumnKind, Table

#: A header and rows of cells, as Slack takes them.
Grid = list[list[Block]]

CELL_CHARS = 80
FEWEST_ROWS = 3
#: Room in which the header and the fewest rows of any table can stand.
LEAST_CHARS = 2_400
#: As many rows are worth more than the links in them.
_ENOUGH_ROWS = 10
_TOTALS_CHARS = 300


@dataclass(frozen=True, slots=True)
class Form:
    """How the cells of a table are written: at most so many characters each, as links or not."""

    chars: int = CELL_CHARS
    links: bool = True


#: From the best one to one that always fits.
_FORMS = (Form(), Form(links=False), Form(40, links=False), Form(20, links=False), Form(10, links=False))


def columns(table: Table, most: int) -> list[int]:
    """The columns to show: dimensions and measures before the rest, in the table's order."""
    count = len(table.columns)
    named = [index for index in (*table.dimensions, *table.measures) if index < count]
    by_weight = dict.fromkeys((*named, *range(count)))
    return sorted(list(by_weight)[:most])


def text(shown: str, form: Form) -> Block:
    """A cell of text."""
    return {"type": "raw_text", "text": inert(shown, form.chars) or values.ABSENT}


def written(cell: Cell, form: Form, *, host: str) -> Block:
    """A cell that leads to its address, where it has one that may be linked, else one of text.

    It says to which host, unless that is ``host``, which is said beneath the table (see ``leads``).
    """
    url = address(cell) if form.links else ""
    if not url:
        return text(cell.text, form)
    shown = inert(cell.text, form.chars) or values.ABSENT
    if addresses.host(url) != host and not addresses.tells(shown, url):
        shown = f"{shown} ({addresses.shown_host(url)})"
    return _rich({"type": "link", "url": url, "text": shown})


def only_host(rows: Iterable[Sequence[Cell]]) -> str:
    """The host that all links of the rows lead to; empty where there are none, or several."""
    hosts = {addresses.host(url) for row in rows for cell in row if cell.hyperlink and (url := address(cell))}
    return hosts.pop() if len(hosts) == 1 else ""


def leads(grid: Sequence[Sequence[Block]]) -> str:
    """Where the links of a grid lead that do not say it themselves, in a few words; empty without any."""
    hosts = {
        addresses.host(url)
        for row in grid
        for cell in row
        for url, label in _links(cell)
        if not addresses.tells(label, url)
    }
    return f"Links lead to {', '.join(sorted(hosts))}" if hosts else ""


def bold(shown: str) -> Block:
    """A cell of bold text."""
    return _rich({"type": "text", "text": inert(shown, CELL_CHARS) or values.ABSENT, "style": {"bold": True}})


def address(cell: Cell) -> str:
    """Where the cell leads, or an empty string: also where its label names another host."""
    url = addresses.web(cell.hyperlink.strip()) if cell.hyperlink else ""
    fit = url and addresses.shown_host(url) and units(url) <= budget.URL_CHARS
    return url if fit and addresses.honest(cell.text, url) else ""


def chars(grid: Sequence[Sequence[Block]]) -> int:
    """How much a grid counts towards the limits: what its cells say, and the addresses that they lead to."""
    return sum(_cell_chars(cell) for row in grid for cell in row)


def need(make: Callable[[Form], Grid]) -> budget.Need:
    """What a table takes; ``make`` writes all of it in a form."""
    plain = make(Form(links=False))
    most = max(chars(make(Form())), chars(plain))
    return budget.Need(min(chars(plain[: FEWEST_ROWS + 1]), LEAST_CHARS), most)


def fitted(make: Callable[[Form], Grid], room: int) -> Grid:
    """The best form of a table that fits into ``room``: first links go, then rows, then long cells.

    A header and one row are given at least, whatever the room.
    """
    grid: Grid = []
    for form in _FORMS:
        grid = make(form)
        enough = _ENOUGH_ROWS if form.links else FEWEST_ROWS
        kept = _fitting(grid, room)
        if kept > min(enough, len(grid) - 1):
            return grid[:kept]
    return grid[: max(2, _fitting(grid, room))]


def whole(make: Callable[[Form], Grid], room: int) -> Grid:
    """The best form of a table that fits into ``room`` with every row: only links go, and long cells."""
    grid: Grid = []
    for form in _FORMS:
        grid = make(form)
        if chars(grid) <= room:
            break
    return grid


def left_out(table: Table, rows: int, shown_columns: int) -> str:
    """What a table of the first ``rows`` rows does not show, in a few words; empty when that is nothing."""
    total = max(table.total_rows or 0, len(table.rows))
    parts: list[str] = []
    if total > rows:
        parts.append(f"first {rows:,} of {total:,} rows")
    elif table.has_more:
        parts.append(f"first {rows:,} {'row' if rows == 1 else 'rows'}, there are more")
    if shown_columns < len(table.columns):
        parts.append(f"{shown_columns} of {len(table.columns)} columns")
    said = ", ".join(parts)
    return said[:1].upper() + said[1:]


def totals(table: Table) -> tuple[str, ...]:
    """The subtotals as sentences: ``Total: $1.2M``, ``EMEA: Revenue $1.2M, Deals 12``."""
    return tuple(said for row in table.subtotals if (said := _total(table, row)))


def _total(table: Table, row: Sequence[Cell]) -> str:
    filled = [
        (column, cell) for column, cell in zip(table.columns, row, strict=False) if cell.value is not None
    ]
    names = [cell.text for column, cell in filled if column.kind is not ColumnKind.NUMBER]
    amounts = [(column.name, cell.text) for column, cell in filled if column.kind is ColumnKind.NUMBER]
    if not amounts:
        return ""
    said = amounts[0][1] if len(amounts) == 1 else ", ".join(f"{name} {shown}" for name, shown in amounts)
    return inert(f"{' · '.join(names) or 'Total'}: {said}", _TOTALS_CHARS)


def _fitting(grid: Grid, room: int) -> int:
    """How many of the rows, from the first one on, fit into the room."""
    used = 0
    for number, row in enumerate(grid):
        used += chars([row])
        if used > room:
            return number
    return len(grid)


def _links(value: object) -> Iterator[tuple[str, str]]:
    """Address and label of each link."""
    if isinstance(value, Mapping):
        if value.get("type") == "link":
            yield str(value.get("url")), str(value.get("text"))
        yield from _links(value.get("elements"))
    elif isinstance(value, list):
        for inner in value:
            yield from _links(inner)


def _rich(element: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


def _cell_chars(value: object) -> int:
    if isinstance(value, dict):
        own = sum(units(value[key]) for key in ("text", "url") if isinstance(value.get(key), str))
        return own + sum(_cell_chars(inner) for inner in value.values() if isinstance(inner, list))
    return sum(map(_cell_chars, value)) if isinstance(value, list) else 0
