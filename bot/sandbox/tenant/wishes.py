"""What one question wishes for, put together from what it mentions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bot.model import VisualizationType
from bot.sandbox.tenant.domains import COUNT, Role, Subject
from bot.sandbox.tenant.mentions import (
    Aggregator,
    Ahead,
    Bound,
    Dimension,
    Drawn,
    Extreme,
    Measure,
    Mention,
    Noun,
    Sign,
    Step,
    Top,
    Value,
    When,
    Within,
)
from bot.sandbox.tenant.reply import Aggregate, Filter, Grain, Metric, Operator

_UNIT_FIELDS = {
    "mm": "precipitation",
    "degree": "temp_max",
    "celsius": "temp_max",
    "c": "temp_max",
    "mps": "wind",
}
_COLD = {"colder": "temp_min", "cooler": "temp_min"}
_PERCENT = {"percent": "probability", "%": "probability"}
_MOST_COUNTED = 1000  # "more than 1,000 deals" would be an amount


@dataclass(slots=True)
class Wish:
    """What one question says, before it is completed or merged; None and empty mean "not said"."""

    metrics: list[Metric] = field(default_factory=list)
    dimensions: list[str] = field(default_factory=list)
    grain: Grain | None = None
    when: str | None = None
    filters: list[Filter] = field(default_factory=list)
    cleared: set[str] = field(default_factory=set)
    aggregate: Aggregate | None = None
    extreme: Extreme | None = None
    measured: bool = False  # the extreme is that of a measure ("the smallest amount"), not of a record
    top: Top | None = None
    sort_field: str | None = None
    descending: bool | None = None
    noun: Noun | None = None
    chart: VisualizationType | None = None
    ahead: Ahead | None = None
    signs: set[Sign] = field(default_factory=set)
    conditioned: list[Metric] = field(default_factory=list)

    @property
    def grouped(self) -> bool:
        """It says what to group by."""
        return bool(self.dimensions) or self.grain is not None

    @property
    def narrows(self) -> bool:
        """It says what to look at, and not only how to show it."""
        return self.grouped or bool(self.filters) or bool(self.cleared)

    @property
    def self_sufficient(self) -> bool:
        """It can be understood without the question before."""
        return bool(self.metrics) or self.noun is not None or (self.extreme is not None and self.grouped)


class Listener:
    """Goes through the mentions of one question and notes what each one adds to the wish."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._wish = Wish()
        self._grouping = False
        self._negated = False
        self._sorting = False
        self._all = False
        self._rest: tuple[Mention, ...] = ()

    def hear(self, mentions: tuple[Mention, ...]) -> Wish:
        """The wish that these mentions make."""
        for at, mention in enumerate(mentions):
            before = mentions[at - 1] if at else None
            self._rest = mentions[at + 1 :]
            self._one(mention, before, self._rest[0] if self._rest else None)
        self._finish()
        return self._wish

    def _one(self, mention: Mention, before: Mention | None, after: Mention | None) -> None:
        wish = self._wish
        match mention:
            case Sign():
                self._sign(mention)
                return
            case Dimension():
                self._dimension(mention, before, after)
            case Step():
                wish.grain = mention.grain
            case Noun():
                self._noun(mention)
            case Measure():
                self._measure(mention, before, after)
            case Aggregator(aggregate):
                self._aggregator(aggregate, after)
            case Value() | Within() | Bound():
                self._filter(mention, before, after)
            case _:
                self._order(mention)
        if not isinstance(mention, Dimension | Step | Noun):
            self._grouping = False
        self._all = False

    def _sign(self, sign: Sign) -> None:
        wish = self._wish
        if sign is Sign.GROUP:
            self._grouping = True
        elif sign is Sign.NOT:
            self._negated = True
        elif sign is Sign.SORT:
            self._sorting = True
        elif sign in {Sign.ASCENDING, Sign.DESCENDING, Sign.ALPHABET}:
            wish.descending = sign is Sign.DESCENDING
            wish.signs.add(sign)
        else:
            self._all = sign in {Sign.ALL, Sign.TOTAL}
            if sign is not Sign.ALL:
                wish.signs.add(sign)

    def _order(self, mention: Mention) -> None:
        wish = self._wish
        if isinstance(mention, Top):
            wish.top = mention
        elif isinstance(mention, Extreme):
            wish.extreme = mention if mention.metric or not wish.extreme else wish.extreme
            following = (*self._rest, None, None)
            measured = isinstance(following[0], Measure) and not isinstance(following[1], Noun)
            wish.measured = measured and wish.noun is None
            if mention.metric is not None and mention.metric.field in self._subject.keys(Role.TIME):
                wish.sort_field = mention.metric.field
        elif isinstance(mention, Drawn):
            wish.chart = mention.type
        elif isinstance(mention, Ahead):
            wish.ahead = mention
        elif isinstance(mention, When):
            wish.when = mention.field
            if self._sorting:
                wish.sort_field = mention.field

    def _dimension(self, mention: Dimension, before: Mention | None, after: Mention | None) -> None:
        key, wish = mention.field, self._wish
        beside = (before, after)
        if self._sorting and not self._grouping:
            wish.sort_field = key
        elif self._all and not self._grouping:
            wish.cleared.add(key)
        elif any(isinstance(each, Value) and each.field == key for each in beside) and not self._grouping:
            return  # "stage Proposal" and "EMEA region" only name the field of the value
        elif key not in wish.dimensions:
            wish.dimensions.append(key)

    def _noun(self, noun: Noun) -> None:
        wish, subject = self._wish, self._subject
        if not self._grouping:
            wish.noun = wish.noun or noun
        elif not subject.row:
            wish.grain = Grain.DAY
        elif subject.row not in wish.dimensions:
            wish.dimensions.append(subject.row)

    def _measure(self, mention: Measure, before: Mention | None, after: Mention | None) -> None:
        wish = self._wish
        known = self._subject.field(mention.field)
        aggregate = mention.aggregate or known.aggregate
        if isinstance(before, Aggregator) and not known.ratio:
            # "How many mm of rain" is a sum.
            aggregate = aggregate if before.aggregate is Aggregate.COUNT else before.aggregate
            wish.aggregate = None
        metric = Metric(mention.field, aggregate)
        if mention.only is not None and not any(each.field == mention.only.field for each in wish.filters):
            wish.filters = _with_value(wish.filters, mention.only, self._subject, negated=False)
        if self._sorting:
            wish.sort_field = mention.field
            self._sorting = False
        elif isinstance(after, Bound) or isinstance(before, Bound):
            wish.conditioned.append(metric)
        elif metric not in wish.metrics:
            wish.metrics.append(metric)

    def _aggregator(self, aggregate: Aggregate, after: Mention | None) -> None:
        count = Metric(COUNT, Aggregate.COUNT)
        if aggregate is Aggregate.COUNT and isinstance(after, Noun | Value | Dimension | When):
            self._wish.metrics.append(count)
        else:
            self._wish.aggregate = aggregate

    def _filter(self, mention: Value | Within | Bound, before: Mention | None, after: Mention | None) -> None:
        wish, subject = self._wish, self._subject
        if isinstance(mention, Value):
            wish.filters = _with_value(wish.filters, mention, subject, negated=self._negated)
            return
        self._negated = False
        if isinstance(mention, Within):
            key = next((each.field for each in (before, after) if isinstance(each, When)), wish.when)
            wish.filters = _with_period(wish.filters, mention, key or subject.time, subject)
        else:
            wish.filters.append(self._bound(mention, before, after))

    def _bound(self, bound: Bound, before: Mention | None, after: Mention | None) -> Filter:
        subject = self._subject
        measures = [each.field for each in (before, after) if isinstance(each, Measure)]
        following = next((each for each in self._rest if not isinstance(each, Value)), None)
        below = bound.operator in {Operator.BELOW, Operator.AT_MOST}
        if isinstance(following, Noun) and bound.values[0] < _MOST_COUNTED and not bound.unit:
            key = COUNT
        elif measures:
            key = measures[0]
        else:
            key = (_UNIT_FIELDS | _COLD | _PERCENT).get(bound.unit, "")
            key = key if key in subject.keys(Role.MEASURE) else subject.ranking.field
            if key == "temp_max" and below:
                key = "temp_min"  # a day is below zero when its coldest moment was
        name = subject.nouns if key == COUNT else subject.field(key).label.lower()
        words = {Operator.ABOVE: "above", Operator.AT_LEAST: "at least", Operator.BELOW: "below"}
        label = f"{name} {words.get(bound.operator, 'at most')} {bound.text}"
        return Filter(key, bound.operator, bound.values, label)

    def _finish(self) -> None:
        """What only the whole question decides."""
        wish = self._wish
        if wish.chart is VisualizationType.FORECAST_CHART:
            wish.grain = wish.ahead.grain if wish.ahead else wish.grain or Grain.MONTH
        if Sign.VERSUS in wish.signs:
            self._compare()
        if Sign.SHARE in wish.signs and not wish.grouped:
            self._parts()
        if wish.aggregate is Aggregate.COUNT and not wish.metrics:
            wish.metrics.append(Metric(COUNT, Aggregate.COUNT))
        elif wish.aggregate is not None and len(wish.metrics) == 1:
            wish.metrics = [self._aggregated(wish.metrics[0], wish.aggregate)]
        if not wish.metrics and not wish.noun and wish.conditioned:
            wish.metrics = wish.conditioned

    def _compare(self) -> None:
        """Several values or periods beside each other become the rows of the answer."""
        wish = self._wish
        for each in wish.filters:
            if each.operator is Operator.IN and len(each.values) > 1 and each.field not in wish.dimensions:
                wish.dimensions.append(each.field)
            if each.operator is Operator.BETWEEN and len(each.words) > 1 and wish.grain is None:
                wish.grain = _common_grain(each)

    def _parts(self) -> None:
        """The share of one value is seen beside those of the others."""
        wish = self._wish
        own = next((each for each in wish.filters if each.operator is Operator.IN), None)
        if own is not None:
            wish.dimensions.append(own.field)
            wish.filters.remove(own)

    def _aggregated(self, metric: Metric, aggregate: Aggregate) -> Metric:
        if aggregate is Aggregate.COUNT:
            return Metric(COUNT, Aggregate.COUNT)
        fixed = metric.field == COUNT or self._subject.field(metric.field).ratio
        return metric if fixed else Metric(metric.field, aggregate)


