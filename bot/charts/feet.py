"""The foot of a chart: what stands along its lower axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import matplotlib.dates as mdates

from bot.charts import labels
from bot.charts.labels import TEXT, AxisLabels
from bot.charts.page import WIDTH, Page
from bot.charts.scales import Scale, crowded
from bot.model import ChartKind, ChartSpec

_TICKED_POINTS = 13
_HALF_DAY, _EDGE = 0.5, 0.02
_MANY = 24
_CALENDAR = (-719162.0, 2932895.0)  # the first and the last day that there are, in days from 1970
#: Kinds whose categories follow each other, so that not all of many need a name.
_GOING_ON = (ChartKind.LINE, ChartKind.AREA)


@dataclass(frozen=True, slots=True)
class Foot:
    """The lower axis: where its ticks are, their labels, its ends and its name."""

    places: Sequence[float]
    labels: AxisLabels
    low: float
    high: float
    name: str = ""


def categories(page: Page, spec: ChartSpec, left: float, right: float) -> Foot:
    """A foot with a slot for each category; categories that are dates need not all be named."""
    count = len(spec.categories)
    slot = (right - left) / max(count, 1)
    even = bool(spec.times) or (spec.kind in _GOING_ON and count > _MANY)
    under = labels.under(spec.categories, slot, page.measure, before=left + slot / 2 - page.left, even=even)
    under = _once(under)
    return Foot(
        range(under.start, count, under.step)[: len(under.texts)], under, -0.5, count - 0.5, spec.x_label
    )


def times(page: Page, spec: ChartSpec, along: Sequence[float], left: float, right: float) -> Foot:
    """A foot of dates: few points are named themselves, else the calendar gives the ticks."""
    if len(along) <= _TICKED_POINTS and (foot := _points(page, spec, along, left, right)):
        return foot
    low, high = min(along), max(along)
    edge = (high - low) * _EDGE or _HALF_DAY
    low, high = low - edge, high + edge
    places, texts = _calendar(low, high)
    while len(places) > 1 and crowded(page, places, texts, (right - left) / (high - low)):
        places, texts = places[::2], texts[::2]
    under = AxisLabels(tuple(texts), 0, TEXT, labels.height(TEXT))
    return Foot(places, under, low, high, _common(texts, spec.times))


def _points(page: Page, spec: ChartSpec, along: Sequence[float], left: float, right: float) -> Foot | None:
    """Each point with its label, if all of them fit flat."""
    low, high = min(along), max(along)
    nearest = min((b - a for a, b in pairwise(along)), default=1.0)
    span = high - low or 1.0
    # Half a label stands out at either end; what lies beside the frame is room for it.
    half = nearest / 2 if high > low else _HALF_DAY
    slot = nearest * (right - left) / (span + 2 * half)
    under = labels.flat(spec.categories, slot, page.measure)
    if under is None:
        return None
    under = _once(under)
    widest = max(page.measure(text, under.size) for text in under.texts)
    out = max(widest / 2 - min(left, WIDTH - right) + 0.03, 0.0)
    edge = max(span * _EDGE, out * span / max(right - left - 2 * out, 1.0)) if high > low else _HALF_DAY
    return Foot(along, under, low - edge, high + edge)


def _once(under: AxisLabels) -> AxisLabels:
    """The labels; those like ``Mar 2026`` with the year beneath, and only where it is another one."""
    parts = [text.split() for text in under.texts]
    if not any("\n" in text for text in under.texts) or not all(map(_dated, parts)):
        return under
    texts = tuple(
        first if i and year == parts[i - 1][1] else f"{first}\n{year}"
        for i, (first, year) in enumerate(parts)
    )
    return replace(under, texts=texts)


def _dated(words: Sequence[str]) -> bool:
    return len(words) == len(("Mar", "2026")) and words[1].isdecimal() and len(words[1]) == len("2026")


def _calendar(low: float, high: float) -> tuple[list[float], list[str]]:
    """Round dates within the ends, written briefly."""
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    formatter = mdates.ConciseDateFormatter(  # type: ignore[no-untyped-call]
        locator,
        formats=["%Y", "%b", "%d", "%H:%M", "%H:%M", "%S.%f"],
        zero_formats=["", "%Y", "%b", "%b %d", "%H:%M", "%H:%M"],
        offset_formats=["", "%Y", "%b %Y", "%b %d, %Y", "%b %d, %Y", "%b %d, %Y %H:%M"],
    )
    first, last = max(low, _CALENDAR[0]), min(high, _CALENDAR[1])
    found = locator.tick_values(mdates.num2date(first), mdates.num2date(last))  # type: ignore[no-untyped-call]
    places = [float(place) for place in found if low <= place <= high]
    texts: list[str] = formatter.format_ticks(places)  # type: ignore[no-untyped-call]
    return places, texts


def _common(texts: Sequence[str], times: Sequence[datetime]) -> str:
    """What brief dates leave open: the day of times, the month of days, the year of months."""
    first, last = times[0], times[-1]
    if any(text.isdecimal() and len(text) == len("2026") for text in texts):
        return ""
    if any(":" in text or "." in text for text in texts):
        ends = [f"{moment:%b} {moment.day}, {moment.year}" for moment in (first, last)]
    elif any(text.isdecimal() for text in texts):
        ends = [f"{moment:%b %Y}" for moment in (first, last)]
    else:
        ends = [f"{moment.year}" for moment in (first, last)]
    return " – ".join(dict.fromkeys(ends))


def amounts(page: Page, spec: ChartSpec, measured: Scale, left: float, right: float) -> Foot:
    """A foot of numbers."""
    measured = measured.lying(page, right - left)
    under = AxisLabels(measured.texts, 0, TEXT, labels.height(TEXT))
    return Foot(measured.ticks, under, measured.low, measured.high, spec.x_label)
