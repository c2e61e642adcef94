"""A desk over a small Web API, with a tenant that answers, and payloads as Slack sends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

import pytest
from aiohttp import web
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.audit import Audit, Entry, entries
from bot.copies import Copies
from bot.core import visuals
from bot.core.audience import Rules
from bot.core.identity import as_person
from bot.core.limits import Limiter, Limits
from bot.core.record import TurnRecord
from bot.core.results import StoredResult
from bot.core.turn import Turn
from bot.errors import StoreFailed
from bot.gate import Gate
from bot.inflight import Inflight, Running
from bot.inquiry import Inquirer
from bot.journal import Journal
from bot.memory import Memory
from bot.model import SERVICE, Answer, AnswerDiff, Bookmark, Footer, Identity, Person, Prose, Rights
from bot.policies import Policies
from bot.private import PrivateThreads
from bot.results import Results
from bot.slack.files import Files
from bot.slack.people import Home, People
from bot.slack.places import Places
from bot.slack.poster import Poster
from bot.store.base import Json
from handlers.desk import Desk, Tools
from handlers.readers import Readers
from tests.core.wire import wire
from tests.fakes import Clock, DictStore, question
from tests.slack.conftest import Answer as Said
from tests.slack.conftest import WebApi, serving

BOT = "UBOT"
CONTEXT = AsyncBoltContext({"team_id": "T1", "bot_user_id": BOT})
#: Where the direct messages of the app with everybody stand.
DIRECT = "D1"
LINK = "https://acme.slack.com/archives/D1/p1"


class Slack(WebApi):
    """Also says who people are and what channels are; that is not counted among the calls.

    Attributes:
        people: what ``users.info`` says about somebody beside what it says about everybody.
        channels: likewise, of channels.
    """

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, Mapping[str, object]] = {}
        self.channels: dict[str, Mapping[str, object]] = {}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Any Web API method; as scripted, where it is."""
        method = request.match_info["method"]
        if not self.script[method]:
            if found := self._facts(method, request.query):
                return web.json_response({"ok": True, **found})
            if method == "chat.postMessage" and str((await request.json())["channel"]).startswith("U"):
                self.expect(method, Said({"channel": DIRECT}))
        return await super().serve(request)

    def _facts(self, method: str, query: Mapping[str, str]) -> dict[str, object]:
        if method == "users.info":
            user = query["user"]
            known = {"id": user, "team_id": "T1", "profile": {"email": address(user)}}
            return {"user": {**known, **self.people.get(user, {})}}
        if method == "conversations.info":
            channel = query["channel"]
            return {"channel": {"id": channel, "creator": "U1", **self.channels.get(channel, {})}}
        return {"permalink": LINK} if method == "chat.getPermalink" else {}


def address(user: str) -> str:
    """Somebody's e-mail address."""
    return f"{user.lower()}@example.com"


def identity(user: str) -> Identity:
    """As whom somebody asks, where everybody asks as themselves."""
    return as_person(Person(user, address(user)))


