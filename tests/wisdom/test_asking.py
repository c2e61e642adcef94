from __future__ import annotations

import logging

import pytest
from aiohttp import web

from bot.errors import AnswerFailed, KeyRefused, TenantUnreachable
from bot.model import Identity
from bot.wisdom.selection import Flow
from tests.wisdom.clock import Clock
from tests.wisdom.flows.talking import Talk, asking, folded, sent, subscribed, text_of, told
from tests.wisdom.scripted import Json, Post, Scripted, Session, diff, jwt, tenant_of


def unknown(field: str, kind: str) -> Json:
    """The error of a tenant without this root field."""
    return {"message": f'Cannot query field "{field}" on type "{kind}".'}


async def test_a_tenant_without_chat_is_asked_in_a_conversation(caplog: pytest.LogCaptureFixture) -> None:
    """It does not show its schema, so one way is tried, and the other from then on; that is logged once."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    talk = Talk()

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            asked = await session.subscription()
            if asked["payload"]["operationName"] == "Conversation":
                await talk.taken.wait()
                talk.taken.clear()
                await told(session, asked["id"], sent("Ten."))
            else:
                refused.append(asked)
                await session.result(asked["id"], None, errors=[unknown("chat", "Subscription")])
                await session.send("complete", asked["id"])

    refused: list[Json] = []
    talk.server.scripts = [script]
    async with tenant_of(talk.server) as tenant:
        assert text_of(await folded(asking(tenant))) == "Ten."
        assert text_of(await folded(asking(tenant))) == "Ten."
        assert (len(refused), len(talk.questions)) == (1, 2)
    assert sum(text.startswith("way of asking: a conversation") for text in caplog.messages) == 1


async def test_a_tenant_that_has_neither_way_has_failed() -> None:
    """Each is tried once; from then on the last one alone, in case the tenant learns it."""
    server = Scripted()

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            asked = await session.subscription()
            await session.result(asked["id"], None, errors=[unknown("chat", "Subscription")])
            await session.send("complete", asked["id"])

    server.scripts = [script]
    server.posts["CreateConversation"] = lambda _: {"errors": [unknown("createConversation", "Mutation")]}
    async with tenant_of(server) as tenant:
        for _ in range(2):
            with pytest.raises(AnswerFailed, match="Cannot query field"):
                await folded(asking(tenant))
        assert len(server.said("CreateConversation")) == 2


@pytest.mark.parametrize("flow", ["chat", "conversation"])
async def test_a_tenant_that_is_away_is_tried_four_times(flow: Flow) -> None:
    """Nobody waits long for a first sign."""
    talk, watch = Talk(), Clock(0.0)
    talk.server.handshake = 503
    async with tenant_of(talk.server, flow=flow, now=watch) as tenant:
        with pytest.raises(TenantUnreachable):
            await folded(asking(tenant))
        assert (talk.server.handshakes, talk.questions) == (4, [])
        assert watch.now < 1


@pytest.mark.parametrize("flow", ["chat", "conversation"])
async def test_what_is_not_the_tokens_fault_is_not_blamed_on_it(flow: Flow) -> None:
    """A key that is refused when the token is made is told at once."""
    talk = Talk()
    talk.server.posts["Exchange"] = lambda _: {"errors": [{"message": "Unauthorized"}]}
    async with tenant_of(talk.server, flow=flow) as tenant:
        with pytest.raises(KeyRefused):
            await folded(asking(tenant))
        assert len(talk.server.said("Exchange")) == 1


@pytest.mark.parametrize("status", [200, 401])
async def test_a_token_that_is_refused_when_the_question_is_sent_is_renewed(status: int) -> None:
    """The question did not get in, so it is sent again with a new token, and is there once."""
    talk = Talk()
    usual = talk.server.posts["SendUserMessage"]

    def send(post: Post) -> web.Response | Json:
        if post.authorization == f"Bearer {jwt(1)}":
            return web.json_response({"errors": [{"message": "Unauthorized"}]}, status=status)
        return usual(post)

    async def script(session: Session) -> None:
        ident = await subscribed(session)
        if session.request.headers["Authorization"] != f"Bearer {jwt(1)}":
            await talk.taken.wait()
            await told(session, ident, sent("Ten."))

    talk.server.posts["SendUserMessage"] = send
    talk.server.scripts = [script]
    async with tenant_of(talk.server, flow="conversation") as tenant:
        assert text_of(await folded(asking(tenant, identity=Identity("ada", "ada@example.com")))) == "Ten."
        assert (len(talk.questions), len(talk.kept), talk.made) == (2, 1, 1)


async def test_after_the_end_nothing_is_tried_again() -> None:
    """When the client is closed, a running answer ends as lost at once."""
    watch = Clock(0.0)

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.result((await session.subscription())["id"], diff("x"))

    async with tenant_of(server := Scripted(scripts=[script]), now=watch) as tenant:
        diffs = asking(tenant)
        await anext(diffs)
        await tenant.close()
        with pytest.raises(TenantUnreachable):
            await anext(diffs)
        assert (server.handshakes, watch.now) == (1, 0.0)
