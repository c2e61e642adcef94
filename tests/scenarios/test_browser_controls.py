"""The controls of an answer in the page, in real headless Chromium.

The bot that gave the answers is gone; the one that runs knows of them by its store alone.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandbox.tenant.faults import Fault
from tests.sandbox.slack.browser import DESKTOP, PHONE, acting_as, chromium
from tests.scenarios.test_browser import BY_STAGE, PATIENT, ended, thread
from tests.scenarios.town import SERVICE, Town, town

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ALL = "List all opportunities"
#: What is asked for each test.
QUESTIONS = {
    "data": ALL,
    "sql": BY_STAGE,
    "csv": ALL,
    "chart": "Amount by region and product as grouped columns",
    "questions": BY_STAGE,
    "retry": BY_STAGE,
    "feedback": BY_STAGE,
    "delete": BY_STAGE,
    "phone": ALL,
}
#: Boxes of the page that must not be wider than it, with those of a window.
BOXES = "#thread .list, #thread .list-content, #thread .message-main, dialog, dialog .dialog-body"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module; every page has a context of its own."""
    async with chromium() as running:
        yield running


@dataclass(frozen=True, slots=True)
class Answered:
    """A workspace with answers in #sales, and a bot that was started after them.

    Attributes:
        roots: ts of the question of each test, by its name.
    """

    town: Town
    roots: Mapping[str, str]

    def as_seen_by(
        self, browser: Browser, name: str, test: str, *, size: tuple[int, int] = DESKTOP
    ) -> AbstractAsyncContextManager[Page]:
        """The thread of a test as a person has it open."""
        return acting_as(browser, self.town.slack, name, f"sales/{self.roots[test]}", size=size)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Answered]:
    """Everything is asked before the restart; each test has a thread of its own."""
    async with town(tmp_path_factory.mktemp("town"), base=SERVICE) as built:
        async with built.bot():
            roots = {test: await _asked(built, test) for test in QUESTIONS}
        async with built.bot():
            yield Answered(built, roots)


async def _asked(built: Town, test: str) -> str:
    if test == "retry":
        built.tenant.faults.switch(Fault.ERROR_STRINGS)
    sales = built.workspace.channels["sales"]
    ts = await built.person("ada").say(sales, f"@wisdom {QUESTIONS[test]}")
    await built.answer(sales, ts)
    return ts


def alone(page: Page, text: str) -> Locator:
    """What only this person sees in the thread, with this text."""
    own = thread(page).get_by_role("article").filter(has_text="Only visible to you")
    return own.filter(has_text=text)


def first_answer(page: Page) -> Locator:
    """The oldest answer of the open thread."""
    return thread(page).get_by_role("article").filter(has=page.get_by_label("Good answer")).first


async def test_data(here: Answered, browser: Browser) -> None:
    """Who presses turns the pages in one place, and the asker beside them sees none of it."""
    async with (
        here.as_seen_by(browser, "ada", "data") as ada,
        here.as_seen_by(browser, "grace", "data") as grace,
    ):
        await first_answer(grace).get_by_role("button", name="Show data").click()
        await alone(grace, "Rows 1–25 of 160").get_by_role("button", name="Next").click()
        await alone(grace, "Rows 26–50 of 160").get_by_role("button", name="Next").click()
        await alone(grace, "Rows 51–75 of 160").get_by_role("button", name="Previous").click()
        await expect(alone(grace, "Rows 26–50 of 160").get_by_role("row")).to_have_count(26)
        await expect(alone(grace, "")).to_have_count(1)
        await expect(thread(ada).get_by_role("article")).to_have_count(2)


async def test_sql_and_link(here: Answered, browser: Browser) -> None:
    """A window names the dialect and shows the SQL, Escape leads back; the footer leads to WisdomAI."""
    async with here.as_seen_by(browser, "ada", "sql") as ada:
        answer = first_answer(ada)
        button = answer.get_by_role("button", name="Show SQL")
        await button.click()
        window = ada.get_by_role("dialog", name="SQL · SQLite")
        await expect(window).to_contain_text(re.compile("SELECT.+GROUP BY", re.DOTALL))
        await ada.keyboard.press("Escape")
        await expect(window).to_have_count(0)
        await expect(button).to_be_focused()
        link = answer.get_by_role("link", name="Open in WisdomAI")
        await expect(link).to_have_attribute("href", re.compile(f"^{here.town.tenant.url}/chat/conv_"))


async def test_csv(here: Answered, browser: Browser) -> None:
    """The file stands in the thread, named after the result, and says who exported how many rows."""
    async with (
        here.as_seen_by(browser, "ada", "csv") as ada,
        here.as_seen_by(browser, "grace", "csv") as grace,
    ):
        await first_answer(grace).get_by_role("button", name="Export CSV").click()
        await expect(thread(ada)).to_contain_text("@Grace Hopper exported Deals. 160 rows.")
        file = thread(ada).get_by_role("figure", name=re.compile(r"^Deals\.csv"))
        await expect(file.get_by_role("button", name="Show all 160 rows")).to_be_visible()


async def test_chart(here: Answered, browser: Browser) -> None:
    """Another person's choice draws the same message anew for everybody, from Slack's chart to a picture."""
    async with (
        here.as_seen_by(browser, "ada", "chart") as ada,
        here.as_seen_by(browser, "grace", "chart") as grace,
    ):
        answer = first_answer(ada)
        ts = await answer.get_attribute("data-ts")
        drawn = answer.get_by_role("img", name=re.compile("^bar chart"))
        picture = answer.get_by_role("button", name=re.compile("^Open image"))
        await expect(drawn).to_be_visible()
        await _choose(first_answer(grace), "Heat map")
        await expect(picture).to_be_visible(timeout=PATIENT)
        await expect(picture.locator("img")).not_to_have_js_property("naturalWidth", 0)
        await expect(drawn).to_have_count(0)
        await expect(answer.get_by_label("Chart type").locator("option:checked")).to_have_text("Heat map")
        await _choose(answer, "Grouped columns")
        await expect(drawn).to_be_visible()
        await expect(picture).to_have_count(0)
        assert await answer.get_attribute("data-ts") == ts
        await expect(thread(ada).get_by_role("article")).to_have_count(2)


