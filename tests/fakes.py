"""Small stand-ins that several tests share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TypeVar

from bot.errors import StoreFailed
from bot.model import Domain, Entrance, Identity, Question, ThreadKey
from bot.store.base import Json

_T = TypeVar("_T")


class Clock:
    """Seconds that a test moves."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class DictStore:
    """A store in a dictionary, for tests of what stands above the store.

    Attributes:
        owner: the process that takes leases.
        leases: who holds what.
        ends: until when, where that is told (by ``Shared``).
    """

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Json]] = {}
        self.owner = "this process"
        self.leases: dict[str, str] = {}
        self.ends: dict[str, float] = {}

    async def get(self, table: str, key: str) -> Json:
        return self.tables.get(table, {}).get(key)

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        del ttl
        self.tables.setdefault(table, {})[key] = value

    async def put_if_absent(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> bool:
        if await self.get(table, key) is not None:
            return False
        await self.put(table, key, value, ttl=ttl)
        return True

    async def delete(self, table: str, key: str) -> None:
        self.tables.get(table, {}).pop(key, None)

    async def scan(self, table: str, prefix: str = "") -> list[tuple[str, Json]]:
        rows = self.tables.get(table, {})
        return [(key, rows[key]) for key in sorted(rows) if key.startswith(prefix)]

    async def rows(
        self, table: str, *, after: str = "", before: str | None = None
    ) -> AsyncGenerator[tuple[str, Json], None]:
        for key, value in await self.scan(table):
            if key > after and (before is None or key < before):
                yield key, value

    async def join(self, lines: Sequence[str], item: str) -> list[list[str]]:
        for name in lines:
            if item not in await self.line(name):
                await self.put("lines", name, [*await self.line(name), item])
        return [await self.line(name) for name in lines]

    async def leave(self, lines: Sequence[str], item: str) -> list[list[str]]:
        for name in lines:
            await self.put("lines", name, [each for each in await self.line(name) if each != item])
        return [await self.line(name) for name in lines]

    async def line(self, name: str) -> list[str]:
        found = await self.get("lines", name)
        return [str(each) for each in found] if isinstance(found, list) else []

    async def lease(self, name: str, ttl: float) -> bool:
        del ttl
        return self.leases.setdefault(name, self.owner) == self.owner

    async def release(self, name: str) -> None:
        if self.leases.get(name) == self.owner:
            del self.leases[name]

    async def close(self) -> None:
        self.tables.clear()


class Shared:
    """What one of several processes sees of their store; its leases end on a clock that a test moves.

    Attributes:
        away: nothing can be read or written.
        calls: how many there were.
        cut: the number of the call that fails; with ``late``, after it was carried out.
    """

    def __init__(self, common: DictStore, owner: str, clock: Clock) -> None:
        self.common, self.owner, self.clock = common, owner, clock
        self.away = False
        self.calls = 0
        self.cut: int | None = None
        self.late = False

    async def _ask(self, call: Awaitable[_T]) -> _T:
        self.calls += 1
        cut = self.calls == self.cut
        work = asyncio.ensure_future(call)
        if self.away or (cut and not self.late):
            work.cancel()
            raise StoreFailed("out of reach")
        answer = await work
        await asyncio.sleep(0)
        if cut:
            raise StoreFailed("no answer")
        return answer

    async def get(self, table: str, key: str) -> Json:
        return await self._ask(self.common.get(table, key))

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        await self._ask(self.common.put(table, key, value, ttl=ttl))

    async def put_if_absent(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> bool:
        return await self._ask(self.common.put_if_absent(table, key, value, ttl=ttl))

    async def delete(self, table: str, key: str) -> None:
        await self._ask(self.common.delete(table, key))

    async def scan(self, table: str, prefix: str = "") -> list[tuple[str, Json]]:
        return await self._ask(self.common.scan(table, prefix))

    async def rows(
        self, table: str, *, after: str = "", before: str | None = None
    ) -> AsyncGenerator[tuple[str, Json], None]:
        async for row in self.common.rows(table, after=after, before=before):
            yield row

    async def join(self, lines: Sequence[str], item: str) -> list[list[str]]:
        return await self._ask(self.common.join(lines, item))

    async def leave(self, lines: Sequence[str], item: str) -> list[list[str]]:
        return await self._ask(self.common.leave(lines, item))

    async def line(self, name: str) -> list[str]:
        return await self._ask(self.common.line(name))

    async def lease(self, name: str, ttl: float) -> bool:
        return await self._ask(self._lease(name, ttl))

    async def _lease(self, name: str, ttl: float) -> bool:
        if self.clock() >= self.common.ends.get(name, 0.0):
            self.common.leases.pop(name, None)
        held = self.common.leases.setdefault(name, self.owner) == self.owner
        if held:
            self.common.ends[name] = self.clock() + ttl
        return held

    async def release(self, name: str) -> None:
        await self._ask(self._release(name))

    async def _release(self, name: str) -> None:
        if self.common.leases.get(name) == self.owner:
            del self.common.leases[name]

    async def close(self) -> None:
        """The others go on with it."""


def question(
    text: str = "Revenue?", *, ts: str = "10.1", thread_ts: str = "10.1", user: str = "U1"
) -> Question:
    """A question in #C1 of T1."""
    return Question(ThreadKey("T1", "C1", thread_ts), ts, user, text, Entrance.MENTION)


class Catalogue:
    """A tenant's domains, as ``listing`` tells them to an identity."""

    def __init__(self, listing: Callable[[Identity], Awaitable[tuple[Domain, ...]]]) -> None:
        self._listing = listing

    async def domains(self, identity: Identity) -> tuple[Domain, ...]:
        """All of them."""
        return await self._listing(identity)

    async def domain_name(self, domain: str, identity: Identity) -> str:
        """What the list calls it."""
        return next((each.name for each in await self.domains(identity) if each.id == domain), "")
