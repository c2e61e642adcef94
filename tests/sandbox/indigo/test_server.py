"""The platform as a whole."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from graphql import build_client_schema, get_introspection_query, print_schema

from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.server import IndigoServer
from tests.sandbox.indigo.stand import stand

#: The vendor's own examples, word for word but for the whitespace and the id of the workspace's project.
CHATS = """query Conversations($projectId: Int_ID! $order: SortType $cursor: String) {
  conversations(projectId: $projectId env: PRODUCTION order: $order first: 50 after: $cursor) {
    edges { node { conversationId } } pageInfo { endCursor hasNextPage } totalCount } }"""
MESSAGES = """query Messages($conversationId: Int_ID! $before: String $last: Int) {
  messages(conversationId: $conversationId env: PRODUCTION showFeedback: true last: $last before: $before) {
    edges { node { id content sender { id } insertedAt conversationId feedback read } }
    pageInfo { endCursor hasNextPage } totalCount } }"""
MEMBERS = """query { userRoles(projectId: 39 first: 100) {
  edges { node { role { label } user { id email } } } pageInfo { endCursor hasNextPage } totalCount } }"""


async def test_the_documented_queries_are_answered() -> None:
    """A client that does what the documentation shows gets what it shows."""
    async with stand(IndigoOptions(chats=60)) as here:
        chats = await here.ask(CHATS, projectId="39")
        chat = chats["data"]["conversations"]["edges"][0]["node"]["conversationId"]
        messages = await here.ask(MESSAGES, conversationId=chat, last=5)
        members = await here.ask(MEMBERS)
    assert chats["data"]["conversations"]["totalCount"] == 60
    assert messages["data"]["messages"]["edges"][0]["node"]["conversationId"] == chat
    assert members["data"]["userRoles"]["totalCount"] == 23


async def test_a_client_can_ask_for_the_schema() -> None:
    """What introspection says is what the text says."""
    async with stand() as here:
        answer = await here.ask(get_introspection_query(descriptions=False))
        printed = print_schema(build_client_schema(answer["data"]))
        for line in ("scalar Int_ID", "enum SortType", "type RootQueryType"):
            assert line in printed
            assert line in here.server.sdl
    async with stand(IndigoOptions(introspection=False)) as here:
        assert "errors" in await here.ask(get_introspection_query())


async def test_a_token_is_made_where_none_is_given() -> None:
    """It looks like the vendor's, and differs from server to server."""
    first, second = IndigoServer(), IndigoServer()
    assert re.fullmatch(r"pat-[\w-]{20,}", first.token)
    assert first.token != second.token
    assert IndigoServer(options=IndigoOptions(token="pat-mine")).token == "pat-mine"


async def test_there_is_no_address_before_the_start() -> None:
    """Asking for it says so; a port that is taken does, too."""
    with pytest.raises(RuntimeError, match="before start"):
        _ = IndigoServer().url
    async with stand() as here:
        port = int(here.server.url.split(":")[2].split("/")[0])
        with pytest.raises(OSError, match="in use"):
            await IndigoServer().start(port=port)


async def test_ten_thousand_chats_are_there_at_once() -> None:
    """A large platform starts as quickly as a small one, and counts what it holds."""
    began = datetime.now(UTC)
    async with stand(IndigoOptions(chats=10_000), clock=lambda: datetime.now(UTC)) as here:
        page = await here.chats(order="DESC", first=1)
        newest = page["edges"][0]["node"]["conversationId"]
        assert page["totalCount"] == 10_000
        assert (await here.messages(newest, last=1))["edges"]
    assert datetime.now(UTC) - began < timedelta(seconds=5)
