"""People who ask until they are told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

from bot import app
from bot.sandbox.proof.people import Crowd
from bot.sandbox.proof.stage import Stage, stage
from bot.sandbox.proof.verdict import Outcome, Put
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.tenant.options import TenantOptions
from tests.scenarios.town import with_access


async def asked(scene: Stage, people: int, enough: Callable[[list[Put]], bool]) -> Crowd:
    """Lets people ask until it is enough."""
    crowd, stop = Crowd(scene, Random(5)), asyncio.Event()  # noqa: S311 - chance that can be repeated

    async def watch() -> None:
        while not enough(scene.puts):
            await scene.watch.news(5.0)
        stop.set()

    async with asyncio.timeout(40.0), asyncio.TaskGroup() as group:
        group.create_task(crowd.ask(people, stop))
        group.create_task(watch())
    return crowd


def in_every_way(puts: list[Put]) -> bool:
    """There is a command, a follow-up, and a question in at least three places."""
    follow_up = any(put.ts and put.ts != put.thread for put in puts)
    places = {put.channel for put in puts}
    return any(put.command for put in puts) and follow_up and len(places) > 2 and len(puts) > 9


async def test_they_ask_in_every_way_and_are_answered(tmp_path: Path) -> None:
    """In channels, threads, commands and direct messages; all of it is answered while nothing goes wrong."""
    options = SlackOptions(enforce_tiers=False, file_visibility_delay=0.05)
    change = with_access(
        guests=True, questions_per_person=1000, questions_per_channel=1000, questions_at_once_per_person=100
    )
    async with stage(slack=options, tenant=TenantOptions()) as scene:
        configuration = change(scene.here.configuration(tmp_path / "store.sqlite"))
        async with app.running(configuration, http=False):
            await asked(scene, 4, in_every_way)
            found = await scene.rest(30.0, quiet=0.5)
    ends = {case.outcome for case in found.cases}
    assert found.good
    assert ends <= {Outcome.ANSWERED, Outcome.STOPPED}
    assert found.asked >= 10


async def test_they_do_not_wait_for_ever() -> None:
    """Where nobody answers they end when they are told to."""
    options = SlackOptions(ack_seconds=0.1, retries=False)
    async with stage(slack=options, tenant=TenantOptions()) as scene:
        crowd = await asked(scene, 3, lambda puts: len(puts) > 2)
    assert crowd.stops == 0
