"""Tokens, and whom they act as."""

from __future__ import annotations

import jwt
import pytest

from bot.sandbox.tenant.keys import AccessKeys
from bot.sandbox.tenant.people import Attribute, People, User
from bot.sandbox.tenant.refusals import (
    DeactivatedPerson,
    KeyMayNotImpersonate,
    Refusal,
    ReservedAttribute,
    Unauthorized,
    UnknownPerson,
)
from bot.sandbox.tenant.tokens import Tokens
from tests.sandbox.tenant.stand import Clock

OWNER = User("u1", "owner@example.com", "Owner")
GRACE = User("u2", "grace@example.com", "Grace", attributes=(Attribute("region", "EMEA"),))
DOROTHY = User("u3", "dorothy@example.com", "Dorothy", active=False)
KEY = "key"


class Issuer:
    """Tokens with their clock, key and people.

    Args:
        more: options of the keys.
    """

    def __init__(self, secret: str = "", **more: bool) -> None:
        self.clock = Clock()
        self.people = People([OWNER, GRACE, DOROTHY])
        keys = AccessKeys({KEY: OWNER}, **more)
        self.tokens = Tokens(keys, self.people, clock=self.clock, secret=secret, life=60)


@pytest.fixture
def issuer() -> Issuer:
    """Tokens that live for a minute."""
    return Issuer()


def test_a_key_becomes_a_token_that_expires(issuer: Issuer) -> None:
    """The token acts as the key's owner until its ``exp``, which anybody can read in it."""
    tokens, clock = issuer.tokens, issuer.clock
    token = tokens.exchange(KEY)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] == clock.now.timestamp() + 60
    assert tokens.user_of(f"Bearer {token}") == OWNER
    clock.advance(59)
    assert tokens.user_of(token) == OWNER
    clock.advance(1)
    with pytest.raises(Unauthorized):
        tokens.user_of(token)


def test_an_unknown_key_or_a_foreign_token_is_refused(issuer: Issuer) -> None:
    """Neither a wrong key, nor junk, nor a token of another tenant, nor an unsigned one is good."""
    tokens, other = issuer.tokens, Issuer().tokens
    for ask in (tokens.exchange, tokens.open_session):
        with pytest.raises(Unauthorized):
            ask("wrong")
    unsigned = jwt.encode({"sub": "u1", "exp": 9e9, "iss": "wisdom-sandbox"}, "", algorithm="none")
    session = other.open_session(KEY).token
    for token in ("", "junk", other.exchange(KEY), session, unsigned, KEY):
        with pytest.raises(Unauthorized):
            tokens.user_of(token)


def test_tokens_of_one_second_differ(issuer: Issuer) -> None:
    """A renewed token can be told from the one before."""
    assert issuer.tokens.exchange(KEY) != issuer.tokens.exchange(KEY)


def test_a_given_secret_outlives_the_server() -> None:
    """Two servers with one secret accept each other's tokens."""
    first, second = (Issuer("s" * 32).tokens for _ in range(2))
    assert second.user_of(first.exchange(KEY)) == OWNER


def test_the_key_itself_as_bearer() -> None:
    """Where the option is on, the key is as good as a token, until it is revoked."""
    tokens = Issuer(bearer=True).tokens
    assert tokens.user_of(f"Bearer {KEY}") == OWNER
    assert tokens.user_of(tokens.exchange(KEY)) == OWNER
    tokens.revoke(KEY)
    with pytest.raises(Unauthorized):
        tokens.user_of(KEY)


def test_the_first_good_token_counts(issuer: Issuer) -> None:
    """Of several tokens one good one is enough; none is Unauthorized."""
    tokens = issuer.tokens
    assert tokens.user_of_any(["junk", tokens.exchange(KEY)]) == OWNER
    with pytest.raises(Unauthorized):
        tokens.user_of_any([])


def test_a_session_acts_as_the_owner_of_its_key(issuer: Issuer) -> None:
    """It expires like any token, and who can read it finds the id of the key in it, not the key."""
    session = issuer.tokens.open_session(KEY)
    assert issuer.tokens.user_of(session.token) == OWNER
    assert jwt.decode(session.token, options={"verify_signature": False})["sub"] == session.key_id != KEY
    issuer.clock.advance(60)
    with pytest.raises(Unauthorized):
        issuer.tokens.user_of(session.token)


def test_acting_for_somebody(issuer: Issuer) -> None:
    """A token for an address, in any case, acts as that person with what is stored of them."""
    tokens = issuer.tokens
    token = tokens.impersonate(KEY, "Grace@Example.com")
    assert tokens.user_of(token) == GRACE
    issuer.clock.advance(60)
    with pytest.raises(Unauthorized):
        tokens.user_of(token)


