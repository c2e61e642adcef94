"""From a typed table to a chart: what is drawn along which axis, and what is left to the table.

Whatever cannot be drawn as asked is drawn as the nearest honest chart, or left to the table, and said in a
sentence for the person. Limits keep a chart readable and its drawing short; the table keeps everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isclose
from types import MappingProxyType

from bot.core import arranging, axial, choosing, frames, highcharts, maps, totals, values, vega
from bot.core.findings import alt_text
from bot.core.frames import Data, Frame, Shape
from bot.core.measures import Measure
from bot.model import ChartKind, ChartSpec, ColumnKind, DisplayFormat, Table, Visualization
from bot.model import VisualizationType as Type

#: What a reader calls each type, in the order in which types are offered; at most 30 characters each.
NAMES: Mapping[Type, str] = MappingProxyType(
    {
        Type.COLUMN_CHART: "Columns",
        Type.GROUPED_COLUMN_CHART: "Grouped columns",
        Type.STACKED_COLUMN_CHART: "Stacked columns",
        Type.STACKED_100_COLUMN_CHART: "100% stacked columns",
        Type.BAR_CHART: "Bars",
        Type.GROUPED_BAR_CHART: "Grouped bars",
        Type.STACKED_BAR_CHART: "Stacked bars",
        Type.STACKED_100_BAR_CHART: "100% stacked bars",
        Type.LINE_CHART: "Line",
        Type.FORECAST_CHART: "Forecast",
        Type.AREA_CHART: "Area",
        Type.STACKED_AREA_CHART: "Stacked areas",
        Type.PIE_CHART: "Pie",
        Type.FUNNEL_CHART: "Funnel",
        Type.HEATMAP_CHART: "Heat map",
        Type.SANKEY_CHART: "Sankey",
        Type.SCATTER_CHART: "Scatter",
        Type.POLAR_CHART: "Polar",
        Type.SPIDER_CHART: "Radar",
        Type.LLM_GENERATED_CHART: "WisdomAI’s own chart",
        Type.MAP: "Map",
        Type.COUNTRY_MAP_CHART: "Map of countries",
        Type.STATE_MAP_CHART: "Map of states",
        Type.TEXT: "Text",
        Type.UNKNOWN_VISUALIZATION: "Best fit",
        Type.TABLE: "Table only",
    }
)
_MOST_CHOICES = 12
_NO_CHARTS = frozenset({Type.TABLE, Type.TEXT})
_STACKS = frozenset(kind for kind in NAMES if kind.startswith("STACKED"))
_BARS_AND_LINES = frozenset(
    {
        Type.BAR_CHART,
        Type.COLUMN_CHART,
        Type.FORECAST_CHART,
        Type.GROUPED_BAR_CHART,
        Type.GROUPED_COLUMN_CHART,
        Type.LINE_CHART,
    }
)
_ALONG_AXIS = frozenset({ChartKind.AREA, ChartKind.BAR, ChartKind.COLUMN, ChartKind.LINE})

_NO_NUMBER = "There is no number to draw, so here is the table."
_LONGEST_TITLE = 120
_ROUNDING = 0.01
_FEW_PLACES, _FEW_POINTS = 12, 3
#: A dimension with such a word in its name may be a funnel's.
_STAGES = frozenset({"stage", "stages", "step", "steps", "phase", "status"})
#: Of a long query the last ones tell; each is looked at from the beginning.
_LAST_ORDERS = 3
_ORDER_BY = re.compile(r"\border\s+by\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ChartPlan:
    """The chart to draw, or None; ``notes`` are all sentences for the person, with or without a chart.

    ``type`` is what is shown: the wanted type, the one that replaces it, or TABLE where there is no chart.
    """

    spec: ChartSpec | None
    notes: tuple[str, ...] = ()
    type: Type = Type.TABLE


def plan(visualization: Visualization, table: Table, wanted: Type | None = None) -> ChartPlan:
    """Decide what is drawn of a visualization.

    Args:
        visualization: as it was sent.
        table: what ``bot.core.tables.build`` made of it.
        wanted: the type that a reader chose; the tenant's own where it is None.
    """
    wanted = wanted or visualization.type
    if wanted in _NO_CHARTS:
        return ChartPlan(None)
    data = _data(visualization, table)
    own = _own(visualization, table, data) if wanted in choosing.OPEN else None
    shape = own or (choosing.shape(wanted, data) if data else None) or _own(visualization, table, data)
    if shape is not None:
        return _plan(shape, visualization.title, table)
    if wanted is Type.LLM_GENERATED_CHART:
        return ChartPlan(None, (f"{choosing.NOT_DRAWN_HERE}the table.",))
    unknown = wanted is Type.UNKNOWN_VISUALIZATION
    return ChartPlan(None, (_NO_NUMBER,) if table.rows and data is None and not unknown else ())


def fitting(visualization: Visualization, table: Table) -> tuple[Type, ...]:
    """The types that a reader may choose between: those that fit the data as they are, TABLE last.

    At most twelve; none where nothing can be drawn.
    """
    data = _data(visualization, table)
    asked = {visualization.type, visualization.original_type}
    shown = (
        choosing.shape(visualization.type, data) if data and visualization.type not in _NO_CHARTS else None
    )
    wanted = asked | {shown.type} if shown else asked
    found = [kind for kind in NAMES if data and _fits(kind, data, wanted)]
    if (not found or asked & choosing.OPEN) and _own(visualization, table, data):
        found.append(Type.LLM_GENERATED_CHART)
    while len(found) >= _MOST_CHOICES:
        found.remove(next(kind for kind in reversed(found) if kind not in wanted))
    return (*found, Type.TABLE) if found else ()


def _data(visualization: Visualization, table: Table) -> Data | None:
    if not table.rows:
        return None
    code = visualization.code.text if visualization.code else ""
    # An order within brackets is that of a window or of a part of the query.
    asked = any(
        code.count("(", 0, found.start()) == code.count(")", 0, found.start())
        for found in [*_ORDER_BY.finditer(code)][-_LAST_ORDERS:]
    )
    placed = maps.places(table) if visualization.type in choosing.MAPS else None
    return frames.read(table, arranged=asked, columns=placed)


# -- what a reader may choose ----------------------------------------------------------------------------


def _fits(kind: Type, data: Data, wanted: set[Type]) -> bool:
    """It is drawn as itself, and it is what the tenant chose or makes sense without having been asked for."""
    if kind in choosing.MAPS | choosing.OPEN | _NO_CHARTS:
        return False
    if kind not in wanted and not _sensible(kind, data, wanted):
        return False
    shape = choosing.shape(kind, data)
    return shape is not None and shape.type is kind


def _sensible(kind: Type, data: Data, wanted: set[Type]) -> bool:
    if kind is Type.SANKEY_CHART:
        return _between_names(data)
    if kind is Type.SCATTER_CHART:
        return len(data.order) >= _FEW_POINTS and len(data.measures) > 1
    # Neither numbered rows nor names joined of several are an axis that one would choose.
    if (len(data.dimensions) > 1 and data.pivoted is None) or (not data.dimensions and len(data.order) > 1):
        return False
    made = choosing.frame(kind, data)
    if kind in _STACKS:
        return _is_dense(data) or bool(wanted & _STACKS)
    if kind in _BARS_AND_LINES:
        return _sensible_along(kind, made, wanted)
    return _sensible_alone(kind, made) if len(made.series) == 1 else _sensible_together(kind, data, made)


def _sensible_along(kind: Type, made: Frame, wanted: set[Type]) -> bool:
    """Bars and lines."""
    if kind in {Type.COLUMN_CHART, Type.BAR_CHART}:
        return len(made.series) == 1 or Type(f"GROUPED_{kind}") not in wanted
    ahead = axial.has_forecast(made)
    return ahead if kind is Type.FORECAST_CHART else kind is Type.LINE_CHART and not ahead


def _sensible_alone(kind: Type, made: Frame) -> bool:
    """For a single series."""
    if kind is Type.AREA_CHART:
        return not axial.has_forecast(made)
    if kind is Type.PIE_CHART:
        return len(made.categories) <= _FEW_PLACES and not made.times
    if kind is Type.FUNNEL_CHART:
        sizes = totals.by_place(made)
        named = bool(_STAGES & set(made.x_label.lower().split()))
        return named and len(sizes) >= _FEW_POINTS and all(a >= b for a, b in pairwise(sizes))
    return kind is Type.POLAR_CHART and bool(arranging.circle(made.categories))


def _sensible_together(kind: Type, data: Data, made: Frame) -> bool:
    """For several series."""
    if kind is Type.HEATMAP_CHART:
        return _is_dense(data)
    return kind is Type.SPIDER_CHART and len(made.categories) <= _FEW_PLACES and not made.times


def _is_dense(data: Data) -> bool:
    """Two dimensions cross, rather than that each name of one belongs to one of the other."""
    made = data.pivoted
    return made is not None and len(made.numbers()) * 3 >= len(made.series) * len(made.categories)


def _between_names(data: Data) -> bool:
    kinds = {data.table.columns[i].kind for i in data.dimensions}
    return len(data.dimensions) > 1 and not {ColumnKind.TIME, ColumnKind.NUMBER} & kinds


# -- the tenant's own drawing ----------------------------------------------------------------------------


def _own(visualization: Visualization, table: Table, data: Data | None) -> Shape | None:
    """The chart that the tenant drew, as far as it is one of those that are drawn here."""
    for options in (visualization.highcharts, visualization.chart_spec):
        shape = None if options is None else highcharts.read(options) or _from_vega(options, table)
        if shape is not None and choosing.is_worth(shape):
            frame = _in_unit(shape.frame, data) if data else shape.frame
            return replace(shape, type=Type.LLM_GENERATED_CHART, frame=frame)
    return None


def _in_unit(made: Frame, data: Data) -> Frame:
    """The frame in the unit of the table's column with the same numbers, if it has none of its own."""
    if made.format is not DisplayFormat.DISPLAY_FORMAT_UNKNOWN or made.second:
        return made
    unit = next((each.unit for each in data.measures if _same(made, each)), made.format)
    return replace(made, format=unit)


