"""A clock that a test sets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Clock:
    """Says that it is ``now``.

    Attributes:
        now: seconds since the epoch.
    """

    now: float = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now
