"""``python -m bot.sandbox chaos``: bots are killed while people ask, and every question is looked for."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.sandbox.proof import bots, table
from bot.sandbox.proof.people import Crowd
from bot.sandbox.proof.stage import Stage, stage
from bot.sandbox.proof.verdict import Verdict
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.tenant.options import TenantOptions

Say = Callable[[str], None]

#: Slack's tiers are switched off: a hundred deaths in minutes are the deaths of months, and those of a real
#: workspace are spread over its minutes. Its repetitions of an event are closer together for the same reason.
_SLACK = SlackOptions(
    enforce_tiers=False, file_visibility_delay=0.2, retry_seconds=(0.0, 6.0, 12.0, 24.0, 40.0)
)
#: Characters a second at which answers are written: some seconds for a long one, so that deaths strike it.
_SPEED = 2_500.0
_SETTINGS = {
    "SLACK_EDITS_PER_MINUTE": "1200",
    "QUESTIONS_PER_PERSON": "100000",
    "QUESTIONS_PER_CHANNEL": "100000",
    "QUESTIONS_AT_ONCE_PER_PERSON": "1000",
    "QUESTIONS_AT_ONCE": "1000",
    "GUESTS": "true",
    "DRAIN_SECONDS": "3",
    "LOG_LEVEL": "WARNING",
}
#: Of a hundred kills, how many ask the process to end, and how many take several replicas at once.
_POLITE, _VOLLEYS = 15, 20
#: Seconds that somebody's question is looked for before a kill, and the longest wait after that.
_HELD_SECONDS = 3.0
_LONGEST_WAIT = 1.2


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is to happen.

    Attributes:
        kills: how often a bot dies.
        replicas: how many bots there are; one has its store in a file, several share Redis.
        http: Slack's requests come by HTTP, through one address in front of the replicas.
        rest: the most seconds after the last kill for everything to come to its end.
    """

    kills: int = 100
    replicas: int = 1
    seed: int = 1
    people: int = 8
    http: bool = False
    rest: float = 90.0


@dataclass(slots=True)
class Report:
    """What happened."""

    plan: Plan
    killed: int = 0
    asked_to_end: int = 0
    polite_codes: list[int] = field(default_factory=list)
    by_themselves: int = 0
    seconds: float = 0.0
    answering: list[float] = field(default_factory=list)
    takeovers: list[float] = field(default_factory=list)
    stops: int = 0
    verdict: Verdict = field(default_factory=lambda: Verdict(()))

    @property
    def good(self) -> bool:
        """Nothing was lost or is there twice, and no bot ended otherwise than it should."""
        return self.verdict.good and not self.by_themselves and not any(self.polite_codes)

    def table(self) -> str:
        """What happened, for people."""
        plan, clean = self.plan, sum(code == 0 for code in self.polite_codes)
        rows: list[tuple[str, object]] = [
            ("replicas", f"{plan.replicas}, {'HTTP' if plan.http else 'Socket Mode'}"),
            ("killed (SIGKILL)", self.killed),
            ("told to end (SIGTERM); of these with exit code 0", f"{self.asked_to_end}; {clean}"),
            ("ended by themselves", self.by_themselves),
            ("seconds", f"{self.seconds:.0f}"),
            *table.counts(self.verdict),
            ("Stop pressed", self.stops),
            *table.spread("from question to final answer", self.answering),
            *table.spread("from a kill to the next edit of the message that waited longest", self.takeovers),
        ]
        return table.table(("What", "How many"), rows)


async def run(plan: Plan, say: Say) -> Report:
    """Runs it; raises MissingProgram where several replicas have no Redis."""
    report, began = Report(plan), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wisdom-chaos-") as folder:
        async with (
            stage(slack=_SLACK, tenant=TenantOptions(speed=_SPEED)) as scene,
            _fleet(scene, plan, Path(folder)) as fleet,
        ):
            say(f"{plan.replicas} running; {plan.people} people ask, {plan.kills} kills follow")
            crowd = Crowd(scene, Random(plan.seed))  # noqa: S311 - chance that can be repeated
            killer = _Killer(scene, fleet, report, Random(plan.seed + 1), say)  # noqa: S311 - as above
            await _while_asked(crowd, plan.people, killer.run())
            say("the last kill is over; waiting for everything to come to its end")
            report.verdict = await scene.rest(plan.rest, quiet=2.0)
            report.answering, report.stops = scene.seconds(report.verdict), crowd.stops
            report.takeovers = sorted(killer.takeovers())
            for line in table.wrong(report.verdict):
                say(line)
    report.seconds = time.monotonic() - began
    return report


