"""Signing in and out, as a browser sees it."""

from __future__ import annotations

import html
import logging
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import pytest

from bot.embed import notices, pages
from bot.errors import AccessDenied, Denial
from tests.embed.house import CHAT, House, house


@pytest.fixture
async def here() -> AsyncIterator[House]:
    """A host on this machine."""
    async with house() as running:
        yield running


async def test_one_comes_back_to_the_page_one_opened(here: House) -> None:
    """With its message; and the page is there the next time without signing in."""
    async with here.browser() as browser:
        back = await browser.sign_in(f"{CHAT}?messageid=m-1")
        assert (back.status, back.headers["Location"]) == (302, f"{CHAT}?messageid=m-1")
        assert (await browser.page(f"{CHAT}?messageid=m-1"))["frame"].endswith(
            "/embed/chat/c-1?messageid=m-1"
        )


async def test_a_link_to_sign_in_leads_nowhere_else(here: House) -> None:
    """Whatever it says, one comes to a page of ours."""
    async with here.browser() as browser:
        back = await browser.sign_in(f"{pages.SIGN_IN}?next=//evil.example/embed/search")
        assert back.headers["Location"] == "/embed/search"


@pytest.mark.parametrize("own", ["", "https://bi.example"])
async def test_cookies_are_ours_alone(own: str) -> None:
    """No script reads them, no other site sends them along, and with https no other host can set them."""
    async with house(own=own) as here, here.browser() as browser:
        sent = await browser.get(CHAT)
        cookie = next(iter(SimpleCookie(sent.headers["Set-Cookie"]).values()))
        assert cookie.key.startswith("__Host-wisdom-sign-in-" if own else "wisdom-sign-in-")
        assert (bool(cookie["secure"]), cookie["path"], cookie["domain"]) == (bool(own), "/", "")
        assert (bool(cookie["httponly"]), cookie["samesite"], cookie["max-age"]) == (True, "Lax", "600")


async def test_the_way_back_works_once_and_here_alone(here: House) -> None:
    """Neither another browser nor a second time is let in by the address, even with the cookie copied."""
    async with here.browser() as browser, here.browser() as other:
        back = await browser.begin()
        assert (await other.get(back)).status == 400
        copied = browser.cookies()
        assert (await browser.get(back)).status == 302
        again = await other.get(back, Cookie=copied)
        assert (again.status, len(here.issuer.exchanges)) == (400, 1)
        assert "was used already" in await again.text()


async def test_two_tabs_may_sign_in_at_once(here: House) -> None:
    """Each comes back to its own page."""
    async with here.browser() as browser:
        one, two = await browser.begin("/embed/search"), await browser.begin("/embed/dashboards")
        first = await browser.get(one.replace("code-1", "code-2"))
        assert first.status == 502  # the issuer's nonce is of the later one here
        assert (await browser.get(two)).headers["Location"] == "/embed/dashboards"


async def test_sign_ins_that_were_left_do_not_pile_up(here: House) -> None:
    """A browser that begins many forgets the older ones, before its cookies are too long to send."""
    async with here.browser() as browser:
        for _ in range(12):
            await browser.begin()
        assert browser.cookies().count("wisdom-sign-in-") <= 5


async def test_a_sign_in_that_is_too_old_is_begun_anew(here: House) -> None:
    """After ten minutes; the page says so, with a way to go on."""
    async with here.browser() as browser:
        back = await browser.begin()
        here.world.clock.now += 601
        late = await browser.get(back)
        assert late.status == 400
        assert 'id="sign-in"' in await late.text()


async def test_a_session_ends_by_itself(here: House) -> None:
    """Then the page leads to the issuer again."""
    async with here.browser() as browser:
        await browser.sign_in()
        here.world.clock.now += 3601
        assert (await browser.get(CHAT)).status == 302


async def test_signing_out_ends_the_session_for_whoever_has_its_cookie(here: House) -> None:
    """A copy of it is dead, too."""
    async with here.browser() as browser, here.browser() as thief:
        await browser.sign_in()
        page, copied = await browser.page(), browser.cookies()
        assert (await thief.get(CHAT, Cookie=copied)).status == 200
        out = await browser.post(pages.SIGN_OUT, form={"csrf": page["csrf"]})
        assert (out.status, out.headers["Location"]) == (303, pages.SIGNED_OUT)
        assert browser.cookies() == ""
        assert (await thief.get(CHAT, Cookie=copied)).status == 302
        assert (await thief.token(page["csrf"], Cookie=copied)).status == 401


async def test_nobody_else_can_sign_one_out(here: House) -> None:
    """Neither without the page's proof, nor with another session's, nor from another site."""
    async with here.browser() as browser, here.browser() as other:
        await browser.sign_in()
        await other.sign_in()
        page, foreign = await browser.page(), await other.page()
        for form in ({}, {"csrf": foreign["csrf"]}):
            assert (await browser.post(pages.SIGN_OUT, form=form)).status == 403
        crossed = await browser.post(pages.SIGN_OUT, form={"csrf": page["csrf"]}, Sec_Fetch_Site="cross-site")
        assert crossed.status == 403
        assert (await browser.get(CHAT)).status == 200


async def test_signing_out_twice_is_no_mistake(here: House) -> None:
    """Who is out already comes to the same page."""
    async with here.browser() as browser:
        out = await browser.post(pages.SIGN_OUT, form={})
        assert out.headers["Location"] == pages.SIGNED_OUT
        assert "You are signed out" in await (await browser.get(pages.SIGNED_OUT)).text()


@pytest.mark.parametrize("denial", [Denial.GUEST, Denial.OUTSIDER, Denial.DEACTIVATED])
async def test_who_may_not_ask_is_not_signed_in(here: House, denial: Denial) -> None:
    """They read why, and may sign in as somebody else."""
    here.world.refusal = AccessDenied(denial)
    async with here.browser() as browser:
        refused = await browser.sign_in()
        assert refused.status == 403
        assert notices.of(here.world.refusal).text in html.unescape(await refused.text())
        assert 'id="sign-in"' in await refused.text()
        assert (await browser.get(CHAT)).status == 302


async def test_who_declines_is_told_so(here: House) -> None:
    """The issuer sends them back without a code."""
    async with here.browser() as browser:
        back = (await browser.begin()).replace("code=code-1", "error=access_denied")
        declined = await browser.get(back)
        assert (declined.status, here.issuer.exchanges) == (403, [])
        assert "You were not signed in" in await declined.text()


async def test_the_log_does_not_tell_who_signs_in(here: House, caplog: pytest.LogCaptureFixture) -> None:
    """Neither an address, nor a code, nor a state, nor a token."""
    caplog.set_level(logging.DEBUG, "bot")
    async with here.browser() as browser:
        await browser.sign_in()
        await browser.token((await browser.page())["csrf"])
    assert "person-sub-ada has signed in at the embed host" in caplog.text
    assert not any(word in caplog.text for word in ("ada@example.com", "code-1", "token-1"))
