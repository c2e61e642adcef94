"""Disturbances on the way to a subscriber; the answer itself is whole."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

import pytest
from graphql import GraphQLError

from bot.sandbox.tenant.delivery import delivered
from bot.sandbox.tenant.faults import Fault, Faults
from tests.sandbox.tenant.stand import asked, chat_variables, fresh_token, probing, running

LAST = 4


async def source() -> AsyncGenerator[Mapping[str, object], None]:
    """Five diffs, the last of which ends the answer."""
    for index in range(LAST + 1):
        yield {"diffIndex": index, "inProgress": index < LAST}


async def indexes(faults: Faults) -> list[object]:
    """The order in which the diffs arrive."""
    async with aclosing(delivered(source(), faults)) as diffs:
        return [diff["diffIndex"] async for diff in diffs]


@pytest.mark.parametrize(
    ("fault", "after", "arrive"),
    [
        (Fault.DUPLICATES, 1, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]),
        (Fault.DISORDER, 1, [0, 2, 1, 3, 4]),
        (Fault.DISORDER, 3, [0, 1, 2, 3, 4]),
        (Fault.DISORDER, 4, [0, 1, 2, 3, 4]),
        (Fault.GAP, 2, [0, 1, 3, 4]),
        (Fault.GAP, 4, [0, 1, 2, 3, 4]),
    ],
)
async def test_order(fault: Fault, after: int, arrive: list[int]) -> None:
    """Each disturbance hits one delivery, never the end of it, and is used up."""
    faults = Faults()
    faults.switch(fault, after=after)
    assert await indexes(faults) == arrive
    assert await indexes(faults) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("fault", [Fault.EXPIRED, Fault.CRASH])
@pytest.mark.parametrize("after", [0, 2])
async def test_breaking_off(fault: Fault, after: int) -> None:
    """The subscription ends with an error after that many diffs."""
    faults = Faults()
    faults.switch(fault, after=after)
    diffs = delivered(source(), faults)
    for index in range(after):
        assert (await anext(diffs))["diffIndex"] == index
    with pytest.raises(GraphQLError):
        await anext(diffs)


@pytest.mark.parametrize(
    ("subprotocol", "payload"),
    [
        ("graphql-transport-ws", [{"message": "Unauthorized"}]),
        ("graphql-ws", {"message": "Unauthorized"}),
    ],
)
async def test_a_token_that_expires_on_the_way(subprotocol: str, payload: object) -> None:
    """The operation ends with ``error`` in the shape of its protocol; the same key then tells it all."""
    async with running() as server, probing(server, subprotocol) as probe:
        server.faults.switch(Fault.EXPIRED, after=1)
        await probe.init()
        await probe.subscribe(chat_variables(fresh_token(server)))
        frames = [await probe.receive() for _ in range(3 if subprotocol == "graphql-ws" else 2)]
        assert frames[-1] == {"type": "error", "id": "1", "payload": payload}
        assert (await asked(server))[-1]["inProgress"] is False
        assert len(server.questions) == 1
