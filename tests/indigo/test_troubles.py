"""What the client makes of everything that goes wrong at the platform."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import pytest
from pydantic import SecretStr

from bot.core.indigo import content, dialogue
from bot.core.indigo.model import Message
from bot.errors import (
    IndigoError,
    IndigoFailed,
    IndigoLimited,
    IndigoMisbehaved,
    IndigoNotAsked,
    IndigoRefused,
    IndigoUnreachable,
)
from bot.indigo.client import Indigo
from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.options import IndigoOptions as PlatformOptions
from tests.indigo.stand import Time, chat_ids, client, longest, message_ids, platform
from tests.indigo.test_client import ARTICLE, chats, messages

LIMITS = (Fault.LIMITED, Fault.LIMITED_UNTIL, Fault.LIMITED_BODY)
LOSSES = (Fault.LOST, Fault.CUT_OFF, Fault.TRUNCATED, Fault.SERVER_ERROR)
VARIABLES = {"projectId": "39", "articleId": 7}


async def read(indigo: Indigo, chat: str) -> list[Message]:
    return [message async for page in indigo.messages(chat) for message in page.items]


# -- too many requests -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", LIMITS)
async def test_a_limit_is_waited_for(fault: Fault) -> None:
    """For as long as the platform says, in whichever way it says so."""
    time = Time()
    async with platform(time=time) as (server, indigo):
        server.faults.switch(fault, seconds=30)
        assert await chats(indigo, order="") == chat_ids(server)
        assert time.slept == [30.0]


async def test_a_limit_holds_every_request() -> None:
    """Nobody else asks meanwhile, so there is one refusal and no more."""
    released = asyncio.Event()
    time = Time()

    async def sleep(seconds: float) -> None:
        sent.append(server.requests.count)
        if len(sent) == 4:
            released.set()
        await released.wait()
        await time.sleep(seconds)

    sent: list[int] = []
    clock = Time()
    clock.sleep = sleep  # type: ignore[method-assign]  # it holds everybody until all of them wait
    clock.clock = time.clock  # type: ignore[method-assign]  # and goes by the other one's time
    async with platform(time=clock, concurrency=4) as (server, indigo):
        server.faults.switch(Fault.LIMITED, seconds=30)
        found = await asyncio.gather(*map(indigo.latest, chat_ids(server)))
        assert all(message is not None for message, _ in found)
        assert server.faults.left(Fault.LIMITED) == 0
        assert max(sent) <= 4
        assert server.requests.count == len(found) + 1


async def test_a_limit_without_end_is_an_error() -> None:
    """After some attempts."""
    time = Time()
    async with platform(time=time) as (server, indigo):
        server.faults.switch(Fault.LIMITED, times=None, seconds=10)
        with pytest.raises(IndigoLimited):
            await indigo.latest("1")
        assert (server.requests.count, time.slept) == (9, [10.0] * 8)


async def test_a_pause_beyond_all_patience_is_an_error_at_once() -> None:
    """And until it is over nobody asks again."""
    time = Time()
    async with platform(time=time) as (server, indigo):
        server.faults.switch(Fault.LIMITED, seconds=3600)
        for _ in range(3):
            with pytest.raises(IndigoLimited) as caught:
                await indigo.latest("1")
            assert caught.value.retry_after == 3600
        assert (server.requests.count, time.slept) == (1, [])
        time.now += 3600
        assert await chats(indigo, order="") == chat_ids(server)


# -- what gets lost --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", LOSSES)
async def test_what_only_reads_is_asked_again(fault: Fault) -> None:
    """A few times, with pauses that grow; nobody notices."""
    time = Time()
    async with platform(time=time) as (server, indigo):
        server.faults.switch(fault, times=3)
        assert await chats(indigo, order="") == chat_ids(server)
        assert time.slept == sorted(time.slept)
        assert len(time.slept) == 3


@pytest.mark.parametrize("fault", LOSSES)
async def test_what_is_lost_for_good_is_an_error(fault: Fault) -> None:
    """After five attempts."""
    async with platform() as (server, indigo):
        server.faults.switch(fault, times=None)
        with pytest.raises(IndigoUnreachable):
            await indigo.latest(longest(server))
        assert server.requests.count == 5


@pytest.mark.parametrize("fault", LOSSES)
async def test_what_may_have_been_done_is_not_sent_again(fault: Fault) -> None:
    """Of a mutation that got lost nobody knows; with the word of the operator it is sent again."""
    async with platform() as (server, indigo):
        server.faults.switch(fault)
        with pytest.raises(IndigoUnreachable) as caught:
            await indigo.run(ARTICLE, VARIABLES)
        assert not isinstance(caught.value, IndigoNotAsked)
        assert len(server.updates) == (0 if fault is Fault.SERVER_ERROR else 1)
        server.faults.switch(fault)
        await indigo.run(ARTICLE, VARIABLES, retry_doubtful=True)


@pytest.mark.parametrize("fault", LIMITS)
async def test_what_surely_was_not_done_is_sent_again(fault: Fault) -> None:
    """A mutation that was limited is carried out once."""
    async with platform() as (server, indigo):
        server.faults.switch(fault, times=2)
        await indigo.run(ARTICLE, VARIABLES)
        assert len(server.updates) == 1


async def test_nobody_at_the_address_is_an_error() -> None:
    """After five attempts, also of a mutation: nothing was sent."""
    time = Time()
    async with client("http://127.0.0.1:9/graphql", time=time) as indigo:
        with pytest.raises(IndigoNotAsked):
            await indigo.run(ARTICLE, VARIABLES)
        assert (indigo.requests, len(time.slept)) == (5, 4)


async def test_an_answer_that_does_not_come_is_given_up() -> None:
    """And the next attempt gets one."""
    async with platform(timeout=0.2) as (server, indigo):
        server.faults.switch(Fault.HANG)
        assert await chats(indigo, order="") == chat_ids(server)


async def test_who_waits_for_an_answer_can_give_up() -> None:
    """A request that is cancelled leaves its place to others."""
    async with platform(concurrency=1) as (server, indigo):
        server.faults.switch(Fault.HANG)
        task = asyncio.create_task(indigo.latest(longest(server)))
        await server.faults.hung()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await chats(indigo, order="") == chat_ids(server)


# -- refusals and errors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.UNAUTHORIZED, Fault.FORBIDDEN])
async def test_a_refused_token_is_not_tried_again(fault: Fault) -> None:
    """There is no point in it."""
    async with platform() as (server, indigo):
        server.faults.switch(fault, times=None)
        with pytest.raises(IndigoRefused):
            await indigo.probe()
        assert server.requests.count == 1


async def test_a_wrong_token_is_in_no_error_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is logged at whatever level."""
    with caplog.at_level(logging.DEBUG):
        async with platform(token=SecretStr("pat-wrong")) as (_, indigo):
            with pytest.raises(IndigoRefused) as caught:
                await indigo.probe()
            assert "pat-wrong" not in f"{caught.value!r} {indigo!r} {vars(indigo)!r}"
    assert "pat-wrong" not in "\n".join(caplog.messages)


