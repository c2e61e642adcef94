"""The tenant as its clients know it: the vendor's sample client, and the life of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import BOTH_SUBPROTOCOLS, TenantOptions
from bot.sandbox.tenant.people import OWNER, User
from bot.sandbox.tenant.server import TenantServer
from tests.sandbox.tenant.following import CREATE, FOLLOW, SEND, SENT, diffs_of, kind, variables_of
from tests.sandbox.tenant.stand import (
    CHAT,
    DOMAIN,
    QUESTION,
    VENDOR_CHAT,
    Clock,
    ScriptedAnalyst,
    asked,
    chat_variables,
    folded,
    fresh_token,
    post,
    probing,
    refused,
    running,
    stored,
    token_of,
    units,
)


def vendor_variables(token: str) -> dict[str, Any]:
    """The example of the vendor's API specification, with a token and a domain filled in."""
    return {
        "auth": {"token": token},
        "domainId": DOMAIN,
        "query": {"pieces": [{"text": QUESTION}]},
        "idempotencyKey": "12345678",
        "toolSelection": {"optInToolNames": ["Tabular Data"]},
    }


def vendor_client(server: TenantServer, token: str, **more: Any) -> Client:
    """A client as the vendor's sample makes it: token in the init payload, schema read over the socket."""
    transport = WebsocketsTransport(url=server.ws_url, init_payload={"auth": {"token": token}}, **more)
    return Client(transport=transport, fetch_schema_from_transport=True)


@pytest.mark.parametrize("subprotocols", [BOTH_SUBPROTOCOLS, ("graphql-ws",), ("graphql-transport-ws",), ()])
@pytest.mark.parametrize("mode", ["increments", "snapshots"])
async def test_the_vendors_sample_client_works_unchanged(subprotocols: Any, mode: Any) -> None:
    """It reads the schema over the socket, then subscribes, whatever the tenant speaks."""
    async with running(TenantOptions(subprotocols=subprotocols, mode=mode)) as server:
        token = fresh_token(server)
        async with vendor_client(server, token) as session:
            request = GraphQLRequest(VENDOR_CHAT, variable_values=vendor_variables(token))
            events = [event["chat"] async for event in session.subscribe(request)]
            assert session.client.schema is not None
    assert [event["diffIndex"] for event in events] == list(range(len(events)))
    assert [event["inProgress"] for event in events] == [True] * (len(events) - 1) + [False]
    embeds = [
        op["insert"]["visualization"]["title"]
        for event in events
        for op in event["bodyDiff"]["ops"]
        if op["insert"] and op["insert"]["visualization"]
    ]
    assert set(embeds) == {"Revenue by Opportunity"}


@pytest.mark.parametrize("tool", ["Tabular Data", "TABULAR_DATA"])
async def test_both_names_of_a_tool_are_taken(tool: str) -> None:
    """The specification's name and the enum's value are the same tool; any other name is an error."""
    async with running() as server, vendor_client(server, fresh_token(server)) as session:
        variables = vendor_variables(fresh_token(server)) | {"toolSelection": {"optInToolNames": [tool]}}
        events = [
            event async for event in session.subscribe(GraphQLRequest(VENDOR_CHAT, variable_values=variables))
        ]
        assert events
        variables["toolSelection"] = {"optInToolNames": ["Crystal Ball"]}
        with pytest.raises(TransportQueryError, match="Crystal Ball"):
            [each async for each in session.subscribe(GraphQLRequest(VENDOR_CHAT, variable_values=variables))]


@pytest.mark.parametrize("subprotocol", BOTH_SUBPROTOCOLS)
@pytest.mark.parametrize("unit", ["utf16", "codepoint"])
async def test_the_stream_folds_to_what_chat_messages_tells(subprotocol: Any, unit: Any) -> None:
    """Increments fold to the body that the conversation keeps, over either subprotocol."""
    async with running(TenantOptions(unit=unit, chunk=7)) as server:
        token = fresh_token(server)
        async with vendor_client(server, token, subprotocols=[subprotocol]) as session:
            request = GraphQLRequest(CHAT, variable_values=chat_variables(token))
            events = [event["chat"] async for event in session.subscribe(request)]
        question, answer = await stored(server, events[0]["conversationId"])
    assert folded(events, unit) == units(answer["body"]["ops"], unit)
    assert [op["insert"]["text"] for op in question["body"]["ops"]] == [QUESTION]
    assert (question["sender"], answer["sender"]) == ("USER", "ASSISTANT")
    assert {event["messageId"] for event in events} == {answer["messageId"]} == {answer["id"]}


