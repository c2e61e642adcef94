"""Who is who on the page: the switcher, guests, outsiders, and what changes while a page is open."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import PHONE, acting_as
from tests.sandbox.slack.conftest import client
from tests.sandbox.slack.page.app import button, listening, said

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_the_switcher_tells_who_is_what(server: SlackServer, browser: Browser) -> None:
    """Admin, guest, outsider and no address are told; whose account is switched off cannot be chosen."""
    async with acting_as(browser, server, "ada") as ada:
        await ada.get_by_role("button", name=re.compile("Acting as Ada")).click()
        for name, note in {
            "Ada Lovelace": "Admin · ada@example.com",
            "Emmy Noether": "no address",
            "Gertrude Elion": "Guest · gertrude@example.com",
            "Otto Hahn": f"Of {server.workspace.partner.name} · no address",
            "Emilie du Chatelet": "Deactivated",
        }.items():
            await expect(ada.get_by_role("menuitemradio", name=name)).to_contain_text(note)
        gone = ada.get_by_role("menuitemradio", name="Emilie du Chatelet")
        await expect(gone).to_be_disabled()
        await ada.keyboard.press("End")
        await expect(gone).to_be_focused()
        await ada.keyboard.press("Enter")
        await expect(gone).to_be_visible()
        await ada.keyboard.press("ArrowUp")
        await ada.keyboard.press("Enter")
        await expect(ada.get_by_role("button", name=re.compile("Acting as Otto"))).to_be_focused()


@pytest.mark.parametrize(
    ("name", "channels"),
    [
        ("grace", ["sales", "weather", "random", "partners"]),
        ("linus", ["sales", "weather", "random", "board", "partners"]),
        ("gertrude", ["sales", "partners"]),
        ("otto", ["partners"]),
    ],
)
async def test_everybody_sees_their_channels(
    server: SlackServer, browser: Browser, name: str, channels: list[str]
) -> None:
    """Guests and outsiders those that they are in, everybody else the public ones and their own."""
    async with acting_as(browser, server, name, channels[0]) as page:
        rows = page.get_by_role("list", name="Channels").locator(".place-name")
        await expect(rows).to_have_text(channels)


async def test_a_shared_channel_is_marked(server: SlackServer, browser: Browser) -> None:
    """In the sidebar, over the messages and beside the name of who is of the other organisation."""
    here = server.workspace
    partners, theirs = here.channels["partners"], here.partner.name
    await client(server, here.users["otto"].token).chat_postMessage(channel=partners, text="hello there")
    async with (
        acting_as(browser, server, "ada", "partners", size=PHONE) as ada,
        acting_as(browser, server, "otto", "partners") as otto,
    ):
        await expect(ada.locator(".pane-head")).to_contain_text(f"Shared with {theirs}")
        await expect(said(ada, "hello there").locator(".tag")).to_have_text(theirs)
        assert await ada.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await ada.get_by_role("button", name="Channels and people").click()
        await expect(ada.get_by_role("button", name=f"partners Shared with {theirs}")).to_be_visible()
        await expect(otto.locator(".pane-head")).to_contain_text(f"Shared with {here.team.name}")
        await expect(said(otto, "hello there").locator(".tag")).to_have_count(0)


async def test_an_outsider_mentions_and_presses_but_has_no_command(
    server: SlackServer, browser: Browser
) -> None:
    """The app's command is none in their workspace; its buttons and its name work in the shared channel."""
    here = server.workspace
    bot = client(server, here.bot_token)
    await bot.chat_postMessage(channel=here.channels["partners"], text="x", blocks=[button("Go", "go")])
    async with listening(server) as app, acting_as(browser, server, "otto", "partners") as otto:
        await otto.get_by_role("button", name="Go").click()
        assert (await app.next("block_actions"))["user"]["team_id"] == here.partner.id
        field = otto.get_by_label("Message #partners")
        await field.fill("/wisdom help")
        await field.press("Enter")
        await expect(otto.get_by_text("/wisdom is not a valid command.")).to_be_visible()
        await field.fill("@wisdom hi")
        await field.press("Enter")
        await expect(said(otto, "@wisdom hi")).to_be_visible()
        people = otto.get_by_role("list", name="Direct messages").locator(".place-name")
        await expect(people).to_have_text(["Ada Lovelace", "Grace Hopper", "Gertrude Elion"])


async def test_sharing_and_leaving_are_seen_at_once(server: SlackServer, browser: Browser) -> None:
    """An open page marks a channel when it is shared, and loses one that its person has left."""
    here = server.workspace
    sales, board = here.channels["sales"], here.channels["board"]
    async with acting_as(browser, server, "vera", "board") as vera:
        head = vera.locator(".pane-head")
        await expect(head).to_contain_text("4 members")
        here.invite_teams(sales, [here.partner.id])
        await expect(vera.get_by_role("button", name=f"sales {here.partner.name} invited")).to_be_visible()
        here.share_channel(sales, [here.partner.id])
        await expect(
            vera.get_by_role("button", name=f"sales Shared with {here.partner.name}")
        ).to_be_visible()
        here.remove_member(board, here.users["linus"].id)
        await expect(head).to_contain_text("3 members")
        here.remove_member(board, here.users["vera"].id)
        await expect(vera.get_by_text("You do not see this channel any more.")).to_be_visible()
        await expect(vera.get_by_label("Message #sales")).to_be_visible()
        await expect(vera.get_by_role("button", name="board", exact=True)).to_have_count(0)


async def test_a_channel_with_a_new_id_goes_on(server: SlackServer, browser: Browser) -> None:
    """The open thread stays with what is written in it, and what is sent arrives under the new id."""
    here = server.workspace
    ada_client = client(server, here.users["ada"].token)
    root = str((await ada_client.chat_postMessage(channel=here.channels["board"], text="a root"))["ts"])
    async with acting_as(browser, server, "ada", f"board/{root}") as ada:
        thread = ada.get_by_role("complementary", name="Thread")
        await expect(thread).to_contain_text("a root")
        await ada.get_by_label("Reply…").fill("half a sen")
        new = here.change_channel_id(here.channels["board"])
        await expect(thread).to_contain_text("a root")
        await expect(ada.get_by_label("Reply…")).to_have_value("half a sen")
        await ada.get_by_label("Reply…").fill("a whole sentence")
        await ada.get_by_label("Reply…").press("Enter")
        await expect(thread.get_by_role("log")).to_contain_text("a whole sentence")
        assert [message.text for message in here.replies(new, root)] == ["a whole sentence"]
        await expect(ada).to_have_url(re.compile(f"#/ada/board/{root}$"))


async def test_a_deactivated_person_is_locked_out(server: SlackServer, browser: Browser) -> None:
    """Their open page says so and shows nothing more; another person can be chosen."""
    here = server.workspace
    async with acting_as(browser, server, "linus", "board") as linus:
        await expect(linus.get_by_label("Message #board")).to_be_visible()
        here.deactivate("linus")
        await expect(linus.get_by_role("main")).to_have_text(
            "This account was deactivated. Act as somebody else."
        )
        await expect(linus.get_by_role("listitem")).to_have_count(0)
        await linus.get_by_role("button", name=re.compile("Acting as Linus")).click()
        await linus.get_by_role("menuitemradio", name="Grace Hopper").click()
        await expect(linus.get_by_label("Message #sales")).to_be_visible()
