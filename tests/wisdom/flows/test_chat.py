from __future__ import annotations

import asyncio

import pytest

from bot.errors import AnswerFailed, TenantError, TenantSilent
from bot.wisdom.selection import Flow
from tests.wisdom.clock import Clock
from tests.wisdom.flows.talking import Talk, asking, folded, node, text_of
from tests.wisdom.scripted import BOTH, Json, Script, Session, diff, tenant_of

FLOW: Flow = "chat"
EACH = pytest.mark.parametrize("chosen", BOTH)
FIRST, LAST = diff("Ten", index=0), diff(" deals.", index=1, last=True)
ASKED = node("q0", "How much?", sender="USER")


def lost(*diffs: Json) -> Script:
    """A connection that breaks after these diffs."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.result((await session.subscription())["id"], *diffs)
        session.drop()

    return script


def then(*diffs: Json, ends: bool = False) -> Script:
    """A connection on which each subscription is told these diffs, and is ended or left open."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            ident = (await session.subscription())["id"]
            await session.result(ident, *diffs)
            if ends:
                await session.send("complete", ident)

    return script


def kept(talk: Talk, watch: Clock, *messages: Json, step: float = 0.1) -> None:
    """The tenant keeps these messages; each look at them takes a moment of the watch."""
    talk.kept[:] = messages
    settled = talk.server.posts["Settled"]

    def look(post: object) -> object:
        watch.now += step
        return settled(post)  # type: ignore[arg-type] # handed on as it came

    talk.server.posts["Settled"] = look  # type: ignore[assignment] # as above


@EACH
@pytest.mark.parametrize("again", [(FIRST, LAST), (LAST,)], ids=["replayed", "continued"])
async def test_the_same_is_sent_with_the_same_key(chosen: str, again: tuple[Json, ...]) -> None:
    """The tenant tells the answer from its beginning, or from where it stands; either way it is whole."""
    talk = Talk()
    talk.server.scripts, talk.server.subprotocols = [lost(FIRST), then(*again)], (chosen,)
    async with tenant_of(talk.server, flow=FLOW, linger=0.05) as tenant:
        turn = await folded(asking(tenant))
        assert (text_of(turn), turn.answer().doubt) == ("Ten deals.", False)
    first, second = (session.received[1]["payload"] for session in talk.server.sessions)
    assert first == second


@EACH
@pytest.mark.parametrize("ends", [True, False], ids=["ended", "open"])
@pytest.mark.parametrize("again", [(), (FIRST,)], ids=["nothing", "nothing new"])
async def test_a_tenant_that_tells_nothing_new_is_read(
    chosen: str,
    ends: bool,  # noqa: FBT001 - a table
    again: tuple[Json, ...],
) -> None:
    """What it keeps is the answer, once that rests; the answer to the same question before it is not."""
    talk, watch = Talk(), Clock(0.0)
    talk.server.scripts, talk.server.subprotocols = [lost(FIRST), then(*again, ends=ends)], (chosen,)
    kept(talk, watch, ASKED, node("m0", "Nine."), ASKED, node("m1", "Ten deals."))
    async with tenant_of(talk.server, flow=FLOW, now=watch, rest=0.4) as tenant:
        turn = await folded(asking(tenant))
        assert (text_of(turn), turn.answer().doubt) == ("Ten deals.", False)


async def test_an_answer_that_keeps_working_is_waited_for_while_silence_is_borne() -> None:
    """A stream that ended and a body that says what is being done make no answer."""
    talk, watch = Talk(), Clock(0.0)
    working = {"insert": {"text": "Looking"}, "attributes": {"progress": True}}
    kept(talk, watch, ASKED, {**node("m1", ""), "body": {"ops": [working]}})
    talk.server.scripts = [lost(FIRST), then(ends=True)]
    async with tenant_of(talk.server, flow=FLOW, now=watch, rest=0.4, silence=5.0) as tenant:
        with pytest.raises(TenantSilent):
            await folded(asking(tenant))
        assert watch.now >= 5


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "open"])
async def test_a_tenant_that_keeps_nothing_leaves_a_doubt(ends: bool) -> None:  # noqa: FBT001 - a table
    """Where nothing can be read, what came is the answer, or the silence is told."""
    talk = Talk(readable=False)
    talk.server.scripts = [lost(FIRST), then(ends=ends)]
    async with tenant_of(talk.server, flow=FLOW, rest=0.1, silence=0.2) as tenant:
        if ends:
            turn = await folded(asking(tenant))
            assert (text_of(turn), turn.answer().doubt) == ("Ten", True)
        else:
            with pytest.raises(TenantSilent):
                await folded(asking(tenant))


@pytest.mark.parametrize("ours", [True, False])
async def test_a_message_of_another_turn_ends_nothing(ours: bool) -> None:  # noqa: FBT001 - a table
    """Whether a second message is part of the answer is asked of the conversation."""
    talk = Talk()
    talk.kept[:] = [ASKED, node("m1", "Ten deals."), *([node("m2", "More.")] if ours else [])]
    other = diff("More.", index=0, messageId="m2")
    talk.server.scripts = [then(FIRST, other, other, LAST)]
    async with tenant_of(talk.server, flow=FLOW, linger=0.05) as tenant:
        turn = await folded(asking(tenant))
        words = text_of(turn).replace("\n", "")
        assert words == ("Ten deals.More." if ours else "Ten deals.")
    assert len(talk.server.said("Settled")) == 1


async def test_more_of_an_answer_is_waited_for_as_long_as_it_comes() -> None:
    """Each piece of a further message begins the moment anew in which there may be another."""
    talk, watch = Talk(), Clock(0.0)
    talk.kept[:] = [ASKED, node("m1", "Ten deals."), node("m2", "More.")]
    more = (diff("Mo", index=0, messageId="m2"), diff("re.", index=1, messageId="m2", last=True))
    talk.server.scripts = [then(FIRST, LAST, *more, ends=True)]
    async with tenant_of(talk.server, flow=FLOW, now=watch, linger=5.0) as tenant:
        heard = []
        async for one in asking(tenant):
            heard.append((one.message_id, one.index))
            watch.now += 4
    assert heard == [("m1", 0), ("m1", 1), ("m2", 0), ("m2", 1)]


async def test_what_is_not_of_the_answer_does_not_hold_it_up() -> None:
    """After the end, other messages on the same stream are no reason to wait longer."""
    talk, watch = Talk(), Clock(0.0)
    kept(talk, watch, ASKED, node("m1", "Ten deals."), step=100.0)
    other = diff("x", index=0, messageId="m9")
    talk.server.scripts = [then(FIRST, LAST, other, other)]
    async with tenant_of(talk.server, flow=FLOW, now=watch, linger=60.0) as tenant, asyncio.timeout(5):
        assert text_of(await folded(asking(tenant))) == "Ten deals."
    assert watch.now == 100.0


async def test_an_empty_stream_after_a_loss_without_a_beginning_is_no_answer() -> None:
    """Nothing of the answer was heard, so nothing can be read: it has failed."""
    talk = Talk()
    talk.server.scripts = [lost(), then(ends=True)]
    async with tenant_of(talk.server, flow=FLOW) as tenant:
        error: TenantError | None = None
        try:
            await folded(asking(tenant))
        except AnswerFailed as failed:
            error = failed
        assert "without an answer" in str(error)
