from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.errors import KeyRefused, PeerMisbehaved
from bot.wisdom.contact import FirstContact
from bot.wisdom.http import Http
from bot.wisdom.tenant import SERVICE
from bot.wisdom.tokens import ASSUMED_LIFE, ExchangedTokens, lifetime
from tests.wisdom.scripted import KEY, Answer, Scripted, jwt, serving


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self.now


@asynccontextmanager
async def tokens(
    clock: Clock, exchange: Answer | None = None, *, key: str = KEY
) -> AsyncIterator[tuple[ExchangedTokens, Scripted]]:
    """A source of tokens, and the server that it exchanges its key with."""
    server = Scripted(posts={"Exchange": exchange} if exchange else {})
    async with serving(server):
        http = Http(f"{server.url}/graphql", max_body=10_000)
        yield ExchangedTokens(http, SecretStr(key), clock=clock, contact=FirstContact()), server
        await http.close()


@pytest.mark.parametrize(
    ("claims", "life"),
    [
        ({"exp": 4600.0}, 3600.0),
        ({"exp": 4600.0, "iat": 900.0}, 3600.0),
        ({}, ASSUMED_LIFE),
        ({"exp": 500.0}, ASSUMED_LIFE),
        ({"exp": 500.0, "iat": 400.0}, 100.0),  # their clock is behind ours
        ({"exp": 9000.0, "iat": 8000.0}, 1000.0),  # their clock is ahead of ours
        ({"exp": float("nan")}, ASSUMED_LIFE),
    ],
)
def test_the_life_of_a_token(claims: dict[str, float], life: float) -> None:
    """The life follows from exp, and from its distance to iat where the clocks differ."""
    assert lifetime(jwt(1, **claims), now=1000.0) == life


@given(token=st.text() | st.text(alphabet="abc.=_-"))
def test_no_token_is_too_strange(token: str) -> None:
    """What is no JWT lives for the assumed time."""
    assert lifetime(token, now=0.0) == ASSUMED_LIFE


async def test_one_exchange_serves_all_who_wait() -> None:
    """Twenty callers at once cause one exchange."""
    async with tokens(Clock()) as (source, server):
        got = await asyncio.gather(*(source.token(SERVICE) for _ in range(20)))
        assert got == [jwt(1)] * 20
        assert server.said("Exchange")[0].variables == {"accessToken": KEY}
        assert len(server.seen) == 1


async def test_a_token_is_renewed_shortly_before_its_end() -> None:
    """A token of an hour is used for 59 minutes."""
    clock, serial = Clock(), iter(range(1, 9))
    exchange: Answer = lambda _: {"data": {"exchangeAccessToken": jwt(next(serial), exp=clock.now + 3600)}}  # noqa: E731
    async with tokens(clock, exchange) as (source, server):
        first = await source.token(SERVICE)
        clock.now += 3539
        assert await source.token(SERVICE) == first
        clock.now += 1
        assert await source.token(SERVICE) != first
        assert len(server.seen) == 2


async def test_only_the_token_held_can_be_invalidated() -> None:
    """A late complaint about an old token does not cost the new one."""
    async with tokens(Clock()) as (source, _):
        first = await source.token(SERVICE)
        source.invalidate(first)
        second = await source.token(SERVICE)
        source.invalidate(first)
        assert await source.token(SERVICE) == second == jwt(2)


@pytest.mark.parametrize("given_token", [None, "", 5, "line\nbreak", "ü"])
async def test_a_token_that_no_header_can_carry_is_refused(given_token: object) -> None:
    """Whatever stands in the token's place without being one is the tenant's fault."""
    async with tokens(Clock(), lambda _: {"data": {"exchangeAccessToken": given_token}}) as (source, _):
        with pytest.raises(PeerMisbehaved):
            await source.token(SERVICE)


async def test_a_refused_key_is_not_used_as_bearer() -> None:
    """Only a tenant without the exchange gets the key itself."""
    async with tokens(Clock(), lambda _: {"data": None, "errors": [{"message": "Unauthorized"}]}) as (
        source,
        _,
    ):
        with pytest.raises(KeyRefused):
            await source.token(SERVICE)


async def test_a_key_that_no_header_can_carry_is_refused() -> None:
    """A key with stray characters is not sent as bearer."""
    missing = {"errors": [{"message": 'Cannot query field "exchangeAccessToken" on type "Query".'}]}
    async with tokens(Clock(), lambda _: missing, key="key\n") as (source, _):
        with pytest.raises(KeyRefused):
            await source.token(SERVICE)
