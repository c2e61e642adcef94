"""A bot's parts over a real workspace, with a tenant that says what a test wrote down."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.answering import Answering, Tools
from bot.audit import Audit
from bot.audit import entries as audited
from bot.charts.pool import ChartPool
from bot.core.audience import Rules
from bot.core.identity import as_person
from bot.core.pacing import Pacer
from bot.core.record import TurnRecord, name_of
from bot.core.results import StoredResult
from bot.core.turn import Turn
from bot.delivery import Delivery, Means
from bot.domains import Domains
from bot.errors import StoreFailed, TenantError
from bot.exhibits import Exhibits
from bot.gate import Gate
from bot.inflight import Running
from bot.inquiry import Inquirer
from bot.journal import Journal
from bot.memory import Memory
from bot.model import (
    AnswerDiff,
    Bookmark,
    ChannelPolicy,
    ChartSpec,
    Domain,
    Entrance,
    Identity,
    Op,
    Person,
    Question,
    Rights,
    ThreadKey,
)
from bot.policies import Policies
from bot.private import PrivateThreads
from bot.results import Results
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.slack.workspace import Workspace
from bot.slack.editor import Editor
from bot.slack.files import Files
from bot.slack.messages import AnswerMessages, Noted
from bot.slack.people import Home, People
from bot.slack.places import Places
from bot.slack.poster import Poster
from bot.slack.threads import Threads
from bot.standing import Ground
from bot.store.base import Json
from tests.core.wire import PIPELINE, STAGES, wire
from tests.fakes import Catalogue, DictStore
from tests.scenarios.town import everything
from tests.slack.conftest import Clock

_T = TypeVar("_T")
SALES, WEATHER = Domain("d-sales", "Sales pipeline"), Domain("d-weather", "Weather")
Script = AnswerDiff | asyncio.Event | Exception


def diff(*ops: Op, last: bool = False, conversation: str = "c-1", errors: tuple[str, ...] = ()) -> AnswerDiff:
    """A change of the answer."""
    return AnswerDiff(conversation, "m-1", ops, None, in_progress=not last, errors=errors)


def text(words: str, *, after: int = 0, last: bool = False) -> AnswerDiff:
    """Words behind the ``after`` characters that are there already."""
    insert: Op = {"insert": words}
    return diff({"retain": after}, insert, last=last) if after else diff(insert, last=last)


def progress(words: str) -> AnswerDiff:
    """A status line."""
    return diff({"insert": words, "attributes": {"progress": True}})


def chart(title: str = "By stage") -> Op:
    """A visualization with its SQL."""
    code = {"codeStr": "SELECT 1", "dialect": "sqlite"}
    drawn = wire("BAR_CHART", STAGES, PIPELINE, ["stage"], ["expected_revenue"], title=title, code=code)
    return {"insert": {"visualization": drawn}}


class Tenant:
    """Answers with a script: diffs, events to wait for, and errors.

    Attributes:
        refusal: what everybody is told who wants in.
        may: what somebody may do, by their address.
    """

    def __init__(self) -> None:
        self.script: list[Script] = []
        self.asked: list[dict[str, object]] = []
        self.resumed: list[Bookmark | None] = []
        self.left: list[str] = []
        self.arrived, self.ended = asyncio.Event(), asyncio.Event()
        self.whole: AnswerDiff | TenantError | None = None
        self.refusal: TenantError | None = None
        self.may: dict[str, Rights] = {}

    async def ask(
        self,
        text: str,
        *,
        identity: Identity,
        domain: str,
        conversation: str | None,
        key: str,
        resume: Bookmark | None = None,
        noted: Callable[[Bookmark], Awaitable[None]] | None = None,
    ) -> AsyncGenerator[AnswerDiff, None]:
        """The next answer."""
        self.asked.append({
            "text": text, "as": identity.email, "domain": domain, "conversation": conversation, "key": key
        })  # fmt: skip
        self.resumed.append(resume)
        if noted is not None:
            await noted(Bookmark("chat", conversation or ""))
        self.arrived.set()
        try:
            for step in self.script:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
                    await asyncio.sleep(0)
        finally:
            self.ended.set()

    async def until(self, count: int) -> None:
        """Returns when so many questions were asked."""
        while len(self.asked) < count:
            self.arrived.clear()
            await self.arrived.wait()

    def leave_running(self, key: str) -> None:
        """It goes on when nobody listens."""
        self.left.append(key)

    async def settled(self, *, identity: Identity, conversation: str, message: str) -> AnswerDiff | None:
        """What it keeps of the answer."""
        assert identity.email
        assert (conversation, message) == ("c-1", "m-1")
        if isinstance(self.whole, TenantError):
            raise self.whole
        return self.whole

    async def rights(self, identity: Identity) -> Rights:
        """What somebody may do."""
        if self.refusal is not None:
            raise self.refusal
        return self.may.get(identity.email, Rights())


class Drawing(ChartPool):
    """Draws at once, or when a test says so."""

    def __init__(self) -> None:
        super().__init__(workers=0)
        self.go = asyncio.Event()
        self.go.set()

    async def render(self, spec: ChartSpec) -> bytes:
        """A picture of nothing."""
        assert spec.series
        await self.go.wait()
        return b"\x89PNG\r\n\x1a\n"


class Store(DictStore):
    """A store that fails from its n-th write on, or in one table."""

    def __init__(self) -> None:
        super().__init__()
        self.writes_left = 1000
        self.broken = ""

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        """Writes, while it can."""
        self.writes_left -= 1
        if self.writes_left < 0 or table == self.broken:
            raise StoreFailed("disk full")
        await super().put(table, key, value, ttl=ttl)


@dataclass
class Bench:
    """Everything that a turn works with, and what people see of it. Ada asks unless it is said."""

    slack: SlackServer
    tools: Tools
    tenant: Tenant
    drawing: Drawing
    store: Store
    clock: Clock
    poster: Poster
    policies: Policies
    memory: Memory
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.workspace.subscribe(lambda _: self.changed.set())
        self.channel = self.workspace.channels["sales"]
        self.ada = self.user("ada")

    @property
    def workspace(self) -> Workspace:
        return self.slack.workspace

    @property
    def gate(self) -> Gate:
        return self.tools.ground.gate

    def user(self, name: str) -> str:
        """Id of a person."""
        return self.workspace.users[name].id

    def place(self, channel: str = "sales", thread_ts: str = "") -> ThreadKey:
        """A channel of the workspace, by its name."""
        return ThreadKey(self.workspace.team_id, self.workspace.channels[channel], thread_ts)

    def direct(self, name: str = "ada") -> str:
        """The direct messages of the bot with somebody."""
        return self.workspace.open_direct([self.user(name), self.workspace.bot_user_id]).id

    async def set(self, policy: ChannelPolicy, channel: str = "sales") -> None:
        """What holds in a channel from now on."""
        await self.policies.keep(self.workspace.team_id, self.workspace.channels[channel], policy)

    def identity(self, name: str = "ada") -> Identity:
        """Whose rights somebody's questions run with."""
        user = self.workspace.users[name]
        return as_person(Person(user.id, user.email))

    def record(
        self,
        turn: str = "t1",
        *,
        channel: str = "",
        messages: tuple[str, ...] = (),
        user: str = "ada",
        text: str = "Revenue by stage?",
    ) -> TurnRecord:
        """A turn of somebody's, in a thread of its own."""
        root = Message(channel or self.channel, self.workspace.ids.ts(), self.user(user), text)
        self.workspace.post(root)
        thread = ThreadKey(self.workspace.team_id, root.channel, root.ts)
        question = Question(thread, root.ts, root.user, text, Entrance.MENTION)
        return TurnRecord(turn, question, key=f"key-{turn}", messages=messages)

    def said(self, record: TurnRecord, text: str) -> str:
        """A message of the bot that stands in the thread already; returns its ts."""
        thread, bot = record.question.thread, self.workspace.bot
        message = Message(
            thread.channel,
            self.workspace.ids.ts(),
            bot.id,
            text,
            bot_id=bot.bot_id,
            thread_ts=thread.thread_ts,
        )
        self.workspace.post(message)
        return message.ts

    def hold(self, record: TurnRecord) -> None:
        """The turn was taken by this process, or taken over."""
        for line in ("open", f"person:{record.question.user}"):
            self.store.tables.setdefault("lines", {})[line] = [record.id]
        self.tools.journal.held.add(record.id)

    def start(
        self, record: TurnRecord, *, ahead: int = 0, resumed: bool = False
    ) -> tuple[Running, asyncio.Task[None]]:
        """Starts a turn that was taken, or goes on with one."""
        self.hold(record)
        running = Running(record, ahead, resumed=resumed)
        if not ahead:
            running.call_up()
        return running, asyncio.create_task(Answering(self.tools).run(running))

    async def answer(self, record: TurnRecord, *script: Script) -> Message:
        """Answers a turn from beginning to end; the message that stays."""
        await self.run(record, *script)
        return self.messages(record)[-1]

    async def run(self, record: TurnRecord, *script: Script) -> None:
        """Runs a turn from beginning to end."""
        self.tenant.script = list(script)
        await self.start(record)[1]

    async def answered(self, record: TurnRecord) -> StoredResult:
        """A finished answer with a bar chart, and what is kept of it."""
        await self.answer(record, text("Here it is.\n"), diff({"retain": 12}, chart(), last=True))
        result = await self.tools.results.load(record.id)
        assert result is not None
        return result

    def messages(self, record: TurnRecord) -> tuple[Message, ...]:
        """The bot's messages in the turn's thread."""
        return self.in_thread(record.question.thread)

    def in_thread(self, thread: ThreadKey) -> tuple[Message, ...]:
        """The bot's messages in a thread, without its root."""
        replies = self.workspace.replies(thread.channel, thread.thread_ts)
        return tuple(each for each in replies if each.bot_id)

    def in_private(self, name: str = "ada") -> list[Message]:
        """All that the bot said in its direct messages with somebody, oldest first, threads after roots."""
        direct = self.direct(name)
        roots = [each for each in self.workspace.history(direct) if each.bot_id][::-1]
        threads = [self.workspace.replies(direct, root.ts) for root in roots]
        return [*roots, *itertools.chain.from_iterable(threads)]

    def whispers(self, name: str = "ada") -> list[str]:
        """What somebody alone was shown."""
        seen, user = self.workspace.ephemerals, self.user(name)
        return [everything(message) for who, message in seen if who == user]

    async def audited(self) -> list[tuple[str, str]]:
        """What stands in the audit: what was done, and what came of it."""
        return [(each.what, each.outcome) async for each in audited(self.store, None, None)]

    async def until(self, look: Callable[[], _T]) -> _T:
        """Returns what ``look`` finds, when it finds something."""
        async with asyncio.timeout(20):
            while not (found := look()):
                self.changed.clear()
                await self.changed.wait()
        return found

    async def reads(self, record: TurnRecord, words: str) -> Message:
        """The first message of the turn's thread, when these words stand in it."""

        def look() -> list[Message]:
            return [each for each in self.messages(record) if words in everything(each)]

        return (await self.until(look))[0]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A workspace, and a bot's parts over it; time passes for the bot only while it waits."""
    clock, tenant, drawing, store = Clock(), Tenant(), Drawing(), Store()
    slack = SlackServer(options=SlackOptions(file_visibility_delay=0))
    await slack.start()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.workspace.bot_token, base_url=slack.api_url, session=session)
        poster = Poster(client, clock=clock, sleep=clock.sleep)
        editor = Editor(client, Pacer(), clock=clock, sleep=clock.sleep)
        worker = asyncio.create_task(editor.run())
        memory, policies, home = Memory(store), Policies(store), Home(slack.workspace.team_id)
        files = Files(client, clock=clock, sleep=clock.sleep)
        people, places = (
            People(client, home, clock=clock, sleep=clock.sleep),
            Places(client, home, clock=clock, sleep=clock.sleep),
        )
        numbers = itertools.count(1)

        async def listing(_: Identity) -> tuple[Domain, ...]:
            return (SALES, WEATHER)

        def messages(
            channel: str, thread_ts: str, *, turn: str = "", noted: Noted | None = None
        ) -> AnswerMessages:
            return AnswerMessages(
                poster, editor, channel=channel, thread_ts=thread_ts, turn=turn, noted=noted
            )

        tools = Tools(
            inquirer=Inquirer(tenant, memory, Turn),
            ground=Ground(
                gate=Gate(people, places, policies, Rules(), as_person),
                private=PrivateThreads(poster, memory),
                poster=poster,
                messages=messages,
                clock=clock,
            ),
            delivery=Delivery(
                Means(
                    Exhibits(drawing, files),
                    poster,
                    files,
                    Threads(client, sleep=clock.sleep),
                    memory,
                    charts="png",
                )
            ),
            results=Results(memory, 30, clock=clock),
            link=lambda conversation, message: f"https://wisdom.example/chat/{conversation}/{message}",
            journal=Journal(store, memory, name_of=name_of),
            domains=Domains(Catalogue(listing), memory, default=SALES.id, clock=clock),
            audit=Audit(store, 30, clock=clock, new_id=lambda: f"{next(numbers):08}"),
            clock=clock,
            wall=clock,
        )
        yield Bench(slack, tools, tenant, drawing, store, clock, poster, policies, memory)
        worker.cancel()
        await asyncio.wait([worker])
    await slack.close()


def without_default(bench: Bench) -> Tools:
    """The tools where nothing says which data a question is about."""

    async def listing(_: Identity) -> tuple[Domain, ...]:
        return (SALES, WEATHER)

    domains = Domains(Catalogue(listing), bench.memory, default="", clock=bench.clock)
    return replace(bench.tools, domains=domains)
