"""A full export from Indigo: its time, its memory, and what deaths in the middle of it do to the file.

The platform of the sandbox runs in a process of its own and answers each call late by a fixed time. The
export is the command that people use, ``python -m bot indigo export``, in another process. It runs once
undisturbed; then again, killed at random moments and resumed. Each time every message in the file is held
against what the platform has. Run it with ``python -m benchmarks export``.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

import httpx

from bot.sandbox.indigo.chats import Chats
from bot.sandbox.indigo.options import IndigoOptions

CHATS = 10_000
LATENCY = 0.03
KILLS = 5
#: Calls at once, as the export is set up by default.
AT_ONCE = 4
#: Shares of the chats at which memory is looked at.
MARKS = (0.1, 0.5, 1.0)

_ROOT = Path(__file__).parent.parent
_NEEDED = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR")
_LOOK = 0.05
_CALLS = 20
_PING = "query ($id: Int_ID!) { userRoles(projectId: $id, first: 1) { totalCount } }"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the platform was asked so far: requests of any kind, and those for messages."""

    requests: int
    messages: int


@dataclass(frozen=True, slots=True)
class Platform:
    """The platform in its process."""

    url: str
    token: str
    project: str
    http: httpx.AsyncClient

    async def asked(self) -> Asked:
        """What it was asked so far."""
        told = (await self.http.get(self.url.removesuffix("graphql"))).json()
        return Asked(told["requests"], told["fields"].get("messages", 0))

    async def call(self) -> float:
        """Seconds that one call takes, the median of several one after the other."""
        spans = []
        for _ in range(_CALLS):
            began = time.perf_counter()
            body = {"query": _PING, "variables": {"id": self.project}}
            (await self.http.post(self.url, json=body)).raise_for_status()
            spans.append(time.perf_counter() - began)
        return median(spans)

    def environment(self) -> Mapping[str, str]:
        """What a client is told."""
        return {"INDIGO_URL": self.url, "INDIGO_TOKEN": self.token, "INDIGO_PROJECT": self.project}


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """An export that ran through.

    Attributes:
        call: seconds that one call takes.
        memory: MiB at each of ``MARKS``, and the highest; empty where the system does not tell.
    """

    seconds: float
    call: float
    requests: int
    memory: Sequence[float]

    @property
    def ideal(self) -> float:
        """Seconds where nothing but the calls takes time, and always as many as may run at once."""
        return self.requests * self.call / AT_ONCE


@dataclass(frozen=True, slots=True)
class Compared:
    """A file against the platform: messages that are missing, are there twice, or are no messages."""

    missing: int
    double: int
    foreign: int


@dataclass(frozen=True, slots=True)
class Disturbed:
    """An export that was killed and resumed."""

    kills: int
    requests: int
    compared: Compared


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that was found out, about so many chats and messages."""

    chats: int
    messages: int
    whole: Compared
    undisturbed: Undisturbed
    disturbed: Disturbed

    def rows(self) -> list[tuple[str, str]]:
        """Pairs of a name and a figure."""
        free, killed = self.undisturbed, self.disturbed
        name = f"export of {self.chats:,} chats, {self.messages:,} messages"
        rest = f"{free.seconds - free.ideal:.0f} s more than pages × call ÷ {AT_ONCE}"
        call = f"; one call takes {free.call * 1000:.0f} ms"
        return [
            (f"{name}{call}", f"{free.seconds:.0f} s for {free.requests:,} pages, {rest}"),
            (f"{name}: memory at 10 / 50 / 100 %; highest", _mebibytes(free.memory)),
            (f"{name}: against the platform", _differences(self.whole)),
            (
                f"{name}: killed {killed.kills} times, resumed",
                f"{_differences(killed.compared)}; {killed.requests - free.requests:,} pages asked for again",
            ),
        ]


def measure(
    chats: int = CHATS, *, kills: int = KILLS, latency: float = LATENCY, seed: int | None = None
) -> Measured:
    """Both exports; ``seed`` decides the moments of death, which differ each time without it."""
    return asyncio.run(_measure(chats, kills=kills, latency=latency, chance=random.Random(seed)))  # noqa: S311 - no secret


async def _measure(chats: int, *, kills: int, latency: float, chance: random.Random) -> Measured:
    there = expected(chats)
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        async with _platform(chats, latency) as platform:
            first, second = Path(folder, "whole.jsonl"), Path(folder, "killed.jsonl")
            undisturbed = await _undisturbed(platform, first, chats)
            moments = sorted(chance.sample(range(1, undisturbed.requests), kills))
            lives = [end - start for start, end in pairwise((0, *moments))]
            disturbed = await _disturbed(platform, second, lives, there)
        return Measured(chats, len(there), compare(read(first), there), undisturbed, disturbed)


def expected(chats: int) -> frozenset[tuple[str, str]]:
    """Ids of every chat and message that the platform has."""
    now = datetime.now(UTC).replace(tzinfo=None)
    platform = Chats(IndigoOptions(chats=chats), now)
    said = (platform.messages(platform.id(number), now) or () for number in platform.numbers(now))
    return frozenset((str(message.chat), str(message.id)) for messages in said for message in messages)


def read(file: Path) -> Iterator[tuple[str, str]]:
    """Ids of chat and message of each line."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            yield str(message["chat"]), str(message["id"])