@pytest.mark.parametrize("subprotocol", BOTH_SUBPROTOCOLS)
async def test_another_client_asks_in_a_conversation(subprotocol: Any) -> None:
    """The three operations work by a client that knows nothing of this tenant, all over one socket."""
    async with running() as server:
        token = fresh_token(server)
        async with vendor_client(server, token, subprotocols=[subprotocol]) as session:
            made = await session.execute(
                GraphQLRequest(CREATE, variable_values={"domain": DOMAIN, "hidden": True})
            )
            conversation = made["createConversation"]
            follow = {"auth": {"token": token}, "conversation": conversation}
            events = session.subscribe(GraphQLRequest(FOLLOW, variable_values=follow))
            first = asyncio.ensure_future(anext(events))
            while not server.followers:
                await session.execute(gql("{ __typename }"))
            said = await session.execute(GraphQLRequest(SEND, variable_values=variables_of(conversation)))
            items = [*(await first)["subscribeConversation"]]
            while kind(items[-1]) != SENT:
                items += (await anext(events))["subscribeConversation"]
            await events.aclose()
        _, answer = await stored(server, conversation)
    assert said == {"sendUserMessage": {"code": "OK", "message": "User message sent"}}
    assert folded(diffs_of(items)) == units(answer["body"]["ops"])


async def test_queries_over_the_socket() -> None:
    """A query with the token of the init payload is answered like over HTTP."""
    async with running() as server, vendor_client(server, fresh_token(server)) as session:
        result = await session.execute(gql("{ currentUser { email } }"))
    assert result == {"currentUser": {"email": "service@example.com"}}


async def test_addresses_are_known_after_start() -> None:
    """The origin and the socket's address belong to one port; before start there is none."""
    server = TenantServer(analyst=ScriptedAnalyst())
    with pytest.raises(RuntimeError, match="before start"):
        _ = server.url
    await server.start()
    assert server.ws_url == server.url.replace("http", "ws") + "/graphql"
    await server.close()
    await server.close()
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(server.url)


async def test_a_taken_port_is_an_error() -> None:
    """The second server on one port says so and leaves the first alone."""
    async with running() as server:
        second = TenantServer(analyst=ScriptedAnalyst())
        with pytest.raises(OSError, match="in use"):
            await second.start(port=int(server.url.rsplit(":", 1)[1]))
        assert (await post(server, "{ currentUser { id } }")).status_code == 200


async def test_key_and_secret_can_be_given() -> None:
    """A key given by an option is the one that is exchanged; without one every server has its own."""
    async with running(TenantOptions(access_key="mine", secret="s" * 32)) as server, running() as other:
        assert server.access_key == "mine"
        assert other.access_key != TenantServer(analyst=ScriptedAnalyst()).access_key


async def test_close_ends_open_sockets_and_answers() -> None:
    """Closing in the middle of an answer closes the socket (1001) and leaves no work behind."""
    before = asyncio.all_tasks()
    held = asyncio.Event()

    async def sleep(seconds: float) -> None:
        del seconds
        await held.wait()

    async with running(TenantOptions(speed=1), sleep=sleep) as server:
        async with probing(server, "graphql-transport-ws") as probe:
            await probe.init()
            await probe.subscribe(chat_variables(fresh_token(server)))
            await probe.receive()
            assert server.connections == 1
            closing = asyncio.create_task(server.close())
            assert (await probe.closed())[0] == 1001
            await closing
        assert server.connections == 0
    assert asyncio.all_tasks() == before


async def test_the_local_analyst_answers() -> None:
    """Without another analyst the tenant's own one answers, about its own domains."""
    server = TenantServer()
    await server.start()
    try:
        nodes = (await post(server, "{ zSheets(filter: {type: [DOMAIN]}) { nodes { id name } } }")).json()
        domains = [node["id"] for node in nodes["data"]["zSheets"]["nodes"]]
        assert len(domains) >= 2
        async with probing(server, "graphql-ws") as probe:
            variables = chat_variables(fresh_token(server)) | {"domainId": domains[0]}
            await probe.subscribe(variables)
            diffs = [payload["data"]["chat"] for payload in await probe.results()]
        _, answer = await stored(server, diffs[0]["conversationId"])
    finally:
        await server.close()
    assert folded(diffs) == units(answer["body"]["ops"])
    assert any(op["insert"]["visualization"] for op in answer["body"]["ops"])


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """The local analyst, on the day that the clock of the tests shows."""
    made = Analyst(Clock().now.date())
    yield made
    made.close()


