"""From a visualization as sent to a typed, rectangular table.

Here: which columns, in which order, what they are called, and the totals beneath them. What a cell is and how
it is shown is decided column by column, in ``bot.core.columns``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.core import columns
from bot.core.columns import Role, Style
from bot.model import (
    Cell,
    Column,
    ColumnKind,
    DisplayFormat,
    RawCell,
    Table,
    TableColumn,
    Visualization,
)

_UNKNOWN = DisplayFormat.DISPLAY_FORMAT_UNKNOWN

#: What a program calls a column; people would not.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*|\w+\.\w+")


def build(visualization: Visualization) -> Table:
    """Type the cells of a visualization.

    Columns stand in the tenant's ``columnOrder``, then those that it does not name. Rows are padded and cut
    to the columns; a table without columns gets as many as its longest row. Nulls and empty texts read "–".
    Ten thousand rows of ten columns take about a second: call it off the event loop where there may be many.
    """
    layout = _Layout(visualization)
    roles = [layout.role(source) for source in layout.order]
    typed = [
        columns.typed(role, [row[source] if source < len(row) else None for row in visualization.rows])
        for role, source in zip(roles, layout.order, strict=True)
    ]
    styles = [style for style, _ in typed]
    made = tuple(
        TableColumn(layout.ref(source), role.name, style.kind, style.format)
        for source, role, style in zip(layout.order, roles, styles, strict=True)
    )
    return Table(
        title=visualization.title,
        columns=made,
        rows=tuple(zip(*(cells for _, cells in typed), strict=True)) if typed else (),
        dimensions=layout.places(layout.dimensions),
        measures=layout.places(layout.measures),
        has_more=visualization.has_more,
        total_rows=visualization.total_rows,
        groups=_groups(visualization, layout, made),
        subtotals=tuple(_subtotals(visualization, layout, styles)),
    )


class _Layout:
    """Which columns there are, what they are for, and where each one stands.

    A *source* is the index of a column as sent, a *place* the index where it stands in the table.
    """

    def __init__(self, visualization: Visualization) -> None:
        self._columns = visualization.columns or _unnamed(visualization.rows)
        self._sources = _by_reference(self._columns)
        groups = visualization.measure_groups
        measured = visualization.measures or tuple(ref for group in groups for ref in group.measures)
        named = self.sources(visualization.column_order)
        self.order = named + [source for source in range(len(self._columns)) if source not in set(named)]
        self.dimensions = self.sources(visualization.dimensions)
        self.measures = [source for source in self.sources(measured) if source not in self.dimensions]
        self._formats = {source: group.format for group in groups for source in self.sources(group.measures)}
        self._places = {source: place for place, source in enumerate(self.order)}

    def sources(self, refs: Iterable[str]) -> list[int]:
        """The columns that are referred to: by unique_ref, then alias, then name; each once."""
        return list(dict.fromkeys(self._sources[ref] for ref in refs if ref in self._sources))

    def places(self, sources: Iterable[int]) -> tuple[int, ...]:
        """Where they stand."""
        return tuple(self._places[source] for source in sources)

    def place_of(self, ref: str) -> int | None:
        """Where the column stands that is referred to; None if there is none."""
        source = self._sources.get(ref)
        return None if source is None else self._places[source]

    def ref(self, source: int) -> str:
        """What measures and dimensions call a column."""
        column = self._columns[source]
        return column.unique_ref or column.alias or column.name

    def role(self, source: int) -> Role:
        """What is known of a column beside its cells."""
        column = self._columns[source]
        return Role(
            _heading(column),
            self._formats.get(source, _UNKNOWN) if column.format is _UNKNOWN else column.format,
            dimension=source in self.dimensions,
            measured=source in self.measures,
        )


def _unnamed(rows: Sequence[Sequence[RawCell]]) -> tuple[Column, ...]:
    width = max(map(len, rows), default=0)
    return tuple(Column(name=f"Column {index}") for index in range(1, width + 1))


def _by_reference(sent: Sequence[Column]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for names in (
        [column.unique_ref for column in sent],
        [column.alias for column in sent],
        [column.name for column in sent],
    ):
        for source, name in enumerate(names):
            if name:
                found.setdefault(name, source)
    return found


def _heading(column: Column) -> str:
    """What the column is called in front of people: ``expected_revenue`` reads "Expected revenue".

    Whether name or alias is meant for people is not documented; one that is no identifier surely is.
    """
    names = [name.strip() for name in (column.alias, column.name, column.unique_ref) if name.strip()]
    spoken = [name for name in names if not _IDENTIFIER.fullmatch(name)]
    if spoken:
        return spoken[0]
    return " ".join(names[0].split("_")).strip().capitalize() if names else "Column"


def _groups(
    visualization: Visualization, layout: _Layout, made: Sequence[TableColumn]
) -> tuple[tuple[int, ...], ...]:
    """The measures by axis; what cannot be drawn has no axis."""
    drawn = {place for place in layout.places(layout.measures) if made[place].kind is ColumnKind.NUMBER}
    groups = (layout.places(layout.sources(group.measures)) for group in visualization.measure_groups)
    kept = (tuple(place for place in group if place in drawn) for group in groups)
    return tuple(group for group in kept if group)


# -- totals ----------------------------------------------------------------------------------------------


def _subtotals(
    visualization: Visualization, layout: _Layout, styles: Sequence[Style]
) -> Iterable[tuple[Cell, ...]]:
    """Rows of totals, aligned to the table; those that name none of its columns are left out."""
    as_sent = layout.places(range(len(styles)))
    for subtotal in visualization.subtotals:
        places = [layout.place_of(ref) for ref in subtotal.columns] or as_sent
        for row in subtotal.rows:
            cells = [columns.ABSENT] * len(styles)
            for place, raw in zip(places, row, strict=False):
                if place is not None:
                    cells[place] = styles[place].cell(raw)
            if any(cell.value is not None for cell in cells):
                yield _labelled(cells, layout.places(layout.dimensions) or _texts(styles))


def _texts(styles: Sequence[Style]) -> tuple[int, ...]:
    return tuple(place for place, style in enumerate(styles) if style.kind is not ColumnKind.NUMBER)


def _labelled(cells: list[Cell], dimensions: Sequence[int]) -> tuple[Cell, ...]:
    """The row, saying "Total" or, for a part of the rows, "Subtotal" in its first free dimension."""
    spoken = [cells[place].text for place in dimensions if cells[place].value is not None]
    free = [place for place in dimensions if cells[place].value is None]
    if free and not any("total" in text.lower() for text in spoken):
        label = "Subtotal" if spoken else "Total"
        cells[min(free)] = Cell(label, label)
    return tuple(cells)
