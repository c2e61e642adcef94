"""Commands of this project in processes of their own, with nothing of this machine's settings."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

ROOT = Path(__file__).parent.parent
#: Seconds that anything here may take, on a slow machine.
PATIENCE = 60.0
#: What an interpreter needs; fonts and caches of the drawing library lie under the home folder.
_NEEDED = ("HOME", "LANG", "LC_ALL", "MPLCONFIGDIR", "PATH", "TMPDIR")
#: What no one should have to read on standard error.
_ALARMS = ("Traceback", "never awaited", "Unclosed", "was destroyed", "never retrieved", "Exception ignored")


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that has ended, with what it had still to say."""

    code: int
    out: str
    err: str

    @property
    def alarms(self) -> list[str]:
        """Words on standard error that belong to mistakes of ours."""
        return [alarm for alarm in _ALARMS if alarm in self.err]


class Command:
    """A running process; made by ``started``."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def line(self) -> str:
        """The next line of standard output; empty when there is none any more."""
        async with asyncio.timeout(PATIENCE):
            return (await cast("asyncio.StreamReader", self._process.stdout).readline()).decode()

    async def listening(self, port: int) -> None:
        """Returns when somebody can connect to the port; raises where the process has ended before."""
        async with asyncio.timeout(PATIENCE):
            while not await _connects(port):
                # Nothing says when a port opens; an end of the process is noticed at once.
                with suppress(TimeoutError):
                    raise AssertionError(f"ended with {await asyncio.wait_for(self._process.wait(), 0.1)}")

    async def end(self, number: signal.Signals | None = None) -> Ended:
        """Waits for the end, after a signal if there is one to send."""
        if number is not None:
            self._process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            out, err = await self._process.communicate()
        return Ended(self._process.returncode or 0, out.decode(), err.decode())


@asynccontextmanager
async def started(
    *arguments: str, folder: Path, settings: Mapping[str, str] | None = None, path: Path = ROOT
) -> AsyncIterator[Command]:
    """``python`` with these arguments, in a folder without ``.env``; it is killed at the end if need be.

    Args:
        arguments: such as ``-m bot run``.
        folder: where it runs.
        settings: its environment, besides what any interpreter needs.
        path: is looked in for modules before the project.
    """
    environment = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join(map(str, (path, ROOT))), "PYTHONUNBUFFERED": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=folder,
        env=environment | dict(settings or {}),
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield Command(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def run(*arguments: str, folder: Path, settings: Mapping[str, str] | None = None) -> Ended:
    """Runs a command to its own end."""
    async with started(*arguments, folder=folder, settings=settings) as command:
        return await command.end()


async def _connects(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
