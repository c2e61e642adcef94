"""``python -m bot.sandbox faults``: every fault of the tenant and of the workspace, one at a time."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bot import app
from bot.sandbox.proof import table
from bot.sandbox.proof.stage import QUESTIONS, Stage, stage
from bot.sandbox.proof.troubles import Expected, Side, Trouble, troubles
from bot.sandbox.proof.verdict import Outcome, Put, Verdict
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.tenant.options import Subprotocol, TenantOptions

Say = Callable[[str], None]
Flow = Literal["chat", "conversation"]

FLOWS: tuple[Flow, ...] = ("chat", "conversation")
SUBPROTOCOLS: tuple[Subprotocol, ...] = ("graphql-transport-ws", "graphql-ws")
#: How many are tried at once: waiting is most of what they do.
_AT_ONCE = 4
#: Seconds for the questions of one fault to come to their end.
_PATIENCE = 45.0
_SILENCE = 8.0
_SPEED = 4_000.0
_SLACK = SlackOptions(enforce_tiers=False, file_visibility_delay=0.05, retry_seconds=(0.0, 2.0, 6.0))


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault by one way to ask; the workspace's by one subprotocol only, which it does not touch."""

    trouble: Trouble
    flow: Flow
    subprotocol: Subprotocol

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.trouble.side}: {self.trouble.name}"


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one cell."""

    cell: Cell
    verdict: Verdict
    seconds: float
    struck: int | None

    @property
    def lost(self) -> int:
        """Questions that were lost although something could have been said."""
        lost = [case.put.channel for case in self.verdict.cases if case.outcome is Outcome.LOST]
        if self.cell.trouble.expected is not Expected.UNSAYABLE:
            return len(lost)
        struck = self.verdict.cases[0].put.channel
        return sum(channel != struck for channel in lost)

    @property
    def as_expected(self) -> bool:
        """Everything ended as it should."""
        if self.lost or self.verdict.count(Outcome.DUPLICATED):
            return False
        answered = self.verdict.count(Outcome.ANSWERED) == self.verdict.asked
        return answered or self.cell.trouble.expected is not Expected.ANSWERED

    def row(self) -> tuple[object, ...]:
        """The line of the table."""
        count = self.verdict.count
        return (
            self.cell.name,
            self.cell.flow,
            self.cell.subprotocol,
            "–" if self.struck is None else self.struck,
            self.verdict.asked,
            count(Outcome.ANSWERED),
            sum(map(count, _WITH_A_REASON)),
            self.lost,
            count(Outcome.DUPLICATED),
            f"{self.seconds:.1f}",
            "yes" if self.as_expected else "no",
        )


#: Ends that say why there is no answer; somebody else may have stopped it at WisdomAI.
_WITH_A_REASON = (Outcome.FAILED, Outcome.REFUSED, Outcome.STOPPED)

HEAD = (
    "Fault", "Flow", "Subprotocol", "Struck", "Asked", "Answered", "Failed with a reason", "Lost",
    "Duplicated", "Seconds", "As expected",
)  # fmt: skip
#: What ``--short`` tries: some of every kind.
SHORT = frozenset({
    "refused", "silent", "dropped", "gap", "crash", "send lost", "expired", "error strings",
    "chat.postMessage: 429", "chat.postMessage: connection lost after success", "chat.update: 500",
    "chat.update: connection lost after success", "chat.postMessage: not_in_channel",
    "files.completeUploadExternal: connection lost after success", "its message is deleted",
})  # fmt: skip


def cells(
    *,
    only: str = "",
    flow: Flow | None = None,
    subprotocol: Subprotocol | None = None,
    short: bool = False,
) -> tuple[Cell, ...]:
    """The matrix, or a part of it; ``only`` is a part of a fault's name."""
    chosen = [
        each
        for each in troubles()
        if only.casefold() in f"{each.side}: {each.name}".casefold() and (not short or each.name in SHORT)
    ]
    flows = (flow,) if flow else FLOWS
    protocols = (subprotocol,) if subprotocol else SUBPROTOCOLS
    return tuple(
        Cell(each, way, protocol)
        for number, each in enumerate(chosen)
        for way in flows
        for protocol in _protocols(each, protocols, number, short=short)
    )


