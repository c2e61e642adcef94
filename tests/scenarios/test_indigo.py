"""``/indigo`` in a real app, against a local Slack and a local Indigo platform."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import app
from bot.core.indigo.schedules import Kind, Schedule
from bot.core.render.indigo import CHATS_ACTION, POST_ACTION, STOP_ACTION
from bot.reporting.schedule import Schedules
from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.server import IndigoServer
from bot.sandbox.slack.model import Message
from bot.store.sqlite import SqliteStore
from tests.scenarios.town import Change, Town, buttons, everything, of_type, town

CHATS = 60


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    """A bot that knows a small Indigo platform; grace was let in by the settings, ada is an admin."""
    indigo = IndigoServer(options=IndigoOptions(chats=CHATS))
    async with town(tmp_path, indigo=indigo) as built:
        yield built


def with_indigo(here: Town) -> Change:
    """Grace may use it, too."""
    people = (here.workspace.users["grace"].id,)

    def change(same: app.Configuration) -> app.Configuration:
        assert same.indigo is not None
        return replace(same, indigo=same.indigo.model_copy(update={"people": people}))

    return change


@asynccontextmanager
async def counting(here: Town) -> AsyncIterator[None]:
    """A bot whose first harvest is over."""
    with here.logged("bot.reporting", "had something new to count") as counted:
        async with here.bot(change=with_indigo(here)):
            await counted
            yield


def shared(here: Town, root: Message) -> dict[str, bytes]:
    """The files of a thread, by their names."""
    ids = [each for message in here.from_bot(root.channel, root.ts) for each in message.file_ids]
    return {here.workspace.files[each].name: here.workspace.files[each].data for each in ids}


async def test_chats_are_shown_and_their_pages_turned(here: Town) -> None:
    """To who typed alone; Older and Newer replace the list in its place."""
    sales, grace = here.workspace.channels["sales"], here.person("grace")
    async with here.bot(change=with_indigo(here)):
        await grace.command(sales, "/indigo chats")
        first = await here.whispered("grace", containing="Newest chats")
        assert "messages" in everything(first)
        await grace.press(first, f"{CHATS_ACTION}:1")
        second = await here.whispered("grace", containing="Page 2")
        assert second.ts == first.ts
        await grace.press(second, f"{CHATS_ACTION}:0")
        again = await here.whispered("grace", containing="Page 1")
        assert everything(again) == everything(first)
    assert list(here.workspace.history(sales)) == []


async def test_a_transcript_is_a_dialogue(here: Town) -> None:
    """Of a chat of the list; nothing in it is live."""
    sales, grace = here.workspace.channels["sales"], here.person("grace")
    async with here.bot(change=with_indigo(here)):
        await grace.command(sales, "/indigo chats")
        shown = await here.whispered("grace", containing="Newest chats")
        chat = everything(shown).split("`")[1]
        await grace.command(sales, f"/indigo transcript {chat}")
        dialogue = everything(await here.whispered("grace", containing="*User*"))
        assert chat in dialogue
        assert "*Assistant*" in dialogue
        assert "slate-p" not in dialogue
        await grace.command(sales, "/indigo transcript 1")
        await here.whispered("grace", containing="no messages of a chat")


async def test_members_are_shown_by_role(here: Town) -> None:
    """And nothing has changed at the second look."""
    sales, grace = here.workspace.channels["sales"], here.person("grace")
    async with here.bot(change=with_indigo(here)):
        await grace.command(sales, "/indigo users")
        assert "Owner" in everything(await here.whispered("grace", containing="first look"))
        await grace.command(sales, "/indigo users")
        await here.whispered("grace", containing="Nothing has changed")


async def test_an_export_comes_in_direct_messages(here: Town) -> None:
    """A table and JSON lines with the same messages, in the thread of their progress; nowhere else."""
    sales, grace = here.workspace.channels["sales"], here.person("grace")
    async with here.bot(change=with_indigo(here)):
        await grace.command(sales, "/indigo export 10d")
        await here.whispered("grace", containing="our direct messages")

        def over() -> Message | None:
            there = here.private("grace")
            return there[1] if there and "as CSV and as JSONL" in everything(there[1]) else None

        root = await here.until(over)
        await here.until(lambda: len(shared(here, root)) > 1)
    assert not list(buttons(root))
    files = shared(here, root)
    rows = list(csv.DictReader(files["indigo.csv"].decode("utf-8-sig").splitlines()))
    lines = [json.loads(line) for line in files["indigo.jsonl"].decode().splitlines()]
    assert {row["id"] for row in rows} == {line["id"] for line in lines}
    assert lines
    assert list(here.workspace.history(sales)) == []


async def test_an_export_is_stopped_by_its_button(here: Town) -> None:
    """Nothing is uploaded then."""
    sales, grace, indigo = here.workspace.channels["sales"], here.person("grace"), here.here.indigo
    assert indigo is not None
    async with counting(here):
        indigo.faults.switch(Fault.HANG, times=None)
        await grace.command(sales, "/indigo export")

        def begun() -> Message | None:
            there = here.private("grace")
            return there[1] if there and list(buttons(there[1])) else None

        await grace.press(await here.until(begun), STOP_ACTION)

        def stopped() -> Message | None:
            there = here.private("grace")
            return there[1] if there and "You stopped this export" in everything(there[1]) else None

        root = await here.until(stopped)
        indigo.faults.clear()
    assert shared(here, root) == {}


async def test_a_report_is_posted_in_its_channel(here: Town) -> None:
    """Seen by who asked first, with charts; then by everybody, without the button or anything personal."""
    sales, grace = here.workspace.channels["sales"], here.person("grace")
    async with counting(here):
        await grace.command(sales, "/indigo report weekly")
        report = await here.whispered("grace", containing="per chat")
        assert len(of_type(report, "image")) >= 2
        await grace.press(report, POST_ACTION)
        posted = await here.until(lambda: next(iter(here.workspace.history(sales)), None))
        assert "chats*" in everything(posted)
        assert not list(buttons(posted))
        assert len(of_type(posted, "image")) >= 2


async def test_a_scheduled_report_is_posted_once_whatever_restarts(here: Town) -> None:
    """Due while the app was down; then the app dies after posting, before it has noted that."""
    sales, store = here.workspace.channels["sales"], here.folder / "store.sqlite"
    async with counting(here):
        pass
    due = datetime.now(UTC) - timedelta(hours=2)
    by = here.workspace.users["ada"].id
    weekly = Schedule(sales, Kind.WEEKLY, due.weekday(), due.hour, "UTC", by, since=0.0)
    down = await SqliteStore.open(store)
    await Schedules(down, "39:PRODUCTION").keep(weekly)
    await down.close()
    await posted(here)
    down = await SqliteStore.open(store)
    for key, _ in await down.scan("indigo_posted"):
        await down.delete("indigo_posted", key)
    await down.close()
    await posted(here)
    (report,) = here.workspace.history(sales)
    assert "messages per chat" in everything(report)


async def posted(here: Town) -> None:
    """A bot runs until it has seen to the report that is due."""
    with here.logged("bot.reporting", "stands in its channel") as there:
        async with here.bot(change=with_indigo(here)):
            await there


async def test_an_admin_lets_somebody_in(here: Town) -> None:
    """At once; nobody else can, and guests and others are refused."""
    sales, partners = here.workspace.channels["sales"], here.workspace.channels["partners"]
    async with here.bot(change=with_indigo(here)):
        await here.person("linus").command(sales, "/indigo chats")
        await here.whispered("linus", containing="an admin has let in")
        await here.person("grace").command(sales, "/indigo allow @linus")
        await here.whispered("grace", containing="Only an admin")
        await here.person("ada").command(sales, "/indigo allow @linus")
        await here.whispered("ada", containing="can use `/indigo` now")
        await here.person("linus").command(sales, "/indigo chats")
        await here.whispered("linus", containing="Newest chats")
        await here.person("gertrude").command(sales, "/indigo chats")
        await here.whispered("gertrude", containing="Guests can't use")
        await here.person("ada").command(partners, "/indigo chats")
        await here.whispered("ada", containing="people of other organisations")


async def test_a_platform_that_is_down_is_a_sentence(here: Town) -> None:
    """With a reference, and the next command works."""
    sales, grace, indigo = here.workspace.channels["sales"], here.person("grace"), here.here.indigo
    assert indigo is not None
    async with counting(here):
        indigo.faults.switch(Fault.UNAUTHORIZED, times=None)
        await grace.command(sales, "/indigo users")
        refused = await here.whispered("grace", containing="does not accept this app's token")
        assert "Ref `" in everything(refused)
        indigo.faults.clear()
        await grace.command(sales, "/indigo users")
        await here.whispered("grace", containing="first look")


async def test_without_a_token_the_admin_is_told_how(here: Town) -> None:
    """And nothing asks Indigo."""
    sales = here.workspace.channels["sales"]
    async with here.bot(change=lambda same: replace(same, indigo=None)):
        await here.person("ada").command(sales, "/indigo")
        await here.whispered("ada", containing="`INDIGO_TOKEN`")
    assert here.here.indigo is not None
    assert here.here.indigo.requests.count == 0
