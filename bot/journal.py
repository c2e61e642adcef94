"""The turns that were taken and are not over, so that whatever dies, somebody ends them in their threads.

A turn is written before Slack's delivery is acknowledged, under a name that the delivery itself gives: what
can be written once only is taken once. From then on its name stands in a line of the store until its end was
noted, and whoever works on it holds a lease. Where that has run out, the next process takes it over.

Losing the store in the middle costs nothing but time: what could not be written is written later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from bot.core.record import Stage, TurnRecord
from bot.errors import StoreFailed
from bot.memory import Memory
from bot.store.base import Store

_log = logging.getLogger("bot.journal")

#: For so long a turn belongs to a process that says nothing any more.
HOLD_SECONDS = 6.0
#: For so long it is known that a turn was to be stopped.
_STOP_SECONDS = 3600.0
_OPEN, _STOPS = "open", "stops"
#: So many sources are remembered, so that one process does not take a turn twice.
_RECENT = 2000
#: Other names for a delivery, should its own be that of another one.
_SALTS = 4

#: Names a turn by its source and a number.
NameOf = Callable[[str, int], str]


class Journal:
    """What is under way, as every process of the app sees it.

    Args:
        name_of: the name of the turn of a source; with another number another name.

    Attributes:
        held: names of the turns that this process works on.
    """

    def __init__(self, store: Store, memory: Memory, *, name_of: NameOf) -> None:
        self._store = store
        self._memory = memory
        self._name_of = name_of
        self._recent: dict[str, None] = {}
        self._busy: set[str] = set()
        self.held: set[str] = set()

    # -- taking ------------------------------------------------------------------------------------------

    async def take(self, record: TurnRecord) -> TurnRecord | None:
        """The turn under its name, held by this process; None where its source was taken before.

        Args:
            record: with a source; its ``id`` is not looked at.

        Raises StoreFailed.
        """
        if not self._first_here(record.source):
            return None
        try:
            return await self._take(record)
        except BaseException:
            self._recent.pop(record.source, None)  # it was not taken: delivered again, it is
            raise

    async def _take(self, record: TurnRecord) -> TurnRecord | None:
        for salt in range(_SALTS):
            named = replace(record, id=self._name_of(record.source, salt))
            with self._alone(named.id) as alone:
                await self._store.join(_lines(named), named.id)
                if await self._memory.first_turn(named):
                    return named if alone and await self.hold(named.id) else None
            known = await self._memory.turn(named.id)
            await self._tidy(known, named)
            if known is not None and known.source == named.source:
                return None
        return None

    async def has_taken(self, source: str) -> bool:
        """A turn of this source is under way; raises StoreFailed."""
        record = await self._memory.turn(self._name_of(source, 0))
        return record is not None and record.source == source and not record.ended

    def _first_here(self, source: str) -> bool:
        """One message may be delivered twice at the same moment."""
        if source in self._recent:
            return False
        self._recent[source] = None
        if len(self._recent) > _RECENT:
            del self._recent[next(iter(self._recent))]
        return True

    @contextmanager
    def _alone(self, turn: str) -> Iterator[bool]:
        """A lease tells processes apart, and this the tasks of one: True for who comes first."""
        alone = turn not in self._busy and turn not in self.held
        if alone:
            self._busy.add(turn)
        try:
            yield alone
        finally:
            if alone:
                self._busy.discard(turn)

    async def _tidy(self, known: TurnRecord | None, named: TurnRecord) -> None:
        """A turn that is over is not under way; one that is not stays in its lines, and is taken over."""
        if known is None or known.ended:
            await self._store.leave(_lines(named), named.id)
        elif known.question.user != named.question.user:
            await self._store.leave([_of_person(named.question.user)], named.id)

    # -- holding -----------------------------------------------------------------------------------------

    async def hold(self, turn: str) -> bool:
        """Takes the turn for this process; False where another one has it. Raises StoreFailed."""
        held = await self._store.lease(_lease(turn), HOLD_SECONDS)
        if held:
            self.held.add(turn)
        return held

    async def keep(self, turn: str) -> bool:
        """Goes on to hold the turn; False where another process has it by now. Raises StoreFailed."""
        kept = await self._store.lease(_lease(turn), HOLD_SECONDS)
        if turn not in self.held:  # it ended at this very moment
            await self._store.release(_lease(turn))
            return True
        if not kept:
            self.held.discard(turn)
            self._memory.give_up(_written(turn))
        return kept

    async def keeps(self, turn: str) -> bool:
        """The turn is still this process's, as far as the store tells."""
        with suppress(StoreFailed):
            await self.keep(turn)
        return turn in self.held

    async def take_over(self, turn: str) -> bool:
        """Holds a turn that nobody works on; False where somebody does. Raises StoreFailed."""
        with self._alone(turn) as alone:
            return alone and await self.hold(turn)

    async def hand_over(self, turn: str) -> None:
        """Whoever wants may go on with it; nothing is raised."""
        self.held.discard(turn)
        try:
            await self._store.release(_lease(turn))
        except StoreFailed as error:
            _log.info("Turn %s is free only when its lease has run out: %s", turn, error)

    async def under_way(self) -> list[str]:
        """Names of all turns that are not over, in the order in which they were taken. Raises StoreFailed."""
        return await self._store.line(_OPEN)

    async def count(self, user: str) -> tuple[int, int]:
        """How many turns of this person are under way, and how many of everybody. Raises StoreFailed."""
        under_way = await self.under_way()
        own = set(await self._store.line(_of_person(user))).intersection(under_way)
        return len(own), len(under_way)

    async def record(self, turn: str) -> TurnRecord | None:
        """What is journaled of a turn; raises StoreFailed."""
        return await self._memory.turn(turn)

    # -- the order in a thread ---------------------------------------------------------------------------

    async def line_up(self, record: TurnRecord) -> list[str]:
        """Puts the turn at the end of its line; the names that stand there. Raises StoreFailed."""
        (line,) = await self._store.join([_of_thread(record.line)], record.id)
        return line

    async def line(self, name: str) -> list[str]:
        """The turns of a line that are not over, first the one whose go it is. Raises StoreFailed."""
        return await self._store.line(_of_thread(name))

    # -- stopping ----------------------------------------------------------------------------------------

    async def ask_to_stop(self, turn: str) -> None:
        """Whoever holds the turn hears of it soon; raises StoreFailed."""
        await self._store.put(_STOPS, turn, value=True, ttl=_STOP_SECONDS)

    async def to_be_stopped(self, turn: str) -> bool:
        """Its asker has pressed Stop somewhere; raises StoreFailed."""
        return await self._store.get(_STOPS, turn) is not None

    # -- writing -----------------------------------------------------------------------------------------

    async def note(self, record: TurnRecord) -> None:
        """Journals the turn as it stands, now or when the store takes it."""
        await self._memory.surely(_written(record.id), lambda: self._memory.keep_turn(record))

    async def end(self, record: TurnRecord) -> None:
        """Its last edit has gone out: notes that, now or when the store takes it; then it is nobody's."""
        ended = replace(record, stage=Stage.ENDED)

        async def write() -> None:
            await self._memory.keep_turn(ended)
            await self.forget(ended)

        await self._memory.surely(_written(record.id), write)

    async def forget(self, record: TurnRecord) -> None:
        """Takes a turn that is over out of all lines; raises StoreFailed."""
        await self._store.leave([_of_thread(record.lined_up().line), *_lines(record)], record.id)
        self.held.discard(record.id)
        await self._store.release(_lease(record.id))

    async def drop(self, turn: str) -> None:
        """Takes a name out that stands for nothing; raises StoreFailed."""
        await self._store.leave([_OPEN], turn)
        if await self._memory.turn(turn) is not None:  # it was written at this very moment
            await self._store.join([_OPEN], turn)
        await self.hand_over(turn)


def _lines(record: TurnRecord) -> list[str]:
    return [_OPEN, _of_person(record.question.user)]


def _of_person(user: str) -> str:
    return f"person:{user}"


def _of_thread(line: str) -> str:
    return f"thread:{line}"


def _written(turn: str) -> str:
    return f"turn {turn}"


def _lease(turn: str) -> str:
    return f"turn:{turn}"
