"""People who ask without a pause, one question after the other, in every way that there is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from bot.sandbox.proof import reading
from bot.sandbox.proof.marked import parts_of
from bot.sandbox.proof.stage import ASKERS, QUESTIONS, NotTaken, Stage
from bot.sandbox.proof.verdict import Post, Put

#: Of a hundred questions, how many are put in which way; the rest are mentions in a new thread.
_FOLLOW_UPS, _COMMANDS, _DIRECT = 30, 12, 12
#: Of a hundred answers, how many somebody tries to stop.
_STOPS = 6
#: Seconds that somebody waits for their answer before they ask the next question all the same.
_PATIENCE = 12.0
_CHANNELS = ("sales", "weather")
#: Threads that follow-ups go to: the newest ones.
_RECENT = 12


@dataclass(slots=True, eq=False)
class Crowd:
    """A bounded number of people; ``ask`` runs until ``stop`` is set.

    Attributes:
        stops: how often somebody pressed Stop.
        refused: how many commands and presses Slack said had failed.
    """

    stage: Stage
    random: Random
    stops: int = 0
    refused: int = 0
    _threads: list[tuple[str, str]] = field(default_factory=list)

    async def ask(self, people: int, stop: asyncio.Event) -> None:
        """Lets so many people ask, each one question at a time, until told to stop."""
        async with asyncio.TaskGroup() as group:
            for place in range(people):
                group.create_task(self._person(ASKERS[place % len(ASKERS)], stop))

    async def _person(self, name: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                put = await self._question(name)
                if self.random.randrange(100) < _STOPS:
                    await self._press_stop(name, put)
            except NotTaken:
                self.refused += 1
                await self._pause(stop, 1.0)
                continue
            await self._patience(put, stop)
            await self._pause(stop, self.random.uniform(0.0, 0.6))

    async def _question(self, name: str) -> Put:
        """One question, in a way by chance."""
        way, text = self.random.randrange(100), self.random.choice(QUESTIONS)
        if way < _FOLLOW_UPS and (thread := self._answered_thread()):
            return await self.stage.mention(name, thread[0], text, thread=thread[1])
        way -= _FOLLOW_UPS
        if 0 <= way < _COMMANDS:
            return await self.stage.command(name, "sales", text)
        way -= _COMMANDS
        if 0 <= way < _DIRECT:
            return await self.stage.direct(name, text)
        channel = "sales" if name == "gertrude" else self.random.choice(_CHANNELS)
        put = await self.stage.mention(name, channel, text)
        self._threads.append((put.channel, put.thread))
        return put

    def _answered_thread(self) -> tuple[str, str] | None:
        """A thread of #sales that the bot is in already: there a reply is a question."""
        sales, workspace = self.stage.here.slack.workspace.channels["sales"], self.stage.here.slack.workspace
        able = [
            (channel, root)
            for channel, root in self._threads[-_RECENT:]
            if channel == sales and any(reply.bot_id for reply in workspace.replies(channel, root))
        ]
        return self.random.choice(able) if able else None

    async def _press_stop(self, name: str, put: Put) -> None:
        """Presses Stop on one's own answer, if it runs long enough to be pressed."""
        running = await self._seen(put, lambda post: post.running, seconds=2.0)
        if running is not None:
            self.stops += 1
            await self.stage.stop(name, running)

    async def _patience(self, put: Put, stop: asyncio.Event) -> None:
        def over(post: Post) -> bool:
            named = any(number == put.number for number, _ in parts_of(post.text))
            return not post.running and (named or post.retry)

        wait = asyncio.create_task(self._seen(put, over, seconds=_PATIENCE))
        told = asyncio.create_task(stop.wait())
        await asyncio.wait({wait, told}, return_when=asyncio.FIRST_COMPLETED)
        for task in (wait, told):
            task.cancel()
        await asyncio.gather(wait, told, return_exceptions=True)

    async def _seen(self, put: Put, look: Callable[[Post], bool], *, seconds: float) -> Post | None:
        """The first message in the question's thread that looks so, as soon as there is one."""
        workspace, end = self.stage.here.slack.workspace, self.stage.now + seconds
        while (left := end - self.stage.now) > 0:
            for message in workspace.replies(put.channel, put.thread) if put.thread else ():
                if message.bot_id and look(found := reading.post(workspace, message)):
                    return found
            await self.stage.watch.news(left)
        return None

    async def _pause(self, stop: asyncio.Event, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await stop.wait()
        except TimeoutError:
            return
