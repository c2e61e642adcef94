"""Reports: what is kept of a period, with charts; shown to who asks, or posted in a channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from bot.audit import Audit, What
from bot.charts.pool import ChartPool
from bot.core.indigo import charts
from bot.core.indigo.figures import Report, ending_yesterday
from bot.core.indigo.schedules import Kind, Schedule
from bot.core.render import indigo as drawn
from bot.errors import BotError
from bot.model import ChartImage, ChartSpec, Draft, Mark, ThreadKey
from bot.reporting.kept import Kept
from bot.reporting.rights import Rights
from bot.slack.files import Files
from bot.slack.poster import Poster

_log = logging.getLogger("bot.reporting")

#: Seconds for a chart from drawing to Slack being able to show it.
_CHART_SECONDS = 45.0


class NotCountedYet(BotError):
    """The first harvest is not over, so that numbers would be too low.

    Attributes:
        chats: how many were counted until now.
    """

    def __init__(self, chats: int) -> None:
        super().__init__(chats)
        self.chats = chats

    def __str__(self) -> str:
        return f"{self.chats} chats were counted until now"


@dataclass(frozen=True, slots=True)
class Made:
    """A report that Slack can show.

    Attributes:
        failed: a chart is missing.
        at: when the bot last looked at all chats.
    """

    report: Report
    images: tuple[ChartImage, ...]
    zone: str
    at: float
    failed: bool = False

    def draft(self, *, post: str = "") -> Draft:
        """As a message; ``post`` is the value of the button that posts it in the channel."""
        return drawn.report(
            self.report, self.images, zone=self.zone, at=self.at, failed=self.failed, post=post
        )


@dataclass(frozen=True, slots=True)
class Means:
    """What reports are made and posted with.

    Attributes:
        team: Slack's id of the workspace.
        clock: seconds since 1970.
    """

    kept: Kept
    pool: ChartPool
    files: Files
    poster: Poster
    rights: Rights
    audit: Audit
    team: str
    clock: Callable[[], float]


class Reports:
    """Makes and posts reports."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def make(self, kind: Kind, zone: str, *, at: float | None = None) -> Made:
        """The full days before a moment (default: now), in a time zone.

        Raises:
            NotCountedYet: the first harvest is not over.
            StoreFailed: the numbers cannot be read.
        """
        kept = self._means.kept
        state = await kept.state()
        if state.at is None:
            raise NotCountedYet(len(await kept.chats()))
        there, name = zone_of(zone)
        moment = datetime.fromtimestamp(self._means.clock() if at is None else at, UTC)
        period = ending_yesterday(kind.days, moment, there)
        tally = await kept.for_report(period)
        report = await asyncio.to_thread(tally.report, period, known_since=state.since)
        made = Made(report, (), name, state.at)
        return await self._with_charts(made)

    async def post(self, channel: str, made: Made, *, user: str, mark: Mark | None = None) -> None:
        """Posts it, if reports may stand there; raises AccessDenied and SlackError."""
        await self._means.rights.admit_report(channel)
        await self._means.poster.send(channel, made.draft(), mark=mark)
        place = ThreadKey(self._means.team, channel, "")
        await self._means.audit.note(What.SHARED, place=place, user=user, details={"indigo": "report"})

    async def post_due(self, schedule: Schedule, name: str, due: float) -> None:
        """Posts what is due, unless it stands there; raises BotError."""
        await self._means.rights.admit_report(schedule.channel)
        mark = Mark(f"indigo:{name}", "notice")
        if await self._means.poster.find(schedule.channel, None, mark, oldest=f"{due:.6f}"):
            return
        made = await self.make(schedule.kind, schedule.zone, at=due)
        await self.post(schedule.channel, made, user=schedule.by, mark=mark)

    async def _with_charts(self, made: Made) -> Made:
        specs = charts.of(made.report.now, made.zone)
        images = await asyncio.gather(*map(self._image, specs))
        there = tuple(image for image in images if image is not None)
        return replace(made, images=there, failed=len(there) < len(specs))

    async def _image(self, spec: ChartSpec) -> ChartImage | None:
        """A picture that Slack can show; a report goes out without one that fails."""
        try:
            async with asyncio.timeout(_CHART_SECONDS):
                image = await self._means.pool.render(spec)
                file = await self._means.files.upload(
                    f"{spec.title}.png", image, title=spec.title, alt_text=spec.alt_text
                )
                await self._means.files.visible(file)
        except (BotError, TimeoutError) as error:
            _log.warning("A report goes out without a chart: %s: %s", type(error).__name__, error)
            return None
        return ChartImage(file, spec.alt_text)


def zone_of(name: str) -> tuple[tzinfo, str]:
    """The time zone of a name, and what to call it; UTC where it is not known on this machine."""
    try:
        return ZoneInfo(name), name
    except (KeyError, OSError, ValueError):  # no such zone, or no zones at all
        return UTC, "UTC"
