"""The phrases of a domain: the English of data questions, the model's words, and the values in its tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.model import VisualizationType as Chart
from bot.sandbox.tenant.domains import Role, Subject
from bot.sandbox.tenant.mentions import (
    Aggregator,
    Command,
    Dimension,
    Drawn,
    Extreme,
    Measure,
    Mention,
    Noun,
    Sign,
    Step,
    Unknown,
    Value,
    When,
)
from bot.sandbox.tenant.reply import Aggregate, Grain
from bot.sandbox.tenant.words import stems

Phrase = tuple[str, ...]

_STOP = """
a about across again against all along also an and answer any anybody approximately are as at be been being
belong belonging between break broken but by can chart compare comparison could current currently d data
date deep describe detail details did different display do does down draw during each even ever everyone
exactly explain far figure find following for from get give given go got graph group grouped had happen
happened happens has have having hello her here hey hi his how i i'd i'll if in interested into is it its
just kind know let level like ll look looking m made make many may me mean measured mine more most much name
need no now number of off on one only or order ordered our out overall own owned owns people per please plot
pls present put question rank ranked re really recorded render report respective respectively result return
roughly s seattle see set should show so some somebody sort sorted split such summarise summarize summary t
take tell than thank thanks that the their them then there there's these they thing this those through time
to too total type until up us use various ve very via view visualize want was we we've well were what when
where which while who whole why will with within world would write yes you your
"""

_WORDS: tuple[tuple[Mention, str], ...] = (
    (
        Sign.GROUP,
        "by|per|each|for each|for every|every|in each|in every|from each|from every|of each|broken down by",
    ),
    (
        Sign.GROUP,
        "split by|grouped by|group by|break down by|break it down by|break that down by|for the different",
    ),
    (Sign.GROUP, "by each|by every|for all the different|depending on|according to|each of the"),
    (Sign.ALL, "all|any|all the|all of the"),
    (
        Sign.NOT,
        "not|not in|except|except for|excluding|exclude|without|other than|outside|outside of|but not|isn't",
    ),
    (Sign.NOT, "ignoring|ignore|leave out|apart from|aren't|non|not by|not owned by"),
    (
        Sign.TOTAL,
        "across all|in total|overall|altogether|grand total|all together|as a whole|across everything",
    ),
    (Sign.TOTAL, "combined|total across all|sum of all|across all of them|for all of them|in all"),
    (
        Sign.LIST,
        "list|list all|list the|details|detail|line by line|which ones|list them|show them|show me them",
    ),
    (
        Sign.LIST,
        "list those|show those|show me those|individual|row by row|enumerate|the raw data|raw data|rows",
    ),
    (Sign.VERSUS, "compare|compared|comparison|versus|vs|compared to|compared with|against"),
    (
        Sign.SHARE,
        "share|share of|percentage of|percentage|what percent of|percent of|proportion|proportion of",
    ),
    (Sign.SHARE, "what part of|mix|breakdown of|distribution of|split|breakdown|distribution|composition"),
    (
        Sign.TOTALS,
        "with totals|with subtotals|and subtotals|with total row|with a total row|including totals",
    ),
    (Sign.ALSO, "also|as well|in addition|additionally|further|and also|also by"),
    (
        Sign.RESET,
        "without filters|without any filter|remove filters|remove the filter|remove all filters|no filter",
    ),
    (Sign.RESET, "clear the filter|clear filters|unfiltered|for everything|for everyone"),
    (
        Sign.SORT,
        "sorted by|sort by|order by|ordered by|sort|sorted|sort it by|sort them by|rank by|ranked by|sort on",
    ),
    (
        Sign.ASCENDING,
        "ascending|asc|from low to high|lowest first|smallest first|in ascending order",
    ),
    (Sign.ASCENDING, "increasing|earliest first|oldest first|low to high"),
    (Sign.ALPHABET, "alphabetically|alphabetical|a to z|by name|in alphabetical order"),
    (
        Sign.DESCENDING,
        "descending|desc|from high to low|highest first|largest first|biggest first|high to low",
    ),
    (Sign.DESCENDING, "decreasing|latest first|newest first|in descending order|z to a|most first"),
    (
        Command.HELP,
        "help|hi|hello|hey|what can i ask|what can you do|what can you answer|what do you know",
    ),
    (Command.HELP, "example question"),
    (
        Command.HELP,
        "what could i ask|what should i ask|what kind of question|which question can i ask|suggest question",
    ),
    (
        Command.HELP,
        "give me some examples|what questions can i ask|what can i ask you|how do you work|give me examples",
    ),
    (
        Command.HELP,
        "what data do you have|what data is there|what is in here|what do you have|example|examples please",
    ),
    (
        Command.SQL,
        "sql|the sql|and the sql|show the sql|query|show me the sql|show me the query|the query|source code",
    ),
    (
        Command.SQL,
        "how did you get that|how did you compute that|how did you calculate that|where does that come from",
    ),
    (
        Command.REPORT,
        "report|write a report|in detail|in depth|detailed overview|full overview|detailed report",
    ),
    (
        Command.REPORT,
        "describe everything|write up|deep dive|tell me everything|thorough overview|long answer|essay",
    ),
    (Command.REPORT, "describe|overview|summarize everything|executive summary|complete summary|full report"),
    (Command.ODDITIES, "odd name|odd names|strange name|weird name|hostile name|odd row|difficult name"),
    (Aggregator(Aggregate.SUM), "total|sum|sum of|total of|how much|combined|added up|sum up|the total"),
    (Aggregator(Aggregate.AVERAGE), "average|avg|mean|typical|on average|average of|the average|averaged"),
    (
        Aggregator(Aggregate.COUNT),
        "how many|many|count|number of|count of|the number of|how often|the count of|no of|counted",
    ),
    (Aggregator(Aggregate.MEDIAN), "median|median of|the median"),
    (Aggregator(Aggregate.MAX), "max|maximum|maximal|the maximum"),
    (Aggregator(Aggregate.MIN), "min|minimum|minimal|the minimum"),
    (
        Extreme(descending=True),
        "highest|most|best|greatest|maximum number|top ranked|leading|strongest|the most|leads",
    ),
    (Extreme(descending=False), "lowest|least|worst|fewest|weakest|the least|lowest number"),
    (Step(Grain.DAY), "daily|day by day|per day|each day|every day|by day"),
    (Step(Grain.WEEK), "week|weekly|week by week|week over week"),
    (
        Step(Grain.MONTH),
        "month|monthly|month by month|over time|trend|trends|timeline|over the months|time series",
    ),
    (
        Step(Grain.MONTH),
        "month over month|develop|developed|development|evolution|over the time|over the year",
    ),
    (Step(Grain.QUARTER), "quarter|quarterly|quarter by quarter|quarter over quarter"),
    (
        Step(Grain.YEAR),
        "year|yearly|annual|annually|year by year|year over year|per annum|yoy|over the years",
    ),
)

_AGAIN = (
    "and|only|just|what about|how about|now|but|then|same|instead|the same|and now|and what about|"
    "and how about|of those|of these|of them|ok|okay|great|thanks|now only|make it|make that|show that|"
    "show it|show this|do that|turn that|turn it|break it down|break that down|filter|keep|restrict|"
    "narrow|draw it|draw that|plot it|plot that|change"
)

_CHARTS: tuple[tuple[Chart, str], ...] = (
    (Chart.PIE_CHART, "pie|donut|doughnut|ring"),
    (Chart.LINE_CHART, "line|curve"),
    (Chart.AREA_CHART, "area"),
    (Chart.BAR_CHART, "bar|horizontal bar"),
    (Chart.COLUMN_CHART, "column|vertical bar"),
    (Chart.STACKED_BAR_CHART, "stacked bar"),
    (Chart.STACKED_COLUMN_CHART, "stacked|stacked column"),
    (Chart.STACKED_AREA_CHART, "stacked area"),
    (Chart.STACKED_100_BAR_CHART, "100 stacked bar|100% stacked bar|100 percent stacked bar"),
    (
        Chart.STACKED_100_COLUMN_CHART,
        "100 stacked column|100% stacked column|100 percent stacked column",
    ),
    (Chart.STACKED_100_COLUMN_CHART, "100 stacked|100% stacked|100 percent stacked"),
    (Chart.GROUPED_BAR_CHART, "grouped bar|clustered bar"),
    (Chart.GROUPED_COLUMN_CHART, "grouped column|clustered column|grouped"),
    (Chart.SCATTER_CHART, "scatter|scatterplot|bubble|point"),
    (Chart.FUNNEL_CHART, "funnel"),
    (Chart.HEATMAP_CHART, "heatmap|heat map"),
    (Chart.POLAR_CHART, "polar|wind rose"),
    (Chart.SPIDER_CHART, "spider|radar"),
    (Chart.SANKEY_CHART, "sankey|flow"),
    (Chart.MAP, "map"),
    (Chart.COUNTRY_MAP_CHART, "country map|world map"),
    (Chart.STATE_MAP_CHART, "state map|us map"),
    (Chart.FORECAST_CHART, "forecast|prediction|forecast line"),
    (Chart.TEXT, "text|sentence"),
    (Chart.LLM_GENERATED_CHART, "generated|custom|freestyle"),
    (
        Chart.UNKNOWN_VISUALIZATION,
        "unknown|treemap|tree map|waterfall|gauge|gantt|violin|sunburst|word cloud",
    ),
    (Chart.TABLE, "tabular|data|in rows|grid|spreadsheet"),
)
#: Charts whose bare word could mean something else need "chart" behind or "as a" before.
_ENDINGS = ("chart", "graph", "diagram", "plot", "table", "visualization")
_OPENINGS = ("as a", "as an", "in a", "as", "to a", "into a", "on a", "on the", "on")
_PLAIN_CHARTS = {
    "pie",
    "scatter",
    "funnel",
    "heatmap",
    "heat map",
    "sankey",
    "radar",
    "spider",
    "treemap",
    "waterfall",
    "map",
    "scatterplot",
    "donut",
    "bar",
    "stacked",
}

_TIME_WORDS = (
    "today yesterday tomorrow last previous past prior this current next coming upcoming since before after"
    " until january february march april june july august september october november december"
    " week month quarter year"
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What phrases mean in one domain.

    Attributes:
        phrases: stems → mentions; the longest phrase wins.
        longest: the number of stems of the longest phrase.
        stop: stems that mean nothing for a query.
        vocabulary: single stems that a mistyped word may have meant.
    """

    phrases: Mapping[Phrase, tuple[Mention, ...]]
    again: frozenset[Phrase]
    longest: int
    stop: frozenset[str]
    vocabulary: frozenset[str]


