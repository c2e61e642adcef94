"""A result: as the tenant sends it, and as a typed table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class VisualizationType(StrEnum):
    """Every value in either of the vendor's two published lists."""

    AREA_CHART = "AREA_CHART"
    BAR_CHART = "BAR_CHART"
    COLUMN_CHART = "COLUMN_CHART"
    COUNTRY_MAP_CHART = "COUNTRY_MAP_CHART"
    FORECAST_CHART = "FORECAST_CHART"
    FUNNEL_CHART = "FUNNEL_CHART"
    GROUPED_BAR_CHART = "GROUPED_BAR_CHART"
    GROUPED_COLUMN_CHART = "GROUPED_COLUMN_CHART"
    HEATMAP_CHART = "HEATMAP_CHART"
    LINE_CHART = "LINE_CHART"
    LLM_GENERATED_CHART = "LLM_GENERATED_CHART"
    MAP = "MAP"
    PIE_CHART = "PIE_CHART"
    POLAR_CHART = "POLAR_CHART"
    SANKEY_CHART = "SANKEY_CHART"
    SCATTER_CHART = "SCATTER_CHART"
    SPIDER_CHART = "SPIDER_CHART"
    STACKED_100_BAR_CHART = "STACKED_100_BAR_CHART"
    STACKED_100_COLUMN_CHART = "STACKED_100_COLUMN_CHART"
    STACKED_AREA_CHART = "STACKED_AREA_CHART"
    STACKED_BAR_CHART = "STACKED_BAR_CHART"
    STACKED_COLUMN_CHART = "STACKED_COLUMN_CHART"
    STATE_MAP_CHART = "STATE_MAP_CHART"
    TABLE = "TABLE"
    TEXT = "TEXT"
    UNKNOWN_VISUALIZATION = "UNKNOWN_VISUALIZATION"


class DisplayFormat(StrEnum):
    """How the tenant wants a column shown."""

    DATE_DATE = "DATE_DATE"
    DATE_DATETIME = "DATE_DATETIME"
    DATE_DAY = "DATE_DAY"
    DATE_FISCAL_QUARTER = "DATE_FISCAL_QUARTER"
    DATE_FISCAL_YEAR = "DATE_FISCAL_YEAR"
    DATE_MONTH = "DATE_MONTH"
    DATE_QUARTER = "DATE_QUARTER"
    DATE_TIME = "DATE_TIME"
    DATE_YEAR = "DATE_YEAR"
    DISPLAY_FORMAT_UNKNOWN = "DISPLAY_FORMAT_UNKNOWN"
    DURATION_DAYS = "DURATION_DAYS"
    DURATION_HOURS = "DURATION_HOURS"
    DURATION_MINUTES = "DURATION_MINUTES"
    DURATION_MONTHS = "DURATION_MONTHS"
    DURATION_QUARTERS = "DURATION_QUARTERS"
    DURATION_SECONDS = "DURATION_SECONDS"
    DURATION_WEEKS = "DURATION_WEEKS"
    DURATION_YEARS = "DURATION_YEARS"
    LOCATION_COUNTRY = "LOCATION_COUNTRY"
    LOCATION_STATE = "LOCATION_STATE"
    NUMBER_CURRENCY_USD = "NUMBER_CURRENCY_USD"
    NUMBER_DECIMAL = "NUMBER_DECIMAL"
    NUMBER_INTEGER = "NUMBER_INTEGER"
    NUMBER_PERCENTAGE = "NUMBER_PERCENTAGE"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a visualization; ``dimensions`` and ``measures`` name it by unique_ref, alias or name."""

    name: str
    alias: str = ""
    unique_ref: str = ""
    description: str = ""
    format: DisplayFormat = DisplayFormat.DISPLAY_FORMAT_UNKNOWN


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as sent: JSON-encoded, bare or already formatted; None where the tenant sends null.

    Attributes:
        low: lower bound of a forecast value, None where it is not one.
        high: its upper bound.
    """

    value: str | None
    hyperlink: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """Measures that share an axis."""

    label: str
    measures: tuple[str, ...]
    format: DisplayFormat = DisplayFormat.DISPLAY_FORMAT_UNKNOWN


@dataclass(frozen=True, slots=True)
class Code:
    """The code behind a visualization, usually SQL, exactly as it ran."""

    text: str
    dialect: str = ""


@dataclass(frozen=True, slots=True)
class Subtotal:
    """Totals over some rows: the columns they stand in, by reference, and rows of as many cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[RawCell, ...], ...]


@dataclass(frozen=True, slots=True)
class Visualization:
    """A visualization as sent, its cells not yet read (``bot.core.tables`` does that).

    Attributes:
        original_type: the type before somebody chose another one.
        highcharts: ``highchartsOptions`` as sent, or None; data, never code.
        chart_spec: ``llmVizSpec`` as sent, or None; data, never code.
    """

    id: str
    title: str
    type: VisualizationType
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[RawCell, ...], ...] = ()
    dimensions: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    measure_groups: tuple[MeasureGroup, ...] = ()
    column_order: tuple[str, ...] = ()
    code: Code | None = None
    has_more: bool = False
    total_rows: int | None = None
    original_type: VisualizationType = VisualizationType.UNKNOWN_VISUALIZATION
    subtotals: tuple[Subtotal, ...] = ()
    highcharts: Mapping[str, object] | None = None
    chart_spec: Mapping[str, object] | None = None


class ColumnKind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a typed table; ``ref`` is what measures and dimensions call it."""

    ref: str
    name: str
    kind: ColumnKind
    format: DisplayFormat = DisplayFormat.DISPLAY_FORMAT_UNKNOWN


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and the text that a person reads (never empty: an absent value reads "–").

    ``low`` and ``high`` are the range of a forecast, in the unit of ``value``.
    """

    value: str | int | float | Decimal | bool | date | datetime | None
    text: str
    hyperlink: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A rectangular, typed table: every row has as many cells as there are columns.

    Attributes:
        dimensions: indexes of the columns that span the axis, as the tenant names them.
        measures: indexes of the columns that are measured.
        groups: the measures by axis, where the tenant groups them; each group shares one.
        subtotals: rows of totals, to stand beneath the others; they are in no chart.
    """

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    dimensions: tuple[int, ...] = ()
    measures: tuple[int, ...] = ()
    has_more: bool = False
    total_rows: int | None = None
    groups: tuple[tuple[int, ...], ...] = ()
    subtotals: tuple[tuple[Cell, ...], ...] = ()
