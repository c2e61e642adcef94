"""A report's figures as charts: chats by day, feedback by day, busiest hours."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, time

from bot.core.indigo.figures import Counts, DayFigures, Figures
from bot.model import Axis, ChartKind, ChartSpec, Series, Stacking

#: Up to so many days are named by the day of the week, too.
_WEEK = 7
_WEEKDAYS = tuple(calendar.day_abbr[n] for n in range(_WEEK))
_HOURS = 24


def of(figures: Figures, zone: str) -> tuple[ChartSpec, ...]:
    """The charts of a period that say something; none where nothing happened. ``zone`` is named in them."""
    return tuple(_charts(figures, zone)) if figures.chats else ()


def _charts(figures: Figures, zone: str) -> Iterator[ChartSpec]:
    yield chats(figures)
    if figures.counts.rated:
        yield feedback(figures)
    if figures.busiest is not None:
        yield hours(figures, zone)


def chats(figures: Figures) -> ChartSpec:
    """Columns of chats by day, and a line of messages in each of them."""
    days = figures.days
    highest = max(days, key=lambda day: day.chats)
    return ChartSpec(
        kind=ChartKind.COLUMN,
        title="Chats a day",
        categories=_labels(days),
        series=(
            Series("Chats", tuple(float(day.chats) for day in days)),
            Series("Messages per chat", tuple(map(_per_chat, days)), second=True),
        ),
        times=_times(days),
        y_label="Chats",
        second=Axis(label="Messages per chat"),
        alt_text=(
            f"Columns: chats a day. {figures.chats:,} chats from {_day(days[0].day)} to {_day(days[-1].day)};"
            f" most on {_day(highest.day)}: {highest.chats:,}."
            f" Line: messages per chat, on average {_number(figures.per_chat)}."
        ),
    )


def feedback(figures: Figures) -> ChartSpec:
    """Stacked columns of good, bad and other feedback by day; a kind that never occurs is left out."""
    kinds = {
        "Good": [day.counts.good for day in figures.days],
        "Bad": [day.counts.bad for day in figures.days],
        "Not understood": [day.counts.unknown for day in figures.days],
    }
    sums = ", ".join(f"{name.lower()} {sum(values):,}" for name, values in kinds.items() if any(values))
    return ChartSpec(
        kind=ChartKind.COLUMN,
        title="Feedback a day",
        categories=_labels(figures.days),
        series=tuple(
            Series(name, tuple(map(float, values))) for name, values in kinds.items() if any(values)
        ),
        times=_times(figures.days),
        y_label="Messages",
        stacking=Stacking.STACKED,
        alt_text=f"Stacked columns: messages with feedback a day. In all: {sums}.",
    )


def hours(figures: Figures, zone: str) -> ChartSpec:
    """A heat map of users' messages by weekday and hour."""
    busiest = figures.busiest
    where = f" Most on {_WEEKDAYS[busiest[0]]} at {busiest[1]:02}:00." if busiest else ""
    return ChartSpec(
        kind=ChartKind.HEATMAP,
        title=f"Users’ messages by weekday and hour ({zone})",
        categories=tuple(f"{hour:02}" for hour in range(_HOURS)),
        series=tuple(
            Series(name, tuple(map(float, row))) for name, row in zip(_WEEKDAYS, figures.hours, strict=True)
        ),
        alt_text=f"Heat map: messages of users by weekday and hour, in the time of {zone}.{where}",
    )


def _labels(days: tuple[DayFigures, ...]) -> tuple[str, ...]:
    """``Mon 23`` in a week, ``23 Nov`` in more."""
    if len(days) <= _WEEK:
        return tuple(f"{_WEEKDAYS[day.day.weekday()]} {day.day.day}" for day in days)
    return tuple(_day(day.day) for day in days)


def _times(days: tuple[DayFigures, ...]) -> tuple[datetime, ...]:
    """Where every day gets its name there is no axis of time to be thinned."""
    return () if len(days) <= _WEEK else tuple(datetime.combine(day.day, time.min) for day in days)


def _day(day: date) -> str:
    return f"{day.day} {calendar.month_abbr[day.month]}"


def _per_chat(day: DayFigures) -> float | None:
    return _ratio(day.counts, day.chats)


def _ratio(counts: Counts, chats: int) -> float | None:
    return round(counts.messages / chats, 1) if chats else None


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
