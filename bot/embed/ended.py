"""What must not be used again: sessions that were ended, sign-ins that have come back. In every process."""

from __future__ import annotations

from typing import Protocol

from bot.embed.seals import SIGN_IN_SECONDS, Session, SignIn

_ENDED, _USED = "embed_ended", "embed_used"


class Keeps(Protocol):
    """What is asked of the store; each may raise StoreFailed."""

    async def get(self, table: str, key: str) -> object:
        """The value under ``key``, or None."""

    async def put(self, table: str, key: str, *, value: bool, ttl: float | None = None) -> None:
        """Sets the value, for ``ttl`` seconds."""

    async def put_if_absent(self, table: str, key: str, *, value: bool, ttl: float | None = None) -> bool:
        """Sets the value if there is none; says whether it did."""


class Ended:
    """Remembers them for as long as their cookies would be good."""

    def __init__(self, store: Keeps) -> None:
        self._store = store

    async def end(self, session: Session, *, now: float) -> None:
        """From now on the session is over, whoever holds its cookie."""
        await self._store.put(_ENDED, session.id, value=True, ttl=max(1.0, session.until - now))

    async def over(self, session: Session) -> bool:
        """Whether it was ended."""
        return await self._store.get(_ENDED, session.id) is not None

    async def first_time(self, sign_in: SignIn) -> bool:
        """True once for each sign-in."""
        return await self._store.put_if_absent(_USED, sign_in.nonce, value=True, ttl=SIGN_IN_SECONDS)