async def test_errors_and_no_data_are_told() -> None:
    """In the platform's words."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.GRAPHQL_ERROR)
        with pytest.raises(IndigoFailed, match="Something went wrong"):
            await indigo.latest(longest(server))


async def test_a_page_with_holes_is_taken_and_told(caplog: pytest.LogCaptureFixture) -> None:
    """What is there comes, what is not is counted and logged."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.PARTIAL)
        with caplog.at_level(logging.WARNING, "bot.indigo"):
            walk = indigo.conversations(order="", page_size=10)
            found = [chat.id async for page in walk for chat in page.items]
        assert found == chat_ids(server)[1:]
        assert (walk.unread, walk.missing) == (1, 0)
        assert "Something went wrong" in caplog.text
        assert "1 chats from Indigo could not be read" in caplog.text


async def test_nodes_that_are_null_are_counted() -> None:
    """And the walk goes on, also over a page of nothing else."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.NULL_NODES, times=None)
        walk = indigo.conversations(order="", page_size=1)
        assert [chat async for page in walk for chat in page.items] == []
        assert walk.unread == len(chat_ids(server))


# -- pages that lie --------------------------------------------------------------------------------------


async def test_a_list_without_end_ends() -> None:
    """With everything, once."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.ENDLESS, times=None)
        assert await chats(indigo, order="") == chat_ids(server)
        assert await messages(indigo, longest(server)) == message_ids(server, longest(server))


