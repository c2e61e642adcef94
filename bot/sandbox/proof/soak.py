"""``python -m bot.sandbox soak``: an hour of questions and small troubles, and what the bot holds then."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.sandbox.proof import bots, memory, table
from bot.sandbox.proof.memory import Sample
from bot.sandbox.proof.people import Crowd
from bot.sandbox.proof.stage import Stage, stage
from bot.sandbox.proof.verdict import Verdict
from bot.sandbox.slack.options import Failure, SlackOptions
from bot.sandbox.slack.traffic import Entry
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions

Say = Callable[[str], None]

#: In seconds of the sandbox: how long a token of the tenant lives, how old a connection to Slack gets, and
#: how often something goes wrong.
_TOKEN_LIFE, _REFRESH, _TROUBLE = 300.0, 600.0, 40.0
_SPEED = 2_500.0
_SETTINGS = {
    "SLACK_EDITS_PER_MINUTE": "1200",
    "QUESTIONS_PER_PERSON": "100000",
    "QUESTIONS_PER_CHANNEL": "100000",
    "QUESTIONS_AT_ONCE_PER_PERSON": "1000",
    "QUESTIONS_AT_ONCE": "1000",
    "GUESTS": "true",
    "WISDOM_SILENCE_SECONDS": "5",
    "LOG_LEVEL": "ERROR",
}
#: What comes by chance at the tenant: it passes, and the answers go on.
_FAULTS = (
    Fault.DROPPED,
    Fault.CRASH,
    Fault.EXPIRED,
    Fault.GAP,
    Fault.DUPLICATES,
    Fault.REFUSED,
    Fault.HTTP_401,
    Fault.UNAUTHORIZED,
)
_CALLS = ("chat.update", "chat.postMessage", "conversations.info", "users.info")
_FAILURES = (Failure.RATE_LIMITED, Failure.SERVER_ERROR, Failure.DROPPED, Failure.UNANSWERED)
#: Growth of the bot that is allowed over the second half, in MiB: what the allocator of Python and the caches
#: that have a bound may still take, and for each question what is remembered of it for buttons (its ids and
#: messages), but not its rows: an answer of these is about 100 KiB.
_ALLOWED_MIB, _ALLOWED_KIB_A_QUESTION = 6.0, 24.0
#: The chart worker grows in steps, and is replaced after some hundred charts; it has a limit instead.
_CHILDREN_MIB = 250.0
#: Files that may be more open by chance: sockets of questions that run at that moment.
_ALLOWED_FILES = 16.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, in minutes of the sandbox, and how much faster than the clock that goes."""

    minutes: float = 60.0
    speed: float = 30.0
    seed: int = 1
    people: int = 5
    rest: float = 60.0

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return self.minutes * 60.0 / self.speed


@dataclass(slots=True)
class Report:
    """What happened, and what the bot held meanwhile."""

    plan: Plan
    troubles: int = 0
    refreshes: int = 0
    code: int = 0
    seconds: float = 0.0
    answering: list[float] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    verdict: Verdict = field(default_factory=lambda: Verdict(()))

    @property
    def grown(self) -> tuple[float, float]:
        """MiB and open files over the second half."""
        return (
            memory.growth(self.samples, lambda each: each.mib),
            memory.growth(self.samples, lambda each: float(each.files)),
        )

    @property
    def children(self) -> float:
        """The most that the chart worker had, in MiB."""
        return max((each.children for each in self.samples), default=0.0)

    @property
    def allowed_mib(self) -> float:
        """The bound for the memory."""
        return _ALLOWED_MIB + _ALLOWED_KIB_A_QUESTION / 1024.0 * self.verdict.asked / 2.0

    @property
    def good(self) -> bool:
        """Nothing was lost or is there twice, nothing grows, and the bot ended cleanly."""
        mib, files = self.grown
        small = mib <= self.allowed_mib and files <= _ALLOWED_FILES and self.children <= _CHILDREN_MIB
        return self.verdict.good and small and self.code == 0

    def table(self) -> str:
        """What happened, for people."""
        mib, files = self.grown
        rows: list[tuple[str, object]] = [
            ("minutes of the sandbox; seconds", f"{self.plan.minutes:g}; {self.seconds:.0f}"),
            ("troubles by chance", self.troubles),
            ("connections renewed by Slack", self.refreshes),
            *table.counts(self.verdict),
            *table.spread("from question to final answer", self.answering),
        ]
        for share, name in ((0.1, "10 %"), (0.5, "50 %"), (1.0, "100 %")):
            if self.samples:
                each = memory.at_share(self.samples, share)
                rows.append(
                    (f"memory of the bot and open files at {name}", f"{each.mib:.0f} MiB, {each.files}")
                )
        rows += [
            ("growth of this memory in the second half, MiB; allowed", f"{mib:.1f}; {self.allowed_mib:.1f}"),
            ("growth of open files in the second half; allowed", f"{files:.1f}; {_ALLOWED_FILES:.0f}"),
            ("chart worker at most, MiB; allowed", f"{self.children:.0f}; {_CHILDREN_MIB:.0f}"),
            ("exit code after SIGTERM", self.code),
        ]
        return table.table(("What", "How many"), rows)


