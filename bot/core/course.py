"""The asking of one question, as two state machines without I/O: when to try again, and when an answer rests.

Times are seconds of any monotonic clock, chance is a number from 0 to 1; both are handed in.
"""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum, auto

#: So often a connection that never stood is tried again.
_RETRIES = 3
_FIRST_WAIT = 0.2
_LONGEST_WAIT = 5.0
#: Of the time for which a kept answer has to rest: the first pause between two looks, and the longest.
_FIRST_LOOK, _LAST_LOOK = 0.1, 0.5


class Trouble(Enum):
    """What an attempt ended with, by what may heal it."""

    LOST = auto()  # a new connection
    CROWDED = auto()  # a connection of its own: somebody on the shared one was sent too long a frame
    REFUSED = auto()  # a new token
    MISFIT = auto()  # another document, which there is
    FORGOTTEN = auto()  # a new conversation
    FATAL = auto()  # nothing


class Course:
    """How the asking of one question has gone so far.

    Feed it with what happens; ``fail`` says whether there is another attempt. While nothing has been reached,
    a loss is tried again a few times only: somebody waits for a first sign. Afterwards the tenant may be at
    work on the question, so it is tried again for as long as silence would be borne. What was heard before
    does not count as a sign of life when it comes again.

    Args:
        patience: how long nothing new may be heard, in seconds.
        resumed: somebody else began it, and was lost with what they heard.

    Attributes:
        reached: a subscription stood once.
        started: something of the answer has come.
        recovering: a connection was lost after that, so what comes may have a gap.
        alone: the next connection must be shared with nobody.
    """

    def __init__(self, *, patience: float, now: float, resumed: bool = False) -> None:
        self.reached = resumed
        self.started = False
        self.recovering = resumed
        self.alone = False
        self._patience = patience
        self._since = now
        self._losses = 0
        self._renewed = False
        self._forgotten = False
        self._known: set[Hashable] = set()

    def reach(self, now: float) -> None:
        """A subscription stands."""
        if not self.reached:
            self.reached = True
            self._since = now
            self._losses = 0

    def receive(self, mark: Hashable | None, *, now: float) -> bool:
        """A piece of the answer has come; whether it is new. ``mark`` tells pieces apart, None is new."""
        self.started = True
        if mark is not None:
            if mark in self._known:
                return False
            self._known.add(mark)
        self.heard(now)
        return True

    def heard(self, now: float) -> None:
        """The tenant has shown that it is at work on the question."""
        self._since = now
        self._losses = 0
        self._renewed = False

    def left(self, now: float) -> float:
        """How much longer nothing new may be heard."""
        return max(0.0, self._since + self._patience - now)

    def fail(self, trouble: Trouble, *, now: float, chance: float) -> float | None:
        """How long to wait before another attempt; None if there is to be none."""
        match trouble:
            case Trouble.LOST:
                return self._lose(now, chance)
            case Trouble.CROWDED if not self.alone:
                self.alone = True
                self.recovering = self.reached
                return 0.0
            case Trouble.REFUSED if not self._renewed:
                self._renewed = True
                self.recovering = self.recovering or self.started
                return 0.0
            case Trouble.FORGOTTEN if not (self._forgotten or self.started):
                self._forgotten = True
                return 0.0
            case Trouble.MISFIT:
                return 0.0
            case _:
                return None

    def _lose(self, now: float, chance: float) -> float | None:
        wait = pause(self._losses, chance)
        tired = wait >= self.left(now) if self.reached else self._losses >= _RETRIES
        if tired:
            return None
        self._losses += 1
        self.recovering = self.reached
        return wait


def pause(losses: int, chance: float) -> float:
    """How long to wait after so many losses: not at all, then 0.2 s, doubled up to 5 s, give or take half."""
    if losses == 0:
        return 0.0
    # Beyond so many doublings nothing changes, and a float could not hold them.
    doubled: float = _FIRST_WAIT * 2.0 ** min(losses - 1, 16)
    return min(doubled, _LONGEST_WAIT) * (0.5 + chance)


class Vigil:
    """Watches an answer that can be read but does not say whether it is over: it is when it rests.

    Args:
        rest: for how long it must stay the same, in seconds.
    """

    def __init__(self, *, rest: float, now: float) -> None:
        self._rest = rest
        self._since = now
        self._next = now
        self._pause = rest * _FIRST_LOOK
        self._seen: object = None
        self._alive = False

    def due(self, now: float) -> float:
        """In how many seconds to look again."""
        return max(0.0, self._next - now)

    def stir(self, now: float) -> None:
        """The answer is being written: it will say so when it is over, and is to be looked at soon."""
        self._alive = True
        self._pause = self._rest * _FIRST_LOOK
        self._next = min(self._next, now + self._pause)

    def look(self, seen: object, *, now: float, rested: float = 0.0) -> bool:
        """The answer is now as ``seen``; whether that is something else than before.

        ``rested`` is for how long it has been so, where the tenant tells.
        """
        changed = seen != self._seen
        if changed:
            self._seen = seen
            self._since = now - rested
            self._pause = self._rest * _FIRST_LOOK
        self._next = now + self._pause
        self._pause = min(2 * self._pause, self._rest * _LAST_LOOK)
        return changed

    def rests(self, now: float) -> bool:
        """It has stayed the same for long enough, and nothing was heard of it."""
        return not self._alive and now - self._since >= self._rest
