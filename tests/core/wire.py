"""Visualizations as the tenant sends them, for tests."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import charts, tables, visuals
from bot.core.charts import ChartPlan
from bot.model import Table, Visualization

Columns = Sequence[tuple[str, str]]

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
    """A ``Visualization`` object; columns are pairs of a name and a display format."""
    return {
        "id": "v1",
        "title": "",
        "type": kind,
        "columns": [
            {"name": name, "properties": {"displayFormat": form or "DISPLAY_FORMAT_UNKNOWN"}}
            for name, form in columns
        ],
        "data": [[{"value": None if cell is None else str(cell)} for cell in row] for row in rows],
        "dimensions": list(dimensions),
        "measures": list(measures),
        **more,
    }


def visualization(*args: object, **more: object) -> Visualization:
    """The same, read."""
    return visuals.read(wire(*args, **more))  # type: ignore[arg-type]  # the signature of wire


def table(columns: Columns, rows: Sequence[Sequence[object]], **more: object) -> Table:
    """A typed table of such columns and rows."""
    return tables.build(visualization("TABLE", columns, rows, **more))


def plan(*args: object, **more: object) -> ChartPlan:
    """The chart that is made of it."""
    read = visualization(*args, **more)
    return charts.plan(read, tables.build(read))
