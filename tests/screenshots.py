"""Draws the documents' pictures: the bot's own answers in the sandbox's page, and the pages that it hosts.

``python -m tests.screenshots docs/images`` writes them. The day and the data are always the same.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, FloatRect, Locator, Page, expect

from bot.core.render.indigo import POST_ACTION
from bot.sandbox.demo import world
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.server import IndigoServer
from bot.sandbox.slack.clock import SystemClock
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.server import TenantServer
from tests.pictures import small
from tests.sandbox.slack.browser import chromium
from tests.scenarios.hosted import Hosted, hosting
from tests.scenarios.test_indigo import with_indigo
from tests.scenarios.town import Town

#: When the conversation in the pictures begins.
MORNING = datetime(2026, 11, 20, 9, 41, tzinfo=UTC)
QUESTION = "Expected revenue by stage"
FOLLOW_UP = "Only EMEA, as a pie chart"
#: Begins the last line of a finished answer.
FOOTER = "Sales pipeline ·"
#: Characters a second: an answer takes a few seconds, as it says below itself.
_SPEED = 250.0

#: Pictures are looked at on dense screens, and loaded over slow lines.
_SCALE = 2
_MOST_BYTES = 400_000
_MARGIN = 6


class _Morning(SystemClock):
    """The machine's clock, moved to the morning of the pictures."""

    def __init__(self) -> None:
        self._shift = MORNING.timestamp() - time.time()

    def now(self) -> float:
        return super().now() + self._shift

    def pass_minutes(self, minutes: float) -> None:
        """Time goes by."""
        self._shift += minutes * 60


@dataclass(frozen=True, slots=True)
class Shot:
    """What a picture shows.

    Attributes:
        name: the file's, without its ending.
        size: of the window, in CSS pixels.
        top: text of the message that the thread is scrolled to; empty leaves it at its end.
        bottom: text of the element below which the picture ends; empty takes all of the window.
        thread_only: the thread without the channel beside it.
    """

    name: str
    size: tuple[int, int]
    scheme: Literal["light", "dark"] = "light"
    top: str = ""
    bottom: str = ""
    thread_only: bool = False


class Studio:
    """The workspace with the bot in it, and a browser that looks at it."""

    def __init__(self, here: Town, clock: _Morning, browser: Browser, folder: Path) -> None:
        self.here = here
        self.clock = clock
        self._browser = browser
        self._folder = folder
        self._sales = here.workspace.channels["sales"]

    async def say(self, name: str, text: str, *, thread_ts: str | None = None) -> str:
        """Somebody writes in #sales, some minutes after what was written before."""
        self.clock.pass_minutes(6)
        return await self.here.person(name).say(self._sales, text, thread_ts=thread_ts)

    async def ask(self, name: str, text: str, *, thread_ts: str | None = None, count: int = 1) -> str:
        """Somebody asks and is answered; ``count`` answers stand in the thread then. Returns its ts."""
        ts = await self.say(name, text, thread_ts=thread_ts)
        await self.here.answer(self._sales, thread_ts or ts, count=count)
        return thread_ts or ts

    async def take(self, thread_ts: str, shot: Shot, *, name: str = "ada", channel: str = "sales") -> None:
        """Takes a picture of a thread, as somebody sees it."""
        async with self._page(shot, f"{name}/{channel}/{thread_ts}") as page:
            thread = page.get_by_role("complementary", name="Thread")
            await _settle(page, thread, shot)
            await self._keep(page, shot, await _frame(thread, shot))

    async def take_window(self, command: str, shot: Shot) -> None:
        """Takes a picture of the window that a command opens in #sales."""
        async with self._page(shot, "ada/sales") as page:
            box = page.get_by_role("main").get_by_role("textbox", name="Message")
            await box.fill(command)
            await box.press("Enter")
            window = page.get_by_role("dialog")
            await expect(window).to_contain_text(shot.bottom)
            await page.evaluate("document.activeElement.blur()")
            width, height = shot.size
            box_of = await window.bounding_box() or {"x": 0, "y": 0, "width": width, "height": height}
            await self._keep(page, shot, _around(box_of))

    async def take_message(self, shot: Shot, *, containing: str, command: str = "") -> None:
        """Takes a picture of one message of #sales, as ada sees it now, after a command of hers."""
        async with self._page(shot, "ada/sales", now=time.time()) as page:
            if command:
                box_of_text = page.get_by_role("main").get_by_role("textbox", name="Message")
                await box_of_text.fill(command)
                await box_of_text.press("Enter")
            found = page.get_by_role("main").get_by_role("article").filter(has_text=containing).last
            await expect(found).to_be_visible()
            for image in await found.locator("img").all():
                await expect(image).not_to_have_js_property("naturalWidth", 0)
            await found.evaluate("message => message.scrollIntoView({block: 'start'})")
            box = await found.bounding_box() or {"x": 0, "y": 0, "width": 1, "height": 1}
            await self._keep(page, shot, _around(box))

    @asynccontextmanager
    async def _page(self, shot: Shot, place: str, *, now: float | None = None) -> AsyncIterator[Page]:
        width, height = shot.size
        context = await self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=shot.scheme,
            device_scale_factor=_SCALE,
            locale="en-US",
            timezone_id="UTC",
        )
        page = await context.new_page()
        await page.clock.set_fixed_time(self.clock.now() if now is None else now)
        await page.goto(f"{self.here.slack.url}#/{place}")
        await page.locator('#app[data-live="yes"]').wait_for()
        yield page
        await context.close()

    async def _keep(self, page: Page, shot: Shot, frame: FloatRect) -> None:
        _write(self._folder, shot, await page.screenshot(clip=frame))


