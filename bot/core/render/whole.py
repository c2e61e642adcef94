"""The whole answer as one Markdown text, for the file that carries what its messages cannot.

The file is read as text: nothing in it notifies or is fetched. Rows are all those that are held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.core.render import addresses
from bot.core.render.text import WORD_JOINER, clean, line
from bot.model import Answer, Cell, Exhibit, Prose, ProseKind, Table

_TITLE_CHARS = 300
#: What a plain line may have in it that needs a closer look.
_SUSPECT = re.compile(r"[|!]|  ")


def whole(answer: Answer, exhibits: Sequence[Exhibit]) -> str:
    """Everything that the answer says and shows; ``exhibits`` are its visualizations in order."""
    left = list(exhibits)
    parts: list[str] = []
    for part in answer.parts:
        if isinstance(part, Prose):
            parts.append(_quiet(voiced(part)))
        else:
            parts += _exhibit(left.pop(0) if left else Exhibit(title=part.title))
    for exhibit in left:
        parts += _exhibit(exhibit)
    return "\n\n".join(text for part in parts if (text := part.strip("\n"))) + "\n"


def voiced(prose: Prose) -> str:
    """Prose as Markdown; insights and errors stand out as quotations."""
    mark = {ProseKind.INSIGHT: "💡 ", ProseKind.ERROR: "⚠️ "}.get(prose.kind)
    if mark is None:
        return prose.text
    return "> " + mark + prose.text.strip("\n").removeprefix("- ").replace("\n", "\n> ")


def _exhibit(exhibit: Exhibit) -> Iterator[str]:
    yield f"### {_inline(exhibit.title) or 'Result'}"
    if alt_text := exhibit.spec.alt_text if exhibit.spec else exhibit.chart.alt_text if exhibit.chart else "":
        yield _inline(alt_text, limit=None)
    if exhibit.table and exhibit.table.columns:
        yield "\n".join(_table(exhibit.table))
        yield _count(exhibit.table)
    yield from (_inline(note, limit=None) for note in exhibit.notes)


def _table(table: Table) -> Iterator[str]:
    yield _row(_inline(column.name, limit=None) for column in table.columns)
    yield _row("---" for _ in table.columns)
    yield from (_row(map(_cell, row)) for row in table.rows)
    yield from (_row(f"**{_cell(cell)}**" for cell in row) for row in table.subtotals)


def _count(table: Table) -> str:
    held, total = len(table.rows), table.total_rows or 0
    if total > held:
        return f"First {held:,} of {total:,} rows."
    return f"First {held:,} rows, there are more." if table.has_more else ""


def _cell(cell: Cell) -> str:
    text = _inline(cell.text, limit=None) or "–"
    url = addresses.web(cell.hyperlink.strip()) if cell.hyperlink else ""
    return f"{text} ({url})" if url and url != text else text


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _inline(text: str, limit: int | None = _TITLE_CHARS) -> str:
    """One line that breaks neither a table nor a heading."""
    if limit is None and text.isascii() and text.isprintable() and not _SUSPECT.search(text):
        return text.strip()
    shown = " ".join(clean(text).split()) if limit is None else line(text, limit)
    return _quiet(shown.replace("|", "\\|"))


def _quiet(markdown: str) -> str:
    """Markdown without images: whoever opens the file must not fetch them."""
    return clean(markdown).replace("![", f"!{WORD_JOINER}[")
