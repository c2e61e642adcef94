from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aiohttp import web

from bot.errors import (
    AnswerFailed,
    AnswerTooLarge,
    PeerMisbehaved,
    TenantError,
    TenantSilent,
    TenantUnreachable,
)
from bot.wisdom.selection import Flow
from tests.wisdom.clock import Clock
from tests.wisdom.flows.talking import (
    CANCELLED,
    Talk,
    asking,
    folded,
    grown,
    node,
    sent,
    subscribed,
    text_of,
    told,
)
from tests.wisdom.scripted import BOTH, Json, Script, Session, jwt, tenant_of

FLOW: Flow = "conversation"
EACH = pytest.mark.parametrize("chosen", BOTH)


def answering(talk: Talk, *events: Sequence[object]) -> Script:
    """A connection that tells these events when the question was taken."""

    async def script(session: Session) -> None:
        ident = await listener(session, talk)
        for event in events:
            await told(session, ident, *event)

    return script


async def listener(session: Session, talk: Talk) -> str:
    """The subscription that runs when the question is taken; before that there may have been others."""
    ident = await subscribed(session)
    taken = asyncio.create_task(talk.taken.wait())
    while not taken.done():
        hearing = asyncio.create_task(session.receive())
        await asyncio.wait({taken, hearing}, return_when=asyncio.FIRST_COMPLETED)
        if hearing.done():
            message = hearing.result()
            ident = message["id"] if "payload" in message else ident
        else:
            hearing.cancel()
            await asyncio.wait({hearing})
    return ident


def losing(talk: Talk, *events: Sequence[object], then: Callable[[], None] = lambda: None) -> Script:
    """The same, and then it breaks; ``then`` is what happens while nobody listens."""

    async def script(session: Session) -> None:
        await answering(talk, *events)(session)
        then()
        session.drop()

    return script


@EACH
async def test_a_question_is_subscribed_to_before_it_is_sent(chosen: str) -> None:
    """The conversation is made, listened to, and then asked; the subscription is ended by us."""
    talk, stopped = Talk(), asyncio.Event()

    async def script(session: Session) -> None:
        ident = await subscribed(session)
        assert talk.questions == []
        await talk.taken.wait()
        await told(session, ident, grown("Ten", 0))
        await told(session, ident, grown(" deals.", 1, last=True), sent("Ten deals."))
        assert (await session.until("stop" if session.legacy else "complete"))["id"] == ident
        stopped.set()

    talk.server.scripts, talk.server.subprotocols = [script], (chosen,)
    async with tenant_of(talk.server, flow=FLOW, tools=("TABULAR_DATA",)) as tenant:
        turn = await folded(asking(tenant))
        assert (text_of(turn), turn.answer().doubt) == ("Ten deals.", False)
        assert (turn.answer().conversation_id, turn.answer().message_id) == ("c1", "m1")
        async with asyncio.timeout(5):
            await stopped.wait()
        (post,) = talk.questions
        assert post.authorization == f"Bearer {jwt(1)}"
        assert post.variables == {
            "conversationId": "c1",
            "domainId": "d1",
            "query": {"ops": [{"insert": {"text": "How much?"}}]},
            "toolSelection": {"optInToolNames": ["TABULAR_DATA"]},
        }
        (start,) = [one for one in talk.server.sessions[0].received if "payload" in one and "id" in one]
        assert start["payload"]["variables"] == {"auth": {"token": jwt(1)}, "conversationId": "c1"}


@pytest.mark.parametrize(
    ("events", "text", "cancelled"),
    [
        ([[grown("Ten", 0)], [grown(".", 1, last=True)]], "Ten.", False),
        ([[grown("Ten", 0)], [grown("", 1, cancelledAt="2026-01-01T00:00:00Z")]], "Ten", True),
        ([[grown("Ten", 0)], [CANCELLED]], "Ten", True),
        ([[grown("Nine", 0)], [sent("Ten.")]], "Ten.", False),
        ([[sent("Ten.")]], "Ten.", False),
        ([[grown("Nine", 0), grown("?", 1, last=True)], [sent("Ten.")]], "Ten.", False),
        ([[grown("Ten", 0, messageId=None)], [grown(".", 1, last=True, messageId=None)]], "Ten.", False),
    ],
    ids=["last diff", "cancelledAt", "cancelled", "message", "message alone", "both", "no ids"],
)
async def test_a_turn_ends_in_many_ways(events: list[list[Json]], text: str, cancelled: bool) -> None:  # noqa: FBT001 - a table
    """Each of them ends it, and a whole message is right whatever was assembled."""
    talk = Talk()
    talk.server.scripts = [answering(talk, *events)]
    async with tenant_of(talk.server, flow=FLOW, linger=0.05) as tenant:
        turn = await folded(asking(tenant))
        answer = turn.answer()
        assert (text_of(turn), answer.cancelled, answer.in_progress) == (text, cancelled, False)


