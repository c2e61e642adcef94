"""Whatever is lost on the way, a question is asked once and its answer is the one without a loss."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from pydantic import SecretStr

from bot.core.turn import Turn
from bot.errors import AnswerFailed, AskingRefused, DomainUnknown
from bot.model import SERVICE, Answer, AnswerDiff, Identity
from bot.sandbox.tenant.faults import Fault, Faults, Manner
from bot.sandbox.tenant.options import Ending, Mode, Refusing
from bot.sandbox.tenant.options import TenantOptions as LocalOptions
from bot.sandbox.tenant.server import TenantServer
from bot.wisdom.selection import Flow, FlowMode
from bot.wisdom.tenant import Tenant, TenantOptions
from tests.wisdom.scripted import BOTH

DOMAIN = "ET_DOMAIN_sales"
QUESTION = "What is the expected revenue by region?"
FLOWS: tuple[Flow, ...] = get_args(Flow)
EACH = pytest.mark.parametrize(
    ("flow", "chosen"),
    [pytest.param(flow, chosen, id=f"{flow} {chosen}") for flow in FLOWS for chosen in BOTH],
)


@asynccontextmanager
async def local(
    options: LocalOptions, flow: FlowMode = "auto", *, rest: float = 0.3
) -> AsyncIterator[tuple[TenantServer, Tenant]]:
    """A tenant of the sandbox, and a client that waits for nothing between attempts."""

    async def sleep(_: float) -> None:
        return

    server = TenantServer(options=options, today=date(2026, 3, 1))
    await server.start()
    tenant = Tenant(
        TenantOptions(
            url=server.url,
            ws_url=server.ws_url,
            access_key=SecretStr(server.access_key),
            flow=flow,
            linger=0.05,
            rest=rest,
            silence=20.0,
        ),
        sleep=sleep,
    )
    try:
        yield server, tenant
    finally:
        await tenant.close()
        await server.close()


def asking(
    server: TenantServer, tenant: Tenant, conversation: str | None = None, text: str = QUESTION
) -> AsyncGenerator[AnswerDiff, None]:
    """One question, with a key of its own."""
    key = f"k{len(server.questions)}"
    return tenant.ask(text, identity=SERVICE, domain=DOMAIN, conversation=conversation, key=key)


async def answered(server: TenantServer, tenant: Tenant, conversation: str | None = None) -> Answer:
    """One question, to the end of its answer."""
    turn = Turn()
    async for one in asking(server, tenant, conversation):
        turn.receive_diff(one)
    turn.receive_end()
    return turn.answer()


def alike(answer: Answer) -> Answer:
    """The answer without what differs from one question to the next."""
    return replace(answer, conversation_id="", message_id="")


LOSSES: tuple[tuple[str, tuple[tuple[Fault, Manner], ...]], ...] = (
    *((f"dropped {after}", ((Fault.DROPPED, Manner(after=after)),)) for after in (0, 1, 2, 7)),
    *((f"closed {code}", ((Fault.CLOSED, Manner(after=3, code=code)),)) for code in (1001, 1012, 4403)),
    ("expired", ((Fault.EXPIRED, Manner(after=2)),)),
    ("junk", ((Fault.JUNK_FRAME, Manner(after=2)),)),
    ("foreign frame", ((Fault.FOREIGN_FRAME, Manner(after=2)),)),
    ("foreign", ((Fault.FOREIGN, Manner(after=3)),)),
    ("late", ((Fault.LATE, Manner(after=3)),)),
    ("duplicates", ((Fault.DUPLICATES, Manner()),)),
)


@EACH
@pytest.mark.parametrize("faults", [faults for _, faults in LOSSES], ids=[name for name, _ in LOSSES])
async def test_an_answer_is_whole_whatever_is_lost(
    flow: Flow, chosen: str, faults: tuple[tuple[Fault, Manner], ...]
) -> None:
    """The person reads what they would have read, and the tenant was asked once."""
    options = LocalOptions(flow=flow, subprotocols=(chosen,))  # type: ignore[arg-type] # one of BOTH
    async with local(options, flow) as (server, tenant):
        expected = await answered(server, tenant)
        _arm(server.faults, faults)
        answer = await answered(server, tenant)
        assert [server.faults.left(fault) for fault, _ in faults] == [0] * len(faults)
        assert alike(answer) == alike(expected)
        assert not answer.doubt
        assert len(server.questions) == 2


def _arm(armed: Faults, faults: tuple[tuple[Fault, Manner], ...]) -> None:
    for fault, manner in faults:
        armed.switch(fault, **manner)


@EACH
async def test_an_answer_goes_on_while_nobody_listens(flow: Flow, chosen: str) -> None:
    """It is lost, found again in the middle, lost once more, and whole at the end."""
    options = LocalOptions(flow=flow, subprotocols=(chosen,))  # type: ignore[arg-type] # one of BOTH
    async with local(options, flow, rest=1.0) as (server, tenant):
        expected = await answered(server, tenant)
        server.faults.switch(Fault.SILENT, after=9)
        server.faults.switch(Fault.DROPPED, after=3)
        server.faults.switch(Fault.DROPPED, after=7 if flow == "chat" else 1)
        turn = Turn()
        async for one in asking(server, tenant):
            turn.receive_diff(one)
            if server.faults.silences and (one.whole or one.index == 8):
                assert turn.answer().in_progress
                server.faults.release()
        turn.receive_end()
        assert server.faults.left(Fault.DROPPED) == 0
        assert (alike(turn.answer()), turn.answer().doubt) == (alike(expected), False)
        assert len(server.questions) == 2


@pytest.mark.parametrize("ending", get_args(Ending))
@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("lost", [False, True], ids=["whole", "lost"])
async def test_a_conversation_ends_in_many_ways(
    ending: Ending,
    batch: int,
    mode: Mode,
    lost: bool,  # noqa: FBT001 - with a loss or without
) -> None:
    """By its last diff, by the whole message, or by both: the answer is the one that ``chat`` gives."""
    async with local(LocalOptions(mode=mode), "chat") as (server, tenant):
        expected = await answered(server, tenant)
    async with local(LocalOptions(ending=ending, batch=batch, mode=mode), "conversation") as (server, tenant):
        if lost:
            server.faults.switch(Fault.DROPPED, after=4)
        answer = await answered(server, tenant)
        assert (alike(answer), answer.doubt) == (alike(expected), False)
        assert len(server.questions) == 1


@pytest.mark.parametrize("fault", [Fault.SEND_LOST, Fault.SEND_REFUSED])
@pytest.mark.parametrize("follow_up", [False, True], ids=["first", "follow-up"])
async def test_a_question_whose_reply_is_lost_is_asked_once(
    fault: Fault,
    follow_up: bool,  # noqa: FBT001 - in a new conversation or not
) -> None:
    """It is looked up, and sent again only where it did not arrive, also after the same question before."""
    async with local(LocalOptions(), "conversation") as (server, tenant):
        expected = await answered(server, tenant)
        before = len(server.questions)
        server.faults.switch(fault)
        answer = await answered(server, tenant, expected.conversation_id if follow_up else None)
        assert server.faults.left(fault) == 0
        assert len(server.questions) == before + 1
        assert answer.parts == expected.parts
        assert (answer.conversation_id == expected.conversation_id) is follow_up
        assert answer.message_id != expected.message_id


@EACH
async def test_a_follow_up_is_told_from_what_came_before(flow: Flow, chosen: str) -> None:
    """After a loss the answer to this question is read, and not the one to the same question before."""
    options = LocalOptions(flow=flow, subprotocols=(chosen,))  # type: ignore[arg-type] # one of BOTH
    async with local(options, flow) as (server, tenant):
        first = await answered(server, tenant)
        server.faults.switch(Fault.DROPPED, after=2)
        second = await answered(server, tenant, first.conversation_id)
        assert second.conversation_id == first.conversation_id
        assert second.message_id != first.message_id
        assert second.parts == first.parts
        assert len(server.questions) == 2


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_conversation_that_is_gone_is_begun_again(flow: Flow) -> None:
    """An id that the tenant does not know is no reason not to answer."""
    async with local(LocalOptions(), flow) as (server, tenant):
        answer = await answered(server, tenant, "conv_long_gone")
        assert answer.parts
        assert answer.conversation_id not in {"", "conv_long_gone"}
        assert len(server.questions) == 1


async def test_an_answer_that_somebody_else_stopped_has_ended() -> None:
    """It keeps what was said, and says that it was cancelled, with a loss before that or without."""
    for lost in (False, True):
        async with local(LocalOptions(), "conversation") as (server, tenant):
            server.faults.switch(Fault.CANCELLED, after=12)
            if lost:
                server.faults.switch(Fault.DROPPED, after=12)
            answer = await answered(server, tenant)
            assert answer.parts
            assert answer.cancelled
            assert not answer.in_progress


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("introspection", [True, False], ids=["shown", "hidden"])
async def test_the_flow_that_the_tenant_has_is_taken(
    flow: Flow,
    introspection: bool,  # noqa: FBT001 - the schema is shown or not
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whether the tenant shows its schema or not; what was found is logged once."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    async with local(LocalOptions(flow=flow, introspection=introspection)) as (server, tenant):
        for _ in range(2):
            assert (await answered(server, tenant)).parts
        assert {question.flow for question in server.questions} == {flow}
        assert len(server.questions) == 2
    found = [text for text in caplog.messages if text.startswith("way of asking")]
    assert len(found) == (0 if flow == "chat" and not introspection else 1)


async def test_of_both_flows_the_newer_is_taken() -> None:
    """Where the tenant has everything, questions are asked in a conversation."""
    async with local(LocalOptions()) as (server, tenant):
        await answered(server, tenant)
        assert [question.flow for question in server.questions] == ["conversation"]


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_flow_can_be_prescribed(flow: Flow) -> None:
    """It is taken whatever there is, and nothing else is tried where it is missing."""
    async with local(LocalOptions(), flow) as (server, tenant):
        await answered(server, tenant)
        assert [question.flow for question in server.questions] == [flow]
    other: Flow = "chat" if flow == "conversation" else "conversation"
    async with local(LocalOptions(flow=other), flow) as (server, tenant):
        with pytest.raises(AnswerFailed, match="Cannot query field"):
            await answered(server, tenant)
        assert server.questions == ()


@pytest.mark.parametrize("refusing", get_args(Refusing))
async def test_a_conversation_refuses_in_two_ways(refusing: Refusing) -> None:
    """An unknown domain and a role that may not ask are told as errors or by a status."""
    vera = Identity("vera", "vera@example.com")
    async with local(LocalOptions(refusing=refusing), "conversation") as (server, tenant):
        first = await answered(server, tenant)
        for domain, identity, kind in (("d?", SERVICE, DomainUnknown), (DOMAIN, vera, AskingRefused)):
            for conversation in (None, first.conversation_id):
                asked = tenant.ask("?", identity=identity, domain=domain, conversation=conversation, key="k")
                with pytest.raises(kind):
                    await anext(asked)
        assert len(server.questions) == 1
