"""A real Redis server for one test."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

READY = b"eady to accept connections"


class RedisServer:
    """A redis-server of our own on loopback, which a test may stop, silence and start again."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._process: Process | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self, *options: str, said: bytes = READY) -> None:
        """Starts it, and waits until it has said so."""
        fixed = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        settings = [*fixed, "--daemonize", "no", *(options or ("--save", ""))]
        self._process = await asyncio.create_subprocess_exec(self._program, *settings, stdout=PIPE)
        assert self._process.stdout is not None
        async with asyncio.timeout(20):
            while said not in (line := await self._process.stdout.readline()):
                assert line, "redis-server ended"

    def pause(self) -> None:
        """Leaves its connections open and says nothing any more."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    async def kill(self) -> None:
        """Ends it as a crash does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ends it in order, where it runs."""
        if self._process is not None and self._process.returncode is None:
            self.resume()
            await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        self._signal(how)
        assert self._process is not None
        await self._process.communicate()

    def _signal(self, which: signal.Signals) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(which)


@asynccontextmanager
async def redis_process(folder: Path, *options: str) -> AsyncIterator[RedisServer]:
    """Runs redis-server on loopback. Skips where it is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    server = RedisServer(program, folder)
    try:
        await server.start(*options)
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def redis_server(folder: Path) -> AsyncIterator[str]:
    """Runs redis-server on loopback; yields its address. Skips where it is not installed."""
    async with redis_process(folder) as server:
        yield server.url
