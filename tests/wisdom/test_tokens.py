from __future__ import annotations

import asyncio

import pytest

from bot.errors import KeyRefused, PeerMisbehaved
from bot.model import SERVICE, Identity
from bot.wisdom.tokens import Token, Tokens, received
from tests.wisdom.clock import Clock
from tests.wisdom.scripted import jwt

ADA = Identity("ada", "ada@example.com")


class Mint:
    """Makes tokens with numbers, which live for an hour."""

    def __init__(self, clock: Clock, *, life: float = 3600.0) -> None:
        self.clock = clock
        self.life = life
        self.made: list[Identity] = []
        self.closed = False

    async def fetch(self, identity: Identity) -> Token:
        """A new token."""
        self.made.append(identity)
        await asyncio.sleep(0)
        if self.closed:
            raise KeyRefused("revoked")
        return Token(f"token {len(self.made)}", self.clock.now + self.life)


def tokens(*, life: float = 3600.0, most: int = 2000) -> tuple[Tokens, Mint, Clock]:
    clock = Clock()
    mint = Mint(clock, life=life)
    return Tokens(mint, clock=clock, most=most), mint, clock


async def test_one_token_serves_all_who_wait() -> None:
    """Twenty callers at once cause one token."""
    held, mint, _ = tokens()
    assert await asyncio.gather(*(held.token(SERVICE) for _ in range(20))) == ["token 1"] * 20
    assert len(mint.made) == 1


async def test_nobody_gets_the_token_of_another() -> None:
    """Each identity has a token of its own; the same person with other attributes is another identity."""
    held, mint, _ = tokens()
    other = Identity("ada", "ada@example.com", (("region", "EMEA"),))
    assert len({await held.token(each) for each in (SERVICE, ADA, other)}) == 3
    assert await held.token(ADA) == "token 2"
    assert mint.made == [SERVICE, ADA, other]


@pytest.mark.parametrize(("life", "used"), [(3600.0, 3540.0), (100.0, 80.0)])
async def test_a_token_is_renewed_shortly_before_its_end(life: float, used: float) -> None:
    """A token of an hour is used for 59 minutes, one that lives shortly for most of its life."""
    held, _, clock = tokens(life=life)
    await held.token(ADA)
    clock.now += used - 0.1
    assert await held.token(ADA) == "token 1"
    clock.now += 0.2
    assert await held.token(ADA) == "token 2"


async def test_a_token_without_end_is_kept() -> None:
    """What never ends is not renewed."""
    held, mint, clock = tokens(life=float("inf"))
    await held.token(SERVICE)
    clock.now += 1e9
    await held.token(SERVICE)
    assert len(mint.made) == 1


async def test_only_the_token_held_can_be_invalidated() -> None:
    """A late complaint about an old token does not cost the new one, nor anybody else's."""
    held, _, _ = tokens()
    first = await held.token(SERVICE)
    ada = await held.token(ADA)
    held.invalidate(first)
    second = await held.token(SERVICE)
    held.invalidate(first)
    assert await held.token(SERVICE) == second != first
    assert await held.token(ADA) == ada


async def test_thousands_of_people_take_bounded_room() -> None:
    """Tokens that are over are dropped, and never more held than allowed."""
    held, _, clock = tokens(most=50)
    for number in range(200):
        await held.token(Identity(f"p{number}", f"p{number}@example.com"))
        assert len(held) <= 50
    clock.now += 3600
    await held.token(ADA)
    assert len(held) == 1


async def test_those_who_wait_share_a_failure() -> None:
    """A refused key is asked about once, not once for each who waits."""
    held, mint, _ = tokens()
    mint.closed = True
    results = await asyncio.gather(*(held.token(SERVICE) for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [KeyRefused] * 5
    assert len(mint.made) == 1


def test_a_token_is_not_shown() -> None:
    """The text of a token is in none of its representations."""
    assert "secret" not in repr(Token("secret", 5.0))


def test_what_came_is_a_token() -> None:
    """Its end follows from its own exp."""
    assert received(jwt(1, exp=4600.0), now=1000.0, by="x") == Token(jwt(1, exp=4600.0), 4600.0)


@pytest.mark.parametrize("given_token", [None, "", 5, "line\nbreak", "ü"])
def test_a_token_that_no_header_can_carry_is_refused(given_token: object) -> None:
    """Whatever stands in the token's place without being one is the tenant's fault."""
    with pytest.raises(PeerMisbehaved, match="exchangeAccessToken gave no token"):
        received(given_token, now=0.0, by="exchangeAccessToken")
