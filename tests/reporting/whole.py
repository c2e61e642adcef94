"""All of ``/indigo`` over a small Web API, a workspace in a dictionary, and a store in another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from bot.audit import Audit, Entry, entries
from bot.charts.pool import ChartPool
from bot.core.audience import Rules
from bot.core.indigo.figures import Tally
from bot.core.indigo.model import Member
from bot.core.pacing import Pacer
from bot.indigo.export import Progress
from bot.model import ChartSpec, Person
from bot.reporting.chats import Chats
from bot.reporting.desk import Asked, IndigoDesk, Tools
from bot.reporting.exports import Exports
from bot.reporting.exports import Means as ExportMeans
from bot.reporting.kept import Kept, State
from bot.reporting.members import Looks
from bot.reporting.reports import Means as ReportMeans
from bot.reporting.reports import Reports
from bot.reporting.rights import Means as RightsMeans
from bot.reporting.rights import Named, Rights, Use
from bot.reporting.schedule import Schedules
from bot.reporting.transcripts import Transcripts
from bot.slack.editor import Editor
from bot.slack.files import Files
from bot.slack.people import Home, People
from bot.slack.places import Places
from bot.slack.poster import Poster
from bot.tasks import Tasks
from tests.fakes import Clock, DictStore
from tests.handlers.conftest import Slack
from tests.reporting.upstream import NOW, Workspace, message
from tests.slack.conftest import Answer
from tests.slack.conftest import Clock as Time

SOURCE = "39:PRODUCTION"
ASKED = Asked("UADMIN", "T1", "C1")


class Pool(ChartPool):
    """Draws at once."""

    async def render(self, spec: ChartSpec) -> bytes:
        return spec.title.encode()


class LookingAgain(Rights):
    """Rights that an admin may take back between two looks.

    Attributes:
        between: called after each look that let somebody in.
    """

    between: Callable[[], Awaitable[None]] | None = None

    async def admit(self, user: str, channel: str, use: Use = Use.LOOK) -> Person:
        person = await super().admit(user, channel, use)
        if self.between is not None:
            await self.between()
        return person


class Whole:
    """U1 was let in, UADMIN is an admin, U2 nobody; C1 takes reports, C9 is shared."""

    def __init__(self, api: Slack) -> None:
        api.people |= {"UADMIN": {"is_admin": True, "tz": "Europe/Rome"}, "UGUEST": {"is_restricted": True}}
        api.channels["C9"] = {"is_ext_shared": True}
        self.api, self.store, self.clock, time = api, DictStore(), Clock(NOW.timestamp()), Time()
        self.indigo, self.tasks, home = Workspace(), Tasks(), Home("T1")
        self.indigo.members = [Member("1", "anna@example.com", "Owner")]
        self.kept, numbers = Kept(self.store, SOURCE, 400), count()
        self.audit = Audit(self.store, 180, clock=self.clock, new_id=lambda: f"a{next(numbers)}")
        self.files = Files(api.client, clock=time, sleep=time.sleep)
        self.poster = Poster(api.client, clock=time, sleep=time.sleep)
        self.editor = Editor(api.client, Pacer(), clock=time, sleep=time.sleep)
        self.rights = LookingAgain(
            RightsMeans(
                people=People(api.client, home),
                places=Places(api.client, home),
                store=self.store,
                rules=Rules(),
                named=Named(frozenset({"U1"}), frozenset({"C1"})),
                team="T1",
                clock=self.clock,
            )
        )
        self.schedules = Schedules(self.store, SOURCE)
        self.since: datetime | None = None
        self.desk = IndigoDesk(self._tools())

    def _tools(self) -> Tools:
        reports = ReportMeans(
            self.kept, Pool(), self.files, self.poster, self.rights, self.audit, team="T1", clock=self.clock
        )
        return Tools(
            rights=self.rights,
            chats=Chats(self.indigo, self.kept, self.store, lambda: "v1"),
            transcripts=Transcripts(self.indigo, self.poster, self.files),
            exports=self._exports(),
            looks=Looks(self.indigo, self.store, SOURCE, self.clock),
            reports=Reports(reports),
            schedules=self.schedules,
            audit=self.audit,
            clock=self.clock,
        )

    def _exports(self) -> Exports:
        return Exports(
            ExportMeans(
                write=self._write,
                poster=self.poster,
                editor=self.editor,
                files=self.files,
                store=self.store,
                tasks=self.tasks,
                audit=self.audit,
                new_ref=lambda: "e1",
                clock=self.clock,
            )
        )

    async def _write(
        self, folder: Path, since: datetime | None, heard: Callable[[Progress], None]
    ) -> tuple[Path, ...]:
        del folder
        self.since = since
        heard(Progress(0, 0, 0))
        return ()

    def fill(self, chats: int = 15) -> None:
        """One chat a day."""
        for days in range(chats):
            said = [message(days, NOW - timedelta(days=days), chat=str(days), text=f"word {days}")]
            self.indigo.chats[str(days)] = said

    async def harvest(self) -> None:
        """What is there was counted."""
        tally = Tally()
        for chat, said in self.indigo.chats.items():
            tally.add(chat, said)
        await self.kept.add(tally, NOW.timestamp())
        await self.kept.keep_state(State((NOW - timedelta(days=40)).date(), NOW.timestamp()))

    def files_are_taken(self, most: int = 8) -> None:
        """Slack takes uploads, and shows them at once."""
        upload = Answer({"file_id": "F1", "upload_url": f"{self.api.client.base_url}../upload/F1"})
        self.api.expect("files.getUploadURLExternal", *[upload] * most)
        self.api.expect("files.info", *[Answer({"file": {"mimetype": "image/png"}})] * most)

    async def trail(self) -> list[Entry]:
        """The audit trail."""
        return [each async for each in entries(self.store, None, None)]
