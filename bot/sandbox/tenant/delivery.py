"""Answers on their way to one subscriber, with the disturbances that are switched on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from graphql import GraphQLError

from bot.sandbox.tenant.faults import DELIVERY, Armed, Fault, Faults
from bot.sandbox.tenant.updates import Diff, Update, of_chat, strange

#: What ends a subscription, and what the client reads then.
BREAKS: Final = {Fault.EXPIRED: "Unauthorized", Fault.CRASH: "Internal server error"}


class Delivery:
    """The way to one subscriber. Faults are taken anew for each answer that goes along it.

    Attributes:
        before: how many diffs of the present answer have gone out without the latest event.
        sent: the same with it.
    """

    def __init__(self, faults: Faults) -> None:
        self.before = 0
        self.sent = 0
        self._faults = faults
        self._message = ""
        self._armed: dict[Fault, Armed | None] = {}
        self._delayed: Update | None = None
        self._again: Update | None = None

    def begin(self, message_id: str) -> None:
        """An answer begins; every fault of deliveries that is armed is used up by it."""
        self.before = self.sent = 0
        self._message = message_id
        self._armed = {fault: self._faults.take(fault) for fault in DELIVERY}
        self._delayed = self._again = None

    def strikes(self, fault: Fault, diffs: int) -> Armed | None:
        """A fault that is due when so many diffs have gone out; it does not strike this answer again."""
        armed = self._armed.get(fault)
        if armed is None or diffs < armed.after:
            return None
        self._armed[fault] = None
        return armed

    async def chat(self, diffs: AsyncGenerator[Diff, None]) -> AsyncGenerator[Diff, None]:
        """The diffs of the answer that has begun; raises GraphQLError where a fault ends the subscription."""
        updates = (of_chat(diff) async for diff in diffs)
        async with aclosing(diffs), aclosing(self._events(updates, 1)) as events:
            async for (update,) in events:
                if update.diff is not None:
                    yield update.diff

    async def conversation(
        self, updates: AsyncGenerator[Update, None], batch: int
    ) -> AsyncGenerator[Sequence[Mapping[str, object]], None]:
        """Events of up to ``batch`` updates; raises GraphQLError where a fault ends the subscription."""
        async with aclosing(self._events(updates, batch)) as events:
            async for event in events:
                yield [update.wire for update in event]

    async def _events(
        self, updates: AsyncGenerator[Update, None], batch: int
    ) -> AsyncGenerator[Sequence[Update], None]:
        held: list[Update] = []
        async with aclosing(updates):
            self._break_off()
            async for update in updates:
                if update.message_id != self._message:
                    self.begin(update.message_id)
                    self._break_off()
                for each in self._disturbed(update):
                    held.append(each)
                    if len(held) < batch and not each.last:
                        continue
                    event, held = held, []
                    self._count(event)
                    yield event
                    self._break_off()

    def _count(self, event: Sequence[Update]) -> None:
        own = sum(each.diff is not None and each.message_id == self._message for each in event)
        self.before, self.sent = self.sent, self.sent + own

    def _break_off(self) -> None:
        for fault, message in BREAKS.items():
            if self.strikes(fault, self.sent):
                raise GraphQLError(message)

    def _disturbed(self, update: Update) -> Iterator[Update]:
        """What arrives in place of an update."""
        if self._at(Fault.GAP, update):
            return
        if self._at(Fault.DISORDER, update):
            self._delayed = update
            return
        if self._at(Fault.LATE, update):
            self._again = replace(update, last=True)
        if update.diff is not None and self._at(Fault.FOREIGN, update):
            yield from strange(update.diff)
        for each in self._ordered(update):
            yield each
            if self._armed[Fault.DUPLICATES]:
                yield each

    def _ordered(self, update: Update) -> Iterator[Update]:
        """An update, and what was kept back for it; nothing comes after one that closes the subscription."""
        delayed, self._delayed = self._delayed, None
        running = update.diff is not None and update.diff["inProgress"]
        if delayed and not running:
            yield delayed
        if self._again and update.closes:
            yield self._again
        yield update
        if delayed and running:
            yield delayed
        if self._again and update.last and not update.closes:
            yield self._again

    def _at(self, fault: Fault, update: Update) -> bool:
        """Whether a fault strikes this very diff; the last one is spared."""
        armed, diff = self._armed[fault], update.diff
        if armed is None or diff is None:
            return False
        return diff["diffIndex"] == armed.after and diff["inProgress"] is True
