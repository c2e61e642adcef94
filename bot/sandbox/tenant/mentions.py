"""What a question mentions: the small vocabulary between its words and the query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from bot.model import VisualizationType
from bot.sandbox.tenant.periods import Period
from bot.sandbox.tenant.reply import Aggregate, Grain, Metric, Operator


class Sign(Enum):
    """A mention without content of its own."""

    GROUP = auto()  # by, per, each
    ALL = auto()  # all (regions)
    NOT = auto()  # except
    TOTAL = auto()  # across all
    LIST = auto()  # list
    VERSUS = auto()  # compare, against
    SHARE = auto()  # share of
    ALSO = auto()  # as well: adds to the question before
    RESET = auto()  # without filters
    SORT = auto()  # sorted by
    ALPHABET = auto()  # alphabetically
    ASCENDING = auto()
    DESCENDING = auto()
    TOTALS = auto()  # with totals


class Command(Enum):
    """A request that is not a query over the data."""

    HELP = auto()
    SQL = auto()
    REPORT = auto()
    ODDITIES = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """Values of a dimension."""

    field: str
    values: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure.

    Attributes:
        aggregate: where the words say it ("deal size" is an average).
        only: where the words mean some of the records ("sales" are the won deals).
    """

    field: str
    aggregate: Aggregate | None = None
    only: Value | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension by its name."""

    field: str


@dataclass(frozen=True, slots=True)
class Aggregator:
    """An aggregate by its name."""

    aggregate: Aggregate


@dataclass(frozen=True, slots=True)
class Extreme:
    """Highest or lowest; ``metric`` where the word says of what ("hottest")."""

    descending: bool
    metric: Metric | None = None


@dataclass(frozen=True, slots=True)
class Noun:
    """What a record is called."""

    plural: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of time: month, monthly, over time."""

    grain: Grain


@dataclass(frozen=True, slots=True)
class When:
    """A date field by its name: closing, created."""

    field: str


@dataclass(frozen=True, slots=True)
class Within:
    """A range of dates."""

    period: Period


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit on a number; ``text`` as it was typed, ``unit`` the word behind it if it is one."""

    operator: Operator
    values: tuple[float, ...]
    text: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Top:
    """The first or last ones; ``count`` is None where no number is said."""

    count: int | None
    descending: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A kind of chart."""

    type: VisualizationType


@dataclass(frozen=True, slots=True)
class Ahead:
    """So many steps of time that are to be forecast."""

    count: int
    grain: Grain


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word that is in no vocabulary; ``place`` when it stands where a value or field is expected."""

    word: str
    place: bool


Mention = (
    Sign
    | Command
    | Measure
    | Dimension
    | Value
    | Aggregator
    | Extreme
    | Noun
    | Step
    | When
    | Within
    | Bound
    | Top
    | Drawn
    | Ahead
    | Unknown
)