def _protocols(
    trouble: Trouble, protocols: Sequence[Subprotocol], number: int, *, short: bool
) -> Iterator[Subprotocol]:
    """One where the workspace is in trouble; in short one of them in turn."""
    if short or trouble.side is Side.WORKSPACE:
        yield protocols[number % len(protocols) if short else 0]
    else:
        yield from protocols


async def run(chosen: Sequence[Cell], say: Say) -> tuple[Found, ...]:
    """Tries the cells, a few at once; ``say`` gets each line as it comes."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def tried(cell: Cell) -> Found:
        async with gate:
            found = await _tried(cell)
        say(table.line(found.row()))
        for line in _unexpected(found):
            say(f"    {line}")
        return found

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(tried(cell)) for cell in chosen]
    return tuple(task.result() for task in tasks)


def _unexpected(found: Found) -> Iterator[str]:
    """What is to be looked at where something came otherwise."""
    if not found.as_expected:
        yield from table.wrong(found.verdict, besides=frozenset(_WITH_A_REASON))


def total(found: Sequence[Found], seconds: float) -> str:
    """The last line: everything together."""
    verdicts = [each.verdict for each in found]

    def count(*outcomes: Outcome) -> int:
        return sum(verdict.count(outcome) for verdict in verdicts for outcome in outcomes)

    return table.line((
        f"Total of {len(found)}", "", "", "", sum(verdict.asked for verdict in verdicts),
        count(Outcome.ANSWERED), count(*_WITH_A_REASON), sum(each.lost for each in found),
        count(Outcome.DUPLICATED), f"{seconds:.0f}", "yes" if good(found) else "no",
    ))  # fmt: skip


def good(found: Sequence[Found]) -> bool:
    """All of it came as expected."""
    return all(each.as_expected for each in found)


async def _tried(cell: Cell) -> Found:
    options = TenantOptions(flow=cell.flow, subprotocols=(cell.subprotocol,), speed=_SPEED)
    with tempfile.TemporaryDirectory(prefix="wisdom-faults-") as folder:
        async with (
            stage(slack=_SLACK, tenant=options) as scene,
            app.running(_configuration(scene, cell, Path(folder)), http=False),
        ):
            began = time.monotonic()
            cell.trouble.strike(scene)
            await _ask(scene, cell.trouble)
            verdict = await scene.rest(_PATIENCE if _sayable(cell) else _PATIENCE / 6, quiet=0.5)
            seconds = time.monotonic() - began
            struck = cell.trouble.struck(scene) if cell.trouble.struck else None
            scene.here.tenant.faults.clear()
    return Found(cell, verdict, seconds, struck)


def _sayable(cell: Cell) -> bool:
    return cell.trouble.expected is not Expected.UNSAYABLE


async def _ask(scene: Stage, trouble: Trouble) -> None:
    """Three questions: two at once, and one that follows in the first one's thread, where one may write."""
    first = await scene.mention("ada", "sales", QUESTIONS[0])
    await scene.mention("linus", "weather", QUESTIONS[2])
    begun = await _begun(scene, first)
    if trouble.later is not None:
        await trouble.later(scene)
    if begun and trouble.expected is not Expected.UNSAYABLE:
        await scene.mention("ada", "sales", QUESTIONS[1], thread=first.thread)
    else:
        await scene.mention("ada", "weather", QUESTIONS[1])


async def _begun(scene: Stage, put: Put) -> bool:
    """The bot stands in the question's thread; False where it does not come there, or whispers instead."""
    workspace, end = scene.here.slack.workspace, scene.now + _PATIENCE / 6
    while (left := end - scene.now) > 0:
        if any(reply.bot_id for reply in workspace.replies(put.channel, put.thread)):
            return True
        if any(user == put.user for user, _ in workspace.ephemerals):
            return False
        await scene.watch.news(left)
    return False


def _configuration(scene: Stage, cell: Cell, folder: Path) -> app.Configuration:
    """A bot with short patience, and with nothing in its way but the fault."""
    given = scene.here.configuration(folder / "store.sqlite")
    charts = "png" if cell.trouble.pictures else "auto"
    return replace(
        given,
        process=given.process.model_copy(update={"charts": charts}),
        slack=given.slack.model_copy(update={"edits_per_minute": 1200}),
        wisdom=given.wisdom.model_copy(update={"silence_seconds": _SILENCE}),
    )
