"""Charts are drawn in child processes, so that the event loop never waits for a picture.

Each worker is a plain child process that is spoken to over its standard streams (``bot.charts.worker``).
Against ``concurrent.futures`` this has four advantages: a stuck worker can be killed by itself, a child ends
when its parent dies, it does not import the parent's ``__main__`` again, and it inherits no secret of the
environment. matplotlib is imported there only.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self, cast

from bot.charts.worker import DRAW, REPLY, REQUEST
from bot.errors import ChartFailed
from bot.model import ChartSpec

#: What a worker may know of the environment: how to find Python, fonts and a place for caches.
_ENVIRONMENT = (
    "HOME", "LANG", "LC_ALL", "MPLCONFIGDIR", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "USERPROFILE",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_DIRS", "XDG_DATA_HOME",
)  # fmt: skip

#: Seconds that all workers together may take to start; the first start ever builds a font cache.
_START = 60.0

_CLOSED = "the chart pool is closed"


class ChartPool:
    """Draws charts in ``workers`` processes.

    Args:
        workers: how many processes; each takes about 140 MiB.
        timeout: seconds that one chart may take, counted from when a worker is free.
        waiting: how many charts may wait for a worker; a further one fails at once.
        lifetime: charts after which a worker is replaced, so that nothing can pile up in it.
        draw: another function than the real one, at the top level of an importable module.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        timeout: float = 20.0,
        waiting: int = 64,
        lifetime: int = 200,
        draw: Callable[[ChartSpec], bytes] | None = None,
    ) -> None:
        self._seats = [_Seat() for _ in range(workers)]
        self._free: asyncio.Queue[_Seat] = asyncio.Queue()
        for seat in self._seats:
            self._free.put_nowait(seat)
        self._timeout = timeout
        self._most_waiting = waiting
        self._waiting = 0
        self._lifetime = lifetime
        self._draw = f"{draw.__module__}:{draw.__qualname__}" if draw else DRAW
        self._closed = False

    async def start(self) -> None:
        """Start all workers and wait until each has drawn once; raises ChartFailed if one cannot."""
        try:
            async with asyncio.timeout(_START):
                for seat in self._seats:
                    seat.worker = await _Worker.hire(self._draw)
        except (OSError, EOFError) as error:  # TimeoutError is an OSError
            await self.close()
            raise ChartFailed("the chart worker does not start") from error

    async def render(self, spec: ChartSpec) -> bytes:
        """The chart as PNG; raises ChartFailed if it cannot be drawn in time."""
        if self._closed:
            raise ChartFailed(_CLOSED)
        if self._waiting >= self._most_waiting:
            raise ChartFailed("too many charts are waiting")
        self._waiting += 1
        try:
            seat = await self._free.get()
        finally:
            self._waiting -= 1
        try:
            return await self._render(seat, spec)
        finally:
            self._free.put_nowait(seat)

    async def _render(self, seat: _Seat, spec: ChartSpec) -> bytes:
        if self._closed:
            raise ChartFailed(_CLOSED)
        try:
            async with asyncio.timeout(self._timeout):
                seat.worker = seat.worker or await _Worker.hire(self._draw)
                if self._closed:
                    # Closed while the worker started.
                    raise ChartFailed(_CLOSED)  # noqa: TRY301 -- cleaned up like any other end
                drawn, payload = await seat.worker.ask(spec)
        except BaseException as error:
            # Stuck, crashed or no longer waited for: this worker's next reply would be the wrong one.
            await seat.clear()
            if isinstance(error, TimeoutError):
                raise ChartFailed(f"drawing took longer than {self._timeout:g} s") from error
            if isinstance(error, OSError | EOFError):
                raise ChartFailed("the chart worker ended") from error
            raise
        if seat.worker.served >= self._lifetime:
            await seat.clear()
        if not drawn:
            raise ChartFailed(f"drawing failed: {payload.decode()}")
        return payload

    async def close(self) -> None:
        """End all workers at once; charts that are being drawn or wait fail."""
        if self._closed:
            return
        self._closed = True
        for seat in self._seats:
            if seat.worker is not None:
                seat.worker.kill()
        for _ in self._seats:
            # A seat comes back when nobody reads from its worker any more.
            seat = await self._free.get()
            await seat.clear()


@dataclass(slots=True)
class _Seat:
    """A place for a worker; it is empty after a worker was dismissed, until the next chart."""

    worker: _Worker | None = None

    async def clear(self) -> None:
        worker, self.worker = self.worker, None
        if worker is not None:
            await worker.dismiss()


class _Worker:
    """One child process."""

    def __init__(self, process: Process) -> None:
        self.served = 0
        self._process = process
        self._requests = cast("asyncio.StreamWriter", process.stdin)
        self._replies = cast("asyncio.StreamReader", process.stdout)

    @classmethod
    async def hire(cls, draw: str) -> Self:
        """Start a child and wait until it is ready; raises OSError or EOFError if it is not."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.charts.worker",
            draw,
            stdin=PIPE,
            stdout=PIPE,
            env=_environment(os.environ),
            start_new_session=True,  # Ctrl-C is for the parent, which ends its children itself
        )
        worker = cls(process)
        try:
            await worker._reply()
        except BaseException:
            await worker.dismiss()
            raise
        return worker

    async def ask(self, spec: ChartSpec) -> tuple[bool, bytes]:
        """Whether the chart could be drawn, and the PNG or the name of the error."""
        request = pickle.dumps(spec)
        self._requests.write(REQUEST.pack(len(request)) + request)
        await self._requests.drain()
        answer = await self._reply()
        self.served += 1
        return answer

    async def _reply(self) -> tuple[bool, bytes]:
        drawn, length = REPLY.unpack(await self._replies.readexactly(REPLY.size))
        return bool(drawn), await self._replies.readexactly(length)

    def kill(self) -> None:
        """End the child now: it holds nothing that would have to be saved."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def dismiss(self) -> None:
        """Kill the child and wait until nothing of it is left; nobody may be reading its replies."""
        self.kill()
        self._requests.close()
        with suppress(OSError):
            await self._requests.wait_closed()
        await self._replies.read()
        await self._process.wait()


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100 -- an empty entry is the cwd
    return {name: own[name] for name in _ENVIRONMENT if name in own} | {"PYTHONPATH": path}
