"""The running turns."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.inflight import Inflight, Running, Stop
from bot.memory import TurnRecord
from tests.fakes import question


class Book:
    """Answers turns when a test says so, and writes down what happened."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.go: dict[str, asyncio.Event] = {}
        self._changed = asyncio.Condition()

    async def answer(self, running: Running) -> None:
        name = running.record.id
        await self.note(f"{name} placed behind {running.ahead}")
        await running.reached()
        await self.note(f"{name} asks")
        told = asyncio.create_task(running.until_told())
        go = asyncio.create_task(self.go.setdefault(name, asyncio.Event()).wait())
        await asyncio.wait({told, go}, return_when=asyncio.FIRST_COMPLETED)
        for task in (told, go):
            task.cancel()
        ending = "stopped" if running.stopped.is_set() else "interrupted" if told.done() else "done"
        await self.note(f"{name} {ending}")

    def finish(self, name: str) -> None:
        self.go.setdefault(name, asyncio.Event()).set()

    async def reaches(self, line: str) -> None:
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: line in self.happened)

    async def note(self, line: str) -> None:
        async with self._changed:
            self.happened.append(line)
            self._changed.notify_all()


def turn(name: str, *, thread_ts: str = "1.0", user: str = "U1") -> TurnRecord:
    return TurnRecord(id=name, question=question(ts=name, thread_ts=thread_ts, user=user), key=name)


async def test_questions_of_a_thread_are_asked_in_order() -> None:
    """The second question of a thread is placed at once, and asked when the first is done."""
    book = Book()
    inflight = Inflight(book.answer)
    assert [inflight.start(turn("a")), inflight.start(turn("b")), inflight.start(turn("c"))] == [0, 1, 2]
    await book.reaches("a asks")
    await book.reaches("c placed behind 2")
    assert "b asks" not in book.happened
    for name in "abc":
        book.finish(name)
        await book.reaches(f"{name} done")
    assert [line for line in book.happened if "asks" in line] == ["a asks", "b asks", "c asks"]
    await inflight.drain(5)


async def test_threads_do_not_wait_for_each_other() -> None:
    """Two threads are answered side by side."""
    book = Book()
    inflight = Inflight(book.answer)
    inflight.start(turn("a", thread_ts="1.0"))
    inflight.start(turn("b", thread_ts="2.0"))
    await book.reaches("a asks")
    await book.reaches("b asks")
    book.finish("a")
    book.finish("b")
    await inflight.drain(5)


async def test_only_the_asker_stops() -> None:
    """Somebody else's press changes nothing; the asker's ends the turn; after that it is over."""
    book = Book()
    inflight = Inflight(book.answer)
    inflight.start(turn("a", user="U1"))
    await book.reaches("a asks")
    assert inflight.stop("a", "U2") is Stop.NOT_YOURS
    assert inflight.stop("a", "U1") is Stop.STOPPED
    await book.reaches("a stopped")
    await inflight.drain(5)
    assert inflight.stop("a", "U1") is Stop.OVER


async def test_it_is_known_how_many_run_or_wait() -> None:
    """Of one person or of everybody; what is over does not count."""
    book = Book()
    inflight = Inflight(book.answer)
    assert (inflight.running(), inflight.running("U1")) == (0, 0)
    for record in (turn("a"), turn("b"), turn("c", thread_ts="2.0", user="U2")):
        inflight.start(record)
    assert (inflight.running(), inflight.running("U1"), inflight.running("U2")) == (3, 2, 1)
    assert inflight.running("U3") == 0
    await book.reaches("a asks")
    book.finish("a")
    await book.reaches("b asks")
    assert inflight.running("U1") == 1
    book.finish("b")
    book.finish("c")
    await inflight.drain(5)
    assert (inflight.running(), inflight.running("U1")) == (0, 0)


async def test_a_mistake_ends_one_turn(caplog: pytest.LogCaptureFixture) -> None:
    """A turn that breaks is logged with its reference, and the next one of the thread is asked."""

    async def answer(running: Running) -> None:
        await running.reached()
        if running.record.id == "bad":
            raise ZeroDivisionError
        seen.append(running.record.id)

    seen: list[str] = []
    inflight = Inflight(answer)
    inflight.start(turn("bad"))
    inflight.start(turn("good"))
    with caplog.at_level(logging.ERROR):
        await inflight.drain(5)
    assert seen == ["good"]
    assert "Turn bad" in caplog.text


async def test_draining_waits_then_interrupts() -> None:
    """At the deadline a turn that still runs is told, and ends itself."""
    book = Book()
    inflight = Inflight(book.answer)
    inflight.start(turn("a"))
    await book.reaches("a asks")
    await inflight.drain(0)
    assert book.happened[-1] == "a interrupted"
    assert inflight.open is False


async def test_draining_ends_what_does_not_listen() -> None:
    """A turn that ignores the interruption is cancelled after the grace time."""

    async def deaf(_: Running) -> None:
        await asyncio.Event().wait()

    inflight = Inflight(deaf)
    inflight.start(turn("a"))
    await asyncio.wait_for(inflight.drain(0, grace=0), timeout=5)
    assert inflight.stop("a", "U1") is Stop.OVER