class Store(DictStore):
    """A store that can be broken, or slow."""

    broken = False
    slow: asyncio.Event | None = None

    async def get(self, table: str, key: str) -> Json:
        """Reads, when it is no longer slow."""
        if self.slow is not None:
            await self.slow.wait()
        if self.broken:
            raise StoreFailed("disk full")
        return await super().get(table, key)

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        """Writes, unless it is broken."""
        if self.broken:
            raise StoreFailed("disk full")
        await super().put(table, key, value, ttl=ttl)

    async def put_if_absent(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> bool:
        """Writes, unless it is broken."""
        if self.broken:
            raise StoreFailed("disk full")
        return await super().put_if_absent(table, key, value, ttl=ttl)


class Tenant:
    """Answers everybody with a table that has a row for who asked.

    Attributes:
        asked: who asked, in order.
        began: a question has come in.
        hold: answers come when this is set.
        error: what comes instead of an answer.
        away: what comes instead of somebody's rights.
        sql: they may see the SQL.
        titles: of the tables.
    """

    def __init__(self) -> None:
        self.asked: list[Identity] = []
        self.began = asyncio.Event()
        self.hold: asyncio.Event | None = None
        self.error: Exception | None = None
        self.away: Exception | None = None
        self.sql = True
        self.titles: tuple[str, ...] = ("Deals",)

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
        """One whole answer; copies of answers are asked for, and these are gone on with by nobody."""
        assert (text, domain, conversation, bool(key)) == ("Revenue?", "d-sales", None, True)
        assert resume is None
        assert noted is not None
        self.asked.append(identity)
        self.began.set()
        if self.hold is not None:
            await self.hold.wait()
        if self.error is not None:
            raise self.error
        tables = [_raw(1, name=identity.email) | {"id": each, "title": each} for each in self.titles]
        ops = [{"insert": {"visualization": table}} for table in tables]
        yield AnswerDiff("c-9", "m-9", ops, None, in_progress=False)

    def leave_running(self, key: str) -> None:
        """Nothing is stopped here."""

    async def settled(self, *, identity: Identity, conversation: str, message: str) -> AnswerDiff | None:
        """Nothing is kept."""
        del identity, conversation, message
        return None

    async def rights(self, identity: Identity) -> Rights:
        """What somebody may do."""
        del identity
        if self.away is not None:
            raise self.away
        return Rights(sql=self.sql)


@dataclass
class Office:
    """What handlers work with, and what comes of it.

    Attributes:
        service: everybody asks with the rights of the access key's owner; else as themselves.
        taken: the turns that were started; they run until they are stopped, or left.
        resumed: those of them that an earlier process had begun.
    """

    api: Slack
    rules: Rules
    limits: Limits
    store: Store = field(default_factory=Store)
    clock: Clock = field(default_factory=Clock)
    tenant: Tenant = field(default_factory=Tenant)
    service: bool = True
    taken: list[TurnRecord] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        client, clock, home = self.api.client, self.clock, Home("T1")
        numbers = count(1)
        self.memory, self.policies = Memory(self.store), Policies(self.store)
        self.journal = Journal(self.store, self.memory, name_of=counting())
        self.results = Results(self.memory, 30, clock=clock)
        self.audit = Audit(self.store, 30, clock=clock, new_id=lambda: f"{next(numbers):08}")
        self.poster, self.files = Poster(client, wall=clock), Files(client)
        people, places = People(client, home, clock=clock), Places(client, home, clock=clock)
        self.gate = Gate(people, places, self.policies, self.rules, self._identify)
        self.inflight = Inflight(self._run, self.journal)
        self.desk = Desk(self._tools())
        copies = Copies(Inquirer(self.tenant, self.memory, Turn), self.results, new_key=lambda: "key")
        self.readers = Readers(self.desk, self.results, copies, self.tenant.rights)

    def _tools(self) -> Tools:
        keys, refs = count(1), count(1)
        return Tools(
            inflight=self.inflight,
            journal=self.journal,
            memory=self.memory,
            poster=self.poster,
            gate=self.gate,
            private=PrivateThreads(self.poster, self.memory),
            limiter=Limiter(self.limits),
            audit=self.audit,
            examples=("How many deals?",),
            service=True,
            new_key=lambda: f"key-{next(keys)}",
            new_ref=lambda: f"r{next(refs)}",
            clock=self.clock,
            wall=self.clock,
        )

    def _identify(self, person: Person) -> Identity:
        return SERVICE if self.service else as_person(person)

    async def _run(self, running: Running) -> None:
        self.taken.append(running.record)
        if running.resumed:
            self.resumed.append(running.record.id)
        await running.stopped.wait()
        await self.journal.end(running.record)

    async def started(self) -> list[TurnRecord]:
        """Every turn that was started, when all of them were left."""
        await self.inflight.drain(0)
        return self.taken

    def posted(self) -> list[dict[str, object]]:
        """What everybody can read, or the one to whom it is written."""
        return self.api.of("chat.postMessage")

    def whispered(self) -> list[dict[str, object]]:
        """What one person alone can read."""
        return self.api.of("chat.postEphemeral")

    async def noted(self) -> list[Entry]:
        """The audit trail."""
        return [entry async for entry in entries(self.store, None, None)]


def counting() -> Callable[[str, int], str]:
    """Names for turns: t1, t2 …, and the same one for the same source and number."""
    names: dict[tuple[str, int], str] = {}
    return lambda source, salt: names.setdefault((source, salt), f"t{len(names) + 1}")


@pytest.fixture
async def api() -> AsyncIterator[Slack]:
    """A running Web API with a client that talks to it."""
    served = Slack()
    async with serving(served):
        yield served


@pytest.fixture
def rules() -> Rules:
    """What holds in the workspace."""
    return Rules()


@pytest.fixture
def limits() -> Limits:
    """How much may be asked."""
    return Limits()


@pytest.fixture
def office(api: Slack, rules: Rules, limits: Limits) -> Office:
    """A desk that takes questions."""
    return Office(api, rules, limits)


@pytest.fixture
def ack() -> AsyncAck:
    """Slack's acknowledgement."""
    return AsyncAck()  # type: ignore[no-untyped-call]  # Bolt has no types here


def respond(office: Office, method: str = "response") -> AsyncRespond:
    """The way back that Slack gives with a press or a command."""
    return AsyncRespond(response_url=f"{office.api.client.base_url}{method}")


def result(rows: int = 60, *, identity: str = SERVICE.name, **more: object) -> StoredResult:
    """U1 asked in #C1, and was given a table of so many rows; its code is there as well."""
    answer = Answer((Prose("See below."), visuals.read(_raw(rows) | more)), in_progress=False)
    return StoredResult(
        turn="t1",
        question=question(user="U1"),
        answer=answer,
        footer=Footer(),
        ending="done",
        messages=("20.1", "20.2"),
        identity=identity,
        domain="d-sales",
    )


def _raw(rows: int, *, name: str = "S") -> dict[str, object]:
    cells = [[f'"{name}{number}"', str(number)] for number in range(rows)]
    code = {"codeStr": "select 1 from t", "dialect": "sqlite"}
    return wire("COLUMN_CHART", [("stage", ""), ("deals", "")], cells, title="Deals", code=code)


def message(text: str, **more: object) -> dict[str, object]:
    """A message event in the channel C1."""
    said = {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U1",
        "ts": "10.1",
        "text": text,
    }
    return said | more


def press(
    value: str, *, user: str = "U1", at: str = "50.1", channel: str = "C1", **more: object
) -> dict[str, object]:
    """Somebody presses a button of the message 20.1 in the thread 10.1."""
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "acme"},
        "user": {"id": user, "team_id": "T1"},
        "channel": {"id": channel, "name": "sales"},
        "container": {"type": "message", "message_ts": "20.1", "channel_id": channel, "thread_ts": "10.1"},
        "message": {"ts": "20.1", "thread_ts": "10.1"},
        "trigger_id": "trigger",
        "actions": [{"action_id": "a", "value": value, "action_ts": at}],
        **more,
    }
