from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.audit import Audit
from bot.core.pacing import Pacer
from bot.core.render import indigo_notices as words
from bot.errors import AccessDenied, Denial, IndigoUnreachable
from bot.indigo.export import Progress
from bot.model import ThreadKey
from bot.reporting import exports as module
from bot.reporting.exports import Exports, Means
from bot.slack.editor import Editor
from bot.slack.files import Files
from bot.slack.poster import Poster
from bot.tasks import Tasks, cancelled
from tests.fakes import Clock, DictStore
from tests.handlers.conftest import Slack
from tests.slack.conftest import Answer
from tests.slack.conftest import Clock as Time

PLACE = ThreadKey("T1", "C1", "")


class Office:
    """Exports in one process, whose writing a test holds.

    Attributes:
        go: the writing ends when this is set.
        error: then raised.
        folder: where it wrote.
    """

    def __init__(self, api: Slack, store: DictStore | None = None) -> None:
        self.api = api
        self.store = store or DictStore()
        self.tasks, self.time = Tasks(), Time()
        self.editor = Editor(api.client, Pacer(per_minute=600), clock=self.time, sleep=self.time.sleep)
        self.go, self.began = asyncio.Event(), asyncio.Event()
        self.error: Exception | None = None
        self.denied = False
        self.text = "chat,text\r\n"
        self.messages = 40
        self.skipped: tuple[str, ...] = ()
        self.folder = Path()
        self.since: datetime | None = None
        self.ticks = asyncio.Queue[float](1)
        self.exports = Exports(self.means())

    def means(self) -> Means:
        poster = Poster(self.api.client, clock=self.time, sleep=self.time.sleep)
        return Means(
            write=self.write,
            poster=poster,
            editor=self.editor,
            files=Files(self.api.client, clock=self.time, sleep=self.time.sleep),
            store=self.store,
            tasks=self.tasks,
            audit=Audit(self.store, 180, clock=Clock(), new_id=lambda: "a"),
            new_ref=lambda: "e1",
            clock=Clock(),
            sleep=self.ticks.put,
        )

    async def write(
        self, folder: Path, since: datetime | None, heard: Callable[[Progress], None]
    ) -> tuple[Path, ...]:
        self.folder, self.since = folder, since
        heard(Progress(3, 12, self.messages, self.skipped))
        self.began.set()
        await self.go.wait()
        if self.error is not None:
            raise self.error
        path = folder / "indigo.csv"
        path.write_text(self.text)
        return (path,)

    async def still(self) -> None:
        if self.denied:
            raise AccessDenied(Denial.INDIGO_PERSON)

    async def start(self, since: float | None = None) -> str:
        link = await self.exports.start("U1", PLACE, since, still=self.still)
        await self.began.wait()
        return link

    async def over(self) -> str:
        """What the message says at the end."""
        await self.tasks.drain(30)
        return str(self.api.of("chat.update")[-1]["text"])


@asynccontextmanager
async def office(api: Slack, store: DictStore | None = None) -> AsyncIterator[Office]:
    there = Office(api, store)
    edits = asyncio.create_task(there.editor.run())
    try:
        yield there
    finally:
        await there.tasks.drain(0)
        await cancelled([edits])


def expect_upload(api: Slack) -> None:
    api.expect(
        "files.getUploadURLExternal",
        Answer({"file_id": "F1", "upload_url": f"{api.client.base_url}../upload/F1"}),
    )


async def test_files_come_in_direct_messages_below_their_progress(api: Slack) -> None:
    """The link leads there, what was read is told, and nothing is left on the disk."""
    expect_upload(api)
    async with office(api) as there:
        assert (await there.start(0.0)).startswith("https://")
        await there.ticks.get()
        there.go.set()
        assert "40 messages of 3 chats" in await there.over()
    assert there.since == datetime(1970, 1, 1, tzinfo=UTC)
    assert api.uploads == [b"chat,text\r\n"]
    assert api.of("files.completeUploadExternal")[0]["channel_id"] == "D1"
    assert not there.folder.exists()
    assert there.store.tables["indigo_exports"] == {}
    (entry,) = there.store.tables["audit"].values()
    assert "'messages': 40" in str(entry)


async def test_progress_is_shown_by_edits(api: Slack) -> None:
    """With the numbers so far, and a button."""
    async with office(api) as there:
        await there.start()
        while not (edits := api.of("chat.update")):
            await there.ticks.get()
            await asyncio.sleep(0)
        assert "3 of 12 chats read" in str(edits[0]["text"])
        assert "indigo_stop" in str(edits[0]["blocks"])


