"""What the fields at the root find out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.indigo.faults import Fault
from bot.sandbox.indigo.options import IndigoOptions
from tests.sandbox.indigo.stand import ARTICLE, CHATS, MEMBERS, MESSAGES, NAIVE, NOW, PROFILE, nodes, stand

SMALL = IndigoOptions(chats=120)


async def test_all_chats_are_listed() -> None:
    """Page after page, in either order; the total is told with each."""
    async with stand(SMALL) as here:
        chats = here.server.chats()
        ids = [str(chats.id(number)) for number in chats.numbers(NAIVE)]
        for order, wanted in ((None, ids), ("ASC", ids), ("DESC", ids[::-1])):
            found: list[str] = []
            cursor, more = None, True
            while more:
                page = await here.chats(order=order, first=50, cursor=cursor)
                assert page["totalCount"] == 120
                found += nodes(page, "conversationId")
                cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
            assert found == wanted


async def test_all_messages_of_a_chat_are_listed() -> None:
    """The newest first, onwards with ``before`` and ``endCursor``."""
    async with stand(SMALL) as here:
        chat = await here.longest()
        said = here.server.chats().messages(int(chat), NAIVE) or []
        assert len(said) > 20
        assert await here.every_message(chat) == [str(each.id) for each in said[::-1]]


@pytest.mark.parametrize("by_option", [True, False])
async def test_messages_may_be_paged_as_relay_has_it(by_option: bool) -> None:  # noqa: FBT001 - a parameter
    """Following the documentation then ends after one page; ``startCursor`` leads to the rest."""
    options = IndigoOptions(chats=120, paging="relay" if by_option else "documented")
    async with stand(options) as here:
        if not by_option:
            here.server.faults.switch(Fault.RELAY_PAGING, times=None)
        chat = await here.longest()
        said = [str(each.id) for each in here.server.chats().messages(int(chat), NAIVE) or []]
        assert await here.every_message(chat) == said[-7:]
        assert sorted(await here.every_message(chat, relay=True)) == said
        assert (await here.messages(chat, last=1))["edges"][0]["node"]["id"] == said[-1]


async def test_a_message_has_the_documented_form() -> None:
    """Ids are strings, times have no zone, and the assistant has no sender."""
    async with stand(SMALL) as here:
        said: list[Any] = []
        for chat in nodes(await here.chats(first=30), "conversationId"):
            said += [edge["node"] for edge in (await here.messages(chat, last=50))["edges"]]
            assert said[-1]["conversationId"] == chat
    assert all(isinstance(each["id"], str) and len(each["insertedAt"]) == 19 for each in said)
    assert all(each["sender"] is None or each["sender"]["id"].isdigit() for each in said)
    assert all(("messages" in each["content"]) is (each["sender"] is None) for each in said)


async def test_feedback_is_shown_where_it_is_asked_for() -> None:
    """Without ``showFeedback`` it is null."""
    async with stand(IndigoOptions(chats=300)) as here:
        chats = here.server.chats()
        chat, rated = next(
            (str(each.chat), str(each.id))
            for number in chats.numbers(NAIVE)
            for each in chats.messages(chats.id(number), NAIVE) or []
            if each.feedback == "👍"
        )
        for document, shown in ((MESSAGES, "👍"), (MESSAGES.replace("showFeedback: true", ""), None)):
            answer = await here.ask(document, conversationId=chat, last=100)
            edges = answer["data"]["messages"]["edges"]
            assert [edge["node"]["feedback"] for edge in edges if edge["node"]["id"] == rated] == [shown]


async def test_everybody_is_listed() -> None:
    """Roles and addresses, under the key that the client chose."""
    async with stand() as here:
        found: list[Any] = []
        cursor, more, total = None, True, 0
        while more:
            page = (await here.ask(MEMBERS, projectId=39, cursor=cursor))["data"]["rows"]
            found, total = found + page["edges"], page["totalCount"]
            cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len(found) == total == 23
    assert found[0]["node"]["role"] == {"label": "Owner"}
    assert len({edge["node"]["user"]["id"] for edge in found}) == 23


async def test_a_page_has_its_largest_size() -> None:
    """Who asks for a thousand gets a hundred, who asks for nothing gets ten."""
    async with stand() as here:
        assert len((await here.chats(first=1_000))["edges"]) == 100
        assert len((await here.chats())["edges"]) == 10
        answer = await here.ask(CHATS, projectId=39, first=-1)
    assert answer["errors"][0]["message"] == "`first` must be a non-negative number"


async def test_new_chats_begin_while_somebody_pages() -> None:
    """Newest first they come before what was already seen, oldest first at the end."""
    async with stand(IndigoOptions(chats=30, arriving=2)) as here:
        first = await here.chats(order="DESC", first=10)
        second = await here.chats(order="DESC", first=10, cursor=first["pageInfo"]["endCursor"])
        assert (first["totalCount"], second["totalCount"]) == (30, 31)
        assert set(nodes(first, "conversationId")).isdisjoint(nodes(second, "conversationId"))
        await here.chats()
        again = await here.chats(order="DESC", first=1)
        newest = nodes(again, "conversationId")[0]
        assert int(newest) > int(nodes(first, "conversationId")[0])
        assert (await here.messages(newest))["totalCount"] > 1


async def test_old_messages_go() -> None:
    """What is older than a month is deleted while the server runs."""
    time = [NOW]
    async with stand(SMALL, clock=lambda: time[0]) as here:
        chat = nodes(await here.chats(first=1), "conversationId")[0]
        time[0] += timedelta(days=3)
        assert (await here.chats())["totalCount"] < 120
        answer = await here.ask(MESSAGES, conversationId=chat)
    assert answer["data"] == {"messages": None}
    assert answer["errors"][0]["message"] == "not_found"


async def test_environments_and_orders_have_their_own_cursors() -> None:
    """A cursor that is used with another one is an error, and so is a chat of the other environment."""
    async with stand(SMALL) as here:
        cursor = (await here.chats(order="ASC"))["pageInfo"]["endCursor"]
        for env, order in (("TEST", "ASC"), ("PRODUCTION", "DESC")):
            answer = await here.ask(CHATS, projectId=39, env=env, order=order, cursor=cursor)
            assert answer["errors"][0]["message"] == "Invalid cursor"
        chat = nodes(await here.chats(env="TEST"), "conversationId")[0]
        assert (await here.chats(env="TEST"))["totalCount"] == 6
        assert (await here.messages(chat, env="TEST"))["totalCount"] > 1
        assert (await here.ask(MESSAGES, conversationId=chat))["data"]["messages"] is None


@pytest.mark.parametrize(
    ("document", "variables"),
    [(CHATS, {}), (MEMBERS, {}), (ARTICLE, {"articleId": 1}), (PROFILE, {"userRef": "u", "attributes": {}})],
)
async def test_other_projects_are_forbidden(document: str, variables: dict[str, object]) -> None:
    """Whatever is asked of them, it is answered 403, and nothing is changed."""
    async with stand() as here:
        assert (await here.post(document, projectId=40, **variables)).status_code == 403
        assert here.server.updates == ()


async def test_articles_and_profiles_are_changed() -> None:
    """What is not named stays, and every change can be seen."""
    async with stand() as here:
        await here.ask(PROFILE, projectId=39, userRef="u1", attributes={"plan": "gold", "city": "Torino"})
        profile = await here.ask(PROFILE, projectId=39, userRef="u1", attributes={"plan": "silver"})
        article = await here.ask(ARTICLE, projectId="39", articleId="7", title="Orari")
        missing = await here.ask(ARTICLE, projectId="39", articleId="700", title="Orari")
        wrong = await here.ask(PROFILE, projectId=39, userRef="u1", attributes=[1])
        updates = here.server.updates
    assert profile["data"]["sandboxUpdateProfile"]["attributes"] == {"plan": "silver", "city": "Torino"}
    assert article["data"]["sandboxUpdateArticle"] == {"id": "7", "title": "Orari", "published": True}
    assert missing["errors"][0]["message"] == "not_found"
    assert wrong["errors"][0]["message"] == "attributes must be an object"
    assert [each.name for each in updates] == ["sandboxUpdateProfile"] * 2 + ["sandboxUpdateArticle"]
