"""From a link in Slack to the embedded page, in headless Chromium: who gets in, and as whom."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.sandbox.slack.browser import PHONE, acting_as, chromium
from tests.scenarios.hosted import TOKEN, Hosted, Visit, email, hosted, hosted_alone, tokens_in
from tests.scenarios.test_browser import BY_STAGE, ask, ended

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LINK = "Open in WisdomAI"
SIGN_IN = "Who are you?"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module; every page has a context of its own."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def host(tmp_path: Path) -> AsyncIterator[Hosted]:
    """A workspace with a bot that hosts the tenant's pages."""
    async with hosted(tmp_path) as running:
        yield running


async def opened(page: Page, answer: Locator) -> Page:
    """The tab in which the answer's link opens."""
    async with page.context.expect_page() as tab:
        await answer.get_by_role("link", name=LINK).click()
    return await tab.value


async def test_a_link_in_slack_leads_to_the_answer_inside(host: Hosted, browser: Browser) -> None:
    """Pressed, signed in, and the conversation is there with its rows, as the person who asked."""
    ((stages,),) = host.here.sql("SELECT COUNT(DISTINCT stage) FROM opportunities")
    async with acting_as(browser, host.here.slack, "ada") as ada:
        answer = await ended(await ask(ada, BY_STAGE))
        visit = Visit(await opened(ada, answer))
        await host.choose(visit.page, "ada")
        await visit.shows("ada")
        await expect(visit.frame.get_by_role("heading", name=BY_STAGE)).to_be_visible()
        await expect(visit.frame.get_by_role("row")).to_have_count(int(str(stages)) + 1)
        assert visit.page.url.startswith(f"{host.url}/embed/chat/")


async def test_a_link_of_somebody_else_shows_what_its_reader_may_see(host: Hosted, browser: Browser) -> None:
    """The link carries no right: Grace is signed in as Grace, and Ada's conversation is none of hers."""
    async with (
        acting_as(browser, host.here.slack, "ada") as ada,
        acting_as(browser, host.here.slack, "grace") as grace,
    ):
        await ended(await ask(ada, BY_STAGE))
        await (
            grace.locator("#channel article")
            .filter(has_text=BY_STAGE)
            .get_by_role("button", name="1 reply")
            .click()
        )
        pane = grace.get_by_role("complementary", name="Thread")
        visit = Visit(await opened(grace, await ended(pane)))
        await host.choose(visit.page, "grace")
        await visit.shows("grace")
        await expect(visit.frame.locator("#refused")).to_be_visible()
        await expect(visit.frame.get_by_role("table")).to_have_count(0)


async def test_rows_are_those_of_the_reader(host: Hosted, browser: Browser) -> None:
    """The same dashboard has every region for an admin, and one for somebody with a rule on rows."""
    path = "/embed/dashboards/dash_pipeline"
    for name, regions in (("ada", ["Americas", "APAC", "EMEA"]), ("grace", ["EMEA"])):
        async with host.browsing(browser) as context:
            visit = await host.enter(context, name, path)
            await visit.shows(name)
            await expect(visit.frame.locator("td:first-child")).to_have_text(regions)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gertrude", "Guests of the workspace can't open WisdomAI"),
        ("emmy", "Your e-mail address is not known"),
        ("niels", "WisdomAI has no account with your e-mail address"),
        ("dorothy", "Your WisdomAI account is switched off"),
    ],
)
async def test_who_may_not_is_told_why(host: Hosted, browser: Browser, name: str, said: str) -> None:
    """A sentence, never a bare login page."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, name)
        await expect(visit.page.locator("#notice-text")).to_contain_text(said)
        await expect(visit.page.locator("#wisdom-frame")).to_have_count(0)


async def test_without_a_session_one_signs_in_and_comes_back(host: Hosted, browser: Browser) -> None:
    """Whatever page was asked for is the one that one comes back to, with the message that is meant."""
    conversation = host.conversation("ada", "About stages")
    path = f"/embed/chat/{conversation.id}?messageid=msg_1"
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada", path)
        await visit.shows("ada")
        await expect(visit.frame.get_by_role("heading", name="About stages")).to_be_visible()
        assert visit.page.url == f"{host.url}{path}"
        (address,) = host.visits(f"/embed/chat/{conversation.id}")
        assert "messageid=msg_1" in address


async def test_signing_out_ends_the_session_for_good(host: Hosted, browser: Browser) -> None:
    """Another tab loses its frame at once, and a copy of the cookie opens nothing any more."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        other = Visit(await context.new_page())
        await other.page.goto(f"{host.url}/embed/dashboards")
        await other.shows("ada")
        copied = {each["name"]: each["value"] for each in await context.cookies(host.url)}
        assert (await host.answered("/embed/search", copied)).status_code == 200
        await visit.page.locator("#sign-out").click()
        await expect(visit.page.locator("#notice-text")).to_contain_text("You are signed out")
        await expect(other.page.locator("#notice-text")).to_contain_text("You have been signed out")
        await expect(other.page.locator("#wisdom-frame")).to_have_count(0)
        assert (await host.answered("/embed/search", copied)).is_redirect
        async with host.browsing(browser) as thief:
            await thief.add_cookies(
                [{"name": key, "value": value, "url": host.url} for key, value in copied.items()]
            )
            page = await thief.new_page()
            await page.goto(f"{host.url}/embed/search")
            await expect(page.get_by_role("heading", name=SIGN_IN)).to_be_visible()


