"""The issuer, over a real socket, honest and not."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from bot.embed import openid
from bot.embed.openid import Client
from bot.embed.seals import SignIn
from bot.errors import IssuerUnreachable, SignInFailed
from tests.embed.issuer import CLIENT, SECRET, Issuer, issuing
from tests.fakes import Clock

REDIRECT = "https://bi.example/embed/callback"
SIGN_IN = SignIn("state-1", "nonce-1", "verifier-1", "/embed/search")


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """An issuer whom somebody has told that they agree."""
    async with issuing() as running:
        running.nonce = SIGN_IN.nonce
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock(time.time())


@pytest.fixture
async def ours(issuer: Issuer, clock: Clock) -> AsyncIterator[openid.Issuer]:
    """Our side of it."""
    client = Client(issuer.url, CLIENT, SecretStr(SECRET), REDIRECT)
    asking = openid.Issuer(client, clock=clock)
    yield asking
    await asking.close()


def asked(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


# -- sending somebody there ------------------------------------------------------------------------------


async def test_somebody_is_sent_to_sign_in(issuer: Issuer, ours: openid.Issuer) -> None:
    """With what has to come back, and nothing that is secret."""
    address = await ours.address(SIGN_IN)
    assert address.startswith(f"{issuer.url}/authorize?")
    assert asked(address) == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": REDIRECT,
        "scope": "openid email",
        "state": "state-1",
        "nonce": "nonce-1",
    }


async def test_a_code_is_proved_where_the_issuer_can(issuer: Issuer, ours: openid.Issuer) -> None:
    """PKCE: who catches the code cannot use it."""
    issuer.said = {"code_challenge_methods_supported": ["plain", "S256"]}
    sent = asked(await ours.address(SIGN_IN))
    await ours.visitor("code-1", SIGN_IN)
    proof = issuer.exchanges[0]["code_verifier"]
    digest = base64.urlsafe_b64encode(sha256(proof.encode()).digest()).rstrip(b"=").decode()
    assert (sent["code_challenge"], sent["code_challenge_method"]) == (digest, "S256")


async def test_slack_is_asked_for_one_workspace(issuer: Issuer) -> None:
    """So that people with several do not choose the wrong one."""
    client = Client(issuer.url, CLIENT, SecretStr(SECRET), REDIRECT, team="T1")
    slack = openid.Issuer(client, clock=Clock())
    assert asked(await slack.address(SIGN_IN))["team"] == "T1"
    await slack.close()


# -- who comes back --------------------------------------------------------------------------------------


async def test_who_comes_back_is_told(issuer: Issuer, ours: openid.Issuer) -> None:
    """For the code there is a token, and the secret goes in the form where the issuer takes it there."""
    assert (await ours.visitor("code-1", SIGN_IN)).email == "ada@example.com"
    assert issuer.exchanges == [
        {
            "grant_type": "authorization_code",
            "code": "code-1",
            "redirect_uri": REDIRECT,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "Authorization": "",
        }
    ]


async def test_else_the_secret_goes_by_basic(issuer: Issuer, ours: openid.Issuer) -> None:
    """That is the standard's default."""
    issuer.said = {"token_endpoint_auth_methods_supported": None}
    await ours.visitor("code-1", SIGN_IN)
    pair = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    assert issuer.exchanges[0]["Authorization"] == f"Basic {pair}"
    assert "client_secret" not in issuer.exchanges[0]


