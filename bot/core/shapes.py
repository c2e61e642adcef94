"""From a frame to a shape: the kind of chart that shows it honestly, as near to the wanted one as can be.

A type that does not fit the data is replaced by one that does, and a sentence says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.core import axial, parts
from bot.core.frames import Frame, Shape
from bot.model import ChartKind, Stacking
from bot.model import VisualizationType as Type


def of(wanted: Type, made: Frame) -> Shape:
    """The frame as that type of chart, or as the nearest one that fits.

    Maps, Sankey and scatter charts take more than a frame, texts and tables less: for them bars are drawn.
    """
    if not made.numbers():
        return Shape(ChartKind.COLUMN, Type.COLUMN_CHART, made)
    return _measured(_SHAPES.get(wanted, axial.column)(made))


def _measured(shape: Shape) -> Shape:
    """Only lines show a range: elsewhere a sentence says which values are a forecast."""
    made = shape.frame
    if shape.kind is ChartKind.LINE or not any(series.low for series in made.series):
        return shape
    places = {i for each in made.series for i, bound in enumerate(each.low) if bound is not None}
    plain = replace(made, series=tuple(replace(series, low=(), high=()) for series in made.series))
    if not places:
        return replace(shape, frame=plain)
    first = min(places)
    sure = made.times and all(
        each.low[i] is not None or each.values[i] is None
        for each in made.series
        if each.low
        for i in range(first, len(made.categories))
    )
    said = f"From {made.categories[first]} on the values are" if sure else "Some of the values are"
    return replace(shape, frame=plain.note(f"{said} a forecast."))


_SHAPES: Mapping[Type, Callable[[Frame], Shape]] = {
    Type.AREA_CHART: axial.area,
    Type.BAR_CHART: axial.bar,
    Type.COLUMN_CHART: axial.column,
    Type.FORECAST_CHART: axial.forecast,
    Type.FUNNEL_CHART: parts.funnel,
    Type.GROUPED_BAR_CHART: axial.grouped(axial.bar, Type.GROUPED_BAR_CHART),
    Type.GROUPED_COLUMN_CHART: axial.grouped(axial.column, Type.GROUPED_COLUMN_CHART),
    Type.HEATMAP_CHART: parts.heatmap,
    Type.LINE_CHART: axial.line,
    Type.PIE_CHART: parts.pie,
    Type.POLAR_CHART: parts.polar,
    Type.SCATTER_CHART: axial.dots,
    Type.SPIDER_CHART: parts.spider,
    Type.STACKED_100_BAR_CHART: axial.stacked(ChartKind.BAR, Stacking.FULL, Type.STACKED_100_BAR_CHART),
    Type.STACKED_100_COLUMN_CHART: axial.stacked(
        ChartKind.COLUMN, Stacking.FULL, Type.STACKED_100_COLUMN_CHART
    ),
    Type.STACKED_AREA_CHART: axial.stacked_area,
    Type.STACKED_BAR_CHART: axial.stacked(ChartKind.BAR, Stacking.STACKED, Type.STACKED_BAR_CHART),
    Type.STACKED_COLUMN_CHART: axial.stacked(ChartKind.COLUMN, Stacking.STACKED, Type.STACKED_COLUMN_CHART),
}