def build(subject: Subject, values: Mapping[str, Collection[str]]) -> Lexicon:
    """The lexicon of a domain.

    Args:
        subject: the domain.
        values: the values of each dimension, as they stand in the rows that may be seen; what is not among
            them has no name here.
    """
    phrases: dict[Phrase, tuple[Mention, ...]] = {}
    for mention, words in (*_general(), *_model(subject)):
        for phrase in words:
            phrases[stems(phrase)] = (mention,)
    for field, known in _own_values(values):
        for phrase in known:
            # "Rain" is an amount of water before it is a kind of weather.
            phrases.setdefault(stems(phrase), (field,))
    _synonyms(subject, values, phrases)
    phrases.pop((), None)
    again = frozenset(stems(phrase) for phrase in _AGAIN.split("|"))
    stop = frozenset((*stems(_STOP), *stems(subject.domain.name)))
    named = (phrase for phrase, found in phrases.items() if not isinstance(found[0], Unknown))
    words = {word for phrase in named for word in phrase} | set(stems(_TIME_WORDS))
    longest = max(map(len, phrases))
    return Lexicon(phrases, again, longest, stop, frozenset(words))


def _general() -> Iterator[tuple[Mention, Iterable[str]]]:
    for mention, words in _WORDS:
        yield mention, words.split("|")
    for chart, words in _CHARTS:
        yield Drawn(chart), tuple(_drawn(words.split("|")))
    yield Drawn(Chart.FORECAST_CHART), ("predict", "predicted", "extrapolate", "extrapolated", "projection")
    yield Drawn(Chart.TEXT), ("in words", "in a word")
    yield Drawn(Chart.TABLE), ("table", "as table", "as a table", "in a table", "a table")


