"""Answers in the making: asked once, told to many, cancelled, continued."""

from __future__ import annotations

import asyncio

import pytest

from bot.sandbox.tenant.domains import WEATHER
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.reply import Failure, Filter, Intent, Operator, Text
from tests.sandbox.tenant.stand import (
    CHAT,
    DOMAIN,
    QUESTION,
    VISUALIZATION,
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

MODERN = "graphql-transport-ws"


async def test_the_same_key_tells_the_same_answer() -> None:
    """A question repeated with its key, with or without the conversation, is not asked again."""
    async with running() as server:
        first = await asked(server)
        assert await asked(server) == first
        assert await asked(server, conversation=first[0]["conversationId"]) == first
        assert [(each.text, each.key) for each in server.questions] == [(QUESTION, "key-1")]


async def test_another_key_or_conversation_asks_again() -> None:
    """The key counts within its conversation."""
    async with running() as server:
        first = await asked(server, key="a")
        second = await asked(server, key="b")
        third = await asked(server, key="a", conversation=second[0]["conversationId"])
        assert len(server.questions) == 3
        assert first[0]["conversationId"] != second[0]["conversationId"] == third[0]["conversationId"]


async def test_a_second_subscriber_attaches_to_the_running_answer() -> None:
    """While an answer is written, the same key joins it from the first diff on."""
    async with running() as server, probing(server, MODERN) as probe:
        server.faults.switch(Fault.SILENT, after=2)
        await probe.init()
        await probe.subscribe(chat_variables(fresh_token(server)), id="a")
        begun = [await probe.receive() for _ in range(2)]
        await probe.subscribe(chat_variables(fresh_token(server)), id="b")
        joined = [await probe.receive() for _ in range(2)]
        assert [frame["payload"] for frame in joined] == [frame["payload"] for frame in begun]
        server.faults.release()
        assert await asked(server)
        assert len(server.questions) == 1


async def test_a_follow_up_builds_on_the_intent() -> None:
    """The analyst gets what the last answer of this conversation was about, and nothing of others."""
    analyst = ScriptedAnalyst()
    async with running(analyst=analyst) as server:
        first = await asked(server, key="a")
        await asked(server, "and by region?", key="b", conversation=first[0]["conversationId"])
        await asked(server, "something else", key="c")
        messages = await stored(server, first[0]["conversationId"])
    assert analyst.asked == [
        (DOMAIN, QUESTION, None),
        (DOMAIN, "and by region?", Intent(domain=DOMAIN, limit=1)),
        (DOMAIN, "something else", None),
    ]
    assert [each["sender"] for each in messages] == ["USER", "ASSISTANT"] * 2


async def test_cancelling_the_subscription_stops_the_answer() -> None:
    """What was said stays, marked as cancelled; the same key asks anew afterwards."""
    async with running(clock=Clock()) as server:
        server.faults.switch(Fault.SILENT, after=3)
        async with probing(server, MODERN) as probe:
            await probe.init()
            await probe.subscribe(chat_variables(fresh_token(server)))
            diffs = [(await probe.receive())["payload"]["data"]["chat"] for _ in range(3)]
            await probe.send(id="1", type="complete")
            await probe.send(type="ping")
            assert await probe.receive() == {"type": "pong"}
        _, answer = await stored(server, diffs[0]["conversationId"])
        assert answer["cancelledAt"] == "2026-03-02T09:30:00+00:00"
        assert units(answer["body"]["ops"]) == folded(diffs)
        assert server.faults.silences == 0
        again = await asked(server)
        assert again[-1]["cancelledAt"] is None
        assert len(server.questions) == 2


async def test_a_lost_socket_does_not_stop_the_answer() -> None:
    """The answer is written on, and waits for whoever comes with the key."""
    async with running() as server:
        server.faults.switch(Fault.SILENT, after=1)
        async with probing(server, MODERN) as probe:
            await probe.init()
            await probe.subscribe(chat_variables(fresh_token(server)))
            await probe.receive()
        server.faults.release()
        diffs = await asked(server)
        assert diffs[-1]["inProgress"] is False
        assert diffs[-1]["cancelledAt"] is None
        assert len(server.questions) == 1


async def test_questions_of_one_conversation_are_answered_in_order() -> None:
    """The second waits until the first is through, so that it knows what it follows."""
    analyst = ScriptedAnalyst()
    async with running(analyst=analyst) as server, probing(server, MODERN) as probe:
        conversation = (await asked(server, key="a"))[0]["conversationId"]
        server.faults.switch(Fault.SILENT, after=0)
        await probe.init()
        for key in ("b", "c"):
            variables = chat_variables(fresh_token(server), key=key, conversation=conversation)
            await probe.subscribe(variables, id=key)
        await server.faults.silent()
        await probe.send(type="ping")
        assert await probe.receive() == {"type": "pong"}
        assert [each.key for each in server.questions] == ["a", "b", "c"]
        server.faults.release()
        assert (await probe.receive())["id"] == "b"
        await asked(server, key="c", conversation=conversation)
        assert [previous and previous.limit for _, _, previous in analyst.asked] == [None, 1, 2]


async def test_the_pace() -> None:
    """At a speed, each diff is followed by the time that writing it takes."""
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        if seconds < 3:
            naps.append(seconds)
        else:
            await asyncio.Event().wait()

    options = TenantOptions(speed=100, chunk=10)
    async with running(options, analyst=ScriptedAnalyst([Text("x" * 25)]), sleep=sleep) as server:
        await asked(server)
    assert naps == [0.1, 0.1, 0.05]


async def test_a_failed_step_ends_in_error_strings() -> None:
    """The last diff and the message carry them."""
    analyst = ScriptedAnalyst([Text("Let me see."), Failure("The warehouse is closed.")])
    async with running(analyst=analyst) as server:
        diffs = await asked(server)
        _, answer = await stored(server, diffs[0]["conversationId"])
    assert diffs[-1]["errorStrings"] == answer["errorStrings"] == ["The warehouse is closed."]
    assert diffs[0]["errorStrings"] is None


async def test_an_analyst_that_breaks_tells_no_details(caplog: pytest.LogCaptureFixture) -> None:
    """The person reads that it failed, the log why."""
    async with running() as server:
        diffs = await asked(server, "fail")
    assert [diff["errorStrings"] for diff in diffs] == [["Internal server error"]]
    assert "secret detail" in caplog.text


async def test_faults_in_the_making() -> None:
    """An error operation in the middle, error strings at the end; chatMessages tells the same."""
    async with running() as server:
        server.faults.switch(Fault.ERROR_OP, after=4)
        server.faults.switch(Fault.ERROR_STRINGS)
        diffs = await asked(server)
        _, answer = await stored(server, diffs[0]["conversationId"])
    wrong = [op["insert"]["text"] for op in answer["body"]["ops"] if op["attributes"]["error"]]
    assert wrong == ["A tool of the analyst failed."]
    assert answer["errorStrings"] == ["The analyst could not finish."]
    assert folded(diffs) == units(answer["body"]["ops"])


async def test_snapshots_end_in_the_stored_body() -> None:
    """In that mode the last diff alone is the answer."""
    async with running(TenantOptions(mode="snapshots", status="kept")) as server:
        diffs = await asked(server)
        _, answer = await stored(server, diffs[0]["conversationId"])
    assert diffs[-1]["bodyDiff"]["ops"] == answer["body"]["ops"]
    data = next(
        op["insert"]["visualization"]["data"] for op in answer["body"]["ops"] if op["insert"]["visualization"]
    )
    expected = VISUALIZATION["data"]
    assert isinstance(expected, list)
    assert [[cell["value"] for cell in row] for row in data] == [
        [cell["value"] for cell in row] for row in expected
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"domainId": "ET_DOMAIN_none"}, "Domain not found or no access: ET_DOMAIN_none"),
        ({"conversationId": "conv_none"}, "Conversation not found: conv_none"),
        ({"query": {"pieces": [{"text": " "}]}}, "The query has no text"),
        ({"auth": {"token": "bad"}}, "Unauthorized"),
    ],
)
async def test_what_cannot_be_asked(change: dict[str, object], message: str) -> None:
    """The subscription answers once, with the error, and nothing is asked."""
    async with running() as server:
        error = await refused(server, chat_variables(fresh_token(server)) | change)
        assert error["message"] == message
        assert server.questions == ()


