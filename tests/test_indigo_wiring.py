from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp

from bot import indigo_wiring, wiring
from bot.indigo_wiring import Around
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.server import IndigoServer
from bot.settings import IndigoSettings
from bot.slack.people import Home
from bot.tasks import Tasks
from bot.wiring import Outside, Parts
from tests.fakes import DictStore
from tests.test_wiring import configuration, descope, wisdom


async def started(stack: AsyncExitStack, settings: IndigoSettings | None, store: DictStore) -> Parts:
    client = wiring.tenant(wisdom(), descope())
    stack.push_async_callback(client.close)
    bolt = AsyncApp(token="xoxb-1", signing_secret="secret", request_verification_enabled=False)
    parts = Parts(configuration(wisdom()), Outside(bolt, Home("T1"), client, store))
    around = Around(bolt.client, Home("T1"), store, parts, Tasks(), wiring.new_ref)
    commands = await indigo_wiring.start(stack, settings, around)
    assert (commands._tools.desk is None) == (settings is None)
    return parts


async def test_without_a_token_nothing_is_built() -> None:
    """No client, no job, nothing in the store."""
    store, before = DictStore(), asyncio.all_tasks()
    async with AsyncExitStack() as stack:
        await started(stack, None, store)
        assert asyncio.all_tasks() == before
    assert store.tables == {}


async def test_with_a_token_chats_are_counted_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """In the background, until the app ends."""
    caplog.set_level("INFO", "bot.reporting")
    server, store, before = IndigoServer(options=IndigoOptions(chats=3)), DictStore(), asyncio.all_tasks()
    await server.start()
    settings = IndigoSettings(url=server.url, token=SecretStr(server.token), project=server.project)
    counted = asyncio.Event()
    put = store.put

    async def noted(table: str, key: str, value: object, *, ttl: float | None = None) -> None:
        await put(table, key, value, ttl=ttl)  # type: ignore[arg-type]  # as it is
        if table == "indigo_state":
            counted.set()

    store.put = noted  # type: ignore[method-assign]
    async with AsyncExitStack() as stack:
        await started(stack, settings, store)
        await counted.wait()
    await server.close()
    assert len(store.tables["indigo_chats"]) == 3
    assert {each for each in asyncio.all_tasks() - before if "indigo" in each.get_name()} == set()
