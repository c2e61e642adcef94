"""The workspace and the people who ask there, before a bot that is made of strings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.render import blocks
from bot.model import Draft
from bot.sandbox.proof.marked import MarkedAnalyst
from bot.sandbox.proof.stage import QUESTIONS, NotTaken, Stage, stage
from bot.sandbox.proof.verdict import Outcome, Put
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.tenant.options import TenantOptions


@pytest.fixture(name="scene")
async def _scene() -> AsyncIterator[Stage]:
    options = SlackOptions(ack_seconds=0.1, retries=False)
    async with stage(slack=options, tenant=TenantOptions()) as built:
        yield built


def client(scene: Stage) -> AsyncWebClient:
    """The bot's own client."""
    return AsyncWebClient(token=scene.here.slack.workspace.bot_token, base_url=scene.here.slack.api_url)


async def reply(scene: Stage, put: Put, draft: Draft) -> str:
    """Posts as the bot does."""
    posted = await client(scene).chat_postMessage(
        channel=put.channel,
        thread_ts=put.thread,
        text=draft.text,
        blocks=[dict(each) for each in draft.blocks],
    )
    return str(posted["ts"])


async def edit(scene: Stage, put: Put, ts: str, text: str) -> None:
    """Edits as the bot does."""
    block = {"type": "markdown", "text": text}
    await client(scene).chat_update(channel=put.channel, ts=ts, text=text, blocks=[block])


def answered(analyst: MarkedAnalyst, put: Put) -> str:
    """A whole answer, which the tenant then has told."""
    analyst.told[put.number] = 2
    return f"Answer {put.number}, part 1 of 2.\n\nAnswer {put.number}, part 2 of 2."


async def test_an_answer_is_seen_when_it_has_come(scene: Stage) -> None:
    """First it is lost as things stand, then answered, with the seconds that it took."""
    put = await scene.mention("ada", "sales", QUESTIONS[0])
    ts = await reply(scene, put, blocks.waiting(turn="t1", ahead=0))
    scene.watch.delivered.add((put.channel, put.ts))
    assert scene.judge().count(Outcome.LOST) == 1
    assert [post.ts for post in scene.watch.running()] == [ts]
    sign = scene.watch.next_sign((put.channel, ts))
    await edit(scene, put, ts, answered(scene.analyst, put))
    found = await scene.rest(5.0, quiet=0.05)
    assert found.count(Outcome.ANSWERED) == 1
    assert len(scene.seconds(found)) == 1
    assert await sign >= 0.0


async def test_a_second_answer_is_seen_wherever_it_stands(scene: Stage) -> None:
    """Also at the root of another channel."""
    put = await scene.mention("ada", "sales", QUESTIONS[0])
    text = answered(scene.analyst, put)
    await reply(scene, put, Draft(text))
    await client(scene).chat_postMessage(channel=scene.here.slack.workspace.channels["weather"], text=text)
    assert scene.judge().count(Outcome.DUPLICATED) == 1


async def test_nobody_who_hears_is_nobody_who_loses(scene: Stage) -> None:
    """Without an app Slack delivers nothing: mentions and commands are not lost by it."""
    await scene.mention("ada", "sales", QUESTIONS[0])
    await scene.direct("ada", QUESTIONS[1])
    with pytest.raises(NotTaken, match="operation_timeout"):
        await scene.command("ada", "sales", QUESTIONS[1])
    found = await scene.rest(5.0, quiet=0.05)
    assert (found.asked, found.count(Outcome.NOT_DELIVERED)) == (3, 3)


async def test_stop_on_what_is_over_is_not_taken(scene: Stage) -> None:
    """The button is there only while the answer runs."""
    put = await scene.mention("ada", "sales", QUESTIONS[0])
    await reply(scene, put, Draft("over"))
    with pytest.raises(NotTaken):
        await scene.stop("ada", scene.judge().cases[0].posts[0])
