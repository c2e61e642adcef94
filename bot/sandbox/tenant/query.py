"""A query as SQLite's SQL, written to be read by the person who asked.

Every name in it comes from the semantic model. Values come from the tables or are parsed numbers and dates;
they stand in the text as literals, because the text is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.model import DisplayFormat
from bot.sandbox.tenant.domains import COUNT, Field, Role, Subject
from bot.sandbox.tenant.reply import Aggregate, Filter, Grain, Intent, Metric, Operator, Sort

DIALECT = "sqlite"
#: No answer holds more rows.
MOST_ROWS = 1000

_FUNCTIONS = {
    Aggregate.SUM: "SUM",
    Aggregate.AVERAGE: "AVG",
    Aggregate.MIN: "MIN",
    Aggregate.MAX: "MAX",
    Aggregate.MEDIAN: "MEDIAN",
}
_PREFIXES = {
    Aggregate.SUM: "total",
    Aggregate.AVERAGE: "average",
    Aggregate.MIN: "lowest",
    Aggregate.MAX: "highest",
    Aggregate.MEDIAN: "median",
}
_DATE_FORMATS = {
    Grain.DAY: DisplayFormat.DATE_DAY,
    Grain.WEEK: DisplayFormat.DATE_DATE,
    Grain.MONTH: DisplayFormat.DATE_MONTH,
    Grain.QUARTER: DisplayFormat.DATE_QUARTER,
    Grain.YEAR: DisplayFormat.DATE_YEAR,
}


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of a result.

    Attributes:
        key: its alias in the SQL; unique in the result.
        field: the key of the field it is made from, or ``count``.
        metric: the measure where the column is aggregated, else None.
        dimension: it says what a row is about; else it is a number to show.
        link: the address of a value, as in :class:`bot.sandbox.tenant.domains.Field`.
    """

    key: str
    label: str
    field: str
    sql: str
    table: str
    format: DisplayFormat
    data_type: str
    dimension: bool
    unit: str = ""
    metric: Metric | None = None
    grain: Grain | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A query in SQL; ``unlimited`` gives all the rows that there are."""

    sql: str
    unlimited: str
    columns: tuple[ResultColumn, ...]


def write(intent: Intent, subject: Subject, scope: Iterable[Filter] = ()) -> Statement:
    """The SQL of a query.

    Args:
        intent: the query.
        subject: the domain that it is about.
        scope: conditions that always hold, whatever is asked: the rows that a person may see.
    """
    columns = _columns(intent, subject)
    filters = (*intent.filters, *scope)
    where = [_condition(each, subject) for each in filters if each.field != COUNT]
    having = [_compare("COUNT(*)", each) for each in filters if each.field == COUNT]
    group = [column.sql for column in columns if column.dimension] if not intent.records else []
    order = _order(intent, subject, columns)
    select = "SELECT\n  " + ",\n  ".join(f"{column.sql} AS {column.key}" for column in columns)
    body = [*_from(subject, (select, *where, *order, *group)), *_clause("WHERE ", "\n  AND ", where)]
    body += [*_clause("GROUP BY ", ", ", group), *_clause("HAVING ", "\n  AND ", having)]
    limit = min(intent.limit or MOST_ROWS, MOST_ROWS)
    end = [f"LIMIT {limit}"] if intent.records or group else []
    sql = "\n".join([select, *body, *_clause("ORDER BY ", ", ", order), *end])
    return Statement(sql, "\n".join([select, *body]), columns)


def whole(intent: Intent) -> Intent:
    """The same measures over everything that the query covers, in one row."""
    filters = tuple(each for each in intent.filters if each.field != COUNT)
    return replace(intent, dimensions=(), time=None, sort=None, limit=None, filters=filters, chart=None)


def literal(value: str | float | date) -> str:
    """A value as an SQL literal."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, date):
        return f"'{value.isoformat()}'"
    return f"{value:.0f}" if float(value).is_integer() else repr(float(value))


def label(metric: Metric, subject: Subject) -> str:
    """What a measure is called in prose: "total amount", "number of deals", "win rate"."""
    if metric.field == COUNT:
        return f"number of {subject.nouns}"
    field = subject.field(metric.field)
    name = field.label[0].lower() + field.label[1:]
    return name if field.ratio else f"{_PREFIXES[metric.aggregate]} {name}"


