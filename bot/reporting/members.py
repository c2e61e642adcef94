"""Who may do what in Indigo's workspace, and what changed since the person who asks looked last.

The last look is kept for each person by itself: what one has seen is still news to another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.core.indigo.members import Members, changes
from bot.core.indigo.model import Member
from bot.core.stored import Reader
from bot.reporting.upstream import Upstream
from bot.store.base import Json, Store

_LOOKS = "indigo_members"
_LOOK_SECONDS = 400 * 24 * 3600.0


class Looks:
    """Looks at the members, and remembers what was seen.

    Args:
        source: which of Indigo's workspaces it is.
        clock: seconds since 1970.
    """

    def __init__(self, client: Upstream, store: Store, source: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._store = store
        self._source = source
        self._clock = clock

    async def look(self) -> tuple[Member, ...]:
        """All members, in the order of their roles and addresses; raises IndigoError."""
        found: dict[tuple[str, str], Member] = {}
        async for page in self._client.user_roles():
            found |= {(each.user, each.email): each for each in page.items}
        return tuple(sorted(found.values(), key=lambda each: (each.role.lower(), each.email.lower())))

    async def compared(self, person: str, now: Sequence[Member]) -> Members:
        """What is new to this person (Slack's id); raises StoreFailed."""
        value = await self._store.get(_LOOKS, self._key(person))
        if value is None:
            return Members(tuple(now))
        read = Reader(value)
        before = [
            Member(each.text("user"), each.text("email"), each.text("role"))
            for each in read.inners("members")
        ]
        return Members(tuple(now), changes(before, now, since=read.number("at") or 0.0))

    async def keep(self, person: str, seen: Sequence[Member]) -> None:
        """They have seen these; raises StoreFailed."""
        members: list[Json] = [{"user": each.user, "email": each.email, "role": each.role} for each in seen]
        value: Json = {"at": self._clock(), "members": members}
        await self._store.put(_LOOKS, self._key(person), value, ttl=_LOOK_SECONDS)

    def _key(self, person: str) -> str:
        return f"{self._source}:{person}"
