"""When people write: more in the morning than at night, more on Mondays than on Sundays."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

#: How long the platform keeps chats unless it is told otherwise (facts of its product documentation).
KEPT = timedelta(days=30)
#: Chats begin within this span; none is deleted in the first hours of a server, and none is in the future.
SPAN = timedelta(days=29, hours=12)
#: The last chat began this long before the start of the server.
QUIET = timedelta(hours=2)

#: Chats by the hour of the day in UTC, where Italy is one or two hours ahead.
_HOURS: Final = (1, 1, 1, 1, 2, 5, 14, 30, 46, 50, 41, 30, 28, 34, 42, 38, 29, 20, 15, 13, 11, 7, 4, 2)
#: Chats by the day of the week, Monday first.
_DAYS: Final = (12, 11, 10, 10, 9, 5, 3)


class Rhythm:
    """Spreads any number of beginnings over the days before a moment.

    Args:
        now: the server's start; naive, in UTC.
    """

    def __init__(self, now: datetime) -> None:
        end = now - QUIET
        self._first = (end - SPAN).replace(minute=0, second=0, microsecond=0)
        hours = int((end - self._first) / timedelta(hours=1))
        starts = [self._first + timedelta(hours=hour) for hour in range(hours)]
        self._sums = list(accumulate(_HOURS[each.hour] * _DAYS[each.weekday()] for each in starts))

    def at(self, share: float) -> datetime:
        """The moment before which ``share`` (0 to 1, without 1) of all chats begin; it never goes back."""
        reached = share * self._sums[-1]
        hour = bisect_right(self._sums, reached)
        before = self._sums[hour - 1] if hour else 0
        part = (reached - before) / (self._sums[hour] - before)
        return self._first + timedelta(hours=hour + part)
