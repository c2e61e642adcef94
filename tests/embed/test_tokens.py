"""Tokens for browsers."""

from __future__ import annotations

import asyncio

import pytest

from bot.embed.tokens import Desk, Fresh, TooMany
from bot.errors import AccessDenied, TenantUnreachable
from bot.model import SERVICE, Identity
from tests.fakes import Clock

ADA, GRACE = Identity("person-ada", "ada@example.com"), Identity("person-grace", "grace@example.com")


class Mint:
    """Makes tokens when a test says so."""

    def __init__(self) -> None:
        self.asked: list[Identity] = []
        self.began = asyncio.Event()
        self.go = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self, identity: Identity) -> Fresh:
        self.asked.append(identity)
        self.began.set()
        await self.go.wait()
        if self.failure is not None:
            raise self.failure
        return Fresh(f"token-{len(self.asked)}", 3600.0)


async def turns() -> None:
    """Lets everything come as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_each_token_is_a_new_one() -> None:
    """None is kept: the next one has its whole life ahead, too."""
    mint = Mint()
    mint.go.set()
    desk = Desk(mint, clock=Clock())
    assert [(await desk.fresh(ADA)).text for _ in range(2)] == ["token-1", "token-2"]


async def test_one_request_for_a_person_is_under_way() -> None:
    """Who asks meanwhile shares it; somebody else has a request of their own."""
    mint = Mint()
    desk = Desk(mint, clock=Clock())
    asking = [asyncio.create_task(desk.fresh(each)) for each in (ADA, ADA, GRACE)]
    await turns()
    mint.go.set()
    one, same, other = await asyncio.gather(*asking)
    assert mint.asked == [ADA, GRACE]
    assert one is same
    assert other is not one


async def test_a_failure_is_shared_and_over() -> None:
    """The next one asks again."""
    mint = Mint()
    mint.failure = TenantUnreachable("away")
    desk = Desk(mint, clock=Clock())
    asking = [asyncio.create_task(desk.fresh(ADA)) for _ in range(2)]
    await turns()
    mint.go.set()
    assert await asyncio.gather(*asking, return_exceptions=True) == [mint.failure, mint.failure]
    mint.failure = None
    assert (await desk.fresh(ADA)).text == "token-2"


async def test_who_goes_away_takes_nobody_along() -> None:
    """If the first one is cancelled the next one asks; if the next one is, the first one goes on."""
    mint = Mint()
    desk = Desk(mint, clock=Clock())
    first, second, third = (asyncio.create_task(desk.fresh(ADA)) for _ in range(3))
    await turns()
    first.cancel()
    third.cancel()
    await turns()
    mint.go.set()
    assert (await second).text == "token-2"
    assert (first.cancelled(), third.cancelled()) == (True, True)


async def test_nobody_is_given_the_owners_token() -> None:
    """An identity without an address would be the owner of the access key."""
    mint = Mint()
    with pytest.raises(AccessDenied):
        await Desk(mint, clock=Clock()).fresh(SERVICE)
    assert mint.asked == []


def test_a_person_gets_so_many_a_minute() -> None:
    """Then they are told when there is one again; others are not held up."""
    clock = Clock()
    desk = Desk(Mint(), clock=clock, a_minute=2)
    desk.take("ada")
    clock.now += 20
    desk.take("ada")
    with pytest.raises(TooMany) as caught:
        desk.take("ada")
    assert caught.value.seconds == 40
    desk.take("grace")
    clock.now += caught.value.seconds
    desk.take("ada")


def test_who_does_not_come_back_is_forgotten() -> None:
    """A thousand people of yesterday take no room."""
    clock = Clock()
    desk = Desk(Mint(), clock=clock)
    for number in range(1001):
        desk.take(f"person-{number}")
    clock.now += 61
    desk.take("ada")
    assert set(desk._taken) == {"ada"}


def test_a_token_is_not_shown() -> None:
    """Not in a log, not in a traceback."""
    assert "secret" not in repr(Fresh("secret", 1.0))
