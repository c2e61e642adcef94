"""Which domain a question goes to, and which there are for the person who asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domains import Domains
from bot.errors import (
    AccessDenied,
    AnswerFailed,
    AskingRefused,
    Denial,
    DomainUnknown,
    KeyRefused,
    TenantError,
    TenantUnreachable,
)
from bot.memory import Memory
from bot.model import SERVICE, ChannelPolicy, Domain, Identity, Question
from tests.fakes import Clock, DictStore, question

SALES, WEATHER = Domain("d-sales", "Sales pipeline"), Domain("d-weather", "Weather")
ADA = Identity("person-ada", "ada@example.com")
NOTHING_SET = ChannelPolicy()


class Listing:
    """A tenant's list of domains, for each identity; writes down who asks for it, and for which names.

    Attributes:
        error: there is no list.
        silent: there are no names either.
    """

    def __init__(self, *known: Domain, error: TenantError | None = None, silent: bool = False) -> None:
        self.known = known
        self.error = error
        self.silent = silent
        self.asked: list[str] = []
        self.names: list[str] = []

    async def domains(self, identity: Identity) -> tuple[Domain, ...]:
        """The list."""
        self.asked.append(identity.name)
        if self.error is not None:
            raise self.error
        return self.known

    async def domain_name(self, domain: str, identity: Identity) -> str:
        """One name of it."""
        assert identity in {ADA, SERVICE}
        self.names.append(domain)
        if self.silent:
            raise AnswerFailed("no right to look")
        return next((each.name for each in self.known if each.id == domain), "")


class Choosing(Domains):
    """Domains with a memory that a test looks into."""

    def __init__(
        self,
        listing: Listing,
        *,
        default: str = "",
        configured: tuple[Domain, ...] = (),
        clock: Clock | None = None,
    ) -> None:
        self.memory = Memory(DictStore())
        super().__init__(listing, self.memory, default=default, configured=configured, clock=clock or Clock())

    async def ids(self, asked: Question | None = None, *set_: str) -> list[str]:
        """What a question may go to in a channel where these are set."""
        found = await self.choices(asked or question(), ChannelPolicy(domains=set_), ADA)
        return [each.id for each in found]


# -- the choice ------------------------------------------------------------------------------------------


async def test_the_question_itself_says_most() -> None:
    """Then the thread, the channel, the default, and what the tenant lists for the asker."""
    here = Choosing(Listing(SALES, WEATHER), default="d-default")
    named = replace(question(), domain="d-named")
    assert await here.ids() == ["d-default"]
    assert await here.ids(None, "d-channel") == ["d-channel"]
    await here.memory.choose_thread_domain(question().thread, "d-thread")
    assert await here.ids() == ["d-thread"]
    assert await here.ids(None, "d-thread", "d-channel") == ["d-thread"]
    assert await here.ids(named) == ["d-named"]
    assert await here.ids(named, "d-named", "d-channel") == ["d-named"]


async def test_a_thread_does_not_leave_its_channel() -> None:
    """What was chosen in a thread before the channel was given other data does not count any more."""
    here = Choosing(Listing(SALES, WEATHER))
    await here.memory.choose_thread_domain(question().thread, "d-thread")
    assert await here.ids(None, "d-channel") == ["d-channel"]


async def test_a_question_does_not_leave_its_channel() -> None:
    """Whoever names other data is told that this channel does not ask it."""
    here = Choosing(Listing(SALES, WEATHER))
    with pytest.raises(AccessDenied) as raised:
        await here.ids(replace(question(), domain="d-sales"), "d-weather")
    assert raised.value.denial is Denial.DOMAIN


async def test_several_are_a_choice() -> None:
    """In the order in which they are set or listed; a single one needs none."""
    assert await Choosing(Listing()).ids(None, "d-weather", "d-sales") == ["d-weather", "d-sales"]
    assert await Choosing(Listing(SALES, WEATHER)).ids() == ["d-sales", "d-weather"]
    assert await Choosing(Listing(SALES)).ids() == ["d-sales"]


@pytest.mark.parametrize("listing", [Listing(), Listing(error=AnswerFailed("no right to list"))])
async def test_nothing_is_guessed(listing: Listing) -> None:
    """Where nothing is set and nothing is listed, that is said; why, is the log's."""
    with pytest.raises(DomainUnknown) as raised:
        await Choosing(listing).ids()
    assert raised.value.domain == ""


@pytest.mark.parametrize("error", [TenantUnreachable(), KeyRefused(), AskingRefused()], ids=repr)
async def test_why_nobody_can_be_asked_is_told(error: TenantError) -> None:
    """Nobody looks for a setting where the tenant is away or does not let them in."""
    with pytest.raises(type(error)):
        await Choosing(Listing(error=error)).ids()


@pytest.mark.parametrize("error", [AnswerFailed("no right to list"), AskingRefused(), TenantUnreachable()])
async def test_what_is_set_needs_no_list(error: TenantError) -> None:
    """Listing domains is a right of few roles: the one that is set is asked, under its name."""
    listing = Listing(SALES, error=error)
    found = await Choosing(listing, default="d-sales").choices(question(), NOTHING_SET, ADA)
    assert (found, listing.asked) == ([SALES], [])


