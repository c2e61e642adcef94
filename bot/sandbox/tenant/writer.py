"""The finding in words. Every number in it was computed from the rows, or by a query of its own."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from bot.model import VisualizationType
from bot.sandbox.tenant.domains import COORDINATES, COUNT, Subject
from bot.sandbox.tenant.query import Result, ResultColumn, label
from bot.sandbox.tenant.reply import Aggregate, Intent, Text
from bot.sandbox.tenant.values import Value, formatted, said

_STRENGTHS = ((0.7, "a strong"), (0.4, "a moderate"), (0.2, "a weak"))


def finding(intent: Intent, subject: Subject, result: Result) -> tuple[Text, ...]:
    """What the result says: a headline, then what stands out."""
    if result.empty and not _answers_zero(intent):
        return (Text(f"No {subject.nouns} match{_conditions(intent)}.\n\n"),)
    if intent.records:
        return _records(intent, subject, result)
    if not any(column.dimension for column in result.columns):
        return (Text(_single(intent, subject, result)),)
    return _grouped(intent, subject, result)


def reading(intent: Intent, subject: Subject) -> str:
    """How the question was understood, in one sentence."""
    if intent.records:
        what = f"a list of {subject.nouns}"
    else:
        what = " and ".join(label(metric, subject) for metric in intent.metrics)
    axes = [subject.field(key).label.lower() for key in intent.dimensions if key not in COORDINATES]
    axes += [intent.time.grain.value] if intent.time else []
    by = f" by {' and '.join(axes)}" if axes else ""
    cut = f", the first {intent.limit}" if intent.limit else ""
    return f"The question asks for {what}{by}{_conditions(intent)}{cut}."


def ahead(intent: Intent, result: Result) -> str:
    """What a forecast says about its last step, and how it was made."""
    if not result.ranges:
        return "There are too few steps to forecast from.\n\n"
    lines = []
    measures = [at for at, column in enumerate(result.columns) if not column.dimension]
    row, ranges = result.rows[-1], result.ranges[-1]
    for at, (low, high) in zip(measures, ranges, strict=True):
        column = result.columns[at]
        lines.append(
            f"- {_plain(column)}: **{said(row[at], column)}** for {_name(row, result)}, "
            f"in four of five cases between {said(low, column)} and {said(high, column)}."
        )
    steps = len({each[0] for each in result.rows[-len(result.ranges) :]})
    grain = intent.time.grain.value if intent.time else ""
    how = "a straight line through the past, with its seasons where three whole years are there"
    return (
        f"Forecast for {steps} {grain}{'s' if steps != 1 else ''}, from {how}:\n\n"
        + "\n".join(lines)
        + "\n\n"
    )


def links(questions: Sequence[str]) -> str:
    """Follow-up questions as Markdown links that the app turns into buttons."""
    return "\n".join(f"- [{question}](#ask)" for question in questions) + "\n"


def _answers_zero(intent: Intent) -> bool:
    return (
        len(intent.metrics) == 1 and intent.metrics[0].aggregate is Aggregate.COUNT and not intent.dimensions
    )


def _conditions(intent: Intent) -> str:
    return ": " + ", ".join(each.label for each in intent.filters) if intent.filters else ""


def _scope(intent: Intent, subject: Subject, count: int) -> str:
    """The records that the answer covers: "23 deals (in EMEA, open)"."""
    noun = subject.noun if count == 1 else subject.nouns
    labels = ", ".join(each.label for each in intent.filters if each.field != COUNT)
    return f"{count:,} {noun}" + (f" ({labels})" if labels else "")


def _single(intent: Intent, subject: Subject, result: Result) -> str:
    values = dict(zip(result.columns, result.rows[0], strict=True))
    counted = [column for column in values if column.metric and column.metric.aggregate is Aggregate.COUNT]
    others = [column for column in values if column not in counted]
    scope = _scope(intent, subject, result.count)
    if not others:
        number, _, rest = scope.partition(" ")
        noun, _, labels = rest.partition(" ")
        return (
            f"There {'is' if result.count == 1 else 'are'} **{number} {noun}**"
            + (f" {labels}" if labels else "")
            + ".\n\n"
        )
    parts = [f"the {_metric(column, subject)} is **{said(values[column], column)}**" for column in others]
    sentence = " and ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}{_over(intent, subject, scope)}.\n\n"


def _grouped(intent: Intent, subject: Subject, result: Result) -> tuple[Text, ...]:
    axes = [column for column in result.columns if column.dimension and column.field not in COORDINATES]
    scope = _scope(intent, subject, result.count)
    groups = _groups(axes, intent, result, subject)
    wholes = dict(
        zip([column for column in result.columns if not column.dimension], result.overall, strict=True)
    )
    parts = [
        f"the {_metric(column, subject)} is **{said(value, column)}**"
        for column, value in wholes.items()
        if not (column.metric and column.metric.aggregate is Aggregate.COUNT)
    ]
    if parts:
        start = " and ".join(parts)
        headline = f"{start[0].upper()}{start[1:]}{_over(intent, subject, scope)}, {groups}.\n\n"
    else:
        headline = f"**{scope}**, {groups}.\n\n"
    remarks = [_remark(column, intent, result, wholes[column]) for column in wholes]
    text = "\n".join(f"- {remark}" for remark in remarks if remark)
    return (Text(headline), Text(f"{text}\n\n", {"isInsight": True})) if text else (Text(headline),)


def _over(intent: Intent, subject: Subject, scope: str) -> str:
    """What a measure was computed over; a ratio leaves records out, so their number is not said."""
    ratio = any(each.field != COUNT and subject.field(each.field).ratio for each in intent.metrics)
    return _conditions(intent).replace(":", ",", 1) if ratio else f" over {scope}"


def _groups(axes: Sequence[ResultColumn], intent: Intent, result: Result, subject: Subject) -> str:
    rows = result.total_rows
    named = _axis(axes, rows, subject)
    kept = [each.label for each in intent.filters if each.field == COUNT]
    if kept:
        return f"of which these are the {named} with {' and '.join(kept)}"
    if intent.limit is not None and rows == intent.limit:
        end = "top" if intent.sort is None or intent.sort.descending else "bottom"
        return f"of which these are the {end} {named}"
    return f"across {named}"


def _axis(axes: Sequence[ResultColumn], rows: int, subject: Subject) -> str:
    """What the rows are about, with their number: "6 stages"."""
    if len(axes) > 1:
        return f"{rows:,} combinations of {' and '.join(column.label.lower() for column in axes)}"
    axis = axes[0]
    if axis.grain is not None:
        return f"{rows:,} {axis.grain.value}{'s' if rows != 1 else ''}"
    field = subject.field(axis.field)
    return f"{rows:,} {field.plural if rows != 1 else field.label.lower()}"


def _metric(column: ResultColumn, subject: Subject) -> str:
    return label(column.metric, subject) if column.metric else column.label.lower()


def _remark(column: ResultColumn, intent: Intent, result: Result, overall: Value) -> str:
    """The extremes of one measure, and over time the way from the first to the last step."""
    at = result.columns.index(column)
    rows = [row for row in result.every if isinstance(row[at], int | float)]
    if len(rows) < 2:  # noqa: PLR2004 -- an extreme needs another to compare with
        return ""
    low = min(rows, key=lambda row: _number(row[at]))
    high = max(rows, key=lambda row: _number(row[at]))
    name = f"{_plain(column)}: " if len(intent.metrics) > 1 else ""
    if _number(low[at]) == _number(high[at]):
        return f"{name}All the same, {said(low[at], column)}."
    if intent.limit is not None:
        return f"{name}From **{_end(rows[0], at, result)}** to {_end(rows[-1], at, result)}."
    text = f"{name}Highest **{_end(high, at, result)}**{_part(high[at], overall, column)}, lowest "
    text += f"{_end(low, at, result)}{_part(low[at], overall, column)}."
    if intent.time is not None and not intent.dimensions and intent.sort is None:
        text += f" From {_name(rows[0], result)} to {_name(rows[-1], result)} it went from "
        text += f"{said(rows[0][at], column)} to {said(rows[-1][at], column)}."
    return text


def _end(row: Sequence[Value], at: int, result: Result) -> str:
    """A row at the end of the range, and how many others are there with it."""
    others = sum(each[at] == row[at] for each in result.every) - 1
    beside = f" and {others:,} {'other' if others == 1 else 'others'}" if others else ""
    return f"{_name(row, result)}{beside} with {said(row[at], result.columns[at])}"


def _plain(column: ResultColumn) -> str:
    """The name of a column without its unit."""
    return column.label.removesuffix(f" ({column.unit})")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _part(value: Value, overall: Value, column: ResultColumn) -> str:
    """The share of the whole, where the parts add up to it."""
    additive = column.metric is not None and column.metric.aggregate in {Aggregate.SUM, Aggregate.COUNT}
    if not additive or not isinstance(overall, int | float) or overall <= 0:
        return ""
    return f" ({_number(value) / overall:.0%})"


def _name(row: Sequence[Value], result: Result) -> str:
    """What a row is about: the values of its axes."""
    return " · ".join(
        formatted(value, column.format)
        for value, column in zip(row, result.columns, strict=True)
        if column.dimension and column.field not in COORDINATES
    )


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _records(intent: Intent, subject: Subject, result: Result) -> tuple[Text, ...]:
    if intent.chart is VisualizationType.SCATTER_CHART:
        return (Text(_correlation(intent, subject, result)),)
    scope = _scope(intent, subject, result.count)
    worth = ""
    if subject.worth is not None and result.overall:
        total = formatted(result.overall[-1], subject.field(subject.worth.field).format)
        worth = f", {label(subject.worth, subject)} **{total}**"
    shown = len(result.rows)
    verb = "matches" if result.count == 1 else "match"
    headline = f"**{scope}** {verb if intent.filters else 'in all'}{worth}."
    if 1 < shown < result.count:
        headline += f" Here are {shown:,} of them{_ranking(intent, result)}."
    return (Text(f"{headline}\n\n"), *_first(intent, result))


def _ranking(intent: Intent, result: Result) -> str:
    sort = intent.sort
    column = next((each for each in result.columns if sort and each.field == sort.field), None)
    if sort is None or column is None:
        return ""
    kind = ("latest", "earliest") if column.data_type == "DATE" else ("highest", "lowest")
    return f", {kind[0] if sort.descending else kind[1]} {_lower(_plain(column))} first"


def _first(intent: Intent, result: Result) -> tuple[Text, ...]:
    """The first row of a ranking in words."""
    sort = intent.sort
    at = next((n for n, each in enumerate(result.columns) if sort and each.field == sort.field), None)
    if at is None or intent.limit is None or not result.rows:
        return ()
    row, column = result.rows[0], result.columns[at]
    name = formatted(row[0], result.columns[0].format)
    kind = _ranking(intent, result).removeprefix(", ").removesuffix(" first")
    return (
        Text(f"- {kind.capitalize()}: **{name}** with {said(row[at], column)}.\n\n", {"isInsight": True}),
    )


def _correlation(intent: Intent, subject: Subject, result: Result) -> str:
    x, y = (subject.field(key).label for key in intent.columns[:2])
    points = [(_number(row[0]), _number(row[1])) for row in result.every if None not in row[:2]]
    scope = _scope(intent, subject, result.count)
    if len({a for a, _ in points}) < 2 or len({b for _, b in points}) < 2:  # noqa: PLR2004 -- no line through one point
        return f"**{y} against {x}** over {scope}.\n\n"
    r = statistics.correlation([a for a, _ in points], [b for _, b in points])
    strength = next((name for least, name in _STRENGTHS if abs(r) >= least), "hardly any")
    direction = "" if strength == "hardly any" else " positive" if r > 0 else " negative"
    return (
        f"**{y} against {x}** over {scope}: {strength}{direction} relation "
        f"(r = {r:.2f}, {len(points):,} points).\n\n"
    )
