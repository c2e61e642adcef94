"""Slack's rate limits: a minute's window for each method, and one message a second for each channel.

Tiers are published as "N+ a minute" with an unpublished burst on top; here the published number is a hard
limit in every 60 seconds, so that who stays inside here stays inside there.
Source: https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import math
from collections import Counter, deque
from enum import IntEnum

from .clock import Clock
from .errors import Refused

WINDOW_SECONDS = 60.0
#: What sums of seconds may miss.
_ROUNDING = 1e-6


class Tier(IntEnum):
    """Calls a minute."""

    TIER_1 = 1
    TIER_2 = 20
    TIER_3 = 50
    TIER_4 = 100
    SET_STATUS = 600
    #: Slack says "special" without a number, or lists no limit; high enough to catch a runaway loop only.
    UNPUBLISHED = 1000


class RateLimits:
    """Counts the app's calls; all its tokens in this workspace share one count.

    Attributes:
        refused: how many calls of each method were answered with 429.
    """

    def __init__(self, clock: Clock, *, post_burst: int) -> None:
        self._clock = clock
        self._post_burst = post_burst
        self._calls: dict[str, deque[float]] = {}
        self._posts: dict[str, tuple[float, float]] = {}
        self.refused: Counter[str] = Counter()

    def spend(self, method: str, tier: Tier) -> None:
        """Count one call of ``method``.

        Raises:
            Refused: ``ratelimited`` when the minute's window is full; a refused call does not count.
        """
        now = self._clock.now()
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= tier:
            raise self.refuse(method, calls[0] + WINDOW_SECONDS - now)
        calls.append(now)

    def spend_post(self, method: str, channel: str) -> None:
        """Count one message into ``channel``: a bucket of ``post_burst`` that fills by one a second.

        Raises:
            Refused: ``ratelimited`` when the bucket is empty.
        """
        now = self._clock.now()
        left, at = self._posts.get(channel, (float(self._post_burst), now))
        left = min(float(self._post_burst), left + now - at)
        if left < 1 - _ROUNDING:
            self._posts[channel] = (left, now)
            raise self.refuse(method, 1 - left)
        self._posts[channel] = (left - 1, now)

    def refuse(self, method: str, wait: float) -> Refused:
        """The 429 that tells the app to wait ``wait`` seconds, rounded up; it is counted."""
        self.refused[method] += 1
        seconds = max(1, math.ceil(wait))
        return Refused("ratelimited", status=429, headers={"Retry-After": str(seconds)})