async def _choose(answer: Locator, chart: str) -> None:
    await answer.get_by_label("Chart type").select_option(label=chart)


async def test_questions(here: Answered, browser: Browser) -> None:
    """A suggestion and Ask again are asked by whoever presses, in the same thread."""
    async with (
        here.as_seen_by(browser, "ada", "questions") as ada,
        here.as_seen_by(browser, "grace", "questions") as grace,
    ):
        pane = thread(ada)
        await first_answer(grace).get_by_role("button", name="And by region?").click()
        await expect(pane.get_by_text("@Grace Hopper asks:")).to_be_visible()
        await expect(await ended(pane, answers=2)).to_contain_text("EMEA")
        await first_answer(ada).get_by_role("button", name="Ask again").click()
        await expect(pane.get_by_text("@Ada Lovelace asks:")).to_be_visible()
        await expect(await ended(pane, answers=3)).to_contain_text("Prospecting")


async def test_retry(here: Answered, browser: Browser) -> None:
    """A failure is tried again in the same message."""
    async with here.as_seen_by(browser, "ada", "retry") as ada:
        pane = thread(ada)
        await expect(pane.get_by_text("WisdomAI could not answer this.")).to_be_visible()
        await pane.get_by_role("button", name="Retry").click()
        await expect(await ended(pane)).to_contain_text("Prospecting")
        await expect(pane.get_by_text("WisdomAI could not answer this.")).to_have_count(0)
        await expect(pane.get_by_role("article")).to_have_count(2)


async def test_feedback(here: Answered, browser: Browser) -> None:
    """A thumb up is thanked for, a thumb down asks why and wants a reason; the answer stays as it is."""
    sales = here.town.workspace.channels["sales"]
    before = here.town.from_bot(sales, here.roots["feedback"])
    async with (
        here.as_seen_by(browser, "ada", "feedback") as ada,
        here.as_seen_by(browser, "grace", "feedback") as grace,
    ):
        await first_answer(ada).get_by_label("Good answer").click()
        await expect(alone(ada, "Thanks, your feedback is noted.")).to_have_count(1)
        await first_answer(grace).get_by_label("Bad answer").click()
        window = grace.get_by_role("dialog", name="What was wrong?")
        await window.get_by_role("button", name="Send").click()
        await expect(window).to_contain_text("Please complete this required field.")
        await window.get_by_label("Not what I asked").check()
        await window.get_by_label("Tell us more").fill("I meant the weighted revenue")
        await window.get_by_role("button", name="Send").click()
        await expect(window).to_have_count(0)
        await expect(alone(grace, "Thanks, your feedback is noted.")).to_have_count(1)
        await expect(alone(ada, "")).to_have_count(1)
    assert here.town.from_bot(sales, here.roots["feedback"]) == before


async def test_delete(here: Answered, browser: Browser) -> None:
    """Only the asker has the bin; it asks first, and then the answer is gone for everybody."""
    async with (
        here.as_seen_by(browser, "ada", "delete") as ada,
        here.as_seen_by(browser, "grace", "delete") as grace,
    ):
        await expect(first_answer(grace).get_by_label("Good answer")).to_be_visible()
        await expect(thread(grace).get_by_role("button", name="Delete", exact=True)).to_have_count(0)
        the_bin = first_answer(ada).get_by_role("button", name="Delete", exact=True)
        sure = ada.get_by_role("dialog", name="Delete this answer?")
        await the_bin.click()
        await sure.get_by_role("button", name="Keep").click()
        await expect(first_answer(ada)).to_have_count(1)
        await the_bin.click()
        await sure.get_by_role("button", name="Delete").click()
        await expect(thread(ada).get_by_role("article")).to_have_count(1)
        await expect(thread(grace).get_by_role("article")).to_have_count(1)


async def test_controls_on_a_phone(here: Answered, browser: Browser, tmp_path: Path) -> None:
    """At 390 pixels controls, data and windows stay within the screen."""
    async with here.as_seen_by(browser, "ada", "phone", size=PHONE) as ada:
        await first_answer(ada).get_by_role("button", name="Show data").click()
        await expect(alone(ada, "Rows 1–25 of 160")).to_be_visible()
        await _fits(ada, tmp_path / "data.png")
        await first_answer(ada).get_by_role("button", name="Show SQL").click()
        window = ada.get_by_role("dialog")
        await expect(window).to_contain_text("SELECT")
        await _fits(ada, tmp_path / "sql.png")
        await ada.keyboard.press("Escape")
        await first_answer(ada).get_by_label("Bad answer").click()
        await expect(window).to_contain_text("What was wrong?")
        await _fits(ada, tmp_path / "feedback.png")


async def _fits(page: Page, picture: Path) -> None:
    """Nothing is wider than the screen, and every control that is shown can be reached by a finger."""
    await page.screenshot(path=picture)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate(
        "boxes => [...document.querySelectorAll(boxes)].every(box => box.scrollWidth <= innerWidth)", BOXES
    )
    outside = """buttons => buttons.map(each => [each, each.getBoundingClientRect()])
        .filter(([each, box]) => !each.closest(".table-scroll") && (box.left < 0 || box.right > innerWidth))
        .map(([each]) => each.textContent)"""
    assert await page.locator("#thread .message-body button, dialog button").evaluate_all(outside) == []
