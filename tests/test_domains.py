"""Which domain a channel asks."""

from __future__ import annotations

import pytest

from bot.domains import Domains
from bot.errors import AnswerFailed, DomainUnknown
from bot.memory import Memory
from bot.model import Domain
from tests.fakes import Clock, DictStore

SALES, WEATHER = Domain("d-sales", "Sales pipeline"), Domain("d-weather", "Weather")


class Listing:
    """A tenant's list of domains; counts how often it is asked."""

    def __init__(self, *domains: Domain, refuses: bool = False) -> None:
        self.domains = domains
        self.refuses = refuses
        self.asked = 0

    async def __call__(self) -> tuple[Domain, ...]:
        self.asked += 1
        if self.refuses:
            raise AnswerFailed("no right to list")
        return self.domains


def domains(listing: Listing, *, default: str = "", clock: Clock | None = None) -> Domains:
    return Domains(listing, Memory(DictStore()), default=default, clock=clock or Clock())


async def test_the_configured_domain_is_the_default() -> None:
    """A channel that chose none asks the configured domain."""
    assert await domains(Listing(SALES, WEATHER), default="d-weather").for_channel("T", "C") == WEATHER


async def test_a_choice_counts_for_its_channel_only() -> None:
    """A channel's choice is by name or id, whatever the case, and leaves other channels alone."""
    here = domains(Listing(SALES, WEATHER), default="d-weather")
    assert await here.choose("T", "C1", " sales PIPELINE ") == SALES
    assert await here.for_channel("T", "C1") == SALES
    assert await here.for_channel("T", "C2") == WEATHER
    assert await here.choose("T", "C2", "D-SALES") == SALES
    assert await here.choose("T", "C3", "weath") == WEATHER


async def test_a_single_domain_needs_no_choice() -> None:
    """Where there is one domain, that is it."""
    assert await domains(Listing(SALES)).for_channel("T", "C") == SALES


async def test_no_choice_among_several_is_said() -> None:
    """Without a default, two domains and no choice, nothing is guessed."""
    with pytest.raises(DomainUnknown):
        await domains(Listing(SALES, WEATHER)).for_channel("T", "C")


async def test_an_unknown_name_is_refused() -> None:
    """A domain that does not exist cannot be chosen."""
    with pytest.raises(DomainUnknown, match="finance"):
        await domains(Listing(SALES)).choose("T", "C", "finance")
    with pytest.raises(DomainUnknown, match="e"):
        await domains(Listing(SALES, WEATHER)).choose("T", "C", "e")


async def test_a_tenant_that_does_not_list_still_answers() -> None:
    """Listing domains is a right of few roles: the configured id is used without its name."""
    here = domains(Listing(refuses=True), default="d-sales")
    assert await here.for_channel("T", "C") == Domain("d-sales", "")
    with pytest.raises(AnswerFailed):
        await domains(Listing(refuses=True)).for_channel("T", "C")


async def test_a_refused_list_is_not_asked_for_with_every_question() -> None:
    """One refusal serves for half a minute."""
    listing = Listing(refuses=True)
    here = domains(listing, default="d-sales")
    await here.for_channel("T", "C1")
    await here.for_channel("T", "C2")
    assert listing.asked == 1


async def test_the_list_is_read_again_after_a_while() -> None:
    """One look serves several minutes."""
    listing, clock = Listing(SALES), Clock()
    here = domains(listing, clock=clock)
    await here.all()
    await here.all()
    assert listing.asked == 1
    clock.now += 301
    await here.all()
    assert listing.asked == 2
