"""Keeps frames small enough to be read and drawn quickly; the table keeps everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.frames import MOST_SERIES, Frame, pick
from bot.model import Series

MOST_CATEGORIES = 50
#: Horizontal bars need a line each; more of them make a picture that a phone cannot show.
MOST_BARS = 20
MOST_POINTS = 2_000
OTHER = "Other"


def fewer_series(made: Frame, most: int = MOST_SERIES) -> Frame:
    """At most so many series: the largest, in their order. Those of a second axis stay."""
    own = [i for i, series in enumerate(made.series) if not series.second]
    most -= len(made.series) - len(own)
    if len(own) <= most:
        return made
    largest = _largest(made, own, most)
    series = tuple(each for i, each in enumerate(made.series) if i in largest or each.second)
    note = f"The chart shows the {most} largest of {len(own):,} series."
    return replace(made, series=series, partial=True).note(note)


def other_series(made: Frame, most: int = MOST_SERIES) -> Frame:
    """At most so many series: the largest, in their order, then the rest as one, so that totals stay true."""
    count = len(made.series)
    if count <= most:
        return made
    largest = _largest(made, range(count), most - 1)
    rest = [made.series[i].values for i in range(count) if i not in largest]
    other = Series(OTHER, tuple(map(_sum, zip(*rest, strict=True))))
    kept = tuple(made.series[i] for i in sorted(largest))
    note = f"The {len(rest):,} smallest series are drawn as “{OTHER}”."
    return replace(made, series=(*kept, other)).note(note)


def _largest(made: Frame, indexes: Sequence[int], most: int) -> set[int]:
    weight = {i: sum(abs(v) for v in made.series[i].values if v is not None) for i in indexes}
    return set(sorted(weight, key=lambda i: -weight[i])[:most])


def _sum(amounts: Sequence[float | None]) -> float | None:
    present = [amount for amount in amounts if amount is not None]
    return sum(present) if present else None


def fewer_categories(made: Frame, most: int = MOST_CATEGORIES, *, ranked: bool = False) -> Frame:
    """At most so many categories: the first ones; ``ranked`` says that these are the largest."""
    count = len(made.categories)
    if count <= most:
        return made
    which = f"{most} largest" if ranked else f"first {most}"
    first = pick(made, range(most))
    return replace(first, partial=True).note(f"The chart shows the {which} of {count:,} values.")


def latest(made: Frame, most: int) -> Frame:
    """At most so many places of a time axis: the latest ones."""
    count = len(made.categories)
    if count <= most:
        return made
    last = pick(made, range(count - most, count))
    return replace(last, partial=True).note(f"The chart shows the latest {most} of {count:,} dates.")


def fewer_points(made: Frame) -> Frame:
    """About two thousand places of the axis: the extremes of every stretch stay, so the shape does too."""
    count = len(made.categories)
    if count <= MOST_POINTS:
        return made
    stretches = max(1, (MOST_POINTS - 2) // (2 * len(made.series)))
    kept = {0, count - 1}
    for stretch in range(stretches):
        places = range(stretch * count // stretches, (stretch + 1) * count // stretches)
        drawn = [
            [(value, i) for i in places if (value := series.values[i]) is not None] for series in made.series
        ]
        for values in filter(None, drawn):
            kept |= {min(values)[1], max(values)[1]}
        if not any(drawn):
            kept.add(places[0])  # a long gap stays one
    return replace(pick(made, sorted(kept)), partial=True, length=count)


def fewer_dots(made: Frame) -> Frame:
    """At most two thousand points of a scatter chart, evenly picked."""
    count = len(made.x_values)
    step = -(-count // MOST_POINTS)
    if step <= 1:
        return made
    kept = pick(made, range(0, count, step))
    return kept.note(f"The chart shows {len(kept.x_values):,} of {count:,} points, evenly picked.")


def drop_empty(made: Frame) -> Frame:
    """The frame without places where no series has a value."""
    columns = zip(*(series.values for series in made.series), strict=True)
    drawn = [any(value is not None for value in column) for column in columns]
    return made if all(drawn) else pick(made, [i for i, held in enumerate(drawn) if held])