def _write(folder: Path, shot: Shot, data: bytes) -> None:
    data = small(data)
    if len(data) > _MOST_BYTES:
        sys.exit(f"{shot.name} has {len(data):,} bytes, which is too much for a README")
    (folder / f"{shot.name}.png").write_bytes(data)


async def _settle(page: Page, thread: Locator, shot: Shot) -> None:
    """Until the thread stands, its charts are loaded, and what is wanted is on top."""
    await expect(thread.get_by_role("article").nth(1)).to_be_visible()
    for image in await thread.locator("img").all():
        await expect(image).not_to_have_js_property("naturalWidth", 0)
    if shot.top:
        first = thread.get_by_role("article").filter(has_text=shot.top).first
        await first.evaluate("message => message.scrollIntoView({block: 'start'})")
    await page.evaluate("document.activeElement.blur()")


async def _frame(thread: Locator, shot: Shot) -> FloatRect:
    """The part of the window that the picture shows."""
    width, height = shot.size
    frame = FloatRect(x=0, y=0, width=width, height=height)
    if shot.thread_only and (box := await thread.bounding_box()):
        frame = box
    if shot.bottom and (last := await thread.get_by_text(shot.bottom).last.bounding_box()):
        frame["height"] = last["y"] + last["height"] + _MARGIN - frame["y"]
    return frame


def _around(box: FloatRect) -> FloatRect:
    """What is there, with a margin."""
    return FloatRect(
        x=box["x"] - _MARGIN,
        y=box["y"] - _MARGIN,
        width=box["width"] + 2 * _MARGIN,
        height=box["height"] + 2 * _MARGIN,
    )


@asynccontextmanager
async def _studio(store: Path, folder: Path) -> AsyncIterator[Studio]:
    clock, analyst = _Morning(), Analyst(MORNING.date())
    slack = SlackServer(options=SlackOptions(file_visibility_delay=0.05), clock=clock)
    tenant = TenantServer(options=TenantOptions(speed=_SPEED), today=MORNING.date(), analyst=analyst)
    async with world(slack, tenant) as servers, chromium() as browser:
        here = Town(servers, store, analyst, lambda same: same)
        async with here.bot():
            yield Studio(here, clock, browser, folder)


async def _small_talk(studio: Studio) -> None:
    """What was said before ada asks."""
    await studio.say("linus", "Pipeline review is at 11. Who has the numbers?")
    ts = await studio.ask("grace", "@wisdom How many deals did we win each month?")
    await studio.ask("linus", "only EMEA", thread_ts=ts, count=2)
    await studio.say("linus", "Better than I thought. And who are the big ones?")
    ts = await studio.ask("grace", "@wisdom Top 5 accounts by expected revenue")
    await studio.say("linus", "Then I call them first. Where is the rest of the money?")


async def _answer(studio: Studio) -> None:
    ts = await studio.ask("ada", f"@wisdom {QUESTION}")
    for shot in (
        Shot("answer", (1280, 1300), top=QUESTION, bottom=FOOTER),
        Shot("answer-dark", (1280, 1300), scheme="dark", top=QUESTION, bottom=FOOTER),
        Shot("answer-phone", (390, 844), top=QUESTION),
    ):
        await studio.take(ts, shot)
    await studio.ask("ada", FOLLOW_UP, thread_ts=ts, count=2)
    await studio.take(ts, Shot("follow-up", (1280, 1140), top=FOLLOW_UP, bottom=FOOTER, thread_only=True))