async def test_who_began_it_stops_it(api: Slack) -> None:
    """Nobody else can; nothing is uploaded, and the button goes."""
    async with office(api) as there:
        await there.start()
        assert await there.exports.stop("e1", "U2") == words.NOT_YOURS
        assert await there.exports.stop("e1", "U1") is None
        assert await there.over() == words.EXPORT_STOPPED
        assert "indigo_stop" not in str(api.of("chat.update")[-1]["blocks"])
        assert await there.exports.stop("e1", "U1") == words.EXPORT_OVER
    assert api.uploads == []
    assert not there.folder.exists()


async def test_another_process_stops_it(api: Slack) -> None:
    """It is noted in the store, where the one that runs it looks with each tick."""
    async with office(api) as there:
        await there.start()
        await there.ticks.get()
        there.store.leases["indigo-export:e1"] = "another process"
        elsewhere = Office(api, there.store).exports
        assert await elsewhere.stop("e1", "U2") == words.NOT_YOURS
        assert await elsewhere.stop("e1", "U1") is None
        while not there.exports._running["e1"].stop.is_set():
            await there.ticks.get()
        assert await there.over() == words.EXPORT_STOPPED


async def test_an_export_whose_process_died_is_told_as_such(api: Slack) -> None:
    """Stop finds that nobody holds it; the message says how to begin again."""
    store = DictStore()
    await store.put("indigo_exports", "e1", {"user": "U1", "channel": "D1", "ts": "1.0"})
    async with office(api, store) as there:
        assert await there.exports.stop("e1", "U1") is None
        assert await there.over() == words.EXPORT_CUT_OFF


async def test_an_export_whose_process_died_is_told_without_anybody_asking(api: Slack) -> None:
    """The next process finds it soon; one that another process holds goes on."""
    store = DictStore()
    await store.put("indigo_exports", "e1", {"user": "U1", "channel": "D1", "ts": "1.0"})
    await store.put("indigo_exports", "e2", {"user": "U1", "channel": "D2", "ts": "2.0"})
    store.leases["indigo-export:e2"] = "another process"
    async with office(api, store) as there:
        running = asyncio.create_task(there.exports.run())
        await there.ticks.get()
        assert await there.over() == words.EXPORT_CUT_OFF
        assert [name for name, _ in await store.scan("indigo_exports")] == ["e2"]
        await cancelled([running])


async def test_a_restart_is_told(api: Slack) -> None:
    """The export ends with the app, and says so."""
    async with office(api) as there:
        await there.start()
        await there.tasks.drain(0)
        assert await there.over() == words.EXPORT_CUT_OFF


@pytest.mark.parametrize(
    ("error", "told"),
    [(IndigoUnreachable("no answer"), "can't reach Indigo"), (RuntimeError("a bug"), "on my side")],
)
async def test_what_goes_wrong_is_told_with_a_reference(api: Slack, error: Exception, told: str) -> None:
    """The message does not run for ever."""
    async with office(api) as there:
        await there.start()
        there.error = error
        there.go.set()
        said = await there.over()
    assert told in said
    assert "Ref `e1`" in said


async def test_chats_that_could_not_be_read_are_told(api: Slack) -> None:
    """Nothing is missing without a word."""
    expect_upload(api)
    async with office(api) as there:
        there.skipped = ("1", "2")
        await there.start()
        there.go.set()
        assert "2 of the chats could not be read" in await there.over()


async def test_who_lost_the_right_meanwhile_gets_no_files(api: Slack) -> None:
    """They are looked at again before anything is uploaded."""
    async with office(api) as there:
        await there.start()
        there.denied = True
        there.go.set()
        assert "/indigo allow" in await there.over()
    assert api.uploads == []


async def test_nothing_to_export_is_a_sentence(api: Slack) -> None:
    """No empty file is uploaded."""
    async with office(api) as there:
        there.messages = 0
        await there.start()
        there.go.set()
        assert "nothing to export" in await there.over()
    assert api.uploads == []


async def test_a_large_file_is_packed_and_a_huge_one_is_not_uploaded(
    api: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is uploaded is in memory as a whole, so there is a limit."""
    monkeypatch.setattr(module, "_MOST_PLAIN", 100)
    expect_upload(api)
    async with office(api) as there:
        there.text = "x" * 5_000
        await there.start()
        there.go.set()
        await there.over()
    assert gzip.decompress(api.uploads[0]).decode() == "x" * 5_000
    monkeypatch.setattr(module, "_MOST_PACKED", 10)
    async with office(api) as there:
        there.text = "x" * 5_000
        await there.start()
        there.go.set()
        assert await there.over() == words.EXPORT_TOO_LARGE
