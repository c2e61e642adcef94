"""An answer on its way to one subscriber, with the disturbances that are switched on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

from graphql import GraphQLError

from bot.sandbox.tenant.faults import Armed, Fault, Faults

Diff = Mapping[str, object]

#: What ends a subscription, and what the client reads then.
BREAKS: Final = {Fault.EXPIRED: "Unauthorized", Fault.CRASH: "Internal server error"}


async def delivered(diffs: AsyncGenerator[Diff, None], faults: Faults) -> AsyncGenerator[Diff, None]:
    """``diffs`` as they reach this subscriber; raises GraphQLError where a fault ends the subscription."""
    breaks = {fault: faults.take(fault) for fault in BREAKS}
    disturbed = _disturbed(diffs, faults)
    sent = 0
    async with aclosing(diffs), aclosing(disturbed):
        _break_off(breaks, sent)
        async for diff in disturbed:
            yield diff
            sent += 1
            _break_off(breaks, sent)


def _break_off(breaks: Mapping[Fault, Armed | None], sent: int) -> None:
    for fault, message in BREAKS.items():
        armed = breaks[fault]
        if armed is not None and sent >= armed.after:
            raise GraphQLError(message)


async def _disturbed(diffs: AsyncGenerator[Diff, None], faults: Faults) -> AsyncGenerator[Diff, None]:
    gap, disorder = faults.take(Fault.GAP), faults.take(Fault.DISORDER)
    copies = 2 if faults.take(Fault.DUPLICATES) else 1
    late: Diff | None = None
    async for diff in diffs:
        if _strikes(gap, diff):
            continue
        if _strikes(disorder, diff):
            late = diff
            continue
        # The last diff ends the stream for a client: what is late comes before it.
        order = (diff, late) if diff["inProgress"] else (late, diff)
        late = None
        for each in order:
            for _ in range(copies if each is not None else 0):
                yield each if each is not None else diff


def _strikes(armed: Armed | None, diff: Diff) -> bool:
    return armed is not None and diff["diffIndex"] == armed.after and diff["inProgress"] is True