async def _streaming(studio: Studio) -> None:
    faults = studio.here.tenant.faults
    faults.switch(Fault.SILENT, after=14)
    ts = await studio.say("ada", f"@wisdom {QUESTION} and region")
    await faults.silent()
    await studio.take(ts, Shot("streaming", (1280, 640), bottom="Stop", thread_only=True))
    faults.release()
    await studio.here.answer(studio.here.workspace.channels["sales"], ts)


async def _failure(studio: Studio) -> None:
    studio.here.tenant.faults.switch(Fault.CRASH, after=2)
    ts = await studio.ask("ada", "@wisdom Expected revenue by region")
    await studio.take(ts, Shot("failure", (1280, 640), bottom=FOOTER, thread_only=True))


async def _private(studio: Studio) -> None:
    """Grace asks for herself what Ada asked for all, and sees fewer rows; it is her direct message."""
    here, sales = studio.here, studio.here.workspace.channels["sales"]
    studio.clock.pass_minutes(6)
    await here.person("grace").command(sales, f"/wisdom private {QUESTION}")
    direct, root = await here.until(lambda: here.private("grace"))
    await here.answer(direct, root.ts)
    shot = Shot("private", (1280, 1400), top=QUESTION, bottom=FOOTER, thread_only=True)
    await studio.take(root.ts, shot, name="grace", channel="@wisdom")


async def _settings(studio: Studio) -> None:
    await studio.take_window(
        "/wisdom settings", Shot("settings", (1280, 900), bottom="Who reads the answers")
    )


async def _embedded(store: Path, folder: Path) -> None:
    """The tenant's pages inside the bot's own: an answer, and on a phone a dashboard of fewer rows.

    In a workspace of the present: a sign-in of another morning would be an old one.
    """
    analyst = Analyst(MORNING.date())
    tenant = TenantServer(today=MORNING.date(), analyst=analyst)
    async with world(SlackServer(), tenant) as servers, chromium() as browser:
        here = Town(servers, store, analyst, lambda same: same)
        async with hosting(here) as host:
            sales = here.workspace.channels["sales"]
            await here.answer(sales, await here.person("ada").say(sales, f"@wisdom {QUESTION}"))
            path = f"/embed/chat/{tenant.questions[-1].conversation_id}"
            await _take_hosted(host, browser, folder, Shot("embed", (1100, 620)), ("ada", path))
            phone, path = Shot("embed-phone", (390, 340), scheme="dark"), "/embed/dashboards/dash_pipeline"
            await _take_hosted(host, browser, folder, phone, ("grace", path))


async def _take_hosted(
    host: Hosted, browser: Browser, folder: Path, shot: Shot, what: tuple[str, str]
) -> None:
    """Takes a picture of a page of the host, ``what``: whose it is, and its path."""
    name, path = what
    async with host.browsing(browser, size=shot.size, scheme=shot.scheme, scale=_SCALE) as context:
        visit = await host.enter(context, name, path)
        await visit.shows(name)
        await expect(visit.frame.get_by_role("table").first).to_be_visible()
        _write(folder, shot, await visit.page.screenshot())


async def _indigo(store: Path, folder: Path) -> None:
    """A page of chats for one person, and a report for everybody; in a workspace of the present."""
    platform = IndigoServer(options=IndigoOptions(chats=900))
    servers = world(SlackServer(), TenantServer(), indigo=platform)
    async with servers as running, chromium() as browser:
        here = Town(running, store, Analyst(MORNING.date()), lambda same: same)
        sales, ada = here.workspace.channels["sales"], here.person("ada")
        with here.logged("bot.reporting", "had something new to count") as counted:
            async with here.bot(change=with_indigo(here)):
                await counted
                studio = Studio(here, _Morning(), browser, folder)
                chats = Shot("indigo-chats", (1000, 900))
                await studio.take_message(chats, containing="Newest chats", command="/indigo chats 2d")
                await ada.command(sales, "/indigo report weekly")
                report = await here.whispered("ada", containing="per chat")
                await ada.press(report, POST_ACTION)
                await here.until(lambda: next(iter(here.workspace.history(sales)), None))
                await studio.take_message(Shot("indigo-report", (1000, 1500)), containing="per chat")


async def _draw(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as store:
        async with _studio(Path(store), folder) as studio:
            await _small_talk(studio)
            await _answer(studio)
            await _streaming(studio)
            await _failure(studio)
            await _private(studio)
            await _settings(studio)
    with tempfile.TemporaryDirectory() as store:
        await _embedded(Path(store), folder)
    with tempfile.TemporaryDirectory() as store:
        await _indigo(Path(store), folder)


def main() -> None:
    """Writes the pictures into the folder that the command line names."""
    asyncio.run(_draw(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")))


if __name__ == "__main__":
    main()
