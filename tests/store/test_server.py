"""The way to a Redis server that is away, silent, full or not ready."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.errors import ConfigurationError, StoreFailed
from bot.store.redis import RedisStore
from tests.store.servers import RedisServer, redis_process

#: Three seconds, as the app promises, and as many again for a machine that is busy.
IN_TIME = 6.0
Call = Callable[[RedisStore], Awaitable[object]]
CALLS: dict[str, Call] = {
    "get": lambda store: store.get("t", "k"),
    "put": lambda store: store.put("t", "k", 1),
    "claim": lambda store: store.put_if_absent("t", "new", 1),
    "delete": lambda store: store.delete("t", "k"),
    "scan": lambda store: store.scan("t"),
    "rows": lambda store: anext(store.rows("t")),
    "join": lambda store: store.join(["a", "b"], "x"),
    "leave": lambda store: store.leave(["a", "b"], "x"),
    "line": lambda store: store.line("a"),
    "lease": lambda store: store.lease("a", 5),
    "release": lambda store: store.release("a"),
}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RedisServer]:
    async with redis_process(tmp_path, "--save", "", "--appendonly", "yes") as server:
        yield server


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[RedisStore]:
    store = await RedisStore.open(server.url)
    yield store
    await store.close()


async def seconds_of(calls: Awaitable[object]) -> float:
    """How long they took."""
    loop = asyncio.get_running_loop()
    before = loop.time()
    await calls
    return loop.time() - before


async def all_fail(store: RedisStore) -> None:
    """Each kind of call, all at once."""
    ended = await asyncio.gather(*(call(store) for call in CALLS.values()), return_exceptions=True)
    assert {name: type(each) for name, each in zip(CALLS, ended, strict=True)} == dict.fromkeys(
        CALLS, StoreFailed
    )


async def all_work(store: RedisStore) -> None:
    await store.put("t", "k", 1)
    for call in CALLS.values():
        await call(store)


async def test_a_server_that_was_killed_is_found_again(server: RedisServer, store: RedisStore) -> None:
    """While it is away every call fails at once; when it is back, every call works, and the data is there."""
    await asyncio.gather(*(store.put("t", f"{number:03}", number) for number in range(100)))
    await store.join(["a"], "x")
    await server.kill()
    assert await seconds_of(all_fail(store)) < IN_TIME
    await server.start("--save", "", "--appendonly", "yes")
    found = await asyncio.gather(*(store.get("t", f"{number:03}") for number in range(100)))
    assert found == list(range(100))
    assert await store.line("a") == ["x"]
    await all_work(store)


async def test_a_restart_between_two_calls_is_not_noticed(server: RedisServer, store: RedisStore) -> None:
    """Connections that broke while nobody used them are made anew, without one failed call."""
    await asyncio.gather(*(store.put("t", f"{number:03}", number) for number in range(100)))
    await server.stop()
    await server.start("--save", "", "--appendonly", "yes")
    claimed = await asyncio.gather(*(store.put_if_absent("u", f"{n:03}", n) for n in range(100)))
    assert all(claimed)


async def test_a_silent_server_fails_in_time(server: RedisServer, store: RedisStore) -> None:
    """Connections that stay open without a word end every call in three seconds, and work again later."""
    await all_work(store)
    server.pause()
    many = asyncio.gather(all_fail(store), *(failing(store, number) for number in range(100)))
    assert await seconds_of(many) < IN_TIME
    server.resume()
    await all_work(store)


async def failing(store: RedisStore, number: int) -> None:
    with pytest.raises(StoreFailed):
        await store.get("t", str(number))


async def test_a_silent_server_ends_the_start(server: RedisServer) -> None:
    """A start is a sentence in time, too."""
    server.pause()
    with pytest.raises(ConfigurationError, match="Redis does not answer"):
        await asyncio.wait_for(RedisStore.open(server.url), IN_TIME)
    server.resume()


async def test_a_connection_that_breaks_costs_nothing(server: RedisServer, store: RedisStore) -> None:
    """What the server cuts off in the middle is asked once more."""
    admin = Redis.from_url(server.url, decode_responses=True)
    for _ in range(20):
        puts = asyncio.gather(*(store.put("t", f"{number:02}", number) for number in range(20)))
        await admin.client_kill_filter(_type="normal", skipme=True)
        await puts
    assert await store.scan("t") == [(f"{number:02}", number) for number in range(20)]
    await admin.aclose()


@dataclass
class Breaking:
    """A server that takes every SET and breaks the connection before it answers."""

    url: str = ""
    taken: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while heard := await reader.read(65_536):
            if b"\r\nSET\r\n" in heard:
                self.taken.append(heard)
                break
            for command in re.findall(rb"(?m)^\*\d+\r\n\$\d+\r\n(\w+)", heard):
                writer.write({b"PING": b"+PONG\r\n", b"CONFIG": b"-NOPERM no\r\n"}.get(command, b"+OK\r\n"))
        writer.close()


@pytest.fixture
async def breaking() -> AsyncIterator[Breaking]:
    breaking = Breaking()
    async with await asyncio.start_server(breaking.serve, "127.0.0.1", 0) as served:
        breaking.url = f"redis://127.0.0.1:{served.sockets[0].getsockname()[1]}"
        yield breaking


async def test_a_claim_is_sent_once(breaking: Breaking) -> None:
    """A claim whose answer was lost may have been carried out, so it fails and is not made again."""
    store = await RedisStore.open(breaking.url)
    with pytest.raises(StoreFailed):
        await store.put_if_absent("seen", "k", value=True)
    assert len(breaking.taken) == 1
    await store.close()


async def test_a_value_is_sent_again(breaking: Breaking) -> None:
    """The same value twice is the same; after that the call fails."""
    store = await RedisStore.open(breaking.url)
    with pytest.raises(StoreFailed):
        await store.put("seen", "k", value=True)
    assert len(breaking.taken) == 2
    await store.close()


async def test_a_full_server_fails_and_works_again(server: RedisServer, store: RedisStore) -> None:
    """Where its memory is full, writes fail and reads and leaving work; with room, all is well."""
    await store.join(["a"], "x")
    admin = Redis.from_url(server.url)
    await admin.config_set("maxmemory", "1")
    for name in ("put", "claim", "join", "lease"):
        with pytest.raises(StoreFailed):
            await CALLS[name](store)
    assert await store.line("a") == ["x"]
    assert await store.leave(["a"], "x") == [[]]
    assert await store.get("t", "new") is None
    await admin.config_set("maxmemory", "0")
    await all_work(store)
    await admin.aclose()


async def test_a_replica_takes_no_writes(server: RedisServer, store: RedisStore) -> None:
    """A server that became a replica fails writes until it leads again."""
    admin = Redis.from_url(server.url)
    await admin.replicaof("127.0.0.1", "9")
    with pytest.raises(StoreFailed, match="ReadOnlyError"):
        await store.put("t", "k", 1)
    with pytest.raises(StoreFailed):
        await store.join(["a"], "x")
    await admin.replicaof("NO", "ONE")
    await all_work(store)
    await admin.aclose()


LOADING = b"Server initialized"


@pytest.fixture
async def slow_start(server: RedisServer) -> list[str]:
    """Options with which the server reads its data for about a second, and answers meanwhile."""
    admin = Redis.from_url(server.url)
    await admin.mset({f"wisdom:t:{number:04}": json.dumps("x" * 200) for number in range(1_000)})
    await admin.save()
    await admin.aclose()
    await server.stop()
    return ["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"]


async def test_the_start_waits_for_a_server_that_loads(server: RedisServer, slow_start: list[str]) -> None:
    """Redis and the app may start at the same time."""
    await server.start(*slow_start, said=LOADING)
    store = await RedisStore.open(server.url)
    assert len(await store.scan("t")) == 1_000
    await store.close()


async def test_a_server_that_loads_too_long_is_said(server: RedisServer, slow_start: list[str]) -> None:
    """After a while the start ends with a sentence."""
    await server.start(*slow_start, said=LOADING)
    with pytest.raises(ConfigurationError, match="still reads its data"):
        await RedisStore.open(server.url, patience=0)


async def test_a_server_that_loads_fails_calls(
    server: RedisServer, store: RedisStore, slow_start: list[str]
) -> None:
    """A call in the meantime fails at once, and the store works as soon as the server does."""
    await server.start(*slow_start, said=LOADING)
    with pytest.raises(StoreFailed, match="BusyLoadingError"):
        await store.get("t", "0001")
    await (await RedisStore.open(server.url)).close()
    assert await store.get("t", "0001") == "x" * 200


async def test_a_damaged_value_is_one_kind_of_error(server: RedisServer, store: RedisStore) -> None:
    """What is no JSON, or no text, fails the call that reads it and no other."""
    admin = Redis.from_url(server.url)
    for raw in (b"{not json", b"\xff\xfe"):
        await admin.set("wisdom:t:bad", raw)
        with pytest.raises(StoreFailed):
            await store.get("t", "bad")
    await all_work_but_scans(store)
    await admin.aclose()


async def all_work_but_scans(store: RedisStore) -> None:
    for name in CALLS.keys() - {"scan", "rows"}:
        await CALLS[name](store)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--save", "", "--appendonly", "no"],
            ["does not write to disk (appendonly no): answers in progress"],
        ),
        (["--save", "3600 1", "--appendonly", "no"], ["writes to disk only now and then (appendonly no)"]),
        (["--appendonly", "yes", "--maxmemory-policy", "allkeys-lru"], ["(maxmemory-policy allkeys-lru)"]),
        (["--appendonly", "yes"], []),
    ],
)
async def test_what_would_be_lost_is_said_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, options: list[str], said: list[str]
) -> None:
    """The log warns once of a server that would lose answers, and is quiet about one that would not."""
    async with redis_process(tmp_path, *options) as server:
        store = await RedisStore.open(server.url)
        await all_work(store)
        await store.close()
    warnings = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(warnings) == len(said)
    assert all(part in warning for part, warning in zip(said, warnings, strict=True))


async def test_a_server_that_does_not_tell_is_taken(
    breaking: Breaking, caplog: pytest.LogCaptureFixture
) -> None:
    """Where CONFIG is not allowed, the log says at INFO that it is not known, and the start goes on."""
    caplog.set_level(logging.INFO, "bot.store")
    await (await RedisStore.open(breaking.url)).close()
    (said,) = [each for each in caplog.records if each.name == "bot.store"]
    assert said.levelno == logging.INFO
    assert "not known whether Redis at STORE_URL writes to disk" in said.getMessage()


async def test_a_wrong_password_is_said(server: RedisServer) -> None:
    """The start ends with a sentence that has neither the password nor the address in it."""
    with pytest.raises(ConfigurationError, match="Redis does not answer") as caught:
        await RedisStore.open(server.url.replace("redis://", "redis://:hunter2@"))
    assert "hunter2" not in str(caught.value)
    assert str(server.port) not in str(caught.value)
