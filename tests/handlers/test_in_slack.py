"""The controls of an answer from press to effect: Bolt, Socket Mode, and a workspace as strict as Slack."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.core import tables
from bot.core.render import blocks, controls
from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.memory import Memory, TurnRecord
from bot.model import Answer, Exhibit, Footer, Native, Prose, ThreadKey, VisualizationType
from bot.results import Results
from bot.sandbox.slack.model import Change, Deleted, EphemeralShown, Posted, ViewShown
from bot.sandbox.slack.server import SlackServer
from bot.slack.files import Files
from bot.slack.poster import Poster
from bot.slack.views import Views
from handlers.deleting import Deleting
from handlers.desk import Desk, Ids
from handlers.exhibits import ExhibitControls, Tools
from handlers.feedback import Feedback
from tests.fakes import DictStore
from tests.handlers.conftest import result

_Change = TypeVar("_Change", bound=Change)

TYPES = (VisualizationType.COLUMN_CHART, VisualizationType.PIE_CHART, VisualizationType.TABLE)


@dataclass
class Town:
    """A workspace with an answer in it, and what became of presses on it."""

    server: SlackServer
    memory: Memory
    results: Results
    poster: Poster
    changes: asyncio.Queue[Change] = field(default_factory=asyncio.Queue)
    drawn: asyncio.Queue[VisualizationType] = field(default_factory=asyncio.Queue)
    ts: str = ""

    def __post_init__(self) -> None:
        self.workspace = self.server.workspace
        self.channel = self.workspace.channels["sales"]
        self.workspace.subscribe(self.changes.put_nowait)

    def user(self, name: str) -> str:
        """Somebody's id."""
        return self.workspace.users[name].id

    async def redraw(self, result: StoredResult, index: int, wanted: VisualizationType) -> None:
        """Notes what is to be drawn."""
        await self.results.keep(result.choose(index, wanted))
        await self.drawn.put(wanted)

    async def next(self, kind: type[_Change]) -> _Change:
        """The next change of a kind."""
        async with asyncio.timeout(20):
            while True:
                change = await self.changes.get()
                if isinstance(change, kind):
                    return change

    async def press(self, action_id: str, *, ts: str = "", who: str = "ada", **more: object) -> None:
        """Somebody presses something in the answer, or in another message."""
        action: dict[str, Any] = {"action_id": action_id, **more}
        await self.server.interactions.message_action(self.user(who), self.channel, ts or self.ts, action)

    async def answer(self) -> None:
        """Ada asked, and got an answer with everything that can be pressed."""
        client = AsyncWebClient(token=self.workspace.users["ada"].token, base_url=self.server.api_url)
        root = str((await client.chat_postMessage(channel=self.channel, text="Deals?"))["ts"])
        stored = result(60)
        thread = ThreadKey(self.workspace.team_id, self.channel, root)
        asked = replace(stored.question, thread=thread, user=self.user("ada"), ts=root)
        table = tables.build(stored.visualizations[0])
        exhibit = Exhibit("Deals", table, types=TYPES, type=TYPES[0], has_sql=True, kept=True)
        (draft,) = blocks.finished(
            Answer((Prose("See below."), stored.visualizations[0])),
            turn="t1",
            asker=asked.user,
            question=asked.text,
            ending=Ending.DONE,
            exhibits=[exhibit],
            footer=Footer(),
        )
        self.ts = await self.poster.post(self.channel, draft, thread_ts=root)
        await self.memory.keep_turn(TurnRecord("t1", asked, "key", (self.ts,), ended=True, message_id="m-1"))
        await self.results.keep(replace(stored, question=asked, messages=(self.ts,)))


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A workspace with the app connected, which knows of the answer by its store alone."""
    server = SlackServer()
    await server.start()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=server.workspace.bot_token, base_url=server.api_url, session=session)
        memory = Memory(DictStore())
        town = Town(server, memory, Results(memory, 30, clock=time.time), Poster(client))
        app = AsyncApp(client=client, signing_secret=server.workspace.signing_secret)
        handlers.register(app, _listeners(town, client))
        socket = AsyncSocketModeHandler(app, server.workspace.app_token)
        await socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
        await server.sockets.connected()
        await town.answer()
        yield town
        await socket.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
    await server.close()


def _listeners(town: Town, client: AsyncWebClient) -> handlers.Listeners:
    inflight: Any = None
    ids = Ids(turn=lambda: "t2", key=lambda: "k2")
    desk = Desk(inflight, town.memory, town.poster, ids, ())
    tools = Tools(
        results=town.results,
        memory=town.memory,
        poster=town.poster,
        files=Files(client),
        views=Views(client),
        redraws=town,
        native=_takes_tables,
    )
    others: dict[str, Any] = {each.name: _Nobody() for each in fields(handlers.Listeners)}
    return handlers.Listeners(
        **others
        | {
            "exhibits": ExhibitControls(desk, tools),
            "feedback": Feedback(desk, town.memory, Views(client), clock=time.time),
            "deleting": Deleting(desk, town.memory, town.results, town.poster, tools.files),
        }
    )


async def _takes_tables(team: str) -> Native:
    del team
    return Native(tables=True)


class _Nobody:
    """Listens to what is not under test."""

    def __getattr__(self, name: str) -> object:
        async def ignore() -> None:
            return

        return ignore


async def test_data_are_paged_in_one_place(town: Town) -> None:
    """The pages are shown to who pressed alone, in the thread, each in the place of the one before."""
    await town.press(controls.DATA_ACTION, who="grace")
    first = await town.next(EphemeralShown)
    assert first.user == town.user("grace")
    assert "Rows 1–25 of 60" in str(first.message.blocks)
    await town.press(f"{controls.PAGE_ACTION}:1", ts=first.message.ts, who="grace")
    second = await town.next(EphemeralShown)
    assert "Rows 26–50 of 60" in str(second.message.blocks)
    assert (second.message.ts, second.message.thread_ts) == (first.message.ts, first.message.thread_ts)


async def test_sql_opens_for_who_pressed(town: Town) -> None:
    """In a window that Slack takes."""
    await town.press(controls.SQL_ACTION, who="grace")
    shown = await town.next(ViewShown)
    assert (shown.change, shown.view.user) == ("opened", town.user("grace"))
    assert "select 1\nfrom t" in str(shown.view.content["blocks"]).replace("\\n", "\n")


async def test_an_export_lands_in_the_thread(town: Town) -> None:
    """As a file, beside a line that says whose it is."""
    await town.press(controls.CSV_ACTION, who="grace")
    shared = (await town.next(Posted)).message
    while not shared.file_ids:
        shared = (await town.next(Posted)).message
    assert f"<@{town.user('grace')}> exported *Deals*. 60 rows." in shared.text
    assert town.workspace.files[shared.file_ids[0]].name == "Deals.csv"


async def test_a_type_is_chosen(town: Town) -> None:
    """Anybody in the channel may."""
    chosen = {"value": "t1:0:PIE_CHART"}
    await town.press(controls.CHART_ACTION, who="grace", selected_option=chosen)
    async with asyncio.timeout(20):
        assert await town.drawn.get() is VisualizationType.PIE_CHART


async def test_feedback_has_its_reason(town: Town) -> None:
    """From the thumb over the window to what is noted; the answer itself stays as it is."""
    before = town.workspace.message(town.channel, town.ts)
    await town.press(controls.FEEDBACK_ACTION, who="grace", value="t1:down")
    view = (await town.next(ViewShown)).view
    values = {
        "reason": {"reason": {"selected_option": {"value": "numbers"}}},
        "words": {"words": "Off by one"},
    }
    assert await town.server.interactions.submit(town.user("grace"), view.id, values) == {}
    thanks = await town.next(EphemeralShown)
    assert "Thanks" in thanks.message.text
    (noted,) = await town.memory.feedback(town.workspace.team_id)
    assert (noted.user, noted.good, noted.reason, noted.text) == (
        town.user("grace"),
        False,
        "numbers",
        "Off by one",
    )
    assert noted.message_id == "m-1"
    assert town.workspace.message(town.channel, town.ts) == before


async def test_delete_is_for_the_asker(town: Town) -> None:
    """Somebody else is told; the asker's press takes the answer and its data away."""
    await town.press(controls.DELETE_ACTION, who="grace")
    assert "Only the person who asked" in (await town.next(EphemeralShown)).message.text
    await town.press(controls.DELETE_ACTION, who="ada")
    assert (await town.next(Deleted)).message.ts == town.ts
    assert await town.results.load("t1") is None
