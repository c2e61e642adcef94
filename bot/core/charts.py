"""From a typed table to a chart: what is drawn along which axis, and what is left to the table.

Whatever cannot be drawn as asked is drawn as the nearest honest chart, or left to the table, and said in a
sentence for the person. Limits keep a chart readable and its drawing short; the table keeps everything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.core import frames, values
from bot.core.findings import alt_text
from bot.core.frames import Frame, Roles
from bot.model import ChartKind, ChartSpec, ColumnKind, Series, Table, Visualization, VisualizationType

_KINDS = {
    VisualizationType.AREA_CHART: ChartKind.AREA,
    VisualizationType.BAR_CHART: ChartKind.BAR,
    VisualizationType.COLUMN_CHART: ChartKind.COLUMN,
    VisualizationType.LINE_CHART: ChartKind.LINE,
    VisualizationType.PIE_CHART: ChartKind.PIE,
    VisualizationType.SCATTER_CHART: ChartKind.SCATTER,
}
_NOUNS = {
    VisualizationType.COUNTRY_MAP_CHART: "map",
    VisualizationType.STATE_MAP_CHART: "map",
    VisualizationType.LLM_GENERATED_CHART: "chart of this kind",
    VisualizationType.UNKNOWN_VISUALIZATION: "chart of this kind",
    VisualizationType.MAP: "map",
    VisualizationType.HEATMAP_CHART: "heat map",
    VisualizationType.SPIDER_CHART: "radar chart",
    VisualizationType.STACKED_100_BAR_CHART: "100% stacked bar chart",
    VisualizationType.STACKED_100_COLUMN_CHART: "100% stacked column chart",
}
_NO_NUMBER = "There is no number to draw, so here is the table."
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class ChartPlan:
    """The chart to draw, or None; ``notes`` are all sentences for the person, with or without a chart."""

    spec: ChartSpec | None
    notes: tuple[str, ...] = ()


def plan(visualization: Visualization, table: Table) -> ChartPlan:
    """Decide what is drawn of a visualization; ``table`` is what ``bot.core.tables.build`` made of it."""
    if visualization.type in {VisualizationType.TABLE, VisualizationType.TEXT} or not table.rows:
        return ChartPlan(None)
    kind = _KINDS.get(visualization.type)
    if kind is None:
        return ChartPlan(None, (_cannot_draw(visualization.type),))
    roles = frames.roles(table)
    if not roles.measures:
        return ChartPlan(None, (_NO_NUMBER,))
    kind, made = _frame(kind, table, roles)
    if len(made.numbers()) <= 1:
        # One value is best read as text; none at all is worth a word.
        return ChartPlan(None, () if made.numbers() else (_NO_NUMBER,))
    return _plan(kind, visualization.title, made, table)


def _cannot_draw(wanted: VisualizationType) -> str:
    noun = _NOUNS.get(wanted) or wanted.value.lower().replace("_", " ")
    article = "An" if noun[0] in "aeiou" else "A"
    return f"{article} {noun} cannot be drawn yet, so here is the table."


def _frame(kind: ChartKind, table: Table, roles: Roles) -> tuple[ChartKind, Frame]:
    """The kind that can be drawn, and its frame."""
    if kind is ChartKind.SCATTER:
        pair = _scatter_pair(table, roles)
        if pair is not None:
            others = tuple(i for i in roles.measures if i not in pair)
            dimensions = [i for i in roles.dimensions if i not in pair]
            return kind, _left_out(
                frames.scatter(table, *pair, dimensions), table, others, "is not drawn", "are not drawn"
            )
        note = "A scatter chart needs two columns of numbers, so here is a column chart."
        kind, made = _frame(ChartKind.COLUMN, table, roles)
        return kind, replace(made, notes=(note, *made.notes))
    kept, others = frames.one_unit(table, roles.measures)
    single = kind is ChartKind.PIE or len(roles.dimensions) > 1
    made = frames.frame(table, roles.dimensions, kept[:1] if single else kept)
    made = _left_out(
        made,
        table,
        others,
        "has another unit or size, so it is only in the table",
        "have another unit or size, so they are only in the table",
    )
    if single:
        made = _left_out(made, table, kept[1:], "is only in the table", "are only in the table")
    return _SHAPES[kind](made)


def _scatter_pair(table: Table, roles: Roles) -> tuple[int, int] | None:
    numbers = [i for i in roles.dimensions if table.columns[i].kind is ColumnKind.NUMBER]
    pair = (*roles.measures[:2],) if len(roles.measures) > 1 else (*numbers[:1], *roles.measures)
    return (pair[0], pair[1]) if len(pair) > 1 else None


def _left_out(made: Frame, table: Table, columns: Sequence[int], one: str, more: str) -> Frame:
    if not columns:
        return made
    names = [frames.label(table.columns[i]) for i in columns]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return replace(made, notes=(*made.notes, f"{listed} {one if len(names) == 1 else more}."))


# -- what each kind needs --------------------------------------------------------------------------------


def _bars(kind: ChartKind, made: Frame) -> tuple[ChartKind, Frame]:
    if made.times and len(made.categories) > frames.MOST_CATEGORIES:
        note = "There are too many dates for single bars, so here is a line chart."
        return _line(replace(made, notes=(*made.notes, note)))
    most = frames.MOST_BARS if kind is ChartKind.BAR else frames.MOST_CATEGORIES
    return kind, frames.fewer_categories(frames.fewer_series(made), most)


def _bar(made: Frame) -> tuple[ChartKind, Frame]:
    return _bars(ChartKind.BAR, made)


def _column(made: Frame) -> tuple[ChartKind, Frame]:
    return _bars(ChartKind.COLUMN, made)


def _line(made: Frame) -> tuple[ChartKind, Frame]:
    if len(made.categories) == 1:
        return _column(made)
    made = frames.fewer_series(made)
    return ChartKind.LINE, frames.fewer_points(made) if made.times else frames.fewer_categories(made)


def _area(made: Frame) -> tuple[ChartKind, Frame]:
    if not made.ordered:
        note = "An area chart needs a time axis, so here is a column chart."
        return _column(replace(made, notes=(*made.notes, note)))
    kind, made = _line(made)
    return ChartKind.AREA if kind is ChartKind.LINE else kind, made


def _pie(made: Frame) -> tuple[ChartKind, Frame]:
    if min(made.numbers(), default=0.0) < 0 or not any(made.numbers()):
        note = "A pie chart cannot show negative values, so here is a bar chart."
        made = replace(made, notes=(*made.notes, note)) if any(made.numbers()) else made
        return _bar(made)
    if len(made.series) > 1:
        made = _joined(made)
    amounts = made.series[0].values
    made = frames.pick(made, [i for i, amount in enumerate(amounts) if amount])
    return ChartKind.PIE, _slices(made)


def _joined(made: Frame) -> Frame:
    """Every pair of a category and a series as one category."""
    cells = [
        (f"{category} · {series.name}", series.values[i])
        for i, category in enumerate(made.categories)
        for series in made.series
    ]
    series = (Series(made.y_label, tuple(value for _, value in cells)),)
    return replace(made, categories=tuple(name for name, _ in cells), series=series, times=())


def _slices(made: Frame) -> Frame:
    """At most twelve slices: the largest eleven in their order, then the rest as one."""
    amounts = [amount or 0.0 for amount in made.series[0].values]
    if len(amounts) <= frames.MOST_SERIES:
        return made
    ranked = sorted(range(len(amounts)), key=lambda i: -amounts[i])
    kept, rest = sorted(ranked[: frames.MOST_SERIES - 1]), ranked[frames.MOST_SERIES - 1 :]
    largest = frames.pick(made, kept)
    series = replace(largest.series[0], values=(*largest.series[0].values, sum(amounts[i] for i in rest)))
    note = f"The {len(rest):,} smallest slices are drawn as “Other”."
    return replace(
        largest,
        categories=(*largest.categories, "Other"),
        series=(series,),
        times=(),
        notes=(*made.notes, note),
    )


_SHAPES: dict[ChartKind, Callable[[Frame], tuple[ChartKind, Frame]]] = {
    ChartKind.AREA: _area,
    ChartKind.BAR: _bar,
    ChartKind.COLUMN: _column,
    ChartKind.LINE: _line,
    ChartKind.PIE: _pie,
}


# -- the chart -------------------------------------------------------------------------------------------


def _plan(kind: ChartKind, wanted_title: str, made: Frame, table: Table) -> ChartPlan:
    drawn = made.y_label or ", ".join(series.name for series in made.series)
    by = f" by {made.x_label[:1].lower()}{made.x_label[1:]}" if made.x_label else ""
    title = values.line(wanted_title, _LONGEST_TITLE) or values.line(f"{drawn}{by}", _LONGEST_TITLE)
    notes = made.notes
    if table.has_more:
        total = f" of {table.total_rows:,}" if (table.total_rows or 0) > len(table.rows) else ""
        notes = (*notes, f"The chart is drawn from the first {len(table.rows):,}{total} rows.")
    spec = ChartSpec(
        kind=kind,
        title=title,
        categories=made.categories,
        series=made.series,
        times=made.times,
        x_values=made.x_values,
        x_label=made.x_label,
        y_label=made.y_label,
        format=made.format,
        alt_text=alt_text(kind, title, made),
        notes=notes,
    )
    return ChartPlan(spec, notes)
