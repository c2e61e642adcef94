"""Asking in a conversation, and following it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from bot.sandbox.tenant.domains import WEATHER
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import BOTH_SUBPROTOCOLS, Ending, TenantOptions
from bot.sandbox.tenant.people import UserRole
from bot.sandbox.tenant.updates import Update, Updates, of_chat, strange
from tests.sandbox.tenant.following import (
    CANCELLED,
    CREATE,
    DIFF,
    FOLLOW,
    SEND,
    SENT,
    diffs_of,
    following,
    kind,
    opened,
    sent,
    variables_of,
)
from tests.sandbox.tenant.stand import (
    BODY,
    DOMAIN,
    QUESTION,
    Clock,
    ScriptedAnalyst,
    asked,
    folded,
    fresh_token,
    post,
    probing,
    running,
    stored,
    token_of,
    units,
)


class Ticking(Clock):
    """A clock that moves whenever it is looked at."""

    def __call__(self) -> datetime:
        """The present, which does not come again."""
        self.advance(0.001)
        return self.now


def texts_of(message: Mapping[str, Any]) -> list[str]:
    """What stands in a message, operation by operation."""
    return [op["insert"]["text"] for op in message["body"]["ops"]]


@pytest.mark.parametrize("subprotocol", BOTH_SUBPROTOCOLS)
@pytest.mark.parametrize("mode", ["increments", "snapshots"])
async def test_a_question_in_a_conversation(subprotocol: str, mode: str) -> None:
    """The diffs make the body, the whole message follows them, and the conversation keeps the same."""
    async with running(TenantOptions(mode=mode)) as server:  # type: ignore[arg-type]
        conversation = await opened(server)
        async with following(server, conversation, subprotocol) as follower:
            assert await sent(server, conversation) == {"code": "OK", "message": "User message sent"}
            items = await follower.items()
        question, answer = await stored(server, conversation)
    diffs = diffs_of(items)
    assert [kind(item) for item in items] == [DIFF] * len(diffs) + [SENT]
    assert [diff["diffIndex"] for diff in diffs] == list(range(len(diffs)))
    assert [diff["inProgress"] for diff in diffs] == [True] * (len(diffs) - 1) + [False]
    made = folded(diffs) if mode == "increments" else units(diffs[-1]["bodyDiff"]["ops"])
    assert made == units(answer["body"]["ops"])
    assert items[-1][SENT]["body"] == answer["body"]
    assert {diff["messageId"] for diff in diffs} == {items[-1][SENT]["messageId"]} == {answer["messageId"]}
    assert [op["insert"]["text"] for op in question["body"]["ops"]] == [QUESTION]


async def test_what_was_before_is_not_told_again() -> None:
    """Who comes in the middle of an answer gets the rest of it from the next diff on."""
    async with running() as server:
        conversation = await opened(server)
        server.faults.switch(Fault.SILENT, after=3)
        async with following(server, conversation) as first:
            await sent(server, conversation)
            await server.faults.silent()
            async with following(server, conversation) as second:
                server.faults.release()
                whole, rest = await first.items(), await second.items()
            async with following(server, conversation) as third:
                await sent(server, conversation, "and then?")
                later = await third.items()
    assert diffs_of(rest)[0]["diffIndex"] == 3
    assert rest == whole[3:]
    assert {diff["messageId"] for diff in diffs_of(later)}.isdisjoint(
        diff["messageId"] for diff in diffs_of(whole)
    )


async def test_a_subscription_outlives_answers() -> None:
    """It brings one answer after the other until it is stopped, which stops no answer."""
    async with running() as server:
        conversation = await opened(server)
        async with following(server, conversation) as follower:
            for text in ("one", "two"):
                await sent(server, conversation, text)
                assert len(diffs_of(await follower.items())) > 2
            server.faults.switch(Fault.SILENT, after=1)
            await sent(server, conversation, "three")
            await follower.event()
            assert server.followers == 1
            await follower.probe.send(id="1", type="complete")
            await follower.probe.send(type="ping")
            assert await follower.probe.receive() == {"type": "pong"}
            assert server.followers == 0
            server.faults.release()
        await asked(server, conversation=conversation)
        messages = await stored(server, conversation)
    assert [message["cancelledAt"] for message in messages] == [None] * 8
    assert texts_of(messages[5]) == texts_of(messages[3])


@pytest.mark.parametrize("subprotocol", BOTH_SUBPROTOCOLS)
async def test_whose_conversation_it_is_not(subprotocol: str) -> None:
    """A conversation of somebody else is refused like one that does not exist."""
    async with running() as server:
        others = await opened(server, token=token_of(server, "linus"))
        for conversation in (others, "conv_none"):
            async with probing(server, subprotocol) as probe:
                await probe.init()
                variables = {"auth": {"token": fresh_token(server)}, "conversation": conversation}
                await probe.subscribe(variables, query=FOLLOW)
                while "payload" not in (frame := await probe.receive()):
                    pass
            (error,) = frame["payload"]["errors"]
            assert error["message"] == f"Conversation not found: {conversation}"
            said = (await post(server, SEND, variables_of(conversation))).json()
            assert [each["message"] for each in said["errors"]] == [error["message"]]
        assert server.questions == ()


async def test_the_variable_decides_who_follows() -> None:
    """A bad token there is Unauthorized, whatever the socket was opened with."""
    async with running() as server:
        conversation = await opened(server)
        async with probing(server, "graphql-ws", token=fresh_token(server)) as probe:
            await probe.subscribe({"auth": {"token": "bad"}, "conversation": conversation}, query=FOLLOW)
            (payload,) = await probe.results()
    assert [error["message"] for error in payload["errors"]] == ["Unauthorized"]


async def test_the_same_text_twice_is_two_questions() -> None:
    """There is no key: each one that is sent is asked, and told apart from questions of ``chat``."""
    async with running() as server:
        conversation = await opened(server)
        for _ in range(2):
            await sent(server, conversation)
        await asked(server, conversation=conversation)
        messages = await stored(server, conversation)
        questions = [(each.text, each.flow, each.key) for each in server.questions]
    assert questions == [(QUESTION, "conversation", None)] * 2 + [(QUESTION, "chat", "key-1")]
    assert [message["sender"] for message in messages] == ["USER", "ASSISTANT"] * 3


async def test_an_answer_that_nobody_follows() -> None:
    """It is written all the same: ``chatMessages`` shows it growing, then whole."""
    async with running() as server:
        conversation = await opened(server)
        server.faults.switch(Fault.SILENT, after=4)
        await sent(server, conversation)
        await server.faults.silent()
        _, growing = await stored(server, conversation)
        server.faults.release()
        await asked(server, conversation=conversation)
        _, whole, _, other = await stored(server, conversation)
    assert growing["id"] == whole["id"]
    assert growing["body"]["ops"]
    assert texts_of(growing) != texts_of(whole) == texts_of(other)


async def test_which_diffs_a_stored_answer_holds() -> None:
    """Those that are not younger than it: a client that reads it knows where the stream goes on."""
    query = "query ($id: String!) { chatMessages(conversationId: $id) { nodes { updatedAt body { %s } } } }"
    async with running(clock=Ticking()) as server:
        conversation = await opened(server)
        server.faults.switch(Fault.SILENT, after=5)
        async with following(server, conversation) as follower:
            await sent(server, conversation)
            await server.faults.silent()
            told = (await post(server, query % BODY, {"id": conversation})).json()
            server.faults.release()
            diffs = diffs_of(await follower.items())
    answer = told["data"]["chatMessages"]["nodes"][1]
    held = [diff for diff in diffs if diff["updatedAt"] <= answer["updatedAt"]]
    assert len(held) == 5 < len(diffs)
    assert folded(held) == units(answer["body"]["ops"])


async def test_questions_of_the_older_flow_are_told_too() -> None:
    """Whoever follows the conversation sees the answer, however it was asked for."""
    async with running() as server:
        conversation = await opened(server)
        async with following(server, conversation) as follower:
            diffs = await asked(server, conversation=conversation)
            items = await follower.items()
    assert [(diff["diffIndex"], diff["bodyDiff"]) for diff in diffs_of(items)] == [
        (diff["diffIndex"], diff["bodyDiff"]) for diff in diffs
    ]


@pytest.mark.parametrize(
    ("ending", "told"),
    [("both", (True, True)), ("diff", (True, False)), ("message", (False, True))],
)
async def test_how_the_end_is_told(ending: Ending, told: tuple[bool, bool]) -> None:
    """By the last diff, by the whole message, or by both."""
    async with running(TenantOptions(ending=ending)) as server:
        conversation = await opened(server)
        async with following(server, conversation) as follower:
            items = []
            for text in ("one", "two"):
                await sent(server, conversation, text)
                items += await follower.items(
                    lambda item: kind(item) == SENT if told[1] else item[DIFF]["inProgress"] is False
                )
    last = any(diff["inProgress"] is False for diff in diffs_of(items))
    assert (last, any(kind(item) == SENT for item in items)) == told


@pytest.mark.parametrize("ending", ["both", "diff"])
async def test_batches(ending: Ending) -> None:
    """Two updates come in one event; the last one of an answer may come alone, but is not kept back."""
    async with running(TenantOptions(batch=2, ending=ending)) as server:
        conversation = await opened(server)
        async with following(server, conversation) as follower:
            for text in ("one", "two"):
                await sent(server, conversation, text)
                events = await follower.events(
                    lambda item: kind(item) == SENT if ending == "both" else not item[DIFF]["inProgress"]
                )
                assert {len(event) for event in events[:-1]} == {2}
                diffs = diffs_of([item for event in events for item in event])
                assert [diff["diffIndex"] for diff in diffs] == list(range(len(diffs)))


@pytest.mark.parametrize(("ending", "diffs"), [("both", 3), ("message", 2)])
async def test_an_answer_that_somebody_else_stops(ending: Ending, diffs: int) -> None:
    """The cancellation is told by itself; the message says when, and the next answer is whole."""
    async with running(TenantOptions(ending=ending)) as server:
        conversation = await opened(server)
        server.faults.switch(Fault.CANCELLED, after=2)
        async with following(server, conversation) as follower:
            await sent(server, conversation)
            items = await follower.items(lambda item: kind(item) == CANCELLED)
            _, stopped = await stored(server, conversation)
            await sent(server, conversation)
            await follower.items()
    assert items[-1] == {SENT: None, DIFF: None, CANCELLED: True}
    assert len(diffs_of(items)) == diffs
    assert stopped["cancelledAt"] is not None
    if ending == "both":
        assert diffs_of(items)[-1]["cancelledAt"] == stopped["cancelledAt"]


async def test_an_answer_of_the_older_flow_that_somebody_else_stops() -> None:
    """Its last diff says when; the same key asks anew."""
    async with running() as server:
        server.faults.switch(Fault.CANCELLED, after=2)
        diffs = await asked(server)
        assert (len(diffs), diffs[-1]["inProgress"]) == (3, False)
        assert diffs[-1]["cancelledAt"] is not None
        assert (await asked(server))[-1]["cancelledAt"] is None


async def test_faults_in_the_making() -> None:
    """Silence, an error operation and error strings strike an answer however it was asked for."""
    async with running() as server:
        conversation = await opened(server)
        for fault in (Fault.ERROR_OP, Fault.ERROR_STRINGS):
            server.faults.switch(fault)
        server.faults.switch(Fault.SILENT, after=0)
        async with following(server, conversation) as follower:
            await sent(server, conversation)
            await server.faults.silent()
            server.faults.release()
            items = await follower.items()
    assert items[-1][SENT]["errorStrings"] == ["The analyst could not finish."]
    assert diffs_of(items)[-1]["errorStrings"] == ["The analyst could not finish."]
    assert any(op["attributes"]["error"] for op in items[-1][SENT]["body"]["ops"])


async def test_the_first_question_names_the_conversation() -> None:
    """It is listed without a summary before; a hidden one is not listed, but can be asked in."""
    listing = "{ conversations { nodes { id summary } } }"
    async with running() as server:
        conversation, hidden = await opened(server), await opened(server, hidden=True)
        empty = (await post(server, listing)).json()["data"]["conversations"]["nodes"]
        for each in (conversation, hidden):
            await sent(server, each, "one")
            await sent(server, each, "two")
        named = (await post(server, listing)).json()["data"]["conversations"]["nodes"]
        assert len(await stored(server, hidden)) == 4
    assert empty == [{"id": conversation, "summary": ""}]
    assert named == [{"id": conversation, "summary": "one"}]


async def test_a_follow_up_builds_on_the_intent() -> None:
    """The analyst gets what the answer before it was about."""
    analyst = ScriptedAnalyst()
    async with running(analyst=analyst) as server:
        conversation = await opened(server)
        async with following(server, conversation) as follower:
            for text in ("one", "two"):
                await sent(server, conversation, text)
                await follower.items()
    assert [previous and previous.limit for _, _, previous in analyst.asked] == [None, 1]


@pytest.mark.parametrize(
    ("name", "domain", "code"),
    [("vera", DOMAIN, "FORBIDDEN"), ("linus", WEATHER, "NOT_FOUND"), ("linus", "ET_none", "NOT_FOUND")],
)
async def test_who_may_not_open_a_conversation(name: str, domain: str, code: str) -> None:
    """The rights are those of asking."""
    async with running() as server:
        variables = {"domain": domain, "hidden": False}
        said = (await post(server, CREATE, variables, token=token_of(server, name))).json()
    assert said["data"] is None
    assert [error["extensions"] for error in said["errors"]] == [{"code": code}]


@pytest.mark.parametrize(
    ("text", "message"),
    [(" ", "The query has no text"), ("fine", f"Domain not found or no access: {WEATHER}")],
)
async def test_what_cannot_be_sent(text: str, message: str) -> None:
    """It is an error, and nothing is asked."""
    async with running() as server:
        token = token_of(server, "linus")
        conversation = await opened(server, token=token)
        variables = variables_of(conversation, text, WEATHER)
        said = (await post(server, SEND, variables, token=token)).json()
        assert server.questions == ()
    assert [error["message"] for error in said["errors"]] == [message]


async def test_refusals_as_a_status() -> None:
    """A tenant may tell the same as an answer that is not OK."""
    async with running(TenantOptions(refusing="status")) as server:
        unknown = await sent(server, "conv_none")
        token = token_of(server, "ada")
        conversation = await opened(server, token=token)
        server.people.set_roles("ada@example.com", UserRole.VIEWER)
        forbidden = await sent(server, conversation, token=token)
        assert server.questions == ()
    assert unknown == {"code": "NOT_FOUND", "message": "Conversation not found: conv_none"}
    assert forbidden == {"code": "ERROR", "message": "You do not have permission to ask questions"}


async def test_who_follows_is_told_from_then_on() -> None:
    """Each follower gets each update of its conversation, and none once it has gone."""
    updates = Updates()
    one, two = (Update(message_id=name, wire={}) for name in ("one", "two"))
    updates.publish("a", one)
    first, second, other = updates.follow("a"), updates.follow("a"), updates.follow("b")
    updates.publish("a", one)
    assert (await anext(first), await anext(second)) == (one, one)
    await second.aclose()
    updates.publish("a", two)
    updates.publish("b", one)
    assert (await anext(first), await anext(other), updates.followers) == (two, one, 2)
    await first.aclose()
    await other.aclose()
    assert updates.followers == 0


def test_an_answer_to_another_question() -> None:
    """It is whole, in the same conversation, and has an id of its own."""
    diff = {
        "messageId": "m",
        "conversationId": "c",
        "diffIndex": 4,
        "inProgress": True,
        "bodyDiff": {"ops": []},
    }
    begun, over, whole = strange(diff)
    assert {each.message_id for each in (begun, over, whole)} != {"m"}
    assert [each.diff and each.diff["inProgress"] for each in (begun, over, whole)] == [True, False, None]
    assert [each.last for each in (begun, over, whole)] == [False, False, True]
    assert (of_chat(diff).last, of_chat({**diff, "inProgress": False}).closes) == (False, True)