async def test_a_token_of_another_sign_in_is_refused(issuer: Issuer, ours: openid.Issuer) -> None:
    """A code that somebody slipped into this browser is of no use."""
    issuer.nonce = "nonce-2"
    with pytest.raises(SignInFailed, match="another sign-in"):
        await ours.visitor("code-1", SIGN_IN)


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ({"ok": False, "error": "invalid_code"}, 200, "invalid_code"),
        ({"error": "invalid_grant"}, 400, "invalid_grant"),
        ({"error": f"the secret is {SECRET}"}, 400, "no reason given"),
        ({"id_token": 7}, 200, "no reason given"),
    ],
)
async def test_a_refused_code_is_told_by_its_code_alone(
    issuer: Issuer, ours: openid.Issuer, answer: dict[str, object], status: int, reason: str
) -> None:
    """In Slack's form and in the standard's; what else an issuer says may hold anything."""
    issuer.answer, issuer.status = answer, status
    with pytest.raises(SignInFailed, match=reason) as caught:
        await ours.visitor("code-1", SIGN_IN)
    assert SECRET not in str(caught.value)


async def test_a_new_key_is_looked_for_once_in_a_while(
    issuer: Issuer, ours: openid.Issuer, clock: Clock
) -> None:
    """An issuer changes keys without a word; one that does not publish its key costs it no more looks."""
    await ours.visitor("code-1", SIGN_IN)
    issuer.signed = "key-2"
    with pytest.raises(SignInFailed, match="does not publish"):
        await ours.visitor("code-1", SIGN_IN)
    assert issuer.looks == 1
    clock.now += 31
    issuer.published = ["key-1", "key-2"]
    assert (await ours.visitor("code-1", SIGN_IN)).subject == "sub-ada"
    assert issuer.looks == 2


# -- an issuer that is not there -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"jwks_uri": "ftp://issuer.example/keys"},
        {"authorization_endpoint": 7},
    ],
)
async def test_an_issuer_that_does_not_say_where_it_is_cannot_be_asked(
    issuer: Issuer, ours: openid.Issuer, said: dict[str, object]
) -> None:
    """Neither can one that has another name than the setting."""
    issuer.said = said
    with pytest.raises(IssuerUnreachable):
        await ours.address(SIGN_IN)


async def test_an_issuer_that_is_away_is_told(issuer: Issuer, ours: openid.Issuer) -> None:
    """The error names no address; the next one tries again."""
    issuer.status, issuer.answer = 503, {"error": "away"}
    with pytest.raises(IssuerUnreachable, match="HTTP 503"):
        await ours.visitor("code-1", SIGN_IN)
    issuer.status, issuer.answer = 200, None
    assert (await ours.visitor("code-1", SIGN_IN)).subject == "sub-ada"


async def test_people_do_not_wait_for_each_other(issuer: Issuer, ours: openid.Issuer, clock: Clock) -> None:
    """Who comes right after a failure is told at once; a moment later the issuer is asked again."""
    issuer.said = {"issuer": "https://other.example"}
    for _ in range(3):
        with pytest.raises(IssuerUnreachable):
            await ours.address(SIGN_IN)
    assert issuer.asked == 1
    issuer.said = {}
    clock.now += 6
    assert (await ours.address(SIGN_IN)).startswith(issuer.url)


async def test_what_an_issuer_said_is_good_while_it_is_away(
    issuer: Issuer, ours: openid.Issuer, clock: Clock
) -> None:
    """Its addresses hardly ever change; it is asked again every hour."""
    before = await ours.address(SIGN_IN)
    issuer.said = {"issuer": "https://other.example"}
    clock.now += 3601
    assert [await ours.address(SIGN_IN) for _ in range(2)] == [before, before]
    assert issuer.asked == 2
    issuer.said = {"authorization_endpoint": f"{issuer.url}/elsewhere"}
    clock.now += 6
    assert (await ours.address(SIGN_IN)).startswith(f"{issuer.url}/elsewhere?")


async def test_nobody_at_the_address_is_told() -> None:
    """Whatever httpx says of it becomes one error of ours, without the address."""
    client = Client("http://127.0.0.1:1", CLIENT, SecretStr(SECRET), REDIRECT)
    nowhere = openid.Issuer(client, clock=Clock())
    with pytest.raises(IssuerUnreachable, match=r"^HTTP: ConnectError$"):
        await nowhere.address(SIGN_IN)
    await nowhere.close()