async def test_what_is_not_of_this_turn_ends_nothing() -> None:
    """Messages of earlier questions, of people, of nobody, and junk are passed over."""
    talk = Talk(kept=[node("q0", "How much?", sender="USER"), node("m0", "Nine.")])
    strange: dict[str, Any] = {"messageId": "m9"}
    events: list[list[object]] = [
        [grown("old", 7, last=True, messageId="m0"), sent("Old.", "m0")],
        [sent("How much?", "q9", sender="USER"), grown("me", 0, last=True, sender="USER", messageId="q9")],
        [grown("Ten", 0)],
        [grown("other", 0, **strange), grown("", 1, last=True, **strange), sent("Other.", "m9")],
        [None, 7, {}, {"assistantResponseDiff": "x"}, {"assistantMessageSent": []}, sent("")],
        ["x"],
        [{"assistantResponseCancelled": False}],
        [grown("Ten", 0), grown(" deals.", 1, last=True)],
    ]
    talk.server.scripts = [answering(talk, *events)]
    async with tenant_of(talk.server, flow=FLOW, linger=0.05) as tenant:
        turn = await folded(asking(tenant, "c1"))
        assert (text_of(turn), turn.answer().doubt) == ("Ten deals.", False)
        assert (turn.answer().message_id, talk.made) == ("m1", 0)


async def test_what_came_before_the_question_is_not_its_answer() -> None:
    """An answer that ends between subscribing and asking is somebody else's, though its id is new."""
    talk, read = Talk(), asyncio.Event()

    async def script(session: Session) -> None:
        ident = await subscribed(session)
        await told(session, ident, grown("old", 0, last=True, messageId="m0"), CANCELLED)
        await session.send("ping", payload={})
        await session.until("pong")
        read.set()
        await talk.taken.wait()
        await told(session, ident, sent("Ten."))

    talk.server.scripts = [script]
    talk.server.held["Settled"] = read
    async with tenant_of(talk.server, flow=FLOW) as tenant:
        assert text_of(await folded(asking(tenant, "c1"))) == "Ten."


async def test_a_turn_may_have_several_messages() -> None:
    """Another message is part of the answer where the conversation has it after the question."""
    talk = Talk()

    async def script(session: Session) -> None:
        ident = await subscribed(session)
        await talk.taken.wait()
        talk.kept += [node("m1", "First."), node("m2", "Sec")]
        await told(session, ident, grown("First.", 0), grown("Second.", 0, last=True, messageId="m2"))

    talk.server.scripts = [script]
    async with tenant_of(talk.server, flow=FLOW, linger=0.05) as tenant:
        assert text_of(await folded(asking(tenant))).replace("\n", "") == "First.Second."


def keeping(talk: Talk, *messages: Json) -> Callable[[], None]:
    """The tenant goes on with the answer, and keeps it so."""

    def go_on() -> None:
        talk.kept[:] = [each for each in talk.kept if each["sender"] == "USER"] + list(messages)

    return go_on


@EACH
async def test_an_answer_that_ended_while_nobody_listened_is_read(chosen: str) -> None:
    """Nothing is told any more, so what the tenant keeps is taken for whole once it rests."""
    talk, watch = Talk(), Clock(0.0)
    lost = losing(talk, [grown("Ten", 0)], then=keeping(talk, node("m1", "Ten deals.")))

    async def quiet(session: Session) -> None:
        await subscribed(session)

    talk.server.scripts, talk.server.subprotocols = [lost, quiet], (chosen,)
    passing(talk, watch)
    async with tenant_of(talk.server, flow=FLOW, now=watch, rest=0.4) as tenant:
        turn = await folded(asking(tenant))
        assert (text_of(turn), turn.answer().doubt) == ("Ten deals.", False)
        assert len(talk.questions) == 1
        assert watch.now < 2


def passing(talk: Talk, watch: Clock) -> None:
    """Each look at the conversation takes a moment of the watch."""
    settled = talk.server.posts["Settled"]

    def look(post: object) -> web.Response | Json:
        watch.now += 0.1
        return settled(post)  # type: ignore[arg-type] # handed on as it came

    talk.server.posts["Settled"] = look


async def test_an_answer_that_works_is_not_over() -> None:
    """While the tenant says at what it works, it is waited for as long as silence is borne."""
    talk, watch = Talk(), Clock(0.0)
    working = {"insert": {"text": "Looking at sales"}, "attributes": {"progress": True}}
    kept = {**node("m1", ""), "body": {"ops": [{"insert": {"text": "Ten"}}, working]}}
    lost = losing(talk, [grown("Ten", 0)], then=keeping(talk, kept))

    async def quiet(session: Session) -> None:
        await subscribed(session)

    talk.server.scripts = [lost, quiet]
    passing(talk, watch)
    async with tenant_of(talk.server, flow=FLOW, now=watch, rest=0.1, silence=3.0) as tenant:
        assert type(await failure(asking(tenant))) is TenantSilent
        assert len(talk.questions) == 1