async def test_pages_that_overlap_double_nothing() -> None:
    """Nor is anything lost."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.OVERLAP, times=None)
        assert await chats(indigo, order="") == chat_ids(server)
        assert await messages(indigo, longest(server)) == message_ids(server, longest(server))


@pytest.mark.parametrize("fault", [Fault.CURSOR_STUCK, Fault.EMPTY_PAGE])
async def test_a_list_that_does_not_go_on_is_told(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    """It ends, and how much is missing is logged."""
    async with platform() as (server, indigo):
        server.faults.switch(fault, times=None, after=1)
        with caplog.at_level(logging.WARNING, "bot.indigo"):
            walk = indigo.conversations(order="", page_size=10)
            found = [chat.id async for page in walk for chat in page.items]
        assert found == chat_ids(server)[: len(found)]
        assert walk.missing == len(chat_ids(server)) - len(found) > 0
        assert f"counted {walk.missing} more chats" in caplog.text


async def test_without_a_total_nothing_is_lost() -> None:
    """Nobody knows then how many there are."""
    async with platform(PlatformOptions(chats=24, messages=6, paging="relay")) as (server, indigo):
        server.faults.switch(Fault.NO_TOTAL, times=None)
        chat = longest(server)
        assert await messages(indigo, chat) == message_ids(server, chat)
        assert (await indigo.latest(chat))[1] is None


# -- contents that lie -----------------------------------------------------------------------------------


async def test_content_that_is_too_deep_fails_its_chat_alone() -> None:
    """It is told as such, not tried again, and the next chat can be read."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.DEEP)
        with pytest.raises(IndigoMisbehaved, match="too deep"):
            await read(indigo, longest(server))
        assert await read(indigo, longest(server))
        assert server.requests.count == 2


async def test_content_that_is_deep_can_be_shown() -> None:
    """It is cut where nobody would look any more."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.DEEP, size=300)
        first = (await read(indigo, longest(server)))[0]
        assert content.plain(first.content) == "[…]"


async def test_content_that_is_huge_is_read_and_cut_where_it_is_shown() -> None:
    """A text of five megabytes is one message."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.HUGE)
        found = await read(indigo, longest(server))
        shown = dialogue.text(dialogue.tell(found))
        assert len(found) == len(message_ids(server, longest(server)))
        assert len(shown) < 1_000_000


async def test_times_that_are_none_cost_no_message() -> None:
    """Such messages get the time of a neighbour; those with another time that is one have that."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.TIMES)
        found = await read(indigo, longest(server))
        assert {message.id for message in found} == set(message_ids(server, longest(server)))
        assert all(2000 < message.at.year < 2100 for message in found)


async def test_each_error_is_one_of_indigos() -> None:
    """Whatever is switched on, nothing else comes out of the client."""
    async with platform(timeout=0.2, page_size=5) as (server, indigo):
        chat = longest(server)
        for fault in Fault:
            server.faults.switch(fault, times=2, seconds=0.0)
            for walk in (indigo.conversations(), indigo.messages(chat), indigo.user_roles()):
                with suppress(IndigoError):
                    assert [page async for page in walk]
            server.faults.clear()