def _with_value(filters: list[Filter], value: Value, subject: Subject, *, negated: bool) -> list[Filter]:
    """The filters and this value; several values of one field are joined by "or"."""
    operator = Operator.NOT_IN if negated else Operator.IN
    same = [each for each in filters if each.field == value.field and each.operator is operator]
    values = tuple(dict.fromkeys((*(same[0].values if same else ()), *value.values)))
    words = [*(same[0].words if same else ()), value.label]
    phrase = subject.field(value.field).phrase.format(" or ".join(dict.fromkeys(words)))
    if value.field == "stage" and value.label.islower():
        phrase = " or ".join(dict.fromkeys(words))
    label = f"not {phrase}" if negated else phrase
    kept = [each for each in filters if each not in same]
    return [*kept, Filter(value.field, operator, values, label, tuple(words))]


def _with_period(filters: list[Filter], within: Within, key: str, subject: Subject) -> list[Filter]:
    """The filters and this period; two periods of the same field are joined by "or"."""
    period = within.period
    phrase = subject.field(key).phrase
    same = [each for each in filters if each.field == key and each.operator is Operator.BETWEEN]
    kept = [each for each in filters if each not in same]
    if period.first is not None and period.end is not None:
        words = (*(same[0].words if same else ()), period.label)
        values = (*(same[0].values if same else ()), period.first, period.end)
        return [*kept, Filter(key, Operator.BETWEEN, values, phrase.format(" or ".join(words)), words)]
    if period.first is not None:
        return [*filters, Filter(key, Operator.AT_LEAST, (period.first,), phrase.format(period.label))]
    if period.end is not None:
        return [*filters, Filter(key, Operator.BELOW, (period.end,), phrase.format(period.label))]
    return filters


def _common_grain(spans: Filter) -> Grain:
    """The grain in which several periods can be compared: that of the shortest."""
    days = [each.toordinal() for each in spans.values if isinstance(each, date)]
    shortest = min(end - first for first, end in zip(days[::2], days[1::2], strict=True))
    grains = ((300, Grain.YEAR), (80, Grain.QUARTER), (27, Grain.MONTH), (7, Grain.WEEK))
    return next((grain for size, grain in grains if shortest >= size), Grain.DAY)
