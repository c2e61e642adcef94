from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.core.indigo import charts
from bot.core.indigo.figures import Figures, Period, Tally
from bot.core.indigo.model import Message
from bot.model import ChartKind


def figures(days: int = 7, *, feedback: object = None) -> Figures:
    first = datetime(2026, 11, 23, 10, tzinfo=UTC)
    tally = Tally()
    for number in range(days):
        at = first + timedelta(days=number)
        said = [
            Message(f"{number}-{n}", str(number), {"text": "x"}, "7" if n % 2 else None, at, feedback, None)
            for n in range(number % 3 + 1)
        ]
        tally.add(str(number), said)
    return tally.figures(Period(first.date(), first.date() + timedelta(days=days - 1)))


def test_a_week_has_chats_and_hours() -> None:
    """Without feedback there is no chart of it; every series is as long as its axis."""
    made = charts.of(figures(), "Europe/Rome")
    assert [spec.kind for spec in made] == [ChartKind.COLUMN, ChartKind.HEATMAP]
    for spec in made:
        assert all(len(series.values) == len(spec.categories) for series in spec.series)
    chats, hours = made
    assert chats.categories[0] == "Mon 23"
    assert chats.series[1].second
    assert "7 chats from 23 Nov to 29 Nov" in chats.alt_text
    assert "Europe/Rome" in hours.title
    assert len(hours.series) == 7


def test_feedback_that_never_occurs_has_no_colour() -> None:
    """Only what was said is drawn."""
    spec = charts.feedback(figures(feedback="👎"))
    assert [series.name for series in spec.series] == ["Bad"]
    assert "bad 13" in spec.alt_text


def test_a_month_has_an_axis_of_time() -> None:
    """Thirty names of days have no room, so the axis may thin them."""
    spec = charts.chats(figures(30))
    assert (len(spec.times), spec.categories[-1]) == (30, "22 Dec")


def test_nothing_is_drawn_of_nothing() -> None:
    """A period without a chat has no chart."""
    assert charts.of(Tally().figures(Period(date(2026, 11, 23), date(2026, 11, 29))), "UTC") == ()


def test_a_day_without_chats_has_no_average() -> None:
    """A gap in the line, not a zero."""
    empty = Tally()
    empty.add("1", [Message("1", "1", {}, "7", datetime(2026, 11, 23, tzinfo=UTC), None, None)])
    spec = charts.chats(empty.figures(Period(date(2026, 11, 23), date(2026, 11, 24))))
    assert spec.series[1].values == (1.0, None)
