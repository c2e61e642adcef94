"""Sign in with Slack, as a browser and as an application meet it."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import jwt
import pytest

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.openid import AUTHORIZE, CODE_LIFE, COOKIE, DISCOVERY, FORGET, KEYS, TOKEN, USER_INFO
from bot.sandbox.slack.options import Failure
from bot.sandbox.slack.server import SlackServer

REDIRECT = "https://bot.example/embed/callback"
CLAIM = "https://slack.com/"


@dataclass(frozen=True)
class App:
    """An application that people sign in to."""

    server: SlackServer
    http: aiohttp.ClientSession

    def query(self, **changes: str) -> dict[str, str]:
        """What it sends people with."""
        usual = {
            "client_id": self.server.workspace.client_id,
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": "openid email",
            "state": "st",
            "nonce": "no",
        }
        return usual | changes

    async def opened(self, **changes: str) -> tuple[int, str, str]:
        """Status, text and Location of the first page."""
        address = f"{self.server.workspace.base_url}{AUTHORIZE}"
        async with self.http.get(address, params=self.query(**changes), allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")

    async def chosen(self, name: str, **changes: str) -> dict[str, str]:
        """What comes back with somebody who has said who they are."""
        _, page, _ = await self.opened(**changes)
        action = re.search(r'action="([^"]+)"', page)
        assert action is not None
        address = f"{self.server.workspace.base_url}{unescape(action[1])}"
        async with self.http.post(address, data={"person": name}, allow_redirects=False) as answer:
            assert answer.status == 302
            back = urlsplit(answer.headers["Location"])
            assert f"{back.scheme}://{back.netloc}{back.path}" == changes.get("redirect_uri", REDIRECT)
            return {key: values[0] for key, values in parse_qs(back.query).items()}

    async def exchanged(self, code: str, /, **changes: str) -> Mapping[str, Any]:
        """What the code is exchanged for."""
        workspace = self.server.workspace
        form = {
            "client_id": workspace.client_id,
            "client_secret": workspace.client_secret,
            "code": code,
            "redirect_uri": REDIRECT,
        }
        async with self.http.post(f"{workspace.base_url}{TOKEN}", data=form | changes) as answer:
            assert answer.status == 200
            found: Mapping[str, Any] = await answer.json()
            return found

    async def get(self, path: str, **headers: str) -> Mapping[str, Any]:
        async with self.http.get(f"{self.server.workspace.base_url}{path}", headers=headers) as answer:
            found: Mapping[str, Any] = await answer.json()
            return found

    async def claims(self, id_token: str) -> Mapping[str, Any]:
        """What an ID token says, once its signature is checked; its times are for the caller to judge."""
        keys = jwt.PyJWKSet.from_dict(dict(await self.get(KEYS)))
        (key,) = [each for each in keys.keys if each.key_id == jwt.get_unverified_header(id_token)["kid"]]
        return jwt.decode(
            id_token,
            key,
            algorithms=["RS256"],
            audience=self.server.workspace.client_id,
            issuer=self.server.workspace.base_url,
            options={"verify_exp": False, "verify_iat": False},
        )


@pytest.fixture
async def app(server: SlackServer) -> AsyncIterator[App]:
    """An application whose way back is registered, and a browser with cookies."""
    server.workspace.redirect_urls.append("https://bot.example/embed")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        yield App(server, browser)


async def test_the_issuer_says_what_slack_says(app: App) -> None:
    """Discovery names the workspace's own address as issuer, with Slack's paths, ways and no PKCE."""
    found = await app.get(DISCOVERY)
    base = app.server.workspace.base_url
    assert found["issuer"] == base
    assert found["authorization_endpoint"] == f"{base}/openid/connect/authorize"
    assert found["token_endpoint"] == f"{base}/api/openid.connect.token"
    assert found["userinfo_endpoint"] == f"{base}/api/openid.connect.userInfo"
    assert found["jwks_uri"] == f"{base}/openid/connect/keys"
    assert found["id_token_signing_alg_values_supported"] == ["RS256"]
    assert found["token_endpoint_auth_methods_supported"] == ["client_secret_post", "client_secret_basic"]
    assert "code_challenge_methods_supported" not in found


async def test_a_person_signs_in(app: App, clock: ManualClock) -> None:
    """The ID token has Slack's claims about them, the nonce, five minutes, and a hash of the access token."""
    back = await app.chosen("grace")
    assert back["state"] == "st"
    answer = await app.exchanged(back["code"])
    assert answer["ok"] is True
    claims = await app.claims(answer["id_token"])
    grace = app.server.workspace.users["grace"]
    assert claims["sub"] == claims[f"{CLAIM}user_id"] == grace.id
    assert claims[f"{CLAIM}team_id"] == app.server.workspace.team_id
    assert (claims["email"], claims["email_verified"], claims["nonce"]) == (grace.email, True, "no")
    assert (claims["iat"], claims["exp"]) == (int(clock.now()), int(clock.now()) + 300)
    half = sha256(answer["access_token"].encode()).digest()[:16]
    assert base64.urlsafe_b64decode(claims["at_hash"] + "==") == half
    assert "name" not in claims


