"""The embed host in a browser: the bot's own pages with the tenant's inside, over two sites.

The host calls itself ``localhost``, tenant and workspace 127.0.0.1: what a browser keeps apart between sites
it keeps apart here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, FrameLocator, Page, Request, expect

from bot import app
from bot.sandbox.slack.openid import FORGET
from bot.sandbox.tenant.conversations import Conversation
from bot.sandbox.tenant.domains import SALES
from bot.sandbox.tenant.options import TenantOptions
from tests.sandbox.slack.browser import DESKTOP
from tests.scenarios.town import Town, town

TOKEN = "/api/wisdom-token"
#: A frame with such a token asks for the next one after two seconds, and again a second later.
SHORT = TenantOptions(token_life=6.0, embed_lead=4.0, embed_patience=1.0)


@dataclass(frozen=True)
class Hosted:
    """A town whose bot hosts WisdomAI's pages at ``url``."""

    here: Town
    url: str

    @asynccontextmanager
    async def browsing(
        self,
        browser: Browser,
        *,
        size: tuple[int, int] = DESKTOP,
        scheme: Literal["light", "dark"] = "light",
        scale: float = 1,
    ) -> AsyncIterator[BrowserContext]:
        """Somebody's browser; whatever the policy of the host's pages stops in it is a defect."""
        width, height = size
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            device_scale_factor=scale,
            locale="en-US",
        )
        complaints: list[str] = []

        def hear(message: ConsoleMessage) -> None:
            if "Content Security Policy" in message.text or "Uncaught" in message.text:
                complaints.append(message.text)

        context.on("console", hear)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        try:
            yield context
            assert not complaints
        finally:
            await context.close()

    async def enter(self, context: BrowserContext, name: str, path: str = "/embed/search") -> Visit:
        """Opens one of the host's pages for the first time, and signs in as somebody."""
        page = await context.new_page()
        await page.goto(f"{self.url}{path}")
        await self.choose(page, name)
        return Visit(page)

    async def choose(self, page: Page, name: str) -> None:
        """Says in the workspace's sign-in who one is."""
        await page.get_by_role("button", name=self.here.workspace.users[name].real_name).click()

    async def become(self, context: BrowserContext, name: str) -> None:
        """Signs in as somebody else in another tab, which is closed again."""
        page = await context.new_page()
        await page.goto(f"{self.here.workspace.base_url}{FORGET}")
        await page.goto(f"{self.url}/embed/sign-in?next=/embed/search")
        await self.choose(page, name)
        await Visit(page).shows(name)
        await page.close()

    def conversation(self, name: str, summary: str) -> Conversation:
        """A conversation of somebody, without a message in it."""
        user = self.here.tenant.people.with_email(email(name))
        assert user is not None
        return self.here.tenant.conversations.open(user, domain_id=SALES, summary=summary, hidden=False)

    def visits(self, path: str) -> list[str]:
        """The addresses at which the tenant's page was asked for, oldest first."""
        asked = (visit.address for visit in self.here.tenant.embed.visits)
        return [address for address in asked if address.partition("?")[0] == path]

    async def answered(self, path: str, cookies: dict[str, str]) -> httpx.Response:
        """What a page of the host answers somebody who has these cookies."""
        async with httpx.AsyncClient(base_url=self.url, cookies=cookies) as client:
            return await client.get(path)


@dataclass(frozen=True)
class Visit:
    """One tab with a page of the host."""

    page: Page

    @property
    def frame(self) -> FrameLocator:
        """What is inside."""
        return self.page.frame_locator("#wisdom-frame")

    async def shows(self, name: str) -> None:
        """Until the host and the page inside both stand as this person's."""
        await expect(self.page.locator("#who")).to_have_text(email(name))
        await expect(self.frame.locator("#who")).to_have_text(email(name))

    async def renewed(self, times: int) -> None:
        """Until the page inside has been given so many tokens that it had asked for."""
        html = self.frame.locator("html")
        await expect(html).to_have_attribute("data-renewals", str(times), timeout=15_000)

    def counting(self) -> list[Request]:
        """Collects the requests for tokens from now on."""
        asked: list[Request] = []

        def count(request: Request) -> None:
            if request.url.endswith(TOKEN):
                asked.append(request)

        self.page.on("request", count)
        return asked

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """What is done within leads to a request for a token, which is waited for."""
        async with self.page.expect_response(lambda answer: answer.url.endswith(TOKEN)):
            yield


def email(name: str) -> str:
    """The address of somebody of the sandbox."""
    return f"{name}@example.com"


def tokens_in(addresses: list[str]) -> Iterator[str]:
    """The tokens that stand in addresses."""
    return (httpx.URL(address).params["token"] for address in addresses)


@asynccontextmanager
async def hosted(folder: Path, *, tenant: TenantOptions | None = None) -> AsyncIterator[Hosted]:
    """A workspace, a tenant, and a bot that hosts the tenant's pages."""
    async with town(folder, tenant=tenant) as here, hosting(here) as host:
        yield host


@asynccontextmanager
async def hosting(here: Town) -> AsyncIterator[Hosted]:
    """A bot in this town that hosts the tenant's pages."""
    async with here.bot(change=here.here.hosting):
        (callback,) = here.workspace.redirect_urls
        yield Hosted(here, callback.removesuffix("/embed/callback"))


@asynccontextmanager
async def hosted_alone(folder: Path) -> AsyncIterator[Hosted]:
    """The host without a bot; the workspace is nothing but the issuer that people sign in with."""
    async with town(folder) as here:
        with_bot = here.here.hosting(here.here.configuration(folder / "host.sqlite"))
        assert with_bot.embed is not None
        alone = app.Hosting(with_bot.process, with_bot.wisdom, with_bot.descope, with_bot.embed)
        async with app.hosting(alone):
            yield Hosted(here, with_bot.embed.url)
