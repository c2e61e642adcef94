"""Going on with a question of a process that has died, at tenants that make it hard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from bot.errors import AnswerFailed, TenantError, TenantSilent, TenantUnreachable
from bot.model import Bookmark
from bot.wisdom.selection import Flow
from tests.wisdom.clock import Clock
from tests.wisdom.flows.talking import (
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
from tests.wisdom.scripted import BOTH, Json, Post, Script, Session, client_of, diff, serving, tenant_of

EACH = pytest.mark.parametrize("chosen", BOTH)
FIRST, LAST = diff("Ten", index=0), diff(" deals.", index=1, last=True)
ASKED = node("q1", "How much?", sender="USER")
EARLIER = (node("q0", "How much?", sender="USER"), node("m0", "Nine."))
BEFORE = frozenset({"q0", "m0"})
STOPPED = {"cancelledAt": "2026-01-01T00:00:00Z"}
NOT_FOUND = {"message": "Conversation not found"}
GONE: Json = {"data": None, "errors": [NOT_FOUND]}


def silent(talk: Talk, *, ends: bool = False) -> Script:
    """A connection on which nothing is told; subscriptions may be ended."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            asked = await session.subscription()
            if asked["payload"]["operationName"] == "Chat":
                talk.taken.set()
            if ends:
                await session.send("complete", asked["id"])

    return script


def looking(talk: Talk, watch: Clock) -> None:
    """Each look at the conversation takes a moment of the watch."""
    settled = talk.server.posts["Settled"]

    def look(post: Post) -> object:
        watch.now += 0.1
        return settled(post)

    talk.server.posts["Settled"] = look  # type: ignore[assignment] # handed on as it came


async def failure(diffs: object) -> TenantError:
    """The error that an answer ends with."""
    with pytest.raises(TenantError) as caught:
        await folded(diffs)  # type: ignore[arg-type] # a generator of diffs
    return caught.value


@dataclass
class Kept:
    """The bookmarks of a process that will be killed."""

    bookmarks: list[Bookmark] = field(default_factory=list)

    async def note(self, bookmark: Bookmark) -> None:
        """Keeps one more."""
        self.bookmarks.append(bookmark)

    @asynccontextmanager
    async def process(self, talk: Talk, flow: Flow, until: asyncio.Event) -> AsyncIterator[None]:
        """Asks, and dies when the block is left; the block runs when ``until`` is set."""
        async with client_of(talk.server, flow=flow) as tenant:
            running = asyncio.create_task(folded(asking(tenant, noted=self.note)))
            async with asyncio.timeout(10):
                await until.wait()
            yield
            tenant.leave_running("k1")
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


# -- chat ------------------------------------------------------------------------------------------------


@EACH
async def test_chat_is_subscribed_to_with_the_same_key(chosen: str) -> None:
    """The tenant tells the answer again; nothing has to be read, and everything is sent as before."""
    talk, kept, begun = Talk(), Kept(), asyncio.Event()

    async def first(session: Session) -> None:
        await session.acknowledge()
        await session.result((await session.subscription())["id"], FIRST)
        begun.set()

    async def second(session: Session) -> None:
        await session.acknowledge()
        await session.answer(FIRST, LAST)

    talk.server.scripts, talk.server.subprotocols = [first, second], (chosen,)
    async with serving(talk.server):
        async with kept.process(talk, "chat", begun):
            pass
        (noted,) = {each.flow for each in kept.bookmarks}
        assert (noted, kept.bookmarks[0]) == ("chat", Bookmark("chat"))
        async with client_of(talk.server, flow="chat", linger=0.05) as tenant:
            turn = await folded(asking(tenant, resume=Bookmark("chat")))
    assert (text_of(turn), turn.answer().doubt) == ("Ten deals.", False)
    assert talk.server.said("Settled") == []
    sent = [one["payload"] for each in talk.server.sessions for one in each.received if "id" in one]
    starts = [each for each in sent if each]
    assert starts[0]["variables"]["idempotencyKey"] == starts[1]["variables"]["idempotencyKey"]
    assert starts[0] | {"variables": 0} == starts[1] | {"variables": 0}


