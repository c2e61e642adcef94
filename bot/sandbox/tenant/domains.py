"""The semantic model: what the tables of each domain mean, and the words that people use for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from bot.model import DisplayFormat, Domain
from bot.sandbox.tenant.reply import Aggregate, Metric, Sort

SALES = "ET_DOMAIN_sales"
WEATHER = "ET_DOMAIN_weather"

#: The key of the measure that counts records.
COUNT = "count"
#: The dimensions that say where a place lies; they are sent with it, and go without saying.
COORDINATES = ("latitude", "longitude")


class Role(Enum):
    """What a field is good for."""

    DIMENSION = auto()
    MEASURE = auto()
    TIME = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a domain.

    Attributes:
        sql: an expression over one record; for a ``ratio`` one over a group of records.
        words: phrases that name it in a question.
        phrase: how a filter on it reads, with ``{}`` for the value.
        order: the SQL that its values are naturally sorted by, where this is not the alphabet.
        aggregate: how a measure is aggregated when the question does not say.
        link: the address of a value, with ``{}`` for the value as it stands in addresses; empty for none.
        fixed: its values belong to the model and not to the rows: who may see no row with one knows it too.
        minor: it is in no report and in no help, though it can be asked for.
    """

    key: str
    label: str
    role: Role
    sql: str
    words: tuple[str, ...]
    table: str
    format: DisplayFormat = DisplayFormat.DISPLAY_FORMAT_UNKNOWN
    data_type: str = "VARCHAR"
    plural: str = ""
    phrase: str = "for {}"
    order: str = ""
    aggregate: Aggregate = Aggregate.SUM
    unit: str = ""
    ratio: bool = False
    link: str = ""
    fixed: bool = False
    minor: bool = False


@dataclass(frozen=True, slots=True)
class ValueWords:
    """Words that stand for one or several values of a dimension; ``label`` is None to list the values."""

    field: str
    values: tuple[str, ...]
    words: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """Words that stand for a measure in a certain aggregate ("hottest", "deal size").

    Attributes:
        superlative: True for the highest, False for the lowest, None for the measure itself.
        only: the records that the words are about, where not all ("sales").
    """

    metric: Metric
    words: tuple[str, ...]
    superlative: bool | None = None
    only: ValueWords | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A domain over its tables.

    Attributes:
        source: the table of the records with its alias.
        joins: alias → JOIN clause, in the order in which they depend on each other.
        noun: what one record is called; ``nouns`` for several, ``noun_words`` in questions.
        row: the dimension that names one record, or empty where the date does.
        time: the date that periods mean unless the question names another.
        metric: what "average" or "highest" means when no measure is named.
        ranking: the measure that "top 5" goes by.
        worth: a measure to mention beside a count of records, or None.
        columns: the columns of a list, and ``listing`` its order.
        chapters: the dimensions of a report, in its order.
    """

    domain: Domain
    source: str
    joins: tuple[tuple[str, str], ...]
    noun: str
    nouns: str
    noun_words: tuple[str, ...]
    row: str
    time: str
    fields: tuple[Field, ...]
    values: tuple[ValueWords, ...]
    measures: tuple[MeasureWords, ...]
    metric: Metric
    ranking: Metric
    worth: Metric | None
    columns: tuple[str, ...]
    listing: Sort
    chapters: tuple[str, ...]
    examples: tuple[str, ...]

    def field(self, key: str) -> Field:
        """The field with this key.

        Raises:
            KeyError: there is none.
        """
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)

    def keys(self, role: Role) -> tuple[str, ...]:
        """The keys of all fields of this role, in the model's order."""
        return tuple(field.key for field in self.fields if field.role is role)

    def has(self, key: str) -> bool:
        """Whether there is a field with this key."""
        return any(field.key == key for field in self.fields)