def _columns(intent: Intent, subject: Subject) -> tuple[ResultColumn, ...]:
    if intent.records:
        return tuple(_plain(subject.field(key)) for key in intent.columns)
    columns = []
    if intent.time is not None:
        columns.append(_step(subject.field(intent.time.field), intent.time.grain))
    columns += [_plain(subject.field(key)) for key in intent.dimensions]
    columns += [_measure(metric, subject) for metric in intent.metrics]
    return tuple(columns)


def _plain(field: Field) -> ResultColumn:
    measure = field.role is Role.MEASURE
    sql = f"ROUND({field.sql}, 2)" if measure and "(" in field.sql else field.sql
    return ResultColumn(
        key=field.key,
        label=_titled(field.label, field),
        field=field.key,
        sql=sql,
        table=field.table,
        format=field.format,
        data_type=field.data_type,
        dimension=not measure,
        unit=field.unit,
        link=field.link,
    )


def _step(field: Field, grain: Grain) -> ResultColumn:
    d = field.sql
    sql = {
        Grain.DAY: d,
        Grain.WEEK: f"date({d}, 'weekday 0', '-6 days')",
        Grain.MONTH: f"strftime('%Y-%m-01', {d})",
        Grain.QUARTER: (
            f"printf('%s-%02d-01', strftime('%Y', {d}),"
            f" (CAST(strftime('%m', {d}) AS INTEGER) - 1) / 3 * 3 + 1)"
        ),
        Grain.YEAR: f"strftime('%Y-01-01', {d})",
    }[grain]
    return ResultColumn(
        key=grain.value if grain.value != field.key else "date",
        label=grain.value.capitalize() if grain is not Grain.WEEK else "Week of",
        field=field.key,
        sql=sql,
        table=field.table,
        format=_DATE_FORMATS[grain],
        data_type="DATE",
        dimension=True,
        grain=grain,
    )


def _measure(metric: Metric, subject: Subject) -> ResultColumn:
    if metric.field == COUNT:
        return ResultColumn(
            key=subject.nouns,
            label=f"Number of {subject.nouns}",
            field=COUNT,
            sql="COUNT(*)",
            table=subject.source.split()[0],
            format=DisplayFormat.NUMBER_INTEGER,
            data_type="INT64",
            dimension=False,
            metric=metric,
        )
    field = subject.field(metric.field)
    prefix = "" if field.ratio else f"{_PREFIXES[metric.aggregate]}_"
    value = field.sql if field.ratio else f"{_FUNCTIONS[metric.aggregate]}({field.sql})"
    name = label(metric, subject)
    return ResultColumn(
        key=f"{prefix}{field.key}",
        label=_titled(name[0].upper() + name[1:], field),
        field=field.key,
        sql=f"ROUND({value}, 2)",
        table=field.table,
        format=field.format,
        data_type="DOUBLE",
        dimension=False,
        unit=field.unit,
        metric=metric,
    )


def _titled(name: str, field: Field) -> str:
    shown = field.unit and field.unit not in {"%", "days"} and not field.format.startswith("DURATION_")
    return f"{name} ({field.unit})" if shown else name


def _from(subject: Subject, used: Iterable[str]) -> list[str]:
    """The FROM clause with the joins that the rest of the statement needs, and those that these need."""
    text, needed = " ".join(used), list[str]()
    for alias, join in reversed(subject.joins):
        if re.search(rf"\b{alias}\.", text):
            needed.insert(0, join)
            text += join
    return [f"FROM {subject.source}", *needed]


def _clause(keyword: str, joint: str, parts: list[str]) -> list[str]:
    return [keyword + joint.join(parts)] if parts else []


def _condition(condition: Filter, subject: Subject) -> str:
    return _compare(subject.field(condition.field).sql, condition)


def _compare(sql: str, condition: Filter) -> str:
    values = [literal(value) for value in condition.values]
    match condition.operator:
        case Operator.IN | Operator.NOT_IN:
            negated = condition.operator is Operator.NOT_IN
            if len(values) == 1:
                return f"{sql} {'<>' if negated else '='} {values[0]}"
            return f"{sql} {'NOT IN' if negated else 'IN'} ({', '.join(values)})"
        case Operator.BETWEEN:
            pairs = zip(values[::2], values[1::2], strict=True)
            spans = [f"{sql} >= {first} AND {sql} < {end}" for first, end in pairs]
            return spans[0] if len(spans) == 1 else "(" + " OR ".join(f"({span})" for span in spans) + ")"
        case _:
            return f"{sql} {condition.operator.value} {values[0]}"