async def found(server: TenantServer, token: str, question: str) -> tuple[str, str, str]:
    """Text, values and SQL of an answer."""
    diffs = await asked(server, question, key=question, token=token)
    ops = [op for diff in diffs for op in diff["bodyDiff"]["ops"] if op["insert"]]
    text = "".join(op["insert"]["text"] or "" for op in ops)
    shown = next((op["insert"]["visualization"] for op in ops if op["insert"]["visualization"]), None)
    if shown is None:
        return text, "", ""
    values = " ".join(cell["value"] for row in shown["data"] for cell in row)
    return text, values, shown["code"]["codeStr"]


async def test_everybody_sees_their_own_rows(analyst: Analyst) -> None:
    """The same question has another answer for Grace, whose rows are those of one region."""
    async with running(analyst=analyst) as server:
        everything = [
            await found(server, token, "List deals with their region")
            for token in (fresh_token(server), token_of(server, "linus"), token_of(server, "ada"))
        ]
        text, values, sql = await found(server, token_of(server, "grace"), "List deals with their region")
        both = token_of(server, "grace", ("region", "EMEA"), ("region", "APAC"))
        _, widened, _ = await found(server, both, "List deals with their region")
    assert everything[0] == everything[1] == everything[2]
    assert "APAC" in everything[0][1]
    assert "Americas" in everything[0][1]
    assert "EMEA" in values
    assert "APAC" not in values
    assert "Americas" not in values
    assert "WHERE a.region = 'EMEA'" in sql
    assert text != everything[0][0]
    assert "APAC" in widened
    assert "Americas" not in widened


async def test_a_rule_on_regions_does_not_reach_the_weather(analyst: Analyst) -> None:
    """Grace sees all of the weather, Linus none of it."""
    async with running(analyst=analyst) as server:
        weather = {"domainId": "ET_DOMAIN_weather"}
        for token in (fresh_token(server), token_of(server, "grace")):
            async with probing(server, "graphql-ws") as probe:
                await probe.subscribe(chat_variables(token, "how many days") | weather)
                text = str(await probe.results())
            assert "1,461" in text
        error = await refused(server, chat_variables(token_of(server, "linus"), "how many days") | weather)
    assert error["extensions"] == {"code": "NOT_FOUND"}


async def test_sql_for_somebody_who_may_not_see_it(analyst: Analyst) -> None:
    """The result still carries it, as hiding it is left to clients; the question for it is refused."""
    async with running(analyst=analyst) as server:
        _, _, sql = await found(server, token_of(server, "barbara"), "Total amount by stage")
        text, _, _ = await found(server, token_of(server, "barbara"), "show me the sql")
    assert sql.startswith("SELECT")
    assert "your role does not let you see SQL" in text


async def test_context_reaches_the_analyst(analyst: Analyst) -> None:
    """A question with those of others before it goes on from them; the server tells it as it was asked."""
    text = "Others asked:\n1. Total amount by stage\n\nThe question: and for EMEA?"
    async with running(analyst=analyst) as server:
        _, _, sql = await found(server, fresh_token(server), text)
        (asked_for,) = server.questions
    assert "GROUP BY o.stage" in sql
    assert "WHERE a.region = 'EMEA'" in sql
    assert (asked_for.text, asked_for.user) == (text, OWNER)


async def test_people_can_be_changed_while_it_runs() -> None:
    """Somebody new can be acted for at once, somebody switched off not any more."""
    async with running() as server:
        server.people.add(User("user_9000", "niels@example.com", "Niels Bohr"))
        token = token_of(server, "niels")
        assert await asked(server, token=token)
        server.people.deactivate("niels@example.com")
        error = await refused(server, chat_variables(token))
    assert error["message"] == "Unauthorized"


async def test_who_is_switched_off_reads_the_answer_that_runs_to_its_end() -> None:
    """A token is looked at when something is asked; what is on its way arrives."""
    async with running() as server, probing(server, "graphql-transport-ws") as probe:
        server.faults.switch(Fault.SILENT, after=1)
        await probe.init()
        await probe.subscribe(chat_variables(token_of(server, "grace")))
        await server.faults.silent()
        server.people.remove("grace@example.com")
        server.faults.release()
        payloads = await probe.results()
    assert payloads[-1]["data"]["chat"]["inProgress"] is False
