"""The token of an embedded page, in headless Chromium: renewed in time, given to nobody else, mended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, Page, Route, expect

from bot.sandbox.tenant.embed import LOGIN
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions
from tests.sandbox.slack.browser import chromium
from tests.scenarios.hosted import SHORT, TOKEN, Hosted, Visit, email, hosted, tokens_in

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SEARCH = "/embed/search"
ASK = "parent.postMessage({type: 'REQUEST_JWT_TOKEN'}, '*')"
#: Counts what reaches the host's window, whoever sent it; its own listener heard it before.
COUNT = "heard = 0; addEventListener('message', () => { heard += 1 })"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module; every page has a context of its own."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def host(tmp_path: Path) -> AsyncIterator[Hosted]:
    """A workspace with a bot that hosts the tenant's pages, with tokens for an hour."""
    async with hosted(tmp_path) as running:
        yield running


def inside(page: Page) -> Frame:
    """The document of the tenant."""
    return next(frame for frame in page.frames if SEARCH in frame.url and frame.parent_frame is not None)


async def fail(route: Route) -> None:
    """The way to the host is cut."""
    await route.abort()


async def test_a_token_is_renewed_again_and_again(tmp_path: Path, browser: Browser) -> None:
    """Three times in a row without the page inside being loaded again, and nothing is said about it."""
    async with hosted(tmp_path, tenant=SHORT) as host, host.browsing(browser) as context:
        visit = await host.enter(context, "grace")
        await visit.shows("grace")
        await inside(visit.page).evaluate("window.mark = 'the same document'")
        await visit.renewed(3)
        await visit.shows("grace")
        assert await inside(visit.page).evaluate("window.mark") == "the same document"
        assert len(host.visits(SEARCH)) == 1
        await expect(visit.page.locator("#notice")).to_be_hidden()
        # What the page inside holds now is good: it still reads with it.
        await visit.frame.locator("#update").click()
        await visit.shows("grace")
        assert host.visits(LOGIN) == []


async def test_requests_at_once_share_one_token(host: Hosted, browser: Browser) -> None:
    """While one is under way, others of the same page wait for it."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        asked = visit.counting()
        await inside(visit.page).evaluate("for (const _ of [1, 2, 3]) " + ASK)
        await visit.renewed(3)
        assert len(asked) == 1


async def test_nobody_but_the_page_inside_is_answered(host: Hosted, browser: Browser) -> None:
    """Not the window itself, not another frame of the same origin, and not another message."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        asked = visit.counting()
        page = visit.page
        await page.evaluate(COUNT)
        await page.evaluate("postMessage({type: 'REQUEST_JWT_TOKEN'}, '*')")
        await page.evaluate(
            """address => new Promise((loaded) => {
                const other = Object.assign(document.createElement('iframe'), {src: address, onload: loaded});
                document.body.append(other);
            })""",
            f"{host.here.tenant.url}{LOGIN}",
        )
        await next(frame for frame in page.frames if frame.url.endswith(LOGIN)).evaluate(ASK)
        for junk in ("{type: 'JWT_TOKEN_RESPONSE'}", "'REQUEST_JWT_TOKEN'", "null", "{type: ['REQUEST']}"):
            await inside(page).evaluate(f"parent.postMessage({junk}, '*')")
        await page.wait_for_function("heard === 6")
        assert asked == []
        await inside(page).evaluate(ASK)
        await visit.renewed(1)
        assert len(asked) == 1


async def test_whoever_opens_the_host_has_no_hold_of_it(host: Hosted, browser: Browser) -> None:
    """A window of another site that opens the page loses sight of it, and cannot send it messages."""
    async with host.browsing(browser) as context:
        await (await host.enter(context, "ada")).shows("ada")
        page = await context.new_page()
        await page.goto(host.here.slack.url)
        async with context.expect_page() as tab:
            await page.evaluate("address => { window.opened = open(address) }", f"{host.url}{SEARCH}")
        visit = Visit(await tab.value)
        await visit.shows("ada")
        assert await page.evaluate("opened.closed")
        assert await visit.page.evaluate("opener === null")


