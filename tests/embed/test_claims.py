"""Which ID tokens are believed."""

from __future__ import annotations

import base64
import json
import time

import jwt
import pytest

from bot.embed import claims
from bot.embed.claims import Expected
from bot.embed.visitor import Visitor
from bot.errors import SignInFailed
from tests.embed.issuer import CLIENT, SECRET, TEAM, USER, Issuer, public

EXPECTED = Expected(issuer="https://issuer.example", client=CLIENT, nonce="nonce-1")
NOW = time.time()


def told(**said: object) -> str:
    """A token of the issuer that says this; double underscores stand for claims of Slack's."""
    issuer = Issuer()
    issuer.url = EXPECTED.issuer
    issuer.claims = {"iat": int(NOW), "exp": int(NOW) + 300, **said}
    return issuer.token("nonce-1")


def believed(token: str, *, key: str = "key-1", now: float = NOW) -> Visitor:
    made = claims.key_of(public(key))
    assert made is not None
    return claims.believed(token, made, EXPECTED, now=now)


def test_an_honest_token_tells_who_it_is() -> None:
    """By the issuer's name for them, and their address."""
    assert believed(told()) == Visitor("sub-ada", "ada@example.com", verified=True)


def test_slack_tells_whom_it_knows() -> None:
    """The person and the workspace are in claims of Slack's own."""
    seen = believed(told(**{USER: "U1", TEAM: "T1"}))
    assert (seen.user, seen.team) == ("U1", "T1")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"nonce": "nonce-2"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"aud": "client-2"}, "InvalidAudienceError"),
        ({"aud": [CLIENT, "client-2"]}, "another application"),
        ({"azp": "client-2"}, "another application"),
        ({"iss": "https://evil.example"}, "InvalidIssuerError"),
        ({"exp": NOW - 61}, "expired"),
        ({"exp": None}, "MissingRequiredClaimError"),
        ({"exp": "soon"}, "does not say when"),
        ({"iat": NOW + 61}, "not made just now"),
        ({"iat": NOW - 700}, "not made just now"),
        ({"nbf": NOW + 61}, "not valid yet"),
        ({"sub": None}, "MissingRequiredClaimError"),
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(said: dict[str, object], reason: str) -> None:
    """Each of these would let somebody in who did not sign in here and now."""
    with pytest.raises(SignInFailed, match=reason):
        believed(told(**said))


def test_clocks_may_differ_by_a_minute() -> None:
    """Neither side's clock has to be right to the second."""
    assert believed(told(exp=NOW - 59, iat=NOW - 300)).subject == "sub-ada"
    assert believed(told(iat=NOW + 59)).subject == "sub-ada"


def test_another_key_opens_nothing() -> None:
    """A token that is signed by somebody else is refused."""
    with pytest.raises(SignInFailed, match="InvalidSignatureError"):
        believed(told(), key="key-2")


def test_a_token_without_a_signature_is_refused() -> None:
    """``alg: none`` is the oldest trick."""
    payload = told().split(".")[1]
    header = (
        base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "key-1"}).encode()).decode().rstrip("=")
    )
    with pytest.raises(SignInFailed, match="a way that is not taken"):
        believed(f"{header}.{payload}.")


def test_a_shared_secret_signs_nothing() -> None:
    """Neither with the header alone, nor with a key of that kind among the issuer's."""
    token = jwt.encode({"iss": EXPECTED.issuer}, SECRET * 2, algorithm="HS256")
    with pytest.raises(SignInFailed, match="a way that is not taken"):
        believed(token)
    shared = claims.key_of({"kty": "oct", "k": base64.urlsafe_b64encode(b"s" * 32).decode(), "alg": "HS256"})
    assert shared is not None
    with pytest.raises(SignInFailed, match="a way that is not taken"):
        claims.believed(token, shared, EXPECTED, now=NOW)


@pytest.mark.parametrize("text", ["", "no token", "a.b.c", "é.é.é"])
def test_what_is_no_token_is_refused(text: str) -> None:
    """Whatever an issuer sends in its place."""
    with pytest.raises(SignInFailed, match="can be read"):
        believed(text)


@pytest.mark.parametrize(
    ("word", "verified"),
    [(True, True), ("true", True), (False, False), ("false", False), (None, None), (1, None), ("yes", None)],
)
def test_an_address_is_verified_where_the_issuer_says_so(word: object, *, verified: bool | None) -> None:
    """Some write the word; anything else says nothing."""
    assert believed(told(email_verified=word)).verified is verified


@pytest.mark.parametrize(
    "raw", [None, "key", {}, {"kty": "oct"}, {"kty": "RSA", "n": "?"}, public("key-1") | {"use": "enc"}]
)
def test_a_key_that_signs_nothing_is_passed_over(raw: object) -> None:
    """An issuer may publish keys for other things beside those that it signs with."""
    assert claims.key_of(raw) is None
