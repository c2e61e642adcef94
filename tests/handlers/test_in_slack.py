"""The controls of an answer from press to effect: Bolt, Socket Mode, and a workspace as strict as Slack."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, fields, replace
from itertools import count
from typing import Any, TypeVar

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.audit import Audit
from bot.copies import Copies
from bot.core import tables
from bot.core.audience import Rules
from bot.core.identity import as_person
from bot.core.limits import Limiter, Limits
from bot.core.record import Stage, TurnRecord
from bot.core.render import blocks, controls
from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.core.turn import Turn
from bot.domains import Domains
from bot.gate import Gate
from bot.inflight import Inflight, Running
from bot.inquiry import Inquirer
from bot.journal import Journal
from bot.memory import Memory
from bot.model import (
    Answer,
    ChannelPolicy,
    Domain,
    Exhibit,
    Footer,
    Identity,
    Native,
    Person,
    Prose,
    ThreadKey,
    VisualizationType,
)
from bot.policies import Policies
from bot.private import PrivateThreads
from bot.redrawing import Place
from bot.results import Results
from bot.sandbox.slack.model import Change, Deleted, EphemeralRemoved, EphemeralShown, Posted, View, ViewShown
from bot.sandbox.slack.server import SlackServer
from bot.slack.files import Files
from bot.slack.people import Home, People
from bot.slack.places import Places
from bot.slack.poster import Poster
from bot.slack.views import Views
from bot.tasks import Tasks
from handlers import inbound
from handlers.actions import Actions
from handlers.channels import Channels
from handlers.commands import Commands
from handlers.commands import Tools as CommandTools
from handlers.deleting import Deleting
from handlers.desk import Desk
from handlers.desk import Tools as DeskTools
from handlers.exhibits import ExhibitControls, Tools
from handlers.feedback import Feedback
from handlers.readers import Readers
from handlers.settings import ChannelSettings
from handlers.settings import Tools as SettingsTools
from tests.fakes import Catalogue, DictStore
from tests.handlers.conftest import Tenant, counting, result

_Change = TypeVar("_Change", bound=Change)

TYPES = (VisualizationType.COLUMN_CHART, VisualizationType.PIE_CHART, VisualizationType.TABLE)
SALES, WEATHER = Domain("d-sales", "Sales pipeline"), Domain("d-weather", "Weather")


@dataclass
class Town:
    """A workspace with an answer in it, and what became of presses on it.

    Attributes:
        drawn: what was drawn anew where everybody sees it.
        alone: what was drawn for one reader, by user id.
        taken: questions that were begun.
        moved: a channel's new id was taken over.
        ts: of the answer.
    """

    server: SlackServer
    client: AsyncWebClient
    changes: asyncio.Queue[Change] = field(default_factory=asyncio.Queue)
    drawn: asyncio.Queue[VisualizationType] = field(default_factory=asyncio.Queue)
    alone: asyncio.Queue[tuple[str, VisualizationType]] = field(default_factory=asyncio.Queue)
    taken: asyncio.Queue[TurnRecord] = field(default_factory=asyncio.Queue)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    ts: str = ""

    def __post_init__(self) -> None:
        self.workspace = self.server.workspace
        self.channel = self.workspace.channels["sales"]
        self.workspace.subscribe(self.changes.put_nowait)
        store, client, home = DictStore(), self.client, Home(self.workspace.team_id)
        self.memory, self.policies, self.poster = Memory(store), Policies(store), Poster(client)
        self.results = Results(self.memory, 30, clock=time.time)
        self.audit = Audit(store, 30, clock=time.time, new_id=map(str, count()).__next__)
        self.tenant = Tenant()
        people, places = People(client, home), Places(client, home)
        self.gate = Gate(people, places, self.policies, Rules(), as_person)
        names = counting()
        self.journal = Journal(store, self.memory, name_of=lambda source, salt: f"new-{names(source, salt)}")
        self.inflight = Inflight(self._run, self.journal)

    async def _run(self, running: Running) -> None:
        await self.taken.put(running.record)

    def user(self, name: str) -> str:
        """Somebody's id."""
        return self.workspace.users[name].id

    def identity(self, name: str) -> Identity:
        """As whom somebody asks."""
        return as_person(Person(self.user(name), self.workspace.users[name].email))

    async def redraw(
        self, result: StoredResult, index: int, wanted: VisualizationType, *, exports: bool
    ) -> None:
        """Notes what is to be drawn."""
        assert exports
        await self.results.keep(result.choose(index, wanted))
        await self.drawn.put(wanted)

    async def draw_alone(self, copy: StoredResult, place: Place, wanted: VisualizationType) -> None:
        """Notes for whom something is to be drawn."""
        assert copy.identity != self.identity("ada").name
        await self.alone.put((place.user, wanted))

    async def next(self, kind: type[_Change]) -> _Change:
        """The next change of a kind."""
        async with asyncio.timeout(20):
            while True:
                change = await self.changes.get()
                if isinstance(change, kind):
                    return change

    async def whisper(self, name: str, *, containing: str) -> str:
        """What somebody alone reads next that holds these words; nobody else does."""
        while True:
            shown = await self.next(EphemeralShown)
            said = f"{shown.message.text} {shown.message.blocks}"
            if containing in said:
                assert shown.user == self.user(name)
                return said

    async def window(self, name: str) -> View:
        """The next window that opens for somebody."""
        while (shown := await self.next(ViewShown)).change != "opened":
            continue
        assert shown.view.user == self.user(name)
        return shown.view

    async def press(self, action_id: str, *, ts: str = "", who: str = "ada", **more: object) -> None:
        """Somebody presses something in the answer, or in another message."""
        action: dict[str, Any] = {"action_id": action_id, **more}
        await self.server.interactions.message_action(self.user(who), self.channel, ts or self.ts, action)

    async def type(self, text: str, *, who: str = "ada") -> None:
        """Somebody types a command."""
        await self.server.interactions.command(self.user(who), self.channel, f"/wisdom {text}")

    async def answer(self) -> None:
        """Ada asked, and got an answer with everything that can be pressed."""
        client = AsyncWebClient(token=self.workspace.users["ada"].token, base_url=self.server.api_url)
        root = str((await client.chat_postMessage(channel=self.channel, text="Deals?"))["ts"])
        stored = result(60, identity=self.identity("ada").name)
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
        await self.memory.keep_turn(
            TurnRecord("t1", asked, "key", (self.ts,), stage=Stage.ENDED, message_id="m-1")
        )
        await self.results.keep(replace(stored, question=asked, messages=(self.ts,)))


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A workspace with the app connected, which knows of the answer by its store alone."""
    server = SlackServer()
    await server.start()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=server.workspace.bot_token, base_url=server.api_url, session=session)
        town = Town(server, client)
        secret = server.workspace.signing_secret
        app = AsyncApp(client=client, signing_secret=secret, process_before_response=True)
        tasks = Tasks()
        handlers.register(app, _listeners(town), town.memory, tasks)
        socket = AsyncSocketModeHandler(app, server.workspace.app_token)
        await socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
        await server.sockets.connected()
        await town.answer()
        yield town
        await tasks.drain(20)
        await socket.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
    await server.close()


def _desk(town: Town) -> Desk:
    return Desk(
        DeskTools(
            inflight=town.inflight,
            journal=town.journal,
            memory=town.memory,
            poster=town.poster,
            gate=town.gate,
            private=PrivateThreads(town.poster, town.memory),
            limiter=Limiter(Limits()),
            audit=town.audit,
            examples=(),
            service=False,
            new_key=lambda: "k2",
            new_ref=lambda: "ref-0",
            clock=time.monotonic,
            wall=time.time,
        )
    )


def _listeners(town: Town) -> handlers.Listeners:
    desk, views, files = _desk(town), Views(town.client), Files(town.client)
    copies = Copies(Inquirer(town.tenant, town.memory, Turn), town.results, new_key=lambda: "k3")
    tools = Tools(
        readers=Readers(desk, town.results, copies, town.tenant.rights),
        results=town.results,
        memory=town.memory,
        poster=town.poster,
        files=files,
        views=views,
        redraws=town,
        native=_takes_tables,
    )
    settings = _settings(town, desk, views)
    others: dict[str, Any] = {each.name: _Nobody() for each in fields(handlers.Listeners)}
    return handlers.Listeners(
        **others
        | {
            "commands": _commands(town, desk, settings),
            "actions": Actions(desk, town.inflight, town.memory, town.results),
            "exhibits": ExhibitControls(desk, tools),
            "feedback": Feedback(desk, town.memory, views, clock=time.time),
            "deleting": Deleting(desk, town.memory, town.results, town.poster, files),
            "settings": settings,
            "channels": _Watched(town),
        }
    )


def _settings(town: Town, desk: Desk, views: Views) -> ChannelSettings:
    tools = SettingsTools(
        gate=town.gate,
        policies=town.policies,
        domains=_domains(town),
        rules=Rules(),
        opener=views,
        audit=town.audit,
        new_ref=lambda: "ref-1",
    )
    return ChannelSettings(desk, tools)


def _commands(town: Town, desk: Desk, settings: ChannelSettings) -> Commands:
    tools = CommandTools(
        gate=town.gate,
        domains=_domains(town),
        policies=town.policies,
        settings=settings,
        audit=town.audit,
        new_ref=lambda: "ref-2",
    )
    return Commands(desk, tools)


def _domains(town: Town) -> Domains:
    return Domains(Catalogue(_listing), town.memory, default="", clock=time.monotonic)


async def _listing(identity: Identity) -> tuple[Domain, ...]:
    del identity
    return SALES, WEATHER


async def _takes_tables(team: str) -> Native:
    del team
    return Native(tables=True)


class _Watched(Channels):
    """Says when it has taken over a new id."""

    def __init__(self, town: Town) -> None:
        super().__init__(town.gate, town.memory, town.policies, town.results)
        self._moved = town.moved

    async def on_id_changed(self, event: inbound.Payload, context: AsyncBoltContext) -> None:
        """As it does."""
        await super().on_id_changed(event, context)
        self._moved.set()


class _Nobody:
    """Listens to what is not under test."""

    def __getattr__(self, name: str) -> object:
        async def ignore() -> None:
            return

        return ignore


async def test_data_are_paged_in_one_place(town: Town) -> None:
    """The pages are shown to who pressed alone, in the thread, each in the place of the one before."""
    await town.press(controls.DATA_ACTION)
    first = await town.next(EphemeralShown)
    assert first.user == town.user("ada")
    assert "Rows 1–25 of 60" in str(first.message.blocks)
    await town.press(f"{controls.PAGE_ACTION}:1", ts=first.message.ts)
    second = await town.next(EphemeralShown)
    assert "Rows 26–50 of 60" in str(second.message.blocks)
    assert (second.message.ts, second.message.thread_ts) == (first.message.ts, first.message.thread_ts)


async def test_another_reader_sees_their_own_rows(town: Town) -> None:
    """Told that it takes a moment, and then shown to them alone; nothing of Ada's is among it."""
    await town.press(controls.DATA_ACTION, who="grace")
    await town.whisper("grace", containing="asking it with your own rights")
    said = await town.whisper("grace", containing="grace@example.com0")
    assert "'S0'" not in said
    assert town.tenant.asked == [town.identity("grace")]


