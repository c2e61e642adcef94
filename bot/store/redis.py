"""The store on a Redis (or Valkey) server: for platforms whose disk does not outlive the process.

Values are JSON under ``wisdom:<table>:<key>``; expiry is the server's own. Losing nothing needs a server that
persists (``appendonly yes``).
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from bot.errors import ConfigurationError, StoreFailed
from bot.store.base import Json

_T = TypeVar("_T")

_PREFIX = "wisdom"
_LEASES = "leases"
#: Calls at once, and seconds that a call waits for its turn; the library's own pool fails where it is full.
_CONNECTIONS, _PATIENCE = 32, 20.0
#: Keys that are asked for at once.
_PAGE = 500
#: Takes the lease if it is free or ours already, in one step on the server.
_TAKE_LEASE = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""


class RedisStore:
    """A store on a server; open it with ``await RedisStore.open(url)``."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._owner = json.dumps(uuid.uuid4().hex)

    @classmethod
    async def open(cls, url: str) -> RedisStore:
        """Connects; ConfigurationError if the address is wrong or nobody answers there."""
        try:
            pool = BlockingConnectionPool.from_url(
                url,
                decode_responses=True,
                health_check_interval=30,
                max_connections=_CONNECTIONS,
                timeout=_PATIENCE,
            )
        except ValueError as error:
            raise ConfigurationError("STORE_URL: must be redis://host:port/number") from error
        client = Redis.from_pool(pool)
        try:
            await client.ping()
        except (RedisError, OSError) as error:
            await client.aclose()
            raise ConfigurationError(f"STORE_URL: Redis does not answer ({type(error).__name__})") from error
        return cls(client)

    async def get(self, table: str, key: str) -> Json:
        """The value under ``key``, or None."""
        raw = await _asked(lambda: self._client.get(_name(table, key)))
        return await asyncio.to_thread(_value, raw)  # a stored answer may have megabytes

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        """Sets the value; on return the server has it."""
        raw = await asyncio.to_thread(json.dumps, value)
        await _asked(lambda: self._client.set(_name(table, key), raw, px=_milliseconds(ttl)))

    async def put_if_absent(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> bool:
        """Sets the value if there is none, in one step; says whether it did."""
        done = await _asked(
            lambda: self._client.set(_name(table, key), json.dumps(value), px=_milliseconds(ttl), nx=True)
        )
        return bool(done)

    async def delete(self, table: str, key: str) -> None:
        """Removes the value, if there is one."""
        await _asked(lambda: self._client.delete(_name(table, key)))

    async def scan(self, table: str, prefix: str = "") -> list[tuple[str, Json]]:
        """All keys that start with ``prefix``, with their values, in the order of the keys."""
        return await self._values(table, await self._keys(table, prefix))

    async def rows(
        self, table: str, *, after: str = "", before: str | None = None
    ) -> AsyncGenerator[tuple[str, Json], None]:
        """Keys between the two, without these, with their values, in the order of the keys.

        The server has no order: the table's keys are held, its values a page at a time.
        """
        keys = [key for key in await self._keys(table) if key > after and (before is None or key < before)]
        for start in range(0, len(keys), _PAGE):
            for row in await self._values(table, keys[start : start + _PAGE]):
                yield row

    async def _keys(self, table: str, prefix: str = "") -> list[str]:
        start = _name(table, "")

        async def names() -> set[str]:
            found = self._client.scan_iter(match=f"{_literally(start + prefix)}*", count=_PAGE)
            return {name.removeprefix(start) async for name in found}

        return sorted(await _asked(names))

    async def _values(self, table: str, keys: Sequence[str]) -> list[tuple[str, Json]]:
        """Those of the keys that are still there."""
        if not keys:
            return []
        raw = await _asked(lambda: self._client.mget([_name(table, key) for key in keys]))
        values = await asyncio.to_thread(lambda: [_value(each) for each in raw])
        return [(key, value) for key, value in zip(keys, values, strict=True) if value is not None]

    async def lease(self, name: str, ttl: float) -> bool:
        """Takes or keeps the right to do ``name`` for ``ttl`` seconds; False where somebody else has it."""
        script = self._client.register_script(_TAKE_LEASE)
        keys, arguments = [_name(_LEASES, name)], [self._owner, str(_milliseconds(ttl))]
        return bool(await _asked(lambda: script(keys=keys, args=arguments)))

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._client.aclose()


async def _asked(call: Callable[[], Awaitable[_T]]) -> _T:
    try:
        return await call()
    except (RedisError, OSError) as error:
        raise StoreFailed(type(error).__name__) from error


def _name(table: str, key: str) -> str:
    return f"{_PREFIX}:{table}:{key}"


def _value(raw: str | bytes | None) -> Json:
    if raw is None:
        return None
    value: Json = json.loads(raw)
    return value


def _milliseconds(ttl: float | None) -> int | None:
    return None if ttl is None else max(1, round(ttl * 1000))


def _literally(text: str) -> str:
    """The text as a pattern that stands for itself."""
    return "".join(f"\\{char}" if char in "*?[]\\" else char for char in text)
