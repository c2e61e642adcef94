"""The embed host's pages and the token, as a browser sees them."""

from __future__ import annotations

import html
import logging
from collections.abc import AsyncIterator

import pytest

from bot.embed import pages
from bot.errors import (
    AccessDenied,
    Denial,
    KeyRefused,
    PersonUnknown,
    SlackUnreachable,
    StoreFailed,
    TenantUnreachable,
)
from tests.embed.house import CHAT, WISDOM, House, house


@pytest.fixture
async def here() -> AsyncIterator[House]:
    """A host on this machine."""
    async with house() as running:
        yield running


# -- pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/embed/search", "/embed/search"),
        ("/embed/dashboards", "/embed/dashboards"),
        ("/embed/dashboards/d%2F1", "/embed/dashboards/d%2F1"),
        ("/embed/chat/c-1", "/embed/chat/c-1"),
        ("/embed/chat/c-1?messageid=m%201&token=evil", "/embed/chat/c-1?messageid=m+1"),
        ("/embed/search?messageid=m-1", "/embed/search"),
    ],
)
async def test_each_page_frames_its_own(here: House, path: str, inside: str) -> None:
    """What is framed is WisdomAI's page of that name, and nothing that a link could slip in."""
    async with here.browser() as browser:
        await browser.sign_in()
        page = await browser.page(path)
        assert html.unescape(page["frame"]) == WISDOM + inside
        assert page["origin"] == WISDOM


async def test_a_page_says_who_is_signed_in_and_holds_no_token(here: House) -> None:
    """The token is fetched by the script, so that no page that is kept somewhere has one."""
    async with here.browser() as browser:
        await browser.sign_in()
        text = await (await browser.get(CHAT)).text()
    assert '<span id="who">ada@example.com</span>' in text
    assert (here.world.made, "token-" in text) == ([], False)


@pytest.mark.parametrize("path", ["/embed", "/embed/", "/embed/stories/s-1", "/embed/chat/...", "/embed/x"])
async def test_there_are_no_other_pages(here: House, path: str) -> None:
    """Whoever comes to one reads so."""
    async with here.browser() as browser:
        await browser.sign_in()
        nowhere = await browser.get(path)
        assert nowhere.status == 404
        assert "frame-ancestors 'none'" in nowhere.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [(pages.SCRIPT, "text/javascript"), (pages.STYLE, "text/css"), (pages.ICON, "image/svg+xml")],
)
async def test_script_and_style_are_files_of_ours(here: House, path: str, kind: str) -> None:
    """Nobody has to be signed in for them."""
    async with here.browser() as browser:
        file = await browser.get(path)
        assert (file.status, file.content_type) == (200, kind)


@pytest.mark.parametrize("path", [CHAT, pages.SIGNED_OUT, pages.SCRIPT, "/embed/x", pages.CALLBACK])
async def test_every_answer_has_the_policy(here: House, path: str) -> None:
    """Pages, files, failures and ways to the issuer alike."""
    async with here.browser() as browser:
        headers = (await browser.get(path)).headers
        assert f"frame-src {WISDOM}" in headers["Content-Security-Policy"]
        assert (headers["Referrer-Policy"], headers["X-Content-Type-Options"]) == ("no-referrer", "nosniff")


async def test_an_issuer_that_is_away_is_a_page(here: House, caplog: pytest.LogCaptureFixture) -> None:
    """With a sentence, a reference that the log has, and a way to try again."""
    here.issuer.said = {"issuer": "https://other.example"}
    async with here.browser() as browser:
        away = await browser.get(CHAT)
        text = await away.text()
    assert away.status == 502
    assert "Who signs people in can&#x27;t be reached right now." in text
    assert "Ref ref-1" in text
    assert "/embed/sign-in?next=%2Fembed%2Fchat%2Fc-1" in text
    assert "ref-1" in caplog.text


async def test_a_mistake_of_ours_is_a_page_too(here: House, caplog: pytest.LogCaptureFixture) -> None:
    """Its text is for the log alone."""
    here.world.refusal = ValueError("with a secret")
    async with here.browser() as browser:
        broken = await browser.sign_in()
        text = await broken.text()
    assert (broken.status, "with a secret" in text, "code-1" in text) == (500, False, False)
    assert "Ref ref-1" in text
    assert "A mistake of ours at the embed host, ref ref-1" in caplog.text


