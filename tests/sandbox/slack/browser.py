"""Real headless Chromium for tests of the page, through Playwright and the browser that the machine has."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright

from bot.sandbox.slack.server import SlackServer

_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Nothing but the page under test is loaded, and nothing is asked of the network.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

DESKTOP = (1280, 800)
PHONE = (390, 844)


def executable() -> str:
    """Path of the machine's Chromium; without one the test is skipped, or fails where CI is set."""
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    if found is not None:
        return found
    reason = f"no browser: none of {', '.join(_NAMES)} is on the PATH"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless browser."""
    path = executable()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def acting_as(
    browser: Browser,
    server: SlackServer,
    user: str,
    place: str = "sales",
    *,
    size: tuple[int, int] = DESKTOP,
    scheme: Literal["light", "dark"] = "light",
) -> AsyncIterator[Page]:
    """The page as ``user`` sees it at ``place``, loaded and live.

    A place is ``sales``, ``@wisdom`` or ``sales/<thread_ts>``. Its console must stay
    without errors.
    """
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = await context.new_page()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def fail(error: Error) -> None:
        complaints.append(str(error))

    page.on("console", hear)
    page.on("pageerror", fail)
    try:
        await page.goto(f"{server.url}#/{user}/{place}")
        await page.locator('#app[data-live="yes"]').wait_for()
        yield page
        assert not complaints
    finally:
        await context.close()
