"""What the app asks of its store: JSON values under keys, in named tables; lines; and leases.

Every call is a coroutine, whatever is behind it, and may raise ``bot.errors.StoreFailed``. A write that does
may have been carried out all the same. Once the cause is gone, the same store works again.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Protocol

#: A JSON value.
Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class Reads(Protocol):
    """A store that is only looked into. What has expired reads as absent."""

    async def get(self, table: str, key: str) -> Json:
        """The value under ``key``, or None."""

    async def scan(self, table: str, prefix: str = "") -> list[tuple[str, Json]]:
        """All keys that start with ``prefix``, with their values, in the order of the keys."""

    def rows(
        self, table: str, *, after: str = "", before: str | None = None
    ) -> AsyncGenerator[tuple[str, Json], None]:
        """Keys between the two, without these, with their values, in the order of the keys.

        Some hundred values are held at once, however many there are. What is written meanwhile may be missed.
        """


class Store(Reads, Protocol):
    """Durable JSON values. A value with a ``ttl`` (seconds) reads as absent when it is over.

    A line holds each item once, in the order in which they joined; lines are as durable as values. A lease
    that is not kept ends after its time.
    """

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        """Sets the value; on return it is written."""

    async def put_if_absent(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> bool:
        """Sets the value if there is none, in one step; says whether it did."""

    async def delete(self, table: str, key: str) -> None:
        """Removes the value, if there is one."""

    async def join(self, lines: Sequence[str], item: str) -> list[list[str]]:
        """Puts the item at the end of each of the lines in which it does not stand yet, in one step.

        Gives each of the lines as it is now, first to last.
        """

    async def leave(self, lines: Sequence[str], item: str) -> list[list[str]]:
        """Takes the item out of each of the lines, in one step, and gives them as they are now."""

    async def line(self, name: str) -> list[str]:
        """Who stands in the line, first to last; nobody where there is none."""

    async def lease(self, name: str, ttl: float) -> bool:
        """Takes or keeps the right to do ``name`` for ``ttl`` seconds; False where somebody else has it."""

    async def release(self, name: str) -> None:
        """Gives the right to do ``name`` back before its time, if it is ours."""

    async def close(self) -> None:
        """Writes what is pending and lets go of the store."""
