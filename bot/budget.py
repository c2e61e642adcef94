"""The workspace's budget of edits, shared by the processes of the app.

Slack counts the edits of an app, however many processes it has. Each process says how many messages it is
editing, and takes its part by that; no edit waits for an agreement. Who says nothing any more has no part.
"""

from __future__ import annotations

from typing import Protocol

from bot.store.base import Store

_LINE, _TABLE = "processes", "loads"
#: For so long what a process said holds.
_SECONDS = 10.0


class Edits(Protocol):
    """Who edits: ``bot.slack.editor.Editor``."""

    @property
    def load(self) -> int:
        """How many messages it is editing."""

    def allow(self, per_minute: int) -> None:
        """So many edits a minute are its part."""


class SharedBudget:
    """This process's part of the budget.

    Args:
        name: of this process, unlike all others.
        per_minute: the whole budget.
    """

    def __init__(self, store: Store, edits: Edits, *, name: str, per_minute: int) -> None:
        self._store = store
        self._edits = edits
        self._name = name
        self._per_minute = per_minute

    async def agree(self) -> None:
        """Says what is done here, and takes the part that the others leave. Raises StoreFailed."""
        own = self._edits.load
        await self._store.put(_TABLE, self._name, own, ttl=_SECONDS)
        (line,) = await self._store.join([_LINE], self._name)
        others = [await self._load_of(name) for name in line if name != self._name]
        self._edits.allow(part(self._per_minute, own, [each for each in others if each is not None]))

    async def leave(self) -> None:
        """The others may have all of it; raises StoreFailed."""
        await self._store.leave([_LINE], self._name)
        await self._store.delete(_TABLE, self._name)

    async def _load_of(self, name: str) -> int | None:
        load = await self._store.get(_TABLE, name)
        if isinstance(load, int):
            return load
        await self._store.leave([_LINE], name)
        return None


def part(per_minute: int, own: int, others: list[int]) -> int:
    """How much of the budget is this process's: at least 1, and all parts together are not more than it.

    Whoever has nothing to edit keeps a little, for what comes next.
    """
    loads = [load + 1 for load in (own, *others)]
    spare = max(0, per_minute - len(loads))
    return 1 + spare * loads[0] // sum(loads)
