"""A result as the wire's ``Visualization``, with every field that the published schema calls non-null."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from bot.model import DisplayFormat
from bot.model import VisualizationType as Chart
from bot.sandbox.tenant.domains import COORDINATES, Subject
from bot.sandbox.tenant.drawings import Drawing, highcharts, vega_lite
from bot.sandbox.tenant.query import DIALECT, Result, ResultColumn, label
from bot.sandbox.tenant.reply import Aggregate, Intent
from bot.sandbox.tenant.values import Dressing, Value, dress

_MOST_COLUMNS = 12  # that stand upright beside each other
_MOST_BARS = 200
_MOST_PAIRS = 60  # of two dimensions in one chart
_AGGREGATIONS = {
    Aggregate.SUM: "SUM",
    Aggregate.AVERAGE: "AVERAGE",
    Aggregate.COUNT: "COUNT",
    Aggregate.MIN: "MIN",
    Aggregate.MAX: "MAX",
    Aggregate.MEDIAN: "NONE",  # the wire's enum has no median
}


def build(intent: Intent, subject: Subject, result: Result) -> Mapping[str, object]:
    """The visualization of a result in camelCase, made of plain JSON values; cells are JSON-encoded."""
    columns = result.columns
    refs = [_ref(column) for column in columns]
    measures = [ref for ref, column in zip(refs, columns, strict=True) if not column.dimension]
    dimensions = [ref for ref, column in zip(refs, columns, strict=True) if column.dimension]
    fitting = choose(intent, result)
    chosen = intent.chart or fitting
    identity = "VIZ_" + hashlib.sha256(f"{chosen} {result.statement.sql}".encode()).hexdigest()[:20]
    return {
        "id": identity,
        "title": title(intent, subject),
        "type": chosen.value,
        "originalType": fitting.value,
        "dimensions": dimensions,
        "uniqueDimensions": dimensions,
        "measures": measures,
        "measureGroups": _groups(columns),
        "columns": [_column(column, subject) for column in columns],
        "columnOrder": refs,
        "columnDisplayFormats": [column.format.value for column in columns],
        "data": _data(result),
        "hasMore": result.total_rows > len(result.rows),
        "totalRows": result.total_rows,
        "pagination": {"pageIndex": 0, "pageSize": max(len(result.rows), 1)},
        "code": {"codeStr": result.statement.sql, "dialect": DIALECT},
        "sortOperation": _sort(intent, subject, columns),
        "filters": [],
        "parsedFilters": [],
        "unparsedFilters": [],
        "subtotals": _subtotals(identity, subject, result),
        "updates": [],
        "drillDownSequence": [],
        **_drawn(Drawing(chosen, title(intent, subject), result), dimensions, measures),
    }


def _drawn(drawing: Drawing, dimensions: list[str], measures: list[str]) -> dict[str, object]:
    """What only those read who draw it themselves."""
    on_map = drawing.type in {Chart.MAP, Chart.COUNTRY_MAP_CHART, Chart.STATE_MAP_CHART}
    return {
        "mapTooltipColumns": [*dimensions, *measures] if on_map else [],
        "mapColorByColumn": measures[0] if on_map else None,
        "llmVizSpec": vega_lite(drawing) if drawing.type is Chart.LLM_GENERATED_CHART else None,
        "highchartsOptions": highcharts(drawing),
    }


def redress(visualization: Mapping[str, object], dressing: Dressing) -> Mapping[str, object]:
    """A visualization whose cells are JSON-encoded, with its cells in another dressing."""
    formats, data = visualization["columnDisplayFormats"], visualization["data"]
    if not isinstance(formats, list) or not isinstance(data, list):
        return visualization
    shown = [DisplayFormat(each) for each in formats]
    refs, subtotals = visualization.get("columnOrder"), visualization.get("subtotals")
    known = dict(zip(refs, shown, strict=True)) if isinstance(refs, list) else {}
    totals = [
        {
            **each,
            "data": _redressed(each["data"], [known[one["uniqueRef"]] for one in each["columns"]], dressing),
        }
        for each in (subtotals if isinstance(subtotals, list) else ())
    ]
    return {**visualization, "data": _redressed(data, shown, dressing), "subtotals": totals}


def _redressed(
    rows: Sequence[Sequence[dict[str, str]]], formats: Sequence[DisplayFormat], dressing: Dressing
) -> list[list[dict[str, str]]]:
    return [
        [
            {**cell, "value": dress(json.loads(cell["value"]), dressing, display)}
            for cell, display in zip(row, formats, strict=True)
        ]
        for row in rows
    ]


def choose(intent: Intent, result: Result) -> Chart:
    """The chart that fits when nobody asked for one."""
    columns, rows = result.columns, len(result.rows)
    axes = [column for column in columns if column.dimension]
    if intent.chart is Chart.SCATTER_CHART and intent.records:
        return Chart.SCATTER_CHART
    units = {(column.format, column.unit) for column in columns if not column.dimension}
    if intent.records or not axes or rows < 2 or len(units) > (2 if len(axes) == 1 else 1):  # noqa: PLR2004 -- two axes
        return Chart.TABLE
    ranked = intent.sort is not None and any(each.field == intent.sort.field for each in intent.metrics)
    if intent.time is not None and not ranked:
        return Chart.LINE_CHART if len(axes) <= 2 else Chart.TABLE  # noqa: PLR2004 -- time and one more
    if len(axes) == 1:
        bars = Chart.BAR_CHART if rows <= _MOST_BARS else Chart.TABLE
        return Chart.COLUMN_CHART if rows <= _MOST_COLUMNS else bars
    return Chart.COLUMN_CHART if len(axes) == 2 and rows <= _MOST_PAIRS else Chart.TABLE  # noqa: PLR2004 -- pairs


def title(intent: Intent, subject: Subject) -> str:
    """What the visualization shows, in one line."""
    if intent.records and intent.chart is Chart.SCATTER_CHART:
        x, y = (subject.field(key).label for key in intent.columns[:2])
        name = f"{y} against {x}"
    elif intent.records:
        name = subject.nouns
    else:
        name = " and ".join(label(metric, subject) for metric in intent.metrics)
    axes = [intent.time.grain.value] if intent.time else []
    axes += [subject.field(key).label.lower() for key in intent.dimensions if key not in COORDINATES]
    by = f" by {' and '.join(axes)}" if axes else ""
    ranked = f" ({'top' if intent.sort is None or intent.sort.descending else 'bottom'} {intent.limit})"
    where = "".join(f", {each.label}" for each in intent.filters)
    return name[0].upper() + name[1:] + by + (ranked if intent.limit else "") + where


def _ref(column: ResultColumn) -> str:
    return f"{column.table}.{column.key}"


def _data(result: Result) -> list[list[dict[str, object]]]:
    """The rows as cells; those of a forecast with their ranges."""
    columns, first = result.columns, len(result.rows) - len(result.ranges)
    rows = [[_cell(value, column) for value, column in zip(row, columns, strict=True)] for row in result.rows]
    measures = [at for at, column in enumerate(columns) if not column.dimension]
    for row, bounds in zip(rows[first:], result.ranges, strict=True):
        for at, (low, high) in zip(measures, bounds, strict=True):
            row[at]["forecastRange"] = {"lowerBound": low, "upperBound": high}
    return rows


def _cell(value: Value, column: ResultColumn) -> dict[str, object]:
    link = column.link.format(_slug(value)) if column.link and isinstance(value, str) else None
    return {"value": dress(value, "json", column.format), "hyperlink": link, "forecastRange": None}


def _slug(name: str) -> str:
    """A name as it stands in an address."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _subtotals(identity: str, subject: Subject, result: Result) -> list[dict[str, object]]:
    """The totals by the columns that they stand in: those of one value, and those of everything."""
    found: dict[tuple[int, ...], list[list[dict[str, object]]]] = {}
    for row in result.totals:
        at = tuple(n for n, value in enumerate(row) if value is not None or not result.columns[n].dimension)
        found.setdefault(at, []).append([_cell(row[n], result.columns[n]) for n in at])
    return [
        {
            "visualizationId": identity,
            "columns": [_column(result.columns[n], subject) for n in at],
            "data": rows,
        }
        for at, rows in found.items()
    ]


