"""The nouns of the project: frozen values that every floor may know.

Nothing here does anything. Wire shapes end at the adapters; what crosses a floor is one of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """A Slack thread: ``thread_ts`` is the ts of its root message."""

    team: str
    channel: str
    thread_ts: str

    def __str__(self) -> str:
        return f"{self.team}:{self.channel}:{self.thread_ts}"


class Entrance(StrEnum):
    """How a question came in."""

    MENTION = "mention"
    FOLLOW_UP = "follow_up"
    DIRECT = "direct"
    COMMAND = "command"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of one person.

    Attributes:
        thread: where the answer goes.
        ts: ts of the message that asks; with team and channel it names the question.
        user: Slack user id of the asker.
        text: the question as plain text, without the mention of the bot.
        entrance: how it came in.
    """

    thread: ThreadKey
    ts: str
    user: str
    text: str
    entrance: Entrance


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose rights a question runs with at WisdomAI; ``name`` is part of store keys, never a secret."""

    name: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A WisdomAI domain: what can be asked about."""

    id: str
    name: str
    description: str = ""


#: A Quill operation: ``{"insert": str | Mapping, "attributes"?}``, ``{"retain": n}`` or ``{"delete": n}``.
Op = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AnswerDiff:
    """One ``ChatMessageDiff``: a change of the answer's body, and what is known beside it.

    Attributes:
        ops: Quill ops; ``insert`` is a string, or a mapping with one key that names the embed
            (``visualization``, ``textArtifact``, ``section``, ``aiWorkstream`` …).
        index: ``diffIndex``, or None where the tenant sends none.
        in_progress: False on the last diff of an answer.
        errors: ``errorStrings``; not empty means that the answer failed, at least in part.
        cancelled: the tenant says that the answer was cancelled.
        data_refreshed_at: age of the data, as sent (ISO 8601).
    """

    conversation_id: str
    message_id: str | None
    ops: Sequence[Op]
    index: int | None
    in_progress: bool
    errors: tuple[str, ...] = ()
    cancelled: bool = False
    domain_id: str | None = None
    data_refreshed_at: str | None = None


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
    """A cell as sent: JSON-encoded, bare or already formatted; None where the tenant sends null."""

    value: str | None
    hyperlink: str | None = None


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
class Visualization:
    """A visualization as sent, its cells not yet read (``bot.core.tables`` does that)."""

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


class ProseKind(StrEnum):
    """What a run of text is for."""

    BODY = "body"
    SUBTEXT = "subtext"
    INSIGHT = "insight"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of Markdown, as the tenant wrote it (untrusted)."""

    text: str
    kind: ProseKind = ProseKind.BODY


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer so far; a new value for every state, cheap to make and safe to keep.

    Attributes:
        parts: prose and visualizations in reading order; progress and thinking are not among them.
        status: the newest progress line, for the person who waits; empty when there is none.
        suggestions: follow-up questions that the tenant offered, taken out of the prose.
        errors: what the tenant says went wrong.
        doubt: the stream had a gap or did not fit; the final message should be asked for.
        incomplete: something that was sent surely never arrived.
    """

    parts: tuple[Prose | Visualization, ...] = ()
    status: str = ""
    suggestions: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    conversation_id: str = ""
    message_id: str = ""
    in_progress: bool = True
    cancelled: bool = False
    doubt: bool = False
    incomplete: bool = False
    data_refreshed_at: str = ""


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
    """A value, and the text that a person reads (never empty: an absent value reads "–")."""

    value: str | int | float | Decimal | bool | date | datetime | None
    text: str
    hyperlink: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A rectangular, typed table: every row has as many cells as there are columns."""

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    dimensions: tuple[int, ...] = ()
    measures: tuple[int, ...] = ()
    has_more: bool = False
    total_rows: int | None = None


class ChartKind(StrEnum):
    """What the chart worker can draw."""

    BAR = "bar"
    COLUMN = "column"
    LINE = "line"
    AREA = "area"
    PIE = "pie"
    SCATTER = "scatter"


@dataclass(frozen=True, slots=True)
class Series:
    """One measure along the axis; ``values`` is as long as the chart's axis, None where there is no value."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """Everything the chart worker needs, as plain values that can cross to another process.

    Attributes:
        categories: labels along the category axis; for time axes the formatted labels.
        times: for a time axis the same axis as datetimes, else empty.
        x_values: for a scatter chart the numeric x of each point, else empty.
        alt_text: says title, range, extremes and trend, for those who cannot see the image.
        notes: what was left out or replaced, in sentences for the person.
    """

    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    times: tuple[datetime, ...] = ()
    x_values: tuple[float, ...] = ()
    x_label: str = ""
    y_label: str = ""
    format: DisplayFormat = DisplayFormat.DISPLAY_FORMAT_UNKNOWN
    alt_text: str = ""
    notes: tuple[str, ...] = ()


#: A Block Kit block as Slack's reference describes it.
Block = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChartImage:
    """A chart that lies in Slack, ready to be shown."""

    file_id: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One visualization as it will stand in the message.

    Attributes:
        table: the typed table, or None where there is nothing to show as one.
        chart: the uploaded image, or None.
        sql_file: id of the uploaded ``.sql`` snippet, or empty.
        notes: sentences about what is missing or was replaced.
    """

    title: str
    table: Table | None = None
    chart: ChartImage | None = None
    sql_file: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Footer:
    """The last line of a finished answer; empty fields are left out."""

    domain: str = ""
    seconds: float | None = None
    data_refreshed_at: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person is told when something did not work.

    ``text`` is mrkdwn made by us: what happened, what they can do now. ``retry``: asking again may help.
    """

    text: str
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """One Slack message in full: an edit always carries text, blocks and files together."""

    text: str
    blocks: tuple[Block, ...] = ()
    file_ids: tuple[str, ...] = field(default=())