def _same(made: Frame, measure: Measure) -> bool:
    """The numbers are those of the column, but for rounding."""
    drawn = sorted(made.numbers())
    known = sorted(value for value in measure.series.values if value is not None)
    return len(drawn) == len(known) and all(
        isclose(a, b, rel_tol=_ROUNDING) for a, b in zip(drawn, known, strict=True)
    )


def _from_vega(options: Mapping[str, object], table: Table) -> Shape | None:
    wish = vega.read(options, table)
    data = frames.read(table, arranged=True, columns=(wish.dimensions, wish.measures)) if wish else None
    return choosing.shape(wish.type, data) if wish and data else None


# -- the chart -------------------------------------------------------------------------------------------


def _plan(shape: Shape, wanted_title: str, table: Table) -> ChartPlan:
    made = shape.frame
    notes = made.notes
    if table.has_more:
        total = f" of {table.total_rows:,}" if (table.total_rows or 0) > len(table.rows) else ""
        notes = (*notes, f"The chart is drawn from the first {len(table.rows):,}{total} rows.")
    title = next(
        filter(None, (values.line(text, _LONGEST_TITLE) for text in (wanted_title, shape.title))), ""
    )
    title = title or values.line(_title(made), _LONGEST_TITLE)
    spec = ChartSpec(
        kind=shape.kind,
        title=title,
        categories=made.categories,
        series=made.series,
        times=made.times if shape.kind in _ALONG_AXIS else (),
        x_values=made.x_values if shape.kind is ChartKind.SCATTER else (),
        x_label=made.x_label,
        y_label=made.y_label,
        format=made.format,
        stacking=shape.stacking,
        second=made.second,
        flows=shape.flows,
        alt_text=alt_text(shape, title),
    )
    return ChartPlan(spec, tuple(dict.fromkeys(notes)), shape.type)


def _title(made: Frame) -> str:
    """What is measured, and by what."""
    names = [series.name for series in made.series]
    drawn = made.y_label if made.y_label and made.second is None else frames.listed(names) if names else ""
    return f"{drawn} by {made.x_label[:1].lower()}{made.x_label[1:]}" if made.x_label else drawn
