"""What browsers keep for us."""

from __future__ import annotations

import jwt
import pytest
from pydantic import SecretStr

from bot.embed.seals import Seals, Session, SignIn
from bot.embed.visitor import Visitor
from tests.embed.house import SEAL
from tests.fakes import Clock

ADA = Visitor("sub-ada", "ada@example.com", verified=False, user="U1", team="T1")
SIGN_IN = SignIn("state-1", "nonce-1", "verifier-1", "/embed/search")


def session(**changes: str) -> Session:
    return Session(changes.get("id", "s-1"), ADA, shown="ada@example.com", until=2000.0)


def test_what_is_sealed_is_opened_again() -> None:
    """Nothing of it is lost, and nothing of it is another's."""
    seals = Seals(SEAL, clock=Clock())
    assert seals.session(seals.of_session(session())) == session()
    assert seals.sign_in(seals.of_sign_in(SIGN_IN)) == SIGN_IN


def test_a_seal_is_good_for_its_time() -> None:
    """A session until its end, a sign-in for ten minutes."""
    clock = Clock()
    seals = Seals(SEAL, clock=clock)
    kept, begun = seals.of_session(session()), seals.of_sign_in(SIGN_IN)
    clock.now = 1599.0
    assert seals.sign_in(begun) == SIGN_IN
    clock.now = 1600.0
    assert seals.sign_in(begun) is None
    assert seals.session(kept) == session()
    clock.now = 2000.0
    assert seals.session(kept) is None


def test_one_kind_is_not_taken_for_the_other() -> None:
    """A cookie that was made for signing in signs nobody in."""
    seals = Seals(SEAL, clock=Clock())
    assert seals.session(seals.of_sign_in(SIGN_IN)) is None
    assert seals.sign_in(seals.of_session(session())) is None


@pytest.mark.parametrize("secret", ["another-secret-of-forty-characters-012345", "x" * 40])
def test_another_secret_opens_nothing(secret: str) -> None:
    """So a new secret ends all sessions."""
    clock = Clock()
    sealed = Seals(SecretStr(secret), clock=clock).of_session(session())
    assert Seals(SEAL, clock=clock).session(sealed) is None


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "nonsense",
        jwt.encode({"aud": "session"}, SEAL.get_secret_value(), algorithm="HS256"),
        jwt.encode({"aud": "session", "exp": 2000, "id": "1"}, SEAL.get_secret_value(), algorithm="HS256"),
        jwt.encode(
            {
                "aud": "session",
                "exp": 2000,
                "id": "1",
                "shown": "a",
                "visitor": {"name": "of a later version"},
            },
            SEAL.get_secret_value(),
            algorithm="HS256",
        ),
        jwt.encode({"aud": "sign-in", "exp": 2000}, SEAL.get_secret_value(), algorithm="HS256"),
        jwt.encode({"aud": "session", "exp": 2000, "id": "1"}, "", algorithm="none"),
    ],
)
def test_what_is_no_cookie_of_ours_is_none(sealed: str) -> None:
    """Then whoever sent it signs in anew."""
    seals = Seals(SEAL, clock=Clock())
    assert seals.session(sealed) is None
    assert seals.sign_in(sealed) is None


def test_a_mark_is_of_one_session_and_one_purpose() -> None:
    """What proves the one proves nothing else."""
    seals = Seals(SEAL, clock=Clock())
    mark = seals.mark(session(), "csrf")
    assert seals.marked(session(), "csrf", mark)
    others = (seals.mark(session(), "name"), seals.mark(session(id="s-2"), "csrf"), "", "é\ud800")
    assert not any(seals.marked(session(), "csrf", other) for other in others)


def test_nothing_secret_is_shown() -> None:
    """Neither of a session nor of a sign-in."""
    shown = repr(session()) + repr(SIGN_IN)
    assert not any(word in shown for word in ("ada@example.com", "state-1", "nonce-1", "verifier-1"))