@pytest.mark.parametrize("given", [[], [("region", "APAC"), ("region", "Americas")], [("team", "blue")]])
def test_attributes_of_a_token(issuer: Issuer, given: list[tuple[str, str]]) -> None:
    """They take the place of all stored ones, for this token alone."""
    tokens = issuer.tokens
    found = tokens.user_of(tokens.impersonate(KEY, GRACE.email, given))
    assert found.attributes == tuple(Attribute(key, value, "JWT") for key, value in given)
    assert tokens.user_of(tokens.impersonate(KEY, GRACE.email)) == GRACE


@pytest.mark.parametrize(
    ("key", "email", "attributes", "refusal"),
    [
        ("wrong", GRACE.email, (), Unauthorized),
        (KEY, "niels@example.com", (), UnknownPerson),
        (KEY, "", (), UnknownPerson),
        (KEY, DOROTHY.email, (), DeactivatedPerson),
        (KEY, GRACE.email, [("impersonated_user_id", "u1")], ReservedAttribute),
    ],
)
def test_who_cannot_be_acted_for(
    issuer: Issuer, key: str, email: str, attributes: list[tuple[str, str]], refusal: type[Refusal]
) -> None:
    """A wrong key, nobody, somebody who is switched off, or an attribute that is the tenant's own."""
    with pytest.raises(refusal):
        issuer.tokens.impersonate(key, email, attributes)


def test_a_key_without_the_right_to_act_for_others() -> None:
    """It is told so whoever it names, so that nobody can try out addresses with it; its owner may sign in."""
    tokens = Issuer(impersonating=False).tokens
    for email in (GRACE.email, "niels@example.com"):
        with pytest.raises(KeyMayNotImpersonate):
            tokens.impersonate(KEY, email)
    with pytest.raises(Unauthorized):
        tokens.impersonate("wrong", GRACE.email)
    assert tokens.user_of(tokens.exchange(KEY)) == OWNER


def test_a_revoked_key(issuer: Issuer) -> None:
    """It gives out nothing more; what it has given out lives on."""
    tokens = issuer.tokens
    given = [tokens.exchange(KEY), tokens.impersonate(KEY, GRACE.email), tokens.open_session(KEY).token]
    tokens.revoke(KEY)
    for ask in (tokens.exchange, tokens.open_session, lambda key: tokens.impersonate(key, GRACE.email)):
        with pytest.raises(Unauthorized):
            ask(KEY)
    assert [tokens.user_of(token) for token in given] == [OWNER, GRACE, OWNER]


def test_tokens_end_with_the_account(issuer: Issuer) -> None:
    """Whoever is switched off is refused at once, and let in again with it on; a deleted one stays out."""
    tokens, people = issuer.tokens, issuer.people
    token = tokens.impersonate(KEY, GRACE.email)
    people.deactivate(GRACE.email)
    with pytest.raises(Unauthorized):
        tokens.user_of(token)
    people.activate(GRACE.email)
    assert tokens.user_of(token) == GRACE
    people.set_attributes(GRACE.email, ("region", "APAC"))
    assert tokens.user_of(token).attributes == (Attribute("region", "APAC"),)
    people.remove(GRACE.email)
    with pytest.raises(Unauthorized):
        tokens.user_of(token)


def test_a_key_is_worth_no_more_than_its_owner(issuer: Issuer) -> None:
    """With its owner switched off it signs in nobody, neither them nor others."""
    tokens = issuer.tokens
    issuer.people.deactivate(OWNER.email)
    for ask in (tokens.exchange, tokens.open_session, lambda key: tokens.impersonate(key, GRACE.email)):
        with pytest.raises(Unauthorized):
            ask(KEY)


def test_the_tokens_of_a_person_can_be_ended(issuer: Issuer) -> None:
    """Those that they have are refused, later ones and those of others are good; of nobody none are ended."""
    old, other = issuer.tokens.impersonate(KEY, GRACE.email), issuer.tokens.exchange(KEY)
    issuer.tokens.end("nobody@example.com")
    assert issuer.tokens.user_of(old) == GRACE
    issuer.tokens.end("GRACE@example.com")
    with pytest.raises(Unauthorized):
        issuer.tokens.user_of(old)
    assert issuer.tokens.user_of(other) == OWNER
    assert issuer.tokens.user_of(issuer.tokens.impersonate(KEY, GRACE.email)) == GRACE
