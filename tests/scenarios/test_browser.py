"""The whole product as a person meets it: the page in real headless Chromium, with the real bot behind it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandbox.tenant.faults import Fault
from tests.sandbox.slack.browser import PHONE, acting_as, chromium
from tests.scenarios.town import Town, town

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

EACH = "What is the expected revenue from each opportunity?"
BY_STAGE = "Expected revenue by stage"
#: Diffs after which an answer by stage has some text, and no chart yet.
HALF = 12
#: Milliseconds; the first chart of a bot waits for its drawing process.
PATIENT = 15_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module; every page has a context of its own."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    """A workspace with the bot in it."""
    async with town(tmp_path) as built, built.bot():
        yield built


async def write(page: Page, text: str, *, into: str = "Message #sales") -> None:
    """Types a message with the keyboard and sends it."""
    field = page.get_by_label(into)
    await field.focus()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("")


async def ask(page: Page, question: str) -> Locator:
    """Asks in #sales and opens the thread of the question."""
    await write(page, f"@wisdom {question}")
    message = page.locator("#channel article").filter(has_text=question)
    await message.get_by_role("button", name="1 reply").click()
    return thread(page)


def thread(page: Page) -> Locator:
    """The open thread."""
    return page.get_by_role("complementary", name="Thread")


async def ended(pane: Locator, *, answers: int = 1) -> Locator:
    """The newest answer of a thread, when so many of them are finished: with their footer, without Stop."""
    footer = pane.page.get_by_text(re.compile(r"^Sales pipeline · (?:under 1|\d+) s"))
    finished = pane.get_by_role("article").filter(has=footer)
    await expect(finished).to_have_count(answers, timeout=PATIENT)
    await expect(pane.get_by_role("button", name="Stop")).to_have_count(0)
    return finished.last


async def test_a_question_is_typed_and_its_answer_grows(here: Town, browser: Browser) -> None:
    """The thread shows text and Stop while it is written; then the whole table and the SQL, and no Stop."""
    here.tenant.faults.switch(Fault.SILENT, after=HALF)
    async with acting_as(browser, here.slack, "ada") as ada:
        pane = await ask(ada, EACH)
        await expect(pane.get_by_text("The total expected revenue is")).to_be_visible()
        await expect(pane.get_by_role("button", name="Stop")).to_be_visible()
        await expect(pane.get_by_role("table")).to_have_count(0)
        here.tenant.faults.release()
        answer = await ended(pane)
        await expect(answer.get_by_role("row")).to_have_count(11)
        ((name,),) = here.sql("SELECT name FROM opportunities ORDER BY expected_revenue DESC LIMIT 1")
        await expect(answer.get_by_role("row").nth(1)).to_contain_text(str(name))
        snippet = answer.get_by_role("figure", name=re.compile(r"\.sql"))
        await expect(snippet).to_contain_text("SELECT")


async def test_a_chart_opens_in_full_and_closes(here: Town, browser: Browser) -> None:
    """The chart is loaded; a click shows it large, with its alt text, and Escape goes back to it."""
    async with acting_as(browser, here.slack, "ada") as ada:
        answer = await ended(await ask(ada, EACH))
        await expect(answer.locator("img")).not_to_have_js_property("naturalWidth", 0)
        button = answer.get_by_role("button", name=re.compile("^Open image"))
        await button.click()
        full = ada.get_by_role("dialog")
        await expect(full.get_by_role("img")).not_to_have_js_property("naturalWidth", 0)
        await expect(full).to_contain_text("Highest")
        await ada.keyboard.press("Escape")
        await expect(full).to_have_count(0)
        await expect(button).to_be_focused()


async def test_a_follow_up_in_the_thread(here: Town, browser: Browser) -> None:
    """A reply without mention is answered, with the total over all rows."""
    ((total,),) = here.sql("SELECT ROUND(SUM(expected_revenue), 2) FROM opportunities")
    async with acting_as(browser, here.slack, "ada") as ada:
        pane = await ask(ada, EACH)
        await ended(pane)
        await write(ada, "Total expected across all?", into="Reply…")
        await expect(await ended(pane, answers=2)).to_contain_text(f"${total:,.2f}")


async def test_a_suggestion_is_pressed(here: Town, browser: Browser) -> None:
    """A suggested question is asked by whoever presses it, and answered in the same thread."""
    async with acting_as(browser, here.slack, "ada") as ada:
        pane = await ask(ada, BY_STAGE)
        answer = await ended(pane)
        await answer.get_by_role("button", name="And by region?").click()
        await expect(pane.get_by_text("@Ada Lovelace asks:")).to_be_visible()
        await expect(await ended(pane, answers=2)).to_contain_text("EMEA")


