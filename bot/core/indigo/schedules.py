"""Reports that come by themselves: how often, where, and when the next one is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.core.stored import Reader, Written

LAST_DAY_OF_MONTH = 28
LAST_HOUR = 23
#: The longest way from one moment to the next, in days.
_FARTHEST = 32


class Kind(StrEnum):
    """How often, and over how many days."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def days(self) -> int:
        """Full days of a report."""
        return 7 if self is Kind.WEEKLY else 30


@dataclass(frozen=True, slots=True)
class Schedule:
    """One report that comes by itself; a channel has at most one of each kind.

    Attributes:
        day: of the week (Monday is 0), or of the month (1 to 28).
        zone: name of the time zone, of who made it.
        by: user id of who made it.
        since: when it was made, in seconds since 1970; nothing is due before.
    """

    channel: str
    kind: Kind
    day: int
    hour: int
    zone: str
    by: str
    since: float

    def due(self, now: float, zone: tzinfo) -> float | None:
        """The newest moment at which it was to be posted until now; None before the first."""
        day = datetime.fromtimestamp(now, zone).date()
        moments = (self._moment(day - timedelta(days=back), zone) for back in range(_FARTHEST))
        due = next((each for each in moments if each is not None and each <= now), None)
        return due if due is not None and due > self.since else None

    def next(self, now: float, zone: tzinfo) -> float:
        """The moment at which it is to be posted next."""
        day = datetime.fromtimestamp(now, zone).date()
        moments = (self._moment(day + timedelta(days=on), zone) for on in range(_FARTHEST + 1))
        return next(each for each in moments if each is not None and each > now)

    def _moment(self, day: date, zone: tzinfo) -> float | None:
        """Its moment on that day; an hour that a change of the clocks skips comes an hour later."""
        on = day.weekday() if self.kind is Kind.WEEKLY else day.day
        return datetime.combine(day, time(self.hour), zone).timestamp() if on == self.day else None


def schedule_to(schedule: Schedule) -> dict[str, Written]:
    """The schedule as a JSON object."""
    return {
        "channel": schedule.channel,
        "kind": schedule.kind.value,
        "day": schedule.day,
        "hour": schedule.hour,
        "zone": schedule.zone,
        "by": schedule.by,
        "since": schedule.since,
    }


def schedule_from(value: object) -> Schedule | None:
    """The schedule that was stored; None where it cannot be read."""
    read = Reader(value)
    day, hour = read.whole("day"), read.whole("hour")
    if day is None or hour is None or not 0 <= hour <= LAST_HOUR or not 0 <= day <= LAST_DAY_OF_MONTH:
        return None
    return Schedule(
        channel=read.text("channel"),
        kind=read.choice("kind", Kind.WEEKLY),
        day=day,
        hour=hour,
        zone=read.text("zone"),
        by=read.text("by"),
        since=read.number("since") or 0.0,
    )
