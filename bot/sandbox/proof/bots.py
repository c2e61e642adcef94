"""Real processes of the bot, killed and started again; and one address in front of several of them."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.sandbox.demo import World

#: What an interpreter needs of this environment; nothing else of it reaches a bot.
_NEEDED = ("HOME", "LANG", "LC_ALL", "MPLCONFIGDIR", "PATH", "TMPDIR")
_ROOT = Path(__file__).parents[3]
#: Seconds that a process may take to start, and to end after SIGTERM.
_START_SECONDS = 60.0
_END_SECONDS = 30.0
_LOOK_SECONDS = 0.05
_HOP_BY_HOP = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
_BAD_GATEWAY = 502


class MissingProgram(Exception):
    """A program that a proof needs is not installed."""


def environment(here: World, *, store: str, port: int, more: Mapping[str, str]) -> dict[str, str]:
    """The settings of a bot for this workspace and this tenant."""
    return here.environment(STORE_URL=store, PORT=str(port), **more)


@dataclass(slots=True, eq=False)
class Bot:
    """One replica: the process of the moment, and how to start the next.

    Attributes:
        port: where its health pages, and in HTTP mode Slack's requests, are served.
        starts: how often it was started.
        codes: how the earlier processes ended, as ``Popen`` tells it: below zero by a signal.
    """

    folder: Path
    settings: Mapping[str, str]
    port: int
    http: bool = False
    starts: int = 0
    codes: list[int] = field(default_factory=list)
    _process: Process | None = None
    _groups: list[int] = field(default_factory=list)

    @property
    def pid(self) -> int | None:
        """The running process."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> None:
        """Starts a process and returns when it serves. Raises RuntimeError where it ends instead."""
        arguments = ["-m", "bot", "run", *(["--http"] if self.http else [])]
        needed = {name: os.environ[name] for name in _NEEDED if name in os.environ}
        with (self.folder / f"bot-{self.port}.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                cwd=self.folder,
                env=needed | {"PYTHONPATH": str(_ROOT)} | dict(self.settings),
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the program, which ends its bots itself
            )
        self._groups.append(self._process.pid)
        self.starts += 1
        async with asyncio.timeout(_START_SECONDS):
            while not await _serves(self.port):
                with suppress(TimeoutError):
                    code = await asyncio.wait_for(self._process.wait(), _LOOK_SECONDS)
                    raise RuntimeError(f"a bot ended with {code} while it started: {self.last_words()}")

    async def end(self, number: signal.Signals) -> None:
        """Sends a signal and waits for the end of the process; it is killed where that takes too long."""
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            async with asyncio.timeout(_END_SECONDS):
                code = await process.wait()
        except TimeoutError:
            process.kill()
            code = await process.wait()
        self.codes.append(code)
        self._process = None

    async def close(self) -> None:
        """Kills the process and whatever its predecessors left behind."""
        await self.end(signal.SIGKILL)
        for group in self._groups:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)

    def last_words(self) -> str:
        """The end of what it logged."""
        return (self.folder / f"bot-{self.port}.log").read_text(errors="replace")[-2000:]


async def _serves(port: int) -> bool:
    """Whether the health page answers: it is the last thing that a start opens."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def redis(folder: Path) -> AsyncIterator[str]:
    """A Redis server of one's own on loopback; its address. Raises MissingProgram."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise MissingProgram("Several replicas share a store in Redis, and redis-server is not installed")
    port = free_port()
    options = {"--port": str(port), "--bind": "127.0.0.1", "--dir": str(folder), "--appendonly": "yes"}
    process = await asyncio.create_subprocess_exec(
        program,
        *(word for pair in options.items() for word in pair),
        "--save",
        "",
        stdin=DEVNULL,
        stdout=PIPE,
        start_new_session=True,
    )
    reading = asyncio.create_task(_read_away(process))
    try:
        async with asyncio.timeout(_START_SECONDS):
            while not await _serves(port):
                # Nothing says when a port opens; an end of the process is noticed at once.
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(reading), _LOOK_SECONDS)
                    raise MissingProgram(f"redis-server ended with {await process.wait()}")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await reading


async def _read_away(process: Process) -> None:
    if process.stdout is not None:
        while await process.stdout.readline():
            pass


class Balancer:
    """One address in front of several: each request to the next one, and on where nobody listens.

    ``targets`` gives the ports at the moment of a request. A request whose connection broke half-way is
    answered 502: the app may have had it, and Slack repeats what it repeats.
    """

    def __init__(self, targets: Callable[[], tuple[int, ...]]) -> None:
        self._targets = targets
        self._turn = 0
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Listens on loopback; the address for Slack's requests."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._pass_on)
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"

    async def close(self) -> None:
        """Stops listening."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {key: value for key, value in request.headers.items() if key.lower() not in _HOP_BY_HOP}
        ports = self._targets()
        self._turn += 1
        for place in range(len(ports)):
            port = ports[(self._turn + place) % len(ports)]
            try:
                return await self._ask(
                    f"http://127.0.0.1:{port}{request.path_qs}", request.method, body, headers
                )
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                break
        return web.Response(status=_BAD_GATEWAY)

    async def _ask(self, url: str, method: str, body: bytes, headers: Mapping[str, str]) -> web.Response:
        if self._session is None:
            raise RuntimeError("the balancer has not been started")
        async with self._session.request(method, url, data=body, headers=headers) as answer:
            kept = {
                key: answer.headers[key]
                for key in ("Content-Type", "X-Slack-No-Retry")
                if key in answer.headers
            }
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)
