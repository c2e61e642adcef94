"""The store on a Redis server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, StoreFailed
from bot.store.redis import RedisStore
from tests.store.servers import redis_server


async def test_values_outlive_the_connection(tmp_path: Path) -> None:
    """What one process put, the next one reads."""
    async with redis_server(tmp_path) as url:
        first = await RedisStore.open(url)
        await first.put("threads", "k", ["a", 1])
        await first.close()
        second = await RedisStore.open(url)
        assert await second.get("threads", "k") == ["a", 1]
        await second.close()


async def test_a_lease_is_refused_to_others_until_it_ends(tmp_path: Path) -> None:
    """Somebody else gets the lease only when its time is over."""
    async with redis_server(tmp_path) as url:
        ours, theirs = await RedisStore.open(url), await RedisStore.open(url)
        assert await ours.lease("sweep", 0.05) is True
        assert await theirs.lease("sweep", 5) is False
        async with asyncio.timeout(5):
            while not await theirs.lease("sweep", 5):  # each try is a round trip; the server's clock decides
                continue
        assert await ours.lease("sweep", 5) is False
        await ours.close()
        await theirs.close()


async def test_expiry_is_left_to_the_server(tmp_path: Path) -> None:
    """A value with a time to live carries it on the server."""
    async with redis_server(tmp_path) as url:
        store = await RedisStore.open(url)
        await store.put("seen", "k", value=True, ttl=60)
        remaining = await store._client.pttl("wisdom:seen:k")
        assert 0 < remaining <= 60_000
        await store.close()


async def test_calls_wait_for_their_turn(tmp_path: Path) -> None:
    """A burst of more calls than connections is served, not refused."""
    async with redis_server(tmp_path) as url:
        store = await RedisStore.open(url)
        await asyncio.gather(*(store.put("t", f"{number:04}", number) for number in range(200)))
        assert len(await store.scan("t")) == 200
        await store.close()


async def test_rows_that_expire_meanwhile_are_left_out(tmp_path: Path) -> None:
    """A key that is gone when its page is read makes no row, and ends nothing."""
    async with redis_server(tmp_path) as url:
        store = await RedisStore.open(url)
        for number in range(1_001):
            await store.put("t", f"{number:04}", number)
        found: list[str] = []
        async for key, _ in store.rows("t"):
            if not found:
                await store._client.delete("wisdom:t:0700")
            found.append(key)
        assert len(found) == 1_000
        assert "0700" not in found
        await store.close()


async def test_nobody_there_is_said_at_the_start() -> None:
    """An address where nothing answers, or that is none, stops the start with a sentence."""
    with pytest.raises(ConfigurationError, match="Redis does not answer"):
        await RedisStore.open("redis://127.0.0.1:9/0")
    with pytest.raises(ConfigurationError, match="must be redis://"):
        await RedisStore.open("http://127.0.0.1/")


async def test_a_server_that_went_away_is_one_kind_of_error(tmp_path: Path) -> None:
    """Every call then raises StoreFailed, without the server's address in it."""
    async with redis_server(tmp_path) as url:
        store = await RedisStore.open(url)
    with pytest.raises(StoreFailed) as caught:
        await store.get("t", "k")
    assert "127.0.0.1" not in str(caught.value)
    await store.close()


async def test_a_lease_that_was_given_back_is_free_to_others(tmp_path: Path) -> None:
    """Nobody waits for the end of a lease that was given back, and nobody gives back what is not theirs."""
    async with redis_server(tmp_path) as url:
        ours, theirs = await RedisStore.open(url), await RedisStore.open(url)
        assert await ours.lease("turn:1", 60) is True
        await theirs.release("turn:1")
        assert await theirs.lease("turn:1", 60) is False
        await ours.release("turn:1")
        assert await theirs.lease("turn:1", 60) is True
        await ours.close()
        await theirs.close()


async def test_two_processes_agree_on_a_line(tmp_path: Path) -> None:
    """Whoever joins and leaves by two stores at once, there is one order, and nobody stands in it twice."""
    async with redis_server(tmp_path) as url:
        stores = [await RedisStore.open(url), await RedisStore.open(url)]
        joined = [store.join(["open", "thread"], str(number)) for number in range(60) for store in stores]
        seen = await asyncio.gather(*joined)
        line = await stores[0].line("thread")
        assert sorted(line, key=int) == [str(number) for number in range(60)]
        assert all(found == line[: len(found)] for both in seen for found in both)
        left = [store.leave(["thread"], str(number)) for number in range(0, 60, 2) for store in stores]
        await asyncio.gather(*left)
        expected = [each for each in line if int(each) % 2]
        assert [await store.line("thread") for store in stores] == [expected, expected]
        assert await stores[1].line("open") == line
        for store in stores:
            await store.close()


async def test_a_line_that_is_empty_leaves_nothing_behind(tmp_path: Path) -> None:
    """There is a line for every thread, so the empty ones must not stay."""
    async with redis_server(tmp_path) as url:
        store = await RedisStore.open(url)
        await store.join(["open", "thread"], "a")
        assert sorted(await store._client.keys()) == ["wisdom:lines:open", "wisdom:lines:thread"]
        await store.leave(["open", "thread"], "a")
        assert await store._client.keys() == []
        await store.close()