@EACH
@pytest.mark.parametrize("ends", [True, False], ids=["ended", "open"])
@pytest.mark.parametrize("follow_up", [True, False])
async def test_a_chat_that_tells_nothing_again_is_read(
    chosen: str,
    ends: bool,  # noqa: FBT001 - a table
    follow_up: bool,  # noqa: FBT001 - a table
) -> None:
    """What the tenant keeps is the answer, and not the one to the same question before it."""
    talk, watch = Talk(), Clock(0.0)
    talk.kept[:] = [*(EARLIER if follow_up else ()), ASKED, node("m1", "Ten deals.")]
    talk.server.scripts, talk.server.subprotocols = [silent(talk, ends=ends)], (chosen,)
    looking(talk, watch)
    resume = Bookmark("chat", "c1") if follow_up else Bookmark("chat", "c1", answer="m1")
    async with tenant_of(talk.server, flow="chat", now=watch, rest=0.4) as tenant:
        turn = await folded(asking(tenant, "c1" if follow_up else None, resume=resume))
    assert (text_of(turn), turn.answer().doubt) == ("Ten deals.", False)
    assert turn.answer().message_id == "m1"


@pytest.mark.parametrize("said", ["", "Ten"])
async def test_a_chat_that_was_stopped_is_not_asked_again(said: str) -> None:
    """The key might be taken for a new question, so what is kept is read first."""
    talk = Talk()
    talk.kept[:] = [*EARLIER, ASKED, node("m1", said, **STOPPED)]
    async with tenant_of(talk.server, flow="chat") as tenant:
        turn = await folded(asking(tenant, "c1", resume=Bookmark("chat", "c1", answer="m1")))
    assert (text_of(turn), turn.answer().cancelled) == (said, True)
    assert talk.server.handshakes == 0


@pytest.mark.parametrize("answer", ["", "m9"], ids=["not heard of", "dropped"])
async def test_the_same_question_that_was_stopped_before_is_another_one(answer: str) -> None:
    """Whoever stopped an answer and asked once more wants to read one."""
    talk = Talk()
    talk.kept[:] = [EARLIER[0], node("m0", "Nine", **STOPPED)]

    async def script(session: Session) -> None:
        await session.acknowledge()
        talk.kept[2:] = [ASKED, node("m1", "Ten deals.")]
        await session.answer(FIRST, LAST)

    talk.server.scripts = [script]
    async with tenant_of(talk.server, flow="chat", linger=0.05) as tenant:
        turn = await folded(asking(tenant, "c1", resume=Bookmark("chat", "c1", answer=answer)))
    assert (text_of(turn), turn.answer().cancelled) == ("Ten deals.", False)


@pytest.mark.parametrize("answer", ["m1", ""], ids=["begun", "not heard of"])
async def test_a_chat_whose_conversation_is_gone_is_asked_anew_once(answer: str) -> None:
    """In a new conversation; a tenant that forgets that, too, has failed."""
    talk, asked = Talk(), []
    talk.server.posts["Settled"] = lambda _: GONE

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            start = await session.subscription()
            asked.append(start["payload"]["variables"].get("conversationId"))
            if asked[-1] is not None or forgets:
                await session.result(start["id"], None, errors=[NOT_FOUND])
            else:
                await session.result(start["id"], FIRST, LAST)
            await session.send("complete", start["id"])

    forgets: list[bool] = []
    talk.server.scripts = [script]
    resume = Bookmark("chat", "c0", answer=answer)
    async with tenant_of(talk.server, flow="chat", linger=0.05) as tenant:
        assert text_of(await folded(asking(tenant, "c0", resume=resume))) == "Ten deals."
        assert asked == ([None] if answer else ["c0", None])
        forgets.append(True)
        assert type(await failure(asking(tenant, "c0", resume=resume))) is AnswerFailed
        assert asked.count(None) == 2


