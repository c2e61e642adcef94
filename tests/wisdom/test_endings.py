"""Everything that ends a connection or an operation without a close code, row by row of the table."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol as Offer

from bot.core.endings import BOTH as EITHER
from bot.core.endings import FORMS, LEGACY, TRANSPORT, Ending, Outcome
from bot.errors import AnswerFailed, AnswerTooLarge, PeerMisbehaved, TenantError, TenantUnreachable
from tests.wisdom.flows.talking import Talk, asking, folded, grown, node, sent, subscribed, text_of, told
from tests.wisdom.scripted import Script, Scripted, Session, diff, tenant_of

FIRST, LAST = diff("Ten", index=0), diff(" deals.", index=1, last=True)
REFUSED = {"message": "Unauthorized"}
FAILED = {"message": "warehouse asleep"}
Step = Callable[[Session, str], Awaitable[None]]


def middle(step: Step) -> Script:
    """A connection on which something happens after the first diff of each answer."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            ident = (await session.subscription())["id"]
            await session.result(ident, FIRST)
            await step(session, ident)

    return script


def greeting(reason: str) -> Script:
    """A connection that is refused with these words."""

    async def script(session: Session) -> None:
        await session.until("connection_init")
        await session.send("connection_error", payload={"message": reason})

    return script


async def _error(session: Session, ident: str) -> None:
    await session.send("error", ident, payload=FAILED if session.legacy else [FAILED])


async def _result(session: Session, ident: str) -> None:
    await session.result(ident, None, errors=[FAILED])
    await session.send("complete", ident)


async def _unauthorized(session: Session, ident: str) -> None:
    await session.result(ident, None, errors=[REFUSED])
    await session.send("complete", ident)


async def _complete(session: Session, ident: str) -> None:
    await session.send("complete", ident)


async def _large(session: Session, ident: str) -> None:
    await session.result(ident, diff("x" * 5000, index=1))


async def _junk(session: Session, ident: str) -> None:
    for junk in ("<html>", '{"type": "?"}', "7"):
        await session.socket.send_str(junk)
    await session.result(ident, LAST)


async def _other(session: Session, ident: str) -> None:
    await session.result("99", diff("nobody's", index=1, last=True))
    await session.send("complete", "99")
    await session.result(ident, LAST)


async def _gone(session: Session, _: str) -> None:
    session.drop()


async def _whole(session: Session) -> None:
    await session.acknowledge()
    while True:
        await session.answer(FIRST, LAST)


#: What happens on the first connection, by what the table says that comes.
CASES: Mapping[str, Script] = {
    "no connection": middle(_gone),
    "HTTP 401 or 403 to the handshake": middle(_gone),
    "another HTTP status to the handshake": middle(_gone),
    "`connection_error` about the token": greeting("jwt expired"),
    "another `connection_error`": greeting("overloaded"),
    "`error` with a list of errors": middle(_error),
    "`error` with one error": middle(_error),
    "`data` with errors and no data": middle(_result),
    "`next` with errors and no data": middle(_result),
    "any of these errors, unauthorized": middle(_unauthorized),
    "`complete` of `chat` before its end": middle(_complete),
    "a frame longer than `WISDOM_MAX_FRAME_MIB`": middle(_large),
    "a frame that is no message of the protocol": middle(_junk),
    "a frame for another id, or after its end": middle(_other),
}
#: What the handshake after the first connection is answered, once.
HANDSHAKES = {"HTTP 401 or 403 to the handshake": 403, "another HTTP status to the handshake": 502}
KINDS: Mapping[Outcome, type[TenantError]] = {
    Outcome.FAILED: AnswerFailed,
    Outcome.TOO_LARGE: AnswerTooLarge,
    Outcome.MISBEHAVED: PeerMisbehaved,
}
#: These have tests of their own below.
APART = {"a subprotocol that was not offered", "`complete` of a conversation"}


def _rows() -> list[tuple[Ending, str]]:
    """Each row with each subprotocol in which it happens."""
    return [
        (each, chosen)
        for each in FORMS
        for chosen in (TRANSPORT, LEGACY)
        if each.subprotocol in {EITHER, chosen} and each.comes not in APART
    ]


def test_every_row_has_its_case() -> None:
    """What the table says is what is tried here."""
    assert {each.comes for each in FORMS} == {*CASES, *APART}


@pytest.mark.parametrize(("row", "chosen"), _rows(), ids=lambda each: getattr(each, "comes", each))
async def test_what_follows_is_what_the_table_says(row: Ending, chosen: str) -> None:
    """The answer goes on, over one more connection or with one more token, or fails by its kind."""
    talk = Talk()
    talk.kept[:] = [node("q0", "How much?", sender="USER"), node("m1", "Ten deals.")]
    server = talk.server
    server.subprotocols, server.scripts = (chosen,), [CASES[row.comes], _whole]
    if row.comes in HANDSHAKES:
        server.scripts[0] = _then(server, CASES[row.comes], HANDSHAKES[row.comes])
    async with tenant_of(server, flow="chat", max_frame=4000, linger=0.05) as tenant:
        if row.outcome in KINDS:
            with pytest.raises(KINDS[row.outcome]):
                await folded(asking(tenant))
            return
        turn = await folded(asking(tenant))
        assert turn.answer().doubt is (row.outcome is Outcome.ENDED)
        assert text_of(turn) == ("Ten" if row.outcome is Outcome.ENDED else "Ten deals.")
        assert server.tokens == (2 if row.outcome is Outcome.RENEW else 1)
        lost = row.outcome in {Outcome.RECONNECT, Outcome.RENEW}
        assert len(server.sessions) == (2 if lost else 1)


def _then(server: Scripted, script: Script, status: int) -> Script:
    """The script, and then one handshake with this status."""

    async def first(session: Session) -> None:
        server.refusals.append(status)
        await script(session)

    return first


async def test_a_subprotocol_that_was_not_offered() -> None:
    """Something else listens there: it is asked nothing."""
    heard: list[object] = []
    left = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            heard.append(await connection.recv())
        left.set()

    async with serve(handler, "127.0.0.1", 0, select_subprotocol=lambda *_: Offer("mqtt")) as other:
        port = other.sockets[0].getsockname()[1]
        async with tenant_of(Scripted(), flow="chat", ws_url=f"ws://127.0.0.1:{port}/") as tenant:
            with pytest.raises(PeerMisbehaved):
                await folded(asking(tenant))
        async with asyncio.timeout(5):
            await left.wait()
    assert heard == []


@pytest.mark.parametrize("chosen", [TRANSPORT, LEGACY])
async def test_a_subscription_of_a_conversation_that_is_completed(chosen: str) -> None:
    """The answer goes on with another subscription, and the question is not sent again."""
    talk = Talk()

    async def script(session: Session) -> None:
        ident = await subscribed(session)
        await talk.taken.wait()
        await told(session, ident, grown("Ten", 0))
        talk.kept.append(node("m1", "Ten"))
        await session.send("complete", ident)
        ident = (await session.subscription())["id"]
        await told(session, ident, sent("Ten deals."))

    talk.server.subprotocols, talk.server.scripts = (chosen,), [script]
    async with tenant_of(talk.server, flow="conversation") as tenant:
        assert text_of(await folded(asking(tenant))) == "Ten deals."
        assert len(talk.questions) == 1


async def test_nobody_listens() -> None:
    """Where there never was a connection, that is told soon."""
    async with tenant_of(Scripted(), flow="chat", ws_url="ws://127.0.0.1:1/") as tenant:
        with pytest.raises(TenantUnreachable):
            await folded(asking(tenant))
