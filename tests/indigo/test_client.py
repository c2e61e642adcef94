from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.errors import ConfigurationError, IndigoFailed, IndigoMisbehaved
from bot.indigo.client import Indigo, IndigoOptions
from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.options import IndigoOptions as PlatformOptions
from tests.indigo.stand import (
    TOKEN,
    Answer,
    Json,
    chat_ids,
    client,
    connection,
    longest,
    message_ids,
    platform,
    scripted,
)

ARTICLE = """mutation Change($projectId: Int_ID!, $articleId: Int_ID!) {
  sandboxUpdateArticle(projectId: $projectId, articleId: $articleId, title: "New") { id title }
}"""


async def chats(indigo: Indigo, **how: object) -> list[str]:
    """The ids of all chats; ``how`` as in ``conversations``."""
    order = how.get("order")
    walk = indigo.conversations(order=order if isinstance(order, str) else None, page_size=10)
    return [chat.id async for page in walk for chat in page.items]


async def messages(indigo: Indigo, chat: str, size: int = 3) -> list[str]:
    """The ids of a chat's messages as they come."""
    return [each.id async for page in indigo.messages(chat, page_size=size) for each in page.items]


# -- lists -----------------------------------------------------------------------------------------------


async def test_all_chats_come_newest_first() -> None:
    """The platform's own order is oldest first; how to ask for the other one is found out, once."""
    async with platform() as (server, indigo):
        newest = chat_ids(server)[::-1]
        assert await chats(indigo) == newest
        assert await chats(indigo) == newest
        assert server.requests.fields["__type"] == 1


async def test_the_servers_own_order_needs_no_finding_out() -> None:
    """An export asks for it with an empty order."""
    async with platform() as (server, indigo):
        assert await chats(indigo, order="") == chat_ids(server)
        assert server.requests.fields["__type"] == 0


async def test_an_order_that_is_set_is_not_looked_for() -> None:
    """The setting overrules what the schema says."""
    async with platform(order="ASC") as (server, indigo):
        assert await chats(indigo) == chat_ids(server)
        assert server.requests.fields["__type"] == 0


@pytest.mark.parametrize("fault", [Fault.INTROSPECTION, Fault.UNAUTHORIZED, Fault.FORBIDDEN])
async def test_without_introspection_the_order_is_the_servers(fault: Fault) -> None:
    """A platform, or what stands before it, may refuse this one question."""
    async with platform() as (server, indigo):
        server.faults.switch(fault, on="__type")
        assert await chats(indigo) == chat_ids(server)
        assert await indigo.newest_first() == ""


async def test_an_order_that_was_found_and_is_refused_is_given_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What comes then is in the server's own order, and the log says so once."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.ORDER, times=None)
        with caplog.at_level(logging.WARNING, "bot.indigo"):
            assert await chats(indigo) == await chats(indigo) == chat_ids(server)
        assert len(caplog.messages) == 1


async def test_an_order_that_was_set_and_is_refused_is_an_error() -> None:
    """Whoever set it is told, instead of getting another order."""
    async with platform(order="NOVEL") as (_, indigo):
        with pytest.raises(IndigoFailed, match="order"):
            await chats(indigo)


async def test_a_list_goes_on_at_a_cursor() -> None:
    """In another client, too; and no more pages are asked for than are wanted."""
    async with platform() as (server, indigo):
        walk = indigo.conversations(page_size=5, pages=2)
        first = [chat.id async for page in walk for chat in page.items]
        last = [page async for page in indigo.conversations(page_size=5, pages=1)][-1]
        assert first == chat_ids(server)[::-1][:10]
        async with client(server.url, project=server.project) as other:
            rest = [chat.id async for page in other.conversations(after=last.end) for chat in page.items]
        assert rest == chat_ids(server)[::-1][5:]
        assert server.requests.fields["conversations"] == 2 + 1 + 1


async def test_all_messages_of_a_chat_come_newest_first() -> None:
    """Page by page, with everything that is documented of them."""
    async with platform() as (server, indigo):
        chat = longest(server)
        assert await messages(indigo, chat) == message_ids(server, chat)
        page = await anext(indigo.messages(chat))
        assert page.total == len(message_ids(server, chat))
        assert {message.chat for message in page.items} == {chat}
        assert all(message.at.tzinfo is UTC for message in page.items)
        assert {message.sender is None for message in page.items} == {True, False}