@pytest.mark.parametrize("begun", [Bookmark("chat"), Bookmark("chat", "c1", answer="m1")])
async def test_a_chat_that_was_asked_in_a_new_conversation_is_asked_there_again(begun: Bookmark) -> None:
    """The one that it was to continue was gone already for the process that asked."""
    talk = Talk(kept=[ASKED, node("m1", "Ten")])

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.answer(FIRST, LAST)
        assert "conversationId" not in asked["payload"]["variables"]

    talk.server.scripts = [script]
    async with tenant_of(talk.server, flow="chat", linger=0.05) as tenant:
        assert text_of(await folded(asking(tenant, "c0", resume=begun))) == "Ten deals."


async def test_a_chat_of_which_nothing_is_known_any_more_has_failed() -> None:
    """No conversation was told, and the stream has ended: there is nothing to read."""
    talk = Talk()
    talk.server.scripts = [silent(talk, ends=True)]
    async with tenant_of(talk.server, flow="chat") as tenant:
        error = await failure(asking(tenant, resume=Bookmark("chat")))
    assert "without an answer" in str(error)
    assert talk.server.said("Settled") == []


# -- conversation ----------------------------------------------------------------------------------------


@EACH
async def test_a_question_whose_reply_was_never_read_is_found(chosen: str) -> None:
    """The process died after the tenant took the question and before it said so."""
    talk, kept, never = Talk(), Kept(), asyncio.Event()

    async def quiet(session: Session) -> None:
        await subscribed(session)

    async def rest(session: Session) -> None:
        ident = await subscribed(session)
        await told(session, ident, sent("Ten deals."))

    talk.server.scripts, talk.server.subprotocols = [quiet, rest], (chosen,)
    talk.server.late["SendUserMessage"] = never
    async with serving(talk.server):
        async with kept.process(talk, "conversation", talk.taken):
            pass
        never.set()
        async with client_of(talk.server, flow="conversation") as tenant:
            turn = await folded(asking(tenant, resume=kept.bookmarks[-1], noted=kept.note))
    assert text_of(turn) == "Ten deals."
    assert kept.bookmarks == [Bookmark("conversation", "c1")]
    assert (talk.made, len(talk.questions)) == (1, 1)


async def test_a_question_that_the_tenant_has_written_otherwise_is_found() -> None:
    """The conversation was begun for it, so a question there is this one."""
    talk, watch = Talk(kept=[node("q1", "How *much*?", sender="USER"), node("m1", "Ten deals.")]), Clock(0.0)
    talk.server.scripts = [silent(talk)]
    looking(talk, watch)
    async with tenant_of(talk.server, flow="conversation", now=watch, rest=0.4) as tenant:
        turn = await folded(asking(tenant, resume=Bookmark("conversation", "c1")))
    assert text_of(turn) == "Ten deals."
    assert talk.questions == []


@EACH
async def test_a_question_that_never_arrived_is_sent(chosen: str) -> None:
    """It is looked for first; then its answer is told as any other, from the first diff on."""
    talk = Talk(kept=[*EARLIER])

    async def script(session: Session) -> None:
        ident = await subscribed(session)
        await talk.taken.wait()
        await told(session, ident, grown("Ten", 0))
        await told(session, ident, grown(" deals.", 1, last=True), sent("Ten deals."))

    talk.server.scripts, talk.server.subprotocols = [script], (chosen,)
    async with tenant_of(talk.server, flow="conversation") as tenant:
        diffs = [one async for one in asking(tenant, "c1", resume=Bookmark("conversation", "c1", BEFORE))]
    assert [one.whole for one in diffs] == [False, False, True]
    assert (talk.made, len(talk.questions)) == (0, 1)
    assert len(talk.server.said("Settled")) == 5


