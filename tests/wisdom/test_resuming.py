"""A process dies in the middle of a question, and another one goes on: asked once, answered whole."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.core.stored import Reader, bookmark_from
from bot.core.turn import Turn
from bot.model import SERVICE, Answer, AnswerDiff, Bookmark
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions as LocalOptions
from bot.sandbox.tenant.server import TenantServer
from bot.wisdom.selection import Flow, FlowMode
from bot.wisdom.tenant import Tenant, TenantOptions
from tests.wisdom.test_losses import DOMAIN, EACH, FLOWS, QUESTION, alike

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def process(server: TenantServer, flow: FlowMode = "auto") -> AsyncIterator[Tenant]:
    """A client of the tenant's, as one process has it."""

    async def sleep(_: float) -> None:
        return

    options = TenantOptions(
        url=server.url,
        ws_url=server.ws_url,
        access_key=SecretStr(server.access_key),
        flow=flow,
        linger=0.05,
        rest=0.3,
        silence=20.0,
    )
    tenant = Tenant(options, sleep=sleep)
    try:
        yield tenant
    finally:
        await tenant.close()


@asynccontextmanager
async def local(options: LocalOptions | None = None) -> AsyncIterator[TenantServer]:
    """A tenant of the sandbox."""
    server = TenantServer(options=options, today=date(2026, 3, 1))
    await server.start()
    try:
        yield server
    finally:
        await server.close()


@dataclass
class Asked:
    """One question, and what every process that works on it knows.

    Attributes:
        conversation: the one that it continues.
        notes: the bookmarks that were kept, the last one last.
        stop: awaited before a bookmark is kept, and after; a process may die in it.
    """

    conversation: str | None = None
    key: str = "the-key"
    notes: list[Bookmark] = field(default_factory=list)
    before: Callable[[], Awaitable[object]] | None = None
    after: Callable[[], Awaitable[object]] | None = None

    def ask(self, tenant: Tenant, *, resumed: bool = False) -> AsyncGenerator[AnswerDiff, None]:
        """Asks, or goes on where the last process stopped."""
        return tenant.ask(
            QUESTION,
            identity=SERVICE,
            domain=DOMAIN,
            conversation=self.conversation,
            key=self.key,
            resume=self.notes[-1] if resumed and self.notes else None,
            noted=self._keep,
        )

    async def _keep(self, bookmark: Bookmark) -> None:
        if self.before is not None:
            await self.before()
        self.notes.append(bookmark)
        if self.after is not None:
            await self.after()

    async def finish(self, tenant: Tenant, *, resumed: bool = False) -> Answer:
        """To the end of the answer."""
        turn = Turn()
        async for one in self.ask(tenant, resumed=resumed):
            turn.receive_diff(one)
        turn.receive_end()
        assert not turn.answer().doubt
        return turn.answer()