def _order(intent: Intent, subject: Subject, columns: tuple[ResultColumn, ...]) -> list[str]:
    """An order in which equal values do not change places from one run to the next."""
    if not intent.records and not any(column.dimension for column in columns):
        return []
    chosen = _chosen(intent.sort, columns) if intent.sort else []
    natural = [] if intent.records else _natural(intent, subject, columns)
    ties = [column.key for column in columns if column.dimension]
    if intent.records:
        # Without a dimension (points of a scatter chart) the records come in their own order.
        ties = ties[:1] or [subject.field(subject.listing.field).sql]
    return list(dict.fromkeys((*chosen, *(natural if not chosen else []), *ties)))


def _chosen(sort: Sort, columns: tuple[ResultColumn, ...]) -> list[str]:
    direction = " DESC" if sort.descending else ""
    return [f"{column.key}{direction}" for column in columns if column.field == sort.field][:1]


def _natural(intent: Intent, subject: Subject, columns: tuple[ResultColumn, ...]) -> list[str]:
    """Time runs forward, stages and seasons have their order, everything else goes by the first measure."""
    if intent.time is not None:
        return [column.key for column in columns if column.dimension]
    ordered = [subject.field(key).order for key in intent.dimensions]
    if all(ordered):
        return ordered
    if len(intent.dimensions) > 1:
        return [order or key for order, key in zip(ordered, intent.dimensions, strict=True)]
    return [f"{next(column.key for column in columns if not column.dimension)} DESC"]


#: How rows are asked for: one statement in, its rows out.
Run = Callable[[str], list[tuple[str | int | float | None, ...]]]


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a query, at most ``MOST_ROWS``.

    Attributes:
        every: the rows without that limit; the same unless they were cut.
        overall: the measures over everything that the query covers; empty for a list of records.
        ranges: for the rows at the end that are forecast, the bounds of each measure; else empty.
        totals: rows of totals as wide as the rows, None in the columns that they sum over.
    """

    statement: Statement
    rows: tuple[tuple[str | int | float | None, ...], ...]
    every: tuple[tuple[str | int | float | None, ...], ...]
    overall: tuple[str | int | float | None, ...]
    count: int
    ranges: tuple[tuple[tuple[float, float], ...], ...] = ()
    totals: tuple[tuple[str | int | float | None, ...], ...] = ()

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """The columns of the rows."""
        return self.statement.columns

    @property
    def total_rows(self) -> int:
        """How many rows there are; more than are here where they were cut."""
        return len(self.every)

    @property
    def empty(self) -> bool:
        """Nothing matches."""
        return self.count == 0


def execute(intent: Intent, subject: Subject, run: Run, scope: Iterable[Filter] = ()) -> Result:
    """Run a query, and what else is needed to speak about its result."""
    scope = tuple(scope)
    statement = write(intent, subject, scope)
    rows = tuple(run(statement.sql))
    every = tuple(run(statement.unlimited)) if len(rows) == MOST_ROWS else rows
    count_all = replace(whole(intent), records=False, columns=(), metrics=(Metric(COUNT, Aggregate.COUNT),))
    count = int(run(write(count_all, subject, scope).sql)[0][0] or 0)
    overall: tuple[str | int | float | None, ...] = ()
    if not intent.records:
        overall = run(write(whole(intent), subject, scope).sql)[0]
    elif subject.worth is not None:
        overall = run(write(replace(count_all, metrics=(subject.worth,)), subject, scope).sql)[0]
    return Result(statement, rows, every, overall, count, totals=_totals(intent, subject, run, scope))


def _totals(
    intent: Intent, subject: Subject, run: Run, scope: tuple[Filter, ...]
) -> tuple[tuple[str | int | float | None, ...], ...]:
    """The totals that were asked for: of each value of the first of two axes, and of everything."""
    axes = len(intent.dimensions) + (intent.time is not None)
    if not intent.totals or intent.records or not axes:
        return ()
    base = replace(intent, limit=None, sort=None, filters=whole(intent).filters)
    (grand,) = run(write(whole(base), subject, scope).sql)
    rows = [(*(None,) * axes, *grand)]
    if axes > 1:
        keep = replace(base, dimensions=() if base.time else base.dimensions[:1])
        gap = (None,) * (axes - 1)
        rows = [(row[0], *gap, *row[1:]) for row in run(write(keep, subject, scope).sql)] + rows
    return tuple(rows)
