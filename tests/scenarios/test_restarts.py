"""What dies in the middle: a bot that stops, a bot that is killed, and the next one that goes on."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.render.blocks import STOP_ACTION
from bot.sandbox.slack.model import Message
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions
from tests.processes import started
from tests.scenarios.town import PICTURES, Town, charts, everything, is_running, town

QUESTION = "@wisdom Expected revenue by stage"


@pytest.fixture(params=["chat", "conversation"])
async def here(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose tenant has one of the flows."""
    async with town(tmp_path, tenant=TenantOptions(flow=request.param)) as built:
        yield built


async def asked(here: Town, text: str = QUESTION) -> tuple[str, str]:
    channel = here.workspace.channels["sales"]
    return channel, await here.person("ada").say(channel, text)


async def reads(here: Town, channel: str, ts: str, words: str) -> Message:
    """The bot's message that says so."""

    def look() -> Message | None:
        return next((each for each in here.from_bot(channel, ts) if words in everything(each)), None)

    return await here.until(look)


async def test_a_bot_that_stops_hands_over_what_it_could_not_finish(here: Town) -> None:
    """The message says that the answer goes on, and it does: in the same message, asked once."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    async with here.bot():
        channel, ts = await asked(here)
        running = await reads(here, channel, ts, "revenue")
    (left,) = here.from_bot(channel, ts)
    assert "goes on in a moment" in everything(left)
    async with here.bot(change=PICTURES):
        here.tenant.faults.release()
        answer = await here.answer(channel, ts)
    assert [each.ts for each in here.from_bot(channel, ts)] == [running.ts]
    assert "Closed Won" in everything(answer)
    assert charts(answer)
    assert len(here.tenant.questions) == 1


async def test_a_bot_that_is_killed_leaves_its_turn_to_the_next(here: Town, tmp_path: Path) -> None:
    """Nobody is asked to try again: the same message becomes the answer."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    settings = here.here.environment(STORE_URL=f"sqlite:///{tmp_path}/store.sqlite", DRAIN_SECONDS="1")
    async with started("-m", "bot", "run", folder=tmp_path, settings=settings) as bot:
        await here.slack.sockets.connected()
        channel, ts = await asked(here)
        running = await reads(here, channel, ts, "revenue")
        await bot.end(signal.SIGKILL)
    here.tenant.faults.release()
    async with here.bot(change=PICTURES):
        answer = await here.answer(channel, ts)
    assert [each.ts for each in here.from_bot(channel, ts)] == [running.ts]
    assert charts(answer)
    assert len(here.tenant.questions) == 1


async def test_questions_that_wait_are_answered_after_the_restart(here: Town) -> None:
    """In their order, each in its own message."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    async with here.bot():
        channel, ts = await asked(here)
        await reads(here, channel, ts, "revenue")
        for text in ("@wisdom as a pie chart", "@wisdom How many opportunities are there?"):
            await here.person("ada").say(channel, text, thread_ts=ts)
        await here.until(lambda: len(here.from_bot(channel, ts)) == 3)
    here.tenant.faults.release()
    async with here.bot():
        await here.answers(channel, ts, count=3)
    texts = [question.text for question in here.tenant.questions]
    assert [text.split("\n")[-1] for text in texts] == [
        "Expected revenue by stage",
        "as a pie chart",
        "How many opportunities are there?",
    ]


async def test_stop_is_kept_over_a_restart(here: Town) -> None:
    """Who pressed Stop while nobody listened is heard by the next one: Slack shows that it did not arrive."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    async with here.bot():
        channel, ts = await asked(here)
        await reads(here, channel, ts, "revenue")
    async with here.bot():
        message = await reads(here, channel, ts, "revenue")
        assert is_running(message)
        await here.person("ada").press(message, STOP_ACTION)
        answer = await here.answer(channel, ts)
    assert "Stopped by the asker" in everything(answer)