async def failure(diffs: object) -> TenantError:
    """The error that an answer ends with."""
    with pytest.raises(TenantError) as caught:
        await folded(diffs)  # type: ignore[arg-type] # a generator of diffs
    return caught.value


@pytest.mark.parametrize("readable", [True, False])
async def test_an_answer_goes_on_after_a_loss(readable: bool) -> None:  # noqa: FBT001 - with chatMessages or not
    """What was missed is read; where the tenant does not let it be read, the whole message is right."""
    talk = Talk(readable=readable)
    lost = losing(talk, [grown("One ", 0)], then=keeping(talk, node("m1", "One two ")))

    async def rest(session: Session) -> None:
        ident = await subscribed(session)
        await told(session, ident, grown("three ", 2))
        talk.kept[-1] = node("m1", "One two three four.")
        await told(session, ident, grown("four.", 3, last=True))
        if not readable:
            await told(session, ident, sent("One two three four."))

    talk.server.scripts = [lost, rest]
    async with tenant_of(talk.server, flow=FLOW, linger=1.0 if not readable else 0.05) as tenant:
        turn = await folded(asking(tenant))
        assert (text_of(turn), turn.answer().doubt) == ("One two three four.", False)
        assert len(talk.questions) == 1


async def test_a_gap_that_cannot_be_read_is_doubted() -> None:
    """Without chatMessages and without a whole message the answer says that something may be missing."""
    talk = Talk(readable=False)

    async def rest(session: Session) -> None:
        ident = await subscribed(session)
        await told(session, ident, grown("three", 2, last=True))

    talk.server.scripts = [losing(talk, [grown("One ", 0)]), rest]
    async with tenant_of(talk.server, flow=FLOW, linger=0.05) as tenant:
        turn = await folded(asking(tenant))
        assert turn.answer().doubt
        assert "One" in text_of(turn)


BROKEN = web.Response
REPLIES: dict[str, Callable[[], web.Response | Json | None]] = {
    "nonsense": lambda: BROKEN(text="<html>"),
    "503": lambda: BROKEN(status=503),
    "504 with errors": lambda: web.json_response({"errors": [{"message": "timeout"}]}, status=504),
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("follow_up", [True, False])
async def test_a_lost_reply_is_looked_up(
    reply: Callable[[], web.Response | Json | None],
    arrives: bool,  # noqa: FBT001 - a table
    follow_up: bool,  # noqa: FBT001 - a table
) -> None:
    """The question is sent again only if the conversation does not hold it, whatever was asked before."""
    before = [node("q0", "How much?", sender="USER"), node("m0", "Nine.")] if follow_up else []
    talk = Talk(kept=before, arrives=arrives)
    once = [reply]
    talk.reply = lambda: once.pop()() if once else None
    talk.server.scripts = [answering(talk, [sent("Ten.")])]
    async with tenant_of(talk.server, flow=FLOW, rest=0.1) as tenant:
        assert text_of(await folded(asking(tenant, "c1" if follow_up else None))) == "Ten."
        assert len(talk.questions) == (1 if arrives else 2)
        asked = [each for each in talk.kept if each["sender"] == "USER"]
        assert len(asked) == (2 if follow_up else 1)


async def test_what_cannot_be_looked_up_is_not_sent_again() -> None:
    """Where the tenant does not tell what it holds, an answer is waited for, and silence is told."""
    talk = Talk(readable=False, arrives=False, reply=lambda: BROKEN(status=502))

    async def quiet(session: Session) -> None:
        await subscribed(session)

    talk.server.scripts = [quiet]
    async with tenant_of(talk.server, flow=FLOW, silence=0.1) as tenant:
        assert type(await failure(asking(tenant))) is TenantSilent
        assert len(talk.questions) == 1


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"createConversation": None}, PeerMisbehaved),
        ({"createConversation": ""}, PeerMisbehaved),
        ({"createConversation": 7}, PeerMisbehaved),
    ],
)
async def test_a_conversation_needs_an_id(data: Json, kind: type[TenantError]) -> None:
    """What is no id is not asked in."""
    talk = Talk()
    talk.server.posts["CreateConversation"] = lambda _: {"data": data}
    async with tenant_of(talk.server, flow=FLOW) as tenant:
        assert type(await failure(asking(tenant))) is kind
        assert talk.questions == []


