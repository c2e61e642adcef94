"""A workspace and a tenant that outlive every bot, and the people who ask there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp

from bot.core.render.controls import STOP_ACTION
from bot.sandbox.demo import World, world
from bot.sandbox.proof import reading, verdict
from bot.sandbox.proof.marked import MarkedAnalyst, asked_of, distinct_keys, numbered
from bot.sandbox.proof.verdict import Outcome, Put, Verdict
from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.server import TenantServer

#: What people ask about; short answers and long ones, with results and without.
QUESTIONS = (
    "Expected revenue by stage as a pie chart",
    "How many open deals?",
    "How many deals did we win each month?",
    "Expected revenue by region",
    "Expected revenue by stage in detail",
)
#: Who may ask all of them in #sales.
ASKERS = ("ada", "grace", "linus", "barbara", "gertrude")


class NotTaken(Exception):
    """Slack itself told the person that a command or a press failed; the app may have had it all the same."""


@dataclass(slots=True)
class Stage:
    """What a proof looks at, and how its people act.

    Attributes:
        puts: every question so far, in order.
        at: number of a question → when it was put, in the workspace's seconds.
    """

    here: World
    analyst: MarkedAnalyst
    watch: reading.Watch
    session: aiohttp.ClientSession
    puts: list[Put] = field(default_factory=list)
    at: dict[int, float] = field(default_factory=dict)
    unheard: set[int] = field(default_factory=set)

    @property
    def now(self) -> float:
        """The workspace's time."""
        return self.here.slack.workspace.clock.now()

    # -- what people do ------------------------------------------------------------------------------------

    async def mention(self, name: str, channel: str, text: str, *, thread: str = "") -> Put:
        """Asks in a channel; in a thread that the bot answers in, without naming it."""
        lead = "" if thread else f"<@{self.here.slack.workspace.bot_user_id}> "
        return await self._say(name, self._channel(channel), lead, text, thread)

    async def direct(self, name: str, text: str) -> Put:
        """Asks in the direct messages with the bot."""
        workspace = self.here.slack.workspace
        direct = workspace.open_direct([workspace.users[name].id, workspace.bot_user_id])
        return await self._say(name, direct.id, "", text, "")

    async def command(self, name: str, channel: str, text: str) -> Put:
        """Asks by a slash command. Raises NotTaken where Slack tells the person that it failed."""
        number, user = self._number(), self.here.slack.workspace.users[name].id
        put = self._keep(Put(number, self._channel(channel), "", "", user))
        try:
            await self.here.slack.interactions.command(user, put.channel, f"/wisdom {numbered(text, number)}")
        except Refused as error:
            self.unheard.add(number)
            raise NotTaken(error.code) from None
        return put

    async def stop(self, name: str, place: verdict.Post) -> None:
        """Presses Stop on a message. Raises NotTaken where Slack says that it failed, or it is too late."""
        user = self.here.slack.workspace.users[name].id
        try:
            await self.here.slack.interactions.message_action(
                user, place.channel, place.ts, {"action_id": STOP_ACTION}
            )
        except Refused as error:
            raise NotTaken(error.code) from None

    async def _say(self, name: str, channel: str, lead: str, text: str, thread: str) -> Put:
        slack, number = self.here.slack, self._number()
        body = {"channel": channel, "text": f"{lead}{numbered(text, number)}"}
        token = slack.workspace.users[name].token
        async with self.session.post(
            f"{slack.api_url}chat.postMessage",
            data=body | ({"thread_ts": thread} if thread else {}),
            headers={"Authorization": f"Bearer {token}"},
        ) as response:
            ts = str((await response.json())["ts"])
        return self._keep(Put(number, channel, ts, thread or ts, slack.workspace.users[name].id))

    def _channel(self, name: str) -> str:
        return self.here.slack.workspace.channels.get(name, name)

    def _number(self) -> int:
        number = len(self.at) + 1
        self.at[number] = self.now
        return number

    def _keep(self, put: Put) -> Put:
        self.puts.append(put)
        return put

    # -- what came of it -----------------------------------------------------------------------------------

    def judge(self) -> Verdict:
        """What became of every question, as it stands now."""
        asked = [(asked_of(each.text) or 0, each.key) for each in self.here.tenant.questions]
        tenant = verdict.Tenant(distinct_keys(asked), dict(self.analyst.told))
        return verdict.judge(
            [self._delivered(put) for put in self.puts], reading.posts(self.here.slack.workspace), tenant
        )

    async def rest(self, seconds: float, *, quiet: float = 1.0) -> Verdict:
        """The verdict as soon as nothing is to come any more, or after so many seconds.

        ``quiet``: nothing has changed for so long, so that what comes twice has had time to come.
        """
        end = self.now + seconds
        while self.now < end:
            calm = not await self.watch.news(quiet)
            if calm and (found := self.judge()).at_rest:
                return found
        return self.judge()

    def seconds(self, found: Verdict) -> list[float]:
        """For each answered question the seconds from asking to the newest edit of its messages."""
        changed = self.watch.changed
        return sorted(
            max(changed.get((post.channel, post.ts), 0.0) for post in case.posts) - self.at[case.put.number]
            for case in found.cases
            if case.outcome is Outcome.ANSWERED
        )

    def _delivered(self, put: Put) -> Put:
        heard = (
            put.number not in self.unheard if put.command else (put.channel, put.ts) in self.watch.delivered
        )
        return put if heard else _undelivered(put)


def _undelivered(put: Put) -> Put:
    return Put(put.number, put.channel, put.ts, put.thread, put.user, delivered=False, private=put.private)


@asynccontextmanager
async def stage(
    *, slack: SlackOptions, tenant: TenantOptions, clock: Clock | None = None
) -> AsyncIterator[Stage]:
    """The two servers on loopback, and nobody who answers yet."""
    analyst = Analyst(datetime.now(UTC).date())
    marked = MarkedAnalyst(analyst)
    workspace = SlackServer(options=slack, clock=clock)
    try:
        async with (
            world(workspace, TenantServer(options=tenant, analyst=marked)) as here,
            aiohttp.ClientSession() as session,
        ):
            yield Stage(here, marked, reading.Watch(workspace), session)
    finally:
        analyst.close()
