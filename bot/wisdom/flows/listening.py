"""What both flows share: what they work with, what they tell, and how they listen to a subscription."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Protocol

from bot.core.course import Course, Vigil
from bot.core.graphql_ws import Next
from bot.core.reading import is_shown
from bot.errors import AnswerFailed, AnswerTooLarge, PeerMisbehaved, TenantError, TenantSilent
from bot.model import AnswerDiff, Bookmark
from bot.wisdom import faults, settled
from bot.wisdom.http import Http
from bot.wisdom.link import Subscription
from bot.wisdom.settled import Message
from bot.wisdom.socket import Socket


@dataclass(frozen=True, slots=True)
class Means:
    """What a flow works with.

    Attributes:
        now: seconds of a monotonic clock.
        sleep: waits.
        silence: how long a running answer may say nothing, in seconds.
        linger: how long to wait for more after the end of an answer, in seconds.
        rest: how long an answer that is only read must stay the same to be over, in seconds.
    """

    http: Http
    socket: Socket
    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    silence: float
    linger: float
    rest: float


@dataclass(frozen=True, slots=True)
class Way:
    """How the tenant is spoken to in one attempt.

    Attributes:
        document: of ``chat``, with the fields that the tenant knows.
    """

    token: str
    document: str


#: Is told where a question stands, right before it goes out and whenever that changes.
Noted = Callable[[Bookmark], Awaitable[None]]


class Bookmarks:
    """Where the asking of a question stands, told to whoever keeps it; the same is told once.

    Args:
        noted: is told; what it raises does not stop the asking.
        resume: where an earlier process left it.

    Attributes:
        resume: likewise; None where there is nothing to go on with.
    """

    def __init__(self, noted: Noted | None, resume: Bookmark | None) -> None:
        self.resume = resume
        self._noted = noted
        self._last = resume

    async def note(self, bookmark: Bookmark) -> None:
        """It stands there now."""
        if bookmark == self._last:
            return
        self._last = bookmark
        if self._noted is not None:
            with suppress(Exception):
                await self._noted(bookmark)


class Flow(Protocol):
    """One question, asked by one of the flows; it knows what happened in earlier attempts."""

    def attempt(self, way: Way, course: Course) -> AsyncGenerator[AnswerDiff, None]:
        """Asks, or goes on where the last attempt ended; ends with the answer; raises TenantError."""


class Pause(Enum):
    """Nothing was heard, but there is something to do."""

    LOOK = auto()


class Listening:
    """Listens to one subscription.

    Attributes:
        vigil: says when to look at what the tenant keeps; None where the stream is enough.
    """

    def __init__(self, means: Means, subscription: Subscription, course: Course, vigil: Vigil | None) -> None:
        self.vigil = vigil
        self._until: float | None = None
        self._means = means
        self._subscription = subscription
        self._course = course

    @property
    def ended(self) -> bool:
        """The answer is over; what still comes is not missed."""
        return self._until is not None

    def told(self, *, last: bool) -> None:
        """A piece of the answer has come; after the ``last`` one, more of it is waited for a moment only."""
        if last or self.ended:
            self._until = self._means.now() + self._means.linger

    async def next(self) -> Next | Pause | None:
        """The next event, or that it is time to look; None when there is no more, or no more is needed.

        Raises TenantSilent, and what ``Subscription.receive`` raises.
        """
        wait, then = self._patience()
        if not wait and not isinstance(then, TenantError):
            return then
        try:
            async with asyncio.timeout(wait):
                return await self._subscription.receive()
        except TimeoutError:
            if isinstance(then, TenantError):
                raise then from None
            return then
        except TenantError:
            if self.ended:
                return None
            raise

    def _patience(self) -> tuple[float, Pause | TenantError | None]:
        """How long to listen, and what to do when nothing was heard until then."""
        now = self._means.now()
        if self._until is not None:
            return max(0.0, self._until - now), None
        left = self._course.left(now)
        due = left if self.vigil is None else self.vigil.due(now)
        return (due, Pause.LOOK) if due < left else (left, TenantSilent(self._means.silence))


async def kept(means: Means, way: Way, conversation: str) -> tuple[Message, ...] | None:
    """The messages of a conversation; None where the tenant does not tell.

    That an answer was stopped is left out where the tenant has no word for it. A conversation that is too
    large to be read is one that is not told. Raises TenantUnreachable and KeyRefused, and AnswerFailed where
    the tenant does not know the conversation.
    """
    for cancelled in (True, False):
        document = settled.document(way.document, cancelled=cancelled)
        try:
            return await _read(means, way, conversation, document)
        except AnswerFailed as error:
            if faults.forgotten(error.reasons):
                raise
            if settled.CANCELLED not in str(error):
                return None
    return None


async def brief(means: Means, way: Way, conversation: str) -> tuple[Message, ...] | None:
    """Who said what in a conversation, without the results in it; else as ``kept``."""
    try:
        return await _read(means, way, conversation, settled.BRIEF)
    except AnswerFailed as error:
        if faults.forgotten(error.reasons):
            raise
        return None


async def _read(means: Means, way: Way, conversation: str, document: str) -> tuple[Message, ...] | None:
    variables = {"conversationId": conversation}
    try:
        data = await means.http.run(document, operation="Settled", variables=variables, token=way.token)
    except (PeerMisbehaved, AnswerTooLarge):
        return None
    return settled.messages(data, conversation=conversation, at=means.http.served)


def look(vigil: Vigil, found: tuple[Message, ...], now: float) -> bool:
    """The answer is kept so now; whether that is something else than before."""
    return vigil.look(found, now=now, rested=found[-1].rested if found else 0.0)


class Own:
    """Which messages belong to a question: the first that comes, and others only if the tenant says so.

    Args:
        doubtful: what is thought of another message where the tenant does not say.
    """

    def __init__(self, *, doubtful: bool) -> None:
        self._doubtful = doubtful
        self._ours: set[str] = set()
        self._foreign: set[str] = set()

    @property
    def ids(self) -> frozenset[str]:
        """Of the messages that are the question's."""
        return frozenset(self._ours)

    def include(self, ids: frozenset[str]) -> None:
        """These are of this question."""
        self._ours |= ids

    def exclude(self, ids: frozenset[str]) -> None:
        """These are of earlier questions."""
        self._foreign |= ids

    async def has(
        self, ids: frozenset[str], look: Callable[[], Awaitable[tuple[Message, ...] | None]]
    ) -> bool:
        """Whether a message is one of the question's; ``look`` brings those that the tenant keeps of it."""
        if not ids or ids & self._ours:
            self._ours |= ids
            return True
        if ids & self._foreign:
            return False
        found = await look() if self._ours else None
        ours = not self._ours or (self._doubtful if found is None else any(ids & each.ids for each in found))
        (self._ours if ours else self._foreign).update(ids)
        return ours


def over(found: tuple[Message, ...], vigil: Vigil, now: float) -> bool:
    """Whether the answer is complete: it was stopped; or it rests, says something, and is not at work."""
    diff = found[-1].diff if found else None
    if diff is None or diff.cancelled:
        return diff is not None
    if not vigil.rests(now):
        return False
    return bool(diff.errors) or (bool(diff.ops) and is_shown(diff.ops[-1]))


def ending(found: tuple[Message, ...], *, cancelled: bool = False) -> tuple[AnswerDiff, ...]:
    """The answers as kept, the last of which ends the turn."""
    *earlier, last = (each.diff for each in found)
    cancelled = cancelled or last.cancelled
    return (*(replace(each, in_progress=True) for each in earlier), replace(last, cancelled=cancelled))


def mark(diff: AnswerDiff) -> tuple[str | None, int] | None:
    """What tells a diff from others of the answer; None where nothing does."""
    return None if diff.index is None else (diff.message_id, diff.index)
