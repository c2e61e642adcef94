"""Disturbances on the way to a subscriber; the answer itself is whole."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import pytest
from graphql import GraphQLError

from bot.sandbox.tenant.delivery import Delivery
from bot.sandbox.tenant.faults import Fault, Faults
from bot.sandbox.tenant.options import BOTH_SUBPROTOCOLS
from bot.sandbox.tenant.updates import STRANGE_TEXT, STRANGER, Update, grown
from tests.sandbox.tenant.following import (
    DIFF,
    SENT,
    diffs_of,
    following,
    kind,
    opened,
    sent,
)
from tests.sandbox.tenant.stand import asked, chat_variables, fresh_token, probing, running

LAST = 4
ORDERS = [
    (Fault.DUPLICATES, 1, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]),
    (Fault.DISORDER, 1, [0, 2, 1, 3, 4]),
    (Fault.DISORDER, 3, [0, 1, 2, 3, 4]),
    (Fault.DISORDER, 4, [0, 1, 2, 3, 4]),
    (Fault.GAP, 2, [0, 1, 3, 4]),
    (Fault.GAP, 4, [0, 1, 2, 3, 4]),
]


def diff(index: int, message: str = "m") -> Mapping[str, object]:
    """One of five diffs, the last of which ends the answer."""
    return {"diffIndex": index, "inProgress": index < LAST, "messageId": message}


async def chat() -> AsyncGenerator[Mapping[str, object], None]:
    """An answer in the older flow."""
    for index in range(LAST + 1):
        yield diff(index)


async def conversation(*messages: str) -> AsyncGenerator[Update, None]:
    """Answers in the newer flow, each with its whole message behind it."""
    for message in messages:
        for index in range(LAST + 1):
            yield grown(diff(index, message))
        yield Update(message_id=message, wire={SENT: message}, last=True)


async def indexes(faults: Faults) -> list[object]:
    """The order in which the diffs of ``chat`` arrive."""
    delivery = Delivery(faults)
    delivery.begin("m")
    async with aclosing(delivery.chat(chat())) as diffs:
        return [each["diffIndex"] async for each in diffs]


async def told(faults: Faults, *messages: str, batch: int = 1) -> list[list[object]]:
    """The events of a conversation: the index of a diff, or the message."""
    events = Delivery(faults).conversation(conversation(*messages), batch)
    async with aclosing(events):
        return [[_shown(item) for item in event] async for event in events]


def _shown(item: Mapping[str, Any]) -> object:
    return item[DIFF]["diffIndex"] if DIFF in item else item[SENT]


@pytest.mark.parametrize(("fault", "after", "arrive"), ORDERS)
async def test_order(fault: Fault, after: int, arrive: list[int]) -> None:
    """Each disturbance hits one delivery, never the end of it, and is used up."""
    faults = Faults()
    faults.switch(fault, after=after)
    assert await indexes(faults) == arrive
    assert await indexes(faults) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("fault", "after", "arrive"), ORDERS)
async def test_order_in_a_conversation(fault: Fault, after: int, arrive: list[int]) -> None:
    """The same strikes one answer of those that a subscription brings, wherever it is armed."""
    faults = Faults()
    faults.switch(fault, after=after)
    copies = 2 if fault is Fault.DUPLICATES else 1
    first = [[index] for index in arrive] + [["a"]] * copies
    assert await told(faults, "a", "b") == [*first, [0], [1], [2], [3], [4], ["b"]]


async def test_a_diff_that_is_late() -> None:
    """It comes again when the answer has ended; a subscription that ends with it brings it before the end."""
    faults = Faults()
    faults.switch(Fault.LATE, after=1, times=2)
    assert await indexes(faults) == [0, 1, 2, 3, 1, 4]
    assert await told(faults, "a", "b", batch=4) == [
        [0, 1, 2, 3],
        [4, "a"],
        [1],
        [0, 1, 2, 3],
        [4, "b"],
    ]


@pytest.mark.parametrize("fault", [Fault.EXPIRED, Fault.CRASH])
@pytest.mark.parametrize("after", [0, 2])
async def test_breaking_off(fault: Fault, after: int) -> None:
    """The subscription ends with an error after that many diffs."""
    faults = Faults()
    faults.switch(fault, after=after, times=2)
    delivery = Delivery(faults)
    delivery.begin("m")
    streams: Sequence[AsyncGenerator[object, None]] = (
        delivery.chat(chat()),
        Delivery(faults).conversation(conversation("a"), 1),
    )
    for stream in streams:
        for _ in range(after):
            await anext(stream)
        with pytest.raises(GraphQLError):
            await anext(stream)


async def test_how_far_an_answer_has_come() -> None:
    """Diffs are counted for each answer anew, as they go out."""
    delivery = Delivery(Faults())
    events = delivery.conversation(conversation("a", "b"), 2)
    counts = [(delivery.before, delivery.sent) async for _ in events]
    assert counts == [(0, 2), (2, 4), (4, 5)] * 2


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


@pytest.mark.parametrize("subprotocol", BOTH_SUBPROTOCOLS)
async def test_a_token_that_expires_in_a_conversation(subprotocol: str) -> None:
    """The subscription ends with ``error``; the answer goes on, and a new subscription gets the rest."""
    async with running() as server:
        mine = await opened(server)
        server.faults.switch(Fault.EXPIRED, after=1)
        server.faults.switch(Fault.SILENT, after=1)
        async with following(server, mine, subprotocol) as follower:
            await sent(server, mine)
            first = await follower.event()
            frame = await follower.probe.receive()
            async with following(server, mine, subprotocol) as again:
                server.faults.release()
                items = await again.items()
        assert len(server.questions) == 1
    assert (frame["type"], frame["id"]) == ("error", "1")
    assert "Unauthorized" in str(frame["payload"])
    assert [each["diffIndex"] for each in diffs_of([*first, *items])] == list(range(len(items)))


async def test_the_answer_to_another_question_in_a_conversation() -> None:
    """It comes whole, before the second diff, under an id of its own; the answer is whole, too."""
    async with running() as server:
        mine = await opened(server)
        server.faults.switch(Fault.FOREIGN)
        async with following(server, mine) as follower:
            await sent(server, mine)
            items = await follower.items()
            assert items[-1][SENT]["messageId"] == STRANGER
            assert items[-1][SENT]["body"]["ops"][0]["insert"]["text"] == STRANGE_TEXT
            items += await follower.items()
    strange = [item for item in items if item[kind(item)]["messageId"] == STRANGER]
    assert [kind(item) for item in strange] == [DIFF, DIFF, SENT]
    own = diffs_of([item for item in items if item not in strange])
    assert [each["diffIndex"] for each in own] == list(range(len(own)))


async def test_the_answer_to_another_question_in_the_older_flow() -> None:
    """Its diffs come between those that were asked for."""
    async with running() as server:
        server.faults.switch(Fault.FOREIGN)
        diffs = await asked(server)
    strange = [each for each in diffs if each["messageId"] == STRANGER]
    assert [each["inProgress"] for each in strange] == [True, False]
    assert diffs.index(strange[0]) == 1
    assert diffs[-1]["messageId"] == diffs[0]["messageId"]


async def test_disturbances_in_a_conversation() -> None:
    """Over a socket they strike the answers of a subscription that is open already."""
    async with running() as server:
        mine = await opened(server)
        async with following(server, mine) as follower:
            for fault, count in ((Fault.GAP, 0), (Fault.DUPLICATES, 2), (Fault.LATE, 2), (Fault.GAP, 0)):
                server.faults.switch(fault)
                await sent(server, mine, fault)
                items = await follower.items()
                if fault is Fault.LATE:
                    items += await follower.event()
                if fault is Fault.DUPLICATES:
                    assert await follower.event() == items[-1:]
                assert [each["diffIndex"] for each in diffs_of(items)].count(1) == count