@pytest.mark.parametrize(
    ("who", "words"), [("gertrude", "Guests can't ask me"), ("emmy", "does not tell me your e-mail address")]
)
async def test_who_may_not_use_it_is_told(town: Town, who: str, words: str) -> None:
    """Whatever they press, and nobody is asked."""
    for action in (controls.DATA_ACTION, controls.SQL_ACTION, controls.CSV_ACTION):
        await town.press(action, who=who)
        await town.whisper(who, containing=words)
    assert town.tenant.asked == []


async def test_sql_opens_for_who_pressed(town: Town) -> None:
    """In a window that Slack takes."""
    await town.press(controls.SQL_ACTION, who="grace")
    view = await town.window("grace")
    assert "select 1\nfrom t" in str(view.content["blocks"]).replace("\\n", "\n")


async def test_an_export_lands_in_the_thread(town: Town) -> None:
    """As a file, beside a line that says whose it is."""
    await town.press(controls.CSV_ACTION)
    shared = (await town.next(Posted)).message
    while not shared.file_ids:
        shared = (await town.next(Posted)).message
    assert f"<@{town.user('ada')}> exported *Deals*. 60 rows." in shared.text
    assert town.workspace.files[shared.file_ids[0]].name == "Deals.csv"


async def test_a_type_is_chosen(town: Town) -> None:
    """By the asker for everybody, by others for themselves."""
    chosen = {"value": "t1:0:PIE_CHART"}
    await town.press(controls.CHART_ACTION, selected_option=chosen)
    await town.press(controls.CHART_ACTION, who="grace", selected_option=chosen)
    async with asyncio.timeout(20):
        assert await town.drawn.get() is VisualizationType.PIE_CHART
        assert await town.alone.get() == (town.user("grace"), VisualizationType.PIE_CHART)


