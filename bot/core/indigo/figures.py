"""What can be counted of chats: how many, how long, how rated, and at which hours. No words, no people.

Numbers are held for each chat and each day in UTC, by quarters of an hour: every time zone of today is a
whole number of these from UTC, so days and hours of any zone can be told afterwards. A chat that is added
again takes the place of what was known of it: counting twice changes nothing. Indigo deletes old messages, so
of a chat's day the fuller count stays.

A chat counts on each day on which somebody said something in it, and once in a period. Hidden messages are
not counted: these are the platform's own, such as the one that begins a chat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.core.indigo import content
from bot.core.indigo.model import Message
from bot.core.stored import Written

#: Minutes of a slot, and slots of a day.
_MINUTES = 15
_SLOTS = 24 * 60 // _MINUTES
_WEEK, _HOURS = 7, 24
_FIELDS = 5

_GOOD = frozenset(
    {"👍", "good", "like", "liked", "positive", "thumbs_up", "thumbsup", "up", "yes", "1", "true"}
)
_BAD = frozenset(
    {"👎", "bad", "dislike", "disliked", "negative", "thumbs_down", "thumbsdown", "down", "no", "-1"}
)
#: Where feedback is an object, what it says may stand under one of these.
_FEEDBACK_KEYS = ("value", "rating", "type", "feedback", "score", "kind")


class Opinion(StrEnum):
    """What feedback says; Indigo publishes no values, so what is not understood is counted as such."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages and feedback, added up."""

    user: int = 0
    assistant: int = 0
    good: int = 0
    bad: int = 0
    unknown: int = 0

    @property
    def messages(self) -> int:
        """Of both sides."""
        return self.user + self.assistant

    @property
    def rated(self) -> int:
        """Messages with feedback of any kind."""
        return self.good + self.bad + self.unknown

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.user + other.user,
            self.assistant + other.assistant,
            self.good + other.good,
            self.bad + other.bad,
            self.unknown + other.unknown,
        )


#: By the slot of a day in UTC (0 to 95), what happened in it in one chat.
Slots = Mapping[int, Counts]


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a time zone, the first and the last included."""

    first: date
    last: date
    zone: tzinfo = UTC

    @property
    def days(self) -> tuple[date, ...]:
        """All of them, in order."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    @property
    def before(self) -> Period:
        """As many days, directly before."""
        length = timedelta(days=(self.last - self.first).days + 1)
        return Period(self.first - length, self.last - length, self.zone)

    @property
    def utc_days(self) -> tuple[date, ...]:
        """The days in UTC that have a part in it."""
        start = datetime.combine(self.first, time.min, self.zone).astimezone(UTC).date()
        end = datetime.combine(self.last, time.max, self.zone).astimezone(UTC).date()
        return Period(start, end).days