@EACH
async def test_an_answer_that_was_finished_meanwhile_is_given(chosen: str) -> None:
    """At once whole, and over when it rests; the same question before it is another one."""
    talk, watch = Talk(kept=[*EARLIER, ASKED, node("m1", "Ten deals.")]), Clock(0.0)
    talk.server.scripts, talk.server.subprotocols = [silent(talk)], (chosen,)
    looking(talk, watch)
    async with tenant_of(talk.server, flow="conversation", now=watch, rest=0.4) as tenant:
        resume = Bookmark("conversation", "c1", BEFORE)
        diffs = [one async for one in asking(tenant, "c1", resume=resume)]
    assert [(one.message_id, one.whole, one.in_progress) for one in diffs] == [
        ("m1", True, True),
        ("m1", True, False),
    ]
    assert talk.questions == []


@pytest.mark.parametrize("said", ["", "Ten"])
async def test_an_answer_that_was_stopped_is_over_at_once(said: str) -> None:
    """Somebody else has stopped it: it does not have to rest, nor to say anything."""
    talk = Talk(kept=[*EARLIER, ASKED, node("m1", said, **STOPPED)])
    talk.server.scripts = [silent(talk)]
    async with tenant_of(talk.server, flow="conversation") as tenant:
        turn = await folded(asking(tenant, "c1", resume=Bookmark("conversation", "c1", BEFORE)))
    assert (text_of(turn), turn.answer().cancelled) == (said, True)
    assert talk.questions == []


async def test_a_tenant_without_a_word_for_stopped_answers_is_read_all_the_same() -> None:
    """It refuses the field, and is asked without it."""
    talk, watch = Talk(kept=[ASKED, node("m1", "Ten deals.")]), Clock(0.0)
    talk.server.scripts = [silent(talk)]
    looking(talk, watch)
    tell = talk.server.posts["Settled"]
    unknown = {"message": 'Cannot query field "cancelledAt" on type "ChatMessage".'}

    def settled(post: Post) -> Json:
        return {"errors": [unknown]} if "cancelledAt" in post.query else tell(post)  # type: ignore[return-value] # a body

    talk.server.posts["Settled"] = settled
    async with tenant_of(talk.server, flow="conversation", now=watch, rest=0.4) as tenant:
        turn = await folded(asking(tenant, resume=Bookmark("conversation", "c1")))
    assert text_of(turn) == "Ten deals."


@EACH
async def test_a_conversation_that_is_gone_is_begun_again_once(chosen: str) -> None:
    """Whatever was in it, the question is asked in a new one; that is noted."""
    talk, kept = Talk(), Kept()
    tell = talk.server.posts["Settled"]
    talk.server.posts["Settled"] = lambda post: (
        GONE if post.variables["conversationId"] == "c0" else tell(post)
    )

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            start = await session.subscription()
            if start["payload"]["variables"]["conversationId"] == "c1":
                await talk.taken.wait()
                await told(session, start["id"], sent("Ten."))

    talk.server.scripts, talk.server.subprotocols = [script], (chosen,)
    async with tenant_of(talk.server, flow="conversation") as tenant:
        resume = Bookmark("conversation", "c0", BEFORE)
        assert text_of(await folded(asking(tenant, resume=resume, noted=kept.note))) == "Ten."
        assert kept.bookmarks == [Bookmark("conversation", "c1")]
        talk.server.posts["Settled"] = lambda _: GONE
        talk.server.posts["SendUserMessage"] = lambda _: GONE
        assert isinstance(await failure(asking(tenant, resume=resume)), AnswerFailed)
        assert talk.made == 2


async def test_a_question_that_the_tenant_has_dropped_is_asked_again() -> None:
    """What it no longer keeps was never asked, as far as anybody can tell."""
    talk = Talk()

    async def script(session: Session) -> None:
        ident = await subscribed(session)
        await talk.taken.wait()
        await told(session, ident, sent("Ten."))

    talk.server.scripts = [script]
    async with tenant_of(talk.server, flow="conversation") as tenant:
        turn = await folded(asking(tenant, "c1", resume=Bookmark("conversation", "c1", BEFORE)))
    assert text_of(turn) == "Ten."
    assert [post.variables["conversationId"] for post in talk.questions] == ["c1"]


