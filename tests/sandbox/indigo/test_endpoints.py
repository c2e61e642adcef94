"""Requests by HTTP, and what goes wrong with them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.server import IndigoServer
from tests.sandbox.indigo.stand import ARTICLE, CHATS, MESSAGES, NOW, Stand, stand


@pytest.fixture
async def here() -> AsyncIterator[Stand]:
    async with stand(IndigoOptions(chats=60)) as built:
        yield built


async def ask(here: Stand) -> httpx.Response:
    return await here.post(CHATS, projectId=39)


@pytest.mark.parametrize("header", [None, "Bearer pat-wrong", "Basic x", "Bearer é", ""])
async def test_a_token_is_needed(here: Stand, header: str | None) -> None:
    """Without it, or with another one, nothing is answered."""
    headers = httpx.Headers(None if header is None else [(b"Authorization", header.encode())])
    async with httpx.AsyncClient(headers=headers, trust_env=False) as stranger:
        response = await stranger.post(here.server.url, json={"query": "{ __typename }"})
    assert response.status_code == 401
    assert here.server.token not in response.text


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"query": 3}', '{"query": "{x}", "variables": 3}', "[" * 9_999]
)
async def test_a_document_is_needed(here: Stand, body: str) -> None:
    """Anything else is a bad request."""
    response = await here.http.post(here.server.url, content=body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == "No query document supplied"


async def test_one_of_several_operations_is_run(here: Stand) -> None:
    """Its name tells which."""
    query = "query A { __typename } query B { b: __typename }"
    response = await here.http.post(here.server.url, json={"query": query, "operationName": "B"})
    assert response.json() == {"data": {"b": "RootQueryType"}}


@pytest.mark.parametrize(
    ("fault", "manner", "status", "said"),
    [
        (Fault.UNAUTHORIZED, {}, 401, "unauthorized"),
        (Fault.FORBIDDEN, {}, 403, "forbidden"),
        (Fault.SERVER_ERROR, {}, 500, "<h1>500 error</h1>"),
        (Fault.SERVER_ERROR, {"status": 502}, 502, "<!doctype html>"),
        (Fault.SERVER_ERROR, {"status": 503}, 503, "<h1>503 error</h1>"),
    ],
)
async def test_an_answer_may_be_refused(
    here: Stand, fault: Fault, manner: Any, status: int, said: str
) -> None:
    """Once, and the next request is answered; nothing is carried out meanwhile."""
    here.server.faults.switch(fault, **manner)
    response = await here.post(ARTICLE, projectId=39, articleId=1, title="x")
    assert response.status_code == status
    assert said in response.text
    assert here.server.updates == ()
    assert (await ask(here)).status_code == 200


async def test_there_may_be_too_many_requests(here: Stand) -> None:
    """How long to wait is told in seconds, as a date, or in the body only."""
    for fault in (Fault.LIMITED, Fault.LIMITED_UNTIL, Fault.LIMITED_BODY):
        here.server.faults.switch(fault, seconds=7)
    seconds, date, body = [await ask(here) for _ in range(3)]
    assert [each.status_code for each in (seconds, date, body)] == [429] * 3
    assert seconds.headers["Retry-After"] == "7"
    assert (parsedate_to_datetime(date.headers["Retry-After"]) - NOW).total_seconds() == 7
    assert body.json()["retry_after"] == 7
    assert "Retry-After" not in body.headers
    assert "retry_after" not in seconds.json()


async def test_errors_may_come_at_http_200(here: Stand) -> None:
    """Everything failed, introspection is refused, or an order is unknown; all once."""
    for fault in (Fault.GRAPHQL_ERROR, Fault.INTROSPECTION, Fault.ORDER):
        here.server.faults.switch(fault)
    schema = await here.ask('{ __type(name: "SortType") { name } }')
    assert schema == {"data": None, "errors": [{"message": "Something went wrong", "locations": []}]}
    schema = await here.ask('{ __type(name: "SortType") { name } }')
    assert schema["errors"][0]["message"] == "Introspection is disabled"
    assert "errors" not in await here.ask(CHATS, projectId=39)
    chats = await here.ask(CHATS, projectId=39, order="DESC")
    assert chats["errors"][0]["message"] == 'Argument "order" has invalid value $order.'
    assert "errors" not in await here.ask(CHATS, projectId=39, order="DESC")


async def test_undocumented_fields_may_be_unknown(here: Stand) -> None:
    """By a fault once, by an option always."""
    here.server.faults.switch(Fault.SHORT_PAGE_INFO)
    answer = await here.ask(CHATS, projectId=39)
    assert [each["message"] for each in answer["errors"]] == [
        'Cannot query field "startCursor" on type "PageInfo".',
        'Cannot query field "hasPreviousPage" on type "PageInfo".',
    ]
    assert "errors" not in await here.ask(CHATS, projectId=39)
    async with stand(IndigoOptions(page_info="documented")) as other:
        assert len((await other.ask(CHATS, projectId=39))["errors"]) == 2
        assert "hasPreviousPage" not in other.server.sdl


async def test_a_chat_may_be_gone(here: Stand) -> None:
    """Its messages are null, and no error says why."""
    here.server.faults.switch(Fault.CHAT_GONE)
    assert await here.ask(MESSAGES, conversationId=await here.longest()) == {"data": {"messages": None}}


async def test_a_connection_may_break(here: Stand) -> None:
    """Before the answer or in the middle of it; what was asked is carried out all the same."""
    for fault in (Fault.LOST, Fault.CUT_OFF):
        here.server.faults.switch(fault)
        with pytest.raises(httpx.RemoteProtocolError):
            await here.post(ARTICLE, projectId=39, articleId=1, title=fault.value)
    assert [each.arguments["title"] for each in here.server.updates] == ["lost", "cut off"]
    assert (await ask(here)).status_code == 200


async def test_an_answer_may_be_half(here: Stand) -> None:
    """It is whole to HTTP, and no JSON."""
    here.server.faults.switch(Fault.TRUNCATED)
    response = await ask(here)
    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        response.json()


async def test_a_request_may_hang(here: Stand) -> None:
    """Until it is let go; others are answered meanwhile, and all are counted."""
    here.server.faults.switch(Fault.HANG, on="messages")
    chat = await here.longest()
    hanging = asyncio.create_task(here.post(MESSAGES, conversationId=chat))
    await here.server.faults.hung()
    assert (await ask(here)).status_code == 200
    assert (here.server.requests.open, here.server.requests.most_at_once) == (1, 2)
    here.server.faults.release()
    assert (await hanging).status_code == 200
    assert (here.server.requests.open, here.server.requests.count) == (0, 2)


async def test_a_server_stops_although_a_request_hangs() -> None:
    """Closing lets it go."""
    async with stand() as here:
        here.server.faults.switch(Fault.HANG)
        hanging = asyncio.create_task(ask(here))
        await here.server.faults.hung()
        await here.server.close()
        assert (await hanging).status_code == 200


async def test_calls_take_their_time() -> None:
    """Each waits for the latency, a slow one for its seconds besides."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    server = IndigoServer(options=IndigoOptions(latency=0.25), sleep=sleep)
    await server.start()
    try:
        server.faults.switch(Fault.SLOW, seconds=30)
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {server.token}"}) as http:
            here = Stand(server, http)
            assert [(await ask(here)).status_code for _ in range(2)] == [200, 200]
    finally:
        await server.close()
    assert waits == [0.25, 30, 0.25]


async def test_what_was_asked_is_told(here: Stand) -> None:
    """How many requests, how many at once, and for which fields."""
    await ask(here)
    await here.post(MESSAGES, conversationId="1")
    told = (await here.http.get(here.server.url.removesuffix("/graphql"))).json()
    assert told == {
        "path": "/graphql",
        "requests": 2,
        "most_at_once": 1,
        "fields": {"conversations": 1, "messages": 1},
    }


async def test_who_goes_away_while_asking_leaves_no_error(
    here: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    """A client that is stopped in the middle of a request is nothing that an operator has to read of."""
    address = urlsplit(here.server.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    async with asyncio.timeout(10):
        while not here.server.requests.open:
            await here.http.get(here.server.url.removesuffix("graphql"))
        writer.transport.abort()
        while here.server.requests.open:
            await here.http.get(here.server.url.removesuffix("graphql"))
    assert not caplog.records