def compare(found: Iterator[tuple[str, str]], there: frozenset[tuple[str, str]]) -> Compared:
    """What was exported against what is there."""
    counts = Counter(found)
    double = sum(count - 1 for count in counts.values())
    return Compared(len(there - counts.keys()), double, len(counts.keys() - there))


# -- the processes ---------------------------------------------------------------------------------------


@asynccontextmanager
async def _platform(chats: int, latency: float) -> AsyncIterator[Platform]:
    options = ("--chats", str(chats), "--latency", str(latency))
    process = await _process("-m", "bot.sandbox", "indigo", "--json", *options, out=PIPE)
    try:
        if process.stdout is None:
            raise TypeError("the platform's output is a pipe")
        told = json.loads(await process.stdout.readline())
        headers = {"Authorization": f"Bearer {told['indigo_token']}"}
        async with httpx.AsyncClient(headers=headers, timeout=60.0, trust_env=False) as http:
            yield Platform(told["indigo_url"], told["indigo_token"], told["indigo_project"], http)
    finally:
        await _end(process)


@asynccontextmanager
async def _exporting(platform: Platform, file: Path, *more: str) -> AsyncIterator[Process]:
    command = ("-m", "bot", "indigo", "export", "--format", "jsonl", "--output", str(file))
    process = await _process(*command, *more, folder=file.parent, settings=platform.environment())
    try:
        yield process
    finally:
        await _end(process)


async def _process(
    *arguments: str, folder: Path = _ROOT, settings: Mapping[str, str] | None = None, out: int = DEVNULL
) -> Process:
    needed = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    environment = needed | {"PYTHONPATH": str(_ROOT)} | dict(settings or {})
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=folder, env=environment, stdout=out, stderr=None
    )


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


# -- the exports -----------------------------------------------------------------------------------------


async def _undisturbed(platform: Platform, file: Path, chats: int) -> Undisturbed:
    call = await platform.call()
    before = await platform.asked()
    memory: list[float] = []
    began = time.perf_counter()
    async with _exporting(platform, file) as process:
        highest = last = 0.0
        while not await _ended(process):
            last = resident(process.pid) or last
            highest = max(highest, last)
            share = ((await platform.asked()).messages - before.messages) / chats
            if len(memory) < len(MARKS) - 1 and share >= MARKS[len(memory)]:
                memory.append(last)
        seconds = time.perf_counter() - began
        _whole(process)
    requests = (await platform.asked()).requests - before.requests
    return Undisturbed(seconds, call, requests, [*memory, last, highest] if last else [])


async def _disturbed(
    platform: Platform, file: Path, lives: Sequence[int], there: frozenset[tuple[str, str]]
) -> Disturbed:
    """Each life is so many requests long, and one more goes on to the end."""
    before, killed = await platform.asked(), 0
    for requests in lives:
        async with _exporting(platform, file, *_resume(file)) as process:
            end = (await platform.asked()).requests + requests
            while (await platform.asked()).requests < end and not await _ended(process):
                pass
            killed += process.returncode is None
    async with _exporting(platform, file, *_resume(file)) as process:
        await process.wait()
        _whole(process)
    asked = (await platform.asked()).requests - before.requests
    return Disturbed(killed, asked, await asyncio.to_thread(lambda: compare(read(file), there)))


def _resume(file: Path) -> tuple[str, ...]:
    return ("--resume",) if file.exists() else ()


async def _ended(process: Process) -> bool:
    try:
        await asyncio.wait_for(process.wait(), _LOOK)
    except TimeoutError:
        return False
    return True


def _whole(process: Process) -> None:
    if process.returncode:
        raise RuntimeError(f"the export ended with {process.returncode}")


def resident(pid: int) -> float | None:
    """MiB of memory that a process has, or None where the system does not tell or the process has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return None
    found = next((line for line in text.splitlines() if line.startswith("VmRSS:")), None)
    return int(found.split()[1]) / 1024 if found else None


def _mebibytes(memory: Sequence[float]) -> str:
    if not memory:
        return "unknown"
    *marks, highest = (f"{each:.0f}" for each in memory)
    return f"{' / '.join(marks)} MiB; {highest} MiB"


def _differences(compared: Compared) -> str:
    return f"{compared.missing} missing, {compared.double} twice, {compared.foreign} foreign"


def rows() -> list[tuple[str, str]]:
    """What was measured, as pairs of a name and a figure."""
    return measure().rows()
