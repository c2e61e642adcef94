"""What a sum of drawn values means: whether there may be one, and how large it is."""

from __future__ import annotations

from bot.core.frames import Frame
from bot.model import DisplayFormat

#: A sum of measures with such a word in their name says nothing.
_NOT_ADDITIVE = frozenset(
    {
        "avg",
        "average",
        "mean",
        "median",
        "rate",
        "ratio",
        "percent",
        "percentage",
        "pct",
        "share",
        "margin",
        "min",
        "max",
        "minimum",
        "maximum",
        "lowest",
        "highest",
        "price",
        "per",
        "temperature",
        "score",
        "probability",
    }
)
_WITH_TOTAL = frozenset(
    {
        DisplayFormat.NUMBER_CURRENCY_USD,
        DisplayFormat.NUMBER_INTEGER,
        DisplayFormat.DISPLAY_FORMAT_UNKNOWN,
    }
)
#: What parts of a whole may be off by rounding, in per cent.
_ROUNDING = 1.0


def by_place(made: Frame) -> list[float]:
    """The sum at every place, of the series against the first axis."""
    own = [series.values for series in made.series if not series.second]
    return [sum(value for value in column if value is not None) for column in zip(*own, strict=True)]


def has_total(made: Frame) -> bool:
    """A total of these values may be told: they are amounts or counts, as far as one can see."""
    return made.format in _WITH_TOTAL and not _averages(made)


def adds_up(made: Frame) -> bool:
    """Values of one place may be stacked: they are no averages, and no shares but those of one whole."""
    if made.format is DisplayFormat.NUMBER_PERCENTAGE:
        return all(_is_whole(size) for size in by_place(made) if size)
    return not _averages(made)


def is_whole(made: Frame) -> bool:
    """All values may be slices of one pie."""
    if made.format is DisplayFormat.NUMBER_PERCENTAGE:
        return _is_whole(sum(made.numbers()))
    return not _averages(made)


def are_amounts(made: Frame) -> bool:
    """The values are amounts or counts: no shares, no averages."""
    return made.format is not DisplayFormat.NUMBER_PERCENTAGE and not _averages(made)


def _is_whole(size: float) -> bool:
    return abs(size - 100) <= _ROUNDING


def _averages(made: Frame) -> bool:
    names = [made.y_label] if made.y_label else [series.name for series in made.series]
    words = {word for name in names for word in name.lower().replace("_", " ").split()}
    return bool(words & _NOT_ADDITIVE)
