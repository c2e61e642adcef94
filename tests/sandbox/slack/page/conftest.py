"""One browser for all tests of the page, and a workspace for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import chromium


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this folder; every page has a context of its own."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="package")
async def server() -> AsyncIterator[SlackServer]:
    """A workspace on the real clock, in which files can be shown at once."""
    workspace = SlackServer(options=SlackOptions(file_visibility_delay=0.0, post_burst=100))
    await workspace.start()
    yield workspace
    await workspace.close()
