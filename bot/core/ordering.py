"""The order of one message's diffs, by their ``diffIndex``.

A diff that comes too early waits for those before it, but not for ever. A diff that was seen is dropped. An
index that begins again with other content is a restart. A diff without index counts where it arrives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.model import Op

#: As many diffs may wait for an earlier one; one more, and the earlier one is given up.
PATIENCE = 16

#: The same at the start, where a tenant may simply count from one.
_PATIENCE_AT_START = 4


class Begin(Enum):
    """What a change begins with."""

    #: It goes on from what is held.
    HELD = "held"
    #: It begins the message again.
    ANEW = "anew"
    #: It has the index of the change before it: the message again, or a tenant that does not count.
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Change:
    """The ops of a diff whose turn it is; ``last`` on the last diff of an answer."""

    ops: Sequence[Op]
    last: bool = False
    begin: Begin = Begin.HELD


def inserts_only(ops: Sequence[Op]) -> bool:
    """The ops neither retain nor delete, so they may be a whole body."""
    return all(op.get("insert") is not None for op in ops)


class Order:
    """Puts the diffs of one message into their order.

    Attributes:
        gap: a diff was given up, or came when it was too late.
        dropped: how many diffs were dropped because they had been seen.
    """

    def __init__(self) -> None:
        self.gap = False
        self.dropped = 0
        self._next = 0
        self._first: int | None = None
        self._waiting: dict[int, Change] = {}
        #: Ops of the diffs that may be told from a restart: number 0 and the newest.
        self._known: dict[int, Sequence[Op]] = {}

    def receive(self, index: int | None, change: Change, *, snapshots: bool = False) -> list[Change]:
        """The changes whose turn it is now, in order.

        With ``snapshots`` a diff of inserts holds the whole message, so that it has to wait for no other.
        """
        if index is None or index < 0:
            return [change]
        if index < self._next:
            return self._again(index, change, snapshots=snapshots)
        if index == self._next or (snapshots and inserts_only(change.ops)):
            return self._release(index, change)
        if index in self._waiting:
            self.dropped += 1
        else:
            self._waiting[index] = change
        return self._release_waiting() if self._out_of_patience() else []

    def flush(self) -> list[Change]:
        """Everything that still waits, in order: nothing more will come."""
        released: list[Change] = []
        while self._waiting:
            self.gap = True
            released += self._release_waiting()
        return released

    def _out_of_patience(self) -> bool:
        if self._counts_from_one():
            return len(self._waiting) >= _PATIENCE_AT_START
        return len(self._waiting) > PATIENCE

    def _counts_from_one(self) -> bool:
        return self._first is None and 1 in self._waiting and inserts_only(self._waiting[1].ops)

    def _release_waiting(self) -> list[Change]:
        self.gap = self.gap or not self._counts_from_one()
        index = min(self._waiting)
        return self._release(index, self._waiting.pop(index))

    def _release(self, index: int, change: Change) -> list[Change]:
        released = [change]
        self._first = index if self._first is None else self._first
        self._know(index, change)
        for early in sorted(self._waiting):
            if early > self._next:
                break
            waiting = self._waiting.pop(early)
            if early == self._next:
                released.append(waiting)
                self._know(early, waiting)
        return released

    def _know(self, index: int, change: Change) -> None:
        self._known = {key: ops for key, ops in self._known.items() if key == 0}
        self._known[index] = change.ops
        self._next = index + 1

    def _again(self, index: int, change: Change, *, snapshots: bool) -> list[Change]:
        known = self._known.get(index)
        newest = index == self._next - 1
        if known is None or known == change.ops:
            self.dropped += 1
            late = self._first is not None and index < self._first
            self.gap = self.gap or (late and not snapshots)
            return []
        if newest and (snapshots or not inserts_only(change.ops)):
            self._known[index] = change.ops
            return [change]
        if inserts_only(change.ops):
            return [self._restart(index, change)]
        self.gap = True
        return []

    def _restart(self, index: int, change: Change) -> Change:
        begin = Begin.UNCLEAR if index == self._next - 1 else Begin.ANEW
        self._waiting.clear()
        self._known = {index: change.ops}
        self._next = index + 1
        return Change(change.ops, change.last, begin)