async def _while_asked(crowd: Crowd, people: int, work: AsyncIterator[None]) -> None:
    """Lets people ask while the work is done, and stops them when it is over."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(crowd.ask(people, stop))
        try:
            async for _ in work:
                pass
        finally:
            stop.set()


@asynccontextmanager
async def _fleet(scene: Stage, plan: Plan, folder: Path) -> AsyncIterator[list[bots.Bot]]:
    """The bots, started; nothing of them is left at the end."""
    async with AsyncExitStack() as stack:
        store = f"sqlite:///{folder / 'store.sqlite'}"
        if plan.replicas > 1:
            store = await stack.enter_async_context(bots.redis(folder))
        fleet: list[bots.Bot] = []
        for _ in range(plan.replicas):
            port = bots.free_port()
            settings = bots.environment(scene.here, store=store, port=port, more=_SETTINGS)
            fleet.append(bots.Bot(folder, settings, port, http=plan.http))
            stack.push_async_callback(fleet[-1].close)
        await asyncio.gather(*(bot.start() for bot in fleet))
        if plan.http:
            balancer = bots.Balancer(lambda: tuple(bot.port for bot in fleet))
            stack.push_async_callback(balancer.close)
            await scene.here.slack.use_http(await balancer.start())
        yield fleet


class _Killer:
    """Kills bots at moments by chance while something runs in them, and starts them again at once."""

    def __init__(self, scene: Stage, fleet: list[bots.Bot], report: Report, random: Random, say: Say) -> None:
        self._scene = scene
        self._since = dict.fromkeys(fleet, scene.now)
        self._report = report
        self._random = random
        self._say = say
        self._signs: list[list[asyncio.Future[float]]] = []
        self._changed = asyncio.Event()
        self._starting: set[asyncio.Task[None]] = set()

    async def run(self) -> AsyncIterator[None]:
        """Goes on until as many were killed as planned, and all of them run again."""
        kills = self._report.plan.kills
        try:
            while (done := self._report.killed + self._report.asked_to_end) < kills:
                await self._until_up()
                victims = self._victims(kills - done)
                await self._until_held(victims)
                for bot in victims:
                    self._kill(bot)
                yield
            while self._starting:
                await asyncio.gather(*self._starting)
        finally:
            for task in self._starting:
                task.cancel()
            await asyncio.gather(*self._starting, return_exceptions=True)

    def takeovers(self) -> list[float]:
        """For each kill the longest time that a message which was running then stood still."""
        done = [
            [sign.result() for sign in signs if sign.done() and not sign.cancelled()] for signs in self._signs
        ]
        return [max(each) for each in done if each]

    async def _until_up(self) -> None:
        while not self._since:
            self._changed.clear()
            await self._changed.wait()
            for task in self._starting:
                if task.done() and (error := task.exception()) is not None:
                    raise error

    async def _until_held(self, victims: list[bots.Bot]) -> None:
        """Waits until something was answered since they run, and is not over; then a moment by chance."""
        end = self._scene.now + _HELD_SECONDS
        since = max(self._since[bot] for bot in victims)
        while (left := end - self._scene.now) > 0 and not self._held(since):
            await self._scene.watch.news(left)
        # Times the replicas: each of them lives longer than a lease then, which others wait for.
        await asyncio.sleep(self._random.uniform(0.0, _LONGEST_WAIT * self._report.plan.replicas))

    def _held(self, since: float) -> bool:
        """A message that runs was posted or edited after this time."""
        watch = self._scene.watch
        return any(watch.changed.get((each.channel, each.ts), 0.0) > since for each in watch.running())

    def _victims(self, most: int) -> list[bots.Bot]:
        able = sorted(self._since, key=lambda bot: bot.port)
        several = self._random.randrange(100) < _VOLLEYS
        count = self._random.randint(2, len(able)) if several and len(able) > 1 else 1
        return self._random.sample(able, min(count, most, len(able)))

    def _kill(self, bot: bots.Bot) -> None:
        polite = self._random.randrange(100) < _POLITE
        if bot.pid is None:
            self._report.by_themselves += 1
            self._say(f"a bot had ended by itself: {bot.last_words()}")
        if polite:
            self._report.asked_to_end += 1
        else:
            self._report.killed += 1
            self._listen()
        del self._since[bot]
        task = asyncio.create_task(self._again(bot, signal.SIGTERM if polite else signal.SIGKILL))
        self._starting.add(task)
        task.add_done_callback(self._started)
        done = self._report.killed + self._report.asked_to_end
        if done % 10 == 0:
            asked = len(self._scene.puts)
            self._say(f"{done} of {self._report.plan.kills} kills, {asked} questions asked")

    def _listen(self) -> None:
        """Waits for a sign of life of every message that is running; where nobody else could, from now on."""
        if self._report.plan.replicas == 1:
            for sign in self._signs[-1] if self._signs else ():
                sign.cancel()
        running = self._scene.watch.running()
        self._signs.append([self._scene.watch.next_sign((each.channel, each.ts)) for each in running])

    async def _again(self, bot: bots.Bot, number: signal.Signals) -> None:
        await bot.end(number)
        if number is signal.SIGTERM:
            self._report.polite_codes.append(bot.codes[-1])
        await bot.start()
        self._since[bot] = self._scene.now

    def _started(self, task: asyncio.Task[None]) -> None:
        self._changed.set()
        if task.cancelled() or task.exception() is None:
            self._starting.discard(task)