@dataclass
class Death:
    """A moment at which a process dies; ``reached`` comes when it is there, and nothing follows."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def here(self) -> None:
        """Stops here for good."""
        self.reached.set()
        await asyncio.Event().wait()


async def _nothing_noted(_: TenantServer, asked: Asked, death: Death) -> None:
    asked.before = death.here


async def _noted(_: TenantServer, asked: Asked, death: Death) -> None:
    asked.after = death.here


async def _taken(server: TenantServer, _: Asked, death: Death) -> None:
    server.faults.switch(Fault.SILENT, after=0)
    await server.faults.silent()
    death.reached.set()


async def _nothing(*_: object) -> None:
    return


#: Until when the first process lives: what is prepared for that, and after how many diffs it dies at last.
STAGES: dict[str, tuple[Callable[[TenantServer, Asked, Death], Coroutine[None, None, None]], int]] = {
    "before it was noted": (_nothing_noted, 1000),
    "before it was sent": (_noted, 1000),
    "before the first diff": (_taken, 1000),
    "after the first diff": (_nothing, 1),
    "in the middle": (_nothing, 6),
    "after the last diff": (_nothing, 1000),
}


async def live(server: TenantServer, flow: Flow, asked: Asked, stage: str, *, resumed: bool = False) -> None:
    """A process that asks or goes on, and dies at this stage without a word to anybody."""
    prepare, most = STAGES[stage]
    death = Death()

    async def run(tenant: Tenant) -> None:
        heard = 0
        async for diff in asked.ask(tenant, resumed=resumed):
            heard += 1
            if heard == most or not diff.in_progress:
                await death.here()

    async with process(server, flow) as tenant:
        preparing = asyncio.create_task(prepare(server, asked, death))
        running = asyncio.create_task(run(tenant))
        async with asyncio.timeout(10):
            await death.reached.wait()
        tenant.leave_running(asked.key)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await preparing
    asked.before = asked.after = None
    server.faults.release()


@EACH
@pytest.mark.parametrize("follow_up", [False, True], ids=["first", "follow-up"])
@pytest.mark.parametrize("stage", STAGES)
async def test_another_process_goes_on(
    flow: Flow,
    chosen: str,
    stage: str,
    follow_up: bool,  # noqa: FBT001 - a table
) -> None:
    """Wherever the first one died, the tenant has the question once, and the answer is the unbroken one."""
    options = LocalOptions(flow=flow, subprotocols=(chosen,))  # type: ignore[arg-type] # one of BOTH
    async with local(options) as server:
        async with process(server, flow) as tenant:
            expected = await Asked(key="k0").finish(tenant)
        asked = Asked(expected.conversation_id if follow_up else None)
        await live(server, flow, asked, stage)
        async with process(server, flow) as tenant:
            answer = await asked.finish(tenant, resumed=True)
        assert alike(answer) == alike(expected)
        assert answer.message_id != expected.message_id
        assert (answer.conversation_id == expected.conversation_id) is follow_up
        assert len(server.questions) == 2


@EACH
async def test_many_processes_may_die_on_the_same_question(flow: Flow, chosen: str) -> None:
    """Each one goes on where the one before it stopped, whatever that had heard."""
    options = LocalOptions(flow=flow, subprotocols=(chosen,))  # type: ignore[arg-type] # one of BOTH
    async with local(options) as server:
        async with process(server, flow) as tenant:
            expected = await Asked(key="k0").finish(tenant)
        asked = Asked()
        await live(server, flow, asked, "before it was sent")
        for stage in ("before the first diff", "after the first diff", "after the last diff"):
            await live(server, flow, asked, stage, resumed=True)
        async with process(server, flow) as tenant:
            assert alike(await asked.finish(tenant, resumed=True)) == alike(expected)
        assert len(server.questions) == 2


@EACH
async def test_an_answer_goes_on_in_front_of_the_next_process(flow: Flow, chosen: str) -> None:
    """What was written while nobody listened is shown at once, and the rest as it comes."""
    options = LocalOptions(flow=flow, subprotocols=(chosen,))  # type: ignore[arg-type] # one of BOTH
    async with local(options) as server:
        async with process(server, flow) as tenant:
            expected = await Asked(key="k0").finish(tenant)
        server.faults.switch(Fault.SILENT, after=9)
        asked, turn = Asked(), Turn()
        async with process(server, flow) as tenant:
            diffs = asked.ask(tenant)
            await anext(diffs)
            tenant.leave_running(asked.key)
            await diffs.aclose()
        async with process(server, flow) as tenant:
            async for one in asked.ask(tenant, resumed=True):
                turn.receive_diff(one)
                if server.faults.silences and (one.whole or one.index == 8):
                    assert turn.answer().in_progress
                    server.faults.release()
        turn.receive_end()
        assert (alike(turn.answer()), turn.answer().doubt) == (alike(expected), False)
        assert len(server.questions) == 2


@EACH
async def test_an_answer_that_was_stopped_meanwhile_stays_stopped(flow: Flow, chosen: str) -> None:
    """It keeps what was said, is marked as cancelled, and is not asked for again."""
    options = LocalOptions(flow=flow, subprotocols=(chosen,))  # type: ignore[arg-type] # one of BOTH
    async with local(options) as server:
        server.faults.switch(Fault.CANCELLED, after=12)
        asked = Asked()
        await live(server, flow, asked, "in the middle")
        async with process(server, flow) as tenant:
            answer = await asked.finish(tenant, resumed=True)
        assert answer.parts
        assert (answer.cancelled, answer.in_progress) == (True, False)
        assert len(server.questions) == 1


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("prescribed", [True, False])
async def test_the_flow_of_the_earlier_process_goes_first(flow: Flow, prescribed: bool) -> None:  # noqa: FBT001 - a table
    """Whatever this one would have chosen by itself, or was told to take meanwhile."""
    other: Flow = "chat" if flow == "conversation" else "conversation"
    async with local() as server:
        asked = Asked()
        await live(server, flow, asked, "in the middle")
        async with process(server, other if prescribed else "auto") as tenant:
            assert (await asked.finish(tenant, resumed=True)).parts
        assert [each.flow for each in server.questions] == [flow]


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("prescribed", [True, False])
@pytest.mark.parametrize("introspection", [True, False])
async def test_a_flow_that_the_tenant_has_lost_is_left(
    flow: Flow,
    prescribed: bool,  # noqa: FBT001 - a table
    introspection: bool,  # noqa: FBT001 - a table
) -> None:
    """The question is asked in the way that there is, once, and that is noted."""
    other: Flow = "chat" if flow == "conversation" else "conversation"
    async with local(LocalOptions(flow=flow, introspection=introspection)) as server:
        gone = {
            "chat": Bookmark("chat"),
            "conversation": Bookmark(other, "conv_elsewhere", frozenset({"q0"})),
        }
        asked = Asked(notes=[gone[other]])
        async with process(server, flow if prescribed else "auto") as tenant:
            assert (await asked.finish(tenant, resumed=True)).parts
        assert [each.flow for each in server.questions] == [flow]
        assert asked.notes[-1].flow == flow


@pytest.mark.parametrize("flow", FLOWS)
async def test_leaving_an_answer_stops_it_unless_another_process_goes_on(flow: Flow) -> None:
    """A person who presses Stop ends a subscription of ``chat`` for good; a process that ends does not."""
    for leaves in (False, True):
        async with local(LocalOptions(flow=flow)) as server:
            server.faults.switch(Fault.SILENT, after=5)
            async with process(server, flow) as tenant:
                asked = Asked()
                diffs = asked.ask(tenant)
                await anext(diffs)
                await server.faults.silent()
                if leaves:
                    tenant.leave_running(asked.key)
                await diffs.aclose()
            server.faults.release()
            async with process(server, flow) as tenant:
                answer = await asked.finish(tenant, resumed=True)
            assert answer.cancelled is (flow == "chat" and not leaves)
            assert len(server.questions) == 1


@pytest.mark.parametrize("flow", FLOWS)
async def test_what_keeps_bookmarks_may_fail(flow: Flow) -> None:
    """The question is asked and answered all the same."""

    async def broken() -> None:
        raise OSError("the disk is full")

    async with local() as server, process(server, flow) as tenant:
        assert (await Asked(before=broken).finish(tenant)).parts


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_question_is_noted_before_it_goes_out(flow: Flow) -> None:
    """The first bookmark is kept before the tenant has it; ``chat`` tells more with its first diff."""
    seen: list[int] = []
    async with local() as server, process(server, flow) as tenant:

        async def count() -> None:
            seen.append(len(server.questions))

        asked = Asked(before=count)
        answer = await asked.finish(tenant)
        assert seen == ([0, 1] if flow == "chat" else [0])
        assert [each.flow for each in asked.notes] == [flow] * len(seen)
        assert asked.notes[-1].conversation == answer.conversation_id
        assert asked.notes[-1].answer == (answer.message_id if flow == "chat" else "")


@EACH
async def test_a_process_that_is_killed_has_time_for_nothing(flow: Flow, chosen: str) -> None:
    """The operating system ends it in the middle of an answer; what it had noted is enough."""
    options = LocalOptions(flow=flow, subprotocols=(chosen,))  # type: ignore[arg-type] # one of BOTH
    async with local(options) as server:
        async with process(server, flow) as tenant:
            expected = await Asked(key="k0").finish(tenant)
        server.faults.switch(Fault.SILENT, after=9)
        asked = Asked()
        arguments = (server.url, server.access_key, flow, DOMAIN, QUESTION)
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.wisdom.dying", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert killed.stdout is not None
        async with asyncio.timeout(30):
            while (line := json.loads(await killed.stdout.readline())) is not None:
                asked.notes.append(bookmark_from(Reader(line)) or Bookmark(flow))
        killed.kill()
        await killed.wait()
        server.faults.release()
        async with process(server, flow) as tenant:
            answer = await asked.finish(tenant, resumed=True)
        assert alike(answer) == alike(expected)
        assert len(server.questions) == 2
