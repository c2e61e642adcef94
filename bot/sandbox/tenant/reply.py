"""What the analyst hands to the tenant's server: the steps of an answer, and the query to remember.

The server turns steps into Quill operations at its own speed; the analyst knows nothing of streaming.
Steps stand in the order in which a person would see them happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.model import VisualizationType

# -- the steps of an answer ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """A status line that the next step replaces (attribute ``progress``)."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A sentence of the analyst's reasoning (attribute ``thinking``); not part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class GeneratingQuery:
    """The query in the making (attributes ``generatingQuery`` and ``sqlDialect``)."""

    text: str
    dialect: str


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer's Markdown, ending where a paragraph ends.

    Attributes:
        attributes: the wire's ``Attributes`` for this text (``isInsight``, ``subtext``, …), or None.
    """

    markdown: str
    attributes: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Visual:
    """A visualization in the wire's shape: every non-null field of ``Visualization`` is there, in camelCase.

    Cell values are JSON-encoded; :func:`bot.sandbox.tenant.visualization.redress` gives the other dressings.
    """

    visualization: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer failed here; the message belongs into ``errorStrings``."""

    message: str


Step = Progress | Thinking | GeneratingQuery | Text | Visual | Failure

# -- the remembered query --------------------------------------------------------------------------------


class Aggregate(StrEnum):
    """How the values of a measure become one."""

    SUM = "sum"
    AVERAGE = "average"
    COUNT = "count"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"


class Grain(StrEnum):
    """The width of one step on a time axis; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Operator(StrEnum):
    """How a filter compares.

    ``BETWEEN`` takes pairs; it includes the first of a pair and excludes the second, and one pair suffices.
    """

    IN = "in"
    NOT_IN = "not in"
    BETWEEN = "between"
    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure and how it is aggregated.

    Attributes:
        field: a key of the domain's semantic model, or ``count`` for the number of records (with COUNT).
    """

    field: str
    aggregate: Aggregate


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one field.

    Attributes:
        label: the condition in words, such as "in EMEA" or "closing this quarter".
        words: what the label was made of, to say it anew when a value is added.
    """

    field: str
    operator: Operator
    values: tuple[str | float | date, ...]
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A date field cut into steps."""

    field: str
    grain: Grain


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by one field: a dimension, a measure of the result, or a column of the records."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Intent:
    """What a question asked for, after all its words were understood; a follow-up replaces parts of it.

    Attributes:
        records: True lists rows of the table; False computes ``metrics``, one row per combination of
            ``dimensions`` and step of ``time``.
        limit: the number of rows that the person asked for ("top 5"), or None.
        chart: the chart that the person asked for, or None to choose a fitting one.
        columns: the fields that a list of records shows.
        forecast: how many steps of ``time`` to look ahead.
        totals: rows of totals are wanted beneath the others.
    """

    domain: str
    metrics: tuple[Metric, ...] = ()
    dimensions: tuple[str, ...] = ()
    time: TimeAxis | None = None
    filters: tuple[Filter, ...] = ()
    sort: Sort | None = None
    limit: int | None = None
    chart: VisualizationType | None = None
    records: bool = False
    columns: tuple[str, ...] = ()
    forecast: int = 0
    totals: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer.

    Attributes:
        intent: what the next question of the conversation builds on; None when there is nothing yet.
    """

    steps: tuple[Step, ...]
    intent: Intent | None