async def test_scripts_and_other_sites_get_no_token(host: Hosted, browser: Browser) -> None:
    """The session's cookie is hidden from scripts, and a page of another site cannot ask with it."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        assert await visit.page.evaluate("document.cookie") == ""
        page = await context.new_page()
        await page.goto(host.here.tenant.url)
        attempt = """url => fetch(url, {method: 'POST', credentials: 'include', mode: 'no-cors'})
            .then(() => 'answered', () => 'refused')"""
        assert await page.evaluate(attempt, f"{host.url}{TOKEN}") == "refused"
        kept = await context.cookies(host.url)
        assert kept
        assert all(each["httpOnly"] and each["sameSite"] == "Lax" for each in kept)


async def test_no_token_is_left_anywhere(
    host: Hosted, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the host's address, its history, a Referer, its storage or a log, not after reloading either."""
    caplog.set_level(logging.DEBUG)
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        length = await visit.page.evaluate("history.length")
        for loads in (2, 3):
            async with visit.page.expect_response(lambda answer: "/embed/search?" in answer.url):
                await visit.page.locator("#reload").click()
            await visit.shows("ada")
            assert len(host.visits("/embed/search")) == loads
        assert await visit.page.evaluate("history.length") == length
        devtools = await context.new_cdp_session(visit.page)
        history = await devtools.send("Page.getNavigationHistory")
        addresses = " ".join(entry["url"] for entry in history["entries"])
        kept = await visit.page.evaluate("JSON.stringify([localStorage, sessionStorage, location.href])")
        referers = {each.referer for each in host.here.tenant.embed.visits if "token=" in each.address}
        assert referers == {""}
        for token in tokens_in(host.visits("/embed/search")):
            assert token not in f"{addresses} {kept} {caplog.text}"


async def test_without_slack_the_address_decides(tmp_path: Path, browser: Browser) -> None:
    """The host alone lets in whom its issuer vouches for: guests of a workspace it knows nothing of, too."""
    async with hosted_alone(tmp_path) as host, host.browsing(browser) as context:
        visit = await host.enter(context, "gertrude", "/embed/dashboards")
        await visit.shows("gertrude")
        await visit.frame.get_by_role("button", name="Pipeline by region").click()
        await expect(visit.frame.get_by_role("table")).to_contain_text("EMEA")


async def test_on_a_phone_everything_fits(host: Hosted, browser: Browser) -> None:
    """At 390 pixels the bar, its buttons and the frame are on the screen, and nothing is wider."""
    async with host.browsing(browser, size=PHONE) as context:
        visit = await host.enter(context, "grace", "/embed/dashboards/dash_pipeline")
        await visit.shows("grace")
        for part in ("#who", "#reload", "#sign-out", "#wisdom-frame"):
            await expect(visit.page.locator(part)).to_be_in_viewport(ratio=1)
        assert await visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await visit.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


async def test_the_address_of_the_reader_is_the_tenants(host: Hosted, browser: Browser) -> None:
    """Who is signed in is what the token says, inside and outside, and the page says where it is from."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "linus")
        await visit.shows("linus")
        await expect(visit.page.locator("#bar")).to_contain_text(email("linus"))
        await expect(visit.frame.locator("#domains li")).to_have_text(["Sales pipeline"])
