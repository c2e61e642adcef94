"""Several bots over one Redis: what one of them knows, all know, and what one leaves, another ends."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.core.render.blocks import STOP_ACTION
from bot.sandbox.tenant.faults import Fault
from tests.processes import started
from tests.scenarios.test_restarts import QUESTION, asked, reads
from tests.scenarios.town import Change, Town, everything, is_running, with_process
from tests.store.servers import redis_process, redis_server

TAKEOVER_SECONDS = 12.0


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a server."""
    async with redis_server(tmp_path) as url:
        yield url


def over(url: str) -> Change:
    """A bot whose store is the server."""
    return with_process(store_url=SecretStr(url))


async def test_another_replica_ends_the_answer_of_one_that_was_killed(
    here: Town, redis: str, tmp_path: Path
) -> None:
    """Within seconds, in the same message; the tenant was asked once."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    settings = here.here.environment(STORE_URL=redis, DRAIN_SECONDS="1")
    async with started("-m", "bot", "run", folder=tmp_path, settings=settings) as dying:
        await here.slack.sockets.connected()
        channel, ts = await asked(here)
        running = await reads(here, channel, ts, "revenue")
        async with here.bot(change=over(redis)):
            with here.logged("bot.recovery", "is gone on with") as taken_over:
                await dying.end(signal.SIGKILL)
                async with asyncio.timeout(TAKEOVER_SECONDS):
                    await taken_over
            here.tenant.faults.release()
            answer = await here.answer(channel, ts)
    assert [each.ts for each in here.from_bot(channel, ts)] == [running.ts]
    assert "Closed Won" in everything(answer)
    assert len(here.tenant.questions) == 1


async def test_every_question_is_answered_once_by_several(here: Town, redis: str) -> None:
    """Slack delivers a mention twice, to whichever replica; each thread has one answer."""
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(here.bot(change=over(redis)))
        threads = [await asked(here) for _ in range(5)]
        for channel, ts in threads:
            await here.answer(channel, ts)
    assert [len(here.from_bot(channel, ts)) for channel, ts in threads] == [1] * 5
    assert len(here.tenant.questions) == 5


async def test_the_questions_of_a_thread_keep_their_order(here: Town, redis: str) -> None:
    """Whichever replica takes them: a follow-up is asked when the answer before it has ended."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(here.bot(change=over(redis)))
        channel, ts = await asked(here)
        await reads(here, channel, ts, "revenue")
        for count, text in enumerate(("as a pie chart", "as a table", "How many are there?"), start=2):
            await here.person("ada").say(channel, text, thread_ts=ts)
            await here.until(lambda count=count: len(here.from_bot(channel, ts)) == count)  # type: ignore[misc]
        assert len(here.tenant.questions) == 1
        here.tenant.faults.release()
        await here.answers(channel, ts, count=4)
    asked_for = [question.text.split("\n")[-1] for question in here.tenant.questions]
    assert asked_for[1:] == ["as a pie chart", "as a table", "How many are there?"]


async def test_stop_is_heard_by_whichever_replica_runs_the_turn(here: Town, redis: str) -> None:
    """The press goes to any connection; the one that runs the turn ends it within moments."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    async with here.bot(change=over(redis)):
        channel, ts = await asked(here)
        message = await reads(here, channel, ts, "revenue")
        async with here.bot(change=over(redis)):
            for _ in range(4):  # sooner or later one goes to the other
                if not is_running(here.from_bot(channel, ts)[0]):
                    break
                await here.person("ada").press(message, STOP_ACTION)
            answer = await here.answer(channel, ts)
    assert "Stopped by the asker" in everything(answer)


async def _answered_without_redis(here: Town, channel: str, ts: str) -> str:
    """The running answer, when its end could not be noted."""
    with here.logged("bot.inflight", "is over") as over_here:
        here.tenant.faults.release()
        answer = await here.answer(channel, ts)
        await over_here
    return everything(answer)


async def test_while_redis_is_away_running_answers_go_on(here: Town, tmp_path: Path) -> None:
    """They end in their threads; who asks meanwhile is told; afterwards all is as before."""
    async with redis_process(tmp_path) as server:
        here.tenant.faults.switch(Fault.SILENT, after=12)
        async with here.bot(change=over(server.url)):
            channel, ts = await asked(here)
            await reads(here, channel, ts, "revenue")
            server.pause()
            assert "Closed Won" in await _answered_without_redis(here, channel, ts)
            await asked(here, "@wisdom How many opportunities are there?")
            assert "could not take" in everything(await here.whispered("ada"))
            with here.logged("bot.memory", "is written") as back:
                server.resume()
                await back
            later = await asked(here, "@wisdom Opportunities by type")
            await here.answer(*later)
        assert len(here.from_bot(channel, ts)) == 1
        assert len(here.tenant.questions) == 2


async def test_a_redis_that_crashed_brings_the_turns_back(here: Town, tmp_path: Path) -> None:
    """Where it writes to disk, an answer that ended meanwhile is noted later, and nobody begins it again."""
    disk = ("--appendonly", "yes", "--appendfsync", "always")
    async with redis_process(tmp_path, *disk) as server:
        here.tenant.faults.switch(Fault.SILENT, after=12)
        async with here.bot(change=over(server.url)):
            channel, ts = await asked(here)
            await reads(here, channel, ts, "revenue")
            await server.kill()
            await _answered_without_redis(here, channel, ts)
            with here.logged("bot.memory", "is written") as back:
                await server.start(*disk)
                await back
        async with here.bot(change=over(server.url)):
            later = await asked(here, "@wisdom Opportunities by type")
            await here.answer(*later)
        assert len(here.from_bot(channel, ts)) == 1
        assert len(here.tenant.questions) == 2


async def test_all_replicas_together_keep_to_the_budget_of_edits(here: Town, redis: str) -> None:
    """Twelve answers at once, by three bots: Slack refuses no edit."""
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(here.bot(change=over(redis)))
        people = ("ada", "grace", "barbara")
        channel = here.workspace.channels["sales"]
        threads = [await here.person(people[number % 3]).say(channel, QUESTION) for number in range(12)]
        for ts in threads:
            await here.answer(channel, ts)
    assert here.workspace.rate_limits.refused["chat.update"] == 0
