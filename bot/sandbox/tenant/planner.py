"""From mentions to a query: what a question asks for by itself, and what it changes of the one before."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto

from bot.model import VisualizationType
from bot.sandbox.tenant.domains import COUNT, Role, Subject
from bot.sandbox.tenant.language import Utterance
from bot.sandbox.tenant.mentions import Command, Sign
from bot.sandbox.tenant.reply import Aggregate, Filter, Intent, Metric, Sort, TimeAxis
from bot.sandbox.tenant.shaping import finished
from bot.sandbox.tenant.wishes import Listener, Wish

_FEW = 10  # "the biggest deals" without a number
_SOME = 5  # "top" without a number


class Misunderstanding(Enum):
    """Why there is no query."""

    NOTHING = auto()  # not a word of it says what is wanted
    UNKNOWN_NAME = auto()  # something is named that is not in the data


def plan(
    utterance: Utterance, subject: Subject, previous: Intent | None
) -> Intent | Command | Misunderstanding:
    """The query that an utterance asks for, after ``previous`` where there was one."""
    wish = Listener(subject).hear(utterance.mentions)
    command = _command(utterance, wish)
    if command is not None:
        return command
    planned = _planned(utterance, wish, subject, previous)
    return finished(planned, wish, subject) if isinstance(planned, Intent) else planned


def _planned(
    utterance: Utterance, wish: Wish, subject: Subject, previous: Intent | None
) -> Intent | Misunderstanding:
    if any(word.place for word in utterance.unknown):
        return Misunderstanding.UNKNOWN_NAME
    vague = utterance.unknown and not wish.self_sufficient
    if previous is not None and _continues(utterance, wish) and not (vague and not wish.narrows):
        return _changed(wish, subject, previous)
    if vague:
        return Misunderstanding.UNKNOWN_NAME
    return _fresh(wish, subject) or Misunderstanding.NOTHING


def _command(utterance: Utterance, wish: Wish) -> Command | None:
    """The command in an utterance; a word like "help" beside a real question is none."""
    commands = [each for each in utterance.mentions if isinstance(each, Command)]
    if not commands or (wish.metrics and wish.grouped and Command.SQL not in commands):
        return None
    if commands[0] is Command.HELP and (
        wish.self_sufficient or wish.grouped or wish.filters or utterance.again
    ):
        return None
    return commands[0]


def _continues(utterance: Utterance, wish: Wish) -> bool:
    said = bool(
        wish.metrics
        or wish.grouped
        or wish.filters
        or wish.cleared
        or wish.chart
        or wish.top
        or wish.signs
        or wish.noun
        or wish.aggregate
        or wish.extreme
        or wish.descending is not None
        or wish.sort_field
    )
    return said and (utterance.again or Sign.TOTAL in wish.signs or not wish.self_sufficient)


def _fresh(wish: Wish, subject: Subject) -> Intent | None:
    """The query of a question that stands alone, or None where it says too little."""
    filters = tuple(wish.filters)
    base = Intent(subject.domain.id, filters=filters, chart=wish.chart)
    if wish.chart is VisualizationType.SCATTER_CHART and len(wish.metrics) > 1 and not wish.grouped:
        # "Y against X": the second is the horizontal axis, and that column comes first.
        columns = tuple(metric.field for metric in reversed(wish.metrics[:2]))
        return replace(base, records=True, columns=columns)
    if not wish.grouped and _wants_records(wish):
        return None if _counts(filters) else _records(wish, subject, base)
    if wish.grouped:
        time = TimeAxis(wish.when or subject.time, wish.grain) if wish.grain else None
        axes = replace(base, metrics=_metrics(wish, subject), dimensions=tuple(wish.dimensions), time=time)
        return _ranked(wish, axes, subject)
    metrics = _single(wish, subject)
    return replace(base, metrics=metrics) if metrics and not _counts(filters) else None


def _changed(wish: Wish, subject: Subject, previous: Intent) -> Intent:
    """The query before with everything replaced that the wish says."""
    also = Sign.ALSO in wish.signs
    intent = replace(previous, filters=_merged(wish, previous), chart=wish.chart or previous.chart)
    if _lists(wish, previous):
        return _records(wish, subject, replace(intent, records=True, metrics=(), dimensions=(), time=None))
    if wish.metrics:
        metrics = tuple(dict.fromkeys((*(previous.metrics if also else ()), *wish.metrics)))
        intent = replace(intent, metrics=metrics, records=False)
    elif wish.aggregate is not None:
        intent = replace(intent, metrics=_reaggregated(wish.aggregate, previous, subject), records=False)
    if Sign.TOTAL in wish.signs or (previous.records and not intent.records and not wish.grouped):
        intent = _flat(intent, wish)
    if wish.grouped:
        intent = _regrouped(wish, subject, intent)
    if not intent.records and not intent.metrics:
        intent = replace(intent, metrics=_default_metrics(wish, subject))
    if intent.records or (not intent.dimensions and intent.time is None and wish.top):
        return _records(wish, subject, replace(intent, records=True, metrics=()), previous)
    return _ranked(wish, intent, subject)


def _wants_records(wish: Wish) -> bool:
    if wish.metrics:
        ranks = (wish.extreme is not None and not wish.measured) or wish.top is not None
        ranks = ranks or Sign.LIST in wish.signs
        return wish.noun is not None and ranks and wish.metrics[0].field != COUNT
    if wish.aggregate is not None:
        return False
    return wish.noun is not None or wish.top is not None or (wish.extreme is None and bool(wish.filters))


def _lists(wish: Wish, previous: Intent) -> bool:
    """A follow-up that asks for rows: "list them", "the biggest deal"; not "only won deals"."""
    if wish.grouped or wish.metrics or wish.aggregate:
        return False
    return not previous.records and (
        Sign.LIST in wish.signs or (wish.noun is not None and (wish.extreme or wish.top) is not None)
    )


def _counts(filters: tuple[Filter, ...]) -> bool:
    return any(each.field == COUNT for each in filters)


def _single(wish: Wish, subject: Subject) -> tuple[Metric, ...]:
    """The measures of an answer that is one row."""
    metrics = tuple(wish.metrics)
    if not metrics and wish.extreme is not None and wish.extreme.metric is not None:
        metrics = (wish.extreme.metric,)
    if not metrics and wish.aggregate is not None:
        return (Metric(subject.metric.field, wish.aggregate),)
    if wish.extreme is None:
        return metrics
    best = Aggregate.MAX if wish.extreme.descending else Aggregate.MIN
    measures = subject.keys(Role.MEASURE)
    return tuple(
        Metric(each.field, best) if each.field in measures and not subject.field(each.field).ratio else each
        for each in metrics
        if each.field == COUNT or each.field in measures
    )


def _metrics(wish: Wish, subject: Subject) -> tuple[Metric, ...]:
    """The measures of a grouped answer."""
    if wish.metrics:
        return tuple(wish.metrics)
    if wish.aggregate is not None:
        return (Metric(subject.metric.field, wish.aggregate),)
    extreme = wish.extreme
    if (
        extreme is not None
        and extreme.metric is not None
        and extreme.metric.field in subject.keys(Role.MEASURE)
    ):
        if wish.noun is None:
            return (extreme.metric,)
        return (Metric(extreme.metric.field, Aggregate.MAX if extreme.descending else Aggregate.MIN),)
    return _default_metrics(wish, subject)


def _default_metrics(wish: Wish, subject: Subject) -> tuple[Metric, ...]:
    count = Metric(COUNT, Aggregate.COUNT)
    if Sign.TOTAL in wish.signs and not wish.grouped:
        return (count, subject.worth) if subject.worth else (count,)
    ranked = wish.top is not None or wish.extreme is not None or Sign.SHARE in wish.signs
    return (subject.ranking,) if ranked and wish.noun is None and subject.worth else (count,)


def _reaggregated(aggregate: Aggregate, previous: Intent, subject: Subject) -> tuple[Metric, ...]:
    """The same measures in another aggregate: "and on average?"."""
    if aggregate is Aggregate.COUNT:
        return (Metric(COUNT, Aggregate.COUNT),)
    measures = [each.field for each in previous.metrics if each.field != COUNT] or [subject.metric.field]
    known = [key for key in measures if not subject.field(key).ratio]
    return tuple(Metric(key, aggregate) for key in known) or previous.metrics


def _regrouped(wish: Wish, subject: Subject, intent: Intent) -> Intent:
    also = Sign.ALSO in wish.signs
    when = wish.when or (intent.time.field if intent.time else subject.time)
    time = TimeAxis(when, wish.grain) if wish.grain else (intent.time if also else None)
    before = intent.dimensions if also else ()
    dimensions = tuple(dict.fromkeys((*before, *wish.dimensions)))
    return replace(
        intent,
        dimensions=dimensions,
        time=time,
        records=False,
        columns=(),
        sort=None,
        limit=None,
        chart=wish.chart,
    )


def _flat(intent: Intent, wish: Wish) -> Intent:
    """The whole instead of its parts."""
    return replace(
        intent,
        records=False,
        dimensions=(),
        time=None,
        columns=(),
        sort=None,
        limit=None,
        chart=wish.chart,
        filters=tuple(each for each in intent.filters if each.field != COUNT),
    )


def _merged(wish: Wish, previous: Intent) -> tuple[Filter, ...]:
    """The filters before and now; a new one replaces the old ones of its field."""
    if Sign.RESET in wish.signs:
        return tuple(wish.filters)
    said = {each.field for each in wish.filters} | wish.cleared
    return (*(each for each in previous.filters if each.field not in said), *wish.filters)


def _ranked(wish: Wish, intent: Intent, subject: Subject) -> Intent:
    """Order and length of a grouped answer."""
    if wish.extreme is None and wish.top is None and wish.sort_field is None and wish.descending is None:
        chart = intent.chart or (VisualizationType.PIE_CHART if Sign.SHARE in wish.signs else None)
        return replace(intent, chart=chart)
    metrics = [metric.field for metric in intent.metrics]
    axes = {*intent.dimensions, *([intent.time.field] if intent.time else [])}
    key = wish.sort_field if wish.sort_field in {*metrics, *axes} else metrics[0]
    if wish.sort_field in subject.keys(Role.MEASURE) and wish.sort_field not in metrics:
        intent = replace(intent, metrics=(*intent.metrics, _usual(wish.sort_field or "", subject)))
        key = wish.sort_field or key
    if Sign.ALPHABET in wish.signs and wish.sort_field is None:
        key = next(iter(intent.dimensions), key)
    limit = (wish.top.count or _SOME) if wish.top else intent.limit
    return replace(intent, sort=Sort(key, descending=_descending(wish, by_axis=key in axes)), limit=limit)


def _usual(key: str, subject: Subject) -> Metric:
    return Metric(key, subject.field(key).aggregate)


def _records(wish: Wish, subject: Subject, base: Intent, previous: Intent | None = None) -> Intent:
    """A list of records, with the columns that were mentioned."""
    ranked = wish.extreme is not None or wish.top is not None
    measures = [metric.field for metric in wish.metrics if metric.field != COUNT]
    named = wish.extreme.metric.field if wish.extreme and wish.extreme.metric else None
    key = (
        wish.sort_field or next(iter(measures), None) or named or (subject.ranking.field if ranked else None)
    )
    sort, limit = subject.listing, None
    if key is not None:
        sort = Sort(key, descending=_descending(wish, by_axis=key not in subject.keys(Role.MEASURE)))
    elif previous is not None:
        sort, limit = previous.sort or sort, previous.limit
    if wish.top is not None:
        limit = wish.top.count or _SOME
    elif wish.extreme is not None:
        limit = _FEW if wish.noun is None or wish.noun.plural else 1
    extra = (*measures, *(each.field for each in wish.filters), *([key] if key else []))
    columns = tuple(dict.fromkeys((*subject.columns, *(each for each in extra if each != COUNT))))
    return replace(base, records=True, sort=sort, limit=limit, columns=columns)


def _descending(wish: Wish, *, by_axis: bool) -> bool:
    if wish.descending is not None:
        return wish.descending
    if wish.top is not None and wish.extreme is None:
        return wish.top.descending
    return wish.extreme.descending if wish.extreme is not None else not by_axis
