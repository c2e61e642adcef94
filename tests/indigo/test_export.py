from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.core.indigo.model import Chat, Message, Page
from bot.core.indigo.rows import Style
from bot.errors import IndigoRefused
from bot.indigo import checkpoint
from bot.indigo.client import Indigo, IndigoOptions
from bot.indigo.export import Progress, Wanted, export, recent
from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.options import IndigoOptions as PlatformOptions
from bot.sandbox.indigo.server import IndigoServer

CHATS = 230
#: The platform's times have no zone, and are in UTC.
NOW = datetime.now(UTC).replace(tzinfo=None)


@asynccontextmanager
async def platform(*, chats: int = CHATS, latency: float = 0.0) -> AsyncIterator[IndigoServer]:
    server = IndigoServer(options=PlatformOptions(chats=chats, messages=4, latency=latency))
    await server.start()
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def client(server: IndigoServer, *, page_size: int = 50) -> AsyncIterator[Indigo]:
    made = Indigo(IndigoOptions(server.url, SecretStr(server.token), server.project, page_size=page_size))
    try:
        yield made
    finally:
        await made.close()


def there(server: IndigoServer) -> Counter[tuple[str, str]]:
    """What the platform has."""
    chats, now = server.chats(), NOW
    ids = [chats.id(number) for number in chats.numbers(now)]
    return Counter((str(chat), str(each.id)) for chat in ids for each in chats.messages(chat, now) or ())


def written(path: Path) -> Counter[tuple[str, str]]:
    told = map(json.loads, path.read_text().splitlines())
    return Counter((each["chat"], each["id"]) for each in told)


def nobody(_: Progress) -> None:
    """Hears nothing."""


async def test_everything_is_written_once(tmp_path: Path) -> None:
    """In both styles, by four requests at once; afterwards no checkpoint is left."""
    kept = tmp_path / "kept"
    paths: dict[Style, Path] = {"jsonl": tmp_path / "a.jsonl", "csv": tmp_path / "a.csv"}
    async with platform(latency=0.002) as server, client(server) as indigo:
        end = await export(indigo, Wanted(paths, checkpoint=kept), nobody)
        assert written(paths["jsonl"]) == there(server)
        assert end == Progress(CHATS, CHATS, there(server).total())
        assert len(paths["csv"].read_text().splitlines()) > end.messages
        assert not kept.exists()
        assert 1 < server.requests.most_at_once <= 4


class Died(Exception):
    """The process is gone."""


def dying(after: int) -> Callable[[Progress], None]:
    def heard(now: Progress) -> None:
        if now.chats >= after:
            raise Died

    return heard


@pytest.mark.parametrize("deaths", [(1,), (99, 101), (150, 229), (30, 130, 131)])
async def test_an_export_that_dies_is_gone_on_with(tmp_path: Path, deaths: tuple[int, ...]) -> None:
    """Without a gap and without a double, and without reading everything again."""
    path, kept = tmp_path / "a.jsonl", tmp_path / "kept"
    async with platform() as server, client(server) as indigo:
        wanted = Wanted({"jsonl": path}, checkpoint=kept)
        for after in deaths:
            with pytest.raises(Died):
                await export(indigo, wanted, dying(after), done=checkpoint.load(kept))
            with path.open("a") as out:
                out.write('{"half": ')  # as a process leaves it that is killed while it writes
        before = indigo.requests
        await export(indigo, wanted, nobody, done=checkpoint.load(kept))
        assert written(path) == there(server)
        assert indigo.requests - before <= CHATS - max(deaths) // 100 * 100 + 10


async def test_an_error_keeps_what_was_read(tmp_path: Path) -> None:
    """The token is taken back in the middle: what was written by then is not read again."""
    path, kept = tmp_path / "a.jsonl", tmp_path / "kept"
    async with platform() as server, client(server) as indigo:
        wanted = Wanted({"jsonl": path}, checkpoint=kept)
        server.faults.switch(Fault.UNAUTHORIZED, times=None, after=60)
        with pytest.raises(IndigoRefused):
            await export(indigo, wanted, nobody)
        server.faults.clear()
        done = checkpoint.load(kept)
        assert done is not None
        assert done.chats > 0
        await export(indigo, wanted, nobody, done=done)
        assert written(path) == there(server)


@pytest.mark.parametrize(
    "fault", [Fault.OVERLAP, Fault.ENDLESS, Fault.RELAY_PAGING, Fault.INT_IDS, Fault.NO_TOTAL]
)
async def test_what_a_platform_may_do_changes_nothing(tmp_path: Path, fault: Fault) -> None:
    """Pages that repeat, lists without an end, another way of paging: still everything, once."""
    path = tmp_path / "a.jsonl"
    async with platform(chats=60) as server, client(server, page_size=3) as indigo:
        server.faults.switch(fault, times=None)
        await export(indigo, Wanted({"jsonl": path}), nobody)
        assert written(path) == there(server)


async def test_a_chat_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    """It is named at the end."""
    path = tmp_path / "a.jsonl"
    async with platform() as server, client(server) as indigo:
        server.faults.switch(Fault.GRAPHQL_ERROR, on="messages", after=7)
        end = await export(indigo, Wanted({"jsonl": path}), nobody)
        assert len(end.skipped) == 1
        missing = there(server) - written(path)
        assert {chat for chat, _ in missing} == set(end.skipped)


async def test_days_bound_what_is_written(tmp_path: Path) -> None:
    """From a moment on, and before another one."""
    path, now = tmp_path / "a.jsonl", datetime.now(UTC)
    since, until = now - timedelta(days=9), now - timedelta(days=2)
    first, last = (each.replace(tzinfo=None) for each in (since, until))
    async with platform() as server, client(server) as indigo:
        await export(indigo, Wanted({"jsonl": path}, since=since, until=until), nobody)
        times = [datetime.fromisoformat(json.loads(line)["at"]) for line in path.read_text().splitlines()]
        assert since <= min(times) <= max(times) < until
        ids = {int(chat) for chat, _ in there(server)}
        whole = [each for chat in ids for each in server.chats().messages(chat, NOW) or ()]
        expected = {each.id for each in whole if first <= each.at < last}
        assert {int(ident) for _, ident in written(path)} == expected


async def test_older_pages_are_not_asked_for() -> None:
    """Messages come newest first, so a page that is too old ends a chat."""
    async with platform() as server, client(server, page_size=1) as indigo:
        chats = server.chats()
        chat = str(chats.id(chats.numbers(NOW)[0]))
        assert await recent(indigo, chat, datetime.now(UTC)) == []
        assert indigo.requests == 1
        assert len(await recent(indigo, chat, None)) > 1


class _Oldest:
    """A platform that lists messages from the oldest on."""

    def __init__(self, pages: list[list[Message]]) -> None:
        self.pages = pages

    async def messages(self, _: str) -> AsyncIterator[Page[Message]]:
        for page in self.pages:
            yield Page(tuple(page))

    async def conversations(self, *, order: str | None = None, after: str = "") -> AsyncIterator[Page[Chat]]:
        del order, after
        yield Page(())


async def test_an_order_that_is_not_as_documented_loses_nothing() -> None:
    """Where the newest come last, an old page says nothing about those behind it."""
    start = datetime(2026, 11, 1, tzinfo=UTC)
    said = [Message(str(n), "1", {}, None, start + timedelta(days=n)) for n in range(6)]
    found = await recent(_Oldest([said[:2], said[2:4], said[4:]]), "1", start + timedelta(days=4))
    assert [each.id for each in found] == ["4", "5"]
