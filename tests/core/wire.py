"""Visualizations as the tenant sends them, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from bot.core import charts, flows, frames, tables, thinning, visuals
from bot.core.charts import ChartPlan
from bot.model import ChartKind, ChartSpec, Stacking, Table, Visualization, VisualizationType

Columns = Sequence[tuple[str, str]]

_NOT_NEGATIVE = {ChartKind.FUNNEL, ChartKind.PIE, ChartKind.POLAR, ChartKind.SANKEY, ChartKind.SPIDER}

STAGES: Columns = (("stage", ""), ("expected_revenue", "NUMBER_CURRENCY_USD"))
PIPELINE = (
    ("Prospecting", 120_000),
    ("Qualification", 340_500),
    ("Proposal", 810_000),
    ("Negotiation", 1_200_000),
    ("Closed won", 640_000),
    ("Closed lost", 289_500),
)


def wire(
    kind: str,
    columns: Columns,
    rows: Sequence[Sequence[object]],
    dimensions: Sequence[str] = (),
    measures: Sequence[str] = (),
    **more: object,
) -> dict[str, object]:
    """A ``Visualization`` object; columns are a name and a display format, cells are values or wire cells."""
    return {
        "id": "v1",
        "title": "",
        "type": kind,
        "columns": [
            {"name": name, "properties": {"displayFormat": form or "DISPLAY_FORMAT_UNKNOWN"}}
            for name, form in columns
        ],
        "data": [[_cell(cell) for cell in row] for row in rows],
        "dimensions": list(dimensions),
        "measures": list(measures),
        **more,
    }


def _cell(cell: object) -> object:
    return cell if isinstance(cell, dict) else {"value": None if cell is None else str(cell)}


def forecast(value: float, low: float, high: float) -> dict[str, object]:
    """A cell with a range."""
    return {"value": str(value), "forecastRange": {"lowerBound": low, "upperBound": high}}


def visualization(*args: object, **more: object) -> Visualization:
    """The same, read."""
    return visuals.read(wire(*args, **more))  # type: ignore[arg-type]  # the signature of wire


def table(columns: Columns, rows: Sequence[Sequence[object]], **more: object) -> Table:
    """A typed table of such columns and rows."""
    return tables.build(visualization("TABLE", columns, rows, **more))


def plan(*args: object, wanted: VisualizationType | None = None, **more: object) -> ChartPlan:
    """The chart that is made of it; ``wanted`` is what a reader chose."""
    read = visualization(*args, **more)
    return charts.plan(read, tables.build(read), wanted)


def sound(spec: ChartSpec) -> None:
    """Asserts that lengths agree, numbers can be drawn, and limits are kept."""
    width = len(spec.x_values or spec.categories)
    assert len(spec.times) in {width, 0}
    assert list(spec.times) == sorted(spec.times)
    assert len(spec.categories) in {width, 0}
    numbers = [*spec.x_values, *(flow.value for flow in spec.flows)]
    for series in spec.series:
        assert len(series.values) == width
        assert {len(series.low), len(series.high)} <= {0, width}
        numbers += [v for v in (*series.values, *series.low, *series.high) if v is not None]
    assert all(isfinite(number) for number in numbers)
    assert width <= thinning.MOST_POINTS
    assert spec.times or spec.kind is ChartKind.SCATTER or width <= thinning.MOST_CATEGORIES
    assert len(spec.series) <= (20 if spec.kind is ChartKind.HEATMAP else frames.MOST_SERIES)
    assert len(spec.flows) <= flows.MOST_FLOWS
    assert any(series.second for series in spec.series) == (spec.second is not None)
    assert (spec.kind is ChartKind.SANKEY) == bool(spec.flows)
    if spec.stacking is not Stacking.NONE or spec.kind in _NOT_NEGATIVE:
        assert min(numbers, default=0.0) >= 0
    assert 0 < len(spec.alt_text) <= 1_000
    assert len(spec.title) <= 120


def fitting(*args: object, **more: object) -> tuple[VisualizationType, ...]:
    """The types that a reader may choose for it."""
    read = visualization(*args, **more)
    return charts.fitting(read, tables.build(read))
