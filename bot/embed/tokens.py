"""WisdomAI's tokens for the browsers of people who are signed in: a fresh one each time, and not too many."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.errors import AccessDenied, Denial
from bot.model import Identity

_MINUTE = 60.0
#: From so many people on, those who have not asked for a minute are forgotten.
_MANY = 1000


@dataclass(frozen=True, slots=True)
class Fresh:
    """A token with its whole life ahead.

    Attributes:
        until: when it ends, in seconds since the epoch.
    """

    text: str = field(repr=False)
    until: float


class TooMany(Exception):
    """Somebody has asked for too many tokens; more are given after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Desk:
    """Hands out tokens.

    Args:
        make: asks WisdomAI for a token of an identity; raises TenantError.
        clock: seconds of any monotonic clock.
        a_minute: tokens for one person in any 60 seconds.
    """

    def __init__(
        self, make: Callable[[Identity], Awaitable[Fresh]], *, clock: Callable[[], float], a_minute: int = 10
    ) -> None:
        self._make = make
        self._clock = clock
        self._a_minute = a_minute
        self._taken: dict[str, deque[float]] = {}
        self._flights: dict[Identity, asyncio.Future[Fresh]] = {}

    def take(self, person: str) -> None:
        """Counts one more token for this person; raises TooMany, and counts nothing then."""
        now = self._clock()
        self._forget(now)
        times = self._taken.setdefault(person, deque())
        while times and times[0] <= now - _MINUTE:
            times.popleft()
        if len(times) >= self._a_minute:
            raise TooMany(math.ceil(times[0] + _MINUTE - now))
        times.append(now)

    async def fresh(self, identity: Identity) -> Fresh:
        """A new token that acts as this person. Who asks for the same meanwhile gets the same, or its error.

        Raises AccessDenied for an identity that is nobody in particular: that would be the key's owner.
        """
        if not identity.email:
            raise AccessDenied(Denial.NO_EMAIL)
        while (flight := self._flights.get(identity)) is not None:
            await asyncio.wait([flight])
            if not flight.cancelled():  # else who flew was, and the next one does
                return flight.result()
        return await self._fly(identity)

    async def _fly(self, identity: Identity) -> Fresh:
        flight: asyncio.Future[Fresh] = asyncio.get_running_loop().create_future()
        self._flights[identity] = flight
        try:
            token = await self._make(identity)
        except Exception as error:
            flight.set_exception(error)
            flight.exception()  # where nobody else waits for it, nobody misses it
            raise
        else:
            flight.set_result(token)
            return token
        finally:
            del self._flights[identity]
            flight.cancel()

    def _forget(self, now: float) -> None:
        if len(self._taken) > _MANY:
            for person in [each for each, times in self._taken.items() if times[-1] <= now - _MINUTE]:
                del self._taken[person]