@pytest.mark.parametrize("way", ["auto", "relay"])
async def test_a_server_that_keeps_to_relay_is_paged_by_its_rules(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is lost or doubled, the newest come first all the same, and the log says so once."""
    options = PlatformOptions(chats=24, messages=6, paging="relay")
    with caplog.at_level(logging.WARNING, "bot.indigo"):
        async with platform(options, paging=way) as (server, indigo):
            for chat in chat_ids(server):
                assert await messages(indigo, chat) == message_ids(server, chat)
    assert len(caplog.messages) == (1 if way == "auto" else 0)


async def test_one_strange_answer_changes_no_other_chat() -> None:
    """Each chat's first page tells anew how it is paged."""
    async with platform() as (server, indigo):
        chat = longest(server)
        server.faults.switch(Fault.RELAY_PAGING)
        async for _ in indigo.messages(chat, page_size=3):
            break
        assert await messages(indigo, chat) == message_ids(server, chat)


async def test_the_newest_message_is_one_request() -> None:
    """With how many there are."""
    async with platform() as (server, indigo):
        chat = longest(server)
        message, total = await indigo.latest(chat)
        assert message is not None
        assert (message.id, total) == (message_ids(server, chat)[0], len(message_ids(server, chat)))
        assert server.requests.count == 1


@pytest.mark.parametrize("fault", [None, Fault.CHAT_GONE])
async def test_a_chat_that_is_gone_has_no_messages(fault: Fault | None) -> None:
    """The platform says so with an error, or with nothing."""
    async with platform() as (server, indigo):
        chat = "17" if fault is None else longest(server)
        if fault is not None:
            server.faults.switch(fault, times=None)
        assert await messages(indigo, chat) == []
        assert await indigo.latest(chat) == (None, None)


async def test_all_members_come() -> None:
    """With their addresses and roles, under whatever key they stand."""
    async with platform() as (server, indigo):
        server.faults.switch(Fault.USERS_KEY)
        pages = [page async for page in indigo.user_roles(page_size=10)]
        people = [member for page in pages for member in page.items]
        assert (len(people), pages[0].total) == (23, 23)
        assert all(member.user and "@" in member.email and member.role for member in people)


async def test_a_server_without_the_undocumented_fields_is_asked_without_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """That costs one request, and one line in the log."""
    with caplog.at_level(logging.INFO, "bot.indigo"):
        async with platform(PlatformOptions(chats=24, page_info="documented")) as (server, indigo):
            assert await chats(indigo, order="") == chat_ids(server)
            assert server.requests.count == 1 + 3
            chat = longest(server)
            assert await messages(indigo, chat) == message_ids(server, chat)
    assert caplog.text.count("documented fields only") == 1


async def test_the_other_environment_has_chats_of_its_own() -> None:
    """Its name stands in the documents, and has to be a name."""
    async with platform(env="TEST") as (server, indigo):
        found = await chats(indigo, order="")
        assert found
        assert not set(found) & set(chat_ids(server))
    with pytest.raises(ConfigurationError, match="INDIGO_ENV"):
        Indigo(IndigoOptions("http://localhost/graphql", SecretStr(TOKEN), "39", env="A) { x }"))


@pytest.mark.parametrize(
    ("ids", "chat", "sent"),
    [
        ("string", "17536399072", "17536399072"),
        ("int", "17536399072", 17536399072),
        ("int", "abc", "abc"),
        ("int", "9" * 5000, "9" * 5000),
    ],
)
async def test_ids_are_sent_as_the_setting_says(ids: str, chat: str, sent: object) -> None:
    """As strings, or as numbers where they are any."""
    async with scripted(lambda _: connection()) as server, client(server.url, ids=ids) as indigo:
        assert await messages(indigo, chat) == []
        assert server.seen[0]["variables"] == {"chat": sent, "size": 3}


async def test_ids_that_come_as_numbers_are_texts() -> None:
    """Whatever JSON type they have, they can be asked for again."""
    async with platform(ids="int") as (server, indigo):
        server.faults.switch(Fault.INT_IDS, times=None)
        assert await chats(indigo, order="") == chat_ids(server)
        chat = longest(server)
        assert await messages(indigo, chat) == message_ids(server, chat)


@pytest.mark.parametrize(
    "answer",
    [{"data": {}}, {"data": {"rows": None}}, {"data": {"rows": {"edges": None}}}, {"data": {"rows": [1]}}],
)
async def test_an_answer_without_a_list_is_not_an_empty_one(answer: Json) -> None:
    """An export must not take it for the end of all chats."""
    async with scripted(lambda _: answer) as server, client(server.url) as indigo:
        with pytest.raises(IndigoMisbehaved, match="no list"):
            await chats(indigo, order="")
        with pytest.raises(IndigoMisbehaved, match="no list"):
            await anext(indigo.user_roles())


# -- documents -------------------------------------------------------------------------------------------


async def test_an_operators_document_runs() -> None:
    """With its variables; what comes back is its data."""
    async with platform() as (server, indigo):
        data = await indigo.run(ARTICLE, {"projectId": "39", "articleId": 7}, "Change")
        assert data == {"sandboxUpdateArticle": {"id": "7", "title": "New"}}
        assert [update.arguments["articleId"] for update in server.updates] == [7]


async def test_an_operators_document_that_fails_says_why() -> None:
    """In the platform's own words."""
    async with platform() as (_, indigo):
        with pytest.raises(IndigoFailed, match="not_found"):
            await indigo.run(ARTICLE, {"projectId": "39", "articleId": 7000})


async def test_a_probe_tells_what_was_found_out() -> None:
    """How many chats there are, and what the server is like."""
    async with platform() as (_, indigo):
        probe = await indigo.probe()
        assert (probe.chats, probe.order, probe.full_pages) == (24, "DESC", True)
    async with platform(PlatformOptions(chats=3, page_info="documented", introspection=False)) as (_, indigo):
        probe = await indigo.probe()
        assert (probe.chats, probe.order, probe.full_pages) == (3, "", False)


async def test_a_workspace_has_a_name() -> None:
    """Files and cursors belong to one, and the token is no part of it."""
    async with client("http://localhost/graphql", env="TEST") as indigo:
        assert indigo.source == "http://localhost/graphql 39 TEST"


async def test_no_more_requests_run_at_once_than_may() -> None:
    """However many want to."""
    options = PlatformOptions(chats=24, latency=0.005)
    async with platform(options, concurrency=3) as (server, indigo):
        await asyncio.gather(*map(indigo.latest, chat_ids(server)))
        assert server.requests.most_at_once == 3
        assert indigo.requests == 24


async def test_items_that_come_twice_are_given_once() -> None:
    """By their ids."""
    nodes = [{"id": n, "insertedAt": "2026-03-31T10:00:00"} for n in (3, 3, "2", 2)]

    def answer(_: Json) -> Answer:
        return connection(*nodes)

    async with scripted(answer) as server, client(server.url) as indigo:
        page = await anext(indigo.messages("1"))
        assert [message.id for message in page.items] == ["3", "2"]
        assert page.items[0].at == datetime(2026, 3, 31, 10, tzinfo=UTC)