def _groups(columns: Sequence[ResultColumn]) -> list[dict[str, object]]:
    """The measures that share an axis: those of one format and unit."""
    measures = sorted(
        (column for column in columns if not column.dimension), key=lambda each: (each.format, each.unit)
    )
    return [
        {"label": own[0].label, "measures": [_ref(each) for each in own], "format": display.value}
        for (display, _), own in (
            (key, list(each)) for key, each in groupby(measures, key=lambda c: (c.format, c.unit))
        )
    ]


def _column(column: ResultColumn, subject: Subject) -> dict[str, object]:
    aggregate = _AGGREGATIONS[column.metric.aggregate] if column.metric else "NONE"
    return {
        "name": column.label,
        "alias": column.key,
        "description": f"{column.label} of {subject.nouns}",
        "uniqueRef": _ref(column),
        "tableName": column.table,
        "aggregationType": aggregate,
        "dateUnit": column.grain.name if column.grain else None,
        "annotation": None,
        "base": None,
        "location": None,
        "zsheet": None,
        "properties": {
            "aggregationType": aggregate,
            "allowedValues": [],
            "areEnumValuesOrdered": None,
            "dataType": column.data_type,
            "displayFormat": column.format.value,
            "isAggregated": column.metric is not None,
            "isDimensionGroupMember": False,
            "llmPrompt": "",
            "sqlFormula": column.sql,
            "visibility": "ALWAYS_DISPLAY",
        },
    }


def _sort(intent: Intent, subject: Subject, columns: Sequence[ResultColumn]) -> dict[str, object] | None:
    sort = intent.sort
    if sort is None:
        return None
    order = "DESC" if sort.descending else "ASC"
    own = [column for column in columns if column.field == sort.field][:1]
    return {"columns": [{"column": _column(column, subject), "order": order} for column in own]}