async def test_the_analyst_is_told_what_the_asker_may_see() -> None:
    """The owner sees all rows and the SQL, Grace the rows of her region, Barbara no SQL."""
    analyst = ScriptedAnalyst()
    async with running(analyst=analyst) as server:
        await asked(server)
        for name in ("grace", "barbara"):
            await asked(server, token=token_of(server, name))
    emea = Filter("region", Operator.IN, ("EMEA",), "region: EMEA")
    assert analyst.rights == [((), True), ((emea,), True), ((), False)]


async def test_the_same_key_with_other_rights_asks_again() -> None:
    """An answer made for one region is not told to a token for another; for the same one it is."""
    analyst = ScriptedAnalyst()
    async with running(analyst=analyst) as server:
        for region in ("EMEA", "APAC", "EMEA"):
            await asked(server, token=token_of(server, "grace", ("region", region)))
    assert [scope[0].values for scope, _ in analyst.rights] == [("EMEA",), ("APAC",)]


async def test_a_right_that_is_gone_is_gone_for_what_was_asked_before() -> None:
    """A question that was answered is not told again to somebody who may no longer ask it."""
    async with running() as server:
        token = token_of(server, "linus")
        await asked(server, token=token)
        server.people.set_domains("linus@example.com", [])
        error = await refused(server, chat_variables(token))
    assert error["message"] == f"Domain not found or no access: {DOMAIN}"


@pytest.mark.parametrize(
    ("name", "domain", "message", "code"),
    [
        ("vera", DOMAIN, "You do not have permission to ask questions", "FORBIDDEN"),
        ("linus", WEATHER, f"Domain not found or no access: {WEATHER}", "NOT_FOUND"),
        ("linus", "ET_DOMAIN_none", "Domain not found or no access: ET_DOMAIN_none", "NOT_FOUND"),
    ],
)
async def test_who_may_not_ask(name: str, domain: str, message: str, code: str) -> None:
    """A viewer may ask nothing; a domain that one may not use looks like one that does not exist."""
    async with running() as server:
        error = await refused(server, chat_variables(token_of(server, name)) | {"domainId": domain})
        assert (error["message"], error["extensions"]) == (message, {"code": code})
        assert server.questions == ()


async def test_a_hidden_conversation_is_not_listed() -> None:
    """``createHiddenConversation`` keeps it out of the list, not out of reach."""
    query = CHAT.replace("conversationId: $conversationId)", "createHiddenConversation: true)")
    query = query.replace(", $conversationId: String", "")
    async with running() as server, probing(server, MODERN) as probe:
        await probe.init()
        variables = chat_variables(fresh_token(server))
        del variables["conversationId"]
        await probe.subscribe(variables, query=query)
        diffs = [payload["data"]["chat"] for payload in await probe.results()]
        listed = await post(server, "{ conversations { nodes { id } } }")
        assert listed.json()["data"]["conversations"]["nodes"] == []
        assert await stored(server, diffs[0]["conversationId"])
