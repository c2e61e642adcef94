"""Access keys and tokens."""

from __future__ import annotations

import jwt
import pytest

from bot.sandbox.tenant.tokens import Tokens, Unauthorized, User, new_key
from tests.sandbox.tenant.stand import Clock

OWNER = User("u1", "owner@example.com", "Owner")
KEY = "key"


def test_a_key_becomes_a_token_that_expires() -> None:
    """The token acts as the key's owner until its ``exp``, which anybody can read in it."""
    clock = Clock()
    tokens = Tokens({KEY: OWNER}, clock=clock, life=60)
    token = tokens.exchange(KEY)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] == clock.now.timestamp() + 60
    assert tokens.user_of(f"Bearer {token}") == OWNER
    clock.advance(59)
    assert tokens.user_of(token) == OWNER
    clock.advance(1)
    with pytest.raises(Unauthorized):
        tokens.user_of(token)


def test_an_unknown_key_or_a_foreign_token_is_refused() -> None:
    """Neither a wrong key, nor junk, nor a token of another tenant, nor an unsigned one is good."""
    clock = Clock()
    tokens, other = (Tokens({KEY: OWNER}, clock=clock) for _ in range(2))
    with pytest.raises(Unauthorized):
        tokens.exchange("wrong")
    unsigned = jwt.encode({"sub": "u1", "exp": 9e9, "iss": "wisdom-sandbox"}, "", algorithm="none")
    for token in ("", "junk", other.exchange(KEY), unsigned, KEY):
        with pytest.raises(Unauthorized):
            tokens.user_of(token)


def test_tokens_of_one_second_differ() -> None:
    """A renewed token can be told from the one before."""
    tokens = Tokens({KEY: OWNER}, clock=Clock())
    assert tokens.exchange(KEY) != tokens.exchange(KEY)


def test_a_given_secret_outlives_the_server() -> None:
    """Two servers with one secret accept each other's tokens."""
    clock, secret = Clock(), "s" * 32
    first, second = (Tokens({KEY: OWNER}, clock=clock, secret=secret) for _ in range(2))
    assert second.user_of(first.exchange(KEY)) == OWNER


def test_the_key_itself_as_bearer() -> None:
    """Where the option is on, the key is as good as a token."""
    tokens = Tokens({KEY: OWNER}, clock=Clock(), bearer_key=True)
    assert tokens.user_of(f"Bearer {KEY}") == OWNER


def test_the_first_good_token_counts() -> None:
    """Of several tokens one good one is enough; none is Unauthorized."""
    tokens = Tokens({KEY: OWNER}, clock=Clock())
    assert tokens.user_of_any(["junk", tokens.exchange(KEY)]) == OWNER
    with pytest.raises(Unauthorized):
        tokens.user_of_any([])


def test_keys_are_not_guessable() -> None:
    """Every server makes its own key."""
    assert new_key() != new_key()
