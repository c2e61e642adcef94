"""Session tokens as Descope signs them."""

from __future__ import annotations

import jwt
import pytest

from bot.sandbox.tenant.refusals import Unauthorized
from bot.sandbox.tenant.sessions import ALGORITHM, PROJECT, Sessions
from tests.sandbox.tenant.stand import Clock


def test_a_token_can_be_checked_by_anybody() -> None:
    """The published key that its header names verifies it, and its claims are those that Descope sets."""
    clock = Clock()
    sessions = Sessions(clock=clock, life=60)
    session = sessions.open("K1")
    keys = jwt.PyJWKSet.from_dict(sessions.published())
    key = keys[jwt.get_unverified_header(session.token)["kid"]]
    claims = jwt.decode(session.token, key, algorithms=[ALGORITHM], options={"verify_exp": False})
    assert (claims["iss"], claims["sub"]) == (PROJECT, "K1")
    assert claims["exp"] == session.expires == clock.now.timestamp() + 60
    assert "d" not in str(sessions.published()["keys"]).split("'")


def test_only_its_own_tokens_are_read() -> None:
    """An expired one is read too; one of another server, or with another algorithm, is not."""
    clock = Clock()
    sessions, other = (Sessions(clock=clock, life=60) for _ in range(2))
    token = sessions.open("K1").token
    clock.advance(3600)
    assert sessions.read(token)["sub"] == "K1"
    plain = jwt.encode({"iss": PROJECT, "sub": "K1", "exp": 9e9}, "s" * 32, algorithm="HS256")
    for foreign in (other.open("K1").token, plain, "junk", ""):
        with pytest.raises(Unauthorized):
            sessions.read(foreign)