def ending_yesterday(days: int, now: datetime, zone: tzinfo = UTC) -> Period:
    """The last ``days`` full days before the day of ``now`` in that zone; ``now`` is aware."""
    today = now.astimezone(zone).date()
    return Period(today - timedelta(days=days), today - timedelta(days=1), zone)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day: in how many chats somebody said something, and the sums over these."""

    day: date
    chats: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Figures:
    """A period.

    Attributes:
        chats: in which something was said in the period, each once.
        days: every day of the period, also those on which nothing happened.
        hours: messages of users by weekday (Monday first) and hour, in the zone of the period.
    """

    period: Period
    chats: int
    counts: Counts
    days: tuple[DayFigures, ...]
    hours: tuple[tuple[int, ...], ...]

    @property
    def per_chat(self) -> float | None:
        """Messages of a chat, on average; None where there was none."""
        return self.counts.messages / self.chats if self.chats else None

    @property
    def busiest(self) -> tuple[int, int] | None:
        """Weekday and hour with the most messages of users, the earliest of equals; None without any."""
        places = [(day, hour) for day in range(_WEEK) for hour in range(_HOURS)]
        busiest = max(places, key=lambda place: self.hours[place[0]][place[1]])
        return busiest if self.hours[busiest[0]][busiest[1]] else None


@dataclass(frozen=True, slots=True)
class Report:
    """A period and the one before it, which is None where it is not known all of it."""

    now: Figures
    before: Figures | None = None


class Tally:
    """Counts chats. Not safe to be changed from several threads."""

    def __init__(self) -> None:
        self._days: dict[date, dict[str, Slots]] = {}

    def add(self, chat: str, messages: Iterable[Message]) -> None:
        """Counts all messages of a chat, in any order, in place of what was counted of it before."""
        for day, slots in _slots_of(messages).items():
            self._keep(day, chat, slots)

    def merge(self, other: Tally) -> None:
        """Takes over what another one counted later."""
        for day, chats in other._days.items():
            for chat, slots in chats.items():
                self._keep(day, chat, slots)

    @property
    def days(self) -> tuple[date, ...]:
        """The days in UTC of which something is known, in order."""
        return tuple(sorted(self._days))

    def day(self, day: date) -> dict[str, Written]:
        """What is known of a day in UTC, to be stored."""
        return {
            chat: [[slot, *_numbers(counts)] for slot, counts in sorted(slots.items())]
            for chat, slots in self._days.get(day, {}).items()
        }

    def restore(self, day: date, stored: object) -> None:
        """Takes over what ``day`` gave; what cannot be read is left out."""
        if isinstance(stored, Mapping):
            for chat, rows in stored.items():
                if slots := _restored(rows):
                    self._keep(day, str(chat), slots)

    def report(self, period: Period, *, known_since: date | None = None) -> Report:
        """The period and the one before it, where that is known from its first day on.

        ``known_since`` is the first day that was counted; None: the first day of which something is known.
        """
        since = known_since or min(self._days, default=None)
        before = period.before
        comparable = since is not None and since <= before.first
        return Report(self.figures(period), self.figures(before) if comparable else None)

    def figures(self, period: Period) -> Figures:
        """The sums of a period."""
        sums = _Sums()
        for day in period.utc_days:
            for chat, slots in self._days.get(day, {}).items():
                for slot, counts in slots.items():
                    moment = _moment(day, slot).astimezone(period.zone)
                    if period.first <= moment.date() <= period.last:
                        sums.add(moment, chat, counts)
        return sums.figures(period)

    def _keep(self, day: date, chat: str, slots: Slots) -> None:
        chats = self._days.setdefault(day, {})
        known = chats.get(chat)
        if known is None or _messages(known) <= _messages(slots):
            chats[chat] = slots


class _Sums:
    """The sums of a period while they are made."""

    def __init__(self) -> None:
        self._chats: defaultdict[date, set[str]] = defaultdict(set)
        self._counts: defaultdict[date, Counts] = defaultdict(Counts)
        self._hours = [[0] * _HOURS for _ in range(_WEEK)]

    def add(self, moment: datetime, chat: str, counts: Counts) -> None:
        day = moment.date()
        self._chats[day].add(chat)
        self._counts[day] += counts
        self._hours[moment.weekday()][moment.hour] += counts.user

    def figures(self, period: Period) -> Figures:
        days = tuple(DayFigures(day, len(self._chats[day]), self._counts[day]) for day in period.days)
        return Figures(
            period=period,
            chats=len(set().union(*self._chats.values())),
            counts=sum((day.counts for day in days), Counts()),
            days=days,
            hours=tuple(map(tuple, self._hours)),
        )


def nameless(day: date, stored: Mapping[str, Written]) -> dict[str, Written]:
    """A stored day whose chats have numbers in the place of their ids: nothing leads back to them."""
    return {f"{day}#{number}": stored[chat] for number, chat in enumerate(sorted(stored), start=1)}


def opinion(feedback: object) -> Opinion | None:
    """What a message's feedback says; None where there is none."""
    if isinstance(feedback, Mapping):
        said = [feedback[key] for key in _FEEDBACK_KEYS if feedback.get(key) is not None]
        return opinion(said[0]) if said else (Opinion.UNKNOWN if feedback else None)
    if feedback is None or feedback in ("", [], ()):
        return None
    word = str(feedback).strip().lower().replace(" ", "_").replace("-_", "-")
    if word in _GOOD:
        return Opinion.GOOD
    return Opinion.BAD if word in _BAD else Opinion.UNKNOWN


def _slots_of(messages: Iterable[Message]) -> dict[date, dict[int, Counts]]:
    days: defaultdict[date, defaultdict[int, Counts]] = defaultdict(lambda: defaultdict(Counts))
    seen: set[str] = set()
    for message in messages:
        if message.id in seen or content.is_hidden(message.content):
            continue
        seen.add(message.id)
        at = message.at.astimezone(UTC)
        days[at.date()][(at.hour * 60 + at.minute) // _MINUTES] += _counted(message)
    return {day: dict(slots) for day, slots in days.items()}


def _counted(message: Message) -> Counts:
    said = opinion(message.feedback)
    return Counts(
        user=int(message.sender is not None),
        assistant=int(message.sender is None),
        good=int(said is Opinion.GOOD),
        bad=int(said is Opinion.BAD),
        unknown=int(said is Opinion.UNKNOWN),
    )


def _messages(slots: Slots) -> int:
    return sum(counts.messages for counts in slots.values())


def _moment(day: date, slot: int) -> datetime:
    return datetime.combine(day, time(slot * _MINUTES // 60, slot * _MINUTES % 60), UTC)


def _numbers(counts: Counts) -> tuple[int, ...]:
    return counts.user, counts.assistant, counts.good, counts.bad, counts.unknown


def _restored(rows: object) -> dict[int, Counts]:
    return dict(_rows(rows))


def _rows(rows: object) -> Iterator[tuple[int, Counts]]:
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return
    for row in rows:
        if isinstance(row, Sequence) and len(row) == _FIELDS + 1 and all(map(_is_count, row)):
            slot, user, assistant, good, bad, unknown = row
            if slot < _SLOTS:
                yield slot, Counts(user, assistant, good, bad, unknown)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