@pytest.mark.parametrize("flow", ["chat", "conversation"])
async def test_an_answer_that_the_tenant_has_dropped_is_told_as_silence(flow: Flow) -> None:
    """The question stands there without one, so it is waited for, and not asked again."""
    talk, watch = Talk(kept=[*EARLIER, ASKED]), Clock(0.0)
    talk.server.scripts = [silent(talk)]
    looking(talk, watch)
    before = BEFORE if flow == "conversation" else frozenset()
    async with tenant_of(talk.server, flow=flow, now=watch, rest=0.1, silence=3.0) as tenant:
        error = await failure(asking(tenant, "c1", resume=Bookmark(flow, "c1", before)))
    assert type(error) is TenantSilent
    assert talk.questions == []


async def test_what_cannot_be_looked_up_is_not_asked_twice() -> None:
    """The tenant does not tell what it holds: an answer is waited for as long as silence is borne."""
    talk = Talk(readable=False)
    talk.server.scripts = [silent(talk)]
    async with tenant_of(talk.server, flow="conversation", silence=0.1) as tenant:
        error = await failure(asking(tenant, resume=Bookmark("conversation", "c1")))
    assert type(error) is TenantSilent
    assert talk.questions == []


@pytest.mark.parametrize(
    ("kept", "other"),
    [([*EARLIER, ASKED, node("m1", "Ten")], "m9"), ([*EARLIER, ASKED], "m0")],
    ids=["a new one", "an earlier one"],
)
async def test_another_answer_in_the_conversation_is_not_taken_for_ours(kept: list[Json], other: str) -> None:
    """What the tenant keeps, or kept before, says which messages are ours, whichever comes first."""
    talk = Talk(kept=kept)

    async def script(session: Session) -> None:
        ident = await subscribed(session)
        await told(session, ident, sent("Somebody else's.", other))
        await told(session, ident, sent("Ten deals."))

    talk.server.scripts = [script]
    async with tenant_of(talk.server, flow="conversation") as tenant:
        turn = await folded(asking(tenant, "c1", resume=Bookmark("conversation", "c1", BEFORE)))
    assert text_of(turn) == "Ten deals."


# -- both ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flow", ["chat", "conversation"])
async def test_a_tenant_that_is_away_when_the_next_process_begins(flow: Flow) -> None:
    """Somebody has waited already and the tenant may be at work: it is tried as long as silence is borne."""
    talk, watch = Talk(), Clock(0.0)
    talk.server.handshake = 503
    async with tenant_of(talk.server, flow=flow, now=watch) as tenant:
        error = await failure(asking(tenant, resume=Bookmark(flow, "c1")))
    assert type(error) is TenantUnreachable
    assert 85 <= watch.now <= 90


async def test_a_process_may_end_while_it_goes_on() -> None:
    """Nothing more is tried, and what is raised is of our kind."""
    talk, never, looked = Talk(kept=[*EARLIER]), asyncio.Event(), asyncio.Event()
    tell = talk.server.posts["Settled"]

    def look(post: Post) -> object:
        looked.set()
        return tell(post)

    talk.server.posts["Settled"] = look  # type: ignore[assignment] # handed on as it came
    talk.server.scripts, talk.server.late["Settled"] = [silent(talk)], never
    async with tenant_of(talk.server, flow="conversation") as tenant:
        resume = Bookmark("conversation", "c1", BEFORE)
        running = asyncio.create_task(failure(asking(tenant, resume=resume)))
        async with asyncio.timeout(5):
            await looked.wait()
            await tenant.close()
            assert type(await running) is TenantUnreachable
        never.set()
    assert talk.questions == []