async def test_scopes_decide_what_is_told(app: App) -> None:
    """Names come with profile, the address with email, and of somebody without an address none."""
    back = await app.chosen("grace", scope="openid,profile")
    claims = await app.claims((await app.exchanged(back["code"]))["id_token"])
    assert (claims["name"], claims["family_name"]) == ("Grace Hopper", "Hopper")
    assert "email" not in claims
    app.http.cookie_jar.clear()
    back = await app.chosen("emmy")
    assert "email" not in await app.claims((await app.exchanged(back["code"]))["id_token"])


async def test_a_browser_remembers_its_person_until_it_forgets(app: App) -> None:
    """The second time one is led straight back; after forgetting one is asked again."""
    await app.chosen("ada", team=app.server.workspace.team_id)
    status, _, location = await app.opened()
    assert (status, location.partition("?")[0]) == (302, REDIRECT)
    async with app.http.get(f"{app.server.workspace.base_url}{FORGET}") as answer:
        assert "asks again" in await answer.text()
    status, page, _ = await app.opened()
    assert status == 200
    assert "Who are you?" in page


async def test_whoever_is_switched_off_is_nobody(app: App) -> None:
    """They are not in the list, cannot be chosen, and a browser that remembers them asks again."""
    await app.chosen("vera")
    app.server.workspace.deactivate("vera")
    status, page, _ = await app.opened()
    assert status == 200
    assert "Vera" not in page
    assert "Emilie" not in page
    address = f"{app.server.workspace.base_url}{AUTHORIZE}?{urlencode(app.query())}"
    async with app.http.post(address, data={"person": "vera"}) as answer:
        assert answer.status == 400


async def test_a_team_is_a_wish(app: App) -> None:
    """The list has the people of that team alone; without one it has everybody."""
    workspace = app.server.workspace
    _, page, _ = await app.opened(team=workspace.team_id)
    assert "Ada" in page
    assert "Otto" not in page
    assert "Otto" in (await app.opened())[1]
    back = await app.chosen("otto", team=workspace.team_id)
    claims = await app.claims((await app.exchanged(back["code"]))["id_token"])
    assert claims[f"{CLAIM}team_id"] == workspace.partner.id


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"redirect_uri": "https://bot.example.evil/embed"}, "did not match any configured"),
        ({"redirect_uri": "https://bot.example/embedded"}, "did not match any configured"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
        ({"scope": "openid chat:write"}, "invalid_scope"),
    ],
)
async def test_a_wrong_request_leads_nowhere(app: App, changes: dict[str, str], said: str) -> None:
    """A page with the reason, and no redirect, whoever the browser belongs to; a choice changes nothing."""
    await app.chosen("ada")
    status, page, location = await app.opened(**changes)
    assert (status, location) == (400, "")
    assert said in page
    address = f"{app.server.workspace.base_url}{AUTHORIZE}?{urlencode(app.query(**changes))}"
    async with app.http.post(address, data={"person": "ada"}, allow_redirects=False) as answer:
        assert answer.status == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"code": "guessed"}, "invalid_code"),
        ({"redirect_uri": "https://bot.example/embed"}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
    ],
)
async def test_a_wrong_exchange_is_refused(app: App, changes: dict[str, str], error: str) -> None:
    """As Slack does: HTTP 200, and the reason as a code."""
    back = await app.chosen("ada")
    assert await app.exchanged(back["code"], **changes) == {"ok": False, "error": error}


