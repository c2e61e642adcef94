from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from bot.errors import AnswerFailed, KeyRefused, PeerMisbehaved
from bot.model import SERVICE
from bot.wisdom.contact import FirstContact
from bot.wisdom.http import Http
from bot.wisdom.service import Bearer, Exchange
from bot.wisdom.standing import Standing
from bot.wisdom.tokens import Token, Tokens
from tests.wisdom.clock import Clock
from tests.wisdom.scripted import KEY, Answer, Json, Scripted, jwt, serving

NOON = 1_764_331_200.0  # 2025-11-28, 12:00
DAY = 86_400.0
MISSING: Json = {"errors": [{"message": 'Cannot query field "exchangeAccessToken" on type "Query".'}]}


@asynccontextmanager
async def exchange(
    answer: Answer | None = None, *, key: str = KEY, now: float = 1000.0
) -> AsyncIterator[tuple[Exchange, Scripted]]:
    """A source of tokens, and the server that it exchanges its key with."""
    server = Scripted(posts={"Exchange": answer} if answer else {})
    async with serving(server):
        http = Http(f"{server.url}/graphql", max_body=10_000)
        yield (
            Exchange(http, SecretStr(key), clock=Clock(now), contact=FirstContact(), standing=Standing()),
            server,
        )
        await http.close()


def bearer(key: str, now: float = NOON) -> Bearer:
    return Bearer(SecretStr(key), clock=Clock(now), standing=Standing())


async def test_the_key_is_exchanged() -> None:
    """The key goes out once, without any header, and the token ends when it says."""
    token = jwt(1, exp=4600.0)
    async with exchange(lambda _: {"data": {"exchangeAccessToken": token}}) as (source, server):
        assert await source.fetch(SERVICE) == Token(token, 4600.0)
        (post,) = server.seen
        assert (post.variables, post.authorization) == ({"accessToken": KEY}, None)


async def test_nothing_in_the_place_of_a_token() -> None:
    """A tenant that answers without a token has misbehaved."""
    async with exchange(lambda _: {"data": {"exchangeAccessToken": None}}) as (source, _):
        with pytest.raises(PeerMisbehaved):
            await source.fetch(SERVICE)


@pytest.mark.parametrize(
    ("words", "kind"), [("Unauthorized", KeyRefused), ("the exchange is down", AnswerFailed)]
)
async def test_a_refused_key_is_not_used_as_bearer(words: str, kind: type[Exception]) -> None:
    """Only a tenant without the exchange gets the key itself."""
    async with exchange(lambda _: {"data": None, "errors": [{"message": words}]}) as (source, _):
        with pytest.raises(kind):
            await source.fetch(SERVICE)


async def test_a_tenant_that_repeats_the_key_does_not_get_it_into_a_log() -> None:
    """Where the tenant's words hold the key, ours do not."""
    words = f'Variable "$accessToken" got {KEY!r} from ada@example.com'
    async with exchange(lambda _: {"errors": [{"message": words}]}) as (source, _):
        with pytest.raises(AnswerFailed) as caught:
            await source.fetch(SERVICE)
    assert str(caught.value) == "Variable \"$accessToken\" got '(hidden)' from (hidden)"


async def test_a_tenant_without_the_exchange_takes_the_key_as_bearer() -> None:
    """The key stands in the token's place for as long as it is good."""
    async with exchange(lambda _: MISSING) as (source, _):
        assert await source.fetch(SERVICE) == Token(KEY)
    async with exchange(lambda _: MISSING, key=jwt(1, exp=500.0)) as (source, _):
        with pytest.raises(KeyRefused):
            await source.fetch(SERVICE)


@pytest.mark.parametrize("key", ["key\n", "schlüssel"])
async def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    """A key with stray characters is not sent as bearer."""
    with pytest.raises(KeyRefused):
        await bearer(key).fetch(SERVICE)


async def test_a_ready_token_is_used_until_its_end() -> None:
    """A key that is a JWT ends when it says, and is looked at every day; any other key does not end."""
    token = jwt(1, exp=NOON + 30 * DAY)
    assert await bearer(token).fetch(SERVICE) == Token(token, NOON + DAY)
    assert await bearer(token, NOON + 29.5 * DAY).fetch(SERVICE) == Token(token, NOON + 30 * DAY)
    assert await bearer("wisdom_key_1").fetch(SERVICE) == Token("wisdom_key_1")


@pytest.mark.parametrize(("ago", "day"), [(0.0, "2025-11-28"), (40 * DAY, "2025-10-19")])
async def test_a_ready_token_that_has_ended_is_refused(ago: float, day: str) -> None:
    """Nobody has to ask the tenant to know it, and the reason names the day and not the token."""
    key = jwt(1, exp=NOON - ago)
    with pytest.raises(KeyRefused) as caught:
        await bearer(key).fetch(SERVICE)
    assert str(caught.value) == f"the access key is a JWT that ended on {day}"


async def test_a_token_that_ended_before_time_began() -> None:
    """Even a nonsensical end is told."""
    with pytest.raises(KeyRefused, match="1970-01-01"):
        await bearer(jwt(1, exp=-1e300)).fetch(SERVICE)


async def test_the_end_of_a_token_comes_nearer_while_it_is_used(caplog: pytest.LogCaptureFixture) -> None:
    """A process that runs for weeks warns in time, once, and says at the end that the key has ended."""
    clock = Clock(NOON)
    key = SecretStr(jwt(1, exp=NOON + 10 * DAY))
    tokens = Tokens(Bearer(key, clock=clock, standing=Standing()), clock=clock)
    while clock.now < NOON + 10 * DAY - 60:
        await tokens.token(SERVICE)
        clock.now += DAY / 8
        assert len(caplog.records) == int(clock.now - DAY / 8 >= NOON + 3 * DAY - 60)
    with pytest.raises(KeyRefused):
        await tokens.token(SERVICE)


@pytest.mark.parametrize(("days", "told"), [(7.1, []), (6.9, ["2025-12-05"]), (0.5, ["2025-11-29"])])
async def test_a_token_that_ends_soon_is_told(
    days: float, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Within seven days of its end the operator is warned, once, with the date."""
    caplog.set_level(logging.DEBUG)
    source = bearer(jwt(1, exp=NOON + days * DAY))
    await source.fetch(SERVICE)
    await source.fetch(SERVICE)
    assert [record.message.split()[3].rstrip(".") for record in caplog.records] == told
    assert {record.levelno for record in caplog.records} <= {logging.WARNING}