@pytest.mark.parametrize("listing", [Listing(silent=True), Listing()])
async def test_a_domain_whose_name_nobody_tells_is_asked_all_the_same(listing: Listing) -> None:
    """By its id; an admin may have written the name down."""
    assert await Choosing(listing, default="d-sales").choices(question(), NOTHING_SET, ADA) == [
        Domain("d-sales", "")
    ]
    named = Choosing(listing, default="d-sales", configured=(SALES,))
    assert await named.choices(question(), NOTHING_SET, ADA) == [SALES]


async def test_configured_domains_stand_in_for_a_list() -> None:
    """An admin wrote them down for who may not list; where the tenant tells, it counts."""
    refused = Choosing(Listing(error=AnswerFailed("no")), configured=(SALES, WEATHER))
    assert await refused.all(ADA) == (SALES, WEATHER)
    assert await Choosing(Listing(SALES), configured=(WEATHER,)).all(ADA) == (SALES,)


async def test_domains_are_named_in_the_order_of_their_ids() -> None:
    """As an admin wrote them down, else by the tenant, else not at all."""
    told = Choosing(Listing(SALES, WEATHER), configured=(Domain("d-sales", "Our pipeline"),))
    found = await told.named(("d-weather", "d-sales", "d-other"), ADA)
    assert found == [WEATHER, Domain("d-sales", "Our pipeline"), Domain("d-other", "")]
    assert await told.all(ADA) == (Domain("d-sales", "Our pipeline"), WEATHER)


async def test_a_name_is_asked_for_once_in_some_minutes() -> None:
    """One that is not told is asked for again after half a minute; a list tells many at once."""
    listing, clock = Listing(SALES), Clock()
    here = Choosing(listing, clock=clock)
    for _ in range(3):
        await here.named(("d-sales", "d-other"), ADA)
    assert listing.names == ["d-sales", "d-other"]
    clock.now += 30
    await here.named(("d-sales", "d-other"), ADA)
    assert listing.names[2:] == ["d-other"]
    clock.now += 270
    await here.all(ADA)
    await here.named(("d-sales",), ADA)
    assert listing.names[2:] == ["d-other"]


# -- by name ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "meant"),
    [(" sales PIPELINE ", SALES), ("D-SALES", SALES), ("weath", WEATHER), ("d-weather", WEATHER)],
)
async def test_a_domain_is_meant_by_id_or_name(name: str, meant: Domain) -> None:
    """Whatever the case; a part of a name is enough where it is one name only."""
    assert await Choosing(Listing(SALES, WEATHER)).meant(name, ADA) == meant


async def test_a_whole_name_is_meant_before_a_part_of_another() -> None:
    """Sales is not Sales pipeline."""
    short = Domain("d-2", "Sales")
    assert await Choosing(Listing(SALES, short)).meant("sales", ADA) == short


@pytest.mark.parametrize("name", ["finance", "e"])
async def test_what_is_meant_by_none_or_several_is_refused(name: str) -> None:
    """With the name that was given."""
    with pytest.raises(DomainUnknown) as raised:
        await Choosing(Listing(SALES, WEATHER)).meant(name, ADA)
    assert raised.value.domain == name


# -- the list --------------------------------------------------------------------------------------------


async def test_each_person_has_a_list_of_their_own() -> None:
    """What one may see is never shown to another, also not to the same name with other attributes."""
    listing = Listing(SALES)
    here = Choosing(listing)
    other = replace(ADA, attributes=(("region", "EMEA"),))
    for identity in (ADA, SERVICE, other, ADA):
        await here.all(identity)
    assert listing.asked == ["person-ada", "service", "person-ada"]


async def test_the_list_is_read_again_after_a_while() -> None:
    """One look serves several minutes."""
    listing, clock = Listing(SALES), Clock()
    here = Choosing(listing, clock=clock)
    await here.all(ADA)
    clock.now += 299
    await here.all(ADA)
    assert len(listing.asked) == 1
    clock.now += 1
    await here.all(ADA)
    assert len(listing.asked) == 2


@pytest.mark.parametrize("error", [AnswerFailed("no right to list"), AskingRefused(), KeyRefused()])
async def test_a_refused_list_is_not_asked_for_with_every_question(error: TenantError) -> None:
    """One refusal serves for half a minute."""
    listing, clock = Listing(error=error), Clock()
    here = Choosing(listing, configured=(SALES,), clock=clock)
    await here.ids()
    clock.now += 29
    await here.ids()
    assert len(listing.asked) == 1
    clock.now += 1
    await here.ids()
    assert len(listing.asked) == 2


async def test_a_tenant_that_is_away_is_asked_again() -> None:
    """That is no refusal, and may be over with the next question."""
    listing = Listing(error=TenantUnreachable())
    here = Choosing(listing, configured=(WEATHER,))
    with pytest.raises(TenantUnreachable):
        await here.all(ADA)
    listing.error, listing.known = None, (SALES,)
    assert await here.all(ADA) == (SALES,)


async def test_old_lists_are_forgotten() -> None:
    """A process that runs for months does not keep one for everybody who ever asked."""
    clock = Clock()
    here = Choosing(Listing(SALES), clock=clock)
    for number in range(1_500):
        clock.now += 1
        await here.all(Identity(f"person-{number}"))
    assert len(here._listed) <= 1_000