async def test_a_code_works_once_and_ten_minutes(app: App, clock: ManualClock) -> None:
    """The second exchange of a code is refused, and that of an old one."""
    first = await app.chosen("ada")
    assert (await app.exchanged(first["code"]))["ok"] is True
    assert (await app.exchanged(first["code"]))["error"] == "invalid_code"
    _, _, location = await app.opened()
    code = parse_qs(urlsplit(location).query)["code"][0]
    clock.advance(CODE_LIFE)
    assert (await app.exchanged(code))["error"] == "invalid_code"


async def test_the_secret_may_come_by_basic_and_the_rest_as_json(app: App) -> None:
    """HTTP Basic in place of the form's fields, and JSON in place of a form."""
    workspace = app.server.workspace
    back = await app.chosen("ada")
    body = {"code": back["code"], "redirect_uri": REDIRECT, "grant_type": "authorization_code"}
    login = base64.b64encode(f"{workspace.client_id}:{workspace.client_secret}".encode()).decode()
    headers = {"Authorization": f"Basic {login}"}
    async with app.http.post(f"{workspace.base_url}{TOKEN}", json=body, headers=headers) as answer:
        assert (await answer.json())["ok"] is True
    for junk, error in (("{", "invalid_json"), ("[]", "json_not_object")):
        headers = {"Content-Type": "application/json", "Authorization": "Basic ???"}
        async with app.http.post(f"{workspace.base_url}{TOKEN}", data=junk, headers=headers) as answer:
            assert (await answer.json())["error"] == error


async def test_user_info_says_the_same_again(app: App) -> None:
    """With the access token, as long as its person is there; without one the answer is invalid_auth."""
    back = await app.chosen("ada")
    answer = await app.exchanged(back["code"])
    bearer = f"Bearer {answer['access_token']}"
    told = await app.get(USER_INFO, Authorization=bearer)
    assert (told["ok"], told["email"]) == (True, "ada@example.com")
    app.server.workspace.deactivate("ada")
    for given in (bearer, "Bearer guessed", ""):
        assert await app.get(USER_INFO, Authorization=given) == {"ok": False, "error": "invalid_auth"}


async def test_exchanges_fail_as_planned(app: App) -> None:
    """A planned failure of openid.connect.token is an error code, a status, or no answer at all."""
    faults, url = app.server.workspace.faults, f"{app.server.workspace.base_url}{TOKEN}"
    for error in ("fatal_error", Failure.SERVER_ERROR, Failure.RATE_LIMITED, Failure.DROPPED):
        faults.fail_next("openid.connect.token", error)
    assert (await app.exchanged("any"))["error"] == "fatal_error"
    for status in (500, 429):
        async with app.http.post(url) as answer:
            assert answer.status == status
    with pytest.raises(aiohttp.ClientError):
        await app.exchanged("any")


async def test_the_cookie_is_for_these_pages_alone(app: App) -> None:
    """Scripts cannot read it, other sites cannot send it with a form, and the API never gets it."""
    address = f"{app.server.workspace.base_url}{AUTHORIZE}?{urlencode(app.query())}"
    async with app.http.post(address, data={"person": "ada"}, allow_redirects=False) as answer:
        cookie = answer.cookies[COOKIE]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/openid")