async def test_feedback_has_its_reason(town: Town) -> None:
    """From the thumb over the window to what is noted; the answer itself stays as it is."""
    before = town.workspace.message(town.channel, town.ts)
    await town.press(controls.FEEDBACK_ACTION, who="grace", value="t1:down")
    view = await town.window("grace")
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


async def test_settings_are_made_in_a_window(town: Town) -> None:
    """From the command over the window to what holds; opened again, it shows that."""
    await town.type("settings")
    view = await town.window("ada")
    weather = {"text": {"type": "plain_text", "text": "Weather"}, "value": "d-weather"}
    values = {
        "domains": {"domains": {"selected_options": [weather]}},
        "exports": {"exports": {"selected_options": []}},
    }
    assert await town.server.interactions.submit(town.user("ada"), view.id, values) == {}
    await town.whisper("ada", containing="This channel asks *Weather*")
    kept = await town.policies.of(town.workspace.team_id, town.channel)
    assert (kept.domains, kept.exports, kept.creator_edits) == (("d-weather",), False, True)
    await town.type("settings")
    again = await town.window("ada")
    assert await town.server.interactions.submit(town.user("ada"), again.id, {}) == {}
    said = await town.whisper("ada", containing="This channel asks *Weather*")
    assert "cannot be exported" in said
    await town.type("settings", who="grace")
    await town.whisper("grace", containing="Only an admin of the workspace")


