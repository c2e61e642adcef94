"""Small stand-ins that several tests share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable

from bot.model import Domain, Entrance, Identity, Question, ThreadKey
from bot.store.base import Json


class Clock:
    """Seconds that a test moves."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class DictStore:
    """A store in a dictionary, for tests of what stands above the store."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Json]] = {}

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

    async def lease(self, name: str, ttl: float) -> bool:
        return await self.put_if_absent("leases", name, value=True, ttl=ttl)

    async def close(self) -> None:
        self.tables.clear()


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
