"""A desk over a small Web API, and payloads as Slack sends them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count

import pytest
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core import visuals
from bot.core.results import StoredResult
from bot.errors import StoreFailed
from bot.inflight import Inflight, Running
from bot.memory import Memory, TurnRecord
from bot.model import Answer, Footer, Prose
from bot.results import Results
from bot.slack.files import Files
from bot.slack.poster import Poster
from bot.store.base import Json
from handlers.desk import Desk, Ids
from tests.core.wire import wire
from tests.fakes import Clock, DictStore, question
from tests.slack.conftest import WebApi, api

__all__ = ["api"]

BOT = "UBOT"
CONTEXT = AsyncBoltContext({"team_id": "T1", "bot_user_id": BOT})


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

    async def put_if_absent(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> bool:
        """Writes, unless it is broken."""
        if self.broken:
            raise StoreFailed("disk full")
        return await super().put_if_absent(table, key, value, ttl=ttl)


@dataclass
class Office:
    """What handlers work with, and what comes of it.

    Attributes:
        taken: the turns that were started; they run until somebody stops them.
    """

    api: WebApi
    store: Store = field(default_factory=Store)
    taken: list[TurnRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.memory = Memory(self.store)
        self.results = Results(self.memory, 30, clock=Clock())
        self.poster = Poster(self.api.client)
        self.files = Files(self.api.client)
        self.inflight = Inflight(self._run)
        numbers = count(1)
        ids = Ids(turn=lambda: f"t{next(numbers)}", key=lambda: f"key-{next(numbers)}")
        self.desk = Desk(self.inflight, self.memory, self.poster, ids, ("How many deals?",))

    async def _run(self, running: Running) -> None:
        self.taken.append(running.record)
        await running.until_told()

    async def started(self) -> list[TurnRecord]:
        """Every turn that was started, when all of them are over."""
        await self.inflight.drain(0)
        return self.taken

    def posted(self) -> list[dict[str, object]]:
        """What everybody can read."""
        return self.api.of("chat.postMessage")

    def whispered(self) -> list[dict[str, object]]:
        """What one person alone can read."""
        return self.api.of("chat.postEphemeral")


@pytest.fixture
def office(api: WebApi) -> Office:
    """A desk that takes questions."""
    return Office(api)


def result(rows: int = 60, **more: object) -> StoredResult:
    """U1 asked in #C1, and was given a table of so many rows; its code is there as well."""
    raw = wire("COLUMN_CHART", [("stage", ""), ("deals", "")], [[f'"S{n}"', str(n)] for n in range(rows)])
    raw |= {"title": "Deals", "code": {"codeStr": "select 1 from t", "dialect": "sqlite"}, **more}
    answer = Answer((Prose("See below."), visuals.read(raw)), in_progress=False)
    return StoredResult("t1", question(user="U1"), answer, Footer(), "done", ("20.1", "20.2"))


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


def press(value: str, *, user: str = "U1", at: str = "50.1", **more: object) -> dict[str, object]:
    """Somebody presses a button of the message 20.1 in the thread 10.1."""
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "acme"},
        "user": {"id": user, "team_id": "T1"},
        "channel": {"id": "C1", "name": "sales"},
        "container": {"type": "message", "message_ts": "20.1", "channel_id": "C1", "thread_ts": "10.1"},
        "message": {"ts": "20.1", "thread_ts": "10.1"},
        "trigger_id": "trigger",
        "actions": [{"action_id": "a", "value": value, "action_ts": at}],
        **more,
    }
