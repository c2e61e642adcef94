"""The host's script in headless Chromium, where the sandbox's tenant does not lead it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import FrameLocator, Page, expect

from bot.embed.visitor import Visitor
from bot.model import Identity
from tests.embed.house import House, World, house
from tests.sandbox.slack.browser import chromium

pytestmark = pytest.mark.browser

#: A page that asks for a token when it is pressed, and shows what it is given.
INSIDE = """<!doctype html><button id="ask">ask</button><p id="given"></p><script>
document.getElementById("ask").onclick = () => parent.postMessage({type: "REQUEST_JWT_TOKEN"}, "*");
window.onmessage = ({data}) => {
  document.getElementById("given").textContent = `${data.type} ${data.token}`;
};
</script>"""


class Moving(World):
    """A world in which somebody's address may change."""

    address = "ada@example.com"

    async def who(self, visitor: Visitor) -> Identity:
        return Identity(f"person-{visitor.subject}", self.address)


@dataclass(frozen=True)
class Tab:
    """A page of the host with somebody's session."""

    page: Page
    here: House
    loads: list[str]

    @property
    def inside(self) -> FrameLocator:
        return self.page.frame_locator("#wisdom-frame")


@asynccontextmanager
async def tab(world: World) -> AsyncIterator[Tab]:
    """Ada's search page, with a small page in the place of WisdomAI's."""
    loads: list[str] = []

    async def show(request: web.Request) -> web.Response:
        loads.append(request.query["token"])
        return web.Response(text=INSIDE, content_type="text/html")

    wisdom = web.Application()
    wisdom.router.add_get("/embed/search", show)
    async with TestServer(wisdom) as server, chromium() as browser:
        origin = str(server.make_url("")).rstrip("/")
        async with house(world=world, wisdom=origin) as here, here.browser() as signed_in:
            await signed_in.sign_in("/embed/search")
            context = await browser.new_context()
            kept = [
                {"name": each.key, "value": each.value, "url": here.own}
                for each in signed_in.session.cookie_jar
            ]
            await context.add_cookies(kept)  # type: ignore[arg-type] # a TypedDict of the library, by its fields
            page = await context.new_page()
            await page.goto(f"{here.own}/embed/search")
            await expect(page.frame_locator("#wisdom-frame").locator("#ask")).to_be_visible()
            yield Tab(page, here, loads)


async def test_the_page_inside_is_given_a_token_when_it_asks() -> None:
    """In place: the page goes on, with a token that no address holds."""
    async with tab(World()) as opened:
        await opened.inside.locator("#ask").click()
        await expect(opened.inside.locator("#given")).to_have_text("JWT_TOKEN_RESPONSE token-2")
        assert opened.loads == ["token-1"]


async def test_who_has_another_account_now_gets_another_page() -> None:
    """WisdomAI does not change the person of a running page: the frame is made anew."""
    world = Moving()
    async with tab(world) as opened:
        world.address = "ada@newname.example"
        async with opened.page.expect_response(lambda answer: "token=token-2" in answer.url):
            await opened.inside.locator("#ask").click()
        await expect(opened.page.locator("#who")).to_have_text("ada@newname.example")
        await expect(opened.inside.locator("#given")).to_have_text("")
        assert opened.loads == ["token-1", "token-2"]


async def test_a_network_that_comes_back_is_noticed() -> None:
    """Without one the page says so and keeps what it shows; then it goes on by itself."""
    async with tab(World()) as opened:
        await opened.page.context.set_offline(True)
        await opened.page.locator("#reload").click()
        await expect(opened.page.locator("#notice")).to_contain_text("this app did not answer")
        await expect(opened.page.locator("#notice")).to_have_attribute("data-kind", "bar")
        await opened.page.context.set_offline(False)
        await expect(opened.page.locator("#notice")).to_be_hidden()
        await expect(opened.inside.locator("#ask")).to_be_visible()
        assert opened.loads == ["token-1", "token-2"]
