"""The store on a Redis (or Valkey) server: for platforms whose disk does not outlive the process.

Values are JSON under ``wisdom:<table>:<key>``, lines are lists under ``wisdom:lines:<name>``; expiry is the
server's own. Losing nothing needs a server that persists (``appendonly yes``).

Where a connection breaks, a call is made once more if it does the same the second time. Any other may have
been carried out, and fails.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from redis.asyncio import Redis

from bot.errors import StoreFailed
from bot.store.base import Json
from bot.store.server import LOADING, asked, connected, surely

_PREFIX = "wisdom"
_LEASES, _LINES = "leases", "lines"
#: Keys that are asked for at once.
_PAGE = 500
#: Takes the lease if it is free or ours already, in one step on the server.
_TAKE_LEASE = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
#: Gives the lease up if it is ours.
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""
_JOIN = """
local lines = {}
for place, key in ipairs(KEYS) do
    if not redis.call('LPOS', key, ARGV[1]) then redis.call('RPUSH', key, ARGV[1]) end
    lines[place] = redis.call('LRANGE', key, 0, -1)
end
return lines
"""
_LEAVE = """
local lines = {}
for place, key in ipairs(KEYS) do
    redis.call('LREM', key, 0, ARGV[1])
    lines[place] = redis.call('LRANGE', key, 0, -1)
end
return lines
"""


class RedisStore:
    """A store on a server; open it with ``await RedisStore.open(url)``."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._owner = json.dumps(uuid.uuid4().hex)

    @classmethod
    async def open(cls, url: str, *, patience: float = LOADING) -> RedisStore:
        """Connects; waits up to ``patience`` seconds for a server that still reads its data.

        Says in the log what the server would lose. Raises ConfigurationError if the address is wrong, or
        nobody answers there in time.
        """
        return cls(await connected(url, patience))

    async def get(self, table: str, key: str) -> Json:
        """The value under ``key``, or None."""
        raw = await surely(lambda: self._client.get(_name(table, key)))
        return await asyncio.to_thread(_value, raw)  # a stored answer may have megabytes

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        """Sets the value; on return the server has it."""
        raw = await asyncio.to_thread(json.dumps, value)
        await surely(lambda: self._client.set(_name(table, key), raw, px=_milliseconds(ttl)))

    async def put_if_absent(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> bool:
        """Sets the value if there is none, in one step; says whether it did.

        It is not tried again: a first try that was carried out would make the second say that it was not.
        """
        raw = json.dumps(value)
        done = await asked(lambda: self._client.set(_name(table, key), raw, px=_milliseconds(ttl), nx=True))
        return bool(done)

    async def delete(self, table: str, key: str) -> None:
        """Removes the value, if there is one."""
        await surely(lambda: self._client.delete(_name(table, key)))

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
        pattern = f"{_literally(start + prefix)}*"
        names: set[str] = set()
        cursor, found = await self._page(0, pattern)
        while cursor:
            names.update(found)
            cursor, found = await self._page(cursor, pattern)
        names.update(found)
        return sorted(name.removeprefix(start) for name in names)

    async def _page(self, cursor: int, pattern: str) -> tuple[int, list[str]]:
        """Some of the names that fit, and where the next ones are; 0 at the end."""
        following, found = await surely(lambda: self._client.scan(cursor, match=pattern, count=_PAGE))
        return int(following), [str(name) for name in found]

    async def _values(self, table: str, keys: Sequence[str]) -> list[tuple[str, Json]]:
        """Those of the keys that are still there."""
        if not keys:
            return []
        raw = await surely(lambda: self._client.mget([_name(table, key) for key in keys]))
        values = await asyncio.to_thread(lambda: [_value(each) for each in raw])
        return [(key, value) for key, value in zip(keys, values, strict=True) if value is not None]

    async def join(self, lines: Sequence[str], item: str) -> list[list[str]]:
        """Puts the item at the end of each of the lines in which it does not stand yet, in one step."""
        return await self._change(_JOIN, lines, item)

    async def leave(self, lines: Sequence[str], item: str) -> list[list[str]]:
        """Takes the item out of each of the lines, in one step, and gives them as they are now."""
        return await self._change(_LEAVE, lines, item)

    async def _change(self, script: str, lines: Sequence[str], item: str) -> list[list[str]]:
        keys = [_name(_LINES, name) for name in lines]
        changed: list[list[str]] = await self._do(script, keys, item)
        return changed

    async def line(self, name: str) -> list[str]:
        """Who stands in the line, first to last; nobody where there is none."""
        return [str(item) for item in await surely(lambda: self._client.lrange(_name(_LINES, name), 0, -1))]

    async def lease(self, name: str, ttl: float) -> bool:
        """Takes or keeps the right to do ``name`` for ``ttl`` seconds; False where somebody else has it."""
        return bool(await self._do(_TAKE_LEASE, [_name(_LEASES, name)], self._owner, str(_milliseconds(ttl))))

    async def release(self, name: str) -> None:
        """Gives the right to do ``name`` back before its time, if it is ours."""
        await self._do(_RELEASE, [_name(_LEASES, name)], self._owner)

    async def _do(self, script: str, keys: Sequence[str], *values: str) -> Any:
        """Runs a script, one step on the server, that does the same the second time."""
        run = self._client.register_script(script)
        return await surely(lambda: run(keys=keys, args=values))

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._client.aclose()


def _name(table: str, key: str) -> str:
    return f"{_PREFIX}:{table}:{key}"


def _value(raw: str | bytes | None) -> Json:
    if raw is None:
        return None
    try:
        value: Json = json.loads(raw)
    except ValueError as error:
        raise StoreFailed("a stored value is damaged") from error
    return value


def _milliseconds(ttl: float | None) -> int | None:
    return None if ttl is None else max(1, round(ttl * 1000))


def _literally(text: str) -> str:
    """The text as a pattern that stands for itself."""
    return "".join(f"\\{char}" if char in "*?[]\\" else char for char in text)