async def run(plan: Plan, say: Say) -> Report:
    """Runs it."""
    report, began = Report(plan), time.monotonic()
    slack = SlackOptions(
        enforce_tiers=False,
        file_visibility_delay=0.2,
        refresh_seconds=_REFRESH / plan.speed,
        refresh_warning_seconds=1.0,
        retry_seconds=(0.0, 2.0, 10.0),
    )
    tenant = TenantOptions(speed=_SPEED, token_life=_TOKEN_LIFE / plan.speed)
    with tempfile.TemporaryDirectory(prefix="wisdom-soak-") as folder:
        async with stage(slack=slack, tenant=tenant) as scene:
            scene.here.slack.traffic.subscribe(lambda entry: _count(report, entry))
            port = bots.free_port()
            store = f"sqlite:///{Path(folder) / 'store.sqlite'}"
            settings = bots.environment(scene.here, store=store, port=port, more=_SETTINGS)
            bot = bots.Bot(Path(folder), settings, port)
            try:
                await bot.start()
                say(f"a bot runs; {plan.people} people ask for {plan.seconds:.0f} seconds")
                await _asked(scene, bot, report, say)
                report.verdict = await scene.rest(plan.rest, quiet=2.0)
                report.answering = scene.seconds(report.verdict)
                await bot.end(signal.SIGTERM)
                report.code = bot.codes[-1]
            finally:
                await bot.close()
            for line in table.wrong(report.verdict):
                say(line)
    report.seconds = time.monotonic() - began
    return report


def _count(report: Report, entry: Entry) -> None:
    """A connection is renewed by a warning, upon which the bot opens another one."""
    report.refreshes += (entry.name, entry.status) == ("disconnect", "warning")


async def _asked(scene: Stage, bot: bots.Bot, report: Report, say: Say) -> None:
    """People ask and small things go wrong, for as long as planned; meanwhile samples are taken."""
    plan, stop = report.plan, asyncio.Event()
    crowd = Crowd(scene, Random(plan.seed))  # noqa: S311 - chance that can be repeated
    async with asyncio.TaskGroup() as group:
        group.create_task(crowd.ask(plan.people, stop))
        group.create_task(_trouble(scene, report, stop))
        group.create_task(_sampled(bot, report, stop, say))
        await asyncio.sleep(plan.seconds)
        stop.set()


async def _trouble(scene: Stage, report: Report, stop: asyncio.Event) -> None:
    random = Random(report.plan.seed + 1)  # noqa: S311 - chance that can be repeated
    while await _still(stop, _TROUBLE / report.plan.speed):
        report.troubles += 1
        if random.randrange(2):
            fault = random.choice(_FAULTS)
            scene.here.tenant.faults.clear()
            scene.here.tenant.faults.switch(fault, after=random.randrange(1, 6))
        else:
            method, failure = random.choice(_CALLS), random.choice(_FAILURES)
            scene.here.slack.workspace.faults.fail_next(method, failure, retry_after=1)


async def _sampled(bot: bots.Bot, report: Report, stop: asyncio.Event, say: Say) -> None:
    began, shown = time.monotonic(), 0
    while await _still(stop, max(0.4, report.plan.seconds / 60)):
        taken = memory.sample(bot.pid, time.monotonic() - began) if bot.pid is not None else None
        if taken is not None:
            report.samples.append(taken)
            if len(report.samples) // 10 > shown:
                shown = len(report.samples) // 10
                say(f"{taken.at:.0f} s: {taken.mib:.0f} and {taken.children:.0f} MiB, {taken.files} files")


async def _still(stop: asyncio.Event, seconds: float) -> bool:
    """Waits; False as soon as it is to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return True
    return False
