"""What faults make of an answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.spoiling import written
from tests.sandbox.indigo.stand import CHATS, MEMBERS, MESSAGES, Stand, nodes, stand


@pytest.fixture
async def here() -> AsyncIterator[Stand]:
    async with stand(IndigoOptions(chats=60)) as built:
        yield built


async def edges(here: Stand) -> Any:
    """Messages of the longest chat."""
    return (await here.messages(await here.longest(), last=20))["edges"]


async def test_ids_may_be_numbers(here: Stand) -> None:
    """Those of chats, messages, people and members; not what stands in a content."""
    here.server.faults.switch(Fault.INT_IDS, times=3)
    assert all(isinstance(each, int) for each in nodes(await here.chats(), "conversationId"))
    said = [edge["node"] for edge in await edges(here)]
    assert all(isinstance(each[key], int) for each in said for key in ("id", "conversationId"))
    assert all(isinstance(each["sender"]["id"], int) for each in said if each["sender"])
    assert all(isinstance(each["content"].get("sender", ""), str) for each in said)
    members = (await here.ask(MEMBERS, projectId=39))["data"]["rows"]
    assert all(isinstance(each["id"], int) for each in nodes(members, "user"))


async def test_times_may_be_none(here: Stand) -> None:
    """Null, words, days that do not exist, zones and fractions: none is in the documented form."""
    here.server.faults.switch(Fault.TIMES)
    times = [edge["node"]["insertedAt"] for edge in await edges(here)]
    assert None in times
    assert 1680181239415 in times
    assert "2026-02-30T25:61:00" in times
    assert len({str(each) for each in times}) == 9


async def test_the_total_may_be_missing(here: Stand) -> None:
    """Its key is not there."""
    here.server.faults.switch(Fault.NO_TOTAL)
    assert "totalCount" not in await here.chats()
    assert "totalCount" in await here.chats()


async def test_nodes_may_be_null(here: Stand) -> None:
    """Every third, and the last edge as a whole."""
    here.server.faults.switch(Fault.NULL_NODES)
    found = (await here.chats(first=10))["edges"]
    assert [place for place, edge in enumerate(found) if edge is None] == [9]
    assert [place for place, edge in enumerate(found[:9]) if edge["node"] is None] == [1, 4, 7]


async def test_data_may_have_a_hole(here: Stand) -> None:
    """An error at HTTP 200 names it, and the rest is there."""
    here.server.faults.switch(Fault.PARTIAL)
    answer = await here.ask(CHATS, projectId=39, first=3)
    found = answer["data"]["conversations"]["edges"]
    assert [edge["node"] is None for edge in found] == [True, False, False]
    assert answer["errors"][0]["path"] == ["conversations", "edges", 0, "node"]


async def test_members_may_stand_under_another_key(here: Stand) -> None:
    """The alias is ignored, as in the vendor's sample."""
    here.server.faults.switch(Fault.USERS_KEY, times=2)
    answer = await here.ask(MEMBERS, projectId=39)
    assert list(answer["data"]) == ["users"]
    assert len(answer["data"]["users"]["edges"]) == 10
    again = await here.ask(MEMBERS.replace("rows:", "users:"), projectId=39)
    assert list(again["data"]) == ["users"]


async def test_a_content_may_be_a_bomb(here: Stand) -> None:
    """It is deeper than a parser that calls itself can go."""
    here.server.faults.switch(Fault.DEEP)
    response = await here.post(MESSAGES, conversationId=await here.longest())
    assert "[" * 20_000 + "]" * 20_000 in response.text
    with pytest.raises(RecursionError):
        json.loads(response.text)


async def test_a_text_may_be_huge(here: Stand) -> None:
    """As long as somebody wants it."""
    here.server.faults.switch(Fault.HUGE, size=300_000)
    assert len((await edges(here))[0]["node"]["content"]["text"]) == 300_000


@pytest.mark.parametrize("fault", [Fault.DEEP, Fault.HUGE, Fault.PARTIAL, Fault.NULL_NODES, Fault.TIMES])
async def test_where_there_is_nothing_nothing_is_spoilt(here: Stand, fault: Fault) -> None:
    """A page without items, or without what the fault needs, stays as it is."""
    here.server.faults.switch(fault)
    page = await here.messages(await here.longest(), last=0)
    assert page["edges"] == []
    here.server.faults.switch(fault)
    answer = await here.ask(
        "query ($id: Int_ID!) { messages(conversationId: $id) { edges { cursor } } }", id=await here.longest()
    )
    assert len(answer["data"]["messages"]["edges"]) == 10


def test_texts_are_written_as_they_are(here: Stand) -> None:
    """Letters beyond ASCII are no escapes."""
    struck = here.server.faults.strike({"messages"})
    assert written({"data": "è 😊"}, struck) == '{"data": "è 😊"}'.encode()