async def test_the_data_are_chosen_where_the_question_waits(town: Town) -> None:
    """The choice that the asker alone sees goes when it was made, and the question is asked."""
    draft = blocks.which_domain([SALES, WEATHER], turn="t1")
    record = await town.memory.turn("t1")
    assert record is not None
    thread = record.question.thread
    await town.poster.post_ephemeral(town.channel, town.user("ada"), draft, thread_ts=thread.thread_ts)
    shown = await town.next(EphemeralShown)
    await town.press(f"{controls.DOMAIN_ACTION}:1", ts=shown.message.ts)
    removed = await town.next(EphemeralRemoved)
    assert removed.ts == shown.message.ts
    async with asyncio.timeout(20):
        taken = await town.taken.get()
    assert (taken.question.domain, taken.question.thread) == ("d-weather", thread)
    assert await town.memory.thread_domain(thread) == "d-weather"


async def test_controls_work_under_the_new_id_of_a_channel(town: Town) -> None:
    """What was set holds there as well."""
    await town.policies.keep(town.workspace.team_id, town.channel, ChannelPolicy(exports=False))
    town.channel = town.workspace.change_channel_id(town.channel)
    async with asyncio.timeout(20):
        await town.moved.wait()
    await town.press(controls.DATA_ACTION)
    await town.whisper("ada", containing="Rows 1–25 of 60")
    await town.press(controls.CSV_ACTION)
    await town.whisper("ada", containing="Exports are switched off")


async def test_a_channel_that_is_shared_falls_silent_at_once(town: Town) -> None:
    """What was known of it a moment ago does not count."""
    await town.press(controls.DATA_ACTION)
    await town.whisper("ada", containing="Rows 1–25 of 60")
    town.workspace.share_channel(town.channel, [town.workspace.partner.id])
    await town.press(controls.DATA_ACTION)
    await town.whisper("ada", containing="People of another organisation are in this channel")
