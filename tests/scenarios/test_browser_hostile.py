"""What a table, an answer, a domain or a person wrote to do harm, seen in real headless Chromium.

The page draws as live whatever would be live in Slack, so that an injected mention or link can be seen.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Dialog, Locator, Page, Request, expect

from bot.sandbox.tenant.domains import SALES
from tests.sandbox.slack.browser import acting_as, chromium
from tests.scenarios.test_browser import thread
from tests.scenarios.town import Town, town, with_wisdom

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

#: What a domain may be called by who set it up, and what somebody may ask.
NAME = "<!channel> [Sales](https://evil.example) https://user:pass@evil.example/"
QUESTION = "show me the odd names"
ASKED = "<!channel> <@U00000001> [free](https://evil.example/x) https://user:pass@evil.example/ odd names"

#: Everything in the page that may be live: of these none may come from what somebody else wrote.
LIVE = ".mention, script, iframe, object, embed, [onerror], [onclick], [onload]"


@dataclass(frozen=True, slots=True)
class Attacked:
    """A workspace in which #sales was answered with everything that is hostile.

    Attributes:
        root: ts of the question.
    """

    town: Town
    root: str

    @asynccontextmanager
    async def as_seen_by(self, browser: Browser, name: str) -> AsyncIterator[Page]:
        """The thread as somebody has it open; what it does by itself fails the test."""
        fetched: list[str] = []
        said: list[str] = []

        def fetch(request: Request) -> None:
            fetched.append(urlsplit(request.url).hostname or "")

        async def close(dialog: Dialog) -> None:
            said.append(dialog.message)
            await dialog.dismiss()

        async with acting_as(browser, self.town.slack, name, f"sales/{self.root}") as page:
            page.on("request", fetch)
            page.on("dialog", close)
            await page.reload()
            yield page
            await page.evaluate("() => new Promise(requestAnimationFrame)")
        assert set(fetched) <= {"127.0.0.1", ""}
        assert said == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module; every page has a context of its own."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Attacked]:
    """The data, the answer's words, its follow-ups and the domain's name are all hostile."""
    folder: Path = tmp_path_factory.mktemp("town")
    async with town(folder, base=with_wisdom(domains=((SALES, NAME),))) as built, built.bot():
        sales = built.workspace.channels["sales"]
        ts = await built.person("ada").say(sales, f"@wisdom {QUESTION}")
        await built.answer(sales, ts)
        yield Attacked(built, ts)


async def harmless(part: Locator, *, own: tuple[str, ...] = ()) -> None:
    """Nothing live is in this part of the page, and who reads a link sees where it leads.

    Args:
        part: some of the page.
        own: what the links say that the bot itself makes.
    """
    await expect(part.first).to_be_visible()
    await expect(part.locator(LIVE)).to_have_count(0)
    await expect(
        part.locator('img:not([src^="blob:"]):not([src^="/"]):not([src^="http://127.0.0.1"])')
    ).to_have_count(0)
    for link in await part.locator("a[href]:not([download])").all():
        said, leads = await link.inner_text(), urlsplit(await link.get_attribute("href") or "")
        if said in own:
            continue
        assert leads.scheme in {"http", "https"}, said
        assert "@" not in leads.netloc, said
        assert leads.hostname, said
        assert leads.hostname in said, (said, leads)


def answer_in(page: Page) -> Locator:
    """The bot's answer in the open thread."""
    return thread(page).get_by_role("article").filter(has=page.get_by_label("Good answer")).first


async def test_an_answer(here: Attacked, browser: Browser) -> None:
    """Nobody is called by it, no picture is fetched, no script runs, and links say where they lead."""
    async with here.as_seen_by(browser, "grace") as grace:
        answer = answer_in(grace)
        await harmless(answer, own=("Open in WisdomAI",))
        for _ in range(3):
            await answer.get_by_role("button", name="Next").click()
            await harmless(answer, own=("Open in WisdomAI",))
        await expect(answer.get_by_role("link", name="sign in (evil.example)")).to_have_count(1)
        await expect(
            answer.get_by_role("link", name=re.compile("Quarterly report.pdf|My account"))
        ).to_have_count(0)
        await expect(grace.get_by_text("unread, for you")).to_have_count(0)


async def test_its_pages(here: Attacked, browser: Browser) -> None:
    """The rows that one person looks at, and the SQL."""
    async with here.as_seen_by(browser, "ada") as ada:
        answer = answer_in(ada)
        await answer.get_by_role("button", name="Show data").click()
        page = thread(ada).get_by_role("article").filter(has_text="Only visible to you")
        await expect(page).to_contain_text("Rows 1–25 of 32")
        await harmless(page)
        await page.get_by_role("button", name="Next").click()
        await expect(page).to_contain_text("Rows 26–32 of 32")
        await harmless(page)
        await answer.get_by_role("button", name="Show SQL").click()
        await harmless(ada.get_by_role("dialog"))


async def test_its_export(here: Attacked, browser: Browser) -> None:
    """No cell of the file is a formula, and the page that shows the file makes nothing of it either."""
    async with here.as_seen_by(browser, "ada") as ada:
        await answer_in(ada).get_by_role("button", name="Export CSV").click()
        file = thread(ada).get_by_role("figure", name=re.compile(r"\.csv"))
        await file.get_by_role("button", name="Show all 32 rows").click()
        await harmless(file)
    (held,) = (each for each in here.town.workspace.files.values() if each.name.endswith(".csv"))
    header, *rows = csv.reader(io.StringIO(held.data.decode("utf-8-sig"), newline=""))
    assert len(rows) == 32
    formulas = [cell for row in (header, *rows) for cell in row if re.match(r"[=+\-@\t\r]", cell)]
    assert [cell for cell in formulas if not re.fullmatch(r"-[\d.]+", cell)] == []


async def test_a_question_that_is_repeated(here: Attacked, browser: Browser) -> None:
    """A command's question stands in the channel in the bot's name: it calls nobody for who asked it."""
    await here.town.person("linus").command(here.town.workspace.channels["sales"], f"/wisdom {ASKED}")
    async with here.as_seen_by(browser, "grace") as grace:
        root = grace.get_by_role("main").get_by_role("article").filter(has_text="asks:")
        await expect(root).to_contain_text("free")
        await expect(root.locator(LIVE)).to_have_count(1)
        await expect(root.locator(".mention")).to_have_text("@Linus Pauling")
        for link in await root.locator("a[href]").all():
            host = urlsplit(await link.get_attribute("href") or "").hostname or "none"
            assert host in await link.inner_text()


async def test_the_names_of_domains(here: Attacked, browser: Browser) -> None:
    """In the window of settings and in the list, they are words."""
    async with here.as_seen_by(browser, "ada") as ada:
        box = ada.get_by_role("main").get_by_role("textbox", name="Message")
        await box.fill("/wisdom settings")
        await box.press("Enter")
        window = ada.get_by_role("dialog")
        await expect(window).to_contain_text("Who reads the answers")
        await expect(window.locator(".mention")).to_have_text("#sales")
        await expect(window.locator("a[href]")).to_have_count(0)
        await expect(window).to_contain_text("[Sales](https://evil.example)")
        await ada.keyboard.press("Escape")
        await box.fill("/wisdom domains")
        await box.press("Enter")
        listed = ada.get_by_role("main").get_by_role("article").filter(has_text="asked in this channel")
        await harmless(listed)