async def test_the_frame_follows_who_is_signed_in(host: Hosted, browser: Browser) -> None:
    """Somebody else signs in in another tab: this one loads the page inside anew, as them."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        await host.become(context, "grace")
        await visit.shows("grace")
        await expect(visit.frame.locator("#domains li")).to_have_count(2)


async def test_a_tab_that_has_not_heard_of_it_follows_too(host: Hosted, browser: Browser) -> None:
    """Where tabs cannot tell each other, the next token does not go to the wrong person's page."""
    async with host.browsing(browser) as context:
        await context.add_init_script("BroadcastChannel.prototype.postMessage = () => {}")
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        await host.become(context, "grace")
        await visit.shows("ada")
        await inside(visit.page).evaluate(ASK)
        await visit.shows("grace")


async def test_a_refused_token_is_replaced(host: Hosted, browser: Browser) -> None:
    """The page inside has gone to the login; a fresh token brings it back, without a word."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        host.here.tenant.tokens.end(email("ada"))
        async with visit.asking():
            await visit.frame.locator("#update").click()
        await visit.shows("ada")
        assert len(host.visits(LOGIN)) == 1
        first, second = tokens_in(host.visits(SEARCH))
        assert first != second
        await expect(visit.page.locator("#notice")).to_be_hidden()


async def test_refused_twice_people_are_told(host: Hosted, browser: Browser) -> None:
    """A second time within a minute is no accident: the page says so, and offers to sign in again."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        host.here.tenant.tokens.end(email("ada"))
        async with visit.asking():
            await visit.frame.locator("#update").click()
        await visit.shows("ada")
        host.here.tenant.tokens.end(email("ada"))
        await visit.frame.locator("#update").click()
        await expect(visit.page.locator("#notice-text")).to_contain_text("WisdomAI has left this page")
        await visit.page.get_by_role("link", name="Sign in again").click()
        await visit.shows("ada")


async def test_whose_account_is_switched_off_sees_no_login(host: Hosted, browser: Browser) -> None:
    """The page inside is taken away, and a sentence says what to do."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "grace")
        await visit.shows("grace")
        host.here.tenant.people.deactivate(email("grace"))
        await visit.frame.locator("#update").click()
        await expect(visit.page.locator("#notice-text")).to_contain_text("account is switched off")
        await expect(visit.page.locator("#wisdom-frame")).to_have_count(0)
        host.here.tenant.people.activate(email("grace"))
        await visit.page.locator("#again").click()
        await visit.shows("grace")


async def test_a_page_that_does_not_ask_in_time_is_loaded_anew(tmp_path: Path, browser: Browser) -> None:
    """As after a sleep: the token has ended, and the host does not wait for somebody to notice."""
    never = TenantOptions(token_life=5.0, embed_lead=-3600.0)
    async with hosted(tmp_path, tenant=never) as host, host.browsing(browser) as context:
        visit = await host.enter(context, "grace")
        await visit.shows("grace")
        async with visit.page.expect_response(lambda answer: f"{SEARCH}?token=" in answer.url):
            pass
        await visit.shows("grace")
        first, second = tokens_in(host.visits(SEARCH))
        assert first != second
        assert host.visits(LOGIN) == []
        await expect(visit.page.locator("#notice")).to_be_hidden()


async def test_a_host_that_does_not_answer_says_so(tmp_path: Path, browser: Browser) -> None:
    """The frame stays while its token is good, and what it asks for next hides the sentence again."""
    async with hosted(tmp_path, tenant=SHORT) as host, host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        await visit.page.route(f"**{TOKEN}", fail)
        notice = visit.page.locator("#notice")
        await expect(notice).to_contain_text("could not be renewed", timeout=15_000)
        await expect(notice).to_have_attribute("data-kind", "bar")
        await visit.page.unroute(f"**{TOKEN}")
        await visit.renewed(1)
        await expect(notice).to_be_hidden()
        assert host.visits(LOGIN) == []


async def test_a_tenant_that_refuses_is_told_with_a_reference(host: Hosted, browser: Browser) -> None:
    """What failed on our side can be found in the log; Try again goes on when it is over."""
    async with host.browsing(browser) as context:
        visit = await host.enter(context, "ada")
        await visit.shows("ada")
        host.here.tenant.faults.switch(Fault.KEY_REFUSED, times=9)
        await visit.page.locator("#reload").click()
        await expect(visit.page.locator("#notice-ref")).to_contain_text("Ref ")
        await expect(visit.page.locator("#notice-text")).to_contain_text("access key")
        host.here.tenant.faults.clear()
        await visit.page.locator("#again").click()
        await expect(visit.page.locator("#notice")).to_be_hidden()
        await visit.shows("ada")
