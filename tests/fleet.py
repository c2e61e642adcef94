"""Processes of the app over one store, that live, stand still and die when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import NoReturn

import pytest

from bot.budget import SharedBudget
from bot.core.record import TurnRecord, name_of
from bot.heart import Heart, Parts
from bot.inflight import Inflight, Running
from bot.journal import Journal
from bot.memory import Memory
from bot.recovery import Means, Recovery
from bot.tasks import Tasks
from tests.fakes import Clock, DictStore, Shared, question

PER_MINUTE = 40


class Edits:
    """An editor, as the budget knows it."""

    def __init__(self) -> None:
        self.load = 0
        self.allowed: list[int] = []

    def allow(self, per_minute: int) -> None:
        """Its part of the budget."""
        self.allowed.append(per_minute)


class Process:
    """One process: its turns run until they are finished, stopped, left or lost.

    Attributes:
        happened: what its turns did, in order.
        trouble: raised in the place of going on with a turn.
    """

    def __init__(self, common: DictStore, owner: str, clock: Clock) -> None:
        self.store = Shared(common, owner, clock)
        self.memory = Memory(self.store)
        self.journal = Journal(self.store, self.memory, name_of=name_of)
        self.inflight = Inflight(self._answer, self.journal)
        self.tasks, self.edits = Tasks(), Edits()
        self.happened: list[str] = []
        self.trouble: Exception | None = None
        self._go: dict[str, asyncio.Event] = {}
        self._changed = asyncio.Condition()
        budget = SharedBudget(self.store, self.edits, name=owner, per_minute=PER_MINUTE)
        recovery = Recovery(Means(self.journal, _no_messages, self._resume, _no_messages, clock))
        self.heart = Heart(
            Parts(self.journal, self.memory, self.inflight, recovery, self.tasks, budget, clock=clock)
        )

    async def _answer(self, running: Running) -> None:
        name = running.record.id
        await self._note(f"{name} {'goes on' if running.resumed else 'begins'} behind {running.ahead}")
        try:
            ending = await self._ending(running)
        except asyncio.CancelledError:
            await self._note(f"{name} is {'lost' if running.lost else 'left'}")
            raise
        await self.journal.end(replace(running.record, messages=("20.1",)))
        await self._note(f"{name} {ending}")

    async def _ending(self, running: Running) -> str:
        await running.reached()
        await self._note(f"{running.record.id} asks")
        go = asyncio.create_task(self._go.setdefault(running.record.id, asyncio.Event()).wait())
        stopped = asyncio.create_task(running.stopped.wait())
        try:
            await asyncio.wait({go, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            go.cancel()
            stopped.cancel()
        return "is stopped" if running.stopped.is_set() else "is done"

    async def _resume(self, record: TurnRecord) -> None:
        if self.trouble is not None:
            raise self.trouble
        await self.inflight.start(record, resumed=True)

    async def _note(self, line: str) -> None:
        async with self._changed:
            self.happened.append(line)
            self._changed.notify_all()

    async def take(self, ts: str = "10.1", *, thread_ts: str = "10.1", user: str = "U1") -> TurnRecord | None:
        """Takes the question of a message."""
        return await self.journal.take(turn(ts, thread_ts=thread_ts, user=user))

    async def begin(self, ts: str = "10.1", *, thread_ts: str = "10.1", user: str = "U1") -> str:
        """Takes the question of a message, and begins to answer it; the turn's name."""
        taken = await self.take(ts, thread_ts=thread_ts, user=user)
        assert taken is not None
        await self.inflight.start(taken)
        await self.reaches(f"{taken.id} begins behind")
        return taken.id

    def finish(self, name: str) -> None:
        """The answer is there."""
        self._go.setdefault(name, asyncio.Event()).set()

    async def reaches(self, line: str) -> None:
        """Returns when a turn did this."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: any(each.startswith(line) for each in self.happened))

    async def beat(self) -> None:
        """One beat, with all that it sets off."""
        await self.heart.beat()
        await self.tasks.drain(5)

    async def die(self) -> None:
        """Nothing is said or written any more."""
        self.store.away = True
        await self.inflight.drain(0, grace=0)


def turn(ts: str = "10.1", *, thread_ts: str = "10.1", user: str = "U1") -> TurnRecord:
    """A question as it is delivered, without a name yet."""
    asked = question(ts=ts, thread_ts=thread_ts, user=user)
    return TurnRecord("", asked, key=f"key-{ts}", source=f"T1:C1:{ts}", at=1000.0)


def _no_messages(*_: object, **__: object) -> NoReturn:
    raise AssertionError("nothing is to be said")


@pytest.fixture
def clock() -> Clock:
    """Moved by the test."""
    return Clock()


@pytest.fixture
async def process(clock: Clock) -> AsyncIterator[Callable[[str], Process]]:
    """Makes processes by their names; all of them die at the end."""
    common, made = DictStore(), list[Process]()

    def make(owner: str) -> Process:
        made.append(Process(common, owner, clock))
        return made[-1]

    yield make
    for each in made:
        await each.die()