async def test_stop(here: Town, browser: Browser) -> None:
    """Another person's Stop is refused, which only they see; the asker's ends the answer, its text stays."""
    here.tenant.faults.switch(Fault.SILENT, after=HALF)
    async with acting_as(browser, here.slack, "ada") as ada:
        pane = await ask(ada, BY_STAGE)
        await expect(pane).to_contain_text(re.compile(r"Highest .+\(\d+%\)"))
        refusal = "Only the person who asked can stop this answer."
        async with acting_as(browser, here.slack, "grace", ada.url.partition("#/ada/")[2]) as grace:
            await thread(grace).get_by_role("button", name="Stop").click()
            whisper = thread(grace).get_by_role("article").filter(has_text=refusal)
            await expect(whisper).to_contain_text("Only visible to you")
        await expect(pane.get_by_text(refusal)).to_have_count(0)
        await pane.get_by_role("button", name="Stop").click()
        answer = await ended(pane)
        await expect(answer).to_contain_text("Stopped by the asker.")
        await expect(answer).to_contain_text("The total expected revenue is")


async def test_a_failure_is_retried(here: Town, browser: Browser) -> None:
    """A failure says what happened, with a reference; Retry answers in the same message."""
    here.tenant.faults.switch(Fault.ERROR_STRINGS)
    async with acting_as(browser, here.slack, "ada") as ada:
        pane = await ask(ada, BY_STAGE)
        await expect(pane.get_by_text("WisdomAI could not answer this.")).to_be_visible()
        await expect(pane.get_by_text(re.compile(r"Ref [0-9a-f]{8}"))).to_be_visible()
        await pane.get_by_role("button", name="Retry").click()
        await expect(pane.get_by_role("button", name="And by region?")).to_be_visible()
        await expect(pane.get_by_text("WisdomAI could not answer this.")).to_have_count(0)
        await expect(pane.get_by_role("article")).to_have_count(2)


async def test_commands_that_tell(here: Town, browser: Browser) -> None:
    """/wisdom help and /wisdom domains answer the one who typed them."""
    async with acting_as(browser, here.slack, "ada") as ada:
        await write(ada, "/wisdom domains")
        await write(ada, "/wisdom help")
        told = ada.locator("#channel article").filter(has_text="Only visible to you")
        await expect(told.filter(has_text="What you can ask about")).to_contain_text("Sales pipeline")
        await expect(told.filter(has_text="Ask a question about your data")).to_contain_text(EACH)


@pytest.mark.parametrize(
    ("name", "said"),
    [("vera", "Your role in WisdomAI does not let you ask"), ("gertrude", "Guests can't ask me")],
)
async def test_a_no_is_seen_where_it_was_asked(here: Town, browser: Browser, name: str, said: str) -> None:
    """Beneath the question, by its asker alone, and without any thread to open."""
    async with (
        acting_as(browser, here.slack, name) as asker,
        acting_as(browser, here.slack, "ada") as ada,
    ):
        await write(asker, f"@wisdom {BY_STAGE}")
        told = asker.locator("#channel article").filter(has_text="Only visible to you")
        await expect(told).to_contain_text(said)
        question = ada.locator("#channel article").filter(has_text=BY_STAGE)
        await expect(question).to_have_count(1)
        await expect(question.get_by_role("button", name=re.compile("repl"))).to_have_count(0)
        await expect(ada.locator("#channel article").filter(has_text="Only visible to you")).to_have_count(0)


async def test_a_command_where_the_bot_is_not_a_member(here: Town, browser: Browser) -> None:
    """In a channel without the bot, /wisdom says how to invite it."""
    async with acting_as(browser, here.slack, "ada", "random") as ada:
        await write(ada, f"/wisdom {BY_STAGE}", into="Message #random")
        told = ada.locator("#channel article").filter(has_text="Only visible to you")
        await expect(told).to_contain_text("/invite @wisdom")


async def test_an_answer_on_a_phone(here: Town, browser: Browser) -> None:
    """At 390 pixels nothing of an answer is wider than the screen, not even a wide table."""
    async with acting_as(browser, here.slack, "ada", size=PHONE) as ada:
        answer = await ended(
            await ask(ada, "Expected revenue by quarter and region as a stacked column chart")
        )
        await expect(answer.locator("img")).not_to_have_js_property("naturalWidth", 0)
        assert await ada.evaluate("document.documentElement.scrollWidth <= innerWidth")
        wide = "[...document.querySelectorAll('#thread .list, #thread .list-content, #thread .message-main')]"
        assert await ada.evaluate(f"{wide}.every(box => box.scrollWidth <= innerWidth)")
