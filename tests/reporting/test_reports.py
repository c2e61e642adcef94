from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.audit import Audit
from bot.charts.pool import ChartPool
from bot.core.audience import Rules
from bot.core.indigo.figures import Tally
from bot.core.indigo.schedules import Kind, Schedule
from bot.errors import AccessDenied, ChartFailed
from bot.model import ChartSpec
from bot.reporting.kept import Kept, State
from bot.reporting.reports import Means, NotCountedYet, Reports, zone_of
from bot.reporting.rights import Means as RightsMeans
from bot.reporting.rights import Named, Rights
from bot.slack.files import Files
from bot.slack.people import Home, People
from bot.slack.places import Places
from bot.slack.poster import Poster
from tests.fakes import Clock, DictStore
from tests.handlers.conftest import Slack
from tests.reporting.upstream import DAY, NOW, message
from tests.slack.conftest import Answer
from tests.slack.conftest import Clock as Time

AT = NOW.timestamp()
WEEKLY = Schedule("C1", Kind.WEEKLY, 5, 15, "Europe/Rome", "U1", since=0.0)
NAME = "C1:weekly:2026-11-28T15:00"


class Pool(ChartPool):
    """Draws nothing, or fails."""

    failing = False

    async def render(self, spec: ChartSpec) -> bytes:
        if self.failing:
            raise ChartFailed(spec.title)
        return b"PNG"


class Desk:
    """Reports over figures of a fortnight, one chat a day."""

    def __init__(self, api: Slack) -> None:
        self.api, self.store, self.pool, self.time = api, DictStore(), Pool(), Time()
        self.kept = Kept(self.store, "39:PRODUCTION", 400)
        home = Home("T1")
        named = Named(channels=frozenset({"C1"}))
        places = Places(api.client, home)
        self.reports = Reports(
            Means(
                kept=self.kept,
                pool=self.pool,
                files=Files(api.client, clock=self.time, sleep=self.time.sleep),
                poster=Poster(api.client, clock=self.time, sleep=self.time.sleep),
                rights=Rights(
                    RightsMeans(People(api.client, home), places, self.store, Rules(), named, "T1", Clock(AT))
                ),
                audit=Audit(self.store, 180, clock=Clock(AT), new_id=lambda: "a"),
                team="T1",
                clock=Clock(AT),
            )
        )

    async def fill(self) -> None:
        tally = Tally()
        for days in range(1, 16):
            tally.add(str(days), [message(days, NOW - timedelta(days=days))])
        await self.kept.add(tally, AT)
        await self.kept.keep_state(State((NOW - timedelta(days=40)).date(), AT - 60))


@pytest.fixture
async def desk(api: Slack) -> Desk:
    """Files are visible at once."""
    upload = Answer({"file_id": "F1", "upload_url": f"{api.client.base_url}../upload/F1"})
    api.expect("files.getUploadURLExternal", *[upload] * 8)
    api.expect("auth.test", Answer({"bot_id": "BBOT", "user_id": "UBOT"}))
    api.expect("files.info", *[Answer({"file": {"mimetype": "image/png"}})] * 8)
    made = Desk(api)
    await made.fill()
    return made


async def test_a_report_has_its_figures_and_charts(desk: Desk) -> None:
    """Of the last full days in the asker's zone, against those before."""
    made = await desk.reports.make(Kind.WEEKLY, "Europe/Rome")
    assert (made.report.now.chats, made.zone, made.at) == (7, "Europe/Rome", AT - 60)
    assert made.report.before is not None
    assert made.report.now.period.zone == ZoneInfo("Europe/Rome")
    assert [image.file_id for image in made.images] == ["F1", "F1"]
    assert not made.failed
    assert "image" in str(made.draft().blocks)


async def test_before_the_first_harvest_is_over_there_are_no_numbers(api: Slack) -> None:
    """They would be too low."""
    with pytest.raises(NotCountedYet, match="0 chats"):
        await Desk(api).reports.make(Kind.WEEKLY, "UTC")


async def test_a_chart_that_fails_costs_the_chart(desk: Desk) -> None:
    """The numbers go out, and it is said."""
    desk.pool.failing = True
    made = await desk.reports.make(Kind.MONTHLY, "UTC")
    assert made.failed
    assert (made.images, made.report.now.chats) == ((), 15)


async def test_what_is_due_is_posted_with_its_mark(desk: Desk) -> None:
    """As of the moment at which it was due, so that a late one tells the same days."""
    await desk.reports.post_due(WEEKLY, NAME, AT - DAY)
    (posted,) = desk.api.of("chat.postMessage")
    assert posted["channel"] == "C1"
    assert f"indigo:{NAME}" in str(posted["metadata"])
    assert "20 Nov 2026 to 26 Nov 2026" in str(posted["text"])
    assert "What.SHARED" in str(desk.store.tables["audit"])


async def test_what_stands_there_is_not_posted_again(desk: Desk) -> None:
    """A process that died after posting left its mark."""
    await desk.reports.post_due(WEEKLY, NAME, AT)
    first = desk.api.of("chat.postMessage")[0]
    standing = {"ts": f"{AT + 1:.6f}", "user": "UBOT", "metadata": first["metadata"]}
    desk.api.expect("conversations.history", Answer({"messages": [standing]}))
    await desk.reports.post_due(WEEKLY, NAME, AT)
    assert len(desk.api.of("chat.postMessage")) == 1


async def test_nothing_is_posted_where_reports_may_not_stand(desk: Desk) -> None:
    """The channel is shared now, or was never allowed."""
    desk.api.channels["C1"] = {"is_ext_shared": True}
    with pytest.raises(AccessDenied):
        await desk.reports.post_due(WEEKLY, NAME, AT)
    made = await desk.reports.make(Kind.WEEKLY, "UTC")
    with pytest.raises(AccessDenied):
        await desk.reports.post("C2", made, user="U1")
    assert desk.api.of("chat.postMessage") == []


@pytest.mark.parametrize("name", ["", "Nowhere/Else", "../etc/passwd", "\0"])
def test_a_zone_that_is_not_known_is_utc(name: str) -> None:
    """And is called so."""
    assert zone_of(name) == (UTC, "UTC")
    assert zone_of("Europe/Rome")[1] == "Europe/Rome"
