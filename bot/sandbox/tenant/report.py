"""The long answer: a report over a domain, chapter by chapter, each number computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.sandbox.tenant import writer
from bot.sandbox.tenant.domains import COUNT, Role, Subject
from bot.sandbox.tenant.query import DIALECT, Result, Run, execute, label
from bot.sandbox.tenant.reply import (
    Aggregate,
    Filter,
    GeneratingQuery,
    Grain,
    Intent,
    Metric,
    Operator,
    Progress,
    Sort,
    Step,
    Text,
    TimeAxis,
    Visual,
)
from bot.sandbox.tenant.values import Value, formatted, said
from bot.sandbox.tenant.visualization import build

_MOST_CHAPTERS = 3
_LISTED = 3  # records named in each section
_MOST_SECTIONS = 8


@dataclass(frozen=True, slots=True)
class Source:
    """Where a report's numbers come from: a domain, its tables, and what the person may see of them.

    Attributes:
        scope: the conditions on their rows.
        sql: they may read the query.
    """

    subject: Subject
    run: Run
    scope: tuple[Filter, ...] = ()
    sql: bool = True

    def ask(self, intent: Intent) -> Result:
        """The result of a query."""
        return execute(intent, self.subject, self.run, self.scope)


def report(source: Source, chapters: Sequence[str], filters: tuple[Filter, ...]) -> Iterator[Step]:
    """The steps of a report.

    Args:
        source: where the numbers come from.
        chapters: dimensions to go through; all of the domain's where none are named.
        filters: what the report is about.
    """
    subject = source.subject
    base = Intent(subject.domain.id, metrics=_metrics(subject), filters=filters)
    whole = source.ask(base)
    about = "".join(f", {each.label}" for each in filters)
    yield Text(f"# Report: {subject.domain.name}{about}\n\n")
    if whole.empty:
        yield from writer.finding(base, subject, whole)
        return
    yield Text("\n".join(_facts(whole, subject)) + "\n\n")
    for chapter in chapters or subject.chapters[:_MOST_CHAPTERS]:
        yield Progress(f"Writing about every {chapter}…")
        yield from _chapter(source, _grouped(base, subject, chapter))
    yield from _queries(source, base)


def _facts(whole: Result, subject: Subject) -> Iterator[str]:
    """The measures over everything, one line each."""
    for column, value in zip(whole.columns, whole.overall, strict=True):
        if column.metric is not None:
            name = label(column.metric, subject)
            yield f"- {name[0].upper()}{name[1:]}: **{said(value, column)}**"


def _metrics(subject: Subject) -> tuple[Metric, ...]:
    measures = [field for field in subject.fields if field.role is Role.MEASURE and not field.minor]
    return (Metric(COUNT, Aggregate.COUNT), *(Metric(field.key, field.aggregate) for field in measures))


def _grouped(base: Intent, subject: Subject, chapter: str) -> Intent:
    if chapter == Grain.YEAR:
        return replace(base, time=TimeAxis(subject.time, Grain.YEAR))
    return replace(base, dimensions=(chapter,))


def _chapter(source: Source, intent: Intent) -> Iterator[Step]:
    """A heading, a table over all values, and a section for each."""
    result = source.ask(intent)
    axis = result.columns[0]
    yield GeneratingQuery(result.statement.sql, DIALECT)
    yield Text(f"## By {axis.label.lower()}\n\n{_table(result)}\n\n")
    for row in result.rows[:_MOST_SECTIONS]:
        yield Text(_section(source, intent, result, row))


def _table(result: Result) -> str:
    head = "| " + " | ".join(column.label for column in result.columns) + " |"
    rule = "|" + "|".join(" --- " if column.dimension else " ---: " for column in result.columns) + "|"
    rows = [
        "| "
        + " | ".join(
            formatted(value, column.format) for value, column in zip(row, result.columns, strict=True)
        )
        + " |"
        for row in result.rows
    ]
    return "\n".join((head, rule, *rows))


def _section(source: Source, intent: Intent, result: Result, row: Sequence[Value]) -> str:
    subject, axis, value = source.subject, result.columns[0], row[0]
    lines = [f"### {formatted(value, axis.format)}\n"]
    for column, number, overall in zip(result.columns[1:], row[1:], result.overall, strict=True):
        if number is None:
            continue
        metric = column.metric
        additive = metric is not None and metric.aggregate in {Aggregate.SUM, Aggregate.COUNT}
        compared = (
            f"of {said(overall, column)} in all" if additive else f"against {said(overall, column)} in all"
        )
        name = label(metric, subject) if metric else column.label
        lines.append(f"- {name[0].upper()}{name[1:]}: **{said(number, column)}**, {compared}.")
    if intent.time is None and isinstance(value, str):
        own = Filter(axis.field, Operator.IN, (value,), subject.field(axis.field).phrase.format(value))
        lines.append(_leaders(source, (*intent.filters, own)))
    return "\n".join(lines) + "\n\n"


def _leaders(source: Source, filters: tuple[Filter, ...]) -> str:
    """The records that stand out in a section."""
    subject = source.subject
    key = subject.ranking.field
    intent = Intent(
        subject.domain.id,
        records=True,
        filters=filters,
        columns=(subject.row or subject.time, key),
        sort=Sort(key, descending=True),
        limit=_LISTED,
    )
    found = source.ask(intent)
    name, number = found.columns
    rows = "; ".join(f"*{formatted(row[0], name.format)}* with {said(row[1], number)}" for row in found.rows)
    return f"- Highest {number.label.lower()}: {rows}."


def _queries(source: Source, base: Intent) -> Iterator[Step]:
    """How the numbers came about, and a picture of them."""
    subject = source.subject
    intent = Intent(
        base.domain,
        metrics=(subject.worth or subject.metric,),
        time=TimeAxis(subject.time, Grain.MONTH),
        filters=base.filters,
    )
    result = source.ask(intent)
    if source.sql:
        yield Text(f"## How this was computed\n\n```sql\n{result.statement.sql}\n```\n\n")
    yield Visual(build(intent, subject, result))