async def test_a_store_that_is_away_lets_nobody_in(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not known which sessions were ended."""

    async def away(*_: object) -> None:
        raise StoreFailed("away")

    async with here.browser() as browser:
        await browser.sign_in()
        csrf = (await browser.page())["csrf"]
        monkeypatch.setattr(here.world.store, "get", away)
        assert (await browser.get(CHAT)).status == 502
        assert (await browser.token(csrf)).status == 502
    assert here.world.made == []


# -- the token -------------------------------------------------------------------------------------------


async def test_the_page_is_given_a_fresh_token(here: House) -> None:
    """Of who is signed in, with its whole life ahead, and kept by nobody on the way."""
    async with here.browser() as browser:
        await browser.sign_in()
        csrf = (await browser.page())["csrf"]
        given = await browser.token(csrf)
        assert await given.json() == {"token": "token-1", "expires_in": 3600, "who": "ada@example.com"}
        assert given.headers["Cache-Control"] == "no-store"
        assert (await (await browser.token(csrf)).json())["token"] == "token-2"
    assert [each.email for each in here.world.made] == ["ada@example.com"] * 2


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Origin": "https://evil.example"}, 403, "not_ours"),
        ({"Origin": "null"}, 403, "not_ours"),
        ({"Sec_Fetch_Site": "cross-site"}, 403, "not_ours"),
        ({"Sec_Fetch_Site": "same-site"}, 403, "not_ours"),
        ({"X_CSRF_Token": "0" * 40}, 403, "changed"),
        ({"X_CSRF_Token": ""}, 403, "changed"),
        ({"Cookie": "wisdom-session=nonsense"}, 401, "signed_out"),
    ],
)
async def test_nobody_else_is_given_one(here: House, headers: dict[str, str], status: int, code: str) -> None:
    """Neither another site, nor a page of another session, nor who has none."""
    async with here.browser() as browser, here.browser() as stranger:
        await browser.sign_in()
        csrf = (await browser.page())["csrf"]
        asking = stranger if "Cookie" in headers else browser
        refused = await asking.token(csrf, **headers)
        told = await refused.json()
    assert (refused.status, told["error"], here.world.made) == (status, code, [])
    assert told["message"].endswith((".", "?"))


async def test_a_page_without_an_origin_is_given_none(here: House) -> None:
    """A browser always sends one; what does not is none."""
    async with here.browser() as browser:
        await browser.sign_in()
        csrf = (await browser.page())["csrf"]
        assert (await browser.post(pages.TOKEN, X_CSRF_Token=csrf)).status == 403


async def test_a_page_learns_that_somebody_else_has_signed_in(here: House) -> None:
    """Its proof is of the session before: it is told so, and given nobody's token."""
    async with here.browser() as browser:
        await browser.sign_in()
        before = await browser.page()
        here.issuer.claims = {"sub": "sub-grace", "email": "grace@example.com"}
        await browser.sign_in(f"{pages.SIGN_IN}?next={CHAT}")
        refused = await browser.token(before["csrf"])
        assert (await refused.json())["error"] == "changed"
        after = await browser.page()
        assert after["session"] != before["session"]
        assert (await (await browser.token(after["csrf"])).json())["who"] == "grace@example.com"


async def test_too_many_are_refused_for_a_while(here: House) -> None:
    """With when to come again; somebody else is not held up."""
    async with here.browser() as browser, here.browser() as other:
        await browser.sign_in()
        csrf = (await browser.page())["csrf"]
        given = [(await browser.token(csrf)).status for _ in range(10)]
        refused = await browser.token(csrf)
        assert (given, refused.status, refused.headers["Retry-After"]) == ([200] * 10, 429, "60")
        here.issuer.claims = {"sub": "sub-grace"}
        await other.sign_in()
        assert (await other.token((await other.page())["csrf"])).status == 200
        here.world.monotonic.now += 60
        assert (await browser.token(csrf)).status == 200


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (PersonUnknown("ada@example.com"), 403),
        (TenantUnreachable("https://acme.example"), 502),
        (KeyRefused("key-0123"), 502),
        (RuntimeError("secret"), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_a_failure_is_a_sentence_with_its_reference(
    here: House, caplog: pytest.LogCaptureFixture, failure: Exception, status: int
) -> None:
    """The page shows both; what was meant for the log stays there, under the reference."""
    here.world.failure = failure
    async with here.browser() as browser:
        await browser.sign_in()
        refused = await browser.token((await browser.page())["csrf"])
        told = await refused.json()
    assert (refused.status, told["ref"]) == (status, "ref-1")
    assert str(failure) not in told["message"]
    assert "ref-1" in caplog.text


@pytest.mark.parametrize(
    ("refusal", "status"), [(AccessDenied(Denial.DEACTIVATED), 403), (SlackUnreachable("away"), 502)]
)
async def test_who_has_left_is_given_no_more(here: House, refusal: Exception, status: int) -> None:
    """Who somebody is is asked for each token; where Slack does not tell, nobody is let in."""
    async with here.browser() as browser:
        await browser.sign_in()
        csrf = (await browser.page())["csrf"]
        here.world.refusal = refusal
        assert (await browser.token(csrf)).status == status
    assert here.world.made == []


async def test_no_address_is_taken_from_a_header(here: House) -> None:
    """What a request says about its host changes nothing: addresses come from the settings."""
    async with here.browser() as browser:
        sent = await browser.get(CHAT, Host="evil.example", **{"X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in sent.headers["Location"]


async def test_nothing_is_logged_about_pages(here: House, caplog: pytest.LogCaptureFixture) -> None:
    """No address of a conversation, and no proof."""
    caplog.set_level(logging.DEBUG, "bot")
    async with here.browser() as browser:
        await browser.sign_in()
        csrf = (await browser.page())["csrf"]
    assert csrf not in caplog.text
    assert "c-1" not in caplog.text