@pytest.mark.parametrize("how", ["status", "error", "opaque"])
async def test_a_forgotten_conversation_is_begun_again_once(how: str) -> None:
    """The question is asked in a new one; a tenant that forgets that, too, has failed."""
    talk = Talk(arrives=False)
    words = "no" if how == "opaque" else "Conversation not found: c0"
    refusal = {"data": {"sendUserMessage": {"code": "NOT_FOUND", "message": words}}}
    if how == "error":
        refusal = {"data": None, "errors": [{"message": words}]}  # type: ignore[dict-item] # as sent
    forgets = [refusal]
    talk.reply = lambda: forgets.pop() if forgets else None
    talk.server.scripts = [answering(talk, [sent("Ten.")])]
    async with tenant_of(talk.server, flow=FLOW) as tenant:
        assert text_of(await folded(asking(tenant, "c0"))) == "Ten."
        assert [post.variables["conversationId"] for post in talk.questions] == ["c0", "c1"]
        forgets += [refusal, refusal]
        assert isinstance(await failure(asking(tenant, "c0")), AnswerFailed)
        assert talk.made == 2


async def test_a_status_is_a_refusal_in_the_tenants_words() -> None:
    """What is neither OK nor about a conversation fails the question, which is not asked again."""
    talk = Talk(arrives=False)
    talk.reply = lambda: {"data": {"sendUserMessage": {"code": "ERROR", "message": "warehouse asleep"}}}
    talk.server.scripts = [answering(talk)]
    async with tenant_of(talk.server, flow=FLOW) as tenant:
        error = await failure(asking(tenant))
        assert isinstance(error, AnswerFailed)
        assert error.reasons == ("warehouse asleep",)
        assert len(talk.questions) == 1


@EACH
async def test_a_token_that_ends_in_the_middle_asks_nothing_twice(chosen: str) -> None:
    """The subscription goes on with a new token; the question is not sent again."""
    talk = Talk()

    async def ending(session: Session) -> None:
        ident = await subscribed(session)
        await talk.taken.wait()
        await told(session, ident, grown("Ten", 0))
        keeping(talk, node("m1", "Ten deals."))()
        await session.result(ident, None, errors=[{"message": "Unauthorized"}])

    talk.server.scripts = [ending, answering(talk, [sent("Ten deals.")])]
    talk.server.subprotocols = (chosen,)
    async with tenant_of(talk.server, flow=FLOW) as tenant:
        assert text_of(await folded(asking(tenant))) == "Ten deals."
        assert (len(talk.questions), talk.server.tokens, talk.server.handshakes) == (1, 2, 2)


async def test_an_update_that_is_too_large_fails_the_answer() -> None:
    """It is not asked for again, and neither is the question."""
    talk = Talk()
    talk.server.scripts = [answering(talk, [grown("x" * 5000, 0)])]
    async with tenant_of(talk.server, flow=FLOW, max_frame=4000) as tenant:
        assert type(await failure(asking(tenant))) is AnswerTooLarge
        assert (len(talk.questions), talk.server.handshakes) == (1, 1)


async def test_a_conversation_that_is_too_large_to_read_can_be_asked() -> None:
    """What stands there is not known, and the answer to the question is told all the same."""
    talk = Talk(kept=[node("q0", "Everything?", sender="USER"), node("m0", "x" * 5000)])
    talk.server.scripts = [answering(talk, [grown("Ten", 0)], [sent("Ten.")])]
    async with tenant_of(talk.server, flow=FLOW, max_frame=4000) as tenant:
        assert text_of(await folded(asking(tenant, "c1"))) == "Ten."
        assert len(talk.questions) == 1


async def test_a_tenant_that_is_gone_for_good_is_unreachable() -> None:
    """After the question was taken it is waited for as long as silence is borne."""
    talk, watch = Talk(), Clock(0.0)

    def vanish() -> None:
        talk.server.handshake = 503

    talk.server.scripts = [losing(talk, [grown("Ten", 0)], then=vanish)]
    async with tenant_of(talk.server, flow=FLOW, now=watch) as tenant:
        assert type(await failure(asking(tenant))) is TenantUnreachable
        assert 85 <= watch.now <= 90
        assert len(talk.questions) == 1


async def test_errors_beside_an_update_belong_to_it() -> None:
    """A partial result keeps its updates."""
    talk = Talk()

    async def script(session: Session) -> None:
        ident = await subscribed(session)
        await talk.taken.wait()
        payload = {"data": {"subscribeConversation": [sent("Ten.")]}, "errors": [{"message": "no rows"}]}
        await session.send("next", ident, payload=payload)

    talk.server.scripts = [script]
    async with tenant_of(talk.server, flow=FLOW) as tenant:
        turn = await folded(asking(tenant))
        assert (text_of(turn), turn.answer().errors) == ("Ten.", ("no rows",))