def _drawn(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for ending in _ENDINGS:
            yield f"{name} {ending}"
        yield from (f"{opening} {name}" for opening in _OPENINGS)
        if name in _PLAIN_CHARTS:
            yield name


def _model(subject: Subject) -> Iterator[tuple[Mention, Iterable[str]]]:
    for field in subject.fields:
        if field.role is Role.MEASURE:
            yield Measure(field.key), field.words
        elif field.role is Role.DIMENSION:
            yield Dimension(field.key), (*field.words, field.plural)
        else:
            yield When(field.key), field.words
    for words in subject.measures:
        metric = words.metric
        if words.superlative is None:
            only = Value(words.only.field, words.only.values, words.only.label) if words.only else None
            yield Measure(metric.field, metric.aggregate, only), words.words
        else:
            yield Extreme(words.superlative, metric), words.words
    yield Noun(), subject.noun_words


def _own_values(values: Mapping[str, Collection[str]]) -> Iterator[tuple[Mention, Iterable[str]]]:
    for field, known in values.items():
        for value in known:
            yield Value(field, (value,), value), (value,)
            first = value.split()[0]
            if field == "owner" or (field == "account" and len(first) > len("the")):
                yield Value(field, (value,), value), (first,)
            if field == "owner":
                yield Value(field, (value,), value), (value.split()[-1],)


def _synonyms(
    subject: Subject, values: Mapping[str, Collection[str]], phrases: dict[Phrase, tuple[Mention, ...]]
) -> None:
    """Words for values; where such a phrase holds the noun ("days with rain") it says that too."""
    nouns = set(subject.noun_words)
    for words in subject.values:
        if words.field in values and not any(each in values[words.field] for each in words.values):
            # A word like "us" must not pass for one without a meaning.
            phrases.update({stems(phrase): (Unknown(phrase, place=True),) for phrase in words.words})
            continue
        label = words.label or ", ".join(words.values)
        value = Value(words.field, words.values, label)
        for phrase in words.words:
            holds_noun = not nouns.isdisjoint(stems(phrase))
            phrases[stems(phrase)] = (Noun(plural=True), value) if holds_noun else (value,)
